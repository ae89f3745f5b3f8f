// Whatever strangers ask for in her name, from however many addresses of the network and in however many regroupements: she
// is refused nothing for it, a link that opens her account leaves within ten minutes of her asking, and her mailbox gets no
// more than so many. No answer shows any of it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { LATER_MS } from '../../../server/accounts/account-limits.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { sha256 } from '../../../server/crypto.ts';
import { addInvoice, addRegroupement, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { look, setPolicy } from '../../support/links.ts';
import { signIn } from '../../support/payer.ts';
import {
  addAccount,
  EMAIL,
  leaving,
  mailbox,
  newcomer,
  newestLink,
  outcome,
  PASSWORD,
  seen,
} from '../../support/sign-up.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NEW_PASSWORD = 'quatre loutres au soleil levant';
const PLACES = ['petits-bouleaux', 'la-farandole', 'outaouais'];
const HERS = '203.0.113.200';
let t: TestApp;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
  await addRegroupement(t.deps, 'outaouais', {});
});
afterEach(() => t.close());

const post = (slug: string, path: string, body: object, from: string) =>
  t.app.request(`${PUBLIC_URL}/v1/regroupements/${slug}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': from },
    body: JSON.stringify(body),
  });
const reset = (from: string, slug = 'petits-bouleaux', email = EMAIL, lang = 'fr-CA') =>
  post(slug, '/password-resets', { email, lang }, from);
const signUp = (from: string, slug = 'petits-bouleaux', email = EMAIL, more: object = {}) =>
  post(slug, '/accounts', { ...newcomer, email, ...more }, from);
const resend = (from: string, slug = 'petits-bouleaux', attempt?: string) =>
  post(slug, '/accounts/resend', { email: EMAIL, lang: 'fr-CA', attempt }, from);
/** Opens her account by the newest link, once it has left. */
async function openByNewestLink(): Promise<Response> {
  return post(
    'petits-bouleaux',
    '/password-resets/complete',
    { token: await newestLink(t, 'reset'), password: NEW_PASSWORD },
    HERS,
  );
}

describe('strangers at four addresses, who ask for resets and sign-ups in her name for two hours,', () => {
  const strangers = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
  async function besiege(minutes: number): Promise<void> {
    for (let i = 0; i < minutes; i += 5) {
      for (const from of strangers) {
        await reset(from);
        if (i % 30 === 0) await signUp(from);
      }
      t.clock.advance(5 * MINUTE);
    }
  }

  test('do not keep her from a new password: her link leaves within ten minutes, and opens her account', async () => {
    await addAccount(t, EMAIL);
    await besiege(120);
    const asked = t.clock.now;
    assert.equal((await reset(HERS)).status, 202);
    const next = (await leaving(t)).findLast(({ kind }) => kind === 'reset');
    assert.ok(next !== undefined && next.inMs <= LATER_MS, `in ${next?.inMs} ms`);
    t.clock.advance(next.inMs);
    assert.equal((await openByNewestLink()).status, 201);
    assert.ok(t.clock.now - asked <= LATER_MS);
  });

  test('do not keep her from a new account: what leaves opens it under her name, with the password she chooses', async () => {
    await besiege(120);
    assert.equal((await signUp(HERS)).status, 202);
    const next = (await leaving(t)).at(-1);
    assert.ok(next !== undefined && next.inMs <= LATER_MS);
    assert.equal(next.kind, 'reset', 'one link instead of what each asked for');
    t.clock.advance(next.inMs);
    const answer = await openByNewestLink();
    assert.equal(answer.status, 201);
    assert.equal(((await answer.json()) as Tokens).me.name, newcomer.name);
  });

  test('do not keep her from « Renvoyer le courriel »', async () => {
    await signUp(HERS);
    await besiege(60);
    assert.equal((await resend(HERS)).status, 202);
    assert.ok((await leaving(t)).some(({ inMs }) => inMs <= LATER_MS));
    t.clock.advance(LATER_MS);
    assert.equal((await openByNewestLink()).status, 201);
  });

  test('do not see whether she has an account: the answers are the same, within the bound and beyond', async () => {
    await addAccount(t, EMAIL);
    for (let i = 0; i < 3; i++)
      for (const from of strangers) {
        for (const ask of [reset, signUp]) {
          const known = await seen(ask(from));
          assert.deepEqual(await seen(ask(from, 'petits-bouleaux', 'inconnue@example.org')), known);
        }
      }
  });
});

test('one link that she used up ends no later one: asked again in the same ten minutes, it is a living one that leaves', async () => {
  await addAccount(t, EMAIL);
  for (let i = 0; i < 12; i++) await reset(`192.0.2.${i}`);
  const [soon, later] = (await leaving(t))
    .filter(({ kind }) => kind === 'reset')
    .map(({ inMs }) => inMs)
    .sort((a, b) => b - a);
  assert.ok(soon !== undefined && later !== undefined);
  const { rows } = await t.deps.db.execute<{ payload: string }>(
    'SELECT payload FROM outbox WHERE recipient = ? AND next_at <= ? LIMIT 1',
    [EMAIL, t.clock.now],
  );
  const { token } = JSON.parse(rows[0]?.payload ?? '{}');
  assert.equal(
    (await post('petits-bouleaux', '/password-resets/complete', { token, password: NEW_PASSWORD }, HERS))
      .status,
    201,
  );
  assert.deepEqual(await outcome(openByNewestLink()), [410, 'link-invalid'], 'the strangers’ died with it');
  assert.equal((await reset(HERS)).status, 202);
  assert.equal((await openByNewestLink()).status, 201);
});

describe('one mailbox', () => {
  test('gets ten e-mails in a burst, over three regroupements and however many addresses, then one from each in ten minutes', async () => {
    for (let i = 0; i < 10; i++)
      for (const slug of PLACES) {
        await signUp(`192.0.2.${i}`, slug, EMAIL, { password: PASSWORD });
        await reset(`198.51.100.${i}`, slug);
      }
    const all = await leaving(t);
    assert.equal(all.filter(({ inMs }) => inMs === 0).length, 10);
    assert.equal(all.length, 10 + PLACES.length);
    assert.ok(all.every(({ inMs }) => inMs <= LATER_MS));
  });

  test('gets no more for being spelled in many ways, and hers leaves and opens all the same', async () => {
    for (const [of, spelled] of [
      ['elle@example.org', (n: number) => `elle+${n}@example.org`],
      ['marie.eve@gmail.com', (n: number) => `m.arieeve+${n}@${n % 2 === 0 ? 'gmail' : 'googlemail'}.com`],
      ['elle+ici@example.net', (n: number) => `elle+${n}@example.net`],
    ] as const) {
      t.clock.advance(24 * HOUR);
      await t.deps.db.execute('DELETE FROM outbox');
      for (let n = 0; n < 20; n++) {
        await addAccount(t, spelled(n));
        for (const slug of PLACES) await reset(`192.0.2.${n}`, slug, spelled(n));
      }
      const { rows } = await t.deps.db.execute("SELECT recipient FROM outbox WHERE recipient <> ''");
      assert.ok(rows.length <= 10 + 3 * PLACES.length, `${of}: ${rows.length}`);
      assert.equal((await signUp(HERS, 'petits-bouleaux', of)).status, 202);
      const [hers] = await leaving(t, of);
      assert.ok(hers !== undefined && hers.inMs <= LATER_MS, of);
      t.clock.advance(LATER_MS);
      const token = await newestLink(t, 'reset', of);
      const opened = await post(
        'petits-bouleaux',
        '/password-resets/complete',
        { token, password: NEW_PASSWORD },
        HERS,
      );
      assert.equal(opened.status, 201, of);
    }
  });

  test('gets ten of the sign-ups that browsers named besides, whatever is named', async () => {
    await signUp(HERS);
    for (let i = 0; i < 60; i++) {
      t.clock.advance(1_000);
      await resend(`192.0.2.${i}`, 'petits-bouleaux', `${i}`.padStart(22, 'B'));
    }
    assert.ok((await mailbox(t)).length <= 1 + 10 + 1);
  });

  test('gets ten codes a day, whatever certificates and regroupements they are for; no answer shows the difference', async () => {
    const numbers = ['PB-100', 'PB-200', 'PB-300'];
    for (const slug of PLACES)
      for (const certificate of numbers)
        await addInvoice(t.deps, slug, {
          firstName: 'Heather',
          lastName: 'MacDougall',
          certificate,
          email: EMAIL,
          invoice: `F-${slug}-${certificate}`,
          totalCents: 500,
        });
    await setPolicy(t, 'code');
    const bodies = new Set<string>();
    for (const slug of PLACES)
      for (const number of numbers)
        for (let i = 0; i < 2; i++) {
          t.clock.advance(16 * MINUTE);
          const payer = await signIn(t, `personne-${number}-${i}@example.com`, slug);
          const { status, body } = await look(payer, ['MacDougall', 'Heather', number]);
          bodies.add(`${status} ${body.proof} ${body.expiresIn}`);
        }
    const codes = (await mailbox(t)).filter(({ kind }) => kind === 'link-code').length;
    assert.ok(codes >= 10 && codes <= 12, `${codes} codes in five hours`);
    assert.equal(bodies.size, 1);
  });

  test('stands nowhere by a fingerprint that the database alone gives away', async () => {
    await addAccount(t, EMAIL);
    for (let i = 0; i < 12; i++) await reset(`192.0.2.${i}`);
    const { rows: limits } = await t.deps.db.execute<{ key: string }>('SELECT key FROM rate_limits');
    const { rows: keys } = await t.deps.db.execute<{ key: string }>(
      "SELECT dedupe_key AS key FROM outbox WHERE recipient <> ''",
    );
    const guessed = ['', 'mail:any:', 'mailbox:'].flatMap((prefix) => [
      `${prefix}${EMAIL}`,
      sha256(`${prefix}${EMAIL}`),
    ]);
    for (const { key } of [...limits, ...keys]) for (const guess of guessed) assert.ok(!key.includes(guess));
  });
});

test('whatever strangers ask, however long, wherever: a link leaves within ten minutes of her asking and opens; her mailbox is never flooded', async () => {
  const ask = fc.record({
    what: fc.constantFrom('reset', 'sign-up', 'resend', 'named'),
    where: fc.constantFrom(...PLACES),
    from: fc.integer({ min: 1, max: 6 }).map((n) => `192.0.2.${n}`),
    times: fc.integer({ min: 1, max: 8 }),
    thenMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25 * MINUTE })),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 14 }), fc.boolean(), async (asks, hasAccount) => {
      const hers = `elle-${++run}@example.org`;
      t.clock.advance(24 * HOUR);
      if (hasAccount) await addAccount(t, hers);
      else await signUp(HERS, 'petits-bouleaux', hers);
      const began = t.clock.now;
      for (const { what, where, from, times, thenMs } of asks) {
        for (let i = 0; i < times; i++) {
          if (what === 'reset') await reset(from, where, hers);
          else if (what === 'sign-up' && i === 0) await signUp(from, where, hers);
          else
            await post(
              where,
              '/accounts/resend',
              {
                email: hers,
                lang: 'fr-CA',
                ...(what === 'named' ? { attempt: `${i}`.padStart(22, 'C') } : {}),
              },
              from,
            );
        }
        t.clock.advance(thenMs);
      }
      const hours = (t.clock.now - began) / HOUR;
      assert.equal((await reset(HERS, 'petits-bouleaux', hers)).status, 202);
      const bound = 1 + 2 * (10 + hours * (10 / 6)) + PLACES.length * (hours * 6 + 1);
      const all = await mailbox(t, hers);
      assert.ok(all.length <= bound, `${all.length} in ${hours} h`);
      const next = (await leaving(t, hers)).filter(({ kind, inMs }) => kind === 'reset' && inMs <= LATER_MS);
      assert.ok(next.length > 0);
      t.clock.advance(LATER_MS);
      const tokens = all.filter(({ kind, payload }) => kind === 'reset' && payload.token !== undefined);
      const opened = [];
      for (const { payload } of tokens) {
        const answer = await post(
          'petits-bouleaux',
          '/password-resets/check',
          { token: payload.token },
          HERS,
        );
        opened.push(answer.status);
      }
      assert.ok(opened.includes(200), 'one of them lives');
    }),
    { numRuns: 20 },
  );
});
