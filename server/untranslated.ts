// What a reader's translator must leave as it is, in pages and e-mails: amounts, numbers of papers, addresses.
import { html } from 'hono/html';

// « 1 234,56 $ », “$1,234.56”; marie@example.org, https://…; PB-F-2026-0001, P-7KQ2M9XD.
const KEPT =
  /(-?\d[\d\s.,]*\$|-?\$\d[\d,.]*\d|[\p{L}\d.+_-]+@[\w.-]+\w|https?:\S+|\b[A-Z][A-Z\d]*(?:-[A-Z\d]+)*-[A-Z\d]*\d[A-Z\d]*\b)/u;
const DAY = /\d{1,2}(?:er)? \p{L}{3,} 20\d\d|\p{L}{3,} \d{1,2}, 20\d\d/u;

/** Words, in which amounts, numbers and addresses say that they are not to be translated. */
export function words(text: string) {
  return html`${text
    .split(KEPT)
    .map((piece, i) => (i % 2 === 1 ? html`<span translate="no">${piece}</span>` : piece))}`;
}

/** The attribute of what holds one value: a name, a number or an amount, but a day may be translated. */
export const keep = (value: string) => (DAY.test(value) ? '' : html` translate="no"`);
