// The message with the link for a new password: for a forgotten one, and in place of whatever was asked for when too much
// was asked for her mailbox. It opens her account, or activates what she began, whoever asked for it (I5).
import { sha256 } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { enqueueAsked, type Mail, replaceWaiting } from '../../mail/outbox.ts';
import { type Regroupement, registeredPage } from '../../regroupements/regroupements.ts';
import type { Leave } from '../account-limits.ts';

/** An hour: she has just asked for it, and it opens the account by itself. */
const RESET_MS = 3_600_000;

/**
 * The statements that send a link for a new password, also in place of another message when too many were asked for
 * (`leave`). The same ones where there is no `recipient`: the row that they leave is nobody's, and so is the message.
 */
export function sendReset(
  deps: Deps,
  regroupement: Regroupement,
  to: { key: string; recipient: string | undefined; lang: Lang; page?: string | undefined },
  leave: Leave,
  clientAddress: string,
): Statement[] {
  const id = newId(deps);
  const secret = newSecret(deps);
  const now = deps.now();
  const at = leave === 'now' ? now : leave.at;
  const recipient = leave !== 'now' && leave.nothing ? undefined : to.recipient;
  const mail: Mail<'reset'> = {
    regroupementId: regroupement.id,
    dedupeKey: `reset:${leave === 'now' ? id : leave.key}`,
    kind: 'reset',
    recipient: recipient ?? '',
    lang: to.lang,
    payload: leave === 'now' ? { token: secret } : { token: secret, instead: true },
  };
  const page = to.page == null ? null : registeredPage(regroupement, deps.config.publicUrl, to.page);
  return [
    sql`INSERT INTO password_resets(id, regroupement_id, email_key, token_hash, page, created_at, expires_at)
        VALUES (${id}, ${regroupement.id}, ${recipient === undefined ? '' : to.key}, ${sha256(secret)}, ${page}, ${now},
          ${at + RESET_MS})
        ON CONFLICT DO NOTHING`,
    // The link of the message that waits already may have died meanwhile; the newest one lives.
    ...(leave === 'now' ? [] : [replaceWaiting(mail)]),
    enqueueAsked(deps, mail, { by: clientAddress, at, kept: leave !== 'now' }),
  ];
}
