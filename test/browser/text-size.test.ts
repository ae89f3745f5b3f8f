// Larger text (WCAG 1.4.4) in narrow and wide columns (1.4.10): every screen, and those with long contents, at three text
// sizes and four widths, in both languages. Nothing overflows, nothing is cut off or covered, no word is broken.
import type { Certificate, Payment } from '../../widget/client/types.ts';
import { assert } from './support/assert.ts';
import { ok } from './support/fake-api.ts';
import { broken, linesOf, outside, overlaps } from './support/layout.ts';
import { account, back, confirming, reach, signedIn } from './support/reach.ts';
import { certificate, invoice, payment, session } from './support/samples.ts';
import { clear, open, type Page, until } from './support/widget.ts';

const SIZES = [1, 1.5, 2];
const WIDTHS = [280, 320, 360, 1280];
const NORMAL_PX = 18;

const NAME = 'Marie-Ève Alexandrine L’Écuyer-Tremblay de la Chevrotière-Roy';
const EMAIL = 'marie-eve.lecuyer-tremblay.garderie@fournisseur-internet.example.org';
const NUMBER = 'RPBE2026ABCDEFGH1234';
const AMOUNT = 1_234_567;

/** An invoice as long as they come: twelve lines, ten thousand dollars and more. */
const longInvoice = (change: Parameters<typeof invoice>[0] = {}) =>
  invoice({
    number: `F${NUMBER}`,
    lines: [
      ...invoice().lines,
      ...Array.from({ length: 9 }, (_, i) => ({
        code: 'OTHER' as const,
        description: `Avenant ${i + 1} – ajout d’une assistante en milieu familial`,
        amountCents: AMOUNT,
        rate: null,
      })),
    ],
    totalCents: AMOUNT,
    balanceCents: AMOUNT,
    ...change,
  });
const longCertificate = (change: Partial<Certificate> = {}) =>
  certificate({
    number: NUMBER,
    holderName: NAME,
    balanceCents: AMOUNT,
    invoices: [longInvoice()],
    ...change,
  });
const longPayment = (change: Partial<Payment> = {}) =>
  payment({
    totalCents: AMOUNT,
    onlineFeeCents: 123_456,
    email: EMAIL,
    captureId: change.completedAt === undefined ? null : '8XA12345BC678901D',
    invoices: Array.from({ length: 12 }, (_, i) => ({
      id: `invoice-000000000${i}`,
      number: `F${NUMBER}${i}`,
      certificateNumber: NUMBER,
      amountCents: AMOUNT,
    })),
    ...change,
  });
const receipt = {
  number: 12_345,
  pdfUrl: 'https://pay.test/v1/receipts/t.pdf',
  htmlUrl: 'https://pay.test/v1/receipts/t.html',
};

const long: Record<string, { go(): Promise<Page> }> = {
  'choose, 40 certificates': {
    go: () =>
      signedIn((api) => {
        const certificates = Array.from({ length: 40 }, (_, i) =>
          longCertificate({
            id: `certificate-1000${i}`,
            invoices: [longInvoice({ id: `invoice-1000${i}`, overdue: i < 3 })],
          }),
        );
        api.found = { foundBy: 'email', certificates };
      }),
  },
  'detail, 12 lines': {
    go: async () => {
      const page = await signedIn((api) => {
        api.onlineFeeCents = 123_456;
        api.taxStep = { from: '2027-01-01', rate: '0.09975', totalCents: AMOUNT };
        api.found = { foundBy: 'email', certificates: [longCertificate()] };
      });
      await page.reads('Total à payer');
      return page;
    },
  },
  'detail, a part of several invoices': {
    go: async () => {
      const page = await signedIn((api) => {
        api.minimumCents = AMOUNT;
        const invoices = ['a', 'b', 'c'].map((id) => longInvoice({ id, paidCents: AMOUNT }));
        api.found = { foundBy: 'link', certificates: [longCertificate({ invoices, creditCents: AMOUNT })] };
      });
      await page.reads('Total à payer');
      return page;
    },
  },
  'confirm, 12 invoices': { go: () => back(longPayment(), 'Dernière étape\u00a0: confirmez votre paiement') },
  'done, 12 invoices': {
    go: async () => {
      const page = await confirming((api) => {
        const one = longPayment();
        api.payments = [one];
        api.open = one;
      });
      await page.at('Votre paiement est maintenant complété.');
      return page;
    },
  },
  'history, large amounts': {
    go: async () => {
      const page = await signedIn((api) => {
        api.payments = [
          longPayment({ state: 'completed', completedAt: '2026-11-23T14:04:02.000Z', receipt }),
          longPayment({ state: 'partly-refunded', refunds: [refund(3), refund(4)], receipt }),
          longPayment({
            state: 'partly-reversed',
            takenBack: [{ amountCents: -AMOUNT, at: '2026-11-24T14:00:00.000Z' }],
          }),
        ];
        api.years = [{ year: 2026, ...receipt }];
      });
      await page.at('Détail du montant à payer');
      await page.press('Mes paiements');
      await page.reads('Reçu du remboursement');
      return page;
    },
  },
  'account, a long name': {
    go: () =>
      account((api) => {
        const me = { ...api.tokens(), me: { name: NAME, email: EMAIL, lang: 'fr-CA' } };
        api.on('POST /sessions', () => Response.json(me, { status: 201 }));
        api.sessions.push(session({ id: 'd', browser: 'Navigateur Internet Samsung, tablette Android' }));
      }),
  },
};

