// How options of several commands are written.
import { z } from 'zod';
import { parseMoney } from '../ledger/parse-money.ts';

/** An amount of 0 or more, in cents. */
export const feeCents = z
  .string()
  .transform((text) => parseMoney(text))
  .refine((cents) => typeof cents === 'number' && cents >= 0, '10,00')
  .transform(Number);

/** 1 or 0. */
export const yesNo = z
  .enum(['oui', 'non', 'yes', 'no'])
  .transform((word) => Number(word === 'oui' || word === 'yes'));
