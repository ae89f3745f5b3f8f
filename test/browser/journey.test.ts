// What must never happen while she pays: twice the same call, a lost form, a sentence that is not true.
import { sendKeys } from '@web/test-runner-commands';
import { openStore } from '../../widget/client/store.ts';
import { assert } from './support/assert.ts';
import { API, held, lost, noFile, ok, PASSWORD, problem, SLUG } from './support/fake-api.ts';
import { paidByCheque, reach } from './support/reach.ts';
import { certificate, invoice, payment, planned, plans, second } from './support/samples.ts';
import { add, arrive, clear, open, type Page, until } from './support/widget.ts';

const CONFIRM = 'Dernière étape\u00a0: confirmez votre paiement';

/** Back from PayPal's approval, on the screen of « Confirmer ». */
async function approved(prepare: Parameters<typeof open>[0] = () => {}): Promise<Page> {
  const page = await open((api) => {
    const one = payment();
    api.payments = [one];
    api.open = one;
    prepare(api);
  });
  await page.signIn();
  await page.at(CONFIRM);
  return page;
}

/** On the hosted page by the QR of her invoice's card, where her e-mail leads to no file. */
async function byQr(): Promise<Page> {
  await clear();
  return open(
    (api) => {
      arrive('#certificat=K7Q2M9XD');
      noFile(api);
    },
    { hosted: '' },
  );
}

describe('double click', () => {
  afterEach(clear);

  it('on « Se connecter » signs in once', async () => {
    const page = await open();
    page.type('Courriel', 'marie-eve@example.org');
    page.type('Mot de passe', PASSWORD);
    const button = page.find('Se connecter');
    button?.click();
    button?.click();
    await page.at('Détail du montant à payer');
    assert.same(page.api.count('POST /sessions'), 1);
  });

  it('signs in by an e-mail that was pasted with what nobody sees', async () => {
    const page = await open();
    page.type('Courriel', '\u202a\u200emarie-eve\u200b@exam\u00adple.org\u202c\ufeff\u00a0');
    page.type('Mot de passe', ` ${PASSWORD}\u200b`);
    page.find('Se connecter')?.click();
    await until('the call', () => page.api.count('POST /sessions'));
    const { email, password } = page.api.last('POST /sessions').body as Record<string, string>;
    assert.same(
      [email, password],
      ['marie-eve@example.org', ` ${PASSWORD}\u200b`],
      'a password is hers to the character',
    );
  });

  it('on « Effectuer un paiement » makes one payment', async () => {
    const page = await open((api) => api.on('POST /payments', held(() => new Response()).handler));
    await page.signIn();
    const button = await until('button', () => page.find('Effectuer un paiement'));
    button.click();
    button.click();
    await page.reads('Ouverture de PayPal…');
    await until('the call', () => page.api.count('POST /payments'));
    await new Promise((next) => requestAnimationFrame(next));
    assert.same(page.api.count('POST /payments'), 1);
  });

  it('on « Confirmer » confirms once, with the amount that the screen shows', async () => {
    const page = await approved();
    const button = page.find('Confirmer');
    button?.click();
    button?.click();
    await page.at('Votre paiement est maintenant complété.');
    assert.same(page.api.count('POST /payments/:id/confirm'), 1);
    assert.same(page.api.last('POST /payments/:id/confirm').body, { expectedTotalCents: 30_528 });
  });
});

