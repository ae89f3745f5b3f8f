// What staff said of columns whose titles are not known: remembered for each regroupement.
import type { Deps } from '../deps.ts';
import { type Field, type Mapping, rememberedTitle } from './reading/columns/fields.ts';

export interface GivenColumn {
  title: string;
  field: Field | 'ignore';
}

/** What is remembered, with what is given now before it. */
export async function columnMapping(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  given: readonly GivenColumn[],
): Promise<Mapping> {
  const { rows } = await deps.db.execute<{ title: string; field: Field | 'ignore' }>(
    'SELECT title, field FROM import_columns WHERE regroupement_id = ?',
    [regroupementId],
  );
  return new Map([
    ...rows.map(({ title, field }): [string, Field | 'ignore'] => [title, field]),
    ...given.map(({ title, field }): [string, Field | 'ignore'] => [rememberedTitle(title), field]),
  ]);
}

/** Takes them for what we guess again. */
export async function forgetColumns(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  titles: readonly string[],
): Promise<void> {
  await deps.db.execute(
    'DELETE FROM import_columns WHERE regroupement_id = ? AND title IN (SELECT value FROM json_each(?))',
    [regroupementId, JSON.stringify(titles.map(rememberedTitle))],
  );
}

export async function rememberColumns(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  given: readonly GivenColumn[],
): Promise<void> {
  for (const { title, field } of given)
    await deps.db.execute(
      `INSERT INTO import_columns(regroupement_id, title, field) VALUES (?, ?, ?)
       ON CONFLICT(regroupement_id, title) DO UPDATE SET field = excluded.field`,
      [regroupementId, rememberedTitle(title), field],
    );
}
