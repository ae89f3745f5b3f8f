// An import is undone: what it made goes, what it changed goes back, by entries that reverse its own. What has money on it, or was
// changed since, is kept and said. All of it at once, as an import comes in.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Actor, audited } from '../../audit.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { newId } from '../../deps.ts';
import { endLeases } from '../../leases.ts';
import type { ImportDeps } from '../import-deps.ts';
import { renewImportLease, takeImportLease } from '../lease.ts';
import { DayOrderEvidence } from '../reading/dates.ts';
import { refusal } from '../refusal.ts';
import { type Lang, say } from '../report.ts';
import { ImportContext } from '../rows/context.ts';
import { openStaging } from '../staging-db.ts';
import { mergeAs, readingSince } from '../writing/merge.ts';
import { sweepImport, sweepImports } from '../writing/sweep.ts';
import { invoicesNow, type Outcome, undoInvoice } from './invoices.ts';
import { undoPeople } from './people.ts';
import { emptyUndoReport, keptBecause, MOST_NAMED, type Undone, type UndoReport } from './report.ts';
import { gatherTouched, markWithdrawn, refuseOthers, type Touched, touched } from './touched.ts';
import { undoableNo } from './undoable.ts';
import {
  freeNumbers,
  numberAsBefore,
  numberWithdrawn,
  TO_BE_FREED,
  UNDONE,
  type Undoer,
} from './withdraw.ts';

export interface UndoRequest {
  by: Actor;
  /** Whose it must be. */
  regroupementId: string;
  importId: string;
  /** Refuse an import that brought rows to another regroupement too, as only the command line can. */
  only?: boolean;
  dryRun?: boolean;
  lang?: Lang;
  /** How many rows were looked at, then how many entries are written. */
  progress?: (stage: 'check' | 'write', rows: number) => void;
}

const RENEWED_EACH_MS = 1_000;

/**
 * Undoes an import, or says what that would do. Throws ImportBusy; Problem `not-found`, or `not-undoable` for one that was undone,
 * brought nothing in, or whose changes are not kept (any more), and, with `only`, that brought rows to another regroupement too.
 */
export async function undoImport(deps: ImportDeps, request: UndoRequest): Promise<UndoReport> {
  const no = await undoableNo(deps, request);
  const undoId = newId(deps);
  const report = emptyUndoReport(request.importId, request.dryRun === true);
  await takeImportLease(deps, undoId);
  const staging = await openStaging();
  try {
    let renewedAt = deps.now();
    const turn = async () => {
      await nextTurn();
      if (deps.now() - renewedAt < RENEWED_EACH_MS) return;
      await renewImportLease(deps, undoId);
      renewedAt = deps.now();
    };
    await sweepImports(deps);
    const since = await readingSince(deps);
    const { rows } = await deps.db.execute<Newest>(
      `SELECT ${NEWEST.map((table) => `coalesce((SELECT max(rowid) FROM ${table}), 0) AS ${table}`).join(', ')}`,
    );
    const [newest] = rows;
    if (newest === undefined) throw new Error('a query without a table answered nothing');
    const undoing: Undoing = {
      deps,
      staging,
      request,
      report,
      no,
      undoId,
      turn,
      since,
      newest,
    };
    await decideAll(undoing);
    if (!report.dryRun) await undo(undoing);
  } finally {
    staging.close();
    await sweepImport(deps, undoId);
    await endLeases(deps, undoId);
  }
  return report;
}

interface Undoing {
  deps: ImportDeps;
  staging: Awaited<ReturnType<typeof openStaging>>;
  request: UndoRequest;
  report: UndoReport;
  no: number;
  undoId: string;
  turn: () => Promise<void>;
  /** When the books began to be read. */
  since: number;
  /** The newest rows when it was looked at. */
  newest: Newest;
}
const NEWEST = ['ledger_rows', 'invoice_rows', 'links', 'link_requests'] as const;
type Newest = Record<(typeof NEWEST)[number], number>;

