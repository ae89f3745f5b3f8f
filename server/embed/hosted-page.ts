// The hosted page, `/p/{slug}`: for links, e-mails and sites that allow no script. The widget, the regroupement's
// name and how to reach it; nothing from elsewhere. It may stand in an iframe on the regroupement's own sites.
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Lang } from '../fields.ts';
import { phone, phoneLink } from '../format.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

const STYLE = `
:root{color-scheme:light dark;font:18px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:light-dark(#1b2430,#eef1f5);background:light-dark(#f3f5f8,#12161c)}
*{box-sizing:border-box}body{margin:0}header,main,footer{max-width:640px;margin:0 auto;padding:20px 16px}
header{font-weight:650;font-size:20px}header img{display:block;height:64px;max-width:100%;margin-bottom:10px;object-fit:contain;object-position:left}main{padding-top:0;padding-bottom:0}
amisgest-pay{display:block;min-height:760px}
footer{font-size:16px;overflow-wrap:anywhere;color:light-dark(#48525f,#b6bfcb)}footer p{margin:0 0 8px}a{color:inherit}`;

/** The page's style, in the regroupement's colour; the widget keeps what is written in it readable. */
function styleOf(theme: Regroupement['theme']): string {
  return theme.accent === undefined
    ? STYLE
    : `${STYLE}\nbody{border-top:8px solid ${theme.accent}}amisgest-pay{--amisgest-accent:${theme.accent}}`;
}

/**
 * What the hosted page may load, and who may show it in an iframe: our own pages and the regroupement's sites.
 * `null`: there is no such regroupement, and nobody may. `nonce`: of this answer alone, for the styles that the widget has
 * to write where the browser adopts none (Safari before 16.4).
 */
export function hostedPolicy(
  regroupement: Pick<Regroupement, 'theme' | 'origins'> | null,
  nonce?: string,
): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styleSource(regroupement?.theme ?? {})}${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${regroupement === null ? "'none'" : ["'self'", ...regroupement.origins].join(' ')}`,
    "require-trusted-types-for 'script'",
    'trusted-types amisgest-pay',
  ].join('; ');
}

/** The source expression that lets this style, and no other, through a Content-Security-Policy. */
function styleSource(theme: Regroupement['theme']): string {
  return `'sha256-${createHash('sha256').update(styleOf(theme)).digest('base64')}'`;
}

const WORDS = {
  'fr-CA': { title: 'Paiement de vos assurances', privacy: 'Renseignements personnels', colon: '\u00a0:' },
  'en-CA': { title: 'Pay your insurance', privacy: 'Personal information', colon: ':' },
};

/** French unless the link she followed says otherwise. `logo`: see logoHash; `nonce`: see hostedPolicy. */
export function hostedPage(regroupement: Regroupement, lang: Lang, logo: string | null, nonce: string) {
  const { title, privacy, colon } = WORDS[lang];
  const assessment = `/privacy/${regroupement.slug}${lang === 'en-CA' ? '?lang=en-CA' : ''}`;
  // height.js reads in `data-frames` whom it may tell this page's height.
  return page(
    `${title} – ${regroupement.name}`,
    regroupement.theme,
    lang,
    html`<script type="module" src="/v1/amisgest-pay.js" nonce="${nonce}"></script><script type="module" src="/embed/height.js"></script></head><body data-frames="${regroupement.origins.join(' ')}">
    <header translate="no">${logo === null ? '' : html`<img src="/p/${regroupement.slug}/logo?${logo}" alt="">`}${regroupement.name}</header>
    <main><amisgest-pay regroupement="${regroupement.slug}" lang="${lang}" hosted>
      <noscript><p lang="fr">Cette page a besoin de JavaScript. Sans lui, payez en communiquant avec ${regroupement.naming.the}.</p>
      <p lang="en">This page needs JavaScript. Without it, contact ${regroupement.name} to pay.</p></noscript>
    </amisgest-pay></main>
    <footer><p translate="no">${regroupement.name}, ${regroupement.address}<br><a href="${phoneLink(regroupement.phone)}">${phone(regroupement.phone, lang)}</a> · <a href="mailto:${regroupement.email}">${regroupement.email}</a></p>
    <p><a href="${assessment}" target="_top">${privacy}</a>${colon} ${regroupement.privacyTitle}, <a translate="no" href="mailto:${regroupement.privacyEmail}">${regroupement.privacyEmail}</a></p></footer></body></html>`,
  );
}

/** No such regroupement: said in both languages, with the way out. */
export function unknownPage() {
  return page(
    'Page introuvable',
    {},
    'fr-CA',
    html`</head><body><main><h1>Cette page n’existe pas.</h1>
    <p>Vérifiez l’adresse, ou demandez à votre regroupement le lien de sa page de paiement.</p>
    <div lang="en"><h2>This page does not exist.</h2><p>Check the address, or ask your association for the link to its payment page.</p></div>
    </main></body></html>`,
  );
}

function page(title: string, theme: Regroupement['theme'], lang: Lang, rest: unknown) {
  return html`<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>${title}</title><style>${raw(styleOf(theme))}</style>
    ${rest}`;
}
