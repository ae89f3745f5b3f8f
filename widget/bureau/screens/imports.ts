// « Importer »: a file in five steps (file, columns, preview, import, result), and the files that were imported, each to be undone.
import { html, nothing } from 'lit';
import { press, submit } from '../../controls/parts.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { download } from '../download.ts';
import { Form } from '../form.ts';
import { words as actorWords } from '../locales/actors.ts';
import { words as importWords } from '../locales/imports.ts';
import type { Key } from '../words.ts';
import { kept } from '../words.ts';
import { chosenColumns, drawColumns } from './imports/columns.ts';
import { PastImports, told } from './imports/past.ts';
import { Preview } from './imports/preview.ts';
import { plainPress } from './imports/rows.ts';
import { fileNameOf, type ImportFile, PATIENCE_MS } from './imports/shared.ts';

export const words = { ...actorWords, ...importWords };

const POLL_MS = 1_000;
const STEPS = ['imports.step1', 'imports.step2', 'imports.step3', 'imports.step4', 'imports.step5'] as const;
const STAGES: Readonly<Record<'read' | 'check' | 'write', Key>> = {
  read: 'imports.reading',
  check: 'imports.checking',
  write: 'imports.writing',
};

export const open = (desk: Desk, route: Route): Screen => new ImportScreen(desk, route);

class ImportScreen implements Screen {
  readonly #desk: Desk;
  readonly #past: PastImports;
  readonly #form: Form<string>;
  #file: ImportFile | null = null;
  #preview: Preview | null = null;
  /** Her columns again, although it was previewed. */
  #naming = false;
  #stopping = false;
  #told: unknown = nothing;
  #timer = 0;
  #gone = false;

  constructor(desk: Desk, route: Route) {
    this.#desk = desk;
    this.#form = new Form(desk, 'import');
    this.#past = new PastImports(desk, (said) => this.#tell(said));
    const [id] = route.args;
    if (id !== undefined) void this.#open(id);
  }

  title(): string {
    return this.#desk.words.plain('imports.title');
  }

  leave(): void {
    this.#gone = true;
    clearTimeout(this.#timer);
  }

  render(): unknown {
    const { t } = this.#desk.words;
    const file = this.#file;
    return html`<h1 id="title" tabindex="-1">${t('imports.title')}</h1>
      <div id="told" tabindex="-1">${this.#told}</div>
      ${file === null ? this.#choose() : html`${this.#steps(file)}<section>${this.#step(file)}</section>`}
      ${this.#past.render()}`;
  }

  #steps(file: ImportFile): unknown {
    const { plain, t } = this.#desk.words;
    const at = this.#stepOf(file);
    return html`<p>${fileNameOf(file.name)} – ${t('imports.rows', { n: file.rows })}</p>
      <ol class="steps" aria-label=${plain('imports.steps')}>${STEPS.map(
        (key, i) => html`<li aria-current=${i + 1 === at ? 'step' : nothing}>${t(key)}</li>`,
      )}</ol>`;
  }

  #stepOf({ state, sheets }: ImportFile): number {
    if (sheets.length > 0) return 1;
    if (state === 'importing') return 4;
    if (state === 'imported' || state === 'refused' || state === 'stopped') return 5;
    return state === 'previewing' || (state === 'previewed' && !this.#naming) ? 3 : 2;
  }

  #step(file: ImportFile): unknown {
    const { t } = this.#desk.words;
    const step = this.#stepOf(file);
    const title = html`<h2 id="step" tabindex="-1">${t(STEPS[step - 1] ?? 'imports.step1')}</h2>`;
    if (file.stage !== null) return html`${title}${this.#progress(file)}`;
    if (file.sheets.length > 0) return html`${title}${this.#sheets(file)}`;
    if (step === 2) {
      const failed =
        file.state === 'failed'
          ? html`<div class="notice error"><p>${t('imports.failed')}</p></div>`
          : nothing;
      return html`${title}${failed}${drawColumns(this.#desk, this.#form, file, (event) => void this.#check(event, file))}`;
    }
    return html`${title}${step === 3 ? (this.#preview?.render(file) ?? nothing) : this.#result(file)}`;
  }

  #choose(): unknown {
    const { t } = this.#desk.words;
    const { errors } = this.#form.state;
    const wrong = errors['import-file'];
    return html`<section><h2>${t('imports.step1')}</h2>
      <form novalidate @submit=${(event: SubmitEvent) => void this.#upload(event)}>
        ${this.#form.notice()}
        <div class="field">
          <label for="import-file">${t('imports.choose')}</label>
          <p class="hint" id="import-file-hint">${t('imports.chooseHint')}</p>
          ${wrong === undefined ? nothing : html`<p class="error" id="import-file-error"><span aria-hidden="true">!</span><span>${t(wrong)}</span></p>`}
          <input type="file" id="import-file" name="import-file" accept=".csv,.txt,.xlsx"
            aria-describedby="import-file-hint${wrong === undefined ? '' : ' import-file-error'}"
            aria-invalid=${wrong === undefined ? nothing : 'true'} />
        </div>
        <p class="actions">${submit(this.#form, 'imports.read')}</p>
      </form></section>`;
  }

