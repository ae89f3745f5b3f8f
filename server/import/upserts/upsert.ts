// A regroupement's own program says what it has, as often as it likes: new things are made, changed ones changed, the same again
// changes nothing. Decided about and written as a file is, so that it can be undone as one.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Actor } from '../../audit.ts';
import type { Db } from '../../db/db.ts';
import { newId } from '../../deps.ts';
import { endLeases } from '../../leases.ts';
import {
  type CoordinatingOffice,
  coordinatingOffices,
  saveOffice,
} from '../../regroupements/coordinating-offices.ts';
import { MAX_ROWS } from '../files/store.ts';
import type { ImportDeps } from '../import-deps.ts';
import { renewImportLease, takeImportLease } from '../lease.ts';
import { DayOrderEvidence } from '../reading/dates.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { type Lang, say } from '../report.ts';
import { ImportContext, type Row, type Verdict } from '../rows/context.ts';
import type { FieldConflict } from '../rows/edited.ts';
import { endorsementRows } from '../rows/endorsement-rows.ts';
import { invoiceRows } from '../rows/list-rows.ts';
import { certificateRows, holderRows } from '../rows/separate-rows.ts';
import { openStaging } from '../staging-db.ts';
import { tenantsOf } from '../tenants.ts';
import { withUndone } from '../undo/withdraw.ts';
import { merge, readingSince } from '../writing/merge.ts';
import { sweepImport, sweepImports } from '../writing/sweep.ts';
import {
  cellsOfUpsert,
  externalId,
  identity,
  NAMES_IN_LINES,
  TYPES,
  Upsert,
  type UpsertOffice,
} from './rows.ts';

export interface UpsertRequest {
  by: Actor;
  /** Its slug. */
  regroupement: string;
  /** One object a line. */
  bytes: Uint8Array;
  /** Nothing at all when one is refused. */
  atomic: boolean;
  lang: Lang;
  progress?: (stage: 'check' | 'write', rows: number) => void;
}
interface UpsertOutcome {
  line: number;
  type: string | null;
  id: string | null;
  outcome: 'created' | 'changed' | 'unchanged' | 'refused';
  /** Why it is refused, or what of it is kept as the office's page has it. */
  reason?: string;
}
export interface UpsertReport {
  /** Null: nothing changed. */
  importId: string | null;
  refused: number;
  outcomes: UpsertOutcome[];
}

const CHUNK = 200;
const RENEWED_EACH_MS = 1_000;

interface Line {
  line: number;
  one: Upsert;
}

/** Throws ImportBusy. */
export async function upsertAll(deps: ImportDeps, request: UpsertRequest): Promise<UpsertReport> {
  const importId = newId(deps);
  await takeImportLease(deps, importId);
  const staging = await openStaging();
  try {
    await sweepImports(deps);
    const since = await readingSince(deps);
    let renewedAt = deps.now();
    const turn = async () => {
      await nextTurn();
      if (deps.now() - renewedAt < RENEWED_EACH_MS) return;
      await renewImportLease(deps, importId);
      renewedAt = deps.now();
    };
    const { named } = await tenantsOf(deps, request.regroupement);
    const { lines, outcomes } = linesOf(request);
    const offices = await officesAfter(deps, named.id, lines);
    const ctx = new ImportContext(deps, staging, importId, {
      days: new DayOrderEvidence().reading(),
      certificateWidth: null,
      invoiceWidth: null,
      evenSo: [],
      withUndone: await withUndone(deps),
      offices: offices.all,
    });
    await decideAll(ctx, named, lines, request, outcomes, turn);
    for (const { line, one } of offices.lines)
      outcomes.push({ line, type: one.type, id: one.code, outcome: offices.outcomeOf(one) });
    const refused = outcomes.filter(({ outcome }) => outcome === 'refused').length;
    const report: UpsertReport = {
      importId: null,
      refused,
      outcomes: outcomes.sort((a, b) => a.line - b.line),
    };
    if (request.atomic && refused > 0) return report;
    const save = async (outcome: 'created' | 'changed') => {
      for (const { one } of offices.lines)
        if (offices.outcomeOf(one) === outcome) await saveGiven(deps, named.id, one, offices.all, request.by);
    };
    // People refer to new ones; what others are can wait until the rest is there.
    await save('created');
    const written = outcomes.filter(isWritten).length;
    const why =
      written === 0
        ? null
        : await mergeAll(deps, staging, importId, named.id, { request, outcomes, since, turn });
    if (why !== null) return nothing(report, why, request.lang);
    await save('changed');
    return { ...report, importId: written === 0 ? null : importId };
  } finally {
    staging.close();
    await sweepImport(deps, importId);
    await endLeases(deps, importId);
  }
}

