// What there is to find: two people with files and invoices, one in Marie's regroupement and one in another whose staff
// have a key, and the values that fit now. A request of which every part is invented never gets past the guards.

import { readdirSync } from 'node:fs';
import { createAccount } from '../../server/accounts/accounts.ts';
import { hashPassword } from '../../server/accounts/passwords/passwords.ts';
import { openSession } from '../../server/accounts/sessions/sessions.ts';
import { invoiceVersion, readStanding } from '../../server/credits/state.ts';
import { newId } from '../../server/deps.ts';
import { openException } from '../../server/exceptions/exceptions.ts';
import { PROBLEMS } from '../../server/problems/catalogue.ts';
import { saveLogo } from '../../server/regroupements/logos.ts';
import {
  LINK_POLICIES,
  type Regroupement,
  regroupementBySlug,
} from '../../server/regroupements/regroupements.ts';
import { createKey, SCOPES } from '../../server/staff/api-keys.ts';
import { editable, versionOf } from '../../server/staff/files/holder-changes.ts';
import { members, versionOf as versionOfAccess } from '../../server/staff/people/memberships.ts';
import { addInvoice, PUBLIC_URL } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { CARD, type Checkout } from '../support/checkout.ts';
import { signIn } from '../support/payer.ts';
import { startOffice } from './office.ts';
import type { Maker } from './requests.ts';

const PASSWORD = 'sept grenouilles bleues';
const INVOICE_CENTS = 10_000;
const METRICS_TOKEN = 'a-token-for-the-metrics';
/** PayPal keeps the money for review. */
const HELD = { kind: 'pending', reason: 'PENDING_REVIEW' } as const;
const DECLINED = '4000 0000 0000 0002';
const DIST = new URL('../../dist/widget/c/', import.meta.url);

interface Person {
  slug: string;
  email: string;
  accountId: string;
  accessToken: string;
}
export interface Surroundings {
  people: readonly Person[];
  staff: { slug: string; secret: string };
  /** A person of the same staff. */
  office: { accessToken: string };
  metricsToken: string;
  /**
   * By the name of a field, of a query, or of a part of a path with what stands before it (`payments/number`); for one
   * person's regroupement, or one route, behind a word for it (`link-undo token`).
   */
  fits: Map<string, readonly unknown[]>;
  /** Webhooks as PayPal sent them. */
  webhooks: { slug: string; headers: Record<string, string>; body: string }[];
  /** Time goes on: sessions are renewed, bills come, cards are typed at PayPal, and `fits` is what fits then. */
  goOn(make: Maker): Promise<void>;
  /** Remembers the links in an answer. */
  heard(answer: string): void;
}

