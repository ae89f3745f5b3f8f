// Of a deposit: rows of a spreadsheet, pasted. Each is resolved as a typed cheque is, all are shown before anything is written,
// and what is doubtful is written only where she says so.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { money } from '../../../locales/format.ts';
import { centsOf, recordDoubt } from '../../acts/money.ts';
import type { Desk } from '../../desk.ts';
import type { Files, Found, Holder } from '../../office.ts';
import { problemText } from '../../problem-text.ts';
import { type Key, kept } from '../../words.ts';
import { type Cells, cellsOf } from './cells.ts';
import { type Invoice, type Part, partsOf, payableOf } from './parts.ts';

type InFull = Answer<'$get', '/deposits/:id', Files>;
type Doubt = 'possible-duplicate' | 'more-than-balance';

interface Row extends Cells {
  cents: number | null;
  found: Found['found'];
  holder: Holder | null;
  invoices: readonly Invoice[];
  /** What stands against it, as the server says it. */
  doubt: { causes: readonly string[]; sentence: unknown } | null;
  evenSo: boolean;
  refused: unknown;
  written: boolean;
  /** The same again goes under the same key, so that a lost answer writes no second cheque. */
  sent: { key: string; parts: readonly Part[] } | null;
}

/** So many are looked for and shown at a time. */
const MOST = 200;

export class Pasted {
  readonly #desk: Desk;
  readonly #id: string;
  /** Called with the deposit after each cheque. */
  readonly #written: (now: InFull) => void;
  #rows: Row[] = [];
  /** Of this list, what is written down. */
  #done: readonly Row[] = [];
  /** What was pasted and is not shown yet. */
  #rest: Cells[] = [];
  readonly #owed = new Map<Row, readonly Invoice[]>();
  #busy = false;
  /** She pasted while this list was not finished. */
  #over = false;

  constructor(desk: Desk, id: string, written: (now: InFull) => void) {
    this.#desk = desk;
    this.#id = id;
    this.#written = written;
  }

  get unsaved(): boolean {
    return this.#rows.some(({ written }) => !written);
  }

