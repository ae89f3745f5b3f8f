// For the machines that watch the server: alive, and ready to serve.
import { Hono } from 'hono';
import { type Statement, type StorageFault, storageFault } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';

/** However many ask, the database is tried once in so long. */
const EVERY_MS = 10_000;
/** Whoever asks gives up soon after. */
const ANSWER_WITHIN_MS = 3_000;
/** Somebody else writes for a moment, and we after: no reason to send people elsewhere. Not if it goes on. */
const BUSY_LOOKS = 3;
/** More than one page: what is full may have room for the smallest of rows in one that is half empty. */
const FILLER_BYTES = 8_192;

type Look = 'ready' | 'busy' | StorageFault | 'no-answer';

/**
 * `/healthz`: the process answers. `/readyz`: something can be written. 200 `ready`; 200 `busy` while somebody else holds
 * the database, for half a minute at most; else 503 with the `cause`: `disk-full`, `read-only`, `locked` (busy for
 * longer), `unreachable`, `failing`, `no-answer`.
 */
export function healthRoutes(deps: Deps) {
  const look = looking(deps);
  return new Hono<BaseEnv>()
    .get('/healthz', describeFile('The process answers', 'application/json'), (c) => c.json({ status: 'ok' }))
    .get(
      '/readyz',
      describeFile(
        'Something can be written, tried at most once in ten seconds; `busy` while another process writes; 503 with the `cause` otherwise',
        'application/json',
        { problems: ['storage-unavailable'] },
      ),
      async (c) => {
        const status = await look();
        if (status === 'ready' || status === 'busy') return c.json({ status });
        throw new Problem('storage-unavailable', { cause: status, retryAfter: EVERY_MS / 1000 });
      },
    );
}

/** One look at a time, shared by everyone who asks. */
function looking(deps: Deps): () => Promise<Look> {
  let last: { at: number; result: Promise<Look> } | undefined;
  let underWay = false;
  let busy = 0;
  let ready = true;
  const look = async (): Promise<Look> => {
    underWay = true;
    const failure = await tryToWrite(deps).catch((error: unknown) => ({ error }));
    underWay = false;
    const fault = failure === undefined ? undefined : (storageFault(failure.error) ?? 'failing');
    busy = fault === 'locked' ? busy + 1 : 0;
    const result = fault === undefined ? 'ready' : fault === 'locked' && busy <= BUSY_LOOKS ? 'busy' : fault;
    const isReady = result === 'ready' || result === 'busy';
    if (ready && !isReady) deps.log.error('not-ready', { cause: result });
    if (!ready && isReady) deps.log.warn('ready-again');
    ready = isReady;
    return result;
  };
  return () => {
    if (last === undefined || (!underWay && deps.now() - last.at >= EVERY_MS))
      last = { at: deps.now(), result: look() };
    return within(ANSWER_WITHIN_MS, last.result, 'no-answer');
  };
}

async function tryToWrite({ db, now }: Deps): Promise<undefined> {
  const at = now();
  const probe: Statement[] = [
    {
      sql: 'INSERT INTO write_probe(at, filler) VALUES (?, zeroblob(?)) ON CONFLICT DO NOTHING',
      args: [at, FILLER_BYTES],
    },
    { sql: 'DELETE FROM write_probe WHERE at <> ?', args: [at] },
  ];
  await db.batch(probe, { wait: false });
}

function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), ms);
    work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
