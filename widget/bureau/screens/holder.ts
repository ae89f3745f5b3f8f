// « Dossier » (S15, S33–S34): who she is, why her balance is what it is, what was invoiced and paid, which accounts reach it,
// what was sent about it and done to it; and the same as she sees it.
import { html, nothing } from 'lit';
import { CallProblem } from '../../client/problem.ts';
import { press } from '../../controls/parts.ts';
import { money } from '../../locales/format.ts';
import { type Act, ActDialog } from '../acts/act.ts';
import { ManualInvoice } from '../acts/manual-invoice.ts';
import { Freshness } from '../controls/freshness.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { download } from '../download.ts';
import { Fetched } from '../fetched.ts';
import { words as actorWords } from '../locales/actors.ts';
import { words as conflictWords } from '../locales/conflict.ts';
import { words as creditWords } from '../locales/holder/credits.ts';
import { words as manualWords } from '../locales/holder/manual-invoice.ts';
import { words as pastWords } from '../locales/holder/past.ts';
import { words as planWords } from '../locales/holder/plans.ts';
import { words as holderWords } from '../locales/holder.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as moneyWords } from '../locales/money.ts';
import type { Holder, Overview, Reason } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';
import { type Asked, accounts } from './holder/accounts.ts';
import type { AsSeen } from './holder/as-seen.ts';
import { HolderEdit } from './holder/edit.ts';
import { History } from './holder/history.ts';
import { invoiceActs } from './holder/invoice-acts.ts';
import { certificate } from './holder/invoices.ts';
import { messages } from './holder/messages.ts';
import { payments } from './holder/payments.ts';

export const words = {
  ...actorWords,
  ...conflictWords,
  ...holderWords,
  ...creditWords,
  ...planWords,
  ...manualWords,
  ...methodWords,
  ...moneyWords,
  ...pastWords,
};

export const open = (desk: Desk, route: Route): Screen => new HolderScreen(desk, route);

class HolderScreen implements Screen {
  readonly #desk: Desk;
  readonly #id: string;
  readonly #file: Fetched<Overview>;
  readonly #fresh: Freshness;
  readonly #history: History;
  readonly #manual: ManualInvoice;
  readonly #act: ActDialog;
  readonly #edit: HolderEdit;
  /** « Voir comme la RSG », while it is shown; its part of the page is loaded when she first asks for it. */
  #seen: Fetched<AsSeen> | null = null;
  /** What an act came to. */
  #told: unknown = null;

