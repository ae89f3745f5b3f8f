// The plan of instalments of an invoice in a file: seen before it is made, changed and ended from what she saw.
import { assert } from '../support/assert.ts';
import { ok, problem } from '../support/fake-api.ts';
import { clearOffice, type OfficePage, overview, planned, work } from '../support/office.ts';

const PREVIEW = 'POST /invoices/:id/plan/preview';
const MAKE = 'POST /invoices/:id/plan';
const END = 'POST /invoices/:id/plan/cancel';

async function file(prepare?: Parameters<typeof work>[1]): Promise<OfficePage> {
  const page = await work('#dossier/holder-1', prepare);
  await page.reads('Comptes liés');
  return page;
}
const withPlan = () =>
  file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, holder: planned })));

describe('a plan of instalments, she', () => {
  afterEach(clearOffice);

  it('makes in equal parts: the server’s dates and cents are read first, and sent as they were', async () => {
    const page = await file();
    await page.press('Entente de versements pour la facture PB-F-2026-0003');
    await page.reads('Rien n’est prélevé tout seul');
    page.get<HTMLSelectElement>('#act-dates').value = '3';
    await page.press('Voir le résultat');
    await page.reads('1er février 202798,71 $');
    assert.same(page.api.last(PREVIEW).body, { dates: 3 });
    assert.same(page.api.count(MAKE), 0);
    await page.press('Faire cette entente');
    await page.reads('L’entente de versements de la facture PB-F-2026-0003 est faite');
    const { body, headers } = page.api.last(MAKE);
    assert.same((body.instalments as object[]).length, 3);
    assert.same(headers.get('If-Match'), 'version-of-invoice-1');
    assert.ok((headers.get('Idempotency-Key') ?? '').length > 8, 'a key');
  });

  it('is offered as many parts as the balance bears, and none where nothing may be paid in parts', async () => {
    const terms = (instalments: typeof overview.instalments) =>
      file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, instalments })));
    const page = await terms({ minimumCents: 10_000 });
    await page.press('Entente de versements pour la facture PB-F-2026-0003');
    await page.reads('Elle reçoit un rappel par courriel');
    const parts = () => [...page.get('#act-dates').querySelectorAll('option')].map(({ value }) => value);
    assert.same(parts(), ['2']);
    const whole = await terms({ minimumCents: 20_000 });
    await whole.press('Entente de versements pour la facture PB-F-2026-0003');
    await whole.reads('Date du versement 1');
    assert.same(whole.root.querySelector('#act-dates'), null);
    const none = await terms(null);
    assert.ok(!none.root.textContent?.includes('Entente de versements'), 'no plan');
  });

  it('is told that nobody is reminded, where the file has no e-mail and no account sees it', async () => {
    const holder = { ...overview.holder, email: null, accounts: [] };
    const page = await file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, holder })));
    await page.press('Entente de versements pour la facture PB-F-2026-0003');
    await page.reads('elle ne recevra aucun rappel');
  });

  it('reads which instalment is late, and changes what is left on dates of her own, told at the box what is wrong', async () => {
    const page = await withPlan();
    await page.reads('20 novembre 2026');
    await page.reads('En retard');
    await page.press('Changer l’entente de la facture PB-F-2026-0003');
    await page.reads('La nouvelle entente remplace');
    assert.same(page.get<HTMLInputElement>('#act-amount-1').value, '148,06');
    await page.type('#act-day-0', '2026-12-20');
    await page.type('#act-amount-0', '100,00');
    page.api.on(PREVIEW, () =>
      problem('validation', 400, { errors: [{ pointer: '/instalments', code: 'too-small' }] }),
    );
    await page.press('Voir le résultat');
    await page.reads('Le total n’est pas le solde de la facture');
    assert.same(page.api.last(PREVIEW).body, {
      instalments: [
        { dueOn: '2026-12-20', amountCents: 10_000 },
        { dueOn: '2027-01-20', amountCents: 14_806 },
      ],
    });
    assert.same(page.api.count(MAKE), 0);
  });

  it('ends: what is then due, and when, is said first', async () => {
    const page = await withPlan();
    await page.press('Mettre fin à l’entente de la facture PB-F-2026-0003');
    await page.reads('296,13 $, sera dû en entier à l’échéance de la facture, le 1er décembre 2026');
    await page.press('Mettre fin à cette entente');
    await page.reads('L’entente de la facture PB-F-2026-0003 est terminée');
    const { body, headers } = page.api.last(END);
    assert.same([body, headers.get('If-Match')], [{ planId: 'plan-1' }, 'version-of-invoice-1']);
  });
});
