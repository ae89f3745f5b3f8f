// A person at a browser: finds fields and buttons by what they are called, as people and screen readers do, through
// the widget's shadow root.
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.ts';
import { until } from '../support/demo.ts';
import { typed } from '../support/log-search.ts';

// Long, for busy machines: what is there is found at once.
const LIMIT_MS = 30_000;
const PHONE = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 900 };

/** With a profile of its own, which goes when it is closed. `flags`: more than the usual ones. */
export function openBrowser(...flags: string[]): Promise<Browser> {
  return puppeteer.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_FLAGS, '--lang=fr-CA', ...flags],
    timeout: 120_000,
  });
}

const WAYS =
  /^(Mes factures|Mes paiements|Mon compte|Se déconnecter|My (invoices|payments|account)|Sign out)$/;

export class Person {
  readonly page: Page;
  /** What the page complained about; a journey ends with none. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.complaints.push(message.text());
    });
  }

  /** In a browser profile of her own: another person, or another device. */
  static async arrive(browser: Browser, size = PHONE): Promise<Person> {
    const context = await browser.createBrowserContext();
    return Person.at(await context.newPage(), size);
  }
  /** A second tab of the same person. */
  async newTab(): Promise<Person> {
    return Person.at(await this.page.browserContext().newPage(), this.page.viewport() ?? PHONE);
  }
  private static async at(page: Page, size: { width: number; height: number }): Promise<Person> {
    await page.setViewport(size);
    return new Person(page);
  }

