// Receipts in any script: what is copied from the PDF, searched in it or read aloud is the name as it was written.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Content } from '../../../server/pdf/content.ts';
import { contentPdf } from '../../../server/pdf/draw.ts';
import { pdfText } from '../../support/pdf-text.ts';

function receiptOf(name: string): Content {
  return {
    lang: 'fr-CA',
    title: 'Reçu de paiement no 12',
    dated: '2026-04-01T03:30:00.000Z',
    payee: { name, lines: ['12, rue de la Grève'] },
    facts: [['Payé par', `${name} (x@y.test)`]],
    sections: [
      {
        heading: `Facture ${name}`,
        about: name,
        columns: ['Description', 'Montant'],
        lines: [[name, '1 262,50 $']],
        sums: [['Total', name]],
      },
    ],
    total: [['Total payé', '295,28 $']],
    notes: [`Gardez ce reçu, ${name}.`],
  };
}
const read = async (name: string) => pdfText(await contentPdf(receiptOf(name)));

/** A name, and the fonts beside the document's own two that it takes. */
const NAMES: [name: string, ...fonts: RegExp[]][] = [
  ['Marie Tremblay'],
  ['Éloïse L’Écuyer-Tremblay'],
  ['Nguyễn Đặng Bạch Tuyết'],
  ['Ņina Ġorġ Șerban'],
  ['Éloïse Ņina'.normalize('NFD')],
  ['ᐃᓄᒃᑎᑐᑦ ᐊᓪᓚᕝᕕᒃ', /CanadianAboriginal/],
  ['ᢰᢱ', /CanadianAboriginal/],
  ['فاطمة الزهراء بن علي', /Amiri/],
  ['محمد پویا گلی زینب', /Amiri/],
  ['שרה כהן', /Hebrew/],
  ['Ольга Щербакова', /NotoSans-/],
  ['Ελένη Παπαδοπούλου', /NotoSans-/],
  ['प्रिया शर्मा क्षत्रिय', /NotoSans-/],
  ['கவிதா ஸ்ரீ', /Tamil/],
  ['陳大文 山田花子 김민지', /[Uu]nifont/],
  ['สมชาย ნინო ሰላም Հայկ', /[Uu]nifont/],
  ['Léa 👩‍🏫 😀 🇨🇦', /Emoji/],
  ['Hélène Щ 陳', /NotoSans-/, /[Uu]nifont/],
  ['Ugo 𠮷 𒀀'],
  // Signs that nothing is drawn for: a variant's, a filler of Korean.
  ['Le\ufe06a \u115fRoy\u115f'],
  ['\u{115f}A㾣\u115f', /[Uu]nifont/],
  ['Gwichʼin Roy\u00ad\u2010Cyr\u2011Doe\u202f2'],
  // Wider than its column, without a space.
  ['é\u0323'.repeat(110)],
  ['𠮷'.repeat(20)],
];

for (const [name, ...fonts] of NAMES)
  test(`${name.normalize('NFC')}: everywhere on the receipt, in a font that draws it, embedded only where used`, async () => {
    const text = await read(name);
    assert.deepEqual(text.lines, [
      name,
      '12, rue de la Grève',
      'Reçu de paiement no 12',
      'Payé par',
      `${name} (x@y.test)`,
      `Facture ${name}`,
      name,
      'Description',
      'Montant',
      name,
      '1 262,50 $',
      'Total',
      name,
      'Total payé',
      '295,28 $',
      `Gardez ce reçu, ${name}.`,
    ]);
    const more = text.fonts.filter((font) => !font.startsWith('BeVietnamPro'));
    assert.equal(more.length, fonts.length, more.join());
    for (const font of fonts)
      assert.ok(
        more.some((one) => font.test(one)),
        `${font} in ${more.join()}`,
      );
  });

test('right and left in one name: seen in the order of Unicode (UAX #9), brackets turned', async () => {
  const { seen } = await read('Fatima (علي) 12');
  assert.equal(seen[0], 'Fatima (يلع) 12');
  const hebrew = await read('שרה (כהן) 12 רות');
  assert.equal(hebrew.seen[0], 'תור 12 (ןהכ) הרש');
});

