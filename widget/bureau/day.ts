import { day } from '../locales/format.ts';
import type { Lang } from '../locales/text.ts';

// The day's parts, since no language writes `2026-11-30` in every browser.
const PARTS = new Intl.DateTimeFormat('en', {
  timeZone: 'America/Toronto',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The Toronto day, `2026-11-30`, of an instant in milliseconds. */
export function torontoDay(at: number): string {
  const parts = PARTS.formatToParts(at);
  const [year, month, day] = (['year', 'month', 'day'] as const).map(
    (type) => parts.find((part) => part.type === type)?.value,
  );
  return `${year}-${month}-${day}`;
}

/** Enough to know when, in a list: the hour of an instant of today's, the day of another. */
export function moment(lang: Lang, iso: string): string {
  const at = Date.parse(iso);
  const then = torontoDay(at);
  if (then !== torontoDay(Date.now())) return day(lang, then);
  return hour(lang, iso).replaceAll(' ', '\u00a0');
}

/** « 30 nov. 2026, 15 h 49 », of an instant: the office has one clock, which need not be named. */
export const dayAndHour = (lang: Lang, iso: string): string =>
  said(lang, iso, { dateStyle: 'medium', timeStyle: 'short' });

/** « 15 h 49 », where the day is said elsewhere. */
export const hour = (lang: Lang, iso: string): string => said(lang, iso, { timeStyle: 'short' });

// As French has it: « 1er déc. », « 8 h 31 ».
const said = (lang: Lang, iso: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(lang, { timeZone: 'America/Toronto', ...options })
    .format(new Date(iso))
    .replace(/\b0(?=\d\sh)/, '')
    .replace(/^1(?=\s[a-zé]{3})/, '1er');
