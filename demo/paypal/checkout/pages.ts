// What the payer sees: choose how to pay (by card without a PayPal account, S41), log in or type a card, « Continuer » or go
// back. Plain forms, no script.
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { Books, Order, Outcome } from '../books.ts';
import { CARDS, cardOf } from './cards.ts';
import { type Texts, texts } from './texts.ts';

interface PageDeps {
  books: Books;
  id(length: number): string;
  publicUrl: string;
  now(): number;
}
type Content = ReturnType<typeof html>;
interface Typed {
  [field: string]: string;
}

const STYLE = `
:root{color-scheme:light;font:17px/1.5 system-ui,sans-serif;color:#1a1f2b;background:#f3f5f9}
*{box-sizing:border-box}body{margin:0}main{max-width:30rem;margin:0 auto;padding:1rem 1rem 3rem;background:#fff;min-height:100vh}
header{background:#fff4cc;border-bottom:2px solid #b98900;padding:.6rem 1rem;text-align:center;font-weight:600}
h1{font-size:1.35rem;margin:.8rem 0 .2rem}.total{font-size:2rem;font-weight:700;margin:.2rem 0 1rem}
label{display:block;font-weight:600;margin:.9rem 0 .2rem}input{width:100%;font:inherit;padding:.6rem .7rem;border:1px solid #68718a;border-radius:.4rem;background:#fff;color:inherit}
input[aria-invalid=true]{border:2px solid #b3261e}.error{color:#b3261e;margin:.2rem 0 0}.row{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
button,.button{display:block;width:100%;text-align:center;font:inherit;font-weight:700;margin:1.2rem 0 0;padding:.8rem;border:2px solid #1b3a8a;border-radius:2rem;background:#1b3a8a;color:#fff;text-decoration:none;cursor:pointer}
.second{background:#fff;color:#1b3a8a}.plain{background:none;border:0;color:#1b3a8a;text-decoration:underline;font-weight:400}
:focus-visible{outline:3px solid #e08700;outline-offset:2px}table{width:100%;border-collapse:collapse;font-size:.9rem;margin-top:.5rem}td,th{text-align:left;padding:.25rem .4rem .25rem 0}
fieldset{border:0;padding:0;margin:0}.hint{color:#4a5266;font-size:.95rem}`;

