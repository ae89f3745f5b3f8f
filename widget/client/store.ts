// Where the refresh token waits between pages: IndexedDB of the page's own origin, or memory where the browser
// refuses storage (private windows, sandboxed pages). Never localStorage: every script of the host reads it at a glance.
import { rememberSignedIn } from '../address.ts';

export interface Store {
  read(): Promise<string | null>;
  /** `null` forgets it. */
  write(token: string | null): Promise<void>;
}

const DATABASE = 'amisgest-pay';
const TABLE = 'sessions';

/** The store of one regroupement on one API. `key` is its baseUrl. */
export function openStore(key: string): Store {
  let memory: string | null = null;
  const use = async (
    mode: IDBTransactionMode,
    work: (table: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> => {
    const database = await open();
    try {
      return await settled(work(database.transaction(TABLE, mode).objectStore(TABLE)));
    } finally {
      database.close();
    }
  };
  return {
    async read() {
      try {
        const found = await use('readonly', (table) => table.get(key));
        return typeof found === 'string' ? found : memory;
      } catch {
        return memory;
      }
    },
    async write(token) {
      memory = token;
      rememberSignedIn(key, token !== null);
      try {
        await use('readwrite', (table) => (token === null ? table.delete(key) : table.put(token, key)));
      } catch {
        // Memory has it: the session lasts as long as the page.
      }
    },
  };
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
