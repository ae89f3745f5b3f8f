// The path that the code takes, for what must not tell one person from another: statements in their order, randomness,
// hashes. What the code is given from outside is watched; nothing of it is replaced.
import { createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Statement } from '../../server/db/db.ts';
import type { TestApp } from './app.ts';

export interface WatchedPath {
  /** The steps that `work` takes, alone. */
  of(work: () => Promise<unknown>): Promise<string[]>;
  stop(): void;
}

export function watchPath(t: TestApp): WatchedPath {
  let path: string[] = [];
  const { db, randomBytes } = t.deps;
  const note = ({ sql }: Pick<Statement, 'sql'>) => path.push(sql.replace(/\s+/g, ' '));
  t.deps.db = {
    execute: (sql, args) => {
      note({ sql });
      return db.execute(sql, args);
    },
    batch: (statements) => {
      path.push(`batch of ${statements.length}`);
      for (const statement of statements) note(statement);
      return db.batch(statements);
    },
    close: () => db.close(),
  };
  t.deps.randomBytes = (n) => {
    path.push(`random ${n}`);
    return randomBytes(n);
  };
  const original = { createHash: crypto.createHash, scrypt: crypto.scrypt };
  const watch =
    <F extends (...args: never[]) => unknown>(name: string, work: F) =>
    (...args: Parameters<F>) => {
      path.push(name);
      return work(...args) as ReturnType<F>;
    };
  crypto.createHash = watch('hash', original.createHash) as typeof crypto.createHash;
  crypto.scrypt = watch('scrypt', original.scrypt as never) as unknown as typeof crypto.scrypt;
  syncBuiltinESMExports();
  // argon2 works in a native module: Node tells of its beginning under no name of its own.
  const native = createHook({
    init(_id, type) {
      if (type === 'undefined') path.push('argon2');
    },
  }).enable();
  return {
    async of(work) {
      path = [];
      await work();
      return path.slice();
    },
    stop() {
      native.disable();
      Object.assign(crypto, original);
      syncBuiltinESMExports();
    },
  };
}