/** Decides about every row, and stages what is written. */
async function decideAll(undoing: Undoing): Promise<void> {
  const { deps, staging, no, undoId, report, request, turn } = undoing;
  await gatherTouched(deps, staging, no, turn);
  const ctx = new ImportContext(deps, staging, undoId, {
    days: new DayOrderEvidence().reading(),
    certificateWidth: null,
    invoiceWidth: null,
    evenSo: [],
  });
  const only = request.only === true ? request.regroupementId : null;
  const decide: Record<Undone, (rows: readonly Touched[]) => Promise<Outcome[]>> = {
    endorsements: (rows) => undoPeople(ctx, staging, 'endorsements', rows, only),
    invoices: async (rows) => {
      const now = await invoicesNow(
        ctx,
        rows.map(({ id }) => id),
        no,
      );
      refuseOthers(now.values(), only);
      return rows.flatMap((row) => {
        const invoice = now.get(row.id);
        return invoice === undefined ? [] : [undoInvoice(ctx, row, invoice, no)];
      });
    },
    certificates: (rows) => undoPeople(ctx, staging, 'certificates', rows, only),
    holders: (rows) => undoPeople(ctx, staging, 'holders', rows, only),
  };
  let done = 0;
  for (const target of ['endorsements', 'invoices', 'certificates', 'holders'] as const)
    for await (const rows of touched(staging, target)) {
      const outcomes = await decide[target](rows);
      const gone = outcomes.filter(({ withdrawn }) => withdrawn).map(({ id }) => id);
      await markWithdrawn(staging, target, gone);
      for (const outcome of outcomes) count(report, target, outcome, request.lang ?? 'fr');
      await ctx.flush();
      done += rows.length;
      request.progress?.('check', done);
      await turn();
    }
}

function count(report: UndoReport, target: Undone, { id, number, why, cents }: Outcome, lang: Lang): void {
  report.balanceCents += cents;
  if (why === null) {
    report.reversed[target]++;
    return;
  }
  report.kept[target]++;
  if (report.keptRows.length < MOST_NAMED)
    report.keptRows.push({ target, id, number, why, message: say(keptBecause(target, number, why), lang) });
}

async function undo(undoing: Undoing): Promise<void> {
  const { deps, staging, request, report, no, undoId, turn } = undoing;
  const undoer: Undoer = { importId: request.importId, no, undoId };
  try {
    await numberWithdrawn(deps, staging, undoer, turn);
    const why = await mergeAs(deps, staging, undoId, undoing.since, (hiddenBy) => ({
      progress: async (rows) => {
        request.progress?.('write', rows);
        await turn();
      },
      statements: undone(undoing, hiddenBy),
    }));
    report.undone = why === null;
    if (why !== null) await numberAsBefore(deps, staging, undoer, turn);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
  }
  if (report.undone) await freeNumbers(deps);
  else report.refused = say(meanwhile, request.lang ?? 'fr');
}

const meanwhile = refusal(
  'Un paiement a commencé, ou quelqu’un a changé quelque chose, pendant l’annulation. Rien n’a été annulé; recommencez.',
  'A payment began, or somebody changed something, while it was being undone. Nothing was undone; try again.',
);

const OF_HOLDER = 'EXISTS (SELECT 1 FROM holder_rows WHERE id = r.holder_id AND import_no = ?2)';
/** What may come since and belong to a row that goes: a manual invoice, an account. */
const LATER: readonly [table: keyof Newest, belongs: string][] = [
  [
    'invoice_rows',
    `r.import_no IS NULL AND (EXISTS (SELECT 1 FROM certificate_rows WHERE id = r.certificate_id AND import_no = ?2)
       OR EXISTS (SELECT 1 FROM manual_invoices m JOIN endorsement_rows d ON d.id = m.endorsement_id
         WHERE m.invoice_id = r.id AND d.import_no = ?2))`,
  ],
  ['links', OF_HOLDER],
  ['link_requests', OF_HOLDER],
];

/** What makes it so, in one batch. */
function undone({ deps, request, report, no, newest }: Undoing, hiddenBy: number): Statement[] {
  const sum = (of: Record<Undone, number>) => Object.values(of).reduce((all, n) => all + n, 0);
  const facts = { reversed: sum(report.reversed), kept: sum(report.kept), balanceCents: report.balanceCents };
  return [
    guard('EXISTS (SELECT 1 FROM imports WHERE id = ? AND undone_at IS NULL)', [request.importId]),
    // Money that came since it was looked at.
    guard(
      `NOT EXISTS (SELECT 1 FROM ledger_rows p WHERE p.rowid > ?1 AND p.import_no IS NULL
         AND EXISTS (SELECT 1 FROM ledger_rows u WHERE u.invoice_id = p.invoice_id AND u.import_no = ?2))`,
      [newest.ledger_rows, hiddenBy],
    ),
    ...LATER.map(([table, belongs]) =>
      guard(`NOT EXISTS (SELECT 1 FROM ${table} r WHERE r.rowid > ?1 AND ${belongs})`, [newest[table], -no]),
    ),
    {
      sql: `INSERT INTO hidden_imports(no, import_id, abandoned) VALUES (?, ?, ${TO_BE_FREED})`,
      args: [-no, `${UNDONE}${request.importId}`],
    },
    {
      sql: 'UPDATE imports SET undone_at = ?, undone_by = ?, undone = ? WHERE id = ?',
      args: [deps.now(), request.by, JSON.stringify(facts), request.importId],
    },
    audited(deps, {
      regroupementId: request.regroupementId,
      actor: request.by,
      act: 'import-undone',
      target: `imports:${request.importId}`,
      before: null,
      after: facts,
    }),
  ];
}
