// The fee for paying online (« frais en ligne », S37): shown as its own line before she leaves for PayPal, and part
// of the very amount that PayPal is asked for. The administration fee (S36, S38, S39) is no such fee: it is a line of the
// invoice (FADM), from the file or by a manual amount (manual-amount.ts).
import { roundedQuotient } from './money.ts';
import type { OnlineFee } from './policies.ts';

/**
 * Cents added when `cents` of balance are paid online. `gross-up` makes what PayPal leaves, after its rate and its
 * fixed part, equal to the balance: total = (balance + fixed) ÷ (1 − rate), rounded once.
 */
export function onlineFee(policy: OnlineFee, cents: number): number {
  if (cents <= 0) return 0;
  switch (policy.kind) {
    case 'none':
      return 0;
    case 'fixed':
      return policy.cents;
    case 'gross-up':
      return roundedQuotient((cents + policy.fixedCents) * 10_000, 10_000 - policy.basisPoints) - cents;
  }
}
