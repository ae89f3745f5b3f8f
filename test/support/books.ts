// Facts about money that a test needs to be there: posted as the server posts them.
import { newId } from '../../server/deps.ts';
import { type Entry, post } from '../../server/ledger/entries.ts';
import type { TestApp } from './app.ts';

export async function regroupementId(t: TestApp, slug = 'petits-bouleaux'): Promise<string> {
  const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM regroupements WHERE slug = ?', [
    slug,
  ]);
  return rows[0]?.id ?? '';
}

/** A cheque of `cents` on the invoice, or another entry. */
export async function pay(
  t: TestApp,
  invoiceId: string,
  cents: number,
  more: Partial<Entry> = {},
): Promise<void> {
  await t.deps.db.batch(
    post(t.deps, {
      regroupementId: await regroupementId(t),
      invoiceId,
      kind: 'payment',
      cents,
      source: `cheque:${newId(t.deps)}`,
      method: 'cheque',
      occurredAt: t.clock.now,
      ...more,
    }),
  );
}
