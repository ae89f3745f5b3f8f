// The account that is paid, changed by an owner: nothing is stored before PayPal has borne out each line of it (« Vérifier »).
// Payments under way end on the account that they began on, whose credentials are kept.
import { z } from 'zod';
import type { Actor } from '../../audit.ts';
import { encrypt, sha256 } from '../../crypto.ts';
import { guard, isGuardFailure } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { limited } from '../../limits.ts';
import { checkAccount } from '../../paypal/account-check.ts';
import { Problem } from '../../problems/problem.ts';
import { type Regroupement, regroupementById } from '../../regroupements/regroupements.ts';
import { ACCOUNT_FORMS } from '../../regroupements/setting-forms.ts';
import { SECRET, writing } from '../../regroupements/settings-changes.ts';
import { Lines, lineView } from './paypal-words.ts';

export const PayPalAccount = z
  .object({
    clientId: z.string(),
    merchantId: z.string().nullable(),
    webhookId: z.string().nullable(),
    version: z.string().describe('names this state of the account, for a change of it'),
  })
  .meta({ ref: 'PayPalAccount' });
export const GivenAccount = z.strictObject({
  clientId: ACCOUNT_FORMS.clientId,
  secret: ACCOUNT_FORMS.secret.optional().describe('may be left out where the client id stays'),
  merchantId: ACCOUNT_FORMS.merchantId,
  webhookId: ACCOUNT_FORMS.webhookId,
});
type Given = z.infer<typeof GivenAccount>;
export const Verified = z
  .object({
    passes: z.boolean().describe('every line is green: it can be saved'),
    lines: Lines,
    underWay: z
      .object({ payments: z.int(), cents: z.int() })
      .describe('payments begun and not over on an account that this one takes the place of: they end there'),
  })
  .meta({ ref: 'VerifiedAccount' });

/** Each try asks PayPal seven things, and makes an order. */
const TRIES = { burst: 10, periodMs: 600_000 };
const NONE = 'none';

function accountVersion({ paypal }: Regroupement): string {
  if (paypal === null) return NONE;
  const { clientId, encryptedSecret, merchantId, webhookId, version } = paypal;
  return sha256(JSON.stringify([clientId, encryptedSecret, merchantId, webhookId, version])).slice(0, 22);
}

/** The account as it is, without its secret. */
export async function accountOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
): Promise<z.infer<typeof PayPalAccount> | null> {
  const regroupement = await regroupementById(deps, regroupementId);
  const { paypal } = regroupement;
  if (paypal === null) return null;
  const { clientId, merchantId, webhookId } = paypal;
  return { clientId, merchantId, webhookId, version: accountVersion(regroupement) };
}

/** Asks PayPal about the account; stores nothing. Throws `validation`, `too-many-requests`. */
export async function verifyAccount(
  deps: Deps,
  regroupement: Regroupement,
  given: Given,
): Promise<z.infer<typeof Verified>> {
  await limited(deps, [[`paypal-verify:${regroupement.id}`, TRIES]]);
  const lines = await checkAccount(deps, candidate(deps, regroupement, given));
  return {
    passes: lines.every(({ fault }) => fault === null),
    lines: lines.map((line) => lineView(deps, regroupement, line)),
    underWay: await underWay(deps, regroupement.id, given.clientId),
  };
}

/**
 * Stores the account once PayPal bears it out, from the state `version` on (`none`: there was no account). Throws
 * `account-unverified` with the lines, `changed-meanwhile`, and as `verifyAccount`.
 */
export async function saveAccount(
  deps: Deps,
  regroupement: Regroupement,
  { version, by, given }: { version: string; by: Actor; given: Given },
): Promise<z.infer<typeof Verified>> {
  const refuseOther = async () => {
    const now = await regroupementById(deps, regroupement.id);
    if (accountVersion(now) !== version) throw await changedMeanwhile(deps, now);
  };
  await refuseOther();
  const verified = await verifyAccount(deps, regroupement, given);
  if (!verified.passes) throw new Problem('account-unverified', verified);
  const { paypal: before } = regroupement;
  const columns = new Map<string, string>();
  if (before?.clientId !== given.clientId) columns.set('paypal_client_id', given.clientId);
  if (before?.merchantId !== given.merchantId) columns.set('paypal_merchant_id', given.merchantId);
  if (before?.webhookId !== given.webhookId) columns.set('paypal_webhook_id', given.webhookId);
  if (given.secret !== undefined)
    columns.set(SECRET, encrypt(deps, `paypal-secret:${regroupement.id}`, given.secret));
  if (columns.size === 0) return verified;
  try {
    await deps.db.batch([
      guard(
        `(SELECT (paypal_client_id, paypal_secret, paypal_merchant_id, paypal_webhook_id, paypal_version) IS (?, ?, ?, ?, ?)
          FROM regroupements WHERE id = ?)`,
        [
          ...[before?.clientId ?? null, before?.encryptedSecret ?? null, before?.merchantId ?? null],
          ...[before?.webhookId ?? null, before?.version ?? 1, regroupement.id],
        ],
      ),
      ...writing(deps, regroupement.id, { columns, by }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const now = await regroupementById(deps, regroupement.id);
    // The database may be asked twice.
    const ours = columns.get(SECRET) ?? before?.encryptedSecret;
    if (now.paypal?.encryptedSecret !== ours || now.paypal?.webhookId !== given.webhookId)
      throw await changedMeanwhile(deps, now);
  }
  return verified;
}

async function changedMeanwhile(deps: Deps, now: Regroupement): Promise<Problem> {
  const current = await accountOf(deps, now.id);
  return new Problem('changed-meanwhile', { current, version: accountVersion(now) });
}

/** The regroupement as it would be with the account. Throws `validation` where the secret is not there. */
function candidate(deps: Deps, regroupement: Regroupement, given: Given): Regroupement {
  const { paypal: before, id } = regroupement;
  const kept = before?.clientId === given.clientId ? before.encryptedSecret : undefined;
  const encryptedSecret =
    given.secret === undefined ? kept : encrypt(deps, `paypal-secret:${id}`, given.secret);
  if (encryptedSecret === undefined)
    throw new Problem('validation', { errors: [{ pointer: '/secret', code: 'required' }] });
  const { clientId, merchantId, webhookId } = given;
  return { ...regroupement, paypal: { clientId, merchantId, webhookId, encryptedSecret, version: 0 } };
}

async function underWay(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  clientId: string,
): Promise<{ payments: number; cents: number }> {
  const { rows } = await deps.db.execute<{ payments: number; cents: number }>(
    `SELECT count(*) AS payments, coalesce(sum(p.amount_cents), 0) AS cents FROM payments p INDEXED BY payments_unsettled
     JOIN paypal_accounts a ON a.regroupement_id = p.regroupement_id AND a.version = p.paypal_version
     WHERE p.regroupement_id = ? AND p.state IN ('created', 'approved', 'capturing', 'pending', 'unknown', 'declined')
       AND a.client_id <> ?`,
    [regroupementId, clientId],
  );
  return rows[0] ?? { payments: 0, cents: 0 };
}
