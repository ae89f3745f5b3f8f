// « Paiements »: what came in, whichever way, by what became of it, by method, by day, or by a number; refunds and taking back
// where it stands.
import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field } from '../../controls/field.ts';
import { press, submit } from '../../controls/parts.ts';
import { day, money } from '../../locales/format.ts';
import { ActDialog } from '../acts/act.ts';
import type { OnlinePayment } from '../acts/money.ts';
import { Freshness } from '../controls/freshness.ts';
import { dayAndHour } from '../day.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { download } from '../download.ts';
import { Fetched } from '../fetched.ts';
import { Form } from '../form.ts';
import { words as listWords } from '../locales/all-payments.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as moneyWords } from '../locales/money.ts';
import { METHODS } from '../methods.ts';
import type { Files } from '../office.ts';
import { printAll } from '../print.ts';
import { problemText } from '../problem-text.ts';
import { type Key, kept } from '../words.ts';
import { cells, ofOnline, ofRecorded } from './holder/payments.ts';

export const words = { ...listWords, ...methodWords, ...moneyWords };

type Page = Answer<'$get', '/all-payments', Files>;
type Item = Page['payments'][number];

const OUTCOMES = ['received', 'under-way', 'not-made', 'went-back'] as const;
const WAYS = ['paypal', 'cheque', 'interac', 'debit', 'cash'] as const;
/** What stands in the address. */
const ASKED = ['reference', 'outcome', 'method', 'from', 'to'] as const;

export const open = (desk: Desk, route: Route): Screen => new PaymentsScreen(desk, route);

class PaymentsScreen implements Screen {
  readonly #desk: Desk;
  readonly #list: Fetched<Page>;
  readonly #fresh: Freshness;
  readonly #act: ActDialog;
  readonly #form: Form<'pay-reference' | 'pay-from' | 'pay-to'>;
  #asked: Readonly<Record<string, string>>;
  #told: unknown = nothing;
  /** How many times a hundred she looks at. */
  #pages = 1;

  constructor(desk: Desk, route: Route) {
    this.#desk = desk;
    this.#asked = askedIn(route);
    this.#form = new Form(desk, 'pay');
    this.#list = new Fetched(desk, () => this.#read());
    this.#fresh = new Freshness(desk, this.#list);
    this.#act = new ActDialog(desk, (told) => void this.#tell(told));
  }

  title(): string {
    return this.#desk.words.plain('payments.title');
  }

  unsaved(): boolean {
    return this.#act.unsaved;
  }

  leave(): void {
    this.#fresh.stop();
  }

