// The real app over a real libSQL file, with a clock the test moves and a mailbox it reads. Nothing of ours is
// replaced: time, mail and the way to PayPal are what createApp takes from outside.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { createApp } from '../../server/app.ts';
import type { Config } from '../../server/config.ts';
import { encrypt } from '../../server/crypto.ts';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import { type Deps, type MailMessage, newId, type Sites } from '../../server/deps.ts';
import { createLog } from '../../server/log.ts';
import { contentPdf } from '../../server/pdf/draw.ts';
import { publicSites } from '../../server/staff/pages/public-sites.ts';
import { withProof } from './browser-key.ts';
import { copyMigrated, newDatabase } from './database.ts';

export const PUBLIC_URL = 'https://pay.test';
export const PAGE = 'https://petits-bouleaux.test/payer';

export interface TestApp {
  app: ReturnType<typeof createApp>;
  deps: Deps;
  /** Messages that left, oldest first. */
  outgoing: MailMessage[];
  /** Lines that were logged. */
  logged: string[];
  clock: { now: number; advance(ms: number): void };
  /** A call as the widget on PAGE makes it. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** No test calls the sites of others. */
const NO_SITES: Sites = {
  ...publicSites,
  resolve: () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
};

/** Starts on an empty, migrated database with the regroupements `petits-bouleaux` and `la-farandole`. */
export async function startTestApp(
  options: {
    paypalBaseUrl?: string;
    fetch?: typeof fetch;
    now?: number;
    trustedProxies?: number;
    paypalWebhookCa?: string;
    /** The database is a file in it, which goes with it. */
    folder?: string;
    /** How the regroupements' sites are reached; otherwise they have no address. */
    sites?: Sites;
  } = {},
): Promise<TestApp> {
  const database =
    options.folder === undefined
      ? await newDatabase()
      : { url: `file:${options.folder}/test.db`, remove: async () => {} };
  const now = options.now ?? Date.parse('2026-11-23T15:00:00Z');
  await copyMigrated(database.url, now);
  const db = await openDb(database.url);
  const clock = {
    now,
    advance(ms: number) {
      this.now += ms;
    },
  };
  const outgoing: MailMessage[] = [];
  const logged: string[] = [];
  const config: Config = {
    port: 0,
    publicUrl: PUBLIC_URL,
    databaseUrl: database.url,
    databaseAuthToken: undefined,
    smtpUrl: 'smtp://unused.test',
    mailFrom: 'paiement@pay.test',
    paypalBaseUrl: options.paypalBaseUrl ?? 'http://127.0.0.1:1',
    secretKeys: ['test-key-of-at-least-thirty-two-characters'],
    paypalIntermediates: [],
    paypalWebhookCa: options.paypalWebhookCa,
    trustedProxies: options.trustedProxies ?? 0,
    metricsToken: undefined,
    logLevel: 'debug',
    staffIdleMinutes: 30,
  };
  const deps: Deps = {
    config,
    db,
    now: () => clock.now,
    sleep: (ms) => sleep(ms),
    randomBytes: (n) => new Uint8Array(randomBytes(n)),
    fetch: options.fetch ?? fetch,
    sites: options.sites ?? NO_SITES,
    pdf: contentPdf,
    mail: {
      async send(message) {
        for (const attachment of message.attachments ?? []) await attachment.content();
        outgoing.push(message);
      },
      close() {},
    },
    log: createLog(
      'debug',
      () => clock.now,
      (line) => logged.push(line),
    ),
  };
  await migrate(db, clock.now);
  await addRegroupement(deps, 'petits-bouleaux', {});
  await addRegroupement(deps, 'la-farandole', {});
  const app = fromBrowser(createApp(deps), deps);
  return {
    app,
    deps,
    outgoing,
    logged,
    clock,
    async call(method, path, body, headers = {}) {
      return await app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux${path}`, {
        method,
        headers: {
          Origin: new URL(PAGE).origin,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    async close() {
      db.close();
      await database.remove();
    },
  };
}

/** Every call that tests make of it by hand is a browser's, with its proof. */
export function fromBrowser(app: App, deps: Deps): App {
  const request = app.request;
  app.request = async (input, init, ...rest) => {
    if (typeof input !== 'string') return await request(input, init, ...rest);
    const url = new URL(input, PUBLIC_URL).href;
    const headers = await withProof(init?.method ?? 'GET', url, dpopNonce(deps), init?.headers);
    return await request(input, { ...init, headers }, ...rest);
  };
  return app;
}
type App = ReturnType<typeof createApp>;

/** The merchant id of a test regroupement, shaped as PayPal's are: 13 letters and digits, no 0, 1, I, O. */
export function merchantIdOf(slug: string): string {
  const letters = slug.toUpperCase().replace(/[^2-9A-HJ-NP-Z]/g, '');
  return letters.padEnd(13, '2').slice(0, 13);
}

/** A regroupement with a PayPal account of its own. */
export async function addRegroupement(
  deps: Deps,
  slug: string,
  settings: { name?: string; onlineFee?: object; instalments?: object; pages?: string[] },
): Promise<string> {
  const id = newId(deps);
  const now = deps.now();
  await deps.db.execute(
    `INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, online_fee,
       instalments, certificate_example, pages, paypal_client_id, paypal_secret, paypal_merchant_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, '418 555-0123', '12, rue de la Grève', 'Direction', ?, ?, ?, 'PB-004512', ?, ?, ?, ?, ?, ?)`,
    [
      id,
      slug,
      settings.name ?? `Regroupement ${slug}`,
      `info@${slug}.test`,
      `prp@${slug}.test`,
      JSON.stringify(settings.onlineFee ?? { kind: 'none' }),
      JSON.stringify(settings.instalments ?? { kind: 'none' }),
      JSON.stringify(settings.pages ?? [`https://${slug}.test/payer`]),
      `client-${slug}`,
      encrypt(deps, `paypal-secret:${id}`, `secret-${slug}`),
      merchantIdOf(slug),
      now,
      now,
    ],
  );
  return id;
}

