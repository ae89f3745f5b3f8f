export default {
  compatibilityDate: '2026-11-01',
  telemetry: false,
  vue: { compilerOptions: { isCustomElement: (tag: string) => tag === 'amisgest-pay' } },
  // Nuxt 4.5.2 under Vite 8.4 takes this package of its own for two.
  vite: { $server: { build: { rolldownOptions: { external: [/\/node_modules\/unctx\//] } } } },
};
