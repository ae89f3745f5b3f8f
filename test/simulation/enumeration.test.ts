// The model of the enumeration attack is the server: a small attack is played on both, and every answer is the same.
// Then what the model says of a larger one, to an order of magnitude.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSession } from '../../server/accounts/sessions/sessions.ts';
import { newInvoiceSecret } from '../../server/certificates/links/invoice-secrets.ts';
import { namesMatch } from '../../server/certificates/names.ts';
import { LINK_POLICIES, regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { addInvoice, PUBLIC_URL, startTestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { setPolicy } from '../support/links.ts';
import { signIn } from '../support/payer.ts';
import {
  type Answer,
  again,
  attack,
  type Defender,
  each,
  type Holder,
  holdersOf,
  Model,
} from './enumeration.ts';
import { Dice } from './world.ts';

const ACCOUNTS = 6;
const addressOf = (account: number) => account % 2;

// Enough common names among few holders that some guesses are right.
function village(): Holder[] {
  const common = [
    ['Marie-Ève', 'Tremblay'],
    ['Sylvie', 'Tremblay'],
    ['Sylvie', 'Gagnon'],
  ] as const;
  return holdersOf(new Dice(7), 24).map((holder, n) => {
    const [first, last] = common[n % 4] ?? [holder.first, holder.last];
    return { ...holder, first, last };
  });
}

describe('guessing at the neighbours’ numbers', () => {
  for (const policy of LINK_POLICIES)
    test(`the server answers as the model does (${policy})`, async () => {
      const t = await startTestApp({ trustedProxies: 1 });
      try {
        const holders = village();
        for (const { number, first, last, hasEmail } of holders)
          await addInvoice(t.deps, 'petits-bouleaux', {
            firstName: first,
            lastName: last,
            email: hasEmail ? `${number}@example.org` : null,
            certificate: number,
            invoice: `F-${number}`,
            totalCents: 1_000,
          });
        await setPolicy(t, policy);
        const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
        const accountIds: string[] = [];
        for (let n = 0; n < ACCOUNTS; n++)
          accountIds.push((await signIn(t, `voisine${n}@example.com`)).accountId);
        const model = new Model(holders, policy, true, addressOf);
        const start = t.clock.now;
        const server: Defender = {
          async search(account, guess, now) {
            t.clock.now = now;
            const { accessToken } = await openSession(
              t.deps,
              regroupement,
              accountIds[account] ?? '',
              BROWSER,
            );
            const answer = await t.app.request(
              `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/certificates/links`,
              {
                method: 'POST',
                headers: {
                  Origin: 'https://petits-bouleaux.test',
                  'Content-Type': 'application/json',
                  Authorization: `DPoP ${accessToken}`,
                  'X-Forwarded-For': `192.0.2.${addressOf(account)}`,
                },
                body: JSON.stringify({
                  lastName: guess.last,
                  firstName: guess.first,
                  certificateNumber: guess.number,
                  ...(policy === 'secret' ? { invoiceSecret: newInvoiceSecret(t.deps) } : {}),
                }),
              },
            );
            const said = read(answer);
            assert.deepEqual(said, model.search(account, guess, now), `${JSON.stringify(guess)} at ${now}`);
            return said;
          },
        };
        const plan = { searches: each(holders), accounts: ACCOUNTS, days: 0.5, eagerness: 5, pauseMs: 0 };
        const { opened, answers } = await attack(plan, server, start);
        assert.ok(answers.wait > 0);
        if (policy === 'name-and-number') assert.ok(opened.size > 0 && answers.awaits > 0);
        else assert.equal(opened.size, 0);
        const { rows } = await t.deps.db.execute<{ n: number }>(
          'SELECT count(DISTINCT number_key) AS n FROM link_requests',
        );
        assert.equal(rows[0]?.n, model.requests.size);
        assert.equal((await t.deps.db.execute('SELECT 1 FROM links')).rows.length, opened.size);
      } finally {
        await t.close();
      }
    });

  test('the attackers know the rule of names, and count with the limits', async () => {
    const holders = holdersOf(new Dice(1), 3_000);
    const first = each(holders).next().value;
    const tried = holdersOf(new Dice(2), 40_000).filter(({ first: firstName, last: lastName }) =>
      namesMatch({ firstName, lastName, usualName: '' }, { firstName: first.first, lastName: first.last }),
    );
    assert.equal(
      new Set(tried.map(({ first, last }) => `${first} ${last}`)).size,
      6,
      'six persons in one search',
    );
    const play = async (pauseMs: number | 'careful') => {
      const model = new Model(holders, 'name-and-number', true, (account) => account % 20);
      return attack({ searches: each(holders), accounts: 40, days: 30, eagerness: 5, pauseMs }, model);
    };
    const careful = await play('careful');
    assert.equal(careful.answers.awaits, 0, 'no proof is ever asked of them');
    assert.ok(careful.searches > (await play(4 * 86_400_000)).searches);
  });

  test('forty accounts for thirty days: what gets through, to an order of magnitude', async () => {
    const holders = holdersOf(new Dice(1), 3_000);
    const play = async (policy: (typeof LINK_POLICIES)[number], limits: boolean) => {
      const model = new Model(holders, policy, limits, (account) => account % 20);
      const shows = policy === 'name-and-number';
      const pauseMs = shows && limits ? 'careful' : 0;
      const { opened } = await attack(
        {
          searches: shows ? each(holders) : again(holders),
          accounts: 40,
          days: 30,
          eagerness: 5,
          pauseMs,
        },
        model,
      );
      return { seen: opened.size, expected: model.expected };
    };
    assert.ok((await play('name-and-number', false)).seen > 30, 'names and numbers alone do not hold');
    assert.ok((await play('name-and-number', true)).seen <= 2, 'limits raise the proof in time');
    for (const [policy, most] of [
      ['code', 1e-4],
      ['secret', 1e-9],
      ['approval', 0],
    ] as const) {
      const { seen, expected } = await play(policy, true);
      assert.equal(seen, 0);
      assert.ok(expected <= most, `${policy}: ${expected}`);
    }
  });
});

function read(answer: Response): Answer {
  if (answer.status === 429) return { kind: 'wait', seconds: Number(answer.headers.get('Retry-After')) };
  if (answer.status === 201) return { kind: 'opened' };
  return { kind: answer.status === 202 ? 'awaits' : 'missed' };
}
