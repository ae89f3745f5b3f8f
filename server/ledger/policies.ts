// The regroupement's settings about money, as data.
import { z } from 'zod';

/**
 * Fee for paying online (« frais en ligne », S37). `gross-up` makes the regroupement receive the balance in full:
 * fee = (balance + fixedCents) / (1 − rate) − balance, rate in basis points (290 = 2.9 %).
 */
export const OnlineFee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('fixed'), cents: z.number().int().min(1) }),
  z.object({
    kind: z.literal('gross-up'),
    basisPoints: z.number().int().min(0).max(9_999),
    fixedCents: z.number().int().min(0),
  }),
]);
export type OnlineFee = z.infer<typeof OnlineFee>;

/**
 * Part payments (« versements »): whether she may pay less than the balance, and how little; and whether she may agree to a plan of
 * them by herself: its last date is at most `planDays` after the invoice is due, and never after its period.
 */
export const Instalments = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('free'),
    minimumCents: z.number().int().min(1),
    planDays: z.number().int().min(0).max(366).optional(),
  }),
]);
export type Instalments = z.infer<typeof Instalments>;
