// A kept file is previewed, or imported, in the thread that imports have: how far it is, and whether it is to stop, stands with
// the file, so that every process of the server knows.
import type { Actor } from '../../audit.ts';
import type { Deps } from '../../deps.ts';
import { Problem } from '../../problems/problem.ts';
import { ImportBusy, isImportAtWork } from '../lease.ts';
import { type ImportReport, isDoubtful, type Lang } from '../report.ts';
import type { EvenSo } from '../rows/context.ts';
import type { Choice } from '../rows/edited.ts';
import { ImportStopped, type Stage } from '../run.ts';
import { type ImportThread, stopper, type Watch } from '../thread.ts';
import { inPage } from './page-words.ts';
import { keepReport } from './rows.ts';
import { beat, beginWork, endWork, readParts, type StoredFile, type Summary } from './store.ts';

const BEAT_MS = 500;
const RETRY_AFTER_S = 60;

export interface WorkRequest {
  by: Actor;
  regroupement: { id: string; slug: string };
  acceptValid: boolean;
  evenSo: readonly EvenSo[];
  choices: readonly Choice[];
  lang: Lang;
}

/** Tries the file: nothing changes. Throws `import-at-work`, `file-at-work`. */
export async function previewFile(
  deps: Deps,
  thread: ImportThread,
  file: StoredFile,
  request: WorkRequest,
): Promise<Summary> {
  await beginWork(deps, file, 'previewing');
  return (await atWork(deps, thread, file, { ...request, dryRun: true })) ?? stopped();
}

function stopped(): never {
  throw new Problem('import-stopped');
}

/**
 * Imports it, once it was previewed; the promise is of its end, whatever that is. Throws `not-previewed`; `doubtful-file` where the
 * number of its rows must be typed; `import-at-work`, `file-at-work`. Where it has become doubtful since, it is as previewed again.
 */
export async function commitFile(
  deps: Deps,
  thread: ImportThread,
  file: StoredFile,
  request: WorkRequest & { rows: number | undefined },
): Promise<{ ended: Promise<void> }> {
  const { summary } = file;
  if (summary === null || file.state === 'imported') throw new Problem('not-previewed');
  if (summary.doubtful && request.rows !== summary.rows) throw new Problem('doubtful-file');
  if (await isImportAtWork(deps)) throw new Problem('import-at-work', { retryAfter: RETRY_AFTER_S });
  await beginWork(deps, file, 'importing');
  const ended = atWork(deps, thread, file, { ...request, typed: request.rows ?? null, dryRun: false }).then(
    () => undefined,
    (error: unknown) => {
      // It stands with the file that it failed; another import that is at work is no fault.
      if (!(error instanceof Problem)) deps.log.error('import-file', { file: file.id }, error);
    },
  );
  return { ended };
}

/** Null: it was stopped. */
async function atWork(
  deps: Deps,
  thread: ImportThread,
  file: StoredFile,
  { by, regroupement, ...how }: WorkRequest & { dryRun: boolean; typed?: number | null },
): Promise<Summary | null> {
  const before = file.summary === null ? 'kept' : 'previewed';
  try {
    const report = await thread.importFile(
      {
        by,
        regroupement: regroupement.slug,
        only: true,
        name: file.name,
        bytes: await readParts(deps, file, 'file'),
        ...(file.sheet === null ? {} : { sheet: file.sheet }),
        dryRun: how.dryRun,
        acceptValid: how.acceptValid,
        evenSo: how.evenSo,
        choices: how.choices,
        ...(how.typed === undefined ? {} : { typed: how.typed }),
        withValues: true,
        lang: how.lang,
      },
      watching(deps, file),
    );
    await keepReport(deps, file, report);
    const summary = summaryOf(report);
    const untyped = summary.doubtful && how.typed !== summary.rows;
    const state = report.imported ? 'imported' : how.dryRun || untyped ? 'previewed' : 'refused';
    await endWork(deps, file.id, { state, summary, importId: report.importId ?? null });
    return summary;
  } catch (error) {
    if (error instanceof ImportStopped) {
      await endWork(deps, file.id, { state: how.dryRun ? before : 'stopped' });
      return null;
    }
    await endWork(deps, file.id, { state: error instanceof ImportBusy ? before : 'failed' });
    if (error instanceof ImportBusy) throw new Problem('import-at-work', { retryAfter: RETRY_AFTER_S });
    throw error;
  }
}

function watching(deps: Deps, { id }: StoredFile): Watch {
  const stop = stopper();
  let beaten = 0;
  let beating: Promise<unknown> = Promise.resolve();
  return {
    stop,
    progress(stage: Stage, rows: number) {
      const now = Date.now();
      if (now - beaten < BEAT_MS) return;
      beaten = now;
      beating = beating
        .then(async () => {
          if (await beat(deps, id, stage, rows)) Atomics.store(stop, 0, 1);
        })
        // The next one says it.
        .catch(() => undefined);
    },
  };
}

function summaryOf(report: ImportReport): Summary {
  const refused = report.kind === null ? [] : report.refused;
  const [first] = report.kind === null ? report.refused : [];
  return {
    kind: report.kind,
    rows: report.rows,
    added: report.accepted - report.changes.length,
    changed: report.changes.length,
    unchanged: report.unchanged,
    repeated: report.repeated,
    refused: refused.length,
    conflicts: report.conflicts.length,
    fieldConflicts: report.fieldConflicts.length,
    totalCents: report.totalCents,
    balanceCents: report.balanceCents,
    warnings: report.warnings.slice(0, 100).map(({ message }) => inPage(message)),
    fileRefused: first === undefined ? null : inPage(first.reason),
    doubtful: isDoubtful(report),
    known: report.known,
    expectedSeconds: report.expectedSeconds,
  };
}
