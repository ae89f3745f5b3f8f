// Opens the database: a file by the synchronous driver, a server by its client.
import { fileURLToPath } from 'node:url';
import type { Db } from './db.ts';

/** The path of a `file:` database; null for one on a server. */
export function pathOfDatabase(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  const [path = ''] = url.split('?');
  return path.startsWith('file://') ? fileURLToPath(path) : path.slice('file:'.length);
}

/**
 * Opens `file:` or a libSQL server (`http:`, `libsql:`). A file is set to WAL once.
 * Every write handed to this port must bear being asked twice: on a server an answer can be lost after the commit.
 */
export async function openDb(url: string, authToken?: string): Promise<Db> {
  const path = pathOfDatabase(url);
  // Only the one that is needed: to load the client takes longer than a command's work.
  if (path !== null) return await (await import('./file-db.ts')).FileDb.open(path);
  const { RemoteDb } = await import('./remote-db.ts');
  return new RemoteDb(url, authToken);
}
