// The line in which messages wait is one that strangers watch: whoever asks for some of his own around one for somebody
// else must not learn from it whether she got one (I3, I6). Nor may one message that hangs hold up the others, nor what
// strangers ask for hold up a receipt. How well the attack tells the two apart on a real clock:
// `node test/simulation/mail-oracle.ts`.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import { LATER_MS } from '../../../server/accounts/account-limits.ts';
import { MailError, type MailMessage } from '../../../server/deps.ts';
import { enqueueAsked, enqueueMail } from '../../../server/mail/outbox.ts';
import { parkedMessages } from '../../../server/mail/parked.ts';
import { smtpTransport } from '../../../server/mail/smtp.ts';
import { CONNECTIONS, MailWorker, sendDueMail } from '../../../server/mail/worker.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { until } from '../../support/demo.ts';
import { look, setPolicy } from '../../support/links.ts';
import { signIn } from '../../support/payer.ts';
import { addAccount, join, newcomer, PASSWORD } from '../../support/sign-up.ts';
import { virtualTime } from '../../support/virtual-time.ts';

const DAY = 86_400_000;
let t: TestApp;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
});
afterEach(() => t.close());

/** What stands in the line, and how much was written to put it there. */
async function placesTaken(
  ask: () => Promise<unknown>,
): Promise<{ places: { turn: number; inMs: number }[]; written: number }> {
  t.clock.advance(2 * DAY); // every try is back
  await t.deps.db.execute("UPDATE outbox SET state = 'sent', asked_by = ''");
  const before = await written();
  await ask();
  const after = await written();
  const { rows } = await t.deps.db.execute<{ turn: number; next_at: number }>(
    "SELECT turn, next_at FROM outbox WHERE state = 'waiting' AND asked_by <> '' ORDER BY rowid",
  );
  return {
    places: rows.map(({ turn, next_at }) => ({ turn, inMs: next_at - t.clock.now })),
    written: after - before,
  };
}
async function written(): Promise<number> {
  return Number((await t.deps.db.execute('SELECT total_changes() AS n')).rows[0]?.n);
}
const askReset = (email: string, from = '198.51.100.9') =>
  t.call('POST', '/password-resets', { email, lang: 'fr-CA' }, { 'X-Forwarded-For': from });

