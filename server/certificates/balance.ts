// What the balance screen shows (S15, S18, S33), read at once with the session that asks: on a libSQL server each statement is a
// call over the network, on a file to begin one is most of what a small one takes. And all of it is of one instant.
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { type Payer, REACHED_FILES, type ReachedFile } from './access.ts';
import { certificatesOf } from './certificates.ts';
import { AWAITED_CODE } from './links/link-challenges.ts';
import type { CertificateList } from './schemas.ts';

interface StoredBalance {
  files: ReachedFile[];
  code: { challengeId: string; expiresAt: number } | null;
}

/**
 * An SQL expression: everything that the account reaches, and the code that it may still type; for `balanceOf`. ?1 =
 * regroupement, ?2 = account, ?3 = now.
 */
export const BALANCE = `json_object('files', ${REACHED_FILES}, 'code', json(${AWAITED_CODE}))`;

/** What BALANCE has read, as it is shown. */
export async function balanceOf(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  payer: Payer,
  read: string,
): Promise<z.infer<typeof CertificateList>> {
  const { files, code } = JSON.parse(read) as StoredBalance;
  const found = await certificatesOf(deps, payer, { read: files });
  if (code === null) return found;
  const expiresIn = Math.ceil((code.expiresAt - deps.now()) / 1000);
  return { ...found, proof: { proof: 'code', challengeId: code.challengeId, expiresIn } };
}