describe('paying', () => {
  afterEach(clear);

  it('sends what she saw, and the same key when the first call was lost', async () => {
    const page = await open((api) => api.on('POST /payments', lost));
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads('Le service ne répond pas.');
    const first = page.api.last('POST /payments');
    await page.press('Effectuer un paiement');
    await until('second call', () => page.api.count('POST /payments') === 2);
    const second = page.api.last('POST /payments');
    assert.same(first.body.expectedTotalCents, 30_528);
    assert.same(first.body.page, location.href);
    assert.ok((first.headers.get('Idempotency-Key') ?? '').length > 20, 'a key');
    assert.same(second.headers.get('Idempotency-Key'), first.headers.get('Idempotency-Key'));
  });

  it('reads the server’s own words for a problem that this version has none for, in her language', async () => {
    const said = {
      title: 'Ce service se repose jusqu’à lundi.',
      titleEn: 'This service rests until Monday.',
    };
    const page = await open((api) => api.on('POST /payments', () => problem('a-new-one', 503, said)));
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads(said.title);
    assert.ok(!page.text.includes('ne répond pas'), page.text);
    await page.press('English');
    await page.reads(said.titleEn);
  });

  it('PayPal refused this one payment: whom to call stands beside it, and the next try is a new one', async () => {
    const said = { title: 'PayPal a refusé ce paiement. Rien n’a été payé.', titleEn: 'PayPal refused it.' };
    const page = await open((api) => api.on('POST /payments', () => problem('paypal-refused', 409, said)));
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads(said.title);
    assert.ok(page.root.querySelector('.notice a[href^="tel:"]'), 'the telephone');
    const first = page.api.last('POST /payments').headers.get('Idempotency-Key');
    await page.press('Effectuer un paiement');
    await until('second call', () => page.api.count('POST /payments') === 2);
    assert.ok(page.api.last('POST /payments').headers.get('Idempotency-Key') !== first, 'another key');
  });

  it('is told of a credit on another invoice of hers beside what she pays, and whom to ask', async () => {
    const over = { paidCents: 31_613, balanceCents: -2000, payable: false, overdue: false };
    const other = invoice({ id: 'invoice-0000000008', number: 'PB-F-2025-0001', ...over });
    const words = 'Vous avez un crédit de 20,00\u00a0$. Communiquez avec';
    const page = await open((api) => {
      const paidTooMuch = { invoices: [invoice(), other], balanceCents: 27_613, creditCents: 2000 };
      api.found = { foundBy: 'email', certificates: [certificate(paidTooMuch)] };
    });
    await page.signIn();
    await page.reads('Total à payer');
    await page.reads(words);
    page.element.setAttribute('lang', 'en-CA');
    await page.reads('You have a credit of $20.00. Contact');
    // Another certificate of hers, and all of them together; a certificate of somebody else's is not hers.
    const elsewhere = await open((api) => {
      const old = { id: 'certificate-000007', number: 'PB-004100', balanceCents: -2000, creditCents: 2000 };
      const neighbour = { id: 'certificate-000008', number: 'PB-004200', holderName: 'Une Autre' };
      api.found = {
        foundBy: 'email',
        certificates: [
          certificate(),
          second,
          certificate({ ...old, invoices: [other] }),
          certificate({ ...neighbour, balanceCents: -500, creditCents: 500, invoices: [] }),
        ],
      };
    });
    await elsewhere.signIn();
    await elsewhere.press('Tout payer');
    await elsewhere.reads('Total à payer');
    await elsewhere.reads(words);
    // Two files that she may only pay have no names: they need not be one person's.
    const friends = await open((api) => {
      const may = { level: 'pay', holderName: null } as const;
      const theirs = {
        id: 'certificate-000007',
        number: 'PB-004100',
        balanceCents: -2000,
        creditCents: 2000,
      };
      api.found = {
        foundBy: 'link',
        certificates: [
          certificate(may),
          { ...second, ...may },
          certificate({ ...may, ...theirs, invoices: [other] }),
        ],
      };
    });
    await friends.signIn();
    await friends.press('Tout payer');
    await friends.reads('Total à payer');
    assert.ok(!friends.text.includes('Vous avez un crédit'), 'of somebody else, perhaps');
  });

  it('shows the new total when the amount changed before PayPal', async () => {
    const page = await open((api) =>
      api.on('POST /payments', () => problem('amount-changed', 409, { totalCents: 31_000 })),
    );
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads('Le montant a changé depuis l’ouverture de cette page.');
    await until('the price to be asked for again', () => page.api.count('POST /quotes') === 2);
  });

  it('tells before she pays what a new tax rate will make of it, in both languages, and no more once it has', async () => {
    const page = await open((api) => {
      api.taxStep = { from: '2027-01-01', rate: '0.09975', totalCents: 30_791 };
    });
    await page.signIn();
    const words =
      'Si vous payez le tout à partir du 1er janvier 2027 (taxe sur les primes d’assurance : 9,975 %)';
    await page.reads(words);
    await page.reads('307,91 $');
    await page.press('English');
    await page.reads('If you pay all of it from January 1, 2027 on (tax on insurance premiums: 9.975%)');
    await page.reads('$307.91');
    await page.press('Français');
    // Midnight has passed on the server; the page is still open.
    page.api.taxStep = undefined;
    page.api.onlineFeeCents = 1_178;
    page.api.on('POST /payments', () => problem('amount-changed', 409, { totalCents: 30_791 }));
    await page.press('Effectuer un paiement');
    await page.reads('Le montant a changé depuis l’ouverture de cette page.');
    await page.reads('Total à payer 307,91 $');
    assert.ok(!page.text.includes('à partir du'), 'that day is here');
  });

  const causes = {
    'already-paid': ['Déjà payée', 'Already paid', paidByCheque],
    'invoice-cancelled': [
      'Paiement annulé',
      'Payment cancelled',
      { detail: 'La facture F-1 a été annulée.', detailEn: 'Invoice F-1 has been cancelled.' },
    ],
    'invoice-not-in-file': [
      'Paiement annulé',
      'Payment cancelled',
      {
        detail: 'La facture F-1 n’est plus dans votre dossier.',
        detailEn: 'Invoice F-1 is no longer in your file.',
      },
    ],
  } as const;
  for (const [kind, [title, titleEn, why]] of Object.entries(causes)) {
    it(`reads why nothing was taken, in both languages, and whom to ask: ${kind}`, async () => {
      const page = await approved((api) =>
        api.on('POST /payments/:id/confirm', () => problem(kind, 409, why)),
      );
      await page.press('Confirmer');
      await page.at(title);
      await page.reads(why.detail);
      await page.reads('Joindre');
      assert.ok(page.find('Mes factures') !== null, 'the way on');
      assert.ok(kind === 'already-paid' || !page.text.includes('déjà'), 'paid only where it is');
      page.element.setAttribute('lang', 'en-CA');
      await page.at(titleEn);
      await page.reads(why.detailEn);
    });

    it(`reads the same before PayPal, and her list is brought up to date: ${kind}`, async () => {
      const page = await open((api) => api.on('POST /payments', () => problem(kind, 409, why)));
      await page.signIn();
      await page.press('Effectuer un paiement');
      await page.reads(why.detail);
      page.element.setAttribute('lang', 'en-CA');
      await page.reads(why.detailEn);
      const asked = page.api.count('GET /certificates');
      await page.press('Try again');
      await until('her list', () => page.api.count('GET /certificates') === asked + 1);
    });
  }

  it('does not say « Vous avez annulé » of what the staff ended, nor « rien n’a été payé » of what they let go', async () => {
    const stopped = {
      detail: 'Votre regroupement a mis fin à ce paiement.',
      detailEn: 'Your association ended this payment.',
    };
    const ended = payment({ state: 'cancelled', failure: 'released', stopped });
    const page = await approved((api) => {
      api.on('POST /payments/:id/cancel', () => ok({ payment: ended }));
    });
    page.api.payments = [ended];
    await page.press('Annuler ce paiement');
    await page.at('Paiement annulé');
    await page.reads(stopped.detail);
    assert.ok(!/Vous avez annulé|Rien n’a été payé/.test(page.text), 'nothing that nobody knows');
    await page.press('Mes paiements');
    await page.at('Vos paiements');
    await page.reads(stopped.detail);
    assert.ok(!/rien n’a été payé/i.test(page.text), 'nor here');
  });

  it('lists the receipts of her cheques, and the paper that annuls one, in her language, though she paid nothing online', async () => {
    const paper = (number: string, fr: string, en: string) => ({
      number,
      title: { 'fr-CA': fr, 'en-CA': en },
      pdfUrl: `https://pay.test/v1/receipts/${number}.pdf`,
      htmlUrl: `https://pay.test/v1/receipts/${number}.html`,
    });
    const page = await open((api) => {
      api.payments = [];
      api.receipts = [
        paper('C-2026-0001', 'Reçu de paiement no C-2026-0001', 'Payment receipt no. C-2026-0001'),
        paper('C-2026-0002', 'Annulation du reçu no C-2026-0001', 'Cancellation of receipt no. C-2026-0001'),
      ];
    });
    await page.signIn();
    await page.press('Mes paiements');
    await page.reads('Vous n’avez fait aucun paiement en ligne.');
    const links = () =>
      [...page.root.querySelectorAll<HTMLAnchorElement>('ul.links a')].map(
        (link) => `${link.textContent?.trim()} ${new URL(link.href).pathname}`,
      );
    assert.same(links(), [
      'Reçu de paiement no C-2026-0001 (PDF) /v1/receipts/C-2026-0001.pdf',
      'Annulation du reçu no C-2026-0001 (PDF) /v1/receipts/C-2026-0002.pdf',
    ]);
    await page.press('English');
    await page.at('Your payments');
    assert.same(links(), [
      'Payment receipt no. C-2026-0001 (PDF) /v1/receipts/C-2026-0001.pdf',
      'Cancellation of receipt no. C-2026-0001 (PDF) /v1/receipts/C-2026-0002.pdf',
    ]);
  });

  describe('what PayPal holds, takes back and gives back', () => {
    const away = { amountCents: -5_000, at: '2026-11-25T15:00:00.000Z' };
    const back = { amountCents: 5_000, at: '2026-11-27T15:00:00.000Z' };
    /** What she reads of one payment in « Mes paiements », in French and in English. */
    const reads = async (change: Parameters<typeof payment>[0]) => {
      const page = await open((api) => {
        api.payments = [payment({ ...payment({ state: 'completed' }), ...change })];
      });
      await page.signIn();
      await page.press('Mes paiements');
      await page.at('Vos paiements');
      await page.reads('Solde restant');
      const fr = plain(page.text);
      await page.press('English');
      await page.at('Your payments');
      return { fr, en: plain(page.text) };
    };
    const plain = (text: string) => text.replace(/\s+/g, ' ');
    const matches = (text: string, pattern: RegExp) => assert.ok(pattern.test(text), text);

    it('50,00 $ taken back: that much is owed again', async () => {
      const { fr, en } = await reads({ state: 'partly-reversed', takenBack: [away], remainingCents: 5_000 });
      matches(
        fr,
        /Repris en partie .*Repris par PayPal : 50,00 \$, .*25 novembre 2026.* Solde restant : 50,00 \$/,
      );
      matches(
        en,
        /Taken back in part .*Taken back by PayPal: \$50\.00, .*November 25, 2026.* Remaining balance: \$50\.00/,
      );
    });

    it('held for a dispute: nothing is owed', async () => {
      const { fr, en } = await reads({ state: 'disputed' });
      matches(fr, /Contesté chez PayPal .*Solde restant : 0,00 \$/);
      matches(en, /Disputed at PayPal .*Remaining balance: \$0\.00/);
      assert.ok(!/Repris|Taken back/.test(fr + en), 'nothing was taken back');
    });

    it('come again: both movements, and nothing is owed', async () => {
      const { fr, en } = await reads({ takenBack: [away, back] });
      matches(
        fr,
        /Complété .*Repris par PayPal : 50,00 \$.*Rendu par PayPal : 50,00 \$.*Solde restant : 0,00 \$/,
      );
      matches(
        en,
        /Completed .*Taken back by PayPal: \$50\.00.*Returned by PayPal: \$50\.00.*Remaining balance: \$0\.00/,
      );
    });

    it('on the screen of the end, where she comes back to it', async () => {
      const done = payment({ ...payment({ state: 'completed' }), takenBack: [away, back] });
      const page = await approved((api) => {
        api.on('POST /payments/:id/confirm', () => ok({ payment: done }));
      });
      await page.press('Confirmer');
      await page.at('Votre paiement est maintenant complété.');
      matches(
        plain(page.text),
        /Repris par PayPal : 50,00 \$.*Rendu par PayPal : 50,00 \$.*Solde restant : 0,00 \$/,
      );
    });

    it('disputed while she waits for the answer: her payments say so', async () => {
      const page = await approved((api) => {
        const held = payment({ ...payment({ state: 'completed' }), state: 'disputed' });
        api.on('POST /payments/:id/confirm', () => {
          api.payments = [held];
          return ok({ payment: held });
        });
      });
      await page.press('Confirmer');
      await page.at('Vos paiements');
      await page.reads('Solde restant');
      matches(plain(page.text), /Contesté chez PayPal .*Solde restant : 0,00 \$/);
    });
  });

  it('an invoice that is not hers any more when she wants to pay: her invoices have changed', async () => {
    const page = await open((api) => api.on('POST /payments', () => problem('not-found', 404)));
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads('Vos factures ont changé.');
  });

  it('says « nous ne savons pas encore » when the answer to « Confirmer » is lost, then what the record says', async () => {
    const page = await approved((api) => api.on('POST /payments/:id/confirm', lost));
    const [one] = page.api.payments;
    if (one === undefined) throw new Error('no payment');
    page.api.payments = [{ ...one, state: 'unknown' }];
    await page.press('Confirmer');
    await page.at('Vérification de votre paiement');
    await page.reads('Ne payez pas une deuxième fois.');
    assert.ok(!page.text.includes('Rien n’a été payé'), 'nothing that nobody knows');
    page.api.payments = [payment({ id: one.id, state: 'completed' })];
    await page.at('Votre paiement est maintenant complété.');
  });

  it('while payments are suspended after a restore: whoever has paid is told not to pay again, at either step', async () => {
    const page = await open((api) => api.on('POST /payments', () => problem('payments-stopped', 503)));
    await page.signIn();
    await page.press('Effectuer un paiement');
    await page.reads('Si vous avez déjà payé, ne payez pas une deuxième fois.');
    await page.at('Détail du montant à payer');
    const one = payment();
    const other = await open((api) => {
      api.payments = [one];
      api.open = one;
      api.on('POST /payments/:id/confirm', () => problem('payments-stopped', 503));
    });
    await other.signIn();
    await other.press('Confirmer');
    await other.reads('Si vous avez déjà payé, ne payez pas une deuxième fois.');
    await other.at('Dernière étape\u00a0: confirmez votre paiement');
  });

  it('goes back to « Confirmer » when the server never heard it', async () => {
    const page = await approved((api) => api.on('POST /payments/:id/confirm', lost));
    await page.press('Confirmer');
    await page.reads('La confirmation ne s’est pas rendue.');
    await page.at(CONFIRM);
  });

  it('offers another card after a refusal, by the same payment', async () => {
    const page = await approved((api) =>
      api.on('POST /payments/:id/confirm', () => {
        const [one] = api.payments;
        api.payments = [{ ...payment(one), state: 'declined' }];
        return ok({ payment: api.payments[0] });
      }),
    );
    page.api.on('POST /payments/:id/retry', held(() => new Response()).handler);
    await page.press('Confirmer');
    await page.at('Paiement refusé');
    await page.press('Essayer un autre mode de paiement');
    await page.reads('Ouverture de PayPal…');
    assert.same(page.api.count('POST /payments'), 0, 'no second payment');
  });

  it('says « vous avez annulé » only once the server says cancelled', async () => {
    const page = await approved((api) => api.on('POST /payments/:id/cancel', lost));
    await page.press('Annuler ce paiement');
    await page.reads('Le service ne répond pas.');
    assert.ok(!page.text.includes('Vous avez annulé'), 'not yet');
    page.api.on('POST /payments/:id/cancel', () => {
      page.api.open = null;
      const [one] = page.api.payments;
      return ok({ payment: { ...one, state: 'cancelled' } });
    });
    await page.press('Annuler ce paiement');
    await page.reads('Vous avez annulé le paiement. Rien n’a été payé.');
    await page.at('Détail du montant à payer');
  });

  it('cancels at the server when she cancelled at PayPal, and takes the marker out of the address', async () => {
    await clear();
    const page = await open((api) => {
      arrive('?page=7&amisgest-pay=annule');
      api.payments = [payment({ state: 'created' })];
    });
    await until('address without marker', () => location.search === '?page=7');
    await page.signIn();
    await page.reads('Vous avez annulé le paiement. Rien n’a été payé.');
    assert.same(page.api.count('POST /payments/:id/cancel'), 1);
  });

  it('tells a signed-out person what she comes back to', async () => {
    const page = await open((api) => {
      arrive('?amisgest-pay=retour');
      api.payments = [payment()];
    });
    await page.reads('Connectez-vous pour confirmer votre paiement. Il n’est pas encore fait.');
    await page.signIn();
    await page.at(CONFIRM);
  });

  it('puts before her, wherever she comes back, a payment that waits; she may leave it for later', async () => {
    const page = await approved();
    await page.press('Mes factures');
    await page.at('Détail du montant à payer');
    await page.reads('Un paiement de 305,28 $ attend votre confirmation.');
    await page.press('Continuer ce paiement');
    await page.at(CONFIRM);
  });

  it('pays part of the balance where that is allowed, and takes amounts as people write them', async () => {
    const page = await open((api) => {
      api.minimumCents = 2500;
    });
    await page.signIn();
    await page.reads('Payer un autre montant (minimum 25,00 $)');
    page.type('Montant à payer', '1.234,00');
    await page.press('Utiliser ce montant');
    await page.reads('Inscrivez un montant en dollars');
    page.type('Montant à payer', '24,99');
    await page.press('Utiliser ce montant');
    await page.reads('Inscrivez un montant dans les limites indiquées.');
    page.type('Montant à payer', '100,00 $');
    await page.press('Utiliser ce montant');
    await page.reads('Montant choisi 100,00 $');
    await page.press('Effectuer un paiement');
    await until('payment', () => page.api.count('POST /payments'));
    assert.same(page.api.last('POST /payments').body.amountCents, 10_000);
  });

  it('agrees to pay in several instalments, which charges nothing; then the next one is what she pays, or all', async () => {
    const page = await open((api) => {
      api.minimumCents = 2500;
      api.plans = plans;
    });
    await page.signIn();
    await page.press('Payer en plusieurs fois');
    await page.reads('Rien n’est prélevé tout seul');
    const dialog = page.root.querySelector('dialog');
    assert.ok(dialog?.open, 'a dialog');
    await page.press('Retour');
    await until('closed', () => page.root.querySelector('dialog') === null);
    assert.same(page.root.activeElement, page.find('Payer en plusieurs fois'));
    await page.press('Payer en plusieurs fois');
    await page.reads('1er janvier 2027 148,06 $');
    page.box('4 versements').click();
    await page.reads('1er mars 2027 74,03 $');
    page.api.on('POST /invoices/:id/plan', () => problem('payment-in-progress', 409));
    await page.press('Accepter ces dates');
    await page.reads('Un paiement est déjà en cours');
    page.api.on('POST /invoices/:id/plan', () => {
      page.api.plans = undefined;
      page.api.found = { foundBy: 'email', certificates: [certificate({ invoices: [planned()] })] };
      return ok({ invoice: planned() }, 201);
    });
    await page.press('Accepter ces dates');
    await page.reads('Prochain versement : 74,04 $ au plus tard le 1er décembre 2026');
    assert.same(page.api.last('POST /invoices/:id/plan').body, { instalments: plans[1] });
    assert.same(page.api.count('POST /payments'), 0);
    await page.reads('Montant choisi 74,04 $');
    assert.same(page.box('Montant à payer').value.replace('\u00a0', ' '), '74,04 $');
    assert.same(page.find('Payer en plusieurs fois'), undefined);
    await page.press('Payer le solde au complet');
    await page.reads('Total à payer 305,28 $');
    await page.press('Effectuer un paiement');
    await until('payment', () => page.api.count('POST /payments'));
    assert.same(page.api.last('POST /payments').body.amountCents, undefined);
  });

  it('reads calmly that an instalment was expected, and pays that one', async () => {
    const page = await open((api) => {
      api.minimumCents = 2500;
      api.found = { foundBy: 'email', certificates: [certificate({ invoices: [planned(1, true)] })] };
    });
    await page.signIn();
    await page.reads(
      'Le versement de 74,03 $ était attendu le 1er janvier 2027. Vous pouvez le faire maintenant.',
    );
    await page.reads('Montant choisi 74,03 $');
    await page.press('Effectuer un paiement');
    await until('payment', () => page.api.count('POST /payments'));
    assert.same(page.api.last('POST /payments').body.amountCents, 7_403);
  });

  it('pays only the invoices she chose', async () => {
    const page = await open((api) => {
      api.found = {
        foundBy: 'email',
        certificates: [
          certificate({ invoices: [invoice(), invoice({ id: 'invoice-0000000002', number: 'PB-F-2' })] }),
        ],
      };
    });
    await page.signIn();
    await page.reads('Quelles factures voulez-vous payer?');
    await page.reads('Total à payer');
    page.box('Facture PB-F-2026-0001\u00a0: 296,13\u00a0$').click();
    await until('new price', () => page.api.count('POST /quotes') === 2);
    await page.press('Effectuer un paiement');
    await until('payment', () => page.api.count('POST /payments'));
    assert.same(page.api.last('POST /payments').body.invoiceIds, ['invoice-0000000002']);
  });
});

