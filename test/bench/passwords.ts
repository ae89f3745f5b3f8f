// What a password costs. The hash: our library beside the one in Node itself, at the same parameters, and beside scrypt at
// OWASP's; two at once, as the gate lets them, and how late the event loop is meanwhile. The estimate of a new password,
// which is on the event loop: an ordinary one, and the worst that a search for slow ones found.
import { argon2, randomBytes, scrypt } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { weakness } from '../../server/accounts/passwords/password-rules.ts';
import { hashPassword } from '../../server/accounts/passwords/passwords.ts';

const HASHES = 40;
const AT_ONCE = 2;
const ESTIMATES = 20;
const PASSWORD = 'trois castors sous la pluie';
const WORST = [
  'P4s[6@rd!x[4!332-31qwe9g.75dsw0rd!1sw0bxde/90wertyP4sew0rd!1990-12-31qwertyP4ssw0rd!1990-12-31qwerty',
  '01/02/2&w{$.8|05-200601ws(/2003.04-05-200601/02/2003.04-05-200601/02/8703.0l+69!/00601/02/2003',
  '4@8({[<469&#!1/|0$5+7%24@8({[<369&#!1/|0$5+#7$2@8({[<369&#!1/|0$5+7%24@4@8({[<369&#',
];
const CONTEXT = {
  email: 'marie-eve.lecuyer@example.org',
  regroupement: { name: 'Regroupement des Petits Bouleaux', slug: 'petits-bouleaux' },
};

const deps = { randomBytes: (n: number) => new Uint8Array(randomBytes(n)) };
const nodes = promisify(argon2);
const WAYS: Record<string, () => Promise<unknown>> = {
  '@node-rs/argon2 (ours)': () => hashPassword(deps, PASSWORD),
  'argon2id of node:crypto': () =>
    nodes('argon2id', {
      message: PASSWORD,
      nonce: randomBytes(16),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    }),
  'scrypt 2^17, 8, 1': () =>
    promisify<string, Buffer, number, object, Buffer>(scrypt)(PASSWORD, randomBytes(16), 32, {
      N: 2 ** 17,
      r: 8,
      p: 1,
      maxmem: 256 * 1024 * 1024,
    }),
};

async function hashes(name: string): Promise<{ ms: number; late: number }> {
  const way = WAYS[name] as () => Promise<unknown>;
  await way();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const started = performance.now();
  let left = HASHES;
  const worker = async () => {
    while (left-- > 0) await way();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  loop.disable();
  return { ms: (performance.now() - started) / HASHES, late: loop.percentile(99) / 1e6 };
}

function estimates(passwords: readonly string[]): number {
  const slowest = passwords.map((password) => {
    const started = process.cpuUsage();
    for (let i = 0; i < ESTIMATES; i++) weakness(password, CONTEXT);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000 / ESTIMATES;
  });
  return Math.max(...slowest);
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines = [];
  let ours = 0;
  for (const name of Object.keys(WAYS)) {
    const { ms, late } = await hashes(name);
    ours ||= ms;
    lines.push(
      `${name}: ${ms.toFixed(1)} ms a hash (× ${(ms / ours).toFixed(2)}), event loop late by ${late.toFixed(1)} ms (p99)`,
    );
  }
  const first = performance.now();
  weakness(PASSWORD, CONTEXT);
  lines.push(`making the estimator: ${(performance.now() - first).toFixed(0)} ms, once`);
  const [usual, worst] = [estimates([PASSWORD]), estimates(WORST)];
  lines.push(
    `an estimate: ${usual.toFixed(1)} ms of the event loop; the worst we found: ${worst.toFixed(1)} ms`,
  );
  return { name: 'Passwords', lines };
}
