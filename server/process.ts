// One server process: database brought up to date, HTTP served, jobs run, and an end that loses nothing. Used by
// production (main.js) and by the demo, which adds its own routes.
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { isLoopback, trustsLoopback } from './addresses.ts';
import { type AppInSteps, appInSteps } from './app-in-steps.ts';
import { type Config, ConfigError } from './config.ts';
import { isMarkedDemo } from './db/demo-mark.ts';
import { migrate } from './db/migrate.ts';
import { openDb } from './db/open.ts';
import type { Deps, Sites } from './deps.ts';
import { jobsOf } from './job-list.ts';
import { startJobs } from './jobs.ts';
import { createLog, type Log } from './log.ts';
import { smtpTransport } from './mail/smtp.ts';
import { CONNECTIONS, MailWorker } from './mail/worker.ts';
import { PayPal } from './paypal/client.ts';
import { PdfThread } from './pdf/thread.ts';
import { randomBytes } from './random.ts';
import { unusableSettings } from './regroupements/regroupements.ts';
import { publicSites } from './staff/pages/public-sites.ts';

export interface RunningServer {
  /** The port it listens on, known when 0 was asked for. */
  port: number;
  deps: Deps;
  /** Stops taking calls, lets those under way finish for a while, stops the jobs, closes the database. */
  stop(): Promise<void>;
}
export interface Extras {
  /** Routes beside the server's own, e.g. the demo's pages; asked first. */
  routes?: (deps: Deps) => Hono;
  /** Less than the usual, where it is tried out. */
  patience?: Patience;
  /** The demo's own database may be opened. */
  demo?: boolean;
  /** How the regroupements' sites are reached, where not at public addresses only: the demo's are on this machine. */
  sites?: Sites;
  /** After the schema, before the first call. */
  prepare?: (deps: Deps) => Promise<void>;
  /** When the whole of it is loaded, a moment after it is ready. */
  loaded?: () => void;
}

/** How long a client may take, in milliseconds: whoever holds a connection for longer holds it against the others. */
export interface Patience {
  /** From the first byte to the end of the headers. */
  headers: number;
  /** From the first byte to the end of the body: a list of 10 MB on a slow line. */
  request: number;
  /** Between two requests on one connection. */
  idle: number;
  /** While neither side gets a byte through: she does not read what we answer, or our own work takes that long. */
  silence: number;
  /** How often the two first ones are looked at. */
  look: number;
}
const PATIENCE: Patience = {
  headers: 15_000,
  request: 60_000,
  idle: 65_000,
  silence: 120_000,
  look: 5_000,
};
/** Ours fit in two. */
const MAX_HEADER_BYTES = 16 * 1024;

const DEMO_DATABASE =
  'This database was made by `npm start`: people of the office are in it whose passwords everybody knows. Give DATA_DIR or DATABASE_URL another place.';

const FINISH_MS = 10_000;
const IDLE_LOOK_MS = 100;
const LOAD_AFTER_MS = 1_000;
const ASSUMED_SEND_MS = 300;

/**
 * Starts serving. Throws ConfigError, in one line a person can act on, when the database cannot be opened or the
 * port is taken.
 */
export async function startServer(config: Config, extras: Extras = {}): Promise<RunningServer> {
  const log = createLog(config.logLevel, Date.now, writeLine);
  const db = await openDb(config.databaseUrl, config.databaseAuthToken).catch((error: unknown) => {
    throw new ConfigError(
      `The database cannot be opened (${config.databaseUrl.split('?')[0]}): ${reason(error)}`,
    );
  });
  const drawing = new PdfThread();
  const deps: Deps = {
    config,
    db,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    randomBytes,
    fetch,
    sites: extras.sites ?? publicSites,
    mail: smtpTransport(config.smtpUrl, CONNECTIONS),
    pdf: (content) => drawing.pdf(content),
    log,
  };
  warnOfSettings(config, log);
  try {
    await migrate(db, deps.now());
    if (extras.demo !== true && (await isMarkedDemo(db))) throw new ConfigError(DEMO_DATABASE);
    await extras.prepare?.(deps);
    for (const { slug, settings } of await unusableSettings(deps))
      log.error('settings-unusable', { regroupement: slug, settings: settings.join(' ') });
  } catch (error) {
    db.close();
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `The database cannot be used (${config.databaseUrl.split('?')[0]}): ${reason(error)}`,
    );
  }

  const paypal = new PayPal(deps);
  const app = appInSteps(deps, paypal);
  const servers = await listen(
    withExtras(app, extras.routes?.(deps)),
    config,
    extras.patience ?? PATIENCE,
  ).catch((error: unknown) => {
    db.close();
    throw error;
  });
  const port = portOf(servers);

  const mail = new MailWorker(deps, ASSUMED_SEND_MS);
  const jobs = startJobs(deps, jobsOf(deps, paypal, mail));
  // Whoever cannot load it ends, as one that could not start.
  const loading = setTimeout(() => void app.loadAll().then(() => extras.loaded?.()), LOAD_AFTER_MS);

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      clearTimeout(loading);
      await Promise.all(servers.map((server) => closed(server)));
      mail.stop();
      await jobs.stop();
      await mail.finished().catch((error: unknown) => log.error('job', { job: 'mail' }, error));
      deps.mail.close();
      await drawing.close();
      db.close();
    })();
    return stopping;
  };
  return { port, deps, stop };
}

