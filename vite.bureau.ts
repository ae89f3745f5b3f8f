// What the build of the staff's page does beside that of the payer's.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { words as english } from './widget/locales/en-CA.ts';
import { first } from './widget/locales/fr-CA.first.ts';
import { words as french } from './widget/locales/fr-CA.rest.ts';

const WIDGET = resolve(import.meta.dirname, 'widget');
const BUREAU = join(WIDGET, 'bureau');
/** « Voir comme la RSG » draws some of the payer's screens: the one place that says the payer's sentences. */
const AS_SEEN = join(BUREAU, 'screens/holder/as-seen.ts');
const PAYERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fr-CA.first': first,
  'fr-CA.rest': french,
  'en-CA': english,
};
const QUOTED = /(['"])(\w+(?:\.[\w-]+)+)\1/g;

/**
 * Sentences by number instead of by name, as in the payer's files (numberSentences), and of the payer's only those that can be
 * seen here. Names that the code puts together (`role.${role}`) stay.
 */
export function numberOfficeSentences(): Plugin {
  const sources = filesBelow(BUREAU).map((file) => ({ file, code: readFileSync(file, 'utf8') }));
  const isCatalogue = (file: string) => file.includes('/locales/');
  const code = sources.filter(({ file }) => !isCatalogue(file)).map((source) => source.code);
  const made = code.flatMap((text) =>
    [...text.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix = '']) => prefix),
  );
  const own = sources
    .filter(({ file }) => isCatalogue(file))
    .flatMap((source) => [...source.code.matchAll(/^ {2}'([\w.-]+)': \[/gm)].map(([, name = '']) => name))
    .filter((name) => !made.some((prefix) => name.startsWith(prefix)));
  const seen = quotedIn(importedBy(AS_SEEN));
  const payers = Object.values(PAYERS).flatMap((catalogue) =>
    Object.keys(catalogue).filter((name) => seen.has(name)),
  );
  const numbers = new Map([...new Set([...own, ...payers])].map((name, i) => [name, i]));
  const unused = new Set(own);
  return {
    name: 'number-office-sentences',
    enforce: 'pre',
    transform(text, id) {
      const [, file = ''] = /\/widget\/locales\/([\w.-]+)\.ts$/.exec(id) ?? [];
      const catalogue = PAYERS[file];
      if (catalogue !== undefined) {
        const kept = Object.entries(catalogue)
          .filter(([name]) => numbers.has(name))
          .map(([name, sentence]) => [numbers.get(name), sentence]);
        const exported = file === 'fr-CA.first' ? 'first' : 'words';
        return { code: `export const ${exported} = ${JSON.stringify(Object.fromEntries(kept))};`, map: null };
      }
      if (!/\/widget\/.*\.ts$/.test(id)) return null;
      const changed = text.replace(QUOTED, (quoted, _quote, name: string) => {
        if (!isCatalogue(id)) unused.delete(name);
        return String(numbers.get(name) ?? quoted);
      });
      return { code: changed, map: null };
    },
    buildEnd(error) {
      if (error === undefined && unused.size > 0) this.error(`nobody says ${[...unused].join(', ')}`);
    },
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The file, and whatever of ours it needs. */
function importedBy(entry: string): string[] {
  const files = new Set([entry]);
  for (const file of files)
    for (const [, to = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+\.ts)'/g)) {
      const path = resolve(file, '..', to);
      if (existsSync(path) && !path.includes('/locales/')) files.add(path);
    }
  return [...files];
}

function quotedIn(files: readonly string[]): ReadonlySet<string> {
  return new Set(
    files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(QUOTED)].map(([, , name = '']) => name)),
  );
}
