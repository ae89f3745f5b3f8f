// The shapes that several inputs share. Control characters are refused everywhere: the database would cut the text.
import { z } from 'zod';

const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff]/u;

/** One line of text typed by a person; trimmed; 1 to `max` UTF-16 units. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'required')
    .max(max, 'too-long')
    .refine((text) => !CONTROL.test(text), 'invalid');

/** The same, but it may be left empty. */
export const optionalLine = (max: number) =>
  z
    .string()
    .trim()
    .max(max, 'too-long')
    .refine((text) => !CONTROL.test(text), 'invalid');

/** An e-mail address as a person types it; trimmed, case kept. */
export const email = z
  .string()
  .trim()
  .min(1, 'required')
  .max(254, 'too-long')
  .refine((text) => !CONTROL.test(text), 'invalid')
  .pipe(z.email('invalid'));

/** How e-mails are compared (S15, I1): trimmed, compatibility-normalised, lower-cased. */
export function emailKey(address: string): string {
  return address.trim().normalize('NFKC').toLowerCase();
}

/** A password: any characters; its least length is checked where the rule stands (accounts/passwords.ts). */
export const password = z
  .string()
  .min(1, 'required')
  .max(256, 'too-long')
  .refine((text) => text.isWellFormed(), 'invalid');

export const lang = z.enum(['fr-CA', 'en-CA']);
export type Lang = z.infer<typeof lang>;

/** An id or secret that we made: base64url. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{16,128}$/, 'invalid');

/** Integer cents of CAD that a payment may have. */
export const cents = z.number().int().min(1).max(10_000_000);
