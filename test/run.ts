// `npm test`: everything that must hold, in the order in which a failure is cheapest to read. `npm test -- unit api`
// runs some of it. The last line counts tests, each check of the tools as one.
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { graveAdvisories } from './support/audit.ts';
import { findChromium } from './support/chromium.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
// Each test file is a process of its own and compiles the same server: once is enough.
process.env.NODE_COMPILE_CACHE ??= `${ROOT}node_modules/.cache/node`;

interface Counts {
  passed: number;
  failed: number;
  /** Why nothing was checked. */
  skipped?: string;
}
type Suite = { name: string; run(): Promise<Counts> };

const SUITES: Suite[] = [
  { name: 'lint', run: () => tool('biome', ['ci', '.']) },
  { name: 'types', run: () => tool('tsc', ['--noEmit']) },
  { name: 'unused', run: () => tool('knip', []) },
  { name: 'audit', run: () => audit() },
  { name: 'build', run: () => tool('npm', ['run', '--silent', 'build'], ['run', '--silent', 'build:npm']) },
  { name: 'unit', run: () => nodeTests('test/unit/**/*.test.ts', 2) },
  // Many wait for a mail, a lock, a process: a third one works meanwhile.
  { name: 'api', run: () => listenedTo(() => nodeTests('test/api/**/*.test.ts', 3)) },
  { name: 'plans', run: () => nodeTests('test/plans/**/*.test.ts', 1) },
  { name: 'simulation', run: () => nodeTests('test/simulation/**/*.test.ts', 1) },
  { name: 'browser', run: () => browserTests() },
  { name: 'journey', run: () => nodeTests('test/journey/**/*.test.ts', 2) },
];

const asked = process.argv.slice(2);
// Of what the API tests ask of the database.
if (asked.includes('plans')) asked.push('api');
// What is tested as it is shipped must not be an older build, or none.
if (asked.some((name) => ['unit', 'api', 'browser', 'journey'].includes(name))) asked.push('build');
const unknown = asked.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `no such suite: ${unknown.join(', ')} (there are ${SUITES.map((suite) => suite.name).join(', ')})`,
  );
  process.exit(2);
}

const total: Counts = { passed: 0, failed: 0 };
// Its answer comes from the network while the processor is at work on the others.
const advisories = asked.length === 0 || asked.includes('audit') ? listAdvisories() : undefined;
advisories?.catch(() => 'told when it is the turn of the audit');
for (const suite of SUITES) {
  if (asked.length > 0 && !asked.includes(suite.name)) continue;
  const started = Date.now();
  console.log(`\n# ${suite.name}`);
  const counts = await suite.run().catch((error: unknown): Counts => {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  });
  // A suite in which nothing ran has not passed.
  if (counts.passed + counts.failed === 0 && counts.skipped === undefined) counts.failed = 1;
  total.passed += counts.passed;
  total.failed += counts.failed;
  console.log(
    counts.skipped ??
      `# ${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** A command of node_modules/.bin, each time with other words; counts as one test. */
async function tool(name: string, ...calls: string[][]): Promise<Counts> {
  for (const args of calls) {
    const { code } = await command(name, args);
    if (code !== 0) return { passed: 0, failed: 1 };
  }
  return { passed: 1, failed: 0 };
}

/** What npm says of the packages that production runs; nothing where it cannot be asked. */
async function listAdvisories(): Promise<string> {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
  return (await command('npm', args, {}, false)).output;
}

/** Known faults of the packages that production runs. Development's reach nobody, and are looked at by hand. */
async function audit(): Promise<Counts> {
  const grave = graveAdvisories((await advisories) ?? '');
  if (grave === null)
    return {
      passed: 0,
      failed: 0,
      skipped: '# audit: the list of advisories cannot be reached, nothing was checked',
    };
  for (const one of grave) console.error(`known fault: ${one}`);
  return grave.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function command(
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  shown = true,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(name, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', shown ? 'inherit' : 'ignore'],
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    if (shown) process.stdout.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Has what these tests' processes ask of the database written down, for `plans`. */
async function listenedTo(tests: () => Promise<Counts>): Promise<Counts> {
  const folder = mkdtempSync(`${tmpdir()}/amisgest-pay-sql-`);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { NODE_OPTIONS = '' } = process.env;
  process.env.SQL_SEEN = folder;
  process.env.NODE_OPTIONS = `${NODE_OPTIONS} --import=${new URL('plans/capture.ts', import.meta.url).href}`;
  try {
    return await tests();
  } finally {
    process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}

/** Test files by node's own runner, each in a process of its own; only what fails is shown at length. */
function nodeTests(pattern: string, concurrency: number): Promise<Counts> {
  const files = globSync(pattern, { cwd: ROOT }).sort();
  const counts: Counts = { passed: 0, failed: 0 };
  if (files.length === 0) return Promise.resolve(counts);
  const stream = runTests({ files: files.map((file) => `${ROOT}${file}`), concurrency, timeout: 900_000 });
  const isSuite = (data: { details?: { type?: string | undefined } }) => data.details?.type === 'suite';
  stream.on('test:pass', (data) => {
    if (!isSuite(data) && data.skip === undefined) counts.passed++;
  });
  // A suite fails with its tests, which are counted; or by itself, when what comes before or after them does.
  stream.on('test:fail', (data) => {
    const { failureType } = data.details.error as { failureType?: string };
    if (!isSuite(data) || failureType !== 'subtestsFailed') counts.failed++;
  });
  stream.compose(new spec()).pipe(process.stdout, { end: false });
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('end', () => resolve(counts));
  });
}

/** Widget tests in real browsers. The runner's own summary tells the numbers, browser by browser. */
async function browserTests(): Promise<Counts> {
  const { code, output } = await command('wtr', [], { CHROME_PATH: findChromium() });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours
  const plain = output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
  const last = new Map<string, Counts>();
  for (const [, name = '', passed, failed] of plain.matchAll(/(\w+): +\|.*\| (\d+) passed, (\d+) failed/g)) {
    last.set(name, { passed: Number(passed), failed: Number(failed) });
  }
  const sum = (what: 'passed' | 'failed') =>
    [...last.values()].reduce((total, counts) => total + counts[what], 0);
  const failed = sum('failed');
  return { passed: sum('passed'), failed: code !== 0 && failed === 0 ? 1 : failed };
}
