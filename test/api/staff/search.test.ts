// The telephone rings: one field, and the file.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { indexFiles } from '../../../server/staff/files/search.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

interface Answer {
  found: { lastName: string; firstName: string; balanceCents: number; certificateNumbers: string[] }[];
  total: number;
}

describe('a search', () => {
  let c: Checkout;
  let staff: Staff;
  before(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read']);
    for (const [i, [firstName, lastName, email]] of [
      ['Anne-Sophie', 'D’Août', 'anne.sophie@example.org'],
      ['Élise', 'Roy', 'elise@example.org'],
      ['Royale', 'Tremblay', null],
      ['Thị', 'Nguyễn', null],
    ].entries() as ArrayIterator<[number, [string, string, string | null]]>)
      await addInvoice(c.t.deps, 'petits-bouleaux', {
        ...{
          firstName,
          lastName,
          email,
          certificate: `PB-10${i}`,
          invoice: `F-10${i}`,
          totalCents: 1_000 + i,
        },
      });
    await addInvoice(c.t.deps, 'la-farandole', {
      ...{ firstName: 'Élise', lastName: 'Roy', certificate: 'AF-1', invoice: 'A-1', totalCents: 5 },
    });
  });
  after(() => c.close());
  const search = async (text: string, by = staff): Promise<Answer> => {
    c.t.clock.advance(1_000);
    const answer = await by('POST', '/search', { text });
    assert.equal(answer.status, 200, text);
    return (await answer.json()) as Answer;
  };
  const names = async (text: string) =>
    (await search(text)).found.map(({ firstName, lastName }) => `${firstName} ${lastName}`);

  test('a piece of a name, without accents, in any order; with her balance and her numbers', async () => {
    for (const text of ['daout', 'd’aout', 'aout anne', 'SOPHIE', ' anne-sophie d’août '])
      assert.deepEqual(await names(text), ['Anne-Sophie D’Août'], text);
    assert.deepEqual(await names('nguyen'), ['Thị Nguyễn']);
    const [her] = (await search('daout')).found;
    assert.deepEqual([her?.balanceCents, her?.certificateNumbers], [1_000, ['PB-100']]);
  });

  test('an e-mail, a certificate’s, an invoice’s, a payment’s number however they are written', async () => {
    const payment = await c.paid();
    const [row] = await c.rows<{ capture: string }>('SELECT capture_id AS capture FROM payments');
    for (const text of ['elise@example.org', 'pb 101', 'PB-101', '# pb101', 'f-101'])
      assert.deepEqual(await names(text), ['Élise Roy'], text);
    for (const text of [payment.number, row?.capture ?? ''])
      assert.deepEqual(await names(text), ['Marie-Ève Tremblay'], text);
  });

  test('last names that begin so come before the others', async () => {
    assert.deepEqual(await names('roy'), ['Élise Roy', 'Royale Tremblay']);
  });

  test('finds nobody of another regroupement, and nothing for what no name is made of', async () => {
    assert.equal((await search('roy')).total, 2);
    const theirs = await staffWith(c.t, ['read'], 'la-farandole');
    assert.deepEqual(
      (await search('roy', theirs)).found.map(({ certificateNumbers }) => certificateNumbers),
      [['AF-1']],
    );
    // Longer than what an id, made by chance, may have in it.
    for (const text of ['%', '_', '%%%', '---', "' OR zzzzzz=zzzzzz --", 'zzzzzz'])
      assert.deepEqual(await search(text), { found: [], total: 0 }, text);
    assert.equal((await staff('POST', '/search', { text: ' ' })).status, 400);
  });

  test('knows a new name, e-mail or number at once', async () => {
    await c.t.deps.db.execute(
      "UPDATE holders SET last_name = 'Gagné' WHERE last_name = 'Roy' AND first_name = 'Élise'",
    );
    assert.deepEqual(await names('gagne'), ['Élise Gagné']);
    assert.deepEqual(await names('roy elise'), []);
    await c.t.deps.db.execute(
      "UPDATE certificates SET number = 'ZX-9', number_key = 'ZX9' WHERE number = 'PB-101'",
    );
    assert.deepEqual(await names('zx-9'), ['Élise Gagné']);
    assert.deepEqual(await names('zx'), ['Élise Gagné']);
  });

  test('more than two hundred: says so, and shows twenty', async () => {
    const of = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
    await c.t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
       INSERT INTO holders(id, regroupement_id, first_name, last_name, created_at, updated_at)
       SELECT 'many-' || i, ${of}, 'Lise', 'Multiple', 1, 1 FROM n`,
    );
    const { found, total } = await search('multiple');
    assert.deepEqual([found.length, total], [20, 201]);
  });

  test('among twenty thousand: finds by an index the same, in the same order, and what changes at once', async () => {
    const { db } = c.t.deps;
    const of = await regroupementId(c.t);
    await db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
       INSERT INTO holders(id, regroupement_id, first_name, last_name, created_at, updated_at)
       SELECT 'more-' || i, ?, 'Lise', 'Autre' || i, 1, 1 FROM n`,
      [of],
    );
    const queries = [
      'roy',
      'tremblay',
      'royale tremblay',
      'remb',
      'aout',
      'to',
      'autre',
      'autre19999',
      'zzyzx',
      'a',
    ];
    const all = async () => {
      const answers: Answer[] = [];
      for (const text of queries) answers.push(await search(text));
      return answers;
    };
    const looked = await all();
    await indexFiles(c.t.deps);
    const counts = async () => {
      const { rows } = await db.execute(
        `SELECT (SELECT count(*) FROM file_search WHERE regroupement_id = ? AND indexed = 0) AS rest,
           (SELECT sum(indexed) FROM file_search) - (SELECT count(*) FROM file_trigrams) AS astray`,
        [of],
      );
      return { ...rows[0] };
    };
    assert.deepEqual(await counts(), { rest: 0, astray: 0 });
    const indexed = await all();
    // Two letters find the beginning of a word, and no more.
    const at = queries.indexOf('to');
    assert.ok((looked[at]?.total ?? 0) >= (indexed[at]?.total ?? 0));
    assert.deepEqual(indexed.toSpliced(at, 1), looked.toSpliced(at, 1));

    await db.execute("UPDATE holders SET last_name = 'Ouellet' WHERE id = 'more-7'");
    assert.deepEqual(await counts(), { rest: 1, astray: 0 });
    assert.deepEqual(await names('ouel'), ['Lise Ouellet']);
    assert.deepEqual(await names('lise autre7'), await names('autre7'));
    await indexFiles(c.t.deps);
    assert.deepEqual(await names('uellet'), ['Lise Ouellet']);
    await db.execute("DELETE FROM holders WHERE id = 'more-7'");
    assert.deepEqual([await counts(), await names('uellet')], [{ rest: 0, astray: 0 }, []]);
  });

  test('finds whom an import brings once it is there, and not while it comes', async () => {
    const { db } = c.t.deps;
    await db.execute("INSERT INTO hidden_imports(import_id) VALUES ('under way')");
    await db.execute(
      `INSERT INTO holder_rows(id, regroupement_id, first_name, last_name, created_at, updated_at, import_no)
       SELECT 'came', ?, 'Rose', 'Zzyzx', 1, 1, no FROM hidden_imports`,
      [await regroupementId(c.t)],
    );
    assert.deepEqual(await names('zzyzx'), []);
    await db.execute('DELETE FROM hidden_imports');
    assert.deepEqual(await names('zzyzx'), ['Rose Zzyzx']);
  });
});
