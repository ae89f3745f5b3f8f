// The process's own server on a free port of the loopback, over an empty database with one regroupement, without its
// neighbours: for what only a socket shows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { type Patience, startServer } from '../../server/process.ts';
import { addRegroupement } from './app.ts';

export interface Listening {
  port: number;
  stop(): Promise<void>;
}

/** Starts it; `petits-bouleaux` is there. */
export async function startListening(patience?: Patience): Promise<Listening> {
  const dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-listening-'));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    PUBLIC_URL: 'https://pay.test',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'paiement@pay.test',
    PAYPAL_BASE_URL: 'http://127.0.0.1:1',
    SECRET_KEY: 'test-key-of-at-least-thirty-two-characters',
    LOG_LEVEL: 'silent',
  });
  const server = await startServer(config, {
    loopback: true,
    ...(patience === undefined ? {} : { patience }),
    prepare: async (deps) => void (await addRegroupement(deps, 'petits-bouleaux', {})),
  });
  return {
    port: server.port,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
