// The words: complete in both languages, all of them used, typeset as Québec does.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { words as englishAccount } from '../../../widget/locales/en-CA.account.ts';
import { words as englishPopup } from '../../../widget/locales/en-CA.popup.ts';
import { words as en } from '../../../widget/locales/en-CA.ts';
import { words as account } from '../../../widget/locales/fr-CA.account.ts';
import { first } from '../../../widget/locales/fr-CA.first.ts';
import { words as popup } from '../../../widget/locales/fr-CA.popup.ts';
import { words as rest } from '../../../widget/locales/fr-CA.rest.ts';
import { addWords, type Key, parts, text } from '../../../widget/locales/text.ts';

const french: Record<string, string> = { ...first, ...rest, ...account, ...popup };
const english: Record<string, string> = { ...en, ...englishAccount, ...englishPopup };
const placeholders = (words: string) => [...words.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();

test('both languages say everything, with the same values', () => {
  assert.deepEqual(Object.keys(english).sort(), Object.keys(french).sort());
  for (const [key, words] of Object.entries(french)) {
    assert.deepEqual(placeholders(english[key] ?? ''), placeholders(words), key);
  }
});

test('no word stands in two files', () => {
  const keys = [first, rest, account, popup].flatMap(Object.keys);
  assert.equal(new Set(keys).size, keys.length);
});

test('every sentence is used, and every sentence that is used exists', () => {
  const folder = new URL('../../../widget/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/locales.(fr|en)-CA/.test(file))
    .map((file) => readFileSync(new URL(file.replaceAll('\\', '/'), folder), 'utf8'))
    .join('\n');
  const unused = Object.keys(french).filter((key) => !sources.includes(`'${key}'`));
  assert.deepEqual(unused, []);
});

test('French has a no-break space before « : $ % » and inside quotation marks, none before « ? ! ; »', () => {
  for (const [key, words] of Object.entries(french)) {
    assert.doesNotMatch(words, /[^\u00a0\d]:(?!\d)| [:$%»]|« |«(?!\u00a0)|(?<!\u00a0)»/, key);
    assert.doesNotMatch(words, /[\s\u00a0][?!;]/, key);
    assert.doesNotMatch(words, /'/, `${key}: apostrophe`);
  }
});

test('no sentence says that anyone is covered, or not', () => {
  for (const words of [...Object.values(french), ...Object.values(english)]) {
    assert.doesNotMatch(
      words,
      /\b(êtes|es) (plus )?(couvert|assurée)|you are (not |no longer )?(covered|insured)/i,
    );
  }
});

test('plurals and values take their place', () => {
  addWords('fr-CA', rest);
  assert.equal(text('fr-CA', 'err.summary', { n: 1 }), 'Corrigez 1 case avant de continuer.');
  assert.equal(text('fr-CA', 'err.summary', { n: 2 }), 'Corrigez 2 cases avant de continuer.');
  addWords('en-CA', en);
  assert.equal(text('en-CA', 'err.summary', { n: 0 }), 'Fix 0 fields before you continue.');
  const link = { any: 'template' };
  assert.deepEqual(parts('fr-CA', 'common.contact', { organisme: 'R', telephone: link, courriel: '$&' }), [
    'Joindre ',
    'R',
    '\u00a0: ',
    link,
    ' ou ',
    '$&',
    '',
  ]);
});

/** Where a sentence was agreed on, and mended since: that it reads as people speak is decided here. */
const MENDED: Readonly<Record<string, { from: Partial<Words>; to: Partial<Words> }>> = {
  'common.step': { from: { 'fr-CA': 'Étape {n} de {total}' }, to: { 'fr-CA': 'Étape {n} sur {total}' } },
  'err.unknownOutcome': {
    from: { 'fr-CA': 'Nous vérifions et vous écrirons.' },
    to: { 'fr-CA': 'Nous vérifions et nous vous écrirons.' },
  },
  'pay.goesToPaypal': {
    from: { 'en-CA': 'with a Visa or Mastercard card, or' },
    to: { 'en-CA': 'with a Visa or Mastercard, or' },
  },
  // PayPal is asked to open in her language: what she reads there is English.
  'pay.guestImportant': {
    from: {
      'en-CA': '“Payer par carte de crédit ou carte de débit Visa” (pay by credit card or Visa debit card)',
    },
    to: { 'en-CA': '“Pay with a credit or Visa Debit card”' },
  },
  'pay.guestOpenAccount': {
    from: { 'en-CA': '“Ouvrir un compte” (open an account)' },
    to: { 'en-CA': '“Create an Account”' },
  },
  'pay.cardFields': { from: { 'en-CA': '“Continuer” (continue)' }, to: { 'en-CA': '“Continue”' } },
};
type Words = Record<'fr-CA' | 'en-CA', string>;

// The labels that people and scripts know are decided with the domain, not here.
const agreed = new URL('../../../../shared/domain/strings.json', import.meta.url);
test('the agreed words are the widget’s words', { skip: !existsSync(agreed) }, () => {
  const { strings } = JSON.parse(readFileSync(agreed, 'utf8')) as {
    strings: Record<string, Words>;
  };
  const plain = (words: string | undefined) => (words ?? '').replaceAll('\u00a0', ' ');
  for (const [key, words] of Object.entries(strings)) {
    if (!(key in french)) continue;
    for (const [lang, ours] of [
      ['fr-CA', french],
      ['en-CA', english],
    ] as const) {
      const agreedOn = plain(words[lang]);
      const from = MENDED[key]?.from[lang] ?? '';
      assert.ok(agreedOn.includes(from), `${key}: no longer agreed on as it was mended`);
      assert.equal(plain(ours[key as Key]), agreedOn.replace(from, MENDED[key]?.to[lang] ?? ''), key);
    }
  }
});
