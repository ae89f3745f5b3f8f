// What our build does that the builder does not. A step that finds nothing to do ends the build: a new version of a
// package must not take a promise of ours with it unseen.
import { minify } from 'terser';
import type { Plugin } from 'vite';
import { words as englishAccount } from './widget/locales/en-CA.account.ts';
import { words as englishPlan } from './widget/locales/en-CA.plan.ts';
import { words as englishPopup } from './widget/locales/en-CA.popup.ts';
import { words as english } from './widget/locales/en-CA.ts';
import { words as frenchAccount } from './widget/locales/fr-CA.account.ts';
import { first } from './widget/locales/fr-CA.first.ts';
import { words as frenchPlan } from './widget/locales/fr-CA.plan.ts';
import { words as frenchPopup } from './widget/locales/fr-CA.popup.ts';
import { words as french } from './widget/locales/fr-CA.rest.ts';

const BETWEEN = '|';
const FRENCH = [first, french, frenchAccount, frenchPlan, frenchPopup];
const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fr-CA.first': first,
  'fr-CA.rest': french,
  'fr-CA.account': frenchAccount,
  'fr-CA.plan': frenchPlan,
  'fr-CA.popup': frenchPopup,
  'en-CA': english,
  'en-CA.account': englishAccount,
  'en-CA.plan': englishPlan,
  'en-CA.popup': englishPopup,
};

/**
 * Sentences by number instead of by name (`t('err.email')` becomes `t(31)`), and a catalogue as one text: a name would
 * stand both in its catalogue and where it is used, in files that are compressed apart. Names are found where they
 * stand quoted and whole, as their type asks for.
 */
export function numberSentences(): Plugin {
  const numbers = new Map(FRENCH.flatMap(Object.keys).map((name, i) => [name, i + 1]));
  const unused = new Set(numbers.keys());
  return {
    name: 'number-sentences',
    enforce: 'pre',
    transform(code, id) {
      const [, file = ''] = /\/widget\/locales\/([\w.-]+)\.ts$/.exec(id) ?? [];
      const catalogue = CATALOGUES[file];
      if (catalogue !== undefined) {
        return { code: numbered(catalogue, numbers, file === 'fr-CA.first' ? 'first' : 'words'), map: null };
      }
      if (!/\/widget\/.*\.ts$/.test(id)) return null;
      const changed = code.replace(/(['"])(\w+(?:\.\w+)+)\1/g, (quoted, _quote, name) => {
        unused.delete(name);
        return String(numbers.get(name) ?? quoted);
      });
      return { code: changed, map: null };
    },
    buildEnd(error) {
      if (error === undefined && unused.size > 0) this.error(`nobody says ${[...unused].join(', ')}`);
    },
  };
}

/** A catalogue's module: `{ 20: 'Retour', 21: 'Réessayer', … }`, its numbers following one another. */
function numbered(
  catalogue: Readonly<Record<string, string>>,
  numbers: ReadonlyMap<string, number>,
  exported: string,
): string {
  const entries = Object.entries(catalogue)
    .map(([name, sentence]) => [numbers.get(name) ?? Number.NaN, sentence] as const)
    .sort(([a], [b]) => a - b);
  const [start = 0] = entries[0] ?? [];
  const wrong = entries.find(([n, sentence], i) => n !== start + i || sentence.includes(BETWEEN));
  if (wrong !== undefined) throw new Error(`a catalogue is incomplete, or has a ${BETWEEN}: ${wrong}`);
  const list = JSON.stringify(entries.map(([, sentence]) => sentence).join(BETWEEN));
  return `export const ${exported} = Object.fromEntries(
    ${list}.split(${JSON.stringify(BETWEEN)}).map((sentence, i) => [i + ${start}, sentence]));`;
}

/** Elements that stand on lines of their own, or in a row or grid: spaces beside their tags mean nothing. */
const BLOCK =
  'd[dlt]|details|div|fieldset|footer|form|h\\d|header|label|legend|li|nav|p|path|rect|section|summary|svg|t(?:able|body|[dhr]|ext|head)|ul';
/** A line's end in a template: inside a tag before its `>`, before a button's end, or where a block begins, has begun or has ended. */
const MEANINGLESS = new RegExp(
  `\\n(?=>|</button|</?(?:${BLOCK})[ >\\n])|(?<=<(?:${BLOCK})(?: [\\w-]+="[^"$]*")*>|</(?:${BLOCK})>)\\n`,
  'g',
);

/**
 * Once more over what the builder's own minifier made: a hundredth less for every phone. What tells other builders
 * which calls they may leave out goes too; nobody builds ours once more. The names that Lit marks as its own (`_$…`)
 * are shortened: all of Lit is in one file, unless its directives are in others (`whole`). The lines' ends that are left by then stand in templates.
 */
export function smaller({ whole = false } = {}): Plugin {
  return {
    name: 'smaller',
    async generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const { code, map } = await minify(file.code, {
          ...(file.map ? { sourceMap: { content: JSON.stringify(file.map) } } : {}),
          module: true,
          ecma: 2020,
          compress: {
            passes: 3,
            hoist_funs: true,
            pure_getters: true,
            keep_fargs: false,
            unsafe_arrows: true,
          },
          mangle: whole ? true : { properties: { regex: /^_\$/ } },
        });
        if (code === undefined) continue;
        // A build that is looked into (test/bench/modules.ts) stays as its map has it.
        if (typeof map === 'string') {
          file.code = code;
          file.map = Object.assign(JSON.parse(map), { toUrl: () => '' });
          continue;
        }
        // The builder's own helper lists a module's names so: what an old library put on Object.prototype came along.
        file.code = code
          .replace(MEANINGLESS, '')
          .replace(/\n/g, ' ')
          .replace(/for\((?:var|let|const) (\w+) in (\w+)\)/g, 'for(let $1 of Object.keys($2))');
        if (/\bfor\([^;()]* in /.test(file.code))
          this.error('a for…in sees what a page put on Object.prototype');
      }
    },
  };
}

/** Templates and style sheets without their indentation: it is sent to every phone and means nothing in ours. */
export function squeezeTemplates(): Plugin {
  return {
    name: 'squeeze-templates',
    transform(code, id) {
      if (!id.includes('/widget/') || id.includes('/locales/')) return null;
      const css = (_all: string, sheet: string) =>
        `css\`${sheet
          .replace(/\/\*.*?\*\//gs, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?/g, '$1')
          .replace(/;}/g, '}')
          .replace(/: /g, ':')}\``;
      return { code: code.replace(/css`((?:[^`\\]|\\.)*)`/g, css).replace(/\n\s+/g, '\n'), map: null };
    },
  };
}
