// How fast messages leave: those that nobody's asking caused, and those that somebody asked for, whose interval must not
// tell (server/mail/worker.ts); to a mail server that takes them at once, to one that takes 300 ms each, and while one
// connection of them hangs. The mail server is a process of its own.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { smtpTransport } from '../../server/mail/smtp.ts';
import { CONNECTIONS, MailWorker } from '../../server/mail/worker.ts';
import { startTestApp } from '../support/app.ts';

const ASSUMED_MS = 300;

interface Case {
  name: string;
  delayMs: number;
  messages: number;
  asked?: boolean;
  hangs?: boolean;
}
const CASES: readonly Case[] = [
  { name: 'to a fast server', delayMs: 0, messages: 2_000 },
  { name: 'to a fast server, one connection hangs', delayMs: 0, messages: 2_000, hangs: true },
  { name: 'to one that takes 300 ms', delayMs: 300, messages: 400 },
  { name: 'the same, one connection hangs', delayMs: 300, messages: 400, hangs: true },
  { name: 'asked for, to a fast server', delayMs: 0, messages: 200, asked: true },
  { name: 'asked for, to one that takes 300 ms', delayMs: 300, messages: 20, asked: true },
];

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines = [];
  for (const one of CASES) {
    const { perSecond, cpuMs } = await measure(one);
    lines.push(
      `${one.name.padEnd(40)} ${perSecond.toFixed(1).padStart(6)} messages a second, ${cpuMs.toFixed(1)} ms of processor time each`,
    );
  }
  return { name: 'Mail', lines };
}

async function measure({ delayMs, messages, asked = false, hangs = false }: Case) {
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
    const worker = new MailWorker(t.deps, ASSUMED_MS);
    const before = process.cpuUsage();
    const began = performance.now();
    const all = allTaken(relay, messages);
    await (asked ? worker.releaseAsked() : worker.sendAtOnce());
    await all;
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    t.deps.mail.close();
    await worker.finished();
    return { perSecond: messages / seconds, cpuMs: (user + system) / 1000 / messages };
  } finally {
    relay.kill();
    await t.close();
  }
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
