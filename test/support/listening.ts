// The process's own server on a free port of the loopback, over an empty database with one regroupement, without its
// neighbours: for what only a socket shows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import type { Deps } from '../../server/deps.ts';
import { type Patience, startServer } from '../../server/process.ts';
import { addRegroupement } from './app.ts';

export interface Listening {
  port: number;
  deps: Deps;
  stop(): Promise<void>;
}

/** Starts it; `petits-bouleaux` is there, and what `prepare` does before anybody is heard. `settings`: others than usual. */
export async function startListening(
  patience?: Patience,
  prepare: (deps: Deps) => Promise<unknown> = async () => {},
  settings: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-listening-'));
  const config = readConfig({
    HOST: 'localhost',
    PORT: '0',
    DATA_DIR: dataDir,
    PUBLIC_URL: 'https://pay.test',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'paiement@pay.test',
    PAYPAL_BASE_URL: 'http://127.0.0.1:1',
    SECRET_KEY: 'test-key-of-at-least-thirty-two-characters',
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const server = await startServer(config, {
    ...(patience === undefined ? {} : { patience }),
    prepare: async (deps) => {
      await addRegroupement(deps, 'petits-bouleaux', {});
      await prepare(deps);
    },
  });
  return {
    port: server.port,
    deps: server.deps,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
