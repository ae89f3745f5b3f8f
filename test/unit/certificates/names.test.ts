// Finding the right person by the name she types: forgiving about writing, never about which name it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { foldName, namesMatch } from '../../../server/certificates/names.ts';

/** « first | last | nom d’usage » on file, « first | last » as typed. */
function matches(file: string, typed: string): boolean {
  const [firstName = '', lastName = '', usualName = ''] = file.split('|').map((part) => part.trim());
  const [typedFirst = '', typedLast = ''] = typed.split('|').map((part) => part.trim());
  return namesMatch({ firstName, lastName, usualName }, { firstName: typedFirst, lastName: typedLast });
}

describe('the domain’s own cases', () => {
  const cases = parse(readFileSync(new URL('../cases/names.csv', import.meta.url)), {
    columns: true,
  }) as Record<string, string>[];
  for (const c of cases) {
    test(`${c.fichier_prenom} ${c.fichier_nom}, typed ${c.saisi_prenom} / ${c.saisi_nom}: ${c.note}`, () => {
      const given = matches(
        `${c.fichier_prenom}|${c.fichier_nom}|${c.fichier_nom_usage}`,
        `${c.saisi_prenom}|${c.saisi_nom}`,
      );
      assert.equal(given, c.correspond === 'oui');
    });
  }
});

describe('one name, written otherwise', () => {
  const yes: [file: string, typed: string][] = [
    // particles are optional, glued or apart, on either side
    ['Anne-Sophie | D’Août', 'Anne Sophie | daout'],
    ["Anne-Sophie | D'Août", 'anne-sophie | D AOUT'],
    ['Anne-Sophie | D’Août', 'Anne-Sophie | Août'],
    ['Maëlle | de la Bruère', 'Maëlle | la Bruère'],
    ['Maëlle | de la Bruère', 'Maelle | DELABRUERE'],
    ['Maëlle | Bruère', 'Maëlle | de la Bruère'],
    ['Fatima-Zahra | El Ouardi', 'Fatima Zahra | Ouardi'],
    ['Fatima-Zahra | El Ouardi', 'Fatima-Zahra | Elouardi'],
    ['Jan | van der Berg', 'Jan | Vanderberg'],
    ['Jan | van der Berg', 'Jan | Berg'],
    ['Ursula | von Trapp', 'Ursula | Trapp'],
    ['Ève | Le Roy', 'Eve | Roy'],
    ['Ève | Le Roy', 'Eve | Leroy'],
    // prefixes belong to the name
    ['Heather | MacDougall', 'heather | Mac Dougall'],
    ['Ian | Mc Donald', 'Ian | McDonald'],
    ['Kathleen | O’Connor-Lévesque', 'Kathleen | OConnor'],
    ['Kathleen | O’Connor-Lévesque', 'Kathleen | o connor levesque'],
    ['Nathalie | Saint-Pierre', 'Nathalie | St Pierre'],
    ['Nathalie | Saint-Pierre', 'Nathalie | St. Pierre'],
    ['Nathalie | St-Pierre', 'Nathalie | Saintpierre'],
    ['Nathalie | Saint-Pierre', 'Nathalie | STPIERRE'],
    ['Martine | Ste-Marie', 'Martine | Sainte Marie'],
    ['Aïssatou | N’Diaye', 'Aissatou | N Diaye'],
    ['Siobhán | Ní Bhriain', 'Siobhan | NiBhriain'],
    // double names, either half, either order
    ['Marie-Antoinette-Joséphine | de Saint-Vallier-Desrochers-Lachapelle', 'Marie-Antoinette | Desrochers'],
    ['Marie-Antoinette-Joséphine | de Saint-Vallier-Desrochers-Lachapelle', 'Josephine | St-Vallier'],
    ['Tshinuau | Vollant-Roy', 'Tshinuau | Roy Vollant'],
    ['Chloë | Dubé  Lafleur', 'Chloe | Dube-Lafleur'],
    ['Ana-María | Peña Ibáñez', 'Ana | Ibanez'],
    ['Geneviève | Lafrenière dit Lajoie', 'Geneviève | Lajoie'],
    ['Geneviève | Lafrenière dit Lajoie', 'Geneviève | Lafrenière-Lajoie'],
    ['Geneviève | Lafrenière dit Lajoie', 'Genevieve | lafreniere DIT lajoie'],
    // nom d’usage
    ['Huguette | Pelletier | Lavoie', 'Huguette | Pelletier'],
    ['Huguette | Pelletier | Lavoie', 'Huguette | Pelletier-Lavoie'],
    ['Huguette | Pelletier | Lavoie', 'Huguette | Lavoie Pelletier'],
    ['Huguette | | Lavoie', 'Huguette | Lavoie'],
    // fields mixed up
    ['Marie-Ève | L’Écuyer-Tremblay', 'L’Écuyer-Tremblay | Marie-Ève'],
    ['Marie-Ève | L’Écuyer-Tremblay', '| tremblay marie-eve'],
    ['Marie-Ève | L’Écuyer-Tremblay', 'Marie-Ève | Marie-Ève Tremblay'],
    ['Jean-Guy | Bélanger', 'Bélanger Jean Guy |'],
    ['Bạch Tuyết | Đặng', '| Đặng Bạch Tuyết'],
    ['Bạch Tuyết | Đặng', 'tuyet | dang'],
    ['Bạch Tuyết | Đặng', 'Dang | Bach Tuyet'],
    ['Thị Mai | Nguyễn', 'Mai | Nguyen Thi'],
    ['Ngọc-Lan | Lê', 'Lê | Ngọc-Lan'],
    ['Ngọc-Lan | Lê Văn', 'Ngoc Lan | Le'],
    // a single name
    ['Soekarti |', 'Soekarti |'],
    ['Soekarti |', 'soekarti | Soekarti'],
    ['| Soekarti', 'Soekarti |'],
    ['Sri Mulyani |', 'Mulyani | Sri'],
    // first names: some of them, or more of them
    ['Lise-M. | Hébert', 'Lise-M. | Hébert'],
    ['Lise-M. | Hébert', 'Lise-Marie | Hébert'],
    ['Lise-Marie | Hébert', 'Lise M | Hebert'],
    ['Jean-Guy | Bélanger', 'J.-Guy | Bélanger'],
    ['Marie | Tremblay', 'Marie-Ève | Tremblay'],
    ['Jeanguy | Bélanger', 'Jean-Guy | Bélanger'],
    // Unicode
    ['Zoé | Œuvrard', 'ZOE | OEUVRARD'],
    ['Marie-Ève | Tremblay', 'Marie\u2011E\u0300ve | Trem\u200bblay'],
    ['Marie-Ève | Tremblay', '\u202aMarie\u00a0Ève\u202c | \u2067TREMBLAY\u2069'],
    ['Işıl | Kılıç', 'ISIL | kilic'],
    ['Søren | Bjørnstrøm', 'Soren | Bjornstrom'],
    ['Joëlle | Hübscher-Ouellet', 'Joelle | Hubscher'],
    ['Łucja | Groß', 'Lucja | Gross'],
  ];
  for (const [file, typed] of yes) test(`${file} is ${typed}`, () => assert.ok(matches(file, typed)));
});

