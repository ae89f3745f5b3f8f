// PayPal's side of webhooks: subscriptions, past events, their certificate, and its own check of a signature.
import { createVerify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { Deliveries, Subscription } from './deliveries.ts';
import { failure, malformed } from './errors.ts';
import type { Handlers } from './handlers.ts';

const Create = z.object({
  url: z.url(),
  event_types: z.array(z.object({ name: z.string() })).min(1),
});
const Verify = z.object({
  auth_algo: z.string(),
  cert_url: z.string(),
  transmission_id: z.string(),
  transmission_sig: z.string(),
  transmission_time: z.string(),
  webhook_id: z.string(),
  webhook_event: z.unknown(),
});

export function notificationRoutes(
  app: Hono,
  { bearer, serve }: Handlers,
  deps: { deliveries: Deliveries; id(length: number): string; publicUrl: string },
): void {
  const { deliveries } = deps;
  const shown = ({ id, url, events = ['*'] }: Subscription) => ({
    id,
    url,
    event_types: events.map((name) => ({ name })),
    links: [{ href: `${deps.publicUrl}/v1/notifications/webhooks/${id}`, rel: 'self', method: 'GET' }],
  });
  app.get('/v1/notifications/certs/:name{[A-Za-z0-9_-]+}', (c) => c.text(deliveries.certificate));
  app.post('/v1/notifications/webhooks', async (c) => {
    const { clientId } = bearer(c);
    const parsed = Create.safeParse(await c.req.json().catch(() => null));
    if (!parsed.success) throw malformed('/', 'INVALID_PARAMETER_SYNTAX');
    const events = parsed.data.event_types.map(({ name }) => name);
    const subscription = { id: deps.id(17), url: parsed.data.url, clientId, events };
    deliveries.subscriptions.push(subscription);
    return c.json(shown(subscription), 201);
  });
  app.get('/v1/notifications/webhooks', (c) =>
    serve(c, 'list-webhooks', () => {
      const { clientId } = bearer(c);
      const webhooks = deliveries.subscriptions.filter((one) => one.clientId === clientId).map(shown);
      return { status: 200, body: { webhooks } };
    }),
  );
  app.get('/v1/notifications/webhooks-events', (c) => {
    const merchant = bearer(c);
    const events = deliveries.events.filter((one) => one.merchant === merchant).map(({ event }) => event);
    return c.json({ events, count: events.length, links: [] });
  });
  app.post('/v1/notifications/webhooks-events/:id/resend', (c) => {
    const merchant = bearer(c);
    const found = deliveries.events.find(
      (one) => one.event.id === c.req.param('id') && one.merchant === merchant,
    );
    if (found === undefined) throw failure(404, 'INVALID_RESOURCE_ID', { location: 'path' });
    for (const one of deliveries.subscriptions)
      if (one.clientId === merchant.clientId) deliveries.send(found.event, one);
    return c.json(found.event, 202);
  });
  app.post('/v1/notifications/verify-webhook-signature', async (c) => {
    bearer(c);
    const text = await c.req.text();
    const parsed = Verify.safeParse(JSON.parse(text || 'null'));
    if (!parsed.success) throw malformed('/', 'INVALID_PARAMETER_SYNTAX');
    const { data } = parsed;
    // The event as it stands in the text: written anew it would have other bytes.
    const at = text.indexOf('"webhook_event":') + '"webhook_event":'.length;
    const event = text.slice(at, text.lastIndexOf('}'));
    const message = `${data.transmission_id}|${data.transmission_time}|${data.webhook_id}|${crc32(event)}`;
    const good =
      deliveries.subscriptions.some(({ id }) => id === data.webhook_id) &&
      createVerify('RSA-SHA256')
        .update(message)
        .verify(deliveries.certificate, data.transmission_sig, 'base64');
    return c.json({ verification_status: good ? 'SUCCESS' : 'FAILURE' });
  });
}
