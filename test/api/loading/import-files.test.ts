// The office brings a file in by page: its columns are named once, what would change is shown, then it comes in, and what was refused
// is corrected and brought in too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keepReport, reportOf } from '../../../server/import/files/rows.ts';
import { fileOf } from '../../../server/import/files/store.ts';
import { renewImportLease } from '../../../server/import/lease.ts';
import { emptyReport } from '../../../server/import/report.ts';
import { endLeases } from '../../../server/leases.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { booksOf } from '../../support/import-books.ts';
import { importText } from '../../support/invoice-list.ts';
import { justBefore } from '../../support/just-before.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

let t: TestApp;
let send: Staff;
let call: Staff;
let other: Staff;
before(async () => {
  t = await startTestApp();
  send = await staffWith(t, ['import'], 'petits-bouleaux', 'text/csv');
  call = await staffWith(t, ['import', 'read']);
  other = await staffWith(t, ['import'], 'la-farandole', 'text/csv');
});
after(() => t.close());

const TITLES = 'Police de la RSG;Réf. compta;Appelée;Famille;Commission;Émise;Du;Au;À verser';
const row = (n: number, year = 2026, cents = '109,00', issued = `${year}-03-01`) =>
  `PB-00000${n};R-${year}-${n};Ève;Roy${'abcdefghij'[n]};12 %;${issued};${year}-04-01;${year + 1}-03-31;${cents}`;
const MEANINGS = {
  'Police de la RSG': 'certificate',
  'Réf. compta': 'invoice',
  Appelée: 'firstName',
  Famille: 'lastName',
  Commission: 'ignore',
  Émise: 'issuedOn',
  Du: 'periodStart',
  Au: 'periodEnd',
  'À verser': 'total',
};

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test looks at
type Answer = any;
async function answered(answer: Response, status: number): Promise<Answer> {
  const body = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(body));
  return body;
}
const keep = async (text: string, name = 'liste.csv') => {
  t.clock.advance(60_000);
  return (await answered(await send('POST', `/import-files?name=${name}`, text), 201)).file;
};
const post = async (id: string, act: string, body: object = {}, status = 200) =>
  (await answered(await call('POST', `/import-files/${id}/${act}`, body), status)).file;
/** The file, once nobody is at work on it. */
async function ended(id: string): Promise<Answer> {
  for (;;) {
    const { rows } = await t.deps.db.execute('SELECT stage FROM import_files WHERE id = ?', [id]);
    if (rows[0]?.stage === null) break;
    await nextTurn();
  }
  return (await answered(await call('GET', `/import-files/${id}`), 200)).file;
}

test('unknown titles are named by hand once; refused rows are corrected and brought in; the next file names itself', async () => {
  const text = [TITLES, row(1), row(2, 2026, '109,00', 'hier'), row(3)].join('\r\n');
  const file = await keep(text);
  assert.deepEqual([file.state, file.rows, file.columns[1].title], ['kept', 3, 'Réf. compta']);
  assert.deepEqual(file.columns[1].samples, ['R-2026-1', 'R-2026-2', 'R-2026-3']);
  const unread = await post(file.id, 'preview');
  assert.match(unread.summary.fileRefused, /titres|colonne/i);

  const columns = Object.entries(MEANINGS).map(([title, field]) => ({ title, field }));
  const mapped = await answered(await call('PUT', `/import-files/${file.id}/mapping`, { columns }), 200);
  assert.deepEqual(
    mapped.file.columns.map((one: Answer) => one.chosen),
    Object.values(MEANINGS),
  );
  const tried = await post(file.id, 'preview');
  assert.deepEqual(
    [tried.state, tried.summary.added, tried.summary.refused, tried.summary.totalCents],
    ['previewed', 2, 1, 21_800],
  );
  const { rows } = await answered(await call('GET', `/import-files/${file.id}/rows?state=refused`), 200);
  assert.deepEqual([rows.length, rows[0].line], [1, 3]);
  assert.match(rows[0].message, /« Émise ».*hier/);

  await post(file.id, 'commit', { acceptValid: true }, 202);
  const done = await ended(file.id);
  assert.deepEqual([done.state, done.summary.added], ['imported', 2]);
  await answered(await call('POST', `/import-files/${file.id}/commit`, {}), 409);

  const refused = await (await call('GET', `/import-files/${file.id}/refused.csv`)).text();
  assert.match(refused, /À verser;raison\r\n/);
  const corrected = await keep(refused.replace('hier', '2026-03-01'), 'refus.csv');
  assert.equal((await post(corrected.id, 'preview')).summary.added, 1);
  await post(corrected.id, 'commit', {}, 202);
  assert.equal((await ended(corrected.id)).state, 'imported');

  const next = await keep([TITLES, row(1, 2027), row(2, 2027)].join('\n'));
  assert.deepEqual(
    next.columns.map((one: Answer) => one.chosen),
    Object.values(MEANINGS),
  );
  assert.equal((await post(next.id, 'preview')).summary.added, 2);
  const { imports } = await answered(await call('GET', '/imports?limit=1'), 200);
  assert.deepEqual([imports[0].fileName, imports[0].undoable], ['refus.csv', true]);
});

