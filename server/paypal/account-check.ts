// « Vérifier »: whether an account at PayPal can be paid by, before anything is paid by it. Each line is asked of PayPal itself; an
// order of 1,00 $ is made and left to expire: nobody approves it, and nothing is ever captured.
import { type Deps, newId } from '../deps.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { PayPal } from './client.ts';
import { PayPalFailure } from './errors.ts';
import { approveUrl, type Order } from './wire.ts';

export const ACCOUNT_CHECKS = [
  /** PayPal takes the client id and the secret. */
  'credentials',
  /** It makes an order. */
  'order',
  /** The order is to be paid to the merchant id that was given. */
  'merchant',
  /** The application has the webhook of that id, and it calls this server. */
  'webhook',
  /** The webhook tells of everything that is listened for. */
  'events',
  /** Transaction Search is allowed, which reconciliation needs. */
  'transactions',
  /** So are balances. */
  'balances',
] as const;
export type AccountCheck = (typeof ACCOUNT_CHECKS)[number];

/**
 * `refused`: PayPal says no; `unavailable`: it does not say; `not-asked`: another line is red, and has to be mended first;
 * `another`: it is another one than was given; `unknown`: there is none of that id; `missing`: something is not in it.
 */
export const ACCOUNT_FAULTS = [
  'refused',
  'unavailable',
  'not-asked',
  'another',
  'unknown',
  'missing',
] as const;
type AccountFault = (typeof ACCOUNT_FAULTS)[number];

export interface CheckedLine {
  check: AccountCheck;
  /** Null: it is as it should be. */
  fault: AccountFault | null;
  /** What PayPal has instead, or has not; '' where that says nothing more. */
  detail: string;
}

/** Of which PayPal's events something comes here (paypal-events/apply.ts). */
const NEEDED = [
  'CHECKOUT.ORDER.APPROVED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.RESOLVED',
] as const;
/** Transaction Search is asked about this much, which is seldom more than a page. */
const SEARCHED_MS = 3_600_000;

type Webhook = Awaited<ReturnType<PayPal['webhooks']>>[number];
type CheckDeps = Pick<Deps, 'config' | 'fetch' | 'now' | 'sleep' | 'randomBytes' | 'log'>;

/** Where PayPal must call this server about a regroupement. */
export function webhookAddress({ config }: Pick<Deps, 'config'>, slug: string): string {
  return `${config.publicUrl}/v1/paypal/webhooks/${slug}`;
}

/** `webhook` and `events` of an application's webhooks, of which `id` is ours. */
export function webhookLines(
  deps: Pick<Deps, 'config'>,
  { slug, id, hooks }: { slug: string; id: string | null; hooks: readonly Webhook[] },
): CheckedLine[] {
  const hook = hooks.find((one) => one.id === id);
  if (hook === undefined) return [red('webhook', 'unknown'), red('events', 'not-asked')];
  const ours = hook.url === webhookAddress(deps, slug);
  const events = new Set(hook.event_types.map(({ name }) => name));
  const missing = events.has('*') ? [] : NEEDED.filter((name) => !events.has(name));
  return [
    ours ? green('webhook') : red('webhook', 'another', hook.url),
    missing.length === 0 ? green('events') : red('events', 'missing', missing.join(', ')),
  ];
}

/** Asks PayPal about the regroupement's account, whose credentials need not be stored. A line for each of ACCOUNT_CHECKS. */
export async function checkAccount(deps: CheckDeps, regroupement: Regroupement): Promise<CheckedLine[]> {
  const { paypal: account, slug } = regroupement;
  if (account === null) throw new Error('there is no account to ask about');
  // A client of its own: what it is told of these credentials stays with it.
  const paypal = new PayPal(deps);
  const credentials = await line('credentials', () => paypal.signIn(regroupement));
  if (credentials.fault !== null)
    return [credentials, ...ACCOUNT_CHECKS.slice(1).map((check) => red(check, 'not-asked'))];
  const until = deps.now();
  const search = { fromMs: until - SEARCHED_MS, toMs: until, page: 1 };
  const [ofOrder, ofWebhooks, transactions, balances] = await Promise.all([
    orderLines(deps, paypal, regroupement),
    asked('webhook', () => paypal.webhooks(regroupement)),
    line('transactions', () => paypal.searchTransactions(regroupement, search)),
    line('balances', () => paypal.balances(regroupement)),
  ]);
  const hooks = Array.isArray(ofWebhooks)
    ? webhookLines(deps, { slug, id: account.webhookId, hooks: ofWebhooks })
    : [ofWebhooks, red('events', 'not-asked')];
  return [credentials, ...ofOrder, ...hooks, transactions, balances];
}

/** The order says whose account the credentials are of. */
async function orderLines(
  deps: CheckDeps,
  paypal: PayPal,
  regroupement: Regroupement,
): Promise<CheckedLine[]> {
  const made = await asked('order', () => paypal.createOrder(regroupement, trialOrder(deps)));
  if ('fault' in made) return [made, red('merchant', 'not-asked')];
  if (approveUrl(made) === null) return [red('order', 'unavailable'), red('merchant', 'not-asked')];
  return [green('order'), merchantLine(regroupement, made)];
}

function merchantLine({ paypal }: Regroupement, order: Order): CheckedLine {
  const payee = order.purchase_units?.[0]?.payee?.merchant_id;
  if (payee === paypal?.merchantId) return green('merchant');
  return payee === undefined ? red('merchant', 'unavailable') : red('merchant', 'another', payee);
}

function trialOrder(deps: Pick<Deps, 'config' | 'now' | 'randomBytes'>) {
  const address = `${deps.config.publicUrl}/`;
  return {
    requestId: `check:${newId(deps)}`,
    body: {
      intent: 'CAPTURE',
      purchase_units: [
        {
          description: 'amisgest-pay: verification, nothing to pay',
          amount: { currency_code: 'CAD', value: '1.00' },
        },
      ],
      payment_source: {
        paypal: {
          experience_context: {
            shipping_preference: 'NO_SHIPPING',
            user_action: 'CONTINUE',
            return_url: address,
            cancel_url: address,
          },
        },
      },
    },
  };
}

async function line(check: AccountCheck, ask: () => Promise<unknown>): Promise<CheckedLine> {
  const answer = await asked(check, async () => {
    await ask();
    return green(check);
  });
  return answer;
}

/** What PayPal answers, or the line that it makes red. */
async function asked<Answer>(check: AccountCheck, ask: () => Promise<Answer>): Promise<Answer | CheckedLine> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    const refused = ['configuration', 'refused', 'gone'].includes(error.decision);
    return red(check, refused ? 'refused' : 'unavailable', error.debugId ?? '');
  }
}

function green(check: AccountCheck): CheckedLine {
  return { check, fault: null, detail: '' };
}

function red(check: AccountCheck, fault: AccountFault, detail = ''): CheckedLine {
  return { check, fault, detail };
}
