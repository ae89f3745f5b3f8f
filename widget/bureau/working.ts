// The office itself: header, menu, search, and the screen that the address names.
import { html, nothing } from 'lit';
import { press } from '../controls/parts.ts';
import { dateTime } from '../locales/format.ts';
import { SearchBox } from './controls/search-box.ts';
import {
  type Desk,
  may,
  type Page,
  type Question,
  type RecentFile,
  type Route,
  type Screen,
} from './desk.ts';
import { words as searchWords } from './locales/search.ts';
import type { Me, Membership } from './office.ts';
import { Pulse } from './pulse.ts';
import { routeOf } from './router.ts';
import { SCREENS, type ScreenEntry } from './screens.ts';
import { slashKey } from './slash-key.ts';
import { addWords, kept } from './words.ts';

/** What the page does for it. */
interface WorkingHost extends Page {
  ask(question: Question): Promise<boolean>;
  /** Reads who she is anew. */
  reload(): Promise<void>;
  /** What was asked about the screen that she leaves is asked no more. */
  dropQuestion(): void;
  signOut(): void;
  switchLanguage(): void;
}

const RECENT = 8;

export class Working {
  me: Me;
  readonly #host: WorkingHost;
  readonly #slug: string;
  readonly #desk: Desk;
  readonly #search: SearchBox;
  readonly #pulse: Pulse;
  #route: Route;
  #screen: Screen | null = null;
  /** `unknown`: there is no such screen for her; `chunk`: it could not be loaded. */
  #trouble: 'unknown' | 'chunk' | null = null;
  #menuOpen = false;
  /** The address that shows, to go back to when she stays. */
  #hash = location.hash;
  #turn = 0;

