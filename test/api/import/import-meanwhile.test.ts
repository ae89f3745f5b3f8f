// What others do while a file comes in: nothing of it is seen then, and the sentence says what was in the way, and no more.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { ImportBusy } from '../../../server/import/lease.ts';
import type { ImportReport, Lang } from '../../../server/import/report.ts';
import { sweepImports } from '../../../server/import/writing/sweep.ts';
import { followTaxRates } from '../../../server/ledger/premium-tax.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { justBefore } from '../../support/just-before.ts';

const DEARER = { premium: '110,00', total: '119,00', balance: '119,00' };
/** The batch that makes an import visible. */
const SHOWN = /DELETE FROM hidden_imports/;

describe('an import that others are in the way of', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
    await bring([row(), row({ invoice: 'F-2', certificate: 'PB-000002' })]);
  });
  afterEach(() => t.close());

  const bring = (rows: readonly string[], lang: Lang = 'fr'): Promise<ImportReport> =>
    importFile(t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'liste.csv',
      bytes: new TextEncoder().encode([HEADER, ...rows].join('\n')),
      lang,
    });
  const invoices = async () =>
    (
      await t.deps.db.execute(
        `SELECT i.number, due_on AS due, (SELECT SUM(amount_cents) FROM ledger_entries WHERE invoice_id = i.id) AS cents
         FROM invoices i ORDER BY i.number`,
      )
    ).rows;
  /** Brings the rows while `meanwhile` happens: nothing of them is there; answers what is said of it. */
  const hindered = async (rows: readonly string[], lang: Lang, meanwhile: () => Promise<unknown>) => {
    const { imported, refused } = await justBefore(t, SHOWN, meanwhile, () => bring(rows, lang));
    assert.equal(imported, false);
    assert.equal(refused.length, 1);
    assert.deepEqual((await t.deps.db.execute('SELECT * FROM hidden_imports')).rows, []);
    return refused[0]?.reason;
  };
  /** Somebody begins to pay it. */
  const hold = async (...numbers: string[]) => {
    await t.deps.db.batch([
      {
        sql: `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
              SELECT 'a', id, 'A', 'a@example.org', 'a@example.org', '', 'fr-CA', 0, 0 FROM regroupements WHERE slug = 'petits-bouleaux'
              ON CONFLICT DO NOTHING`,
      },
      {
        sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
                nonce_hash, page, paypal_version, created_at, updated_at)
              SELECT 'p', regroupement_id, 'a', 'P-1', 'capturing', 10900, 'fr-CA', 'k', '', 'n', '', 1, 0, 0 FROM accounts WHERE true
              ON CONFLICT DO NOTHING`,
      },
      {
        sql: `INSERT INTO invoice_holds(invoice_id, payment_id, created_at)
              SELECT id, 'p', 0 FROM invoices WHERE number IN (SELECT value FROM json_each(?))`,
        args: [JSON.stringify(numbers)],
      },
    ]);
  };

  test('somebody begins to pay an invoice whose amount changes', async () => {
    const dearer = [row(DEARER), row({ ...DEARER, invoice: 'F-2', certificate: 'PB-000002' })];
    assert.equal(
      await hindered(dearer, 'fr', () => hold('F-1')),
      'Un paiement vient de commencer pour la facture F-1, dont le montant change. Rien n’a été importé; réessayez dans une heure.',
    );
    await t.deps.db.execute('DELETE FROM invoice_holds');
    assert.equal(
      await hindered(dearer, 'en', () => hold('F-1', 'F-2')),
      'Payments have just begun for invoices F-1, F-2, whose amounts change. Nothing was imported; try again in an hour.',
    );
    assert.deepEqual(
      (await invoices()).map(({ cents }) => cents),
      [10_900, 10_900],
    );
    await t.deps.db.execute('DELETE FROM invoice_holds');
    // Whose amount stays may be paid meanwhile.
    const report = await justBefore(
      t,
      SHOWN,
      () => hold('F-1'),
      () => bring([row({ due: '2026-05-01' })]),
    );
    assert.equal(report.imported, true);
  });

  test('somebody changes an invoice that the file changes', async () => {
    const change = (number: string) => () =>
      t.deps.db.execute('UPDATE invoices SET no_admin_fee = 1 - no_admin_fee WHERE number = ?', [number]);
    const later = [row({ due: '2026-05-01' }), row({ invoice: 'F-9', certificate: 'PB-000009' })];
    assert.equal(
      await hindered(later, 'fr', change('F-1')),
      'La facture F-1 a été changée par quelqu’un d’autre pendant l’import. Rien n’a été importé; importez le fichier de nouveau.',
    );
    assert.equal(
      await hindered(later, 'en', change('F-1')),
      'Invoice F-1 was changed by somebody else during the import. Nothing was imported; import the file again.',
    );
    const before = await invoices();
    assert.deepEqual(
      before.map(({ due }) => due),
      ['2026-04-01', '2026-04-01'],
    );
    // What the file does not speak of is in nobody’s way.
    const report = await justBefore(t, SHOWN, change('F-2'), () => bring(later));
    assert.equal(report.imported, true);
  });

  test('the premium tax of an invoice that the file changes is worked out at another rate', async () => {
    await t.deps.db.execute("UPDATE regroupements SET premium_tax_policy = 'by-payment-date'");
    t.clock.now = Date.parse('2027-01-05T15:00:00Z');
    const later = [row({ due: '2026-05-01' }), row({ invoice: 'F-9', certificate: 'PB-000009' })];
    assert.equal(
      await hindered(later, 'fr', () => followTaxRates(t.deps)),
      'La taxe sur les primes de la facture F-1 a été calculée à un autre taux pendant l’import. Rien n’a été importé; importez le fichier de nouveau.',
    );
    const again = await bring(later);
    assert.equal(again.imported, true, JSON.stringify(again.refused));
    assert.deepEqual(await invoices(), [
      { number: 'F-1', due: '2026-05-01', cents: 10_998 },
      { number: 'F-2', due: '2026-04-01', cents: 10_998 },
      { number: 'F-9', due: '2026-04-01', cents: 10_900 },
    ]);
  });

  test('somebody changes a person whom the file changes', async () => {
    const renamed = [
      row({ email: 'nouvelle@example.org' }),
      row({ invoice: 'F-9', certificate: 'PB-000009' }),
    ];
    assert.equal(
      await hindered(renamed, 'fr', () => t.deps.db.execute("UPDATE holders SET lang = 'en-CA'")),
      'Un dossier que ce fichier change a été changé par quelqu’un d’autre pendant l’import. Rien n’a été importé; importez le fichier de nouveau.',
    );
  });

  test('it stood still for more than a minute, and was swept as one that is gone; or another one is at work now', async () => {
    const rows = [row({ due: '2026-05-01' }), row({ invoice: 'F-9', certificate: 'PB-000009' })];
    const asleep = async () => {
      t.clock.advance(61_000);
      await sweepImports(t.deps);
    };
    assert.match(
      (await hindered(rows, 'fr', asleep)) ?? '',
      /^Cet import est resté plus d’une minute sans avancer/,
    );
    assert.match(
      (await hindered(rows, 'en', asleep)) ?? '',
      /^This import stood still for more than a minute/,
    );
    const taken = async () => {
      await t.deps.db.execute("UPDATE leases SET holder = 'other', until = ?", [t.clock.now + 60_000]);
    };
    await assert.rejects(hindered(rows, 'fr', taken), ImportBusy);
    assert.equal((await invoices()).length, 2);
  });
});
