// The package in what pages are built by: nothing is sent twice, and rendering a page on a server does not fail.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FOLDER, judge } from './judge.ts';

const TAG = /<amisgest-pay regroupement="petits-bouleaux" api="https:\/\/pay\.example\.org">/;
const page = (path: string) => readFileSync(join(FOLDER, 'projects', path), 'utf8');
const scripts = (path: string) => {
  const folder = join(FOLDER, path);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(folder, file));
};
const bytes = (files: string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0);

test('webpack takes each chunk once', async () => {
  const { default: webpack } = (await import(join(FOLDER, 'node_modules/webpack/lib/index.js'))) as {
    default: (options: object, done: (error: unknown, stats: { hasErrors(): boolean }) => void) => void;
  };
  const folder = join(FOLDER, 'projects/webpack');
  await new Promise<void>((resolve, reject) =>
    webpack(
      { mode: 'production', context: folder, entry: './page.js', output: { path: join(folder, 'dist') } },
      (error, stats) => (error || stats.hasErrors() ? reject(error ?? stats) : resolve()),
    ),
  );
  const ours = scripts('node_modules/amisgest-pay');
  const built = scripts('projects/webpack/dist');
  assert.ok(built.length <= ours.length, `${built.length} files of ${ours.length}`);
  assert.ok(bytes(built) < bytes(ours) * 1.15, `${bytes(built)} bytes of ${bytes(ours)}`);
});

test('a page of Next imports it, in a component of the server too', async () => {
  const { content, said } = await judge('next/dist/bin/next', ['build'], 'projects/next');
  assert.ok(content, said);
  for (const path of ['next/out/index.html', 'next/out/server.html']) assert.match(page(path), TAG);
});

test('a page of Astro imports it, on the server and in the browser', async () => {
  const { content, said } = await judge('astro/bin/astro.mjs', ['build'], 'projects/astro');
  assert.ok(content, said);
  assert.match(page('astro/dist/index.html'), TAG);
});

test('a page of Nuxt imports it', async () => {
  const { content, said } = await judge('nuxt/bin/nuxt.mjs', ['generate'], 'projects/nuxt');
  assert.ok(content, said);
  assert.match(page('nuxt/.output/public/index.html'), TAG);
});
