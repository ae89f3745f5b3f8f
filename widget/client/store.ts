// Where the refresh token and the browser's key wait between pages: IndexedDB of the page's own origin, or memory where
// the browser refuses storage (private windows, sandboxed pages) or leaves it without an answer (Safari, now and then).
// Never localStorage: every script of the host reads it at a glance. The key cannot be read out at all.
export interface Store {
  read(): Promise<string | null>;
  /** `null` forgets it. */
  write(token: string | null): Promise<void>;
  /** The key that proves this browser, made at first need; all tabs of the origin have the same one where it can be stored. */
  key(): Promise<CryptoKeyPair>;
}

const DATABASE = 'amisgest-pay';
const TABLE = 'sessions';
const KEY = 'key';
/** Milliseconds that storage is waited for; less while it does not answer. */
const PATIENCE = 5_000;
let patience = PATIENCE;

/** The store of one regroupement on one API. `key` is its baseUrl. */
export function openStore(key: string): Store {
  let memory: string | null = null;
  // What was signed in by one key goes on with it while the page does, though the storage loses it meanwhile.
  let held: Promise<OwnKey> | undefined;
  /** Nobody else can use a token whose key only this page has, nor can this page use another's. */
  const shared = async () => held === undefined || (await held)[1];
  return {
    async read() {
      try {
        const found = (await shared()) ? await use('readonly', (table) => table.get(key)) : null;
        // Nothing at all: the browser has emptied it under her.
        return typeof found === 'string' ? found || null : memory;
      } catch {
        return memory;
      }
    },
    async key() {
      held ??= ownKey();
      return (await held)[0];
    },
    async write(token) {
      memory = token;
      if (token !== null && !(await shared())) return;
      rememberSignedIn(key, token !== null);
      try {
        // Signed out is written, too: another tab's memory must not bring it back.
        await use('readwrite', (table) => table.put(token ?? '', key));
      } catch {
        // Memory has it: the session lasts as long as the page.
      }
    },
  };
}

/** And whether it is stored: some browsers store texts and no keys, as iPhones in private windows and Lockdown Mode. */
type OwnKey = [CryptoKeyPair, boolean];

async function ownKey(): Promise<OwnKey> {
  const find = () => use('readonly', (table) => table.get(KEY)) as Promise<CryptoKeyPair | undefined>;
  let made: CryptoKeyPair | undefined;
  try {
    const found = await find();
    if (found) return [found, true];
    made = await make();
    const pair = made;
    // Of two tabs that make one at once, the first one's stays.
    await use('readwrite', (table) => table.add(pair, KEY)).catch(() => undefined);
    const kept = await find();
    return [kept ?? pair, kept !== undefined];
  } catch {
    return [made ?? (await make()), false];
  }
}

async function use(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let late = false;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      patience = 500;
      reject();
    }, patience);
  });
  const answer = open().then(async (database) => {
    patience = PATIENCE;
    try {
      // Whoever asked has gone on without it: what she wanted then may no longer be so.
      return late ? null : await settled(work(database.transaction(TABLE, mode).objectStore(TABLE)));
    } finally {
      database.close();
    }
  });
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

const make = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);

async function open(): Promise<IDBDatabase> {
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

/** For the next page's `mayBeSignedIn`. */
function rememberSignedIn(base: string, signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(base, '1');
    else localStorage.removeItem(base);
  } catch {
    // A sign-in form shows until the session is found.
  }
}
