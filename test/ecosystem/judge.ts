// How a test of test/ecosystem calls a program of the folder where they are installed (run.ts).
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where they are installed, with our package among them. */
export const FOLDER = process.env.ECOSYSTEM ?? '';
if (FOLDER === '') throw new Error('npm run test:ecosystem runs these tests');

const QUIET = {
  NEXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
};

/** Runs a script of `node_modules` in that folder of ours; answers what it says, and whether it is content. */
export async function judge(
  script: string,
  args: readonly string[],
  folder = '.',
): Promise<{ content: boolean; said: string }> {
  const call = promisify(execFile)(process.execPath, [join(FOLDER, 'node_modules', script), ...args], {
    cwd: join(FOLDER, folder),
    env: { ...process.env, ...QUIET },
    maxBuffer: 50_000_000,
  });
  return await call.then(
    ({ stdout, stderr }) => ({ content: true, said: stdout + stderr }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ content: false, said: stdout + stderr }),
  );
}