  constructor(host: WorkingHost, me: Me, slug: string) {
    addWords(searchWords);
    this.#host = host;
    this.me = me;
    this.#slug = slug;
    const files = host.office.filesOf(slug);
    this.#pulse = new Pulse(files, () => host.redraw());
    this.#desk = this.#makeDesk(files);
    this.#search = new SearchBox(this.#desk);
    this.#route = routeOf(location.hash, SCREENS[0]?.name ?? '');
    addEventListener('hashchange', this.#moved);
    addEventListener('beforeunload', this.#unloading);
    document.addEventListener('keydown', this.#key);
    void this.#open();
  }

  dispose(): void {
    // A screen that is still on its way does not open any more.
    this.#turn += 1;
    removeEventListener('hashchange', this.#moved);
    removeEventListener('beforeunload', this.#unloading);
    document.removeEventListener('keydown', this.#key);
    this.#screen?.leave?.();
    this.#pulse.stop();
  }

  get membership(): Membership {
    return this.me.memberships.find(({ slug }) => slug === this.#slug) as Membership;
  }

  /** For the window's title. */
  title(): string {
    return this.#screen?.title() ?? '';
  }

  #makeDesk(files: Desk['files']): Desk {
    const working = this;
    const host = this.#host;
    const recent: RecentFile[] = [];
    return {
      get lang() {
        return host.lang;
      },
      get words() {
        return host.words;
      },
      get me() {
        return working.me;
      },
      get membership() {
        return working.membership;
      },
      get search() {
        return working.#search;
      },
      office: host.office,
      files,
      raw: this.#host.office.rawOf(this.#slug),
      pulse: this.#pulse,
      recent,
      redraw: () => host.redraw(),
      announce: (sentence) => host.announce(sentence),
      find: (selector) => host.find(selector),
      focus: (selector) => host.focus(selector),
      reload: () => host.reload(),
      may: (permission) => may(working.membership, permission),
      go(place) {
        location.hash = place;
      },
      ask: (question) => host.ask(question),
      opened(file) {
        const others = recent.filter(({ id }) => id !== file.id);
        recent.splice(0, recent.length, ...[file, ...others].slice(0, RECENT));
      },
    };
  }

  get #entry(): ScreenEntry | undefined {
    return SCREENS.find(({ name, permission }) => name === this.#route.screen && this.#desk.may(permission));
  }

  /** Opens the screen that the address names. */
  async #open(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#screen?.leave?.();
    this.#screen = null;
    const entry = this.#entry;
    this.#trouble = entry === undefined ? 'unknown' : null;
    const focused = this.#host.find(':focus');
    this.#host.redraw();
    if (entry === undefined) return;
    try {
      const module = await entry.load();
      if (turn !== this.#turn) return;
      addWords(module.words);
      // Unless she is elsewhere by now: she may type a name before the screen is there.
      if ([focused, null].includes(this.#host.find(':focus'))) this.#host.focus('#title');
      this.#screen = module.open(this.#desk, this.#route);
      this.#pulse.start();
    } catch (error) {
      if (!/import/i.test(String(error))) throw error;
      if (turn === this.#turn) this.#trouble = 'chunk';
    }
    this.#host.redraw();
  }

  readonly #moved = async () => {
    if (location.hash === this.#hash) return;
    const to = location.hash;
    if (this.#screen?.unsaved?.()) {
      history.replaceState(null, '', this.#hash || location.pathname + location.search);
      const turn = this.#turn;
      const { words } = this.#host;
      const leaves = await this.#host.ask({
        title: words.t('shell.leave'),
        body: html`<p>${words.t('shell.leaveText')}</p>`,
        yes: 'shell.leaveYes',
      });
      if (!leaves || turn !== this.#turn) return;
      history.replaceState(null, '', to);
    }
    this.#host.dropQuestion();
    this.#hash = to;
    this.#menuOpen = false;
    const before = this.#route.screen;
    this.#route = routeOf(to, SCREENS[0]?.name ?? '');
    if (this.#route.screen === before && this.#screen?.moved?.(this.#route)) this.#host.redraw();
    else await this.#open();
  };

  readonly #unloading = (event: BeforeUnloadEvent) => {
    if (this.#screen?.unsaved?.()) event.preventDefault();
  };

  /** « / » outside of fields, unless she turned it off (WCAG 2.1.4). */
  readonly #key = (event: KeyboardEvent) => {
    const [target] = event.composedPath();
    const typing = target instanceof Element && target.matches('input, textarea, select, dialog *');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || !slashKey.on) return;
    event.preventDefault();
    this.#host.focus('#search');
  };

  render(): unknown {
    const { lang, words } = this.#host;
    const { t } = words;
    return html`<div class="desk">
      <a class="skip" href="#title" @click=${this.#skip}>${t('shell.skip')}</a>
      <header>
        <p class="brand"><span>${kept(this.membership.name)}</span><span class="hint">${t('shell.office')}${this.#waitingLink()}</span></p>
        <button class="secondary menu" type="button" aria-expanded=${this.#menuOpen ? 'true' : 'false'} aria-controls="menu" @click=${this.#menu}>
          ${t('shell.menu')}
        </button>
        ${this.#search.render(this.#route.screen === 'recherche')}
      </header>
      <nav id="menu" class=${this.#menuOpen ? 'open' : ''} aria-label=${words.plain('shell.nav')}>${this.#ways()}</nav>
      <main>
        <p class="paper hint">${kept(this.membership.name)} – ${dateTime(lang, new Date().toISOString())}</p>
        ${this.#content()}
      </main>
    </div>`;
  }

  #ways(): unknown {
    const { words, signOut, switchLanguage, lang } = this.#host;
    const { t } = words;
    const { memberships, name } = this.me;
    return html`<ul>
        ${SCREENS.map((entry) =>
          entry.label === undefined || !this.#desk.may(entry.permission)
            ? nothing
            : html`<li><a href="#${entry.name}" aria-current=${entry.name === this.#route.screen ? 'page' : nothing}>${t(entry.label)}${entry.waits ? this.#waiting() : nothing}</a></li>`,
        )}
      </ul>
      ${
        memberships.length > 1
          ? html`<details class="switcher"><summary>${t('shell.switch')}</summary>
              <ul>${memberships.map(
                ({ slug, name: title }) =>
                  html`<li><a href="/bureau/${slug}" aria-current=${slug === this.#slug ? 'true' : nothing}>${kept(title)}</a></li>`,
              )}</ul></details>`
          : nothing
      }
      <div class="self">
        <p class="hint">${t('shell.signedInAs', { nom: name })}
          ${this.membership.role === 'reader' ? html`<br />${t('shell.readOnly')}` : nothing}</p>
        <button class="link" type="button" lang=${lang === 'fr-CA' ? 'en-CA' : 'fr-CA'} @click=${switchLanguage}>${t('shell.otherLanguage')}</button>
        <button class="link" type="button" @click=${signOut}>${t('shell.signOut')}</button>
      </div>`;
  }

  #waiting(): unknown {
    const { waiting } = this.#pulse;
    if (waiting === null || waiting === 0) return nothing;
    return html`<span class="count">${` (${waiting.toLocaleString(this.#host.lang)})`}</span>`;
  }

  /** Where the menu is folded, on a phone, the number stands above it. */
  #waitingLink(): unknown {
    const entry = SCREENS.find(({ waits }) => waits);
    if (entry?.label === undefined || !this.#pulse.waiting) return nothing;
    return html`<a class="waits" href="#${entry.name}">${this.#host.words.t(entry.label)}${this.#waiting()}</a>`;
  }

  #content(): unknown {
    const { words } = this.#host;
    const { t } = words;
    if (this.#trouble === 'unknown')
      return html`<h1 id="title" tabindex="-1">${t('shell.unknown')}</h1><p>${t('shell.unknownText')}</p>`;
    if (this.#trouble === 'chunk')
      return html`<div class="notice error" role="alert"><p>${t('shell.chunk')}</p>
        <p>${press({ ...words, busy: false }, 'shell.reload', 'secondary', () => location.reload())}</p></div>`;
    return this.#screen === null
      ? html`<p class="waiting"><span class="spinner" aria-hidden="true"></span>${t('shell.loading')}</p>`
      : this.#screen.render();
  }

  readonly #skip = (event: Event) => {
    event.preventDefault();
    this.#host.focus('#title');
  };

  readonly #menu = () => {
    this.#menuOpen = !this.#menuOpen;
    this.#host.redraw();
  };
}
