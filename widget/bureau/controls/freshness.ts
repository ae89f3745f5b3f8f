// « Mis à jour il y a 40 s », and the button that reads it anew: for a screen that may stay open while others work.
import { html, nothing } from 'lit';
import type { Lang } from '../../locales/text.ts';
import type { Page } from '../desk.ts';
import type { Fetched } from '../fetched.ts';

/** Milliseconds; each time the page is drawn once more. */
const STEP = 10_000;

export class Freshness {
  readonly #page: Page;
  readonly #fetched: Fetched<unknown>;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Lasts until `stop`. */
  constructor(page: Page, fetched: Fetched<unknown>) {
    this.#page = page;
    this.#fetched = fetched;
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') page.redraw();
    }, STEP);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  render(): unknown {
    const { lang, words } = this.#page;
    if (this.#fetched.value === undefined) return nothing;
    const since = Date.now() - this.#fetched.at;
    const age =
      since < STEP ? words.t('shell.fresh') : words.t('shell.updated', { age: ago(lang, this.#fetched.at) });
    return html`<p class="fresh hint noprint"><span>${age}</span>
      <button class="link" type="button" @click=${this.#again}>${words.t('shell.refresh')}</button></p>`;
  }

  readonly #again = async () => {
    const before = this.#fetched.at;
    await this.#fetched.load();
    if (this.#fetched.at !== before) this.#page.announce(this.#page.words.plain('shell.fresh'));
  };
}

/** « il y a 40 s », of an instant in milliseconds; below a minute in steps, so that it is no clock. */
function ago(lang: Lang, at: number): string {
  const format = new Intl.RelativeTimeFormat(lang, { style: 'short' });
  const since = Date.now() - at;
  if (since < 60_000) return format.format(-Math.floor(since / STEP) * (STEP / 1000), 'second');
  if (since < 3_600_000) return format.format(-Math.floor(since / 60_000), 'minute');
  return format.format(-Math.floor(since / 3_600_000), 'hour');
}
