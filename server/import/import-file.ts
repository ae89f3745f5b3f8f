// One file, whole or not at all (S34: how an invoice comes to be, until staff make one by hand): read twice, staged in short batches, decided row by row, merged in one batch.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Actor } from '../audit.ts';
import { type Db, isGuardFailure } from '../db/db.ts';
import { newId } from '../deps.ts';
import { endLeases } from '../leases.ts';
import { balanceOf } from '../ledger/balance.ts';
import { asLine } from '../text.ts';
import { columnMapping, type GivenColumn, rememberColumns } from './column-memory.ts';
import type { ImportDeps } from './import-deps.ts';
import { renewImportLease, takeImportLease } from './lease.ts';
import { merge, sweepImports } from './merge.ts';
import { type Cells, type Kind, plain, type Titles } from './reading/columns.ts';
import { debrisIn } from './reading/debris.ts';
import { openText } from './reading/decode.ts';
import { type Layout, layoutOf } from './reading/layout.ts';
import { FileRefused, type Refusal, refusal } from './refusal.ts';
import { emptyReport, type ImportReport, type Lang, listed, say } from './report.ts';
import { type EvenSo, ImportContext, type Row, type Verdict } from './rows/context.ts';
import { refuseContradictions } from './rows/contradictions.ts';
import { invoiceKey, YEAR } from './rows/known.ts';
import { lineRows } from './rows/line-rows.ts';
import { invoiceRows } from './rows/list-rows.ts';
import { paymentRows } from './rows/payment-rows.ts';
import { certificateRows, endorsementRows, holderRows } from './rows/separate-rows.ts';
import { chunks, type Staged, type StagedRow, stageRows } from './staging.ts';
import { openStaging } from './staging-db.ts';

export interface ImportRequest {
  /** Who brings it in. */
  by: Actor;
  /** Slug of the regroupement that rows belong to unless they name another. */
  regroupement: string;
  /** What the file is called; a path when there are no `bytes`. */
  name: string;
  bytes?: Uint8Array;
  /** Which sheet of a workbook, by its name or number; when there are no rows but on one, that one. */
  sheet?: string;
  dryRun?: boolean;
  /** Import the sound rows although others are refused. */
  acceptValid?: boolean;
  /** Refuse rows that name another regroupement, instead of bringing them to it. */
  only?: boolean;
  /** What columns with unknown titles are: remembered for later files, unless it is a trial. */
  columns?: readonly GivenColumn[];
  /** Causes of refusal that are let through. */
  evenSo?: readonly EvenSo[];
  lang?: Lang;
  progress?: (stage: 'read' | 'check', rows: number) => void;
}

/** Of an import, kept for the staff's list. */
const MOST_CONFLICTS = 200;
/** Often enough for the lease, seldom enough for the database. */
const RENEWED_EACH_MS = 1_000;

type Tenant = Row['regroupement'];

/** One import under way. */
interface Run {
  deps: ImportDeps;
  /** Where the file's rows wait. */
  staging: Db;
  importId: string;
  request: ImportRequest;
  report: ImportReport;
  lang: Lang;
  /** Throws ImportBusy when another import has taken over: told within a second, or at once with `certainly`. */
  renewLease(certainly?: boolean): Promise<void>;
}

/** Imports, or says why not. Throws ImportBusy; and Problem `regroupement-unknown` is the caller's to check before. */
export async function importFile(deps: ImportDeps, request: ImportRequest): Promise<ImportReport> {
  const lang = request.lang ?? 'fr';
  const report = emptyReport(request.dryRun === true);
  const importId = newId(deps);
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
    await importAll({ deps, staging, importId, request, report, lang, renewLease });
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    report.refused.push({ line: error.line, reason: say(error.why, lang) });
  } finally {
    staging.close();
    await sweepImports(deps, importId);
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
  if (report.dryRun || !sound || report.accepted === 0) return;
  await renewLease(true);
  try {
    await merge(deps, staging, importId, {
      report: {
        rows: report.rows,
        accepted: report.accepted,
        refused: report.refused.length,
        evenSo: report.evenSo,
      },
      conflicts: report.conflicts.slice(0, MOST_CONFLICTS).map(({ line: _, ...conflict }) => conflict),
      regroupementId: tenants.named.id,
      actor: request.by,
      progress: renewLease,
    });
    report.imported = true;
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    // Which of the two guards it was: the lease, or an invoice that is being paid.
    await renewLease(true);
    throw new FileRefused(
      refusal(
        'Un paiement vient de commencer pour une facture dont le montant change. Rien n’a été importé; réessayez dans une heure.',
        'A payment has just begun for an invoice whose amount changes. Nothing was imported; try again in an hour.',
      ),
    );
  }
}

