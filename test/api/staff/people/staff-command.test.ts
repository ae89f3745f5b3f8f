// The office's people at the command line: the first owner is invited here, by real SMTP, and the lost phone ends here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestApp, type TestApp } from '../../../support/app.ts';
import { callStaff, joinOffice, mailedToken, PASSWORD } from '../../../support/office.ts';

const LAUNCHER = fileURLToPath(new URL('../../../../server/cli/amisgest-pay.js', import.meta.url));
const SLUG = 'petits-bouleaux';

describe('staff', () => {
  let t: TestApp;
  let dataDir: string;
  before(async () => {
    t = await startTestApp({ now: Date.now() });
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-cli-'));
    writeFileSync(join(dataDir, 'settings.env'), `DATABASE_URL=${t.deps.config.databaseUrl}`);
  });
  after(async () => {
    await t.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [LAUNCHER, 'staff', ...args], {
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
      encoding: 'utf8',
    });

  test('what is not understood is told with the usage, exit 2', () => {
    const invite = ['invite', SLUG, '--email', 'lise@example.org'];
    for (const args of [
      [],
      ['invite', SLUG],
      invite,
      [...invite, '--role', 'boss'],
      [...invite, '--role', 'owner', '--ends-on', '2999-01-01'],
      [...invite, '--role', 'reader', '--ends-on', '2020-01-01'],
      [...invite, '--role', 'reader', '--may-refund'],
      ['invite', SLUG, '--email', 'no address', '--role', 'owner'],
      ['remove', SLUG],
      ['list', SLUG, '--role', 'owner'],
    ]) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.ok(stderr.length > 40 && !/\n\s+at /.test(stderr), args.join(' '));
    }
  });

  test('invites, lists, and the link in the message leads in', async () => {
    const invited = run(
      'invite',
      SLUG,
      '--email',
      'Lise@example.org',
      '--role',
      'owner',
      '--name',
      'Lise Roy',
    );
    assert.equal(invited.status, 0, invited.stderr);
    assert.match(invited.stdout, /^Invitation pour Lise@example\.org, valide jusqu’au /);
    const token = await mailedToken(t, 'staff-invitation');
    const { body } = await callStaff(t, 'POST', '/invitations/check', { token });
    assert.deepEqual([body.name, body.role], ['Lise Roy', 'owner']);
    const listed = JSON.parse(run('list', SLUG, '--json').stdout);
    assert.deepEqual(
      [listed.people, listed.invitations.map(({ role }: { role: string }) => role)],
      [[], ['owner']],
    );
    assert.match(run('list', SLUG).stdout, /^owner {3}Lise Roy <Lise@example\.org> {2}invitée → /);
  });

  test('a refund is for an office person who may; an access has a last day', async () => {
    const role = ['--role', 'office', '--may-refund', '--ends-on', '2999-12-31', '--json'];
    assert.equal(run('invite', SLUG, '--email', 'eve@example.org', ...role).status, 0);
    const { rows } = await t.deps.db.execute(
      "SELECT role, may_refund, ends_on, name FROM staff_invitations WHERE email = 'eve@example.org'",
    );
    assert.deepEqual({ ...rows[0] }, { role: 'office', may_refund: 1, ends_on: '2999-12-31', name: 'eve' });
  });

  test('a lost phone: all second factors go, and a link leaves; the last owner stays, others go', async () => {
    const anne = await joinOffice(t, { email: 'anne@example.org', role: 'owner' });
    const paul = await joinOffice(t, { email: 'paul@example.org', role: 'reader' });
    const last = run('remove', SLUG, '--email', 'anne@example.org');
    assert.deepEqual(
      [last.status, /dernière personne responsable/.test(last.stderr)],
      [1, true],
      last.stderr,
    );
    assert.equal(run('remove', SLUG, '--email', 'PAUL@example.org').status, 0);
    assert.equal((await paul.call('GET', '/me')).status, 401);
    const nobody = run('remove', SLUG, '--email', 'paul@example.org', '--lang', 'en');
    assert.deepEqual([nobody.status, nobody.stderr.trim()], [1, 'Nobody has access here with this e-mail.']);
    const elsewhere = run('reset-factor', 'la-farandole', '--email', 'anne@example.org');
    assert.equal(elsewhere.status, 1, 'another regroupement has no such person');
    assert.equal((await anne.call('GET', '/me')).status, 200);
    const reset = run('reset-factor', SLUG, '--email', 'anne@example.org');
    assert.deepEqual([reset.status, reset.stderr], [0, '']);
    assert.equal((await anne.call('GET', '/me')).status, 401);
    const token = await mailedToken(t, 'staff-enrolment');
    assert.equal((await callStaff(t, 'POST', '/enrolments', { token, password: PASSWORD })).status, 201);
    assert.match(run('list', SLUG).stdout, /anne@example\.org.*sans second facteur/);
  });
});
