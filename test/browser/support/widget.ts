// A widget on a page, as a person meets it: what she reads, the boxes and buttons she finds by their labels.
import type { AmisgestPay } from '../../../widget/amisgest-pay.ts';
import type { AmisgestPayStepEvent } from '../../../widget/pay/events.ts';
import type { Screen } from '../../../widget/pay/journey/state.ts';
import { API, FakeApi, PASSWORD, SLUG } from './fake-api.ts';
import '../../../widget/amisgest-pay.ts';

// Long, for busy machines: what is there is found at once.
const LIMIT_MS = 20_000;

/** Waits until `look` finds something, as a person waits: no fixed time. `what`: read when it is given up. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | null | undefined | false,
): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`never seen: ${typeof what === 'string' ? what : what()}`);
    await new Promise((next) => setTimeout(next));
  }
}

export class Page {
  readonly api: FakeApi;
  readonly element: AmisgestPay;
  /** The one that shows, as the host page is told. */
  screen: Screen = 'starting';
  constructor(api: FakeApi, element: AmisgestPay) {
    this.api = api;
    this.element = element;
    element.addEventListener('amisgest-pay-step', (event) => {
      this.screen = (event as AmisgestPayStepEvent).screen;
    });
  }

  get root(): ShadowRoot {
    const root = this.element.shadowRoot;
    if (root === null) throw new Error('not upgraded');
    return root;
  }

  /** What can be read, hidden words for screen readers included. */
  get text(): string {
    return (this.root.querySelector('.frame')?.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim();
  }

  get heading(): string {
    return this.root.querySelector('h2')?.textContent?.trim() ?? '';
  }

  reads(sentence: string): Promise<boolean> {
    return until(
      () => `« ${sentence} » in « ${this.text} »`,
      () => this.text.includes(sentence.replace(/\u00a0/g, ' ')),
    );
  }

  async at(heading: string): Promise<void> {
    await until(
      () => `heading « ${heading} » (is « ${this.heading} »)`,
      () => this.heading === heading,
    );
  }

  /** A button or link by its words. */
  find(name: string): HTMLElement | undefined {
    return [...this.root.querySelectorAll<HTMLElement>('button, a')].find(
      (candidate) =>
        (candidate.getAttribute('aria-label') ?? candidate.textContent ?? '')
          .replace(/[\s\u00a0]+/g, ' ')
          .trim() === name,
    );
  }

  async press(name: string): Promise<void> {
    (
      await until(
        () => `button « ${name} » in « ${this.text} »`,
        () => this.find(name),
      )
    ).click();
  }

  /** A box by its label. */
  box(label: string): HTMLInputElement {
    const labels = [...this.root.querySelectorAll('label')];
    const found = labels.find((candidate) => candidate.textContent?.trim() === label);
    const input = found?.control ?? found?.querySelector('input');
    if (!(input instanceof HTMLInputElement)) throw new Error(`no box « ${label} » in « ${this.text} »`);
    return input;
  }

  type(label: string, text: string): void {
    const box = this.box(label);
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }

  async signIn(): Promise<void> {
    await until('sign-in form', () => this.root.querySelector('form'));
    this.type('Courriel', 'marie-eve@example.org');
    this.type('Mot de passe', PASSWORD);
    await this.press('Se connecter');
  }
}

/** Puts a widget on an empty page with a server of its own. `prepare` sets that server up before the first call. */
export async function open(
  prepare: (api: FakeApi) => void = () => {},
  attributes: Record<string, string> = {},
): Promise<Page> {
  await clear();
  return add(prepare, attributes);
}

/** One more page in the same browser: its session and choices are still there. */
export async function add(
  prepare: (api: FakeApi) => void = () => {},
  attributes: Record<string, string> = {},
): Promise<Page> {
  const api = new FakeApi();
  prepare(api);
  const element = document.createElement('amisgest-pay') as AmisgestPay;
  for (const [name, value] of Object.entries({ regroupement: SLUG, api: API, ...attributes })) {
    element.setAttribute(name, value);
  }
  element.innerHTML = '<a href="https://pay.test/p/petits-bouleaux">Payer mes assurances</a>';
  const page = new Page(api, element);
  document.body.append(element);
  pages.push(page);
  await until('first view', () => page.root.querySelector('.frame'));
  return page;
}
const pages: Page[] = [];

/** WebKit allows a hundred changes of the history in ten seconds, ours and the widget's; one test makes a few. */
const HISTORY = { most: 80, withinMs: 10_000 };
const changes: number[] = [];
const replaceState = history.replaceState.bind(history);
history.replaceState = (...state) => {
  changes.push(performance.now());
  replaceState(...state);
};

/** A browser as new: no widget, no session, no choice of language, a plain address. */
export async function clear(): Promise<void> {
  // The newest first: each one's server stands in front of the one before.
  for (const { element, api } of pages.splice(0).reverse()) {
    element.remove();
    api.restore();
  }
  await Promise.resolve();
  localStorage.clear();
  sessionStorage.clear();
  await until('room in the history', () => {
    const since = performance.now() - HISTORY.withinMs;
    return changes.filter((at) => at > since).length < HISTORY.most;
  });
  if (location.search + location.hash !== '') history.replaceState(null, '', location.pathname);
  await forgetSession();
}

/** Empties the widget's store without deleting it: another element may hold it open. */
export function forgetSession(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('amisgest-pay', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('sessions');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const work = request.result.transaction('sessions', 'readwrite');
      work.objectStore('sessions').clear();
      work.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

/** The address that PayPal's return, or an e-mail's link, brings her to. Call before `open`, after `clear`. */
export function arrive(address: string): void {
  history.replaceState(null, '', location.pathname + address);
}
