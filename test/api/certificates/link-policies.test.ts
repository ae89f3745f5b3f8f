// The proofs that a regroupement may ask for beside a name and a number (I6): a code, or the staff's yes.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openSession } from '../../../server/accounts/sessions/sessions.ts';
import { remindOfRequests } from '../../../server/certificates/links/link-requests.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { justBefore } from '../../support/just-before.ts';
import { confirm, look, setPolicy, waiting } from '../../support/links.ts';
import { balance, type Payer, signIn } from '../../support/payer.ts';

const HEATHER = ['MacDougall', 'Heather', 'PB-100'] as const;
const WITHOUT_EMAIL = ['D’Août', 'Anne-Sophie', 'PB-200'] as const;
const NOBODY = ['MacDougall', 'Heather', 'PB-999'] as const;

let t: TestApp;
let people = 0;
async function someone(): Promise<Payer> {
  people++;
  return signIn(t, `personne${people}@example.com`);
}
async function start(): Promise<void> {
  t = await startTestApp();
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Heather',
    lastName: 'MacDougall',
    email: 'heather@example.org',
    certificate: 'PB-100',
    invoice: 'F-100',
    totalCents: 500,
  });
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Anne-Sophie',
    lastName: 'D’Août',
    certificate: 'PB-200',
    invoice: 'F-200',
    totalCents: 700,
  });
}

