// The office's page in a browser, and the server at the edge of the network: it answers `fetch` with the routes' own shapes,
// lets a test hold, refuse or lose any call, and remembers what was asked. The page's own modules are all real.
import type { AmisgestBureau } from '../../../widget/amisgest-bureau.ts';
import type { Files, Found, Holder, Me, People, Reason, Tokens } from '../../../widget/bureau/office.ts';
import type { Answer } from '../../../widget/client/api.ts';
import { type Call, ok, problem } from './fake-api.ts';
import { clear as clearBrowser, until } from './widget.ts';
import '../../../widget/amisgest-bureau.ts';

export const SLUG = 'petits-bouleaux';
const NAME = 'Regroupement Petits-Bouleaux de l’Estuaire';
export const CODES = Array.from({ length: 10 }, (_, i) => `ab${i}c-d1ef-2ghj-k3mn`);
export const EMAIL = 'lise@example.org';

type Handler = (call: Call) => Response | Promise<Response>;
type Members = Answer<'$get', '/memberships', Files>;
type Sessions = Answer<'$get', '/me/sessions', People>['sessions'];

const empty = () => new Response(null, { status: 204 });
const INSTANT = '2026-11-30T17:05:00.000Z';

const invoice: Holder['certificates'][number]['invoices'][number] = {
  id: 'invoice-1',
  number: 'PB-F-2026-0003',
  kind: 'prime',
  issuedOn: '2026-03-01',
  dueOn: '2026-12-01',
  overdue: false,
  periodStart: '2026-04-01',
  periodEnd: '2027-03-31',
  status: 'open',
  lines: [
    { code: 'PRIME', description: 'Prime – responsabilité civile', amountCents: 26_250, rate: null },
    { code: 'TPA', description: 'Taxe sur les primes d’assurance (9 %)', amountCents: 2_363, rate: '0.09' },
    { code: 'FADM', description: 'Frais d’administration', amountCents: 1_000, rate: null },
  ],
  totalCents: 29_613,
  paidCents: 0,
  balanceCents: 29_613,
  payable: true,
  held: false,
};

export const holder: Holder = {
  id: 'holder-1',
  firstName: 'Marie-Ève',
  lastName: 'L’Écuyer-Tremblay',
  usualName: 'Éva Tremblay',
  email: 'marie-eve.lecuyer@example.org',
  lang: 'fr-CA',
  status: 'active',
  officeId: null,
  officeName: null,
  version: '1',
  closed: false,
  certificates: [
    {
      id: 'certificate-1',
      number: 'PB-004512',
      kind: 'rc',
      status: 'en vigueur',
      closed: false,
      periodStart: '2026-04-01',
      periodEnd: '2027-03-31',
      endorsements: [
        {
          id: 'endorsement-1',
          effectiveOn: '2026-10-15',
          description: 'Ajout d’une assistante',
          amountCents: 3_500,
          invoiceId: null,
        },
      ],
      invoices: [
        invoice,
        {
          ...invoice,
          id: 'invoice-2',
          number: 'PB-F-2026-0004',
          paidCents: 29_613,
          balanceCents: 0,
          payable: false,
        },
        { ...invoice, id: 'invoice-3', number: 'PB-F-2026-0005', status: 'cancelled', payable: false },
      ],
    },
  ],
  accounts: [
    {
      name: 'Marie-Ève L’Écuyer',
      email: 'marie-eve.lecuyer@example.org',
      way: 'email',
      level: 'verified',
      numberKey: null,
    },
    { name: 'Éva Tremblay', email: 'eva@example.org', way: 'waits', level: null, numberKey: 'PB004512' },
  ],
};

const about = { certificateId: 'certificate-1', invoiceId: null, endorsementId: 'endorsement-1' };
const reasons: Reason[] = [
  {
    code: 'endorsement-without-invoice',
    sentence: {
      'fr-CA':
        'L’avenant du 15 octobre 2026 (35,00\u00a0$) n’a pas de facture\u00a0: la RSG voit 0,00\u00a0$.',
      'en-CA': 'The endorsement of October 15, 2026 ($35.00) has no invoice: the provider sees $0.00.',
    },
    ...about,
  },
  {
    code: 'paid',
    sentence: {
      'fr-CA': 'La facture PB-F-2026-0004 (296,13\u00a0$) est payée depuis le 1er avril 2026.',
      'en-CA': 'Invoice PB-F-2026-0004 ($296.13) is paid since April 1, 2026.',
    },
    ...about,
  },
];

