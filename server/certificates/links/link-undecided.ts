// The e-mail that answers a search which awaits a proof, when none has come after three days. Whoever searched gets it,
// whatever was found, undecided or refused: a refusal of its own would tell her that there was something to refuse.
import { sha256 } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { countedKey } from '../number.ts';

const DAY = 24 * 60 * 60_000;
const ANSWER_AFTER_MS = 3 * DAY;

interface Account {
  regroupementId: string;
  accountId: string;
}

function keyOf({ accountId }: Account, numberKey: string): string {
  return `link-undecided:${accountId}:${sha256(countedKey(numberKey))}:`;
}

/** The statement that puts the answer by; once a day for one number. */
export function promiseAnswer(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  account: Account & { email: string; lang: Lang },
  numberKey: string,
): Statement {
  const at = deps.now() + ANSWER_AFTER_MS;
  return enqueueMail(
    deps,
    {
      regroupementId: account.regroupementId,
      dedupeKey: `${keyOf(account, numberKey)}${Math.floor(at / DAY)}`,
      kind: 'link-undecided',
      recipient: account.email,
      lang: account.lang,
      payload: {},
    },
    { at },
  );
}

/** The statement that takes it back: the certificate is open. */
export function forgetAnswer(account: Account, numberKey: string): Statement {
  const key = keyOf(account, numberKey);
  return {
    // All that begins with the key: a colon ends it, and a semicolon is what comes after a colon.
    sql: `DELETE FROM outbox WHERE dedupe_key >= ? AND dedupe_key < ?
          AND state = 'waiting' AND kind = 'link-undecided' AND regroupement_id = ?`,
    args: [key, key.replace(/:$/, ';'), account.regroupementId],
  };
}
