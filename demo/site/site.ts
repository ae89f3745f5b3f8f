// The demo's pages: three regroupements' own sites as a visitor finds them, each with the widget pasted in, and a
// panel for developers beside.
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../data/accounts.ts';
import { REGROUPEMENTS } from '../data/regroupements.ts';
import { DEMO_STAFF_PASSWORD, type demoStaff } from '../data/staff.ts';
import { ARTICLES } from './articles.ts';
import { themePage } from './theme-page.ts';

const css = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** `publicUrl` is where the server is: to these pages, another site. */
export function demoSite(options: { publicUrl: string; staff: () => ReturnType<typeof demoStaff> }): Hono {
  const app = new Hono();
  const base = css('base.css');
  const server = new URL(options.publicUrl);
  // The pages live on `localhost` only: to a browser, another site than the server's 127.0.0.1, where the hosted page
  // lives. Whoever types the other name of the two is sent over, as a production's proxy would.
  app.use(async (c, next) => {
    const url = new URL(c.req.url);
    if (/^\/p\/[^/]+$/.test(url.pathname) && url.hostname === 'localhost' && server.hostname === '127.0.0.1')
      return c.redirect(server.origin + url.pathname + url.search);
    const isPage =
      url.pathname === '/demo/theme' ||
      /^\/bureau(\/[^/]*)?$/.test(url.pathname) ||
      REGROUPEMENTS.some(({ path }) => path === url.pathname);
    if (!isPage || (url.hostname !== '127.0.0.1' && url.hostname !== '[::1]')) return next();
    url.hostname = 'localhost';
    return c.redirect(url.href);
  });
  app.route('/demo/theme', themePage(options));
  for (const regroupement of REGROUPEMENTS) {
    const article = ARTICLES[regroupement.slug];
    const style = css(`${regroupement.slug}.css`);
    app.get(regroupement.path, async (c) =>
      c.html(html`<!doctype html>
<html lang="${article.lang}">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${article.before[0]}">
<title>${article.title} | ${article.shortName}</title>
<style>${raw(base)}${raw(style)}</style>
<script type="module" data-cfasync="false" src="${options.publicUrl}/v1/amisgest-pay.js"></script>
</head>
<body>
<header class="site-header"><div class="wrap">
<a class="logo" href="${regroupement.path}">${raw(article.logo)}<span>${article.shortName}</span></a>
<nav aria-label="${article.lang === 'en-CA' ? 'Main menu' : 'Menu principal'}"><ul>${article.menu.map((item, i) => html`<li><a href="${regroupement.path}"${i === 2 ? raw(' aria-current="page"') : ''}>${item}</a></li>`)}</ul></nav>
</div></header>
<div class="hero" role="img" aria-label="${article.pictureAlt}">${raw(article.picture)}</div>
<main class="wrap columns">
<article>
<h1>${article.title}</h1>
${article.before.map((paragraph) => html`<p>${paragraph}</p>`)}
<div class="pay-box">
<amisgest-pay regroupement="${regroupement.slug}"${article.lang === 'en-CA' ? raw(' lang="en-CA"') : ''}${c.req.query('checkout') === 'popup' ? raw(' checkout="popup"') : ''}>
  <a href="${options.publicUrl}/p/${regroupement.slug}">${article.lang === 'en-CA' ? 'Pay my insurance' : 'Payer mes assurances'}</a>
</amisgest-pay>
</div>
${article.after.map((paragraph) => html`<p>${paragraph}</p>`)}
</article>
<aside aria-labelledby="beside"><h2 id="beside">${article.asideTitle}</h2><ul>${article.aside.map((item) => html`<li>${item}</li>`)}</ul></aside>
</main>
<footer class="site-footer"><div class="wrap"><p>${regroupement.name}<br>${regroupement.address}<br>${regroupement.phone} · ${regroupement.email}</p></div></footer>
${developersPanel(regroupement.slug, options.publicUrl, await options.staff())}
</body></html>`),
    );
  }
  return app;
}

