// Builds the widget when its build is missing or older than its sources, so that `npm start` shows what is there.
import { exec } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = new URL('../', import.meta.url);
const ENTRY = new URL('dist/widget/amisgest-pay.js', ROOT);
const SOURCES = ['widget/', 'package.json', 'vite.config.ts', 'vite.lit.ts', 'vite.plugins.ts'];

export async function buildWidget(): Promise<void> {
  const built = await changed(ENTRY);
  const newest = Math.max(...(await Promise.all(SOURCES.map((source) => changed(new URL(source, ROOT))))));
  if (built > newest) return;
  await promisify(exec)('npm run build', { cwd: fileURLToPath(ROOT) });
}

/** When a file, or the newest file of a folder, was last changed; 0 when it is not there. */
async function changed(place: URL): Promise<number> {
  const found = await stat(place).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(place, { recursive: true });
  const times = await Promise.all(names.map(async (name) => (await stat(new URL(name, place))).mtimeMs));
  return Math.max(found.mtimeMs, ...times);
}