  #sheets(file: ImportFile): unknown {
    const { t } = this.#desk.words;
    return html`<form novalidate @submit=${(event: SubmitEvent) => void this.#chooseSheet(event, file)}>
      ${this.#form.notice()}
      <fieldset><legend>${t('imports.sheet')}</legend>${file.sheets.map(
        (sheet, i) =>
          html`<label class="check"><input type="radio" name="sheet" value=${sheet} ?checked=${i === 0} /><span>${kept(sheet)}</span></label>`,
      )}</fieldset>
      <p class="actions">${submit(this.#form, 'imports.continue')}</p>
    </form>`;
  }

  #progress(file: ImportFile): unknown {
    const { plain, t } = this.#desk.words;
    const { stage, done, rows, state } = file;
    const label = plain(STAGES[stage ?? 'read']);
    return html`<p><label for="import-progress">${label}</label>
        <progress id="import-progress" max=${Math.max(1, rows)} value=${Math.min(done, rows)}></progress>
        <span class="hint">${t('imports.done', { n: Math.min(done, rows), total: rows })}</span></p>
      ${state === 'importing' ? html`<p class="hint">${t('imports.mayLeave')}</p>` : nothing}
      <p class="actions">${
        this.#stopping
          ? html`<span role="status">${t('imports.stopping')}</span>`
          : plainPress(this.#desk, 'imports.stop', 'secondary', () => void this.#stop(file))
      }</p>`;
  }

  #result(file: ImportFile): unknown {
    const { t } = this.#desk.words;
    const sentence = { imported: 'imports.imported', stopped: 'imports.stopped' } as const;
    const key: Key = sentence[file.state as keyof typeof sentence] ?? 'imports.notImported';
    const look = file.state === 'imported' ? 'success' : 'error';
    const refused = (file.summary?.refused ?? 0) > 0 && file.state !== 'stopped';
    return html`<div class="notice ${look}"><p>${t(key)}</p></div>
      ${file.state === 'stopped' ? nothing : (this.#preview?.outcome(file) ?? nothing)}
      <p class="actions">
        ${refused ? plainPress(this.#desk, 'imports.download', 'primary', () => void this.#download(file)) : nothing}
        ${press({ ...this.#desk.words, busy: false }, 'imports.another', 'secondary', () => this.#desk.go('importer'))}
      </p>`;
  }

  moved({ args: [id] }: Route): boolean {
    if (id === this.#file?.id) return true;
    clearTimeout(this.#timer);
    this.#file = null;
    this.#told = nothing;
    if (id !== undefined) void this.#open(id);
    else this.#desk.redraw();
    return true;
  }

  async #open(id: string): Promise<void> {
    try {
      const { file } = await this.#desk.files('$get', '/import-files/:id', { id });
      this.#take(file);
    } catch (error) {
      this.#tell(told(this.#desk, error));
    }
  }

  /** The file as it is now, and a look again while somebody is at work on it. */
  #take(file: ImportFile): void {
    const other = this.#file?.id !== file.id || this.#stepOf(this.#file) !== this.#stepOf(file);
    // Not only to whoever opens the page anew: it can be undone from there.
    if (this.#file?.state === 'importing' && file.state === 'imported') void this.#past.load();
    this.#file = file;
    if (file.stage === null) this.#stopping = false;
    if (this.#preview === null || other) this.#preview = this.#newPreview(file.id);
    clearTimeout(this.#timer);
    if (file.stage !== null && !this.#gone)
      this.#timer = window.setTimeout(() => void this.#open(file.id), POLL_MS);
    this.#desk.redraw();
    if (other) this.#desk.focus('#step');
  }

  #newPreview(id: string): Preview {
    return new Preview(this.#desk, id, {
      again: (how) => this.#previewed(id, how),
      commit: async (how) => {
        const { file } = await this.#desk.files('$post', '/import-files/:id/commit', { id, json: how });
        this.#take(file);
      },
      columns: () => {
        this.#naming = true;
        this.#desk.redraw();
        this.#desk.focus('#step');
      },
      download: (file) => void this.#download(file),
    });
  }

  async #previewed(id: string, how: object): Promise<void> {
    // How far it is, until the answer is there.
    this.#timer = window.setTimeout(() => void this.#open(id), POLL_MS);
    try {
      const { file } = await this.#desk.files('$post', '/import-files/:id/preview', {
        id,
        json: how,
        timeLimit: PATIENCE_MS,
      });
      this.#preview = null;
      this.#take(file);
      this.#desk.focus('#step');
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async #upload(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).querySelector<HTMLInputElement>(
      'input[type=file]',
    );
    const chosen = input?.files?.[0];
    if (this.#form.refuses(chosen === undefined ? { 'import-file': 'imports.none' } : {})) return;
    if (chosen === undefined) return;
    await this.#form.run(async () => {
      const query = new URLSearchParams({ name: chosen.name.slice(-200), lang: this.#desk.lang.slice(0, 2) });
      try {
        const answer = await this.#desk.raw({ method: 'POST', path: `/import-files?${query}`, body: chosen });
        const { file } = (await answer.json()) as { file: ImportFile };
        this.#told = nothing;
        this.#naming = false;
        this.#take(file);
        this.#desk.go(`importer/${file.id}`);
      } catch (error) {
        this.#tell(told(this.#desk, error));
      }
    });
  }

  async #chooseSheet(event: SubmitEvent, { id }: ImportFile): Promise<void> {
    event.preventDefault();
    const sheet = String(new FormData(event.currentTarget as HTMLFormElement).get('sheet') ?? '');
    await this.#form.run(async () => {
      const { file } = await this.#desk.files('$put', '/import-files/:id/mapping', { id, json: { sheet } });
      this.#take(file);
    });
  }

  async #check(event: SubmitEvent, before: ImportFile): Promise<void> {
    event.preventDefault();
    const columns = chosenColumns(before, event);
    await this.#form.run(async () => {
      const { id } = before;
      const { file } = await this.#desk.files('$put', '/import-files/:id/mapping', { id, json: { columns } });
      this.#naming = false;
      this.#take(file);
      await this.#previewed(id, { lang: this.#desk.lang.slice(0, 2) });
    });
  }

  async #stop({ id }: ImportFile): Promise<void> {
    this.#stopping = true;
    this.#desk.redraw();
    try {
      await this.#desk.files('$post', '/import-files/:id/stop', { id });
    } catch (error) {
      this.#tell(told(this.#desk, error));
    }
  }

  async #download({ id }: ImportFile): Promise<void> {
    try {
      await download(this.#desk, `/import-files/${id}/refused.csv`, 'refus.csv');
    } catch (error) {
      this.#tell(told(this.#desk, error));
    }
  }

  #tell(said: unknown): void {
    this.#told = said;
    this.#desk.redraw();
    this.#desk.focus('#told');
  }
}
