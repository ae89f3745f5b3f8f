// Sends a server what its own description makes possible, and what it does not: see README.md.
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { openSession } from '../../server/accounts/sessions.ts';
import { createKey } from '../../server/backoffice/keys.ts';
import { dpopNonce } from '../../server/http/dpop.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { PUBLIC_URL } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { startCheckout } from '../support/checkout.ts';
import { signIn } from '../support/payer.ts';
import { Maker, type Route, random, routesOf, type Spec } from './requests.ts';

const HANG_MS = 5_000;
/** What only Marie, and her regroupement's staff, may read. */
const HERS = ['marie@example.org', 'PB-000001', 'Marie-Ève'];

export interface Outcome {
  requests: number;
  byStatus: Record<string, number>;
  /** Resident memory at the end, beside that after the first fifth. */
  memory: number;
  faults: string[];
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
    const regroupement = await regroupementBySlug(deps, 'petits-bouleaux');
    const bob = await signIn(c.t, 'bob@example.org');
    const life = { lifeMs: 365 * 86_400_000, by: 'fuzz' };
    const foreign = await regroupementBySlug(deps, 'la-farandole');
    const key = await createKey(deps, foreign.id, {
      name: 'x',
      scopes: ['read', 'record', 'refund'],
      ...life,
    });
    const known = [
      payment.id,
      payment.number,
      c.invoiceId,
      'PB-000001',
      'marie@example.org',
      'bob@example.org',
      'Tremblay',
      'F-1',
    ];
    const make = new Maker(random(seed), spec.components.schemas ?? {}, known);
    let token = bob.accessToken;
    const outcome: Outcome = { requests: 0, byStatus: {}, memory: 0, faults: [] };
    let early = 0;
    for (let i = 0; i < requests && outcome.faults.length < 10; i += 1) {
      // Limits are not what is tried here: time goes on, and Bob stays signed in.
      if (i % 20 === 0) c.t.clock.advance(30_000);
      if (i % 300 === 0) token = (await openSession(deps, regroupement, bob.accountId, BROWSER)).accessToken;
      const route = make.of(routes);
      const request = await requestFor(route, token);
      const started = performance.now();
      const told = (what: string) =>
        outcome.faults.push(
          `seed ${seed}, request ${i}: ${what}: ${request.method} ${request.path} ${request.text?.slice(0, 300)}`,
        );
      try {
        const { method, headers, text } = request;
        const answer = await fetch(origin + request.path, {
          method,
          headers,
          ...(text === undefined ? {} : { body: text }),
          redirect: 'manual',
          signal: AbortSignal.timeout(HANG_MS),
        });
        const body = await answer.text();
        outcome.byStatus[answer.status] = (outcome.byStatus[answer.status] ?? 0) + 1;
        if (answer.status >= 500) told(`answered ${answer.status} ${body.slice(0, 200)}`);
        const type = answer.headers.get('Content-Type') ?? '';
        // 431 is Node's own, before any program of ours hears of the call.
        if (answer.status >= 400 && answer.status !== 431 && !/problem\+json|text\/html/.test(type))
          told(`refused by ${type || 'nothing'}`);
        const leaked = HERS.find(
          (word) =>
            body.includes(word) &&
            !(text ?? '').includes(word) &&
            !request.path.includes(encodeURIComponent(word)),
        );
        if (leaked !== undefined) told(`gave ${leaked} away`);
      } catch (error) {
        if (performance.now() - started >= HANG_MS - 100) told('hung');
        else if (!(error instanceof TypeError)) told(String(error));
      }
      // What Bob calls himself is his own to read, also where it is somebody else's name.
      if (request.method === 'PATCH')
        await deps.db.execute("UPDATE accounts SET name = 'Bob' WHERE id = ?", [bob.accountId]);
      outcome.requests += 1;
      if (i === Math.floor(requests / 5)) early = process.memoryUsage().rss;
    }
    outcome.memory = early === 0 ? 1 : process.memoryUsage().rss / early;
    return outcome;

    async function requestFor(route: Route, accessToken: string) {
      const mood = make.of(['valid', 'valid', 'near', 'near', 'hostile'] as const);
      const path = route.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
        if (mood === 'hostile' && make.chance(0.5)) return safePath(make.hostileText());
        if (name === 'regroupement')
          return route.door === 'staffKey' && make.chance(0.5) ? 'la-farandole' : 'petits-bouleaux';
        if (name === 'day') return '2026-11-22';
        return safePath(make.of(known));
      });
      const query = route.query
        .filter(() => make.chance(0.5))
        .map(
          ({ name, schema }) =>
            `${name}=${safePath(String(mood === 'hostile' ? make.hostileText() : make.valid(schema)))}`,
        );
      const headers = new Headers();
      const set = (name: string, value: string) => {
        try {
          headers.set(name, value);
        } catch {
          // No client can send it.
        }
      };
      if (make.chance(0.9)) set('Content-Type', 'application/json');
      if (make.chance(0.3))
        set(
          'Origin',
          make.of(['https://petits-bouleaux.test', 'https://evil.test', 'null', make.hostileText()]),
        );
      if (make.chance(0.7))
        set(
          'Idempotency-Key',
          mood === 'hostile' ? make.hostileText() : `a-key-of-the-fuzzer-${make.below(50)}`,
        );
      const url = PUBLIC_URL + path;
      if (make.chance(0.85)) {
        if (route.door === 'staffKey') set('Authorization', `Bearer ${key.secret}`);
        else if (route.door === 'session') {
          set('Authorization', `DPoP ${accessToken}`);
          if (URL.canParse(url))
            set(
              'DPoP',
              await BROWSER.proof({ method: route.method, url, nonce: dpopNonce(deps), accessToken }),
            );
        } else if (route.method === 'POST' && URL.canParse(url))
          set('DPoP', await BROWSER.proof({ method: route.method, url, nonce: dpopNonce(deps) }));
      } else if (make.chance(0.5)) set('Authorization', make.hostileText());
      let text: string | undefined;
      if (route.method !== 'GET' && route.method !== 'DELETE') {
        const schema = route.body ?? {};
        const value =
          mood === 'valid' ? make.valid(schema) : mood === 'near' ? make.near(schema) : make.hostile();
        text = JSON.stringify(value) ?? '';
        if (mood === 'hostile' && make.chance(0.3)) text = text.slice(0, make.below(text.length + 1));
      }
      return {
        method: route.method,
        path: path + (query.length === 0 ? '' : `?${query.join('&')}`),
        headers,
        text,
      };
    }
  } finally {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await c.close();
  }
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
  process.exit(outcome.faults.length === 0 && outcome.memory < 1.5 ? 0 : 1);
}
