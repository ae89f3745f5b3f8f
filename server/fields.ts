// The shapes that several inputs share. What nobody sees is taken out and control characters are refused (text.ts): the
// database would cut the text.
import { z } from 'zod';
import { emailText, isEmail, isLine, visible } from './text.ts';

export { emailKey } from './text.ts';

/** One line of text typed by a person; 1 to `max` UTF-16 units that can be seen. */
export const line = (max: number) => optionalLine(max).min(1, 'required');

/** The same, but it may be left empty. */
export const optionalLine = (max: number) =>
  z.string().overwrite(visible).max(max, 'too-long').refine(isLine, 'invalid');

/** An e-mail address as a person types or pastes it; case kept. */
export const email = z
  .string()
  .overwrite(emailText)
  .min(1, 'required')
  .max(254, 'too-long')
  .refine(isEmail, 'invalid');

/**
 * A password: any characters, each as it is, spaces and unseen ones too: what a password manager kept must fit, and no two
 * are one. Its least length is checked where the rule stands (accounts/passwords/passwords.ts).
 */
export const password = z
  .string()
  .min(1, 'required')
  .max(256, 'too-long')
  .refine((text) => text.isWellFormed(), 'invalid');

export const lang = z.enum(['fr-CA', 'en-CA']);
export type Lang = z.infer<typeof lang>;

/** An id or secret that we made: base64url. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{16,128}$/, 'invalid');

/** The page she is on, with whatever campaigns and filters write into its address; browsers and servers take about as much. */
export const page = z.string().max(8_000, 'too-long');

/** The most characters of a number on file: what the import takes, so that each can be searched for and written down. */
export const MAX_CERTIFICATE_NUMBER = 64;
export const MAX_INVOICE_NUMBER = 60;

/** What is paid at once; one payment of the widget takes as many (widget/pay/journey/invoices.ts). */
export const MOST_INVOICES = 100;
export const invoiceIds = z.array(token).min(1).max(MOST_INVOICES);

/** Integer cents of CAD that are paid; what is owed is their bound. */
export const cents = z.number().int().min(1);
