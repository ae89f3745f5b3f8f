// The whole demo as `npm start` runs it: its own process, a free port, an empty data folder. Three books to compare:
// the ledger in its database, what the PayPal stand-in captured, and the receipts.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: { filename: string; contentType: string; size: number }[];
}
export interface Captured {
  id: string;
  order_id: string;
  invoice_id: string;
  custom_id: string;
  amount: string;
  status: string;
}
export interface Demo {
  port: number;
  dataDir: string;
  /** The regroupement's site; the API is on the other loopback name. */
  site: string;
  api: string;
  mails(): Promise<Mail[]>;
  /** The newest message to this address whose subject fits, once it is there. */
  mailTo(address: string, subject: RegExp): Promise<Mail>;
  captures(): Promise<Captured[]>;
  fault(operation: string, fault: object, times?: number): Promise<void>;
  /** Reads the database beside the running server. */
  rows<R>(sql: string, ...args: (string | number)[]): R[];
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Starts it and resolves once it says `ready`. */
export async function startDemo(env: NodeJS.ProcessEnv = {}): Promise<Demo> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-demo-'));
  const child = spawn(process.execPath, ['demo/start.ts'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await ready(child);
  const site = `http://localhost:${port}`;
  const api = `http://127.0.0.1:${port}`;
  const json = async <T>(path: string): Promise<T> => (await (await fetch(api + path)).json()) as T;
  const mails = () => json<Mail[]>('/demo/mail.json');
  return {
    port,
    dataDir,
    site,
    api,
    mails,
    mailTo: (address, subject) =>
      until(`a mail to ${address} about ${subject}`, async () =>
        (await mails()).find((mail) => mail.to === address && subject.test(mail.subject)),
      ),
    captures: async () => (await json<{ captures: Captured[] }>('/demo/paypal/books.json')).captures,
    async fault(operation, fault, times = 1) {
      const response = await fetch(`${api}/demo/paypal/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ operation, fault, times }),
      });
      if (response.status !== 201)
        throw new Error(`faults answered ${response.status}: ${await response.text()}`);
    },
    rows<R>(sql: string, ...args: (string | number)[]): R[] {
      const db = new Database(join(dataDir, 'amisgest-pay.db'), { readonly: true });
      try {
        return db.prepare(sql).all(...args) as R[];
      } finally {
        db.close();
      }
    },
    async stop() {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks again until there is an answer; 30 s at most, for busy machines. */
export async function until<T>(what: string, look: () => Promise<T | undefined | null | false>): Promise<T> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const heard = (chunk: Buffer) => {
      output += chunk;
      if (/^ready http/m.test(output)) resolve();
    };
    child.stdout?.on('data', heard);
    child.stderr?.on('data', heard);
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
