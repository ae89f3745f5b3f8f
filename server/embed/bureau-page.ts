// The staff's page, `/bureau` and `/bureau/{slug}`: <amisgest-bureau> and nothing else, at top level on our own origin only.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';
import { page, pagePolicy, styleSource } from '../page.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

const STYLE = `
:root{scroll-padding-top:9em;color-scheme:light dark;background:light-dark(#f3f5f8,#12161c);color:light-dark(#1b2430,#eef1f5)}
body{margin:0;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}noscript p{padding:0 16px}`;

type Shown = Pick<Regroupement, 'slug' | 'name' | 'theme'>;

function styleOf(theme: Regroupement['theme'] | undefined): string {
  return theme?.accent === undefined ? STYLE : `${STYLE}\nbody{--amisgest-accent:${theme.accent}}`;
}

/**
 * What the page may load: itself. No frame may show it, not even ours. `nonce`: of this answer alone, for the styles that
 * have to be written where the browser adopts none (Safari before 16.4).
 */
export function bureauPolicy(regroupement: Shown | null, nonce: string): string {
  const style = styleOf(regroupement?.theme);
  return pagePolicy(style, {
    'script-src': "'self'",
    'style-src': `${styleSource(style)} 'nonce-${nonce}'`,
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'amisgest-pay',
  });
}

/** `regroupement`: whose office it is; null where her address does not say, and she chooses among hers. */
export function bureauPage(regroupement: Shown | null, lang: Lang, nonce: string) {
  const title = lang === 'fr-CA' ? 'Bureau' : 'Office';
  return page(
    {
      lang,
      title: regroupement === null ? title : `${title} – ${regroupement.name}`,
      style: styleOf(regroupement?.theme),
      head: html`<script type="module" src="/v1/bureau/amisgest-bureau.js" nonce="${nonce}"></script>`,
    },
    html`<amisgest-bureau lang="${lang}" regroupement="${regroupement?.slug ?? ''}" name="${regroupement?.name ?? ''}"></amisgest-bureau>
    <noscript><p lang="fr">Cette page a besoin de JavaScript.</p><p lang="en">This page needs JavaScript.</p></noscript>`,
  );
}
