// The staff's page: its words, complete and typeset as Québec does, and who is shown what.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FIELD_NAMES } from '../../../server/import/reading/columns/fields.ts';
import { EDITED } from '../../../server/import/rows/edited.ts';
import { PERMISSIONS, type Permission, ROLES } from '../../../server/staff/roles.ts';
import { may } from '../../../widget/bureau/desk.ts';
import { FIELDS } from '../../../widget/bureau/screens/imports/shared.ts';
import { DIFFERENCES, SAID } from '../../../widget/bureau/screens/settings/page-checks.ts';
import type { Catalogue } from '../../../widget/bureau/words.ts';

const BUREAU = new URL('../../../widget/bureau/', import.meta.url);
const files = readdirSync(new URL('locales/', BUREAU), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const catalogues = await Promise.all(
  files.map(async (file) => (await import(new URL(`locales/${file}`, BUREAU).href)) as { words: Catalogue }),
);
const all = catalogues.flatMap(({ words }) => Object.entries(words));
/** What a column may hold, and what of a holder both a file and the page may change. */
const columns = new Set([...FIELDS, ...EDITED].map((field) => `column.${field}`));
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
  // By the role, the level, the method or the outcome that is a part of the name.
  const made =
    /^(all\.(received|under-way|not-made|went-back)|imports\.(invoices|certificates|holders|endorsements)|(role|people|accounts)\.(reader|office|owner|pay|verified)|accounts\.method\.(name-and-number|code|secret|approval))$/;
  assert.deepEqual(
    all
      .map(([key]) => key)
      .filter((key) => !sources.includes(`'${key}'`) && !made.test(key) && !columns.has(key)),
    [],
  );
});

test('each field of an import has a name, in the order in which they are offered', () => {
  assert.deepEqual(FIELD_NAMES.filter((field) => field !== 'ignore').sort(), [...FIELDS].sort());
  for (const key of columns)
    assert.ok(
      all.some(([known]) => known === key),
      key,
    );
});

test('every line that the server may tell of a page has its sentence here, and those that are not good their cure', () => {
  const pages = new URL('../../../server/staff/pages/', import.meta.url);
  const code = readdirSync(pages)
    .map((file) => readFileSync(new URL(file, pages), 'utf8'))
    .join('\n');
  const written = [...code.matchAll(/line\('(\w+)', '(\w+)', \{ why: '([\w-]+)'/g)].map(
    ([, check, , why]) => `${check}.${why}`,
  );
  const faults = [...code.matchAll(/why: '([\w-]+)'/g)].map(([, why]) => why);
  const known = Object.keys(SAID);
  assert.ok(written.length > 12 && faults.length > 35);
  assert.deepEqual(
    written.filter((one) => !known.includes(one)),
    [],
  );
  assert.deepEqual(
    faults.filter((why) => !known.some((one) => one.endsWith(`.${why}`))),
    [],
  );
  const troubles = /export type Trouble =([^;]+);/.exec(code)?.[1]?.match(/[a-z-]{4,}/g) ?? [];
  assert.ok(troubles.length > 10);
  for (const trouble of troubles) assert.ok(SAID[`answers.${trouble}`], trouble);
  const differences = /type Difference =([^;]+);/.exec(code)?.[1]?.match(/[a-z]+/g) ?? [];
  assert.deepEqual(differences.sort(), Object.keys(DIFFERENCES).sort());
  const cured = /\.(good|hosted|none|element|division|frame|link)$/;
  const withoutCure = Object.entries(SAID).filter(
    ([one, [, cure]]) => cure === undefined && !cured.test(one),
  );
  assert.deepEqual(withoutCure, []);
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