  /** Takes what was pasted, where it is rows; each is looked for. False: it is one cell, for the box. */
  take(text: string): boolean {
    const cells = cellsOf(text);
    if (cells === null) return false;
    this.#desk.focus('#pasted');
    // A list may hold a cheque whose answer was lost: without its key it could be written twice.
    this.#over = this.#rows.length > 0;
    if (!this.#over) [this.#rest, this.#done] = [cells, []];
    this.#desk.redraw();
    if (!this.#over) void this.#fill();
    return true;
  }

  /** She typed a cheque of this person beside the list: what is left of it is read against what she owes now. */
  async typed(holderId: string): Promise<void> {
    await this.#anew(new Set([holderId]));
    this.#desk.redraw();
  }

  render(): unknown {
    if (this.#rows.length === 0) return nothing;
    this.#reckon();
    const { t } = this.#desk.words;
    const ready = this.#rows.filter((row) => this.#ready(row)).length;
    return html`<section class="noprint" aria-labelledby="pasted">
      <h2 id="pasted" tabindex="-1">${t('paste.title')}</h2>
      ${this.#over ? html`<div class="notice" role="alert"><p>${t('paste.over')}</p></div>` : nothing}
      <p>${t('paste.text')}</p>
      ${this.#rest.length === 0 ? nothing : html`<p>${t('paste.rest', { n: this.#rest.length })}</p>`}
      <table class="list">
        <caption class="sr">${t('paste.title')}</caption>
        <thead><tr><th scope="col">${t('paste.typed')}</th><th scope="col">${t('deposit.payer')}</th>
          <th scope="col" class="amount">${t('payments.amount')}</th><th scope="col">${t('deposit.number')}</th>
          <th scope="col">${t('payments.state')}</th><th scope="col">${t('deposit.acts')}</th></tr></thead>
        <tbody>${this.#rows.map((row, n) => this.#row(row, n))}</tbody>
      </table>
      <p class="actions"><button class="primary" type="button" id="paste-yes" ?disabled=${this.#busy || ready === 0}
          @click=${this.#send}>${t('paste.yes', { n: ready })}</button>
        <button class="link" type="button" id="paste-close" ?disabled=${this.#busy || this.#rows.some(unanswered)}
          @click=${this.#close}>${t('paste.close')}</button></p>
    </section>`;
  }

  #row(row: Row, n: number): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { cents, payer, amount, number, written } = row;
    return html`<tr>
      <th scope="row">${kept(payer || '–')}</th>
      <td data-label=${t('deposit.payer')}>${this.#whose(row, n)}</td>
      <td class="amount" data-label=${t('payments.amount')}>${kept(cents === null ? amount || '–' : money(lang, cents))}</td>
      <td data-label=${t('deposit.number')}>${kept(number || '–')}</td>
      <td data-label=${t('payments.state')}><span>${this.#state(row)}${this.#doubts(row, n)}</span></td>
      <td class="acts">${
        written || this.#busy || row.sent !== null
          ? nothing
          : html`<button class="link" type="button" aria-label=${words.plain('paste.dropOf', { nom: payer })}
              @click=${() => this.#drop(row)}>${t('paste.drop')}</button>`
      }</td>
    </tr>`;
  }

  #whose(row: Row, n: number): unknown {
    const { found, holder, payer, written } = row;
    if (found.length < 2 || written || row.sent !== null) return kept(holder === null ? '–' : nameOf(holder));
    const { t, plain } = this.#desk.words;
    return html`<select aria-label=${plain('paste.whoOf', { nom: payer })} id="paste-who-${n}" ?disabled=${this.#busy}
      @change=${(event: Event) => void this.#choose(row, (event.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${holder === null}>${t('entry.who')}</option>${found.map(
        ({ holderId, firstName, lastName, certificateNumbers }) =>
          html`<option value=${holderId} ?selected=${holderId === holder?.id}>${`${lastName}, ${firstName} – ${certificateNumbers[0] ?? ''}`}</option>`,
      )}</select>`;
  }

  #state(row: Row): unknown {
    const { t } = this.#desk.words;
    if (row.refused !== null && row.sent === null) return row.refused;
    const [key, look] = this.#word(row);
    // A sentence does not fit in a badge.
    return SENTENCES.has(key)
      ? html`<span class="badge ${look}">${t('paste.doubt')}</span><p>${t(key)}</p>`
      : html`<span class="badge ${look}">${t(key)}</span>`;
  }

  #word(row: Row): [Key, string] {
    if (row.written) return ['paste.written', 'good'];
    if (row.cents === null) return ['act.amountWrong', 'bad'];
    if (row.sent !== null) return this.#busy ? ['paste.sending', ''] : ['paste.lost', 'due'];
    if (row.found.length > 1 && row.holder === null) return ['entry.who', 'due'];
    if (row.holder === null) return [this.#busy ? 'paste.reading' : 'entry.nobody', this.#busy ? '' : 'bad'];
    if (row.invoices.length === 0) return ['entry.nothing', 'bad'];
    return this.#against(row).length === 0 ? ['paste.ready', ''] : ['paste.doubt', 'due'];
  }

  #doubts(row: Row, n: number): unknown {
    const causes = this.#against(row);
    if (causes.length === 0 || row.written || row.holder === null || row.invoices.length === 0)
      return nothing;
    const { t, plain } = this.#desk.words;
    return html`${row.doubt?.sentence ?? causes.map((one) => html`<p>${t(DOUBTS[one])}</p>`)}
      <label class="check"><input type="checkbox" id="paste-even-${n}" aria-label=${plain('paste.evenSoOf', { nom: row.payer })}
        .checked=${row.evenSo} ?disabled=${this.#busy} @change=${(event: Event) => {
          row.evenSo = (event.target as HTMLInputElement).checked;
          this.#desk.redraw();
        }} /><span>${t('act.evenSo')}</span></label>`;
  }

  /** What stands against it: as the server said, or as the rows above it tell. */
  #against(row: Row): readonly Doubt[] {
    if (row.doubt !== null) return row.doubt.causes as readonly Doubt[];
    const above = [...this.#done, ...this.#rows.slice(0, this.#rows.indexOf(row))];
    const again =
      row.number !== '' && above.some((one) => one.number === row.number && one.cents === row.cents);
    const owed = (this.#owed.get(row) ?? []).reduce(
      (all, { balanceCents }) => all + Math.max(0, balanceCents),
      0,
    );
    return [
      ...(again ? ['possible-duplicate' as const] : []),
      ...((row.cents ?? 0) > owed ? ['more-than-balance' as const] : []),
    ];
  }

  /** Of each row its invoices, less what the rows above it pay: in one pass, since each pays of what the last one left. */
  #reckon(): void {
    const paid = new Map<string, number>();
    this.#owed.clear();
    for (const row of this.#rows) {
      const owed = row.invoices.map((one) => ({
        ...one,
        balanceCents: one.balanceCents - (paid.get(one.number) ?? 0),
      }));
      this.#owed.set(row, owed);
      for (const { invoiceNumber, amountCents } of row.sent?.parts ?? partsOf(owed, row.cents ?? 0))
        paid.set(invoiceNumber, (paid.get(invoiceNumber) ?? 0) + amountCents);
    }
  }

  #ready(row: Row): boolean {
    const sure = this.#against(row).length === 0 || row.evenSo;
    return !row.written && row.cents !== null && row.invoices.length > 0 && sure;
  }

  /** Takes as many of those that wait as there is room for, and looks for each. */
  async #fill(): Promise<void> {
    const rows = this.#rest.splice(0, MOST - this.#rows.length).map(
      (one): Row => ({
        ...{ ...one, cents: centsOf(one.amount), found: [], holder: null, invoices: [], doubt: null },
        ...{ evenSo: false, refused: null, written: false, sent: null },
      }),
    );
    this.#rows = [...this.#rows, ...rows];
    this.#busy = true;
    this.#desk.redraw();
    for (const row of rows) {
      if (row.payer === '') continue;
      await this.#told(row, async () => {
        const { found } = await this.#desk.files('$post', '/search', { json: { text: row.payer } });
        row.found = found;
        const [only] = found;
        if (found.length === 1 && only !== undefined) await this.#bearer(row, only.holderId);
      });
      this.#desk.redraw();
    }
    this.#busy = false;
    this.#desk.redraw();
  }

  /** Reads anew what these people owe, for the rows that are left. */
  async #anew(paid: ReadonlySet<string>): Promise<void> {
    for (const row of this.#rows) {
      const { holder, refused } = row;
      if (holder === null || row.sent !== null || !paid.has(holder.id)) continue;
      await this.#told(row, () => this.#bearer(row, holder.id));
      row.refused ??= refused;
      // What is owed is told from what was just read.
      if (row.doubt?.causes.includes('possible-duplicate') === false) row.doubt = null;
    }
  }

  async #choose(row: Row, holderId: string): Promise<void> {
    Object.assign(row, { holder: null, invoices: [], doubt: null, evenSo: false });
    if (holderId !== '') await this.#told(row, () => this.#bearer(row, holderId));
    this.#desk.redraw();
  }

  async #bearer(row: Row, id: string): Promise<void> {
    const { holder } = await this.#desk.files('$get', '/holders/:id', { id });
    row.holder = holder;
    row.invoices = payableOf(holder, row.payer);
  }

  /** Does it for a row, which says what refused it. */
  async #told(row: Row, work: () => Promise<void>): Promise<void> {
    row.refused = null;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      row.refused = problemText(this.#desk, error);
    }
  }

  readonly #send = async () => {
    if (this.#busy) return;
    this.#busy = true;
    this.#over = false;
    this.#desk.redraw();
    for (const row of this.#rows) {
      this.#reckon();
      if (!this.#ready(row)) continue;
      await this.#told(row, () => this.#one(row));
      this.#desk.redraw();
      // What is lost is asked again before anything else is written.
      if (unanswered(row)) break;
    }
    const done = this.#rows.filter(({ written }) => written);
    this.#desk.announce(this.#desk.words.plain('paste.done', { n: done.length }));
    this.#rows = this.#rows.filter(({ written }) => !written);
    this.#done = [...this.#done, ...done];
    await this.#anew(new Set(done.flatMap(({ holder }) => holder?.id ?? [])));
    await this.#fill();
    this.#desk.focus(this.#rows.length === 0 ? '#entry-payer' : '#pasted');
  };

  async #one(row: Row): Promise<void> {
    row.sent ??= { key: crypto.randomUUID(), parts: partsOf(this.#owed.get(row) ?? [], row.cents ?? 0) };
    const { key, parts } = row.sent;
    const evenSo = row.evenSo ? [...this.#against(row)] : [];
    try {
      const now = await this.#desk.files('$post', '/deposits/:id/cheques', {
        ...{
          id: this.#id,
          json: { invoices: [...parts], reference: row.number, evenSo },
          idempotencyKey: key,
        },
      });
      row.written = true;
      this.#written(now);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (error.kind === 'offline' || error.status >= 500) throw error;
      row.sent = null;
      const doubt = recordDoubt(this.#desk, error);
      if (doubt === null) throw error;
      row.doubt = doubt;
      row.evenSo = false;
    }
  }

  #drop(row: Row): void {
    this.#rows = this.#rows.filter((one) => one !== row);
    void this.#fill();
    this.#desk.focus(this.#rows.length === 0 ? '#entry-payer' : '#pasted');
  }

  readonly #close = () => {
    this.#rows = [];
    this.#rest = [];
    this.#over = false;
    this.#desk.redraw();
    this.#desk.focus('#entry-payer');
  };
}

const DOUBTS: Readonly<Record<Doubt, Key>> = {
  'possible-duplicate': 'paste.twice',
  'more-than-balance': 'paste.more',
};
const SENTENCES: ReadonlySet<Key> = new Set<Key>([
  'act.amountWrong',
  'paste.lost',
  'entry.nobody',
  'entry.nothing',
]);
const unanswered = ({ sent, written }: Row) => sent !== null && !written;
const nameOf = ({ firstName, lastName }: Holder) => `${lastName}, ${firstName}`;
