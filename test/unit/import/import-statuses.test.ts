// Words of a status column: known ones with the tails that people add, and everything else refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileStatus, invoiceStatus, paymentStatus } from '../../../server/import/reading/statuses.ts';

const meaning = (read: typeof invoiceStatus | typeof paymentStatus | typeof fileStatus, text: string) => {
  const status = read(text, 'Statut');
  return status === null || typeof status === 'string' ? status : 'refused';
};

describe('the status of an invoice', () => {
  const cases: Record<string, string[]> = {
    open: [
      'à payer',
      'À PAYER',
      'Impayée',
      'non payé',
      'en retard',
      'Dû',
      'émise le 2026-03-01',
      ...['À payer par chèque', 'À recevoir par virement', 'Impayée en totalité', 'Non payée en entier'],
      ...[
        'Envoyée par la poste',
        'À payer en ligne',
        'Pas payée',
        'Pas encore payée',
        'En retard de paiement',
      ],
      ...['NON-PAYÉE', 'En retard (30 jours)', 'À payer avant le 1er avril'],
      'Overdue',
      'Non soldée',
      'unpaid',
    ],
    paid: [
      ...['Payée', 'payé(e)', 'PAYÉ·E', 'Payée (chèque 0417)', 'payée par Interac', 'Payée le 1er mai 2026'],
      ...['Payée - chq # 0417', 'Payée en totalité', 'paid in full', 'Réglée par virement le 01/05/2026'],
      'Paid via e-transfer',
      ...['Acquittée', 'Soldée', 'Payée (PayPal, réf. 8XK12345)'],
      ...['Payée le 12 janvier 2026', 'Payée le 3 avril', 'Payée le 5 février', 'Réglée le 1er juillet 2026'],
    ],
    cancelled: [
      ...[
        'annulée',
        'Annulée le 2026-05-01',
        'ANNULÉ',
        'cancelled on May 1, 2026',
        'Annulée (erreur)',
        'void',
      ],
      'annulée : doublon de F 12',
      'Annulée en ligne le 2026-05-01',
      'Annulée, remplacée par F2',
      'Annulée (1 mai)',
    ],
    partly: ['partielle', 'Payée en partie', 'partiellement payée', 'Payé partiellement'],
    credit: ['crédit', 'Note de crédit'],
    refused: [
      ...[
        'Payée?',
        'Payée à 50 %',
        'payée 100,00 $',
        'Payée, reste 50',
        'Payée sauf frais',
        'Annulée puis rétablie',
      ],
      ...[
        'payée de 50',
        'Soldes',
        'remboursée',
        'à voir',
        'Lise s’en occupe',
        'x',
        '0',
        '-',
        'payable',
        'Pay',
        '#N/A',
      ],
      ...['non', 'Annulée à moitié', 'Payée et annulée'],
      // Money that came, or a mistake that was made: the word before does not say it all.
      ...['À payer - chèque 0417 reçu', 'En attente, chèque reçu', 'À payer (virement reçu le 2026-05-01)'],
      ...[
        'En attente (reçu)',
        'À payer (chèque 0417)',
        'Pending cheque 0417',
        'Envoyée par Interac',
        'Due, merci',
      ],
      ...[
        'Annulée par erreur',
        'Annulée (chèque 0417)',
        'void cheque',
        'cancelled by error',
        'Ouverte (complet)',
      ],
    ],
  };
  for (const [wanted, texts] of Object.entries(cases))
    for (const text of texts)
      test(`« ${text} » is ${wanted}`, () => assert.equal(meaning(invoiceStatus, text), wanted));
  test('an empty cell says nothing', () => assert.equal(invoiceStatus(' ', 'Statut'), null));
  test('the refusal says what an empty cell comes to', () => {
    const said = [invoiceStatus, paymentStatus].map((read) => {
      const why = read('à voir', 'État');
      return typeof why === 'object' && why !== null ? why.fr : '';
    });
    assert.match(said[0] ?? '', /une facture connue garde son statut, une nouvelle est à payer\.$/);
    assert.match(said[1] ?? '', /la case vide veut dire que l’argent est reçu\.$/);
  });
  test('the refusal quotes the word and lists those that are known', () => {
    const why = invoiceStatus('à voir', 'État');
    assert.match(
      typeof why === 'object' && why !== null ? why.fr : '',
      /« État » : « à voir » n’est pas un statut connu.*à payer, en retard, partielle, payée, crédit, annulée/,
    );
  });
});

describe('the status of a payment and of a file', () => {
  for (const [text, wanted] of [
    ['complété', 'posted'],
    ['Encaissé le 2026-05-01', 'posted'],
    ['en attente', 'not-posted'],
    ['NSF', 'not-posted'],
    ['Refusée', 'not-posted'],
    ['remboursé', 'refunded'],
    ['à vérifier', 'refused'],
  ] as const)
    test(`a payment « ${text} »: ${wanted}`, () => assert.equal(meaning(paymentStatus, text), wanted));
  for (const [text, wanted] of [
    ['Actif', 'active'],
    ['inactif', 'closed'],
    ['Résilié le 2026-05-01', 'closed'],
    ['échu', 'kept'],
    ['peut-être', 'refused'],
  ] as const)
    test(`a file « ${text} »: ${wanted}`, () => assert.equal(meaning(fileStatus, text), wanted));
});
