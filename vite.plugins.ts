// What our build does that the builder does not. A step that finds nothing to do ends the build: a new version of a
// package must not take a promise of ours with it unseen.
import { minify } from 'terser';
import type { Plugin } from 'vite';
import { words as englishAccount } from './widget/locales/en-CA.account.ts';
import { words as englishPopup } from './widget/locales/en-CA.popup.ts';
import { words as english } from './widget/locales/en-CA.ts';
import { words as frenchAccount } from './widget/locales/fr-CA.account.ts';
import { first } from './widget/locales/fr-CA.first.ts';
import { words as frenchPopup } from './widget/locales/fr-CA.popup.ts';
import { words as french } from './widget/locales/fr-CA.rest.ts';

/** What is changed in Lit's packages as they are published: what, by what, in how many files. */
const GUEST: readonly (readonly [found: RegExp, put: string, files: number])[] = [
  // A Trusted Types policy of its own: with the stock name, the widget would break wherever another Lit is on the
  // page, and every host would have to allow `lit-html`.
  [/createPolicy\((["'])lit-html\1/, 'createPolicy($1amisgest-pay$1', 1],
  // Where it must write <style>, on phones that adopt no sheets, it does so under the nonce of the page's script.
  [/\w+\.litNonce/, 'document.querySelector("script[nonce]")?.nonce', 1],
  // No global names: they serve to warn of several versions of Lit, which concern nobody here, and decorators, which
  // we have none of.
  [/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/, '0', 3],
  [/Symbol\.metadata\?\?=Symbol\("metadata"\),\w+\.litPropertyMetadata\?\?=new WeakMap/, '0', 1],
  [/litPropertyMetadata\.get\(t\)/, 'void 0', 1],
  [/\w+\.\w+PolyfillSupport/, 'void 0', 3],
  [/\w+\.litElementHydrateSupport\?\.\(\{LitElement:\w+\}\)/, '0', 1],
];
/** What the payers' element does without: values that are no texts in its attributes, controllers, drawings of their own. */
const LESS: typeof GUEST = [
  [/case Object:case Array:(\w)=null==\1\?\1:JSON\.stringify\(\1\)/, '', 1],
  [/case Number:\w=.*?JSON\.parse\(.*?\}\}(?=return)/, '}', 1],
  [/addController\(\w\)\{.*?\}removeController\(\w\)\{.*?\}/, '', 1],
  [/this\._\$EO\?\.forEach\(\w=>\w\.host\w+\?\.\(\)\)/g, '0', 1],
  [/2===\w\?"<\/?svg>":3===\w\?"<\/?math>":""/g, '""', 1],
  [/Error\("invalid template[^"]*"\)/, 'Error()', 1],
  [/Error\("CSSResult is[^"]*"\)/, 'Error()', 1],
  [/Error\("Value passed to 'css'[^"]*"\+\w+\+"[^"]*"\)/, 'Error()', 1],
];

/** Makes our bundle's Lit a guest. `whole`: with all that Lit can do. */
export function guestLit({ whole = false } = {}): Plugin {
  const changes = whole ? GUEST : [...GUEST, ...LESS];
  const applied = changes.map(() => 0);
  return {
    name: 'guest-lit',
    buildStart: () => void applied.fill(0),
    transform(code, id) {
      if (!/\/(lit-html|lit-element|reactive-element)\//.test(id)) return null;
      let changed = code;
      changes.forEach(([found, put], i) => {
        const before = changed;
        changed = changed.replace(found, put);
        if (changed === before) return;
        applied[i] = (applied[i] ?? 0) + 1;
      });
      return changed === code ? null : { code: changed, map: null };
    },
    buildEnd(error) {
      if (error !== undefined) return;
      changes.forEach(([found, , files], i) => {
        if (applied[i] !== files)
          this.error(`${found} was found in ${applied[i]} of Lit's files, not ${files}`);
      });
    },
  };
}

const BETWEEN = '|';
const FRENCH = [first, french, frenchAccount, frenchPopup];
const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fr-CA.first': first,
  'fr-CA.rest': french,
  'fr-CA.account': frenchAccount,
  'fr-CA.popup': frenchPopup,
  'en-CA': english,
  'en-CA.account': englishAccount,
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
        const { code } = await minify(file.code, {
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
