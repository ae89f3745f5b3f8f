// `npm run build:npm`: what dist/npm holds beside the code that vite put there (`--mode npm`): its package.json, README and
// types, and what editors read, made from the manifest by the tools that others make theirs by.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateJsxTypes } from '@wc-toolkit/jsx-types';
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration';
import { generateVsCodeCustomElementData } from 'custom-element-vs-code-integration';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist/npm');
const ENTRY = 'index.js';
/** Each has types of its own for the tag. */
const FRAMEWORKS = ['react', 'preact', 'solid', 'svelte', 'vue'];

type Manifest = Parameters<typeof generateJsxTypes>[0] & Parameters<typeof generateJetBrainsWebTypes>[0];
interface Declaration {
  members: { name: string; privacy?: string }[];
  attributes: { name: string }[];
}

/** The manifest as the package has it: its own entry's path, and nothing that only our own page may use. */
async function publicManifest(): Promise<Manifest> {
  const text = await readFile(join(ROOT, 'dist/custom-elements.json'), 'utf8');
  const manifest = JSON.parse(text.replaceAll('dist/widget/amisgest-pay.js', ENTRY)) as Manifest;
  for (const { declarations = [] } of manifest.modules) {
    for (const declaration of declarations as unknown as Declaration[]) {
      const { members, attributes } = declaration;
      const internal = members.filter(({ privacy }) => privacy === 'private').map(({ name }) => name);
      declaration.members = members.filter(({ name }) => !internal.includes(name));
      declaration.attributes = attributes.filter(({ name }) => !internal.includes(name));
    }
  }
  return manifest;
}

function packageJson({ version, license }: { version: string; license: string }) {
  const types = (name: string) => ({ types: `./${name}.d.ts`, default: `./${ENTRY}` });
  return {
    name: 'amisgest-pay',
    version,
    description: 'A custom element by which a member of an association pays an invoice on its own web site.',
    keywords: ['custom-element', 'web-component', 'payment', 'invoice', 'paypal', 'lit'],
    license,
    type: 'module',
    sideEffects: ['**/*.js'],
    main: `./${ENTRY}`,
    types: './index.d.ts',
    exports: {
      '.': types('index'),
      ...Object.fromEntries(FRAMEWORKS.map((name) => [`./${name}`, types(name)])),
      './custom-elements.json': './custom-elements.json',
      './package.json': './package.json',
    },
    customElements: './custom-elements.json',
    'web-types': './web-types.json',
  };
}

/**
 * The element's properties and events as JSX writes them. Of what the tool writes we take the element's own part: the rest
 * names the modules of ten frameworks, and a strict project has one of them; its attributes of every element are React's
 * for nobody (`ref`, `style`), where each framework has its own.
 */
async function jsxTypes(manifest: Manifest, folder: string): Promise<string> {
  generateJsxTypes(manifest, { outdir: folder, fileName: 'jsx.d.ts', useCemTypes: true });
  const written = await readFile(join(folder, 'jsx.d.ts'), 'utf8');
  const part = (name: string) => {
    const [type] = new RegExp(`^export type ${name} = \\{\\n.*?^\\};\\n`, 'ms').exec(written) ?? [];
    if (type === undefined) throw new Error(`the tool for JSX has written no ${name}`);
    return type;
  };
  const types = part('AmisgestPayProps') + part('AmisgestPaySolidJsProps');
  const events = [...new Set(types.match(/\bAmisgestPay\w+Event\b/g))].sort();
  return `// Made from the manifest by @wc-toolkit/jsx-types.
import type { ${events.join(', ')} } from './index.js';

${types.replace('regroupement?: string | undefined', 'regroupement: string')}`;
}

async function main(): Promise<void> {
  const manifest = await publicManifest();
  const folder = await mkdtemp(join(tmpdir(), 'amisgest-pay-types-'));
  try {
    await writeFile(join(OUT, 'jsx.d.ts'), await jsxTypes(manifest, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
  const { version, license } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const own = packageJson({ version, license });
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(join(OUT, 'package.json'), json(own));
  await writeFile(join(OUT, 'custom-elements.json'), json(manifest));
  // Beside it stand the names that the chunks of our build use among themselves.
  await writeFile(join(OUT, ENTRY), `export { AmisgestPay } from './amisgest-pay.js';\n`);
  await copyFile(join(ROOT, 'widget/public.d.ts'), join(OUT, 'index.d.ts'));
  for (const name of [...FRAMEWORKS.map((framework) => `${framework}.d.ts`), 'README.md'])
    await copyFile(join(ROOT, 'widget/npm', name), join(OUT, name));
  generateJetBrainsWebTypes(manifest, { outdir: OUT, packageJson: false, hideLogs: true });
  const webTypes = JSON.parse(await readFile(join(OUT, 'web-types.json'), 'utf8'));
  await writeFile(join(OUT, 'web-types.json'), json({ ...webTypes, name: own.name, version }));
  generateVsCodeCustomElementData(manifest, { outdir: OUT, cssFileName: null, hideLogs: true });
}

if (import.meta.main) await main();
