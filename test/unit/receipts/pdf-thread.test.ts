// Documents are drawn beside the event loop, once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import type { Content } from '../../../server/pdf/content.ts';
import { contentPdf } from '../../../server/pdf/draw.ts';
import { PdfThread } from '../../../server/pdf/thread.ts';

const documentOf = (number: number): Content => ({
  lang: 'fr-CA',
  title: `Reçu de paiement no ${number}`,
  dated: '2026-04-01T03:30:00.000Z',
  payee: { name: 'Regroupement des Petits Bouleaux', lines: ['12, rue de la Grève'] },
  facts: [['Payé par', 'Marie-Ève L’Écuyer']],
  sections: [
    {
      heading: 'Facture F-1',
      about: null,
      columns: ['Description', 'Montant'],
      lines: [['Prime', '262,50 $']],
      sums: [['Total', '262,50 $']],
    },
  ],
  total: [['Total payé', '262,50 $']],
  notes: ['Gardez ce reçu.'],
});

describe('a document drawn in a thread', () => {
  let thread: PdfThread;
  before(() => {
    thread = new PdfThread();
  });
  after(() => thread.close());

  test('has the bytes that it has elsewhere', async () => {
    const [here, there] = await Promise.all([contentPdf(documentOf(1)), thread.pdf(documentOf(1))]);
    assert.ok(Buffer.from(here).equals(there));
  });

  test('leaves the event loop to others meanwhile', async () => {
    let turns = 0;
    let drawn = false;
    const drawing = Promise.all(Array.from({ length: 5 }, (_, i) => thread.pdf(documentOf(10 + i)))).finally(
      () => {
        drawn = true;
      },
    );
    while (!drawn) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    await drawing;
    assert.ok(turns > 100, `${turns} turns`);
  });

  test('is drawn once for all who ask, also later', async () => {
    const [one, other] = await Promise.all([thread.pdf(documentOf(2)), thread.pdf(documentOf(2))]);
    assert.equal(one, other);
    assert.equal(await thread.pdf(documentOf(2)), one);
    assert.notEqual(await thread.pdf(documentOf(3)), one);
  });

  test('that cannot be drawn is told so, and the next one is drawn', async () => {
    const none = { ...documentOf(4), facts: null } as unknown as Content;
    const drawings = [thread.pdf(none), thread.pdf(documentOf(5))];
    await assert.rejects(drawings[0] ?? Promise.resolve(), TypeError);
    assert.ok((await drawings[1])?.length);
    await assert.rejects(thread.pdf(none), TypeError);
  });

  test('is kept though those before it were asked for again while others were drawn', async () => {
    const roomForTwo = new PdfThread(50_000);
    const ask = (numbers: number[]) =>
      Promise.all(numbers.map((number) => roomForTwo.pdf(documentOf(number))));
    try {
      for (const n of [0, 10, 20, 30]) {
        await ask([n + 1, n + 2]);
        await ask([n + 3, n + 4, n + 1, n + 2, n + 3]);
      }
      const last = await roomForTwo.pdf(documentOf(99));
      assert.equal(await roomForTwo.pdf(documentOf(99)), last);
    } finally {
      await roomForTwo.close();
    }
  });

  test('is forgotten after many others, and drawn again the same', async () => {
    const small = new PdfThread(50_000);
    try {
      const first = await small.pdf(documentOf(1));
      for (const number of [2, 3, 4]) await small.pdf(documentOf(number));
      const again = await small.pdf(documentOf(1));
      assert.notEqual(again, first);
      assert.ok(Buffer.from(again).equals(first));
    } finally {
      await small.close();
    }
  });
});

test('poppler, by which many programs read a PDF, finds nothing amiss in its structure', async (t) => {
  if (spawnSync('pdfinfo', ['-v']).error !== undefined) return t.skip('there is no pdfinfo on this machine');
  const input = await contentPdf(documentOf(1));
  const { status, stderr, stdout } = spawnSync('pdfinfo', ['-struct', '-'], { input, encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, /TH .*\n[\s\S]*TD/);
});

test('a colour of an edge is said of no cell: it would be null where there is no rule', async () => {
  const pdf = Buffer.from(await contentPdf(documentOf(1))).toString('latin1');
  assert.match(pdf, /\/O \/Table/);
  assert.doesNotMatch(pdf, /BorderColor/);
});
