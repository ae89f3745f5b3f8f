// Sends a server what its own description makes possible, and what it does not: see README.md.
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createAdaptorServer } from '@hono/node-server';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { PUBLIC_URL } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { startCheckout } from '../support/checkout.ts';
import { Maker, type Route, random, routesOf, type Spec } from './requests.ts';
import { startSurroundings } from './surroundings.ts';

/** A request hangs that is not answered while as many later ones are, or that keeps a processor busy for so long. */
const LATER_ANSWERED = 100;
const LATER_EVERY_MS = 50;
const BUSY_MS = 5_000;
/** What only Marie may read, and the fuzzer never writes. */
const HERS = ['marie@example.org', 'PB-000001', 'Marie-Ève'];
/** How many requests one round of the surroundings lasts. */
const ROUND = 50;
const LIST = `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Prime;Taxe sur les primes;Total;Solde
I-10;X-000010;Roy;Ève;eve@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
I-11;X-000011;Côté;Anne;anne@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
`;

export interface Outcome {
  requests: number;
  byStatus: Record<string, number>;
  /** Routes that never took one of them, of all that are described. */
  untaken: string[];
  routes: number;
  /** Resident memory at the end, beside that after the first fifth. */
  memory: number;
  faults: string[];
}
interface Call {
  method: string;
  path: string;
  headers: Headers;
  body: string | Uint8Array<ArrayBuffer> | undefined;
}