test('what no font has is named by its code, never left out, nor a question mark', async () => {
  const { seen } = await read('Ugo 𠮷 𒀀');
  assert.equal(seen[0], 'Ugo [U+20BB7] [U+12000]');
  const broken = await read('A\ud800B\ue000');
  assert.equal(broken.seen[0], 'A[U+D800]B[U+E000]');
  assert.equal(broken.lines[0], 'A\ud800B\ue000');
});

test('a word wider than the page is broken between letters, not inside one', async () => {
  const { seen } = await read('𠮷'.repeat(60));
  assert.equal(seen[0], '[U+20BB7]'.repeat(60));
});

test('a text is drawn up to 500 characters, whatever it is made of, and says that it goes on', async () => {
  const marks = (count: number) => `${'A'.repeat(100)}${'\u0301'.repeat(count)}${'A'.repeat(100)}`;
  assert.equal((await read(marks(300))).lines[0], marks(300));
  for (const long of [marks(1_800), 'Aa '.repeat(700), '🇨🇦'.repeat(500), 'क्'.repeat(1_000)]) {
    const [drawn = ''] = (await read(long)).lines;
    assert.ok(drawn.endsWith('…') && drawn.length <= 500, drawn);
    assert.ok(long.startsWith(drawn.slice(0, -1)));
  }
  const { lines } = await read(`A${'\u0301'.repeat(2_000)}`);
  assert.equal(lines[0], `A${'\u0301'.repeat(498)}…`);
});

test('a receipt that needs no other font is what it was: two fonts, nothing said beside', async () => {
  const pdf = Buffer.from(await contentPdf(receiptOf('Marie-Ève Tremblay')));
  assert.ok(pdf.length < 30_000, `${pdf.length}`);
  assert.ok(pdf.equals(Buffer.from(await contentPdf(receiptOf('Marie-Ève Tremblay')))));
  const far = Buffer.from(await contentPdf(receiptOf('陳大文')));
  assert.ok(far.length < pdf.length + 5_000, 'only the letters that are used');
  assert.ok(far.equals(Buffer.from(await contentPdf(receiptOf('陳大文')))), 'the same bytes each time');
  for (const mark of ['/StructTreeRoot', '/MarkInfo', '/Lang (fr-CA)', 'pdfuaid'])
    assert.ok(far.toString('latin1').includes(mark), mark);
});

test('a receipt has the same bytes in every process, whatever was drawn there before it', async () => {
  const receipt = receiptOf('Marie \u0627 \u0628');
  const module = new URL('../../../server/pdf/draw.ts', import.meta.url).href;
  const program = `const { contentPdf } = await import(${JSON.stringify(module)});
    process.stdout.write(await contentPdf(${JSON.stringify(receipt)}));`;
  const alone = execFileSync(process.execPath, ['--input-type=module', '-e', program]);
  // The same two Arabic letters by other codes: what a font draws the same, a copy of a document has as it was first drawn.
  await contentPdf(receiptOf('Marie \ufe8d \ufe8f'));
  assert.ok(alone.equals(Buffer.from(await contentPdf(receipt))));
});

test('any name that is written from left to right comes out as it went in', async () => {
  const letter = fc
    .integer({ min: 0x21, max: 0x2ffff })
    .filter((code) => code < 0xd800 || code > 0xf8ff)
    .map((code) => String.fromCodePoint(code))
    .filter(
      (sign) =>
        /[\p{L}\p{M}\p{N}\p{So}]/u.test(sign) &&
        !/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}]|[\u{1e800}-\u{1efff}]/u.test(sign),
    );
  const name = fc.array(letter, { minLength: 1, maxLength: 8 }).map((letters) => `A${letters.join('')}`);
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 10, maxLength: 20 }), async (names) => {
      const receipt = receiptOf('x');
      const { lines } = pdfText(await contentPdf({ ...receipt, payee: { name: 'x', lines: names } }));
      assert.deepEqual(lines.slice(1, names.length + 1), names);
    }),
    // Each run makes a PDF: to look for the shortest list of names would take minutes, and the names are short.
    { numRuns: 6, endOnFailure: true },
  );
});
