// `npm run test:ecosystem`: our package and our API before judges that others wrote, too heavy for every day (800 MB). They
// stand outside of the project, as their users' projects do, installed by a lock file of their own and kept for next time.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HERE = join(ROOT, 'test/ecosystem');
const FOLDER = process.env.ECOSYSTEM ?? join(tmpdir(), 'amisgest-pay-ecosystem');
const INSTALLED = join(FOLDER, 'node_modules/.installed.json');

install();
rmSync(join(FOLDER, 'projects'), { recursive: true, force: true });
cpSync(join(HERE, 'projects'), join(FOLDER, 'projects'), { recursive: true });
cpSync(join(HERE, 'spectral.yaml'), join(FOLDER, 'spectral.yaml'));
run('npm', ['run', '--silent', 'build:npm'], ROOT);
rmSync(join(FOLDER, 'node_modules/amisgest-pay'), { recursive: true, force: true });
cpSync(join(ROOT, 'dist/npm'), join(FOLDER, 'node_modules/amisgest-pay'), { recursive: true });

const asked = process.argv.slice(2);
const files = globSync('*.test.ts', { cwd: HERE })
  .filter((file) => asked.length === 0 || asked.includes(file.replace('.test.ts', '')))
  .sort();
run(process.execPath, ['--test', '--test-concurrency=1', ...files.map((file) => join(HERE, file))], ROOT);

/** By the lock file, unless that has been done already. */
function install(): void {
  const lock = join(HERE, 'package-lock.json');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === readFileSync(lock, 'utf8')) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(HERE, file), join(FOLDER, file));
  run('npm', ['ci', '--ignore-scripts'], FOLDER);
  cpSync(lock, INSTALLED);
}

/** Ends everything where it fails. */
function run(command: string, args: string[], cwd: string): void {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ECOSYSTEM: FOLDER },
  });
  if (status !== 0) process.exit(status ?? 1);
}
