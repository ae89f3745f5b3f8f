// `import <regroupement> <file>`.

import type { GivenColumn } from '../../import/column-memory.ts';
import { importFile } from '../../import/import-file.ts';
import { ImportBusy } from '../../import/lease.ts';
import { FIELD_NAMES, givenColumn } from '../../import/reading/columns/fields.ts';
import { MAX_FILE_BYTES } from '../../import/reading/decode.ts';
import { emptyReport } from '../../import/report.ts';
import { reportText } from '../../import/report-text.ts';
import { EVEN_SO, type EvenSo } from '../../import/rows/context.ts';
import type { Stage } from '../../import/run.ts';
import { readStdin } from '../../input-file.ts';
import { asker, type Command, Usage, withDatabase } from '../command.ts';

export const importCommand: Command = {
  options: {
    'dry-run': { type: 'boolean' },
    'accept-valid': { type: 'boolean' },
    only: { type: 'boolean' },
    sheet: { type: 'string' },
    column: { type: 'string', multiple: true },
    'even-so': { type: 'string', multiple: true },
  },
  help: {
    fr: `import <regroupement> <fichier.csv ou .xlsx> – fait entrer factures, dossiers, certificats, lignes, avenants ou paiements.
  - au lieu du fichier\u00a0: l’entrée standard
  --dry-run       montre ce qui changerait, sans rien changer, et dit combien de temps prendra l’import
  --accept-valid  importe les lignes valides même si d’autres sont refusées
  --only          refuse les lignes qui nomment un autre regroupement, au lieu de les lui donner
  --sheet FEUILLE la feuille d’un classeur Excel, par son nom ou son numéro, quand plusieurs ont des lignes
  --column "TITRE=CHAMP" dit ce qu’est une colonne dont le titre n’est pas compris, pour ce fichier et les suivants; se répète;
                  --column "Solde restant=balance"; --column "Commission=ignore" la laisse de côté
  --even-so CAUSE laisse passer ce qui est refusé pour cette cause, et le compte; se répète : pattern (forme du certificat),
                  name (changement de nom), more-than-balance (paiement au-dessus de ce qui est dû)
  --json          un seul objet JSON sur la sortie
Sans --accept-valid, une seule ligne refusée et rien n’est importé (code 1).`,
    en: `import <regroupement> <file.csv or .xlsx> – brings in invoices, holders, certificates, lines, endorsements or payments.
  - instead of the file: standard input
  --dry-run       shows what would change, and changes nothing; says how long the import will take
  --accept-valid  imports the valid rows although others are refused
  --only          refuses rows that name another association, instead of giving them to it
  --sheet SHEET   the sheet of an Excel workbook, by its name or number, where several have rows
  --column "TITLE=FIELD" says what a column is whose title is not understood, for this file and later ones; may be repeated;
                  --column "Solde restant=balance"; --column "Commission=ignore" leaves it aside
  --even-so CAUSE lets through what is refused for this cause, and counts it; may be repeated: pattern (form of the
                  certificate), name (change of name), more-than-balance (payment above what is owed)
  --json          one JSON object on standard output
Without --accept-valid, one refused row and nothing is imported (exit 1).`,
  },
  async run({ values, positionals, lang, json }) {
    const [regroupement, name, ...more] = positionals;
    if (regroupement === undefined || name === undefined || more.length > 0) {
      throw new Usage(
        lang === 'fr' ? 'Il faut un regroupement et un fichier.' : 'A regroupement and a file are needed.',
      );
    }
    const columns = columnsOf(values.column, lang);
    const evenSo = evenSoOf(values['even-so']);
    const bytes = name === '-' ? await readStdin(MAX_FILE_BYTES) : undefined;
    return withDatabase(async (deps) => {
      try {
        const report = await importFile(deps, {
          by: asker(),
          regroupement,
          name,
          ...(bytes === undefined ? {} : { bytes }),
          ...(typeof values.sheet === 'string' ? { sheet: values.sheet } : {}),
          lang,
          dryRun: values['dry-run'] === true,
          acceptValid: values['accept-valid'] === true,
          only: values.only === true,
          columns,
          evenSo,
          progress: progressOn(process.stderr, lang),
        });
        console.log(json ? JSON.stringify(report) : reportText(report, lang));
        const refused =
          report.refused.length > 0 && (values['accept-valid'] !== true || report.kind === null);
        return refused ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ImportBusy)) throw error;
        const reason =
          lang === 'fr'
            ? 'Un autre import est en cours. Réessayez quand il est terminé.'
            : 'Another import is under way. Try again when it is over.';
        if (json) {
          const report = emptyReport(values['dry-run'] === true);
          console.log(JSON.stringify({ ...report, refused: [{ line: 0, reason }] }));
        } else console.error(reason);
        return 1;
      }
    });
  },
};

function evenSoOf(given: unknown): EvenSo[] {
  return (Array.isArray(given) ? given : []).map((text: string) => {
    const cause = EVEN_SO.find((one) => one === text);
    if (cause === undefined) throw new Usage(`--even-so ${EVEN_SO.join('|')}`);
    return cause;
  });
}

function columnsOf(given: unknown, lang: 'fr' | 'en'): GivenColumn[] {
  return (Array.isArray(given) ? given : []).map((text: string) => {
    const column = givenColumn(text);
    if (column !== null) return column;
    const fields = FIELD_NAMES.join(', ');
    throw new Usage(
      lang === 'fr'
        ? `--column "${text}" : écrivez TITRE=CHAMP, avec l’un de ces champs : ${fields}.`
        : `--column "${text}": write TITLE=FIELD, with one of these fields: ${fields}.`,
    );
  });
}

/** A line that rewrites itself on a terminal, and a line now and then elsewhere; nothing for short files. */
function progressOn(stream: NodeJS.WriteStream, lang: 'fr' | 'en'): (stage: Stage, rows: number) => void {
  let said = 0;
  return (stage, rows) => {
    if (rows < 2_000 || rows - said < 2_000) {
      if (rows < said) said = 0;
      return;
    }
    said = rows;
    const words =
      lang === 'fr'
        ? { read: 'lignes lues', check: 'lignes vérifiées', write: 'lignes inscrites' }
        : { read: 'rows read', check: 'rows checked', write: 'rows written' };
    const text = `${rows.toLocaleString(lang === 'fr' ? 'fr-CA' : 'en-CA')} ${words[stage]}`;
    stream.write(stream.isTTY ? `\r${text}   ` : `${text}\n`);
  };
}
