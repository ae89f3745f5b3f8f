// When a name and number open a certificate, its holder on file is told, and can undo it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { balance, type Payer, search, signIn } from '../../support/payer.ts';
import { staffWith } from '../../support/staff.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

let t: TestApp;
before(async () => {
  t = await startTestApp();
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Anne-Sophie',
    lastName: 'D’Août',
    certificate: 'PB-004533',
    invoice: 'F-4',
    totalCents: 29_613,
  });
});
after(() => t.close());

let people = 0;
async function someone(): Promise<Payer> {
  people++;
  return await signIn(t, `personne${people}@example.com`);
}
async function mails(): Promise<
  { recipient: string; lang: string; payload: { accountEmailMasked: string; undoToken: string } }[]
> {
  const { rows } = await t.deps.db.execute<{ recipient: string; lang: string; payload: string }>(
    "SELECT recipient, lang, payload FROM outbox WHERE kind = 'linked' ORDER BY created_at, id",
  );
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) }));
}

/** As on a database server: other requests run between one's statements. */
async function interleaved<T>(requests: () => Promise<T>[]): Promise<T[]> {
  const { db } = t.deps;
  t.deps.db = {
    execute: async (sql, args) => {
      await setImmediate();
      return await db.execute(sql, args);
    },
    batch: async (statements) => {
      await setImmediate();
      return await db.batch(statements);
    },
    close: () => db.close(),
  };
  const answers = await Promise.all(requests());
  t.deps.db = db;
  return answers;
}

