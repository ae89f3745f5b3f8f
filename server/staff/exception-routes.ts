// What needs a person of the staff: the list of exceptions, PayPal's days beside ours, e-mails that could not be sent.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { closeException, listExceptions } from '../exceptions/exceptions.ts';
import { describe, validate } from '../http/validate.ts';
import { exceptionText } from '../mail/exception-words.ts';
import { parkedMessages, retryMessage } from '../mail/parked.ts';
import { nextOf } from '../next-page.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { Problem } from '../problems/problem.ts';
import { reconcileDay } from '../reconciliation/reconcile.ts';
import { actor, type StaffEnv, staffGuard } from './permission.ts';
import { After, Day, DayReport, Id, Next, NoteRequest, ParkedMessage, StaffException } from './schemas.ts';

const tags: [string] = ['backoffice'];

export function staffExceptionRoutes(deps: Deps, paypal: PayPal) {
  return new Hono<StaffEnv>()
    .get(
      '/exceptions',
      describe({
        summary: 'What needs a person, oldest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({ exceptions: z.array(StaffException), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('query', z.object({ all: z.enum(['true', 'false']).optional(), after: After })),
      async (c) => {
        const { all, after } = c.req.valid('query');
        const regroupement = c.get('regroupement');
        const list = await listExceptions(deps, regroupement.id, { all: all === 'true', after });
        const exceptions = list.map((one) => ({
          ...one,
          message: {
            'fr-CA': exceptionText(regroupement, one, 'fr-CA'),
            'en-CA': exceptionText(regroupement, one, 'en-CA'),
          },
        }));
        return c.json({ exceptions, ...nextOf(list) }, 200);
      },
    )
    .post(
      '/exceptions/:id/close',
      describe({
        summary: 'It was dealt with',
        tags,
        staff: true,
        ok: { status: 200, description: 'Closed', schema: z.object({ closed: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'record'),
      validate('param', Id),
      validate('json', NoteRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const closed = await closeException(deps, c.get('regroupement').id, id, {
          name: actor(c),
          note: c.req.valid('json').note,
        });
        if (!closed) throw new Problem('not-found');
        return c.json({ closed: true as const }, 200);
      },
    )
    .get(
      '/reconciliations/:day',
      describe({
        summary: 'A Toronto day of PayPal’s books beside ours, compared now',
        tags,
        staff: true,
        ok: { status: 200, description: 'The report', schema: z.object({ report: DayReport }) },
        problems: ['forbidden', 'paypal-unavailable', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', z.object({ day: Day })),
      async (c) => {
        try {
          const report = await reconcileDay(deps, paypal, c.get('regroupement').id, c.req.valid('param').day);
          return c.json({ report }, 200);
        } catch (error) {
          if (error instanceof PayPalFailure) throw new Problem('paypal-unavailable');
          throw error;
        }
      },
    )
    .get(
      '/messages/parked',
      describe({
        summary: 'E-mails that could not be sent',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({ messages: z.array(ParkedMessage), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('query', z.object({ after: After })),
      async (c) => {
        const messages = await parkedMessages(deps, c.get('regroupement').id, c.req.valid('query').after);
        return c.json({ messages, ...nextOf(messages) }, 200);
      },
    )
    .post(
      '/messages/:id/retry',
      describe({
        summary: 'Try a parked e-mail again',
        tags,
        staff: true,
        ok: { status: 200, description: 'It waits again', schema: z.object({ waiting: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'record'),
      validate('param', Id),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await retryMessage(deps, c.get('regroupement').id, id, actor(c))))
          throw new Problem('not-found');
        return c.json({ waiting: true as const }, 200);
      },
    );
}
