// Accents that were lost on the way are told wherever they stand in a name or a title, and right names never are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-fr';
import type { Columns } from '../../../server/import/reading/columns/fields.ts';
import { DamageWatch, damageIn } from '../../../server/import/reading/damaged-text.ts';
import { DAMAGE_TO_ACCENTS } from '../../support/damaged-text.ts';

/** Names of here with an accent at the beginning, in the middle, at the end. */
const OURS = (
  'Éric Élise Éloïse Étienne Émile Écuyer Renée René André Andrée Zoé Chloé Josée Côté Bélanger Gérard Hélène Lévesque ' +
  'Thérèse Thériault Hébert Noël Noëlla Raphaël Gaël Joëlle Benoît François Françoise Jérôme Frédéric Stéphane Geneviève ' +
  'Eugène Valérie Mélanie Sébastien Loïc Anaïs Maïté Naïma Ménard Léveillé Gagné Desrosiers-Côté Marie-Ève Marie-Hélène ' +
  'Bédard Gélinas Pépin Lépine Légaré Crête Prévost Goyer-Béïque Théorêt Forêt Maître Lemaître D’Astous-Hébert'
).split(' ');
/** What could be another name, typed as carelessly as some are. */
const UNDECIDED: Readonly<Record<string, readonly string[]>> = {
  // « Marie-éve ».
  'Mac Roman read as Windows-1252': ['Marie-Ève'],
  'Windows-1252 read as Mac Roman': ['Goyer-Béïque'],
  'Windows-1252 read as code page 850': ['Goyer-Béïque'],
};

const TITLES = [
  ...[
    'Prénom',
    'Numéro de facture',
    'Échéance',
    'Période',
    'Payé',
    'Début',
    'Reçu',
    'Versé',
    'Date d’échéance',
  ],
  ...[
    '# de certificat',
    'N° de facture',
    'Nom d’usage',
    'Payé?',
    'Actif ?',
    'Montant ($)',
    'Taxe 9 %',
    'Solde dû (€)',
  ],
];

const FOREIGN = [
  ...'Nguyễn Đặng Trần Phạm Huỳnh Đỗ Ödön Željko Žižek Škvorecký Anežka Dvořák Jiří Řehoř Tomaš Šime Božena'.split(
    ' ',
  ),
  ...'Guðmundsson Þorsteinn Steinþór Hafþór Sigurðardóttir Björk João São Ângelo Gonçalves Conceição Íñigo'.split(
    ' ',
  ),
  ...'Núñez Peña Ångström Sørensen Ærø Łukasz Wałęsa Gdańsk Çelik Yıldız Şahin Öztürk İbrahim Bărbulescu'.split(
    ' ',
  ),
  ...'Ștefan Õunapuu Lõhmus Pärt Máirtín Ógáin MacÉoin Đorđević Ćosić Čapek Col·lell Kaʻiulani Jõgi Vėjas'.split(
    ' ',
  ),
  ..."O’Connor O‘Connor O´Connor O'Connor d‘Amours N’Diaye L’Œuvre Bœuf Croÿ L’Haÿ-les-Roses".split(' '),
  ...'Иван Γιώργος 李小龍 김민준 محمد ஆனந்த்'.split(' '),
  ...[
    'JosÉe',
    'AndrÉ',
    'ANDRé',
    'CôTé',
    'LÉvesque',
    'CÔté',
    'Marie–Ève',
    'Roy–Tremblay',
    'marie–ève',
    'Saint‑Pierre',
  ],
  ...[
    'Jean “Johnny” Roy',
    '« Ti-Jean » Roy',
    'Roy †',
    'Côté/Roy',
    'Roy & Fils',
    'AT&T',
    'Marie❤',
    'CÔTÉ\u00a0ROY',
    'RENÉ’S',
  ],
];

const capital = (word: string) =>
  word.replace(/(^|[-’' ])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
const words = [
  ...dictionary['commonWords-fr'],
  ...dictionary['firstnames-fr'],
  ...dictionary['lastnames-fr'],
].filter((word) => !/ãª/.test(word)); // The dictionary has four words that are damaged themselves.

describe('right names and titles', () => {
  test('are never taken for damaged: forty thousand words and names, and foreign ones, in any case', () => {
    const every = [...words, ...OURS, ...FOREIGN].flatMap((word) => [
      word,
      capital(word),
      word.toUpperCase(),
      word.toLowerCase(),
      word.normalize('NFD'),
    ]);
    assert.ok(every.length > 100_000);
    assert.deepEqual(
      every.filter((word) => damageIn(word, 'name') !== null),
      [],
    );
  });
  test('nor are titles', () => {
    assert.deepEqual(
      TITLES.filter((title) => damageIn(title, 'title') !== null),
      [],
    );
  });
  test('nor what people write in other cells', () => {
    const texts = [
      ...[
        'Payée? à voir',
        'Où?',
        '1\u00a0234,56\u00a0$',
        '√ vérifié',
        'voir …',
        '10 % de rabais',
        'a=b',
        'https://x.org/?a=1&b=2',
      ],
      ...[
        '€',
        '½ année',
        '── fin ──',
        'C’est « bien »',
        'température: −5°',
        'N° 12',
        '2ᵉ versement',
        'éve+a@exemple.org',
      ],
    ];
    assert.deepEqual(
      texts.filter((text) => damageIn(text, 'text') !== null),
      [],
    );
  });
});

describe('damaged accents', () => {
  test('a fraction for « œ », and codes without their semicolon', () => {
    for (const name of ['Lec½ur', 'S½ur', '½uvre', 'Ren&eacutee', 'Fran&ccedilois'])
      assert.ok(damageIn(name, 'name'), name);
  });
  test('a plus or an underscore where a letter or a space was', () => {
    for (const name of ['Anne+Marie', 'C_t_', 'Zo_', '_lise', 'Zo□', 'Zo‘'])
      assert.ok(damageIn(name, 'name'), name);
    assert.equal(damageIn('Zo□', 'name')?.how, 'lost');
  });
  test('« à payer » of a status, as the old character sets show it', () => {
    for (const status of ['… payer', 'ˆ payer', '… percevoir']) assert.ok(damageIn(status, 'text'), status);
  });
  for (const [way, damage] of Object.entries(DAMAGE_TO_ACCENTS))
    test(`${way}: found in each name of ours, whatever the place of its accent`, () => {
      const missed = OURS.filter((name) => {
        const text = damage(name);
        return text !== null && text !== name && damageIn(text, 'name') === null;
      });
      assert.deepEqual(missed, UNDECIDED[way] ?? []);
    });
  test('most are found in all words of the language that have one', () => {
    for (const [way, damage] of Object.entries(DAMAGE_TO_ACCENTS)) {
      const texts = words
        .filter((word) => /^[\p{ASCII}éèêëàâçôîïûù]*[éèêëàâçôîïûù]/u.test(word))
        .map((word) => damage(capital(word)))
        .filter((text) => text !== null);
      const missed = texts.filter((text) => damageIn(text ?? '', 'name') === null).length;
      assert.ok(missed <= texts.length / 20, `${way}: ${missed} of ${texts.length}`);
    }
  });
});

test('an error of the spreadsheet is no lost letter', () => {
  const watch = new DamageWatch();
  const columns: Columns = new Map([['lastName', 0]]);
  assert.equal(watch.see(2, ['#NOM?'], columns, {}), null);
  assert.match(watch.see(3, ['Ren?e'], columns, {})?.fr ?? '', /^Accents abîmés/);
});