async function decideAll(
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

/** Warns of rows that name another regroupement than was asked for. */
function warnOfOthers({ request, report, lang }: Run): void {
  for (const slug of Object.keys(report.byRegroupement)) {
    if (slug === request.regroupement) continue;
    report.warnings.push({
      message: say(
        refusal(
          `Des lignes nomment le regroupement ${slug} : elles vont chez lui, pas chez ${request.regroupement}.`,
          `Some rows name the association ${slug}: they go there, not to ${request.regroupement}.`,
        ),
        lang,
      ),
    });
  }
}

/** Names the lines that were taken for notes, so that nobody misses a row. */
function warnOfNotes({ report, lang }: Run, lines: readonly number[]): void {
  const why = refusal(
    lines.length === 1
      ? `La ligne ${lines[0]} n’a ni numéro ni montant : elle est prise pour une note, et laissée de côté.`
      : `Les lignes ${listed(lines, 'et')} n’ont ni numéro ni montant : elles sont prises pour des notes, et laissées de côté.`,
    lines.length === 1
      ? `Line ${lines[0]} has neither number nor amount: it is taken for a note, and left aside.`
      : `Lines ${listed(lines, 'and')} have neither number nor amount: they are taken for notes, and left aside.`,
  );
  report.warnings.push({ message: say(why, lang) });
}

/** Says how many open invoices the file does not have any more: they are paid elsewhere, renumbered or forgotten. */
async function warnOfVanished(run: Run, { byName }: Tenants): Promise<void> {
  const { report, lang } = run;
  for (const slug of Object.keys(report.byRegroupement)) {
    const tenant = [...byName.values()].find((one) => one.slug === slug);
    if (tenant === undefined) continue;
    const { n, first } = await vanished(run, tenant);
    if (n === 0) continue;
    const some = `${first.join(', ')}${n > first.length ? '…' : ''}`;
    const why =
      n === 1
        ? refusal(
            `1 facture ouverte de ${slug} n’est pas dans ce fichier : ${some}. Elle reste due.`,
            `1 open invoice of ${slug} is not in this file: ${some}. It is still owed.`,
          )
        : refusal(
            `${n} factures ouvertes de ${slug} ne sont pas dans ce fichier : ${some}. Elles restent dues.`,
            `${n} open invoices of ${slug} are not in this file: ${some}. They are still owed.`,
          );
    report.warnings.push({ message: say(why, lang) });
  }
}

const INVOICES_AT_ONCE = 1_000;

/** How many open invoices of the regroupement, with a balance, the file does not have, and the first of their numbers. */
async function vanished(
  { deps, staging, importId }: Run,
  tenant: Tenant,
): Promise<{ n: number; first: string[] }> {
  const prefix = invoiceKey((tenant.invoicePrefix ?? '').replace(YEAR, '{}'));
  // In the file an invoice may stand by its number, or by the one that it had before its year was put before it.
  const withYear = (year: string) => `?1 || '|' || replace(?3, '{}', substr(${year}, 1, 4)) || number_key`;
  let [n, first] = [0, [] as string[]];
  for (let after = ''; ; ) {
    // One value for them all: the driver takes long to hand over rows.
    const { rows } = await deps.db.execute<{ found: string; last: string | null }>(
      `SELECT MAX(number_key) AS last, json_group_array(json_array(
         id, ?1 || '|' || number_key, ${withYear('issued_on')}, ${withYear('period_start')})) AS found
       FROM (SELECT id, number_key, issued_on, period_start FROM invoices
             WHERE regroupement_id = ?1 AND status = 'open' AND number_key > ?2
             ORDER BY number_key LIMIT ${INVOICES_AT_ONCE})`,
      [tenant.id, after, prefix],
    );
    const [page] = rows;
    if (page === undefined || page.last === null) return { n, first };
    after = page.last;
    const absent = await staging.execute<{ id: string }>(
      `SELECT value ->> 0 AS id FROM json_each(?2) WHERE NOT EXISTS (SELECT 1 FROM import_rows
         WHERE import_id = ?1 AND row_key IN (value ->> 1, value ->> 2, value ->> 3))`,
      [importId, page.found],
    );
    await nextTurn();
    if (absent.rows.length === 0) continue;
    const owed = await deps.db.execute<{ number: string }>(
      `SELECT number FROM invoices i WHERE id IN (SELECT value FROM json_each(?)) AND ${balanceOf('i.id', 'i.regroupement_id')} > 0`,
      [JSON.stringify(absent.rows.map(({ id }) => id))],
    );
    n += owed.rows.length;
    first = [...first, ...owed.rows.map(({ number }) => number)].sort().slice(0, 5);
  }
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
  if (verdict.change !== undefined)
    report.changes.push({ line: row.line, message: say(verdict.change, lang) });
  if (verdict.conflict !== undefined) report.conflicts.push({ line: row.line, ...verdict.conflict });
}

interface Tenants {
  named: Tenant;
  byName: ReadonlyMap<string, Tenant>;
}

async function tenantsOf(deps: ImportDeps, slug: string): Promise<Tenants> {
  const { rows } = await deps.db.execute<{
    id: string;
    slug: string;
    name: string;
    aliases: string;
    certificate_pattern: string | null;
    certificate_example: string;
    invoice_prefix: string | null;
  }>(
    'SELECT id, slug, name, aliases, certificate_pattern, certificate_example, invoice_prefix FROM regroupements',
  );
  const byName = new Map<string, Tenant>();
  let named: Tenant | undefined;
  for (const row of rows) {
    const tenant: Tenant = {
      id: row.id,
      slug: row.slug,
      certificatePattern: row.certificate_pattern,
      certificateExample: row.certificate_example,
      invoicePrefix: row.invoice_prefix,
    };
    if (row.slug === slug) named = tenant;
    const aliases = z.array(z.string()).parse(JSON.parse(row.aliases));
    for (const name of [row.slug, row.name, ...aliases]) byName.set(plain(name), tenant);
  }
  if (named === undefined) {
    throw new FileRefused(
      refusal(
        `Le regroupement « ${slug} » n’existe pas. Il y a : ${rows.map((row) => row.slug).join(', ') || 'aucun'}.`,
        `There is no association “${slug}”. There are: ${rows.map((row) => row.slug).join(', ') || 'none'}.`,
      ),
    );
  }
  return { named, byName };
}

/** What stands before the numbers of files, by the id of each regroupement that has set it. */
function prefixesOf({ byName }: Tenants): Map<string, string> {
  return new Map(
    [...byName.values()].flatMap(({ id, invoicePrefix }): [string, string][] =>
      (invoicePrefix ?? '') === '' ? [] : [[id, invoicePrefix ?? '']],
    ),
  );
}

/** The regroupement that the row names, or the one that was asked for; null for a name that is no regroupement's. */
function tenantOf(cells: Cells, tenants: Tenants): Tenant | null {
  const name = cells.regroupement ?? '';
  return name === '' ? tenants.named : (tenants.byName.get(plain(name)) ?? null);
}

function unknownRegroupement(cells: Cells, title: string, slug: string): Refusal {
  const name = (cells.regroupement ?? '').slice(0, 120);
  return refusal(
    `« ${title} » : aucun regroupement d’ici ne s’appelle « ${name} ». Retirez ces lignes ou corrigez le nom; si c’est un autre nom de ${slug}, faites-le ajouter : regroupement set ${slug} --alias "${name}".`,
    `“${title}”: no association here is called “${name}”. Take these rows out or correct the name; if it is another name of ${slug}, have it added: regroupement set ${slug} --alias "${name}".`,
  );
}
