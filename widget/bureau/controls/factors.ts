// Setting up a passkey, an app, the recovery codes: at the first entrance, and later in « Mon profil ».
import { html, nothing } from 'lit';
import encodeQR from 'qr';
import { field, typedIn } from '../../controls/field.ts';
import { press, submit, waiting } from '../../controls/parts.ts';
import type { Page } from '../desk.ts';
import { Form } from '../form.ts';
import { kept } from '../words.ts';
import { makePasskey, passkeysWork } from './passkeys.ts';

/** A passkey or an app; `done` once the server counts it. */
export class FactorSetup {
  readonly #page: Page;
  readonly #done: () => void;
  readonly #form: Form<'passkey-name' | 'app-code'>;
  /** The new app's, while its code is awaited. */
  #app: { secret: string; uri: string } | null = null;

  constructor(page: Page, done: () => void) {
    this.#page = page;
    this.#done = done;
    this.#form = new Form(page, 'factors');
  }

  render(): unknown {
    const form = this.#form;
    return html`${form.notice()}${this.#app === null ? this.#ways() : this.#code(this.#app)}`;
  }

  #ways(): unknown {
    const form = this.#form;
    return html`${
      passkeysWork()
        ? html`<section class="card">
            <h2>${form.t('enrol.passkeyTitle')}</h2>
            <p>${form.t('enrol.passkeyText')}</p>
            <form novalidate @submit=${(event: SubmitEvent) => void this.#makePasskey(event)}>
              ${field(form, 'passkey-name', {
                label: 'enrol.passkeyName',
                hint: form.t('enrol.passkeyHint'),
                autocomplete: 'off',
              })}
              <p class="actions">${submit(form, 'enrol.passkeyGo')}</p>
            </form>
          </section>`
        : nothing
    }
    <section class="card">
      <h2>${form.t('enrol.appTitle')}</h2>
      <p>${form.t('enrol.appText')}</p>
      <p class="actions">${press(form, 'enrol.appGo', passkeysWork() ? 'secondary' : 'primary', () => void this.#startApp())}</p>
    </section>`;
  }

  #code({ secret, uri }: { secret: string; uri: string }): unknown {
    const form = this.#form;
    return html`<section class="card">
      <h2 id="app" tabindex="-1">${form.t('enrol.appTitle')}</h2>
      <p>${form.t('enrol.scan')}</p>
      ${qrCode(uri, form.plain('enrol.qr'))}
      <p>${form.t('enrol.secret')} <code class="secret">${kept(secret.match(/.{1,4}/g)?.join(' ') ?? '')}</code></p>
      <form novalidate @submit=${(event: SubmitEvent) => void this.#verifyApp(event)}>
        ${field(form, 'app-code', {
          label: 'enrol.code',
          hint: form.t('signIn.codeHint'),
          autocomplete: 'one-time-code',
          inputmode: 'numeric',
          enterkeyhint: 'go',
        })}
        <p class="actions">
          ${submit(form, 'enrol.codeGo')}
          ${press(form, 'enrol.back', 'link', () => {
            this.#app = null;
            this.#page.redraw();
          })}
        </p>
      </form>
    </section>`;
  }

  async #makePasskey(event: SubmitEvent): Promise<void> {
    const name = typedIn(event)('passkey-name').trim();
    if (this.#form.refuses(name === '' ? { 'passkey-name': 'field.required' } : {})) return;
    const { office } = this.#page;
    let made: Awaited<ReturnType<typeof makePasskey>> = null;
    let asked = false;
    await this.#form.run(
      async () => {
        const { options } = await office.people('$post', '/factors/passkeys/options', {});
        made = await makePasskey(options);
        asked = true;
        if (made === null || made === 'known') return;
        await office.people('$post', '/factors/passkeys', { json: { passkey: made, name } });
        this.#done();
      },
      { 'code-wrong': 'enrol.passkeyFailed' },
    );
    if (asked && made === null) this.#form.tells('enrol.passkeyFailed');
    if (made === 'known') this.#form.tells('enrol.passkeyKnown');
  }

  async #startApp(): Promise<void> {
    await this.#form.run(async () => {
      this.#app = await this.#page.office.people('$post', '/factors/totp', {});
      this.#page.focus('#app');
    });
  }

  async #verifyApp(event: SubmitEvent): Promise<void> {
    const code = typedIn(event)('app-code').trim();
    if (this.#form.refuses(code === '' ? { 'app-code': 'field.required' } : {})) return;
    const wrong = { field: 'app-code', key: 'enrol.codeWrong' } as const;
    await this.#form.run(
      async () => {
        await this.#page.office.people('$post', '/factors/totp/verify', { json: { code } });
        this.#app = null;
        this.#done();
      },
      { 'code-wrong': wrong, validation: wrong },
    );
  }
}

/** Ten codes, of which one is typed back; `done` once they count. */
export class CodesSetup {
  readonly #page: Page;
  readonly #done: () => Promise<void>;
  readonly #form: Form<'one-code'>;
  #codes: readonly string[] = [];

  constructor(page: Page, done: () => Promise<void>) {
    this.#page = page;
    this.#done = done;
    this.#form = new Form(page, 'codes');
    void this.#make();
  }

  async #make(): Promise<void> {
    await this.#form.run(async () => {
      this.#codes = (await this.#page.office.people('$post', '/factors/codes', {})).codes;
    });
  }

  render(): unknown {
    const form = this.#form;
    if (form.busy && this.#codes.length === 0) return waiting(form, 'shell.loading');
    if (this.#codes.length === 0)
      return html`${form.notice()}
        <p class="actions">${press(form, 'problem.retry', 'secondary', () => void this.#make())}</p>`;
    return html`<p>${form.t('codes.text')}</p>
      <ul class="codes" aria-label=${form.plain('codes.list')}>
        ${this.#codes.map((code) => html`<li><code>${kept(code)}</code></li>`)}
      </ul>
      <p class="actions noprint">
        ${press(form, 'codes.copy', 'secondary', () => void this.#copy())}
        ${press(form, 'codes.print', 'secondary', () => print())}
      </p>
      ${form.notice()}
      <form class="noprint" novalidate @submit=${(event: SubmitEvent) => void this.#confirm(event)}>
        ${field(form, 'one-code', {
          label: 'codes.back',
          hint: form.t('codes.backHint'),
          autocomplete: 'off',
          enterkeyhint: 'go',
        })}
        <p class="actions">${submit(form, 'codes.go')}</p>
      </form>`;
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.#codes.join('\n')).then(
      () => this.#page.announce(this.#form.plain('codes.copied')),
      // The browser does not let us: she prints them, or writes them down.
      () => undefined,
    );
  }

  async #confirm(event: SubmitEvent): Promise<void> {
    const code = typedIn(event)('one-code').trim();
    if (this.#form.refuses(code === '' ? { 'one-code': 'field.required' } : {})) return;
    const wrong = { field: 'one-code', key: 'codes.wrong' } as const;
    await this.#form.run(
      async () => {
        await this.#page.office.people('$post', '/factors/codes/verify', { json: { code } });
        await this.#done();
      },
      { 'code-wrong': wrong, validation: wrong },
    );
  }
}

/** Black on white in either scheme, with the quiet margin that cameras need. */
function qrCode(text: string, label: string): unknown {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : [])))
    .join('');
  return html`<svg class="qr" role="img" aria-label=${label} viewBox="0 0 ${rows.length} ${rows.length}" shape-rendering="crispEdges">
    <rect class="paper" width="100%" height="100%" /><path class="ink" d=${path} />
  </svg>`;
}
