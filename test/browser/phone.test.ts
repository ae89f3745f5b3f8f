// The built widget on a phone, 360 × 740, on pages of every sort: what she came for is in view, and nothing hides where
// she is.
import { assert } from './support/assert.ts';
import { FakeApi, PASSWORD } from './support/fake-api.ts';
import { ELEMENT, HostPage, SCRIPT } from './support/host-page.ts';
import { certificate, invoice, paidUp, payment } from './support/samples.ts';
import { clear, until } from './support/widget.ts';

const HEIGHT = 740;
const WIDTH = 360;
const LINE = { code: 'AVEN', description: 'Ajout d’une assistante', amountCents: 1000, rate: null } as const;

/** Pages around the widget; the last two scroll in a box of their own. */
const HOSTS: Readonly<Record<string, string>> = {
  'a plain page': ELEMENT,
  'a page with much above and below': `<div style="height:900px"></div>${ELEMENT}<div style="height:900px"></div>`,
  'a box with overflow: hidden': `<div style="overflow:hidden">${ELEMENT}</div>`,
  'a box with overflow: auto that does not scroll': `<div style="overflow:auto">${ELEMENT}</div>`,
  'a transformed box with overflow: hidden': `<div style="overflow:hidden;transform:translateX(0);contain:layout">${ELEMENT}</div>`,
  'overflow-x: hidden on html and body': `<style>html,body{overflow-x:hidden}</style>${ELEMENT}`,
  'a page whose body scrolls': `<style>html{height:100%;overflow:hidden}body{height:100%;overflow:auto}</style>${ELEMENT}`,
  'a scrolling box under a heading': `<h1 style="height:60px">Site</h1><div id=scroller style="height:600px;overflow:auto">${ELEMENT}</div>`,
};

