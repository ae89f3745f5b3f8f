// « À traiter »: everything that waits for a person, oldest first, with the act that ends it.
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field } from '../../controls/field.ts';
import { press } from '../../controls/parts.ts';
import { dateTime } from '../../locales/format.ts';
import { type Act, ActDialog } from '../acts/act.ts';
import { undoCredit } from '../acts/invoice.ts';
import { ManualInvoice } from '../acts/manual-invoice.ts';
import { takeBack } from '../acts/money.ts';
import type { Desk, Screen } from '../desk.ts';
import { download } from '../download.ts';
import { Fetched } from '../fetched.ts';
import { words as creditWords } from '../locales/holder/credits.ts';
import { words as manualWords } from '../locales/holder/manual-invoice.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as moneyWords } from '../locales/money.ts';
import { words as workWords } from '../locales/work.ts';
import type { Files } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { sum } from '../pulse.ts';
import { type Key, kept } from '../words.ts';

export const words = { ...creditWords, ...workWords, ...manualWords, ...methodWords, ...moneyWords };

type Worklist = Answer<'$get', '/worklist', Files>;
type Item = Worklist['items'][number];

const KINDS: Readonly<Record<Item['kind'], [Key, string]>> = {
  exception: ['work.exception', 'bad'],
  unconfirmed: ['work.unconfirmed', 'due'],
  'link-request': ['work.link', ''],
  endorsement: ['work.endorsement', 'due'],
  message: ['work.message', 'bad'],
  'import-conflict': ['work.conflict', 'due'],
  credit: ['work.credit', ''],
  'cancelled-owed': ['work.cancelledOwed', 'bad'],
  'possible-duplicate': ['work.duplicate', 'due'],
};

export const open = (desk: Desk): Screen => new WorkScreen(desk);

