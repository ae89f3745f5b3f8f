// The settings of a regroupement that become headers, policies, addresses (of its support portal: S47–S49) and names: the form of each, by which staff's
// command takes it, and by which a row that stands in the database already is read: what does not fit its form goes nowhere.
import { z } from 'zod';
import { secretly } from '../config.ts';
import { email, line, optionalLine } from '../fields.ts';
import { emailText, isEmail, webAddress } from '../text.ts';

/** The address of a page that may hold the widget, as the URL standard writes it: https, but on this machine; or null. */
export function pageAddress(text: string): string | null {
  const url = webAddress(text);
  return url !== null && secretly(url) ? url.href : null;
}

const HelpUrl = z
  .string()
  .refine((text) => webAddress(text) !== null, 'not an address like https://example.org/aide')
  .transform((text) => webAddress(text)?.href ?? '');
const Pages = z.array(
  z
    .string()
    .refine((text) => pageAddress(text) !== null, 'https://example.org/page (http only for localhost)')
    .transform((text) => pageAddress(text) ?? ''),
);
const Accent = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is written #2c6e49');
/** CSS colours of the hosted page. */
const Theme = z.object({ accent: Accent.optional() });
export type Theme = z.infer<typeof Theme>;

/** Column → what it takes. */
export const FORMS = {
  name: line(200),
  email,
  phone: line(60),
  address: line(300),
  privacy_title: line(200),
  privacy_email: email,
  help_url: HelpUrl,
  gst_number: optionalLine(40),
  qst_number: optionalLine(40),
  certificate_example: optionalLine(60),
  aliases: z.array(line(200)),
  pages: Pages,
  theme: Theme,
  // PayPal's are letters, digits, hyphens and underscores; with a colon it would end early in the header Authorization.
  paypal_client_id: z.string().regex(/^[\w-]{1,200}$/, 'not a PayPal client id'),
} as const;
type Column = keyof typeof FORMS;
const JSON_COLUMNS: readonly string[] = ['aliases', 'pages', 'theme'];

/** The columns of a row of `regroupements` that do not fit their forms: staff are told, and nobody else gets to see them. */
export function unusableIn(row: Readonly<Record<string, unknown>>): Column[] {
  return (Object.keys(FORMS) as Column[]).filter((column) => {
    const stored = row[column];
    if (stored === null || stored === undefined) return false;
    const value = JSON_COLUMNS.includes(column) ? parsed(String(stored)) : stored;
    return !FORMS[column].safeParse(value).success;
  });
}

/** The pages of a row that may be called from and gone back to. Throws where the row is damaged: no JSON. */
export function pagesOf(stored: string): string[] {
  const list: unknown = JSON.parse(stored);
  return (Array.isArray(list) ? list : []).flatMap((page) =>
    typeof page === 'string' ? (pageAddress(page) ?? []) : [],
  );
}

export function themeOf(stored: string): Theme {
  return Theme.safeParse(JSON.parse(stored)).data ?? {};
}

/** The e-mail of a row; nothing where no message can be sent to what stands there. */
export function emailOf(stored: string): string {
  const address = emailText(stored);
  return isEmail(address) ? address : '';
}

export function helpUrlOf(stored: string | null): string | null {
  return stored === null ? null : (webAddress(stored)?.href ?? null);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