  moved(route: Route): boolean {
    this.#asked = askedIn(route);
    this.#pages = 1;
    this.#told = nothing;
    this.#form.refuses({});
    void this.#list.load();
    return true;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<div class="identity"><h1 id="title" tabindex="-1">${t('payments.title')}</h1>${this.#fresh.render()}</div>
      ${keyed(JSON.stringify(this.#asked), this.#filters())}
      <div id="told" tabindex="-1">${this.#told}</div>
      ${this.#list.show((found) => this.#draw(found))} ${this.#act.render()}`;
  }

  async #read(): Promise<Page> {
    const { announce, files } = this.#desk;
    const query = this.#asked;
    let all = await files('$get', '/all-payments', { query });
    for (let page = 1; page < this.#pages && all.next !== undefined; page += 1) {
      const more = await files('$get', '/all-payments', { query: { ...query, after: all.next } });
      all = { ...more, payments: [...all.payments, ...more.payments] };
    }
    const [key, values] = this.#sum(all);
    announce(this.#desk.words.plain(key, values));
    return all;
  }

  #filters(): unknown {
    const { t } = this.#desk.words;
    const { reference, outcome, method, from, to } = this.#asked;
    const choice = (name: string, label: Key, chosen: string | undefined, all: readonly [string, Key][]) =>
      html`<div class="field"><label for="pay-${name}">${t(label)}</label>
        <select id="pay-${name}" name="pay-${name}">${all.map(
          ([value, key]) => html`<option value=${value} ?selected=${value === chosen}>${t(key)}</option>`,
        )}</select></div>`;
    const date = (name: 'pay-from' | 'pay-to', label: Key, value = '') =>
      field(this.#form, name, { label, autocomplete: 'off', type: 'date', optional: true, value });
    return html`<form class="noprint" novalidate @submit=${this.#submit}>
      <div class="entry">
        ${choice(
          'outcome',
          'all.outcome',
          outcome,
          OUTCOMES.map((one) => [one, `all.${one}`] as const),
        )}
        ${choice('method', 'all.method', method, [
          ['', 'all.anyMethod'],
          ...WAYS.map((way) => [way, METHODS[way]] as [string, Key]),
        ])}
        ${date('pay-from', 'all.from', from)} ${date('pay-to', 'all.to', to)}
      </div>
      ${field(this.#form, 'pay-reference', {
        ...{ label: 'all.reference', autocomplete: 'off', optional: true, hint: t('all.referenceHint') },
        ...{ value: reference ?? '', enterkeyhint: 'search' },
      })}
      <p class="actions">${submit(this.#form, 'all.show')}
        ${
          Object.keys(this.#asked).length === 0
            ? nothing
            : html`<a class="link" href="#paiements">${t('all.clear')}</a>`
        }</p>
    </form>`;
  }

  readonly #submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const given = ASKED.map((name) => [name, String(data.get(`pay-${name}`) ?? '').trim()]);
    const { from, to } = Object.fromEntries(given);
    if (this.#form.refuses(from && to && to < from ? { 'pay-to': 'all.daysWrong' } : {})) return;
    const asked = new URLSearchParams(
      given.filter(([name, value]) => value !== '' && !(name === 'outcome' && value === 'received')),
    );
    const place = asked.size === 0 ? 'paiements' : `paiements?${asked}`;
    // The same again is asked again.
    if (location.hash === `#${place}`) void this.#list.load();
    else this.#desk.go(place);
  };

  #draw(page: Page): unknown {
    const { words } = this.#desk;
    const { t } = words;
    const say = { ...words, busy: false };
    const [key, values] = this.#sum(page);
    return html`<p>${t(key, values)}</p>
      <p class="actions noprint">
        ${press(say, 'all.csv', 'secondary', () => void this.#export('csv'))}
        ${press(say, 'all.xlsx', 'secondary', () => void this.#export('xlsx'))}
        ${press(say, 'all.print', 'secondary', () => void this.#print())}
      </p>
      <p class="hint noprint">${t('all.exported')}</p>
      ${page.payments.length === 0 ? nothing : this.#table(page.payments)}
      ${
        page.next === undefined
          ? nothing
          : html`<p class="actions noprint">${press(say, 'all.more', 'secondary', () => void this.#more())}</p>`
      }`;
  }

  /** What they are, in a sentence. */
  #sum({ payments, total }: Page): [Key, { n: number; montant: string }] {
    const count = total?.count ?? payments.length;
    const values = { n: count, montant: money(this.#desk.lang, total?.cents ?? 0) };
    if (payments.length === 0) return ['all.none', values];
    if (total === null) return [this.#asked.reference === undefined ? 'all.many' : 'all.found', values];
    return [count === 1 ? 'all.one' : 'all.total', values];
  }

  #table(items: readonly Item[]): unknown {
    const { t } = this.#desk.words;
    return html`<section><table class="list wide">
      <caption class="sr">${t('payments.title')}</caption>
      <thead><tr><th scope="col">${t('all.who')}</th><th scope="col">${t('payments.day')}</th>
        <th scope="col">${t('payments.how')}</th><th scope="col">${t('payments.invoice')}</th>
        <th scope="col" class="amount">${t('payments.amount')}</th><th scope="col">${t('payments.state')}</th>
        <th scope="col" class="acts">${t('payments.acts')}</th></tr></thead>
      ${items.map((item) => this.#item(item))}
    </table></section>`;
  }

  #item({ holderId, holderName, payment, recorded, takenBack }: Item): unknown {
    const desk = this.#desk;
    const { t } = desk.words;
    const does = (act: Parameters<ActDialog['open']>[0]) => this.#act.open(act);
    const shown =
      payment !== null
        ? ofOnline(desk, payment, does)
        : recorded !== null
          ? ofRecorded(desk, recorded, takenBack, does)
          : null;
    if (shown === null) return nothing;
    return html`<tbody><tr>
        <th scope="row">${holderId === '' ? '–' : html`<a href="#dossier/${holderId}">${kept(holderName)}</a>`}</th>
        <td data-label=${t('payments.day')}>${day(desk.lang, shown.day)}</td> ${cells(desk, shown)}
      </tr>
      <tr class="lines noprint"><td colspan="7"><details><summary>${t('all.steps')}</summary>
        ${payment === null ? nothing : money3(desk, payment)}
        <ul class="past">${steps(desk, payment, recorded, takenBack).map(
          ([at, what]) =>
            html`<li><time class="hint" datetime=${at}>${dayAndHour(desk.lang, at)}</time> ${what}</li>`,
        )}</ul></details></td></tr></tbody>`;
  }

  readonly #more = async () => {
    const before = this.#list.value?.payments.length ?? 0;
    this.#pages += 1;
    await this.#list.load();
    this.#desk.focus(`.list tbody:nth-of-type(${before + 1}) a`);
  };

  async #print(): Promise<void> {
    const { next, total } = this.#list.value ?? {};
    // No browser prints as many as that.
    if (next !== undefined && total === null && this.#asked.reference === undefined)
      this.#show(html`<div class="notice"><p>${this.#desk.words.t('all.manyPrinted')}</p></div>`);
    else
      await printAll(this.#list, () => {
        this.#pages = Number.POSITIVE_INFINITY;
      });
  }

  async #export(format: 'csv' | 'xlsx'): Promise<void> {
    const { from, to } = this.#asked;
    const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const query = new URLSearchParams({ format, lang: this.#desk.lang.slice(0, 2), ...days });
    try {
      await download(this.#desk, `/export/payments?${query}`, `paiements.${format}`);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#show(html`<div class="notice error">${problemText(this.#desk, error)}</div>`);
    }
  }

  /** Says what an act came to, above the list as it is by then. Null: it is not known, and the list tells. */
  async #tell(told: unknown): Promise<void> {
    await this.#list.load();
    this.#show(told === null ? nothing : html`<div class="notice success"><p>${told}</p></div>`);
  }

  #show(told: unknown): void {
    this.#told = told;
    this.#desk.redraw();
    this.#desk.focus(told === nothing ? '#title' : '#told');
  }
}

const askedIn = ({ query }: Route): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ASKED.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  );

/** Gross, PayPal's fee, net, and PayPal's own numbers. */
function money3({ lang, words: { t } }: Desk, one: OnlinePayment): unknown {
  const fact = (label: Key, value: string | null) =>
    value === null ? nothing : html`<div><dt>${t(label)}</dt><dd>${kept(value)}</dd></div>`;
  const fee = one.completedAt === null ? null : one.paypalFeeCents;
  return html`<dl class="facts">
    ${fact('all.gross', money(lang, one.amountCents))}
    ${fact('all.fee', fee === null ? null : money(lang, fee))}
    ${fact('all.net', fee === null ? null : money(lang, one.amountCents - one.refundedCents - fee))}
    ${fact('all.order', one.orderId)} ${fact('all.capture', one.captureId)}
  </dl>`;
}

/** What happened to it, in order. */
function steps(
  { lang, words: { t } }: Desk,
  payment: Item['payment'],
  recorded: Item['recorded'],
  takenBack: Item['takenBack'],
): (readonly [at: string, what: unknown])[] {
  const at = (instant: string | null | undefined, what: unknown): (readonly [string, unknown])[] =>
    instant == null ? [] : [[instant, what]];
  const cents = (amount: number | null) => ({ montant: money(lang, amount ?? 0) });
  return [
    ...at(payment?.createdAt, t('all.stepStarted')),
    ...at(payment?.confirmedAt, t('all.stepConfirmed')),
    ...at(payment?.completedAt, t('all.stepReceived')),
    ...(payment?.refunds ?? []).flatMap((one) =>
      at(
        one.completedAt ?? one.createdAt,
        one.origin === 'staff'
          ? t('all.stepRefund', { ...cents(one.amountCents), raison: one.reason })
          : t('all.stepReversal', cents(one.amountCents)),
      ),
    ),
    ...(payment?.returns ?? []).flatMap((one) =>
      at(one.returnedAt, t('all.stepReturn', cents(one.amountCents))),
    ),
    ...(payment?.disputes ?? []).flatMap((one) => [
      ...at(one.openedAt, t('all.stepDispute', { numero: one.id })),
      ...at(one.resolvedAt, t('all.stepResolved', { numero: one.id })),
    ]),
    ...at(recorded?.recordedAt, t('all.stepRecorded')),
    ...at(takenBack?.recordedAt, t('all.stepBack')),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
