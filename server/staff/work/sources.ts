// What waits for a person, kind by kind (« À traiter »): where it stands in the database, and what is to be done about it, in
// a sentence.

import type { ExceptionKind } from '../../exceptions/exceptions.ts';
import type { Lang } from '../../fields.ts';
import { day, money } from '../../format.ts';
import { balanceOf } from '../../ledger/balance.ts';
import { exceptionText } from '../../mail/exception-words.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';

/** In this order where two are of one age. */
export const WORK_KINDS = [
  'exception',
  'unconfirmed',
  'link-request',
  'endorsement',
  'message',
  'import-conflict',
  'credit',
  'cancelled-owed',
  'possible-duplicate',
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** Ended by nothing but a person who says so: the others end by the act itself. */
export const SETTLED_BY_HAND: readonly WorkKind[] = ['import-conflict', 'credit', 'possible-duplicate'];

export type Facts = Readonly<Record<string, unknown>>;
interface Source {
  /** SELECT of `id`, `since` (UTC milliseconds), `holderId`, `facts` (JSON). ?1 regroupement, ?2 now. */
  sql: string;
  /** What is to be done. */
  sentence: (facts: Facts, lang: Lang, regroupement: Regroupement) => string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Of an invoice `i`. */
const HOLDER_OF_I = '(SELECT holder_id FROM certificates WHERE id = i.certificate_id)';
const HOLDER_OF_P = `(SELECT c.holder_id FROM allocations a JOIN invoices i ON i.id = a.invoice_id
  JOIN certificates c ON c.id = i.certificate_id WHERE a.payment_id = p.id LIMIT 1)`;

const text = (facts: Facts, name: string) => String(facts[name] ?? '');
const amount = (facts: Facts, name: string, lang: Lang) => money(Number(facts[name] ?? 0), lang);

export const SOURCES: Readonly<Record<WorkKind, Source>> = {
  exception: {
    sql: `SELECT e.id, e.opened_at AS since, ${HOLDER_OF_P} AS holderId,
        json_object('exception', e.kind, 'detail', json(e.detail), 'paymentNumber', p.number) AS facts
      FROM exceptions e INDEXED BY exceptions_open LEFT JOIN payments p ON p.id = e.payment_id
      WHERE e.regroupement_id = ?1 AND e.closed_at IS NULL`,
    sentence: (facts, lang, regroupement) =>
      exceptionText(regroupement, { kind: facts.exception as ExceptionKind, detail: facts.detail }, lang),
  },
  unconfirmed: {
    sql: `SELECT p.id, p.approved_at AS since, ${HOLDER_OF_P} AS holderId,
        json_object('paymentNumber', p.number, 'amountCents', p.amount_cents) AS facts
      FROM payments p WHERE p.regroupement_id = ?1 AND p.state = 'approved' AND p.approved_at <= ?2 - ${HOUR}`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `Un paiement de ${amount(facts, 'amountCents', lang)} attend son «\u00a0Confirmer\u00a0»\u00a0: appelez-la, rien n’est payé.`
        : `A payment of ${amount(facts, 'amountCents', lang)} waits for her “Confirm”: call her, nothing is paid.`,
  },
  'link-request': {
    sql: `SELECT q.id, q.asked_at AS since, q.holder_id AS holderId,
        json_object('accountName', a.name, 'accountEmail', a.email, 'numberKey', q.number_key) AS facts
      FROM link_requests q JOIN accounts a ON a.id = q.account_id
      WHERE q.regroupement_id = ?1 AND q.decision IS NULL`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `${text(facts, 'accountName')} (${text(facts, 'accountEmail')}) demande à voir ce dossier\u00a0: approuvez ou refusez.`
        : `${text(facts, 'accountName')} (${text(facts, 'accountEmail')}) asks to see this file: approve or refuse.`,
  },
  endorsement: {
    // The index knows the columns of the rows, the view what an import has made of them.
    sql: `SELECT e.id, z.created_at AS since, (SELECT holder_id FROM certificates WHERE id = e.certificate_id) AS holderId,
        json_object('endorsementId', e.id, 'effectiveOn', e.effective_on, 'amountCents', e.amount_cents) AS facts
      FROM endorsement_rows z INDEXED BY endorsements_without_invoice CROSS JOIN endorsements e ON e.rowid = z.rowid
      WHERE z.regroupement_id = ?1 AND z.invoice_id IS NULL AND z.amount_cents > 0 AND e.invoice_id IS NULL`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `L’avenant du ${day(text(facts, 'effectiveOn'), lang)} (${amount(facts, 'amountCents', lang)}) n’a pas de facture\u00a0: créez-la par un montant manuel.`
        : `The endorsement of ${day(text(facts, 'effectiveOn'), lang)} (${amount(facts, 'amountCents', lang)}) has no invoice: make it by a manual amount.`,
  },
  message: {
    sql: `SELECT o.id, o.created_at AS since, NULL AS holderId,
        json_object('messageId', o.id, 'message', o.kind, 'recipient', o.recipient, 'why', o.last_error) AS facts
      FROM outbox o WHERE o.regroupement_id = ?1 AND o.state = 'parked' AND o.state <> 'sent'`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `Un courriel à ${text(facts, 'recipient')} n’est pas parti\u00a0: vérifiez l’adresse, puis renvoyez-le.`
        : `An e-mail to ${text(facts, 'recipient')} did not leave: check the address, then send it again.`,
  },
  'import-conflict': {
    sql: `SELECT i.id, max(imports.merged_at) AS since, ${HOLDER_OF_I} AS holderId,
        json_object('invoiceId', i.id, 'invoiceNumber', i.number, 'fileBalanceCents', x.value ->> 'fileBalanceCents',
          'ourBalanceCents', ${balanceOf('i.id', 'i.regroupement_id')}) AS facts
      FROM imports CROSS JOIN json_each(imports.report, '$.conflicts') x
        CROSS JOIN invoices i ON i.regroupement_id = ?1 AND i.number = x.value ->> 'invoice'
      WHERE imports.regroupement_id = ?1 AND imports.merged_at > ?2 - ${90 * DAY}
        AND ${balanceOf('i.id', 'i.regroupement_id')} <> x.value ->> 'fileBalanceCents'
      GROUP BY i.id`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `Facture ${text(facts, 'invoiceNumber')}\u00a0: le fichier dit un solde de ${amount(facts, 'fileBalanceCents', lang)}, ici il est de ${amount(facts, 'ourBalanceCents', lang)}. Inscrivez ce qui manque, ou corrigez le fichier.`
        : `Invoice ${text(facts, 'invoiceNumber')}: the file says a balance of ${amount(facts, 'fileBalanceCents', lang)}, here it is ${amount(facts, 'ourBalanceCents', lang)}. Record what is missing, or correct the file.`,
  },
  credit: {
    sql: `SELECT i.id, k.since, ${HOLDER_OF_I} AS holderId,
        json_object('invoiceId', i.id, 'invoiceNumber', i.number, 'creditCents', -${balanceOf('i.id', 'i.regroupement_id')}) AS facts
      FROM credits k CROSS JOIN invoices i ON i.id = k.invoice_id
      WHERE k.regroupement_id = ?1 AND k.since <= ?2 - ${30 * DAY} AND ${balanceOf('i.id', 'i.regroupement_id')} < 0`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `Un crédit de ${amount(facts, 'creditCents', lang)} sur la facture ${text(facts, 'invoiceNumber')} attend depuis plus de 30 jours\u00a0: remboursez-le, ou convenez avec elle de le laisser.`
        : `A credit of ${amount(facts, 'creditCents', lang)} on invoice ${text(facts, 'invoiceNumber')} has waited for more than 30 days: refund it, or agree with her to leave it.`,
  },
  // A credit that was applied to another invoice, of money that was taken back since.
  'cancelled-owed': {
    sql: `SELECT i.id, (SELECT max(posted_at) FROM ledger_entries WHERE invoice_id = i.id) AS since, ${HOLDER_OF_I} AS holderId,
        json_object('invoiceId', i.id, 'invoiceNumber', i.number, 'balanceCents', ${balanceOf('i.id', 'i.regroupement_id')}) AS facts
      FROM cancellations x CROSS JOIN invoices i ON i.id = x.invoice_id
      WHERE x.regroupement_id = ?1 AND i.status = 'cancelled' AND ${balanceOf('i.id', 'i.regroupement_id')} > 0`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `La facture annulée ${text(facts, 'invoiceNumber')} a un solde de ${amount(facts, 'balanceCents', lang)}\u00a0: son crédit a payé une autre facture, puis l’argent a été repris. Défaites ce transfert dans le dossier.`
        : `The cancelled invoice ${text(facts, 'invoiceNumber')} has a balance of ${amount(facts, 'balanceCents', lang)}: its credit paid another invoice, then the money was taken back. Undo that transfer in the file.`,
  },
  'possible-duplicate': {
    sql: `SELECT b.id, b.recorded_at AS since, ${HOLDER_OF_I} AS holderId,
        json_object('recordedPaymentId', b.id, 'invoiceNumber', i.number, 'amountCents', b.amount_cents, 'receivedOn', b.received_on) AS facts
      FROM recorded_payments b JOIN invoices i ON i.id = b.invoice_id
      WHERE b.regroupement_id = ?1 AND b.even_so LIKE '%possible-duplicate%' AND b.recorded_at > ?2 - ${90 * DAY}
        AND NOT EXISTS (SELECT 1 FROM recorded_payments back WHERE back.reverses = b.id)`,
    sentence: (facts, lang) =>
      lang === 'fr-CA'
        ? `${amount(facts, 'amountCents', lang)} du ${day(text(facts, 'receivedOn'), lang)} sur la facture ${text(facts, 'invoiceNumber')} ressemble à un paiement déjà inscrit\u00a0: vérifiez-le, et annulez-le s’il est double.`
        : `${amount(facts, 'amountCents', lang)} of ${day(text(facts, 'receivedOn'), lang)} on invoice ${text(facts, 'invoiceNumber')} looks like a payment recorded already: check it, and take it back if it is twice.`,
  },
};
