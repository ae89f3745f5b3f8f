// Whether the demo made the database. People of the office are in it whose passwords everybody knows.
import type { Db, Statement } from './db.ts';

/** True once the demo has left its mark. */
export async function isMarkedDemo(db: Db): Promise<boolean> {
  return (await db.execute('SELECT 1 FROM demo_mark')).rows.length > 0;
}

/** The statement that leaves it. */
export function markDemo(now: number): Statement {
  return { sql: 'INSERT INTO demo_mark(id, made_at) VALUES (1, ?) ON CONFLICT DO NOTHING', args: [now] };
}
