// Money, days and hours as people in Québec read them (S40), for messages and receipts (domain glossary: formatting).
import type { Lang } from './fields.ts';

const ZONE = 'America/Toronto';

/** Made once for each language: an Intl format takes a quarter of a millisecond and 50 kB to make, a page may show thousands. */
function once<F>(make: (lang: Lang) => F): (lang: Lang) => F {
  const made = new Map<Lang, F>();
  return (lang) => {
    const format = made.get(lang) ?? make(lang);
    made.set(lang, format);
    return format;
  };
}
const currency = once((lang) => new Intl.NumberFormat(lang, { style: 'currency', currency: 'CAD' }));
const rates = once((lang) => new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 4 }));
// A day has no zone, an instant has ours.
const days = once((lang) => new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }));
const dates = once((lang) => new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: ZONE }));
const times = once((lang) => new Intl.DateTimeFormat(lang, { timeStyle: 'short', timeZone: ZONE }));

/** Integer cents of CAD: « 1 234,56 $ » with no-break spaces, “$1,234.56”. */
export function money(cents: number, lang: Lang): string {
  const text = currency(lang).format(cents / 100);
  return text.replaceAll('\u202f', '\u00a0').replace('\u2212', '-');
}

/** A Toronto day, YYYY-MM-DD: « 1er avril 2026 » (Intl forgets the « er »), “April 1, 2026”. */
export function day(value: string, lang: Lang): string {
  return ordinal(days(lang).format(new Date(`${value}T12:00:00Z`)), lang);
}

/** An instant as its Toronto day and hour: « 31 mars 2026 à 23 h 30 (HE) ». */
export function dateTime(ms: number, lang: Lang): string {
  const date = ordinal(dates(lang).format(ms), lang);
  // « 2 h 15 », not « 02 h 15 ».
  const time = times(lang)
    .format(ms)
    .replace(/[\u202f ]/g, '\u00a0')
    .replace(/^0(?=\d)/, '');
  return lang === 'fr-CA' ? `${date} à ${time} (HE)` : `${date} at ${time} (ET)`;
}

/** A telephone number as staff wrote it: « 819 555-0164, poste 4 », “819-555-0164, ext. 4”. */
export function phone(text: string, lang: Lang): string {
  const extension = /\b(?:poste|ext(?:ension)?\b\.?)/i;
  return lang === 'fr-CA'
    ? text.replace(extension, 'poste')
    : text.replace(extension, 'ext.').replace(/^(\d{3}) (?=\d{3}\b)/, '$1-');
}

/** Where a click on it calls, `tel:+18195550164`: the extension is for the caller to ask for. */
export function phoneLink(text: string): string {
  const digits = (text.split(/,|#|\p{L}/u)[0] ?? '').replace(/\D/g, '');
  return `tel:+${digits.length === 10 ? '1' : ''}${digits}`;
}

/** An exact decimal fraction as text, `0.09975`: « 9,975 % », “9.975%”. */
export function percent(rate: string, lang: Lang): string {
  const text = rates(lang).format(Number(rate));
  return text.replaceAll('\u202f', '\u00a0');
}

function ordinal(date: string, lang: Lang): string {
  return lang === 'fr-CA' ? date.replace(/^1(?= )/, '1er') : date;
}
