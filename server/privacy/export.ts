// All that is held on a person (P-39.1, s. 27). On one who signs in: her account, what it did, and the files that are
// proven to be hers; of a file opened by a name and a number only (level `pay`), no more than what she paid. On one who is
// on file and has no account: her file, and of whoever linked it what her notices said.
import { z } from 'zod';
import { ACTIVATION_MS } from '../accounts/sign-up/sign-up.ts';
import { printedNumber, reachedCertificates } from '../certificates/access.ts';
import { maskEmail } from '../certificates/links/links.ts';
import type { Deps } from '../deps.ts';
import { lang } from '../fields.ts';
import { readInvoices } from '../ledger/invoices.ts';
import { OFFICE_KINDS } from '../mail/outbox.ts';
import { numberOf } from '../receipts/recorded.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { SecurityEvent } from '../security-log.ts';

const instant = z.iso.datetime();
const cents = z.int();
const person = z.object({ name: z.string(), email: z.string() }).nullable();

export const AccountData = z
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
    emailChanges: z.array(
      z.object({
        formerEmail: z.string().nullable(),
        email: z.string(),
        askedAt: instant,
        doneAt: instant.nullable(),
        undoneAt: instant.nullable(),
      }),
    ),
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
        page: z.string().describe('of the regroupement’s site, that she left for PayPal'),
        startedAt: instant,
        confirmedAt: instant.nullable(),
        paidAt: instant.nullable(),
        failure: z.string().nullable().describe('why it stopped: ours, or PayPal’s issue code'),
        paypalOrder: z.string().nullable(),
        paypalTransaction: z.string().nullable(),
        receiptNumber: z.int().nullable(),
        paidBy: person.describe('as the receipt says it, for good'),
        invoices: z.array(z.object({ number: z.string(), amountCents: cents })),
        refunds: z.array(
          z.object({
            origin: z.string(),
            state: z.string(),
            amountCents: cents,
            reason: z.string(),
            askedAt: instant,
            refundedAt: instant.nullable(),
            failure: z.string().nullable(),
            paypalTransaction: z.string().nullable(),
            receiptNumber: z.int().nullable(),
            refundedTo: person,
          }),
        ),
        returns: z
          .array(
            z.object({ amountCents: cents, returnedAt: instant, paypalTransaction: z.string().nullable() }),
          )
          .describe('what had been taken back and came again'),
        staffNotes: z.array(z.object({ at: instant, note: z.string() })),
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
          status: z.string(),
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
            plans: z
              .array(
                z.object({
                  madeAt: instant,
                  madeBy: z.enum(['payer', 'staff']),
                  endedAt: instant.nullable(),
                  endedWhy: z.string().nullable(),
                  instalments: z.array(z.object({ dueOn: z.iso.date(), amountCents: cents })),
                }),
              )
              .describe('of instalments, the newest first'),
            entries: z.array(
              z.object({
                day: z.iso.date(),
                kind: z.string(),
                means: z.string().nullable(),
                amountCents: cents,
                reference: z
                  .string()
                  .nullable()
                  .describe('of a cheque; why it was taken back, or the invoice cancelled'),
                receiptNumber: z.string().nullable().describe('of its receipt, or of what annuls that'),
              }),
            ),
          }),
        ),
      }),
    ),
  })
  .meta({ ref: 'AccountData' });
export type AccountData = z.infer<typeof AccountData>;

/** What is held on somebody on file, without an account. */
export interface HolderData extends Pick<AccountData, 'madeAt' | 'regroupement' | 'messages' | 'files'> {
  links: (AccountData['links'][number] & { accountEmailMasked: string })[];
}

