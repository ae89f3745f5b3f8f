// « Recherche de votre facture » (S16–S19): what a name and a certificate number open, under each link policy (I6).
// Whatever fails, the answer, its status and its work are the same: nothing tells an unknown number from a wrong name,
// a closed file or another regroupement. Where a proof is awaited, a match and a miss are the same too.
import type { Deps } from '../../deps.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { openCertificates } from '../certificates.ts';
import { invoiceSecretHash, readInvoiceSecret } from '../links/invoice-secrets.ts';
import { askForProof } from '../links/link-challenges.ts';
import { type LinkMethod, openLink, reaches, standingOf } from '../links/links.ts';
import { countedKey, searchKeys } from '../number.ts';
import type { Certificate, LinkRequest, ProofAwaited } from '../schemas.ts';
import { type Candidate, candidatesFor, matching, NOBODY } from './candidates.ts';
import { alertStaff, missed, notMissed, type Seeker, tryLookup } from './lookup-limits.ts';

/**
 * Searches, and opens what may be opened: every period of the certificates whose number and holder’s name were typed,
 * at level `pay` by name and number alone, at `verified` with the invoice's secret. Asking again opens nothing more.
 * Answers the certificates, or the proof that is awaited, which says nothing about what was found.
 * Throws `lookup-not-found` on every miss that shows, `too-many-requests` after too many, `validation` when the secret
 * is needed and missing, or has a slip in it.
 */
export async function searchByNameAndNumber(
  deps: Deps,
  seeker: Seeker,
  typed: LinkRequest,
): Promise<{ certificates: Certificate[] } | ProofAwaited> {
  const { regroupement } = seeker;
  const account = { regroupementId: regroupement.id, accountId: seeker.accountId };
  const secret = typedSecret(regroupement, typed);
  const keys = searchKeys(typed.certificateNumber);
  const counted = countedKey(keys[0]);
  const spent = await tryLookup(deps, seeker, counted);
  const proof = proofFor(regroupement, secret, spent.length > 0);

  const candidates = await candidatesFor(deps, regroupement.id, keys);
  const secretHash = secret === null ? null : await invoiceSecretHash(regroupement.id, secret);
  const onFile = candidates[0]?.number || null;
  await alertStaff(deps, seeker, spent, counted, onFile);
  const matches = matching(candidates, keys, typed, secretHash);
  // Always one at least, so that a miss asks the database what a match asks.
  const level = proof === 'name-and-number' ? 'pay' : 'verified';
  // Too many searches by others ask nothing more of whoever is in already.
  const enough = secret === null && regroupement.linkPolicy === 'name-and-number' ? 'pay' : 'verified';
  const seen = [];
  for (const holder of matches.length > 0 ? matches : [NOBODY]) {
    const standing = await standingOf(deps, account, holder);
    if (standing === null) throw new Problem('lookup-not-found');
    seen.push({ holder, standing, there: holder !== NOBODY && reaches(standing, holder, enough) });
  }

  const there = seen.filter(({ there }) => there).map(({ holder }) => holder);
  // What she reaches already tells her nothing new, unless a better proof was asked for to raise it.
  if (there.length > 0 && there.length === matches.length) return shown(there);
  if (proof === 'code' || proof === 'approval') {
    const [first] = seen;
    if (first === undefined) throw new Problem('lookup-not-found');
    return askForProof(deps, seeker, proof, counted, first);
  }
  const opened: Candidate[] = [...there];
  for (const { holder, standing, there } of seen) {
    if (there || holder === NOBODY || standing.undone) continue;
    const { clientAddress } = seeker;
    await openLink(deps, account, standing, holder, { level, method: proof, clientAddress });
    opened.push(holder);
  }
  if (opened.length === 0) {
    await missed(deps, seeker);
    throw new Problem('lookup-not-found');
  }
  return shown(opened);

  async function shown(holders: readonly Candidate[]): Promise<{ certificates: Certificate[] }> {
    if (spent.length === 0) await notMissed(deps, seeker, counted);
    return openCertificates(deps, account, holders);
  }
}

/**
 * The secret is a proof under every policy: she may have it on paper. Without it the policy decides, and too many
 * searches of one number or regroupement raise the proof; the code and the staff's eye cannot be guessed at.
 */
function proofFor(regroupement: Regroupement, secret: string | null, raised: boolean): LinkMethod {
  if (secret !== null) return 'secret';
  return regroupement.linkPolicy === 'name-and-number' && raised ? 'code' : regroupement.linkPolicy;
}

// Its check character tells a slip from the typed text alone, so the answer tells nothing of any file.
function typedSecret(regroupement: Regroupement, { invoiceSecret }: LinkRequest): string | null {
  if (invoiceSecret === undefined || invoiceSecret === '') {
    if (regroupement.linkPolicy !== 'secret') return null;
    throw new Problem('validation', { errors: [{ pointer: '/invoiceSecret', code: 'required' }] });
  }
  const secret = readInvoiceSecret(invoiceSecret);
  if (secret !== null) return secret;
  throw new Problem('validation', { errors: [{ pointer: '/invoiceSecret', code: 'mistyped' }] });
}
