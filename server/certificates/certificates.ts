// The files that an account reaches, as the balance screen shows them (S15, S18, S33).
import type { Deps } from '../deps.ts';
import { derivedInvoices, type Invoice } from '../ledger/invoices.ts';
import { sum } from '../ledger/money.ts';
import { followTaxRate } from '../ledger/premium-tax.ts';
import { isShown, type Payer, type ReachedCertificate, type ReachedFile, reachedFiles } from './access.ts';
import { type Certificate, invoiceView } from './schemas.ts';

/**
 * Every certificate that the account reaches, with what its level shows; `only` narrows it to some of them. `read`: what
 * REACHED_FILES has just answered.
 */
export async function certificatesOf(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  payer: Payer,
  {
    only = () => true,
    read,
  }: { only?: (certificate: ReachedCertificate) => boolean; read?: readonly ReachedFile[] } = {},
): Promise<{ foundBy: 'email' | 'link' | 'none'; certificates: Certificate[] }> {
  const current = (files: readonly ReachedFile[]) =>
    files.filter(only).map((file) => ({ ...file, invoices: derivedInvoices(file.invoices, deps.now()) }));
  let reached = current(read ?? (await reachedFiles(deps, payer)));
  const invoices = reached.flatMap((file) => file.invoices);
  // The list says what the quote will, also in the first minutes of a new rate (M6).
  if (await followTaxRate(deps, payer.regroupementId, invoices))
    reached = current(await reachedFiles(deps, payer));
  return {
    foundBy: reached.length === 0 ? 'none' : reached.some(({ byEmail }) => byEmail === 1) ? 'email' : 'link',
    certificates: reached.map((file) => certificateView(file, file.invoices)),
  };
}

/** What the account now sees of these holders’ certificates. */
export async function openCertificates(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  account: Payer,
  holders: readonly Pick<ReachedCertificate, 'holderId' | 'numberKey'>[],
): Promise<{ certificates: Certificate[] }> {
  const { certificates } = await certificatesOf(deps, account, {
    only: (reached) =>
      holders.some((one) => one.holderId === reached.holderId && one.numberKey === reached.numberKey),
  });
  return { certificates };
}

/** A certificate as it is shown at its level. */
export function certificateView(
  certificate: Omit<ReachedCertificate, 'holderId' | 'numberKey' | 'byEmail'>,
  all: readonly Invoice[],
): Certificate {
  const { level } = certificate;
  const whole = level === 'verified';
  const shown = all.filter((invoice) => isShown(level, invoice));
  const balances = shown.filter(({ status }) => status === 'open').map(({ balanceCents }) => balanceCents);
  return {
    id: certificate.id,
    number: certificate.number,
    kind: certificate.kind,
    holderName: whole ? `${certificate.firstName} ${certificate.lastName}`.trim() : null,
    level,
    periodStart: certificate.periodStart,
    periodEnd: certificate.periodEnd,
    // Coverage and changes are the holder’s own business; paying needs neither.
    status: whole ? certificate.status : '',
    endorsementsWithoutInvoice: whole ? certificate.endorsementsWithoutInvoice : 0,
    balanceCents: sum(balances),
    // Also of one that was cancelled after it was paid.
    creditCents: sum(shown.map(({ balanceCents }) => Math.max(0, -balanceCents))),
    invoices: shown.map(invoiceView),
  };
}
