// What is pasted is what is typed: nobody mends what she cannot see. One rule for names, one for e-mail addresses, in the widget
// and at every entrance of the server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readInvoiceSecret } from '../../server/certificates/links/invoice-secrets.ts';
import { certificateKey } from '../../server/certificates/number.ts';
import { ConfirmLinkRequest } from '../../server/certificates/schemas.ts';
import { readConfig } from '../../server/config.ts';
import { email, line, optionalLine, password } from '../../server/fields.ts';
import { usableEmail } from '../../server/import/reading/cells.ts';
import { FORMS, pageAddress } from '../../server/regroupements/settings.ts';
import {
  asLine,
  bare,
  emailKey,
  emailText,
  isEmail,
  isLine,
  plainDigits,
  visible,
} from '../../server/text.ts';
import { parseAmount } from '../../widget/locales/format.ts';
import { next } from '../../widget/pay/journey/journey.ts';
import { START } from '../../widget/pay/journey/state.ts';
import * as widget from '../../widget/pay/journey/transitions.ts';
import { emailSuggestion } from '../../widget/pay/screens/email-typo.ts';
import table from './cases/emails.json' with { type: 'json' };

const CASES = table.cases as unknown as [pasted: string, meant: string | null][];
/** What comes along with copied text, unseen. */
const UNSEEN = [
  ...'\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e',
  ...'\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206f\u3164\ufe0f\ufeff\uffa0\u{e0041}\u{e007f}',
];
const unseen = fc.constantFrom(...UNSEEN);
const outside = fc.array(fc.constantFrom(...UNSEEN, ' ', '\t', '\u00a0', '\u2009', '\u202f', '\u3000'), {
  maxLength: 4,
});
/** The text with unseen characters anywhere, and spaces of any width around it. */
const pasted = (text: string) =>
  fc
    .tuple(
      outside,
      outside,
      fc.array(fc.array(unseen, { maxLength: 2 }), { minLength: text.length, maxLength: text.length }),
    )
    .map(([before, after, inside]) =>
      [...before, ...[...text].map((character, i) => character + (inside[i] ?? []).join('')), ...after].join(
        '',
      ),
    );

/** What the widget's screens make of it. */
function asked(typed: string): string | null {
  const state = next({ ...START, screen: 'forgot' }, { type: 'forgot', email: typed });
  return state.task?.do === 'forgot' ? state.task.email : null;
}
const mailFrom = (address: string) =>
  readConfig({
    DATABASE_URL: 'file:/tmp/pay.db',
    PUBLIC_URL: 'https://pay.example.org',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: address,
    PAYPAL_BASE_URL: 'https://api-m.paypal.com',
    SECRET_KEY: 'a-key-of-at-least-thirty-two-characters',
  }).mailFrom;

