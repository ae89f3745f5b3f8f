// A receipt read on a phone: its tables are laid out as lines there, which browsers then no longer take for tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Content } from '../../../server/pdf/content.ts';
import { contentHtml } from '../../../server/receipts/html.ts';

const ROLES: Readonly<Record<string, RegExp>> = {
  table: /role="table"/,
  thead: /role="rowgroup"/,
  tbody: /role="rowgroup"/,
  tr: /role="row"/,
  th: /role="(row|column)header"/,
  td: /role="cell"/,
};

test('each part of its tables says what it is to a screen reader', async () => {
  const content: Content = {
    lang: 'fr-CA',
    title: 'Reçu no 1',
    dated: '2026-11-23T14:04:02.000Z',
    payee: { name: 'Regroupement Petits-Bouleaux', lines: [] },
    facts: [['No de reçu', '1']],
    sections: [
      {
        heading: 'Facture PB-F-2026-0001',
        about: null,
        columns: ['Description', 'Montant'],
        lines: [['Prime', '262,50 $']],
        sums: [['Solde', '0,00 $']],
      },
    ],
    total: [['Total payé', '305,28 $']],
    notes: [],
  };
  const parts = [...String(await contentHtml(content)).matchAll(/<(table|thead|tbody|tr|th|td)\b[^>]*>/g)];
  assert.ok(parts.length > 15, 'two tables');
  for (const [tag, name = ''] of parts) assert.match(tag, ROLES[name] as RegExp);
});
