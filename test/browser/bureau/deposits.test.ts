// « Dépôts »: cheques typed by keyboard against the bank's slip.
import { assert } from '../support/assert.ts';
import { held, lost, ok, problem } from '../support/fake-api.ts';
import {
  annulled,
  clearOffice,
  deposit,
  found,
  holder,
  type OfficePage,
  paste,
  work,
} from '../support/office.ts';
import { until } from '../support/widget.ts';

const CHEQUE = 'POST /deposits/:id/cheques';

async function grid(prepare?: Parameters<typeof work>[1]): Promise<OfficePage> {
  const page = await work('#depots/deposit-1', prepare);
  await page.reads('Inscrire un chèque');
  return page;
}
/** The file, its only open invoice owing so much. */
const owing = (balanceCents: number) => ({
  ...holder,
  certificates: holder.certificates.map((one) => ({
    ...one,
    invoices: one.invoices.slice(0, 1).map((of) => ({ ...of, balanceCents })),
  })),
});
/** Enter in a box, as a form takes it. */
const enter = (page: OfficePage) => page.get<HTMLFormElement>('#entry-form').requestSubmit();

/** Nothing of the list is on its way. */
const free = (page: OfficePage) =>
  until('the list', () => !page.get<HTMLButtonElement>('#paste-close').disabled);