type Payments = Answer<'$get', '/holders/:id/payments', Files>;
const payments: Payments = {
  payments: [
    {
      number: 'PB-2026-000104',
      state: 'completed',
      amountCents: 30_613,
      refundedCents: 0,
      takenBackCents: 0,
      givenBackCents: 0,
      onlineFeeCents: 1_000,
      paypalFeeCents: 918,
      createdAt: INSTANT,
      confirmedAt: INSTANT,
      completedAt: INSTANT,
      orderId: '5O190127TN364715T',
      captureId: '3C679366HH908993F',
      failure: null,
      invoices: [{ number: 'PB-F-2026-0004', certificateNumber: 'PB-004512', amountCents: 29_613 }],
      refunds: [],
      returns: [],
      disputes: [],
      heldAt: null,
    },
  ],
  recorded: [
    {
      id: 'recorded-1',
      invoiceNumber: 'PB-F-2026-0003',
      method: 'cheque',
      amountCents: 5_000,
      receivedOn: '2026-11-20',
      reference: '0417',
      reverses: null,
      recordedBy: 'staff:staff-1',
      recordedAt: INSTANT,
      evenSo: [],
      returned: false,
      feeInvoiceNumber: null,
    },
  ],
};

const days: Answer<'$get', '/today', Files>['days'] = Array.from({ length: 30 }, (_, i) => ({
  day: `2026-11-${String(i + 1).padStart(2, '0')}`,
  paypalCents: ((i * 7) % 5) * 29_613,
  otherwiseCents: i % 4 === 0 ? 5_000 : 0,
  refundedCents: i === 12 ? 29_613 : 0,
  feeCents: ((i * 7) % 5) * 918,
  netCents: ((i * 7) % 5) * 28_695 + (i % 4 === 0 ? 5_000 : 0) - (i === 12 ? 29_613 : 0),
}));
const [today] = days.slice(-1);
const figures: Answer<'$get', '/today', Files> = {
  at: INSTANT,
  figures: today as (typeof days)[number],
  unconfirmed: { count: 1, cents: 30_613 },
  overdue: { count: 41, cents: 1_214_133 },
  waiting: 8,
  days,
  last: [
    {
      method: 'paypal',
      paymentNumber: 'PB-2026-000104',
      recordedPaymentId: null,
      at: INSTANT,
      amountCents: 30_613,
      invoiceNumber: 'PB-F-2026-0004',
      holderId: 'holder-1',
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
    },
    {
      method: 'cheque',
      paymentNumber: null,
      recordedPaymentId: 'recorded-1',
      at: INSTANT,
      amountCents: -5_000,
      invoiceNumber: 'PB-F-2026-0003',
      holderId: 'holder-1',
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
    },
  ],
};

type Work = Answer<'$get', '/worklist', Files>;
const waits = (kind: Work['items'][number]['kind'], facts: object): Work['items'][number] =>
  ({
    id: `${kind}.1`,
    kind,
    since: '2026-11-02T14:00:00.000Z',
    holderId: 'holder-1',
    holderName: 'Marie-Ève L’Écuyer-Tremblay',
    sentence: {
      'fr-CA': `Une phrase qui dit ce qu’il faut faire (${kind}).`,
      'en-CA': `A sentence that says what is to be done (${kind}).`,
    },
    facts,
    assignedTo: kind === 'credit' ? { id: 'staff-2', name: 'Ève Côté' } : null,
  }) as Work['items'][number];
const invoiceNumber = 'PB-F-2026-0003';
const worklist: Work = {
  items: [
    waits('exception', { exception: 'held', detail: {}, paymentNumber: 'PB-2026-000104' }),
    waits('unconfirmed', { paymentNumber: 'PB-2026-000104', amountCents: 30_613 }),
    waits('link-request', { accountName: 'Éva', accountEmail: 'eva@example.org', numberKey: 'PB004512' }),
    waits('endorsement', { endorsementId: 'endorsement-1', effectiveOn: '2026-10-15', amountCents: 3_500 }),
    waits('message', { messageId: 'm1', message: 'receipt', recipient: 'eva@example.org', why: '550' }),
    waits('import-conflict', {
      invoiceId: 'invoice-1',
      invoiceNumber,
      fileBalanceCents: 0,
      ourBalanceCents: 29_613,
    }),
    waits('credit', { invoiceId: 'invoice-1', invoiceNumber, creditCents: 2_500 }),
    waits('possible-duplicate', {
      recordedPaymentId: 'recorded-1',
      invoiceNumber,
      amountCents: 5_000,
      receivedOn: '2026-11-20',
    }),
  ],
  counts: {
    exception: 1,
    unconfirmed: 1,
    'link-request': 1,
    endorsement: 1,
    message: 1,
    'import-conflict': 1,
    credit: 1,
    'possible-duplicate': 1,
  },
};

