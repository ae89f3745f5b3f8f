// `export <regroupement> [sheet]`.
import { z } from 'zod';
import { exported, FORMATS, notePeopleExported } from '../../export/export.ts';
import { SHEETS } from '../../export/sheets.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, Usage, withDatabase } from '../command.ts';
import { deliver, OUT_HELP, OUT_OPTIONS } from '../output-file.ts';

export const exportCommand: Command = {
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    format: { type: 'string' },
    ...OUT_OPTIONS,
  },
  help: {
    fr: `export <regroupement> [invoices|payments|ledger|certificates] – les livres, pour Excel ou Sage (factures sinon).
  invoices        chaque facture, ce qui est payé et le solde; le fichier peut être importé de nouveau
  payments        l’argent reçu et remboursé : certificat, facture, frais, transaction PayPal, cumul
  ledger          toutes les écritures
  certificates    chaque certificat et son solde
  --from, --to AAAA-MM-JJ  dates de facture, d’écriture ou de début de certificat, comprises
  --format csv|xlsx|json   csv sinon (UTF-8, point-virgule, virgule décimale; --lang en : virgule et point);
                           xlsx : un classeur Excel, où les numéros restent du texte; aussi quand --out finit par .xlsx
${OUT_HELP.fr}
  --json                   comme --format json`,
    en: `export <regroupement> [invoices|payments|ledger|certificates] – the books, for Excel or Sage (invoices otherwise).
  invoices        each invoice, what is paid and the balance; the file can be imported again
  payments        money received and refunded: certificate, invoice, fee, PayPal transaction, running total
  ledger          every entry
  certificates    each certificate and its balance
  --from, --to YYYY-MM-DD  dates of invoices, entries or starts of certificates, included
  --format csv|xlsx|json   csv otherwise (UTF-8, comma, decimal point; --lang fr: semicolon and comma);
                           xlsx: an Excel workbook, where numbers of things stay text; also when --out ends in .xlsx
${OUT_HELP.en}
  --json                   like --format json`,
  },
  async run(call) {
    const { values, positionals, lang, json } = call;
    const [slug, name = 'invoices', ...more] = positionals;
    const sheet = SHEETS.find((known) => known === name);
    if (slug === undefined || sheet === undefined || more.length > 0)
      throw new Usage(
        lang === 'fr'
          ? `Il faut un regroupement, puis ${SHEETS.join(', ')} ou rien.`
          : `An association is needed, then ${SHEETS.join(', ')} or nothing.`,
      );
    const named = typeof values.out === 'string' && /\.xlsx$/i.test(values.out) ? 'xlsx' : 'csv';
    const format = FORMATS.find((known) => known === (values.format ?? (json ? 'json' : named)));
    if (format === undefined) throw new Usage(`--format ${FORMATS.join('|')}`);
    const range = { ...day(call, 'from'), ...day(call, 'to') };
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const progress = progressOn(process.stderr, lang, values.out !== undefined);
      const many = () => notePeopleExported(deps, regroupement.id, { sheet, range }, asker());
      await deliver(call, exported(deps, regroupement, { sheet, format, lang, range, progress, many }));
      return 0;
    });
  },
};

function day(call: Call, name: 'from' | 'to'): { from?: string; to?: string } {
  const value = call.values[name];
  if (value === undefined) return {};
  const parsed = z.iso.date().safeParse(value);
  if (parsed.success) return { [name]: parsed.data };
  throw new Usage(call.lang === 'fr' ? `--${name} s’écrit 2026-04-01.` : `Write --${name} like 2026-04-01.`);
}

/** A line that rewrites itself on a terminal, and one now and then elsewhere; nothing for short files. */
function progressOn(
  stream: NodeJS.WriteStream,
  lang: 'fr' | 'en',
  toFileAsked: boolean,
): (rows: number) => void {
  let said = 0;
  return (rows) => {
    // Rows on a terminal are progress enough.
    if (rows - said < 5_000 || (!toFileAsked && process.stdout.isTTY)) return;
    said = rows;
    const text = `${rows.toLocaleString(lang === 'fr' ? 'fr-CA' : 'en-CA')} ${lang === 'fr' ? 'lignes' : 'rows'}`;
    stream.write(stream.isTTY ? `\r${text}   ` : `${text}\n`);
  };
}
