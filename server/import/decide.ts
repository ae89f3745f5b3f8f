// Second pass over a file: a verdict on each row, some two hundred at a time, which the report counts.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cells, Titles } from './reading/columns/fields.ts';
import type { Kind } from './reading/columns/kinds.ts';
import { debrisIn } from './reading/debris.ts';
import type { Layout } from './reading/layout.ts';
import { refusal } from './refusal.ts';
import { type ImportReport, type Lang, say } from './report.ts';
import { ImportContext, type Row, type Verdict } from './rows/context.ts';
import { endorsementRows } from './rows/endorsement-rows.ts';
import { lineRows } from './rows/line-rows.ts';
import { invoiceRows } from './rows/list-rows.ts';
import { paymentRows } from './rows/payment-rows.ts';
import { certificateRows, holderRows } from './rows/separate-rows.ts';
import type { Run } from './run.ts';
import { chunks, type Staged, type StagedRow } from './staging.ts';
import { type Tenants, tenantOf, unknownRegroupement } from './tenants.ts';
import { withUndone } from './undo/withdraw.ts';

/** Decides about all staged rows; what they write waits in the staging database. */
export async function decideAll(
  run: Run,
  { kind, titles }: Layout,
  staged: Staged,
  tenants: Tenants,
): Promise<void> {
  const { deps, staging: db, importId, request, report, lang } = run;
  const ctx = new ImportContext(deps, db, importId, {
    days: staged.days.reading(),
    certificateWidth: staged.certificates.zeroWidth(),
    invoiceWidth: staged.invoices.zeroWidth(),
    evenSo: request.evenSo ?? [],
    withUndone: await withUndone(deps),
    choices: request.choices ?? [],
    withValues: request.withValues ?? false,
  });
  let done = 0;
  for await (const stagedRows of chunks({ db }, importId, kind)) {
    const rows = stagedRows.flatMap((row) => soundRow(run, row, titles, tenants) ?? []);
    const verdicts = await decide(ctx, kind, rows);
    for (const [i, row] of rows.entries()) count(report, row, verdicts[i], lang);
    await ctx.flush();
    done += stagedRows.length;
    request.progress?.('check', done);
    await run.renewLease();
    await nextTurn();
  }
  report.fieldConflicts = ctx.fieldConflicts.map((one) =>
    request.withValues === true ? one : { ...one, file: null, page: null },
  );
  report.evenSo = Object.fromEntries(ctx.allowed);
  report.refused.sort((a, b) => a.line - b.line);
  report.warnings.push(
    ...ctx.warnings.map(({ line, message }) => ({
      ...(line === undefined ? {} : { line }),
      message: say(message, lang),
    })),
  );
}

/** The row with the regroupement it belongs to; null when it is refused, which the report then says. */
function soundRow(
  { request, report, lang }: Run,
  row: StagedRow,
  titles: Titles,
  tenants: Tenants,
): Row | null {
  const refuse = (reason: string) => {
    report.refused.push({ line: row.line, reason });
    return null;
  };
  if (row.reason !== null) return refuse(lang === 'fr' ? row.reason : (row.reason_en ?? row.reason));
  const cells = JSON.parse(row.cells) as Cells;
  const debris = debrisIn(cells, titles);
  if (debris !== null) return refuse(say(debris, lang));
  const regroupement = tenantOf(cells, tenants);
  if (regroupement === null)
    return refuse(
      say(unknownRegroupement(cells, titles.regroupement ?? 'Regroupement', tenants.named.slug), lang),
    );
  if (request.only !== true || regroupement.id === tenants.named.id)
    return { line: row.line, cells, titles, regroupement };
  return refuse(
    say(
      refusal(
        `« ${titles.regroupement ?? 'Regroupement'} » : cette ligne est d’un autre regroupement (${regroupement.slug}). Retirez-la d’ici, et importez-la chez lui.`,
        `“${titles.regroupement ?? 'Regroupement'}”: this row belongs to another association (${regroupement.slug}). Take it out of here, and import it there.`,
      ),
      lang,
    ),
  );
}

function decide(ctx: ImportContext, kind: Kind, rows: readonly Row[]): Promise<Verdict[]> {
  switch (kind) {
    case 'list':
      return invoiceRows(ctx, rows, true);
    case 'invoices':
      return invoiceRows(ctx, rows, false);
    case 'holders':
      return holderRows(ctx, rows);
    case 'certificates':
      return certificateRows(ctx, rows);
    case 'endorsements':
      return endorsementRows(ctx, rows);
    case 'payments':
      return paymentRows(ctx, rows);
    case 'lines':
      return lineRows(ctx, rows);
  }
}

function count(report: ImportReport, row: Row, verdict: Verdict | undefined, lang: Lang): void {
  if (verdict === undefined) throw new Error('a row was not decided');
  if ('refused' in verdict) {
    report.refused.push({ line: row.line, reason: say(verdict.refused, lang) });
    return;
  }
  const tally = report.byRegroupement[row.regroupement.slug] ?? { accepted: 0, unchanged: 0 };
  report.byRegroupement[row.regroupement.slug] = tally;
  tally[verdict.outcome]++;
  report[verdict.outcome]++;
  report.totalCents += verdict.totalCents ?? 0;
  report.balanceCents += verdict.balanceCents ?? 0;
  if (verdict.known !== undefined) {
    report.known.invoices++;
    if (verdict.known.changed) report.known.changed++;
    report.known.cents += verdict.known.cents;
    report.known.changedByCents += Math.abs(verdict.known.changedByCents);
  }
  if (verdict.change !== undefined)
    report.changes.push({ line: row.line, message: say(verdict.change, lang) });
  if (verdict.conflict !== undefined) report.conflicts.push({ line: row.line, ...verdict.conflict });
}
