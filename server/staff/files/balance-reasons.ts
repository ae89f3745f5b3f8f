// « Pourquoi mon solde est à 0 $? » (S33): what the file says, each reason in a sentence that can be read aloud on the
// telephone. The first one is the answer.
import { maskEmail } from '../../certificates/links/links.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { day, money } from '../../format.ts';
import { howPaid, type Invoice } from '../../ledger/invoices.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import type { FileAccount, FileCertificate, HolderFile } from './holder-file.ts';

const [FR, EN] = ['fr-CA', 'en-CA'] as const;

/** In the order in which they answer. */
export const REASONS = [
  'endorsement-without-invoice',
  'payment-in-progress',
  'cancelled-owed',
  'paid',
  'credit',
  'cancelled',
  'credited',
  'no-invoice-this-period',
  'file-closed',
  'no-link',
  'no-account',
] as const;
type ReasonCode = (typeof REASONS)[number];

export interface Reason {
  code: ReasonCode;
  sentence: Readonly<Record<Lang, string>>;
  /** What the cure is about. */
  certificateId: string | null;
  invoiceId: string | null;
  endorsementId: string | null;
}
/** Why nothing is to be paid: no answer where something is. */
const SETTLED: readonly ReasonCode[] = ['paid', 'cancelled', 'credited', 'no-invoice-this-period'];
type About = Partial<Pick<Reason, 'certificateId' | 'invoiceId' | 'endorsementId'>>;

/** Every reason that holds, the answer first. None: something is owed, and she can see and pay it. */
export async function balanceReasons(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  file: HolderFile,
): Promise<Reason[]> {
  const at = { today: torontoDay(deps.now()), owedCents: owedOn(file) };
  const of = await Promise.all(file.certificates.map((one) => ofCertificate(deps, regroupementId, one, at)));
  const all = [...of.flat(), ...(file.closed ? [closed()] : []), ...ofAccounts(file)];
  const answers = at.owedCents === 0 ? all : all.filter(({ code }) => !SETTLED.includes(code));
  return answers.toSorted((a, b) => REASONS.indexOf(a.code) - REASONS.indexOf(b.code));
}

/** What is left to pay on the file, credits apart, in cents. */
function owedOn({ certificates }: HolderFile): number {
  const payable = certificates.flatMap(({ invoices }) => invoices).filter((invoice) => invoice.payable);
  return payable.reduce((sum, { balanceCents }) => sum + balanceCents, 0);
}

async function ofCertificate(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  certificate: FileCertificate,
  { today, owedCents }: { today: string; owedCents: number },
): Promise<Reason[]> {
  const { id: certificateId, number, invoices, periodStart, periodEnd } = certificate;
  const current = periodStart <= today && today <= periodEnd;
  const billed = invoices.some(({ status }) => status === 'open');
  const found = await Promise.all(invoices.map((invoice) => ofInvoice(deps, regroupementId, invoice)));
  return [
    ...certificate.endorsements
      .filter(({ invoiceId }) => invoiceId === null)
      .map(({ id, effectiveOn, amountCents }) =>
        reason(
          'endorsement-without-invoice',
          {
            'fr-CA': `L’avenant du ${day(effectiveOn, FR)} (${money(amountCents, FR)}) n’a pas de facture\u00a0: la RSG voit ${owedCents === 0 ? '' : 'seulement '}${money(owedCents, FR)}.`,
            'en-CA': `The endorsement of ${day(effectiveOn, EN)} (${money(amountCents, EN)}) has no invoice: the provider sees ${owedCents === 0 ? '' : 'only '}${money(owedCents, EN)}.`,
          },
          { endorsementId: id, certificateId },
        ),
      ),
    ...found.flat(),
    ...(current && !billed && !certificate.closed
      ? [
          reason(
            'no-invoice-this-period',
            {
              'fr-CA': `Le certificat ${number} (du ${day(periodStart, FR)} au ${day(periodEnd, FR)}) n’a aucune facture à payer.`,
              'en-CA': `Certificate ${number} (from ${day(periodStart, EN)} to ${day(periodEnd, EN)}) has no invoice to pay.`,
            },
            { certificateId },
          ),
        ]
      : []),
  ];
}