/** `GET /checkoutnow?token=ORDER` and the forms below it. */
export function payerPages(deps: PageDeps): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    const script = c.res.headers.get('X-Popup-Script');
    // No form-action: it would also forbid the redirect back to the merchant.
    c.header(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'${script === null ? '' : `; script-src 'sha256-${script}'`}`,
    );
    c.header('Cache-Control', 'no-store');
  });

  /** Orders whose payer is in a window of the SDK's: it is told how that ended, and closes. */
  const inPopup = new Set<string>();
  const leave = (c: Context, order: Order, url: string, told: object) => {
    if (!inPopup.delete(order.id)) return c.redirect(url, 303);
    const script = `opener.postMessage(${JSON.stringify(told)}, '*'); close();`;
    c.header('X-Popup-Script', createHash('sha256').update(script).digest('base64'));
    return c.html(`<!doctype html><title>PayPal</title><script>${script}</script>`);
  };

  const found = async (c: Context): Promise<{ order: Order; t: Texts } | Response> => {
    const order = deps.books.orders.get(c.req.query('token') ?? '');
    const t = texts(order?.experience.locale);
    if (order === undefined || deps.books.isGone(order)) {
      return await c.html(checkoutPage(t, t.gone, html`<h1>${t.gone}</h1><p>${t.goneHelp}</p>`), 404);
    }
    if (order.status === 'COMPLETED') {
      return await c.html(
        checkoutPage(t, t.alreadyDone, html`<h1>${t.alreadyDone}</h1>${back(order, t)}`),
        409,
      );
    }
    return { order, t };
  };

  app.get('/checkoutnow/popup', async (c) => {
    const it = await found(c);
    if (it instanceof Response) return it;
    inPopup.add(it.order.id);
    const way = c.req.query('to') === 'card' ? '/card' : '';
    return c.redirect(`${deps.publicUrl}/checkoutnow${way}?token=${it.order.id}&popup`, 303);
  });

  app.get('/checkoutnow', async (c) => {
    const it = await found(c);
    if (it instanceof Response) return it;
    const { order, t } = it;
    // By redirect after all.
    if (c.req.query('popup') === undefined) inPopup.delete(order.id);
    const here = (way: string) => `${deps.publicUrl}/checkoutnow/${way}?token=${order.id}`;
    return c.html(
      checkoutPage(
        t,
        t.title,
        html`${summary(order, t)}
        <a class="button" href="${here('login')}">${t.logIn}</a>
        <a class="button second" href="${here('card')}">${t.payByCard}</a>
        ${cancelForm(deps, order, t)}`,
      ),
    );
  });

  app.get('/checkoutnow/login', async (c) => {
    const it = await found(c);
    return it instanceof Response
      ? it
      : c.html(checkoutPage(it.t, it.t.logIn, loginForm(deps, it.order, it.t, {}, {})));
  });
  app.post('/checkoutnow/login', async (c) => {
    const it = await found(c);
    if (it instanceof Response) return it;
    const { order, t } = it;
    const typed = await form(c);
    const errors: Typed = {};
    if (!/^\S+@\S+\.\S+$/.test(typed.email ?? '')) errors.email = t.errEmail;
    if ((typed.password ?? '') === '') errors.password = t.errRequired;
    if (Object.keys(errors).length > 0)
      return c.html(checkoutPage(t, t.logIn, loginForm(deps, order, t, typed, errors)), 422);
    return approve(
      c,
      order,
      { email: typed.email ?? '', givenName: 'Client', surname: 'PayPal' },
      { label: 'PayPal', outcome: 'accepted' },
    );
  });

  app.get('/checkoutnow/card', async (c) => {
    const it = await found(c);
    return it instanceof Response
      ? it
      : c.html(checkoutPage(it.t, it.t.payByCard, cardForm(deps, it.order, it.t, {}, {})));
  });
  app.post('/checkoutnow/card', async (c) => {
    const it = await found(c);
    if (it instanceof Response) return it;
    const { order, t } = it;
    const typed = await form(c);
    const errors: Typed = {};
    const card = cardOf(typed.number ?? '');
    if (card === 'not-a-number') errors.number = t.errNumber;
    if (card === 'other-brand') errors.number = t.errBrand;
    const end = expiryOf(typed.expiry ?? '');
    if (end === null) errors.expiry = t.errExpiry;
    else if (end <= deps.now()) errors.expiry = t.errExpired;
    if (!/^\d{3}$/.test(typed.cvv ?? '')) errors.cvv = t.errCvv;
    for (const field of ['givenName', 'surname', 'postalCode'])
      if ((typed[field] ?? '') === '') errors[field] = t.errRequired;
    if (!/^\S+@\S+\.\S+$/.test(typed.email ?? '')) errors.email = t.errEmail;
    if (typeof card === 'string' || Object.keys(errors).length > 0) {
      return c.html(checkoutPage(t, t.payByCard, cardForm(deps, order, t, typed, errors)), 422);
    }
    return approve(
      c,
      order,
      { email: typed.email ?? '', givenName: typed.givenName ?? '', surname: typed.surname ?? '' },
      card,
    );
  });

  app.post('/checkoutnow/cancel', async (c) => {
    const it = await found(c);
    if (it instanceof Response) return it;
    const url = withQuery(it.order.experience.cancel_url, { token: it.order.id });
    return url === null
      ? c.html(checkoutPage(it.t, it.t.cancelled, html`<h1>${it.t.cancelled}</h1>`))
      : leave(c, it.order, url, { end: 'cancelled' });
  });

  function approve(
    c: Context,
    order: Order,
    payer: { email: string; givenName: string; surname: string },
    means: { label: string; outcome: Outcome },
  ): Response {
    const id = deps.id(13);
    deps.books.approve(order, { id, ...payer }, means);
    const url = withQuery(order.experience.return_url, { token: order.id, PayerID: id });
    const t = texts(order.experience.locale);
    return url === null
      ? (c.html(checkoutPage(t, t.approved, html`<h1>${t.approved}</h1>`)) as unknown as Response)
      : (leave(c, order, url, { end: 'approved', payerId: id }) as Response);
  }
  return app;
}