// Of her searches for a file nothing is told but the links that they opened: whether one met a file that waits for its
// proof, or none, is about somebody else (I6).
const EXPORTED_EVENTS = [
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
export type ExportedEvent = (typeof EXPORTED_EVENTS)[number];

/** Gathers it, as it stands now; null when there is no such account. */
export async function accountData(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  accountId: string,
): Promise<AccountData | null> {
  const ids = [regroupement.id, accountId];
  const rows = async <T>(sql: string) =>
    (await deps.db.execute<{ row: string }>(sql, ids)).rows.map(({ row }) => JSON.parse(row) as T);
  const [account] = await rows<AccountData['account'] & { email: string }>(
    `SELECT json_object('name', name, 'email', email, 'lang', lang, 'createdAt', ${iso('created_at')},
       'lastSignInAt', ${iso('nullif(last_seen_at, 0)')}) AS row
     FROM accounts WHERE regroupement_id = ?1 AND id = ?2 AND erased_at IS NULL`,
  );
  if (account === undefined) return null;
  const reached = await reachedCertificates(deps, { regroupementId: regroupement.id, accountId });
  return {
    ...madeFor(deps, regroupement),
    account,
    sessions: await rows(
      `SELECT json_object('browser', browser, 'openedAt', ${iso('created_at')}, 'lastUsedAt', ${iso('last_used_at')},
         'endedAt', ${iso('ended_at')}) AS row
       FROM sessions WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    emailChanges: await rows(
      `SELECT json_object('formerEmail', old_email, 'email', email, 'askedAt', ${iso('created_at')},
         'doneAt', ${iso('used_at')}, 'undoneAt', ${iso('undone_at')}) AS row
       FROM email_changes WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    links: await rows(
      `SELECT ${LINK} AS row
       FROM links l WHERE regroupement_id = ?1 AND account_id = ?2 ORDER BY created_at DESC`,
    ),
    events: await rows(
      `SELECT json_object('event', event, 'at', ${iso('at')}) AS row
       FROM security_log WHERE +regroupement_id = ?1 AND account_id = ?2
         AND event IN (SELECT value FROM json_each('${JSON.stringify(EXPORTED_EVENTS)}')) ORDER BY at DESC, rowid DESC`,
    ),
    messages: await rows(
      `WITH ${ADDRESSES_OVER_TIME}
       SELECT ${MESSAGE} AS row
       FROM outbox o
       WHERE o.regroupement_id = ?1 AND o.kind NOT IN (SELECT value FROM json_each('${JSON.stringify(OFFICE_KINDS)}'))
         AND o.rowid IN (
           SELECT m.rowid FROM addresses a CROSS JOIN outbox m ON m.regroupement_id = ?1 AND lower(m.recipient) = a.email_key
             WHERE m.recipient <> '' AND m.created_at <= a.until
               AND m.created_at >= a.since - CASE WHEN m.kind = 'activate' THEN a.before ELSE 0 END
           UNION ALL SELECT m.rowid FROM email_changes c CROSS JOIN outbox m ON m.dedupe_key = 'email-change:' || c.id
             WHERE c.regroupement_id = ?1 AND c.account_id = ?2 AND c.used_at IS NOT NULL)
       ORDER BY o.created_at DESC, o.rowid DESC`,
    ),
    payments: await rows(
      `SELECT json_object('number', p.number, 'state', p.state, 'totalCents', p.amount_cents,
         'onlineFeeCents', p.online_fee_cents, 'page', p.page, 'startedAt', ${iso('p.created_at')},
         'confirmedAt', ${iso('p.confirmed_at')}, 'paidAt', ${iso('p.completed_at')}, 'failure', p.failure,
         'paypalOrder', p.order_id, 'paypalTransaction', p.capture_id, 'receiptNumber', t.number,
         'paidBy', json(t.document -> '$.payer'),
         'invoices', (SELECT json_group_array(json_object('number', i.number, 'amountCents', a.amount_cents))
            FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.payment_id = p.id),
         'refunds', (SELECT json_group_array(json_object('origin', r.origin, 'state', r.state, 'amountCents', r.amount_cents,
              'reason', r.reason, 'askedAt', ${iso('r.created_at')}, 'refundedAt', ${iso('r.completed_at')},
              'failure', r.failure, 'paypalTransaction', r.refund_id, 'receiptNumber', f.number, 'refundedTo', json(f.document -> '$.payer')))
            FROM refunds r LEFT JOIN refund_receipts f ON f.refund_id = r.id WHERE r.payment_id = p.id),
         'returns', (SELECT json_group_array(json_object('amountCents', b.amount_cents, 'returnedAt', ${iso('b.returned_at')},
              'paypalTransaction', b.transaction_id)) FROM reversal_returns b WHERE b.payment_id = p.id),
         'staffNotes', (SELECT json_group_array(json_object('at', ${iso('at')}, 'note', note)) FROM (
            SELECT closed_at AS at, note FROM exceptions WHERE payment_id = p.id
            UNION ALL SELECT at, detail ->> '$.reason' FROM payment_events WHERE payment_id = p.id AND event = 'released')
            WHERE note IS NOT NULL)) AS row
       FROM payments p LEFT JOIN receipts t ON t.payment_id = p.id
       WHERE +p.regroupement_id = ?1 AND p.account_id = ?2 ORDER BY p.created_at DESC`,
    ),
    files: await filesOf(
      deps,
      regroupement.id,
      reached.filter(({ level }) => level === 'verified').map(({ id }) => id),
    ),
  };
}

/** The same of somebody on file: whoever asks for it has made sure that it is she who gets it. */
export async function holderData(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  holderId: string,
): Promise<HolderData> {
  const ids = [regroupement.id, holderId];
  const { rows: certificates } = await deps.db.execute<{ id: string }>(
    'SELECT id FROM certificates WHERE regroupement_id = ? AND holder_id = ?',
    ids,
  );
  const { rows: links } = await deps.db.execute<{ row: string; email: string }>(
    `SELECT ${LINK} AS row, a.email FROM links l JOIN accounts a ON a.id = l.account_id
     WHERE l.regroupement_id = ? AND l.holder_id = ? ORDER BY l.created_at DESC`,
    ids,
  );
  const { rows: messages } = await deps.db.execute<{ row: string }>(
    `SELECT ${MESSAGE} AS row FROM outbox o WHERE o.regroupement_id = ?1 AND o.dedupe_key IN (
       SELECT 'linked:' || id FROM links WHERE regroupement_id = ?1 AND holder_id = ?2
       UNION ALL SELECT 'link-code:' || id FROM link_challenges WHERE regroupement_id = ?1 AND holder_id = ?2
       UNION ALL SELECT m.dedupe_key FROM holders h CROSS JOIN certificates c ON c.holder_id = h.id
         CROSS JOIN invoices i ON i.certificate_id = c.id CROSS JOIN instalment_plans p ON p.invoice_id = i.id
         CROSS JOIN outbox m ON m.dedupe_key > 'instalment:' || p.id || ':' AND m.dedupe_key < 'instalment:' || p.id || ';'
           AND m.recipient = h.email
         WHERE h.id = ?2 AND h.regroupement_id = ?1)
     ORDER BY o.created_at DESC, o.rowid DESC`,
    ids,
  );
  return {
    ...madeFor(deps, regroupement),
    links: links.map(({ row, email }) => ({ ...JSON.parse(row), accountEmailMasked: maskEmail(email) })),
    messages: messages.map(({ row }) => JSON.parse(row) as AccountData['messages'][number]),
    files: await filesOf(
      deps,
      regroupement.id,
      certificates.map(({ id }) => id),
    ),
  };
}

function madeFor(deps: Pick<Deps, 'now'>, from: Regroupement): Pick<AccountData, 'madeAt' | 'regroupement'> {
  const { name, privacyTitle, privacyEmail } = from;
  return {
    madeAt: new Date(deps.now()).toISOString(),
    regroupement: { name, privacyTitle, privacyEmail },
  };
}

async function filesOf(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  certificateIds: readonly string[],
): Promise<AccountData['files']> {
  // Whose account paid is not told here: no account is asked about.
  const invoices = await readInvoices(deps, regroupementId, '', { certificateIds });
  const { rows } = await deps.db.execute<{ id: string; row: string }>(
    `SELECT c.id, json_object(
       'holder', json_object('firstName', h.first_name, 'lastName', h.last_name, 'usualName', h.usual_name,
          'email', h.email, 'lang', h.lang, 'externalId', h.external_id, 'status', h.status),
       'certificateNumber', c.number, 'kind', c.kind, 'periodStart', c.period_start, 'periodEnd', c.period_end,
       'status', c.status,
       'endorsements', (SELECT json_group_array(json_object('effectiveOn', effective_on, 'description', description,
            'amountCents', amount_cents)) FROM endorsements WHERE certificate_id = c.id)) AS row
     FROM certificates c JOIN holders h ON h.id = c.holder_id
     WHERE +c.regroupement_id = ? AND c.id IN (SELECT value FROM json_each(?))
     ORDER BY c.period_start DESC, c.number`,
    [regroupementId, JSON.stringify(certificateIds)],
  );
  const { rows: entries } = await deps.db.execute<{ invoice: string; row: string }>(
    `SELECT e.invoice_id AS invoice, json_object('day', e.day, 'kind', e.kind, 'means', e.method, 'amountCents', e.amount_cents,
       'reference', coalesce(nullif(p.reference, ''), x.reason),
       'receiptNumber', (SELECT ${numberOf('t')} FROM recorded_receipts t WHERE t.recorded_id = coalesce(p.group_id, p.id))) AS row
     FROM ledger_entries e LEFT JOIN recorded_payments p ON e.source = 'recorded:' || p.id AND p.invoice_id = e.invoice_id
       LEFT JOIN cancellations x ON x.invoice_id = e.invoice_id AND e.source = 'cancelled:' || x.invoice_id
     WHERE +e.regroupement_id = ? AND e.invoice_id IN (SELECT value FROM json_each(?))
     ORDER BY e.occurred_at, e.rowid`,
    [regroupementId, JSON.stringify(invoices.map(({ id }) => id))],
  );
  const { rows: plans } = await deps.db.execute<{ invoice: string; row: string }>(
    `SELECT p.invoice_id AS invoice, json_object('madeAt', ${iso('p.made_at')}, 'madeBy', iif(p.account_id IS NULL, 'staff', 'payer'),
       'endedAt', ${iso('p.ended_at')}, 'endedWhy', p.ended_why, 'instalments', (SELECT json_group_array(json(one)) FROM (
         SELECT json_object('dueOn', due_on, 'amountCents', amount_cents) AS one FROM instalments WHERE plan_id = p.id ORDER BY no))) AS row
     FROM instalment_plans p WHERE +p.regroupement_id = ? AND p.invoice_id IN (SELECT value FROM json_each(?))
     ORDER BY p.made_at DESC, p.rowid DESC`,
    [regroupementId, JSON.stringify(invoices.map(({ id }) => id))],
  );
  type InvoiceData = AccountData['files'][number]['invoices'][number];
  const of = <T>(all: readonly { invoice: string; row: string }[], id: string): T[] =>
    all.filter((one) => one.invoice === id).map(({ row }) => JSON.parse(row) as T);
  return rows.map(({ id, row }) => ({
    ...(JSON.parse(row) as AccountData['files'][number]),
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
        plans: of<InvoiceData['plans'][number]>(plans, invoice.id),
        entries: of<InvoiceData['entries'][number]>(entries, invoice.id),
      })),
  }));
}

