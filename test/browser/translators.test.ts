// A page that a translator reads to somebody who knows neither French nor English, and extensions that change it: what
// comes next shows whole, what she typed stays, and what must not be translated says so.
import fc from 'fast-check';
import { assert } from './support/assert.ts';
import { held, ok, problem } from './support/fake-api.ts';
import { reach } from './support/reach.ts';
import { payment } from './support/samples.ts';
import { HARMS, harm, original, Translator, WAYS, type Way } from './support/translators.ts';
import { clear, open, type Page, until } from './support/widget.ts';

const PAID = 'Votre paiement est maintenant complété.';
const ways = Object.keys(WAYS) as Way[];
const RARER = ways.filter((way) => way !== 'google' && way !== 'firefox');
const read = (page: Page) => original(page.text).replace(/\s+/g, ' ');

/** Waits for words, translated or not. */
const reads = (page: Page, sentence: string) =>
  until(
    () => `« ${sentence} » in « ${read(page)} »`,
    () => read(page).includes(sentence.replace(/\u00a0/g, ' ')),
  );

function press(page: Page, name: string): void {
  const found = [...page.root.querySelectorAll<HTMLElement>('button, a')].find(
    ({ textContent }) =>
      original(textContent ?? '')
        .replace(/\s+/g, ' ')
        .trim() === name,
  );
  if (found === undefined) throw new Error(`no « ${name} » in « ${read(page)} »`);
  found.click();
}

/** Before « Confirmer », whose answer waits until it is let go. */
async function confirming(): Promise<{ page: Page; release: () => void }> {
  const one = payment();
  let let_go = () => {};
  const page = await open((api) => {
    api.payments = [one];
    api.open = one;
    const { handler, release } = held(() =>
      ok({ payment: { ...payment({ state: 'completed' }), id: one.id } }),
    );
    let_go = release;
    api.on('POST /payments/:id/confirm', handler);
  });
  await page.signIn();
  await page.at('Dernière étape\u00a0: confirmez votre paiement');
  return { page, release: let_go };
}

/** Until nothing more comes. */
async function settled(page: Page): Promise<void> {
  for (let text = '', calm = 0; calm < 20; calm = text === read(page) ? calm + 1 : 0) {
    text = read(page);
    await new Promise((next) => setTimeout(next));
  }
}