function checkoutPage(t: Texts, title: string, content: Content | Promise<Content>): Content {
  return html`<!doctype html><html lang="${t.lang}"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
    <title>${title} – ${t.simulation}</title><style>${raw(STYLE)}</style></head>
    <body><header role="note">${t.noRealMoney}</header><main>${content}</main></body></html>` as Content;
}

function summary(order: Order, t: Texts): Content {
  return html`<h1>${order.experience.brand_name ?? order.merchant.name}</h1>
    <p class="hint">${order.unit.description ?? ''}</p>
    <p class="total">${t.money(order.unit.amount.value, order.unit.amount.currency_code)}</p>` as Content;
}

function loginForm(deps: PageDeps, order: Order, t: Texts, typed: Typed, errors: Typed): Content {
  return html`${summary(order, t)}<h2>${t.logIn}</h2><p class="hint">${t.logInHint}</p>
    <form method="post" action="${deps.publicUrl}/checkoutnow/login?token=${order.id}" novalidate>
      ${field(t.email, 'email', typed, errors, 'type="email" autocomplete="email"')}
      ${field(t.password, 'password', {}, errors, 'type="password" autocomplete="off"')}
      <button>${t.continue}</button></form>${cancelForm(deps, order, t)}` as Content;
}

function cardForm(deps: PageDeps, order: Order, t: Texts, typed: Typed, errors: Typed): Content {
  return html`${summary(order, t)}<h2>${t.payByCard}</h2>
    <details><summary>${t.testCards}</summary><table>${CARDS.map(
      (card) =>
        html`<tr><th scope="row">${card.number}</th><td>${card.brand}, ${t.lang === 'fr' ? card.fr : card.en}</td></tr>`,
    )}</table></details>
    <form method="post" action="${deps.publicUrl}/checkoutnow/card?token=${order.id}" novalidate>
      ${field(t.cardNumber, 'number', typed, errors, 'inputmode="numeric" autocomplete="cc-number"')}
      <div class="row">${field(t.expiry, 'expiry', typed, errors, 'inputmode="numeric" autocomplete="cc-exp" placeholder="12/30"')}
      ${field(t.cvv, 'cvv', {}, errors, 'inputmode="numeric" autocomplete="cc-csc"')}</div>
      <div class="row">${field(t.givenName, 'givenName', typed, errors, 'autocomplete="given-name"')}
      ${field(t.surname, 'surname', typed, errors, 'autocomplete="family-name"')}</div>
      ${field(t.postalCode, 'postalCode', typed, errors, 'autocomplete="postal-code"')}
      ${field(t.email, 'email', typed, errors, 'type="email" autocomplete="email"')}
      <button>${t.continue}</button></form>${cancelForm(deps, order, t)}` as Content;
}

function field(label: string, name: string, typed: Typed, errors: Typed, attributes: string): Content {
  const error = errors[name];
  return html`<div><label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${typed[name] ?? ''}" ${raw(attributes)}
      ${raw(error === undefined ? '' : `aria-invalid="true" aria-describedby="${name}-error"`)}>
    ${error === undefined ? '' : html`<p class="error" id="${name}-error">${error}</p>`}</div>` as Content;
}

function cancelForm(deps: PageDeps, order: Order, t: Texts): Content {
  return html`<form method="post" action="${deps.publicUrl}/checkoutnow/cancel?token=${order.id}">
    <button class="plain">${t.cancel(order.experience.brand_name ?? order.merchant.name)}</button></form>` as Content;
}

function back(order: Order, t: Texts): Content | '' {
  const url = withQuery(order.experience.return_url, { token: order.id });
  return url === null ? '' : (html`<a class="button" href="${url}">${t.goBack}</a>` as Content);
}

// The end of a card's last month, or null when it is not written as a month and a year.
function expiryOf(typed: string): number | null {
  const [, month, year] = /^(0[1-9]|1[0-2])\s*\/?\s*(?:20)?(\d{2})$/.exec(typed) ?? [];
  return month === undefined ? null : Date.UTC(2000 + Number(year), Number(month), 1);
}

function withQuery(url: string | undefined, query: Record<string, string>): string | null {
  if (url === undefined) return null;
  const target = new URL(url);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target.href;
}

async function form(c: Context): Promise<Typed> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']),
  );
}
