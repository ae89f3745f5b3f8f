// What whoever watches the log was told of it: server/LOG.md lists every event that the code writes, with its level, and none
// besides.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const CALL = /\blog\.(debug|info|warn|error)\(\s*('([\w-]+)')?/g;

const written = globSync('server/**/*.ts', { cwd: ROOT }).flatMap((path) =>
  [...read(path).matchAll(CALL)].map(([, level, , event]) => ({ path, level, event })),
);

test('every event has its name where it is written', () => {
  assert.ok(written.length > 40);
  assert.deepEqual(
    written.filter(({ event }) => event === undefined),
    [],
  );
});

test('server/LOG.md lists every event that is written, with its level, once and in order', () => {
  const rows = [...read('server/LOG.md').matchAll(/^\| `([\w-]+)` \| (\w+) \| \S/gm)].map(
    ([, event, level]) => `${event} ${level}`,
  );
  const inCode = new Set(written.map(({ event, level }) => `${event} ${level}`));
  assert.deepEqual(rows, [...inCode].sort());
});
