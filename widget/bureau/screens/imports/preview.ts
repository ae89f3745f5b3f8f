// Step 3: what importing would do, row by row, and what she must say before it is done.
import { html, nothing } from 'lit';
import { field } from '../../../controls/field.ts';
import { submit } from '../../../controls/parts.ts';
import { money } from '../../../locales/format.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import { counted, type Key, kept } from '../../words.ts';
import { type Choices, FileRows, plainPress } from './rows.ts';
import type { ImportFile, Summary } from './shared.ts';

interface How {
  acceptValid?: boolean;
  evenSo?: ('pattern' | 'name' | 'more-than-balance')[];
  choices?: { holderId: string; field: never; take: 'file' | 'page' }[];
  lang: 'fr' | 'en';
}
interface Acts {
  /** Looks once more, with what she lets through and chose. */
  again(how: How): Promise<void>;
  commit(how: How & { rows?: number }): Promise<void>;
  columns(): void;
  download(file: ImportFile): void;
}
const CAUSES = [
  ['pattern', 'imports.pattern'],
  ['name', 'imports.name'],
  ['more-than-balance', 'imports.moreThanBalance'],
] as const;

export class Preview {
  readonly #desk: Desk;
  readonly #acts: Acts;
  readonly #rows: FileRows;
  readonly #form: Form<string>;
  readonly #choices: Choices = new Map();

  constructor(desk: Desk, id: string, acts: Acts) {
    this.#desk = desk;
    this.#acts = acts;
    this.#rows = new FileRows(desk, id);
    this.#form = new Form(desk, 'commit');
  }

  render(file: ImportFile): unknown {
    const { summary } = file;
    if (summary === null) return nothing;
    const { t } = this.#desk.words;
    if (summary.fileRefused !== null)
      return html`<div class="notice error"><p><strong>${t('imports.unreadable')}</strong></p><p>${summary.fileRefused}</p></div>
        <p class="actions">${plainPress(this.#desk, 'imports.backToColumns', 'primary', () => this.#acts.columns())}</p>`;
    return html`${this.#numbers(summary)} ${this.#said(summary, true)} ${this.#confirm(file, summary)}`;
  }

  /** What it came to, once it is imported. */
  outcome({ summary }: ImportFile): unknown {
    return summary === null ? nothing : html`${this.#numbers(summary)} ${this.#said(summary, false)}`;
  }

  #said(summary: Summary, choosing: boolean): unknown {
    const numbers = {
      refused: summary.refused,
      choice: summary.fieldConflicts,
      conflict: summary.conflicts,
      changed: summary.changed,
      warning: summary.warnings.length,
    };
    return this.#rows.render(numbers, choosing ? this.#choices : null);
  }

  #numbers(summary: Summary): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { added, changed, unchanged, repeated, refused, totalCents, balanceCents, expectedSeconds } =
      summary;
    const row = (key: Key, value: unknown) =>
      html`<tr><th scope="row">${t(key)}</th><td class="amount">${typeof value === 'number' ? counted(lang, value) : value}</td></tr>`;
    return html`<table id="summary">
      <caption class="sr">${t('imports.step3')}</caption>
      <tbody>
        ${row('imports.added', added)} ${row('imports.changed', changed)} ${row('imports.unchanged', unchanged)}
        ${repeated > 0 ? row('imports.repeated', repeated) : nothing} ${row('imports.refused', refused)}
        ${row('imports.total', kept(money(lang, totalCents)))} ${row('imports.balance', kept(money(lang, balanceCents)))}
        ${expectedSeconds === null ? nothing : row('imports.seconds', t('imports.secondsValue', { n: expectedSeconds }))}
      </tbody></table>`;
  }

  #confirm(file: ImportFile, summary: Summary): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { added, changed, refused, doubtful, known, fieldConflicts } = summary;
    const form = this.#form;
    const nothingToDo = added + changed === 0 && fieldConflicts === 0;
    return html`<form novalidate @submit=${(event: SubmitEvent) => void this.#commit(event, summary)}>
      ${form.notice()}
      ${
        refused === 0
          ? nothing
          : html`<p>${plainPress(this.#desk, 'imports.download', 'link', () => this.#acts.download(file))}</p>
            <fieldset><legend>${t('imports.evenSo')}</legend>${CAUSES.map(
              ([cause, key]) =>
                html`<label class="check"><input type="checkbox" name="even-so" value=${cause} /><span>${t(key)}</span></label>`,
            )}</fieldset>
            <p><label class="check"><input type="checkbox" name="accept" /><span>${t('imports.acceptValid')}</span></label></p>`
      }
      ${
        doubtful
          ? html`<div class="notice"><p>${t('imports.doubtful', { n: known.changed, total: known.invoices })} ${
              known.changedByCents === 0
                ? t('imports.sameAmounts')
                : t('imports.otherAmounts', { montant: money(lang, known.changedByCents) })
            } ${t('imports.rightOne')}</p></div>
            ${field(form, 'import-rows', { label: 'imports.typed', autocomplete: 'off', inputmode: 'numeric' })}`
          : nothing
      }
      ${nothingToDo ? html`<p>${t('imports.empty')}</p>` : nothing}
      <p class="actions">
        ${nothingToDo && refused === 0 ? nothing : submit(form, 'imports.commit')}
        <button class="secondary" type="button" @click=${(event: Event) => void this.#again(event)}>${t('imports.checkAgain')}</button>
        ${plainPress(this.#desk, 'imports.backToColumns', 'link', () => this.#acts.columns())}
      </p>
    </form>`;
  }

  #how(form: HTMLFormElement): How {
    const data = new FormData(form);
    const choices = [...this.#choices].map(([key, take]) => {
      const [holderId = '', name] = key.split('|');
      return { holderId, field: name as never, take };
    });
    return {
      acceptValid: data.has('accept'),
      evenSo: data.getAll('even-so') as NonNullable<How['evenSo']>,
      choices,
      lang: this.#desk.lang === 'fr-CA' ? 'fr' : 'en',
    };
  }

  async #again(event: Event): Promise<void> {
    const form = (event.currentTarget as HTMLElement).closest('form');
    if (form !== null) await this.#form.run(() => this.#acts.again(this.#how(form)));
  }

  async #commit(event: SubmitEvent, summary: Summary): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const how = this.#how(form);
    const typed = String(new FormData(form).get('import-rows') ?? '').replace(/\s/g, '');
    if (summary.doubtful && typed !== String(summary.rows)) {
      this.#form.refuses({ 'import-rows': 'imports.typedWrong' });
      return;
    }
    if (summary.refused > 0 && how.acceptValid !== true && how.evenSo?.length === 0) {
      this.#form.tells('imports.stillRefused');
      return;
    }
    await this.#form.run(() =>
      this.#acts.commit({ ...how, ...(summary.doubtful ? { rows: summary.rows } : {}) }),
    );
  }
}
