// A document as a tagged PDF (PDF/UA): a screen reader finds its title, its paragraphs and its tables. The same
// document always gives the same bytes: its date is its own, and nothing else in it varies.
import PDFDocument from 'pdfkit';
import { drawAnyScript, fitted } from './any-script.ts';
import type { Content } from './content.ts';
import { fontFor } from './fonts.ts';

// Be Vietnam Pro (OFL) draws every Latin alphabet, Vietnamese included; other letters come from other fonts (any-script.ts).
const REGULAR = '@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf';
const BOLD = '@expo-google-fonts/be-vietnam-pro/600SemiBold/BeVietnamPro_600SemiBold.ttf';

const MARGIN = 54;
const HEADING_SPACE = 110;
/** Of the two columns, in points: together what is between the margins. */
const COLUMNS = { left: [150, 354], right: [394, 110] } as const;
const CELL_GAP = 8;
const GREY = '#48525f';
type Doc = InstanceType<typeof PDFDocument>;
type Struct = ReturnType<Doc['struct']>;

/** Letter format, one or more pages. */
export async function contentPdf(content: Content): Promise<Uint8Array> {
  const doc = new PDFDocument({
    size: 'LETTER',
    margin: MARGIN,
    pdfVersion: '1.7',
    // The types know the PDF/A subsets only.
    subset: 'PDF/UA' as 'PDF/A-3a',
    tagged: true,
    lang: content.lang,
    displayTitle: true,
    // Not the library's own first font, which would be read for nothing.
    font: '',
    // The library writes these into XML as they are: nothing in them may come from outside.
    info: { Title: content.title, CreationDate: new Date(content.dated) },
  });
  // It numbers the fonts as though that one was there, and so do the receipts of before.
  (doc as unknown as { _fontCount: number })._fontCount = 1;
  const chunks: Uint8Array[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  doc.registerFont('regular', fontFor(REGULAR));
  doc.registerFont('bold', fontFor(BOLD));
  drawAnyScript(doc);
  withoutBorderColours(doc);
  const root = doc.struct('Document');
  doc.addStructure(root);
  draw(doc, root, content);
  root.end();
  doc.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

function draw(doc: Doc, root: Struct, content: Content): void {
  const say = (
    tag: string,
    text: string,
    options: { bold?: boolean; size?: number; colour?: string; gap?: number } = {},
  ) =>
    root.add(
      doc.struct(tag, {}, () => {
        doc
          .font(options.bold === true ? 'bold' : 'regular', options.size ?? 10.5)
          .fillColor(options.colour ?? '#1b2430');
        doc.text(fitted(doc, text, doc.page.width - 2 * MARGIN), MARGIN, doc.y, {
          paragraphGap: options.gap ?? 2,
        });
      }),
    );
  say('P', content.payee.name, { bold: true, size: 12 });
  for (const line of content.payee.lines) say('P', line, { colour: GREY });
  doc.moveDown(1);
  say('H1', content.title, { bold: true, size: 20, gap: 6 });
  table(
    doc,
    root,
    content.facts.map((fact) => ({ fact })),
    'left',
  );
  for (const section of content.sections) {
    doc.moveDown(1.2);
    // A heading stays with its first lines.
    if (doc.y + HEADING_SPACE > doc.page.height - MARGIN) doc.addPage();
    say('H2', section.heading, { bold: true, size: 13 });
    if (section.about !== null) say('P', section.about, { colour: GREY, gap: 6 });
    table(
      doc,
      root,
      [
        { fact: section.columns, heading: true },
        ...section.lines.map((fact) => ({ fact, rule: true })),
        ...section.sums.map((fact) => ({ fact })),
      ],
      'right',
    );
  }
  doc.moveDown(1.2);
  table(
    doc,
    root,
    content.total.map((fact, i) => ({ fact, bold: i === content.total.length - 1 })),
    'right',
  );
  doc.moveDown(1.5);
  for (const note of content.notes) say('P', note, { colour: GREY });
}

interface RowLook {
  fact: readonly [string, string];
  heading?: boolean;
  rule?: boolean;
  bold?: boolean;
}

/** Two columns: what, and how much. Each row's first cell is its header. */
function table(doc: Doc, root: Struct, rows: readonly RowLook[], values: 'left' | 'right'): void {
  const widths = COLUMNS[values];
  const cell = (row: RowLook, text: string, column: 0 | 1) => ({
    text: cellText(doc, row, text, widths[column] - (column === 1 ? 0 : CELL_GAP)),
    type: (row.heading === true || column === 0 ? 'TH' : 'TD') as 'TH' | 'TD',
    scope: row.heading === true ? 'Column' : 'Row',
    align: { x: column === 1 ? values : ('left' as const), y: 'top' as const },
    textColor: row.heading === true || (values === 'left' && column === 0) ? GREY : '#1b2430',
    border: [0, 0, row.heading === true || row.rule === true ? 0.4 : 0, 0] as [
      number,
      number,
      number,
      number,
    ],
    padding: [3, column === 1 ? 0 : CELL_GAP, 3, 0] as [number, number, number, number],
    font: cellFont(row),
  });
  // The types do not know `structParent` and `scope` yet; the library does (its CHANGELOG, 0.17).
  const options = {
    structParent: root,
    position: { x: MARGIN, y: doc.y },
    columnStyles: widths,
    data: rows.map((row) => [cell(row, row.fact[0], 0), cell(row, row.fact[1], 1)]),
  };
  doc.fillColor('#1b2430').font('regular', 10.5);
  doc.table(options as unknown as PDFKit.Mixins.TableOptionsWithData);
  doc.x = MARGIN;
}

// The library tells readers of a table's structure the colour of each edge of a cell, and null for an edge without a rule, which
// is no colour (ISO 32000-1, table 343): poppler warns of each. The rules are decoration, drawn all the same.
function withoutBorderColours(doc: Doc): void {
  const ref = doc.ref;
  doc.ref = (data) => {
    if (data !== null && typeof data === 'object' && 'BorderColor' in data) delete data.BorderColor;
    return ref.call(doc, data);
  };
}

function cellFont(row: RowLook): { src: string; size: number } {
  return row.bold === true ? { src: 'bold', size: 13 } : { src: 'regular', size: 10.5 };
}

function cellText(doc: Doc, row: RowLook, text: string, width: number): string {
  const { src, size } = cellFont(row);
  doc.font(src, size);
  return fitted(doc, text, width);
}