  constructor(desk: Desk, route: Route) {
    const [id = ''] = route.args;
    this.#desk = desk;
    this.#id = id;
    this.#file = new Fetched(desk, async () => {
      const overview = await desk.files('$get', '/holders/:id/overview', { id });
      const { certificates } = overview.holder;
      const numbers = [...new Set(certificates.map(({ number }) => number))];
      desk.opened({ id, name: nameOf(overview.holder), numbers });
      return overview;
    });
    this.#fresh = new Freshness(desk, this.#file);
    this.#history = new History(desk, id);
    const told = (what: unknown) => void this.#tell(what);
    this.#manual = new ManualInvoice(desk, told);
    this.#act = new ActDialog(desk, told);
    this.#edit = new HolderEdit(desk, told);
    this.#turnTo(route);
  }

  title(): string {
    const file = this.#file.value;
    return file === undefined ? this.#desk.words.plain('holder.title') : nameOf(file.holder);
  }

  unsaved(): boolean {
    return this.#manual.unsaved || this.#act.unsaved || this.#edit.unsaved;
  }

  leave(): void {
    this.#fresh.stop();
  }

  /** Between the file and what she sees of it. */
  moved(route: Route): boolean {
    if (route.args[0] !== this.#id) return false;
    this.#told = null;
    this.#turnTo(route);
    this.#desk.focus('#title');
    return true;
  }

  #turnTo({ args: [, part] }: Route): void {
    this.#seen =
      part === 'apercu'
        ? new Fetched(this.#desk, async () => {
            const { AsSeen } = await import('./holder/as-seen.ts');
            return new AsSeen(this.#desk, this.#id);
          })
        : null;
  }

  render(): unknown {
    const holder = this.#file.value?.holder;
    if (this.#seen !== null)
      return this.#seen.show((seen) => seen.render(holder === undefined ? '' : nameOf(holder)));
    return html`${this.#file.show((file) => this.#draw(file))} ${this.#manual.render()} ${this.#act.render()}
      ${this.#edit.renderConflict()}`;
  }

  #draw(overview: Overview): unknown {
    const desk = this.#desk;
    const { holder, reasons } = overview;
    const asks = (act: Asked) => void this.#ask(act);
    const does = (act: Act) => this.#act.open(act);
    const shows = async (documents: Promise<unknown>) => this.#show(await documents);
    return html`${heading(desk, holder)} ${this.#tools(holder)}
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${this.#edit.open ? this.#edit.render() : facts(desk, overview)}
      ${why(desk, holder, reasons, (reason) => this.#cure(holder, reason))}
      ${holder.certificates.map((one) => certificate(desk, one, (invoice) => invoiceActs(desk, overview, invoice, does)))}
      ${payments(desk, overview, does, shows)} ${accounts(desk, holder, asks)}
      ${messages(desk, overview.messages, asks)} ${this.#history.render()}`;
  }

  #tools(holder: Holder): unknown {
    const { t } = this.#desk.words;
    return html`<div class="tools noprint">
      ${
        this.#desk.may('invoice') && !this.#edit.open
          ? html`<button class="secondary" type="button" id="edit-open" @click=${() => this.#begin(holder)}>${t('holder.edit')}</button>`
          : nothing
      }
      <a class="secondary" href="#dossier/${this.#id}/apercu">${t('holder.see')}</a>
      ${press({ ...this.#desk.words, busy: false }, 'copy.open', 'secondary', () => void this.#ask(this.#copy(holder)))}
      ${this.#fresh.render()}
    </div>`;
  }

  /** What is held on her, to be handed to her: who takes it says first that it is she who asks. */
  #copy(holder: Holder): Asked {
    const { t, plain } = this.#desk.words;
    return {
      question: {
        title: t('copy.title', { nom: kept(nameOf(holder)) }),
        body: t('copy.text'),
        yes: 'copy.take',
      },
      send: () => download(this.#desk, `/holders/${this.#id}/copy`, `${plain('copy.file')}.html`),
      done: t('copy.done'),
    };
  }

  #begin(holder: Holder): void {
    this.#told = null;
    void this.#edit.begin(holder);
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

  /** Asks, does it, tells what became of it. */
  async #ask({ question, send, done }: Asked): Promise<void> {
    if (!(await this.#desk.ask(question))) return;
    try {
      await send();
      await this.#tell(done);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      // Somebody was faster, or its state has changed: the file shows what is so.
      await this.#reload();
      this.#show(html`<div class="notice error">${problemText(this.#desk, error)}</div>`);
    }
  }

  async #reload(): Promise<void> {
    await Promise.all([this.#file.load(), this.#history.load()]);
  }

  /** Says what an act came to, above the file as it is by then. Null: it is not known, and the file tells. */
  async #tell(told: unknown): Promise<void> {
    await this.#reload();
    this.#show(told === null ? null : html`<div class="notice success"><p>${told}</p></div>`);
  }

  #show(told: unknown): void {
    this.#told = told;
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

function heading({ lang, words: { t } }: Desk, holder: Holder): unknown {
  const balance = balanceOf(holder);
  return html`<div class="identity">
    <div>
      <h1 id="title" tabindex="-1">${kept(nameOf(holder))}</h1>
      ${holder.closed ? html`<p><span class="badge bad">${t('holder.closed')}</span></p>` : nothing}
    </div>
    <p class="balance"><span class="hint">${t(balance < 0 ? 'holder.credit' : 'holder.balance')}</span>
      <strong>${kept(money(lang, Math.abs(balance)))}</strong></p>
  </div>`;
}

function facts({ words: { t } }: Desk, { holder, messages: sent }: Overview): unknown {
  const { email, officeName, status, usualName } = holder;
  const parked = sent.filter(({ state, recipient }) => state === 'parked' && recipient === email).length;
  return html`<dl class="facts">
    ${usualName ? fact(t('holder.usualName'), kept(usualName)) : nothing}
    ${fact(
      t('holder.email'),
      email === null
        ? t('holder.noEmail')
        : html`<a href="mailto:${email}">${kept(email)}</a>
            ${parked === 0 ? nothing : html`<span class="badge bad">${t('holder.parked', { n: parked })}</span>`}`,
    )}
    ${fact(t('holder.lang'), t(holder.lang === 'fr-CA' ? 'holder.french' : 'holder.english'))}
    ${officeName === null ? nothing : fact(t('holder.office'), kept(officeName))}
    ${status ? fact(t('holder.status'), status === 'active' ? t('holder.active') : status) : nothing}
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