// Not part of the regroupement's site: what a developer needs to try everything.
function developersPanel(slug: string, publicUrl: string, staff: Awaited<ReturnType<typeof demoStaff>>) {
  const accounts = DEMO_ACCOUNTS.filter((account) => account.slug === slug);
  return html`<details class="dev-panel" lang="en"><summary>For developers: people to try, mailbox, PayPal</summary>
<div class="dev-grid">
<section><h2>Accounts that exist</h2><p>Password of each: <code>${DEMO_PASSWORD}</code></p>
<ul>${accounts.map((account) => html`<li><code>${account.email}</code> – ${account.what}</li>`)}</ul></section>
<section><h2>People to create an account for</h2><ul>${PEOPLE[slug]?.map((person) => html`<li>${person}</li>`)}</ul></section>
${officePeople(staff)}<section><h2>Places</h2><ul>
<li><a href="/demo/mail">Mailbox</a>: every e-mail that was sent</li>
<li><a href="${publicUrl}/demo/paypal">PayPal stand-in</a>: what it captured, cards to try on its card page</li>
<li><a href="${publicUrl}/p/${slug}">Hosted page</a> of this regroupement</li>
<li><a href="/bureau/${slug}">The office’s page</a>, for its staff</li>
<li>The sites: ${REGROUPEMENTS.map((r, i) => html`${i > 0 ? ', ' : ''}<a href="${r.path}">${r.slug}</a>`)}</li>
<li>This page <a href="?checkout=popup">with PayPal in a window</a>, <a href="?">by redirect</a></li>
<li><a href="/demo/theme">Themes</a>: colours, fonts and corners to play with</li>
<li><a href="${publicUrl}/embed/${slug}">Snippets</a> for this regroupement’s webmaster</li>
<li><a href="${publicUrl}/docs">API documentation</a>, <a href="${publicUrl}/docs/element">the element</a></li></ul></section>
</div></details>`;
}

function officePeople(staff: Awaited<ReturnType<typeof demoStaff>>) {
  if (staff.length === 0)
    return html`<section><h2>People of the office</h2><p>None: this database was not made by the demo. Invite one: <code>npx amisgest-pay staff invite</code></p></section>`;
  return html`<section><h2>People of the office</h2>
<p>E-mail, password <code>${DEMO_STAFF_PASSWORD}</code>, then a code: an authenticator app with the secret shows it, and so does this page, loaded again for the next one.</p>
<ul>${staff.map((one) => html`<li><code>${one.email}</code> – ${one.what}; secret <code>${one.totpSecret}</code>, code now <code>${one.code}</code></li>`)}</ul></section>`;
}

const PEOPLE: Record<string, string[]> = {
  'petits-bouleaux': [
    'stremblay.garde@example.com (Sylvie Tremblay): the e-mail is on file, so her invoice is found by itself.',
    'Any other e-mail, then name D’Août, first name Anne-Sophie, certificate PB-004533: found by name and number.',
    'sylvie.tremblay@example.org: two unpaid invoices, two periods.',
    'zoe.oeuvrard@example.org: everything is paid, the balance is 0,00 $.',
    'nathalie.stpierre@example.org: an endorsement, 60,00 $, 62,10 $ online.',
    'tshinuau.vr@example.org: paid twice, so she has a credit.',
  ],
  'la-farandole': [
    'mai.nguyen@example.com (Thi Mai Nguyễn): 1 234,56 $, part payments allowed.',
    'maelle@example.com: one cent left to pay.',
    'k.oconnor@example.com (Kathleen O’Connor-Lévesque): prefers English.',
    'renee.cote@example.com: a credit note.',
  ],
  'outaouais-gatineau': [
    'siobhan@example.org (Siobhán Ní Bhriain): certificate 26E0417, taxes on the fee.',
    'mh.tremblay@example.org: this year’s is paid, next year’s is billed at 9.975 %.',
    'ngoclan.le@example.org: two of three instalments are paid.',
  ],
};
