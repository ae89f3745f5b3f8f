// What a webhook makes happen (S31, S32, and after). It is only a hint that something happened: what it says is checked
// against PayPal's own record, and written by the same functions as everything else (P4). In any order, any number of times.
import { z } from 'zod';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { fromAnyAccount, paymentOf, paymentOfCapture } from '../payments/find.ts';
import { paymentStop } from '../payments/stops.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type Capture, cadCents, captureIdOf, Link, orderIdOf } from '../paypal/wire.ts';
import { followDispute } from '../refunds/disputes.ts';
import { followPaymentAndMoney } from '../refunds/follow-payment.ts';
import { recordRefund } from '../refunds/record.ts';
import { type Regroupement, regroupementById, regroupementOf } from '../regroupements/regroupements.ts';

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
    if (payment !== undefined) await followPaymentAndMoney(deps, paypal, payment);
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
  // The resource of a reversal's event is a refund, or so PayPal's own example has it: the capture is what it points up to.
  const captureId = captureIdOf(resource) ?? resource.id ?? '';
  // Never by its custom_id: whatever else uses the PayPal account may bear any id of ours. The order says whose it is.
  let payment = await paymentOf(deps, regroupementId, {
    orderId: resource.supplementary_data?.related_ids?.order_id,
    captureId,
  });
  if (payment === undefined) {
    const regroupement = await regroupementById(deps, regroupementId);
    const capture = await fromAnyAccount(deps, regroupement, (account) =>
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
  const reported = reversed && id !== captureId ? ({ kind: 'reversal', id } as const) : undefined;
  const synced = await followPaymentAndMoney(deps, paypal, payment, reported);
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
  const refund = await fromAnyAccount(deps, regroupement, (account) => paypal.readRefund(account, refundId));
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
  // The event of a refund can come before that of its capture.
  const synced = await followPaymentAndMoney(deps, paypal, payment, { kind: 'refund', id: refund.id });
  if (synced.completedAt === null) throw new PayPalFailure('unavailable', { issue: 'CAPTURE_NOT_SETTLED' });
  await recordRefund(deps, await regroupementOf(deps, synced), synced, refund);
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
