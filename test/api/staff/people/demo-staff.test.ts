// The demo's people of the office: in a database that the demo has made, and in no other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seed } from '../../../../demo/data/seed.ts';
import {
  DEMO_STAFF,
  DEMO_STAFF_PASSWORD,
  demoStaff,
  markIfNew,
  seedStaff,
} from '../../../../demo/data/staff.ts';
import { demoSite } from '../../../../demo/site/site.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../../support/app.ts';
import { callStaff } from '../../../support/office.ts';

/** As `npm start` fills a database. */
async function asDemo(t: TestApp): Promise<void> {
  await markIfNew(t.deps);
  await seed(t.deps, 'https://petits-bouleaux.test');
  await seedStaff(t.deps);
}
const people = async (t: TestApp) =>
  (await t.deps.db.execute<{ email: string }>('SELECT email FROM staff_users ORDER BY email')).rows;

describe('in a database that the demo has made', () => {
  let t: TestApp;
  before(async () => {
    t = await startTestApp();
    for (const table of ['paypal_accounts', 'regroupements']) await t.deps.db.execute(`DELETE FROM ${table}`);
    await asDemo(t);
  });
  after(() => t.close());

  test('one person of each role signs in with what the page for developers says', async () => {
    const page = await (
      await demoSite({ publicUrl: PUBLIC_URL, staff: () => demoStaff(t.deps) }).request('http://localhost/')
    ).text();
    for (const { email, role, totpSecret, code } of await demoStaff(t.deps)) {
      for (const told of [email, totpSecret, code, DEMO_STAFF_PASSWORD]) assert.ok(page.includes(told), told);
      const { status, body } = await callStaff(t, 'POST', '/sessions', {
        ...{ email, password: DEMO_STAFF_PASSWORD, code },
      });
      assert.equal(status, 201, JSON.stringify(body));
      const { body: me } = await callStaff(t, 'GET', '/me', undefined, body.accessToken);
      assert.deepEqual(
        me.memberships.map((one: { slug: string; role: string }) => [one.slug, one.role]).sort(),
        ['la-farandole', 'outaouais-gatineau', 'petits-bouleaux'].map((slug) => [slug, role]),
      );
    }
  });

  test('a second start adds nobody, and brings back nobody’s former password', async () => {
    const before = await people(t);
    assert.equal(before.length, DEMO_STAFF.length);
    await t.deps.db.execute("UPDATE staff_users SET password_hash = 'hers'");
    await asDemo(t);
    assert.deepEqual(await people(t), before);
    assert.deepEqual(
      (await t.deps.db.execute("SELECT 1 FROM staff_users WHERE password_hash <> 'hers'")).rows,
      [],
    );
  });
});

test('in any other database `npm start` adds nobody, and says so', async () => {
  const t = await startTestApp();
  try {
    await markIfNew(t.deps);
    await seedStaff(t.deps);
    assert.deepEqual(await people(t), []);
    const site = demoSite({ publicUrl: PUBLIC_URL, staff: () => demoStaff(t.deps) });
    const page = await (await site.request('http://localhost/')).text();
    assert.ok(!page.includes(DEMO_STAFF_PASSWORD));
    assert.match(page, /not made by the demo/);
  } finally {
    await t.close();
  }
});
