// Many who ask for receipts at once, and one who asks again and again.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Checkout, startCheckout } from '../../support/checkout.ts';

describe('receipts asked for at once', () => {
  let c: Checkout;
  let urls: { pdfUrl: string; htmlUrl: string };
  beforeEach(async () => {
    c = await startCheckout();
    await c.paid();
    const { payments } = (await (await c.marie.call('GET', '/payments')).json()) as {
      payments: { receipt: { pdfUrl: string; htmlUrl: string } }[];
    };
    assert.ok(payments[0]?.receipt);
    urls = payments[0].receipt;
  });
  afterEach(() => c.close());

  test('beyond what is drawn in ten seconds are put off, in words for her, and had a moment later', async () => {
    const { pdf } = c.t.deps;
    let drawn: Promise<Uint8Array> | undefined;
    const open = Promise.withResolvers<void>();
    const drawing = Promise.withResolvers<void>();
    c.t.deps.pdf = async (content) => {
      drawing.resolve();
      await open.promise;
      drawn ??= pdf(content);
      return await drawn;
    };
    // A receipt of another hour has another link.
    const links = [];
    for (let i = 0; i < 105; i++) {
      c.t.clock.advance(1_000);
      const { payments } = (await (await c.marie.call('GET', '/payments')).json()) as {
        payments: { receipt: { pdfUrl: string } }[];
      };
      links.push(payments[0]?.receipt.pdfUrl ?? '');
    }
    const answers = links.map(async (link) => await c.t.app.request(link));
    await drawing.promise;
    const refused = await Promise.all(answers.slice(102));
    for (const answer of refused) {
      assert.equal(answer.status, 503);
      assert.match(answer.headers.get('Retry-After') ?? '', /^\d+$/);
      assert.match(await answer.text(), /rechargez cette page[\s\S]*reload this page/);
    }
    open.resolve();
    const served = await Promise.all(answers.slice(0, 102));
    assert.deepEqual([...new Set(served.map(({ status }) => status))], [200]);
    assert.equal((await c.t.app.request(links[104] ?? '')).status, 200);
  });

  test('by one link, thirty at once and then one each ten seconds', async () => {
    const statuses = [];
    for (let i = 0; i < 30; i++) statuses.push((await c.t.app.request(urls.htmlUrl)).status);
    assert.deepEqual([...new Set(statuses)], [200]);
    const pdfUrl = urls.htmlUrl.replace(/html$/, 'pdf');
    const refused = await c.t.app.request(pdfUrl);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('Retry-After'), '10');
    assert.match(await refused.text(), /Le vôtre est toujours là/);
    c.t.clock.advance(10_000);
    assert.equal((await c.t.app.request(pdfUrl)).status, 200);
    assert.equal((await c.t.app.request(pdfUrl)).status, 429);
  });
});
