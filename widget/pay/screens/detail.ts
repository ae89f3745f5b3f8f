// « Détail du montant à payer » (S18) and « Paiement de votre facture » (S21) on one screen: what it costs, what PayPal
// will ask (S24–S27, S41, S43), and « Effectuer un paiement » (S22, S42). Without anything to pay, why, and whom to ask (S33,
// S34, M7).
import { html, nothing } from 'lit';
import { newId } from '../../client/proof.ts';
import type { Certificate, Invoice } from '../../client/types.ts';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, press, waiting } from '../../controls/parts.ts';
import { money, parseAmount } from '../../locales/format.ts';
import { moveFocus } from '../focus.ts';
import type { View } from '../view.ts';
import { stepWords } from './frame.ts';
import { invoiceTable, totals } from './invoice-table.ts';
import { contact } from './notice.ts';
import { amount, fact, openPayment } from './payment-parts.ts';

export function detail(view: View) {
  const { certificates, certificateId, selection, foundBy, notice } = view.state;
  const shown = certificates.filter(({ id }) => certificateId === null || id === certificateId);
  const invoices = chosen(view);
  const [one] = shown;
  if (selection.length === 0 && view.state.errors.invoices === undefined && one !== undefined) {
    return nothingToPay(view, one);
  }
  return page(
    view,
    view.t('invoice.title'),
    html`${openPayment(view)}
      ${foundBy === 'email' && notice === null ? html`<p>${view.t('lookup.autoFound')}</p>` : nothing}
      ${certificateId === null ? nothing : pick(view, shown)}
      ${invoices.map((invoice) => invoiceTable(view, invoice, ownerOf(view, invoice)))}
      ${heldNote(view, shown)} ${price(view)} ${pay(view)} ${bar(view)}
      ${shown.map((certificate) => (certificateId === null ? nothing : others(view, certificate)))}
      ${moreCertificates(view)}`,
  );
}

/** The chosen invoices, as the server last sent them. */
function chosen(view: View): readonly Invoice[] {
  const { quote, selection, certificates } = view.state;
  if (quote !== null) return quote.invoices;
  const known = certificates.flatMap(({ invoices }) => invoices);
  return selection.flatMap((id) => known.find((invoice) => invoice.id === id) ?? []);
}

function ownerOf(view: View, { id }: Invoice): Certificate | undefined {
  return view.state.certificates.find(({ invoices }) => invoices.some((invoice) => invoice.id === id));
}

// One certificate, several invoices to pay: she may leave some for later.
function pick(view: View, [certificate]: readonly Certificate[]) {
  const open = certificate?.invoices.filter(({ payable, held }) => payable && !held) ?? [];
  if (open.length < 2) return nothing;
  const { selection, errors } = view.state;
  return html`<form
    @change=${(event: Event) => {
      const data = new FormData(event.currentTarget as HTMLFormElement);
      view.send({ type: 'select', invoiceIds: data.getAll('invoices').map(String) });
    }}
  >
    <fieldset id="invoices" tabindex="-1" aria-describedby=${errors.invoices ? 'invoices-error' : nothing}>
      <legend>${view.t('invoice.pick')}</legend>
      ${errors.invoices ? html`<p class="error" id="invoices-error">${view.say(errors.invoices)}</p>` : nothing}
      ${open.map(
        ({ id, number, balanceCents }) =>
          html`<label class="check"
            ><input type="checkbox" name="invoices" value=${id} ?checked=${selection.includes(id)} /><span
              >${view.t('invoice.pickOne', { numero: number, montant: money(view.lang, balanceCents) })}</span
            ></label
          >`,
      )}
    </fieldset>
  </form>`;
}

function heldNote(view: View, shown: readonly Certificate[]) {
  const held = shown.some(({ invoices }) => invoices.some((invoice) => invoice.held));
  return held ? html`<div class="notice info"><p>${view.t('invoice.held')}</p></div>` : nothing;
}

function price(view: View) {
  const { quote, task } = view.state;
  if (quote === null) return task?.do === 'quote' ? waiting(view, 'invoice.computing') : nothing;
  const fees =
    quote.onlineFeeCents > 0 || quote.invoices.some(({ lines }) => lines.some(({ code }) => code === 'FADM'));
  const paid = quote.invoices.map((invoice) => ownerOf(view, invoice));
  // Where she may only pay, whose it is has no name: another such file may be anybody's.
  const sameHolder = view.state.certificates.filter((one) =>
    paid.some((other) => other === one || (one.holderName && other?.holderName === one.holderName)),
  );
  return html`${totals(view, quote)} ${credit(view, sameHolder)}
    <p class="hint">${view.t('invoice.cad')}</p>
    ${
      fees
        ? html`<details>
            <summary>${view.t('invoice.feeWhy')}</summary>
            <p>${view.t('invoice.feeWhyBody')}</p>
          </details>`
        : nothing
    }
    ${quote.plans ? press(view, 'invoice.plan', 'link', () => view.around?.plan()) : nothing}
    ${view.around?.dialog} ${instalment(view)}`;
}

/** What she has too much elsewhere is applied by people, not by us: said before she pays the whole of something else. */
function credit(view: View, certificates: readonly Certificate[]) {
  const cents = certificates.reduce((sum, { creditCents }) => sum + creditCents, 0);
  if (cents === 0) return nothing;
  return html`<p class="important">${view.t('invoice.creditBalance', { montant: money(view.lang, cents) })}</p>`;
}

