// The command line as staff and scripts call it: a process of its own, its exit code, one JSON object, and a secret
// that comes by standard input and is never shown.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const SAMPLE = fileURLToPath(
  new URL('../../support/files/01_excel_frCA_cp1252_pointvirgule.csv', import.meta.url),
);

describe('the command line', () => {
  let dataDir: string;
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-cli-'));
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));
  const run = (args: string[], input = '', env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, ...env },
    });
    return { status, stdout, stderr };
  };
  const settings = [
    '--name',
    'Regroupement Petits-Bouleaux',
    '--email',
    'a@example.org',
    '--phone',
    '418 555-0123',
    '--address',
    '12, rue',
    '--privacy-title',
    'Direction',
    '--privacy-email',
    'p@example.org',
  ];

  test('what is not understood is told with the usage, exit 2', () => {
    for (const args of [
      [],
      ['frobnicate'],
      ['import'],
      ['import', 'a'],
      ['import', 'a', 'b', 'c'],
      ['import', 'a', 'b', '--bogus'],
      ['regroupement', 'add'],
      ['regroupement', 'add', 'Pas Un Nom'],
      ['regroupement', 'add', 'x'],
      ['regroupement', 'set', 'x', '--page', 'http://evil.test/'],
    ]) {
      const { status, stdout, stderr } = run(args);
      assert.equal(status, 2, args.join(' '));
      assert.ok((stdout + stderr).length > 40);
      assert.doesNotMatch(stderr, /\n {4}at /, 'no stack');
    }
    assert.equal(run(['--help']).status, 0);
    for (const command of ['serve', 'migrate', 'regroupement', 'import', 'payments']) {
      assert.match(run([command, '--help']).stdout, new RegExp(`^${command}`));
      assert.match(run([command, '--help', '--lang', 'en']).stdout, new RegExp(`^${command}`));
    }
  });

  test('a regroupement is added once, changed, listed; its PayPal secret comes by standard input and is never shown', () => {
    assert.equal(run(['regroupement', 'add', 'petits-bouleaux', ...settings]).status, 0);
    assert.equal(run(['regroupement', 'add', 'petits-bouleaux', ...settings]).status, 1);
    assert.equal(run(['regroupement', 'set', 'nobody', '--name', 'x']).status, 1);
    const credentials = [
      'regroupement',
      'set',
      'petits-bouleaux',
      '--paypal-client-id',
      'client',
      '--paypal-secret-stdin',
    ];
    assert.match(run(credentials, 'the-secret\n').stderr, /SECRET_KEY/);
    const set = run(credentials, 'the-secret\n', { SECRET_KEY: 'k'.repeat(32) });
    assert.equal(set.status, 0);
    const list = run(['regroupement', 'list', '--json']);
    assert.deepEqual(JSON.parse(list.stdout), [
      {
        slug: 'petits-bouleaux',
        name: 'Regroupement Petits-Bouleaux',
        email: 'a@example.org',
        pages: [],
        payable: true,
      },
    ]);
    assert.doesNotMatch(set.stdout + set.stderr + list.stdout, /the-secret/);
    for (const file of readdirSync(dataDir))
      assert.ok(!readFileSync(join(dataDir, file)).includes('the-secret'), `in clear in ${file}`);
  });

  test('a setting that could write into a header is refused; what was meant is kept in one writing; an old bad one is told', () => {
    const set = (...more: string[]) => run(['regroupement', 'set', 'petits-bouleaux', ...more]);
    const listed = () => JSON.parse(run(['regroupement', 'list', '--json']).stdout)[0];
    const before = listed();
    for (const bad of [
      ['--page', 'https://example.org', '--page', 'https://x;script-src-elem'],
      ['--name', 'Bouleaux\r\nBcc: x@example.org'],
      ['--email', 'mailto:a@b.org'],
      ['--help-url', 'javascript:alert(1)'],
      ['--accent', 'red;}'],
    ]) {
      const { status, stderr } = set(...bad);
      assert.deepEqual([status, stderr.startsWith(`${bad[0]}: `)], [2, true], `${bad.join(' ')} ${stderr}`);
    }
    assert.deepEqual(listed(), before, 'nothing of it was saved');
    const page = '\u200eHTTPS://Garderie-Été.ca:443/payer\u00a0';
    assert.equal(
      set('--page', page, '--name', '\u202eBouleaux\u202c', '--email', '\ufeffb@example.org').status,
      0,
    );
    const { pages, name, email } = listed();
    assert.deepEqual(
      [pages, name, email],
      [['https://xn--garderie-t-j7ab.ca/payer'], 'Bouleaux', 'b@example.org'],
    );
    const db = new Database(join(dataDir, 'amisgest-pay.db'));
    db.prepare('UPDATE regroupements SET pages = ?').run('["https://*","https://example.org/"]');
    db.close();
    assert.deepEqual([listed().pages, listed().unusable], [['https://example.org/'], ['pages']]);
    assert.match(run(['regroupement', 'list']).stdout, /! pages.*laissé de côté \/ to be mended/);
    assert.equal(set('--page', 'https://example.org/', '--name', 'Regroupement Petits-Bouleaux').status, 0);
    assert.equal(listed().unusable, undefined);
  });

  test('import: one JSON object, exit 0; refused, exit 1; the same file again changes nothing', () => {
    const unnamed = run(['import', 'petits-bouleaux', SAMPLE, '--dry-run']);
    assert.deepEqual(
      [unnamed.status, /aucun regroupement d’ici ne s’appelle/.test(unnamed.stdout)],
      [1, true],
    );
    const names = [
      'Alliance des milieux familiaux « La Farandole »',
      'Regroupement Outaouais-Gatineau des services éducatifs familiaux / Outaouais Family Childcare Group',
      'Regroupement Petits-Bouleaux de l’Estuaire',
    ];
    const aliases = names.flatMap((name) => ['--alias', name]);
    assert.equal(run(['regroupement', 'set', 'petits-bouleaux', ...aliases]).status, 0);
    const trial = run(['import', 'petits-bouleaux', SAMPLE, '--dry-run', '--json']);
    assert.equal(trial.status, 0);
    const report = JSON.parse(trial.stdout) as Record<string, unknown>;
    assert.deepEqual(
      [
        report.rows,
        report.accepted,
        report.unchanged,
        report.repeated,
        report.refused,
        report.totalCents,
        report.balanceCents,
      ],
      [43, 43, 0, 0, [], 1_232_651, 911_959],
    );
    assert.equal(
      (JSON.parse(run(['import', 'petits-bouleaux', SAMPLE, '--json']).stdout) as { accepted: number })
        .accepted,
      43,
    );
    const again = JSON.parse(run(['import', 'petits-bouleaux', SAMPLE, '--json']).stdout) as Record<
      string,
      unknown
    >;
    assert.deepEqual([again.accepted, again.unchanged, again.totalCents], [0, 43, 1_232_651]);
    const empty = join(dataDir, 'vide.csv');
    writeFileSync(empty, '');
    const refused = run(['import', 'petits-bouleaux', empty]);
    assert.equal(refused.status, 1);
    assert.match(refused.stdout, /Le fichier est vide\./);
    assert.equal(run(['import', 'petits-bouleaux', join(dataDir, 'absent.csv')]).status, 1);
    assert.match(run(['import', 'nobody', SAMPLE]).stdout, /petits-bouleaux/);
  });

  test('payments, of a regroupement that has none, and of one that is not there', () => {
    assert.deepEqual(JSON.parse(run(['payments', 'petits-bouleaux', '--json']).stdout), []);
    const unknown = run(['payments', 'nobody']);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /Ce regroupement n’existe pas/);
  });

  test('a data folder that cannot be used is told in one line, exit 1', () => {
    const { status, stderr } = run(['regroupement', 'list'], '', { DATA_DIR: SAMPLE });
    assert.equal(status, 1);
    assert.equal(stderr.trim().split('\n').length, 1);
  });

  test('a regroupement’s colour and picture; a file that is no picture is refused, and nothing is kept', () => {
    const file = join(dataDir, 'logo');
    writeFileSync(file, 'not a picture');
    const refused = run(['regroupement', 'add', 'couleurs', ...settings, '--logo', file]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /PNG, JPEG, WebP ou SVG/);
    writeFileSync(
      file,
      '\ufeff<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    );
    assert.equal(
      run(['regroupement', 'add', 'couleurs', ...settings, '--logo', file, '--accent', '#2c6e49']).status,
      0,
    );
    assert.equal(run(['regroupement', 'set', 'couleurs', '--accent', 'green']).status, 2);
  });

  test('the article of a regroupement’s name is set, in either apostrophe, and nothing else is taken', () => {
    run(['regroupement', 'add', 'amis', ...settings]);
    const article = () => {
      const db = new Database(join(dataDir, 'amisgest-pay.db'));
      const row = db.prepare("SELECT article FROM regroupements WHERE slug = 'amis'").get() as {
        article: string | null;
      };
      db.close();
      return row.article;
    };
    assert.equal(article(), null, 'told from the name');
    assert.equal(run(['regroupement', 'set', 'amis', '--article', "l'"]).status, 0);
    assert.equal(article(), 'l’');
    assert.equal(run(['regroupement', 'set', 'amis', '--article', 'aucun']).status, 0);
    const refused = run(['regroupement', 'set', 'amis', '--article', 'une']);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /--article/);
    assert.equal(article(), 'aucun');
  });
});
