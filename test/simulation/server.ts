// One server process of the simulated world: the real code, whose every touch with the outside waits at a gate, may be
// refused by a bad network, and ends where the process dies.
import type { StandIn } from '../../demo/paypal/stand-in.ts';
import type { Db } from '../../server/db/db.ts';
import { type Deps, MailError } from '../../server/deps.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { contentPdf } from '../../server/pdf/draw.ts';
import { publicSites } from '../../server/staff/pages/public-sites.ts';
import { Life, type World } from './world.ts';

/** How often, and how badly, things go wrong. */
export interface Weather {
  /** A call to PayPal that never arrives. */
  lostBefore: number;
  /** A call that was done, and whose answer never arrives. */
  lostAfter: number;
  /** PayPal answers 500, 503, 429 or a web page. */
  troubled: number;
  /** A message that the mail server refuses or drops after taking it. */
  mail: number;
  /** A process that dies at a gate, and right after one. */
  crash: number;
}
export const FAIR: Weather = { lostBefore: 0, lostAfter: 0, troubled: 0, mail: 0, crash: 0 };

export interface Server {
  life: Life;
  deps: Deps;
  paypal: PayPal;
}
export interface Surroundings {
  world: World;
  db: Db;
  standIn: StandIn;
  config: Deps['config'];
  /** Whether what goes with messages is made. */
  draws: boolean;
  weather(): Weather;
  /** Counts what happened. */
  saw(what: string): void;
  /** A message that left. */
  mailed(key: string, kind: string): void;
  /** Errors that our own code logged. */
  complained(line: string): void;
}

const TROUBLES = [
  { kind: '500' },
  { kind: '503' },
  { kind: '429', retryAfter: 1 },
  { kind: 'html' },
] as const;

/** Starts a process on the world's database. */
export function startServer(s: Surroundings, name: string): Server {
  const life = new Life(name);
  const { world } = s;
  // Dies before the work, or right after it.
  const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
    if (world.dice.chance(s.weather().crash)) {
      s.saw('crash before');
      world.kill(life);
      throw new Error('the process is gone');
    }
    const answer = await work();
    if (world.dice.chance(s.weather().crash)) {
      s.saw('crash after');
      world.kill(life);
    }
    return answer;
  };
  const gate = <T>(work: () => Promise<T>): Promise<T> => world.through(life, () => mortal(work));
  const deps: Deps = {
    config: s.config,
    db: {
      execute: (sql, args) => gate(() => s.db.execute(sql, args)),
      batch: (statements) => gate(() => s.db.batch(statements)),
      close: () => undefined,
    },
    now: () => world.now,
    sleep: (ms) => world.through(life, () => undefined, world.now + ms),
    randomBytes: (n) => world.dice.bytes(n),
    fetch: (input, init) => gate(() => call(s, String(input), init)),
    sites: publicSites,
    pdf: contentPdf,
    mail: {
      send: (message) =>
        gate(async () => {
          if (s.draws)
            for (const attachment of message.attachments ?? []) {
              await attachment.content();
              s.saw('attachment drawn');
            }
          const lost = world.dice.chance(s.weather().mail);
          if (lost) s.saw('mail trouble');
          if (lost && world.dice.chance(0.5)) throw new MailError('away', false);
          s.mailed(message.key, message.subject);
          if (lost) throw new MailError('took it and hung up', false);
        }),
      close: () => undefined,
    },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (event, facts, error) => {
        if (error !== undefined)
          s.complained(`${event} ${JSON.stringify(facts)} ${error instanceof Error ? error.stack : error}`);
      },
    },
  };
  return { life, deps, paypal: new PayPal(deps) };
}

async function call(s: Surroundings, url: string, init: RequestInit | undefined): Promise<Response> {
  const { world } = s;
  const weather = s.weather();
  const path = url.slice(s.config.paypalBaseUrl.length);
  const what = path.endsWith('/capture') ? 'capture' : path.endsWith('/refund') ? 'refund' : 'call';
  // Refunds are few: what goes wrong with them must not be.
  const worse = what === 'refund' ? 4 : 1;
  if (world.dice.chance(weather.lostBefore * worse)) {
    s.saw(`${what} lost before`);
    throw new TypeError('fetch failed');
  }
  if (world.dice.chance(weather.troubled)) {
    const operation = operationOf(path, init?.method ?? 'GET');
    if (operation !== null) {
      const trouble = world.dice.pick(TROUBLES);
      s.saw(`${what} answered ${trouble.kind}`);
      s.standIn.faults.add(operation, { retryAfter: 1, ...trouble } as never, 1);
    }
  }
  const { signal: _, ...rest } = init ?? {};
  const response = await s.standIn.app.request(path, rest);
  if (world.dice.chance(weather.lostAfter * worse)) {
    s.saw(`${what} lost after`);
    throw new TypeError('fetch failed');
  }
  return response;
}

function operationOf(path: string, method: string): Parameters<StandIn['faults']['add']>[0] | null {
  if (path.endsWith('/v1/oauth2/token')) return 'token';
  if (path.endsWith('/capture')) return 'capture';
  if (path.endsWith('/refund')) return 'refund';
  if (path === '/v2/checkout/orders' && method === 'POST') return 'create';
  if (path.startsWith('/v2/checkout/orders/')) return 'get';
  if (path.startsWith('/v2/payments/captures/')) return 'get-capture';
  if (path.startsWith('/v2/payments/refunds/')) return 'get-refund';
  return null;
}
