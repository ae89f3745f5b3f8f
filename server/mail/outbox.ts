// Messages wait in the database and leave after the transaction that caused them: a row is written in the same
// batch as the fact it tells, so that neither can be without the other.
import { networkOf } from '../addresses.ts';
import { keyedHash } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';

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
  /** Money went back to her (M8). */
  'refund-receipt': { receiptId: string };
}
export type MailKind = keyof MailPayloads;

/** Messages to the regroupement's own address, whoever else may have an account with it. */
export const OFFICE_KINDS = [
  'link-requests',
  'payment-received',
  'exception',
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
 * given), and not at all to nobody, the recipient of an erased account. What a stranger's asking can cause goes through
 * `enqueueAsked`.
 */
export function enqueueMail<K extends MailKind>(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  mail: Mail<K>,
  { at }: { at?: number } = {},
): Statement {
  const now = deps.now();
  return {
    sql: `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at)
          SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE ?5 <> '' ON CONFLICT(dedupe_key) DO NOTHING`,
    args: [
      newId(deps),
      mail.regroupementId,
      mail.dedupeKey,
      mail.kind,
      mail.recipient,
      mail.lang,
      JSON.stringify(mail.payload),
      at ?? now,
      now,
    ],
  };
}

/** Of what a whole network asked, so many have the turn that one of a single address has. */
const OF_NETWORK = 8;
/** Counted no further: what waits behind so many waits long enough. */
const MOST_COUNTED = 10_000;

/** Stands in the line where a hit would have a message. */
export const NOTHING = 'nothing';

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
  return {
    // Only what nobody has taken from the line counts for the turn: how its sending goes must not show there.
    sql: `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at, asked_by, turn)
          SELECT ?1, ?2, iif(real OR free AND ?13 = 1, ?3, ?11 || ':' || ?1), iif(real, ?4, ?11), iif(real, ?5, ''), ?6, iif(real, ?7, '{}'), ?8, ?9, ?12,
            iif(?8 > ?9, 0, (SELECT max(count(*) FILTER (WHERE asked_by = ?12), count(*) / ${OF_NETWORK}) FROM
              (SELECT asked_by FROM outbox WHERE asked_by >= ?14 || '.' AND asked_by < ?14 || '/' AND asked_by <> ''
               AND state = 'waiting' AND attempts = 0 AND claim_until IS NULL AND next_at <= ?9 LIMIT ${MOST_COUNTED})))
          FROM (SELECT free, free AND ?10 = 1 AS real FROM (SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE dedupe_key = ?3) AS free))
          WHERE true ON CONFLICT DO NOTHING`,
    args: [
      newId(deps),
      mail.regroupementId,
      mail.dedupeKey,
      mail.kind,
      mail.recipient,
      mail.lang,
      JSON.stringify(mail.payload),
      at ?? now,
      now,
      only && mail.recipient !== '' ? 1 : 0,
      NOTHING,
      `${network}.${keyedHash(deps, 'network address', by)}`,
      kept ? 1 : 0,
      network,
    ],
  };
}

/**
 * The statement that puts this in the place of the row with the same key, if there is one that waits. To nobody it writes
 * as much and changes nothing.
 */
export function replaceWaiting<K extends MailKind>(mail: Mail<K>): Statement {
  return {
    sql: `UPDATE outbox SET kind = iif(?1 = '', kind, ?2), lang = iif(?1 = '', lang, ?3), payload = iif(?1 = '', payload, ?4),
            recipient = iif(?1 = '', recipient, ?1)
          WHERE dedupe_key = ?5 AND regroupement_id = ?6 AND state = 'waiting'`,
    args: [
      mail.recipient,
      mail.kind,
      mail.lang,
      JSON.stringify(mail.payload),
      mail.dedupeKey,
      mail.regroupementId,
    ],
  };
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
}
