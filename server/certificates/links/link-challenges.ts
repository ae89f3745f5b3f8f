// A proof that is awaited: a code sent to the e-mail on file, or the staff's yes. A search that found nobody writes the
// same rows but for the message and the request themselves, and answers the same (I6).
import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId } from '../../deps.ts';
import { enqueueAsked } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { securityEvent } from '../../security-log.ts';
import { openCertificates } from '../certificates.ts';
import { type Candidate, holderOf, NOBODY } from '../lookup/candidates.ts';
import { notCounted, type Seeker, tryCode, tryConfirmation } from '../lookup/lookup-limits.ts';
import type { Certificate, ConfirmLinkRequest, ProofAwaited } from '../schemas.ts';
import { requestApproval } from './link-requests.ts';
import { promiseAnswer } from './link-undecided.ts';
import { maskEmail, openLink, type Standing, standingOf } from './links.ts';

const CODE_LIVES_MS = 15 * 60_000;
const CODE_TRIES = 5;
const CODE_DIGITS = 8;

/**
 * Asks for the code where there is an e-mail on file, or else the staff. The same answer, statements and hashes when
 * `found.holder` is nobody. A holder who has undone a link of this account gets no code: staff decide.
 */
export async function askForProof(
  deps: Deps,
  seeker: Seeker,
  proof: 'code' | 'approval',
  typedKey: string,
  found: { holder: Candidate; standing: Standing },
): Promise<ProofAwaited> {
  const { regroupement, accountId } = seeker;
  const { holder, standing } = found;
  const account = { regroupementId: regroupement.id, accountId, email: standing.email, lang: standing.lang };
  const matched = holder !== NOBODY;
  const common = (askStaff: boolean) => [
    guard('EXISTS (SELECT 1 FROM accounts WHERE id = ? AND erased_at IS NULL)', [accountId]),
    ...requestApproval(deps, seeker, holder, askStaff),
    promiseAnswer(deps, account, typedKey),
    securityEvent(deps, regroupement.id, 'link-asked', accountId, { proof }),
  ];
  if (proof === 'approval') {
    await whileThere(deps, common(matched));
    return { proof: 'approval' };
  }

  const codeLeft = await tryCode(deps, seeker, typedKey, holder.emailKey);
  const sent = matched && holder.email !== null && codeLeft && !standing.undone;
  const challengeId = newId(deps);
  const code = newCode(deps);
  const now = deps.now();
  await whileThere(deps, [
    {
      sql: `UPDATE link_challenges SET ended_at = ? WHERE account_id = ? AND asked_key = ? AND regroupement_id = ?
            AND ended_at IS NULL AND used_at IS NULL`,
      args: [now, accountId, sha256(typedKey), regroupement.id],
    },
    sql`INSERT INTO link_challenges(id, regroupement_id, account_id, asked_key, holder_id, number_key, code_hash,
          created_at, expires_at)
        VALUES (${challengeId}, ${regroupement.id}, ${accountId}, ${sha256(typedKey)}, ${sent ? holder.holderId : null},
          ${sent ? holder.numberKey : ''}, ${codeHash(challengeId, code, holder.emailKey)}, ${now}, ${now + CODE_LIVES_MS})`,
    enqueueAsked(
      deps,
      {
        regroupementId: regroupement.id,
        dedupeKey: `link-code:${challengeId}`,
        kind: 'link-code',
        recipient: holder.email ?? '',
        lang: holder.lang === 'en-CA' ? 'en-CA' : 'fr-CA',
        payload: { accountEmailMasked: maskEmail(standing.email), code },
      },
      { by: seeker.clientAddress, only: sent },
    ),
    ...common(matched && !sent),
  ]);
  return { proof: 'code', challengeId, expiresIn: CODE_LIVES_MS / 1000 };
}

/** Writes the request unless the account has ended meanwhile. Throws `unauthenticated`. */
async function whileThere(deps: Pick<Deps, 'db'>, statements: readonly Statement[]): Promise<void> {
  try {
    await deps.db.batch(statements);
  } catch (error) {
    if (isGuardFailure(error)) throw new Problem('unauthenticated');
    throw error;
  }
}