describe('one rule for e-mail addresses', () => {
  for (const [given, meant] of CASES)
    test(`${JSON.stringify(given)} is ${meant ?? 'none'}`, () => {
      assert.equal(email.safeParse(given).data ?? null, meant, 'sign-up, sign-in, resets, changes');
      assert.equal(usableEmail(given), meant, 'an import');
      assert.equal(FORMS.email.safeParse(given).data ?? null, meant, 'a regroupement’s setting');
      assert.equal(FORMS.privacy_email.safeParse(given).data ?? null, meant);
      assert.equal(asked(given), meant, 'the widget');
      if (meant === null) assert.throws(() => mailFrom(given || 'x'), 'MAIL_FROM');
      else {
        assert.equal(mailFrom(given), meant);
        assert.equal(emailKey(given), emailKey(meant), 'they are compared as one');
      }
    });

  test('lengths are those of RFC 5321, in octets; the widget refuses nothing that the server takes', () => {
    const local = (n: number) => `${'a'.repeat(n)}@example.org`;
    assert.ok(isEmail(local(64)));
    assert.ok(!isEmail(local(65)));
    assert.ok(!isEmail(`${'é'.repeat(33)}@example.org`));
    const label = (n: number) => `a@${'b'.repeat(n)}.org`;
    assert.ok(isEmail(label(63)));
    assert.ok(!isEmail(label(64)));
    assert.ok(!isEmail(`a@${'é'.repeat(60)}.org`), '63 octets once in xn--');
    const long = (n: number) => `a@${`${'b'.repeat(49)}.`.repeat(4)}${'c'.repeat(n)}.org`;
    assert.ok(isEmail(long(48)));
    assert.equal(long(48).length, 254);
    assert.ok(!isEmail(long(49)));
    for (const edge of ['a@-b.org', 'a@b-.org', 'a@b.-org']) assert.ok(!isEmail(edge), edge);
    const some = fc.string({ unit: fc.constantFrom(...'ab.@-+_é１xn \u200bЖ@..'), maxLength: 24 });
    fc.assert(
      fc.property(some, (text) => {
        const taken = email.safeParse(text).data;
        if (taken !== undefined) assert.equal(asked(text), taken);
      }),
      { numRuns: 3_000 },
    );
  });

  test('an international domain is one, whether it comes in letters or in xn--', () => {
    assert.equal(emailText('Marie@xn--garderie-t-j7ab.ca'), 'Marie@garderie-été.ca');
    assert.equal(emailKey('MARIE@Garderie-Été.ca'), emailKey('marie@xn--garderie-t-j7ab.ca'));
    assert.notEqual(emailKey('m@аpple.org'), emailKey('m@apple.org'), 'a Cyrillic а is another letter');
  });

  test('no address takes long, however it is made', () => {
    for (const text of [
      `${'a.'.repeat(30_000)}@`,
      `a@${'b.'.repeat(30_000)}`,
      `a@${'-'.repeat(60_000)}`,
      '\u200d'.repeat(60_000),
    ])
      assert.equal(usableEmail(text), null);
  });
});

describe('what is pasted with what nobody sees is what is typed', () => {
  const same = <T>(text: string, read: (text: string) => T) => {
    const typed = read(text);
    fc.assert(
      fc.property(pasted(text), (copied) => assert.deepEqual(read(copied), typed)),
      { numRuns: 300 },
    );
  };
  test('an e-mail, in the widget and on the server', () => {
    same('Marie.Tremblay+1@example.org', (text) => email.parse(text));
    same('Marie.Tremblay+1@example.org', asked);
    same('marie@gmial.com', emailSuggestion);
  });
  test('a name', () => {
    for (const name of ['Marie-Ève L’Écuyer-Tremblay', 'JOÃO', 'Nguyễn Thị Ánh', 'Жанна'])
      same(name, (text) => line(200).parse(text));
  });
  test('a certificate number, an invoice’s code, a code by e-mail, an amount', () => {
    same('PB-004512', certificateKey);
    same('PB-004512', widget.bare);
    same('0000000000', readInvoiceSecret);
    const code = (text: string) => ConfirmLinkRequest.parse({ challengeId: 'A'.repeat(22), code: text }).code;
    const lookup = (text: string) => {
      const lookUp = {
        type: 'lookup',
        lastName: 'Roy',
        firstName: '',
        certificateNumber: text,
        invoiceSecret: text,
      } as const;
      return next({ ...START, screen: 'lookup' }, lookUp).task;
    };
    same('PB-004512', lookup);
    assert.equal(code('\u200e1234\u00a05678\u200b'), '12345678');
    for (const typed of ['١٢٣٤٥٦٧٨', '۱۲۳۴ ۵۶۷۸', '１２３４－５６７８', '১২৩৪৫৬৭৮', '\u061c١٢٣٤٥٦٧٨'])
      assert.equal(code(typed), '12345678', 'the digits of her keyboard');
    assert.equal(readInvoiceSecret('٠٠٠٠٠-٠٠٠٠٠'), '0000000000');
    same('1 234,56 $', parseAmount);
  });
  test('a setting', () => {
    same('https://example.org/payer', pageAddress);
    same('Regroupement Petits-Bouleaux', (text) => FORMS.name.parse(text));
  });
});

