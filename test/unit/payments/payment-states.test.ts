// One payment's life: the table is total, and says of money only what may be said.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  after,
  CAME,
  EVENTS,
  type Event,
  HOLDING,
  OPEN,
  STATES,
  type State,
  standingOf,
  stateTable,
} from '../../../server/payments/states.ts';

const event = fc.constantFrom(...EVENTS);
const life = (events: readonly Event[]): State =>
  events.reduce<State>((state, one) => after(state, one) ?? state, 'created');

describe('a payment’s life', () => {
  test('every event in every state has an answer: a state, or nothing', () => {
    for (const state of STATES)
      for (const one of EVENTS) {
        const next = after(state, one);
        assert.ok(next === null || STATES.includes(next), `${state} + ${one}`);
      }
    const { columns, rows } = stateTable();
    assert.equal(rows.length, STATES.length);
    assert.ok(rows.every((row) => row.length === columns.length));
  });

  test('only « Confirmer » leads to taking money, and only from an approval', () => {
    for (const state of STATES)
      for (const one of EVENTS)
        if (after(state, one) === 'capturing') assert.deepEqual([state, one], ['approved', 'confirmed']);
  });

  test('only PayPal’s record of the money makes a payment complete, from any state before its end', () => {
    for (const state of STATES) {
      const ended = (CAME as readonly State[]).includes(state);
      for (const one of EVENTS)
        if (after(state, one) === 'completed') assert.equal(one, ended ? 'restored' : 'captured');
      assert.equal(after(state, 'captured'), ended ? null : 'completed', `money is never ignored: ${state}`);
    }
  });

  test('money whose first news is that it is disputed has come', () => {
    for (const state of STATES) assert.equal(after(state, 'disputed'), 'disputed', state);
  });

  test('a doubt ends by a definite answer or by staff, never by a silence', () => {
    assert.equal(after('unknown', 'lost'), null);
    assert.equal(after('pending', 'lost'), null);
    assert.equal(after('unknown', 'cancelled'), null);
    assert.equal(after('pending', 'expired'), null);
    for (const state of HOLDING) assert.equal(after(state, 'released'), 'cancelled');
  });

  test('what was held or taken back has a way out: to what it was before', () => {
    for (const state of ['disputed', 'partly-reversed', 'reversed'] as const) {
      assert.equal(after(state, 'restored'), 'completed');
      assert.equal(after(state, 'partly-refunded'), 'partly-refunded');
      assert.equal(after(state, 'refunded'), 'refunded');
    }
  });

  test('whatever goes back, is held and comes again, in any order: the sums name the state, and the table leads there', () => {
    const change = fc.record({
      refunded: fc.integer({ min: 0, max: 100 }),
      reversed: fc.integer({ min: 0, max: 100 }),
      held: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        let state: State = 'completed';
        let refundedCents = 0;
        for (const { refunded, reversed: back, held } of changes) {
          // What was refunded stays so; what was taken back may come again.
          refundedCents = Math.max(refundedCents, Math.min(refunded, 100 - back));
          const reversed = Math.min(back, 100 - refundedCents);
          const sums = { amountCents: 100, refundedCents, reversedCents: reversed, held };
          const standing = standingOf(sums);
          if (standing.state !== state) assert.equal(after(state, standing.event), standing.state);
          state = standing.state;
          assert.equal(state === 'reversed', reversed > 0 && refundedCents + reversed === 100);
          assert.equal(state === 'disputed', reversed === 0 && held);
          assert.equal(state === 'completed', reversed === 0 && refundedCents === 0 && !held);
        }
      }),
    );
  });

  test('money that was there only goes back: no way leads from a completed payment to an unpaid one', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.array(event, { maxLength: 40 }), (before, then) => {
        if (life(before) !== 'completed') return;
        const end = life([...before, ...then]);
        assert.ok((CAME as readonly State[]).includes(end));
      }),
    );
  });

  test('every state can be reached, and every open one can end', () => {
    const reached = new Set<State>(['created']);
    for (const state of reached)
      for (const one of EVENTS) {
        const next = after(state, one);
        if (next !== null) reached.add(next);
      }
    assert.deepEqual([...reached].sort(), [...STATES].sort());
    for (const state of OPEN) assert.ok(EVENTS.some((one) => after(state, one) === 'completed'));
  });
});
