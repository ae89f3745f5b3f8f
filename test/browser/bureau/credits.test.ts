// What is done to an invoice in a file: cancelled, credited, its credit applied or refunded; each is seen before it is done.
import { assert } from '../support/assert.ts';
import { lost, ok, problem } from '../support/fake-api.ts';
import { clearOffice, credited, type OfficePage, overview, work } from '../support/office.ts';
import { until } from '../support/widget.ts';
import { fileOwedAgain } from './reach-books.ts';

const NOTE = 'POST /invoices/:id/credit-notes';
const CANCEL = 'POST /invoices/:id/cancel';
const UNDO = 'POST /credit-transfers/:id/undo';
const APPLY = 'POST /invoices/:id/credit-transfer';

async function file(prepare?: Parameters<typeof work>[1]): Promise<OfficePage> {
  const page = await work('#dossier/holder-1', prepare);
  await page.reads('Comptes liés');
  return page;
}
const withCredit = () =>
  file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, holder: credited })));
const told = (page: OfficePage) =>
  until('led to what became of it', () => page.focused === page.get('#told'));

describe('an invoice, she', () => {
  afterEach(clearOffice);

  it('cancels: what it takes off and what becomes a credit are said; it is sent from what she saw', async () => {
    const page = await file();
    await page.press('Annuler la facture PB-F-2026-0004');
    await page.reads('Plus rien ne sera à payer sur cette facture de 296,13 $');
    await page.reads('devient un crédit de 296,13 $');
    await page.press('Annuler cette facture');
    await page.reads('Remplissez cette case');
    assert.same(page.api.count(CANCEL), 0);
    await page.type('#act-reason', 'Garderie fermée');
    await page.press('Annuler cette facture');
    await page.reads('La facture PB-F-2026-0004 est annulée');
    await told(page);
    const { path, body, headers } = page.api.last(CANCEL);
    assert.same([path, body], ['/invoices/invoice-2/cancel', { reason: 'Garderie fermée' }]);
    assert.same(headers.get('If-Match'), 'version-of-invoice-1');
    assert.ok((headers.get('Idempotency-Key') ?? '').length > 8, 'a key');
  });

  it('is told why it cannot be, and nothing was done', async () => {
    const page = await file((api) => api.on(CANCEL, () => problem('payment-in-progress', 409)));
    await page.press('Annuler la facture PB-F-2026-0003');
    await page.type('#act-reason', 'x');
    await page.press('Annuler cette facture');
    await page.reads('Un paiement est déjà en cours');
    await until('the notice', () => page.focused?.id === 'act-notice');
  });

  it('credits days: the note is read first, and what is typed anew is read anew; a lost answer makes no second one', async () => {
    const page = await file((api) => api.on(NOTE, lost));
    await page.press('Note de crédit sur la facture PB-F-2026-0003');
    await page.type('#act-days', '214');
    await page.type('#act-reason', 'Fin du certificat');
    await page.press('Voir le résultat');
    await page.reads('Note de crédit CR-2026-0001 – Fin du certificat (214/365)-153,90 $');
    await page.reads('Nouveau solde à payer128,37 $');
    await until('led to it', () => page.focused === page.get('#act-seen'));
    assert.same(page.api.count(NOTE), 0);
    await page.type('#act-days', '215');
    assert.ok(!page.text.includes('Nouveau solde'), 'what was seen is of something else now');
    await page.type('#act-days', '214');
    await page.press('Voir le résultat');
    await page.press('Faire la note de crédit');
    await page.reads('La réponse s’est perdue');
    const first = page.api.last(NOTE);
    page.api.on(NOTE, () => ok({ creditNotes: [{ number: 'CR-2026-0001', amountCents: 16_776 }] }, 201));
    await page.press('Vérifier si c’est fait');
    await page.reads('La note de crédit CR-2026-0001 est faite : 167,76 $');
    await told(page);
    const { body, headers } = page.api.last(NOTE);
    assert.same(body, { reason: 'Fin du certificat', days: 214, ofDays: 365 });
    assert.same(headers.get('Idempotency-Key'), first.headers.get('Idempotency-Key'));
  });

  it('credits an amount; more than is charged is told at its box', async () => {
    const page = await file((api) =>
      api.on('POST /invoices/:id/credit-notes/preview', () =>
        problem('validation', 400, { errors: [{ pointer: '/amountCents', code: 'too-large' }] }),
      ),
    );
    await page.press('Note de crédit sur la facture PB-F-2026-0003');
    page.get<HTMLInputElement>('input[name=act-what][value=false]').click();
    await page.type('#act-amount', '1 000,00');
    await page.type('#act-reason', 'x');
    await page.press('Voir le résultat');
    await page.reads('plus que ce que la facture demande encore');
    await until('the box', () => page.focused === page.get('#act-amount'));
    assert.same(page.api.last('POST /invoices/:id/credit-notes/preview').body, {
      ...{ reason: 'x', amountCents: 100_000 },
    });
  });

  it('has a credit: it pays another invoice, what both come to being read first', async () => {
    const page = await withCredit();
    await page.reads('Crédit de 100,00 $ : remboursez-le');
    await page.press('Appliquer le crédit de la facture PB-F-2026-0004');
    await page.type('#act-amount', '100,01');
    await page.press('Voir le résultat');
    await page.reads('plus que le crédit');
    await page.type('#act-amount', '100,00');
    await page.press('Voir le résultat');
    await page.reads('Facture PB-F-2026-0003 : reste à payer196,13 $');
    await page.reads('Facture PB-F-2026-0004 : crédit qui reste0,00 $');
    await page.press('Appliquer ce crédit');
    await page.reads('100,00 $ du crédit paient maintenant la facture PB-F-2026-0003');
    await told(page);
    assert.same(page.api.last(APPLY).body, { toInvoiceId: 'invoice-1', amountCents: 10_000 });
  });

  it('or goes back at PayPal: as much as the credit is', async () => {
    const page = await withCredit();
    await page.press('Rembourser chez PayPal le crédit de la facture PB-F-2026-0004');
    await page.reads('Rembourser le paiement PB-2026-000104');
    assert.same(page.get<HTMLInputElement>('#act-amount').value, '100,00');
    await page.type('#act-reason', 'Garderie fermée');
    // Money does not come back from there: she reads what the RSG will get before the button does it.
    await page.press('Voir le résultat');
    await page.reads('Son reçu de remboursement');
    await page.reads('Facture PB-F-2026-0004, certificat PB-004512100,00 $');
    await page.reads('Envoyé à Marie-Ève L’Écuyer (marie-eve.lecuyer@example.org).');
    await until('led to it', () => page.focused === page.get('#act-seen'));
    assert.same(page.api.count('POST /payments/:id/refunds'), 0);
    await page.type('#act-amount', '50,00');
    await page.press('Voir le résultat');
    await page.reads('Total remboursé50,00 $');
    await page.press('Rembourser');
    await page.reads('C’est remboursé : 50,00 $');
    assert.same(page.api.last('POST /payments/:id/refunds').body, {
      ...{ amountCents: 5_000, reason: 'Garderie fermée' },
    });
  });

  it('refunds above what she may alone: she confirms who she is, and it goes on by itself, once, under the same key', async () => {
    const REFUND = 'POST /payments/:id/refunds';
    let confirmed = false;
    const page = await withCredit();
    page.api.on(REFUND, () =>
      confirmed
        ? ok({ refund: { state: 'completed', amountCents: 10_000 } }, 201)
        : problem('fresh-factor-needed', 403),
    );
    page.api.on('POST /sessions/current/confirmation', () => {
      confirmed = true;
      return ok({ freshFor: 300 });
    });
    await page.press('Rembourser chez PayPal le crédit de la facture PB-F-2026-0004');
    await page.type('#act-reason', 'Garderie fermée');
    await page.press('Voir le résultat');
    await page.reads('Son reçu de remboursement');
    await page.press('Rembourser');
    await page.reads('Confirmez votre identité');
    await page.type('#identity-code', '123456');
    await page.press('Confirmer');
    await told(page);
    const keys = page.api.calls
      .filter(({ route }) => route === REFUND)
      .map((call) => call.headers.get('Idempotency-Key'));
    assert.same([keys.length, new Set(keys).size], [2, 1]);
  });

  it('undoes a credit that was applied: what both come to is read first, and it is done to what she saw', async () => {
    const page = await fileOwedAgain();
    await page.press('Défaire le crédit appliqué de la facture PB-F-2026-0005');
    await page.press('Voir le résultat');
    await page.reads('100,00 $ reviennent de la facture PB-F-2026-0003');
    await page.reads('Facture PB-F-2026-0005 : solde0,00 $');
    await page.reads('Facture PB-F-2026-0003 : solde296,13 $');
    assert.same(page.api.count(UNDO), 0);
    page.api.on(UNDO, () => problem('payment-in-progress', 409));
    await page.press('Défaire');
    await page.reads('Un paiement est déjà en cours');
    await until('the notice', () => page.focused?.id === 'act-notice');
    page.api.on(UNDO, () => ok({}));
    await page.press('Défaire');
    await page.reads('C’est défait : 100,00 $');
    await told(page);
    assert.same(page.api.last(UNDO).path, '/credit-transfers/transfer-1/undo');
  });

  it('is told at once that it cannot be undone, or that there is nothing to undo', async () => {
    const page = await fileOwedAgain((api) =>
      api.on(`${UNDO}/preview`, () => problem('payment-in-progress', 409)),
    );
    await page.press('Défaire le crédit appliqué de la facture PB-F-2026-0005');
    await page.press('Voir le résultat');
    await page.reads('Un paiement est déjà en cours');
    page.api.on('GET /invoices/:id', () => ok({ transfers: [] }));
    await page.press('Voir le résultat');
    await page.reads('Cette facture n’a aucun crédit à défaire');
    assert.same(page.root.querySelector('#act button[type="submit"]'), null, 'nothing to press');
    assert.same(page.api.count(UNDO), 0);
  });

  it('finds it in « À traiter » too, and undoes it there', async () => {
    const page = await work('#a-traiter');
    await page.press('Défaire le crédit appliqué – Marie-Ève L’Écuyer-Tremblay');
    await page.press('Voir le résultat');
    await page.press('Défaire');
    await page.reads('C’est défait : 100,00 $');
    assert.same(page.api.last(UNDO).path, '/credit-transfers/transfer-1/undo');
  });
});
