// How long this thread's transactions on the books hold the write lock, from BEGIN to the end of COMMIT.
import Database from 'libsql';

/** Milliseconds of each, from now on; those of the staging database, which nobody waits for, are not among them. */
export function watchLock(): number[] {
  const held: number[] = [];
  const alone = new WeakSet<object>();
  const { exec } = Database.prototype;
  let begun = 0;
  Database.prototype.exec = function (sql: string) {
    if (sql.includes('locking_mode = EXCLUSIVE')) alone.add(this);
    const result = exec.call(this, sql);
    if (sql === 'BEGIN IMMEDIATE') begun = performance.now();
    else if (sql === 'COMMIT' && !alone.has(this)) held.push(performance.now() - begun);
    return result;
  };
  return held;
}
