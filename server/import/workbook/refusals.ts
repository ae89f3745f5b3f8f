// Why a workbook is not read, with the way out.
import { type Refusal, refusal } from '../refusal.ts';

interface Named {
  sheet: string;
}

export const tooLarge = (): Refusal =>
  refusal(
    'Ce classeur est trop gros une fois décompressé (200 Mo au plus). Enregistrez la feuille seule, en « CSV UTF-8 (délimité par des virgules) », et importez ce fichier.',
    'This workbook is too large once it is unpacked (200 MB at most). Save the sheet alone, as “CSV UTF-8 (Comma delimited)”, and import that file.',
  );

export const damaged = (): Refusal =>
  refusal(
    'Ce classeur Excel est abîmé ou incomplet. Ouvrez-le dans Excel et enregistrez-le de nouveau : Fichier, Enregistrer sous, « Classeur Excel (.xlsx) ».',
    'This workbook is damaged or incomplete. Open it in Excel and save it again: File, Save As, “Excel Workbook (.xlsx)”.',
  );

export const otherWorkbook = (): Refusal =>
  refusal(
    'C’est un classeur LibreOffice (.ods) ou Numbers. Enregistrez-le en classeur Excel : Fichier, Enregistrer sous, « Excel 2007-365 (.xlsx) ».',
    'This is a LibreOffice (.ods) or Numbers workbook. Save it as an Excel workbook: File, Save As, “Excel 2007-365 (.xlsx)”.',
  );

/** What begins like .xls: an old workbook, or one with a password. */
export const oldWorkbook = (): Refusal =>
  refusal(
    'C’est un ancien classeur Excel (.xls, .xlsb), ou un classeur protégé par un mot de passe. Dans Excel : Fichier, Enregistrer sous, « Classeur Excel (.xlsx) », sans mot de passe.',
    'This is an old Excel workbook (.xls, .xlsb), or one that a password protects. In Excel: File, Save As, “Excel Workbook (.xlsx)”, without a password.',
  );

export const noWorkbook = (): Refusal =>
  refusal(
    'C’est une archive (.zip), ou un autre document, pas un classeur Excel. Importez le fichier CSV ou .xlsx qui s’y trouve.',
    'This is an archive (.zip), or another document, not an Excel workbook. Import the CSV or .xlsx file that is in it.',
  );

export const emptyWorkbook = (): Refusal =>
  refusal('Cette feuille du classeur est vide.', 'This sheet of the workbook is empty.');

function names(sheets: readonly Named[]): { fr: string; en: string } {
  const all = sheets.slice(0, 20).map(({ sheet }) => sheet.slice(0, 60));
  return {
    fr: all.map((name) => `« ${name} »`).join(', '),
    en: all.map((name) => `“${name}”`).join(', '),
  };
}

export function noSheet(wanted: string, sheets: readonly Named[]): Refusal {
  const { fr, en } = names(sheets);
  return refusal(
    `Aucune feuille de ce classeur ne s’appelle « ${wanted} ». Il y a : ${fr}.`,
    `No sheet of this workbook is called “${wanted}”. There are: ${en}.`,
  );
}

export function severalSheets(sheets: readonly Named[]): Refusal {
  const { fr, en } = names(sheets);
  const first = sheets[0]?.sheet ?? '';
  const why = refusal(
    `Plusieurs feuilles de ce classeur ont des lignes : ${fr}. Dites laquelle importer : --sheet "${first}".`,
    `Several sheets of this workbook have rows: ${en}. Say which one to import: --sheet "${first}".`,
  );
  return { ...why, sheets: sheets.map(({ sheet }) => sheet) };
}
