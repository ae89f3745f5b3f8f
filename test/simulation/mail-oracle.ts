// The attack on the mail queue (I3, I6): whoever asks e-mails for mailboxes of his own around one for somebody else, and
// compares when his arrive, must not learn whether she got one. Against the whole server and a real SMTP server that takes
// its time; `node test/simulation/mail-oracle.ts [--trials 30]` (some ten minutes) prints how well each attack
// tells the two apart: 0.5 is guessing, 1 is certainty. Fails beyond what chance explains.
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { searchByNameAndNumber } from '../../server/certificates/lookup/lookup.ts';
import { readConfig } from '../../server/config.ts';
import type { Deps } from '../../server/deps.ts';
import { startServer } from '../../server/process.ts';
import { regroupementById } from '../../server/regroupements/regroupements.ts';
import { addInvoice, addRegroupement } from '../support/app.ts';
import { addAccount } from '../support/sign-up.ts';

const MS_A_MESSAGE = 300;
/** Standard errors of what is measured, beyond which it is no chance. */
const BEYOND_CHANCE = 3.3;

/** How often a value of `hits` is greater than one of `misses`: 0.5 where nothing tells them apart. */
export function areaUnderCurve(hits: readonly number[], misses: readonly number[]): number {
  let above = 0;
  for (const hit of hits) for (const miss of misses) above += hit > miss ? 1 : hit === miss ? 0.5 : 0;
  return above / (hits.length * misses.length);
}

interface Relay {
  url: string;
  /** When the message for that mailbox had been taken. */
  arrived(mailbox: string): Promise<number>;
  close(): Promise<void>;
}

