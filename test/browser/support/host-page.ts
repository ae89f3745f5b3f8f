// A page of somebody else's with the built widget in it: a frame of its own, whose calls go to the test's server.
import type { FakeApi } from './fake-api.ts';
import { API, SLUG } from './fake-api.ts';
import { until } from './widget.ts';

export const BUILT = `${location.origin}/dist/widget/amisgest-pay.js`;
export const SCRIPT = `<script type="module" src="${BUILT}"></script>`;
export const ELEMENT = `<amisgest-pay regroupement="${SLUG}" api="${API}"><a href="${API}/p/${SLUG}">Payer mes assurances</a></amisgest-pay>`;

export class HostPage {
  readonly frame: HTMLIFrameElement;
  /** What the page's console was told. */
  readonly said: string[] = [];

  /** `html` is the whole page; `prepare` sees its window before anything in it runs. */
  constructor(html: string, prepare: (window: Window & typeof globalThis) => void = () => {}) {
    this.frame = document.createElement('iframe');
    this.frame.style.cssText = 'width:420px;height:900px';
    document.body.append(this.frame);
    this.document.open();
    const { window } = this;
    window.fetch = (input, init) => globalThis.fetch(input, init);
    for (const level of ['error', 'warn'] as const) {
      window.console[level] = (...words: unknown[]) => this.said.push(words.join(' '));
    }
    prepare(window);
    this.document.write(html);
    this.document.close();
  }

  get window(): Window & typeof globalThis {
    const { contentWindow } = this.frame;
    if (contentWindow === null) throw new Error('no frame');
    return contentWindow as Window & typeof globalThis;
  }
  get document(): Document {
    return this.window.document;
  }
  get element(): HTMLElement {
    const found = this.document.querySelector<HTMLElement>('amisgest-pay');
    if (found === null) throw new Error('no element');
    return found;
  }
  get text(): string {
    return (this.document.querySelector('amisgest-pay')?.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ');
  }

  find<E extends HTMLElement = HTMLElement>(selector: string): Promise<E> {
    return until(`${selector} in « ${this.text} »`, () =>
      this.document.querySelector('amisgest-pay')?.shadowRoot?.querySelector<E>(selector),
    );
  }
  reads(sentence: string): Promise<boolean> {
    return until(`« ${sentence} » in « ${this.text} »`, () => this.text.includes(sentence));
  }

  async signIn(password: string): Promise<void> {
    (await this.find<HTMLInputElement>('#email')).value = 'marie-eve@example.org';
    (await this.find<HTMLInputElement>('#password')).value = password;
    (await this.find('button.primary')).click();
  }

  close(api?: FakeApi): void {
    this.frame.remove();
    api?.restore();
  }
}
