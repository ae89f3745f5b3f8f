// Where the refresh token and the browser's key wait between pages: IndexedDB of the page's own origin, or memory where
// the browser refuses storage (private windows, sandboxed pages). Never localStorage: every script of the host reads it
// at a glance. The key cannot be read out at all.
import { rememberSignedIn } from '../address.ts';

export interface Store {
  read(): Promise<string | null>;
  /** `null` forgets it. */
  write(token: string | null): Promise<void>;
  /** The key that proves this browser, made at first need; all tabs of the origin have the same one. */
  key(): Promise<CryptoKeyPair>;
}

const DATABASE = 'amisgest-pay';
const TABLE = 'sessions';
const KEY = 'key';

/** The store of one regroupement on one API. `key` is its baseUrl. */
export function openStore(key: string): Store {
  let memory: string | null = null;
  let memoryKey: Promise<CryptoKeyPair> | undefined;
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
    async key() {
      try {
        const found = await use('readonly', (table) => table.get(KEY));
        if (found) return found as CryptoKeyPair;
        const made = await make();
        // Of two tabs that make one at once, the first one's stays.
        await use('readwrite', (table) => table.add(made, KEY)).catch(() => undefined);
        return ((await use('readonly', (table) => table.get(KEY))) as CryptoKeyPair | undefined) ?? made;
      } catch {
        memoryKey ??= make();
        return memoryKey;
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

const make = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);

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