function refund(number: number) {
  return { ...receipt, number, amountCents: AMOUNT, refundedAt: '2026-11-24T14:00:00.000Z' };
}

/** What is wrong with the screen as it stands, in any width and size of text. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    document.body.style.width = `${width}px`;
    for (const size of SIZES) {
      page.element.style.setProperty('--amisgest-base-size', `${NORMAL_PX * size}px`);
      const frame = page.root.querySelector('.frame');
      if (!(frame instanceof HTMLElement)) throw new Error('no frame');
      for (const fault of [...outside(frame), ...broken(frame), ...overlaps(frame)]) {
        found.push(`${width} px × ${size}: ${fault}`);
      }
    }
  }
  return found;
}

describe('every screen, with larger text', () => {
  before(() => {
    document.documentElement.lang = 'fr';
    document.body.style.cssText = 'margin:0';
  });
  afterEach(clear);

  for (const [name, { go }] of Object.entries({ ...reach, ...long })) {
    it(`${name}: reads well × 1, 1.5 and 2, from 280 to 1,280 px`, async () => {
      const page = await go();
      await until('settled', () => page.heading !== '');
      for (const details of page.root.querySelectorAll('details')) details.open = true;
      assert.same(await faults(page), [], 'in French');
      await page.press('English');
      await page.reads('Français');
      for (const details of page.root.querySelectorAll('details')) details.open = true;
      assert.same(await faults(page), [], 'in English');
    });
  }

  it('her e-mail, longer than a line, goes on after its @', async () => {
    const paid = payment({ state: 'completed', email: 'marguerite.tremblay.garde@fournisseur.example.com' });
    const page = await confirming((api) =>
      api.on('POST /payments/:id/confirm', () => ok({ payment: paid }, 201)),
    );
    document.body.style.width = '360px';
    const address = await until('the address', () =>
      [...page.root.querySelectorAll('strong')].find(({ textContent }) => textContent?.includes('@')),
    );
    assert.same(address.textContent, paid.email);
    assert.same(linesOf(address), ['marguerite.tremblay.garde@', 'fournisseur.example.com']);
  });

  it('is twice as large from 360 px up; below, as large as its longest words allow', async () => {
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    page.element.style.setProperty('--amisgest-base-size', `${NORMAL_PX * 2}px`);
    for (const [width, size] of [
      [1280, '36px'],
      [360, '36px'],
      [320, '32px'],
    ]) {
      document.body.style.width = `${width}px`;
      const label = page.root.querySelector('label');
      assert.same(label === null ? '' : getComputedStyle(label).fontSize, size, `${width} px wide`);
    }
  });

  it('is what the browser is set to, whatever the page around it says', async () => {
    const style = document.createElement('style');
    style.textContent = 'html { font-size: 200% } body { font: 200% monospace !important }';
    document.head.append(style);
    document.body.style.width = '360px';
    const page = await open();
    const label = await until('form', () => page.root.querySelector('label'));
    assert.same(getComputedStyle(label).fontSize, `${NORMAL_PX}px`);
    style.remove();
  });
});
