// Titles of columns as offices write them: known whatever their writing, or named; never dropped when they speak of money.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Field, Mapping } from '../../../server/import/reading/columns/fields.ts';
import { readHeader } from '../../../server/import/reading/columns/header.ts';
import type { Kind } from '../../../server/import/reading/columns/kinds.ts';
import { FileRefused } from '../../../server/import/refusal.ts';

const BASE = ['Prénom', 'Nom', '# certificat', 'No facture', 'Date facture', 'Période', 'Total'];
const NONE: Mapping = new Map();
const refusalOf = (header: readonly string[], mapping = NONE) => {
  try {
    readHeader(header, 1, mapping);
  } catch (error) {
    if (error instanceof FileRefused) return error.why.fr;
    throw error;
  }
  return null;
};

/** Titles of one field, each in place of the base's column of that field, or behind the others. */
const KNOWN: Partial<Record<Field, [string | null, string[]]>> = {
  certificate: [
    '# certificat',
    [
      ...[
        '# de certificat',
        'N° de certificat',
        'Nº certificat',
        'No. de certificat',
        '№ certificat',
        'Certificat #',
      ],
      ...[
        'Numéro de certificat',
        'NUM CERTIFICAT',
        'NoCertificat',
        'numero_certificat',
        'Certificate number',
      ],
      ...[
        'No de\ncertificat',
        '#certificat',
        'nodecertificat',
        'Certificate no.',
        'Certificat (no)',
        'No cert.',
        'Certificat (PB-000000)',
      ],
    ],
  ],
  invoice: [
    'No facture',
    [
      '# facture',
      'N° de facture',
      'Numéro de la facture',
      'Facture no',
      'Invoice #',
      'No de facture',
      'no_facture',
      'Inv. #',
    ],
  ],
  period: [
    'Période',
    [
      'Période de garantie',
      'Période (début/fin)',
      'Période couverte',
      'Période d’assurance',
      'Période de couverture',
      'Insurance period',
    ],
  ],
  issuedOn: [
    'Date facture',
    ['Date de la facture', 'Date d’émission', 'Émise le', 'Date (AAAA-MM-JJ)', 'Invoice date', 'Txn Date'],
  ],
  total: [
    'Total',
    [
      'Montant total ($)',
      'Total (CAD)',
      'Montant de la facture',
      'Montant facturé',
      'Montant',
      'TOTAL FACTURE',
    ],
  ],
  balance: [
    null,
    [
      ...[
        'Solde restant',
        'Solde dû',
        'Reste à encaisser',
        'SOLDE DU',
        'Solde ($)',
        'Montant dû',
        'Montant du',
        'Reste à payer',
        'Dû',
      ],
      ...[
        'Solde à payer',
        'Solde au 2026-03-31',
        'Solde au 31 mars 2026',
        'Total dû',
        'À payer',
        'Balance due',
      ],
      ...['Amount owing', 'Outstanding', 'Solde\r\nrestant', 'Montant à payer', 'Restant dû', 'soldeRestant'],
      ...['Comptes à recevoir', 'Total restant', 'Balance à payer', 'En souffrance', 'Bal.'],
    ],
  ],
  paid: [
    null,
    [
      ...[
        'Total payé',
        'Payé à ce jour',
        'Montant payé',
        'Déjà payé',
        'Montants reçus',
        'Versé',
        'Montant versé',
      ],
      ...[
        'Encaissé',
        'Paiements reçus',
        'Total des paiements',
        'Réglé',
        'Acquitté',
        'Amount paid',
        'Somme payée',
      ],
      ...['Payé ($)', 'PAYÉ', 'Perçu', 'Total perçu', 'Montants perçus', 'Amt paid'],
    ],
  ],
  firstName: [
    'Prénom',
    ['Prénom de la RSG', 'PRENOM', 'First name', 'prenom_rsg', 'Prénom (titulaire)', 'Prén.', 'Prénom(s)'],
  ],
  lastName: [
    'Nom',
    ['Nom de famille', 'Nom à la naissance', 'Nom de la titulaire', 'Last Name', 'NOM RSG', 'Nom complet'],
  ],
  email: [
    null,
    [
      'Courriel',
      'E-mail',
      'Adresse courriel',
      'Courriel principal',
      'Main Email',
      'Courriel de la RSG',
      'Adresse électronique',
      'Courrier électronique',
    ],
  ],
  dueOn: [
    null,
    [
      'Échéance',
      'Date d’échéance',
      'Date limite de paiement',
      'Payable avant',
      'Payable le',
      'À payer avant le',
      'Éch.',
      'Payable au plus tard le',
      'Due date',
    ],
  ],
  premiumTax: [null, ['Taxe primes', 'Taxe (9 %)', 'Taxe sur les primes', 'Taxe 9 %', 'Premium tax']],
  fees: [null, ['Frais adm. et taxes', 'Frais d’administration', 'Frais adm.', 'Admin fees']],
  status: [null, ['Statut', 'État', 'Statut de la facture', 'Statut du paiement', 'Status']],
};

