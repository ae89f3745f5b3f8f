// What undoing an import did, or would do.
import { type Refusal, refusal } from '../refusal.ts';

export type Undone = 'invoices' | 'certificates' | 'holders' | 'endorsements';

/** Why a row stays as it is. */
export type WhyKept = 'held' | 'paid' | 'changed-since' | 'referred-to' | 'linked';

interface KeptRow {
  target: Undone;
  id: string;
  /** By which people know it: the number of an invoice, a certificate, an endorsement; of a holder that of her file. */
  number: string;
  why: WhyKept;
  message: string;
}
export interface UndoReport {
  importId: string;
  dryRun: boolean;
  undone: boolean;
  /** Rows that go back to what they were, or away. */
  reversed: Record<Undone, number>;
  kept: Record<Undone, number>;
  /** The first of those that are kept, with the way out. */
  keptRows: KeptRow[];
  /** By how much what is owed changes in all, in cents. */
  balanceCents: number;
  /** Why nothing was done: it was undone before, or somebody changed meanwhile what it would change. */
  refused: string | null;
}

/** So many kept rows are named; their number is told of all. */
export const MOST_NAMED = 1_000;

export function emptyUndoReport(importId: string, dryRun: boolean): UndoReport {
  const none = () => ({ invoices: 0, certificates: 0, holders: 0, endorsements: 0 });
  return {
    importId,
    dryRun,
    undone: false,
    reversed: none(),
    kept: none(),
    keptRows: [],
    balanceCents: 0,
    refused: null,
  };
}

const WHAT: Readonly<Record<Undone, Refusal>> = {
  invoices: refusal('La facture', 'Invoice'),
  certificates: refusal('Le certificat', 'Certificate'),
  holders: refusal('Le dossier', 'File'),
  endorsements: refusal('L’avenant', 'Endorsement'),
};
const WHY: Readonly<Record<WhyKept, Refusal>> = {
  held: refusal(
    'un paiement est en cours. Attendez une heure; si l’import est annulé alors, annulez ou corrigez la facture au dossier.',
    'a payment is under way. Wait an hour; if the import is undone by then, cancel or correct the invoice in its file.',
  ),
  paid: refusal(
    'un paiement y est inscrit, ou y a été commencé. Remboursez ou reprenez ce qui en reste, puis annulez ou corrigez la facture au dossier.',
    'a payment is posted on it, or was begun. Refund or take back what is left of it, then cancel or correct the invoice in its file.',
  ),
  'changed-since': refusal(
    'changé depuis cet import. Annulez d’abord l’import qui l’a changé, ou corrigez au dossier.',
    'changed since this import. Undo the import that changed it first, or correct it in its file.',
  ),
  'referred-to': refusal(
    'autre chose s’y rattache (une facture, un avenant). Annulez d’abord l’import qui l’a ajouté; sans cela, ceci reste.',
    'something else belongs to it (an invoice, an endorsement). Undo the import that added that first; without, this stays.',
  ),
  linked: refusal(
    'un compte y est lié. Défaites d’abord ce lien, si c’est une erreur.',
    'an account is linked to it. Undo that link first, if it is a mistake.',
  ),
};

/** Why the row is kept, and the way out. */
export function keptBecause(target: Undone, number: string, why: WhyKept): Refusal {
  const [what, because] = [WHAT[target], WHY[why]];
  return refusal(
    `${what.fr} ${number} est gardé${target === 'invoices' ? 'e' : ''} : ${because.fr}`,
    `${what.en} ${number} is kept: ${because.en}`,
  );
}
