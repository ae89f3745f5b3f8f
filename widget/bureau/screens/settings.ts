// « Paramètres »: what an owner sets of her regroupement, section by section; the address says which (`#parametres/pages`).
import { html, nothing } from 'lit';
import { Keys } from '../controls/keys.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { words as conflictWords } from '../locales/conflict.ts';
import { words as keyWords } from '../locales/keys.ts';
import { words as settingWords } from '../locales/settings.ts';
import type { AllSettings } from '../office.ts';
import type { Key } from '../words.ts';
import { accentItem, Logo } from './settings/look.ts';
import { NewKey } from './settings/new-key.ts';
import { OfficeList } from './settings/offices.ts';
import { Account } from './settings/paypal.ts';
import { Section } from './settings/section.ts';
import { SECTIONS, type SectionEntry } from './settings/sections.ts';

export const words = { ...conflictWords, ...keyWords, ...settingWords };

export const open = (desk: Desk, route: Route): Screen => new SettingsScreen(desk, route);

/** What the section that shows is made of. */
interface Parts {
  form: Section | null;
  account: Account | null;
  offices: OfficeList | null;
  logo: Logo | null;
  keys: readonly [NewKey, Keys] | null;
}

class SettingsScreen implements Screen {
  readonly #desk: Desk;
  readonly #settings: Fetched<AllSettings>;
  #entry: SectionEntry;
  #parts: Parts | null = null;
  /** What an act came to. */
  #told: Key | null = null;

  constructor(desk: Desk, route: Route) {
    this.#desk = desk;
    this.#entry = entryOf(route);
    this.#settings = new Fetched(desk, () => desk.files('$get', '/settings', {}));
  }

  title(): string {
    const { plain } = this.#desk.words;
    return `${plain(this.#entry.title)} – ${plain('settings.title')}`;
  }

  unsaved(): boolean {
    const { form, account, offices } = this.#parts ?? {};
    return [form, account, offices].some((part) => part?.unsaved === true);
  }

  moved(route: Route): boolean {
    this.#entry = entryOf(route);
    this.#parts = null;
    this.#told = null;
    // What somebody else has changed while she was elsewhere.
    void this.#settings.load();
    this.#desk.focus('#section-title');
    return true;
  }

  render(): unknown {
    const { t, plain } = this.#desk.words;
    return html`<h1 id="title" tabindex="-1">${t('settings.title')}</h1>
      <div class="settings"><nav class="local" aria-label=${plain('settings.sections')}><ul>${SECTIONS.map(
        ({ name, title }) =>
          html`<li><a href="#parametres/${name}" aria-current=${name === this.#entry.name ? 'page' : nothing}>${t(title)}</a></li>`,
      )}</ul></nav>
      <section aria-labelledby="section-title"><h2 id="section-title" tabindex="-1">${t(this.#entry.title)}</h2>
        <div id="told" tabindex="-1">${this.#told === null ? nothing : html`<div class="notice success"><p>${t(this.#told)}</p></div>`}</div>
        ${this.#entry.intro === undefined ? nothing : html`<p class="hint">${t(this.#entry.intro)}</p>`}
        ${this.#settings.show((all) => this.#section(all))}
      </section></div>`;
  }

  #section(all: AllSettings): unknown {
    this.#parts ??= this.#made(all);
    const { form, account, keys, logo, offices } = this.#parts;
    return html`${form?.render(this.#after(all))} ${account?.render()} ${offices?.render()} ${logo?.render(all)} ${keys?.map((one) => one.render())}`;
  }

  /** What stands under the boxes of the section. */
  #after(all: AllSettings): unknown {
    const { t } = this.#desk.words;
    if (this.#entry.name === 'pages') return html`<p><a href="#essayer">${t('settings.tryPage')}</a></p>`;
    if (this.#entry.name !== 'liens' || all.linksByNameAndNumber === 0) return '';
    return html`<p>${t('settings.linksOpen', { n: all.linksByNameAndNumber })}</p>`;
  }

  #made(all: AllSettings): Parts {
    const desk = this.#desk;
    const { name, items } = this.#entry;
    const saved = (now: AllSettings, told: Key) => this.#saved(now, told);
    const shown = name === 'apparence' ? [accentItem({ colour: null })] : items;
    return {
      form: name === 'paypal' || name === 'cles' ? null : new Section(desk, shown, all, saved),
      account: name === 'paypal' ? new Account(desk, all, saved) : null,
      offices: name === 'bureaux' ? new OfficeList(desk, (told) => this.#tell(told)) : null,
      logo: name === 'apparence' ? new Logo(desk, saved) : null,
      keys: name === 'cles' ? opened(desk) : null,
    };
  }

  #saved(now: AllSettings, told: Key): void {
    this.#settings.value = now;
    // What she typed elsewhere in the section stays.
    if (!this.unsaved()) this.#parts = null;
    this.#tell(told);
    // The regroupement's name stands above every screen.
    if (now.settings.name !== this.#desk.membership.name) void this.#desk.reload();
  }

  #tell(told: Key): void {
    this.#told = told;
    this.#desk.redraw();
    this.#desk.focus('#told');
  }
}

function opened(desk: Desk): [NewKey, Keys] {
  const keys = new Keys(desk);
  void keys.open(null);
  return [new NewKey(desk, () => keys.open(null)), keys];
}

function entryOf({ args: [name] }: Route): SectionEntry {
  return SECTIONS.find((one) => one.name === name) ?? (SECTIONS[0] as SectionEntry);
}
