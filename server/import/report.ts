// What an import did, or would do: for programs (the contract of `--json`) and for people.

import type { Kind } from './reading/columns.ts';
import type { Encoding } from './reading/decode.ts';
import type { Refusal } from './refusal.ts';

export type Lang = 'fr' | 'en';
export interface ImportReport {
  /** Whether the file's rows are in the database now. */
  imported: boolean;
  dryRun: boolean;
  kind: Kind | null;
  encoding: Encoding | null;
  delimiter: string | null;
  /** Data rows: titles, blanks, totals and exact repeats not counted. */
  rows: number;
  accepted: number;
  unchanged: number;
  repeated: number;
  refused: { line: number; reason: string }[];
  /** Sums of the file's amounts over accepted and unchanged rows. */
  totalCents: number;
  balanceCents: number;
  warnings: { line?: number; message: string }[];
  /** Where the file's balance is not ours: ours stands. */
  conflicts: { line: number; invoice: string; fileBalanceCents: number; ourBalanceCents: number }[];
  /** Accepted and unchanged rows by regroupement. */
  byRegroupement: Record<string, { accepted: number; unchanged: number }>;
  /** How many rows were let through under each cause of `--even-so`. */
  evenSo: Record<string, number>;
  /** Titles of columns that are not read. */
  unread: string[];
  /** What accepted rows change in what we had, in words. */
  changes: { line: number; message: string }[];
}

export function emptyReport(dryRun: boolean): ImportReport {
  return {
    imported: false,
    dryRun,
    kind: null,
    encoding: null,
    delimiter: null,
    rows: 0,
    accepted: 0,
    unchanged: 0,
    repeated: 0,
    refused: [],
    totalCents: 0,
    balanceCents: 0,
    warnings: [],
    conflicts: [],
    byRegroupement: {},
    evenSo: {},
    unread: [],
    changes: [],
  };
}

export function say(why: Refusal, lang: Lang): string {
  return lang === 'fr' ? why.fr : why.en;
}

/** The report as a person reads it in a terminal. */
export function reportText(report: ImportReport, lang: Lang): string {
  const fr = lang === 'fr';
  const money = (cents: number) =>
    new Intl.NumberFormat(fr ? 'fr-CA' : 'en-CA', { style: 'currency', currency: 'CAD' }).format(cents / 100);
  const line = fr ? 'ligne' : 'line';
  const lines = [
    fr
      ? `${report.rows} lignes : ${report.accepted} acceptées, ${report.unchanged} inchangées, ${report.refused.length} refusées (${report.repeated} répétées, laissées de côté).`
      : `${report.rows} rows: ${report.accepted} accepted, ${report.unchanged} unchanged, ${report.refused.length} refused (${report.repeated} repeated, set aside).`,
    `Total ${money(report.totalCents)}, ${fr ? 'solde' : 'balance'} ${money(report.balanceCents)}.`,
    ...Object.entries(report.byRegroupement).map(([slug, n]) => `  ${slug} : ${n.accepted} + ${n.unchanged}`),
    ...Object.entries(report.evenSo).map(([cause, n]) =>
      fr ? `  acceptées malgré ${cause} : ${n}` : `  let through despite ${cause}: ${n}`,
    ),
    ...(report.unread.length === 0
      ? []
      : [
          `  ${fr ? 'colonnes non lues' : 'columns not read'} : ${report.unread.map((title) => (fr ? `« ${title} »` : `“${title}”`)).join(', ')}`,
        ]),
    ...report.changes.slice(0, 50).map((change) => `  ${line} ${change.line} : ${change.message}`),
    ...report.refused.map((refused) => `  ${line} ${refused.line} : ${refused.reason}`),
    ...report.warnings.map(
      (warning) =>
        `  ${fr ? 'à savoir' : 'note'}${warning.line === undefined ? '' : `, ${line} ${warning.line}`} : ${warning.message}`,
    ),
    ...report.conflicts.map((conflict) =>
      fr
        ? `  ${line} ${conflict.line} : la facture ${conflict.invoice} a un solde de ${money(conflict.fileBalanceCents)} dans le fichier et de ${money(conflict.ourBalanceCents)} ici; le nôtre est gardé.`
        : `  ${line} ${conflict.line}: invoice ${conflict.invoice} has a balance of ${money(conflict.fileBalanceCents)} in the file and ${money(conflict.ourBalanceCents)} here; ours is kept.`,
    ),
    report.imported
      ? fr
        ? 'Importé.'
        : 'Imported.'
      : report.dryRun
        ? fr
          ? 'Essai seulement : rien n’a été changé.'
          : 'Trial only: nothing was changed.'
        : report.accepted === 0 && report.refused.length === 0
          ? fr
            ? 'Rien à changer.'
            : 'Nothing to change.'
          : fr
            ? 'Rien n’a été importé.'
            : 'Nothing was imported.',
  ];
  return lines.join('\n');
}
