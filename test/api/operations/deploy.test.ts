// What server/deploy/ gives an operator, run where its programs are on this machine (Debian: nginx, caddy, systemd): a proxy
// by each example before a real server, the units as systemd judges them, the nightly copy.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { file } from '../../support/certificates/host.ts';
import { freePort, until } from '../../support/demo.ts';
import { type Listening, startListening } from '../../support/listening.ts';

const DEPLOY = fileURLToPath(new URL('../../../server/deploy/', import.meta.url));
const CERTIFICATES = fileURLToPath(new URL('../../support/certificates/', import.meta.url));
const read = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');
const isHere = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe('the examples of proxies, before a server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-deploy-'));
  const running: ChildProcess[] = [];
  let server: Listening;
  before(async () => {
    server = await startListening(undefined, undefined, { TRUSTED_PROXIES: '1' });
  });
  after(async () => {
    for (const child of running) child.kill('SIGTERM');
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (program: string, args: string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    running.push(child);
  };
  /** By TLS, with the certificate of tests; answers status and headers. */
  const ask = (port: number, path: string, headers: Record<string, string> = {}, body = '') =>
    new Promise<{ status: number | undefined; text: string; id: string }>((resolve, reject) => {
      const options = { host: '0.0.0.0', port, path, headers, ca: file('mail-root.pem') };
      request({ ...options, method: body === '' ? 'GET' : 'POST' }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        const id = String(answer.headers['x-request-id'] ?? '');
        answer.on('end', () => resolve({ status: answer.statusCode, text, id }));
      })
        .on('error', reject)
        .end(body);
    });
  async function isServedAt(port: number): Promise<void> {
    await until('the proxy', async () => (await ask(port, '/readyz').catch(() => null))?.status === 200);
    assert.match((await ask(port, '/p/petits-bouleaux')).text, /<amisgest-pay/);
    // Each caller has limits of its own, and cannot write himself another address.
    const misses = async (forged: string) => {
      const answer = await ask(
        port,
        '/v1/paypal/webhooks/petits-bouleaux',
        { 'X-Forwarded-For': forged, 'Content-Type': 'application/json' },
        '{}',
      );
      return answer.status;
    };
    const statuses = [];
    for (let n = 0; n < 80; n++) statuses.push(await misses(`203.0.113.${n}`));
    assert.ok(statuses.includes(429), `the limit of one address: ${[...new Set(statuses)]}`);
  }

  test('nginx.conf', async (t) => {
    if (spawnSync('nginx', ['-v']).error !== undefined) return t.skip('there is no nginx on this machine');
    const [tls, plain] = [await freePort(), await freePort()];
    const site = read('nginx.conf')
      .replaceAll(/\[::\]:443|\[::\]:80/g, (found) =>
        found.replace(/443|80/, (p) => String(p === '80' ? plain : tls)),
      )
      .replace('listen 443', `listen ${tls}`)
      .replace('listen 80', `listen ${plain}`)
      .replace('127.0.0.1:8787', `127.0.0.1:${server.port}`)
      .replaceAll(/\/etc\/letsencrypt\/live\/pay\.example\.org\//g, CERTIFICATES)
      .replace('fullchain.pem', 'mail.pem')
      .replace('privkey.pem', 'mail.key')
      .replaceAll('pay.example.org', '0.0.0.0');
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join('\n');
    const main = join(folder, 'main.conf');
    writeFileSync(
      main,
      `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;\nevents {}\nhttp {\n${paths}\n${site}\n}\n`,
    );
    execFileSync('nginx', ['-t', '-q', '-c', main]);
    run('nginx', ['-c', main]);
    await isServedAt(tls);
    const moved = await fetch(`http://127.0.0.1:${plain}/p/petits-bouleaux?x=1`, { redirect: 'manual' });
    assert.equal(moved.status, 308);
  });

  test('Caddyfile', async (t) => {
    if (!isHere('caddy')) return t.skip('there is no caddy on this machine');
    const port = await freePort();
    const config = join(folder, 'Caddyfile');
    const site = read('Caddyfile').replace(
      /(\} \{\n)/,
      `$1\ttls ${CERTIFICATES}mail.pem ${CERTIFICATES}mail.key\n`,
    );
    writeFileSync(config, `{\n\tadmin off\n\tauto_https off\n\tdefault_sni 0.0.0.0\n}\n${site}`);
    const env = {
      SITE: `https://0.0.0.0:${port}`,
      SERVER: `127.0.0.1:${server.port}`,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    };
    execFileSync('caddy', ['fmt', join(DEPLOY, 'Caddyfile')]);
    run('caddy', ['run', '--config', config, '--adapter', 'caddyfile'], env);
    await isServedAt(port);
  });
});

describe('the units', () => {
  const has = spawnSync('systemd-analyze', ['security', '--help'], { encoding: 'utf8' });
  const judged = (has.stdout ?? '').includes('--offline');
  for (const unit of ['amisgest-pay.service', 'amisgest-pay-backup.service'])
    test(`${unit}: exposed by 2 of 10 at most, as systemd counts`, (t) => {
      if (!judged) return t.skip('there is no systemd-analyze on this machine');
      const { status, stdout } = spawnSync(
        'systemd-analyze',
        ['security', '--offline=true', '--threshold=20', '--no-pager', join(DEPLOY, unit)],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stdout);
      assert.match(stdout, /Overall exposure level/);
    });

  test('systemd knows every line of them', (t) => {
    if (!judged) return t.skip('there is no systemd-analyze on this machine');
    const names = readdirSync(DEPLOY).filter((name) => /\.(service|timer)$/.test(name));
    assert.equal(names.length, 3);
    const { stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', ...names.map((n) => join(DEPLOY, n))],
      {
        encoding: 'utf8',
      },
    );
    // That the project is not in /opt here is no fault of the unit's.
    const ours = stderr
      .split('\n')
      .filter((line) => /amisgest/.test(line) && !/not executable|\/opt\//.test(line));
    assert.deepEqual(ours, []);
  });
});

test('an image takes along every file that its build is read from', () => {
  const root = new URL('../../../', import.meta.url);
  const taken = read('Dockerfile.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const files = new Set(['vite.config.ts', 'custom-elements-manifest.config.js']);
  for (const file of files) {
    // What is in a folder that goes whole needs no look.
    if (file.includes('/')) continue;
    for (const [, path = ''] of readFileSync(new URL(file, root), 'utf8').matchAll(/ from '\.\/([^']+)'/g))
      files.add(path);
  }
  const left = [...files].filter(
    (file) => !taken.some((one) => file.startsWith(`${one}/`) || matchesGlob(file, one)),
  );
  assert.ok(files.size > 4, [...files].join(' '));
  assert.deepEqual(left, []);
});

test('backup.sh makes a checked copy, and lets those of long ago go', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-nightly-'));
  let copied = '';
  const server = await startListening(undefined, async ({ config }) => {
    copied = config.databaseUrl.replace('file:', '');
  });
  try {
    const old = join(folder, '2026-01-01.db');
    copyFileSync(copied, old);
    utimesSync(old, new Date('2026-01-01'), new Date('2026-01-01'));
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: `file:${copied}`,
      DATA_DIR: folder,
      BACKUP_DIR: folder,
    };
    const output = execFileSync(join(DEPLOY, 'backup.sh'), { env, encoding: 'utf8' });
    assert.match(output, /regroupements +1\n/);
    const left = readdirSync(folder);
    assert.equal(left.length, 1, left.join(' '));
    assert.match(left[0] ?? '', /^\d{4}-\d\d-\d\dT\d{6}Z\.db$/);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
