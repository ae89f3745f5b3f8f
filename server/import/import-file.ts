// One file, whole or not at all (S34: how an invoice comes to be, until staff make one by hand): read and staged, decided row by
// row (decide.ts), written in short batches that nobody sees, and shown by one row (writing/).
import { newId } from '../deps.ts';
import { endLeases } from '../leases.ts';
import { asLine } from '../text.ts';
import { columnMapping, rememberColumns } from './column-memory.ts';
import { decideAll } from './decide.ts';
import type { ImportDeps } from './import-deps.ts';
import { renewImportLease, takeImportLease } from './lease.ts';
import type { Cells } from './reading/columns/fields.ts';
import { openText } from './reading/decode.ts';
import { layoutOf } from './reading/layout.ts';
import { FileRefused, type Refusal, refusal } from './refusal.ts';
import { emptyReport, type ImportReport, isDoubtful, say } from './report.ts';
import { refuseContradictions } from './rows/contradictions.ts';
import type { ImportRequest, Run } from './run.ts';
import { stageRows } from './staging.ts';
import { openStaging } from './staging-db.ts';
import { prefixesOf, tenantOf, tenantsOf } from './tenants.ts';
import { warnOfNotes, warnOfOthers, warnOfVanished } from './warnings.ts';
import { mergeMs, rowsToWrite } from './writing/expected.ts';
import { merge, readingSince } from './writing/merge.ts';
import { sweepImport, sweepImports } from './writing/sweep.ts';

/** Of an import, kept for the staff's list. */
const MOST_CONFLICTS = 200;
/** Often enough for the lease, seldom enough for the database. */
const RENEWED_EACH_MS = 1_000;

/** Imports, or says why not. Throws ImportBusy; and Problem `regroupement-unknown` is the caller's to check before. */
export async function importFile(
  deps: ImportDeps,
  request: ImportRequest,
  importId = newId(deps),
): Promise<ImportReport> {
  const lang = request.lang ?? 'fr';
  const startedAt = deps.now();
  const report = emptyReport(request.dryRun === true);
  const cutShort = await takeImportLease(deps, importId);
  if (cutShort !== null) report.warnings.push({ message: say(wasCutShort(cutShort), lang) });
  let renewedAt = deps.now();
  const renewLease = async (certainly = false) => {
    if (!certainly && deps.now() - renewedAt < RENEWED_EACH_MS) return;
    await renewImportLease(deps, importId);
    renewedAt = deps.now();
  };
  const staging = await openStaging();
  try {
    await sweepImports(deps);
    await importAll({
      deps,
      staging,
      importId,
      request,
      report,
      lang,
      startedAt,
      since: await readingSince(deps),
      renewLease,
    });
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    report.refused.push({ line: error.line, reason: say(error.why, lang) });
  } finally {
    staging.close();
    await sweepImport(deps, importId);
    await endLeases(deps, importId);
  }
  return report;
}

function wasCutShort(file: string): Refusal {
  const [fr, en] = file === '' ? ['', ''] : [` de « ${file} »`, ` of “${file}”`];
  return refusal(
    `L’import précédent${fr} a été interrompu avant la fin : rien n’en est resté. Importez ce fichier de nouveau s’il le faut.`,
    `The import before${en} was cut short: nothing of it is left. Import that file again if need be.`,
  );
}

async function importAll(run: Run): Promise<void> {
  const { deps, staging, importId, request, report, lang, renewLease } = run;
  const tenants = await tenantsOf(deps, request.regroupement);
  const file = await openText(request.bytes ?? request.name, request.sheet);
  report.encoding = file.encoding;
  const given = request.columns ?? [];
  const mapping = await columnMapping(deps, tenants.named.id, given);
  const layout = await layoutOf(
    file,
    mapping,
    given.map(({ title }) => title),
  );
  if (!report.dryRun) await rememberColumns(deps, tenants.named.id, given);
  report.unread = [...layout.unread];
  report.kind = layout.kind;
  report.delimiter = file.encoding === 'xlsx' ? null : layout.delimiter;
  await deps.db.execute(
    'INSERT INTO imports(id, regroupement_id, file_name, kind, started_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    [importId, tenants.named.id, asLine(request.name.split(/[\\/]/).at(-1) ?? ''), layout.kind, deps.now()],
  );
  const regroupementOf = (cells: Cells) => (tenantOf(cells, tenants) ?? tenants.named).id;
  const staged = await stageRows({ db: staging }, importId, file, layout, regroupementOf, async (rows) => {
    request.progress?.('read', rows);
    await renewLease();
  });
  report.rows = staged.rows;
  report.repeated = staged.repeated;
  const days = staged.days.reading();
  await refuseContradictions({ db: staging }, importId, layout, days, prefixesOf(tenants));
  await decideAll(run, layout, staged, tenants);
  warnOfOthers(run);
  if (staged.notes.length > 0) warnOfNotes(run, staged.notes);
  if (layout.kind === 'list' || layout.kind === 'invoices') await warnOfVanished(run, tenants);
  if (report.rows === 0) {
    report.warnings.push({
      message: say(refusal('Le fichier n’a aucune ligne de données.', 'The file has no row of data.'), lang),
    });
  }
  const sound = report.refused.length === 0 || request.acceptValid === true;
  if (!sound || report.accepted === 0) return;
  if (report.dryRun) {
    const decidingMs = deps.now() - run.startedAt;
    const writingMs = await mergeMs(deps, staging, importId);
    report.expectedSeconds = Math.ceil((decidingMs + writingMs) / 1000);
    return;
  }
  const { typed } = request;
  if (typed !== undefined && typed !== report.rows && isDoubtful(report)) return;
  await renewLease(true);
  const all = await rowsToWrite(staging);
  const why = await merge(deps, staging, importId, {
    report: {
      rows: report.rows,
      accepted: report.accepted,
      refused: report.refused.length,
      evenSo: report.evenSo,
    },
    conflicts: report.conflicts.slice(0, MOST_CONFLICTS).map(({ line: _, ...conflict }) => conflict),
    regroupementId: tenants.named.id,
    actor: request.by,
    since: run.since,
    progress: async (written) => {
      // Several rows are written for each of the file's.
      request.progress?.('write', Math.min(report.rows, Math.round((report.rows * written) / all)));
      await renewLease();
    },
  });
  if (why !== null) throw new FileRefused(why);
  report.imported = true;
  report.importId = importId;
}