// A part of the balance, where the regroupement allows it.
function instalment(view: View) {
  const { quote, amountCents, errors } = view.state;
  if (quote === null || quote.minimumCents === null) return nothing;
  const balance = quote.invoices.reduce((sum, invoice) => sum + invoice.balanceCents, 0);
  const min = money(view.lang, quote.minimumCents);
  return html`<details ?open=${amountCents !== null || errors.amount !== undefined}>
    <summary>${view.t('invoice.partial', { min })}</summary>
    <form
      novalidate
      @submit=${(event: SubmitEvent) => {
        const typed = typedIn(event)('amount');
        view.send({ type: 'setAmount', amountCents: parseAmount(typed), typed });
      }}
    >
      ${field(view, 'amount', {
        label: 'invoice.partialField',
        autocomplete: 'off',
        inputmode: 'decimal',
        hint: view.t('invoice.partialHint', { min, max: money(view.lang, balance) }),
        value: amountCents === null ? '' : money(view.lang, amountCents),
      })}
      <div class="actions">
        <button class="secondary" type="submit">${view.t('invoice.partialSubmit')}</button>
        ${
          amountCents === null
            ? nothing
            : button(
                view,
                'invoice.partialReset',
                { type: 'setAmount', amountCents: null, typed: '' },
                'link',
              )
        }
      </div>
    </form>
  </details>`;
}

// The notes come before the button: PayPal's own pages cannot be changed, so she reads here what they will say.
function pay(view: View) {
  if (view.profile?.payable === false) {
    return html`<div class="notice info"><p>${view.t('err.config')} ${contact(view)}</p></div>`;
  }
  return html`<section class="aside pay">
    <h3>${view.t('pay.title')}</h3>
    <p>${view.t(view.around?.popup ? 'pay.opensPaypal' : 'pay.goesToPaypal')} ${view.t('pay.noAccount')}</p>
    <div id="pay" tabindex="-1">
      <p class="important">${view.t('pay.guestImportant')}</p>
      <p>${view.t('pay.cardFields')}</p>
      <p class="important">${view.t('pay.comeBack')}</p>
      ${
        view.state.quote === null
          ? nothing
          : html`<p class="hint">${stepWords(view, 3)}</p>
              <div class="actions">
                ${payButton(view)}
              </div>`
      }
    </div>
    <details>
      <summary>${view.t('pay.openAccount')}</summary>
      <p>${view.t('pay.guestOpenAccount')}</p>
    </details>
    <p class="hint">${view.t('pay.neverCard')}</p>
  </section>`;
}

// Placed by pay-bar.ts, where the button is out of sight. It leads past the notes and does not pay, so that nobody leaves
// without having had both before her; hence a name and a role of its own (WCAG 3.2.4).
function bar(view: View) {
  const { quote } = view.state;
  if (quote === null || view.profile?.payable === false) return nothing;
  return html`<div class="bar">
    <div>
      <p class="amount"><span>${view.t('invoice.total')}</span> ${amount(view, quote.totalCents)}</p>
      <a class="primary" part="button primary" href="#pay" aria-label=${view.plain('pay.goTo')} @click=${toButton}
        >${view.t('pay.button')}</a
      >
    </div>
  </div>`;
}

function toButton(event: Event): void {
  // The page's address is its own.
  event.preventDefault();
  moveFocus((event.currentTarget as Element).getRootNode() as ShadowRoot, 'pay');
}

function payButton(view: View) {
  const popup = view.around?.popup;
  if (popup) {
    return html`${press(view, 'pay.button', 'primary', () => popup.start('paypal'))}
    ${popup.card ? press(view, 'pay.cardButton', 'secondary', () => popup.start('card')) : nothing}`;
  }
  const elsewhere = view.around?.payAt;
  if (!elsewhere) return button(view, 'pay.button', () => ({ type: 'pay', key: newId() }), 'primary');
  return html`<a class="primary" part="button primary" href=${elsewhere} target="_top">${view.t('pay.button')}</a>
    <p class="hint">${view.t('pay.framed')}</p>`;
}

function others(view: View, certificate: Certificate) {
  const rest = certificate.invoices.filter(({ id }) => !view.state.selection.includes(id));
  const quiet = rest.filter(({ payable, held }) => !payable || held);
  if (quiet.length === 0) return nothing;
  return html`<details>
    <summary>${view.t('invoice.otherInvoices')}</summary>
    ${quiet.map((invoice) => invoiceTable(view, invoice, undefined))}
  </details>`;
}

function moreCertificates(view: View) {
  const many = view.state.certificates.length > 1;
  return html`<p>
    ${
      many
        ? button(view, 'invoice.others', 'choose', 'link')
        : button(view, 'lookup.addCert', 'lookup', 'link')
    }
  </p>`;
}

function nothingToPay(view: View, certificate: Certificate) {
  const { balanceCents } = certificate;
  const held = certificate.invoices.some((invoice) => invoice.held);
  const title =
    balanceCents < 0
      ? view.t('invoice.credit')
      : balanceCents === 0
        ? view.t('invoice.zero.title')
        : view.t('invoice.title');
  return page(
    view,
    title,
    html`${openPayment(view)}
      <dl class="facts">
        ${fact(view.t('invoice.certificate'), certificate.number)}
      </dl>
      ${heldNote(view, [certificate])} ${held ? nothing : html`<p>${view.t('invoice.zero.body')}</p>`}
      ${credit(view, [certificate])}
      ${held ? nothing : html`<p>${view.t('invoice.zero.endorsement')}</p>`}
      <p>${contact(view)}</p>
      ${others(view, certificate)} ${moreCertificates(view)}`,
  );
}
