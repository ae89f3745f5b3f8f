// The tenants, one instance each (S46): who is paid, by which account, from which pages. Read at each request: staff's changes show at once.
import type { z } from 'zod';
import type { Statement } from '../db/db.ts';
import { madeOnce } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { Instalments, OnlineFee } from '../ledger/policies.ts';
import { Problem } from '../problems/problem.ts';
import { asLine, bare } from '../text.ts';
import { type Article, type Naming, namingOf } from './naming.ts';
import { emailOf, helpUrlOf, pagesOf, type Theme, themeOf, unusableIn } from './settings.ts';

/** What a match by name and number opens, or needs first (I6). */
export const LINK_POLICIES = ['name-and-number', 'code', 'secret', 'approval'] as const;
export type LinkPolicy = (typeof LINK_POLICIES)[number];

export interface Regroupement {
  id: string;
  slug: string;
  name: string;
  /** The same in a French sentence. */
  naming: Naming;
  email: string;
  phone: string;
  address: string;
  privacyTitle: string;
  privacyEmail: string;
  helpUrl: string | null;
  gstNumber: string | null;
  qstNumber: string | null;
  onlineFee: z.infer<typeof OnlineFee>;
  instalments: z.infer<typeof Instalments>;
  premiumTaxPolicy: 'as-invoiced' | 'by-payment-date';
  /** « Le montant manuel comprend la taxe »: no line of its own then. */
  manualAmountWithTax: boolean;
  linkPolicy: LinkPolicy;
  certificateExample: string;
  certificatePattern: string | null;
  /** URLs of the pages that hold the widget. */
  pages: readonly string[];
  /** The origins of `pages`. */
  origins: readonly string[];
  theme: Theme;
  paypal: PayPalAccount | null;
}

/** One set of credentials of the account that is paid. */
export interface PayPalAccount {
  clientId: string;
  encryptedSecret: string;
  merchantId: string | null;
  webhookId: string | null;
  /** Rises when the credentials change; kept with each payment. */
  version: number;
}

interface RegroupementRow {
  id: string;
  slug: string;
  name: string;
  article: Article | null;
  email: string;
  phone: string;
  address: string;
  privacy_title: string;
  privacy_email: string;
  help_url: string | null;
  gst_number: string | null;
  qst_number: string | null;
  online_fee: string;
  instalments: string;
  premium_tax_policy: Regroupement['premiumTaxPolicy'];
  manual_amount_with_tax: number;
  link_policy: LinkPolicy;
  certificate_example: string;
  certificate_pattern: string | null;
  pages: string;
  theme: string;
  paypal_client_id: string | null;
  paypal_secret: string | null;
  paypal_merchant_id: string | null;
  paypal_webhook_id: string | null;
  paypal_version: number;
}

/** How a regroupement is named in addresses. */
export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * The regroupement that bears this slug, whatever a stranger wrote there; what nobody sees came along when a webmaster
 * pasted it. Throws `regroupement-unknown`.
 */
export async function regroupementBySlug(deps: Pick<Deps, 'db'>, written: string): Promise<Regroupement> {
  return (await regroupementWith(deps, written)).regroupement;
}

/** What is read by the same call of the database as a regroupement: an SQL expression of text or NULL, its values ?1, ?2, …. */
export type Along = Required<Statement>;
const NOTHING: Along = { sql: 'NULL', args: [] };

/** As regroupementBySlug, with what `along` says. */
export async function regroupementWith(
  deps: Pick<Deps, 'db'>,
  written: string,
  along?: Along,
): Promise<{ regroupement: Regroupement; read: string | null }> {
  const slug = bare(written);
  const found = SLUG.test(slug) ? await regroupementWhere(deps, 'slug', slug, along) : undefined;
  if (found === undefined) throw new Problem('regroupement-unknown');
  return found;
}

/** The regroupement with this id; for what a row of ours refers to, so its absence is a fault of ours. */
export async function regroupementById(deps: Pick<Deps, 'db'>, id: string): Promise<Regroupement> {
  const found = await regroupementWhere(deps, 'id', id);
  if (found === undefined) throw new Error('a row refers to a regroupement that is not there');
  return found.regroupement;
}

/**
 * The regroupement of a payment, with the PayPal account that the payment was made with, which may not be today's; by
 * the newest secret of that account, since older ones may have been revoked.
 */
export async function regroupementOf(
  deps: Pick<Deps, 'db'>,
  payment: { regroupementId: string; paypalVersion: number },
): Promise<Regroupement> {
  const regroupement = await regroupementById(deps, payment.regroupementId);
  if (regroupement.paypal?.version === payment.paypalVersion) return regroupement;
  const accounts = await paypalAccounts(deps, regroupement.id);
  const then = accounts.find((account) => account.version === payment.paypalVersion);
  const newest = accounts.find((account) => account.clientId === then?.clientId);
  return { ...regroupement, paypal: newest ?? null };
}

/** The regroupement once for each PayPal account that it ever had, today's first, each by its newest secret. */
export async function withEachAccount(
  deps: Pick<Deps, 'db'>,
  regroupement: Regroupement,
): Promise<Regroupement[]> {
  const { paypal } = regroupement;
  const newest = new Map(paypal === null ? [] : [[paypal.clientId, paypal]]);
  for (const account of await paypalAccounts(deps, regroupement.id))
    if (!newest.has(account.clientId)) newest.set(account.clientId, account);
  return [...newest.values()].map((account) => ({ ...regroupement, paypal: account }));
}

