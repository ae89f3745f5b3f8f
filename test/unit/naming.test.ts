// A regroupement's name in a French sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REGROUPEMENTS } from '../../demo/data/regroupements.ts';
import { type Article, namingOf } from '../../server/regroupements/naming.ts';

const CASES: readonly (readonly [
  name: string,
  article: Article | null,
  the: string,
  of: string,
  to: string,
])[] = [
  ['Regroupement Petits-Bouleaux', null, 'le Regroupement P', 'du Regroupement P', 'au Regroupement P'],
  ['Réseau des RSG du Nord', null, 'le Réseau', 'du Réseau', 'au Réseau'],
  ['RÉSEAU DES RSG', null, 'le RÉSEAU', 'du RÉSEAU', 'au RÉSEAU'],
  ['Fédération des milieux', null, 'la Fédération', 'de la Fédération', 'à la Fédération'],
  ['Alliance des milieux', null, 'l’Alliance', 'de l’Alliance', 'à l’Alliance'],
  ['Services éducatifs du Bas', null, 'les Services', 'des Services', 'aux Services'],
  // Its own article stays as it is written, but where it melts into the word before.
  ['La Farandole', null, 'La Farandole', 'de La Farandole', 'à La Farandole'],
  ['Le Nid douillet', null, 'Le Nid', 'du Nid', 'au Nid'],
  ['Les Petits Pas', null, 'Les Petits', 'des Petits', 'aux Petits'],
  ['L’Arc-en-ciel', null, 'L’Arc', 'de L’Arc', 'à L’Arc'],
  // None can be told: d’ before a vowel or a mute h.
  ['Amis de la Côte', null, 'Amis', 'd’Amis', 'à Amis'],
  ['Étoile filante', null, 'Étoile', 'd’Étoile', 'à Étoile'],
  ['Œuvre des petits', null, 'Œuvre', 'd’Œuvre', 'à Œuvre'],
  ['Horizon jeunesse', null, 'Horizon', 'd’Horizon', 'à Horizon'],
  ['Hibou chouette', null, 'Hibou', 'de Hibou', 'à Hibou'],
  ['Halte-garderie du Lac', null, 'Halte', 'de Halte', 'à Halte'],
  ['Yamaska en famille', null, 'Yamaska', 'de Yamaska', 'à Yamaska'],
  ['« Arc-en-ciel »', null, '« Arc', 'd’« Arc', 'à « Arc'],
  ['Onze lutins', null, 'Onze', 'de Onze', 'à Onze'],
  ['Bambins du Nord', null, 'Bambins', 'de Bambins', 'à Bambins'],
  ['', null, '', 'de ', 'à '],
  // The setting decides.
  ['Amis de la Côte', 'les', 'les Amis', 'des Amis', 'aux Amis'],
  ['Étoile filante', 'l’', 'l’Étoile', 'de l’Étoile', 'à l’Étoile'],
  ['AQRSG', 'la', 'la AQRSG', 'de la AQRSG', 'à la AQRSG'],
  ['Regroupement solo', 'aucun', 'Regroupement solo', 'de Regroupement solo', 'à Regroupement solo'],
];

test('« le », « du », « au » by the name’s own grammar, or by the setting', () => {
  for (const [name, article, the, of, to] of CASES) {
    const found = namingOf(name, article);
    assert.ok(found.the.startsWith(the), `${name}: ${found.the}`);
    assert.ok(found.of.startsWith(of), `${name}: ${found.of}`);
    assert.ok(found.to.startsWith(to), `${name}: ${found.to}`);
    assert.equal(found.name, name);
  }
  assert.equal(namingOf('Alliance X', null).The, 'L’Alliance X');
  assert.equal(namingOf('Regroupement X', null).The, 'Le Regroupement X');
});

test('the demo’s three', () => {
  assert.deepEqual(
    REGROUPEMENTS.map(({ name }) => namingOf(name, null).of.slice(0, 14)),
    ['du Regroupemen', 'de l’Alliance ', 'du Regroupemen'],
  );
});
