// What a spreadsheet leaves where there is nothing is no number of anything, and no name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Field } from '../../../server/import/reading/columns/fields.ts';
import { debrisIn } from '../../../server/import/reading/debris.ts';

const why = (field: Field, text: string) => debrisIn({ [field]: text }, { [field]: 'Colonne' })?.fr;

describe('in a number', () => {
  for (const text of [
    ...[
      '#N/A',
      '#REF!',
      '#VALUE!',
      '#VALEUR!',
      '#NOM?',
      '#NAME?',
      '#DIV/0!',
      '#NUL!',
      '#NOMBRE!',
      '#SPILL!',
      '####',
    ],
    ...[
      'Err:502',
      'N/A',
      'n/d',
      's.o.',
      'TOTAL',
      'Sous-total',
      '-',
      '–',
      '?',
      '.',
      '0',
      '0000',
      'aucun',
      'néant',
    ],
    ...[
      '2026-04-01',
      '01/04/2026',
      '1-mars-26',
      'avr-26',
      '4512,0',
      '4512.00',
      '4 512',
      '12 004 512',
      'VRAI',
      'NaN',
    ],
    // Errors of other spreadsheets; amounts, days without their year, hours, formulas.
    ...[
      '#ERROR!',
      '1er avril',
      '1er avril 2026',
      '12 h 30',
      'PB-?????',
      '#ERREUR!',
      '#¡REF!',
      '#VIDE!',
      'Loading...',
      'Chargement…',
      '=A2+1',
      '=RECHERCHEV(A2;B:C;2)',
    ],
    ...['4 512,00', '1,234.00', '296,13 $', '$296.13', '-4512', '45 %', '12:30:00'],
    ...['1-avr', '04-janv.', '1 avr', 'April 1, 2026', 'mercredi 1 avril 2026', 'le 1er avril 2026'],
    ...['<NA>', '[vide]', '(aucun)', 'À venir.', 'n.d', 'sans numéro', 'Pas de facture', 'non disponible'],
    ...['pas encore', 'en attente', 'idem ci-dessus', 'même que ci-haut'],
    ...['F1, F2', 'F1; F2', 'PB-000001 & PB-000002', 'F1 et F2'],
  ])
    for (const field of ['certificate', 'invoice', 'holderId', 'paymentId', 'endorsementId'] as const)
      test(`« ${text} » is refused (${field})`, () =>
        assert.match(why(field, text) ?? '', /^« Colonne » : « /));
  for (const text of [
    'PB-004512',
    'FACTURE 12',
    '0001234',
    '2026/00006',
    'F1',
    '26E0417',
    'PB 004512',
    '000 123',
    'F-2026-04',
    '12',
    ...['F-1', '4-1', 'PB-EST-NORD', 'MAR-26-001', 'A-45%', 'AVR-0012', '1-A', 'SANS-12', 'N.D.-4'],
  ])
    test(`« ${text} » is a number`, () => assert.equal(why('certificate', text), undefined));
});

describe('words in the place of a number', () => {
  for (const text of ['voir note', 'À émettre', 'comptant', 'annulée', 'Marie-Ève Roy', 'chèque'])
    for (const field of ['certificate', 'invoice', 'paymentId'] as const)
      test(`« ${text} » is refused (${field})`, () =>
        assert.match(why(field, text) ?? '', /n’est pas un numéro/));
  test('a file may bear a name', () => assert.equal(why('holderId', 'Tremblay-M'), undefined));
});

describe('in a name, an amount or a day', () => {
  for (const text of [
    '#N/A',
    'N/A',
    'TOTAL',
    '-',
    '12345',
    '2026-04-01',
    '#NOM?',
    '296,13 $',
    'zoe@example.org',
    'PB-000001',
    '1E+05',
    'Loading...',
    '<NA>',
    'non fourni',
    ...['=B1', '=$AB$12', '=A2&" "&B2', 'Mme', 'M.', 'XXX'],
  ])
    test(`« ${text} » is no name`, () => assert.match(why('lastName', text) ?? '', /Colonne/));
  for (const text of [
    'Na',
    'Roy',
    'L’Écuyer',
    'Null',
    'So',
    'Mai',
    'Nguyễn',
    'O',
    '王',
    'Zoé 2',
    'Avril',
    'Roy Jr.',
    'X Æ A-12',
    'Attente',
  ])
    test(`« ${text} » is a name`, () => assert.equal(why('lastName', text), undefined));
  for (const field of ['total', 'dueOn', 'balance', 'period', 'status', 'email'] as const)
    test(`an error of the spreadsheet is no ${field}`, () =>
      assert.match(why(field, '#VALEUR!') ?? '', /erreur du tableur/));
});
