// The misbehaviour that can be ordered (see README.md): a list per operation, each fault used up by one call.
import { z } from 'zod';

const OPERATIONS = [
  'token',
  'create',
  'get',
  'capture',
  'refund',
  'get-capture',
  'get-refund',
  'transactions',
  'balances',
  'list-webhooks',
  'get-dispute',
  'sdk',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const Fault = z.discriminatedUnion('kind', [
  /** Refused with one of PayPal's issue codes (422). INSTRUMENT_DECLINED sends her back to choose another card. */
  z.object({
    kind: z.literal('decline'),
    issue: z
      .string()
      .regex(/^[A-Z_]+$/)
      .default('INSTRUMENT_DECLINED'),
  }),
  /** The capture stays PENDING for this reason. */
  z.object({
    kind: z.literal('pending'),
    reason: z
      .string()
      .regex(/^[A-Z_]+$/)
      .default('PENDING_REVIEW'),
  }),
  z.object({ kind: z.literal('500') }),
  z.object({ kind: z.literal('503') }),
  z.object({ kind: z.literal('401') }),
  /** The application was not allowed this at PayPal's site. */
  z.object({ kind: z.literal('403') }),
  z.object({ kind: z.literal('429'), retryAfter: z.number().int().min(0).max(3600).default(2) }),
  /** Nothing was done and no answer comes. */
  z.object({ kind: z.literal('timeout-before') }),
  /** It was done, and no answer comes. */
  z.object({ kind: z.literal('timeout-after') }),
  /** It was done, and the connection breaks. */
  z.object({ kind: z.literal('reset') }),
  z.object({ kind: z.literal('slow'), ms: z.number().int().min(1).max(60_000) }),
  /** A web page where JSON is due. */
  z.object({ kind: z.literal('html') }),
  /** The capture takes another amount than was asked (cents added). */
  z.object({ kind: z.literal('wrong-amount'), cents: z.number().int().default(100) }),
  /** The browser opens no window for PayPal's script. */
  z.object({ kind: z.literal('popup-blocked') }),
  /** PayPal's window never tells how it ended. */
  z.object({ kind: z.literal('silent') }),
  /** PayPal, or a card without an account, cannot be had in a window. */
  z.object({ kind: z.literal('ineligible') }),
  z.object({ kind: z.literal('no-card') }),
  /** The account has already been paid under this invoice_id. */
  z.object({ kind: z.literal('duplicate-invoice') }),
]);
export type Fault = z.infer<typeof Fault>;

/** What can be wrong with a webhook on its way. */
export const WebhookFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lose') }),
  z.object({ kind: z.literal('repeat'), times: z.number().int().min(2).max(20).default(2) }),
  z.object({ kind: z.literal('delay'), ms: z.number().int().min(1).max(86_400_000).default(60_000) }),
  /** It goes out after the next one. */
  z.object({ kind: z.literal('reorder') }),
  z.object({ kind: z.literal('bad-signature') }),
  z.object({ kind: z.literal('truncate') }),
  /** Written anew after it was signed. */
  z.object({ kind: z.literal('re-serialize') }),
  /** Signed five days ago. */
  z.object({ kind: z.literal('old') }),
]);
export type WebhookFault = z.infer<typeof WebhookFault>;

/** The operations that a PayPal-Request-Id guards. */
export const WRITES: readonly Operation[] = ['create', 'capture', 'refund'];

// Some faults mean something to some operations only; the others go with all.
const ONLY: { readonly [kind in Fault['kind']]?: readonly Operation[] } = {
  decline: WRITES,
  pending: ['capture'],
  'wrong-amount': ['capture'],
  'duplicate-invoice': ['capture'],
  'popup-blocked': ['sdk'],
  silent: ['sdk'],
  ineligible: ['sdk'],
  'no-card': ['sdk'],
};

export const WebhookFaultRequest = z.strictObject({
  operation: z.literal('webhook'),
  times: z.number().int().min(1).max(1000).default(1),
  fault: WebhookFault,
});
export const FaultRequest = z
  .strictObject({
    operation: z.enum(OPERATIONS),
    /** How many of the next calls misbehave. */
    times: z.number().int().min(1).max(1000).default(1),
    fault: Fault,
  })
  .refine(({ operation, fault }) => ONLY[fault.kind]?.includes(operation) !== false, {
    message: 'this fault does not go with this operation',
    path: ['fault', 'kind'],
  });

export class Faults {
  readonly #queues = new Map<Operation, Fault[]>();
  readonly #webhooks: WebhookFault[] = [];

  add(operation: Operation, fault: Fault, times: number): void {
    const queue = this.#queues.get(operation) ?? [];
    for (let i = 0; i < times; i++) queue.push(fault);
    this.#queues.set(operation, queue);
  }
  take(operation: Operation): Fault | undefined {
    return this.#queues.get(operation)?.shift();
  }
  addToWebhooks(fault: WebhookFault, times: number): void {
    for (let i = 0; i < times; i++) this.#webhooks.push(fault);
  }
  takeOfWebhooks(): WebhookFault | undefined {
    return this.#webhooks.shift();
  }
  list(): Record<string, (Fault | WebhookFault)[]> {
    const queues: [string, (Fault | WebhookFault)[]][] = [...this.#queues, ['webhook', this.#webhooks]];
    return Object.fromEntries(queues.filter(([, queue]) => queue.length > 0));
  }
  clear(): void {
    this.#queues.clear();
    this.#webhooks.length = 0;
  }
}
