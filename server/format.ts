// Money, days and hours as people in Québec read them, for messages and receipts (domain glossary: formatting).
import type { Lang } from './http/fields.ts';

const ZONE = 'America/Toronto';

/** Integer cents of CAD: « 1 234,56 $ » with no-break spaces, “$1,234.56”. */
export function money(cents: number, lang: Lang): string {
  const text = new Intl.NumberFormat(lang, { style: 'currency', currency: 'CAD' }).format(cents / 100);
  return text.replaceAll('\u202f', '\u00a0').replace('\u2212', '-');
}

/** A Toronto day, YYYY-MM-DD: « 1er avril 2026 » (Intl forgets the « er »), “April 1, 2026”. */
export function day(value: string, lang: Lang): string {
  return ordinal(
    new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(
      new Date(`${value}T12:00:00Z`),
    ),
    lang,
  );
}

/** An instant as its Toronto day and hour: « 31 mars 2026 à 23 h 30 (HE) ». */
export function dateTime(ms: number, lang: Lang): string {
  const date = ordinal(new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: ZONE }).format(ms), lang);
  // « 2 h 15 », not « 02 h 15 ».
  const time = new Intl.DateTimeFormat(lang, { timeStyle: 'short', timeZone: ZONE })
    .format(ms)
    .replace(/[\u202f ]/g, '\u00a0')
    .replace(/^0(?=\d)/, '');
  return lang === 'fr-CA' ? `${date} à ${time} (HE)` : `${date} at ${time} (ET)`;
}

/** An exact decimal fraction as text, `0.09975`: « 9,975 % », “9.975%”. */
export function percent(rate: string, lang: Lang): string {
  const text = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 4 }).format(
    Number(rate),
  );
  return text.replaceAll('\u202f', '\u00a0');
}

function ordinal(date: string, lang: Lang): string {
  return lang === 'fr-CA' ? date.replace(/^1(?= )/, '1er') : date;
}
