// Values of a statement are bound where they stand, and never become part of its text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from '../../../server/db/sql.ts';

test('each value is bound, in its place', () => {
  assert.deepEqual(sql`UPDATE accounts SET name = ${"Robert'); --"} WHERE id = ${7} AND email IS ${null}`, {
    sql: 'UPDATE accounts SET name = ? WHERE id = ? AND email IS ?',
    args: ["Robert'); --", 7, null],
  });
});

test('a statement within stands there with its own values, bytes are a value', () => {
  const body = new Uint8Array([1]);
  const still = { sql: 'expires_at > ? AND used_at IS NULL', args: [5] };
  assert.deepEqual(sql`SELECT ${'a'} WHERE ${still} AND ${{ sql: 'true' }} AND logo = ${body}`, {
    sql: 'SELECT ? WHERE expires_at > ? AND used_at IS NULL AND true AND logo = ?',
    args: ['a', 5, body],
  });
});