test('what the page says of a refused row names the box that lets it through, not a command', async () => {
  const file = await keep([TITLES, row(1).replace('Royb', 'Tremblay'), row(3)].join('\n'));
  await post(file.id, 'preview');
  const { rows } = await answered(await call('GET', `/import-files/${file.id}/rows?state=refused`), 200);
  const refused = await (await call('GET', `/import-files/${file.id}/refused.csv`)).text();
  for (const said of [rows[0].message, refused])
    assert.match(said, /cochez « Laisser passer quand même : un nouveau nom de famille »\)\./);
});

test('a file that changes more than a list that comes again should is brought in once its number of rows is typed', async () => {
  const books = await booksOf(t.deps);
  const file = await keep([TITLES, row(1, 2026, '209,00'), row(3)].join('\n'));
  const { summary } = await post(file.id, 'preview');
  assert.deepEqual([summary.changed, summary.unchanged, summary.doubtful], [1, 1, true]);
  const refused = await answered(await call('POST', `/import-files/${file.id}/commit`, { rows: 3 }), 409);
  assert.equal(refused.type, '/problems/doubtful-file');
  assert.deepEqual(await booksOf(t.deps), books);
  await post(file.id, 'commit', { rows: 2 }, 202);
  assert.equal((await ended(file.id)).state, 'imported');
});

test('what was not doubtful when it was shown, and is when it would come in, is shown again first', async () => {
  const books = await booksOf(t.deps);
  const renamed = row(1, 2026, '409,00').replace('Royb', 'Tremblay');
  const file = await keep([TITLES, renamed, row(3)].join('\n'));
  const { summary } = await post(file.id, 'preview');
  assert.deepEqual([summary.refused, summary.doubtful], [1, false]);
  await post(file.id, 'commit', { evenSo: ['name'] }, 202);
  const shown = await ended(file.id);
  assert.deepEqual([shown.state, shown.summary.changed, shown.summary.doubtful], ['previewed', 1, true]);
  assert.deepEqual(await booksOf(t.deps), books);
  await post(file.id, 'commit', { evenSo: ['name'], rows: 2 }, 202);
  assert.equal((await ended(file.id)).state, 'imported');
});

test('while another import is at work a file stays shown, and she is told', async () => {
  const file = await keep([TITLES, row(8)].join('\n'));
  await post(file.id, 'preview');
  await renewImportLease(t.deps, 'another');
  const told = await answered(await call('POST', `/import-files/${file.id}/commit`, {}), 409);
  assert.equal(told.type, '/problems/import-at-work');
  await endLeases(t.deps, 'another');
});

test('the columns of a file are not named anew while it is at work, and are once whoever was at it is gone', async () => {
  const file = await keep([TITLES, row(9)].join('\n'));
  const name = (status: number, field: string) =>
    call('PUT', `/import-files/${file.id}/mapping`, { columns: [{ title: 'Commission', field }] }).then(
      (answer) => answered(answer, status),
    );
  await name(200, 'ignore');
  await t.deps.db.execute(
    "UPDATE import_files SET state = 'importing', stage = 'check', beat_at = ? WHERE id = ?",
    [t.clock.now, file.id],
  );
  assert.equal((await name(409, 'note')).type, '/problems/file-at-work');
  const { rows } = await t.deps.db.execute("SELECT field FROM import_columns WHERE title = 'commission'");
  assert.deepEqual(rows, [{ field: 'ignore' }]);
  t.clock.advance(61_000);
  assert.equal((await name(200, 'ignore')).file.state, 'kept');
});

