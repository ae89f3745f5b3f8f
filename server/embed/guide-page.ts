// `/embed/{slug}`: a regroupement's own snippets, ready to copy, with a preview and the steps for each site builder.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';
import { page, pagePolicy } from '../page.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { type Words, words } from './guide-words.ts';
import * as snippets from './snippets.ts';

const STYLE = `
:root{color-scheme:light dark;font:106.25%/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:light-dark(#1b2430,#eef1f5);background:light-dark(#fff,#12161c)}
*{box-sizing:border-box}body{margin:0 auto;max-width:760px;padding:24px 16px 64px;overflow-wrap:anywhere}
h1{font-size:1.65em;line-height:1.2;margin:8px 0}h2{font-size:1.3em;margin:44px 0 8px}h3{font-size:1.06em;margin:28px 0 4px}p{margin:4px 0 8px}
a{color:light-dark(#0b57a4,#8ec5ff)}nav{text-align:right}nav a{display:inline-block;padding:4px 0}
pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
pre{margin:0;padding:12px 14px;white-space:pre-wrap;background:light-dark(#f2f4f7,#1d232b);border:1px solid light-dark(#7d8894,#7c8793);border-radius:6px}
button{font:inherit;font-weight:600;min-height:44px;padding:6px 18px;margin-top:8px;color:light-dark(#fff,#0d1116);background:light-dark(#0b57a4,#8ec5ff);border:1px solid transparent;border-radius:6px;cursor:pointer}
button:hover{text-decoration:underline}:focus-visible{outline:3px solid light-dark(#0b57a4,#8ec5ff);outline-offset:2px}
[role=status]{display:inline-block;margin-left:12px}iframe{display:block;width:100%;border:0;outline:1px solid light-dark(#7d8894,#7c8793)}
details{border-top:1px solid light-dark(#c9d0d8,#3a434e);padding:6px 0}summary{min-height:32px;padding:4px 0;font-weight:600;cursor:pointer}ol,ul{padding-left:24px;margin:4px 0 12px}li{margin:4px 0}`;

/** What the guide may load: its style, its script, the preview. */
export const GUIDE_POLICY = pagePolicy(STYLE, {
  'script-src': "'self'",
  'frame-src': "'self'",
  'img-src': 'data:',
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
});

/** The guide of one regroupement. `server` is the public address, which every snippet carries. */
export function guidePage(regroupement: Regroupement, server: string, lang: Lang, pin: snippets.Pin) {
  const w = words(lang);
  const of = { server, slug: regroupement.slug, lang };
  const forms = [
    [w.snippets.plain, snippets.plain(of)],
    [w.snippets.hosted, snippets.hostedLink(of)],
    [w.snippets.division, snippets.division(of)],
    [w.snippets.iframe, snippets.iframe(of)],
    [w.snippets.pinned, snippets.pinned(of, pin)],
  ] as const;
  const policy = snippets.policies(of);
  const preview = `/p/${regroupement.slug}${lang === 'en-CA' ? '?lang=en-CA' : ''}`;
  return inGuide(
    lang,
    `${w.title} – ${regroupement.name}`,
    html`<p>${w.intro}</p>
${forms.map(([{ title, about }, text]) => html`<section><h2>${title}</h2><p>${about}</p>${copyable(lang, title, text)}</section>`)}
<h2 id="pages">${w.pages}</h2><p>${w.pagesAbout}</p>
${regroupement.pages.length === 0 ? html`<p>${w.noPages}</p>` : html`<ul>${regroupement.pages.map((address) => listed(w, address))}</ul>`}
<h2>${w.builders}</h2><p>${w.buildersAbout}</p>
${w.steps(regroupement.slug).map(({ name, steps }) => html`<details><summary>${name}</summary><ol>${steps.map((step) => html`<li>${step}</li>`)}</ol></details>`)}
<h2>${w.place}</h2><p>${w.placeAbout}</p>${copyable(lang, w.place, snippets.RESERVE)}
<h2>${w.policy}</h2><p>${w.policyAbout}</p>${copyable(lang, w.policy, policy.widget)}
<p>${w.policyFrame}</p>${copyable(lang, w.policy, policy.iframe)}
<h2>${w.preview}</h2><p>${w.previewAbout}</p>
<iframe src="${preview}" title="${w.preview}" height="760" loading="lazy"></iframe>`,
  );
}

/** `/embed` alone: where the pages are. It lists nobody. */
export function guideIndex(lang: Lang) {
  const w = words(lang);
  return inGuide(lang, w.title, html`<p>${w.index}</p>`);
}

// As registeredPage compares: the root of a site stands for all that is below it.
function listed({ wholeSite }: Words, address: string) {
  return html`<li><code>${address}</code>${new URL(address).pathname === '/' ? ` (${wholeSite})` : ''}</li>`;
}

// The button shows only once the script that makes it work is there.
function copyable(lang: Lang, title: string, text: string) {
  const w = words(lang);
  return html`<div data-snippet><pre>${text}</pre>
<button type="button" hidden aria-label="${w.copy}${lang === 'en-CA' ? ': ' : '\u00a0: '}${title}" data-copied="${w.copied}" data-selected="${w.selected}">${w.copy}</button><span role="status"></span></div>`;
}

function inGuide(lang: Lang, title: string, main: unknown) {
  const other: Lang = lang === 'en-CA' ? 'fr-CA' : 'en-CA';
  return page(
    { lang, title, style: STYLE, head: html`<script type="module" src="/embed/guide.js"></script>` },
    html`<nav><a href="?lang=${other}" lang="${other}" hreflang="${other}">${words(lang).other}</a></nav>
<main><h1>${title}</h1>
${main}
</main>`,
  );
}
