// Her data as a page to read, print and keep: the same as the JSON, in words. No script, nothing fetched.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';
import { dateTime, day, money } from '../format.ts';
import { type Markup, page, pagePolicy } from '../page.ts';
import type { AccountData, HolderData } from './export.ts';
import { exportWords } from './export-words.ts';

const STYLE = `
:root{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1b2430;background:#fff}
*{box-sizing:border-box}body{margin:0 auto;max-width:760px;padding:24px 16px 64px;overflow-wrap:anywhere}
h1{font-size:1.6em;line-height:1.25;margin:8px 0}h2{font-size:1.25em;margin:36px 0 4px}p{margin:4px 0}
dl{display:grid;grid-template-columns:min(12em,38%) minmax(0,1fr);gap:2px 20px;margin:8px 0;padding:8px 0;border-top:1px solid #c9d0d8}
dt{color:#48525f}dd{margin:0}dd dl{margin:0 0 6px;padding:4px 0}
@media(max-width:29em){dl{grid-template-columns:1fr}dt{margin-top:6px}dd dl{padding-left:12px}}`;

/** The policy under which the page is served. */
export const EXPORT_POLICY = pagePolicy(STYLE);

type Section = keyof ReturnType<typeof exportWords>['sections'];
const SECTIONS: readonly Section[] = [
  'account',
  'files',
  'payments',
  'links',
  'emailChanges',
  'sessions',
  'messages',
  'events',
];

export function exportPage(data: AccountData | HolderData, lang: Lang) {
  const w = exportWords(lang);
  const { regroupement } = data;
  const { about, links } = 'account' in data ? { about: w.about, links: w.sections.links } : w.onFile;
  const held: Partial<Record<Section, object>> = data;
  return inPage(
    lang,
    w.title,
    html`<h1>${w.title}</h1><p><strong>${regroupement.name}</strong>, ${dateTime(Date.parse(data.madeAt), lang)}</p>
<p>${about} ${regroupement.privacyTitle}, <a href="mailto:${regroupement.privacyEmail}">${regroupement.privacyEmail}</a>.</p>
${SECTIONS.filter((name) => held[name] !== undefined).map((name) => {
  const all = [held[name] ?? []].flat();
  return html`<section><h2>${name === 'links' ? links : w.sections[name]}</h2>${all.length === 0 ? html`<p>${w.none}</p>` : all.map((one) => record(one, name, lang))}</section>`;
})}`,
  );
}

/** The link was too old, or she has signed out. */
export function exportExpiredPage() {
  return inPage(
    'fr-CA',
    'Ce lien n’est plus valide',
    html`<h1>Ce lien n’est plus valide.</h1><p>Retournez au site de votre regroupement, ouvrez «&nbsp;Mon compte&nbsp;» et demandez vos renseignements de nouveau.</p>
<div lang="en"><h2>This link is no longer valid.</h2><p>Go back to your association’s site, open “My account” and ask for your information again.</p></div>`,
  );
}

// How a value is read is told by its name, never by its looks: people and files write what they like.
const INSTANT = /^at$|At$/;
const DAY = /^day$|On$|^period/;
// And where it stands: the status of an invoice is ours, that of a certificate is the file's.
const CODED = [
  'account.lang',
  'links.level',
  'links.method',
  'payments.state',
  'payments.failure',
  'refunds.origin',
  'refunds.state',
  'holder.lang',
  'invoices.status',
  'plans.madeBy',
  'plans.endedWhy',
  'entries.kind',
  'entries.means',
  'messages.kind',
  'events.event',
];

function record(one: object, within: string, lang: Lang): Markup {
  return html`<dl>${Object.entries(one)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(
      ([name, value]) =>
        html`<dt>${exportWords(lang).names[name] ?? name}</dt><dd>${shown(name, within, value, lang)}</dd>`,
    )}</dl>`;
}

function shown(name: string, within: string, value: unknown, lang: Lang): string | Markup {
  if (Array.isArray(value)) return html`${value.map((one) => record(one as object, name, lang))}`;
  if (typeof value === 'object' && value !== null) return record(value, name, lang);
  if (typeof value === 'number') return name.endsWith('Cents') ? money(value, lang) : String(value);
  const text = String(value);
  if (INSTANT.test(name)) return dateTime(Date.parse(text), lang);
  if (DAY.test(name)) return day(text, lang);
  const { codes } = exportWords(lang);
  return CODED.includes(`${within}.${name}`) && Object.hasOwn(codes, text) ? (codes[text] ?? text) : text;
}

function inPage(lang: string, title: string, content: Markup) {
  return page({ lang, title, style: STYLE }, html`<main>${content}</main>`);
}
