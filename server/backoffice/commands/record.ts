// `record`: money that came otherwise, and its correction.
import { z } from 'zod';
import { securityEvent } from '../../accounts/security-log.ts';
import { money } from '../../format.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { RECORDED_METHODS, recordPayment, reverseRecorded } from '../../payments/recorded.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { bare } from '../../text.ts';
import { asker, type Command, centsOf, given, keyOf, needed, Usage, withDatabase } from '../command.ts';
import { recordedView } from '../staff-views.ts';

export const recordCommand: Command = {
  options: {
    method: { type: 'string' },
    amount: { type: 'string' },
    date: { type: 'string' },
    reference: { type: 'string' },
    key: { type: 'string' },
    undo: { type: 'string' },
    reason: { type: 'string' },
  },
  help: {
    fr: `record <regroupement> <no de facture> --method cheque|interac|debit|cash --amount MONTANT – inscrit un paiement reçu autrement qu’en ligne.
  La référence et le motif se lisent dans la copie que la personne peut demander de ses renseignements.
  --date AAAA-MM-JJ   le jour où il a été reçu (aujourd’hui sinon)
  --reference TEXTE   le no du chèque, par exemple
  --key CLÉ           la même clé n’inscrit qu’une fois
record <regroupement> --undo ID --reason TEXTE – reprend une inscription faite par erreur.
  --json              un objet JSON`,
    en: `record <regroupement> <invoice no.> --method cheque|interac|debit|cash --amount AMOUNT – writes down a payment received otherwise than online.
  The reference and the reason can be read in the copy that she may ask for of her data.
  --date YYYY-MM-DD  the day it was received (today otherwise)
  --reference TEXT   the cheque’s number, for example
  --key KEY          the same key writes once
record <regroupement> --undo ID --reason TEXT – takes back what was written down by mistake.
  --json             a JSON object`,
  },
  async run(call) {
    const { lang, values } = call;
    const [slug, invoiceNumber, ...more] = call.positionals;
    const undo = typeof values.undo === 'string' ? values.undo : undefined;
    if (slug === undefined || (invoiceNumber === undefined) !== (undo !== undefined) || more.length > 0)
      throw new Usage(
        lang === 'fr'
          ? 'Il faut un regroupement et une facture.'
          : 'A regroupement and an invoice are needed.',
      );
    if (invoiceNumber === undefined && undo !== undefined) {
      const reason = needed(call, 'reason');
      return withDatabase(async (deps) => {
        const { id } = await regroupementBySlug(deps, slug);
        const back = await reverseRecorded(deps, id, undo, { recordedBy: asker(), reference: reason });
        await deps.db.batch([
          securityEvent(deps, id, 'staff-reversed-recorded-payment', null, {
            recorded: back.id,
            by: asker(),
          }),
        ]);
        console.log(
          call.json
            ? JSON.stringify(recordedView(back))
            : lang === 'fr'
              ? `Repris : la facture ${back.invoiceNumber} redoit ${money(back.amountCents, 'fr-CA')}.`
              : `Taken back: invoice ${back.invoiceNumber} owes ${money(back.amountCents, 'en-CA')} again.`,
        );
        return 0;
      });
    }
    const method = RECORDED_METHODS.find((known) => known === needed(call, 'method'));
    const cents = centsOf(values.amount, call);
    const idempotencyKey = keyOf(call);
    const day = z.iso.date().safeParse(values.date ?? torontoDay(Date.now()));
    if (method === undefined) throw new Usage(`--method ${RECORDED_METHODS.join('|')}`);
    if (!day.success)
      throw new Usage(lang === 'fr' ? 'La date s’écrit 2026-04-01.' : 'Write the date like 2026-04-01.');
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      const recorded = await recordPayment(deps, id, {
        invoiceNumber: bare(invoiceNumber ?? ''),
        method,
        cents,
        receivedOn: day.data,
        reference: given(call, 'reference').slice(0, 60),
        recordedBy: asker(),
        idempotencyKey,
      });
      await deps.db.batch([
        securityEvent(deps, id, 'staff-recorded-payment', null, { recorded: recorded.id, by: asker() }),
      ]);
      console.log(
        call.json
          ? JSON.stringify(recordedView(recorded))
          : lang === 'fr'
            ? `Inscrit : ${money(recorded.amountCents, 'fr-CA')} sur la facture ${recorded.invoiceNumber} (${recorded.id}).`
            : `Written down: ${money(recorded.amountCents, 'en-CA')} on invoice ${recorded.invoiceNumber} (${recorded.id}).`,
      );
      return 0;
    });
  },
};
