import { money } from '../../format.ts';
import { releasePayment } from '../../payments/confirm.ts';
import { paymentNumbered } from '../../payments/find.ts';
import { refundPayment } from '../../refunds/refunds.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { refundView, staffPaymentView } from '../../staff/views.ts';
import {
  asker,
  type Call,
  type Command,
  centsOf,
  keyOf,
  needed,
  paypalFor,
  Usage,
  withDatabase,
} from '../command.ts';

export const refundCommand: Command = {
  options: { amount: { type: 'string' }, reason: { type: 'string' }, key: { type: 'string' } },
  help: {
    fr: `refund <regroupement> <no de confirmation> --reason TEXTE – rembourse un paiement chez PayPal, en tout ou en partie.
  Le motif se lit dans la copie que la personne peut demander de ses renseignements.
  --amount MONTANT  une partie seulement (62,10); sans lui, tout ce qui reste
  --key CLÉ         la même clé ne rembourse qu’une fois, même demandée deux fois
  --json            un objet JSON`,
    en: `refund <regroupement> <confirmation no.> --reason TEXT – refunds a payment at PayPal, in full or in part.
  The reason can be read in the copy that she may ask for of her data.
  --amount AMOUNT  only a part (62.10); without it, all that is left
  --key KEY        the same key refunds once, even when asked twice
  --json           a JSON object`,
  },
  async run(call) {
    const [slug, number] = two(call);
    const reason = needed(call, 'reason');
    const cents = call.values.amount === undefined ? null : centsOf(call.values.amount, call);
    const idempotencyKey = keyOf(call);
    return withDatabase(async (deps) => {
      const payment = await paymentNumbered(deps, (await regroupementBySlug(deps, slug)).id, number);
      const refund = await refundPayment(deps, paypalFor(deps), payment, {
        cents,
        reason,
        askedBy: asker(),
        idempotencyKey,
      });
      const { lang } = call;
      const amount = money(refund.amountCents, lang === 'fr' ? 'fr-CA' : 'en-CA');
      const words = {
        completed: { fr: `Remboursé : ${amount}.`, en: `Refunded: ${amount}.` },
        failed: {
          fr: `PayPal a refusé ce remboursement (${refund.failure}).`,
          en: `PayPal refused this refund (${refund.failure}).`,
        },
        pending: {
          fr: `PayPal a pris la demande de ${amount}; le serveur suivra la suite.`,
          en: `PayPal took the request for ${amount}; the server will follow it up.`,
        },
        unknown: {
          fr: `PayPal n’a pas répondu\u00a0: nous ne savons pas encore si ${amount} ont été remboursés. Ne le demandez pas une deuxième fois; le serveur suivra la suite.`,
          en: `PayPal did not answer: we do not know yet whether ${amount} went back. Do not ask a second time; the server will follow it up.`,
        },
      };
      const said = words[refund.state === 'asked' ? 'unknown' : refund.state];
      console.log(call.json ? JSON.stringify(refundView(refund)) : said[lang]);
      return refund.state === 'failed' ? 1 : 0;
    });
  },
};

export const releaseCommand: Command = {
  options: { reason: { type: 'string' } },
  help: {
    fr: `release <regroupement> <no de confirmation> --reason TEXTE – libère la facture d’un paiement en doute, une fois vérifié chez PayPal qu’il n’a pas été fait.
  Le motif se lit dans la copie que la personne peut demander de ses renseignements.
  --json  un objet JSON`,
    en: `release <regroupement> <confirmation no.> --reason TEXT – lets go the invoice of a payment in doubt, once PayPal’s site shows that it was not made.
  The reason can be read in the copy that she may ask for of her data.
  --json  a JSON object`,
  },
  async run(call) {
    const [slug, number] = two(call);
    const reason = needed(call, 'reason');
    return withDatabase(async (deps) => {
      const released = await releasePayment(
        deps,
        await paymentNumbered(deps, (await regroupementBySlug(deps, slug)).id, number),
        {
          name: asker(),
          reason,
        },
      );
      const said = call.lang === 'fr' ? 'La facture est libre.' : 'The invoice is free.';
      console.log(call.json ? JSON.stringify(await staffPaymentView(deps, released)) : said);
      return 0;
    });
  },
};

function two(call: Call): [string, string] {
  const [slug, number, ...more] = call.positionals;
  if (slug === undefined || number === undefined || more.length > 0)
    throw new Usage(
      call.lang === 'fr'
        ? 'Il faut un regroupement et un no de confirmation.'
        : 'A regroupement and a confirmation no. are needed.',
    );
  return [slug, number];
}
