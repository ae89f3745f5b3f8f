// All that is held on a person who signs in (P-39.1, s. 27): her account, what it did, and the files that are proven to
// be hers. Of a file opened by a name and a number only (level `pay`), no more than what she paid.
import { z } from 'zod';
import type { SecurityEvent } from '../accounts/security-log.ts';
import { ACTIVATION_MS } from '../accounts/sign-up.ts';
import { reachedCertificates } from '../certificates/access.ts';
import type { Deps } from '../deps.ts';
import { lang } from '../http/fields.ts';
import { readInvoices } from '../ledger/invoices.ts';
import { OFFICE_KINDS } from '../mail/outbox.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

const instant = z.iso.datetime();
const cents = z.int();

export const HerData = z
  .object({
    madeAt: instant,
    regroupement: z.object({ name: z.string(), privacyTitle: z.string(), privacyEmail: z.string() }),
    account: z.object({
      name: z.string(),
      email: z.string(),
      lang,
      createdAt: instant,
      lastSignInAt: instant.nullable(),
    }),
    sessions: z.array(
      z.object({
        browser: z.string(),
        openedAt: instant,
        lastUsedAt: instant,
        endedAt: instant.nullable(),
      }),
    ),
    emailChanges: z.array(z.object({ email: z.string(), askedAt: instant, doneAt: instant.nullable() })),
    links: z.array(
      z.object({
        certificateNumber: z.string(),
        level: z.string(),
        method: z.string(),
        openedAt: instant,
        undoneAt: instant.nullable(),
      }),
    ),
    events: z.array(z.object({ event: z.string(), at: instant })),
    messages: z.array(z.object({ kind: z.string(), writtenAt: instant, sentAt: instant.nullable() })),
    payments: z.array(
      z.object({
        number: z.string(),
        state: z.string(),
        totalCents: cents,
        onlineFeeCents: cents,
        startedAt: instant,
        paidAt: instant.nullable(),
        paypalTransaction: z.string().nullable(),
        receiptNumber: z.int().nullable(),
        invoices: z.array(z.object({ number: z.string(), amountCents: cents })),
        refunds: z.array(
          z.object({ receiptNumber: z.int(), amountCents: cents, refundedAt: instant.nullable() }),
        ),
      }),
    ),
    files: z.array(
      z.object({
        holder: z.object({
          firstName: z.string(),
          lastName: z.string(),
          usualName: z.string(),
          email: z.string().nullable(),
          lang: z.string(),
          externalId: z.string().nullable(),
        }),
        certificateNumber: z.string(),
        kind: z.string(),
        periodStart: z.iso.date(),
        periodEnd: z.iso.date(),
        status: z.string(),
        endorsements: z.array(
          z.object({ effectiveOn: z.iso.date(), description: z.string(), amountCents: cents }),
        ),
        invoices: z.array(
          z.object({
            number: z.string(),
            issuedOn: z.iso.date(),
            dueOn: z.iso.date(),
            status: z.string(),
            totalCents: cents,
            balanceCents: cents,
            lines: z.array(z.object({ description: z.string(), amountCents: cents })),
            entries: z.array(
              z.object({
                day: z.iso.date(),
                kind: z.string(),
                means: z.string().nullable(),
                amountCents: cents,
              }),
            ),
          }),
        ),
      }),
    ),
  })
  .meta({ ref: 'HerData' });
export type HerData = z.infer<typeof HerData>;

// Of her searches for a file nothing is told but the links that they opened: whether one met a file that waits for its
// proof, or none, is about somebody else (I6).
const TOLD = [
  'activated',
  'signed-in',
  'sign-in-failed',
  'signed-out',
  'refresh-reused',
  'reset-asked',
  'resend-asked',
  'password-reset',
  'password-changed',
  'password-proof-failed',
  'email-change-asked',
  'email-changed',
  'email-change-undone',
  'session-ended-elsewhere',
  'sessions-ended-by-staff',
  'data-exported',
  'certificate-linked',
  'certificate-link-undone',
] as const satisfies readonly SecurityEvent[];
export type ToldEvent = (typeof TOLD)[number];

