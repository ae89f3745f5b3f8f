const DAYS = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Toronto' });

/** The Toronto day, `2026-11-30`, of an instant in milliseconds. */
export function torontoDay(at: number): string {
  return DAYS.format(at);
}
