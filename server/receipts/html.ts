// A document as a page to read and print: no script, its one style sheet named in the policy by its hash.
import { html } from 'hono/html';
import { type Markup, page, pagePolicy } from '../page.ts';
import type { Content } from '../pdf/content.ts';
import { keep, words } from '../untranslated.ts';

const STYLE = `
:root{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1b2430;background:#f3f5f8}
*{box-sizing:border-box}body{margin:0;overflow-wrap:break-word}main{max-width:720px;margin:24px auto;background:#fff;padding:32px min(24px,4%);border-radius:12px}
h1{font-size:1.6em;line-height:1.25;margin:24px 0 16px}h2{font-size:1.1em;margin:28px 0 4px}p{margin:0 0 4px}
dl{display:grid;grid-template-columns:minmax(9em,max-content) 1fr;gap:4px 20px;margin:0}dt{color:#48525f}dd{margin:0;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;margin:8px 0}th,td{text-align:left;padding:6px 0;border-bottom:1px solid #dde2e8;font-weight:400;vertical-align:top}
thead th{font-size:.875em;color:#48525f}td,thead th:last-child{text-align:right;white-space:nowrap;padding-left:16px}
tbody.sums th,tbody.sums td{border-bottom:0;padding:4px 0}tbody.sums td{padding-left:16px}.total{font-size:1.25em;font-weight:700}.total th,.total td{font-weight:700}
.notes{margin-top:28px;color:#48525f}@media(max-width:26em){dl{grid-template-columns:1fr}dt{margin-top:8px}tr{display:flex;flex-wrap:wrap;justify-content:space-between}tr>:first-child{flex:1 6em;min-width:0}tr>*{border:0!important}tr{border-bottom:1px solid #dde2e8}table,tbody,thead{display:block}}
main+main{break-before:page}
@media print{:root{background:#fff;font-size:11pt}main{margin:0;padding:0;max-width:none}}`;

/** The policy under which the page is served. */
export const RECEIPT_POLICY = pagePolicy(STYLE);

export function contentHtml(content: Content) {
  return inPage(content.lang, content.title, contentMarkup(content));
}

/** Several, each on paper of its own. Throws RangeError where there is none. */
export function contentsHtml(contents: readonly Content[]) {
  const [first] = contents;
  if (first === undefined) throw new RangeError('no document to show');
  const { lang, payee } = first;
  return page(
    { lang, title: payee.name, style: STYLE },
    html`${contents.map((content) => html`<main lang="${content.lang}">${contentMarkup(content)}</main>`)}`,
  );
}

function contentMarkup(content: Content) {
  return html`<p translate="no"><strong>${content.payee.name}</strong></p>${content.payee.lines.map((line) => html`<p translate="no">${line}</p>`)}
<h1>${content.title}</h1>
<dl>${content.facts.map(([name, value]) => html`<dt>${name}</dt><dd${keep(value)}>${value}</dd>`)}</dl>
${content.sections.map(sectionHtml)}
<table class="total" role="table"><tbody class="sums" role="rowgroup">${content.total.map(row)}</tbody></table>
<div class="notes">${content.notes.map((note) => html`<p>${words(note)}</p>`)}</div>`;
}

/** Said when a link is too old or not ours. */
export function expiredLinkHtml() {
  return inPage(
    'fr-CA',
    'Ce lien n’est plus valide',
    html`<h1>Ce lien n’est plus valide.</h1><p>Votre reçu est toujours là. Retournez au site de votre regroupement, ouvrez «&nbsp;Mes paiements&nbsp;» et téléchargez-le de nouveau.</p>
<div lang="en"><h2>This link is no longer valid.</h2><p>Your receipt is still there. Go back to your association’s site, open “My payments” and download it again.</p></div>`,
  );
}

/** Said when too many are asked for. */
export function laterHtml() {
  return inPage(
    'fr-CA',
    'Un instant…',
    html`<h1>Un instant…</h1><p>Beaucoup de reçus sont demandés en ce moment. Le vôtre est toujours là\u00a0: rechargez cette page dans quelques secondes.</p>
<div lang="en"><h2>One moment…</h2><p>Many receipts are being downloaded right now. Yours is still there: reload this page in a few seconds.</p></div>`,
  );
}

// On a phone rows are lines and tables blocks: roles of their own keep them tables to a screen reader.
const row = ([name, value]: readonly [string, string]) =>
  html`<tr role="row"><th scope="row" role="rowheader">${words(name)}</th><td role="cell" translate="no">${value}</td></tr>`;

function sectionHtml(section: Content['sections'][number]) {
  return html`<h2>${words(section.heading)}</h2>${section.about === null ? '' : html`<p>${words(section.about)}</p>`}
<table role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${section.columns[0]}</th><th scope="col" role="columnheader">${section.columns[1]}</th></tr></thead>
<tbody role="rowgroup">${section.lines.map(row)}</tbody><tbody class="sums" role="rowgroup">${section.sums.map(row)}</tbody></table>`;
}

function inPage(lang: string, title: string, content: Markup) {
  return page({ lang, title, style: STYLE }, html`<main>${content}</main>`);
}