describe('what she typed', () => {
  afterEach(clear);

  it('stays on its screen: each one has boxes of its own, with nothing in them from the one before', async () => {
    const page = await open();
    const boxes = () => [...page.root.querySelectorAll<HTMLInputElement>('.screen input')];
    await until('the first view', () => boxes().length > 0);
    for (const [words, screen] of [
      ['Mot de passe oublié?', 'forgot'],
      ['Retour', 'signIn'],
      ['Création de compte', 'signUp'],
      ['Vous avez déjà un compte? Connectez-vous', 'signIn'],
      ['Mot de passe oublié?', 'forgot'],
    ] as const) {
      const before = boxes();
      for (const box of before) box.value = `typed in ${page.screen}`;
      await page.press(words);
      await until(screen, () => page.screen === screen && page.root.querySelector(`.screen form`));
      await page.element.updateComplete;
      assert.ok(boxes().length > 0, `boxes on ${screen}`);
      assert.ok(!boxes().some((box) => before.includes(box)), `none of ${screen} stood there before`);
      assert.same(
        boxes().map(({ type, value }) => type !== 'checkbox' && value),
        boxes().map(({ type }) => type !== 'checkbox' && ''),
        `nothing is typed on ${screen} yet`,
      );
    }
  });

  it('stays through a language switch, in the same boxes', async () => {
    const page = await open();
    await page.press('Création de compte');
    await page.at('Création de compte');
    page.type('Nom', 'Marie-Ève');
    page.type('Mot de passe', 'secret');
    const box = page.box('Nom');
    await page.press('English');
    await page.at('Create an account');
    assert.ok(page.box('Name') === box && box.value === 'Marie-Ève', 'the same box');
    assert.same(page.box('Password').value, 'secret');
  });

  it('stays after a miss, and the focus goes to what is wrong', async () => {
    const page = await open((api) => {
      noFile(api);
      api.on('POST /certificates/links', () => problem('lookup-not-found', 404));
    });
    await page.signIn();
    // The same heading stands over the search that comes first.
    await page.reads('Nous n’avons pas trouvé votre dossier avec votre courriel.');
    assert.same([page.box('Nom').value, page.box('Prénom').value], ['L’Écuyer-Tremblay', 'Marie-Ève']);
    page.type('# de certificat', ' pb 4512 ');
    await page.press('Trouver ma facture');
    await page.reads('Nous n’avons pas trouvé de facture avec ces renseignements.');
    assert.same(page.box('# de certificat').value, ' pb 4512 ');
    assert.same(page.root.activeElement?.id, 'notice');
  });

  it('asks for the code that went to the e-mail on file, as often as it takes, then shows the whole file', async () => {
    const page = await reach.proof?.go();
    if (page === undefined) throw new Error('no such screen');
    await page.press('Continuer');
    await page.reads('Remplissez la case');
    page.type('Code reçu par courriel', '00000000');
    await page.press('Continuer');
    await page.reads('Ce code n’est pas le bon.');
    assert.same(page.root.activeElement?.id, 'summary', 'led to what is wrong');
    page.type('Code reçu par courriel', '12345678');
    await page.press('Continuer');
    await page.at('Détail du montant à payer');
    assert.same(page.api.last('POST /certificates/links/confirm').body, {
      challengeId: 'challenge-000000000001',
      code: '12345678',
    });
  });

  it('fills in the code of the invoice whose QR brought her to the hosted page, and takes it out of the address', async () => {
    const page = await byQr();
    await page.signIn();
    await page.reads('Code de la facture');
    assert.same([page.box('Code de la facture').value, location.hash], ['K7Q2M9XD', '']);
  });

  it('still has that code after her mailbox, for a day; what she leaves signed out, or yesterday, is forgotten', async () => {
    await byQr();
    const back = await add(noFile, { hosted: '' });
    await back.signIn();
    await back.reads('Code de la facture');
    assert.same(back.box('Code de la facture').value, 'K7Q2M9XD');
    await back.press('Se déconnecter');
    await back.reads('Votre session est fermée.');
    assert.same(JSON.stringify(localStorage).includes('K7Q2M9XD'), false);

    localStorage.setItem(`amisgest-pay ${location.pathname}`, `${Date.now() - 86_400_001} K7Q2M9XD`);
    const next = await add(noFile, { hosted: '' });
    await next.signIn();
    await next.at('Recherche de votre facture');
    assert.same(next.text.includes('Code de la facture'), false);
    assert.same(JSON.stringify(localStorage).includes('K7Q2M9XD'), false);
  });

  it('sends the invoice’s code where the regroupement prints one', async () => {
    const page = await reach['lookup, with the invoice’s secret']?.go();
    if (page === undefined) throw new Error('no such screen');
    page.type('# de certificat', 'PB-004512');
    await page.press('Trouver ma facture');
    await page.reads('Remplissez la case « Code de la facture ».');
    page.type('Code de la facture', ' k7q2-m9xd ');
    await page.press('Trouver ma facture');
    await page.at('Détail du montant à payer');
    assert.same(page.api.last('POST /certificates/links').body.invoiceSecret, 'k7q2-m9xd');
  });

  it('asks for the invoice’s code when the regroupement has begun to want it, and keeps it while she corrects', async () => {
    const page = await open(noFile);
    await page.signIn();
    await page.reads('Où trouver mon # de certificat?');
    page.api.linkPolicy = 'secret';
    page.type('# de certificat', 'PB-004512');
    await page.press('Trouver ma facture');
    await page.reads('Remplissez la case « Code de la facture ».');
    // With the regroupement's new setting, which is asked for meanwhile.
    await until('the box', () => page.root.querySelector('#invoiceSecret'));
    page.type('Code de la facture', 'k7q2m-9xdaa');
    page.api.on('POST /certificates/links', () => problem('lookup-not-found', 404));
    await page.press('Trouver ma facture');
    await page.reads('Nous n’avons pas trouvé de facture');
    assert.same(page.box('Code de la facture').value, 'k7q2m-9xdaa');
  });

  it('lets her search without the code of an old card, where the regroupement asks for none', async () => {
    const page = await byQr();
    await page.signIn();
    await page.reads('Facultatif');
    assert.same(page.box('Code de la facture').required, false);
    page.type('# de certificat', 'PB-004512');
    page.type('Code de la facture', '');
    await page.press('Trouver ma facture');
    await page.at('Détail du montant à payer');
    assert.same(page.api.last('POST /certificates/links').body.invoiceSecret, '');
  });

  it('still waits for an e-mailed code when her mailbox has taken the page’s place', async () => {
    const page = await open((api) => {
      api.found = {
        foundBy: 'none',
        certificates: [],
        proof: { proof: 'code', challengeId: 'challenge-000000000001', expiresIn: 61 },
      };
    });
    await page.signIn();
    await page.reads('Il est valide 2 minutes.');
    page.type('Code reçu par courriel', '12345678');
    await page.press('Continuer');
    await page.at('Détail du montant à payer');
    assert.same(page.api.last('POST /certificates/links/confirm').body.challengeId, 'challenge-000000000001');
  });

  it('waits for the code of another certificate too, beside the invoice she has', async () => {
    const page = await open((api) => {
      api.found = {
        ...api.found,
        proof: { proof: 'code', challengeId: 'challenge-000000000002', expiresIn: 61 },
      };
    });
    await page.signIn();
    await page.at('Détail du montant à payer');
    await page.press('Ajouter un autre certificat');
    await page.press('Code reçu par courriel');
    await page.reads('Il est valide 2 minutes.');
    page.type('Code reçu par courriel', '12345678');
    await page.press('Continuer');
    await page.at('Détail du montant à payer');
    assert.same(page.api.last('POST /certificates/links/confirm').body.challengeId, 'challenge-000000000002');
    await page.press('Ajouter un autre certificat');
    await page.at('Recherche de votre facture');
    assert.same(page.find('Code reçu par courriel'), undefined, 'the code has served');
  });

  it('is summed up when wrong: the summary takes the focus and leads to each box', async () => {
    const page = await open();
    await page.press('Création de compte');
    await page.at('Création de compte');
    page.type('Nom', 'Marie');
    page.type('Mot de passe', 'court');
    await page.press('Créer votre compte');
    await page.reads('Corrigez 2 cases avant de continuer.');
    assert.same(page.root.activeElement?.id, 'summary');
    await page.press('Remplissez la case « Courriel ».');
    const email = page.box('Courriel');
    assert.ok(page.root.activeElement === email, 'the box has the focus');
    assert.same(email.getAttribute('aria-invalid'), 'true');
    const described = (email.getAttribute('aria-describedby') ?? '').split(' ');
    assert.ok(
      described.some((id) => page.root.getElementById(id)?.textContent?.includes('Remplissez la case')),
      'the error is read with the box',
    );
    assert.same(page.api.count('POST /accounts'), 0);
  });

  it('is mended by one click when the domain of the e-mail has a slip', async () => {
    const page = await open();
    await page.press('Création de compte');
    await page.at('Création de compte');
    page.type('Courriel', 'marie@gmial.com');
    page.box('Courriel').dispatchEvent(new Event('change'));
    await page.press('Vouliez-vous écrire marie@gmail.com?');
    assert.same(page.box('Courriel').value, 'marie@gmail.com');
    await until('offer gone', () => !page.text.includes('Vouliez-vous'));
  });

  it('goes with Enter', async () => {
    const page = await open();
    page.type('Courriel', 'marie-eve@example.org');
    const box = page.box('Mot de passe');
    box.focus();
    await sendKeys({ type: PASSWORD });
    await sendKeys({ press: 'Enter' });
    await page.at('Détail du montant à payer');
  });

  it('is sent as soon as the rest of the widget has come, when she is faster than it', async () => {
    const page = await open();
    // In the same task as the first view: nothing more can have loaded.
    page.type('Courriel', 'marie-eve@example.org');
    page.type('Mot de passe', PASSWORD);
    page.find('Se connecter')?.click();
    await page.at('Détail du montant à payer');
  });
});