describe('a place in the line', () => {
  const KNOWN = 'connue@example.org';
  const PENDING = 'en-attente@example.org';

  test('is taken, and written for, by whoever asks about an e-mail, whether it is known, pending or nobody’s', async () => {
    await addAccount(t, KNOWN);
    const from = { 'X-Forwarded-For': '198.51.100.9' };
    const asks: Record<string, (email: string) => Promise<unknown>> = {
      'a reset': askReset,
      'a sign-up': (email) => t.call('POST', '/accounts', { ...newcomer, email, password: PASSWORD }, from),
      'the e-mail again': (email) => t.call('POST', '/accounts/resend', { email, lang: 'fr-CA' }, from),
      'that of a sign-up again': (email) =>
        t.call('POST', '/accounts/resend', { email, lang: 'fr-CA', attempt: 'A'.repeat(22) }, from),
    };
    for (const [name, ask] of Object.entries(asks)) {
      const stranger = await placesTaken(() => ask('inconnue@example.org'));
      assert.deepEqual(stranger.places, [{ turn: 0, inMs: 0 }], name);
      assert.deepEqual(await placesTaken(() => ask(KNOWN)), stranger, name);
      await t.call('POST', '/accounts', { ...newcomer, email: PENDING, password: PASSWORD });
      assert.deepEqual(await placesTaken(() => ask(PENDING)), stranger, name);
    }
  });

  test('is taken and written for alike when too many were asked for, also the second time, and one message leaves', async () => {
    await addAccount(t, KNOWN);
    const beyond = (email: string) =>
      placesTaken(async () => {
        for (let i = 0; i < 14; i++) await askReset(email, `198.51.100.${i}`);
      });
    // Each mailbox has its own instant.
    const seen = ({ places, written }: Awaited<ReturnType<typeof beyond>>) => ({
      atOnce: places.filter(({ inMs }) => inMs === 0),
      later: places.filter(({ inMs }) => inMs > 0).map(({ turn }) => turn),
      written,
    });
    const stranger = seen(await beyond('inconnue@example.org'));
    assert.deepEqual(stranger.later, [0, 0, 0, 0]);
    assert.deepEqual(seen(await beyond(KNOWN)), stranger);
    t.clock.advance(LATER_MS);
    await sendDueMail(t.deps);
    assert.equal(t.outgoing.filter(({ to }) => to === KNOWN).length, 11);
  });

  test('is taken by a new e-mail, whether or not another has it', async () => {
    await addAccount(t, KNOWN);
    let people = 0;
    const change = (email: string) =>
      placesTaken(async () => {
        const hers = await signIn(t, `personne${++people}@example.com`);
        const answer = await hers.call('POST', '/me/email', { email, password: 'sept grenouilles bleues' });
        assert.equal(answer.status, 202);
      });
    await change('premiere@example.org'); // the keys that sign sessions are made
    const taken = await change(KNOWN);
    assert.deepEqual(taken.places, [{ turn: 0, inMs: 0 }]);
    assert.deepEqual(await change('libre@example.org'), taken);
  });

  describe('of a search', () => {
    const MATCH = ['MacDougall', 'Heather', 'PB-100'] as const;
    const WITHOUT_EMAIL = ['D’Août', 'Anne-Sophie', 'PB-200'] as const;
    const MISS = ['MacDougall', 'Heather', 'PB-999'] as const;
    let people = 0;
    const search = (typed: readonly [string, string, string]) =>
      placesTaken(async () => look(await signIn(t, `personne${++people}@example.com`), typed));
    beforeEach(async () => {
      for (const [[lastName, firstName, certificate], email] of [
        [MATCH, 'heather@example.org'],
        [WITHOUT_EMAIL, null],
      ] as const)
        await addInvoice(t.deps, 'petits-bouleaux', {
          firstName,
          lastName,
          certificate,
          email,
          invoice: `F-${certificate}`,
          totalCents: 500,
        });
    });

    for (const policy of ['code', 'approval'])
      test(`${policy}: is taken by a match, with an e-mail on file or without, told to staff or told already, and by a miss`, async () => {
        await setPolicy(t, policy);
        const { places } = await search(MISS);
        assert.equal(places.length, policy === 'code' ? 2 : 1);
        for (const typed of [MATCH, WITHOUT_EMAIL, WITHOUT_EMAIL, MISS])
          assert.deepEqual((await search(typed)).places, places);
        // Another match on the same day: staff know already.
        t.clock.advance(-2 * DAY);
        assert.deepEqual((await search(WITHOUT_EMAIL)).places, places);
      });

    test('name-and-number: is taken by a match whether or not there is an e-mail on file to tell', async () => {
      await setPolicy(t, 'name-and-number');
      const { places } = await search(MATCH);
      assert.equal(places.length, 1);
      assert.deepEqual((await search(WITHOUT_EMAIL)).places, places);
    });
  });

  test('that nobody’s message took is no message to anybody: not sent, not counted, not listed, not left behind', async () => {
    t.deps.config.metricsToken = 'a-token-for-the-metrics';
    await askReset('inconnue@example.org');
    const metrics = await t.app.request(`${PUBLIC_URL}/metrics`, {
      headers: { Authorization: 'Bearer a-token-for-the-metrics' },
    });
    assert.doesNotMatch(await metrics.text(), /^amisgest_pay_message/m);
    assert.deepEqual(await sendDueMail(t.deps), { sent: 0, failed: 0 });
    assert.deepEqual(t.outgoing, []);
    assert.deepEqual(await parkedMessages(t.deps, await regroupementId(t)), []);
    assert.equal((await t.deps.db.execute('SELECT 1 FROM outbox')).rows.length, 0);
  });

  test('keeps no network address, and no fingerprint of one once the message has left', async () => {
    await addAccount(t, KNOWN);
    await askReset(KNOWN, '198.51.100.77');
    const { rows } = await t.deps.db.execute<{ asked_by: string }>('SELECT * FROM outbox');
    assert.doesNotMatch(JSON.stringify(rows), /198\.51\.100\.77/);
    assert.notEqual(rows[0]?.asked_by, '');
    await sendDueMail(t.deps);
    const { rows: sent } = await t.deps.db.execute('SELECT asked_by FROM outbox');
    assert.deepEqual(
      sent.map((row) => row.asked_by),
      [''],
    );
  });
});