describe('a deposit, she', () => {
  afterEach(clearOffice);

  it('opens with what the slip says, and is led to it', async () => {
    const page = await work('#depots');
    await page.press('Ouvrir un dépôt');
    await page.type('#act-day', '2026-11-20');
    await page.press('Ouvrir');
    await page.reads('Écrivez un montant comme 50,00.');
    await page.type('#act-amount', '250,00');
    await page.press('Ouvrir');
    await page.at('Dépôt du 20 novembre 2026');
    assert.same(page.api.last('POST /deposits').body, { day: '2026-11-20', slipCents: 25_000 });
    await page.reads('Reste à inscrire200,00 $');
  });

  it('types a cheque, all by keyboard: the file is found, the amount pays it, Enter writes it down, the next one begins', async () => {
    const page = await grid();
    await page.type('#entry-payer', 'PB-F-2026-0003');
    page.get('#entry-payer').dispatchEvent(new Event('change'));
    await page.reads('Ce chèque paie L’Écuyer-Tremblay, Marie-Ève');
    assert.same(page.get<HTMLInputElement>('#entry-amount').value, '296,13');
    await page.type('#entry-amount', '200,00');
    await page.reads('PB-F-2026-0003 : 200,00 $');
    await page.type('#entry-number', '0418');
    enter(page);
    await page.reads('Le compte y est');
    await until('the next cheque', () => page.focused === page.get('#entry-payer'));
    assert.same(page.api.last(CHEQUE).body, {
      invoices: [{ invoiceNumber: 'PB-F-2026-0003', amountCents: 20_000 }],
      ...{ reference: '0418', evenSo: [] },
    });
    assert.same(page.get<HTMLInputElement>('#entry-amount').value, '');
  });

  it('is in the box of the amount before the file is found: what she types takes the place of what is owed', async () => {
    const call = held(() => ok(found(1)));
    const page = await grid((api) => api.on('POST /search', call.handler));
    await page.type('#entry-payer', 'PB-F-2026-0003');
    page.get('#entry-payer').dispatchEvent(new Event('change'));
    const amount = page.get<HTMLInputElement>('#entry-amount');
    amount.focus();
    call.release();
    await until('what is owed', () => amount.value === '296,13');
    assert.same([amount.selectionStart, amount.selectionEnd], [0, 6]);
  });

  it('pastes rows of a spreadsheet: sees each, says who and what all the same, and only then they are written, once', async () => {
    let answers = 0;
    const page = await grid((api) => {
      const one = { firstName: 'Marie-Ève', lastName: 'Tremblay', certificateNumbers: ['PB-1'] };
      api.on('POST /search', ({ body }) =>
        ok({
          found:
            body.text === 'Tremblay'
              ? ['h-1', 'h-2'].map((holderId) => ({ ...found(1).found[0], ...one, holderId }))
              : found(1).found,
          total: 1,
        }),
      );
      api.on(CHEQUE, (call) => {
        answers += 1;
        return answers === 1 ? lost(call) : ok(deposit, 201);
      });
    });
    paste(
      page,
      'Facture\tMontant\tChèque\r\nPB-F-2026-0003\t1 00,50 $\t0418\r\nTremblay\t$20.00\t0419\r\nPB-F-2026-0003\t1,234.56\t0420\r\nPB-F-2026-0003\tbeaucoup\t0421',
    );
    await page.reads('Chèques collés');
    await until('the list', () => page.focused === page.get('#pasted'));
    await page.reads('Écrivez un montant');
    await page.reads('Inscrire ces chèques (1)');
    await page.reads('plus que ce qui reste à payer');
    assert.same(page.api.calls.filter(({ route }) => route === CHEQUE).length, 0);
    await until('the button', () => !page.get<HTMLButtonElement>('#paste-yes').disabled);
    const who = page.get<HTMLSelectElement>('#paste-who-1');
    who.value = 'h-2';
    who.dispatchEvent(new Event('change'));
    await page.reads('Inscrire ces chèques (2)');
    page.get('#paste-even-2').click();
    await page.reads('Inscrire ces chèques (3)');
    page.get('#paste-yes').click();
    await page.reads('ne sera pas inscrit deux fois');
    await until('the button', () => !page.get<HTMLButtonElement>('#paste-yes').disabled);
    page.get('#paste-yes').click();
    await page.reads('Inscrire ces chèques (0)');
    await free(page);
    const sent = page.api.calls.filter(({ route }) => route === CHEQUE);
    assert.same(
      sent.map(({ body: { reference, invoices, evenSo } }) => [
        reference,
        (invoices as { amountCents: number }[])[0]?.amountCents,
        evenSo,
      ]),
      [
        ['0418', 10_050, []],
        ['0418', 10_050, []],
        ['0419', 2_000, []],
        ['0420', 123_456, ['more-than-balance']],
      ],
    );
    const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'));
    assert.same([keys[0] === keys[1], new Set(keys).size], [true, 3]);
    await until('the button', () => !page.get<HTMLButtonElement>('#paste-close').disabled);
    await page.press('Fermer la liste');
    await until('the next cheque', () => page.focused === page.get('#entry-payer'));
  });

  it('pastes more than two hundred rows: is told how many wait, and they come as the others go', async () => {
    const page = await grid();
    const cells = Array.from({ length: 202 }, (_, n) => `\t${n + 1},00\t${1_000 + n}`);
    paste(page, ['Facture\tMontant\tChèque', ...cells].join('\n'));
    await page.reads('Encore 2 à venir');
    const rows = () => page.get('[aria-labelledby=pasted]').querySelectorAll('tbody tr');
    assert.same(rows().length, 200);
    for (const left of [1, 0]) {
      await until('the list is there', () => rows()[0]?.querySelector('.acts button'));
      rows()[0]?.querySelector<HTMLButtonElement>('.acts button')?.click();
      await until('the next one', () => page.text.includes(left === 0 ? '202,00 $' : 'Encore 1 à venir'));
    }
    assert.same([rows().length, page.text.includes('à venir')], [200, false]);
  });

  it('pastes over a list that is not finished: it stays, its lost cheque keeps its key, and she is told', async () => {
    const call = held(() => problem('internal', 500));
    const page = await grid((api) => {
      api.on('POST /search', () => ok(found(1)));
      api.on(CHEQUE, call.handler);
    });
    paste(page, 'PB-F-2026-0003\t100,00\t0418');
    await page.reads('Inscrire ces chèques (1)');
    await until('the button', () => !page.get<HTMLButtonElement>('#paste-yes').disabled);
    page.get('#paste-yes').click();
    await until('the cheque on its way', () => page.api.count(CHEQUE) === 1);
    paste(page, 'PB-F-2026-0003\t55,00\t0500');
    await page.reads('Rien n’a été ajouté');
    call.release();
    await page.reads('ne sera pas inscrit deux fois');
    assert.ok(page.get<HTMLButtonElement>('#paste-close').disabled, 'what has no answer is not thrown away');
    paste(page, 'PB-F-2026-0003\t55,00\t0500');
    await page.reads('Rien n’a été ajouté');
    assert.ok(!page.text.includes('55,00'), 'nothing is pasted over it');
    page.api.on(CHEQUE, () => ok(deposit, 201));
    page.get('#paste-yes').click();
    await until('the next cheque', () => page.focused === page.get('#entry-payer'));
    const keys = page.api.calls
      .filter(({ route }) => route === CHEQUE)
      .map(({ headers }) => headers.get('Idempotency-Key'));
    assert.same([keys.length, new Set(keys).size], [2, 1]);
  });

  it('sends a part of a list: what is left is shown against what is owed now', async () => {
    let paidCents = 0;
    const page = await grid((api) => {
      api.on('POST /search', () => ok(found(1)));
      api.on('GET /holders/:id', () => ok({ holder: owing(29_613 - paidCents) }));
      api.on(CHEQUE, () => {
        paidCents = 20_000;
        return ok(deposit, 201);
      });
    });
    paste(page, 'PB-F-2026-0003\t200,00\t0418\nPB-F-2026-0003\t96,14\t0419\nPB-F-2026-0003\t200,00\t0418');
    await page.reads('Inscrire ces chèques (1)');
    await until('the button', () => !page.get<HTMLButtonElement>('#paste-yes').disabled);
    page.get('#paste-yes').click();
    await page.reads('Inscrire ces chèques (0)');
    await free(page);
    await page.reads('plus que ce qui reste à payer');
    await page.reads('Même numéro et même montant');
    await until('the box', () => !page.get<HTMLInputElement>('#paste-even-0').disabled);
    page.get('#paste-even-0').click();
    await page.reads('Inscrire ces chèques (1)');
    page.get('#paste-yes').click();
    await until('the second', () => page.api.count(CHEQUE) === 2);
    assert.same(page.api.last(CHEQUE).body.evenSo, ['more-than-balance']);
  });

  it('types a cheque beside a list: what the list pays of the same person is shown against what is owed now', async () => {
    let paidCents = 0;
    const page = await grid((api) => {
      api.on('POST /search', () => ok(found(1)));
      api.on('GET /holders/:id', () => ok({ holder: owing(29_613 - paidCents) }));
      api.on(CHEQUE, () => {
        paidCents = 25_000;
        return ok(deposit, 201);
      });
    });
    paste(page, 'PB-F-2026-0003\t96,14\t0419');
    await page.reads('Inscrire ces chèques (1)');
    await page.type('#entry-payer', 'PB-F-2026-0003');
    page.get('#entry-payer').dispatchEvent(new Event('change'));
    await page.reads('Ce chèque paie L’Écuyer-Tremblay, Marie-Ève');
    await page.type('#entry-amount', '250,00');
    enter(page);
    await page.reads('plus que ce qui reste à payer');
    await page.reads('Inscrire ces chèques (0)');
    assert.same(page.api.count(CHEQUE), 1);
  });

  it('has the receipt of a cheque, and those of all of them, as links to save and to print', async () => {
    const page = await grid();
    page.get('button[aria-label="Voir le reçu no C-2026-0001"]').click();
    await page.reads('Reçu de paiement no C-2026-0001');
    await until('the links', () => page.focused === page.get('#told'));
    const links = () => [...page.get('#told').querySelectorAll('a')];
    assert.same(
      links().map((link) => [link.textContent, link.getAttribute('href')?.replace(location.origin, '')]),
      [
        ['Enregistrer (PDF)', '/receipt.pdf'],
        ['Ouvrir pour imprimer', '/receipt.html'],
      ],
    );
    await page.press('Reçus');
    await page.reads('Ouvrir les reçus de ce dépôt');
    assert.same(links()[0]?.getAttribute('href'), `${location.origin}/receipts.html`);
  });

  it('has of a cheque that came back its receipt and what annuls it', async () => {
    const page = await grid((api) =>
      api.on('GET /recorded-payments/:id/receipts', () => ok({ receipts: annulled })),
    );
    page.get('button[aria-label="Voir le reçu no C-2026-0001"]').click();
    await page.reads('Annulation no CA-2026-0001 du reçu C-2026-0001');
    assert.same(
      [...page.get('#told').querySelectorAll('a')].map((link) => new URL(link.href).pathname),
      ['/receipt.pdf', '/receipt.html', '/annulment.pdf', '/annulment.html'],
    );
  });

  it('writes what finds nobody, or no amount: the box says so, and nothing is sent', async () => {
    const page = await grid((api) => api.on('POST /search', () => ok({ found: [], total: 0 })));
    enter(page);
    await page.reads('Remplissez cette case');
    await page.type('#entry-payer', 'personne');
    await page.type('#entry-amount', '20,00');
    enter(page);
    await page.reads('Aucun dossier trouvé');
    await until('the box', () => page.focused === page.get('#entry-payer'));
    assert.same(page.api.count(CHEQUE), 0);
  });

  it('presses Enter on a name that several have: she is shown whose file it is before a cheque is written', async () => {
    const page = await grid();
    await page.type('#entry-payer', 'tremblay');
    await page.type('#entry-amount', '20,00');
    enter(page);
    await page.reads('Quel dossier?');
    await until('whose file', () => page.focused === page.get('#entry-who'));
    await page.reads('Ce chèque paie');
    assert.same(page.api.count(CHEQUE), 0);
    enter(page);
    await until('the cheque', () => page.api.count(CHEQUE) === 1);
  });

  it('writes a cheque that is there already: she sees it, and may confirm; a lost answer is asked for again under its key', async () => {
    const alike = {
      ...{ invoiceNumber: 'PB-F-2026-0003', amountCents: 20_000, receivedOn: '2026-11-13', reference: '418' },
    };
    const page = await grid((api) =>
      api.on(CHEQUE, () =>
        problem('possible-duplicate', 409, { doubts: ['possible-duplicate'], alike: [alike] }),
      ),
    );
    await page.type('#entry-payer', 'PB-F-2026-0003');
    await page.type('#entry-amount', '200,00');
    await page.type('#entry-number', '0418');
    enter(page);
    await page.reads('Un paiement semblable est déjà inscrit');
    page.api.on(CHEQUE, lost);
    await page.press('Inscrire quand même');
    await page.reads('La réponse s’est perdue');
    const { headers, body } = page.api.last(CHEQUE);
    assert.same((body as { evenSo: string[] }).evenSo, ['possible-duplicate']);
    page.api.on(CHEQUE, () => ok(deposit, 201));
    await page.press('Vérifier si c’est fait');
    await until('the next cheque', () => page.get<HTMLInputElement>('#entry-payer').value === '');
    assert.same(page.api.last(CHEQUE).headers.get('Idempotency-Key'), headers.get('Idempotency-Key'));
  });

  it('closes it, the slip corrected; what does not add up is told', async () => {
    const page = await grid((api) =>
      api.on('POST /deposits/:id/close', () =>
        problem('deposit-differs', 409, { title: 'Le total des chèques n’est pas celui du bordereau.' }),
      ),
    );
    await page.press('Fermer le dépôt');
    await page.press('Fermer ce dépôt');
    await page.reads('Le total des chèques n’est pas celui du bordereau');
    page.api.on('POST /deposits/:id/close', () => ok(deposit));
    await page.type('#act-amount', '50,00');
    await page.press('Fermer ce dépôt');
    await page.reads('Le dépôt est fermé : 50,00 $');
    assert.same(page.api.last('POST /deposits/:id/close').body, { slipCents: 5_000 });
  });
});
