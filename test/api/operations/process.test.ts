// The process around the app, as whoever runs it meets it: what it says when it cannot start, that a start on a used
// folder keeps everything, that an end cuts nobody short, and that its jobs are done once by several processes.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'libsql';
import { startJobs } from '../../../server/jobs.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { freePort, until } from '../../support/demo.ts';
import { startListening } from '../../support/listening.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Ended {
  code: number | null;
  output: string;
}
interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  output(): string;
}

describe('starting and stopping', () => {
  const folders: string[] = [];
  const running = new Set<ChildProcess>();
  after(() => {
    for (const child of running) child.kill('SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'amisgest-pay-process-'));
    folders.push(made);
    return made;
  }
  function start(script: string, env: NodeJS.ProcessEnv, ...flags: string[]): Started {
    const child = spawn(process.execPath, [...flags, ...script.split(' ')], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    const heard = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout?.on('data', heard);
    child.stderr?.on('data', heard);
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => {
        running.delete(child);
        resolve({ code, output });
      });
    });
    return { child, ended, output: () => output };
  }
  /** What a shell has, and nothing that would configure the server. */
  const bare = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR };
  const demo = (dataDir: string, port: number) =>
    start('demo/start.ts', { ...bare, DATA_DIR: dataDir, PORT: String(port) });
  const production = (): NodeJS.ProcessEnv => ({
    ...bare,
    PORT: '0',
    DATA_DIR: folder(),
    PUBLIC_URL: 'https://pay.example.org',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: 'paiement@pay.example.org',
    PAYPAL_BASE_URL: 'https://api-m.paypal.com',
    SECRET_KEY: 'a-key-of-at-least-thirty-two-characters',
  });
  const ready = async (started: Started, port: number) => {
    await until('ready', async () => started.output().includes(`ready http://localhost:${port}/\n`));
  };
  const stopped = async (started: Started): Promise<Ended> => {
    started.child.kill('SIGTERM');
    return started.ended;
  };

  test('production without its settings: each missing one is named, no stack, exit 1', async () => {
    const { code, output } = await start('server/main.js', bare).ended;
    assert.equal(code, 1);
    for (const name of ['PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM', 'PAYPAL_BASE_URL', 'SECRET_KEY'])
      assert.match(output, new RegExp(`^${name} is missing$`, 'm'));
    assert.doesNotMatch(output, /\n\s+at /);
  });

  test('a wrong setting is named, and its value, which may be a secret, is not repeated', async () => {
    const { code, output } = await start('server/main.js', {
      ...bare,
      PUBLIC_URL: 'pay.example.org',
      SMTP_URL: 'smtp://user:hunter-two@mail.example.org',
      MAIL_FROM: 'nobody',
      PAYPAL_BASE_URL: 'https://api-m.paypal.com',
      SECRET_KEY: 'hunter-two',
    }).ended;
    assert.equal(code, 1);
    assert.match(output, /^PUBLIC_URL is not valid/m);
    assert.match(output, /^MAIL_FROM is not valid/m);
    assert.match(output, /^SECRET_KEY is not valid: each key needs at least 32 characters$/m);
    assert.doesNotMatch(output, /hunter-two|SMTP_URL is|nobody/);
  });

  test('production that would take every caller for a proxy does not start: it says why and how to mend it', async () => {
    for (const HOST of ['0.0.0.0', '::']) {
      const { code, output } = await start('server/main.js', { ...production(), HOST, TRUSTED_PROXIES: '1' })
        .ended;
      assert.equal(code, 1);
      assert.match(
        output,
        /^amisgest-pay cannot start:\nTRUSTED_PROXIES is a number, .*Name the proxies by address.*\n$/,
      );
    }
  });

  test('production whose page on privacy could not say where the data are: what is missing is named', async () => {
    const settings = production();
    const serves = async ({ output }: Started) =>
      until('serving', async () => output().includes('ready on port'));
    const bareOne = start('server/main.js', settings);
    await serves(bareOne);
    assert.match(
      (await stopped(bareOne)).output,
      /"assessment-incomplete","missing":"DATA_PLACE MAIL_PLACE"/,
    );
    const places = { DATA_PLACE: 'Chez nous, Rimouski (Québec)', MAIL_PLACE: 'Chez nous' };
    const whole = start('server/main.js', { ...settings, ...places });
    await serves(whole);
    assert.doesNotMatch((await stopped(whole)).output, /assessment/);
  });

  describe('what nothing caught, and names her', () => {
    // As a mail server's refusal looks. Planted from outside, since nothing of ours is known to let one through.
    const fault = (code: string): string => {
      const file = join(folder(), 'fault.mjs');
      const error = `const error = Object.assign(new Error('550 <marie@example.org>:\\n    at PB-000001'), {
        code: 'EENVELOPE', rejected: ['marie@example.org'], cause: new TypeError('Marie-Ève') });`;
      writeFileSync(file, `${error}\n${code}`);
      return `--import=${pathToFileURL(file)}`;
    };
    const onSignal = (code: string) => `process.once('SIGUSR2', () => { ${code} })`;
    const lastWords = ({ code, output }: Ended, ready: RegExp): string => {
      assert.equal(code, 1, 'whoever runs it starts it again');
      assert.doesNotMatch(output, /marie|Marie|PB-0/);
      const lines = output.split('\n').filter((line) => line !== '' && !/^ready |assessment/.test(line));
      assert.equal(lines.length, 1, output);
      assert.match(output, ready);
      const { level, event, error } = JSON.parse(lines[0] ?? '') as Record<string, string>;
      assert.deepEqual([level, event], ['error', 'uncaught']);
      return error ?? '';
    };
    const told = /^Error EENVELOPE\n +at .*\ncaused by TypeError\n +at /s;
    const ways: [how: string, code: string, told: RegExp, script?: string][] = [
      ['a promise that fails', 'Promise.reject(error)', told],
      ['an exception', 'throw error', told],
      ['words alone', 'Promise.reject(error.message)', /^\w+ ERR_UNHANDLED_REJECTION/],
      ['by the command', 'throw error', told, 'server/cli/cli.ts serve'],
    ];
    for (const [how, code, error, script = 'server/main.js'] of ways) {
      test(`${how}: the server ends with one line of its log, which says where and not whom`, async () => {
        const env = { ...production(), LOG_LEVEL: 'silent' };
        const server = start(script, env, fault(onSignal(code)));
        await until('serving', async () => server.output().includes('ready on port'));
        server.child.kill('SIGUSR2');
        assert.match(lastWords(await server.ended, /^ready on port/m), error);
      });
    }

    test('the demo does as the server does', async () => {
      const port = await freePort();
      const env = { ...bare, DATA_DIR: folder(), PORT: String(port) };
      const demoing = start('demo/start.ts', env, fault(onSignal('throw error')));
      await ready(demoing, port);
      demoing.child.kill('SIGUSR2');
      assert.match(lastWords(await demoing.ended, /^ready http/m), /^Error EENVELOPE\n/);
    });

    test('and so does a start that goes wrong in a way that nobody foresaw', async () => {
      const unreadable = 'process.env = new Proxy(process.env, { ownKeys() { throw error } })';
      const { code, output } = await start('server/main.js', bare, fault(unreadable)).ended;
      assert.equal(code, 1);
      assert.match(output, /^{.*"event":"uncaught".*}\n$/);
      assert.doesNotMatch(output, /marie|Marie|PB-0/);
    });
  });

  test('a data folder that cannot be made: one line that says which and why', async () => {
    const file = join(folder(), 'a-file');
    writeFileSync(file, '');
    const { code, output } = await demo(join(file, 'data'), await freePort()).ended;
    assert.equal(code, 1);
    assert.match(output, /^DATA_DIR cannot be used: .*a-file.*\n$/);
  });

  test('a port that is no port: one line', async () => {
    const { code, output } = await start('demo/start.ts', { ...bare, PORT: '8787x', DATA_DIR: folder() })
      .ended;
    assert.equal(code, 1);
    assert.equal(output, 'PORT must be a number from 1 to 65535.\n');
  });

  test('used folder: started again, all is kept and nothing is there twice; a taken port says so', async () => {
    const dataDir = folder();
    const port = await freePort();
    const first = demo(dataDir, port);
    await ready(first, port);
    // A new rate of the premium tax is told within a second of the start: once, not at each.
    await until('the three to be told', async () => contents(dataDir).exceptions === 3);
    const before = contents(dataDir);
    assert.ok((before.invoices ?? 0) > 30 && (before.accounts ?? 0) > 2);

    const refused = await demo(folder(), port).ended;
    assert.equal(refused.code, 1);
    assert.equal(
      refused.output,
      `Le port ${port} est déjà utilisé. / Port ${port} is already in use: set PORT to another one.\n`,
    );
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      assert.equal((await fetch(`http://${host}:${port}/healthz`)).status, 200, host);

    assert.deepEqual(await stopped(first), { code: 0, output: `ready http://localhost:${port}/\n` });
    const registered = inDatabase(dataDir, (db) => {
      db.exec(`UPDATE regroupements SET pages = json_insert(pages, '$[#]', 'https://www.exemple.test/payer', '$[#]', 'http://localhost:5173/'),
        phone = '418 555-0142' WHERE slug = 'petits-bouleaux'`);
      return db.prepare('SELECT * FROM regroupements ORDER BY slug').all();
    });
    const second = demo(dataDir, port);
    await ready(second, port);
    assert.deepEqual(contents(dataDir), before);
    assert.deepEqual(
      inDatabase(dataDir, (db) => db.prepare('SELECT * FROM regroupements ORDER BY slug').all()),
      registered,
    );
    assert.equal((await stopped(second)).code, 0);

    // On another port the demo's own page moves along; what else is registered stays, a developer's own page too.
    const elsewhere = await freePort();
    const third = demo(dataDir, elsewhere);
    await ready(third, elsewhere);
    assert.deepEqual(
      inDatabase(dataDir, (db) =>
        db.prepare("SELECT value FROM regroupements, json_each(pages) WHERE slug = 'petits-bouleaux'").all(),
      ),
      [`http://localhost:${elsewhere}/`, 'https://www.exemple.test/payer', 'http://localhost:5173/'].map(
        (value) => ({ value }),
      ),
    );
    assert.equal((await stopped(third)).code, 0);

    const { code, output } = await start('server/main.js', { ...production(), DATA_DIR: dataDir }).ended;
    assert.equal(code, 1, 'and no real server opens it');
    assert.match(output, /made by `npm start`.*passwords everybody knows.*DATA_DIR or DATABASE_URL/);
  });

  test('a database made by a newer program is left alone', async () => {
    const dataDir = folder();
    const port = await freePort();
    const first = demo(dataDir, port);
    await ready(first, port);
    await stopped(first);
    const db = new Database(join(dataDir, 'amisgest-pay.db'));
    db.prepare('INSERT INTO schema_migrations(name, applied_at) VALUES (?, 0)').run(
      '9999_from_the_future.sql',
    );
    db.close();
    const { code, output } = await demo(dataDir, port).ended;
    assert.equal(code, 1);
    assert.match(
      output,
      /^The database cannot be used .*newer than the program.*9999_from_the_future\.sql\n$/,
    );
  });

  test('asked to end: no new calls, the one under way is answered, and the process ends by itself', async () => {
    const port = await freePort();
    const demoing = demo(folder(), port);
    await ready(demoing, port);
    const body = '{"email":"stremblay.garde@example.com","password":"sept grenouilles bleues"}';
    const call = connect(port, '127.0.0.1');
    let answer = '';
    call.on('data', (chunk) => {
      answer += chunk;
    });
    const hungUp = new Promise<void>((resolve) => call.once('close', () => resolve()));
    call.write(
      'POST /v1/regroupements/petits-bouleaux/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    );
    // The server has this call once it has answered a later one.
    await fetch(`http://127.0.0.1:${port}/healthz`);
    demoing.child.kill('SIGTERM');
    await until('the door to close', () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    assert.equal(answer, '', 'the call still waits for the rest of its body');
    const asked = Date.now();
    call.write(body.slice(20));
    await hungUp;
    assert.ok(Date.now() - asked < 5_000, 'a connection that its client keeps alive holds nobody up');
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.match(answer, /"requestId":"[^"]+"}$/, 'the answer is whole');
    assert.equal((await demoing.ended).code, 0);
  });
});

/** How many rows each table and view has. */
function inDatabase<T>(dataDir: string, work: (db: InstanceType<typeof Database>) => T): T {
  const db = new Database(join(dataDir, 'amisgest-pay.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function contents(dataDir: string): Record<string, number> {
  const db = new Database(join(dataDir, 'amisgest-pay.db'), { readonly: true });
  try {
    const tables = db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT IN ('leases', 'rate_limits')",
      )
      .all() as { name: string }[];
    return Object.fromEntries(
      tables.map(({ name }) => [
        name,
        (db.prepare(`SELECT count(*) AS n FROM "${name}"`).get() as { n: number }).n,
      ]),
    );
  } finally {
    db.close();
  }
}

describe('the jobs beside the calls', () => {
  let t: TestApp;
  before(async () => {
    t = await startTestApp();
  });
  after(() => t.close());

  test('two processes share one job: one does it, and when that one ends the other takes over', async () => {
    const rounds = [0, 0];
    const start = (i: number) =>
      startJobs(t.deps, [
        { name: 'sweep', everyMs: 5, work: async () => (rounds[i] = (rounds[i] ?? 0) + 1) },
      ]);
    const first = start(0);
    await until('the first to work', async () => (rounds[0] ?? 0) > 0);
    const second = start(1);
    const seen = rounds[0] ?? 0;
    await until('more rounds', async () => (rounds[0] ?? 0) > seen + 5);
    assert.equal(rounds[1], 0, 'while the first holds the lease, the second does nothing');
    await first.stop();
    const last = rounds[0];
    await until('the second to take over', async () => (rounds[1] ?? 0) > 2);
    assert.equal(rounds[0], last);
    await second.stop();
  });

  test('a process that died without a word is replaced once its lease is over', async () => {
    let rounds = 0;
    let looks = 0;
    await t.deps.db.execute('INSERT INTO leases(name, holder, until) VALUES (?, ?, ?)', [
      'orphan',
      'a process that was killed',
      t.clock.now + 60_000,
    ]);
    const jobs = startJobs(t.deps, [
      { name: 'orphan', everyMs: 5, work: async () => rounds++ },
      { name: 'beside it', everyMs: 10, shared: true, work: async () => looks++ },
    ]);
    await until('a few looks at the lease', async () => looks > 3);
    assert.equal(rounds, 0);
    t.clock.advance(60_001);
    await until('the work to be taken up', async () => rounds > 0);
    await jobs.stop();
  });

  test('what is due now and then is kept for as long as it says by whoever did it, and leaves no trace while nothing is due', async () => {
    let due = false;
    const rounds = [0, 0];
    const job = (i: number) => ({
      name: 'now and then',
      everyMs: 5,
      leaseMs: 60_000,
      due: async () => due,
      work: async () => {
        rounds[i] = (rounds[i] ?? 0) + 1;
      },
    });
    let looks = 0;
    const both = [0, 1].map((i) => startJobs(t.deps, [job(i)]));
    const clock = startJobs(t.deps, [
      { name: 'looks', everyMs: 20, shared: true, work: async () => looks++ },
    ]);
    await until('a few looks', async () => looks > 3);
    assert.equal(
      (await t.deps.db.execute("SELECT 1 FROM leases WHERE name = 'now and then'")).rows.length,
      0,
    );
    due = true;
    await until('one of them to work', async () => rounds.some((n) => n > 0));
    const first = rounds.findIndex((n) => n > 0);
    t.clock.advance(30_000); // far more than a few rounds
    const seen = rounds[first] ?? 0;
    await until('more rounds', async () => (rounds[first] ?? 0) > seen + 5);
    assert.equal(rounds[1 - first], 0);
    await Promise.all([...both, clock].map((jobs) => jobs.stop()));
  });

  test('a job that fails is logged and comes again; stopping waits for the round under way', async () => {
    let tries = 0;
    let finish = () => {};
    let finished = false;
    const jobs = startJobs(t.deps, [
      {
        name: 'shaky',
        everyMs: 1,
        shared: true,
        async work() {
          tries++;
          if (tries < 3) throw new Error('no luck');
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          finished = true;
        },
      },
    ]);
    await until('the third try', async () => tries === 3);
    assert.equal(t.logged.filter((line) => line.includes('"job":"shaky"')).length, 2);
    const stopped = jobs.stop();
    finish();
    await stopped;
    assert.ok(finished);
    assert.equal(tries, 3);
  });

  test('what was kept long enough goes by itself, within the hour', async (context) => {
    const wait = globalThis.setTimeout;
    // An hour is soon over here; every other wait is as long as it is.
    const hurried = (work: () => void, ms?: number) => wait(work, ms === 3_600_000 ? 5 : ms);
    context.mock.method(globalThis, 'setTimeout', hurried as typeof setTimeout);
    const server = await startListening(undefined, ({ db }) =>
      db.execute("INSERT INTO dpop_proofs(key, call, expires_at) VALUES ('old', 'x', 1)"),
    );
    try {
      await until('it to go', async () => {
        const { rows } = await server.deps.db.execute('SELECT 1 FROM dpop_proofs');
        return rows.length === 0;
      });
    } finally {
      await server.stop();
    }
  });
});
