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
