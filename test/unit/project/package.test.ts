// The package of the element as a developer of another project meets it (`npm run build:npm`): what is in it, types,
// manifest, import on a server. With the frameworks themselves: test/ecosystem.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Screen } from '../../../widget/pay/journey/state.ts';
import type { AmisgestPayScreen } from '../../../widget/public.d.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGE = join(ROOT, 'dist/npm');
const run = promisify(execFile);
const json = (path: string) => JSON.parse(readFileSync(join(PACKAGE, path), 'utf8'));

test('what npm would publish holds the element and no more, by its own package.json', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: PACKAGE });
  const [{ files, unpackedSize, entryCount }] = JSON.parse(stdout) as [
    { files: { path: string }[]; unpackedSize: number; entryCount: number },
  ];
  assert.deepEqual(
    files.map(({ path }) => path).filter((path) => !/^(c\/[\w.-]+\.js|\w+\.d\.ts)$/.test(path)),
    [
      'README.md',
      'THIRD-PARTY-LICENSES.txt',
      'amisgest-pay.js',
      'custom-elements.json',
      'index.js',
      'package.json',
      'vscode.html-custom-data.json',
      'web-types.json',
    ],
  );
  assert.ok(entryCount < 25 && unpackedSize < 200_000, `${entryCount} files, ${unpackedSize} bytes`);
  const { name, version, license, dependencies, exports } = json('package.json');
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(
    [name, version, license, dependencies],
    [root.name, root.version, root.license, undefined],
  );
  assert.deepEqual([root.private, root.exports], [true, undefined], 'the project itself is not for npm');
  const named = JSON.stringify(exports).match(/\.\/[\w.-]+\.(?:json|js|ts)\b/g) ?? [];
  for (const file of named) assert.ok(readdirSync(PACKAGE).includes(file.slice(2)), file);
});

test('publint has nothing to say of it', async () => {
  const { messages, pkg } = await publint({ pkgDir: PACKAGE, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('nor has Are the types wrong', async () => {
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  // Its code is modules only: `require` of old versions of Node is no promise.
  await run(process.execPath, [attw, '--pack', PACKAGE, '--profile', 'esm-only', '--format', 'ascii']).catch(
    ({ stdout }: { stdout: string }) => assert.fail(stdout),
  );
});

test('the element comes with the licences of what is in it', () => {
  const text = readFileSync(join(PACKAGE, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['lit', 'lit-html', '@lit/reactive-element', '@paypal/paypal-js'])
    assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  assert.match(text, /Redistribution and use in source and binary forms[\s\S]*Apache License/);
});

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** Compiles only while the promised screens are the real ones. */
const promised: Same<Screen, AmisgestPayScreen> = true;

const STRICT = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2022', 'dom'],
    types: [],
  },
  files: ['page.ts'],
};
const PAGE = `
import 'amisgest-pay';
import { AmisgestPay, type AmisgestPayPaidEvent } from 'amisgest-pay';
const element = document.createElement('amisgest-pay');
element.regroupement = 'petits-bouleaux';
element.lang = 'en-CA';
element.checkout = 'popup';
// @ts-expect-error there is no such way to pay
element.checkout = 'cash';
element.addEventListener('amisgest-pay-paid', (event) => {
  const paid: AmisgestPayPaidEvent = event;
  const cents: number = paid.amountCents;
  console.log(cents.toFixed(0), paid.currency === 'CAD');
  // @ts-expect-error nothing personal is in it
  console.log(event.email);
});
document.addEventListener('amisgest-pay-step', ({ screen }) => console.log(screen === 'detail'));
document.addEventListener('amisgest-pay-error', ({ code }) => console.log(code === 'origin-refused'));
console.log(element instanceof AmisgestPay);
`;

test('a strict TypeScript project compiles against the package, and is stopped where it is wrong', async () => {
  assert.ok(promised);
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(PACKAGE, join(folder, 'node_modules/amisgest-pay'), 'junction');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(STRICT));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'page.ts'), PAGE);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) =>
      assert.fail(error.stdout),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a page rendered on a server may import it: nothing happens there', async () => {
  const { stdout } = await run(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const before = Object.keys(globalThis);
     const all = await import('amisgest-pay');
     const news = Object.keys(globalThis).filter((name) => !before.includes(name));
     console.log(Object.keys(all).join(), typeof all.AmisgestPay, news.length);`,
    ],
    { cwd: PACKAGE },
  );
  assert.equal(stdout.trim(), 'AmisgestPay function 0', 'it exports what its types say, and nothing global');
});

test('in a bundle its own address says nothing, and no chunk is asked for under a second one', () => {
  const code = readdirSync(PACKAGE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(PACKAGE, file), 'utf8'))
    .join('\n');
  assert.doesNotMatch(code, /import\.meta|\?again/);
  const asked = [...code.matchAll(/import\(([^)]*)\)/g)].map(([, address = '']) => address);
  assert.ok(asked.length > 5);
  for (const address of asked) assert.match(address, /^["'`]\.\/(c\/)?[\w.-]+\.js["'`]$/);
});