describe('another name, however close', () => {
  const no: [file: string, typed: string][] = [
    ['Ève | Leroy', 'Ève | Roy'],
    ['Ève | Le Roy', 'Ève | La Roy'],
    ['Nathalie | St-Pierre', 'Nathalie | Pierre'],
    ['Nathalie | St-Pierre', 'Nathalie | Saint'],
    ['Nathalie | St-Pierre', 'Nathalie | Ste-Pierre'],
    ['Maëlle | de la Bruère', 'Maëlle | de la'],
    ['Maëlle | de la Bruère', 'Maëlle | de'],
    ['Anne-Sophie | D’Août', 'Anne-Sophie | D’'],
    ['Fatima-Zahra | El Ouardi', 'Fatima-Zahra | El'],
    ['Siobhán | Ní Bhriain', 'Siobhán | Ní'],
    ['Heather | MacDougall', 'Heather | Dougall'],
    ['Ian | Mac Donald', 'Ian | Mac'],
    ['Kathleen | O’Connor', 'Kathleen | Connor'],
    ['Kathleen | O’Connor', 'Kathleen | O’'],
    ['Aïssatou | N’Diaye', 'Aïssatou | Diaye'],
    ['Marie-Hélène | Tremblay', 'Marie-Ève | Tremblay'],
    ['Lise-M. | Hébert', 'M. | Hébert'],
    ['Lise-M. | Hébert', 'L | Hébert'],
    ['Lise-M. | Hébert', 'Lise-Anne | Hébert'],
    ['Marie | Tremblay G.', 'Marie | G'],
    ['M. | Tremblay', 'M. | Tremblay'],
    ['Martin | Ste-Marie', 'Martine | Ste-Marie'],
    ['Sylvie | Tremblay', 'Sylvia | Tremblay'],
    ['Marie-Ève | Tremblay', 'Tremblay |'],
    ['Marie-Ève | Tremblay', 'Marie-Ève |'],
    ['Marie-Ève | Tremblay', 'Tremblay | Tremblay'],
    ['Marie-Ève | Tremblay', 'Marie | Ève'],
    ['Marie-Ève | Tremblay', 'Marie-Ève | Tremblay-Gagnon'],
    ['Maria de los Ángeles | Peña', 'de los | Peña'],
    ['Soekarti |', 'Soekart |'],
    ['Soekarti |', 'Soekarti | Tremblay'],
    ['Joëlle | Hübscher', 'Joëlle | Huebscher'],
    ['Huguette | Pelletier | Lavoie', 'Huguette | Pelletier-Lavoie-Roy'],
    ['Sylvie | Tremblay', 'Anne Lise Marie Nicole Sylvie | Tremblay'],
    ['Jean | Dupont', '| '],
    [' | ', ' | '],
    ['- | ’', '- | ’'],
  ];
  for (const [file, typed] of no) test(`${file} is not ${typed}`, () => assert.ok(!matches(file, typed)));
});