  async goes(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'load' });
  }
  async finds(role: string, name: string): Promise<ElementHandle<Element>> {
    // As French is set: a space that does not break before these, and inside quotation marks.
    const set = name.replace(/ (?=[:$%»])|(?<=«) /g, '\u00a0');
    const found = await this.page.waitForSelector(`::-p-aria([name="${set}"][role="${role}"])`, {
      visible: true,
      timeout: LIMIT_MS,
    });
    if (found === null) throw new Error(`no ${role} « ${name} »`);
    return found;
  }
  async clicks(name: string, role = 'button'): Promise<void> {
    if (WAYS.test(name) && (await this.page.$('amisgest-bureau')) === null) await this.opensMenu();
    await until(`a click on ${role} « ${name} »`, async () => {
      const target = await this.finds(role, name);
      await target.evaluate((element) => element.scrollIntoView({ block: 'center' }));
      return target.click().then(
        () => true,
        // The page was drawn anew between a look at it and the click: she clicks what stands there now.
        (error: unknown) => {
          if (/not clickable|detached/.test(String(error))) return false;
          throw error;
        },
      );
    });
  }
  /** On a phone her account's ways stand in a menu. */
  async opensMenu(): Promise<void> {
    const summary = await this.page.waitForSelector('amisgest-pay >>> nav summary', { timeout: LIMIT_MS });
    await summary?.evaluate((element) => {
      const menu = element.parentElement as HTMLDetailsElement;
      if (element.checkVisibility() && !menu.open) (element as HTMLElement).click();
    });
  }
  async types(name: string, text: string): Promise<void> {
    const field = await this.finds('textbox', name);
    await field.evaluate((element) => {
      element.scrollIntoView({ block: 'center' });
      (element as HTMLInputElement).select();
    });
    typed.add(text);
    await field.type(text);
  }
  async presses(key: 'Enter' | 'Tab' | 'Space'): Promise<void> {
    await this.page.keyboard.press(key);
  }
  /** Goes there by the keyboard alone, as she who has no mouse. */
  async tabsTo(role: string, name: string): Promise<void> {
    const target = await this.finds(role, name);
    for (let i = 0; i < 60; i++) {
      const there = await target.evaluate((element) => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return active === element;
      });
      if (there) return;
      await this.presses('Tab');
    }
    throw new Error(`the Tab key does not lead to ${role} « ${name} »`);
  }
  async value(name: string): Promise<string> {
    return (await this.finds('textbox', name)).evaluate((element) => (element as HTMLInputElement).value);
  }
  /** What stands on the page, as one line. */
  async reads(): Promise<string> {
    const text = await this.page.evaluate(() => {
      const of = (node: Node): string => {
        if (node instanceof Text) return node.data;
        if (!(node instanceof Element || node instanceof ShadowRoot)) return '';
        // A line may end there; nothing is written.
        if (node instanceof Element && node.tagName === 'WBR') return '';
        if (
          node instanceof Element &&
          (['STYLE', 'SCRIPT', 'NOSCRIPT'].includes(node.tagName) ||
            (node.tagName !== 'SLOT' && !node.checkVisibility()))
        )
          return '';
        const inside = node instanceof Element && node.shadowRoot !== null ? node.shadowRoot : node;
        return `${[...inside.childNodes].map(of).join('')} `;
      };
      return of(document.body);
    });
    return text.replace(/[\s\u00a0\u202f]+/g, ' ');
  }
  /** Waits until the page says so. On a phone, a page that has to be scrolled sideways is a complaint. */
  async sees(words: RegExp): Promise<string> {
    let last = '';
    try {
      await until(String(words), async () => {
        last = await this.reads().catch(() => '');
        return words.test(last);
      });
    } catch {
      throw new Error(`${words} did not come; the page says: ${last.slice(0, 2_000)}`);
    }
    const tooWide = await this.page
      .evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      .catch(() => 0);
    if (tooWide > 0) this.complaints.push(`${tooWide} px too wide: ${await this.heading()}`);
    return last;
  }
  /** The heading that has the focus, or is simply the screen's. */
  async heading(): Promise<string> {
    return this.page.evaluate(
      () =>
        document
          .querySelector('amisgest-pay, amisgest-bureau')
          ?.shadowRoot?.querySelector('h1, h2')
          ?.textContent?.trim() ?? '',
    );
  }

  // — at PayPal —

  async paysByCard(number = '4111 1111 1111 1111', labels: 'fr' | 'en' = 'fr'): Promise<void> {
    const t =
      labels === 'fr'
        ? [
            'Payer par carte de crédit ou carte de débit Visa',
            'Numéro de carte',
            'Expiration (MM/AA)',
            'Code de sécurité (CVV)',
            'Prénom',
            'Nom',
            'Code postal',
            'Courriel',
            'Continuer',
          ]
        : [
            'Pay with a credit or Visa Debit card',
            'Card number',
            'Expires (MM/YY)',
            'Security code (CVV)',
            'First name',
            'Last name',
            'Postal code',
            'Email',
            'Continue',
          ];
    const [
      way = '',
      card = '',
      expiry = '',
      cvv = '',
      first = '',
      last = '',
      postal = '',
      email = '',
      go = '',
    ] = t;
    await this.clicks(way, 'link');
    await this.types(card, number);
    await this.types(expiry, '12/30');
    await this.types(cvv, '123');
    await this.types(first, 'Sylvie');
    await this.types(last, 'Tremblay');
    await this.types(postal, 'G5H 1A1');
    await this.types(email, 'sylvie@example.org');
    await this.clicks(go);
  }

  // — in the widget —

  async signsUp(name: string, email: string, password: string): Promise<void> {
    await this.clicks('Création de compte');
    // Told before she types (S5–S7).
    await this.sees(
      /l’adresse courriel déjà présente à votre dossier d’assurance\. Votre dossier sera trouvé automatiquement\. Vous utilisez une autre adresse\? Ayez en main votre facture/,
    );
    await this.types('Nom', name);
    await this.types('Courriel', email);
    await this.types('Mot de passe', password);
    await this.clicks('Créer votre compte');
    await this.sees(/Vérifiez vos courriels/);
  }
  async signsIn(email: string, password: string): Promise<void> {
    await this.types('Courriel', email);
    await this.types('Mot de passe', password);
    await this.presses('Enter');
  }
}

/** The first link in a message. */
export function linkIn(text: string): string {
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error('the message has no link');
  return link;
}
