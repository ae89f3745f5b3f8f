// The regroupement's own software says what it has: a thousand things in any order come in at once, the same again changes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { upsertAll } from '../../../server/import/upserts/upsert.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { booksOf } from '../../support/import-books.ts';
import { justBefore } from '../../support/just-before.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

let t: TestApp;
let send: Staff;
before(async () => {
  t = await startTestApp();
  send = await staffWith(t, ['import'], 'petits-bouleaux', 'application/x-ndjson');
});
after(() => t.close());

interface Outcome {
  line: number;
  type: string | null;
  id: string | null;
  outcome: string;
  reason?: string;
}
const ndjson = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
async function push(rows: readonly object[], query = ''): Promise<Outcome[]> {
  const answer = await send('POST', `/upserts${query}`, ndjson(rows));
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}
const tally = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(
    [...Map.groupBy(outcomes, ({ outcome }) => outcome)].map(([outcome, all]) => [outcome, all.length]),
  );
const audits = async () =>
  (await t.deps.db.execute("SELECT act FROM audit WHERE act IN ('file-imported', 'office-set') ORDER BY seq"))
    .rows;

const PERIOD = { periodStart: '2026-04-01', periodEnd: '2027-03-31' };
const ofPerson = (i: number) => [
  {
    type: 'endorsement',
    id: `A${i}`,
    certificate: `PB-${i}`,
    effectiveOn: '2026-05-01',
    amountCents: 1_000,
    invoice: `F-${i}`,
  },
  {
    type: 'invoice',
    number: `F-${i}`,
    certificate: `PB-${i}`,
    issuedOn: '2026-03-01',
    ...PERIOD,
    totalCents: 10_900,
    paidCents: i % 2 ? 0 : 900,
  },
  { type: 'certificate', number: `PB-${i}`, holder: `D${i}`, ...PERIOD },
  {
    type: 'holder',
    id: `D${i}`,
    firstName: 'Ève',
    lastName: `Roy-${i}`,
    email: `eve${i}@example.org`,
    coordinatingOffice: 'BC1',
  },
];
const all = [
  ...Array.from({ length: 250 }, (_, i) => ofPerson(i + 100_000)).flat(),
  { type: 'coordinatingOffice', code: 'BC1', name: 'Bureau un', adminFeeCents: 2_500 },
];

test('a thousand things come in, in any order; the same again changes nothing, and leaves no trace', async () => {
  assert.deepEqual(tally(await push(all)), { created: 1_001 });
  const books = await booksOf(t.deps);
  const { rows } = await t.deps.db.execute(
    `SELECT (SELECT count(*) FROM endorsements WHERE invoice_id IS NOT NULL) AS endorsements,
       (SELECT sum(amount_cents) FROM ledger_entries) AS owed, (SELECT count(*) FROM holders WHERE office_id IS NOT NULL) AS holders`,
  );
  assert.deepEqual(rows, [{ endorsements: 250, owed: 250 * 10_900 - 125 * 900, holders: 250 }]);
  assert.deepEqual(await audits(), [{ act: 'office-set' }, { act: 'file-imported' }]);
  assert.deepEqual(tally(await push(all)), { unchanged: 1_001 });
  assert.deepEqual([await booksOf(t.deps), (await audits()).length], [books, 2]);
});

test('refused lines say why, and leave the others; with atomic nothing comes in', async () => {
  const [, invoice, certificate, holder] = ofPerson(200_000);
  const rows = [
    { ...holder, coordinatingOffice: undefined },
    certificate ?? {},
    { ...invoice, totalCents: 'x' },
    { ...invoice, certificate: 'PB-nobody' },
    { ...holder, coordinatingOffice: undefined },
  ];
  const books = await booksOf(t.deps);
  const refused = await send('POST', '/upserts?atomic=true', ndjson(rows));
  const problem = (await refused.json()) as { refused: Outcome[] };
  assert.deepEqual([refused.status, problem.refused.map(({ line }) => line)], [422, [3, 4, 5]]);
  assert.deepEqual(await booksOf(t.deps), books);
  const outcomes = await push([...rows, { type: 'nothing' }]);
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['created', 'created', 'refused', 'refused', 'refused', 'refused'],
  );
  assert.match(outcomes[2]?.reason ?? '', /totalCents/);
  assert.match(outcomes[3]?.reason ?? '', /PB-nobody n’est pas connu/);
  assert.match(outcomes[4]?.reason ?? '', /la même chose/);
  const changed = await push([
    { ...invoice, totalCents: 11_000 },
    { ...certificate, status: 'closed' },
  ]);
  assert.deepEqual(tally(changed), { created: 1, changed: 1 });
});

test('what the office edited stays, and the line says so', async () => {
  const holder = {
    type: 'holder',
    id: 'D300000',
    firstName: 'Lise',
    lastName: 'Roy',
    email: 'a@example.org',
  };
  await push([holder]);
  await t.deps.db.execute("UPDATE holders SET email = 'b@example.org' WHERE external_id = 'D300000'");
  const [line] = await push([{ ...holder, email: 'c@example.org' }]);
  assert.equal(line?.outcome, 'unchanged');
  assert.match(line?.reason ?? '', /bureau.*: email/);
  const { rows } = await t.deps.db.execute("SELECT email FROM holders WHERE external_id = 'D300000'");
  assert.deepEqual(rows, [{ email: 'b@example.org' }]);
});

test('atomic: what somebody changed meanwhile leaves the offices as they were', async () => {
  const holder = { type: 'holder', id: 'D400000', firstName: 'Lise', lastName: 'Roy', lang: 'fr-CA' };
  await push([{ type: 'coordinatingOffice', code: 'BC4', name: 'Quatre', adminFeeCents: 1_000 }, holder]);
  const rows = [
    { type: 'coordinatingOffice', code: 'BC4', name: 'Quatre', adminFeeCents: 9_000 },
    { ...holder, lang: 'en-CA' },
  ];
  const fee = async () =>
    (await t.deps.db.execute("SELECT admin_fee_cents AS cents FROM coordinating_offices WHERE code = 'BC4'"))
      .rows;
  const request = {
    by: 'cli:test' as const,
    regroupement: 'petits-bouleaux',
    bytes: new TextEncoder().encode(ndjson(rows)),
    atomic: true,
    lang: 'fr' as const,
  };
  const { outcomes } = await justBefore(
    t,
    /DELETE FROM hidden_imports/,
    () => t.deps.db.execute("UPDATE holders SET usual_name = 'Côté' WHERE external_id = 'D400000'"),
    () => upsertAll(t.deps, request),
  );
  assert.deepEqual(
    [outcomes.map(({ outcome }) => outcome), await fee()],
    [['refused', 'refused'], [{ cents: 1_000 }]],
  );
  await upsertAll(t.deps, request);
  assert.deepEqual(await fee(), [{ cents: 9_000 }]);
});
