// Days and hours in the office's lists, as people write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayAndHour, hour } from '../../../widget/bureau/day.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('an instant is said as French has it: the first of a month, an hour of one figure', () => {
  assert.equal(plain(dayAndHour('fr-CA', '2026-12-01T13:31:00Z')), '1er déc. 2026, 8 h 31');
  assert.equal(plain(dayAndHour('fr-CA', '2026-11-30T20:49:00Z')), '30 nov. 2026, 15 h 49');
  assert.equal(plain(hour('fr-CA', '2026-12-01T13:05:00Z')), '8 h 05');
  assert.equal(plain(hour('fr-CA', '2026-12-01T06:05:00Z')), '1 h 05');
});

test('English keeps its own', () => {
  assert.equal(plain(dayAndHour('en-CA', '2026-12-01T13:31:00Z')), 'Dec 1, 2026, 8:31 a.m.');
});