/** A holder with one certificate and one open invoice, posted to the ledger; answers their ids. */
export async function addInvoice(
  deps: Deps,
  slug: string,
  given: {
    firstName: string;
    lastName: string;
    usualName?: string;
    email?: string | null;
    certificate: string;
    invoice: string;
    totalCents: number;
    dueOn?: string;
    periodStart?: string;
    /** The certificate is one more of this holder's. */
    holderId?: string;
  },
): Promise<{ holderId: string; certificateId: string; invoiceId: string }> {
  const { certificateKey } = await import('../../server/certificates/number.ts');
  const { emailKey } = await import('../../server/fields.ts');
  const now = deps.now();
  const { rows } = await deps.db.execute<{ id: string }>('SELECT id FROM regroupements WHERE slug = ?', [
    slug,
  ]);
  const regroupementId = rows[0]?.id ?? '';
  const key = certificateKey(given.certificate);
  const start = given.periodStart ?? '2026-04-01';
  const existing = await deps.db.execute<{ id: string; holder_id: string }>(
    'SELECT id, holder_id FROM certificates WHERE regroupement_id = ? AND number_key = ? AND period_start = ?',
    [regroupementId, key, start],
  );
  const holderId = existing.rows[0]?.holder_id ?? given.holderId ?? newId(deps);
  const certificateId = existing.rows[0]?.id ?? newId(deps);
  const invoiceId = newId(deps);
  const end = '2027-03-31';
  await deps.db.batch([
    ...(existing.rows.length > 0
      ? []
      : [
          {
            sql: `INSERT INTO holder_rows(id, regroupement_id, external_id, first_name, last_name, usual_name, email, email_key, created_at, updated_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING`,
            args: [
              holderId,
              regroupementId,
              holderId,
              given.firstName,
              given.lastName,
              given.usualName ?? '',
              given.email ?? null,
              given.email ? emailKey(given.email) : null,
              now,
              now,
            ],
          },
          {
            sql: `INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            args: [certificateId, regroupementId, holderId, given.certificate, key, start, end, now, now],
          },
        ]),
    {
      sql: `INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
            VALUES (?, ?, ?, ?, '2026-03-01', ?, ?, ?, ?, ?)`,
      args: [
        invoiceId,
        regroupementId,
        certificateId,
        given.invoice,
        given.dueOn ?? '2026-12-01',
        start,
        end,
        now,
        now,
      ],
    },
    {
      sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents) VALUES (?, 1, 1, 'PRIME', 'Prime', ?)`,
      args: [invoiceId, given.totalCents],
    },
    {
      sql: `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
            VALUES (?, ?, ?, 'charge', ?, ?, '2026-03-01', ?, ?)`,
      args: [newId(deps), regroupementId, invoiceId, given.totalCents, `invoice:${given.invoice}`, now, now],
    },
  ]);
  return { holderId, certificateId, invoiceId };
}
