// What the import says to who works in the page: never an option of a command that she does not have.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inPage } from '../../../server/import/files/page-words.ts';
import { words } from '../../../widget/bureau/locales/imports.ts';

const FOLDER = new URL('../../../server/import/', import.meta.url);
// The command line's own report, and what is said of a `--column` that was given there.
const OWN = ['report-text.ts', 'reading/layout.ts', 'files/page-words.ts'];
/** Every sentence of the import that names an option, with something in each of its gaps. */
const sentences = globSync('**/*.ts', { cwd: FOLDER.pathname })
  .filter((file) => !OWN.includes(file))
  .flatMap((file) => readFileSync(new URL(file, FOLDER), 'utf8').split('\n'))
  .filter((line) => /--[a-z]/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
  // A part of one stands in a line of its own: tried whole below.
  .filter((line) => !/^\s*(const option|return \{ title)/.test(line))
  .map((line) => line.replace(/\$\{[^{}]*\}/g, 'X'));

test('every sentence that names an option of the command line names what the page has for it', () => {
  assert.ok(sentences.length >= 16, `${sentences.length} sentences`);
  const left = sentences.map(inPage).filter((text) => /--[a-z]|=ignore/.test(text));
  assert.deepEqual(left, []);
});

for (const [said, read] of [
  [
    'Corrigez le numéro; s’il est bien celui-là, importez avec --even-so pattern.',
    `Corrigez le numéro; s’il est bien celui-là, cochez « ${words['imports.evenSo'][0]} : ${words['imports.pattern'][0]} ».`,
  ],
  [
    'Correct the number; if it is the right one, import with --even-so pattern.',
    `Correct the number; if it is the right one, tick “${words['imports.evenSo'][1]}: ${words['imports.pattern'][1]}”.`,
  ],
  [
    '(ou, pour le remplacer, importez avec --even-so name).',
    `(ou, pour le remplacer, cochez « ${words['imports.evenSo'][0]} : ${words['imports.name'][0]} »).`,
  ],
  [
    'if the amount is right, import with --even-so more-than-balance.',
    `if the amount is right, tick “${words['imports.evenSo'][1]}: ${words['imports.moreThanBalance'][1]}”.`,
  ],
  [
    'Renommez la colonne, ou dites ce qu’elle est : --column "Solde "net""=balance" --column "Reste=ignore"; si une colonne ne compte pas : =ignore. Titres lus : A | B.',
    `Renommez la colonne, ou dites ce qu’elle est à l’étape « Colonnes »; si une colonne ne compte pas, choisissez « ${words['imports.ignore'][0]} ». Titres lus : A | B.`,
  ],
  [
    'Rename the column, or, if it does not count, leave it aside: --column "Left=ignore". Titles as read: A | B.',
    'Rename the column, or, if it does not count, leave it aside at the step “Columns”. Titles as read: A | B.',
  ],
  [
    'faites mettre l’année devant : regroupement set petits-bouleaux --invoice-prefix "{année}-".',
    'faites mettre l’année devant dans « Paramètres ».',
  ],
  ['have it added: regroupement set petits-bouleaux --alias "Les Bouleaux".', 'have it added in “Settings”.'],
  ['Ajoutez-le d’abord : offices set.', 'Ajoutez-le d’abord dans « Paramètres ».'],
  ['Dites laquelle importer : --sheet "Feuil1".', 'Dites laquelle importer.'],
  [
    'si c’en est un autre, inscrivez-le avec « record … --even-so possible-duplicate ».',
    'si c’en est un autre, inscrivez-le dans son dossier.',
  ],
] as const)
  test(`« ${said} » is read as « ${read} »`, () => assert.equal(inPage(said), read));
