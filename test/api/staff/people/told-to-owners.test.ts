// What the owners of a regroupement are told by e-mail as soon as it is done: who came in, whose role or second factor changed, a
// key, PayPal, the pages and what opens a file, and the data of many people taken out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { audited } from '../../../../server/audit.ts';
import { sendDueMail } from '../../../../server/mail/worker.ts';
import { members, versionOf } from '../../../../server/staff/people/memberships.ts';
import { resetFactors } from '../../../../server/staff/sign-in/enrolment.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../../support/app.ts';
import { regroupementId } from '../../../support/books.ts';
import { joinOffice, type OfficePerson } from '../../../support/office.ts';
import { staffWith } from '../../../support/staff.ts';

describe('the owners are told', () => {
  let t: TestApp;
  let of: string;
  let lise: OfficePerson;
  before(async () => {
    t = await startTestApp();
    of = await regroupementId(t);
    lise = await joinOffice(t, { email: 'lise@example.org', role: 'owner' });
    await joinOffice(t, { email: 'eve@example.org', role: 'owner' });
    await joinOffice(t, { email: 'zoe@example.org', role: 'owner', slug: 'la-farandole' });
    await joinOffice(t, { email: 'anne@example.org', role: 'reader' });
    await t.deps.db.execute("UPDATE staff_users SET lang = 'en-CA' WHERE email = 'eve@example.org'");
    await t.deps.db.execute("UPDATE staff_users SET name = 'Ève Côté' WHERE email = 'eve@example.org'");
    await sendDueMail(t.deps);
  });
  after(() => t.close());

  /** Whom `doing` had a notice sent to, with what it says. */
  async function told(doing: () => Promise<unknown>): Promise<Map<string, string>> {
    // What was to be told of before.
    await sendDueMail(t.deps);
    const from = t.outgoing.length;
    await doing();
    await sendDueMail(t.deps);
    return new Map(
      t.outgoing
        .slice(from)
        .filter(({ subject }) => /^(Un changement|A change) /.test(subject))
        .map(({ to, text }) => [to, text]),
    );
  }
  const both = (sent: Map<string, string>, fr: RegExp, en: RegExp) => {
    assert.deepEqual([...sent.keys()].sort(), ['eve@example.org', 'lise@example.org']);
    assert.match(sent.get('lise@example.org') ?? '', fr);
    assert.match(sent.get('eve@example.org') ?? '', en);
  };
  const settings = (after: Record<string, string>) =>
    t.deps.db.batch([
      audited(t.deps, {
        ...{ regroupementId: of, actor: 'cli:root', act: 'settings-changed', target: `regroupements:${of}` },
        before: {},
        after,
      }),
    ]);
  const call = async (method: string, path: string, body?: unknown, version?: string) => {
    const answer = await t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `DPoP ${lise.accessToken}`,
        'Content-Type': 'application/json',
        ...(version === undefined ? {} : { 'If-Match': version }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(answer.status < 300, await answer.clone().text());
    return await answer.text();
  };

  test('of who comes in; a new owner is not told of herself, nor anybody elsewhere', async () => {
    let paul: OfficePerson | undefined;
    const sent = await told(async () => {
      paul = await joinOffice(t, { email: 'paul@example.org', role: 'owner' });
    });
    both(
      sent,
      /Lise Roy a maintenant accès au bureau, avec le rôle «\u00a0Responsable\u00a0»/,
      /with the role “Owner”/,
    );
    await t.deps.db.execute('UPDATE memberships SET removed_at = 1 WHERE staff_id = ?', [paul?.id ?? '']);
  });

  test('of a role that changes, by whom; not of what she may refund', async () => {
    const { id } = await joinOffice(t, { email: 'rose@example.org', role: 'reader' });
    const change = async (body: object) => {
      const found = (await members(t.deps, of)).find(({ staffId }) => staffId === id);
      return call('PATCH', `/memberships/${id}`, body, found && versionOf(found));
    };
    const role = await told(() => change({ role: 'office' }));
    both(
      role,
      /est passé de «\u00a0Lecture\u00a0» à «\u00a0Bureau\u00a0».*Par\s*:?\s*Lise Roy/s,
      /from “Reader” to “Office”.*By/s,
    );
    assert.equal((await told(() => change({ mayRefund: true }))).size, 0);
  });

  test('of a second factor that was erased', async () => {
    const { id } = await joinOffice(t, { email: 'jean@example.org', role: 'reader' });
    both(
      await told(() => resetFactors(t.deps, of, id, 'cli:root')),
      /Le second facteur de Lise Roy a été effacé.*sur la machine du serveur \(root\)/s,
      /second factor of Lise Roy was erased/,
    );
  });

  test('of a key, by its name, never its secret', async () => {
    const sent = await told(() => staffWith(t, ['read', 'refund']));
    both(sent, /pour un programme.: logiciel \(read,refund\)/, /for a program: logiciel/);
    assert.ok(![...sent.values()].join().includes('agp_'));
  });

  test('of PayPal, the pages and what opens a file; not of the telephone number', async () => {
    both(
      await told(() => settings({ paypal_secret: '•••', link_policy: 'code' })),
      /le compte PayPal, ce qu’il faut pour ouvrir un dossier/,
      /the PayPal account, what opens a file/,
    );
    both(await told(() => settings({ pages: '[]' })), /les pages où l’on paie/, /the pages where people pay/);
    assert.equal((await told(() => settings({ phone: '418 555-0100' }))).size, 0);
  });

  test('of more than five hundred people exported, once, and not of five hundred', async () => {
    const many = (count: number) =>
      t.deps.db.execute(
        `WITH RECURSIVE n(i) AS (SELECT ${count - 499} UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
         INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
         SELECT 'c' || i, '${of}', 'h' || i, 'PB-' || i, 'PB' || i, '2026-04-01', '2027-03-31', 1, 1 FROM n`,
      );
    await t.deps.db.execute(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
       INSERT INTO holders(id, regroupement_id, first_name, last_name, created_at, updated_at)
       SELECT 'h' || i, '${of}', 'Lise', 'Multiple ' || i, 1, 1 FROM n`,
    );
    await many(500);
    assert.equal((await told(() => call('GET', '/export/certificates'))).size, 0);
    await many(1_000);
    for (const format of ['csv', 'xlsx']) {
      const sent = await told(() => call('GET', `/export/certificates?format=${format}`));
      both(sent, /plus de 500 personnes ont été exportées \(certificates\)/, /more than 500 people/);
      assert.ok(![...sent.values()].join().includes('Multiple'));
    }
  });
});
