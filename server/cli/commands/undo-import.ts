// `undo-import`: the imports that can be undone, and undoing one.
import { dateTime, money } from '../../format.ts';
import { ImportBusy } from '../../import/lease.ts';
import type { UndoReport } from '../../import/undo/report.ts';
import { undoImport } from '../../import/undo/undo-import.ts';
import { Problem } from '../../problems/problem.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, Refused, Usage, withDatabase } from '../command.ts';

export const undoImportCommand: Command = {
  options: { 'dry-run': { type: 'boolean' } },
  help: {
    fr: `undo-import <regroupement> [import] – annule un import : ce qu’il a créé disparaît, ce qu’il a changé revient. Ce qui porte de l’argent, ou a changé depuis, est gardé et dit. Sans import : les derniers, avec leurs numéros.
  --dry-run  montre ce qui serait annulé, sans rien changer
  --json     un seul objet JSON (ou un tableau, sans import)`,
    en: `undo-import <regroupement> [import] – undoes an import: what it made goes, what it changed goes back. What has money on it, or changed since, is kept and said. Without an import: the last ones, with their numbers.
  --dry-run  shows what would be undone, and changes nothing
  --json     one JSON object (or an array, without an import)`,
  },
  async run({ values, positionals, lang, json }) {
    const [slug, importId, ...more] = positionals;
    if (slug === undefined || more.length > 0)
      throw new Usage(lang === 'fr' ? 'Il faut un regroupement.' : 'A regroupement is needed.');
    return withDatabase(async (deps) => {
      const { id: regroupementId } = await regroupementBySlug(deps, slug);
      const locale = lang === 'fr' ? 'fr-CA' : 'en-CA';
      if (importId === undefined) {
        const { rows } = await deps.db.execute<{ id: string; name: string; at: number }>(
          `SELECT id, file_name AS name, merged_at AS at FROM imports
           WHERE regroupement_id = ? AND merged_at IS NOT NULL AND no IS NOT NULL AND undone_at IS NULL
           ORDER BY started_at DESC, rowid DESC LIMIT 20`,
          [regroupementId],
        );
        if (json) console.log(JSON.stringify(rows));
        else for (const { id, name, at } of rows) console.log(`${id}  ${dateTime(at, locale)}  ${name}`);
        return 0;
      }
      const dryRun = values['dry-run'] === true;
      try {
        const report = await undoImport(deps, { by: asker(), regroupementId, importId, dryRun, lang });
        console.log(json ? JSON.stringify(report) : undoText(report, lang));
        return report.refused === null ? 0 : 1;
      } catch (error) {
        throw asRefused(error, lang);
      }
    });
  },
};

function asRefused(error: unknown, lang: 'fr' | 'en'): unknown {
  const of = (fr: string, en: string) => new Refused(lang === 'fr' ? fr : en);
  if (error instanceof ImportBusy)
    return of(
      'Un import est en cours. Réessayez quand il est terminé.',
      'An import is under way. Try again when it is over.',
    );
  if (error instanceof Problem && error.kind === 'not-found')
    return of('Aucun import n’a ce numéro.', 'There is no import of this number.');
  if (error instanceof Problem && error.kind === 'not-undoable')
    return of(
      'Cet import ne peut pas être annulé : il l’est déjà, ou ce qu’il a écrit n’est plus gardé.',
      'This import cannot be undone: it is already, or what it wrote is not kept any more.',
    );
  return error;
}

function undoText(report: UndoReport, lang: 'fr' | 'en'): string {
  if (report.refused !== null) return report.refused;
  const sum = (of: UndoReport['kept']) => Object.values(of).reduce((all, n) => all + n, 0);
  const [reversed, kept] = [sum(report.reversed), sum(report.kept)];
  const owed = money(report.balanceCents, lang === 'fr' ? 'fr-CA' : 'en-CA');
  const head =
    lang === 'fr'
      ? `${report.dryRun ? 'À annuler' : 'Annulé'} : ${reversed}. Gardé : ${kept}. Ce qui est dû change de ${owed}.`
      : `${report.dryRun ? 'To be undone' : 'Undone'}: ${reversed}. Kept: ${kept}. What is owed changes by ${owed}.`;
  return [head, ...report.keptRows.map(({ message }) => message)].join('\n');
}
