// The server at the edge of the network, for the widget's tests: it answers `fetch` with the contract's shapes, lets a
// test hold, refuse or lose any call, and remembers what was asked. The widget's own modules are all real.
import { PROBLEMS, type ProblemType } from '../../../server/problems/catalogue.ts';
import type {
  Certificate,
  CertificateList,
  Payment,
  Profile,
  Quote,
  RecordedReceipt,
  Year,
} from '../../../widget/client/types.ts';
import { certificate, payment, profile, session } from './samples.ts';

export const API = 'https://pay.test';
export const SLUG = 'petits-bouleaux';
export const PASSWORD = 'une phrase bien longue';

const REGROUPEMENTS = /\/v1\/regroupements\/(petits-bouleaux|la-farandole)(\/|$)/;

/** Leaving for PayPal stays on the test's page. */
const PAYPAL = '#paypal';

export interface Call {
  route: string;
  path: string;
  body: Record<string, unknown>;
  headers: Headers;
}
type Handler = (call: Call) => Response | Promise<Response>;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

/** An answer of problem+json. */
export function problem(kind: string, status: number, extra: object = {}): Response {
  const { title = kind, titleEn = kind } = PROBLEMS[kind as ProblemType] ?? {};
  return new Response(JSON.stringify({ type: `/problems/${kind}`, status, title, titleEn, ...extra }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
export const ok = json;
/** As when the connection drops. */
export const lost: Handler = () => Promise.reject(new TypeError('Failed to fetch'));

/** Her e-mail leads to no file. */
export function noFile(api: FakeApi): void {
  api.found = { foundBy: 'none', certificates: [] };
}

/** A call held until the test lets it go. */
export function held(answer: Handler): { handler: Handler; release(): void } {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { handler: (call) => gate.then(() => answer(call)), release };
}

export class FakeApi {
  readonly calls: Call[] = [];
  lang: 'fr-CA' | 'en-CA' = 'fr-CA';
  found: CertificateList = { foundBy: 'email', certificates: [certificate()] };
  linked: Certificate[] = [certificate({ level: 'pay', holderName: null })];
  payments: Payment[] = [];
  open: Payment | null = null;
  years: Year[] = [];
  receipts: RecordedReceipt[] = [];
  onlineFeeCents = 915;
  minimumCents: number | null = null;
  /** The premium tax is about to change. */
  taxStep: Quote['taxStep'];
  /** Plans of instalments that she may agree to. */
  plans: Quote['plans'];
  payable = true;
  linkPolicy: Profile['linkPolicy'] = 'name-and-number';
  sessions = [session({ current: true }), session({ id: 'b', browser: '' }), session({ id: 'c' })];
  /** Seconds until the session ends unused. */
  endsIn = 43_200;
  #tokens = 0;
  readonly #real = globalThis.fetch;
  readonly #handlers = new Map<string, Handler>();
  #drop = () => {};

  constructor() {
    const dropped = new Promise<never>((_, reject) => {
      this.#drop = () => reject(new TypeError('Failed to fetch'));
    });
    dropped.catch(() => undefined);
    globalThis.fetch = async (input, init = {}) => {
      const url = String(input);
      if (!url.startsWith(API)) return this.#real(input, init);
      init.signal?.throwIfAborted();
      const isApi = url.startsWith(`${API}/v1/regroupements/`);
      if (isApi && !REGROUPEMENTS.test(url)) return problem('regroupement-unknown', 404);
      // A file of the server's comes or does not, as its profile does.
      const path = isApi ? url.slice(`${API}/v1/regroupements/${SLUG}`.length) || '/' : '/';
      const route = `${init.method ?? 'GET'} ${path.replace(/\/(payments|invoices)\/[^/]+/, '/$1/:id')}`;
      const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {};
      const call = { route, path, body, headers: new Headers(init.headers) };
      this.calls.push(call);
      const handler = this.#handlers.get(route) ?? this.#defaults[route];
      const aborted = new Promise<never>((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
      return Promise.race([handler?.(call) ?? problem('not-found', 404), aborted, dropped]);
    };
  }

  /** Answers a route in another way from now on. */
  on(route: string, handler: Handler): void {
    this.#handlers.set(route, handler);
  }

  /** How often a route was asked. */
  count(route: string): number {
    return this.calls.filter((call) => call.route === route).length;
  }

  last(route: string): Call {
    const call = this.calls.findLast((candidate) => candidate.route === route);
    if (call === undefined) throw new Error(`never asked: ${route}`);
    return call;
  }

  /**
   * Gives the page its own `fetch` back. What is still unanswered is lost, once a widget that was just removed has let
   * go of its calls: a renewal would hold the browser's lock, and keep the next widget waiting, until its time limit.
   */
  restore(): void {
    globalThis.fetch = this.#real;
    queueMicrotask(this.#drop);
  }

  tokens(returnPage: string | null = null) {
    this.#tokens += 1;
    return {
      accessToken: `access-${this.#tokens}`,
      expiresIn: 600,
      endsIn: this.endsIn,
      refreshToken: `refresh-${this.#tokens}`,
      me: { name: 'Marie-Ève L’Écuyer-Tremblay', email: 'marie-eve@example.org', lang: this.lang },
      returnPage,
    };
  }

  #payment(path: string): Payment {
    const id = path.split('/')[2];
    const found = this.payments.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no payment ${id}`);
    return found;
  }

  #become(path: string, change: Partial<Payment>): Payment {
    const changed = { ...this.#payment(path), ...change };
    this.payments = this.payments.map((candidate) => (candidate.id === changed.id ? changed : candidate));
    return changed;
  }

  #quote({ body }: Call): Response {
    const ids = body.invoiceIds as string[];
    const all = [...this.found.certificates, ...this.linked].flatMap(({ invoices }) => invoices);
    const invoices = ids.flatMap((id) => all.find((invoice) => invoice.id === id) ?? []);
    const balance = invoices.reduce((sum, { balanceCents }) => sum + balanceCents, 0);
    const subtotalCents = typeof body.amountCents === 'number' ? body.amountCents : balance;
    const quote: Quote = {
      invoices,
      subtotalCents,
      onlineFeeCents: this.onlineFeeCents,
      totalCents: subtotalCents + this.onlineFeeCents,
      minimumCents: this.minimumCents,
      ...(this.plans === undefined ? {} : { plans: this.plans }),
      ...(this.taxStep === undefined ? {} : { taxStep: this.taxStep }),
    };
    return json(quote);
  }

  readonly #defaults: Readonly<Record<string, Handler>> = {
    'GET /': () => json(profile({ payable: this.payable, linkPolicy: this.linkPolicy })),
    'POST /accounts': () => json({ email: 'sent' }, 202),
    'POST /accounts/resend': () => json({ email: 'sent' }, 202),
    'POST /activations/check': () => json({ state: 'valid' }),
    'POST /activations': ({ body }) =>
      body.password === PASSWORD
        ? json(this.tokens('https://regroupement.test/payer'), 201)
        : problem('sign-in-failed', 401),
    'POST /sessions': ({ body }) =>
      body.password === PASSWORD ? json(this.tokens(), 201) : problem('sign-in-failed', 401),
    'POST /sessions/refresh': () => json(this.tokens()),
    'DELETE /sessions/current': () => new Response(null, { status: 204 }),
    'POST /password-resets': () => json({ email: 'sent' }, 202),
    'POST /password-resets/check': () => json({ state: 'valid' }),
    'POST /password-resets/complete': () => json(this.tokens(), 201),
    'PATCH /me': () => json(this.tokens().me),
    'GET /me/sessions': () => json({ sessions: this.sessions }),
    'DELETE /me/sessions': () => new Response(null, { status: 204 }),
    'POST /me/password': ({ body }) =>
      body.currentPassword === PASSWORD
        ? new Response(null, { status: 204 })
        : problem('password-wrong', 422),
    'POST /me/email': ({ body }) =>
      body.password === PASSWORD ? json({ email: 'sent' }, 202) : problem('password-wrong', 422),
    'POST /me/erasure': ({ body }) =>
      body.password === PASSWORD ? new Response(null, { status: 204 }) : problem('password-wrong', 422),
    'POST /me/export-links': () =>
      json({ htmlUrl: `${API}/v1/exports/x.html`, jsonUrl: `${API}/v1/exports/x.json` }, 201),
    'POST /email-changes/check': () => json({ state: 'valid' }),
    'POST /email-changes/confirm': ({ body }) =>
      body.password === PASSWORD ? json(this.tokens(), 201) : problem('sign-in-failed', 401),
    'POST /email-changes/undo/check': () => json({ state: 'valid' }),
    'POST /email-changes/undo': () => json(this.tokens(), 201),
    'GET /certificates': () => json(this.found),
    'POST /certificates/links': ({ body }) => {
      if (this.linkPolicy === 'secret' && body.invoiceSecret === '')
        return problem('validation', 400, { errors: [{ pointer: '/invoiceSecret', code: 'required' }] });
      this.found = { foundBy: 'link', certificates: this.linked };
      return json({ certificates: this.linked }, 201);
    },
    'POST /certificates/links/confirm': ({ body }) => {
      if (body.code !== '12345678') return problem('code-wrong', 422);
      this.found = { foundBy: 'link', certificates: [certificate()] };
      return json({ certificates: [certificate()] }, 201);
    },
    'POST /link-undo/check': () => json({ state: 'valid' }),
    'POST /link-undo': () => json({ undone: true }),
    'POST /quotes': (call) => this.#quote(call),
    'GET /receipts': () => json({ receipts: this.receipts }),
    'GET /payments': () => json({ payments: this.payments, open: this.open, years: this.years }),
    'POST /payments': ({ body }) => {
      const made = payment({ state: 'created', totalCents: Number(body.expectedTotalCents) });
      this.payments = [made, ...this.payments];
      return json({ payment: made, approveUrl: PAYPAL }, 201);
    },
    'GET /payments/:id': ({ path }) => json({ payment: this.#payment(path) }),
    'POST /payments/:id/confirm': ({ path }) => {
      this.open = null;
      this.found = { foundBy: 'email', certificates: [] };
      return json({
        payment: this.#become(path, payment({ id: this.#payment(path).id, state: 'completed' })),
      });
    },
    'POST /payments/:id/cancel': ({ path }) => {
      this.open = null;
      return json({ payment: this.#become(path, { state: 'cancelled', failure: 'by-payer' }) });
    },
    'POST /payments/:id/retry': ({ path }) => json({ payment: this.#payment(path), approveUrl: PAYPAL }),
  };
}
