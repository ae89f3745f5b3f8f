// What she reads of cheques and the like in « Mes paiements »: their receipts, and what annuls one.
import { Hono } from 'hono';
import { z } from 'zod';
import { signedIn } from '../accounts/sessions/signed-in.ts';
import { reachedCertificates } from '../certificates/access.ts';
import type { Deps } from '../deps.ts';
import { describe } from '../http/validate.ts';
import { RecordedReceipt, recordedReceipts } from '../receipts/recorded.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { receiptsOf } from './receipts.ts';

/** Below /v1/regroupements/{regroupement}. */
export function receiptListRoutes(deps: Deps) {
  return new Hono<TenantEnv>().get(
    '/receipts',
    describe({
      summary:
        'Receipts of what the association wrote down on the files that are proven to be hers, newest first',
      tags: ['payments'],
      signedIn: true,
      ok: {
        status: 200,
        description: 'The documents, by links of a quarter of an hour',
        schema: z.object({ receipts: z.array(RecordedReceipt) }),
      },
    }),
    signedIn(deps),
    async (c) => {
      const { accountId, regroupementId } = c.get('session');
      const reached = await reachedCertificates(deps, { accountId, regroupementId });
      const whole = reached.filter(({ level }) => level === 'verified').map(({ id }) => id);
      return c.json({ receipts: await recordedReceipts(deps, await receiptsOf(deps, whole)) }, 200);
    },
  );
}