/** Takes `MS_A_MESSAGE` for each message: side by side, or one after the other as a relay with one queue does. */
async function slowRelay(oneAtATime: boolean): Promise<Relay> {
  const when = new Map<string, number>();
  const awaited = new Map<string, (at: number) => void>();
  let line = Promise.resolve();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, session, done) {
      for await (const _ of stream);
      const turn = line;
      const taken = (oneAtATime ? turn : Promise.resolve()).then(
        () => new Promise<void>((resolve) => setTimeout(resolve, MS_A_MESSAGE)),
      );
      line = taken;
      await taken;
      for (const { address } of session.envelope.rcptTo) {
        when.set(address, performance.now());
        awaited.get(address)?.(performance.now());
      }
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    arrived: (mailbox) =>
      new Promise((resolve) => {
        const at = when.get(mailbox);
        if (at === undefined) awaited.set(mailbox, resolve);
        else resolve(at);
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

interface Attack {
  name: string;
  oneAtATime: boolean;
  /** Mailboxes of his own that he asks e-mails for, before and after. */
  around: number;
  about: 'reset' | 'code';
}
const ATTACKS: readonly Attack[] = [
  { name: 'a reset between two of his own', oneAtATime: false, around: 1, about: 'reset' },
  { name: 'the same, the relay takes one message at a time', oneAtATime: true, around: 1, about: 'reset' },
  { name: 'a reset among ten of his own', oneAtATime: false, around: 5, about: 'reset' },
  { name: 'the same, the relay takes one message at a time', oneAtATime: true, around: 5, about: 'reset' },
  { name: 'a search under policy `code` between two resets', oneAtATime: false, around: 1, about: 'code' },
];

/** What he measures: between his first and his last message, and from asking to the last. */
interface Measured {
  gap: number;
  last: number;
}

async function play(attack: Attack, trials: number): Promise<{ hits: Measured[]; misses: Measured[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-oracle-'));
  const relay = await slowRelay(attack.oneAtATime);
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    PUBLIC_URL: 'https://pay.test',
    SMTP_URL: relay.url,
    MAIL_FROM: 'paiement@pay.test',
    PAYPAL_BASE_URL: 'http://127.0.0.1:1',
    SECRET_KEY: 'test-key-of-at-least-thirty-two-characters',
    TRUSTED_PROXIES: '1',
    LOG_LEVEL: 'silent',
  });
  const server = await startServer(config, {
    prepare: async (deps) => {
      await addRegroupement(deps, 'petits-bouleaux', {});
      await deps.db.execute("UPDATE regroupements SET link_policy = 'code'");
    },
  });
  const measured = { hits: [] as Measured[], misses: [] as Measured[] };
  try {
    // Each arm as often, in an order that follows nothing.
    const order = [...Array(trials * 2).keys()].map((n) => n % 2 === 0).sort(() => Math.random() - 0.5);
    await attempt(server, attack, relay, -1, true); // whatever the first one opens is open
    for (const [n, isHit] of order.entries())
      measured[isHit ? 'hits' : 'misses'].push(await attempt(server, attack, relay, n, isHit));
  } finally {
    await server.stop();
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return measured;
}

async function attempt(
  { port, deps }: { port: number; deps: Deps },
  { around, about }: Attack,
  relay: Relay,
  n: number,
  isHit: boolean,
): Promise<Measured> {
  const his = Array.from({ length: around * 2 }, (_, i) => `lui-${n}-${i}@example.org`);
  const hers = `elle-${n}@example.org`;
  const ids = await Promise.all(
    [...his, ...(isHit ? [hers] : [])].map((email) => addAccount({ deps }, email)),
  );
  if (about === 'code' && isHit)
    await addInvoice(deps, 'petits-bouleaux', {
      firstName: 'Heather',
      lastName: 'MacDougall',
      email: hers,
      certificate: `PB-${5_000 + n}`,
      invoice: `F-${n}`,
      totalCents: 500,
    });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_500)); // any moment of the worker's
  const address = `198.51.${(n + 1) % 250}.7`;
  const reset = async (email: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/regroupements/petits-bouleaux/password-resets`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
      body: JSON.stringify({ email, lang: 'fr-CA' }),
    });
    if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
  };
  const asked = performance.now();
  for (const email of his.slice(0, around)) await reset(email);
  if (about === 'reset') await reset(hers);
  else {
    const { rows } = await deps.db.execute<{ id: string }>('SELECT id FROM regroupements');
    const regroupement = await regroupementById(deps, rows[0]?.id ?? '');
    const typed = { lastName: 'MacDougall', firstName: 'Heather', certificateNumber: `PB-${5_000 + n}` };
    await searchByNameAndNumber(
      deps,
      { regroupement, accountId: ids[0] ?? '', clientAddress: address },
      typed,
    );
  }
  for (const email of his.slice(around)) await reset(email);
  const arrivals = await Promise.all(his.map((mailbox) => relay.arrived(mailbox)));
  const last = Math.max(...arrivals);
  await new Promise((resolve) => setTimeout(resolve, 2 * MS_A_MESSAGE)); // hers has left too
  return { gap: last - Math.min(...arrivals), last: last - asked };
}

const median = (values: number[]) =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN);

if (import.meta.main) {
  const { values } = parseArgs({ options: { trials: { type: 'string', default: '30' } } });
  const trials = Number(values.trials);
  const standardError = Math.sqrt((2 * trials + 1) / (12 * trials * trials));
  console.log(`${trials} tries with an account or a match, ${trials} without; ${MS_A_MESSAGE} ms a message`);
  console.log('| attack | measured | with | without | AUC |\n|---|---|---|---|---|');
  for (const attack of ATTACKS) {
    const { hits, misses } = await play(attack, trials);
    for (const what of ['gap', 'last'] as const) {
      const [yes, no] = [hits.map((one) => one[what]), misses.map((one) => one[what])];
      const auc = areaUnderCurve(yes, no);
      const told = Math.abs(auc - 0.5) > BEYOND_CHANCE * standardError;
      if (told) process.exitCode = 1;
      const named = what === 'gap' ? 'first to last' : 'asking to last';
      console.log(
        `| ${attack.name} | ${named} | ${median(yes)} ms | ${median(no)} ms | ${auc.toFixed(3)}${told ? ' (told apart)' : ''} |`,
      );
    }
  }
  console.log(`Chance alone: 0.5 ± ${(BEYOND_CHANCE * standardError).toFixed(2)}`);
}
