// Strict projects of each framework, with its own checker: the tag as its manual writes it compiles, and what is wrong
// about it is found where it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './judge.ts';

const TSC = 'typescript/bin/tsc';

for (const framework of ['react', 'preact', 'solid'])
  test(`${framework}: what is right compiles, what is wrong does not`, async () => {
    // Each wrong line says that it expects an error: an error more or less fails.
    const { content, said } = await judge(TSC, ['-p', `projects/${framework}`]);
    assert.ok(content, said);
  });

test('vue: what is right compiles, what is wrong does not', async () => {
  const { said } = await judge('vue-tsc/bin/vue-tsc.js', ['-p', 'projects/vue', '--noEmit']);
  const found = [...said.matchAll(/^projects\/vue\/(\w+)\.vue\((\d+),/gm)].map(
    ([, file, line]) => `${file} ${line}`,
  );
  assert.deepEqual(
    found,
    [8, 9, 10, 11, 12, 13, 14].map((line) => `Wrong ${line}`),
    said,
  );
});

test('svelte: what is right compiles, what is wrong does not', async () => {
  const args = ['--workspace', 'projects/svelte', '--tsconfig', 'tsconfig.json', '--output', 'machine'];
  const { said } = await judge('svelte-check/bin/svelte-check', args);
  const found = [...said.matchAll(/ ERROR "(\w+)\.svelte" (\d+):/g)].map(
    ([, file, line]) => `${file} ${line}`,
  );
  assert.deepEqual(
    found,
    [5, 6, 7, 8, 9, 10].map((line) => `Wrong ${line}`),
    said,
  );
});