describe('on a phone of 360 × 740', () => {
  let api: FakeApi;
  let page: HostPage | undefined;
  beforeEach(async () => {
    await clear();
    api = new FakeApi();
  });
  afterEach(() => page?.close(api));

  const root = () => page?.element.shadowRoot as ShadowRoot;
  const get = (selector: string) => {
    const found = root().querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`no ${selector}`);
    return found;
  };
  const box = (element: Element) => element.getBoundingClientRect();
  const button = (words: string) =>
    [...root().querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.trim() === words);
  const pay = () => button('Effectuer un paiement') as HTMLElement;
  const bar = () => get('.bar > *');
  const barShown = () => page?.window.getComputedStyle(bar()).visibility === 'visible';
  /** What scrolls: the page, or the box around the widget. */
  const scroller = () => {
    const { document } = page as HostPage;
    const boxes = [document.querySelector('#scroller'), document.body, document.documentElement];
    const moves = (area: Element) => {
      area.scrollTop += 1;
      return area.scrollTop > 0;
    };
    return boxes.find((area) => area && moves(area)) as Element;
  };
  const frames = async (n = 3) => {
    for (let i = 0; i < n; i += 1) await new Promise((next) => page?.window.requestAnimationFrame(next));
  };
  /** All of it can be seen: nothing of the page's cuts it off, nothing stands over it. */
  function inView(element: HTMLElement): boolean {
    const { left, right, top, bottom } = box(element);
    return [top + 2, bottom - 2].every((y) => {
      const at = root().elementFromPoint((left + right) / 2, y);
      return y >= 0 && y <= HEIGHT && at !== null && (element.contains(at) || at.contains(element));
    });
  }

  async function opens(
    host: string,
    heading: string,
    prepare: (window: Window & typeof globalThis) => void = () => {},
    size: readonly [width: number, height: number] = [WIDTH, HEIGHT],
  ): Promise<void> {
    page = new HostPage(
      `<!doctype html><meta name=viewport content="width=device-width">${SCRIPT}<body style="margin:0">${host}`,
      (window) => {
        // As if the page were not in the test's frame.
        Object.defineProperty(window, 'self', { value: window.top });
        prepare(window);
      },
    );
    page.frame.style.cssText = `width:${size[0]}px;height:${size[1]}px;border:0`;
    page.frame.scrollIntoView();
    await page.signIn(PASSWORD);
    await until(
      `heading ${heading} in ${page.text}`,
      () => root().querySelector('h2')?.textContent?.trim() === heading,
    );
  }
  const opensDetail = async (
    ...[host, prepare, size]: [
      string,
      ...(Parameters<typeof opens> extends [unknown, unknown, ...infer R] ? R : never),
    ]
  ) => {
    await opens(host, 'Détail du montant à payer', prepare, size);
    await until('the price', () => pay());
    await frames();
  };
  const withLines = (lines: number) => {
    const invoices = [invoice({ lines: Array.from({ length: lines }, () => LINE) })];
    api.found = { foundBy: 'email', certificates: [certificate({ invoices })] };
  };
  const severalInvoices = () => {
    api.minimumCents = 2500;
    const other = invoice({ id: 'invoice-0000000002', number: 'PB-F-2026-0002', dueOn: '2026-12-01' });
    api.found = { foundBy: 'email', certificates: [certificate({ invoices: [invoice(), other] })] };
  };

  const manyCertificates = (n: number) =>
    Array.from({ length: n }, (_, i) => {
      const number = `PB-${String(5000 + i)}`;
      const numbers = { id: `certificate-${number}`, number };
      const day = String(28 - (i % 28)).padStart(2, '0');
      return i % 4 === 0
        ? { ...paidUp, ...numbers }
        : certificate({
            ...numbers,
            invoices: [invoice({ id: `invoice-${number}`, dueOn: `2026-12-${day}` })],
          });
    });

  for (const [name, host] of Object.entries(HOSTS)) {
    for (const lines of [1, 12]) {
      it(`the amount and the way to pay are always in view, ${lines} lines, in ${name}`, async () => {
        withLines(lines);
        await opensDetail(host);
        const area = scroller() as Element;
        area.scrollTop = 0;
        await frames();
        let bars = 0;
        for (let y = 0; y <= area.scrollHeight; y += 60) {
          area.scrollTop = y;
          await frames(2);
          // Before she has come to it, and after it, there is the page.
          const title = box(get('#title'));
          if (title.bottom > HEIGHT - 240 || box(pay()).top < 0) continue;
          if (inView(pay())) {
            assert.ok(!barShown(), `at ${y}: the button itself, and no bar`);
          } else {
            assert.ok(barShown(), `at ${y}: the bar`);
            assert.ok(inView(get('.bar a')) && inView(get('.bar strong')), `at ${y}: all of it`);
            assert.ok((get('.bar').textContent ?? '').includes('305,28'), 'with the amount');
            bars += 1;
          }
        }
        assert.ok(bars > 3, 'a long screen');
      });
    }
  }

  for (const [name, host] of Object.entries(HOSTS)) {
    it(`the bar leads to both notes and the button, and pays nothing itself, in ${name}`, async () => {
      withLines(12);
      await opensDetail(host);
      get('.bar a').click();
      await frames();
      assert.same(root().activeElement?.id, 'pay', 'a screen reader goes on with the notes');
      for (const note of root().querySelectorAll<HTMLElement>('#pay .important'))
        assert.ok(inView(note), note.textContent ?? '');
      assert.ok(inView(pay()) || name.includes('under a heading'), 'and the button');
      assert.same(api.count('POST /payments'), 0);
      pay().click();
      await until('the payment', () => api.count('POST /payments') === 1);
    });
  }

  it('nothing that has the focus is under the bar', async () => {
    severalInvoices();
    for (const host of ['a plain page', 'a box with overflow: hidden']) {
      await opensDetail(HOSTS[host] as string);
      for (const details of root().querySelectorAll<HTMLDetailsElement>('.screen details'))
        details.open = true;
      let aside = 0;
      const operated = root().querySelectorAll<HTMLElement>(
        '.screen :is(a, button, input, summary):not(.bar *)',
      );
      assert.ok(operated.length > 6, 'boxes, links, buttons');
      for (const element of operated) {
        const area = scroller() as Element;
        (root().activeElement as HTMLElement | null)?.blur();
        // To where the bar is.
        area.scrollTop += box(element).bottom - HEIGHT + 4;
        await frames(2);
        const covered = barShown() && box(bar()).top < box(element).bottom;
        element.focus({ preventScroll: true });
        await frames(2);
        // A busy machine may draw later than two frames.
        const apart = () => box(bar()).top >= box(element).bottom || box(element).top >= box(bar()).bottom;
        await until(`${element.outerHTML} in view`, () => !barShown() || apart());
        if (covered && !barShown()) aside += 1;
      }
      assert.ok(aside > 3, `the bar was in the way, and stepped aside: ${aside}`);
      page?.close();
      await clear();
    }
  });

  it('the bar takes no more than a quarter: none at 200 % zoom, none with very large letters', async () => {
    withLines(12);
    await opensDetail(ELEMENT, () => {}, [180, 370]);
    assert.ok(!barShown(), 'at 200 %');
    page?.close();
    await clear();
    await opensDetail(`<style>amisgest-pay{--amisgest-base-size:54px}</style>${ELEMENT}`);
    assert.ok(!barShown(), 'at three times the size');
    page?.close();
    await clear();
    await opensDetail(`<style>amisgest-pay{--amisgest-base-size:27px}</style>${ELEMENT}`);
    assert.ok(!barShown() || box(bar()).height <= HEIGHT / 4, 'at one and a half');
  });

  it('a browser that can neither stick nor lift it has no bar, and the button in its place', async () => {
    withLines(12);
    await opensDetail(HOSTS['a box with overflow: hidden'] as string, (window) => {
      Reflect.deleteProperty(window.HTMLElement.prototype, 'popover');
      Reflect.deleteProperty(window.HTMLElement.prototype, 'showPopover');
    });
    assert.ok(!barShown(), 'no bar');
    pay().click();
    await until('the payment', () => api.count('POST /payments') === 1);
  });

  it('says that PayPal is the third step, and folds what it may say of accounts', async () => {
    await opensDetail(ELEMENT);
    assert.ok(get('#pay').textContent?.replace(/\s+/g, ' ').includes('Étape 3 sur 4 – Paiement'), 'the step');
    const note = [...root().querySelectorAll('details')].find(({ textContent }) =>
      textContent?.includes('refusez l’ouverture de compte'),
    );
    assert.same(note?.open, false);
  });

  for (const [name, host] of Object.entries(HOSTS)) {
    it(`« Confirmer » is in view as she comes to it, in ${name}`, async () => {
      api.open = payment();
      api.payments = [api.open];
      await opens(host, 'Dernière étape\u00a0: confirmez votre paiement');
      await frames();
      assert.ok(inView(get('#title')), 'the heading');
      assert.ok(inView(button('Confirmer') as HTMLElement), 'the button');
      const places = [
        get('.important'),
        get('.screen > p strong[translate=no]'),
        button('Confirmer'),
        get('.facts'),
      ];
      places.reduce((one, next) => {
        const follows = one?.compareDocumentPosition(next as Node) === Node.DOCUMENT_POSITION_FOLLOWING;
        assert.ok(follows, 'not done, how much, the button; then the facts');
        return next;
      });
    });
  }

  it('no more than 200 px stand before the title, and the menu has her four ways', async () => {
    await opensDetail(ELEMENT);
    assert.ok(box(get('#title')).top - box(get('.frame')).top <= 200, `${box(get('#title')).top}`);
    const summary = get('nav summary');
    const ways = ['Mes factures', 'Mes paiements', 'Mon compte', 'Se déconnecter'];
    const seen = () =>
      ways.filter(
        (way) =>
          button(way)?.checkVisibility?.({ contentVisibilityAuto: true }) ??
          box(button(way) as Element).height > 0,
      );
    assert.same(seen(), [], 'closed');
    summary.click();
    await frames();
    assert.same(seen(), ways, 'open');
    button('Mes paiements')?.focus();
    button('Mes paiements')?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }),
    );
    await frames();
    assert.same(seen(), [], 'closed by Escape');
    assert.same(root().activeElement, summary, 'and the focus is where it was opened');
    summary.click();
    button('Mes paiements')?.click();
    await until('payments', () => root().querySelector('h2')?.textContent === 'Vos paiements');
    assert.same(seen(), [], 'and does not come along');
  });

  it('on our own page, the other language stands on the line of the menu', async () => {
    await opensDetail(ELEMENT.replace(' ', ' hosted '));
    const menu = box(get('nav summary'));
    const language = button('English') as HTMLElement;
    assert.ok(inView(language) && inView(get('nav summary')), 'both in view');
    assert.ok(box(language).top < menu.bottom && menu.top < box(language).bottom, 'side by side');
  });

  it('at a desk, her four ways are in one line, without a menu', async () => {
    await opensDetail(ELEMENT, () => {}, [1280, 900]);
    // Where the browser cannot open it so, it stays a menu.
    if (!CSS.supports('selector(::details-content)')) return;
    const tops = ['Mes factures', 'Mes paiements', 'Mon compte', 'Se déconnecter'].map(
      (way) => box(button(way) as Element).top,
    );
    assert.same(new Set(tops).size, 1, tops.join());
    assert.ok((tops[0] as number) > 0 && box(get('nav summary')).height === 0, 'open');
  });

  it('of forty certificates, the total and « Tout payer » come first, then what is due first; the rest is folded', async () => {
    const certificates = manyCertificates(40);
    api.found = { foundBy: 'email', certificates };
    await opens(ELEMENT, 'Vos certificats');
    assert.ok(inView(button('Tout payer') as HTMLElement), 'in the first 740 px');
    // Thirty to pay, each 296,13 $.
    const summary = get('.boxed');
    assert.ok(
      (summary.textContent ?? '').replace(/\s/g, ' ').includes('8 883,90 $'),
      summary.textContent ?? '',
    );
    assert.ok(inView(summary.querySelector('strong') as HTMLElement), 'the total');
    const numbers = (within: string) =>
      [...root().querySelectorAll(`${within} h3`)].map(
        ({ textContent }) => textContent?.match(/PB-\d+/)?.[0] ?? '',
      );
    const days = numbers('.screen > .cards').map(
      (number) => certificates.find((one) => one.number === number)?.invoices[0]?.dueOn ?? '',
    );
    assert.same(days.length, 30);
    assert.same(days, [...days].sort(), 'by due date');
    assert.same(numbers('details .cards').length, 10, 'nothing to pay');
    assert.same(root().querySelector<HTMLDetailsElement>('.screen details')?.open, false, 'folded');
    const first = numbers('.screen > .cards').map((number) => `invoice-${number}`);
    button('Tout payer')?.click();
    await until('the price', () => api.count('POST /quotes') > 0);
    assert.same(api.last('POST /quotes').body.invoiceIds, first, 'what is due first is paid first');
  });

  it('of more invoices than one payment takes, says how many it pays, and what they come to', async () => {
    // Three of four are to be paid.
    api.found = { foundBy: 'email', certificates: manyCertificates(140) };
    await opens(ELEMENT, 'Vos certificats');
    const words = (get('.boxed').textContent ?? '').replace(/\s+/g, ' ');
    assert.ok(words.includes('29 613,00 $'), words);
    assert.ok(words.includes('Les 100 premières factures; les autres ensuite.'), words);
    button('Tout payer')?.click();
    await until('the price', () => api.count('POST /quotes') > 0);
    assert.same((api.last('POST /quotes').body.invoiceIds as string[]).length, 100);
  });
});
