// Amounts (S40), rates, days and hours as they are written in Québec (fr-CA) and in English Canada (en-CA).
import type { Lang } from './text.ts';

// Made once each: an old phone takes a millisecond for one.
const made: Record<string, Intl.NumberFormat | Intl.DateTimeFormat> = {};
function numbers(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + options.style;
  made[key] ??= new Intl.NumberFormat(lang, options);
  return made[key] as Intl.NumberFormat;
}
function dates(lang: Lang, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + timeZone + options.timeStyle;
  made[key] ??= new Intl.DateTimeFormat(lang, { timeZone, ...options });
  return made[key] as Intl.DateTimeFormat;
}

/** Some browsers' data write U+202F where Québec's usage is U+00A0. */
const nbsp = (text: string) => text.replace(/[\u202f ]/g, '\u00a0');

/** Integer cents of CAD: « 1 234,56 $ », “$1,234.56”; negative with an ASCII hyphen. */
export function money(lang: Lang, cents: number): string {
  const format = numbers(lang, { style: 'currency', currency: 'CAD', currencyDisplay: 'narrowSymbol' });
  return nbsp(format.format(cents / 100)).replace('\u2212', '-');
}

/** A rate as the API tells it, an exact fraction (“0.09975”): « 9,975 % ». */
export const percent = (lang: Lang, rate: string): string =>
  nbsp(numbers(lang, { style: 'percent', maximumFractionDigits: 4 }).format(Number(rate)));

/** A day, YYYY-MM-DD: « 1er avril 2026 » (Intl forgets the « er »), “April 1, 2026”. */
export const day = (lang: Lang, iso: string): string => longDate(lang, 'UTC', new Date(`${iso}T00:00:00Z`));

/** An instant, ISO 8601, as the Toronto day and hour: « 23 novembre 2026 à 14 h 05 (HE) ». */
export function dateTime(lang: Lang, iso: string): string {
  const instant = new Date(iso);
  const date = longDate(lang, TORONTO, instant);
  const time = nbsp(dates(lang, TORONTO, { timeStyle: 'short' }).format(instant));
  return lang === 'fr-CA' ? `${date} à ${time.replace(/^0/, '')} (HE)` : `${date} at ${time} (ET)`;
}

const TORONTO = 'America/Toronto';
function longDate(lang: Lang, timeZone: string, instant: Date): string {
  const date = dates(lang, timeZone, { dateStyle: 'long' }).format(instant);
  return lang === 'fr-CA' ? date.replace(/^1(?= )/, '1er') : date;
}

/**
 * An amount as people type it, in cents; null when it is not one. Takes « 1 234,56 $ », “$1,234.56” (a comma
 * before exactly three digits and a point is a group), 125.5, 125. Refuses what can be read in two ways (1,234).
 */
export function parseAmount(typed: string): number | null {
  const bare = typed.replace(/[\s\p{DI}$]/gu, '');
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,8})(?:\.(\d{1,2}))?$|^(\d{1,8}),(\d{1,2})$/.exec(bare);
  if (match === null || /^\d{1,3}(,\d{3})+$/.test(bare)) return null;
  const whole = (match[1] ?? match[3] ?? '').replaceAll(',', '');
  const part = (match[2] ?? match[4] ?? '').padEnd(2, '0');
  const cents = Number(whole) * 100 + Number(part);
  return cents <= 1e9 ? cents : null;
}