/**
 * SQL: the newest code that the account asked for and may still type, found or not, as JSON: reading it may take this page's
 * place, and another search would make it worthless. NULL where there is none; ?1 = regroupement, ?2 = account, ?3 = now.
 */
export const AWAITED_CODE = `(SELECT json_object('challengeId', id, 'expiresAt', expires_at) FROM link_challenges
  WHERE account_id = ?2 AND regroupement_id = ?1 AND ended_at IS NULL AND used_at IS NULL AND expires_at > ?3
    AND tries < ${CODE_TRIES}
  ORDER BY created_at DESC, id LIMIT 1)`;

interface Challenge {
  holder_id: string | null;
  number_key: string;
  code_hash: string;
  tries: number;
}

/**
 * Opens, at level `verified`, the certificate whose code this is; the same right code again answers the same.
 * Throws `code-wrong` with the tries that are left, `code-expired` for whatever can no longer be right (unknown, too
 * old, replaced, out of tries), `too-many-requests`.
 */
export async function confirmCode(
  deps: Deps,
  seeker: Seeker,
  given: ConfirmLinkRequest,
): Promise<{ certificates: Certificate[] }> {
  const { regroupement, accountId } = seeker;
  const account = { regroupementId: regroupement.id, accountId };
  await tryConfirmation(deps, seeker);
  // The try is taken before the code is looked at: two at once are two.
  const { rows } = await deps.db.execute<Challenge>(
    `UPDATE link_challenges SET tries = tries + 1
     WHERE id = ?1 AND account_id = ?2 AND regroupement_id = ?3 AND ended_at IS NULL AND expires_at > ?4 AND tries < ?5
     RETURNING holder_id, number_key, code_hash, tries`,
    [given.challengeId, accountId, regroupement.id, deps.now(), CODE_TRIES],
  );
  const [challenge] = rows;
  if (challenge === undefined) throw new Problem('code-expired');
  // Read for a miss too, so that a wrong code takes as long. The code is for the e-mail on file that it was sent to.
  const holder = await holderOf(deps, regroupement.id, challenge.holder_id ?? '', challenge.number_key);
  const hash = codeHash(given.challengeId, given.code, holder?.emailKey ?? null);
  if (!isSame(hash, challenge.code_hash) || challenge.holder_id === null) {
    await deps.db.batch([securityEvent(deps, regroupement.id, 'link-code-wrong', accountId)]);
    throw new Problem('code-wrong', { triesLeft: CODE_TRIES - challenge.tries });
  }
  const standing = holder === null ? null : await standingOf(deps, account, holder);
  // Her file went away, or she closed this account's link, since the code was sent.
  if (holder === null || standing === null || standing.undone) throw new Problem('code-expired');
  const { clientAddress } = seeker;
  await openLink(deps, account, standing, holder, { level: 'verified', method: 'code', clientAddress });
  // Of several at once, one is the first.
  const { rows: first } = await deps.db.execute(
    'UPDATE link_challenges SET used_at = ? WHERE id = ? AND regroupement_id = ? AND used_at IS NULL RETURNING id',
    [deps.now(), given.challengeId, regroupement.id],
  );
  if (first.length > 0) await notCounted(deps, seeker);
  const opened = await openCertificates(deps, account, [holder]);
  if (opened.certificates.length === 0) throw new Problem('code-expired'); // closed by the holder in this instant
  return opened;
}

function newCode(deps: Pick<Deps, 'randomBytes'>): string {
  const random = Buffer.from(deps.randomBytes(6)).readUIntBE(0, 6);
  return String(random % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, '0');
}

// Short, but it lives for a quarter of an hour, and its message stands beside it in clear until it leaves.
function codeHash(challengeId: string, code: string, emailKey: string | null): string {
  return sha256(`${challengeId}:${code}:${emailKey ?? ''}`);
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
