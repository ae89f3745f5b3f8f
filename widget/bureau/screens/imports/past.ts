// What was imported, and « Annuler cet import »: previewed, then done.
import { html, nothing } from 'lit';
import { CallProblem } from '../../../client/problem.ts';
import { submit } from '../../../controls/parts.ts';
import { dateTime, money } from '../../../locales/format.ts';
import { actorOf } from '../../actor.ts';
import { closeDialog, dialog } from '../../controls/dialog.ts';
import { moment } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import { Form } from '../../form.ts';
import { problemText } from '../../problem-text.ts';
import { counted, kept } from '../../words.ts';
import { plainPress } from './rows.ts';
import { fileNameOf, PATIENCE_MS, type Past, type UndoReport } from './shared.ts';

interface Page {
  imports: Past[];
  next?: string | undefined;
}

export class PastImports {
  readonly #desk: Desk;
  readonly #tell: (told: unknown) => void;
  readonly #list: Fetched<Page>;
  #pages = 1;
  #undoing: { past: Past; report: UndoReport | null } | null = null;
  #form: Form<string>;

  /** `tell` says what became of an undo. */
  constructor(desk: Desk, tell: (told: unknown) => void) {
    this.#desk = desk;
    this.#tell = tell;
    this.#form = new Form(desk, 'undo');
    this.#list = new Fetched(desk, () => this.#pagesOf());
  }

  /** Reads it anew: one more was imported. */
  load(): Promise<void> {
    return this.#list.load();
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<section><h2>${t('imports.past')}</h2>
      ${this.#list.show(({ imports, next }) =>
        imports.length === 0
          ? html`<p>${t('imports.pastNone')}</p>`
          : html`${this.#table(imports)}
              ${next === undefined ? nothing : html`<p class="actions">${plainPress(this.#desk, 'imports.more', 'secondary', this.#more)}</p>`}`,
      )}</section>
      ${this.#undoing === null ? nothing : this.#dialog(this.#undoing)}`;
  }

  readonly #more = () => {
    this.#pages += 1;
    void this.#list.load();
  };

  async #pagesOf(): Promise<Page> {
    let all: Page = await this.#desk.files('$get', '/imports', { query: { limit: '50' } });
    for (let page = 1; page < this.#pages && all.next !== undefined; page += 1) {
      const more = await this.#desk.files('$get', '/imports', { query: { limit: '50', after: all.next } });
      all = { imports: [...all.imports, ...more.imports], next: more.next };
    }
    return all;
  }

  #table(imports: readonly Past[]): unknown {
    const { plain, t } = this.#desk.words;
    return html`<table class="list">
      <caption class="sr">${t('imports.past')}</caption>
      <thead><tr>
        <th scope="col">${t('imports.file')}</th><th scope="col">${t('imports.when')}</th><th scope="col">${t('imports.who')}</th>
        <th scope="col" class="amount">${t('imports.counts')}</th><th scope="col">${t('imports.acts')}</th>
      </tr></thead>
      <tbody>${imports.map((past) => this.#row(past, plain))}</tbody>
    </table>`;
  }

  #row(past: Past, plain: Desk['words']['plain']): unknown {
    const { lang, words } = this.#desk;
    const { fileName, at, byName, by, accepted, rows, undoable, undoneAt } = past;
    return html`<tr>
      <th scope="row">${fileNameOf(fileName)}</th>
      <td data-label=${plain('imports.when')}><time datetime=${at} title=${dateTime(lang, at)}>${moment(lang, at)}</time></td>
      <td data-label=${plain('imports.who')}>${by === null ? '–' : actorOf(this.#desk, by, byName)}</td>
      <td class="amount" data-label=${plain('imports.counts')}>${counted(lang, accepted)} / ${counted(lang, rows)}</td>
      <td class="acts">${
        undoneAt !== null
          ? words.t('imports.undone', { age: moment(lang, undoneAt) })
          : undoable && this.#desk.may('undo')
            ? html`<button class="link" type="button" aria-label=${plain('imports.undoOf', { nom: fileName })}
                @click=${() => void this.#open(past)}>${words.t('imports.undo')}</button>`
            : nothing
      }</td>
    </tr>`;
  }

  async #open(past: Past): Promise<void> {
    this.#form = new Form(this.#desk, 'undo');
    this.#undoing = { past, report: null };
    this.#desk.redraw();
    await this.#form.run(async () => {
      const report = await this.#desk.files('$post', '/imports/:id/undo/preview', {
        id: past.id,
        json: { lang: this.#french },
        timeLimit: PATIENCE_MS,
      });
      if (this.#undoing?.past === past) this.#undoing = { past, report };
    });
  }

  get #french(): 'fr' | 'en' {
    return this.#desk.lang === 'fr-CA' ? 'fr' : 'en';
  }

  #dialog({ past, report }: { past: Past; report: UndoReport | null }): unknown {
    const { t } = this.#desk.words;
    return dialog({
      id: 'undo',
      title: t('imports.undoOf', { nom: fileNameOf(past.fileName) }),
      closed: () => {
        this.#undoing = null;
        this.#desk.redraw();
      },
      body: html`<p>${t('imports.undoText')}</p>${this.#form.notice()}
        ${report === null ? html`<p class="waiting" role="status">${t('shell.loading')}</p>` : this.#report(report)}
        <form novalidate @submit=${(event: SubmitEvent) => void this.#undo(event, past, report)}>
          <p class="actions">${report === null ? nothing : submit(this.#form, 'imports.undo')}
            <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
        </form>`,
    });
  }

  #report({ reversed, kept: stays, keptRows, balanceCents }: UndoReport): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const targets = ['invoices', 'certificates', 'holders', 'endorsements'] as const;
    return html`<table>
        <caption class="sr">${t('imports.undo')}</caption>
        <thead><tr><td></td><th scope="col" class="amount">${t('imports.reversed')}</th><th scope="col" class="amount">${t('imports.kept')}</th></tr></thead>
        <tbody>${targets.map(
          (target) => html`<tr><th scope="row">${t(`imports.${target}`)}</th>
            <td class="amount">${counted(lang, reversed[target])}</td><td class="amount">${counted(lang, stays[target])}</td></tr>`,
        )}</tbody>
      </table>
      <p>${t('imports.owed')} <span class="amount">${kept(money(lang, balanceCents))}</span></p>
      ${keptRows.length === 0 ? nothing : html`<ul>${keptRows.slice(0, 100).map(({ message }) => html`<li>${message}</li>`)}</ul>`}`;
  }

  async #undo(event: SubmitEvent, past: Past, report: UndoReport | null): Promise<void> {
    event.preventDefault();
    if (report === null) return;
    const form = event.currentTarget as HTMLFormElement;
    await this.#form.run(async () => {
      const { refused } = await this.#desk.files('$post', '/imports/:id/undo', {
        id: past.id,
        json: { lang: this.#french },
        timeLimit: PATIENCE_MS,
      });
      form.closest('dialog')?.close();
      this.#tell(
        refused === null
          ? html`<div class="notice success"><p>${this.#desk.words.t('imports.undoDone')}</p></div>`
          : html`<div class="notice error"><p>${refused}</p></div>`,
      );
      await this.#list.load();
    });
  }
}

/** What a call's failure is told as. */
export function told(desk: Desk, error: unknown): unknown {
  if (!(error instanceof CallProblem)) throw error;
  const { reason } = error.extra;
  return html`<div class="notice error">${
    typeof reason === 'string' ? html`<p>${reason}</p>` : problemText(desk, error)
  }</div>`;
}
