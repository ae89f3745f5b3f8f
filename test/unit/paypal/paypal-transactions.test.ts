// PayPal's books as we read them, whole or not at all; and money given back, once however often it is asked.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { encrypt } from '../../../server/crypto.ts';
import { PayPal } from '../../../server/paypal/client.ts';
import { PayPalFailure } from '../../../server/paypal/errors.ts';
import type { Decision } from '../../../server/paypal/issues.ts';
import { DECISION_BY_ISSUE } from '../../../server/paypal/issues.ts';
import { type PayPalTransaction, transactionsOf } from '../../../server/paypal/transactions.ts';
import { captureIdOf } from '../../../server/paypal/wire.ts';
import { type Regroupement, regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { assertMatchesPayPal } from '../../support/paypal-spec/validate.ts';
import {
  MERCHANTS,
  makeOrder,
  payByCard,
  type RunningStandIn,
  startStandIn,
} from '../../support/paypal-stand-in.ts';

const DAY = 86_400_000;
const FROM = Date.parse('2026-01-01T05:00:00Z');

const isDecision = (decision: Decision, issue?: string) => (error: unknown) =>
  error instanceof PayPalFailure &&
  error.decision === decision &&
  (issue === undefined || error.issue === issue);

describe('PayPal’s transactions', () => {
  type Answer = { status?: number; body: unknown };
  let answer: (query: URLSearchParams) => Answer;
  let queries: URLSearchParams[] = [];
  const host = createServer((request: IncomingMessage, response) => {
    response.setHeader('Content-Type', 'application/json');
    if (request.url === '/v1/oauth2/token') return response.end('{"access_token":"A","expires_in":30000}');
    const url = new URL(request.url ?? '', 'http://paypal.test');
    assert.equal(url.pathname, '/v1/reporting/transactions');
    queries.push(url.searchParams);
    const { status = 200, body } = answer(url.searchParams);
    return response.writeHead(status).end(JSON.stringify(body));
  });
  let t: TestApp;
  let regroupement: Regroupement;
  before(async () => {
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    t = await startTestApp({ paypalBaseUrl: `http://127.0.0.1:${(host.address() as AddressInfo).port}` });
    regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
  });
  after(async () => {
    host.close();
    host.closeAllConnections();
    await t.close();
  });
  beforeEach(() => {
    queries = [];
  });

  const info = (id: string, about: Record<string, unknown> = {}) => ({
    transaction_info: {
      transaction_id: id,
      transaction_event_code: 'T0006',
      transaction_initiation_date: '2026-01-15T12:00:00+0000',
      transaction_updated_date: '2026-01-15T12:00:00+0000',
      transaction_amount: { currency_code: 'CAD', value: '305.28' },
      transaction_status: 'S',
      ...about,
    },
  });
  const page = (details: unknown[], total = details.length, pages = 1) => ({
    body: { transaction_details: details, total_items: total, total_pages: pages },
  });
  async function read(fromMs = FROM, toMs = FROM + 30 * DAY): Promise<PayPalTransaction[]> {
    const found: PayPalTransaction[] = [];
    for await (const one of transactionsOf(new PayPal(t.deps), regroupement, fromMs, toMs)) found.push(one);
    return found;
  }

  test('a capture, its fee and a refund, in signed cents', async () => {
    answer = () =>
      page([
        info('CAP1', {
          fee_amount: { currency_code: 'CAD', value: '-9.15' },
          invoice_id: 'PB-12',
          custom_field: 'payment-12',
          paypal_reference_id: 'ORDER1',
        }),
        info('REF1', {
          transaction_event_code: 'T1107',
          paypal_reference_id: 'CAP1',
          transaction_amount: { currency_code: 'CAD', value: '-.5' },
          transaction_initiation_date: '2026-01-16T07:00:00-05:00',
        }),
      ]);
    assert.deepEqual(await read(), [
      {
        id: 'CAP1',
        referenceId: 'ORDER1',
        eventCode: 'T0006',
        kind: 'capture',
        status: 'S',
        at: Date.parse('2026-01-15T12:00:00Z'),
        currency: 'CAD',
        grossCents: 30528,
        feeCents: -915,
        invoiceId: 'PB-12',
        customId: 'payment-12',
      },
      {
        id: 'REF1',
        referenceId: 'CAP1',
        eventCode: 'T1107',
        kind: 'refund',
        status: 'S',
        at: Date.parse('2026-01-16T12:00:00Z'),
        currency: 'CAD',
        grossCents: -50,
        feeCents: 0,
        invoiceId: null,
        customId: null,
      },
    ]);
    assert.deepEqual(Object.fromEntries(queries[0] ?? []), {
      start_date: '2026-01-01T05:00:00.000Z',
      end_date: '2026-01-31T05:00:00.000Z',
      fields: 'transaction_info',
      page_size: '500',
      page: '1',
    });
  });

  test('another currency is told, not counted', async () => {
    answer = () => page([info('USD1', { transaction_amount: { currency_code: 'USD', value: '10.00' } })]);
    const [one] = await read();
    assert.deepEqual([one?.currency, one?.grossCents, one?.feeCents], ['USD', null, null]);
  });

  test('a year is asked by months of PayPal’s, each without a gap', async () => {
    answer = () => page([]);
    assert.deepEqual(await read(FROM, FROM + 365 * DAY), []);
    assert.equal(queries.length, 12);
    let end = FROM;
    for (const query of queries) {
      assert.equal(Date.parse(query.get('start_date') ?? ''), end);
      end = Date.parse(query.get('end_date') ?? '');
      assert.ok(end - Date.parse(query.get('start_date') ?? '') <= 31 * DAY);
    }
    assert.equal(end, FROM + 365 * DAY);
  });

  test('every page is read, and a row that comes twice counts once', async () => {
    answer = (query) => {
      const number = Number(query.get('page'));
      const first = (number - 1) * 500;
      const rows = Array.from({ length: number === 3 ? 1 : 500 }, (_, n) => info(`T${first + n}`));
      // A newcomer pushed the last row of each page to the next.
      return page(number === 1 ? rows : [info(`T${first - 1}`), ...rows.slice(0, 499)], 1001, 3);
    };
    const found = await read();
    assert.equal(queries.length, 3);
    assert.equal(found.length, new Set(found.map(({ id }) => id)).size);
    assert.equal(found[0]?.id, 'T0');
    assert.equal(found.at(-1)?.id, 'T1000');
  });

  test('one id of two kinds is two rows', async () => {
    answer = () => page([info('A'), info('A', { transaction_event_code: 'T1106' }), info('A')]);
    assert.equal((await read()).length, 2);
  });

  test('the period’s end belongs to the next period', async () => {
    answer = () =>
      page([
        info('START', { transaction_initiation_date: new Date(FROM).toISOString() }),
        info('END', { transaction_initiation_date: new Date(FROM + DAY).toISOString() }),
      ]);
    assert.deepEqual(
      (await read(FROM, FROM + DAY)).map(({ id }) => id),
      ['START'],
    );
  });

  test('too many for one answer: asked by halves', async () => {
    const rows = Array.from({ length: 30 }, (_, n) =>
      info(`D${n}`, { transaction_initiation_date: new Date(FROM + n * DAY + 1_000).toISOString() }),
    );
    answer = (query) => {
      const [start, end] = ['start_date', 'end_date'].map((name) => Date.parse(query.get(name) ?? ''));
      const inside = rows.filter(({ transaction_info }) => {
        const at = Date.parse(transaction_info.transaction_initiation_date);
        return at >= (start ?? 0) && at <= (end ?? 0);
      });
      if (inside.length <= 10) return page(inside);
      return {
        status: 400,
        body: {
          name: 'RESULTSET_TOO_LARGE',
          message:
            'Result set size is greater than the maximum limit. Change the filter criteria and try again.',
          debug_id: 'd1',
        },
      };
    };
    assert.deepEqual(
      (await read()).map(({ id }) => id),
      rows.map(({ transaction_info }) => transaction_info.transaction_id),
    );
  });

  test('what is not understood is no answer, and never a shorter list', async () => {
    for (const body of [
      {},
      { transaction_details: [], total_items: 3, total_pages: 1 },
      { total_items: 3, total_pages: 1 },
      page([{ transaction_info: {} }]).body,
      page([info('A'), info('B', { transaction_amount: { currency_code: 'CAD', value: '1e3' } })]).body,
      page([info('A', { transaction_amount: { currency_code: 'CAD', value: '' } })]).body,
      page([info('A', { transaction_amount: { currency_code: 'CAD', value: '1.234' } })]).body,
      page([info('A', { fee_amount: { currency_code: 'CAD', value: 'free' } })]).body,
      page([info('A', { transaction_initiation_date: 'today' })]).body,
    ]) {
      answer = () => ({ body });
      await assert.rejects(read(), isDecision('unknown'), JSON.stringify(body));
    }
  });

  test('an account without the right to its reports is for staff', async () => {
    answer = () => ({
      status: 403,
      body: { name: 'NOT_AUTHORIZED', debug_id: 'd2', details: [{ issue: 'Authorization failed due to…' }] },
    });
    await assert.rejects(read(), isDecision('configuration', 'NOT_AUTHORIZED'));
    assert.ok(t.logged.every((line) => !line.includes('Authorization failed')));
  });
});

describe('money given back', () => {
  let t: TestApp;
  let stand: RunningStandIn;
  let regroupement: Regroupement;
  let paypal: PayPal;
  const sent: { path: string; requestId: string | null; body: string }[] = [];
  before(async () => {
    stand = await startStandIn();
    t = await startTestApp({
      paypalBaseUrl: stand.url,
      fetch: async (input, init) => {
        const requestId = new Headers(init?.headers).get('PayPal-Request-Id');
        sent.push({ path: String(input), requestId, body: String(init?.body ?? '') });
        return await fetch(input, init);
      },
    });
    const found = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const [merchant] = MERCHANTS;
    regroupement = {
      ...found,
      paypal: {
        clientId: merchant.clientId,
        encryptedSecret: encrypt(t.deps, `paypal-secret:${found.id}`, merchant.clientSecret),
        webhookId: null,
        merchantId: merchant.merchantId,
        version: 1,
      },
    };
    paypal = new PayPal(t.deps);
  });
  after(async () => {
    await stand.close();
    await t.close();
  });
  beforeEach(() => {
    sent.length = 0;
  });
  async function capture(invoice: string): Promise<string> {
    const orderId = await makeOrder(stand, invoice);
    await payByCard(stand, orderId);
    const order = await paypal.captureOrder(regroupement, orderId, `cap:${invoice}`);
    return order.purchase_units?.[0]?.payments?.captures?.[0]?.id ?? '';
  }
  const refunds = async (captureId: string) =>
    (await stand.readBooks()).refunds.filter((row) => row.capture_id === captureId);

  test('a part, then the rest, then nothing more', async () => {
    const captureId = await capture('R-1');
    const part = await paypal.refundCapture(regroupement, captureId, 'ref:1', {
      cents: 10_05,
      noteToPayer: 'Trop perçu',
      invoiceId: 'R-1-1',
    });
    assert.equal(part.status, 'COMPLETED');
    assert.deepEqual(part.amount, { currency_code: 'CAD', value: '10.05' });
    assert.equal(captureIdOf(part), captureId);
    assert.equal((await paypal.readRefund(regroupement, part.id)).id, part.id);
    await assert.rejects(
      paypal.refundCapture(regroupement, captureId, 'ref:2', { cents: 305_28 }),
      isDecision('already-refunded', 'REFUND_AMOUNT_EXCEEDED'),
    );
    const rest = await paypal.refundCapture(regroupement, captureId, 'ref:3');
    assert.equal(rest.amount.value, '295.23');
    assert.equal((await paypal.readCapture(regroupement, captureId)).status, 'REFUNDED');
    await assert.rejects(
      paypal.refundCapture(regroupement, captureId, 'ref:4'),
      isDecision('already-refunded', 'CAPTURE_FULLY_REFUNDED'),
    );
    for (const { body } of sent.filter((call) => call.path.endsWith('/refund')))
      assertMatchesPayPal('refund', 'request', null, JSON.parse(body));
  });

  test('the same refund asked again is the same refund', async () => {
    const captureId = await capture('R-2');
    const once = await paypal.refundCapture(regroupement, captureId, 'ref:5', { cents: 100 });
    const again = await paypal.refundCapture(regroupement, captureId, 'ref:5', { cents: 100 });
    assert.equal(again.id, once.id);
    assert.equal((await refunds(captureId)).length, 1);
  });

  test('an answer lost on the way: asked again under the same request id, given back once', async () => {
    const captureId = await capture('R-3');
    await stand.fault('refund', { kind: 'reset' });
    await stand.fault('refund', { kind: '500' });
    sent.length = 0;
    const refund = await paypal.refundCapture(regroupement, captureId, 'ref:6', { cents: 100 });
    assert.equal(refund.status, 'COMPLETED');
    assert.deepEqual(new Set(sent.map(({ requestId }) => requestId)), new Set(['ref:6']));
    assert.equal(sent.length, 3);
    assert.equal((await refunds(captureId)).length, 1);
  });

  test('no whole cents, no request', async () => {
    for (const cents of [0, -1, 1.5, Number.NaN])
      await assert.rejects(paypal.refundCapture(regroupement, 'A', 'ref:7', { cents }), RangeError);
    assert.deepEqual(sent, []);
  });

  test('an id that is none is never sent', async () => {
    for (const ask of [
      paypal.readCapture(regroupement, '../../x'),
      paypal.readRefund(regroupement, 'a?b'),
      paypal.readDispute(regroupement, 'PP/D'),
      paypal.refundCapture(regroupement, '', 'ref:8'),
    ])
      await assert.rejects(ask, isDecision('gone'));
    assert.deepEqual(sent, []);
  });

  test('a request still under way elsewhere is asked again, then is unknown', async () => {
    let asked = 0;
    const busy = new PayPal({
      ...t.deps,
      fetch: async (input, init) => {
        if (String(input).endsWith('/v1/oauth2/token')) return await fetch(input, init);
        asked++;
        return Response.json(
          { name: 'RESOURCE_CONFLICT', details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }], debug_id: 'd' },
          { status: 409 },
        );
      },
    });
    await assert.rejects(
      busy.refundCapture(regroupement, 'ABC', 'ref:9', { cents: 1 }),
      isDecision('unknown', 'PREVIOUS_REQUEST_IN_PROGRESS'),
    );
    assert.equal(asked, 3);
  });

  test('each documented refusal calls for one decision', async () => {
    for (const [issue, decision] of [
      ['REFUND_NOT_ALLOWED', 'refused'],
      ['REFUND_TIME_LIMIT_EXCEEDED', 'refused'],
      ['REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK', 'refused'],
      ['REFUND_FAILED_INSUFFICIENT_FUNDS', 'not-now'],
      ['PENDING_CAPTURE', 'not-now'],
      ['TRANSACTION_DISPUTED', 'not-now'],
      ['DUPLICATE_INVOICE_ID', 'duplicate-invoice'],
      ['PAYEE_ACCOUNT_RESTRICTED', 'configuration'],
      ['PERMISSION_DENIED', 'configuration'],
      ['INSTRUMENT_DECLINED', 'declined'],
      ['ORDER_COMPLETION_IN_PROGRESS', 'unknown'],
    ] as const)
      assert.equal(DECISION_BY_ISSUE.get(issue), decision, issue);
  });

  const codes = new URL('../../../../shared/paypal/paypal-issue-codes.json', import.meta.url);
  test('no documented issue is left without a decision', { skip: !existsSync(codes) }, () => {
    const documented: Record<string, Record<string, object>> = JSON.parse(readFileSync(codes, 'utf8'));
    const missing = Object.values(documented)
      .flatMap((byStatus) => Object.values(byStatus).flatMap((byIssue) => Object.keys(byIssue)))
      .filter((issue) => !DECISION_BY_ISSUE.has(issue));
    assert.deepEqual(missing, []);
  });
});