describe('the session', () => {
  afterEach(clear);

  it('goes on when the page is opened again', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    page.element.remove();
    const again = await add();
    await again.at('Détail du montant à payer');
    assert.same(again.api.count('POST /sessions'), 0);
    assert.same(again.api.count('POST /sessions/refresh'), 1);
  });

  it('is renewed by one of two widgets at a time', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    page.element.remove();
    const used: string[] = [];
    let running = 0;
    let most = 0;
    const gated = (api: Page['api']) =>
      api.on('POST /sessions/refresh', async ({ body }) => {
        running += 1;
        most = Math.max(most, running);
        used.push(String(body.refreshToken));
        await new Promise((next) => requestAnimationFrame(next));
        running -= 1;
        return ok({ ...api.tokens(), refreshToken: `after-${body.refreshToken}` });
      });
    const first = await add(gated);
    const second = await add(gated);
    await first.at('Détail du montant à payer');
    await second.at('Détail du montant à payer');
    assert.same(most, 1, 'never two at once');
    assert.same(used, ['refresh-1', 'after-refresh-1'], 'each with the newest token');
    first.element.remove();
  });

  it('is renewed once when the server refuses the token, and ended in words when that fails', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    let refusals = 1;
    page.api.on('GET /payments', () => {
      refusals -= 1;
      return refusals >= 0 ? problem('unauthenticated', 401) : ok({ payments: [], open: null, years: [] });
    });
    await page.press('Mes paiements');
    await page.reads('Vous n’avez fait aucun paiement en ligne.');
    page.api.on('GET /payments', () => problem('unauthenticated', 401));
    page.api.on('POST /sessions/refresh', () => problem('session-ended', 401));
    await page.press('Mes factures');
    await page.reads('Votre session a pris fin par sécurité. Connectez-vous pour continuer.');
    assert.same(page.box('Courriel').value, 'marie-eve@example.org');
  });

  it('proves at each call that it is in this browser, with a key that cannot be read out', async () => {
    const page = await open((api) => {
      let asked = 0;
      api.on('POST /sessions', () => {
        asked += 1;
        if (asked > 1) return ok(api.tokens(), 201);
        const again = problem('dpop-nonce', 401);
        again.headers.set('DPoP-Nonce', 'a-nonce-of-the-server');
        return again;
      });
    });
    await page.signIn();
    await page.at('Détail du montant à payer');
    assert.same(page.api.count('POST /sessions'), 2, 'again with the nonce that was asked for');
    const { headers, path } = page.api.last('GET /certificates');
    const [head = '', claims = '', signature = ''] = (headers.get('DPoP') ?? '').split('.');
    const bytes = (text: string) =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const read = (part: string) => JSON.parse(new TextDecoder().decode(bytes(part)));
    const { typ, alg, jwk } = read(head);
    assert.same([typ, alg, Object.keys(jwk).sort()], ['dpop+jwt', 'ES256', ['crv', 'kty', 'x', 'y']]);
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'verify',
    ]);
    const signed = new TextEncoder().encode(`${head}.${claims}`);
    const sound = await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      key,
      bytes(signature),
      signed,
    );
    assert.ok(sound, 'signed by the key it carries');
    const said = read(claims);
    const token = (headers.get('Authorization') ?? '').replace('DPoP ', '');
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
    const ath = btoa(String.fromCharCode(...new Uint8Array(digest)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
    assert.same(
      [said.htm, said.htu, said.nonce, said.ath],
      ['GET', `${API}/v1/regroupements/${SLUG}${path}`, 'a-nonce-of-the-server', ath],
    );
    const kept = await openStore(`${API}/v1/regroupements/${SLUG}`).key();
    const stolen = await crypto.subtle.exportKey('jwk', kept.privateKey).catch(() => null);
    assert.same(stolen, null, 'nobody reads the key out');
  });

  it('warns before it ends unused, and goes on with one click; what she has typed stays', async () => {
    const page = await open((api) => {
      api.endsIn = 120;
      noFile(api);
    });
    await page.signIn();
    await page.reads('Nous n’avons pas trouvé votre dossier');
    await page.reads('votre session prendra fin dans deux minutes');
    const box = page.box('Nom');
    box.value = 'Tremblay';
    page.api.endsIn = 43_200;
    await page.press('Rester connectée');
    await until('the warning to go', () => !page.text.includes('prendra fin'));
    assert.same([page.api.count('POST /sessions/refresh'), page.box('Nom').value], [1, 'Tremblay']);
    assert.ok(page.box('Nom') === box, 'the same box');
  });

  it('ends here and in the other tab when she signs out', async () => {
    const page = await open();
    await page.signIn();
    await page.at('Détail du montant à payer');
    const other = await add();
    await other.at('Détail du montant à payer');
    await page.press('Se déconnecter');
    await page.reads('Votre session est fermée.');
    await other.reads('Votre session est fermée.');
    page.element.remove();
    const later = await add();
    await until('sign-in form', () => later.root.querySelector('form'));
    other.element.remove();
  });
});

