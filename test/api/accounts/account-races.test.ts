// Two things done to one account at the same moment, through two servers: every pair. Whatever comes first, nobody keeps
// what a new password, a changed e-mail or the account's end takes away, and no answer is a fault of ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { passwordFits } from '../../../server/accounts/passwords/passwords.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { createApp } from '../../../server/app.ts';
import type { Db } from '../../../server/db/db.ts';
import { openDb } from '../../../server/db/open.ts';
import type { Deps } from '../../../server/deps.ts';
import { addInvoice, fromBrowser, PAGE, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { newestLink, outcome, PASSWORD, signUp } from '../../support/sign-up.ts';

const HOUR = 3_600_000;
const FIRST = 'sept grenouilles bleues';
const CHANGED = 'quatre loutres au soleil levant';
const RESET = 'une marmotte sous la galerie';
const UNDONE = 'neuf castors dans la rivière';
const STRANGERS = 'deux hiboux sur la clôture';

describe('two things at once', () => {
  let t: TestApp;
  let other: { deps: Deps; app: TestApp['app'] };
  before(async () => {
    t = await startTestApp({ trustedProxies: 1 });
    const deps = { ...t.deps, db: await openDb(t.deps.config.databaseUrl) };
    other = { deps, app: fromBrowser(createApp(deps), deps) };
  });
  after(async () => {
    other?.deps.db.close();
    await t?.close();
  });

  /** An account in the thick of it: moved to a new e-mail, about to move again, a reset and someone else's sign-up pending. */
  async function someone(n: number) {
    const emails = { old: `old${n}@a.example`, now: `now${n}@a.example`, next: `next${n}@a.example` };
    const address = `10.${n >> 8}.${n & 255}.`;
    let calls = 0;
    const call = (app: TestApp['app'], method: string, path: string, body?: unknown, token?: string) =>
      app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux${path}`, {
        method,
        headers: {
          Origin: new URL(PAGE).origin,
          'Content-Type': 'application/json',
          'X-Forwarded-For': `${address}${calls++ % 250}`,
          ...(token === undefined ? {} : { Authorization: `DPoP ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const at = async <B = Tokens>(
      method: string,
      path: string,
      body?: unknown,
      token?: string,
    ): Promise<B> => {
      const answer = await call(t.app, method, path, body, token);
      const text = await answer.text();
      assert.ok(answer.ok, `${method} ${path}: ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as B;
    };
    const person = { name: 'Une Personne', password: FIRST, lang: 'fr-CA' };
    await at('POST', '/accounts', { ...person, email: emails.old });
    const activate = await newestLink(t, 'activate', emails.old);
    const before_ = await at('POST', '/activations', { token: activate, password: FIRST });
    await at('POST', '/me/email', { email: emails.now, password: FIRST }, before_.accessToken);
    const moved = await newestLink(t, 'email-change', emails.now);
    const hers = await at('POST', '/email-changes/confirm', { token: moved, password: FIRST });
    const elsewhere = await at('POST', '/sessions', { email: emails.now, password: FIRST });
    await at('POST', '/me/email', { email: emails.next, password: FIRST }, hers.accessToken);
    await at('POST', '/password-resets', { email: emails.now, lang: 'fr-CA' });
    await at('POST', '/accounts', { ...person, password: STRANGERS, email: emails.next });
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ève',
      lastName: 'Roy',
      email: `holder${n}@a.example`,
      certificate: `PB-${n}`,
      invoice: `F-${n}`,
      totalCents: 100,
    });
    const links = {
      undo: await newestLink(t, 'email-changed', emails.old),
      next: await newestLink(t, 'email-change', emails.next),
      reset: await newestLink(t, 'reset', emails.now),
      stranger: await newestLink(t, 'activate', emails.next),
    };
    const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM accounts WHERE email = ?', [
      emails.now,
    ]);
    return { n, emails, call, hers, elsewhere, links, id: rows[0]?.id ?? '' };
  }
  type Someone = Awaited<ReturnType<typeof someone>>;

  /** What may happen to it. `takes`: the password with which it is hers alone from then on. */
  const ACTS: Record<
    string,
    { takes?: string; ask(s: Someone, app: TestApp['app']): Response | Promise<Response> }
  > = {
    'signing in': {
      ask: (s, app) => s.call(app, 'POST', '/sessions', { email: s.emails.now, password: FIRST }),
    },
    'the next token': {
      ask: (s, app) => s.call(app, 'POST', '/sessions/refresh', { refreshToken: s.elsewhere.refreshToken }),
    },
    'a new password': {
      takes: CHANGED,
      ask: (s, app) =>
        s.call(
          app,
          'POST',
          '/me/password',
          { currentPassword: FIRST, password: CHANGED },
          s.hers.accessToken,
        ),
    },
    'a reset': {
      takes: RESET,
      ask: (s, app) =>
        s.call(app, 'POST', '/password-resets/complete', { token: s.links.reset, password: RESET }),
    },
    'asking for an e-mail': {
      ask: (s, app) =>
        s.call(
          app,
          'POST',
          '/me/email',
          { email: `third${s.n}@a.example`, password: FIRST },
          s.hers.accessToken,
        ),
    },
    'confirming an e-mail': {
      ask: (s, app) =>
        s.call(app, 'POST', '/email-changes/confirm', { token: s.links.next, password: FIRST }),
    },
    'the old address taking it back': {
      takes: UNDONE,
      ask: (s, app) => s.call(app, 'POST', '/email-changes/undo', { token: s.links.undo, password: UNDONE }),
    },
    'its end': {
      takes: '',
      ask: (s, app) => s.call(app, 'POST', '/me/erasure', { password: FIRST }, s.hers.accessToken),
    },
    'a stranger’s activation of the next e-mail': {
      ask: (s, app) => s.call(app, 'POST', '/activations', { token: s.links.stranger, password: STRANGERS }),
    },
    'a sign-up with its e-mail': {
      ask: (s, app) =>
        s.call(app, 'POST', '/accounts', {
          name: 'X',
          email: s.emails.now,
          password: STRANGERS,
          lang: 'fr-CA',
        }),
    },
    'a search': {
      ask: (s, app) =>
        s.call(
          app,
          'POST',
          '/certificates/links',
          { lastName: 'Roy', firstName: 'Ève', certificateNumber: `PB-${s.n}` },
          s.hers.accessToken,
        ),
    },
    'signing out everywhere else': {
      ask: (s, app) => s.call(app, 'DELETE', '/me/sessions', undefined, s.hers.accessToken),
    },
  };

  async function afterwards(s: Someone, acts: readonly string[], answers: readonly Response[]) {
    const taken = acts.flatMap((name, i) =>
      answers[i]?.ok === true && ACTS[name]?.takes !== undefined ? [ACTS[name].takes] : [],
    );
    const { rows } = await t.deps.db.execute<{ password_hash: string; erased_at: number | null }>(
      'SELECT password_hash, erased_at FROM accounts WHERE id = ?',
      [s.id],
    );
    const [account] = rows;
    assert.ok(account);
    const fitting = [];
    if (account.erased_at === null)
      for (const password of [FIRST, CHANGED, RESET, UNDONE])
        if (await passwordFits(account.password_hash, password)) fitting.push(password);
    if (taken.length === 0) assert.deepEqual(fitting, [FIRST]);
    else if (account.erased_at !== null) assert.ok(taken.includes(''), 'it ended by her wish');
    else
      assert.ok(
        fitting.length === 1 && taken.includes(fitting[0] ?? ''),
        `${taken} took it, ${fitting} fits`,
      );

    // Who is still in. The browser that chose the new password stays; those that only knew the first one do not.
    const tokens = await Promise.all(
      answers.map(async (answer) =>
        answer.status === 201 ? ((await answer.json()) as Partial<Tokens>) : {},
      ),
    );
    const inside = async (token?: string) =>
      token !== undefined && (await s.call(t.app, 'GET', '/me', undefined, token)).ok;
    if (taken.length > 0) {
      assert.equal(await inside(s.elsewhere.accessToken), false, 'the other browser is out');
      for (const [i, name] of acts.entries())
        if (['signing in', 'the next token', 'confirming an e-mail'].includes(name))
          assert.equal(await inside(tokens[i]?.accessToken), false, `${name} keeps nothing`);
      const moved = acts.some((name, i) => name === 'confirming an e-mail' && answers[i]?.ok === true);
      assert.equal(await inside(s.hers.accessToken), taken.every((by) => by === CHANGED) && !moved, 'hers');
    }
    // Of an account that is no more, nothing is left that could name her, nor is anything on its way to her.
    if (account.erased_at !== null)
      for (const table of ['sessions', 'links', 'link_challenges', 'link_requests', 'email_changes'])
        assert.deepEqual(
          (await t.deps.db.execute(`SELECT id FROM ${table} WHERE account_id = ?`, [s.id])).rows,
          [],
          table,
        );
  }

  test('an activation whose password a reset replaces before its session opens: that session does not open', async () => {
    const email = 'tout-de-suite@a.example';
    const token = await signUp(t, { email });
    await t.call('POST', '/password-resets', { email, lang: 'fr-CA' });
    const reset = await newestLink(t, 'reset', email);
    const { db } = other.deps;
    const inBetween: Db = {
      execute: (sql, args) => db.execute(sql, args),
      close: () => {},
      async batch(statements) {
        const done = await db.batch(statements);
        if (statements.some(({ sql }) => sql.includes('INSERT INTO accounts')))
          assert.equal(
            (await t.call('POST', '/password-resets/complete', { token: reset, password: RESET })).status,
            201,
          );
        return done;
      },
    };
    const deps = { ...t.deps, db: inBetween };
    const late = await fromBrowser(createApp(deps), deps).request(
      `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/activations`,
      {
        method: 'POST',
        headers: { Origin: new URL(PAGE).origin, 'Content-Type': 'application/json' },
        body: JSON.stringify({ token, password: PASSWORD }),
      },
    );
    assert.deepEqual(await outcome(late), [401, 'sign-in-failed']);
    assert.equal((await t.call('POST', '/sessions', { email, password: RESET })).status, 201);
  });

  const names = Object.keys(ACTS);
  for (const [i, first] of names.entries())
    test(`${first} and each of the others`, async () => {
      for (const [j, second] of names.slice(i).entries()) {
        t.clock.advance(2 * HOUR);
        const s = await someone(i * names.length + i + j);
        const acts = j % 2 === 0 ? [first, second] : [second, first];
        const answers = await Promise.all(
          acts.map((name, k) => ACTS[name]?.ask(s, k === 0 ? t.app : other.app) ?? new Response()),
        );
        const told = `${acts.join(' + ')}: ${answers.map(({ status }) => status).join(' + ')}`;
        for (const { status } of answers) assert.ok(status < 500, told);
        await afterwards(s, acts, answers).catch((cause) => {
          throw new Error(told, { cause });
        });
      }
    });
});
