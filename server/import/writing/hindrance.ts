// Why an import could not be shown although all of its rows were sound.
import type { Db } from '../../db/db.ts';
import type { ImportDeps } from '../import-deps.ts';
import { ImportBusy, isImportAtWork, LEASE } from '../lease.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { Changed } from '../rows/targets.ts';
import { changedSince, type Place } from './parts.ts';
import { TABLES } from './tables.ts';

/** As far as the import came. */
export interface Attempt {
  importId: string;
  /** Its row of `hidden_imports`. */
  no: number;
  /** What was changed after that by somebody else is not as it was read. */
  since: number;
  written: Place;
}

/** Says what was in the way of an import whose guards failed. Throws ImportBusy when another one is at work. */
export async function hindrance(deps: ImportDeps, staging: Db, attempt: Attempt): Promise<Refusal> {
  if (await isTakenOver(deps, attempt)) {
    if (await isImportAtWork(deps)) throw new ImportBusy();
    return refusal(
      'Cet import est resté plus d’une minute sans avancer (l’ordinateur en veille, par exemple) : il a été tenu pour abandonné. Rien n’a été importé; importez le fichier de nouveau.',
      'This import stood still for more than a minute (a computer asleep, for instance): it was held to be abandoned. Nothing was imported; import the file again.',
    );
  }
  const held = await heldInvoices(deps, attempt);
  if (held.length > 0) return isHeld(held);
  return await whatChanged(deps, staging, attempt);
}

/** Whether the lease went to another import meanwhile, or its rows were swept. */
async function isTakenOver(deps: ImportDeps, { importId, no }: Attempt): Promise<boolean> {
  const { rows } = await deps.db.execute<{ ours: 0 | 1 }>(
    `SELECT EXISTS (SELECT 1 FROM leases WHERE name = ? AND holder = ?)
       AND EXISTS (SELECT 1 FROM hidden_imports WHERE no = ? AND abandoned < 2) AS ours`,
    [LEASE, importId, no],
  );
  return rows[0]?.ours !== 1;
}

async function heldInvoices(deps: ImportDeps, { no }: Attempt): Promise<string[]> {
  const { rows } = await deps.db.execute<{ number: string }>(
    `SELECT DISTINCT i.number FROM invoice_holds h CROSS JOIN ledger_rows e ON e.invoice_id = h.invoice_id
       JOIN invoice_rows i ON i.id = e.invoice_id
     WHERE e.import_no = ? AND e.kind = 'adjustment' ORDER BY i.number`,
    [no],
  );
  return rows.map(({ number }) => number);
}

function isHeld(numbers: readonly string[]): Refusal {
  return numbers.length === 1
    ? refusal(
        `Un paiement vient de commencer pour la facture ${numbers[0]}, dont le montant change. Rien n’a été importé; réessayez dans une heure.`,
        `A payment has just begun for invoice ${numbers[0]}, whose amount changes. Nothing was imported; try again in an hour.`,
      )
    : refusal(
        `Des paiements viennent de commencer pour les factures ${some(numbers)}, dont le montant change. Rien n’a été importé; réessayez dans une heure.`,
        `Payments have just begun for invoices ${some(numbers)}, whose amounts change. Nothing was imported; try again in an hour.`,
      );
}

interface ChangedRow {
  target: Changed;
  /** Of an invoice or a certificate. */
  number: string | null;
  byTax: 0 | 1;
}

