// dist/custom-elements.json: what editors and the docs page know of <amisgest-pay>, read from its source. Only what is
// public: Lit's life cycle and what is private stay out.
const INHERITED = [
  'connectedCallback',
  'disconnectedCallback',
  'willUpdate',
  'render',
  'updated',
  'styles',
  'properties',
];

export default {
  globs: ['widget/amisgest-pay.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  plugins: [
    {
      name: 'public-only',
      packageLinkPhase({ customElementsManifest }) {
        for (const module of customElementsManifest.modules) {
          module.path = 'dist/widget/amisgest-pay.js';
          module.declarations = module.declarations.filter(({ customElement }) => customElement);
          module.exports = module.exports.filter(
            ({ kind, name }) => name === 'AmisgestPay' || kind === 'custom-element-definition',
          );
          for (const reference of module.exports) reference.declaration.module = module.path;
          for (const declaration of module.declarations) {
            // The analyzer takes what an event is made with for a name.
            declaration.events = declaration.events.filter(({ name }) => name?.startsWith('amisgest-pay-'));
            declaration.members = declaration.members.filter(
              ({ name, privacy }) => privacy === 'public' && !INHERITED.includes(name),
            );
          }
        }
      },
    },
  ],
};
