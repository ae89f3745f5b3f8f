// « Voir comme la RSG »: the payer's own screens, drawn from what the server says that she sees, in a root of their own with
// their own look. Nothing in it does anything: its buttons are off and its links lead nowhere.
import { adoptStyles, css, html, nothing, render } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Answer } from '../../../client/api.ts';
import { words as english } from '../../../locales/en-CA.ts';
import { day } from '../../../locales/format.ts';
import { words as french } from '../../../locales/fr-CA.rest.ts';
import { addWords } from '../../../locales/text.ts';
import { invoiceAnswers, invoiceTransitions } from '../../../pay/journey/invoices.ts';
import { START, type State } from '../../../pay/journey/state.ts';
import { choose } from '../../../pay/screens/choose.ts';
import { detail } from '../../../pay/screens/detail.ts';
import { viewOf } from '../../../pay/view.ts';
import { base } from '../../../styles/first-view.ts';
import { restStyles } from '../../../styles/screens.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import type { Files } from '../../office.ts';
import { kept } from '../../words.ts';

/** What can be pressed where it is hers. */
const OFF = css`
  :disabled,
  a {
    cursor: not-allowed;
  }
`;

type Seen = Answer<'$get', '/holders/:id/as-seen', Files>;

export class AsSeen {
  readonly #desk: Desk;
  readonly #id: string;
  readonly #seen: Fetched<Seen>;
  /** The certificate that is looked at; null: what she sees first. */
  #certificateId: string | null = null;

  constructor(desk: Desk, id: string) {
    addWords('fr-CA', french);
    addWords('en-CA', english);
    this.#desk = desk;
    this.#id = id;
    this.#seen = new Fetched(desk, () => desk.files('$get', '/holders/:id/as-seen', { id }));
  }

  /** `name`: whose file it is, once it is known. */
  render(name: string): unknown {
    const { t } = this.#desk.words;
    return html`<p class="back noprint"><a href="#dossier/${this.#id}">${t('seen.back')}</a></p>
      <h1 id="title" tabindex="-1">${t('seen.title')}${name === '' ? nothing : html` <span class="hint">${kept(name)}</span>`}</h1>
      <div class="notice"><p>${t('seen.notice')}</p></div>
      ${this.#seen.show((seen) => this.#draw(seen))}`;
  }

  #draw(seen: Seen): unknown {
    const { t } = this.#desk.words;
    return html`${seen.reached ? nothing : html`<div class="notice error"><p>${t('seen.nobody')}</p></div>`}
      ${
        seen.certificates.length === 0
          ? html`<p>${t('seen.empty')}</p>`
          : html`${this.#which(seen)}
            <div class="as-seen" ${ref(this.#root)}></div>`
      }${this.#later(seen)}`;
  }

  #which({ certificates }: Seen): unknown {
    const { lang, words } = this.#desk;
    const { plain, t } = words;
    if (certificates.length < 2) return nothing;
    return html`<p class="which"><label for="which">${t('seen.which')}</label>
      <select id="which" @change=${this.#look}>
        <option value="" ?selected=${this.#certificateId === null}>${t('seen.first')}</option>
        ${certificates.map(
          ({ id, number, periodStart, periodEnd }) =>
            html`<option value=${id} ?selected=${id === this.#certificateId}>${plain('seen.certificate', {
              numero: number,
              debut: day(lang, periodStart),
              fin: day(lang, periodEnd),
            })}</option>`,
        )}
      </select></p>`;
  }

  readonly #look = (event: Event) => {
    this.#certificateId = (event.target as HTMLSelectElement).value || null;
    this.#desk.redraw();
  };

  #shadow: ShadowRoot | null = null;
  readonly #root = (element?: Element) => {
    this.#shadow =
      element === undefined ? null : (element.shadowRoot ?? element.attachShadow({ mode: 'open' }));
    if (this.#shadow !== null && this.#shadow.childElementCount === 0)
      adoptStyles(this.#shadow, [base, restStyles, OFF]);
  };

  /** Drawn once the page is: what it is drawn in must be there. */
  #later(seen: Seen): unknown {
    queueMicrotask(() => {
      if (this.#shadow !== null) this.#paint(this.#shadow, seen);
    });
    return nothing;
  }

  #paint(root: ShadowRoot, seen: Seen): void {
    const { lang } = this.#desk;
    const state = arrived(seen, this.#certificateId);
    const view = viewOf({
      state,
      lang,
      profile: seen.profile,
      hosted: true,
      now: Date.now(),
      send: () => undefined,
    });
    const screen = state.screen === 'choose' ? choose(view) : detail(view);
    // Anew each time: what was made inert below is not what Lit left there.
    render(nothing, root);
    render(html`<div class="frame" lang=${lang}>${screen}</div>`, root);
    for (const control of root.querySelectorAll<HTMLButtonElement | HTMLInputElement>('button, input'))
      control.disabled = true;
    for (const link of root.querySelectorAll('a')) link.removeAttribute('href');
  }
}

/** Her journey up to there, its prices at hand. */
function arrived({ certificates, prices, open }: Seen, certificateId: string | null): State {
  const first = invoiceAnswers.search(START, { foundBy: 'link', certificates, open });
  const state =
    certificateId === null
      ? first
      : (invoiceTransitions.choose?.choose?.(first, { type: 'choose', certificateId }) ?? first);
  const price = prices.find((one) => one.certificateId === state.certificateId);
  return price === undefined || state.task?.do !== 'quote'
    ? state
    : invoiceAnswers.quote({ ...state, task: null }, price.quote);
}