describe('offline', () => {
  afterEach(clear);

  it('says so, keeps what she typed, and works when she tries again', async () => {
    Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
    const page = await open((api) => api.on('POST /sessions', lost));
    try {
      await page.signIn();
      await page.reads('Pas de connexion Internet.');
    } finally {
      Reflect.deleteProperty(navigator, 'onLine');
    }
    assert.same(page.box('Courriel').value, 'marie-eve@example.org');
    page.api.on('POST /sessions', () => ok(page.api.tokens(), 201));
    await page.press('Réessayer');
    await page.at('Détail du montant à payer');
  });
});

describe('links in e-mails', () => {
  afterEach(clear);

  it('can be sent again: that of the sign-up that was sent from here, by the name that it was given', async () => {
    const page = await reach.mailSent?.go();
    if (page === undefined) throw new Error('no such screen');
    const { now } = Date;
    Date.now = () => now() + 61_000;
    try {
      await page.reads('Vous pouvez renvoyer le courriel.');
      await page.press('Renvoyer le courriel');
      await until('the call', () => page.api.count('POST /accounts/resend') === 1);
    } finally {
      Date.now = now;
    }
    const { attempt } = page.api.last('POST /accounts').body;
    assert.same(typeof attempt, 'string');
    assert.same(page.api.last('POST /accounts/resend').body.attempt, attempt);
  });

  it('activate on her click only, with the password of that sign-up, and leave the address at once', async () => {
    await clear();
    const page = await open(() => arrive('#activer=abcdefghijklmnop'), { hosted: '' });
    await page.at('Activation de votre compte');
    assert.same(location.hash, '');
    assert.same(page.api.count('POST /activations'), 0);
    page.type('Mot de passe', 'un autre mot de passe');
    await page.press('Activer mon compte');
    await page.reads('Ce n’est pas le mot de passe choisi');
    page.type('Mot de passe', PASSWORD);
    await page.press('Activer mon compte');
    await page.at('Détail du montant à payer');
    await page.reads('Retourner sur le site du Regroupement Petits-Bouleaux de l’Estuaire');
  });

  it('are not read on a regroupement’s own page', async () => {
    await clear();
    const page = await open(() => arrive('#activer=abcdefghijklmnop'));
    await until('sign-in form', () => page.root.querySelector('form'));
    assert.same(location.hash, '#activer=abcdefghijklmnop');
    assert.same(page.api.count('POST /activations/check'), 0);
  });
});