describe('a title of a column', () => {
  for (const [field, [replaced, titles]] of Object.entries(KNOWN) as [Field, [string | null, string[]]][])
    for (const title of titles)
      test(`« ${title.replace(/\s+/g, ' ')} » is ${field}`, () => {
        const header = [...BASE.filter((one) => one !== replaced), title];
        const read = readHeader(header, 1, NONE);
        assert.equal(read.columns.get(field), header.length - 1, JSON.stringify(read));
        assert.deepEqual(read.unread, []);
      });

  for (const title of [
    ...[
      'Créance',
      '0-30 jours',
      '31 - 60',
      '91+',
      '> 90 days',
      'Over 90 days',
      'Courant',
      'Don',
      'Remise',
      'Recettes',
      'Applied',
    ],
    ...['Solde 2025', 'Acompte', 'Crédit appliqué', 'Paiement', 'TPS', 'Rabais', 'Slode', 'Ristourne ($)'],
    ...['Nom à facturer', 'Annulée le', 'État du compte', 'Fin prévue', 'Payé en ligne', 'Total payée 2025'],
    ...[
      'Avances',
      'Chèque',
      'Interac',
      'Virements',
      'Comptant',
      'Quittancé',
      'Recouvré',
      'Prélèvements',
      'PAP',
    ],
    ...['Trop-perçu', 'Déboursé', 'Retenue', 'Subvention', 'Cotisation', 'Manque', 'Pmt', 'Collected', 'Pd'],
    ...['Résiliée le', 'Suspendue', 'Archivée', 'Supprimée', 'Retirée', 'Void', 'Annul.', 'Remplacée par'],
    ...['Radiation', 'Fermeture', 'Expirée le', 'Valide jusqu’au'],
    ...['Comptes clients', 'Solde C/R', 'Sold', 'Encaissements', 'Payable par'],
  ])
    test(`« ${title} » speaks of what counts and is not understood: the file is refused`, () => {
      const why = refusalOf([...BASE, title]);
      assert.match(why ?? '', /^Ce titre n’est pas compris/);
      assert.ok(why?.includes(`« ${title} »`), why ?? '');
      assert.match(why ?? '', /Titres lus : Prénom \| Nom \| # certificat/);
    });

  test('the refusal shows the nearest known ones, and the option that says what the column is', () => {
    assert.match(
      refusalOf([...BASE, 'Solde 2025']) ?? '',
      /« Solde 2025 » \(proche de Solde \(balance\).*--column "Solde 2025=balance".*=ignore/,
    );
  });

  test('money that came is never proposed as money that is left, nor to be left aside', () => {
    for (const title of ['Acomptes', 'Encaissements', 'Règlements', 'Versements', 'Chèque'])
      assert.match(refusalOf([...BASE, title]) ?? '', new RegExp(`--column "${title}=paid"`));
  });

  test('a column of names that is not understood refuses a file of invoices too', () => {
    const header = ['Nom du client', '# certificat', 'No facture', 'Date facture', 'Période', 'Total'];
    assert.equal(refusalOf(header), null);
    assert.match(refusalOf(header.with(0, 'Nom affiché')) ?? '', /« Nom affiché ».*=lastName/);
  });

  test('what is missing of a file of payments is not said to be missing of a list', () => {
    const why = refusalOf(['No facture', 'Montant', 'Date paiement', 'Mode']) ?? '';
    assert.match(why, /^Il manque la colonne « No paiement »\. Ajoutez/);
  });

  test('where none is near, the refusal says how to leave the column aside, once', () => {
    assert.match(
      refusalOf([...BASE, 'Rabais']) ?? '',
      /« Rabais »\. Renommez la colonne, ou, si elle ne compte pas, laissez-la de côté : --column "Rabais=ignore"\. Titres lus/,
    );
  });

  test('what was said of a title is remembered in its words, whatever their case and spaces', () => {
    const said: Mapping = new Map([['solde 2025', 'balance']]);
    assert.equal(readHeader([...BASE, 'SOLDE  2025'], 1, said).columns.get('balance'), BASE.length);
    const aside: Mapping = new Map([['solde 2025', 'ignore']]);
    assert.deepEqual(readHeader([...BASE, 'Solde 2025'], 1, aside).unread, ['Solde 2025']);
  });

  test('what says nothing of money, person, status or period is left aside, and named', () => {
    const titles = [
      'Téléphone',
      'Ville',
      'Code postal',
      'Nom du BC',
      'Note',
      'Notes',
      'Date',
      'Frais en ligne',
      ...['No client', 'Année'],
    ];
    assert.deepEqual(readHeader([...BASE, ...titles], 1, NONE).unread, titles);
  });

  test('the day or the number of a payment may be left aside only where the file says what is left', () => {
    for (const [title, field] of [
      ['Date du virement', 'paidOn'],
      ['Date du chèque', 'paidOn'],
      ['No de virement', 'reference'],
      ['Confirmation Interac', 'reference'],
    ] as const) {
      assert.deepEqual(readHeader([...BASE, 'Solde', title], 1, NONE).unread, [title]);
      assert.match(refusalOf([...BASE, title]) ?? '', new RegExp(`--column "${title}=${field}"`));
    }
    assert.deepEqual(readHeader([...BASE, 'Mode (chèque, Interac)'], 1, NONE).unread, [
      'Mode (chèque, Interac)',
    ]);
  });

  test('the same column twice is refused, with the way to leave one aside', () => {
    assert.match(
      refusalOf([...BASE, 'Solde', 'Solde restant']) ?? '',
      /deux fois : « Solde », « Solde restant »/,
    );
  });

  test('a payment that has two amounts is refused until one of them is chosen', () => {
    const payments = ['No paiement', 'No facture', 'Montant', 'Date paiement'];
    for (const title of ['Montant payé', 'Total', 'Encaissé'])
      assert.match(refusalOf([...payments, title]) ?? '', new RegExp(`« ${title} »`));
    const aside: Mapping = new Map([['total', 'ignore']]);
    assert.deepEqual(readHeader([...payments, 'Total'], 1, aside).unread, ['Total']);
  });

  test('a list with a column « Paiement » is no file of payments', () => {
    assert.match(refusalOf([...BASE.slice(0, 6), 'Montant', 'Paiement', 'Solde']) ?? '', /« Paiement »/);
  });

  const kinds: [Kind, string[]][] = [
    [
      'payments',
      ['No paiement', 'No facture', 'Montant', 'Date paiement', 'Mode', 'Frais processeur', 'Net'],
    ],
    ['certificates', ['Dossier', '# de certificat', 'Période début', 'Période fin', 'Solde']],
    ['holders', ['Dossier', 'Prénom', 'Nom', 'Téléphone']],
    ['invoices', ['No facture', '# de certificat', 'Total', 'Solde', 'Échéance']],
  ];
  for (const [kind, header] of kinds)
    test(`a file of ${kind} is told by its columns`, () =>
      assert.equal(readHeader(header, 1, NONE).kind, kind));
});
