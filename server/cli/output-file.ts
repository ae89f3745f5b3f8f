// What commands write for people: names, balances, codes. Under its own name only once it is whole and on the disk,
// readable by this user alone, and never in the place of something that was there unless --force says so.
import {
  closeSync,
  createWriteStream,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileTrouble, FOLDER, isSameFile, otherKind, refuseNoName } from '../input-file.ts';
import { exists, intoPlace, partFor } from '../whole-file.ts';
import { type Call, serverFiles, Usage } from './command.ts';

/** The options of a command that writes a file, and what its help says of them. */
export const OUT_OPTIONS = { out: { type: 'string' }, force: { type: 'boolean' } } as const;
export const OUT_HELP = {
  fr: `  --out FICHIER            dans un fichier neuf, pour vos yeux seulement, plutôt que sur la sortie; --force remplace celui qui existe`,
  en: `  --out FILE               into a new file, for your eyes only, instead of standard output; --force replaces one that exists`,
};

/** The pieces of a file that stopped before its end. */
export class WritingStopped extends FileTrouble {
  /** Where what was written is kept; null when nothing is. */
  readonly kept: string | null;
  constructor(trouble: FileTrouble, kept: string | null) {
    super(trouble.fr, trouble.en);
    this.kept = kept;
  }
}

/**
 * Writes the pieces to standard output, or into the file of `--out`, looked at before the first piece is asked for.
 * Throws FileTrouble, WritingStopped once writing had begun: then there is no file of that name, or the one of before.
 * `keepsPart` leaves what was written beside, for what cannot be made twice.
 */
export async function deliver(
  { values }: Call,
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
  { keepsPart = false }: { keepsPart?: boolean } = {},
): Promise<void> {
  const { out, force } = values;
  if (out === '' || (force === true && out === undefined)) throw new Usage('--out …');
  if (typeof out !== 'string' || out === '-') return toStdout(pieces);
  const target = newFile(out, force === true);
  const part = partFor(target);
  // Ctrl-C ends a process without a word to its code.
  const stop = keepsPart ? () => undefined : removedWhenEnded(part);
  try {
    const file = openSync(part, 'wx', 0o600);
    await pipeline(Readable.from(pieces), createWriteStream(part, { fd: file, flush: true }));
    intoPlace(part, target, force === true);
  } catch (error) {
    const kept = keepsPart && isOfDisk(error) ? part : null;
    if (kept === null) rmSync(part, { force: true });
    if (!isOfDisk(error)) throw error;
    throw new WritingStopped(unwritable(out, error), kept);
  } finally {
    stop();
  }
}

/**
 * The path of a file to be written, its folder's links followed. Throws FileTrouble when a file is there already, unless
 * `force` (null where the command never replaces any); when what is there is no ordinary file, or a database; and for the
 * server's own files, there or not.
 */
export function newFile(path: string, force: boolean | null): string {
  refuseNoName(path);
  const target = asFileTrouble(path, () => join(realpathSync(dirname(resolve(path))), basename(path)));
  const stats = asFileTrouble(path, () => lstatSync(target, { throwIfNoEntry: false }));
  if (serverFiles().some((file) => isSame(file, target)))
    throw new FileTrouble(
      `${path} est un fichier du serveur\u00a0: il n’est jamais remplacé. Choisissez un autre nom.`,
      `${path} is a file of the server: it is never replaced. Choose another name.`,
    );
  if (stats?.isFile() === true && isDatabase(target))
    throw new FileTrouble(
      `${path} existe déjà, et une base de données n’est jamais remplacée. Choisissez un autre nom.`,
      `${path} exists already, and a database is never replaced. Choose another name.`,
    );
  const kind = path.endsWith('/') ? FOLDER : stats === undefined ? null : otherKind(stats);
  if (kind !== null)
    throw new FileTrouble(
      `${path} est ${kind.fr}\u00a0: rien n’y est écrit. Nommez un fichier.`,
      `${path} is ${kind.en}: nothing is written there. Name a file.`,
    );
  if (stats !== undefined && force !== true) throw exists(path, force === null);
  return target;
}

async function toStdout(pieces: Iterable<string> | AsyncIterable<string | Uint8Array>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), process.stdout, { end: false });
  } catch (error) {
    // `| head` has read enough.
    if (['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    if (!isOfDisk(error)) throw error;
    throw new WritingStopped(
      new FileTrouble(
        `La sortie ne peut pas être écrite (${error.code}).`,
        `Standard output cannot be written (${error.code}).`,
      ),
      null,
    );
  }
}

function removedWhenEnded(part: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (signal: NodeJS.Signals) => {
    rmSync(part, { force: true });
    stop();
    process.kill(process.pid, signal);
  };
  const stop = () => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return stop;
}

function isSame(file: string, target: string): boolean {
  const [a, b] = [file, target].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  if (a !== undefined && b !== undefined) return isSameFile(a, b);
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  return folder !== undefined && join(realpathSync(dirname(file)), basename(file)) === target;
}

// A backup, or a database that a restore set aside, may be the last of its kind.
function isDatabase(path: string): boolean {
  return asFileTrouble(path, () => {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(16);
      readSync(file, head, 0, 16, 0);
      return head.toString('latin1') === 'SQLite format 3\0';
    } finally {
      closeSync(file);
    }
  });
}

// Of the disk: a database on another machine has troubles of its own.
function isOfDisk(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return /^E[A-Z]+$/.test(code ?? '') && !['connect', 'getaddrinfo', 'read'].includes(syscall ?? '');
}

function unwritable(path: string, { code }: NodeJS.ErrnoException): FileTrouble {
  return new FileTrouble(`Impossible d’écrire ${path} (${code}).`, `${path} cannot be written (${code}).`);
}

/** The work; what the disk says against it as FileTrouble. */
function asFileTrouble<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    throw unwritable(path, error);
  }
}
