// What a webhook makes happen. It is only a hint that something happened: what it says is checked against PayPal's own
// record, and written by the same functions as everything else (P4). In any order, any number of times.
import { z } from 'zod';
import { sha256 } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { paymentStop } from '../payments/stops.ts';
import { paymentsWhere, type StoredPayment } from '../payments/store.ts';
import { syncPayment } from '../payments/sync.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type Capture, cadCents, captureIdOf, Link, orderIdOf } from '../paypal/wire.ts';
import { takeRefund } from '../refunds/record.ts';
import type { Told } from '../refunds/reversals.ts';
import {
  type Regroupement,
  regroupementById,
  regroupementOf,
  withEachAccount,
} from '../regroupements/regroupements.ts';

const PayPalId = z.string().regex(/^[A-Z0-9-]{1,64}$/);

// What is not as published is passed over, field by field: PayPal sends again whatever is refused, and nothing here is
// believed anyway.
const id = z.string().min(1).max(100).optional().catch(undefined);
const paypalId = PayPalId.optional().catch(undefined);
const custom = z.string().max(255).optional().catch(undefined);

/** The envelope (Webhooks Management 1.11), and of its resource the ids that we look things up by: all that is kept of it. */
export const WebhookEvent = z.object({
  id: z.string().min(1).max(100),
  event_type: z.string().min(1).max(100),
  resource: z
    .object({
      id,
      dispute_id: paypalId,
      custom_id: custom,
      order_id: paypalId,
      purchase_units: z
        .array(z.object({ custom_id: custom }))
        .optional()
        .catch(undefined),
      supplementary_data: z
        .object({ related_ids: z.object({ order_id: paypalId }).optional().catch(undefined) })
        .optional()
        .catch(undefined),
      links: z
        .array(Link.optional().catch(undefined))
        .transform((list) => list.filter((link) => link !== undefined))
        .optional()
        .catch(undefined),
    })
    .catch({}),
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** Why there is nothing to do about what PayPal signed. */
export type Passed = 'simulator' | 'no-event' | 'unknown-kind' | 'no-resource';

/** The kinds that `applyEvent` does something about. */
const KNOWN = /^(CHECKOUT|PAYMENT\.CAPTURE|PAYMENT\.REFUND|CUSTOMER\.DISPUTE)\./;

/**
 * The event in a body that PayPal signed, or why there is none for us; `kind` is its type where it is written as PayPal
 * writes them, for the log. An event without an id of its own goes by its bytes, so that a repeat is known as one.
 */
export function readEvent(body: Uint8Array): { event: WebhookEvent } | { passed: Passed; kind?: string } {
  const text = new TextDecoder().decode(body);
  const read = z
    .object({
      id: id.transform((given) => given ?? `body:${sha256(text)}`),
      event_type: z.string().min(1).max(100),
    })
    .loose()
    .safeParse(parsed(text));
  if (!read.success) return { passed: 'no-event' };
  const event = WebhookEvent.parse(read.data);
  const { event_type: type, resource } = event;
  const kind = /^[A-Z0-9._-]+$/.test(type) ? { kind: type } : {};
  if (!KNOWN.test(type)) return { passed: 'unknown-kind', ...kind };
  return isAbout(type, resource) === undefined ? { passed: 'no-resource', ...kind } : { event };
}

/** What PayPal would be asked about; undefined where the event names nothing. */
function isAbout(type: string, resource: WebhookEvent['resource']): string | undefined {
  if (type.startsWith('CHECKOUT.'))
    return resource.id ?? resource.order_id ?? resource.purchase_units?.[0]?.custom_id;
  if (type.startsWith('CUSTOMER.')) return resource.dispute_id ?? resource.id;
  return captureIdOf(resource) ?? resource.id;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Applies one event. Throws PayPalFailure when PayPal's record cannot be read now: try again later. */
export async function applyEvent(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  event: WebhookEvent,
): Promise<void> {
  const { resource, event_type: type } = event;
  if (type.startsWith('CHECKOUT.')) {
    const payment = await paymentOf(deps, regroupementId, {
      orderId: resource.order_id ?? (type.startsWith('CHECKOUT.ORDER.') ? resource.id : undefined),
      custom: resource.purchase_units?.[0]?.custom_id,
    });
    if (payment !== undefined) await bringUp(deps, paypal, payment);
    return;
  }
  if (
    resource.id !== undefined &&
    (type === 'PAYMENT.CAPTURE.REFUNDED' || type.startsWith('PAYMENT.REFUND.'))
  ) {
    await refunded(deps, paypal, regroupementId, resource.id);
    return;
  }
  if (type.startsWith('PAYMENT.')) {
    await captured(deps, paypal, regroupementId, event);
    return;
  }
  if (type.startsWith('CUSTOMER.DISPUTE.'))
    await followDispute(deps, paypal, regroupementId, resource.dispute_id ?? resource.id ?? '');
}

async function captured(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  { resource, event_type: type }: WebhookEvent,
): Promise<void> {
  // What tells of a reversal is a refund, or so PayPal's own example has it: the capture is the one it points up to.
  const captureId = captureIdOf(resource) ?? resource.id ?? '';
  // Never by its custom_id: whatever else uses the PayPal account may bear any id of ours. The order tells whose it is.
  let payment = await paymentOf(deps, regroupementId, {
    orderId: resource.supplementary_data?.related_ids?.order_id,
    captureId,
  });
  if (payment === undefined) {
    const regroupement = await regroupementById(deps, regroupementId);
    const capture = await fromItsAccount(deps, regroupement, (account) =>
      paypal.readCapture(account, captureId),
    );
    payment = await paymentOf(deps, regroupementId, { orderId: orderIdOf(capture) });
    if (payment === undefined) {
      await unlessRecovering(deps, regroupementId);
      const came = !['PENDING', 'DECLINED', 'FAILED'].includes(capture.status);
      if (came) await unknownCapture(deps, regroupement, capture);
      return;
    }
  }
  const reversed = type === 'PAYMENT.CAPTURE.REVERSED';
  const id = resource.id ?? captureId;
  const synced = await bringUp(
    deps,
    paypal,
    payment,
    reversed && id !== captureId ? { kind: 'reversal', id } : true,
  );
  // Only money that our books have can leave them: what is in doubt here is asked about again.
  if (reversed && synced.completedAt === null)
    throw new PayPalFailure('unavailable', { issue: 'CAPTURE_NOT_SETTLED' });
}

// After a restore our own payments are unknown too, until PayPal's books are in ours: nobody is alarmed before.
async function unlessRecovering(deps: Deps, regroupementId: string): Promise<void> {
  if ((await paymentStop(deps, regroupementId)) !== null)
    throw new PayPalFailure('unavailable', { issue: 'PAYMENTS_STOPPED' });
}

async function refunded(deps: Deps, paypal: PayPal, regroupementId: string, refundId: string): Promise<void> {
  const regroupement = await regroupementById(deps, regroupementId);
  const refund = await fromItsAccount(deps, regroupement, (account) => paypal.readRefund(account, refundId));
  const captureId = captureIdOf(refund);
  const payment =
    captureId === null ? undefined : await paymentOfCapture(deps, paypal, regroupement, captureId);
  if (payment === undefined) {
    await unlessRecovering(deps, regroupementId);
    if (refund.status !== 'COMPLETED') return;
    await deps.db.batch(
      openException(deps, regroupement, {
        kind: 'unknown-refund',
        about: refund.id,
        detail: { refundId: refund.id, captureId, amountCents: cadCents(refund.amount) },
      }),
    );
    return;
  }
  // A refund can be told before its capture.
  const synced = await bringUp(deps, paypal, payment, { kind: 'refund', id: refund.id });
  if (synced.completedAt === null) throw new PayPalFailure('unavailable', { issue: 'CAPTURE_NOT_SETTLED' });
  await takeRefund(deps, await regroupementOf(deps, synced), synced, refund);
}

// A refund can be told before we know of its capture: then PayPal says which order's the capture is.
async function paymentOfCapture(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  captureId: string,
): Promise<StoredPayment | undefined> {
  const known = await paymentOf(deps, regroupement.id, { captureId });
  if (known !== undefined) return known;
  const capture = await fromItsAccount(deps, regroupement, (account) =>
    paypal.readCapture(account, captureId),
  );
  return paymentOf(deps, regroupement.id, { orderId: orderIdOf(capture) });
}

/** Brings what we know of a dispute up to PayPal's record of it. Throws PayPalFailure when PayPal does not answer. */
export async function followDispute(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  disputeId: string,
): Promise<void> {
  const regroupement = await regroupementById(deps, regroupementId);
  const dispute = await fromItsAccount(deps, regroupement, (account) =>
    paypal.readDispute(account, disputeId),
  );
  const captureId = dispute.disputed_transactions?.[0]?.seller_transaction_id;
  const payment =
    captureId === undefined ? undefined : await paymentOfCapture(deps, paypal, regroupement, captureId);
  const asked = dispute.dispute_amount === undefined ? null : cadCents(dispute.dispute_amount);
  const amountCents = asked ?? payment?.amountCents ?? null;
  const outcome =
    dispute.status === 'RESOLVED' ? (dispute.dispute_outcome?.outcome_code ?? dispute.status) : null;
  await deps.db.batch([
    ...openException(deps, regroupement, {
      kind: 'dispute',
      about: dispute.dispute_id,
      ...(payment === undefined ? {} : { paymentId: payment.id }),
      detail: { disputeId: dispute.dispute_id, captureId: captureId ?? null, amountCents },
    }),
    ...(payment === undefined ? [] : [keptDispute(deps, payment, dispute.dispute_id, amountCents, outcome)]),
    ...(outcome === null
      ? []
      : [
          {
            sql: `UPDATE exceptions SET closed_at = ?, closed_by = 'paypal', note = ?
                  WHERE dedupe_key = ? AND regroupement_id = ? AND closed_at IS NULL`,
            args: [deps.now(), outcome, `${regroupementId}:dispute:${dispute.dispute_id}`, regroupementId],
          },
        ]),
  ]);
  if (payment !== undefined) await bringUp(deps, paypal, payment);
}

// Told in any order: one that is over stays so.
function keptDispute(
  deps: Deps,
  payment: StoredPayment,
  disputeId: string,
  amountCents: number | null,
  outcome: string | null,
): Statement {
  const now = deps.now();
  return {
    sql: `INSERT INTO disputes(regroupement_id, dispute_id, payment_id, amount_cents, opened_at, resolved_at, outcome, looked_at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5) ON CONFLICT(regroupement_id, dispute_id)
          DO UPDATE SET resolved_at = COALESCE(resolved_at, excluded.resolved_at), outcome = COALESCE(outcome, excluded.outcome),
            amount_cents = excluded.amount_cents, looked_at = excluded.looked_at`,
    args: [
      payment.regroupementId,
      disputeId,
      payment.id,
      amountCents,
      now,
      outcome === null ? null : now,
      outcome,
    ],
  };
}

/** Money that no payment of ours knows: for a person, never for a file. */
export async function unknownCapture(
  deps: Deps,
  regroupement: Regroupement,
  capture: Pick<Capture, 'id' | 'amount'>,
): Promise<void> {
  await deps.db.batch(
    openException(deps, regroupement, {
      kind: 'unknown-capture',
      about: capture.id,
      detail: { captureId: capture.id, amountCents: cadCents(capture.amount) },
    }),
  );
}

// A webhook may be about an account that the regroupement had before: whichever knows the thing answers.
async function fromItsAccount<T>(
  deps: Deps,
  regroupement: Regroupement,
  read: (account: Regroupement) => Promise<T>,
): Promise<T> {
  let first: PayPalFailure | undefined;
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      return await read(account);
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      first ??= error;
      if (error.decision !== 'gone' && error.decision !== 'configuration') throw error;
    }
  }
  throw first ?? new PayPalFailure('configuration');
}

async function bringUp(
  deps: Deps,
  paypal: PayPal,
  payment: StoredPayment,
  told: true | Told = true,
): Promise<StoredPayment> {
  const synced = await syncPayment(deps, paypal, payment.id, { told });
  // It was settled only now: what became of the money since is looked at too.
  return payment.completedAt === null && synced.completedAt !== null
    ? syncPayment(deps, paypal, payment.id, { told })
    : synced;
}

/** The regroupement's own payment behind these ids, by whichever of them finds it. */
export async function paymentOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  ids: { orderId?: string | undefined; custom?: string | undefined; captureId?: string | undefined },
): Promise<StoredPayment | undefined> {
  const wanted = (
    [
      ['order_id', ids.orderId],
      ['id', ids.custom],
      ['capture_id', ids.captureId],
    ] as const
  ).filter((pair): pair is readonly [(typeof pair)[0], string] => pair[1] !== undefined);
  for (const [column, value] of wanted) {
    const [payment] = await paymentsWhere(deps, `${column} = ? AND regroupement_id = ?`, [
      value,
      regroupementId,
    ]);
    if (payment !== undefined) return payment;
  }
  return undefined;
}
