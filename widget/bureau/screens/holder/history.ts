// Of a file: what the office and its programs did to it, day by day, and what each act changed.
import { html, nothing } from 'lit';
import type { State } from '../../../../server/payments/states.ts';
import type { Answer } from '../../../client/api.ts';
import { day, money } from '../../../locales/format.ts';
import { actorOf } from '../../actor.ts';
import { hour, torontoDay } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import { METHODS } from '../../methods.ts';
import type { Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import { FIELDS, shownValue } from './fields.ts';
import { STATES } from './payments.ts';

type Past = Answer<'$get', '/holders/:id/history', Files>;
type Act = Past['acts'][number];
type Facts = Readonly<Record<string, unknown>>;
/** What of a file changed: before and after, either of which may be told alone. */
type Change = readonly [label: unknown, before: unknown, after: unknown];

export class History {
  readonly #desk: Desk;
  readonly #id: string;
  /** Asked for once she opens it. */
  #past: Fetched<Past> | null = null;

  constructor(desk: Desk, id: string) {
    this.#desk = desk;
    this.#id = id;
  }

  /** Anew, if she has opened it. */
  async load(): Promise<void> {
    await this.#past?.load();
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<section aria-labelledby="history">
      <details @toggle=${this.#toggled}><summary><h2 id="history">${t('past.title')}</h2></summary>
        ${this.#past === null ? nothing : this.#past.show(({ acts }) => days(this.#desk, acts))}</details>
    </section>`;
  }

  readonly #toggled = () => {
    this.#past ??= new Fetched(this.#desk, () =>
      this.#desk.files('$get', '/holders/:id/history', { id: this.#id }),
    );
  };
}

function days(desk: Desk, acts: readonly Act[]): unknown {
  const { lang, words } = desk;
  if (acts.length === 0) return html`<p>${words.t('past.none')}</p>`;
  const byDay = Map.groupBy(acts, ({ at }) => torontoDay(Date.parse(at)));
  return [...byDay].map(
    ([on, list]) => html`<h3>${day(lang, on)}</h3>
      <ul class="past">${list.map((act) => item(desk, act))}</ul>`,
  );
}

function item(desk: Desk, act: Act): unknown {
  const { t } = desk.words;
  const changes = changesOf(desk, act);
  return html`<li>
    <p><time class="hint" datetime=${act.at}>${hour(desk.lang, act.at)}</time>
      <strong>${title(desk, act)}</strong> <span class="hint">${t('past.by', { nom: actorOf(desk, act.actor, act.actorName) })}</span></p>
    ${changes.length === 0 ? nothing : html`<dl>${changes.map((one) => change(desk, one))}</dl>`}
  </li>`;
}

const change = ({ words: { t } }: Desk, [label, before, after]: Change) =>
  html`<div><dt>${label}</dt><dd>${
    before === null
      ? after
      : html`<s>${before}</s> <span aria-hidden="true">→</span><span class="sr">${t('past.becomes')}</span> ${after}`
  }</dd></div>`;

const text = (facts: unknown, name: string) => String((facts as Facts | null)?.[name] ?? '');
const has = (facts: unknown, name: string) => (facts as Facts | null)?.[name] != null;

/** What was done, in a few words. */
function title({ lang, words: { t } }: Desk, { about, act, after }: Act): unknown {
  const numero = about ?? '–';
  const courriel = numero;
  const cents = (facts: unknown, name: string) => money(lang, Number(text(facts, name)));
  const said: Readonly<Record<string, () => unknown>> = {
    'payment-recorded': () => t('past.recorded', { montant: cents(after, 'cents'), numero }),
    'recorded-payment-reversed': () => t('past.back', { montant: cents(after, 'cents'), numero }),
    'refund-asked': () => t('past.refund', { montant: cents(after, 'refundCents'), numero }),
    'payment-released': () => t('past.released', { numero }),
    'holder-changed': () => t('past.changed'),
    'manual-invoice-made': () => t('past.manual', { numero: text(after, 'number') }),
    'invoice-cancelled': () => t('past.cancelled', { numero }),
    'credit-note-made': () => t('past.noted', { numero, note: text(after, 'number') }),
    'credit-applied': () =>
      t('past.applied', { montant: cents(after, 'cents'), numero, autre: text(after, 'toNumber') }),
    'plan-made': () => t('past.planned', { numero }),
    'plan-ended': () => t('past.planEnded', { numero }),
    'credit-transfer-undone': () =>
      t('past.creditUndone', { montant: cents(after, 'cents'), numero, autre: text(after, 'toNumber') }),
    'exception-closed': () => t('past.exception'),
    'message-retried': () => t('past.retried', { courriel }),
    'link-approved': () => t('past.approved', { courriel }),
    'link-refused': () => t('past.refused', { courriel }),
    'link-undone': () => t('past.undone', { courriel }),
  };
  return said[act]?.() ?? html`${t('past.other')} <code>${kept(act)}</code>`;
}

/** What the act changed, in the file's own words. */
function changesOf(desk: Desk, { act, after, before }: Act): readonly Change[] {
  const { lang, words } = desk;
  const { t } = words;
  const cents = (facts: unknown, name: string) => kept(money(lang, Number(text(facts, name))));
  const on = (name: string) => day(lang, text(after, name));
  switch (act) {
    case 'payment-recorded': {
      const doubts = ((after as Facts).evenSo ?? []) as string[];
      const method = METHODS[text(after, 'method') as keyof typeof METHODS];
      return [
        ...(method === undefined ? [] : [[t('past.method'), null, t(method)] as const]),
        [t('past.receivedOn'), null, on('receivedOn')],
        ...doubts.map((doubt) => [t('past.evenSo'), null, t(DOUBTS[doubt] ?? 'past.more')] as const),
      ];
    }
    case 'recorded-payment-reversed':
      return [
        ...(has(after, 'returnedOn') ? [[t('past.returnedOn'), null, on('returnedOn')] as const] : []),
        ...(has(after, 'feeInvoice')
          ? [[t('past.feeInvoice'), null, kept(text(after, 'feeInvoice'))] as const]
          : []),
      ];
    case 'refund-asked':
      return [[t('past.left'), cents(before, 'leftCents'), cents(after, 'leftCents')]];
    case 'invoice-cancelled':
    case 'credit-note-made':
    case 'credit-applied':
    case 'credit-transfer-undone':
      return [[t('invoices.balance'), cents(before, 'balanceCents'), cents(after, 'balanceCents')]];
    case 'payment-released':
      return [[t('past.state'), stateOf(desk, before), stateOf(desk, after)]];
    case 'message-retried':
      return [[t('past.state'), t('mails.parked'), t('mails.waiting')]];
    case 'manual-invoice-made':
      return [
        [t('past.invoice'), t('past.nothing'), kept(text(after, 'number'))],
        [t('past.total'), null, cents(after, 'totalCents')],
        ...((after as Facts).noAdminFee === true
          ? [[t('past.waived'), null, t('past.notCharged')] as const]
          : []),
      ];
    case 'holder-changed':
      return edited(desk, before as Facts, after as Facts);
    default:
      return [];
  }
}

const DOUBTS: Readonly<Record<string, Key>> = {
  'possible-duplicate': 'past.alike',
  'more-than-balance': 'past.more',
};

const stateOf = ({ words: { t } }: Desk, facts: unknown) => t(STATES[text(facts, 'state') as State][0]);

/** The values while they are kept; afterwards, which fields they were. */
function edited(desk: Desk, before: Facts, after: Facts): readonly Change[] {
  const changed = (after.changed ?? []) as string[];
  return FIELDS.filter(({ name }) => changed.includes(name)).map(({ name, label }) => [
    desk.words.t(label),
    name in before ? shownValue(desk, name, before[name]) : null,
    name in after ? shownValue(desk, name, after[name]) : '…',
  ]);
}
