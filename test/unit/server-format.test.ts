// Amounts and dates as messages, receipts and her copy write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateTime, day, money, percent, phone, phoneLink } from '../../server/format.ts';

const N = '\u00a0';

test('a page of a thousand amounts and dates makes each of its formats once: they are dear', (t) => {
  let made = 0;
  const counted = <F extends typeof Intl.NumberFormat | typeof Intl.DateTimeFormat>(Own: F): F =>
    new Proxy(Own, {
      construct(target, args) {
        made += 1;
        return Reflect.construct(target, args);
      },
    });
  const own = { NumberFormat: Intl.NumberFormat, DateTimeFormat: Intl.DateTimeFormat };
  t.after(() => Object.assign(Intl, own));
  Object.assign(Intl, {
    NumberFormat: counted(Intl.NumberFormat),
    DateTimeFormat: counted(Intl.DateTimeFormat),
  });
  for (let i = 0; i < 1_000; i++)
    for (const lang of ['fr-CA', 'en-CA'] as const) {
      money(i, lang);
      percent('0.09975', lang);
      day('2026-04-01', lang);
      dateTime(i * 86_400_000, lang);
    }
  assert.ok(made <= 10, `${made} formats`);
});

test('each language keeps its own', () => {
  assert.equal(money(123_456, 'fr-CA'), `1${N}234,56${N}$`);
  assert.equal(money(123_456, 'en-CA'), '$1,234.56');
  assert.equal(day('2026-04-01', 'fr-CA'), '1er avril 2026');
  assert.equal(day('2026-04-01', 'en-CA'), 'April 1, 2026');
  assert.equal(percent('0.09975', 'fr-CA'), `9,975${N}%`);
  assert.match(dateTime(Date.UTC(2026, 3, 1, 6, 15), 'fr-CA'), /^1er avril 2026 à 2.h.15 \(HE\)$/);
});

test('a telephone number: the extension in her language, and a call to the number without it', () => {
  for (const written of [
    '819 555-0164, poste 4',
    '819 555-0164 Poste 4',
    '819 555-0164, ext. 4',
    '819 555-0164 extension 4',
  ]) {
    assert.match(phone(written, 'fr-CA'), /^819 555-0164,? poste 4$/, written);
    assert.match(phone(written, 'en-CA'), /^819-555-0164,? ext\. 4$/, written);
    assert.equal(phoneLink(written), 'tel:+18195550164', written);
  }
  assert.equal(phone('418 555-0123', 'fr-CA'), '418 555-0123');
  assert.equal(phone('418 555-0123', 'en-CA'), '418-555-0123');
  assert.equal(phoneLink('1 800 555-0123 #4'), 'tel:+18005550123');
});
