// « Recherche de votre facture » (S14–S17, S19): found by itself from the account's e-mail, or by « nom, prénom et le #
// de certificat ».
import { html, nothing } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { button, page, submit, waiting } from '../../controls/parts.ts';
import type { View } from '../view.ts';
import { contact } from './notice.ts';
import { splitName } from './split-name.ts';

export function search(view: View) {
  const wait = view.state.task === null ? nothing : waiting(view, 'lookup.searching');
  return page(view, view.t('lookup.title'), wait);
}

/** Nom, prénom, # de certificat, in that order (S17), with what she has typed already. */
export function lookup(view: View) {
  const { typed, me, certificates, notice, proof } = view.state;
  const guess = splitName(me?.name ?? '');
  const more = certificates.length > 0;
  const example = view.profile?.certificateExample ?? '';
  return page(
    view,
    view.t('lookup.title'),
    html`<p>${view.t(more ? 'lookup.another' : 'lookup.needCert')}</p>
      <form
        novalidate
        @submit=${(event: SubmitEvent) => {
          const of = typedIn(event);
          view.send({
            type: 'lookup',
            lastName: of('lastName'),
            firstName: of('firstName'),
            certificateNumber: of('certificateNumber'),
            invoiceSecret: of('invoiceSecret'),
          });
        }}
      >
        ${field(view, 'lastName', {
          label: 'lookup.lastName',
          autocomplete: 'family-name',
          value: typed.lastName || guess.lastName,
          enterkeyhint: 'next',
        })}
        ${field(view, 'firstName', {
          label: 'lookup.firstName',
          autocomplete: 'given-name',
          value: typed.firstName || guess.firstName,
          enterkeyhint: 'next',
        })}
        ${field(view, 'certificateNumber', {
          label: 'lookup.cert',
          autocomplete: 'off',
          hint: example === '' ? nothing : view.t('lookup.certHint', { exemple: example }),
          value: typed.certificateNumber,
          enterkeyhint: 'search',
        })}
        ${invoiceSecret(view)}
        <details>
          <summary>${view.t('lookup.whereIsIt')}</summary>
          ${sketch(view, example)}
          <p>${view.t('lookup.sketch')}</p>
        </details>
        <div class="actions">
          ${submit(view, 'lookup.submit')}
          ${proof?.proof === 'code' ? button(view, 'proof.code', 'proof', 'link') : nothing}
          ${more ? button(view, 'common.back', 'choose', 'link') : nothing}
        </div>
      </form>
      ${
        notice?.key === 'lookup.err.notFound'
          ? html`<p>${view.t('lookup.err.notFoundHelp', { contact: contact(view) })}</p>`
          : nothing
      }`,
  );
}

// A proof wherever she has one; asked for where the regroupement wants it. Elsewhere she may empty the box: the card
// whose QR filled it may be an old one.
function invoiceSecret(view: View) {
  const given = view.around?.invoiceSecret;
  const required = view.profile?.linkPolicy === 'secret';
  if (!required && !given) return nothing;
  return field(view, 'invoiceSecret', {
    label: 'lookup.secret',
    autocomplete: 'off',
    hint: view.t(required ? 'lookup.secretHint' : 'lookup.secretOptional'),
    optional: !required,
    value: given ?? '',
    enterkeyhint: 'search',
  });
}

// An invoice in outline, the number standing out. Its words are in the text below it.
function sketch(view: View, example: string) {
  return html`<svg class="sketch" viewBox="0 0 320 170" fill="currentColor" role="img" aria-label=${view.plain('lookup.sketch')}>
    <rect class="paper" x="1" y="1" width="318" height="168" rx="6" />
    <path
      class="ink"
      d="M16 16h90v12H16zM16 36h90v7H16zM16 76h288v7H16zM16 96h288v7H16zM16 116h288v7H16zM196 138h108v12H196z"
    />
    <rect class="mark" x="166" y="12" width="138" height="46" rx="6" />
    <text x="176" y="30">${view.t('lookup.cert')}</text>
    <text class="number notranslate" x="176" y="49">${example}</text>
  </svg>`;
}
