// Messages wait in the database and leave after the transaction that caused them: a row is written in the same
// batch as the fact it tells, so that neither can be without the other.
import { networkOf } from '../addresses.ts';
import { keyedHash } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { currentRequest } from '../request-id.ts';

/** What each kind of message needs to be written. Ids and secrets of ours only; what they refer to is read when it is sent. */
export interface MailPayloads {
  /** The link that activates an account (S11, S12). */
  activate: { token: string };
  /** Someone wanted to create an account that exists already (I3). */
  exists: Record<string, never>;
  /** The link that lets her choose a new password; `instead` of what else was asked for, when too much was (limits.ts). */
  reset: { token: string; instead?: boolean };
  'password-changed': Record<string, never>;
  /** The link that gives an account this new e-mail, and to the old one, the link that takes the account back. */
  'email-change': { token: string };
  'email-changed': { token: string };
  /** The account is gone: the last message to it. */
  'account-erased': Record<string, never>;
  /** Not used for years: it will be erased on that Toronto day unless she signs in. */
  'account-ending': { on: string };
  /** Somebody signed in from a browser that this account had not been opened in: « Safari, iPhone », or nothing known. */
  'new-browser': { browser?: string };
  /** To the holder on file: an account was linked to the certificate; she can undo it (I6). */
  linked: { accountEmailMasked: string; undoToken: string };
  /** To the holder on file: the code that lets an account link her certificate. */
  'link-code': { accountEmailMasked: string; code: string };
  /** To whoever searched for a file that needs a proof: none has come. Says the same whatever was found. */
  'link-undecided': Record<string, never>;
  'link-approved': Record<string, never>;
  /** To the regroupement: links wait for its approval. */
  'link-requests': Record<string, never>;
  receipt: { receiptId: string };
  /** « Il reste une étape » (P5). */
  unconfirmed: { paymentId: string };
  /** PayPal's approval ended before she confirmed: nothing was paid. */
  'payment-expired': { paymentId: string };
  /** What she agreed to at PayPal cannot be paid any more, before she confirmed: `why` is written in her language. */
  'payment-stopped': { paymentId: string; why: string };
  /** What was in doubt turned out not to have been paid (P3). */
  'payment-failed': { paymentId: string };
  /** To the regroupement: a payment came in (S45). */
  'payment-received': { paymentId: string };
  /** To the regroupement: something needs a person (the dedupe key of a row of `exceptions`). */
  exception: { key: string };
  /** To whoever is invited to a regroupement's office. */
  'staff-invitation': { token: string };
  /** To the owners: an invitation that cannot be used any more is asked for again. */
  'staff-invitation-asked': { invitationId: string };
  /** To a person of the office: what came in the Toronto day before, and what needs a person. */
  'staff-digest': { day: string; payments: number; cents: number; exceptions: number };
  /** To the owners: an act of the audit that they must know of. */
  'staff-notice': { seq: number };
  /** To a person of the office whose second factor was taken away: the link that sets up another. */
  'staff-enrolment': { token: string };
  /** The link by which she chooses a new password, and nothing else. */
  'staff-reset': { token: string };
  'staff-password-changed': Record<string, never>;
  /** An instalment is due soon, or was missed. */
  instalment: { planId: string; no: number; late: boolean };
  /** Money went back to her (M8). */
  'refund-receipt': { receiptId: string };
  /** Money of hers was written down: a cheque and the like (M8); it was taken back, and its receipt is annulled. */
  'recorded-receipt': { receiptId: string };
  'receipt-cancelled': { receiptId: string };
}
export type MailKind = keyof MailPayloads;

/** Messages to the regroupement's own address and to its people, whoever else may have an account with it. */
export const OFFICE_KINDS = [
  'link-requests',
  'payment-received',
  'exception',
  'staff-invitation',
  'staff-invitation-asked',
  'staff-digest',
  'staff-notice',
  'staff-enrolment',
  'staff-reset',
  'staff-password-changed',
] as const satisfies readonly MailKind[];
/** Messages to a person. */
export type PersonMailKind = Exclude<MailKind, (typeof OFFICE_KINDS)[number]>;

/** Messages that bear a link or a code: their payload is emptied once they have gone, or never will. */
export const SECRET_KINDS: readonly MailKind[] = [
  'activate',
  'reset',
  'email-change',
  'email-changed',
  'linked',
  'link-code',
  'staff-invitation',
  'staff-enrolment',
  'staff-reset',
];

export interface Mail<K extends MailKind> {
  regroupementId: string;
  /** The fact that this message tells; a second row with the same key is the same message, and is not written. */
  dedupeKey: string;
  kind: K;
  recipient: string;
  lang: Lang;
  payload: MailPayloads[K];
}

