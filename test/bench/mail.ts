// How fast messages leave: those that nobody's asking caused, and those that somebody asked for, whose interval must not
// tell (server/mail/worker.ts); to a mail server that takes them at once, to one that takes 300 ms each, and while one
// connection of them hangs. The mail server is a process of its own. Beside them what nodemailer takes to send as many
// ready-made messages by as many connections, with no database.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Db } from '../../server/db/db.ts';
import { smtpTransport } from '../../server/mail/smtp.ts';
import { AT_ONCE, CONNECTIONS, MailWorker } from '../../server/mail/worker.ts';
import { startTestApp } from '../support/app.ts';

/** `MESSAGES=1000 node test/bench/mail.ts` for a short one. */
const MESSAGES = Number(process.env.MESSAGES ?? 10_000);
const ASSUMED_MS = 300;
/** As long as most of ours. */
const READY = {
  from: { name: 'Regroupement des Petits Bouleaux', address: 'paiement@pay.test' },
  replyTo: 'info@petits-bouleaux.test',
  lang: 'fr-CA' as const,
  subject: 'Votre mot de passe a été changé',
  text: 'Votre mot de passe a été changé. '.repeat(20),
  html: `<p>${'Votre mot de passe a été changé. '.repeat(50)}</p>`,
};

interface Case {
  name: string;
  delayMs: number;
  messages: number;
  asked?: boolean;
  hangs?: boolean;
  /** Messages a second that it must be, where anything is asked of it. */
  bound?: number;
}
const CASES: readonly Case[] = [
  { name: 'to a fast server', delayMs: 0, messages: MESSAGES, bound: 100 },
  {
    name: 'to a fast server, one connection hangs',
    delayMs: 0,
    messages: MESSAGES / 5,
    hangs: true,
    bound: 100,
  },
  { name: 'to one that takes 300 ms', delayMs: 300, messages: 400, bound: 20 },
  { name: 'the same, one connection hangs', delayMs: 300, messages: 400, hangs: true, bound: 20 },
  { name: 'asked for, to a fast server', delayMs: 0, messages: 200, asked: true },
  { name: 'asked for, to one that takes 300 ms', delayMs: 300, messages: 20, asked: true },
];

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines: string[] = [];
  const line = (name: string, { perSecond, cpuMs, writes = 0 }: Spent) =>
    `${name.padEnd(40)} ${perSecond.toFixed(1).padStart(6)} messages a second, ${cpuMs.toFixed(1)} ms of processor time and ${writes.toFixed(1)} write transactions each`;
  lines.push(line('nodemailer alone, to a fast server', await alone(MESSAGES / 5)));
  for (const one of CASES) {
    const spent = await measure(one);
    lines.push(line(one.name, spent) + bounded(one.bound, spent.perSecond));
  }
  return { name: 'Mail', lines };
}

interface Spent {
  perSecond: number;
  cpuMs: number;
  /** Write transactions a message; each waits for the disk. */
  writes?: number;
}

/** `work` sends so many messages; over once the relay has taken them. */
async function spent(relay: ChildProcess, messages: number, work: () => Promise<void>): Promise<Spent> {
  const before = process.cpuUsage();
  const began = performance.now();
  const all = allTaken(relay, messages);
  await work();
  await all;
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: messages / seconds, cpuMs: (user + system) / 1000 / messages };
}

async function alone(messages: number): Promise<Spent> {
  const relay = fork(new URL('./programs/relay.ts', import.meta.url), ['0']);
  const [{ port }] = (await once(relay, 'message')) as [{ port: number }];
  const mail = smtpTransport(`smtp://127.0.0.1:${port}`, AT_ONCE.own);
  let sent = 0;
  const one = async () => {
    while (sent < messages) {
      sent += 1;
      await mail.send({ ...READY, key: `k${sent}`, to: `m${sent}@example.org` });
    }
  };
  try {
    return await spent(relay, messages, async () => {
      await Promise.all(Array.from({ length: AT_ONCE.own }, one));
    });
  } finally {
    mail.close();
    relay.kill();
  }
}

function bounded(bound: number | undefined, perSecond: number): string {
  if (bound === undefined) return '';
  return ` (at least ${bound} is asked: ${perSecond >= bound ? 'kept' : 'NOT KEPT'})`;
}

async function measure({ delayMs, messages, asked = false, hangs = false }: Case): Promise<Spent> {
  const t = await startTestApp();
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  t.deps.now = Date.now;
  const relay = fork(new URL('./programs/relay.ts', import.meta.url), [String(delayMs)]);
  const [{ port }] = (await once(relay, 'message')) as [{ port: number }];
  t.deps.mail = smtpTransport(`smtp://127.0.0.1:${port}`, CONNECTIONS);
  try {
    await t.deps.db.execute(
      `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at, asked_by, turn)
       WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       SELECT 'm' || i, (SELECT id FROM regroupements WHERE slug = 'petits-bouleaux'), 'm' || i, 'password-changed',
         iif(i = 0, 'hang@example.org', 'm' || i || '@example.org'), 'fr-CA', '{}', i, i, ?2, i FROM n WHERE i >= ?3`,
      [messages, asked ? 'x.y' : '', hangs ? 0 : 1],
    );
    let writes = 0;
    const worker = new MailWorker({ ...t.deps, db: counting(t.deps.db, () => writes++) }, ASSUMED_MS);
    const took = await spent(relay, messages, () => (asked ? worker.releaseAsked() : worker.sendAtOnce()));
    t.deps.mail.close();
    await worker.finished();
    return { ...took, writes: writes / messages };
  } finally {
    relay.kill();
    await t.close();
  }
}

function counting(db: Db, wrote: () => void): Db {
  return {
    execute: (sql, args) => {
      if (!/^\s*SELECT/i.test(sql)) wrote();
      return db.execute(sql, args);
    },
    batch: (statements, options) => {
      wrote();
      return db.batch(statements, options);
    },
    close: () => db.close(),
  };
}

async function allTaken(relay: ChildProcess, messages: number): Promise<void> {
  await new Promise<void>((resolve) => {
    relay.on('message', ({ taken }: { taken: number }) => {
      if (taken === messages) resolve();
    });
  });
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
