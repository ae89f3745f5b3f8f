// « Dossier » (S15, S33–S34): who she is, why her balance is what it is, what was invoiced, and which accounts reach it.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { press } from '../../controls/parts.ts';
import { money } from '../../locales/format.ts';
import { ActDialog } from '../acts/act.ts';
import { ManualInvoice } from '../acts/manual-invoice.ts';
import { record } from '../acts/money.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { words as holderWords } from '../locales/holder.ts';
import { words as manualWords } from '../locales/manual-invoice.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as moneyWords } from '../locales/money.ts';
import type { Files, Holder, Reason } from '../office.ts';
import { kept } from '../words.ts';
import { certificate } from './holder/invoices.ts';
import { payments } from './holder/payments.ts';

export const words = { ...holderWords, ...manualWords, ...methodWords, ...moneyWords };

interface FileOf {
  holder: Holder;
  reasons: readonly Reason[];
  came: Answer<'$get', '/holders/:id/payments', Files>;
}

export const open = (desk: Desk, route: Route): Screen => new HolderScreen(desk, route.args[0] ?? '');

class HolderScreen implements Screen {
  readonly #desk: Desk;
  readonly #file: Fetched<FileOf>;
  readonly #manual: ManualInvoice;
  readonly #act: ActDialog;
  /** What an act came to. */
  #told: unknown = null;

  constructor(desk: Desk, id: string) {
    this.#desk = desk;
    this.#file = new Fetched(desk, async () => {
      const [{ holder }, { reasons }, came] = await Promise.all([
        desk.files('$get', '/holders/:id', { id }),
        desk.files('$get', '/holders/:id/balance-reasons', { id }),
        desk.files('$get', '/holders/:id/payments', { id }),
      ]);
      const numbers = [...new Set(holder.certificates.map(({ number }) => number))];
      desk.opened({ id, name: nameOf(holder), numbers });
      return { holder, reasons, came };
    });
    this.#manual = new ManualInvoice(desk, (told) => void this.#tell(told));
    this.#act = new ActDialog(desk, (told) => void this.#tell(told));
  }

  title(): string {
    const file = this.#file.value;
    return file === undefined ? this.#desk.words.plain('holder.title') : nameOf(file.holder);
  }

  unsaved(): boolean {
    return this.#manual.unsaved || this.#act.unsaved;
  }

  render(): unknown {
    return html`${this.#file.show((file) => this.#draw(file))} ${this.#manual.render()} ${this.#act.render()}`;
  }

  #draw({ holder, reasons, came }: FileOf): unknown {
    const desk = this.#desk;
    return html`${identity(desk, holder)}
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${why(desk, holder, reasons, (reason) => this.#cure(holder, reason))}
      ${holder.certificates.map((one) => certificate(desk, one, (invoice) => this.#act.open(record(desk, invoice))))}
      ${payments(desk, came, (act) => this.#act.open(act))} ${accounts(desk, holder)}`;
  }

  /** The button that does away with the reason, where there is one. */
  #cure({ certificates }: Holder, { code, endorsementId }: Reason): unknown {
    const { words } = this.#desk;
    const about = certificates
      .flatMap(({ endorsements }) => endorsements)
      .find(({ id }) => id === endorsementId);
    if (code !== 'endorsement-without-invoice' || about === undefined || !this.#desk.may('invoice'))
      return nothing;
    return html`<p class="cure">${press({ ...words, busy: false }, 'why.manual', 'primary', () => this.#manual.open(about))}</p>`;
  }

  /** Says what an act came to, above the file as it is by then. Null: it is not known, and the file tells. */
  async #tell(told: unknown): Promise<void> {
    await this.#file.load();
    this.#told = told === null ? null : html`<div class="notice success"><p>${told}</p></div>`;
    this.#desk.redraw();
    const place = told === null ? '#title' : '#told';
    this.#desk.focus(place);
    this.#desk.find(place)?.scrollIntoView({ block: 'center' });
  }
}

const nameOf = ({ firstName, lastName }: Holder) => `${lastName}, ${firstName}`;

/** What is owed on all of her open invoices, in cents. */
const balanceOf = ({ certificates }: Holder) =>
  certificates
    .flatMap(({ invoices }) => invoices)
    .filter(({ status }) => status === 'open')
    .reduce((sum, { balanceCents }) => sum + balanceCents, 0);

function identity({ lang, words: { t } }: Desk, holder: Holder): unknown {
  const { closed, email, status, usualName } = holder;
  const balance = balanceOf(holder);
  return html`<div class="identity">
    <div>
      <h1 id="title" tabindex="-1">${kept(nameOf(holder))}</h1>
      ${closed ? html`<p><span class="badge bad">${t('holder.closed')}</span></p>` : nothing}
    </div>
    <p class="balance"><span class="hint">${t(balance < 0 ? 'holder.credit' : 'holder.balance')}</span>
      <strong>${kept(money(lang, Math.abs(balance)))}</strong></p>
  </div>
  <dl class="facts">
    ${usualName ? fact(t('holder.usualName'), kept(usualName)) : nothing}
    ${fact(t('holder.email'), email === null ? t('holder.noEmail') : html`<a href="mailto:${email}">${kept(email)}</a>`)}
    ${fact(t('holder.lang'), t(holder.lang === 'fr-CA' ? 'holder.french' : 'holder.english'))}
    ${status ? fact(t('holder.status'), status) : nothing}
  </dl>`;
}

const fact = (name: unknown, value: unknown) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** The answer first, to be read aloud; then what else holds. */
function why(
  { lang, words: { t } }: Desk,
  { certificates }: Holder,
  reasons: readonly Reason[],
  cure: (reason: Reason) => unknown,
): unknown {
  const [answer, ...others] = reasons;
  return html`<section class="why" aria-labelledby="why">
    <h2 id="why">${t('why.title')}</h2>
    <p class="answer">${answer?.sentence[lang] ?? t(certificates.length === 0 ? 'why.noCertificate' : 'why.nothing')}</p>
    ${answer === undefined ? nothing : cure(answer)}
    ${
      others.length === 0
        ? nothing
        : html`<h3>${t('why.others')}</h3><ul>${others.map((reason) => html`<li>${reason.sentence[lang]} ${cure(reason)}</li>`)}</ul>`
    }
  </section>`;
}

function accounts({ words: { t } }: Desk, { accounts: all }: Holder): unknown {
  const ways = {
    email: 'accounts.byEmail',
    link: 'accounts.byLink',
    undone: 'accounts.undone',
    waits: 'accounts.waits',
  } as const;
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">${t('accounts.title')}</h2>
    ${
      all.length === 0
        ? html`<p>${t('accounts.none')}</p>`
        : html`<table class="list">
            <caption class="sr">${t('accounts.title')}</caption>
            <thead><tr><th scope="col">${t('accounts.name')}</th><th scope="col">${t('accounts.email')}</th><th scope="col">${t('accounts.way')}</th></tr></thead>
            <tbody>${all.map(
              ({ name, email, way, level, numberKey }) => html`<tr>
                <th scope="row">${kept(name)}</th>
                <td data-label=${t('accounts.email')}>${kept(email)}</td>
                <td data-label=${t('accounts.way')}><span>${t(ways[way], { numero: numberKey ?? '' })}
                  ${level === null ? nothing : html`<span class="badge">${t(`accounts.${level}`)}</span>`}</span></td>
              </tr>`,
            )}</tbody>
          </table>`
    }
  </section>`;
}
