// `/privacy/{slug}` and `/privacy`: the privacy impact assessment that the law asks for (P-39.1, s. 3.3 and 17), filled in,
// for anyone to read. What is measured or decided elsewhere is not said twice: the tables are the program's own.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Deps } from '../deps.ts';
import { hostedPolicy, unknownPage } from '../embed/hosted-page.ts';
import type { Lang } from '../fields.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { page, pagePolicy } from '../page.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, regroupementBySlug } from '../regroupements/regroupements.ts';
import { assessmentWords } from './assessment-words.ts';
import { INVENTORY } from './inventory.ts';
import { RULES } from './retention.ts';

const STYLE = `
:root{color-scheme:light dark;font:106.25%/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:light-dark(#1b2430,#eef1f5);background:light-dark(#fff,#12161c)}
*{box-sizing:border-box}body{margin:0 auto;max-width:820px;padding:24px 16px 64px;overflow-wrap:anywhere}
h1{font-size:1.65em;line-height:1.2;margin:8px 0}h2{font-size:1.3em;margin:44px 0 8px}h3{font-size:1.06em;margin:28px 0 4px}p{margin:4px 0 8px}
a{color:light-dark(#0b57a4,#8ec5ff)}nav{text-align:right}nav a{display:inline-block;padding:4px 0}:focus-visible{outline:3px solid;outline-offset:2px}
dl{display:grid;grid-template-columns:minmax(8em,max-content) 1fr;gap:2px 20px;margin:4px 0}dt{color:light-dark(#48525f,#b6bfcb)}dd{margin:0}
table{width:100%;border-collapse:collapse;margin:8px 0}th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid light-dark(#c9d0d8,#3a434e)}
code{font-size:.9em}@media(max-width:32em){dl{grid-template-columns:1fr}dt{margin-top:6px}.pairs th,.pairs td{display:block;padding:0}.pairs th{border:0;padding-top:12px}.pairs td{padding-bottom:8px}}`;

const POLICY = pagePolicy(STYLE, { 'img-src': 'data:' });

export function privacyPages(deps: Deps) {
  const { dataPlace, mailPlace } = deps.config;
  const show = (c: Context<BaseEnv>, regroupement: Regroupement | null) => {
    c.header('Content-Security-Policy', POLICY);
    const lang = c.req.query('lang') === 'en-CA' ? 'en-CA' : 'fr-CA';
    return c.html(assessment(regroupement, lang, { dataPlace, mailPlace }));
  };
  return new Hono<BaseEnv>()
    .get('/privacy', describeFile('The privacy impact assessment', 'text/html'), (c) => show(c, null))
    .get(
      '/privacy/:slug',
      describeFile(
        'The same for a regroupement, with the person in charge; 404 for an unknown one',
        'text/html',
      ),
      async (c) => {
        const regroupement = await regroupementBySlug(deps, c.req.param('slug')).catch((error: unknown) => {
          if (error instanceof Problem && error.kind === 'regroupement-unknown') return null;
          throw error;
        });
        if (regroupement !== null) return show(c, regroupement);
        c.header('Content-Security-Policy', hostedPolicy(null));
        return c.html(unknownPage(), 404);
      },
    );
}

interface Places {
  dataPlace: string | undefined;
  mailPlace: string | undefined;
}

function assessment(regroupement: Regroupement | null, lang: Lang, { dataPlace, mailPlace }: Places) {
  const w = assessmentWords(lang);
  const of = lang === 'fr-CA' ? 'fr' : 'en';
  const other: Lang = lang === 'fr-CA' ? 'en-CA' : 'fr-CA';
  const datum = (words: (typeof INVENTORY)[number]['fr'], tables: readonly string[]) =>
    html`<h3>${words.what}</h3><dl>
<dt>${w.from}</dt><dd>${words.from}</dd><dt>${w.why}</dt><dd>${words.why}</dd>
<dt>${w.seen}</dt><dd>${words.seen}</dd><dt>${w.kept}</dt><dd>${words.kept}</dd>
<dt>${w.where}</dt><dd>${tables.map((table) => html`<code>${table}</code> `)}</dd></dl>`;
  const pairs = (rows: readonly (readonly [string, string])[]) =>
    html`<table class="pairs"><tbody>${rows.map(([name, text]) => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>`)}</tbody></table>`;
  const title = `${w.title}${regroupement === null ? '' : ` – ${regroupement.name}`}`;
  return page(
    { lang, title, description: title, style: STYLE, listed: true },
    html`<nav><a href="?lang=${other}" lang="${other}" hreflang="${other}">${assessmentWords(other).language}</a></nav>
<main><h1>${w.title}</h1>
${
  regroupement === null
    ? html`<p>${w.ofNobody}</p>`
    : html`<p><strong>${regroupement.name}</strong>, ${regroupement.address}</p>
<h2>${w.officer}</h2><p>${regroupement.privacyTitle}, <a href="mailto:${regroupement.privacyEmail}">${regroupement.privacyEmail}</a></p><p>${w.complaint}</p>`
}
<h2>${w.purpose}</h2><p>${w.purposeText}</p>
<h2>${w.rights}</h2><ul>${w.rightsList.map((right) => html`<li>${right}</li>`)}</ul>
<h2>${w.data}</h2><p>${w.dataText}</p>${INVENTORY.map((one) => datum(one[of], one.tables))}
<h2>${w.places}</h2>${pairs(w.placesOf(dataPlace ?? w.unsaid, mailPlace ?? w.unsaid))}
<h2>${w.risks}</h2><p>${w.risksText}</p>${pairs(w.risksList)}
<h2>${w.retention}</h2><p>${w.retentionText}</p>
<table><thead><tr><th scope="col">${w.where}</th><th scope="col">${w.days}</th><th scope="col">${w.since}</th></tr></thead>
<tbody>${RULES.map((rule) => html`<tr><td><code>${rule.table}</code></td><td>${rule.days}</td><td>${rule.since[of]}</td></tr>`)}</tbody></table>
<h2>${w.incidents}</h2><p>${w.incidentsText}</p>
</main>`,
  );
}
