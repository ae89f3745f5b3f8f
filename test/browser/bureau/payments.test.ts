// « Paiements »: what came in, looked for by what it became, by method, day or number; and what may be done about it.
import { assert } from '../support/assert.ts';
import { ok, problem } from '../support/fake-api.ts';
import { allPayments, clearOffice, type OfficePage, work, worklist } from '../support/office.ts';
import { until } from '../support/widget.ts';

const asked = (page: OfficePage) =>
  Object.fromEntries(new URLSearchParams(page.api.last('GET /all-payments').path.split('?')[1] ?? ''));

describe('among payments, she', () => {
  afterEach(clearOffice);

  it('chooses what they became and some days: the address keeps it, and « Tout effacer » begins anew', async () => {
    const page = await work('#paiements');
    await page.reads('3 paiements, 406,13 $ avant ce qui a été rendu.');
    assert.same(asked(page), {});
    page.get<HTMLSelectElement>('#pay-outcome').value = 'went-back';
    page.get<HTMLSelectElement>('#pay-method').value = 'cheque';
    await page.type('#pay-from', '2026-11-01');
    page.api.on('GET /all-payments', () => ok({ payments: [], total: { count: 0, cents: 0 } }));
    await page.press('Afficher');
    await page.reads('Aucun paiement de ce genre.');
    assert.same(asked(page), { outcome: 'went-back', method: 'cheque', from: '2026-11-01' });
    assert.same(location.hash, '#paiements?outcome=went-back&method=cheque&from=2026-11-01');
    assert.same(page.get<HTMLSelectElement>('#pay-outcome').value, 'went-back');
    page.api.on('GET /all-payments', () => ok(allPayments));
    await page.press('Tout effacer');
    await page.reads('3 paiements');
    assert.same(page.get<HTMLSelectElement>('#pay-outcome').value, 'received');
  });

  it('looks for a number: it is found whatever became of it, and opens in PayPal in a tab of its own', async () => {
    const page = await work('#paiements');
    await page.reads('3 paiements');
    await page.type('#pay-reference', ' PB-2026-000104 ');
    page.api.on('GET /all-payments', () => ok({ payments: allPayments.payments.slice(0, 1), total: null }));
    await page.press('Afficher');
    await page.reads('Trouvés : 1');
    assert.same(asked(page), { reference: 'PB-2026-000104' });
    const link = page.get<HTMLAnchorElement>('a[target=_blank]');
    assert.same(link.href, 'https://www.sandbox.paypal.com/activity/payment/3C679366HH908993F');
    assert.same(link.rel, 'noopener noreferrer');
    assert.same(
      link.getAttribute('aria-label')?.replace(/\u00a0/g, ' '),
      'Ouvrir dans PayPal : PB-2026-000104 (nouvel onglet)',
    );
  });

  it('takes back a cheque where it stands; the list is read anew and says so', async () => {
    const page = await work('#paiements', (api) =>
      api.on('POST /recorded-payments/:id/reversal', () => {
        const [, cheque] = allPayments.payments;
        return ok({ recorded: cheque?.recorded }, 201);
      }),
    );
    await page.reads('3 paiements');
    await page.press('Reprendre 50,00 $ sur la facture PB-F-2026-0003');
    await page.type('#act-reason', 'Mauvaise facture');
    const before = page.api.count('GET /all-payments');
    await page.press('Reprendre le paiement');
    await until('told', () => page.focused === page.get('#told'));
    assert.same(page.api.count('GET /all-payments'), before + 1);
  });

  it('only reads: PayPal’s own page and the file are hers, what moves money is not there', async () => {
    const page = await work('#paiements', (api) => {
      const [one] = api.me.memberships;
      if (one) api.me = { ...api.me, memberships: [{ ...one, role: 'reader' }] };
    });
    await page.reads('3 paiements');
    assert.same(
      [...page.root.querySelectorAll('td.acts')].map((cell) => cell.textContent?.trim()),
      ['Ouvrir dans PayPal', '', ''],
    );
  });

  it('exports the days that she looks at; what is refused is said, and nothing is lost', async () => {
    const page = await work('#paiements?from=2026-11-01&to=2026-11-30', (api) => {
      api.on('GET /export/payments', () => new Response('x'));
      api.on('GET /worklist.csv', () => problem('internal', 500, { requestId: 'abc-1' }));
    });
    await page.reads('3 paiements');
    await page.press('Exporter (CSV)');
    await until('the file is asked for', () => page.api.count('GET /export/payments') === 1);
    const { path } = page.api.last('GET /export/payments');
    assert.same(path, '/export/payments?format=csv&lang=fr&from=2026-11-01&to=2026-11-30');
    await page.press('À traiter (9)');
    await page.reads('Double possible');
    await page.press('Exporter (CSV)');
    await page.reads('Numéro à donner si vous appelez : abc-1');
    await page.reads('Double possible');
    page.api.on('GET /worklist.xlsx', () => new Response('x'));
    await page.press('Exporter (Excel)');
    await page.reads('La liste est téléchargée.');
    assert.same(page.api.last('GET /worklist.xlsx').path, '/worklist.xlsx?lang=fr');
  });

  it('prints « À traiter »: all of it is there first, and not only the first hundred', async () => {
    const real = window.print;
    let printed = '';
    const [one] = worklist.items;
    const hundred = (from: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        ...one,
        id: `exception.${from + i}`,
        holderName: `P ${from + i}`,
      }));
    const page = await work('#a-traiter', (api) =>
      api.on('GET /worklist', ({ path }) =>
        ok(
          path.includes('after=')
            ? { ...worklist, items: hundred(100), next: undefined }
            : { ...worklist, items: hundred(0), next: 'more' },
        ),
      ),
    );
    await page.reads('Afficher la suite');
    try {
      window.print = () => {
        printed = page.text;
      };
      await page.press('Imprimer');
      await until('printed', () => printed !== '');
    } finally {
      window.print = real;
    }
    assert.ok(printed.includes('P 0') && printed.includes('P 199'), 'all of it');
  });
});