test('digits of every script are the ten digits', () => {
  const all = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) =>
    /\p{Nd}/u.test(String.fromCodePoint(code)),
  );
  for (const [i, code] of all.entries())
    assert.equal(plainDigits(String.fromCodePoint(code)), String(i % 10), code.toString(16));
  assert.equal(plainDigits('PB-۰۰۴۵۱۲ ½ ² Ⅻ'), 'PB-004512 ½ ² Ⅻ');
});

describe('names', () => {
  test('in scripts that need joiners, and pictures made of several, stay as they are', () => {
    for (const name of [
      'علی‌رضا', // ZWNJ, Persian
      'می‌نا',
      'क्‍ष', // ZWJ, Devanagari
      'ශ්‍රී', // Sinhala: sri
      'നന്‍', // Malayalam
      '👩‍👧',
      '🏳️‍🌈',
      '❤️',
      '👩🏽‍🏫',
      '辻\u{e0100}', // which form of the character, in Japanese names
      'ᐃᓄᒃᑎᑐᑦ',
      'O’Brien',
      'Jean\u00a0Tremblay',
    ]) {
      assert.equal(visible(name), name);
      assert.equal(line(200).parse(name), name);
    }
  });
  test('elsewhere nothing unseen stays: no direction, no joiner among Latin letters, no blank that passes for a name', () => {
    assert.equal(visible('Marie\u202eyalbmerT'), 'MarieyalbmerT');
    assert.equal(visible('Ma\u200drie\u200c \u200dRoy\ufe0f'), 'Marie Roy');
    assert.equal(visible('\u2066علی\u200f\u2069'), 'علی');
    for (const blank of [
      '\u3164',
      '\u2800\u2800',
      '\u200d',
      '\ufe0f',
      '\u115f\u1160',
      '\uffa0',
      '\u00ad',
      ' \t ',
      '\u3000',
    ]) {
      assert.equal(visible(blank), '', JSON.stringify(blank));
      assert.equal(line(200).safeParse(blank).error?.issues[0]?.message, 'required');
      assert.equal(optionalLine(200).parse(blank), '');
      const { errors } = next(
        { ...START, screen: 'signUp' },
        { type: 'signUp', name: blank, email: 'a@b.org', password: 'x'.repeat(12) },
      );
      assert.equal(
        errors.name?.key,
        blank === '\u2800\u2800' ? undefined : 'err.required',
        JSON.stringify(blank),
      );
    }
  });
  test('a line break, a control character, half a character make no name', () => {
    for (const bad of [
      'a\nb',
      'a\rb',
      'a\u2028b',
      'a\u2029b',
      'a\u0085b',
      'a\0b',
      'a\u0007b',
      'a\u001bb',
      'a\ud800b',
    ]) {
      assert.ok(!isLine(visible(bad)), JSON.stringify(bad));
      assert.equal(line(50).safeParse(bad).success, false);
    }
    assert.equal(line(50).parse('Marie\tTremblay'), 'Marie Tremblay', 'a tab of a spreadsheet is a space');
  });
  test('reading once is reading twice, and what is read is one line or refused', () => {
    const odd = fc.string({
      unit: fc.oneof(
        unseen,
        fc.constantFrom(...'aé ’\t\n\u2028ک‌क्👩🏽❤辻'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 20,
    });
    fc.assert(
      fc.property(odd, (text) => {
        assert.equal(visible(visible(text)), visible(text));
        assert.equal(bare(bare(text)), bare(text));
        assert.equal(bare(visible(text)), bare(text));
        assert.ok(isLine(asLine(text)));
        assert.doesNotMatch(asLine(text), /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\r\n]/);
      }),
      { numRuns: 2_000 },
    );
  });
  test('a long run of joiners takes no time', () => {
    assert.equal(visible(`a${'\u200d'.repeat(60_000)}b`), 'ab');
  });
});

test('a password is taken as it is: each character counts, seen or not', () => {
  for (const text of [
    ' un mot de passe ',
    'un\u200bmot\u00ad de passe',
    '\u202eun mot de passe',
    '\ufeffun mot de passe',
  ])
    assert.equal(password.parse(text), text);
});
