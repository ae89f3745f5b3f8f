// dist/custom-elements.json: what editors and the docs page know of <amisgest-pay>, read from its source. Only what is
// public: Lit's life cycle and what is private stay out, and what only our own page may use is marked.
import { readFileSync } from 'node:fs';

const INHERITED = [
  'connectedCallback',
  'disconnectedCallback',
  'willUpdate',
  'render',
  'updated',
  'styles',
  'properties',
];
/** Attributes that are no promise: for the server's own page. */
const INTERNAL = ['hosted'];

/** What a style property is unless told, by its name: where the sheet reads it last, for browsers of today. */
function styleDefaults() {
  const sheet = readFileSync(new URL('widget/styles/first-view.ts', import.meta.url), 'utf8');
  return new Map(
    [...sheet.matchAll(/var\((--amisgest-[\w-]+), ((?:[^()]|\([^()]*\))+)\)/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
}

export default {
  globs: ['widget/amisgest-pay.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  plugins: [
    {
      name: 'public-only',
      packageLinkPhase({ customElementsManifest }) {
        const defaults = styleDefaults();
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
            for (const member of declaration.members)
              if (INTERNAL.includes(member.name)) member.privacy = 'private';
            for (const property of declaration.cssProperties) property.default = defaults.get(property.name);
          }
        }
      },
    },
  ],
};