/** What the file changes and somebody else has changed since it was read. */
async function whatChanged(deps: ImportDeps, staging: Db, attempt: Attempt): Promise<Refusal> {
  const found: ChangedRow[] = [];
  for (let after = 0; ; ) {
    const { rows } = await staging.execute<{ seq: number; target: Changed; rows: string }>(
      'SELECT seq, target, rows FROM import_writes WHERE changes = 1 AND seq > ? ORDER BY seq LIMIT 1',
      [after],
    );
    const [pile] = rows;
    if (pile === undefined) break;
    after = pile.seq;
    found.push(...(await changedOf(deps, pile, attempt)));
  }
  const invoices = found.filter(({ target }) => target === 'invoices');
  const taxed = invoices.filter(({ byTax }) => byTax === 1);
  if (taxed.length > 0) return isTaxed(numbersOf(taxed));
  if (invoices.length > 0) return isChanged(numbersOf(invoices));
  const [certificate] = numbersOf(found);
  const [fr, en] =
    certificate === undefined
      ? ['Un dossier que ce fichier change', 'A file that this list changes']
      : [
          `Le certificat ${certificate}, que ce fichier change,`,
          `Certificate ${certificate}, which this file changes,`,
        ];
  return refusal(
    `${fr} a été changé par quelqu’un d’autre pendant l’import. Rien n’a été importé; importez le fichier de nouveau.`,
    `${en} was changed by somebody else during the import. Nothing was imported; import the file again.`,
  );
}

async function changedOf(
  deps: ImportDeps,
  { seq, target, rows: pile }: { seq: number; target: Changed; rows: string },
  { importId, no, since, written }: Attempt,
): Promise<ChangedRow[]> {
  const ofInvoices = target === 'invoices';
  const number = ofInvoices || target === 'certificates' ? 'z.number' : 'NULL';
  const byTax = ofInvoices
    ? `EXISTS (SELECT 1 FROM ledger_entries WHERE invoice_id = z.id AND source LIKE 'premium-tax:%'
         AND posted_at >= (SELECT started_at FROM imports WHERE id = ?3))`
    : '?3 IS NULL';
  const { rows } = await deps.db.execute<Omit<ChangedRow, 'target'>>(
    `SELECT ${number} AS number, ${byTax} AS byTax FROM json_each(?1) JOIN ${TABLES[target]} z ON z.id = value ->> 'id'
     WHERE (z.next_no IS NULL AND key < ?4) OR z.next_no <> ?2 OR ${changedSince('?2', '?5')}
       ${ofInvoices ? "OR z.revision <> value ->> 'was_revision'" : ''}`,
    [pile, no, importId, writtenOf(seq, written), since],
  );
  return rows.map((row) => ({ ...row, target }));
}

/** How many of the rows of a pile are written. */
function writtenOf(seq: number, { seq: last, row }: Place): number {
  if (seq === last) return row;
  return seq < last ? Number.MAX_SAFE_INTEGER : 0;
}

function isTaxed(numbers: readonly string[]): Refusal {
  const one = numbers.length === 1;
  return refusal(
    `La taxe sur les primes ${one ? `de la facture ${numbers[0]}` : `des factures ${some(numbers)}`} a été calculée à un autre taux pendant l’import. Rien n’a été importé; importez le fichier de nouveau.`,
    `The premium tax of ${one ? `invoice ${numbers[0]}` : `invoices ${some(numbers)}`} was worked out at another rate during the import. Nothing was imported; import the file again.`,
  );
}

function isChanged(numbers: readonly string[]): Refusal {
  return numbers.length === 1
    ? refusal(
        `La facture ${numbers[0]} a été changée par quelqu’un d’autre pendant l’import. Rien n’a été importé; importez le fichier de nouveau.`,
        `Invoice ${numbers[0]} was changed by somebody else during the import. Nothing was imported; import the file again.`,
      )
    : refusal(
        `Les factures ${some(numbers)} ont été changées par quelqu’un d’autre pendant l’import. Rien n’a été importé; importez le fichier de nouveau.`,
        `Invoices ${some(numbers)} were changed by somebody else during the import. Nothing was imported; import the file again.`,
      );
}

function numbersOf(rows: readonly ChangedRow[]): string[] {
  return [...new Set(rows.flatMap(({ number }) => number ?? []))].sort();
}

/** The first of them. */
function some(numbers: readonly string[]): string {
  return `${numbers.slice(0, 5).join(', ')}${numbers.length > 5 ? '…' : ''}`;
}
