// Which passwords are taken, and what is kept of them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import fc from 'fast-check';
import { weakness } from '../../../server/accounts/passwords/password-rules.ts';
import {
  hashPassword,
  isOutdated,
  passwordFits,
  SIGN_IN_PATIENCE_MS,
} from '../../../server/accounts/passwords/passwords.ts';
import { Problem } from '../../../server/problems/problem.ts';

const context = {
  email: 'marie-eve.lecuyer@example.org',
  regroupement: { name: 'Regroupement des Petits Bouleaux', slug: 'petits-bouleaux' },
};
const deps = { randomBytes: (n: number) => new Uint8Array(randomBytes(n)) };

describe('a new password', () => {
  const takenAsIs = [
    'trois castors sous la pluie',
    'Tr0is-c@stors!',
    'đường phố Hà Nội về đêm',
    '   des espaces   partout ',
    'Marie mange 4 pommes vertes',
    'le mot de passe de ma grand-mère',
    '🦫🌧️🍁🚲🎻🧶🥖🪵🐿️🌲',
    'cafés et croissants',
    'ma maison bleue',
    'Chien-noir-47',
  ];
  for (const password of takenAsIs) {
    test(`« ${password} » is taken`, () => assert.equal(weakness(password, context), undefined));
  }

  const guessedFirst = {
    'one that leaked': ['1qaz2wsx3edc', '123qweASDzxc', 'Unbelievable!'],
    'a common one with something around it': [
      'Sunshine2026!',
      '!!princess1234',
      'Je t’aime 2026',
      'Québec-418-418',
    ],
    'one character, or few, over and over': ['aaaaaaaaaaaa', '121212121212', 'abcabcabcabc', '!!!!!!!!!!!!'],
    'a row of the keyboard or of the alphabet': [
      'azertyuiopqs',
      'lkjhgfdsapoiuyt',
      'abcdefghijklmn',
      '123456789012',
      'aqwzsxedcrfv',
      '~!@#$%^&*()_+',
      'abcdefgh1234',
    ],
    'a word that is worn every day, a season, a month, a first name, with the year': [
      'Bienvenue2024',
      'Printemps2026!',
      'Septembre2026',
      'Canadiens2024!',
      'Tabarnak1234',
      'Calisse12345',
      'jemesouviens1',
      'mesamours123',
      'marie1234567',
      'Rosalie20140412',
    ],
    'a word said twice': ['soleilsoleil', 'azertyazerty', 'Qu3b3c-Qu3b3c'],
    'a common one in look-alikes': ['M0tdepasse123', 'P@ssw0rd!P@ssw0rd!', 'B0nj0ur$2026'],
    'her own e-mail’s words': ['marie-eve.lecuyer', 'LecuyerMarie26', 'Marie-Ève.Lécuyer'],
    'the regroupement’s or the product’s words': [
      'PetitsBouleaux2026',
      'Bouleaux-2026-',
      'amisgest12345',
      'MotDePasse123!',
    ],
  };
  for (const [why, passwords] of Object.entries(guessedFirst)) {
    test(`${why} is refused`, () => {
      for (const password of passwords)
        assert.ok(['breached', 'guessable'].includes(weakness(password, context) ?? 'taken'), password);
    });
  }

  test('with the regroupement’s words, or any that many choose, is refused with their accents and without', () => {
    const accented = {
      ...context,
      regroupement: { name: 'Garderies Étoilées du Témiscouata', slug: 'rsg-12' },
    };
    for (const password of [
      'Étoilées2026!',
      'etoilees2026!',
      'temiscouata1234',
      'Témiscouata!!',
      'journée-2026!',
      'journee-2026!',
    ])
      assert.equal(weakness(password, accented), 'guessable', password);
  });

  test('says that it leaked only of one that is on the list; of others, that they are soon guessed', () => {
    assert.equal(weakness('1qaz2wsx3edc', context), 'breached');
    assert.equal(weakness('Unbelievable!', context), 'breached');
    assert.equal(weakness('LecuyerMarie26', context), 'guessable');
    assert.equal(weakness('Printemps2026!', context), 'guessable');
  });

  test('is counted in characters that people see as typed, not in bytes or in code units', () => {
    assert.equal(weakness('é1à2ç3è4ù5ô', context), 'too-short');
    assert.equal(weakness('🦫🌧🍁🚲🎻🧶🥖🪵🐿🌲🦉', context), 'too-short');
    assert.equal(weakness('é1à2ç3è4ù5ôy', context), undefined);
  });

  test('is refused or taken, never a crash, whatever the characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), fc.emailAddress(), (password, email) => {
        assert.ok(
          [undefined, 'too-short', 'breached', 'guessable'].includes(
            weakness(password, { ...context, email }),
          ),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('is taken when it is a random one from a password manager', () => {
    for (let i = 0; i < 500; i++) {
      assert.equal(weakness(randomBytes(12).toString('base64url'), context), undefined);
    }
  });
});

describe('a stored password', () => {
  test('fits however the keyboard composes its accents, and no other does', async () => {
    const stored = await hashPassword(deps, 'déjà vu à Chicoutimi'.normalize('NFC'));
    assert.equal(await passwordFits(stored, 'déjà vu à Chicoutimi'.normalize('NFD')), true);
    assert.equal(await passwordFits(stored, 'Déjà vu à Chicoutimi'), false);
    assert.equal(await passwordFits(stored, 'déjà vu à Chicoutimi '), false);
    assert.equal(await passwordFits(stored, ''), false);
  });

  test('is argon2id at OWASP’s parameters, salted each time anew', async () => {
    const [one, two] = await Promise.all([hashPassword(deps, 'x'), hashPassword(deps, 'x')]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, two);
  });

  test('made with weaker parameters is known as such', async () => {
    assert.equal(isOutdated(await hashPassword(deps, 'x')), false);
    assert.equal(isOutdated(await hash('x', { memoryCost: 8_192, timeCost: 2 })), true);
    assert.equal(isOutdated(await hash('x', { memoryCost: 19_456, timeCost: 1 })), true);
  });

  test('of nobody’s account takes no password', async () => {
    for (const password of ['', 'another', 'trois castors sous la pluie'])
      assert.equal(await passwordFits(undefined, password), false);
  });
});

test('of more sign-ins than can be served in time, the rest are told within two seconds to come back', async () => {
  const stored = await hashPassword(deps, 'x');
  const began = performance.now();
  const told: number[] = [];
  const refused = (error: unknown) => {
    assert.ok(error instanceof Problem && error.kind === 'busy', String(error));
    told.push(performance.now() - began);
  };
  const asked = Array.from({ length: 400 }, () => passwordFits(stored, 'x', SIGN_IN_PATIENCE_MS));
  await Promise.all(asked.map((one) => one.catch(refused)));
  assert.ok(told.length >= 100 && told.length < 400, `${told.length} were told`);
  assert.ok(Math.max(...told) < 2_000, `the last after ${Math.max(...told)} ms`);
});
