// The whole demo as `npm start` runs it: its own process, a free port, an empty data folder. Three books to compare:
// the ledger in its database, what the PayPal stand-in captured, and the receipts. Whatever is done with it, what it wrote
// of that names nobody and gives no secret away (I9).
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'libsql';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { REGROUPEMENTS } from '../../demo/data/regroupements.ts';
import { typed, Unspeakable } from './log-search.ts';
import type { People } from './people.ts';

interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  attachments: { filename: string; contentType: string; size: number }[];
}
interface Captured {
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
  /** Ends it and throws when its log says what no log may (I9), or when it had ended by itself. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DATABASE = 'amisgest-pay.db';
const PEOPLE = fileURLToPath(new URL('people.ts', import.meta.url));

/** A demo's data as it was filled: the next ones of this process begin with a copy, and need not fill it again. */
let filled: string | undefined;

function keepFilled(dataDir: string): string {
  const kept = mkdtempSync(join(tmpdir(), 'amisgest-pay-filled-'));
  process.once('exit', () => rmSync(kept, { recursive: true, force: true }));
  const db = new Database(join(dataDir, DATABASE));
  db.prepare('VACUUM INTO ?').run(join(kept, DATABASE));
  db.close();
  copyFileSync(join(dataDir, 'secret-key'), join(kept, 'secret-key'));
  return kept;
}

/** Starts it, filled and untouched, and resolves once it says `ready`. */
export async function startDemo(env: NodeJS.ProcessEnv = {}): Promise<Demo> {
  const port = await freePort();
  const own = mkdtempSync(join(tmpdir(), 'amisgest-pay-demo-'));
  const dataDir = env.DATA_DIR ?? own;
  const fresh = Object.keys(env).length === 0;
  if (fresh && filled !== undefined) cpSync(filled, own, { recursive: true });
  const child = spawn(process.execPath, ['demo/start.ts'], {
    cwd: ROOT,
    // All that it can write is searched.
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await ready(child, () => written);
  if (fresh) filled ??= keepFilled(own);
  const site = `http://localhost:${port}`;
  const api = `http://127.0.0.1:${port}`;
  const json = async <T>(path: string): Promise<T> => (await (await fetch(api + path)).json()) as T;
  const mails = () => json<Mail[]>('/demo/mail.json');
  const unspeakable = new Unspeakable();
  unspeakable.add('SECRET_KEY', env.SECRET_KEY ?? readFileSync(join(dataDir, 'secret-key'), 'utf8'));
  addSecrets(unspeakable);
  await addPeople(unspeakable, dataDir);
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
      const db = new Database(join(dataDir, DATABASE), { readonly: true });
      try {
        return db.prepare(sql).all(...args) as R[];
      } finally {
        db.close();
      }
    },
    async stop() {
      try {
        for (const mail of await mails().catch(() => [])) unspeakable.addMail(mail);
        await addPeople(unspeakable, dataDir);
      } finally {
        child.kill('SIGTERM');
      }
      const code = await ended;
      for (const text of typed) unspeakable.add('what somebody typed', text);
      rmSync(own, { recursive: true, force: true });
      // Where the project stands is nobody's secret, though a folder of a person's may bear her name.
      const log = written.replaceAll(ROOT, '/').replaceAll(dataDir, '/data');
      const found = unspeakable.foundIn(log);
      if (found.length > 0) throw new Error(`the log of the demo gives away:\n${found.join('\n')}`);
      if (code !== 0) throw new Error(`the demo ended with ${code}:\n${log}`);
    },
  };
}

function addSecrets(unspeakable: Unspeakable): void {
  unspeakable.add('a password', DEMO_PASSWORD);
  for (const { clientId, clientSecret } of REGROUPEMENTS.map(({ paypal }) => paypal)) {
    unspeakable.add('PayPal’s secret', clientSecret);
    unspeakable.add('PayPal’s secret', Buffer.from(`${clientId}:${clientSecret}`).toString('base64'));
  }
}

/** Whoever and whatever is in the database now. */
async function addPeople(unspeakable: Unspeakable, dataDir: string): Promise<void> {
  const file = join(dataDir, DATABASE);
  const { stdout } = await promisify(execFile)(process.execPath, [PEOPLE, file], { maxBuffer: 2 ** 26 });
  const { people, certificates, invoices } = JSON.parse(stdout) as People;
  for (const { name, email } of people) {
    unspeakable.addName('a name', name);
    unspeakable.add('an e-mail', email);
  }
  for (const number of certificates) unspeakable.add('a certificate', number);
  for (const number of invoices) unspeakable.add('an invoice', number);
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

function ready(child: ChildProcess, written: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (/^ready http/m.test(written())) resolve();
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${written()}`)));
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
