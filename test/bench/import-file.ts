// The file that the measures of the import bring in.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const HEADER =
  'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Échéance;Période;Prime;Taxe primes;Frais adm. et taxes;Total;Solde;Statut';

/** A last name of its own for each number. */
export function lastName(n: number | string): string {
  return `Roy-${String(n).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))}`;
}

/** Writes a list of so many invoices, each of another person. */
export async function writeList(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${HEADER}\n`);
  for (let i = 1; i <= rows; i++) {
    const n = String(i).padStart(6, '0');
    const line = `Ginette;${lastName(n)};g${n}@example.org;PB-${n};F-${n};2026-03-01;2026-04-01;2026-04-01/2027-03-31;262,50;23,63;10,00;296,13;296,13;à payer\n`;
    if (!out.write(line)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
}