class WorkScreen implements Screen {
  readonly #desk: Desk;
  readonly #list: Fetched<Worklist>;
  readonly #manual: ManualInvoice;
  readonly #act: ActDialog;
  /** What an act came to. */
  #told: unknown = nothing;
  /** How many times a hundred she looks at. */
  #pages = 1;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#list = new Fetched(desk, () => this.#pagesOf());
    this.#manual = new ManualInvoice(desk, (told) => void this.#tell(told));
    this.#act = new ActDialog(desk, (told) => void this.#tell(told));
  }

  title(): string {
    return this.#desk.words.plain('work.title');
  }

  unsaved(): boolean {
    return this.#manual.unsaved || this.#act.unsaved;
  }

  render(): unknown {
    return html`<h1 id="title" tabindex="-1">${this.#desk.words.t('work.title')}</h1>
      <div id="told" tabindex="-1">${this.#told}</div>
      ${this.#list.show((found) => this.#draw(found))} ${this.#manual.render()} ${this.#act.render()}`;
  }

  async #pagesOf(): Promise<Worklist> {
    const { files, pulse } = this.#desk;
    let all = await files('$get', '/worklist', {});
    for (let page = 1; page < this.#pages && all.next !== undefined; page += 1) {
      const more = await files('$get', '/worklist', { query: { after: all.next } });
      all = { ...more, items: [...all.items, ...more.items] };
    }
    pulse.report(all.counts);
    return all;
  }

  readonly #more = async () => {
    const before = this.#list.value?.items.length ?? 0;
    this.#pages += 1;
    await this.#list.load();
    this.#desk.focus(`.work li:nth-child(${before + 1})`);
  };

  #draw({ items, counts, next }: Worklist): unknown {
    const { pulse, words } = this.#desk;
    const { t } = words;
    const say = { ...words, busy: false };
    // The focus stays with its item. The list does not change under her hand: what she is about to press would be another's.
    const news =
      pulse.waiting === sum(counts)
        ? nothing
        : html`<p class="hint">${t('work.news')}
      ${press(say, 'work.refresh', 'link', () => void this.#list.load())}</p>`;
    if (items.length === 0) return html`${news}<p>${t('work.none')}</p>`;
    return html`${news}<p class="actions noprint">
        ${press(say, 'work.csv', 'secondary', () => void this.#export('csv'))}
        ${press(say, 'work.xlsx', 'secondary', () => void this.#export('xlsx'))}
        ${press(say, 'work.print', 'secondary', () => void this.#print())}
      </p>
      <ul class="work">${repeat(
        items,
        ({ id }) => id,
        (item) => this.#item(item),
      )}</ul>
      ${
        next === undefined
          ? nothing
          : html`<p class="actions">${press(say, 'work.more', 'secondary', () => void this.#more())}
              <span class="hint">${t('work.shown', { n: items.length, total: sum(counts) })}</span></p>`
      }`;
  }

  #item(item: Item): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { assignedTo, holderId, holderName, kind, sentence, since } = item;
    const [name, look] = KINDS[kind];
    return html`<li tabindex="-1">
      <p class="head"><span class="badge ${look}">${t(name)}</span>
        ${holderId === null ? nothing : html`<a href="#dossier/${holderId}">${kept(holderName ?? '')}</a>`}
        <time class="hint" datetime=${since} title=${dateTime(lang, since)}>${age(lang, since) ?? t('work.now')}</time></p>
      ${said(sentence[lang], t('work.whole'))}
      <p class="acts">${this.#acts(item)}
        ${
          !this.#desk.may('record')
            ? nothing
            : assignedTo === null
              ? this.#button('work.mine', item, () => void this.#assign(item, false))
              : this.#button('work.release', item, () => void this.#assign(item, true))
        }
        ${assignedTo === null ? nothing : html`<span class="hint">${t('work.taken', { nom: assignedTo.name })}</span>`}</p>
    </li>`;
  }

  #button(key: Key, item: Item, pressed: () => void): unknown {
    const { plain, t } = this.#desk.words;
    const name = item.holderName === null ? plain(key) : `${plain(key)} – ${item.holderName}`;
    return html`<button class="link" type="button" aria-label=${name} @click=${pressed}>${t(key)}</button>`;
  }

  /** What ends it, where she may. */
  #acts(item: Item): unknown {
    const { facts, id, kind } = item;
    const may = (permission: 'record' | 'links' | 'invoice') => this.#desk.may(permission);
    const button = (key: Key, pressed: () => void) => this.#button(key, item, pressed);
    const row = id.slice(id.indexOf('.') + 1);
    if (kind === 'exception' && may('record'))
      return button('work.close', () => this.#act.open(this.#closing(row)));
    if (kind === 'link-request' && may('links'))
      return html`${button('work.approve', () => void this.#decide(row, 'approve'))}
        ${button('work.refuse', () => void this.#decide(row, 'refuse'))}`;
    if (kind === 'message' && may('record'))
      return button(
        'work.retry',
        () =>
          void this.#ask('work.retry', 'work.retryText', 'work.retried', () =>
            this.#desk.files('$post', '/messages/:id/retry', { id: String(facts.messageId) }),
          ),
      );
    if (kind === 'endorsement' && may('invoice'))
      return button('work.manual', () =>
        this.#manual.open({
          id: String(facts.endorsementId),
          effectiveOn: String(facts.effectiveOn),
          description: '',
          amountCents: Number(facts.amountCents),
        }),
      );
    if (kind === 'possible-duplicate' && may('record'))
      return html`${button('work.back', () => this.#act.open(takeBack(this.#desk, recordedOf(item))))}
        ${button('work.another', () => void this.#settle(id, 'work.another'))}`;
    if (kind === 'cancelled-owed' && may('invoice'))
      return button('undo.open', () =>
        this.#act.open(
          undoCredit(this.#desk, { id: String(facts.invoiceId), number: String(facts.invoiceNumber) }),
        ),
      );
    const byHand = kind === 'credit' || kind === 'import-conflict';
    return byHand && may('record')
      ? button('work.close', () => void this.#settle(id, 'work.close'))
      : nothing;
  }

  #closing(id: string): Act {
    const desk = this.#desk;
    const { t } = desk.words;
    return {
      title: t('work.close'),
      intro: html`<p>${t('work.closeText')}</p>`,
      yes: 'work.close',
      boxes: (form) => field(form, 'act-reason', { label: 'work.note', autocomplete: 'off' }),
      wrong: (typed) => (typed('act-reason') === '' ? { 'act-reason': 'field.required' } : {}),
      pointers: { '/note': ['act-reason', 'act.tooLong'] },
      async send(typed) {
        await desk.files('$post', '/exceptions/:id/close', { id, json: { note: typed('act-reason') } });
        return t('work.closed');
      },
    };
  }

  async #settle(id: string, yes: Key): Promise<void> {
    const { files } = this.#desk;
    await this.#ask(yes, 'work.settleText', 'work.closed', () =>
      files('$post', '/worklist/:id/settle', { id }),
    );
  }

  async #decide(id: string, decision: 'approve' | 'refuse'): Promise<void> {
    const { files } = this.#desk;
    if (decision === 'approve')
      await this.#ask('work.approve', 'work.approveText', 'work.approved', () =>
        files('$post', '/links/:id/approve', { id }),
      );
    else
      await this.#ask('work.refuse', 'work.refuseText', 'work.refused', () =>
        files('$post', '/links/:id/refuse', { id }),
      );
  }

  /** Asks, does it, tells what became of it. */
  async #ask(yes: Key, text: Key, done: Key, act: () => Promise<unknown>): Promise<void> {
    const { t } = this.#desk.words;
    if (!(await this.#desk.ask({ title: t(yes), body: html`<p>${t(text)}</p>`, yes }))) return;
    await this.#does(act, done);
  }

  async #assign({ id }: Item, nobody: boolean): Promise<void> {
    const { files } = this.#desk;
    await this.#does(
      () => files('$post', '/worklist/:id/assign', { id, json: nobody ? { to: null } : {} }),
      null,
    );
  }

  async #export(format: 'csv' | 'xlsx'): Promise<void> {
    const desk = this.#desk;
    const lang = desk.lang.slice(0, 2);
    const name = `${desk.words.plain('work.file')}.${format}`;
    await this.#does(() => download(desk, `/worklist.${format}?lang=${lang}`, name), 'work.exported');
  }

  /** All of it, and not only the hundreds that she looks at. */
  async #print(): Promise<void> {
    if (this.#list.value?.next !== undefined) {
      this.#pages = Number.POSITIVE_INFINITY;
      await this.#list.load();
    }
    // Once it is drawn.
    requestAnimationFrame(() => print());
  }

  async #does(act: () => Promise<unknown>, done: Key | null): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#told = html`<div class="notice error">${problemText(this.#desk, error)}</div>`;
      this.#desk.redraw();
      this.#shown('#told');
      return;
    }
    if (done === null) {
      this.#told = nothing;
      await this.#list.load();
    } else await this.#tell(this.#desk.words.t(done));
  }

  /** Says what an act came to, above the list as it is by then. Null: it is not known, and the list tells. */
  async #tell(told: unknown): Promise<void> {
    await this.#list.load();
    this.#told = told === null ? nothing : html`<div class="notice success"><p>${told}</p></div>`;
    this.#desk.redraw();
    this.#shown(told === null ? '#title' : '#told');
  }

  #shown(place: string): void {
    this.#desk.focus(place);
    this.#desk.find(place)?.scrollIntoView({ block: 'center' });
  }
}

/** What is to be done; a long text is opened by whoever needs it. */
function said(text: string, whole: unknown): unknown {
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  return html`<p>${first}</p>
    ${
      rest.length === 0
        ? nothing
        : html`<details><summary>${whole}</summary>${rest.map((line) => html`<p>${line}</p>`)}</details>`
    }`;
}

/** « il y a 3 jours »; null: less than a minute ago. */
function age(lang: string, since: string): string | null {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 60_000));
  if (minutes === 0) return null;
  const format = new Intl.RelativeTimeFormat(lang);
  if (minutes < 60) return format.format(-minutes, 'minute');
  return minutes < 1_440
    ? format.format(-Math.floor(minutes / 60), 'hour')
    : format.format(-Math.floor(minutes / 1_440), 'day');
}

function recordedOf({ facts }: Item) {
  return {
    id: String(facts.recordedPaymentId),
    invoiceNumber: String(facts.invoiceNumber),
    amountCents: Number(facts.amountCents),
    receivedOn: String(facts.receivedOn),
  };
}