/** Gathers it, as it stands now; null when there is no such account. */
export async function herData(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  accountId: string,
): Promise<HerData | null> {
  const ids = [regroupement.id, accountId];
  const rows = async <T>(sql: string) =>
    (await deps.db.execute<{ row: string }>(sql, ids)).rows.map(({ row }) => JSON.parse(row) as T);
  const [account] = await rows<HerData['account'] & { email: string }>(
    `SELECT json_object('name', name, 'email', email, 'lang', lang, 'createdAt', ${iso('created_at')},
       'lastSignInAt', ${iso('nullif(last_seen_at, 0)')}) AS row
     FROM accounts WHERE regroupement_id = ?1 AND id = ?2 AND erased_at IS NULL`,
  );
  if (account === undefined) return null;
  return {
    madeAt: new Date(deps.now()).toISOString(),
    regroupement: {
      name: regroupement.name,
      privacyTitle: regroupement.privacyTitle,
      privacyEmail: regroupement.privacyEmail,
    },
    account,
    sessions: await rows(
      `SELECT json_object('browser', browser, 'openedAt', ${iso('created_at')}, 'lastUsedAt', ${iso('last_used_at')},
         'endedAt', ${iso('ended_at')}) AS row
       FROM sessions WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    emailChanges: await rows(
      `SELECT json_object('email', email, 'askedAt', ${iso('created_at')}, 'doneAt', ${iso('used_at')}) AS row
       FROM email_changes WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    links: await rows(
      `SELECT json_object('certificateNumber', ${NUMBER}, 'level', level, 'method', method,
         'openedAt', ${iso('created_at')}, 'undoneAt', ${iso('undone_at')}) AS row
       FROM links l WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    events: await rows(
      `SELECT json_object('event', event, 'at', ${iso('at')}) AS row
       FROM security_log WHERE regroupement_id = ?1 AND account_id = ?2
         AND event IN (SELECT value FROM json_each('${JSON.stringify(TOLD)}')) ORDER BY at DESC, rowid DESC`,
    ),
    messages: await rows(
      `SELECT json_object('kind', o.kind, 'writtenAt', ${iso('o.created_at')}, 'sentAt', ${iso('o.sent_at')}) AS row
       FROM outbox o JOIN accounts a ON a.id = ?2 AND a.regroupement_id = o.regroupement_id AND a.email = o.recipient
       WHERE o.regroupement_id = ?1 AND o.kind NOT IN (SELECT value FROM json_each('${JSON.stringify(OFFICE_KINDS)}'))
         AND o.created_at >= a.created_at - CASE o.kind WHEN 'activate' THEN ${ACTIVATION_MS} ELSE 0 END
       ORDER BY o.created_at DESC`,
    ),
    payments: await rows(
      `SELECT json_object('number', p.number, 'state', p.state, 'totalCents', p.amount_cents,
         'onlineFeeCents', p.online_fee_cents, 'startedAt', ${iso('p.created_at')}, 'paidAt', ${iso('p.completed_at')},
         'paypalTransaction', p.capture_id, 'receiptNumber', (SELECT number FROM receipts WHERE payment_id = p.id),
         'invoices', (SELECT json_group_array(json_object('number', i.number, 'amountCents', a.amount_cents))
            FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.payment_id = p.id),
         'refunds', (SELECT json_group_array(json_object('receiptNumber', f.number, 'amountCents', r.amount_cents,
              'refundedAt', ${iso('r.completed_at')}))
            FROM refunds r JOIN refund_receipts f ON f.refund_id = r.id WHERE r.payment_id = p.id)) AS row
       FROM payments p WHERE p.regroupement_id = ?1 AND p.account_id = ?2 ORDER BY p.created_at DESC`,
    ),
    files: await filesOf(deps, regroupement.id, accountId),
  };
}

async function filesOf(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  accountId: string,
): Promise<HerData['files']> {
  const reached = await reachedCertificates(deps, { regroupementId, accountId });
  const hers = reached.filter(({ level }) => level === 'verified').map(({ id }) => id);
  const invoices = await readInvoices(deps, regroupementId, accountId, { certificateIds: hers });
  const { rows } = await deps.db.execute<{ id: string; row: string }>(
    `SELECT c.id, json_object(
       'holder', json_object('firstName', h.first_name, 'lastName', h.last_name, 'usualName', h.usual_name,
          'email', h.email, 'lang', h.lang, 'externalId', h.external_id),
       'certificateNumber', c.number, 'kind', c.kind, 'periodStart', c.period_start, 'periodEnd', c.period_end,
       'status', c.status,
       'endorsements', (SELECT json_group_array(json_object('effectiveOn', effective_on, 'description', description,
            'amountCents', amount_cents)) FROM endorsements WHERE certificate_id = c.id)) AS row
     FROM certificates c JOIN holders h ON h.id = c.holder_id
     WHERE c.regroupement_id = ? AND c.id IN (SELECT value FROM json_each(?))
     ORDER BY c.period_start DESC, c.number`,
    [regroupementId, JSON.stringify(hers)],
  );
  const { rows: entries } = await deps.db.execute<{ invoice: string; row: string }>(
    `SELECT invoice_id AS invoice, json_object('day', day, 'kind', kind, 'means', method, 'amountCents', amount_cents) AS row
     FROM ledger_entries WHERE regroupement_id = ? AND invoice_id IN (SELECT value FROM json_each(?))
     ORDER BY occurred_at, rowid`,
    [regroupementId, JSON.stringify(invoices.map(({ id }) => id))],
  );
  return rows.map(({ id, row }) => ({
    ...(JSON.parse(row) as HerData['files'][number]),
    invoices: invoices
      .filter(({ certificateId }) => certificateId === id)
      .map((invoice) => ({
        number: invoice.number,
        issuedOn: invoice.issuedOn,
        dueOn: invoice.dueOn,
        status: invoice.status,
        totalCents: invoice.totalCents,
        balanceCents: invoice.balanceCents,
        lines: invoice.lines.map(({ description, amountCents }) => ({ description, amountCents })),
        entries: entries
          .filter((entry) => entry.invoice === invoice.id)
          .map(
            (entry) =>
              JSON.parse(entry.row) as HerData['files'][number]['invoices'][number]['entries'][number],
          ),
      })),
  }));
}

/** A certificate's number as it is printed; as it is kept where it is not on file any more. */
const NUMBER = `coalesce((SELECT number FROM certificates c WHERE c.holder_id = l.holder_id AND c.number_key = l.number_key
  ORDER BY period_start DESC LIMIT 1), l.number_key)`;

/** SQL: an instant of ours as text, or null. */
function iso(ms: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%SZ', ${ms} / 1000, 'unixepoch')`;
}