function withExtras(app: AppInSteps, routes: Hono | undefined): Fetch {
  if (routes === undefined) return app.fetch;
  // As it came: a copy of the request is one that fetch must be able to make, and TRACE is none.
  return new Hono().route('/', routes).all('*', (c) => app.fetch(c.req.raw, c.env)).fetch;
}

/** Says in the log what the settings leave out, or contradict, and what it means. */
function warnOfSettings(config: Config, log: Log): void {
  // The law asks where personal information is kept, and by whom (P-39.1, s. 8 and 17): only whoever runs this knows.
  const unsaid = [
    ...(config.dataPlace === undefined ? ['DATA_PLACE'] : []),
    ...(config.mailPlace === undefined ? ['MAIL_PLACE'] : []),
  ];
  if (unsaid.length > 0) log.warn('assessment-incomplete', { missing: unsaid.join(' ') });
  if (config.host !== undefined && isLoopback(config.host) && !trustsLoopback(config.trustedProxies))
    log.warn('proxies-elsewhere', {
      cure: 'Only this machine reaches the server, and TRUSTED_PROXIES names none on it: set HOST to the address that they call.',
    });
}

/**
 * What nothing caught is logged like any failure, at every level, and ends the process as it would have: whoever runs it
 * starts it again. Node's own words would show the error whole, with the address that a mail server refused.
 */
export function logLastWords(): void {
  const log = createLog('error', Date.now, writeLine);
  process.on('uncaughtException', (error, origin) => {
    try {
      log.error('uncaught', { origin }, error);
    } finally {
      process.exit(1);
    }
  });
}

/** Stops the server when the process is asked to end; a second request ends it at once. */
export function stopOnSignals(server: RunningServer): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      server.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

async function listen(
  fetch: Fetch,
  { host, port }: Pick<Config, 'host' | 'port'>,
  patience: Patience,
): Promise<Server[]> {
  if (host !== 'localhost') return [await bind(fetch, port, host, patience)];
  // Both families: what calls `localhost` takes either.
  const first = await bind(fetch, port, '127.0.0.1', patience);
  try {
    return [first, await bind(fetch, portOf([first]), '::1', patience)];
  } catch (error) {
    // A machine without IPv6 is fine; a port that only `localhost` would find taken is not.
    if (error instanceof NoSuchAddress) return [first];
    first.close();
    throw error;
  }
}

/** HOST is an address that this machine does not have. */
class NoSuchAddress extends ConfigError {
  constructor(host: string | undefined) {
    super(
      `HOST is not an address of this machine: ${host}. Set it to one that it has, or to 0.0.0.0 or :: for every one.`,
    );
  }
}
const NO_SUCH_ADDRESS: readonly (string | undefined)[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'];

function bind(
  fetch: Fetch,
  port: number,
  hostname: string | undefined,
  { headers, request, idle, silence, look }: Patience,
): Promise<Server> {
  const server = createAdaptorServer({
    fetch,
    serverOptions: {
      headersTimeout: headers,
      requestTimeout: request,
      keepAliveTimeout: idle,
      connectionsCheckingInterval: look,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  }) as Server;
  server.setTimeout(silence);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new ConfigError(
            `Le port ${port} est déjà utilisé. / Port ${port} is already in use: set PORT to another one.`,
          ),
        );
      } else if (error.code === 'EACCES') {
        reject(new ConfigError(`Port ${port} may not be used without more rights: set PORT to another one.`));
      } else reject(NO_SUCH_ADDRESS.includes(error.code) ? new NoSuchAddress(hostname) : error);
    });
    server.listen(port, hostname, () => resolve(server));
  });
}

function portOf(servers: readonly Server[]): number {
  const address = servers[0]?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), FINISH_MS);
    // A connection that was busy is kept alive by its client once it is answered: nothing else would end it.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
    server.close(() => {
      clearTimeout(hurry);
      clearInterval(idle);
      resolve();
    });
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
