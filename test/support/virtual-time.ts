// Time that passes only while nothing else is to be done: what waits wakes in order, and a second costs nothing. The
// instants at which things happen are exact, so that they can be compared.
import { setImmediate as turn } from 'node:timers/promises';
import type { Deps } from '../../server/deps.ts';
import type { TestApp } from './app.ts';

export interface VirtualTime {
  deps: Deps;
  sleep(ms: number): Promise<void>;
  /** Lets time pass until `work` is done. */
  until<T>(work: Promise<T>): Promise<T>;
}

/** The same server by a clock of its own, which is `t`'s. */
export function virtualTime(t: TestApp): VirtualTime {
  const sleepers: { at: number; wake: () => void }[] = [];
  let busy = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    busy++;
    try {
      return await work;
    } finally {
      busy--;
    }
  };
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ at: t.clock.now + ms, wake });
    });
  const { db } = t.deps;
  return {
    sleep,
    deps: {
      ...t.deps,
      sleep,
      db: {
        execute: (sql, args) => counted(db.execute(sql, args)),
        batch: (statements) => counted(db.batch(statements)),
        close: () => db.close(),
      },
    },
    async until(work) {
      let done = false;
      const ended = work.finally(() => {
        done = true;
      });
      ended.catch(() => undefined);
      while (!done) {
        // Whoever is at work has its turn before time goes on.
        for (let quiet = 0; quiet < 3; quiet = busy > 0 ? 0 : quiet + 1) await turn();
        if (done) break;
        const first = sleepers.reduce((a, b) => (b.at < a.at ? b : a), sleepers[0] as (typeof sleepers)[0]);
        if (first === undefined) throw new Error('nothing will ever happen');
        sleepers.splice(sleepers.indexOf(first), 1);
        t.clock.now = Math.max(t.clock.now, first.at);
        first.wake();
      }
      return await ended;
    },
  };
}
