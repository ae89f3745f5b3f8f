// What the machines that watch are told: enough to wake somebody, nothing that names anybody.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createApp } from '../../../server/app.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';

const TOKEN = 'a-token-for-the-machines';

describe('/metrics', () => {
  let c: Checkout;
  before(async () => {
    c = await startCheckout();
  });
  after(() => c.close());
  const ask = async (token?: string, metricsToken: string | undefined = TOKEN) => {
    const app = createApp({ ...c.t.deps, config: { ...c.t.deps.config, metricsToken } });
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return await app.request(`${PUBLIC_URL}/metrics`, { headers });
  };

  test('is there for whoever bears the token, and not at all without one', async () => {
    assert.equal((await ask(TOKEN)).status, 200);
    assert.equal((await ask('another-token')).status, 401);
    assert.equal((await ask()).status, 401);
    assert.equal((await c.t.app.request(`${PUBLIC_URL}/metrics`)).status, 404, 'METRICS_TOKEN is not set');
  });

  test('tells payments in doubt, open exceptions, e-mails and events that wait, webhooks refused', async () => {
    const { id } = await c.paid();
    assert.match(
      await (await ask(TOKEN)).text(),
      /^amisgest_pay_payments\{regroupement="petits-bouleaux",state="completed"\} 1$/m,
    );
    await c.webhooks();
    c.fault('get', { kind: '503' }, 9);
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.reverse(capture, { cents: 5_000 });
    await c.webhooks();
    await c.t.deps.db.execute(
      `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, unchecked, created_at, updated_at, completed_at)
       SELECT 'old', regroupement_id, id, 1, 'reversal', 'completed', 1, 0, 0, 0 FROM payments`,
      [],
    );
    await c.t.deps.db.execute("UPDATE payments SET state = 'unknown' WHERE id = ?", [id]);
    await c.t.app.request(`${PUBLIC_URL}/v1/paypal/webhooks/petits-bouleaux`, { method: 'POST', body: '{}' });
    c.t.clock.advance(90_000);
    const text = await (await ask(TOKEN)).text();
    assert.match(
      text,
      /^amisgest_pay_unsettled_seconds\{regroupement="petits-bouleaux"\} (9\d|[1-9]\d{2,})/m,
    );
    assert.match(text, /^amisgest_pay_messages\{state="waiting"\} \d+$/m);
    assert.match(text, /^amisgest_pay_counted_total\{regroupement="petits-bouleaux",name="[\w:-]+"\} 1$/m);
    assert.match(text, /^amisgest_pay_webhook_events\{regroupement="petits-bouleaux",state="waiting"\} 1$/m);
    assert.match(text, /^amisgest_pay_reversals_unchecked\{regroupement="petits-bouleaux"\} 1$/m);
    for (const line of text.trim().split('\n')) {
      assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+]+)$/, line);
    }
    assert.doesNotMatch(text, /@|PB-0|Marie/);
  });

  test('counts the payments of each state as they stand in the books, and says nothing of a state that none is in', async () => {
    const told = async () =>
      [
        ...(await (await ask(TOKEN)).text()).matchAll(/^amisgest_pay_payments\{.*state="(.+)"\} (\d+)$/gm),
      ].map(([, state, count]) => [state, Number(count)]);
    const inTheBooks = async () => {
      const { rows } = await c.t.deps.db.execute<{ state: string; n: number }>(
        'SELECT state, count(*) AS n FROM payments GROUP BY 1 ORDER BY 1',
      );
      return rows.map(({ state, n }) => [state, n]);
    };
    const [{ id } = { id: '' }] = (await c.t.deps.db.execute<{ id: string }>('SELECT id FROM payments')).rows;
    const move = (to: string) => c.t.deps.db.execute('UPDATE payments SET state = ? WHERE id = ?', [to, id]);
    for (const state of ['partly-refunded', 'partly-refunded', 'refunded', 'reversed', 'completed']) {
      await move(state);
      assert.deepEqual(await told(), await inTheBooks(), state);
    }
    await c.t.deps.db.execute('PRAGMA foreign_keys = OFF');
    await c.t.deps.db.execute('DELETE FROM payments WHERE id = ?', [id]);
    assert.deepEqual(await told(), await inTheBooks());
  });

  test('the dashboard shows every measure that there is, by labels that it has, and no other', async () => {
    await c.t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, opened_at)
       SELECT 'one', id, 'one', 'unconfirmed-event', 0 FROM regroupements LIMIT 1`,
    );
    const text = await (await ask(TOKEN)).text();
    const measures = [...text.matchAll(/^# HELP (\w+)/gm)].map(([, name]) => name);
    const dashboard = readFileSync(new URL('../../../server/deploy/grafana.json', import.meta.url), 'utf8');
    const named = new Set(dashboard.match(/\bamisgest_pay_\w+/g));
    assert.deepEqual([...named].sort(), measures.sort());
    const labels = new Set(text.match(/(?<=[{,])\w+(?==)/g));
    const used = new Set(
      [...dashboard.matchAll(/by \(([\w, ]+)\)|\{\{(\w+)\}\}|\{(\w+)=~/g)].flatMap(([, by, legend, chosen]) =>
        (by ?? legend ?? chosen ?? '').split(', '),
      ),
    );
    assert.deepEqual([...used].sort(), ['kind', 'name', 'regroupement', 'state']);
    for (const label of used) assert.ok(labels.has(label), label);
  });
});