async function ofInvoice(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoice: Invoice,
): Promise<Reason[]> {
  const { id: invoiceId, number, certificateId, balanceCents, totalCents } = invoice;
  const about = { invoiceId, certificateId };
  if (invoice.heldBy !== null)
    return [
      reason(
        'payment-in-progress',
        {
          'fr-CA': `Un paiement de la facture ${number} est en cours\u00a0: il faut attendre sa fin.`,
          'en-CA': `A payment of invoice ${number} is in progress: wait for its end.`,
        },
        about,
      ),
    ];
  if (balanceCents < 0)
    return [
      reason(
        'credit',
        {
          'fr-CA': `La facture ${number} a un crédit de ${money(-balanceCents, FR)}.`,
          'en-CA': `Invoice ${number} has a credit of ${money(-balanceCents, EN)}.`,
        },
        about,
      ),
    ];
  if (invoice.status === 'cancelled' && balanceCents > 0)
    return [
      reason(
        'cancelled-owed',
        {
          'fr-CA': `La facture annulée ${number} a un solde de ${money(balanceCents, FR)}\u00a0: son crédit a payé une autre facture, puis l’argent a été repris. Défaites ce transfert.`,
          'en-CA': `The cancelled invoice ${number} has a balance of ${money(balanceCents, EN)}: its credit paid another invoice, then the money was taken back. Undo that transfer.`,
        },
        about,
      ),
    ];
  if (invoice.status === 'cancelled')
    return [
      reason(
        'cancelled',
        {
          'fr-CA': `La facture ${number} (${money(totalCents, FR)}) est annulée.`,
          'en-CA': `Invoice ${number} (${money(totalCents, EN)}) is cancelled.`,
        },
        about,
      ),
    ];
  if (balanceCents === 0 && totalCents === 0 && invoice.lines.some(({ amountCents }) => amountCents > 0))
    return [
      reason(
        'credited',
        {
          'fr-CA': `La facture ${number} est créditée en entier\u00a0: il n’en reste rien à payer.`,
          'en-CA': `Invoice ${number} is credited in full: nothing of it is left to pay.`,
        },
        about,
      ),
    ];
  if (balanceCents > 0 || totalCents <= 0) return [];
  const { paidOn } = await howPaid(deps, regroupementId, '', invoiceId);
  return [
    reason(
      'paid',
      {
        'fr-CA': `La facture ${number} (${money(totalCents, FR)}) est payée${paidOn === undefined ? '' : ` depuis le ${day(paidOn, FR)}`}.`,
        'en-CA': `Invoice ${number} (${money(totalCents, EN)}) is paid${paidOn === undefined ? '' : ` since ${day(paidOn, EN)}`}.`,
      },
      about,
    ),
  ];
}

function closed(): Reason {
  return reason('file-closed', {
    'fr-CA': 'Son dossier est fermé.',
    'en-CA': 'Her file is closed.',
  });
}

// Whoever reaches nothing sees nothing, whatever is owed.
function ofAccounts({ accounts, certificates }: HolderFile): Reason[] {
  const reach = accounts.some(({ way }) => way === 'email' || way === 'link');
  if (reach || certificates.length === 0) return [];
  const [number = ''] = certificates.map((one) => one.number);
  const without = accounts.map((account) =>
    reason('no-link', {
      'fr-CA': `Son compte, ${maskEmail(account.email)}, n’est pas lié à ce certificat (${number})${why(account, 'fr-CA')}.`,
      'en-CA': `Her account, ${maskEmail(account.email)}, is not linked to this certificate (${number})${why(account, 'en-CA')}.`,
    }),
  );
  if (without.length > 0) return without.slice(0, 1);
  return [
    reason('no-account', {
      'fr-CA': 'Aucun compte n’est lié à son dossier.',
      'en-CA': 'No account is linked to her file.',
    }),
  ];
}

function why({ way }: FileAccount, lang: Lang): string {
  if (way === 'waits')
    return lang === 'fr-CA' ? '\u00a0: sa demande attend une réponse' : ': its request waits';
  return lang === 'fr-CA' ? '\u00a0: le lien a été défait' : ': the link was undone';
}

function reason(code: ReasonCode, sentence: Reason['sentence'], about: About = {}): Reason {
  return {
    code,
    sentence,
    ...{ certificateId: null, invoiceId: null, endorsementId: null },
    ...about,
  };
}
