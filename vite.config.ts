// Builds dist/widget: amisgest-pay.js, the stable entry with the first view inside, and c/*, what comes later, named
// by its content. Chunks are found relative to the entry, so the folder can be served from anywhere.
import { defineConfig, type Plugin } from 'vite';

/**
 * Gives our bundle's Lit its own Trusted Types policy: with the stock name, the widget would break wherever another
 * Lit is on the page, and every host would have to allow `lit-html`.
 */
function ownTrustedTypesPolicy(): Plugin {
  return {
    name: 'own-trusted-types-policy',
    transform(code, id) {
      if (!id.includes('/lit-html/')) return null;
      const renamed = code.replace(/createPolicy\((["'])lit-html\1/, 'createPolicy($1amisgest-pay$1');
      return renamed === code ? null : { code: renamed, map: null };
    },
  };
}

/** Templates and style sheets without their indentation: it is sent to every phone and means nothing in ours. */
function squeezeTemplates(): Plugin {
  return {
    name: 'squeeze-templates',
    transform(code, id) {
      if (!id.includes('/widget/') || id.includes('/locales/')) return null;
      return { code: code.replace(/\n\s+/g, '\n'), map: null };
    },
  };
}

export default defineConfig({
  plugins: [ownTrustedTypesPolicy(), squeezeTemplates()],
  // Lib mode leaves this to the page's builder; ours is final.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist/widget',
    target: 'es2022',
    sourcemap: false,
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: 'widget/amisgest-pay.ts', formats: ['es'], fileName: () => 'amisgest-pay.js' },
    rolldownOptions: {
      // Shared code stays in the entry; without this it becomes a chunk of its own, one round trip more.
      preserveEntrySignatures: 'allow-extension',
      output: {
        chunkFileNames: 'c/[name]-[hash].js',
        minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
      },
    },
  },
});