function isWritten({ outcome, type }: UpsertOutcome): boolean {
  return type !== 'coordinatingOffice' && (outcome === 'created' || outcome === 'changed');
}

/** As `merge`. */
async function mergeAll(
  deps: ImportDeps,
  staging: Db,
  importId: string,
  regroupementId: string,
  {
    request,
    outcomes,
    since,
    turn,
  }: { request: UpsertRequest; outcomes: readonly UpsertOutcome[]; since: number; turn: () => Promise<void> },
): Promise<Refusal | null> {
  await deps.db.execute(
    "INSERT INTO imports(id, regroupement_id, file_name, kind, started_at) VALUES (?, ?, 'upserts', 'upserts', ?)",
    [importId, regroupementId, deps.now()],
  );
  await renewImportLease(deps, importId);
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused').length;
  return await merge(deps, staging, importId, {
    report: { rows: outcomes.length, accepted: outcomes.filter(isWritten).length, refused, evenSo: {} },
    conflicts: [],
    regroupementId,
    actor: request.by,
    since,
    progress: async (rows) => {
      request.progress?.('write', rows);
      await turn();
    },
  });
}

/** Something changed meanwhile: none of it came in, but new offices, to which nobody belongs yet. */
function nothing(report: UpsertReport, why: Refusal, lang: Lang): UpsertReport {
  const outcomes = report.outcomes.map((one) =>
    isWritten(one) || one.outcome === 'changed'
      ? { ...one, outcome: 'refused' as const, reason: say(why, lang) }
      : one,
  );
  return {
    importId: null,
    refused: outcomes.filter(({ outcome }) => outcome === 'refused').length,
    outcomes,
  };
}

/** The lines that can be read, and why others cannot. */
function linesOf({ bytes, lang }: UpsertRequest): { lines: Line[]; outcomes: UpsertOutcome[] } {
  const lines: Line[] = [];
  const outcomes: UpsertOutcome[] = [];
  const seen = new Set<string>();
  for (const [i, text] of new TextDecoder().decode(bytes).split('\n').entries()) {
    if (text.trim() === '') continue;
    const line = i + 1;
    const refuse = (why: Refusal, one: Upsert | null = null) =>
      outcomes.push({
        line,
        type: one?.type ?? null,
        id: one === null ? null : externalId(one),
        outcome: 'refused',
        reason: say(why, lang),
      });
    if (lines.length + outcomes.length >= MAX_ROWS) {
      refuse(tooMany);
      break;
    }
    const { one, why } = upsertOf(text);
    if (one === null) {
      refuse(why);
      continue;
    }
    if (seen.has(identity(one))) refuse(twice, one);
    else lines.push({ line, one });
    seen.add(identity(one));
  }
  return { lines, outcomes };
}

function upsertOf(text: string): { one: Upsert; why: null } | { one: null; why: Refusal } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { one: null, why: refusal('Cette ligne n’est pas du JSON.', 'This line is not JSON.') };
  }
  const { data, error } = Upsert.safeParse(json);
  if (data !== undefined) return { one: data, why: null };
  const fields = [...new Set(error.issues.map(({ path }) => path.join('.') || 'type'))]
    .slice(0, 10)
    .join(', ');
  return {
    one: null,
    why: refusal(
      `Ces champs manquent, sont inconnus ou sont mal écrits : ${fields}.`,
      `These fields are missing, unknown or not valid: ${fields}.`,
    ),
  };
}

const twice = refusal(
  'Une ligne plus haut parle déjà de la même chose. Gardez-en une seule.',
  'A line above already speaks of the same thing. Keep only one.',
);
const tooMany = refusal(
  `Cet envoi a plus de ${MAX_ROWS} lignes : celles qui suivent ne sont pas lues. Envoyez-les à part.`,
  `This has more than ${MAX_ROWS} lines: those that follow are not read. Send them apart.`,
);

