// The package as a developer of another project meets it: types, manifest, import on a server.
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
import type { Screen } from '../../../widget/pay/journey/state.ts';
import type { AmisgestPayScreen } from '../../../widget/public.d.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

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
    symlinkSync(ROOT, join(folder, 'node_modules/amisgest-pay'), 'junction');
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
     const { AmisgestPay } = await import('amisgest-pay');
     console.log(typeof AmisgestPay, Object.keys(globalThis).filter((name) => !before.includes(name)).length);`,
    ],
    { cwd: ROOT },
  );
  assert.equal(stdout.trim(), 'function 0');
});

interface Named {
  name: string;
  description?: string;
  attribute?: string;
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
