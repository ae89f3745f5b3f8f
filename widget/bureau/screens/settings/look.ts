// The colour of the hosted page with what the widget makes of it, and the picture.
import { html, nothing, svg } from 'lit';
import { CallProblem } from '../../../client/problem.ts';
import { field } from '../../../controls/field.ts';
import { press } from '../../../controls/parts.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { AllSettings, Settings } from '../../office.ts';
import type { RawCall } from '../../raw.ts';
import { type Key, kept } from '../../words.ts';
import { type Contrast, contrastOf, ENOUGH } from './contrast.ts';
import { type Item, Wrong } from './items.ts';
import type { Saved } from './section.ts';

const MAX_BYTES = 200_000;

/** The colour, `typed` while she types. */
export function accentItem(typed: { colour: string | null }): Item {
  return {
    name: 'theme',
    label: 'settings.accent',
    draw(form, value, desk) {
      const stored = (value as Settings['theme']).accent ?? '';
      const shown = typed.colour ?? stored;
      return html`${field(form, 'set-theme', {
        label: 'settings.accent',
        hint: form.t('settings.accentHint'),
        autocomplete: 'off',
        value: stored,
        optional: true,
        typing(text) {
          typed.colour = text.trim();
          desk.redraw();
          return '';
        },
      })} ${sample(desk, contrastOf(shown))}`;
    },
    read(read) {
      const accent = read('set-theme').trim();
      if (accent === '') return {};
      return contrastOf(accent) === null ? new Wrong('settings.colourWrong') : { accent };
    },
    shown(value, { words }) {
      const { accent } = value as Settings['theme'];
      return accent === undefined ? words.t('conflict.empty') : kept(accent);
    },
  };
}

function sample({ lang, words }: Desk, contrast: Contrast | null): unknown {
  if (contrast === null) return nothing;
  const { t } = words;
  const { words: on, ratio, light, dark, fill } = contrast;
  const said = (of: number) => `${of.toLocaleString(lang, { maximumFractionDigits: 1 })}:1`;
  const ink = (page: 'light' | 'dark', { kept: same, ratio: of, colour }: Contrast['light']) =>
    html`<li>${t(page === 'light' ? 'settings.onLight' : 'settings.onDark')} ${kept(said(of))}.
      ${same ? t('settings.inkKept') : t(page === 'light' ? 'settings.inkDarker' : 'settings.inkLighter', { couleur: colour })}</li>`;
  return html`<div id="contrast">
    <svg class="swatches" viewBox="0 0 300 44" aria-hidden="true">
      ${swatch(0, fill, on, words.plain('settings.swatch'))} ${swatch(100, '#ffffff', light.colour, words.plain('settings.swatch'))}
      ${swatch(200, '#161b20', dark.colour, words.plain('settings.swatch'))}
    </svg>
    <ul class="plain">
      <li>${t(on === '#ffffff' ? 'settings.wordsWhite' : 'settings.wordsBlack')} ${kept(said(ratio))}.
        ${t(ratio >= ENOUGH ? 'settings.enough' : 'settings.notEnough')}</li>
      ${ink('light', light)} ${ink('dark', dark)}
    </ul></div>`;
}

const swatch = (x: number, fill: string, ink: string, text: string) =>
  svg`<rect x=${x + 1} y="1" width="98" height="42" rx="6" fill=${fill} stroke="#6f7a85"></rect>
    <text x=${x + 50} y="28" text-anchor="middle" font-size="16" fill=${ink}>${text}</text>`;

export class Logo {
  readonly #desk: Desk;
  readonly #saved: Saved;
  readonly #form: Form<never>;

  constructor(desk: Desk, saved: Saved) {
    this.#desk = desk;
    this.#saved = saved;
    this.#form = new Form(desk, 'logo');
  }

  render(all: AllSettings): unknown {
    const { t } = this.#desk.words;
    const { slug } = this.#desk.membership;
    return html`<section aria-labelledby="logo-title"><h3 id="logo-title">${t('settings.logo')}</h3>
      ${this.#form.notice()}
      ${all.logo === null ? html`<p>${t('settings.logoNone')}</p>` : html`<p><img class="logo" src="/p/${slug}/logo?${all.logo}" alt=${this.#desk.words.plain('settings.logoNow')} /></p>`}
      <p class="field"><label for="logo">${t('settings.logoFile')}</label>
        <span class="hint" id="logo-hint">${t('settings.logoHint')}</span>
        <input type="file" id="logo" accept="image/png,image/jpeg,image/webp,image/svg+xml" aria-describedby="logo-hint" /></p>
      <p class="actions">${press(this.#form, 'settings.logoSave', 'secondary', () => void this.#send(all))}
        ${all.logo === null ? nothing : press(this.#form, 'settings.logoRemove', 'link', () => void this.#remove(all))}</p>
    </section>`;
  }

  async #send({ version }: AllSettings): Promise<void> {
    const [file] = (this.#desk.find('#logo') as HTMLInputElement | null)?.files ?? [];
    if (file === undefined) return this.#form.tells('settings.logoChoose');
    if (file.size > MAX_BYTES) return this.#form.tells('settings.logoLarge');
    await this.#change(version, { method: 'POST', path: '/settings/logo', body: file }, 'settings.logoSaved');
  }

  async #remove({ version }: AllSettings): Promise<void> {
    const { words } = this.#desk;
    const sure = await this.#desk.ask({
      title: words.t('settings.logoRemove'),
      body: html`<p>${words.t('settings.logoRemoveText')}</p>`,
      yes: 'settings.logoRemove',
    });
    if (sure)
      await this.#change(version, { method: 'DELETE', path: '/settings/logo' }, 'settings.logoRemoved');
  }

  async #change(version: string, call: RawCall, told: Key): Promise<void> {
    await this.#form.run(
      async () => {
        const send = async (ifMatch: string): Promise<Response> => {
          try {
            return await this.#desk.raw({ ...call, ifMatch });
          } catch (error) {
            // A picture takes the place of whatever is there: what else has changed meanwhile stays.
            if (!(error instanceof CallProblem) || error.kind !== 'changed-meanwhile') throw error;
            return send(String(error.extra.version));
          }
        };
        this.#saved((await (await send(version)).json()) as AllSettings, told);
      },
      { 'no-picture': 'settings.logoWrong' },
    );
  }
}
