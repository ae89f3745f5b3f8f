// Each problem the server can answer, at each call of the journey: she reads a true sentence, whichever version of the
// widget she has, and « Le service ne répond pas » only where no server of ours answered.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNotPayable } from '../../../server/certificates/not-payable.ts';
import { PROBLEMS, type ProblemType } from '../../../server/problems/catalogue.ts';
import type { ProblemKind } from '../../../widget/client/problem.ts';
import type { Payment } from '../../../widget/client/types.ts';
import { next } from '../../../widget/pay/journey/journey.ts';
import { sentence } from '../../../widget/pay/journey/problems.ts';
import { type Screen, START, type State, type Task } from '../../../widget/pay/journey/state.ts';

const attempt = { key: 'k', invoiceIds: ['i1'], amountCents: null, expectedTotalCents: 100 };
const payment = {
  ...{ id: 'p1', number: 'P-1', state: 'approved', totalCents: 100, failure: null, stopped: null },
} as unknown as Payment;
/** Where each call is made from. */
const CALLS: readonly [Screen, Task][] = [
  ['signIn', { do: 'signIn', email: 'a@b.ca', password: 'x' }],
  ['signUp', { do: 'signUp', name: 'A', email: 'a@b.ca', password: 'x' }],
  ['mailSent', { do: 'resend', email: 'a@b.ca' }],
  ['activate', { do: 'activate', token: 't', password: 'x' }],
  ['forgot', { do: 'forgot', email: 'a@b.ca' }],
  ['search', { do: 'search' }],
  ['lookup', { do: 'lookup', lastName: 'A', firstName: 'B', certificateNumber: '1', invoiceSecret: '' }],
  ['proof', { do: 'confirmLink', challengeId: 'c', code: '1' }],
  ['detail', { do: 'quote', invoiceIds: ['i1'], amountCents: null }],
  ['leaving', { do: 'create', attempt }],
  ['returning', { do: 'welcomeBack', marker: 'return' }],
  ['confirm', { do: 'confirm', paymentId: 'p1', expectedTotalCents: 100 }],
  ['confirm', { do: 'cancel', paymentId: 'p1' }],
  ['leaving', { do: 'reopen', paymentId: 'p1' }],
  ['history', { do: 'history' }],
];
const SILENT = ['err.noAnswer', 'err.server'];
const after = (screen: Screen, task: Task, kind: string, extra: Record<string, unknown>): State =>
  next(
    { ...START, screen, task, payment, attempt, selection: ['i1'] },
    { type: 'problem', task, problem: { kind: kind as ProblemKind, extra, retryAfter: 0 } },
  );

describe('a problem, read on her screen', () => {
  for (const [screen, task] of CALLS)
    test(`${task.do} on ${screen}`, () => {
      for (const [kind, { title, titleEn }] of Object.entries(PROBLEMS)) {
        const seen = after(screen, task, kind, { title, titleEn });
        const told = seen.notice ?? Object.values(seen.errors)[0] ?? null;
        assert.ok(!SILENT.includes(told?.key ?? ''), `${kind}: the service did answer`);
        // Without a sentence, another screen says it, or the server is asked what is so.
        if (told === null) assert.ok(seen.task !== null || seen.screen !== screen, kind);
      }
    });

  test('of a kind that this version does not know: in the words of the server, both languages', () => {
    for (const [screen, task] of CALLS) {
      if (task.do === 'confirm') continue;
      const { notice } = after(screen, task, 'kind-of-next-year', { title: 'Ainsi.', titleEn: 'So.' });
      const told = { detail: 'Ainsi.', detailEn: 'So.', tone: 'error', contact: false };
      assert.deepEqual(notice, told, task.do);
    }
  });

  test('where something else answered in front of the server, nothing of it is shown', () => {
    for (const extra of [{}, { title: 'Bad gateway' }, { titleEn: 'x' }, { online: true }])
      for (const [screen, task] of CALLS) {
        if (task.do === 'confirm') continue;
        assert.ok(SILENT.includes(after(screen, task, 'internal', extra).notice?.key ?? ''), task.do);
      }
  });

  test('« Confirmer », and something on the way answers with a sentence of its own: no payment is called cancelled', () => {
    for (const kind of Object.keys(PROBLEMS) as ProblemType[]) {
      const said = { detail: 'Upstream timed out', detailEn: 'Upstream timed out' };
      const task = { do: 'confirm', paymentId: 'p1', expectedTotalCents: 100 } as const;
      const seen = after('confirm', task, kind, said);
      assert.equal(seen.payment?.state === 'cancelled', isNotPayable(kind), kind);
      assert.notEqual(after('confirm', task, kind, { detail: 'x' }).payment?.state, 'cancelled', kind);
    }
  });

  test('PayPal refused this one order: her regroupement is to be called, and the next try is a new one', () => {
    const { title, titleEn } = PROBLEMS['paypal-refused'];
    const seen = after('leaving', { do: 'create', attempt }, 'paypal-refused', { title, titleEn });
    assert.deepEqual([seen.screen, seen.attempt, seen.notice?.contact], ['detail', null, true]);
    assert.equal(seen.notice?.detail, title);
  });

  test('her key was used for another wish: nothing was paid, and the next try is a new one', () => {
    const seen = after('leaving', { do: 'create', attempt }, 'idempotency-mismatch', {});
    assert.deepEqual([seen.screen, seen.attempt, seen.notice?.key], ['detail', null, 'pay.again']);
  });

  test('words of the server that stand alone on a screen are sentences for a person', () => {
    const signsOut = ['unauthenticated', 'session-ended', 'dpop-invalid'];
    for (const kind of Object.keys(PROBLEMS) as ProblemType[]) {
      if (signsOut.includes(kind)) continue;
      const { title, titleEn } = PROBLEMS[kind];
      const { detail } = sentence({ kind, retryAfter: 0, extra: { title, titleEn } });
      if (detail !== undefined)
        assert.doesNotMatch(title + titleEn, /DPoP|JSON|idempot|méthode|method/i, kind);
    }
  });
});
