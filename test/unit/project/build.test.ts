// What the build changes in other people's code, and in ours: it ends where it finds nothing to change.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { build } from 'vite';
import { words } from '../../../widget/locales/fr-CA.rest.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const out = await mkdtemp(join(tmpdir(), 'amisgest-pay-build-'));
after(() => rm(out, { recursive: true }));

/** Builds as `npm run build` does; `changed`: after another version of some file took its place. */
const built = (changed: (code: string, id: string) => string = (code) => code) =>
  build({
    root: ROOT,
    logLevel: 'silent',
    build: { outDir: out, emptyOutDir: true },
    plugins: [{ name: 'another-version', load: async (id) => changed(await readFile(id, 'utf8'), id) }],
  });

test('no sentence is sent by its name, and none is missing', async () => {
  await built();
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.js'));
  const code = (await Promise.all(names.map((name) => readFile(join(out, name), 'utf8')))).join('\n');
  for (const [name, sentence] of Object.entries(words)) {
    assert.ok(!code.includes(`"${name}"`), name);
    assert.ok(code.includes(sentence), name);
  }
});

test('a Lit that is written otherwise ends the build: its policy must not keep the stock name', async () => {
  const renamed = (code: string) => code.replace('createPolicy("lit-html"', 'createPolicy(names.policy');
  await assert.rejects(built(renamed), /createPolicy.*was found in 0 of Lit's files, not 1/);
});

test('a sentence that nobody says ends the build', async () => {
  const silent = (code: string, id: string) =>
    id.endsWith('/screens/sign-up.ts') ? code.replace("'err.emailTypo'", "''") : code;
  await assert.rejects(built(silent), /nobody says err\.emailTypo/);
});

for (const [what, template] of [
  ['a property', `<input .value=$\{look} />`],
  ['an element’s part', `<input name="a" $\{look} />`],
  ['a directive', "<p></p>`; import { repeat } from 'lit/directives/repeat.js'; `"],
] as const)
  test(`a payers’ template that needs what is taken out of Lit ends the build: ${what}`, async () => {
    const needing = (code: string, id: string) =>
      id.endsWith('/controls/parts.ts') ? code.replace('<p class="waiting">', template) : code;
    await assert.rejects(built(needing), /needs what vite\.lit\.ts takes out of Lit/);
  });