test('an import that is stopped leaves nothing', async () => {
  const books = await booksOf(t.deps);
  const many = Array.from({ length: 3_000 }, (_, i) =>
    row(4)
      .replace('PB-000004', `PB-2${String(i).padStart(5, '0')}`)
      .replace('R-2026-4', `R-2026-9${i}`),
  );
  const file = await keep([TITLES, ...many].join('\n'));
  // What the page asks between two looks at how far it is.
  await t.deps.db.execute('UPDATE import_files SET summary = ? WHERE id = ?', [
    JSON.stringify({ doubtful: false, rows: 3_000 }),
    file.id,
  ]);
  await post(file.id, 'commit', {}, 202);
  const { stopping } = await answered(await call('POST', `/import-files/${file.id}/stop`), 202);
  assert.equal(stopping, true);
  assert.equal((await ended(file.id)).state, 'stopped');
  assert.deepEqual(await booksOf(t.deps), books);
});

test('what is said of very many rows is kept and read while others get their turn', async () => {
  const { id } = await keep([TITLES, row(7)].join('\n'));
  const file = await fileOf(t.deps, await regroupementId(t), id);
  const many = Array.from({ length: 20_000 }, (_, i) => ({ line: i + 2, reason: `« Émise » : ${i}` }));
  const report = { ...emptyReport(true), refused: many, warnings: [{ message: 'é\n' }] };
  const turnsOf = async (work: () => Promise<unknown>) => {
    let turns = 0;
    let over = false;
    const others = (async () => {
      for (; !over; turns += 1) await nextTurn();
    })();
    await work();
    over = true;
    await others;
    return turns;
  };
  assert.ok((await turnsOf(() => keepReport(t.deps, file, report))) >= 40);
  assert.ok((await turnsOf(() => reportOf(t.deps, file))) >= 40);
  assert.deepEqual(await reportOf(t.deps, file), report);
});

test('a regroupement keeps two hundred files, or 500 MB of them; another is not held up by it', async () => {
  const full = async (files: number, pieces: number) => {
    await t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO import_files(id, regroupement_id, name, file_key, many, state, created_by, created_at)
       SELECT 'full-' || i, ?, 'f', '', 0, 'kept', 'x', 0 FROM n`,
      [files, await regroupementId(t)],
    );
    await t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO import_file_parts(file_id, kind, no, body) SELECT 'full-1', 'file', i, '' FROM n`,
      [pieces],
    );
  };
  const empty = async () => {
    await t.deps.db.execute("DELETE FROM import_file_parts WHERE file_id LIKE 'full-%'");
    await t.deps.db.execute("DELETE FROM import_files WHERE id LIKE 'full-%'");
  };
  for (const [files, pieces] of [
    [200, 1],
    [1, 2_000],
  ] as const) {
    await full(files, pieces);
    const refused = await answered(
      await send('POST', '/import-files?name=un.csv', `${TITLES}\n${row(1)}`),
      409,
    );
    assert.match(refused.title, /Chacun s’efface sept jours après son envoi/);
    await answered(await other('POST', '/import-files?name=un.csv', `${TITLES}\n${row(1)}`), 201);
    await empty();
  }
  await keep(`${TITLES}\n${row(1)}`);
});

test('a file is kept encrypted', async () => {
  await keep([TITLES, row(7)].join('\n'));
  const { rows } = await t.deps.db.execute<{ body: string }>('SELECT body FROM import_file_parts');
  for (const { body } of rows)
    assert.doesNotMatch(Buffer.from(body, 'base64').toString('latin1'), /PB-0000|Royh/);
});

