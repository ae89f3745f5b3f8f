// What a translator must leave alone in e-mails and on the server's pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep, words } from '../../server/untranslated.ts';

const kept = (text: string) =>
  [...String(words(text)).matchAll(/<span translate="no">(.*?)<\/span>/g)].map(([, piece]) => piece);

test('amounts, numbers and addresses in a sentence are kept, its words are not', () => {
  for (const [text, ...expected] of [
    ['Nous avons reçu 1\u00a0296,13\u00a0$ le 23 novembre 2026.', '1\u00a0296,13\u00a0$'],
    ['We received $1,296.13 on November 23, 2026.', '$1,296.13'],
    ['Il reste -65,00 $ sur PB-F-2026-0001.', '-65,00 $', 'PB-F-2026-0001'],
    ['Paiement P-7KQ2M9XD, certificat PB-004512', 'P-7KQ2M9XD', 'PB-004512'],
    ['Écrivez à marie-eve@example.org.', 'marie-eve@example.org'],
    ['Ouvrez https://pay.example.org/p/petits-bouleaux#x', 'https://pay.example.org/p/petits-bouleaux#x'],
    ['Votre demande est en attente depuis le 1er avril 2026.'],
    ['Le rendez-vous est à 14 h 05 (HE).'],
  ]) {
    assert.deepEqual(kept(text ?? ''), expected, text);
  }
});

test('nothing in it is read as HTML', () => {
  assert.equal(
    String(words('<b>a@b.org</b> & 5,00 $')),
    '&lt;b&gt;<span translate="no">a@b.org</span>&lt;/b&gt; &amp; <span translate="no">5,00 $</span>',
  );
});

test('a value is kept, a day is not', () => {
  for (const value of ['Marie-Ève L’Écuyer', 'PB-004512', '296,13 $', 'PB-F-2026-0001']) {
    assert.match(String(keep(value)), /translate="no"/, value);
  }
  for (const day of [
    '1er avril 2026',
    '23 novembre 2026 à 14 h 05 (HE)',
    'du 1er avril 2026 au 31 mars 2027',
    'April 1, 2026',
  ]) {
    assert.equal(keep(day), '', day);
  }
});