interface Named {
  name: string;
  description?: string;
  attribute?: string;
  privacy?: string;
  default?: string;
  type?: { text: string };
}
const manifest = () =>
  JSON.parse(readFileSync(join(ROOT, 'dist/custom-elements.json'), 'utf8')).modules[0]
    .declarations[0] as Record<
    'attributes' | 'members' | 'events' | 'slots' | 'cssParts' | 'cssProperties',
    Named[]
  > & { tagName: string };
const names = (list: readonly Named[]) => list.map(({ name }) => name).sort();
const sources = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n');
const found = (pattern: RegExp, text: string) => [
  ...new Set([...text.matchAll(pattern)].flatMap(([, words = '']) => words.split(' '))),
];

test('the manifest names every attribute, event, part, slot and style property that the code has, and no other', () => {
  const { tagName, attributes, events, slots, cssParts, cssProperties } = manifest();
  const widget = sources('widget');
  assert.equal(tagName, 'amisgest-pay');
  assert.deepEqual(names(attributes), ['api', 'checkout', 'hosted', 'lang', 'regroupement']);
  assert.deepEqual(names(events), found(/super\('(amisgest-pay-\w+)'/g, widget).sort());
  assert.deepEqual(names(slots), ['', 'header', 'help']);
  assert.deepEqual(names(cssProperties), found(/var\((--amisgest-[\w-]+)/g, widget).sort());
  const parts = found(/part="([\w ]+?)(?: \$\{look\})?"/g, widget);
  assert.deepEqual(names(cssParts), [...new Set([...parts, 'secondary', 'link'])].sort());
});

test('the manifest says what a value may be, what an event is and how it looks unless told, without our own names', () => {
  const { attributes, members, events, cssParts, cssProperties } = manifest();
  const types = Object.fromEntries(attributes.map(({ name, type }) => [name, type?.text]));
  assert.equal(types.lang, "'fr-CA' | 'en-CA'");
  assert.equal(types.checkout, "'redirect' | 'popup'");
  const promises = readFileSync(join(PACKAGE, 'index.d.ts'), 'utf8');
  for (const { name, type } of events)
    assert.match(promises, new RegExp(`interface ${type?.text} [^}]*type: '${name}'`), name);
  for (const { name, default: usual } of cssProperties) assert.ok(usual, name);
  assert.equal(cssProperties.find(({ name }) => name === '--amisgest-radius')?.default, '8px');
  for (const { name, description } of [...cssParts, ...cssProperties, ...attributes])
    assert.ok(description, name);
  assert.deepEqual(
    members.filter(({ privacy }) => privacy !== 'public').map(({ name }) => name),
    ['hosted'],
  );
});

test('editors are told of every attribute and event but what only our own page may use', () => {
  const promised = ['api', 'checkout', 'lang', 'regroupement'];
  const [tag] = json('vscode.html-custom-data.json').tags;
  assert.deepEqual(names(tag.attributes), promised);
  const lang = tag.attributes.find(({ name }: Named) => name === 'lang');
  assert.deepEqual(names(lang.values), ['en-CA', 'fr-CA']);
  const webTypes = json('web-types.json');
  const [element] = webTypes.contributions.html.elements;
  assert.deepEqual([webTypes.name, element.name], ['amisgest-pay', 'amisgest-pay']);
  assert.deepEqual(names(element.attributes), promised);
  assert.deepEqual(names(element.events), names(manifest().events));
  assert.deepEqual(names(webTypes.contributions.css.properties), names(manifest().cssProperties));
  for (const file of ['vscode.html-custom-data.json', 'web-types.json', 'custom-elements.json', 'jsx.d.ts'])
    assert.doesNotMatch(
      readFileSync(join(PACKAGE, file), 'utf8'),
      /hosted|undefined\b(?![;)])|\bLang\b/,
      file,
    );
});
