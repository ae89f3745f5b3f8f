// « Essayer ma page »: an address is typed or chosen, and the server says line by line whether the payment can work there,
// each red line with its cure. A screen of its own (`open`), or a part of another one (`TryPage`).
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { field, typedIn } from '../../../controls/field.ts';
import { submit } from '../../../controls/parts.ts';
import type { Desk, Screen } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import { Form } from '../../form.ts';
import { words } from '../../locales/try-page.ts';
import type { Files } from '../../office.ts';
import type { Key } from '../../words.ts';
import { DIFFERENCES, SAID, STATES } from './page-checks.ts';

export { words };

type Tried = Answer<'$post', '/pages/try', Files>;
type Line = Tried['checks'][number];

export function open(desk: Desk): Screen {
  const part = new TryPage(desk);
  return {
    title: () => desk.words.plain('try.title'),
    render: () => html`<h1 id="title" tabindex="-1">${desk.words.t('try.title')}</h1> ${part.render()}`,
  };
}

/** The form, the registered pages and what was found; draws everything below a heading. */
export class TryPage {
  readonly #desk: Desk;
  readonly #form: Form<'try-address'>;
  readonly #pages: Fetched<{ pages: string[] }>;
  #tried: Tried | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#form = new Form(desk, 'try');
    this.#pages = new Fetched(desk, () => desk.files('$get', '/pages', {}));
  }

  render(): unknown {
    const { t } = this.#desk.words;
    const form = this.#form;
    return html`<section class="try">
        <p>${t('try.intro')}</p>
        <form novalidate @submit=${this.#sent}>
          ${form.notice()}
          ${field(form, 'try-address', {
            ...{ label: 'try.address', type: 'url', autocomplete: 'url', enterkeyhint: 'go' },
            hint: t('try.addressHint', { adresse: address('www.exemple.ca/assurances') }),
          })}
          <p class="actions">${submit(form, 'try.go')}</p>
        </form>
      </section>
      ${this.#tried === null ? nothing : this.#found(this.#tried)}
      <section aria-labelledby="registered">
        <h2 id="registered">${t('try.registered')}</h2>
        ${this.#pages.show(({ pages }) => this.#list(pages))}
      </section>`;
  }

  #list(pages: readonly string[]): unknown {
    const { words } = this.#desk;
    if (pages.length === 0) return html`<p>${words.t('try.none')}</p>`;
    return html`<ul class="pages">${pages.map(
      (page) => html`<li>${address(page)} ${this.#tryButton(page)}</li>`,
    )}</ul>`;
  }

  #tryButton(page: string): unknown {
    const { words } = this.#desk;
    return html`<button class="link" type="button" aria-disabled=${this.#form.busy ? 'true' : nothing}
      aria-label=${words.plain('try.tryOf', { adresse: page })} @click=${() => this.#choose(page)}>${words.t('try.go')}</button>`;
  }

  #choose(page: string): void {
    const input = this.#desk.find('#try-address') as HTMLInputElement | null;
    if (input !== null) input.value = page;
    void this.#try(page);
  }

  readonly #sent = (event: SubmitEvent): void => {
    const typed = typedIn<'try-address'>(event)('try-address').trim();
    if (!this.#form.refuses(typed === '' ? { 'try-address': 'field.required' } : {})) void this.#try(typed);
  };

  async #try(page: string): Promise<void> {
    await this.#form.run(
      async () => {
        this.#tried = await this.#desk.files('$post', '/pages/try', { json: { address: page } });
        this.#desk.focus('#found');
      },
      { 'not-an-address': { field: 'try-address', key: 'try.notAddress' } },
    );
  }

  #found({ address: tried, hops, checks }: Tried): unknown {
    const { t } = this.#desk.words;
    const count = (state: Line['state']) => checks.filter((one) => one.state === state).length;
    const [bad, unknown] = [count('bad'), count('unknown')];
    return html`<section aria-labelledby="found">
      <h2 id="found" tabindex="-1">${t('try.found', { adresse: address(tried) })}</h2>
      <p>${bad > 0 ? html`<span class="badge bad">${t('try.toMend', { n: bad })}</span>` : nothing}
        ${unknown > 0 ? html`<span class="badge due">${t('try.toCheck', { n: unknown })}</span>` : nothing}
        ${bad + unknown === 0 ? html`<span class="badge good">${t('try.allGood')}</span>` : nothing}</p>
      <ul class="checks">${checks.map((one) => this.#line(one))}</ul>
      ${hops.length > 1 ? this.#hops(hops) : nothing}
      <p><a href="/embed/${this.#desk.membership.slug}?lang=${this.#desk.lang}" target="_blank">${t('try.guide')}</a></p>
    </section>`;
  }

  #line(one: Line): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { check, state, params } = one;
    const code = String(params.why ?? (check === 'tag' ? params.form : state));
    const [sentence, cure] = SAID[`${check}.${code}`] ?? [];
    const look = state === 'unknown' ? 'due' : state;
    return html`<li>
      <p><span class="badge ${look}">${t(STATES[state])}</span>
        ${sentence === undefined ? (lang === 'fr-CA' ? one.title : one.titleEn) : t(sentence, valuesOf(params))}
        ${this.#differences(String(params.differences ?? ''))}</p>
      ${cure === undefined ? nothing : html`<p class="cure"><b>${t('try.cure')}</b> ${t(cureOf(cure, one), cureValues(params))}</p>`}
      ${params.nearest === undefined ? nothing : html`<p class="nearest">${address(String(params.nearest))} ${this.#tryButton(String(params.nearest))}</p>`}
    </li>`;
  }

  #differences(all: string): unknown {
    const keys = all.split(' ').flatMap((one) => DIFFERENCES[one] ?? []);
    if (keys.length === 0) return nothing;
    return html`<span class="hint">(${keys.map((key, i) => html`${i > 0 ? '; ' : nothing}${this.#desk.words.t(key)}`)})</span>`;
  }

  #hops(hops: Tried['hops']): unknown {
    const { t } = this.#desk.words;
    return html`<h3>${t('try.hops')}</h3>
      <ol class="hops">${hops.map(
        ({ address: at, status }) =>
          html`<li>${address(at)} <span class="hint">${status ?? t('try.notAsked')}</span></li>`,
      )}</ol>`;
  }
}

/** An address or a code, which may go on in the next line after each of its parts. */
const address = (text: string) =>
  html`<code translate="no">${(text.match(/[^/.?&=_-]+[/.?&=_-]*|^[/.?&=_-]+/g) ?? []).map((part) => html`${part}<wbr />`)}</code>`;

/** What a sentence names. */
const valuesOf = (params: Line['params']) => ({
  adresse: address(String(params.address ?? '')),
  nom: String(params.name ?? ''),
  n: params.count ?? 0,
  detail: address(String(params.detail || '–')),
  type: address(String(params.type ?? '')),
  version: address(String(params.release ?? '')),
  serveur: address(String(params.server ?? '')),
  directive: address(String(params.directive ?? '')),
});

/** What a cure names: ours, where the sentence names what is there. */
const cureValues = (params: Line['params']) => ({
  nom: String(params.ours ?? ''),
  serveur: address(String(params.ours ?? '')),
  ajout: address(String(params.add ?? params.lacks ?? '')),
  directive: address(String(params.directive ?? '')),
});

/** A policy stands in a header of the site, or in the page. */
const cureOf = (cure: Key, { check, params }: Line): Key =>
  check === 'policy' && cure === 'try.policy.addHeader' && params.where === 'meta'
    ? 'try.policy.addMeta'
    : cure;