export const found = (n: number, total = n): Found => ({
  found: Array.from({ length: n }, (_, i) => ({
    holderId: `holder-${i + 1}`,
    firstName: ['Sylvie', 'Marie-Ève', 'Anne-Sophie'][i % 3] ?? '',
    lastName: ['Tremblay', 'L’Écuyer-Tremblay', 'D’Août'][i % 3] ?? '',
    usualName: i === 1 ? 'Éva' : '',
    status: 'active',
    certificateNumbers: [`PB-00451${i}`, `PB-00351${i}`],
    balanceCents: [29_613, 0, -2_500][i % 3] ?? 0,
  })),
  total,
});

export class FakeOffice {
  readonly calls: Call[] = [];
  me: Me = {
    name: 'Lise Roy',
    email: EMAIL,
    lang: 'fr-CA',
    memberships: [
      { slug: SLUG, name: NAME, role: 'owner', mayRefund: false, refundCeilingCents: 50_000, endsOn: null },
    ],
    passkeys: [{ id: 'key-1', name: 'Ordinateur du bureau', createdAt: INSTANT, lastUsedAt: null }],
    totp: true,
    codesLeft: 9,
    enrolling: false,
    freshFor: 300,
  };
  /** Seconds until the session ends unused. */
  endsIn = 1_800;
  signedIn = false;
  found: Found = found(3);
  members: Members = {
    people: [
      {
        id: 'staff-1',
        name: 'Lise Roy',
        email: EMAIL,
        role: 'owner',
        mayRefund: false,
        refundCeilingCents: 50_000,
        endsOn: null,
        secondFactor: true,
        lastSeenAt: INSTANT,
      },
      {
        id: 'staff-2',
        name: 'Ève Côté',
        email: 'eve@example.org',
        role: 'office',
        mayRefund: true,
        refundCeilingCents: 50_000,
        endsOn: '2027-03-31',
        secondFactor: false,
        lastSeenAt: null,
      },
    ],
    invitations: [
      { id: 'invitation-1', name: 'Jo Roy', email: 'jo@example.org', role: 'reader', expiresAt: INSTANT },
    ],
  };
  sessions: Sessions = [
    { id: 's1', browser: 'Chrome, Windows', openedAt: INSTANT, lastUsedAt: INSTANT, current: true },
    { id: 's2', browser: '', openedAt: INSTANT, lastUsedAt: INSTANT, current: false },
  ];
  #tokens = 0;
  readonly #real = globalThis.fetch;
  readonly #handlers = new Map<string, Handler>();

