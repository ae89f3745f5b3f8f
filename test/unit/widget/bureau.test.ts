// The staff's page: its words, complete and typeset as Québec does, and who is shown what.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PERMISSIONS, type Permission, ROLES } from '../../../server/staff/roles.ts';
import { may } from '../../../widget/bureau/desk.ts';
import type { Catalogue } from '../../../widget/bureau/words.ts';

const BUREAU = new URL('../../../widget/bureau/', import.meta.url);
const files = readdirSync(new URL('locales/', BUREAU));
const catalogues = await Promise.all(
  files.map(async (file) => (await import(new URL(`locales/${file}`, BUREAU).href)) as { words: Catalogue }),
);
const all = catalogues.flatMap(({ words }) => Object.entries(words));
const placeholders = (words: string) => [...words.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();

test('both languages say everything, with the same values, each sentence once', () => {
  assert.equal(new Set(all.map(([key]) => key)).size, all.length);
  for (const [key, [french, english]] of all) {
    assert.ok(french !== '' && english !== '', key);
    assert.deepEqual(placeholders(english), placeholders(french), key);
  }
});

test('every sentence is used', () => {
  const widget = new URL('../', BUREAU);
  const sources = readdirSync(widget, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('locales'))
    .map((file) => readFileSync(new URL(file.replaceAll('\\', '/'), widget), 'utf8'))
    .join('\n');
  // By the role, or the level, that is a part of the name.
  const made = /^(role|people|accounts)\.(reader|office|owner|pay|verified)$/;
  assert.deepEqual(
    all.map(([key]) => key).filter((key) => !sources.includes(`'${key}'`) && !made.test(key)),
    [],
  );
});

test('French has a no-break space before « : $ % » and inside quotation marks, none before « ? ! ; »', () => {
  for (const [key, [french]] of all) {
    assert.doesNotMatch(french, /[^\u00a0\d]:(?!\d)| [:$%»]|« |«(?!\u00a0)|(?<!\u00a0)»/, key);
    assert.doesNotMatch(french, /[\s\u00a0][?!;]/, key);
    assert.doesNotMatch(french, /'/, `${key}: apostrophe`);
  }
});

test('shows to each role what the server lets it do', () => {
  for (const [permission, grants] of Object.entries(PERMISSIONS))
    for (const role of ROLES)
      for (const mayRefund of [true, false]) {
        const grant = grants[role];
        assert.equal(
          may({ role, mayRefund }, permission as Permission),
          grant === 'yes' || grant === 'fresh' || (grant === 'switch' && mayRefund),
          `${permission}, ${role}`,
        );
      }
});
