// Dates of money are Toronto days (M5), whatever the server's own zone; instants are UTC milliseconds.
let iso: Intl.DateTimeFormat | undefined;

// Made when it is first needed: it takes longer than to load ten modules.
function isoFormat(): Intl.DateTimeFormat {
  // Sweden writes as ISO 8601 does: 2026-03-31 23:30. Its parts, one by one, would take twice as long.
  iso ??= new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/Toronto',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return iso;
}

/** The instant as a wall clock in Toronto shows it: `day` YYYY-MM-DD, `time` HH:MM (24 h). */
export function torontoDateTime(ms: number): { day: string; time: string } {
  const [day = '', time = ''] = isoFormat().format(ms).split(' ');
  return { day, time };
}

const HOUR_MS = 3_600_000;
let lastAsked = { hour: Number.NaN, day: '' };

/** The Toronto day (YYYY-MM-DD) in which the instant falls. */
export function torontoDay(ms: number): string {
  // Days begin at a whole hour of UTC, and it is nearly always the present one that is asked about.
  const hour = Math.floor(ms / HOUR_MS);
  if (hour !== lastAsked.hour) lastAsked = { hour, day: torontoDateTime(ms).day };
  return lastAsked.day;
}

/** The Toronto day before the one in which the instant falls, though days have 23 to 25 hours. */
export function torontoYesterday(ms: number): string {
  return new Date(Date.parse(`${torontoDay(ms)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The instants between which a Toronto day lies: 23, 24 or 25 hours. */
export function torontoBounds(day: string): { from: number; to: number } {
  const next = new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from: midnight(day), to: midnight(next) };
}

/** The day so many days before; days are plain text here, so that an hour more or less in a zone changes nothing. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** Midday of a Toronto day, whatever the season: the instant of what is known by its day only. */
export function noon(day: string): number {
  return Date.parse(`${day}T17:00:00Z`);
}

/** The same day a month before, as text to compare days with: « 2027-02-31 » comes before 1 March. */
export function monthBefore(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return month === '01'
    ? `${Number(year) - 1}-12-${date}`
    : `${year}-${String(Number(month) - 1).padStart(2, '0')}-${date}`;
}

/** The same day so many years before, as text to compare days with. */
export function yearsBefore(day: string, years: number): string {
  return `${Number(day.slice(0, 4)) - years}${day.slice(4)}`;
}

function midnight(day: string): number {
  // Toronto is four or five hours behind UTC; the right one falls on this day and its hour before does not.
  const early = Date.parse(`${day}T04:00:00Z`);
  return torontoDay(early) === day ? early : early + HOUR_MS;
}