  constructor() {
    const [staff, files] = [`${location.origin}/v1/staff`, `${location.origin}/v1/backoffice/${SLUG}`];
    globalThis.fetch = async (input, init = {}) => {
      const url = String(input);
      const base = [staff, files].find((one) => url.startsWith(`${one}/`));
      if (base === undefined) return this.#real(input, init);
      const path = url.slice(base.length);
      const route = `${init.method ?? 'GET'} ${path.replace(/(holders|memberships|me\/sessions|passkeys)\/(?!options)[^/]+/, '$1/:id')}`;
      const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {};
      const call = { route, path, body, headers: new Headers(init.headers) };
      this.calls.push(call);
      const handler = this.#handlers.get(route) ?? this.#defaults[route];
      return handler?.(call) ?? problem('not-found', 404);
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

  restore(): void {
    globalThis.fetch = this.#real;
  }

  tokens(enrolling = this.me.enrolling): Tokens {
    this.#tokens += 1;
    const { name, email, lang } = this.me;
    return {
      accessToken: `access-${this.#tokens}`,
      expiresIn: 600,
      endsIn: this.endsIn,
      refreshToken: `refresh-${this.#tokens}`,
      me: { name, email, lang },
      enrolling,
    };
  }

  readonly #defaults: Readonly<Record<string, Handler>> = {
    'POST /sessions': () => ok(this.tokens(), 201),
    'POST /sessions/refresh': () => ok(this.tokens()),
    'DELETE /sessions/current': empty,
    'POST /sessions/current/confirmation': () => ok({ freshFor: 300 }),
    'POST /password-resets': () => ok({ email: 'sent' }, 202),
    'POST /password-resets/check': () => ok({ state: 'valid' }),
    'POST /password-resets/complete': empty,
    'POST /invitations/check': () =>
      ok({
        slug: SLUG,
        regroupement: NAME,
        name: 'Lise Roy',
        email: EMAIL,
        role: 'office',
        endsOn: '2027-03-31',
        known: false,
      }),
    'POST /invitations/accept': () => {
      this.me = { ...this.me, enrolling: true, passkeys: [], totp: false };
      return ok(this.tokens(), 201);
    },
    'POST /invitations/request': () => ok({ email: 'sent' }, 202),
    'POST /invitations/join': () => ok({ joined: true }),
    'POST /enrolments': () => ok(this.tokens(true), 201),
    'GET /me': () => ok(this.me),
    'GET /me/sessions': () => ok({ sessions: this.sessions }),
    'DELETE /me/sessions/:id': empty,
    'POST /password': empty,
    'POST /factors/totp': () =>
      ok({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Amisgest:lise?secret=JBSWY3DPEHPK3PXP' }, 201),
    'POST /factors/totp/verify': ({ body }) =>
      body.code === '123456' ? ok({ added: true }, 201) : problem('code-wrong', 422),
    'DELETE /factors/totp': empty,
    'DELETE /factors/passkeys/:id': empty,
    'POST /factors/codes': () => ok({ codes: CODES }, 201),
    'POST /factors/codes/verify': ({ body }) => {
      if (!CODES.includes(String(body.code))) return problem('code-wrong', 422);
      this.me = { ...this.me, enrolling: false };
      return ok({ added: true }, 201);
    },
    'POST /search': () => ok(this.found),
    'GET /holders/:id': () => ok({ holder }),
    'GET /holders/:id/balance-reasons': () => ok({ reasons }),
    'GET /holders/:id/payments': () => ok(payments),
    'GET /today': () => ok(figures),
    'GET /worklist': () => ok(worklist),
    'GET /memberships': () => ok(this.members),
    'POST /invitations': () => ok({ id: 'invitation-2', expiresAt: INSTANT }, 201),
    'DELETE /memberships/:id': empty,
    'POST /memberships/:id/factor-reset': () => ok({ email: 'sent' }, 202),
  };
}

export class OfficePage {
  readonly api: FakeOffice;
  readonly element: AmisgestBureau;
  constructor(api: FakeOffice, element: AmisgestBureau) {
    this.api = api;
    this.element = element;
  }

  get root(): ShadowRoot {
    return this.element.shadowRoot as ShadowRoot;
  }
  get text(): string {
    return (this.root.querySelector('.frame')?.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim();
  }
  get heading(): string {
    return (
      this.root
        .querySelector('h1')
        ?.textContent?.replace(/[\s\u00a0]+/g, ' ')
        .trim() ?? ''
    );
  }
  /** What has the focus. */
  get focused(): Element | null {
    return this.root.activeElement;
  }
  get<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.root.querySelector<E>(selector);
    if (found === null) throw new Error(`no ${selector} in « ${this.text} »`);
    return found;
  }
  reads(sentence: string): Promise<boolean> {
    return until(
      () => `« ${sentence} » in « ${this.text} »`,
      () => this.text.includes(sentence),
    );
  }
  async at(heading: string): Promise<void> {
    await until(
      () => `heading « ${heading} » (is « ${this.heading} »)`,
      () => this.heading === heading,
    );
  }
  /** A button or link by its words, the topmost dialog's first. */
  async press(name: string): Promise<void> {
    const within = () => [...this.root.querySelectorAll('dialog[open]')].at(-1) ?? this.root;
    const control = await until(
      () => `button « ${name} » in « ${this.text} »`,
      () =>
        [...within().querySelectorAll<HTMLElement>('button, a')].find(
          (one) =>
            (one.getAttribute('aria-label') ?? one.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim() ===
            name,
        ),
    );
    control.click();
  }
  async type(selector: string, text: string): Promise<void> {
    const box = await until(selector, () => this.root.querySelector<HTMLInputElement>(selector));
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }
  key(key: string, target: EventTarget = document.body): void {
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
    );
  }
  async signIn(prefix = ''): Promise<void> {
    await this.type(`#${prefix}email`, EMAIL);
    await this.type(`#${prefix}password`, 'onze hérissons pressés');
    await this.type(`#${prefix}code`, '123456');
    await this.press('Se connecter');
  }
}

const pages: OfficePage[] = [];

/** The page at this address (`#dossier/…`), as a browser without a session has it. */
export async function openOffice(
  address = '',
  prepare: (api: FakeOffice) => void = () => {},
  regroupement = SLUG,
): Promise<OfficePage> {
  await clearOffice();
  history.replaceState(null, '', location.pathname + address);
  const api = new FakeOffice();
  prepare(api);
  const element = document.createElement('amisgest-bureau') as AmisgestBureau;
  element.setAttribute('regroupement', regroupement);
  element.setAttribute('name', NAME);
  const page = new OfficePage(api, element);
  pages.push(page);
  document.body.append(element);
  await until('first view', () => page.root.querySelector('.frame'));
  return page;
}

/** The same, signed in. */
export async function work(address = '', prepare: (api: FakeOffice) => void = () => {}): Promise<OfficePage> {
  const page = await openOffice(address, prepare);
  await page.signIn();
  await until('the office', () => page.root.querySelector('nav'));
  return page;
}

export async function clearOffice(): Promise<void> {
  for (const { element, api } of pages.splice(0).reverse()) {
    element.remove();
    api.restore();
  }
  await clearBrowser();
}
