// The files that commands read and write: nothing that was there is lost, nothing half-written bears the name that was
// asked for, and what is no ordinary file is refused before it is read.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../server/cli/cli.ts', import.meta.url));
const OUTPUT = new URL('../../../server/cli/output-file.ts', import.meta.url).href;
const WHOLE = new URL('../../../server/whole-file.ts', import.meta.url).href;
const INPUT = new URL('../../../server/input-file.ts', import.meta.url).href;
/** What was compiled once is kept, as by the launcher; not where the size of files is limited. */
const COMPILED = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url)),
};
const MAIN = fileURLToPath(new URL('../../../server/main.js', import.meta.url));
const SAMPLE = fileURLToPath(
  new URL('../../support/files/01_excel_frCA_cp1252_pointvirgule.csv', import.meta.url),
);
const SLUG = 'petits-bouleaux';
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg"/>';
/** No command here takes a tenth of it: whatever is read without end would. */
const TIMEOUT = 60_000;

describe('files of the command line', () => {
  let folder: string;
  let dataDir: string;
  let work: string;
  let socket: ReturnType<typeof createServer>;
  let socketPath: string;
  const env = (more: NodeJS.ProcessEnv = {}) => ({
    PATH: process.env.PATH ?? '',
    DATA_DIR: dataDir,
    PUBLIC_URL: 'https://pay.test',
    SECRET_KEY: 'k'.repeat(32),
    ...more,
  });
  const options = (input: string | Buffer, more: NodeJS.ProcessEnv) =>
    ({ input, encoding: 'utf8', env: env(more), timeout: TIMEOUT, maxBuffer: 64_000_000 }) as const;
  const run = (args: string[], input: string | Buffer = '', more: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [CLI, ...args], options(input, { ...COMPILED, ...more }));
  /** By the shell, for what only it can: a limit on what a file may hold, a pipe at a number. */
  const sh = (script: string, ...args: string[]) =>
    spawnSync('sh', ['-c', script, 'sh', process.execPath, CLI, ...args], options('', {}));
  const refused = (args: string[], why: RegExp) => {
    const { status, stdout, stderr, signal } = run(args);
    assert.deepEqual([status, signal], [1, null], `${args.join(' ')}: ${stdout}${stderr}`);
    assert.match(stdout + stderr, why, args.join(' '));
    assert.doesNotMatch(stderr, /\n {4}at /, 'no stack');
  };
  const parts = () => readdirSync(work).filter((name) => name.endsWith('.part'));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-files-'));
    dataDir = join(folder, 'data');
    const settings = ['name', 'phone', 'address', 'privacy-title'].flatMap((name) => [`--${name}`, 'x']);
    const emails = ['--email', 'a@example.org', '--privacy-email', 'a@example.org'];
    // The sample names three: here they are one, by its other names.
    const aliases = [
      'Alliance des milieux familiaux « La Farandole »',
      'Regroupement Outaouais-Gatineau des services éducatifs familiaux / Outaouais Family Childcare Group',
      'Regroupement Petits-Bouleaux de l’Estuaire',
    ].flatMap((name) => ['--alias', name]);
    assert.equal(run(['regroupement', 'add', SLUG, ...settings, ...emails]).status, 0);
    assert.equal(run(['regroupement', 'set', SLUG, ...aliases]).status, 0);
    assert.equal(run(['import', SLUG, SAMPLE]).status, 0);
    socketPath = join(folder, 'socket');
    socket = createServer().listen(socketPath);
    await new Promise((resolve) => socket.once('listening', resolve));
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    writeFileSync(join(dataDir, 'settings.env'), 'LOG_LEVEL=info\n');
  });
  after(() => {
    socket.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    work = mkdtempSync(join(folder, 'work-'));
  });

  /** Every command that writes a file, and what stands at the head of it. */
  const WRITERS: [string[], RegExp][] = [
    [['export', SLUG], /^\ufeffRegroupement;/],
    [['secrets', 'make', SLUG, '--certificates', 'PB-004512'], /^\ufeff# certificat;/],
    [['accounts', 'export', SLUG, '--certificate', 'PB-004512', '--html'], /^<!doctype html>/i],
    [['incidents', 'log', SLUG, '--json'], /^\{/],
  ];

  for (const [args, head] of WRITERS) {
    const name = args.filter((word) => word !== SLUG).join(' ');
    test(`${name}: into a new file for this user alone; never over another, unless --force; never over the database`, () => {
      const out = join(work, 'sortie');
      const made = run([...args, '--out', out]);
      assert.deepEqual([made.status, made.stdout], [0, ''], made.stderr);
      assert.match(readFileSync(out, 'utf8'), head);
      assert.equal(statSync(out).mode & 0o777, 0o600);

      writeFileSync(out, 'mine');
      chmodSync(out, 0o644);
      refused([...args, '--out', out], /existe déjà.*--force/);
      assert.equal(readFileSync(out, 'utf8'), 'mine');
      assert.equal(run([...args, '--out', out, '--force']).status, 0);
      assert.match(readFileSync(out, 'utf8'), head);
      assert.equal(
        statSync(out).mode & 0o777,
        0o600,
        'names are not for whoever could read the file of before',
      );

      refused([...args, '--out', join(dataDir, 'amisgest-pay.db'), '--force'], /jamais remplacé/);
      assert.deepEqual(readdirSync(work), ['sortie']);
    });
  }

  test('on standard output with « - », and in English where asked', () => {
    assert.match(run(['export', SLUG, '--out', '-']).stdout, /^\ufeffRegroupement;/);
    refused(['export', SLUG, '--lang', 'en', '--out', SAMPLE], /exists already.*--force/);
  });

  test('never over what belongs to the server, another database, nor what is no file, whatever the name', async () => {
    const { newFile } = await import(OUTPUT);
    const database = join(dataDir, 'amisgest-pay.db');
    const backup = join(work, 'sauvegarde.db');
    assert.equal(run(['backup', backup]).status, 0);
    const alias = join(work, 'alias');
    linkSync(database, alias);
    const folderLink = join(work, 'lien-dossier');
    symlinkSync(dataDir, folderLink);
    const link = join(work, 'lien');
    symlinkSync(join(work, 'nulle-part'), link);
    const was = process.env.DATA_DIR;
    process.env.DATA_DIR = dataDir;
    try {
      for (const target of [
        ...['', '-wal', '-shm', '-journal'].flatMap((part) => [
          `${database}${part}`,
          join(folderLink, `amisgest-pay.db${part}`),
        ]),
        join(dataDir, '..', 'data', 'amisgest-pay.db'),
        join(dataDir, 'settings.env'),
        join(dataDir, 'secret-key'),
        alias,
        backup,
      ])
        for (const force of [true, false, null])
          assert.throws(() => newFile(target, force), { fr: /jamais remplacé/ }, target);
      for (const [target, fr] of [
        [work, /est un dossier/],
        [`${work}/`, /est un dossier/],
        [join(work, 'pas-la/'), /est un dossier/],
        [link, /est un lien symbolique/],
        [join(folder, 'fifo'), /est un tube/],
        [socketPath, /est une prise/],
        ['/dev/null', /est un périphérique/],
        ['/dev/stdout', /est un lien symbolique/],
        [join(work, 'absent', 'x.csv'), /ENOENT/],
        [join(work, 'n'.repeat(300)), /ENAMETOOLONG/],
      ] as const)
        for (const force of [true, false, null]) assert.throws(() => newFile(target, force), { fr }, target);
      assert.equal(newFile(join(folderLink, 'neuf.csv'), false), join(dataDir, 'neuf.csv'));
    } finally {
      if (was === undefined) delete process.env.DATA_DIR;
      else process.env.DATA_DIR = was;
    }
  });

  test('a name that is taken while the file is made stays whose it is', async () => {
    const { intoPlace, partFor } = await import(WHOLE);
    const target = join(work, 'sortie');
    const part = partFor(target);
    writeFileSync(part, 'ours');
    writeFileSync(target, 'mine');
    assert.throws(() => intoPlace(part, target, false), { fr: /existe déjà/ });
    assert.equal(readFileSync(target, 'utf8'), 'mine');
    rmSync(target);
    intoPlace(part, target, false);
    assert.deepEqual([readFileSync(target, 'utf8'), readdirSync(work)], ['ours', ['sortie']]);
  });

  test('a code or a copy that has no place is not made, nor written down as made', () => {
    const events = () => run(['incidents', 'log', SLUG, '--json']).stdout;
    const was = events();
    refused(
      ['secrets', 'make', SLUG, '--out', join(dataDir, 'amisgest-pay.db'), '--force'],
      /jamais remplacé/,
    );
    refused(['accounts', 'export', SLUG, '--certificate', 'PB-004512', '--out', work], /dossier/);
    assert.equal(events(), was);
  });

  /** The pieces of a file that never ends, by what every command writes with. */
  const endlessly = (out: string, more: string) => `
    const { deliver } = await import(${JSON.stringify(OUTPUT)});
    const call = { values: { out: ${JSON.stringify(out)}, force: true } };
    async function* pieces() { for (;;) { yield 'x'.repeat(100_000); console.error('writing'); ${more} } }
    await deliver(call, pieces()).catch((error) => { console.error(error.fr); process.exitCode = 1; });`;

  test('a full disk: no file of that name, or the one of before', () => {
    const out = join(work, 'sortie');
    const script = ['--input-type=module', '-e', endlessly(out, '')];
    const full = () =>
      spawnSync(
        'sh',
        ['-c', 'trap "" XFSZ; ulimit -f 2000; exec "$@"', 'sh', process.execPath, ...script],
        options('', {}),
      );
    const first = full();
    assert.deepEqual([first.status, first.signal], [1, null], first.stderr);
    assert.match(first.stderr, /Impossible d’écrire .*sortie \(EFBIG\)/);
    assert.deepEqual(readdirSync(work), []);
    writeFileSync(out, 'mine');
    assert.equal(full().status, 1);
    assert.equal(readFileSync(out, 'utf8'), 'mine');
    assert.deepEqual(readdirSync(work), ['sortie']);
    const device = sh('exec "$@" > /dev/full', 'export', SLUG);
    assert.deepEqual([device.status, device.stderr], [1, 'La sortie ne peut pas être écrite (ENOSPC).\n']);
  });

  test('a sheet of codes that a full disk cut short stays beside, and its name is said: they are made once', () => {
    const list = join(work, 'liste.csv');
    const [titles = '', ...rows] = readFileSync(SAMPLE, 'latin1')
      .split('\r\n')
      .filter((line) => line !== '');
    const [, first = ''] = rows;
    const more = Array.from({ length: 250 }, (_, n) =>
      first.replace('PB-004512', `PB-9${1000 + n}`).replace('PB-F-2026-0001', `F-9${n}`),
    );
    writeFileSync(list, [titles, ...more].join('\r\n'), 'latin1');
    const imported = run(['import', SLUG, list]);
    assert.equal(imported.status, 0, imported.stdout.slice(0, 400));
    const out = join(work, 'cartes.html');
    // What the database needs is written; three megabytes of cards are not.
    const { status, stderr } = sh(
      'trap "" XFSZ; ulimit -f 4000; exec "$@"',
      ...['secrets', 'make', SLUG, '--cards', '--out', out],
    );
    assert.equal(status, 1, stderr);
    const [kept] = parts();
    assert.ok(kept !== undefined && stderr.includes(kept), stderr);
    assert.ok(!existsSync(out));
    assert.equal(statSync(join(work, kept)).mode & 0o777, 0o600);
  });

  test('stopped by the user, or from outside: nothing is left behind', async () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const script = endlessly(
        join(work, 'sortie'),
        'await new Promise((resolve) => setTimeout(resolve, 1e6));',
      );
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: env(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await new Promise((resolve) => child.stderr.once('data', resolve));
      assert.equal(parts().length, 1);
      const ended = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
      child.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
      assert.deepEqual(readdirSync(work), []);
    }
  });

  test('a backup: never over a file or the database’s own names', () => {
    const there = join(work, 'x');
    writeFileSync(there, 'mine');
    refused(['backup', there], /existe déjà\. Choisissez un autre nom\.$/m);
    refused(['backup', join(dataDir, 'amisgest-pay.db-journal')], /jamais remplacé/);
    assert.equal(readFileSync(there, 'utf8'), 'mine');
  });

  test('what is no ordinary file, has no end, or changes, is not read', async () => {
    const { inputFile, readWhole } = await import(INPUT);
    const huge = join(work, 'grand.csv');
    writeFileSync(huge, 'a');
    truncateSync(huge, 1_001);
    for (const [path, fr] of [
      ['/dev/zero', /est un périphérique, pas un fichier/],
      ['/dev/null', /est un périphérique/],
      ['/dev/stdin', /est un (périphérique|tube)|est une prise|ENXIO|il n’existe pas/],
      [work, /est un dossier/],
      [join(folder, 'fifo'), /est un tube/],
      [socketPath, /est une prise/],
      [join(work, 'absent'), /ne peut pas être lu\u00a0: il n’existe pas\. Vérifiez le nom/],
      [huge, /est trop long\u00a0: 1 ko au plus/],
      ['/proc/self/environ', /change pendant la lecture/],
    ] as const)
      assert.throws(() => readWhole(path, 1_000), { fr }, path);
    const link = join(work, 'lien');
    const file = join(work, 'fichier');
    symlinkSync(file, link);
    writeFileSync(file, 'b'.repeat(1_000));
    assert.equal(readWhole(link, 1_000).length, 1_000, 'a link to a file is that file');

    for (const change of [
      () => appendFileSync(file, 'c'),
      () => truncateSync(file, 10),
      () => {
        rmSync(file);
        writeFileSync(file, 'd'.repeat(1_000));
      },
      () => {
        rmSync(file);
        spawnSync('mkfifo', [file]);
      },
    ]) {
      rmSync(file);
      writeFileSync(file, 'b'.repeat(1_000));
      const opened = inputFile(file, 10_000);
      change();
      assert.throws(() => [...opened.bytes()], { fr: /change pendant la lecture/ });
    }
  });

  test('import refuses at once what has no end; « - » is standard input, up to a limit', () => {
    refused(['import', SLUG, '/dev/zero'], /est un périphérique/);
    refused(['import', SLUG, join(folder, 'fifo'), '--lang', 'en'], /is a pipe, not an ordinary file/);
    const piped = run(['import', SLUG, '-', '--json'], readFileSync(SAMPLE));
    assert.deepEqual([piped.status, (JSON.parse(piped.stdout) as { unchanged: number }).unchanged], [0, 43]);
    const endless = sh('exec "$@" < /dev/zero', 'import', SLUG, '-');
    assert.deepEqual([endless.status, endless.signal], [1, null]);
    assert.match(endless.stderr, /L’entrée standard est trop longue\u00a0: 64 Mo au plus/);
  });

  test('--logo and the secret: a picture of 200 kB, a secret of a few lines', () => {
    const set = ['regroupement', 'set', SLUG, '--logo'];
    refused([...set, '/dev/zero'], /est un périphérique/);
    const file = join(work, 'logo.svg');
    writeFileSync(file, LOGO.padEnd(200_001, ' '));
    refused([...set, file], /trop long\u00a0: 200 ko au plus/);
    writeFileSync(file, LOGO.padEnd(200_000, ' '));
    assert.equal(run([...set, file]).status, 0);
    const endless = sh('exec "$@" < /dev/zero', 'regroupement', 'set', SLUG, '--paypal-secret-stdin');
    assert.equal(endless.status, 1);
    assert.match(endless.stderr, /4 ko au plus/);
  });

  test('restore: only from a file, and the database stays', () => {
    refused(['restore', '/dev/zero'], /est un périphérique/);
    refused(['restore', join(work, 'absent')], /ne peut pas être lu/);
    assert.equal(run(['payments', SLUG]).status, 0);
    assert.ok(!readdirSync(dataDir).some((name) => /restor/.test(name)));
  });

  test('what the settings name: certificates, the data folder’s settings, the database', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAIN],
      options('', {
        PAYPAL_INTERMEDIATES: '/dev/zero',
        PAYPAL_BASE_URL: 'https://api-m.paypal.com',
        SMTP_URL: 'smtps://mail.test',
        MAIL_FROM: 'a@example.org',
        PORT: '0',
      }),
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, /PAYPAL_INTERMEDIATES is not valid: \/dev\/zero is a device/);
    const other = join(work, 'data');
    mkdirSync(other);
    symlinkSync('/dev/zero', join(other, 'settings.env'));
    const settings = run(['regroupement', 'list'], '', { DATA_DIR: other });
    assert.deepEqual([settings.status, settings.signal], [1, null]);
    assert.match(settings.stderr, /settings\.env is a device/);
    const database = run(['regroupement', 'list'], '', { DATABASE_URL: `file:${join(folder, 'fifo')}` });
    assert.deepEqual([database.status, database.signal], [1, null], database.stderr);
    assert.match(database.stderr, /DATABASE_URL is not valid: .* is a pipe/);
  });

  test('a blank is no name, nor is « - » where no standard stream is meant', () => {
    for (const blank of ['', ' ', '-']) {
      if (blank !== '-') refused(['import', SLUG, blank], /n’est pas un nom de fichier/);
      refused(['backup', blank], /n’est pas un nom de fichier/);
      refused(['restore', blank, '--lang', 'en'], /is not the name of a file/);
      refused(['regroupement', 'set', SLUG, '--logo', blank], /n’est pas un nom de fichier/);
    }
    refused(['export', SLUG, '--out', ' '], /n’est pas un nom de fichier/);
    assert.ok(!existsSync('-') && !existsSync(' '));
  });

  test('restore: the database itself is no backup, by whatever name', () => {
    const database = join(dataDir, 'amisgest-pay.db');
    const link = join(work, 'lien');
    symlinkSync(database, link);
    const alias = join(work, 'alias');
    linkSync(database, alias);
    for (const path of [database, link, alias, join(dataDir, '..', 'data', 'amisgest-pay.db')])
      refused(['restore', path], /est la base elle-même/);
    assert.equal(run(['payments', SLUG]).status, 0);
  });

  test('--force without --out, and --out without a name, are told with the usage', () => {
    assert.equal(run(['export', SLUG, '--force']).status, 2);
    assert.equal(run(['export', SLUG, '--out', '']).status, 2);
    assert.equal(run(['accounts', 'erase', SLUG, '--email', 'a@example.org', '--out', 'x']).status, 2);
  });
});