/** Around Marie, who has an approved payment. */
export async function startSurroundings(c: Checkout): Promise<Surroundings> {
  const { deps } = c.t;
  deps.config.metricsToken = METRICS_TOKEN;
  // PayPal's bad moments are waited for without waiting.
  deps.sleep = async () => undefined;
  const all = [
    await regroupementBySlug(deps, 'petits-bouleaux'),
    await regroupementBySlug(deps, 'la-farandole'),
  ] as const;
  const [, theirs] = all;
  const people: Person[] = [
    { slug: 'petits-bouleaux', email: 'bob@example.org', accountId: '', accessToken: '' },
    { slug: 'la-farandole', email: 'chloe@example.org', accountId: '', accessToken: '' },
  ];
  const key = await createKey(deps, theirs.id, {
    name: 'x',
    scopes: SCOPES,
    lifeMs: 365 * 86_400_000,
    by: 'cli:fuzz',
  });
  const office = await startOffice(c.t, theirs.slug, theirs.id);
  const fits = new Map<string, readonly unknown[]>();
  const webhooks: Surroundings['webhooks'] = [];
  const links = { receipts: [] as string[], exports: [] as string[], nonces: [] as string[] };
  let passwordHash = '';
  let round = 0;

  const column = async (sql: string, args: (string | number)[] = []) =>
    (await deps.db.execute<{ value: string }>(sql, args)).rows.map(({ value }) => value);

  /** Whatever she did to her account, she is there, under her e-mail and with her password, and signed in. */
  async function signedIn(person: Person, regroupement: Regroupement): Promise<string> {
    const [there] = await column('SELECT id AS value FROM accounts WHERE id = ? AND erased_at IS NULL', [
      person.accountId,
    ]);
    if (there === undefined) {
      // Somebody may have taken the e-mail while it was free.
      await deps.db.execute(
        "UPDATE accounts SET email = id || '@example.org', email_key = id || '@example.org' WHERE regroupement_id = ? AND email_key = ?",
        [regroupement.id, person.email],
      );
      person.accountId = await createAccount(deps, {
        regroupement,
        name: 'Une Personne',
        email: person.email,
        password: PASSWORD,
        lang: 'fr-CA',
      });
      const [hash = ''] = await column('SELECT password_hash AS value FROM accounts WHERE id = ?', [
        person.accountId,
      ]);
      passwordHash = hash;
    } else
      await deps.db.execute(
        'UPDATE accounts SET email = ?1, email_key = ?1, password_hash = ?2 WHERE id = ?3',
        [person.email, passwordHash, person.accountId],
      );
    const tokens = await openSession(deps, regroupement, person.accountId, BROWSER);
    person.accessToken = tokens.accessToken;
    return tokens.refreshToken;
  }

  async function goOn(make: Maker): Promise<void> {
    round += 1;
    const refreshTokens: string[] = [];
    for (const [i, person] of people.entries()) {
      const regroupement = all[i] as Regroupement;
      refreshTokens.push(await signedIn(person, regroupement));
      await deps.db.execute('UPDATE regroupements SET link_policy = ? WHERE id = ?', [
        make.of(LINK_POLICIES),
        regroupement.id,
      ]);
      // While few wait, a bill a round each; every third round one in a new file, to be found by name and number only.
      const own = round % 3 !== 0;
      if (own && (fits.get(`${person.slug} invoiceIds`) ?? []).length >= 4) continue;
      const certificate = own ? `X-${i}` : `A-${i}-${round}`;
      if (!own) fits.set(`${person.slug} certificateNumber`, [certificate]);
      await addInvoice(deps, person.slug, {
        firstName: own ? 'Une' : 'Anne',
        lastName: own ? 'Personne' : 'Tremblay',
        email: own ? person.email : `anne@${person.slug}.test`,
        certificate,
        invoice: `N-${i}-${round}`,
        totalCents: INVOICE_CENTS,
      });
    }
    // At PayPal: some pay, some by a card that is refused, and PayPal has its bad moments.
    for (const url of await column(
      "SELECT approve_url AS value FROM payments WHERE state = 'created' AND approve_url IS NOT NULL AND account_id <> ? LIMIT 4",
      [c.marie.accountId],
    )) {
      const back = await c.agree(url, make.chance(0.2) ? DECLINED : CARD);
      const nonce = URL.canParse(back) ? new URL(back).searchParams.get('n') : null;
      if (nonce !== null) {
        links.nonces.push(nonce);
        if (make.chance(0.7)) await c.t.app.request(back);
      }
    }
    if (make.chance(0.2))
      c.fault('capture', make.of([HELD, { kind: 'decline' }, { kind: '500' }, { kind: 'reset' }] as const));
    if (make.chance(0.1))
      c.fault(make.of(['create', 'get', 'refund', 'get-capture'] as const), {
        kind: make.of(['500', '429', 'reset', 'html'] as const),
      });
    if (make.chance(0.15)) await somebodyPays(make.of(people));
    if (round % 10 === 0) {
      // PayPal keeps this one waiting: the staff may let its invoice go.
      c.fault('capture', HELD);
      await somebodyPays(people[1] as Person);
    }
    await c.standIn.deliveries.deliverDue(async (input, init) => {
      const slug = String(input).split('/').at(-1) ?? '';
      const headers = Object.fromEntries(new Headers(init?.headers));
      webhooks.push({ slug, headers, body: new TextDecoder().decode(init?.body as Uint8Array) });
      if (webhooks.length > 20) webhooks.shift();
      return await c.t.app.request(String(input), init);
    });
    // The staff have something to see to.
    await endorse(theirs.id);
    await deps.db.batch(openException(deps, theirs, { kind: 'missing-refund', about: String(round) }));
    await deps.db.execute(
      "UPDATE outbox SET state = 'parked' WHERE regroupement_id = ? AND kind = 'exception' AND state = 'waiting'",
      [theirs.id],
    );
    for (const list of Object.values(links)) list.splice(0, Math.max(0, list.length - 10));
    c.t.logged.length = 0;
    await look(refreshTokens);
  }

  async function endorse(regroupementId: string): Promise<void> {
    await deps.db.execute(
      `INSERT INTO endorsement_rows(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       SELECT ?, regroupement_id, id, '2026-11-01', 'Ajout', 5000, ?, 1 FROM certificates WHERE regroupement_id = ? LIMIT 1`,
      [newId(deps), deps.now(), regroupementId],
    );
  }

  /** From the first click to « Confirmer », so that there is something to refund, to release, to look up. */
  async function somebodyPays({ email, slug }: Person): Promise<void> {
    const [invoiceIds] = fits.get(`${slug} invoiceIds`) ?? [];
    if (invoiceIds === undefined) return;
    const payer = await signIn(c.t, email, slug);
    const page = `https://${slug}.test/payer`;
    const { status, body } = await c.start(
      payer,
      { invoiceIds, expectedTotalCents: INVOICE_CENTS, page },
      `key-of-round-${round}`,
    );
    if (status !== 201) return;
    await c.t.app.request(await c.agree(body.approveUrl));
    await c.confirm(body.payment.id, INVOICE_CENTS, payer);
  }

  async function look(refreshTokens: readonly string[]): Promise<void> {
    const accounts = people.map(({ accountId }) => accountId);
    const newest = (sql: string) => column(`${sql} DESC LIMIT 6`, accounts);
    const { rows: letters } = await deps.db.execute<{ kind: string; key: string; payload: string }>(
      // Not Marie's: whoever has her mailbox is her.
      "SELECT kind, dedupe_key AS key, payload FROM outbox WHERE lower(recipient) <> 'marie@example.org' ORDER BY created_at DESC, rowid DESC LIMIT 60",
    );
    const sent = (wanted: string): Record<string, string>[] =>
      letters
        .filter(({ kind }) => kind === wanted)
        .map(({ key, payload }) => ({ ...JSON.parse(payload), key }))
        .slice(0, 4);
    const tokens = (kind: string) => sent(kind).flatMap(({ token, undoToken }) => token ?? undoToken ?? []);
    const [code] = sent('link-code');
    for (const [i, person] of people.entries()) {
      const unpaid = await column(
        `SELECT id AS value FROM invoices WHERE certificate_id = (SELECT id FROM certificates WHERE number = ?)
         AND id NOT IN (SELECT invoice_id FROM allocations) ORDER BY created_at DESC LIMIT 6`,
        [`X-${i}`],
      );
      fits.set(
        `${person.slug} invoiceIds`,
        unpaid.map((id) => [id]),
      );
      fits.set(
        `${person.slug} payments/id`,
        await column(
          'SELECT id AS value FROM payments WHERE account_id = ? ORDER BY created_at DESC LIMIT 4',
          [person.accountId],
        ),
      );
    }
    const numbered = (state: string) =>
      column(
        `SELECT number AS value FROM payments WHERE regroupement_id = ? AND ${state} ORDER BY created_at DESC LIMIT 4`,
        [theirs.id],
      );
    // One invoice that nothing is paid on, and the state that it is in.
    const [credited] = await column(
      `SELECT id AS value FROM invoices i WHERE regroupement_id = ? AND status = 'open'
       AND id NOT IN (SELECT invoice_id FROM allocations) ORDER BY created_at DESC LIMIT 1`,
      [theirs.id],
    );
    const slugs = all.map(({ slug }) => slug);
    const known: Record<string, readonly unknown[]> = {
      slug: slugs,
      expectedTotalCents: [INVOICE_CENTS],
      'petits-bouleaux page': ['https://petits-bouleaux.test/payer'],
      'la-farandole page': ['https://la-farandole.test/payer'],
      address: ['https://la-farandole.test/payer', 'https://www.la-farandole.test/'],
      email: [...people.map(({ email }) => email), `new-${round}@example.org`],
      password: [PASSWORD, 'neuf hérissons bleus du nord'],
      currentPassword: [PASSWORD],
      refreshToken: refreshTokens,
      'activations token': tokens('activate'),
      'password-resets token': tokens('reset'),
      'email-changes token': tokens('email-change'),
      'email-changes/undo token': tokens('email-changed'),
      'link-undo token': tokens('linked'),
      code: code === undefined ? [] : [code.code],
      challengeId: code === undefined ? [] : [code.key?.replace('link-code:', '')],
      firstName: ['Anne'],
      lastName: ['Tremblay'],
      invoiceNumber: await column(
        "SELECT number AS value FROM invoices WHERE number LIKE 'N-1-%' ORDER BY created_at DESC LIMIT 6",
      ),
      receivedOn: ['2026-11-22'],
      n: links.nonces,
      'payments/id': [],
      'payments/number': await numbered('true'),
      'preview payments/number': await numbered("state = 'completed'"),
      'refunds payments/number': await numbered("state = 'completed'"),
      'release payments/number': await numbered("state IN ('capturing', 'unknown', 'pending')"),
      'refunds amountCents': [1, 500],
      'recorded-payments/id': await column(
        'SELECT id AS value FROM recorded_payments ORDER BY recorded_at DESC LIMIT 6',
      ),
      'exceptions/id': await column(
        'SELECT id AS value FROM exceptions WHERE regroupement_id = ? AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 6',
        [theirs.id],
      ),
      'links/id': await column(
        'SELECT id AS value FROM link_requests WHERE regroupement_id = ? AND decided_at IS NULL ORDER BY asked_at DESC LIMIT 6',
        [theirs.id],
      ),
      'undo links/id': await column(
        'SELECT id AS value FROM links WHERE regroupement_id = ? AND undone_at IS NULL ORDER BY created_at DESC LIMIT 6',
        [theirs.id],
      ),
      'if-match': [
        ...(await Promise.all(
          (
            await column('SELECT id AS value FROM holders WHERE regroupement_id = ? LIMIT 6', [theirs.id])
          ).map(async (id) => versionOf(await editable(deps, theirs.id, id))),
        )),
        ...(await members(deps, theirs.id)).slice(0, 6).map(versionOfAccess),
      ],
      officeId: [],
      'holders/id': await column('SELECT id AS value FROM holders WHERE regroupement_id = ? LIMIT 6', [
        theirs.id,
      ]),
      'endorsements/id': await column(
        'SELECT id AS value FROM endorsements WHERE regroupement_id = ? AND invoice_id IS NULL LIMIT 6',
        [theirs.id],
      ),
      'invoices/id': credited === undefined ? [] : [credited],
      'invoices if-match':
        credited === undefined
          ? []
          : [invoiceVersion((await readStanding(deps, theirs.id, credited)).invoice)],
      toInvoiceId: [],
      instalments: [
        [
          { dueOn: '2026-12-15', amountCents: INVOICE_CENTS / 2 },
          { dueOn: '2027-01-15', amountCents: INVOICE_CENTS / 2 },
        ],
      ],
      'credit-transfers/id': await column(
        'SELECT id AS value FROM credit_transfers WHERE regroupement_id = ? ORDER BY created_at DESC LIMIT 3',
        [theirs.id],
      ),
      day: ['2026-11-22'],
      'deposits/id': await column(
        'SELECT id AS value FROM deposits WHERE regroupement_id = ? AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 3',
        [theirs.id],
      ),
      issuedOn: ['2026-11-22'],
      dueOn: ['2026-12-22'],
      'worklist/id': [
        ...(await column(
          "SELECT 'exception.' || id AS value FROM exceptions WHERE regroupement_id = ? AND closed_at IS NULL LIMIT 4",
          [theirs.id],
        )),
        ...(await column(
          "SELECT 'possible-duplicate.' || id AS value FROM recorded_payments WHERE regroupement_id = ? AND even_so <> '[]' LIMIT 4",
          [theirs.id],
        )),
      ],
      to: await column('SELECT staff_id AS value FROM memberships WHERE regroupement_id = ? LIMIT 4', [
        theirs.id,
      ]),
      'messages/id': await column("SELECT id AS value FROM outbox WHERE state = 'parked' LIMIT 6"),
      'sessions/id': await newest(
        'SELECT id AS value FROM sessions WHERE account_id IN (?, ?) AND ended_at IS NULL ORDER BY created_at',
      ),
      'receipts/file': links.receipts,
      'exports/file': links.exports,
      'export/sheet': ['invoices', 'payments', 'ledger', 'certificates'],
      'reconciliations/day': ['2026-11-22', '2026-11-23', '2026-11-24'],
      'problems/type': Object.keys(PROBLEMS),
      'embed/name': ['guide.js', 'height.js'],
      'c/name': readdirSync(DIST).filter((name) => name.endsWith('.js')),
    };
    for (const [name, values] of Object.entries({ ...known, ...(await office.goOn(round)) }))
      fits.set(name, values);
  }

  // Whoever knows her password is her: it is not one that requests are made of.
  await deps.db.execute('UPDATE accounts SET password_hash = ? WHERE id = ?', [
    await hashPassword(deps, 'la marmotte que personne ne connaît'),
    c.marie.accountId,
  ]);
  const logo = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
  await deps.db.batch(all.map(({ id }) => saveLogo(id, { type: 'image/svg+xml', body: logo })));
  const guide = await (await c.t.app.request(`${PUBLIC_URL}/embed/petits-bouleaux`)).text();
  fits.set('pinned/release', [/\/v1\/pinned\/([^/]+)\//.exec(guide)?.[1] ?? '']);
  return {
    people,
    staff: { slug: theirs.slug, secret: key.secret },
    office,
    metricsToken: METRICS_TOKEN,
    fits,
    webhooks,
    goOn,
    heard(answer) {
      for (const [, kind, file] of answer.matchAll(/\/v1\/(receipts|exports)\/([\w.-]+)/g))
        links[kind as 'receipts'].push(file ?? '');
    },
  };
}
