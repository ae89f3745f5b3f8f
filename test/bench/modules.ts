// What each module costs a phone: the brotli bytes that the files would lose without it, in the first load and in
// everything to pay in French. What two modules have in common counts for neither, so the sum is less than the whole.
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '../..');

/** A file as it is built, in pieces: each module's bytes, in the order in which they stand there. */
interface Built {
  name: string;
  pieces: { module: string; text: string }[];
}

/** `apart`: names of files that are not part of paying. Answers the lines of a table, the dearest module first. */
export async function modulesTable(apart: RegExp): Promise<string[]> {
  const files = (await builtFiles()).filter(({ name }) => !apart.test(name));
  const first = costs(files.filter(({ name }) => !name.includes('/')));
  const all = costs(files);
  const rows = [...all].sort(([, a], [, b]) => b - a);
  const cell = (bytes: number | undefined) => String(bytes ?? '').padStart(10);
  return [
    `${'brotli bytes of each module'.padEnd(44)}${'first load'.padStart(10)}${'to pay'.padStart(10)}`,
    ...rows.map(([name, bytes]) => `${name.padEnd(44)}${cell(first.get(name))}${cell(bytes)}`),
  ];
}

/** Built once more, with a map from each byte to where it comes from. */
async function builtFiles(): Promise<Built[]> {
  const built = await build({ root: ROOT, logLevel: 'silent', build: { write: false, sourcemap: true } });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output.flatMap((file) =>
    file.type === 'chunk' && file.map
      ? [
          {
            name: file.fileName,
            pieces: pieces(file.code, new SourceMap(JSON.parse(JSON.stringify(file.map)))),
          },
        ]
      : [],
  );
}

function pieces(code: string, map: SourceMap): Built['pieces'] {
  const found: Built['pieces'] = [];
  code.split('\n').forEach((line, row) => {
    for (let column = 0; column <= line.length; column++) {
      const entry = map.findEntry(row, column);
      const module = 'originalSource' in entry ? shortName(entry.originalSource ?? '') : '';
      const character = line[column] ?? '\n';
      const last = found.at(-1);
      if (last?.module === module) last.text += character;
      else found.push({ module, text: character });
    }
  });
  return found;
}

const shortName = (source: string) =>
  source.replace(/^.*node_modules\//, '').replace(/^.*\/(?=widget\/)|^(?:\.\.\/)+/, '');

function costs(files: readonly Built[]): Map<string, number> {
  const size = (without?: string) =>
    files.reduce((sum, { pieces }) => {
      const text = pieces.map((piece) => (piece.module === without ? '' : piece.text)).join('');
      return sum + brotliCompressSync(text).length;
    }, 0);
  const whole = size();
  const names = new Set(files.flatMap(({ pieces }) => pieces.map(({ module }) => module)));
  names.delete('');
  return new Map([...names].map((name) => [name, whole - size(name)]));
}