/**
 * The statement that puts a message in the outbox; for the batch that records the fact. It leaves at `at` (now, when not
 * given), and not at all to nobody, the recipient of an erased account. `ifChanged`: only when the statement just before it
 * changed a row. What a stranger's asking can cause goes through
 * `enqueueAsked`.
 */
export function enqueueMail<K extends MailKind>(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  mail: Mail<K>,
  { at, ifChanged = false }: { at?: number; ifChanged?: boolean } = {},
): Statement {
  const now = deps.now();
  const condition = { sql: ifChanged ? 'changes() > 0' : 'true' };
  return sql`INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at, request_id)
    SELECT ${newId(deps)}, ${mail.regroupementId}, ${mail.dedupeKey}, ${mail.kind}, ${mail.recipient}, ${mail.lang},
      ${JSON.stringify(mail.payload)}, ${at ?? now}, ${now}, ${currentRequest()}
    WHERE ${mail.recipient} <> '' AND ${condition} ON CONFLICT(dedupe_key) DO NOTHING`;
}

/** Of what a whole network asked, so many have the turn that one of a single address has. */
const OF_NETWORK = 8;
/** Counted no further: what waits behind so many waits long enough. */
const MOST_COUNTED = 10_000;

/** Stands in the line where a hit would have a message. */
const NOTHING = 'nothing';

/**
 * The same for what somebody's asking may cause, from the network address `by`. Where `only` is false, there is nobody to
 * write to, or the message is there already, the same statement writes a row of the same place in the line that is no
 * message: neither this answer nor the time at which others leave must tell (I3, I6). Rows of one address take turns with
 * those of others, and so do those of one network, which may have very many addresses. `kept`: such a row bears the key, for `replaceWaiting` to make it a message.
 */
export function enqueueAsked<K extends MailKind>(
  deps: Pick<Deps, 'now' | 'randomBytes' | 'config'>,
  mail: Mail<K>,
  { by, at, only = true, kept = false }: { by: string; at?: number; only?: boolean; kept?: boolean },
): Statement {
  const now = deps.now();
  const network = keyedHash(deps, 'network', networkOf(by));
  const id = newId(deps);
  const nextAt = at ?? now;
  const asker = `${network}.${keyedHash(deps, 'network address', by)}`;
  // Only what nobody has taken from the line counts for the turn: how its sending goes must not show there.
  const turn = sql`iif(${nextAt} > ${now}, 0,
    (SELECT max(count(*) FILTER (WHERE asked_by = ${asker}), count(*) / ${{ sql: String(OF_NETWORK) }}) FROM
      (SELECT asked_by FROM outbox WHERE asked_by >= ${network} || '.' AND asked_by < ${network} || '/' AND asked_by <> ''
       AND state = 'waiting' AND attempts = 0 AND claim_until IS NULL AND next_at <= ${now}
       LIMIT ${{ sql: String(MOST_COUNTED) }})))`;
  // `free`: no message has this key yet; `real`: and this one is for somebody. The rest is written as nothing, to nobody.
  const taken = sql`SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE dedupe_key = ${mail.dedupeKey}) AS free`;
  return sql`INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at, request_id, asked_by, turn)
    SELECT ${id}, ${mail.regroupementId}, iif(real OR free AND ${kept ? 1 : 0} = 1, ${mail.dedupeKey}, ${NOTHING} || ':' || ${id}),
      iif(real, ${mail.kind}, ${NOTHING}), iif(real, ${mail.recipient}, ''), ${mail.lang},
      iif(real, ${JSON.stringify(mail.payload)}, '{}'), ${nextAt}, ${now}, ${currentRequest()}, ${asker}, ${turn}
    FROM (SELECT free, free AND ${only && mail.recipient !== '' ? 1 : 0} = 1 AS real FROM (${taken}))
    WHERE true ON CONFLICT DO NOTHING`;
}

/**
 * The statement that puts this in the place of the row with the same key, if there is one that waits. To nobody it writes
 * as much and changes nothing.
 */
export function replaceWaiting<K extends MailKind>(mail: Mail<K>): Statement {
  const to = mail.recipient;
  return sql`UPDATE outbox SET kind = iif(${to} = '', kind, ${mail.kind}), lang = iif(${to} = '', lang, ${mail.lang}),
      payload = iif(${to} = '', payload, ${JSON.stringify(mail.payload)}), recipient = iif(${to} = '', recipient, ${to})
    WHERE dedupe_key = ${mail.dedupeKey} AND regroupement_id = ${mail.regroupementId} AND state = 'waiting'`;
}

/** A message that waits, as it stands in the database. */
export interface OutboxRow {
  id: string;
  regroupementId: string;
  dedupeKey: string;
  kind: MailKind;
  /** Empty where a stranger's asking had nobody to write to. */
  recipient: string;
  lang: Lang;
  payload: string;
  attempts: number;
  /** The request that caused it. */
  requestId: string | null;
}
