// Another process, a real one, that holds a database file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Holds the write lock of a `file:` database until it is let go. */
export async function holdLock(databaseUrl: string): Promise<() => Promise<void>> {
  const hold = `const db = new (require('libsql'))(process.argv[1]); db.exec('BEGIN IMMEDIATE'); console.log('held'); process.stdin.resume();
    process.stdin.on('end', () => { db.exec('ROLLBACK'); db.close(); })`;
  const child = spawn(process.execPath, ['-e', hold, databaseUrl.replace('file:', '')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const gone = once(child, 'close');
  return async () => {
    child.stdin.end();
    await gone;
  };
}