describe('a page that is translated', () => {
  afterEach(clear);

  for (const way of ways) {
    for (const wait of [0, 50]) {
      it(`says that she has paid, whatever stood there before (${way}, ${wait} ms later)`, async () => {
        const { page, release } = await confirming();
        const translator = new Translator(page.root, way, wait);
        press(page, 'Confirmer');
        await reads(page, 'Confirmation en cours.');
        release();
        await reads(page, PAID);
        assert.ok(!read(page).includes('n’est pas encore fait'), 'nothing of the screen before');
        await until('translated', () => /[⟦⟪]/.test(page.heading));
        assert.same(original(page.heading), PAID);
        translator.stop();
      });
    }

    it(`keeps the box, the place in it and what she typed when something is said in between (${way})`, async () => {
      const { handler, release } = held(() => problem('sign-in-failed', 401));
      const page = await open((api) => api.on('POST /sessions', handler));
      page.type('Courriel', 'marie-eve@example.org');
      page.type('Mot de passe', 'presque la bonne phrase');
      page.root.querySelector<HTMLInputElement>('.check input')?.click();
      const box = page.box('Mot de passe');
      box.focus();
      box.setSelectionRange(3, 8);
      const translator = new Translator(page.root, way);
      await page.element.updateComplete;
      assert.ok(page.root.activeElement === box, 'she is where she was');
      press(page, 'Se connecter');
      await until('busy', () => page.root.querySelector('form .spinner'));
      const busy = page.root.querySelector<HTMLInputElement>('#password');
      assert.same(page.root.activeElement?.id, 'password', 'in the box of that name');
      assert.same([busy?.selectionStart, busy?.selectionEnd], [3, 8]);
      release();
      await reads(page, 'Courriel ou mot de passe incorrect.');
      const now = page.root.querySelector<HTMLInputElement>('#password');
      assert.same([now?.value, now?.type], ['presque la bonne phrase', 'text']);
      assert.same(page.root.querySelector<HTMLInputElement>('#email')?.value, 'marie-eve@example.org');
      assert.same(page.root.querySelector<HTMLInputElement>('.check input')?.checked, true);
      assert.same(page.root.activeElement?.id, 'notice', 'led to what is said, as ever');
      translator.stop();
    });

    it(`is not taken back to French while nothing new is said (${way})`, async () => {
      const page = await (reach.mailSent ?? reach.detail)?.go();
      if (page === undefined) throw new Error('no such screen');
      const translator = new Translator(page.root, way);
      const heading = page.root.querySelector('h2');
      const { times } = translator;
      const seconds = () => Number(page.root.querySelector('#left')?.textContent);
      const before = seconds();
      await until('a second less', () => seconds() < before);
      page.element.requestUpdate();
      await page.element.updateComplete;
      assert.ok(page.root.querySelector('h2') === heading, 'the same heading');
      assert.same(translator.times, times, 'nothing to translate again');
      assert.ok(/[⟦⟪]/.test(page.heading), 'still translated');
      translator.stop();
    });
  }

  for (const [n, [name, { go }]] of Object.entries(reach).entries()) {
    let expected: string | undefined;
    // The two that most people use, and one of the others by turns.
    for (const way of ['google', 'firefox', RARER[n % RARER.length]] as Way[]) {
      it(`${name}: shows whole in the other language, as where nobody translates (${way})`, async () => {
        expected ??= await english(go);
        await clear();
        const page = await go();
        await until('settled', () => page.heading !== '');
        const translator = new Translator(page.root, way);
        press(page, 'English');
        await until(
          () => `« ${expected} », is « ${read(page)} »`,
          () => same(read(page), expected ?? ''),
        );
        translator.stop();
      });
    }

    it(`${name}: keeps a sentence together, its values marked or its words wrapped`, async () => {
      const page = await go();
      await until('settled', () => page.heading !== '');
      // In a flex box each text, and each element, is an item of its own: their spaces go, gaps come between.
      const apart = [...page.root.querySelectorAll('.frame *')].filter((element) => {
        const items = [...element.childNodes].filter(
          (node) =>
            !(node instanceof Comment) &&
            !(node instanceof Element && (node.ariaHidden || node.className === 'sr')) &&
            node.textContent?.trim(),
        );
        const texts = items.some((node) => node instanceof Text);
        return texts && items.length > 1 && /flex/.test(getComputedStyle(element).display);
      });
      assert.same(
        apart.map(({ textContent }) => textContent),
        [],
      );
    });

    it(`${name}: marks what must not be translated`, async () => {
      const page = await go();
      await until('settled', () => page.heading !== '');
      const walker = document.createTreeWalker(page.root, NodeFilter.SHOW_TEXT);
      const left: string[] = [];
      while (walker.nextNode()) {
        const { textContent, parentElement } = walker.currentNode;
        if (KEPT.test(textContent ?? '') && !parentElement?.closest('[translate=no], .notranslate, style')) {
          left.push(textContent?.trim() ?? '');
        }
      }
      assert.same(left, []);
    });
  }
});

/** What a screen reads in English, where nobody translates. */
async function english(go: () => Promise<Page>): Promise<string> {
  const page = await go();
  await until('settled', () => page.heading !== '');
  const french = page.heading;
  press(page, 'English');
  await until('English', () => page.heading !== french);
  await settled(page);
  return read(page);
}

// Spaces between elements come and go, seconds pass.
const same = (a: string, b: string) => a.replace(/\s|\d+ s\b/g, '') === b.replace(/\s|\d+ s\b/g, '');
/** Amounts (but « Votre solde est de 0,00 $ », which is a sentence), numbers, addresses and names in the samples. */
const KEPT = /[1-9][\d,\s\u00a0]*\$|PB-|P-7KQ|8XA1|@(?!exemple)|\b555|Marie-Ève|Petits-Bouleaux|iPhone/;

const harms = fc.array(fc.record({ do: fc.constantFrom(...HARMS), at: fc.nat(400), to: fc.nat(400) }), {
  minLength: 1,
  maxLength: 12,
});

