// What the import says, in the words of the page: where a sentence names an option of the command line, what the page has for it.
import type { EvenSo } from '../rows/context.ts';

/** What stands beside the box of each cause, in the page. */
const BOXES: Readonly<Record<EvenSo, { fr: string; en: string }>> = {
  pattern: { fr: 'une autre forme de certificat', en: 'another form of certificate' },
  name: { fr: 'un nouveau nom de famille', en: 'a new last name' },
  'more-than-balance': { fr: 'un paiement au-dessus de ce qui est dû', en: 'a payment above what is owed' },
};

const WAYS: readonly (readonly [option: RegExp, page: string])[] = [
  ...Object.entries(BOXES).flatMap(
    ([cause, { fr, en }]) =>
      [
        [
          new RegExp(`importez avec --even-so ${cause}(?![-\\w])`, 'g'),
          `cochez « Laisser passer quand même : ${fr} »`,
        ],
        [
          new RegExp(`import with --even-so ${cause}(?![-\\w])`, 'g'),
          `tick “Let through all the same: ${en}”`,
        ],
      ] as const,
  ),
  [/ : (?:--column ".*?=\w+" ?)+/g, ' à l’étape « Colonnes »'],
  [/: (?:--column ".*?=\w+" ?)+/g, ' at the step “Columns”'],
  [/(?<=si une colonne ne compte pas) : =ignore/g, ', choisissez « Laisser de côté »'],
  [/(?<=when a column does not count): =ignore/g, ', choose “Leave aside”'],
  [/ ?: --sheet "[^"]*"/g, ''],
  [/ : regroupement set \S+ --[-a-z]+ ".*?"/g, ' dans « Paramètres »'],
  [/: regroupement set \S+ --[-a-z]+ ".*?"/g, ' in “Settings”'],
  [/ : offices set(?=\.)/g, ' dans « Paramètres »'],
  [/: offices set(?=\.)/g, ' in “Settings”'],
  [/avec « record … --even-so possible-duplicate »/g, 'dans son dossier'],
  [/with “record … --even-so possible-duplicate”/g, 'in her file'],
];

/** The same sentence for who reads it in the page. */
export function inPage(sentence: string): string {
  return /--|=ignore|offices set/.test(sentence)
    ? WAYS.reduce((text, [option, page]) => text.replace(option, page), sentence)
    : sentence;
}