describe('the time at which his messages arrive', () => {
  /** How the mail server takes messages: how long each, one at a time or not, and how long hers. */
  interface Relay {
    ms: number;
    oneAtATime: boolean;
    hersMs: number;
  }

  /** When each message arrived, in milliseconds from the asking, all asked from one address. */
  async function arrivals(asked: readonly string[], relay: Relay): Promise<Map<string, number>> {
    await t.deps.db.execute('DELETE FROM outbox');
    t.clock.advance(2 * DAY);
    for (const email of asked) assert.equal((await askReset(email)).status, 202);
    const time = virtualTime(t);
    const began = t.clock.now;
    const arrived = new Map<string, number>();
    let line = Promise.resolve();
    const send = async ({ to }: MailMessage) => {
      const before = line;
      let taken = () => {};
      if (relay.oneAtATime)
        line = new Promise((resolve) => {
          taken = resolve;
        });
      await before;
      await time.sleep(to.startsWith('elle') ? relay.hersMs : relay.ms);
      taken();
      arrived.set(to, t.clock.now - began);
    };
    const worker = new MailWorker({ ...time.deps, mail: { send, close() {} } }, relay.ms);
    await time.until(worker.releaseAsked().then(() => worker.finished()));
    return arrived;
  }

  const his = fc.integer({ min: 0, max: 5 });
  const relays = fc.oneof(
    fc.record({
      ms: fc.integer({ min: 1, max: 900 }),
      oneAtATime: fc.constant(false),
      hersMs: fc.integer({ min: 1, max: 40_000 }),
    }),
    fc.integer({ min: 1, max: 900 }).map((ms) => ({ ms, oneAtATime: true, hersMs: ms })),
  );

  test('is the same to the millisecond whether she gets one or not, however the mail server takes them, hers hanging or not', async () => {
    for (let i = 0; i < 6; i++) await addAccount(t, `lui-${i}@example.org`);
    await addAccount(t, 'elle-1@example.org');
    await addAccount(t, 'elle-2@example.org');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(his, fc.constantFrom('elle-1', 'elle-2')), { minLength: 2, maxLength: 9 }),
        relays,
        async (order, relay) => {
          const asked = (known: boolean) =>
            order.map((who) =>
              typeof who === 'number'
                ? `lui-${who}@example.org`
                : `${known ? who : `${who}-inconnue`}@example.org`,
            );
          const with_ = await arrivals(asked(true), relay);
          const without = await arrivals(asked(false), relay);
          const ofHis = (all: Map<string, number>) => [...all].filter(([to]) => to.startsWith('lui')).sort();
          assert.deepEqual(ofHis(with_), ofHis(without));
          assert.equal(ofHis(without).length, without.size, 'nobody else got one');
          if (order.includes('elle-1')) assert.ok(with_.has('elle-1@example.org'));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('is the same while hers failed before, and is tried again between his', async () => {
    for (let i = 0; i < 6; i++) await addAccount(t, `lui-${i}@example.org`);
    await addAccount(t, 'elle@example.org');
    const play = async (email: string) => {
      await t.deps.db.execute('DELETE FROM outbox');
      t.clock.advance(2 * DAY);
      const time = virtualTime(t);
      const arrived = new Map<string, number>();
      let tries = 0;
      const send = async ({ to }: MailMessage) => {
        await time.sleep(300);
        if (to === 'elle@example.org' && ++tries < 3) throw new MailError('EMESSAGE 451', false);
        arrived.set(to, t.clock.now - began);
      };
      const worker = new MailWorker({ ...time.deps, mail: { send, close() {} } }, 300);
      const round = async () => {
        await time.until(
          Promise.all([worker.releaseAsked(), worker.sendAtOnce()]).then(() => worker.finished()),
        );
      };
      await askReset(email);
      await round();
      const began = t.clock.now + 60_000;
      for (let i = 0; i < 3; i++) {
        t.clock.now = began + i * 60_000;
        await askReset(`lui-${2 * i}@example.org`);
        await askReset(`lui-${2 * i + 1}@example.org`);
        await round();
      }
      return arrived;
    };
    const { 'elle@example.org': hers, ...his } = Object.fromEntries(await play('elle@example.org'));
    assert.ok(hers !== undefined, 'hers arrives at last');
    assert.deepEqual(his, Object.fromEntries(await play('inconnue@example.org')));
  });

  test('after a mail server was down for all of them: each is tried again at a moment of its own', async () => {
    const emails = ['lui-1@example.org', 'elle@example.org', 'lui-2@example.org'];
    for (const email of emails) await addAccount(t, email);
    const orders = new Set<string>();
    for (let n = 0; n < 12; n++) {
      await t.deps.db.execute('DELETE FROM outbox');
      t.clock.advance(2 * DAY);
      for (const email of emails) await askReset(email);
      const down = async () => Promise.reject(new MailError('ECONNECTION', false));
      await sendDueMail({ ...t.deps, mail: { send: down, close() {} } });
      const { rows } = await t.deps.db.execute<{ recipient: string; next_at: number }>(
        "SELECT recipient, next_at FROM outbox WHERE state = 'waiting' ORDER BY next_at",
      );
      assert.ok(rows.every(({ next_at }) => next_at > t.clock.now && next_at <= t.clock.now + 30_000));
      orders.add(rows.map(({ recipient }) => recipient).join());
    }
    assert.ok(orders.size > 2, [...orders].join('; '));
  });

  test('does not hang on what others ask: one address that asks sixty times lets another one’s go second', async () => {
    await addAccount(t, 'elle@example.org');
    for (let i = 0; i < 60; i++) {
      await addAccount(t, `lui-${i}@example.org`);
      await askReset(`lui-${i}@example.org`, '192.0.2.1');
    }
    await askReset('elle@example.org', '203.0.113.5');
    await sendDueMail(t.deps);
    assert.equal(t.outgoing.length, 61);
    assert.ok(t.outgoing.findIndex(({ to }) => to === 'elle@example.org') < 3);
  });
});

describe('a stranger with a whole network', () => {
  for (const [what, from] of [
    ['a /48', (n: number) => `2001:db8:7:${n.toString(16)}::1`],
    ['a /24', (n: number) => `192.0.2.${n % 256}`],
  ] as const)
    test(`${what}, who asks from each of its addresses: hers goes among the first, and his all go in the end`, async () => {
      await addAccount(t, 'elle@example.org');
      for (let n = 0; n < 60; n++) {
        await addAccount(t, `lui-${n}@example.org`);
        await askReset(`lui-${n}@example.org`, from(n));
      }
      await askReset('elle@example.org', '203.0.113.5');
      await sendDueMail(t.deps);
      assert.ok(t.outgoing.findIndex(({ to }) => to === 'elle@example.org') < 10);
      assert.equal(t.outgoing.length, 61);
    });
});

describe('what waits for nobody', () => {
  const account = { recipient: 'rsg@example.org', lang: 'fr-CA' as const };
  async function receiptLike(key: string, recipient = 'rsg@example.org'): Promise<void> {
    await t.deps.db.batch([
      enqueueMail(t.deps, {
        ...account,
        recipient,
        regroupementId: await regroupementId(t),
        dedupeKey: key,
        kind: 'password-changed',
        payload: {},
      }),
    ]);
  }

  test('a message that nobody’s asking caused leaves at once, whatever strangers asked before', async () => {
    const id = await regroupementId(t);
    await t.deps.db.batch(
      Array.from({ length: 400 }, (_, i) =>
        enqueueAsked(
          t.deps,
          { ...account, regroupementId: id, dedupeKey: `exists:${i}`, kind: 'exists', payload: {} },
          { by: `192.0.2.${i % 200}` },
        ),
      ),
    );
    await receiptLike('hers', 'elle@example.org');
    const time = virtualTime(t);
    const began = t.clock.now;
    let left = Number.POSITIVE_INFINITY;
    const worker = new MailWorker(
      {
        ...time.deps,
        mail: {
          async send({ to }) {
            await time.sleep(300);
            if (to === 'elle@example.org') left = t.clock.now - began;
          },
          close() {},
        },
      },
      300,
    );
    await time.until(
      Promise.all([worker.releaseAsked(5_000), worker.sendAtOnce()]).then(() => worker.finished()),
    );
    assert.equal(left, 300);
  });

  describe('beside a mail server that hangs', () => {
    let server: SMTPServer;
    let url: string;
    const received: string[] = [];
    beforeEach(async () => {
      received.length = 0;
      server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS', 'AUTH'],
        onRcptTo({ address }, _session, done) {
          if (!address.startsWith('suspendue')) done();
        },
        async onData(stream, session, done) {
          for await (const _ of stream);
          received.push(...session.envelope.rcptTo.map(({ address }) => address));
          done();
        },
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
      t.deps.mail = smtpTransport(url, CONNECTIONS);
    });
    afterEach(() => new Promise((resolve) => server.close(() => resolve(undefined))));

    test('over one recipient: everybody else’s arrives, what was asked for and what was not, and what comes later', async () => {
      const worker = new MailWorker(t.deps, 20);
      for (const email of ['suspendue@example.org', 'une@example.org', 'deux@example.org']) {
        await addAccount(t, email);
        await askReset(email);
        await receiptLike(`de-${email}`, email.replace('@', '.reçu@'));
      }
      await Promise.all([worker.releaseAsked(), worker.sendAtOnce()]);
      await until('the others', async () => received.length === 4);
      await addAccount(t, 'trois@example.org');
      await askReset('trois@example.org');
      await receiptLike('later', 'trois.reçu@example.org');
      await Promise.all([worker.releaseAsked(), worker.sendAtOnce()]);
      await until('those that came later', async () => received.length === 6);
      assert.ok(!received.some((to) => to.startsWith('suspendue')));
      worker.stop();
      t.deps.mail.close();
      for (const socket of (server as unknown as { connections: Set<{ close(): void }> }).connections)
        socket.close();
      await worker.finished();
      const { rows } = await t.deps.db.execute<{ n: number }>(
        "SELECT count(*) AS n FROM outbox WHERE state = 'waiting'",
      );
      assert.equal(rows[0]?.n, 2, 'what hung is tried again later');
    });
  });

  test('forty messages leave with fewer waits for the disk than there are messages', async () => {
    for (let i = 0; i < 40; i++) await receiptLike(`own-${i}`, `own-${i}@example.org`);
    const { db } = t.deps;
    let writes = 0;
    const counted: typeof db = {
      execute: (sql, args) => {
        if (!/^\s*SELECT/i.test(sql)) writes++;
        return db.execute(sql, args);
      },
      batch: (statements, options) => {
        writes++;
        return db.batch(statements, options);
      },
      close: () => db.close(),
    };
    const worker = new MailWorker({ ...t.deps, db: counted }, 20);
    await worker.sendAtOnce();
    assert.deepEqual(await worker.finished(), { sent: 40, failed: 0 });
    assert.ok(writes < 40, `${writes} write transactions`);
  });

  test('a message is written as sent once it is, though others are written with it', async () => {
    for (let i = 0; i < 20; i++) await receiptLike(`own-${i}`, `own-${i}@example.org`);
    const tooEarly: string[] = [];
    const send = async ({ to }: MailMessage) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { rows } = await t.deps.db.execute<{ state: string }>(
        'SELECT state FROM outbox WHERE recipient = ?',
        [to],
      );
      if (rows[0]?.state !== 'waiting') tooEarly.push(to);
      if (to === 'own-7@example.org') throw new MailError('EMESSAGE 451', false);
    };
    assert.deepEqual(await sendDueMail({ ...t.deps, mail: { send, close() {} } }), { sent: 19, failed: 1 });
    assert.deepEqual(tooEarly, []);
    const { rows } = await t.deps.db.execute("SELECT recipient FROM outbox WHERE state = 'waiting'");
    assert.deepEqual(rows, [{ recipient: 'own-7@example.org' }]);
  });

  test('two processes send each message once', async () => {
    const arrived: string[] = [];
    for (let i = 0; i < 20; i++) await receiptLike(`own-${i}`, `own-${i}@example.org`);
    for (let i = 0; i < 10; i++) {
      await addAccount(t, `asked-${i}@example.org`);
      await askReset(`asked-${i}@example.org`);
    }
    const deps = {
      ...t.deps,
      mail: { send: async ({ to }: MailMessage) => void arrived.push(to), close() {} },
    };
    await Promise.all([sendDueMail(deps), sendDueMail(deps)]);
    assert.equal(arrived.length, 30);
    assert.equal(new Set(arrived).size, 30);
  });
});

test('a sign-up that is sent twice is one message', async () => {
  await join(t);
  const ask = () =>
    t.call('POST', '/accounts', { ...newcomer, email: 'deux@example.org', attempt: 'A'.repeat(22) });
  await ask();
  await ask();
  await sendDueMail(t.deps);
  assert.equal(t.outgoing.filter(({ to }) => to === 'deux@example.org').length, 1);
});
