// The lines of « Vérifier » as an owner reads them: what is right or wrong, and the cure.
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import {
  ACCOUNT_CHECKS,
  ACCOUNT_FAULTS,
  type AccountCheck,
  type CheckedLine,
  webhookAddress,
} from '../../paypal/account-check.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';

const Words = z.object({ 'fr-CA': z.string(), 'en-CA': z.string() });
type Words = z.infer<typeof Words>;
export const Lines = z.array(
  z.object({
    check: z.enum(ACCOUNT_CHECKS),
    fault: z.enum(ACCOUNT_FAULTS).nullable().describe('null: as it should be'),
    pointer: z.string().nullable().describe('the field that it hangs on'),
    sentence: Words,
    cure: Words.nullable(),
  }),
);

const words = (fr: string, en: string): Words => ({ 'fr-CA': fr, 'en-CA': en });

/** What each line is of, and the field that it hangs on. */
const CHECKS: Readonly<Record<AccountCheck, { name: Words; pointer: string | null }>> = {
  credentials: {
    name: words('Identifiant client et code secret', 'Client id and secret'),
    pointer: '/secret',
  },
  order: {
    name: words('Commande d’essai de 1,00\u00a0$', 'Trial order of $1.00'),
    pointer: null,
  },
  merchant: { name: words('Numéro de marchand', 'Merchant id'), pointer: '/merchantId' },
  webhook: { name: words('Webhook', 'Webhook'), pointer: '/webhookId' },
  events: { name: words('Événements du webhook', 'Events of the webhook'), pointer: '/webhookId' },
  transactions: { name: words('Recherche de transactions', 'Transaction Search'), pointer: null },
  balances: { name: words('Soldes du compte', 'Balances of the account'), pointer: null },
};

const AGAIN = words(
  'PayPal ne répond pas en ce moment. Recommencez dans quelques minutes.',
  'PayPal does not answer right now. Try again in a few minutes.',
);
const SEARCH = words(
  'Chez PayPal, dans l’application\u00a0: «\u00a0Transaction Search\u00a0» permis. PayPal met jusqu’à neuf heures à en tenir compte.',
  'At PayPal, in the application: allow “Transaction Search”. PayPal takes up to nine hours to heed it.',
);

/** A line with its sentence, and the cure where it is red. */
export function lineView(
  deps: Pick<Deps, 'config'>,
  regroupement: Regroupement,
  line: CheckedLine,
): z.infer<typeof Lines>[number] {
  const { check, fault, detail } = line;
  const { name, pointer } = CHECKS[check];
  const state =
    fault === null
      ? words(
          check === 'order' ? 'faite; elle s’éteindra seule' : 'en ordre',
          check === 'order' ? 'made; it expires by itself' : 'in order',
        )
      : STATES[fault](detail);
  const sentence = words(
    `${name['fr-CA']}\u00a0: ${state['fr-CA']}.`,
    `${name['en-CA']}: ${state['en-CA']}.`,
  );
  return { check, fault, pointer, sentence, cure: cureOf(line, webhookAddress(deps, regroupement.slug)) };
}

const STATES: Readonly<Record<NonNullable<CheckedLine['fault']>, (detail: string) => Words>> = {
  refused: () => words('refusé par PayPal', 'refused by PayPal'),
  unavailable: () => words('pas de réponse de PayPal', 'no answer from PayPal'),
  'not-asked': () => words('pas encore vérifié', 'not checked yet'),
  another: (detail) => words(`PayPal en a un autre, ${detail}`, `PayPal has another one, ${detail}`),
  unknown: () => words('PayPal n’en connaît pas de ce numéro', 'PayPal knows none of that id'),
  missing: (detail) => words(`il manque ${detail}`, `${detail} missing`),
};

function cureOf({ check, fault }: CheckedLine, address: string): Words | null {
  if (fault === null) return null;
  if (fault === 'unavailable') return AGAIN;
  if (fault === 'not-asked')
    return words('Corrigez d’abord l’autre ligne rouge.', 'Mend the other red line first.');
  const atPayPal = words(
    `Chez PayPal, dans la même application\u00a0: un webhook vers ${address}, pour les commandes, captures, remboursements et litiges; recopiez son numéro ici.`,
    `At PayPal, in the same application: a webhook to ${address}, for orders, captures, refunds and disputes; copy its id here.`,
  );
  const cures: Readonly<Record<AccountCheck, Words>> = {
    credentials: words(
      'Recopiez l’identifiant et le code secret de la même application, en mode réel («\u00a0Live\u00a0»), sans espace.',
      'Copy the id and the secret of the same application again, of “Live”, without a space.',
    ),
    order: words(
      'Le compte doit pouvoir recevoir des paiements en dollars canadiens\u00a0: confirmez le courriel et le compte bancaire chez PayPal.',
      'The account must be able to receive payments in Canadian dollars: confirm its e-mail and bank account at PayPal.',
    ),
    merchant: words(
      'Écrivez le numéro que PayPal donne à ce compte, ou prenez l’application du bon compte.',
      'Write the id that PayPal gives this account, or take the application of the right account.',
    ),
    webhook: atPayPal,
    events: atPayPal,
    transactions: SEARCH,
    balances: SEARCH,
  };
  return cures[check];
}
