// The project's own texts (.md), as tests read them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Manual {
  /** From the root of the project, with slashes. */
  path: string;
  text: string;
}

/** Every text of the project, the README first. */
export function manuals(): Manual[] {
  const elsewhere = ['node_modules', 'dist', '.git', 'data'];
  return globSync('**/*.md', { cwd: ROOT, exclude: elsewhere })
    .map((path) => path.replaceAll('\\', '/'))
    .sort((a, b) => Number(b === 'README.md') - Number(a === 'README.md') || a.localeCompare(b))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** The commands of its ```sh blocks, in order, with the comments that stand behind them. */
export function shellLines({ text }: Manual): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  );
}

/** What stands in `backquotes` outside of blocks. */
export function inlineCode({ text }: Manual): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}
