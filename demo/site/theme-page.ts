// `/demo/theme`: the widget beside everything a webmaster may set, and the CSS to take away.
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { REGROUPEMENTS } from '../data/regroupements.ts';

/** Property, what it is, the kind of box, what stands there at first. Empty: as the widget comes. */
const PROPERTIES = [
  ['--amisgest-accent', 'Couleur', 'color', '#2c6e49'],
  ['--amisgest-background', 'Fond', 'text', ''],
  ['--amisgest-surface', 'Fond des encadrés', 'text', ''],
  ['--amisgest-text', 'Texte', 'text', ''],
  ['--amisgest-quiet', 'Indications', 'text', ''],
  ['--amisgest-line', 'Bordures', 'text', ''],
  ['--amisgest-font', 'Police', 'text', ''],
  ['--amisgest-base-size', 'Taille du texte', 'text', '18px'],
  ['--amisgest-radius', 'Coins', 'text', '8px'],
] as const;
const READY: readonly (readonly [string, Record<string, string>])[] = [
  ['Bouleaux', { '--amisgest-accent': '#2c6e49' }],
  [
    'Farandole',
    { '--amisgest-accent': '#a63d6e', '--amisgest-radius': '20px', '--amisgest-font': 'Georgia, serif' },
  ],
  ['Soleil (jaune vif)', { '--amisgest-accent': '#ffd400' }],
  ['Nuit', { '--amisgest-accent': '#7c5cff', 'color-scheme': 'dark' }],
  ['Imprimé (noir, coins droits)', { '--amisgest-accent': '#000000', '--amisgest-radius': '0px' }],
];

export function themePage({ publicUrl }: { publicUrl: string }): Hono {
  const script = readFileSync(new URL('theme-page.js', import.meta.url), 'utf8');
  const style = readFileSync(new URL('theme-page.css', import.meta.url), 'utf8');
  return new Hono()
    .get('/', (c) =>
      c.html(html`<!doctype html><html lang="fr-CA"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Thèmes</title>
<style>${raw(style)}</style><script type="module" src="${publicUrl}/v1/amisgest-pay.js"></script></head><body>
<main><form id="theme"><h1>Thèmes</h1>
<p>Tout ce qu’un site peut régler. La couleur du regroupement est portée telle quelle par les boutons; là où elle sert d’encre, elle est foncée ou pâlie jusqu’à ce qu’on puisse lire.</p>
<p class="ready">${READY.map(([name, values]) => html`<button type="button" data-values="${JSON.stringify(values)}">${name}</button>`)}</p>
${PROPERTIES.map(
  ([
    property,
    label,
    type,
    value,
  ]) => html`<p><label for="${property}">${label} <code>${property}</code></label>
<input id="${property}" name="${property}" type="${type}" value="${value}"></p>`,
)}
<p><label for="color-scheme">Clair ou foncé <code>color-scheme</code></label>
<select id="color-scheme" name="color-scheme"><option value="">comme l’appareil</option><option value="light">clair</option><option value="dark">foncé</option></select></p>
<p><label for="width">Largeur</label><input id="width" type="range" min="320" max="760" value="640"></p>
<h2>À copier dans le site</h2><pre tabindex="0" id="css"></pre><p><button type="submit">Copier</button></p></form>
<div class="stage"><amisgest-pay regroupement="${REGROUPEMENTS[0].slug}"><a href="${publicUrl}/p/${REGROUPEMENTS[0].slug}">Payer mes assurances</a></amisgest-pay></div></main>
<script type="module" src="/demo/theme/theme-page.js"></script></body></html>`),
    )
    .get('/theme-page.js', (c) => {
      c.header('Content-Type', 'text/javascript; charset=utf-8');
      return c.body(script);
    });
}
