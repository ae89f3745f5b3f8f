// The day of money is Toronto’s, whatever the server’s zone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import {
  torontoBounds,
  torontoDateTime,
  torontoDay,
  torontoYesterday,
} from '../../../server/ledger/toronto.ts';

describe('Toronto days', () => {
  test('23 h 30 on 31 March is still March, though 1 April in UTC', () => {
    assert.deepEqual(torontoDateTime(Date.parse('2026-04-01T03:30:00Z')), {
      day: '2026-03-31',
      time: '23:30',
    });
  });
  test('the year ends at midnight in Toronto', () => {
    assert.equal(torontoDay(Date.parse('2027-01-01T04:59:59Z')), '2026-12-31');
    assert.equal(torontoDay(Date.parse('2027-01-01T05:00:00Z')), '2027-01-01');
  });
  test('midnight is 00:00 of the new day, and the hour that comes twice is itself twice', () => {
    assert.deepEqual(torontoDateTime(Date.parse('2026-06-01T04:00:00Z')), {
      day: '2026-06-01',
      time: '00:00',
    });
    for (const twice of ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']) {
      assert.deepEqual(torontoDateTime(Date.parse(twice)), { day: '2026-11-01', time: '01:30' });
    }
  });
  test('yesterday is the day before, also around a change of the clock', () => {
    for (const [now, before] of [
      ['2026-03-09T04:30:00Z', '2026-03-08'],
      ['2026-11-02T04:30:00Z', '2026-10-31'],
      ['2027-01-01T05:00:00Z', '2026-12-31'],
    ] as const)
      assert.equal(torontoYesterday(Date.parse(now)), before);
  });
  test('a server in Tokyo says the same', () => {
    const module = new URL('../../../server/ledger/toronto.ts', import.meta.url).href;
    const program = `const { torontoDay } = await import(${JSON.stringify(module)}); console.log(torontoDay(${Date.parse('2026-04-01T03:30:00Z')}));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TZ: 'Asia/Tokyo' },
    });
    assert.equal(said.toString().trim(), '2026-03-31');
  });
});

test('a Toronto day has 23, 24 or 25 hours', () => {
  const hours = (day: string) => (torontoBounds(day).to - torontoBounds(day).from) / 3_600_000;
  assert.equal(hours('2026-03-08'), 23);
  assert.equal(hours('2026-07-01'), 24);
  assert.equal(hours('2026-11-01'), 25);
  assert.equal(new Date(torontoBounds('2026-01-15').from).toISOString(), '2026-01-15T05:00:00.000Z');
  assert.equal(new Date(torontoBounds('2026-07-15').from).toISOString(), '2026-07-15T04:00:00.000Z');
});