describe('the holder on file is told', () => {
  test('in her language, once, without the payer’s whole address; and can undo it', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Heather',
      lastName: 'MacDougall',
      email: 'heather@example.org',
      certificate: 'PB-100',
      invoice: 'F-100',
      totalCents: 500,
    });
    await t.deps.db.execute("UPDATE holders SET lang = 'en-CA' WHERE email = 'heather@example.org'");
    const payer = await someone();
    const clicks = await interleaved(() =>
      Array.from({ length: 4 }, () => search(payer, 'MacDougall', 'Heather', 'PB-100')),
    );
    assert.deepEqual(
      clicks.map((a) => a.status),
      [201, 201, 201, 201],
    );
    await search(payer, 'MacDougall', 'Heather', 'PB-100');
    const [mail, ...others] = await mails();
    assert.equal(others.length, 0);
    assert.deepEqual(
      [mail?.recipient, mail?.lang, mail?.payload.accountEmailMasked],
      ['heather@example.org', 'en-CA', 'p•••@example.com'],
    );

    const token = mail?.payload.undoToken ?? '';
    const post = async (path: string, slug = 'petits-bouleaux') =>
      (
        await t.app.request(`https://pay.test/v1/regroupements/${slug}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ token }),
        })
      ).status;
    assert.equal(await post('/link-undo', 'la-farandole'), 410, 'another regroupement');
    assert.equal(await post('/link-undo/check'), 200);
    assert.equal(await post('/link-undo/check'), 200, 'looking changes nothing');
    assert.equal((await balance(payer)).certificates.length, 1);
    assert.ok((await interleaved(() => [post('/link-undo'), post('/link-undo')])).includes(200));
    const { rows: record } = await t.deps.db.execute(
      "SELECT 1 FROM security_log WHERE event = 'certificate-link-undone'",
    );
    assert.equal(record.length, 1, 'two clicks at once are one');
    assert.equal((await balance(payer)).certificates.length, 0);
    assert.equal((await payer.call('POST', '/quotes', { invoiceIds: [invoiceId] })).status, 404);
    assert.equal(await post('/link-undo'), 410, 'used');
    assert.equal((await search(payer, 'MacDougall', 'Heather', 'PB-100')).status, 404, 'not again');
    assert.equal(
      (await search(await someone(), 'MacDougall', 'Heather', 'PB-100')).status,
      201,
      'somebody else may',
    );
  });

  test('not when it is her own account, nor when no e-mail is on file', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Zoé',
      lastName: 'Œuvrard',
      email: 'zoe@example.org',
      certificate: 'PB-110',
      invoice: 'F-110',
      totalCents: 500,
    });
    const before = (await mails()).length;
    const her = await signIn(t, 'ZOE@example.org');
    const found = await search(her, 'Oeuvrard', 'Zoe', 'PB-110');
    assert.deepEqual([found.status, found.body.certificates?.[0]?.level], [201, 'verified']);
    await search(await someone(), 'D’Août', 'Anne-Sophie', 'PB-004533');
    assert.equal((await mails()).length, before);
  });

  test('an old or invented undo link is no longer valid', async () => {
    const answer = await t.call('POST', '/link-undo/check', { token: 'x'.repeat(43) });
    assert.equal(((await answer.json()) as { type: string }).type, '/problems/link-invalid');
    assert.equal((await t.call('POST', '/link-undo', { token: 'a b' })).status, 400);

    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ghislaine',
      lastName: 'Roy',
      email: 'ghislaine@example.org',
      certificate: 'PB-120',
      invoice: 'F-120',
      totalCents: 500,
    });
    await search(await someone(), 'Roy', 'Ghislaine', 'PB-120');
    const told = (await mails()).find(({ recipient }) => recipient === 'ghislaine@example.org');
    const undo = async (path = '') =>
      (await t.call('POST', `/link-undo${path}`, { token: told?.payload.undoToken })).status;
    t.clock.advance(90 * 24 * 3_600_000 - 1);
    assert.equal(await undo('/check'), 200, 'to the last moment of its ninety days');
    t.clock.advance(1);
    assert.deepEqual([await undo('/check'), await undo()], [410, 410]);
  });
});

describe('the regroupement closes a link when somebody calls', () => {
  const staff = (...words: string[]) =>
    spawnSync(process.execPath, [LAUNCHER, ...words], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: t.deps.config.databaseUrl,
        PUBLIC_URL: 'https://pay.test',
      },
    });
  const listed = (number: string) =>
    JSON.parse(staff('links', 'list', 'petits-bouleaux', '--certificate', number, '--json').stdout) as {
      id: string;
      accountEmail: string;
      level: string;
      method: string;
    }[];

  test('she has no e-mail on file, or no longer the message: staff see who sees it, and close it to that account', async () => {
    const payer = await someone();
    const other = await someone();
    for (const one of [payer, other]) {
      t.clock.advance(1_000);
      assert.equal((await search(one, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
    }
    const emails = [`personne${people - 1}@example.com`, `personne${people}@example.com`];
    const [hers, ...more] = listed('pb 004533').filter(({ accountEmail }) => emails.includes(accountEmail));
    assert.deepEqual([hers?.accountEmail, hers?.level, hers?.method], [emails[0], 'pay', 'name-and-number']);
    assert.equal(more.length, 1);
    assert.deepEqual(listed('PB-999'), []);
    assert.match(staff('links', 'list', 'petits-bouleaux', '--certificate', 'PB-004533').stdout, /personne/);

    const id = hers?.id ?? '';
    assert.equal(staff('links', 'undo', 'la-farandole', id).status, 1, 'another regroupement’s');
    assert.equal((await balance(payer)).certificates.length, 1);
    assert.equal(staff('links', 'undo', 'petits-bouleaux', id).status, 0);
    assert.equal(staff('links', 'undo', 'petits-bouleaux', id).status, 0, 'twice is once');
    assert.equal(staff('links', 'undo', 'petits-bouleaux', 'A'.repeat(22)).status, 1);
    assert.equal(staff('links', 'undo', 'petits-bouleaux').status, 2);
    assert.equal(staff('links', 'list', 'petits-bouleaux').status, 2);
    assert.equal((await balance(payer)).certificates.length, 0);
    assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 404, 'not again');
    assert.equal((await balance(other)).certificates.length, 1, 'the other account keeps its own');
    const { rows } = await t.deps.db.execute<{ detail: string }>(
      "SELECT detail FROM security_log WHERE event = 'certificate-link-undone' AND account_id = ?",
      [payer.accountId],
    );
    assert.equal(rows.length, 1);
    assert.match(rows[0]?.detail ?? '', /"by":"cli/);
  });

  test('whoever asks for more proof from now on is told of the links that a name and a number opened, and sees them', async () => {
    const set = (policy: string, ...more: string[]) =>
      staff('regroupement', 'set', 'petits-bouleaux', '--link-policy', policy, ...more);
    const byName = ['links', 'list', 'petits-bouleaux', '--method', 'name-and-number'];
    const payer = await someone();
    assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
    const links = JSON.parse(staff(...byName, '--json').stdout) as {
      id: string;
      certificateNumber: string;
    }[];
    assert.ok(links.length > 0);
    assert.ok(links.some(({ certificateNumber }) => certificateNumber === 'PB-004533'));

    const told = set('code').stdout;
    assert.match(told, new RegExp(`${links.length} lien.*nom et le numéro.*\n.*${byName.join(' ')}`));
    assert.match(set('secret', '--lang', 'en').stdout, new RegExp(`${links.length} link.*name and number`));
    assert.equal(JSON.parse(set('approval', '--json').stdout).linksByNameAndNumber, links.length);
    assert.equal((await balance(payer)).certificates.length, 1, 'they stay open');
    const neighbours = staff('regroupement', 'set', 'la-farandole', '--link-policy', 'code', '--json');
    assert.equal(JSON.parse(neighbours.stdout).linksByNameAndNumber, 0, 'another regroupement has its own');
    const back = set('name-and-number', '--json');
    assert.deepEqual(JSON.parse(back.stdout), { slug: 'petits-bouleaux', saved: ['link_policy'] });
    const program = await staffWith(t, ['links']);
    for (const { id } of links) assert.equal((await program('POST', `/links/${id}/undo`)).status, 200);
    assert.equal(staff(...byName).stdout, '');
    assert.equal(set('code').stdout, 'petits-bouleaux est enregistré.\n', 'none: nothing more to say');
    assert.equal(set('name-and-number').status, 0);
    assert.equal(staff('links', 'list', 'petits-bouleaux', '--method', 'guess').status, 2);
    assert.equal(
      staff('links', 'list', 'petits-bouleaux', '--method', 'code', '--certificate', 'x').status,
      2,
    );
  });

  test('the same by the staff’s own program; the number that it asks for stands in no address', async () => {
    const payer = await someone();
    assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
    const program = await staffWith(t, ['links']);
    const found = async (certificateNumber: string, by = program) => {
      const answer = await by('POST', '/links/search', { certificateNumber });
      assert.equal(answer.status, 200);
      return ((await answer.json()) as { links: { id: string; accountEmail: string; level: string }[] })
        .links;
    };
    const email = `personne${people}@example.com`;
    const link = (await found('No pb 004533')).find(({ accountEmail }) => accountEmail === email);
    assert.equal(link?.level, 'pay');
    assert.deepEqual(await found('PB-999'), []);
    const neighbour = await staffWith(t, ['links'], 'la-farandole');
    assert.deepEqual(await found('PB-004533', neighbour), []);

    const undo = `/links/${link?.id}/undo`;
    assert.equal((await neighbour('POST', undo)).status, 404);
    assert.equal((await (await staffWith(t, ['read', 'record']))('POST', undo)).status, 403);
    assert.equal((await balance(payer)).certificates.length, 1);
    for (const time of ['once', 'twice is once']) {
      const answer = await program('POST', undo);
      assert.deepEqual([answer.status, await answer.json()], [200, { undone: true }], time);
    }
    assert.equal((await balance(payer)).certificates.length, 0);
    assert.ok((await found('PB-004533')).every(({ accountEmail }) => accountEmail !== email));
    const { rows } = await t.deps.db.execute<{ detail: string }>(
      "SELECT detail FROM security_log WHERE event = 'certificate-link-undone' AND account_id = ?",
      [payer.accountId],
    );
    assert.deepEqual(
      rows.map(({ detail }) => /"by":"key:/.test(detail)),
      [true],
    );
  });
});