export async function fuzz({ requests, seed }: { requests: number; seed: number }): Promise<Outcome> {
  const c = await startCheckout();
  const { deps } = c.t;
  const server = createAdaptorServer({ fetch: c.t.app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const spec = (await (await fetch(`${origin}/openapi.json`)).json()) as Spec;
    const routes = routesOf(spec);
    const payment = await c.approved();
    const around = await startSurroundings(c);
    // Hers too, as somebody who knows of them would write them.
    const known = [
      payment.id,
      payment.number,
      c.invoiceId,
      'pb-000001',
      'MARIE@example.org',
      'bob@example.org',
      'Tremblay',
      'F-1',
    ];
    const make = new Maker(random(seed), spec.components.schemas ?? {}, known, around.fits);
    const taken = new Set<Route>();
    const outcome: Outcome = {
      requests: 0,
      byStatus: {},
      untaken: [],
      routes: routes.length,
      memory: 0,
      faults: [],
    };
    let early = 0;
    for (let i = 0; i < requests && outcome.faults.length < 10; i += 1) {
      outcome.requests += 1;
      if (i % ROUND === 0) await around.goOn(make);
      // Limits are not what is tried here: time goes on.
      if (i % 10 === 0) c.t.clock.advance(60_000);
      const route = make.of(routes);
      const request = await requestFor(route);
      const { method, headers, body: sent } = request;
      const text = typeof sent === 'string' ? sent : '';
      const told = (what: string) =>
        outcome.faults.push(
          `seed ${seed}, request ${i}: ${what}: ${method} ${request.path} ${text.slice(0, 300)}`,
        );
      try {
        const given = await unlessItHangs(origin, (signal) =>
          fetch(origin + request.path, {
            method,
            headers,
            ...(sent === undefined ? {} : { body: sent }),
            redirect: 'manual',
            signal,
          }),
        );
        if (given === null) {
          told('hung');
          continue;
        }
        const { answer, body } = given;
        outcome.byStatus[answer.status] = (outcome.byStatus[answer.status] ?? 0) + 1;
        if (answer.status < 400 && method === route.method) {
          taken.add(route);
          around.heard(body);
        }
        // What PayPal's bad moments make of an answer is said, and no fault.
        const unavailable = answer.status === 503 && body.includes('/problems/paypal-unavailable');
        if (answer.status >= 500 && !unavailable) told(`answered ${answer.status} ${body.slice(0, 200)}`);
        const type = answer.headers.get('Content-Type') ?? '';
        // 431 is Node's own, before any program of ours hears of the call.
        if (answer.status >= 400 && answer.status !== 431 && !/problem\+json|text\/html/.test(type))
          told(`refused by ${type || 'nothing'}`);
        const leaked = HERS.find(
          (word) =>
            body.includes(word) && !text.includes(word) && !request.path.includes(encodeURIComponent(word)),
        );
        if (leaked !== undefined) told(`gave ${leaked} away`);
      } catch (error) {
        if (!(error instanceof TypeError)) told(String(error));
      }
      if (i === Math.floor(requests / 5)) early = await resident();
    }
    outcome.untaken = routes.filter((one) => !taken.has(one)).map(({ method, path }) => `${method} ${path}`);
    outcome.memory = early === 0 ? 1 : (await resident()) / early;
    return outcome;

    async function requestFor(route: Route): Promise<Call> {
      const mood = make.of(['valid', 'valid', 'near', 'near', 'hostile'] as const);
      const person = make.of(around.people);
      // `/email-changes/undo/check` is about the token of `email-changes/undo`.
      make.scopes = [
        person.slug,
        route.path.replace(/\/(check|complete|confirm)$/, '').replace(/^.*\}\//, ''),
      ];
      const own = route.path.startsWith('/v1/backoffice/') ? around.staff.slug : person.slug;
      const path = route.path.replace(/([^/]+)\/\{(\w+)\}/g, (_all, before: string, name: string) => {
        if (mood === 'hostile' && make.chance(0.5)) return `${before}/${safePath(make.hostileText())}`;
        if (name === 'regroupement')
          return `${before}/${make.chance(0.9) ? own : make.of(['petits-bouleaux', 'la-farandole'])}`;
        const place = around.fits.has(`${before}/${name}`) ? `${before}/${name}` : name;
        return `${before}/${safePath(String(make.fitting(place, { type: 'string' })))}`;
      });
      const query = route.query
        .filter(() => make.chance(0.5))
        .map(({ name, schema }) => {
          const value = mood === 'hostile' ? make.hostileText() : make.fitting(name, schema);
          return `${name}=${safePath(String(value))}`;
        });
      // PayPal's way back is not described with its nonce, which is nobody else's to make.
      if (route.path.startsWith('/v1/checkout/')) query.push(`n=${make.fitting('n', { type: 'string' })}`);
      const url = PUBLIC_URL + path;
      const headers = new Headers();
      const set = (name: string, value: string) => {
        try {
          headers.set(name, value);
        } catch {
          // No client can send it.
        }
      };
      const list = route.path.endsWith('/imports');
      if (make.chance(0.95)) set('Content-Type', list ? 'text/csv' : 'application/json');
      if (make.chance(0.2)) {
        const site = `https://${person.slug}.test`;
        set('Origin', make.of([site, site, site, 'https://evil.test', 'null', make.hostileText()]));
      }
      if (make.chance(0.9))
        set(
          'Idempotency-Key',
          mood === 'hostile' ? make.hostileText() : `a-key-of-the-fuzzer-${make.below(5_000)}`,
        );
      const ofInvoice = route.path.includes('/invoices/');
      if ((route.method === 'PATCH' || ofInvoice) && make.chance(0.9))
        set(
          'If-Match',
          String(make.fitting(ofInvoice ? 'invoices if-match' : 'if-match', { type: 'string' })),
        );
      // Now and then by a method that is not the route's.
      const method = make.chance(0.03) ? make.of(['HEAD', 'OPTIONS', 'PUT', 'PURGE']) : route.method;
      // What opens to a key opens to a person of the office too.
      const byPerson = route.guard === 'staffSession' || (route.guard === 'staffKey' && make.chance(0.3));
      const { accessToken } = byPerson ? around.office : person;
      if (make.chance(0.9)) {
        if (route.guard === 'staffKey' && !byPerson) set('Authorization', `Bearer ${around.staff.secret}`);
        else if (route.path === '/metrics') set('Authorization', `Bearer ${around.metricsToken}`);
        else if (URL.canParse(url)) {
          const signs = route.guard === 'session' || byPerson;
          const signed = signs ? { accessToken } : {};
          if (signs) set('Authorization', `DPoP ${accessToken}`);
          if (signs || route.method === 'POST')
            set('DPoP', await BROWSER.proof({ method, url, nonce: dpopNonce(deps), ...signed }));
        }
      } else if (make.chance(0.5)) set('Authorization', make.hostileText());
      const call = { method, path: path + (query.length === 0 ? '' : `?${query.join('&')}`), headers };
      if (['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)) return { ...call, body: undefined };
      return { ...call, body: bodyFor(route, mood, call) };
    }

    function bodyFor(route: Route, mood: 'valid' | 'near' | 'hostile', call: Omit<Call, 'body'>) {
      if (mood === 'hostile' && make.chance(0.1))
        return Uint8Array.from({ length: make.below(3_000) }, () => make.below(256));
      if (route.path.endsWith('/imports') && mood !== 'hostile')
        return mood === 'valid' ? LIST : changed(LIST);
      const webhook = route.path.includes('/webhooks/') ? around.webhooks : [];
      if (webhook.length > 0 && mood !== 'hostile') {
        const { slug, headers, body } = make.of(webhook);
        call.path = `/v1/paypal/webhooks/${slug}`;
        for (const [name, value] of Object.entries(headers)) call.headers.set(name, value);
        return mood === 'valid' ? body : changed(body);
      }
      const schema = route.body ?? {};
      const value =
        mood === 'valid' ? make.valid(schema) : mood === 'near' ? make.near(schema) : make.hostile();
      const text = JSON.stringify(value) ?? '';
      return mood === 'hostile' && make.chance(0.3) ? text.slice(0, make.below(text.length + 1)) : text;
    }

    /** With one piece of it gone, or something else in its place. */
    function changed(text: string): string {
      const at = make.below(text.length);
      return (
        text.slice(0, at) + (make.chance(0.5) ? make.hostileText() : '') + text.slice(at + make.below(12))
      );
    }
  } finally {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await c.close();
  }
}

/**
 * The answer and its body, or null when it hangs. What is counted is what the server did meanwhile, not the time that
 * went by: on a busy machine everything takes long.
 */
async function unlessItHangs(
  origin: string,
  ask: (signal: AbortSignal) => Promise<Response>,
): Promise<{ answer: Response; body: string } | null> {
  const before = process.cpuUsage();
  const busyMs = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  const stop = new AbortController();
  const given = ask(stop.signal).then(async (answer) => ({ answer, body: await answer.text() }));
  let waiting = true;
  const ended = given.then(
    () => {
      waiting = false;
    },
    () => {
      waiting = false;
    },
  );
  for (let later = 0; waiting && later < LATER_ANSWERED && busyMs() < BUSY_MS; later += 1) {
    await Promise.race([ended, sleep(LATER_EVERY_MS, undefined, { ref: false })]);
    if (waiting) await (await fetch(`${origin}/healthz`)).text();
  }
  if (!waiting && busyMs() < BUSY_MS) return await given;
  stop.abort();
  await ended;
  return null;
}

/** Bytes of memory, once what nobody holds is gone: on a busy machine the collector of garbage falls behind. */
async function resident(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i += 1) {
    collect();
    // What is let go of outside the heap goes between.
    await new Promise((next) => setImmediate(next));
  }
  return process.memoryUsage().rss;
}

function safePath(text: string): string {
  return encodeURIComponent(text.toWellFormed().slice(0, 2_000));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  const outcome = await fuzz({ requests: Number(values.requests), seed: Number(values.seed) });
  console.log(
    `${outcome.requests} requests; answers by status: ${JSON.stringify(outcome.byStatus)}; memory × ${outcome.memory.toFixed(2)}`,
  );
  for (const fault of outcome.faults) console.error(fault);
  console.log(`${outcome.routes - outcome.untaken.length} of ${outcome.routes} routes took some of them`);
  for (const route of outcome.untaken) console.error(`never taken: ${route}`);
  // A short run does not come everywhere.
  const reached = outcome.untaken.length === 0 || outcome.requests < 100_000;
  process.exit(outcome.faults.length === 0 && reached && outcome.memory < 1.5 ? 0 : 1);
}