async function decideAll(
  ctx: ImportContext,
  regroupement: Row['regroupement'],
  lines: readonly Line[],
  { lang, progress }: UpsertRequest,
  outcomes: UpsertOutcome[],
  turn: () => Promise<void>,
): Promise<void> {
  const decide: Record<string, (rows: readonly Row[]) => Promise<Verdict[]>> = {
    holder: (rows) => holderRows(ctx, rows),
    certificate: (rows) => certificateRows(ctx, rows),
    invoice: (rows) => invoiceRows(ctx, rows, false),
    endorsement: (rows) => endorsementRows(ctx, rows),
  };
  let done = 0;
  for (const type of TYPES) {
    const mine = lines.flatMap(({ line, one }) =>
      one.type === type && one.type !== 'coordinatingOffice' ? [{ line, one }] : [],
    );
    for (let at = 0; at < mine.length; at += CHUNK) {
      const chunk = mine.slice(at, at + CHUNK);
      const verdicts = await decide[type]?.(
        chunk.map(({ line, one }) => ({
          line,
          cells: cellsOfUpsert(one),
          titles: NAMES_IN_LINES,
          regroupement,
        })),
      );
      const kept = Map.groupBy(ctx.fieldConflicts.splice(0), ({ line }) => line);
      for (const [i, { line, one }] of chunk.entries())
        outcomes.push({
          ...{ line, type, id: externalId(one) },
          ...outcomeOf(verdicts?.[i], lang),
          ...keptOf(kept.get(line), lang),
        });
      await ctx.flush();
      done += chunk.length;
      progress?.('check', done);
      await turn();
    }
  }
}

function outcomeOf(verdict: Verdict | undefined, lang: Lang): Pick<UpsertOutcome, 'outcome' | 'reason'> {
  if (verdict === undefined) throw new Error('a line was not decided');
  if ('refused' in verdict) return { outcome: 'refused', reason: say(verdict.refused, lang) };
  if (verdict.outcome === 'unchanged') return { outcome: 'unchanged' };
  return { outcome: verdict.change === undefined ? 'created' : 'changed' };
}

/** Fields that the office's page has changed too since they were last sent: nobody is there to choose, and the page's stand. */
function keptOf(conflicts: readonly FieldConflict[] = [], lang: Lang): { reason?: string } {
  if (conflicts.length === 0) return {};
  const fields = conflicts
    .map(({ field }) => (field === 'officeId' ? 'coordinatingOffice' : field))
    .join(', ');
  const why = refusal(
    `Changé aussi dans la page du bureau, et gardé comme là : ${fields}.`,
    `Changed on the office’s page too, and kept as there: ${fields}.`,
  );
  return { reason: say(why, lang) };
}

interface Offices {
  /** As they will be. */
  all: CoordinatingOffice[];
  lines: { line: number; one: UpsertOffice }[];
  outcomeOf(one: UpsertOffice): 'created' | 'changed' | 'unchanged';
}

async function officesAfter(
  deps: ImportDeps,
  regroupementId: string,
  lines: readonly Line[],
): Promise<Offices> {
  const before = await coordinatingOffices(deps, regroupementId);
  const mine = lines.flatMap(({ line, one }) => (one.type === 'coordinatingOffice' ? [{ line, one }] : []));
  const known = new Map(before.map((office) => [office.code, office]));
  const after = new Map(known);
  for (const { one } of mine)
    after.set(one.code, {
      id: known.get(one.code)?.id ?? newId(deps),
      code: one.code,
      name: one.name,
      adminFeeCents: given(one.adminFeeCents, known.get(one.code)?.adminFeeCents),
      adminFeeTaxable: given(one.adminFeeTaxable, known.get(one.code)?.adminFeeTaxable),
    });
  return {
    all: [...after.values()],
    lines: mine,
    outcomeOf: ({ code }) => {
      const was = known.get(code);
      if (was === undefined) return 'created';
      return JSON.stringify(was) === JSON.stringify(after.get(code)) ? 'unchanged' : 'changed';
    },
  };
}

function given<T>(said: T | null | undefined, before: T | null | undefined): T | null {
  return said === undefined ? (before ?? null) : said;
}

async function saveGiven(
  deps: ImportDeps,
  regroupementId: string,
  { code }: UpsertOffice,
  all: readonly CoordinatingOffice[],
  by: Actor,
): Promise<void> {
  const office = all.find((one) => one.code === code);
  if (office === undefined) return;
  const { id, code: _, ...settings } = office;
  await saveOffice(deps, regroupementId, code, settings, by, id);
}
