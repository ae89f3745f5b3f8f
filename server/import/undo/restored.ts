// What of a changed row goes back: each field that is still as the import wrote it.
import type { Touched } from './touched.ts';

type Values = Readonly<Record<string, string | number | null>>;

export interface Restored {
  /** Something goes back. */
  any: boolean;
  /** Whether the import changed one of these. */
  changed(...fields: string[]): boolean;
  /** Whether one of these (by default: any) that the import changed is not as it wrote it. */
  since(...fields: string[]): boolean;
  /** The row as it will be. */
  data: Record<string, string | number | null>;
}

export function restored(now: Values, { before, after }: Pick<Touched, 'before' | 'after'>): Restored {
  const [was, wrote] = [JSON.parse(before ?? '{}') as Values, JSON.parse(after ?? '{}') as Values];
  const fields = Object.keys(was).filter((field) => field !== 'updated_at' && was[field] !== wrote[field]);
  const still = fields.filter((field) => now[field] === wrote[field]);
  const since = fields.filter((field) => now[field] !== wrote[field] && now[field] !== was[field]);
  return {
    any: still.length > 0,
    changed: (...asked) => fields.some((field) => asked.includes(field)),
    since: (...asked) => since.some((field) => asked.length === 0 || asked.includes(field)),
    data: { ...now, ...Object.fromEntries(still.map((field) => [field, was[field] ?? null])) },
  };
}
