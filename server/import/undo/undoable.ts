// Which imports can be undone; apart from the undoing, which a server loads only in its import thread.
import { Problem } from '../../problems/problem.ts';
import type { ImportDeps } from '../import-deps.ts';
import { changesOf } from '../writing/changes.ts';

/** The number of an import that can be undone. Throws Problem `not-found`, `not-undoable`. */
export async function undoableNo(
  deps: Pick<ImportDeps, 'db'>,
  { importId, regroupementId }: { importId: string; regroupementId: string },
): Promise<number> {
  const { rows } = await deps.db.execute<{ no: number | null; undone: number | null }>(
    'SELECT no, undone_at AS undone FROM imports WHERE id = ? AND regroupement_id = ?',
    [importId, regroupementId],
  );
  const [found] = rows;
  if (found === undefined) throw new Problem('not-found');
  if (found.no === null || found.undone !== null) throw new Problem('not-undoable');
  const { rows: kept } = await deps.db.execute(
    'SELECT 1 FROM import_changes WHERE seq >= ? AND seq < ? LIMIT 1',
    changesOf(found.no),
  );
  if (kept.length === 0) throw new Problem('not-undoable');
  return found.no;
}