/** Every set of credentials that the regroupement ever had, newest first. */
export async function paypalAccounts(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
): Promise<PayPalAccount[]> {
  const { rows } = await deps.db.execute<PayPalAccount>(
    `SELECT client_id AS clientId, secret AS encryptedSecret, merchant_id AS merchantId, webhook_id AS webhookId, version
     FROM paypal_accounts WHERE regroupement_id = ? ORDER BY version DESC`,
    [regroupementId],
  );
  return rows;
}

/**
 * The page she is on, as we may send her back to it, or null: same origin as a registered page, and at or below its
 * path; our own hosted page always may. Without an earlier return's marker; of the fragment only a hash router's route
 * (`#/…`, `#!/…`) stays: it names the page, where any other may hold a secret of the site.
 */
export function registeredPage(regroupement: Regroupement, publicUrl: string, page: string): string | null {
  if (!URL.canParse(page)) return null;
  const url = new URL(page);
  if (url.username !== '' || url.password !== '') return null;
  const registered = [...regroupement.pages, `${publicUrl}/p/${regroupement.slug}`].some((one) => {
    const allowed = new URL(one);
    const folder = allowed.pathname.replace(/\/?$/, '/');
    return (
      url.origin === allowed.origin && (url.pathname === allowed.pathname || url.pathname.startsWith(folder))
    );
  });
  if (!registered) return null;
  if (!/^#!?\//.test(url.hash)) url.hash = '';
  url.searchParams.delete('amisgest-pay');
  return url.href;
}

/** Every regroupement, as addresses name them, in their order. */
export async function slugs({ db }: Pick<Deps, 'db'>): Promise<string[]> {
  const { rows } = await db.execute<{ slug: string }>('SELECT slug FROM regroupements ORDER BY slug');
  return rows.map(({ slug }) => slug);
}

/** Which settings of which regroupements are left out, since they do not fit their forms. */
export async function unusableSettings(
  deps: Pick<Deps, 'db'>,
): Promise<{ slug: string; settings: string[] }[]> {
  const { rows } = await deps.db.execute<RegroupementRow & Record<string, string | number | null>>(
    'SELECT * FROM regroupements ORDER BY slug',
  );
  return rows
    .map((row) => ({ slug: row.slug, settings: unusableIn(row) }))
    .filter(({ settings }) => settings.length > 0);
}

/** Each once, or it would not be read. */
const COLUMNS: Record<keyof RegroupementRow, true> = {
  id: true,
  slug: true,
  name: true,
  article: true,
  email: true,
  phone: true,
  address: true,
  privacy_title: true,
  privacy_email: true,
  help_url: true,
  gst_number: true,
  qst_number: true,
  online_fee: true,
  instalments: true,
  premium_tax_policy: true,
  manual_amount_with_tax: true,
  link_policy: true,
  certificate_example: true,
  certificate_pattern: true,
  pages: true,
  theme: true,
  paypal_client_id: true,
  paypal_secret: true,
  paypal_merchant_id: true,
  paypal_webhook_id: true,
  paypal_version: true,
};
// What `made` reads. One JSON value: the driver takes longer to hand over as many columns than SQLite to find them.
const ROW = `json_object(${Object.keys(COLUMNS)
  .map((column) => `'${column}', ${column}`)
  .join(', ')})`;

const readBy = (column: 'id' | 'slug') =>
  madeOnce(
    (along, values: number) =>
      `SELECT id, ${ROW} AS written, ${along} AS read FROM regroupements WHERE ${column} = ?${values + 1}`,
  );
const READ = { id: readBy('id'), slug: readBy('slug') };

const lastRead = new Map<string, { written: string; regroupement: Regroupement }>();

// Every call reads the row, and seldom finds it changed: what was made of it last time is kept, one for each id.
async function regroupementWhere(
  deps: Pick<Deps, 'db'>,
  column: 'id' | 'slug',
  value: string,
  along = NOTHING,
): Promise<{ regroupement: Regroupement; read: string | null } | undefined> {
  const { rows } = await deps.db.execute<{ id: string; written: string; read: string | null }>(
    READ[column](along.sql, along.args.length),
    [...along.args, value],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, written, read } = row;
  const last = lastRead.get(id);
  if (last?.written === written) return { regroupement: last.regroupement, read };
  const regroupement = made(JSON.parse(written) as RegroupementRow);
  lastRead.set(id, { written, regroupement });
  return { regroupement, read };
}

function made(row: RegroupementRow): Regroupement {
  const pages = pagesOf(row.pages);
  const name = asLine(row.name);
  return {
    id: row.id,
    slug: row.slug,
    name,
    naming: namingOf(name, row.article),
    email: emailOf(row.email),
    phone: asLine(row.phone),
    address: asLine(row.address),
    privacyTitle: asLine(row.privacy_title),
    privacyEmail: emailOf(row.privacy_email),
    helpUrl: helpUrlOf(row.help_url),
    gstNumber: row.gst_number,
    qstNumber: row.qst_number,
    onlineFee: OnlineFee.parse(JSON.parse(row.online_fee)),
    instalments: Instalments.parse(JSON.parse(row.instalments)),
    premiumTaxPolicy: row.premium_tax_policy,
    manualAmountWithTax: row.manual_amount_with_tax === 1,
    linkPolicy: row.link_policy,
    certificateExample: asLine(row.certificate_example),
    certificatePattern: row.certificate_pattern,
    pages,
    origins: [...new Set(pages.map((page) => new URL(page).origin))],
    theme: themeOf(row.theme),
    paypal:
      row.paypal_client_id !== null && row.paypal_secret !== null
        ? {
            clientId: row.paypal_client_id,
            encryptedSecret: row.paypal_secret,
            merchantId: row.paypal_merchant_id,
            webhookId: row.paypal_webhook_id,
            version: row.paypal_version,
          }
        : null,
  };
}
