// What a webmaster pastes, as text: every form of it, for one regroupement, in one language.
import type { Lang } from '../fields.ts';

export interface SnippetOf {
  /** The server's public address, without a trailing slash. */
  server: string;
  slug: string;
  lang: Lang;
}

/** The pinned file: its address below the server, and what a browser checks it by. */
export interface Pin {
  path: string;
  integrity: string;
}

const LABEL = { 'fr-CA': 'Payer mes assurances', 'en-CA': 'Pay my insurance' };

/** The hosted page's address: for links, e-mails, QR codes. */
function hostedUrl({ server, slug, lang }: SnippetOf): string {
  return `${server}/p/${slug}${lang === 'en-CA' ? '?lang=en-CA' : ''}`;
}

function link(of: SnippetOf): string {
  return `<a href="${hostedUrl(of)}">${LABEL[of.lang]}</a>`;
}

function element(of: SnippetOf): string {
  const lang = of.lang === 'en-CA' ? ' lang="en-CA"' : '';
  return `<amisgest-pay regroupement="${of.slug}"${lang}>\n  ${link(of)}\n</amisgest-pay>`;
}

function script({ server }: SnippetOf): string {
  return `<script type="module" data-cfasync="false" src="${server}/v1/amisgest-pay.js"></script>`;
}

/** Always today's version. */
export function plain(of: SnippetOf): string {
  return `${script(of)}\n${element(of)}`;
}

/** One version for good: browsers run the file only if it is byte for byte the one that was reviewed. */
export function pinned(of: SnippetOf, pin: Pin): string {
  return `<script type="module" data-cfasync="false"
  src="${of.server}${pin.path}"
  integrity="${pin.integrity}"
  crossorigin="anonymous"></script>\n${element(of)}`;
}

/** For editors that strip tags they do not know: the same script puts the element inside. */
export function division(of: SnippetOf): string {
  const lang = of.lang === 'en-CA' ? ' data-lang="en-CA"' : '';
  return `<div data-amisgest-pay="${of.slug}"${lang}>${link(of)}</div>\n${script(of)}`;
}

/** The link alone. */
export function hostedLink(of: SnippetOf): string {
  return link(of);
}

/**
 * The hosted page in an iframe that is as high as what it shows. The script is ES5, for pages and tools of any age;
 * without it the iframe scrolls. It listens to our origin and to that very frame only.
 */
export function iframe(of: SnippetOf): string {
  return `<iframe class="amisgest-pay" src="${hostedUrl(of)}" title="${LABEL[of.lang]}"
  width="100%" height="760" frameborder="0" style="display:block">${link(of)}</iframe>
<script data-cfasync="false">
addEventListener('message', function (event) {
  if (event.origin !== '${new URL(of.server).origin}' || !event.data || event.data.type !== 'amisgest-pay-height') return;
  var frames = document.querySelectorAll('iframe.amisgest-pay');
  for (var i = 0; i < frames.length; i++) {
    if (frames[i].contentWindow === event.source) frames[i].height = Math.max(200, Number(event.data.height) || 0);
  }
});
</script>`;
}

/** A line for the site's own style sheet; not a style attribute, which a strict policy refuses. */
export const RESERVE = 'amisgest-pay { display: block; min-height: 760px; }';

/** What a page's Content-Security-Policy must allow; nothing `unsafe`, no style. */
export function policies({ server }: Pick<SnippetOf, 'server'>): { widget: string; iframe: string } {
  const { origin } = new URL(server);
  return {
    widget: `script-src ${origin};\nconnect-src ${origin};\ntrusted-types amisgest-pay;`,
    iframe: `frame-src ${origin};`,
  };
}