describe('a page that somebody takes apart', () => {
  afterEach(clear);

  it('says that she has paid, whole, whatever was removed, wrapped, merged or put elsewhere', async () => {
    const { page, release } = await confirming();
    press(page, 'Confirmer');
    release();
    await page.at(PAID);
    const expected = read(page);
    await fc.assert(
      fc.asyncProperty(harms, fc.boolean(), async (done, early) => {
        await clear();
        const { page: other, release: let_go } = await confirming();
        if (early) for (const one of done) harm(other.root, one);
        // As if she had pressed it: it may be gone.
        other.root.querySelector<HTMLElement>('button.primary')?.click();
        if (other.api.count('POST /payments/:id/confirm') === 0) return;
        if (!early) for (const one of done) harm(other.root, one);
        let_go();
        await until(
          () => `« ${expected} », is « ${read(other)} »`,
          () => same(read(other), expected),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('keeps what she typed, and says what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(harms, async (done) => {
        await clear();
        const { handler, release } = held(() => problem('sign-in-failed', 401));
        const page = await open((api) => api.on('POST /sessions', handler));
        await page.signIn();
        await until('asked', () => page.api.count('POST /sessions') > 0);
        for (const one of done) harm(page.root, one);
        release();
        await reads(page, 'Courriel ou mot de passe incorrect.');
        assert.same(
          page.root.querySelector<HTMLInputElement>('#email')?.value,
          'marie-eve@example.org',
          JSON.stringify(done),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('leaves the boxes alone where an extension only adds to them', async () => {
    const page = await open();
    page.type('Courriel', 'marie-eve@example.org');
    const box = page.box('Courriel');
    const icon = document.createElement('com-bitwarden-icon');
    box.after(icon);
    page.root.append(document.createElement('grammarly-extension'));
    await page.press('Se connecter');
    await page.reads('Corrigez 1 case');
    icon.remove();
    await page.press('English');
    await page.reads('Fill in');
    assert.ok(page.root.querySelector('#email') === box, 'the same box');
  });

  it('offers the e-mail again, though the seconds were taken out', async () => {
    const now = Date.now;
    const page = await (reach.mailSent as { go(): Promise<Page> }).go();
    page.root.querySelector('#left')?.parentElement?.replaceChildren('⟦Attendez 60 s.⟧');
    Date.now = () => now() + 61_000;
    try {
      await reads(page, 'Renvoyer le courriel');
      assert.ok(!page.text.includes('Attendez'), 'nothing to wait for');
    } finally {
      Date.now = now;
    }
  });

  for (const [what, empty] of Object.entries({
    'the whole tree': (root: ShadowRoot) => root.replaceChildren(),
    'the frame': (root: ShadowRoot) => root.querySelector('.frame')?.remove(),
    'what is in the frame': (root: ShadowRoot) => root.querySelector('.frame')?.replaceChildren(),
    'the screen': (root: ShadowRoot) => root.querySelector('.screen')?.replaceChildren(),
  })) {
    it(`is there again, with what she typed, when somebody has emptied ${what}`, async () => {
      const page = await open();
      await until('later.ts', () => page.text.includes('Petits-Bouleaux'));
      page.type('Courriel', 'marie-eve@example.org');
      empty(page.root);
      await until('the form', () => page.root.querySelector('.frame #email'));
      assert.same(page.box('Courriel').value, 'marie-eve@example.org');
      await page.signIn();
      await page.at('Détail du montant à payer');
    });
  }

  it('stands a storm of changes, before the rest of the widget has come and after', async () => {
    const page = await open();
    const storm = () => {
      const frame = page.root.querySelector('.frame') as Element;
      for (let i = 0; i < 100_000; i += 1) {
        const icon = document.createElement('i');
        frame.append(icon);
        icon.remove();
      }
    };
    storm();
    await page.reads('Petits-Bouleaux');
    page.type('Courriel', 'marie-eve@example.org');
    storm();
    await page.press('Se connecter');
    await page.reads('Corrigez 1 case');
    assert.same(page.box('Courriel').value, 'marie-eve@example.org');
  });

  it('ticks what will be paid, whatever was ticked in what was thrown away', async () => {
    const page = await (reach['detail, several invoices and parts'] as { go(): Promise<Page> }).go();
    const boxes = () => [...page.root.querySelectorAll<HTMLInputElement>('input[name=invoices]')];
    new Translator(page.root, 'firefox').stop();
    page.api.on('POST /quotes', () => problem('not-found', 404));
    boxes()[0]?.click();
    await reads(page, 'Vos factures ont changé.');
    const ticked = boxes().filter(({ checked }) => checked).length;
    assert.same(ticked, boxes().filter(({ defaultChecked }) => defaultChecked).length);
  });

  it('reads out what is under way, from the place that was there before', async () => {
    const { page, release } = await confirming();
    const live = page.root.querySelector('.sr[role=status]');
    new Translator(page.root, 'firefox').stop();
    press(page, 'Confirmer');
    await until('said', () => (live?.textContent ?? '') !== '');
    assert.ok(live?.isConnected, 'not a new one: it would not be read');
    release();
    await reads(page, PAID);
    assert.ok(live?.isConnected, 'nor on the next screen');
  });
});
