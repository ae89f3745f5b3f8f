// A WordPress of its own, from Debian's packages: its files in a temporary folder, MariaDB on a socket, PHP-FPM, nginx on a
// free port. Nothing of the machine's own WordPress, database or web server is touched.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '../support/demo.ts';

const PACKAGES =
  'wordpress wordpress-theme-twentytwentyone wordpress-theme-twentytwentythree mariadb-server php-fpm nginx';
const SOURCE = '/usr/share/wordpress';
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export const PASSWORD = 'une marmotte sous la galerie';

export interface Site {
  url: string;
  /** Its files, which it may write itself, as when it updates a plugin. */
  folder: string;
  version: string;
  /** What PHP noted since the start. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts it, installed, with the people of install.php. `server`: where the plugin will come from. */
export async function startSite(server: string): Promise<Site> {
  const fpm = globSync('/usr/sbin/php-fpm*')[0];
  const missing =
    fpm === undefined || [SOURCE, '/usr/sbin/mariadbd', '/usr/sbin/nginx'].some((p) => !existsSync(p));
  if (missing || process.getuid?.() !== 0)
    throw new Error(`This test needs Debian, root, and: apt-get install --no-install-recommends ${PACKAGES}`);
  const base = mkdtempSync(join(tmpdir(), 'amisgest-pay-wordpress-'));
  chmodSync(base, 0o755);
  const folder = join(base, 'site');
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const running: ChildProcess[] = [];
  const run = (program: string, args: string[]) => {
    running.push(spawn(program, args, { stdio: 'ignore' }));
  };
  const stop = async () => {
    await Promise.all(running.reverse().map(ended));
    rmSync(base, { recursive: true, force: true });
  };
  try {
    await startDatabase(base, run);
    writeFiles(base, url, server);
    const php = ['-d', 'sendmail_path=/bin/true', here('install.php'), folder, PASSWORD];
    execFileSync('php', php, { stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('chown', ['-R', 'www-data:', folder]);
    run(fpm, ['-F', '-y', writePool(base)]);
    run('/usr/sbin/nginx', ['-c', writeProxy(base, port)]);
    await until('WordPress', async () => (await fetch(url).catch(() => null))?.status === 200);
  } catch (error) {
    await stop();
    throw error;
  }
  const version = /wp_version = '([^']+)'/.exec(
    readFileSync(join(folder, 'wp-includes/version.php'), 'utf8'),
  )?.[1];
  const log = join(folder, 'debug.log');
  return {
    url,
    folder,
    version: version ?? '',
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    stop,
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function startDatabase(base: string, run: (program: string, args: string[]) => void): Promise<void> {
  const data = join(base, 'mysql');
  mkdirSync(data);
  execFileSync('chown', ['mysql:', data]);
  const common = ['--no-defaults', `--datadir=${data}`, '--user=mysql'];
  const how = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  execFileSync('mariadb-install-db', [...common, ...how], { stdio: 'ignore' });
  const socket = join(data, 'socket');
  run('/usr/sbin/mariadbd', [...common, `--socket=${socket}`, '--skip-networking', `--pid-file=${data}/pid`]);
  const sql = (words: string) =>
    execFileSync('mariadb', ['--no-defaults', `--socket=${socket}`, '-e', words], { stdio: 'ignore' });
  await until('MariaDB', async () => {
    try {
      sql('CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4');
      return true;
    } catch {
      return false;
    }
  });
  sql("CREATE USER wordpress@localhost IDENTIFIED BY 'w'; GRANT ALL ON wordpress.* TO wordpress@localhost");
}

function writeFiles(base: string, url: string, server: string): void {
  const folder = join(base, 'site');
  // Debian links some of its parts from elsewhere.
  cpSync(SOURCE, folder, { recursive: true, dereference: true });
  const must = join(folder, 'wp-content/mu-plugins');
  mkdirSync(must);
  copyFileSync(here('must-use.php'), join(must, 'must-use.php'));
  const constants = {
    DB_NAME: 'wordpress',
    DB_USER: 'wordpress',
    DB_PASSWORD: 'w',
    DB_HOST: `localhost:${base}/mysql/socket`,
    DB_CHARSET: 'utf8mb4',
    // What the plugin speaks; WordPress's own words stay English without its translations.
    WPLANG: 'fr_CA',
    WP_HOME: url,
    WP_SITEURL: url,
    WP_DEBUG: true,
    WP_DEBUG_DISPLAY: false,
    WP_DEBUG_LOG: `${folder}/debug.log`,
    // It asks nobody but our server for anything.
    WP_HTTP_BLOCK_EXTERNAL: true,
    WP_ACCESSIBLE_HOSTS: new URL(server).hostname,
    DISABLE_WP_CRON: true,
    FS_METHOD: 'direct',
    AMISGEST_PAY_TEST_PORT: Number(new URL(server).port),
  };
  const lines = Object.entries(constants).map(
    ([name, value]) => `define( '${name}', ${JSON.stringify(value)} );`,
  );
  writeFileSync(
    join(folder, 'wp-config.php'),
    `<?php\n$table_prefix = 'wp_';\n${lines.join('\n')}\nrequire __DIR__ . '/wp-settings.php';\n`,
  );
}

function writePool(base: string): string {
  const config = join(base, 'fpm.conf');
  writeFileSync(
    config,
    `[global]
error_log = ${base}/fpm.log
[site]
user = www-data
group = www-data
listen = ${base}/fpm.sock
listen.owner = www-data
pm = static
pm.max_children = 3
`,
  );
  return config;
}

function writeProxy(base: string, port: number): string {
  const config = join(base, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${base}/${name};`,
  );
  writeFileSync(
    config,
    `daemon off; user www-data; worker_processes 1; pid ${base}/nginx.pid; error_log ${base}/nginx.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${paths.join('\n  ')}
  server {
    listen 127.0.0.1:${port}; listen [::1]:${port};
    root ${base}/site;
    index index.php;
    location / { try_files $uri $uri/ /index.php?$args; }
    location ~ \\.php$ {
      include /etc/nginx/fastcgi_params;
      # Debian's own leaves the port away, and WordPress would send the browser round and round.
      fastcgi_param HTTP_HOST localhost:${port};
      fastcgi_param SCRIPT_FILENAME $request_filename;
      fastcgi_pass unix:${base}/fpm.sock;
      fastcgi_read_timeout 300;
    }
  }
}
`,
  );
  return config;
}