test('what the office edited stays while the file says the same; where both have changed, she chooses', async () => {
  const titles = 'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Période;Total';
  const list = (last: string, email: string) =>
    `${titles}\nLise;${last};${email};PB-000900;R-900;2026-03-01;2026-04-01/2027-03-31;109,00`;
  const bring = async (text: string, how: object = {}) => {
    const { id } = await keep(text);
    const { summary } = await post(id, 'preview', how);
    await post(id, 'commit', { ...how, rows: 1 }, 202);
    assert.equal((await ended(id)).stage, null);
    return { id, summary };
  };
  const lise = async () =>
    (
      await t.deps.db.execute<{ id: string; last: string; email: string }>(
        "SELECT id, last_name AS last, email FROM holders WHERE first_name = 'Lise'",
      )
    ).rows[0];
  await bring(list('Roy', 'lise@example.org'));
  await t.deps.db.execute(
    "UPDATE holders SET last_name = 'Tremblay', email = 'tremblay@example.org', updated_at = 2 WHERE first_name = 'Lise'",
  );
  const same = await bring(list('Roy', 'lise@example.org'));
  assert.deepEqual([same.summary.unchanged, same.summary.fieldConflicts], [1, 0]);
  assert.deepEqual([(await lise())?.last, (await lise())?.email], ['Tremblay', 'tremblay@example.org']);

  const both = await bring(list('Roy', 'nouvelle@example.org'));
  assert.equal(both.summary.fieldConflicts, 1);
  const { rows } = await answered(await call('GET', `/import-files/${both.id}/rows?state=choice`), 200);
  const holderId = (await lise())?.id ?? '';
  assert.deepEqual(rows[0].choice, {
    holderId,
    field: 'email',
    file: 'nouvelle@example.org',
    page: 'tremblay@example.org',
  });
  assert.equal((await lise())?.email, 'tremblay@example.org');
  const chosen = [{ holderId, field: 'email', take: 'file' }];
  const taken = await bring(list('Roy', 'nouvelle@example.org'), { choices: chosen });
  assert.equal(taken.summary.fieldConflicts, 0);
  const told = await answered(await call('GET', `/import-files/${taken.id}/rows?state=changed`), 200);
  assert.equal(
    told.rows[0].message,
    'le dossier du certificat PB-000900 change : courriel « tremblay@example.org » → « nouvelle@example.org ».',
  );
  // No invoice changes: nothing is doubtful about a file whose one row has a new address.
  assert.deepEqual([taken.summary.changed, taken.summary.doubtful], [1, false]);
  assert.deepEqual([(await lise())?.last, (await lise())?.email], ['Tremblay', 'nouvelle@example.org']);

  // The file comes to say what the page says: nothing of hers changes, and none is said to.
  const followed = await bring(list('Tremblay', 'nouvelle@example.org'));
  const { rows: changes } = await answered(
    await call('GET', `/import-files/${followed.id}/rows?state=changed`),
    200,
  );
  assert.match(changes[0].message, /PB-000900 .*comme dans la page/);
});

test('what the office edits while a file is being checked stays', async () => {
  const titles = 'Prénom;Nom;Courriel;# certificat;No facture;Date facture;Période;Total';
  const list = (email: string) =>
    `${titles}\nMia;Roy;${email};PB-000901;R-901;2026-03-01;2026-04-01/2027-03-31;109,00`;
  await importText(t.deps, list('mia@example.org'));
  t.clock.advance(60_000);
  const { imported, refused } = await justBefore(
    t,
    /SET next_no/,
    async () => {
      t.clock.advance(1);
      await t.deps.db.execute(
        "UPDATE holders SET usual_name = 'Côté', updated_at = ? WHERE first_name = 'Mia'",
        [t.clock.now],
      );
    },
    () => importText(t.deps, list('roy@example.org')),
  );
  assert.equal(imported, false);
  assert.match(refused[0]?.reason ?? '', /changé par quelqu’un d’autre/);
  const { rows } = await t.deps.db.execute(
    "SELECT usual_name AS usual, email FROM holders WHERE first_name = 'Mia'",
  );
  assert.deepEqual(rows, [{ usual: 'Côté', email: 'mia@example.org' }]);
});
