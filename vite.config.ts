// Builds dist/widget: amisgest-pay.js, the stable entry with the first view inside, and c/*, what comes later, named
// by its content. Chunks are found relative to the entry, so the folder can be served from anywhere.
// With `--mode pinned`: dist/pinned/amisgest-pay.js, all of it in one file, for pages that give its integrity hash.
import { minify } from 'terser';
import { defineConfig, type Plugin } from 'vite';

/**
 * Makes our bundle's Lit a guest. Its own Trusted Types policy: with the stock name, the widget would break wherever
 * another Lit is on the page, and every host would have to allow `lit-html`. Where it must write <style>, on phones that
 * adopt no sheets, it does so under the nonce of the page's script. And no global names: they serve to warn
 * of several versions of Lit, which concern nobody here, and decorators, which we have none of.
 */
function guestLit(): Plugin {
  return {
    name: 'guest-lit',
    transform(code, id) {
      if (!/\/(lit-html|lit-element|reactive-element)\//.test(id)) return null;
      const changed = code
        .replace(/createPolicy\((["'])lit-html\1/, 'createPolicy($1amisgest-pay$1')
        .replace(/\w+\.litNonce/, 'document.querySelector("script[nonce]")?.nonce')
        .replace(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/, '0')
        .replace(/Symbol\.metadata\?\?=Symbol\("metadata"\),\w+\.litPropertyMetadata\?\?=new WeakMap/, '0')
        .replace('litPropertyMetadata.get(t)', 'void 0')
        .replace(/\w+\.\w+PolyfillSupport/, 'void 0')
        .replace(/\w+\.litElementHydrateSupport\?\.\(\{LitElement:\w+\}\)/, '0')
        .replace(/Error\("(CSSResult is|invalid template)[^"]*"\)/, 'Error()')
        .replace(/Error\("Value passed to 'css'[^"]*"\+\w+\+"[^"]*"\)/, 'Error()');
      return changed === code ? null : { code: changed, map: null };
    },
  };
}

/**
 * What the entry needs of the platform while it is read, where there is none: rendering a page on a server imports the
 * module, and must find an element that is simply not defined there.
 */
const WITHOUT_WINDOW =
  'const{HTMLElement=class{},document={createTreeWalker(){}},customElements={get(){return 1}}}=globalThis;';

/**
 * Once more over what the builder's own minifier made: a hundredth less for every phone. What tells other builders
 * which calls they may leave out goes too; nobody builds ours once more.
 */
function smaller(): Plugin {
  return {
    name: 'smaller',
    async generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const { code } = await minify(file.code, { module: true, ecma: 2020, compress: { passes: 3 } });
        if (code !== undefined) file.code = code;
      }
    },
  };
}

/** Templates and style sheets without their indentation: it is sent to every phone and means nothing in ours. */
function squeezeTemplates(): Plugin {
  return {
    name: 'squeeze-templates',
    transform(code, id) {
      if (!id.includes('/widget/') || id.includes('/locales/')) return null;
      const css = (_all: string, sheet: string) =>
        `css\`${sheet
          .replace(/\/\*.*?\*\//gs, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?/g, '$1')
          .replace(/: /g, ':')}\``;
      return { code: code.replace(/css`((?:[^`\\]|\\.)*)`/g, css).replace(/\n\s+/g, '\n'), map: null };
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [guestLit(), squeezeTemplates(), smaller()],
  // Lib mode leaves this to the page's builder; ours is final.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: mode === 'pinned' ? 'dist/pinned' : 'dist/widget',
    target: 'es2022',
    sourcemap: false,
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: 'widget/amisgest-pay.ts', formats: ['es'], fileName: () => 'amisgest-pay.js' },
    rolldownOptions: {
      // Shared code stays in the entry; without this it becomes a chunk of its own, one round trip more.
      preserveEntrySignatures: 'allow-extension',
      output: {
        intro: ({ isEntry }) => (isEntry ? WITHOUT_WINDOW : ''),
        chunkFileNames: 'c/[name]-[hash].js',
        ...(mode === 'pinned' ? { codeSplitting: false } : {}),
        minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
      },
    },
  },
}));