describe('policy « code »: the code goes to the e-mail on file', () => {
  before(start);
  after(() => t.close());
  beforeEach(() => setPolicy(t, 'code'));

  test('the right code opens the whole file; the holder on file is told, and can undo it', async () => {
    const payer = await someone();
    const asked = await look(payer, HEATHER);
    assert.equal(asked.status, 202);
    assert.deepEqual([asked.body.proof, asked.body.expiresIn], ['code', 900]);
    assert.equal((await balance(payer)).certificates.length, 0, 'nothing is open yet');
    const [sent] = await waiting(t, 'link-code');
    assert.equal(sent?.recipient, 'heather@example.org');
    const code = sent?.payload.code ?? '';
    assert.match(code, /^\d{8}$/);

    const opened = await confirm(payer, asked.body.challengeId, `${code.slice(0, 4)} ${code.slice(4)}`);
    assert.equal(opened.status, 201);
    assert.deepEqual(
      opened.body.certificates?.map((c) => [c.number, c.level, c.holderName]),
      [['PB-100', 'verified', 'Heather MacDougall']],
    );
    const again = await confirm(payer, asked.body.challengeId, code);
    assert.deepEqual([again.status, again.body], [201, opened.body], 'asked twice, answered twice');
    assert.deepEqual(await waiting(t, 'link-undecided'), [], 'she has her answer');

    const told = await waiting(t, 'linked');
    assert.deepEqual(
      told.map(({ recipient }) => recipient),
      ['heather@example.org'],
    );
    const undone = await t.call('POST', '/link-undo', { token: told[0]?.payload.undoToken });
    assert.equal(undone.status, 200);
    assert.equal((await balance(payer)).certificates.length, 0);
    const codes = (await waiting(t, 'link-code')).length;
    assert.equal((await look(payer, HEATHER)).status, 202);
    assert.equal(
      (await waiting(t, 'link-code')).length,
      codes,
      'no code any more for an account she sent away',
    );
  });

  test('the code counts as people’s devices write it: in groups, with invisible signs, in wide digits', async () => {
    const wide = (code: string) =>
      code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    for (const typed of [
      (code: string) => ` ${code.slice(0, 4)}\u00a0${code.slice(4)} `,
      (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`,
      (code: string) => `${code.slice(0, 4)}\u2060 ${code.slice(4)}\u200b`,
      wide,
    ]) {
      const payer = await someone();
      const { body } = await look(payer, HEATHER);
      const code = (await waiting(t, 'link-code')).at(-1)?.payload.code ?? '';
      assert.equal((await confirm(payer, body.challengeId, typed(code))).status, 201, typed('12345678'));
    }
  });

  test('the message says who asks, the code, and to give it to nobody', async () => {
    await sendDueMail(t.deps);
    const message = t.outgoing.find(
      ({ to, subject }) => to === 'heather@example.org' && /^Code/.test(subject),
    );
    assert.match(message?.text ?? '', /p•••@example\.com/);
    assert.match(message?.text ?? '', /Code\u00a0: \d{4} \d{4}/);
    assert.match(message?.text ?? '', /Ne donnez ce code à personne/);
    const { rows } = await t.deps.db.execute(
      "SELECT payload FROM outbox WHERE kind = 'link-code' AND state = 'sent'",
    );
    assert.ok(rows.every(({ payload }) => payload === '{}'));
  });

  test('a miss makes a challenge that no code opens: the same answers, five tries, then a new search', async () => {
    const answers = [];
    for (const typed of [HEATHER, NOBODY, WITHOUT_EMAIL]) {
      const payer = await someone();
      const { status, headers, body } = await look(payer, typed);
      const { challengeId, ...rest } = body;
      assert.match(challengeId ?? '', /^[\w-]{22}$/);
      const tries = [];
      const right = (await waiting(t, 'link-code')).at(-1)?.payload.code;
      const wrong = right === '00000000' ? '11111111' : '00000000';
      for (let i = 0; i < 6; i++) {
        const { status, body } = await confirm(payer, challengeId, wrong);
        tries.push([status, body.type, body.triesLeft]);
      }
      answers.push({ status, headers, rest, tries });
    }
    assert.deepEqual(answers[0]?.tries, [
      [422, '/problems/code-wrong', 4],
      [422, '/problems/code-wrong', 3],
      [422, '/problems/code-wrong', 2],
      [422, '/problems/code-wrong', 1],
      [422, '/problems/code-wrong', 0],
      [410, '/problems/code-expired', undefined],
    ]);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  test('a code lives fifteen minutes, and until the next search; it is worth nothing to another account', async () => {
    const payer = await someone();
    const first = await look(payer, HEATHER);
    const second = await look(payer, HEATHER);
    const [one, two] = (await waiting(t, 'link-code')).slice(-2).map(({ payload }) => payload.code ?? '');
    assert.equal((await confirm(payer, first.body.challengeId, one ?? '')).status, 410, 'replaced');
    assert.equal(
      (await confirm(await someone(), second.body.challengeId, two ?? '')).status,
      410,
      'not theirs',
    );
    assert.equal((await confirm(payer, 'A'.repeat(22), '12345678')).status, 410, 'unknown');
    t.clock.advance(900_000);
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const { accessToken } = await openSession(t.deps, regroupement, payer.accountId, BROWSER);
    const late = await t.call(
      'POST',
      '/certificates/links/confirm',
      { challengeId: second.body.challengeId, code: two },
      { Authorization: `DPoP ${accessToken}` },
    );
    assert.equal(late.status, 410, 'too old');
    const nonsense = await confirm(await someone(), 'A'.repeat(22), '1234567');
    assert.deepEqual([nonsense.status, nonsense.body.errors], [400, [{ pointer: '/code', code: 'invalid' }]]);
  });

  test('after ten searches of one number in a day no code leaves any more: staff decide, and are told', async () => {
    t.clock.advance(86_400_000);
    const before = (await waiting(t, 'link-code')).length;
    for (let i = 0; i < 12; i++) assert.equal((await look(await someone(), HEATHER)).body.proof, 'code');
    assert.equal((await waiting(t, 'link-code')).length - before, 10);
    const { rows } = await t.deps.db.execute(
      "SELECT kind, detail FROM exceptions WHERE kind = 'lookup-alert'",
    );
    assert.deepEqual(rows, [
      { kind: 'lookup-alert', detail: '{"scope":"certificate","certificateNumber":"PB-100"}' },
    ]);
    await sendDueMail(t.deps);
    const told = t.outgoing.find(({ subject }) => /trop de recherches/.test(subject));
    assert.equal(told?.to, 'info@petits-bouleaux.test');
    assert.match(told?.text ?? '', /PB-100/);
    assert.doesNotMatch(told?.text ?? '', /PayPal/);
  });

  test('a match costs a try as a miss does, until the code proves it: what is left tells nothing', async () => {
    t.clock.advance(86_400_000);
    for (const typed of [HEATHER, NOBODY]) {
      const payer = await someone();
      for (let i = 0; i < 5; i++) assert.equal((await look(payer, typed)).status, 202);
      const refused = await look(payer, typed);
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.retryAfter) > 0);
    }
  });

  test('the right code sent twice at once gives back the one search that it proves, not two', async () => {
    t.clock.advance(86_400_000);
    const payer = await someone();
    for (let i = 0; i < 4; i++) assert.equal((await look(payer, NOBODY)).status, 202);
    const { body } = await look(payer, HEATHER);
    const code = (await waiting(t, 'link-code')).at(-1)?.payload.code ?? '';
    const once = async () => assert.equal((await confirm(payer, body.challengeId, code)).status, 201);
    await justBefore(t, /UPDATE link_challenges SET used_at/, once, once);
    assert.equal((await look(payer, NOBODY)).status, 202);
    assert.equal((await look(payer, NOBODY)).status, 429);
  });

  test('a code that is awaited is told to whoever comes back, match or miss, until it is worth nothing', async () => {
    t.clock.advance(86_400_000);
    const told = [];
    for (const typed of [HEATHER, NOBODY, WITHOUT_EMAIL]) {
      const payer = await someone();
      assert.equal((await balance(payer)).proof, undefined);
      const { body } = await look(payer, typed);
      t.clock.advance(60_000);
      const { proof } = await balance(payer);
      assert.deepEqual(proof, { proof: 'code', challengeId: body.challengeId, expiresIn: 840 });
      for (let i = 0; i < 5; i++) await confirm(payer, body.challengeId, '00000000');
      told.push((await balance(payer)).proof);
    }
    assert.deepEqual(told, [undefined, undefined, undefined]);
    const payer = await someone();
    await look(payer, HEATHER); // replaced by the next one
    const { body } = await look(payer, HEATHER);
    const code = (await waiting(t, 'link-code')).at(-1)?.payload.code ?? '';
    assert.equal((await confirm(payer, body.challengeId, code)).status, 201);
    assert.equal((await balance(payer)).proof, undefined);
    // Another code, while she has this certificate: as told, found or not.
    const other = await look(payer, NOBODY);
    const { certificates, proof } = await balance(payer);
    assert.equal(certificates.length, 1);
    assert.deepEqual(proof, { proof: 'code', challengeId: other.body.challengeId, expiresIn: 900 });
    const late = await someone();
    await look(late, NOBODY);
    t.clock.advance(900_000 - 1);
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const again = async () => {
      const { accessToken } = await openSession(t.deps, regroupement, late.accountId, BROWSER);
      const answer = await t.call('GET', '/certificates', undefined, {
        Authorization: `DPoP ${accessToken}`,
      });
      return ((await answer.json()) as { proof?: { expiresIn: number } }).proof?.expiresIn;
    };
    assert.equal(await again(), 1);
    t.clock.advance(1);
    assert.equal(await again(), undefined);
  });
});

describe('too many searches of a number ask for more proof of it (policy « name and number »)', () => {
  before(start);
  after(() => t.close());

  test('a code where there is an e-mail on file, staff where there is none; the right name and a wrong one answer the same', async () => {
    const inAlready = await someone();
    assert.equal((await look(inAlready, HEATHER)).status, 201);
    for (const number of ['PB-100', 'PB-200'])
      for (let i = 0; i < 10; i++)
        assert.equal((await look(await someone(), ['Personne', 'Curieuse', number])).status, 404);
    const shapes = [];
    for (const typed of [HEATHER, ['Personne', 'Curieuse', 'PB-100'], WITHOUT_EMAIL] as const) {
      const { status, body } = await look(await someone(), typed);
      shapes.push([status, body.proof, body.expiresIn, Object.keys(body)]);
    }
    assert.deepEqual(shapes[0], [202, 'code', 900, ['proof', 'challengeId', 'expiresIn']]);
    for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
    assert.equal((await waiting(t, 'link-code')).length, 1);
    const { rows } = await t.deps.db.execute('SELECT number_key FROM link_requests');
    assert.deepEqual(rows, [{ number_key: 'PB200' }]);
    assert.equal((await look(inAlready, HEATHER)).status, 201, 'nothing more is asked of whoever is in');
    t.clock.advance(3 * 86_400_000);
    assert.equal((await look(await someone(), HEATHER)).status, 201, 'three days later as before');
  });
});

describe('too many searches in a whole regroupement', () => {
  test('ask for more proof of every number there, tell staff, and leave the other regroupements alone', async () => {
    t = await startTestApp({ trustedProxies: 1 });
    try {
      const find = async (payer: Payer, typed: readonly [string, string, string], address: number) =>
        (
          await payer.call(
            'POST',
            '/certificates/links',
            { lastName: typed[0], firstName: typed[1], certificateNumber: typed[2] },
            { 'X-Forwarded-For': `192.0.2.${address}` },
          )
        ).status;
      for (const slug of ['petits-bouleaux', 'la-farandole'])
        await addInvoice(t.deps, slug, {
          firstName: 'Heather',
          lastName: 'MacDougall',
          certificate: 'PB-100',
          invoice: 'F-100',
          totalCents: 500,
        });
      for (let n = 0; n < 20; n++) {
        const payer = await someone();
        for (let i = 0; i < 5; i++) assert.equal(await find(payer, ['Roy', 'Ève', `PX-${n}-${i}`], n), 404);
      }
      assert.equal(await find(await someone(), HEATHER, 100), 202);
      assert.equal(await find(await signIn(t, 'a@example.com', 'la-farandole'), HEATHER, 101), 201);
      const { rows } = await t.deps.db.execute('SELECT kind, detail FROM exceptions');
      assert.deepEqual(rows, [
        { kind: 'lookup-alert', detail: '{"scope":"regroupement","certificateNumber":null}' },
      ]);
      t.clock.advance(2 * 3_600_000);
      assert.equal(await find(await someone(), HEATHER, 102), 201, 'over, once they stop');
    } finally {
      await t.close();
    }
  });
});

describe('policy « approval »: staff decide', () => {
  let key: string;
  before(async () => {
    await start();
    await setPolicy(t, 'approval');
    const { id } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const made = await createKey(t.deps, id, { name: 'x', scopes: ['links'], lifeMs: 9e9, by: 'cli:test' });
    key = made.secret;
  });
  after(() => t.close());
  const staff = async (method: string, path: string, secret = key, slug = 'petits-bouleaux') => {
    const answer = await t.app.request(`${PUBLIC_URL}/v1/backoffice/${slug}${path}`, {
      method,
      headers: { Authorization: `Bearer ${secret}` },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const pending = async () => (await staff('GET', '/links')).body.requests as Record<string, string>[];

  test('a match waits on the staff’s list, once; a miss answers the same and waits nowhere', async () => {
    const payer = await someone();
    const asked = await look(payer, HEATHER);
    assert.deepEqual([asked.status, asked.body], [202, { proof: 'approval' }]);
    await look(payer, HEATHER);
    const miss = await look(await someone(), NOBODY);
    assert.deepEqual([miss.status, miss.body], [202, { proof: 'approval' }]);
    assert.deepEqual(miss.headers, asked.headers);
    const list = await pending();
    assert.equal(list.length, 1);
    assert.deepEqual(
      [list[0]?.holderName, list[0]?.holderEmail, list[0]?.certificateNumber, list[0]?.undoneBefore],
      ['Heather MacDougall', 'heather@example.org', 'PB-100', false],
    );
    assert.equal((await waiting(t, 'link-requests')).length, 1);
    assert.equal((await balance(payer)).certificates.length, 0);

    const id = list[0]?.id ?? '';
    assert.equal((await staff('POST', `/links/${id}/approve`, key, 'la-farandole')).status, 401);
    assert.deepEqual((await staff('POST', `/links/${id}/approve`)).body, { decision: 'approved' });
    assert.equal((await staff('POST', `/links/${id}/approve`)).status, 200, 'twice is once');
    assert.equal((await staff('POST', `/links/${id}/refuse`)).body.type, '/problems/already-decided');
    assert.equal((await staff('POST', `/links/${'A'.repeat(22)}/refuse`)).status, 404);
    assert.deepEqual(await pending(), []);
    const { certificates } = await balance(payer);
    assert.deepEqual(
      certificates.map((c) => [c.number, c.level]),
      [['PB-100', 'verified']],
    );
    assert.deepEqual(
      (await waiting(t, 'link-approved')).map(({ recipient }) => recipient),
      [`personne${people - 1}@example.com`],
    );
    const [linked] = await waiting(t, 'linked');
    assert.equal(linked?.recipient, 'heather@example.org');
    assert.equal((await t.call('POST', '/link-undo', { token: linked?.payload.undoToken })).status, 200);
    assert.equal((await balance(payer)).certificates.length, 0);
    const { body } = await staff('POST', `/links/${id}/refuse`);
    assert.equal(body.type, '/problems/already-decided', 'what the staff decided stays on the record');
    await look(payer, HEATHER);
    assert.equal((await pending())[0]?.undoneBefore, true, 'staff see that the holder closed it before');
  });

  test('staff are told at once of a day’s first request, and the next morning of what still waits', async () => {
    const told = async () =>
      (await t.deps.db.execute("SELECT 1 FROM outbox WHERE kind = 'link-requests'")).rows.length;
    const ask = async () => look(await someone(), HEATHER);
    const refuseAll = async () => {
      for (const { id } of await pending()) await staff('POST', `/links/${id}/refuse`);
    };
    const hours = (n: number) => t.clock.advance(n * 3_600_000);
    await refuseAll();
    hours(24 - ((t.clock.now / 3_600_000) % 24) + 13);
    const before = await told();
    await ask();
    assert.equal(await told(), before + 1);
    await refuseAll();
    hours(1);
    await ask();
    await remindOfRequests(t.deps);
    assert.equal(await told(), before + 1, 'no flood');
    for (let n = 0; n < 72; n++) {
      hours(1);
      await remindOfRequests(t.deps);
    }
    assert.equal(await told(), before + 2, 'the second is not forgotten, nor told again and again');
    await ask();
    assert.equal(await told(), before + 3);
    await refuseAll();
    hours(24);
    await remindOfRequests(t.deps);
    assert.equal(await told(), before + 3, 'what is decided does not wait');
    await ask();
    await ask();
    hours(72);
    await remindOfRequests(t.deps);
    assert.equal(await told(), before + 5, 'nor is it forgotten when the server was down that morning');
  });

  test('refused, undecided or not found: the same message on the third day, to the minute of the search', async () => {
    const searches = [];
    for (const typed of [WITHOUT_EMAIL, HEATHER, NOBODY]) {
      const payer = await someone();
      const at = t.clock.now;
      await look(payer, typed);
      searches.push({ recipient: `personne${people}@example.com`, after: 3 * 86_400_000, at });
    }
    const refused = (await pending()).find(({ certificateNumber }) => certificateNumber === 'PB-200');
    assert.equal((await staff('POST', `/links/${refused?.id}/refuse`)).status, 200);
    const promised = await waiting(t, 'link-undecided');
    for (const { recipient, at, after } of searches)
      assert.equal(promised.find((one) => one.recipient === recipient)?.next_at, at + after);
    t.clock.advance(3 * 86_400_000);
    await sendDueMail(t.deps);
    const messages = searches.map(({ recipient }) => t.outgoing.find(({ to }) => to === recipient)?.text);
    assert.match(messages[0] ?? '', /Aucun dossier n’a été lié/);
    for (const message of messages) assert.equal(message, messages[0]);
  });

  test('a key without the scope sees and decides nothing', async () => {
    const { id } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const made = await createKey(t.deps, id, { name: 'x', scopes: ['read'], lifeMs: 9e9, by: 'cli:test' });
    assert.equal((await staff('GET', '/links', made.secret)).status, 403);
    assert.equal((await staff('POST', `/links/${'A'.repeat(22)}/approve`, made.secret)).status, 403);
  });
});
