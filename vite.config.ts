// Builds dist/widget: amisgest-pay.js, the stable entry with the first view inside, and c/*, what comes later, named
// by its content. Chunks are found relative to the entry, so the folder can be served from anywhere.
// With `--mode pinned`: dist/pinned/amisgest-pay.js, all of it in one file, for pages that give its integrity hash.
// With `--mode bureau`: dist/bureau, the staff's page, a chunk a screen; nothing of it weighs on the payer's files.
// With `--mode npm`: dist/npm, the element for pages that are built once more (widget/npm/package.ts adds the rest).
import { defineConfig } from 'vite';
import { numberOfficeSentences } from './vite.bureau.ts';
import { guestLit } from './vite.lit.ts';
import { builtOnceMore, thirdPartyLicences } from './vite.npm.ts';
import { numberSentences, smaller, squeezeTemplates } from './vite.plugins.ts';

/**
 * What the entry needs of the platform while it is read, where there is none: rendering a page on a server imports the
 * module, and must find an element that is simply not defined there.
 */
const WITHOUT_WINDOW =
  'const{HTMLElement=class{},document={createTreeWalker(){}},customElements={get(){return 1}}}=globalThis;';

/** What several of the office's screens use: alone, each would be a small file that hardly compresses. */
const SHARED_BY_SCREENS = [
  {
    name: 'desk',
    test: /bureau\/(?:actor|day|download|fetched|methods|print|controls\/(?:freshness|keys)|locales\/(?:actors|keys|methods))\.ts|directives\/keyed/,
  },
  {
    name: 'acts',
    test: /bureau\/(?:acts\/|screens\/holder\/payments|locales\/(?:money|holder\/(?:credits|manual-invoice)))/,
  },
];

const element = (mode: string) => (mode === 'bureau' ? 'amisgest-bureau' : 'amisgest-pay');

export default defineConfig(({ mode }) => ({
  plugins:
    mode === 'bureau'
      ? [numberOfficeSentences(), guestLit({ whole: true }), squeezeTemplates(), smaller({ whole: true })]
      : [
          numberSentences(),
          ...(mode === 'npm' ? [builtOnceMore(), thirdPartyLicences()] : []),
          guestLit(),
          squeezeTemplates(),
          smaller(),
        ],
  // Lib mode leaves this to the page's builder; ours is final.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: ['pinned', 'bureau', 'npm'].includes(mode) ? `dist/${mode}` : 'dist/widget',
    target: 'es2022',
    sourcemap: false,
    modulePreload: false,
    reportCompressedSize: false,
    lib: {
      entry: `widget/${element(mode)}.ts`,
      formats: ['es'],
      fileName: () => `${element(mode)}.js`,
    },
    rolldownOptions: {
      // Shared code stays in the entry; without this it becomes a chunk of its own, one round trip more.
      preserveEntrySignatures: 'allow-extension',
      // We draw ourselves (drawing.ts): of Lit's two elements we need the simple one.
      treeshake: { moduleSideEffects: (id) => mode === 'bureau' || !/\/lit-element\//.test(id) },
      output: {
        intro: ({ isEntry }) => (isEntry ? WITHOUT_WINDOW : ''),
        // What compresses: the names stand in the entry. One in two thousand million is another file's.
        chunkFileNames: mode === 'npm' ? 'c/[name].js' : 'c/[name]-[hash:6].js',
        hashCharacters: 'base36',
        ...(mode === 'pinned' ? { codeSplitting: false } : {}),
        ...(mode === 'bureau'
          ? { codeSplitting: { includeDependenciesRecursively: false, groups: SHARED_BY_SCREENS } }
          : {}),
        minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
      },
    },
  },
}));
