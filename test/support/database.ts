// An empty database for a test: a file, or, in `npm run test:remote`, a libSQL server of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './demo.ts';

export interface TestDatabase {
  /** For `openDb`: `file:…`, or `http://127.0.0.1:…`. */
  url: string;
  remove(): Promise<void>;
}

export async function newDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
  const empty = () => rmSync(folder, { recursive: true, force: true });
  const sqld = process.env.TEST_SQLD;
  if (sqld === undefined)
    return { url: `file:${join(folder, 'test.db')}`, remove: () => Promise.resolve(empty()) };

  const port = await freePort();
  const server = spawn(
    sqld,
    ['--db-path', join(folder, 'data'), '--http-listen-addr', `127.0.0.1:${port}`, '--no-welcome'],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await until('the libSQL server', async () => (await fetch(`${url}/health`).catch(() => null))?.ok);
  return {
    url,
    async remove() {
      server.kill('SIGKILL');
      await ended;
      empty();
    },
  };
}
