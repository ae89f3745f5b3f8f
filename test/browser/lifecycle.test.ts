// The element as a guest: upgraded late, moved, removed and put back, loaded twice, on a page that was never asked.
import { assert } from './support/assert.ts';
import { API, ok, SLUG } from './support/fake-api.ts';
import { profile } from './support/samples.ts';
import { add, clear, open, until } from './support/widget.ts';

/** The garbage collector's own switch: Chromium is started with it, the others have none. */
const { gc } = globalThis as { gc?: (how: { type: 'major'; execution: 'async' }) => Promise<void> };

describe('the element', () => {
  afterEach(clear);

  it('takes up attributes and properties set before it was upgraded', async () => {
    const page = await open();
    const { localName } = page.element;
    const early = document.createElement('div');
    early.innerHTML = `<amisgest-pay regroupement="${SLUG}" api="${API}" lang="en-CA"></amisgest-pay>`;
    document.body.append(early);
    const element = document.querySelector<HTMLElementTagNameMap['amisgest-pay']>(`div > ${localName}`);
    await until('English first view', () => element?.shadowRoot?.textContent?.includes('Sign in'));
    early.remove();
  });

  it('keeps what she typed when the page moves it', async () => {
    const page = await open();
    page.type('Courriel', 'marie@example.org');
    const box = page.box('Courriel');
    const elsewhere = document.createElement('section');
    document.body.append(elsewhere);
    elsewhere.append(page.element);
    await page.element.updateComplete;
    assert.ok(page.box('Courriel') === box && box.value === 'marie@example.org', 'the same box, as typed');
    document.body.append(page.element);
    elsewhere.remove();
  });

  it('works again, signed in, after having been removed and put back', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    page.element.remove();
    await new Promise((next) => requestAnimationFrame(next));
    document.body.append(page.element);
    await page.at('Détail du montant à payer');
    assert.same(page.api.count('POST /sessions'), 1, 'signed in once');
  });

  it('listens to nothing on the page once it is gone, whatever screen she left', async () => {
    const heard = new Set<string>();
    const restore = [window, document].map((target) => {
      const { addEventListener, removeEventListener } = target;
      const ids = new Map<unknown, number>();
      const name = (type: string, listener: unknown) => {
        if (!ids.has(listener)) ids.set(listener, ids.size);
        return `${type} ${ids.get(listener)}`;
      };
      target.addEventListener = (...[type, listener, options]: Parameters<typeof addEventListener>) => {
        heard.add(name(type, listener));
        addEventListener.call(target, type, listener, options);
      };
      target.removeEventListener = (...[type, listener, options]: Parameters<typeof addEventListener>) => {
        heard.delete(name(type, listener));
        removeEventListener.call(target, type, listener, options);
      };
      return () => Object.assign(target, { addEventListener, removeEventListener });
    });
    try {
      const page = await open();
      await page.signIn();
      await page.at('Détail du montant à payer');
      assert.ok(
        [...heard].some((name) => name.startsWith('online')),
        'it listened while it was there',
      );
      page.element.remove();
      await until('silence', () => heard.size === 0).catch(() => undefined);
      assert.same([...heard], []);
    } finally {
      for (const back of restore) back();
    }
  });

  if (gc !== undefined)
    it('leaves no node behind in a page that puts it in and takes it out two hundred times', async () => {
      const { element } = await open();
      const left: WeakRef<Node>[] = [];
      const form = (one: Element) => one.shadowRoot?.querySelector('.frame form');
      // All of it is there: the server has said whose site this is.
      const whole = (one: Element) => one.shadowRoot?.textContent?.includes('Petits-Bouleaux') && form(one);
      // A function of its own: what it has named goes with it.
      const putInAndTakeOut = async () => {
        const twenty = Array.from({ length: 20 }, () => element.cloneNode(true) as typeof element);
        document.body.append(...twenty);
        for (const one of twenty) {
          const shown = await until('the form', () => whole(one) || null);
          left.push(new WeakRef<Node>(one), new WeakRef<Node>(shown));
        }
        for (const one of twenty) one.remove();
      };
      for (let round = 0; round < 10; round++) await putInAndTakeOut();
      const stillThere = () => left.filter((node) => node.deref() !== undefined).length;
      // What had begun may still wait for an answer, or for its time limit.
      const end = performance.now() + 20_000;
      while (stillThere() > 0 && performance.now() < end) {
        await new Promise((next) => setTimeout(next, 100));
        await gc({ type: 'major', execution: 'async' });
      }
      assert.same([left.length, stillThere()], [400, 0]);
    });

  it('is drawn at most once for each letter that she types', async () => {
    const page = await open();
    await page.reads('Petits-Bouleaux');
    let drawn = 0;
    const { performUpdate } = page.element as unknown as { performUpdate(): void };
    Object.assign(page.element, {
      performUpdate() {
        drawn++;
        performUpdate.call(this);
      },
    });
    const counts = [];
    for (const letters of ['m', 'ma', 'mar', 'mari', 'marie']) {
      drawn = 0;
      page.type('Courriel', letters);
      await page.element.updateComplete;
      await new Promise((next) => requestAnimationFrame(next));
      counts.push(drawn);
    }
    page.element.requestUpdate();
    await page.element.updateComplete;
    assert.ok(drawn > 0, 'it is seen when it is drawn');
    assert.ok(Math.max(...counts) <= 1, `drawn ${counts.join(', ')} times`);
  });

  it('works where it is copied, written anew, or taken to another document', async () => {
    const page = await open();
    await page.reads('Petits-Bouleaux');
    const form = (element: Element | null | undefined) => () =>
      element?.shadowRoot?.querySelector('.frame form');
    const copy = page.element.cloneNode(true) as Element;
    document.body.append(copy);
    await until('the copy', form(copy));
    copy.remove();
    const section = document.createElement('section');
    document.body.append(section);
    section.append(page.element);
    const html = section.innerHTML;
    section.innerHTML = html;
    await until('written anew', form(section.firstElementChild));
    const iframe = document.createElement('iframe');
    section.append(iframe);
    const taken = section.firstElementChild as Element;
    iframe.contentDocument?.body.append(taken);
    await until('taken away', form(taken));
    document.body.append(taken);
    await until('brought back', form(taken));
    taken.remove();
    section.remove();
  });

  it('says in English what telephone extension to ask for', async () => {
    const page = await open((api) => api.on('GET /', () => ok(profile({ phone: '819 555-0164, poste 4' }))), {
      lang: 'en-CA',
    });
    await page.reads('819-555-0164, ext. 4');
  });

  it('lets the first definition stay when the script comes a second time', async () => {
    const first = customElements.get('amisgest-pay');
    await import(`../../widget/amisgest-pay.ts?again=${performance.now()}`);
    assert.ok(customElements.get('amisgest-pay') === first, 'still the first');
  });

  it('tells the page what happens, without anything personal', async () => {
    const heard: Event[] = [];
    for (const type of ['ready', 'step', 'paid', 'error']) {
      document.addEventListener(`amisgest-pay-${type}`, (event) => heard.push(event), {
        once: type === 'ready',
      });
    }
    const page = await open((api) => {
      const one = { ...api.payments[0] };
      assert.same(one, {});
    });
    await page.signIn();
    await page.at('Détail du montant à payer');
    assert.same(heard[0]?.type, 'amisgest-pay-ready');
    const steps = heard.filter(({ type }) => type === 'amisgest-pay-step');
    assert.same(steps.map((event) => 'screen' in event && event.screen).slice(-2), ['search', 'detail']);
    assert.ok(
      !JSON.stringify(heard.map((event) => ({ ...event }))).includes('example.org'),
      'no e-mail in it',
    );
  });

  it('says that the site is not registered, and leaves the link', async () => {
    const page = await open((api) =>
      api.on('GET /', () => new Response('{"type":"/problems/origin-refused"}', { status: 403 })),
    );
    await page.reads('Le paiement en ligne n’est pas disponible pour le moment.');
    const slot = page.root.querySelector('slot:not([name])');
    assert.ok(
      slot instanceof HTMLSlotElement && slot.assignedElements().some(({ localName }) => localName === 'a'),
      'the link shows',
    );
  });

  it('is not touched by the page’s careless styles, and touches none of the page', async () => {
    const style = document.createElement('style');
    style.textContent = `html{font-size:62.5%} *{letter-spacing:9px;box-sizing:content-box} button{display:none!important}
      input{width:3px!important} h2{text-transform:uppercase!important} p{color:red!important}`;
    document.head.append(style);
    const outside = document.createElement('button');
    document.body.append(outside);
    const before = getComputedStyle(outside).cssText;
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    const look = (selector: string) => {
      const found = page.root.querySelector(selector);
      if (found === null) throw new Error(selector);
      return getComputedStyle(found);
    };
    assert.same(look('h2').textTransform, 'none');
    assert.same(look('label').letterSpacing, 'normal');
    assert.ok(look('button.primary').display.includes('flex'), 'buttons show');
    assert.ok(Number.parseFloat(look('#email').width) > 150, 'a box wide enough to type in');
    assert.same(look('#email').fontSize, '18px', 'px, whatever the root says');
    assert.same(getComputedStyle(outside).cssText, before, 'the page’s own button is as before');
    style.remove();
    outside.remove();
  });

  it('takes nothing from the host’s focus when it first shows, even to someone signed in', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    page.element.remove();
    const input = document.createElement('input');
    document.body.append(input);
    input.focus();
    const again = await add();
    await again.at('Détail du montant à payer');
    await again.element.updateComplete;
    assert.ok(document.activeElement === input, 'the focus stays where it was');
    input.remove();
  });

  it('lets two of them stand on one page', async () => {
    const first = await open();
    const second = await add();
    await until('both', () => first.root.querySelector('form') && second.root.querySelector('form'));
    first.element.remove();
  });
});
