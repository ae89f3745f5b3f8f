// However the server is started, it is with the flags that were measured (test/bench/start.ts).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the service and the image start the server as `npm run server` does', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { server: string } };
  const [program, ...rest] = scripts.server.split(' ');
  assert.equal(program, 'node');
  assert.match(
    read('server/deploy/amisgest-pay.service'),
    new RegExp(`^ExecStart=.*/node ${rest.join(' ')}$`, 'm'),
  );
  assert.ok(
    read('server/deploy/Dockerfile').includes(`\nENTRYPOINT ["node"]\nCMD ["${rest.join('", "')}"]\n`),
  );
});