/**
 * SQL: the addresses that the account has (?2) or had, each for as long as it was hers: whoever had it before or has it
 * since got messages of their own there. `before`: so long before an account the link came that began it.
 */
const ADDRESSES_OVER_TIME = `changes AS (SELECT email_key AS new_key, lower(old_email) AS old_key, used_at FROM email_changes
    WHERE regroupement_id = ?1 AND account_id = ?2 AND used_at IS NOT NULL),
  held AS (SELECT created_at, email_key, ${Number.MAX_SAFE_INTEGER} AS until FROM accounts WHERE regroupement_id = ?1 AND id = ?2
    UNION ALL SELECT a.created_at, c.old_key, c.used_at FROM changes c JOIN accounts a ON a.id = ?2),
  taken AS (SELECT held.*, (SELECT max(used_at) FROM changes WHERE new_key = held.email_key AND used_at < held.until) AS taken_at
    FROM held),
  addresses AS (SELECT email_key, until, coalesce(taken_at, created_at) AS since,
      CASE WHEN taken_at IS NULL THEN ${ACTIVATION_MS} ELSE 0 END AS before FROM taken)`;

/** SQL: the link `l`, and the message `o`, as they are told. */
const LINK = `json_object('certificateNumber', ${printedNumber('l')}, 'level', l.level, 'method', l.method,
  'openedAt', ${iso('l.created_at')}, 'undoneAt', ${iso('l.undone_at')})`;
const MESSAGE = `json_object('kind', o.kind, 'writtenAt', ${iso('o.created_at')}, 'sentAt', ${iso('o.sent_at')})`;

/** SQL: an instant of ours as text, or null. */
function iso(ms: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%SZ', ${ms} / 1000, 'unixepoch')`;
}