describe('whatever the name', () => {
  const LETTERS = [...'abcdefghijlmnoprstuvzéèêàçôïœñ'];
  const word = fc
    .array(fc.constantFrom(...LETTERS), { minLength: 6, maxLength: 9 })
    .map((letters) => letters.join(''));
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
  const surname = fc
    .tuple(
      fc.constantFrom('', '', 'de ', 'de la ', 'L’', 'd’', 'St-', 'Sainte-', 'van der ', 'O’', 'El '),
      name,
    )
    .map(([before, rest]) => before + rest);
  // Surnames have no x: no first name happens to be somebody’s surname.
  const firstName = name.map((text) => text.replace(/^|(?<=-)/g, 'x'));
  const file = fc.record({
    firstName,
    lastName: surname,
    usualName: fc.oneof(fc.constant(''), surname),
  });
  /** The ways in which people write one text. */
  const writings: ((text: string) => string)[] = [
    (text) => text.toUpperCase(),
    (text) => text.normalize('NFD'),
    (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
    (text) => text.replaceAll('-', ' '),
    (text) => text.replaceAll('-', '\u2011'),
    (text) => text.replaceAll(' ', '\u00a0'),
    (text) => text.replace(/[- ]/g, ''),
    (text) => text.replaceAll('’', "'"),
    (text) => text.replaceAll('’', ''),
    (text) => text.replaceAll('œ', 'oe'),
    (text) => `  ${text.replace(/[- ]/g, '$&  ')}\u200b`,
  ];
  const writing = fc
    .subarray(writings)
    .map((some) => (text: string) => some.reduce((given, write) => write(given), text));

  test('accents, case, hyphens, spaces and apostrophes never matter', () => {
    fc.assert(
      fc.property(file, writing, writing, (person, first, last) => {
        const typed = { firstName: first(person.firstName), lastName: last(person.lastName) };
        assert.ok(namesMatch(person, typed));
        assert.ok(namesMatch(person, { firstName: typed.lastName, lastName: typed.firstName }), 'swapped');
      }),
    );
  });

  test('everything in one field is as good, in either order', () => {
    fc.assert(
      fc.property(file, fc.boolean(), ({ firstName, lastName, usualName }, swapped) => {
        const all = swapped ? `${lastName} ${firstName}` : `${firstName} ${lastName}`;
        assert.ok(namesMatch({ firstName, lastName, usualName }, { firstName: '', lastName: all }));
        assert.ok(namesMatch({ firstName, lastName, usualName }, { firstName: all, lastName: '' }));
      }),
    );
  });

  test('the nom d’usage is as good as the name', () => {
    fc.assert(
      fc.property(file, writing, (person, write) => {
        fc.pre(person.usualName !== '');
        assert.ok(namesMatch(person, { firstName: person.firstName, lastName: write(person.usualName) }));
      }),
    );
  });

  test('one letter more or less in the surname is another name', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.boolean(), (person, at, shorter) => {
        const letters = [...person.lastName];
        const cut = at % letters.length;
        fc.pre(/\p{L}/u.test(letters[cut] ?? '') && !person.lastName.includes(' '));
        const other = shorter ? letters.toSpliced(cut, 1).join('') : letters.toSpliced(cut, 0, 'k').join('');
        // Shortening « de la x » may only drop a particle, and a one-letter change may give the nom d’usage.
        fc.pre(!/^(L’|d’|St|Sainte|O’)/.test(person.lastName) && person.usualName === '');
        assert.ok(!namesMatch(person, { firstName: person.firstName, lastName: other }));
      }),
    );
  });

  test('nothing typed, or particles, prefixes and initials alone, is nobody', () => {
    const empty = fc.constantFrom(
      '',
      ' ',
      '-',
      '’',
      'de',
      'de la',
      'dit',
      'St-',
      'Saint',
      'L’',
      'M.',
      'van der',
      'O’',
      '\u200b',
    );
    fc.assert(
      fc.property(file, empty, (person, nothing) => {
        assert.ok(!namesMatch(person, { firstName: person.firstName, lastName: nothing }));
        assert.ok(!namesMatch(person, { firstName: nothing, lastName: person.lastName }));
      }),
    );
  });

  test('any text at all is answered, at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 }), (a, b) => {
        const person = { firstName: 'Marie-Ève', lastName: 'L’Écuyer-Tremblay', usualName: 'Roy' };
        assert.ok(!namesMatch(person, { firstName: a, lastName: `${b}x` }) || a.length > 0 || b.length > 0);
        assert.equal(foldName(foldName(a)), foldName(a));
      }),
    );
    const long = 'a b '.repeat(5_000);
    const started = performance.now();
    assert.ok(
      !namesMatch({ firstName: 'A', lastName: long, usualName: '' }, { firstName: long, lastName: long }),
    );
    assert.ok(performance.now() - started < 1_000);
  });
});
