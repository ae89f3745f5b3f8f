// The hosted page, `/p/{slug}` (S46): for links, e-mails and sites that allow no script. The widget, the regroupement's
// name and how to reach it; nothing from elsewhere. It may stand in an iframe on the regroupement's own sites.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';
import { phone, phoneLink } from '../format.ts';
import { page, pagePolicy, styleSource } from '../page.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

const STYLE = `
:root{color-scheme:light dark;font:112.5%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:light-dark(#1b2430,#eef1f5);background:light-dark(#f3f5f8,#12161c)}
*{box-sizing:border-box}body{margin:0;overflow-wrap:break-word}header,main,footer{max-width:640px;margin:0 auto;padding:20px 16px}
header{font-weight:650}h1{font:inherit;font-size:1.1em;margin:0}header img{display:block;height:64px;max-width:100%;margin-bottom:10px;object-fit:contain;object-position:left}main{padding-top:0;padding-bottom:0}
amisgest-pay{display:block;min-height:760px}
footer{font-size:.9em;overflow-wrap:anywhere;color:light-dark(#48525f,#b6bfcb)}footer p{margin:0 0 8px}a{color:inherit}`;

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
  const style = styleOf(regroupement?.theme ?? {});
  return pagePolicy(style, {
    'script-src': "'self'",
    'style-src': `${styleSource(style)}${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'frame-ancestors': regroupement === null ? "'none'" : ["'self'", ...regroupement.origins].join(' '),
    'require-trusted-types-for': "'script'",
    'trusted-types': 'amisgest-pay',
  });
}

const WORDS = {
  'fr-CA': {
    title: 'Paiement de vos assurances',
    about: 'Payez en ligne la facture de vos assurances, par carte ou avec PayPal.',
    privacy: 'Renseignements personnels',
    colon: '\u00a0:',
  },
  'en-CA': {
    title: 'Pay your insurance',
    about: 'Pay your insurance invoice online, by card or with PayPal.',
    privacy: 'Personal information',
    colon: ':',
  },
};

/** French unless the link she followed says otherwise. `logo`: see logoHash; `nonce`: see hostedPolicy. */
export function hostedPage(regroupement: Regroupement, lang: Lang, logo: string | null, nonce: string) {
  const { title, about, privacy, colon } = WORDS[lang];
  const assessment = `/privacy/${regroupement.slug}${lang === 'en-CA' ? '?lang=en-CA' : ''}`;
  return page(
    {
      lang,
      title: `${title} – ${regroupement.name}`,
      description: about,
      style: styleOf(regroupement.theme),
      head: html`<script type="module" src="/v1/amisgest-pay.js" nonce="${nonce}"></script><script type="module" src="/embed/height.js"></script>`,
      // height.js reads there whom it may tell this page's height.
      bodyAttributes: html` data-frames="${regroupement.origins.join(' ')}"`,
    },
    html`<header translate="no">${logo === null ? '' : html`<img src="/p/${regroupement.slug}/logo?${logo}" alt="">`}<h1>${regroupement.name}</h1></header>
    <main><amisgest-pay regroupement="${regroupement.slug}" lang="${lang}" hosted>
      <noscript><p lang="fr">Cette page a besoin de JavaScript. Sans lui, payez en communiquant avec ${regroupement.naming.the}.</p>
      <p lang="en">This page needs JavaScript. Without it, contact ${regroupement.name} to pay.</p></noscript>
    </amisgest-pay></main>
    <footer><p translate="no">${regroupement.name}, ${regroupement.address}<br><a href="${phoneLink(regroupement.phone)}">${phone(regroupement.phone, lang)}</a> · <a href="mailto:${regroupement.email}">${regroupement.email}</a></p>
    <p><a href="${assessment}" target="_top">${privacy}</a>${colon} ${regroupement.privacyTitle}, <a translate="no" href="mailto:${regroupement.privacyEmail}">${regroupement.privacyEmail}</a></p></footer>`,
  );
}

/** No such regroupement: said in both languages, with the way out. */
export function unknownPage() {
  return page(
    { lang: 'fr-CA', title: 'Page introuvable', style: STYLE },
    html`<main><h1>Cette page n’existe pas.</h1>
    <p>Vérifiez l’adresse, ou demandez à votre regroupement le lien de sa page de paiement.</p>
    <div lang="en"><h2>This page does not exist.</h2><p>Check the address, or ask your association for the link to its payment page.</p></div>
    </main>`,
  );
}
