// Files that somebody names, in a command or in the settings: what they are is looked at before they are opened, how
// large they are before they are read. A device or a pipe has no end, or never begins.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

const CHUNK = 256 * 1024;

/** Why a file was not read or written: one sentence in each language. */
export class FileTrouble extends Error {
  readonly fr: string;
  readonly en: string;
  constructor(fr: string, en: string) {
    super(en);
    this.fr = fr;
    this.en = en;
  }
}

export interface InputFile {
  /** From its start; can be asked for several times, and then is the same file. Throws FileTrouble. */
  bytes(): Generator<Uint8Array>;
}

/**
 * The ordinary file at `path`, or at the end of the links there. Throws FileTrouble for one that is not there, larger
 * than `maxBytes`, or of another kind; reading throws it for one that changes meanwhile.
 */
export function inputFile(path: string, maxBytes: number): InputFile {
  refuseNoName(path);
  const first = reporting(path, () => statSync(path));
  refuseUnfit(path, first, maxBytes);
  return {
    *bytes() {
      // Not waited for, should a pipe have come in its place.
      const file = reporting(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
      try {
        const buffer = new Uint8Array(CHUNK);
        let at = 0;
        for (;;) {
          if (!same(first, fstatSync(file))) throw changed(path);
          const read = reporting(path, () => readSync(file, buffer, 0, CHUNK, at));
          at += read;
          // Some files of the system say that they are empty, and are not.
          if (at > first.size || (read === 0 && at < first.size)) throw changed(path);
          if (read === 0) return;
          yield buffer.slice(0, read);
        }
      } finally {
        closeSync(file);
      }
    },
  };
}

/** All of an ordinary file of at most `maxBytes`. Throws FileTrouble. */
export function readWhole(path: string, maxBytes: number): Buffer {
  return Buffer.concat([...inputFile(path, maxBytes).bytes()]);
}

/** All that comes by standard input, `maxBytes` at most. Throws FileTrouble. */
export async function readStdin(maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) throw tooLarge(['L’entrée standard est trop longue', 'Standard input'], maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Throws FileTrouble for a blank, and for `-` where no standard stream is meant: a file of that name is `./-`. */
export function refuseNoName(path: string): void {
  if (path.trim() !== '' && path !== '-') return;
  throw new FileTrouble(
    `«\u00a0${path}\u00a0» n’est pas un nom de fichier. Nommez un fichier.`,
    `“${path}” is not the name of a file. Name a file.`,
  );
}

export const FOLDER = { fr: 'un dossier', en: 'a folder' };
/** What there is at a path that is no ordinary file. */
export function otherKind(stats: Stats): { fr: string; en: string } | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return FOLDER;
  if (stats.isSymbolicLink()) return { fr: 'un lien symbolique', en: 'a symbolic link' };
  if (stats.isFIFO()) return { fr: 'un tube', en: 'a pipe' };
  if (stats.isSocket()) return { fr: 'une prise réseau', en: 'a socket' };
  return { fr: 'un périphérique', en: 'a device' };
}

function refuseUnfit(path: string, stats: Stats, maxBytes: number): void {
  const kind = otherKind(stats);
  if (kind !== null)
    throw new FileTrouble(
      `${path} est ${kind.fr}, pas un fichier ordinaire.`,
      `${path} is ${kind.en}, not an ordinary file.`,
    );
  if (stats.size > maxBytes) throw tooLarge([`${path} est trop long`, path], maxBytes);
}

function tooLarge([fr, en]: readonly [string, string], maxBytes: number): FileTrouble {
  const most = (lang: string, unit: string) =>
    maxBytes >= 1_000_000
      ? `${Math.floor(maxBytes / 1_000_000).toLocaleString(lang)} M${unit}`
      : `${Math.floor(maxBytes / 1_000).toLocaleString(lang)} k${unit}`;
  return new FileTrouble(
    `${fr}\u00a0: ${most('fr-CA', 'o')} au plus.`,
    `${en} is too long: ${most('en-CA', 'B')} at most.`,
  );
}

/** By whatever name. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function same(a: Stats, b: Stats): boolean {
  return isSameFile(a, b) && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

function changed(path: string): FileTrouble {
  return new FileTrouble(
    `${path} change pendant la lecture. Réessayez quand il est complet.`,
    `${path} changes while it is read. Try again once it is whole.`,
  );
}

/** What people are told of the system's codes. */
const REASONS: Readonly<Record<string, { fr: string; en: string }>> = {
  ENOENT: {
    fr: 'ne peut pas être lu\u00a0: il n’existe pas. Vérifiez le nom du fichier et celui de son dossier.',
    en: 'cannot be read: it does not exist. Check the name of the file and of its folder.',
  },
  ENOTDIR: {
    fr: 'ne peut pas être lu\u00a0: un des dossiers de son chemin est un fichier.',
    en: 'cannot be read: one of the folders of its path is a file.',
  },
  EACCES: {
    fr: 'ne peut pas être lu\u00a0: cet utilisateur n’en a pas le droit.',
    en: 'cannot be read: this user has no permission to.',
  },
  ELOOP: { fr: 'est un lien qui tourne en rond.', en: 'is a link that leads back to itself.' },
  ENAMETOOLONG: {
    fr: 'ne peut pas être lu\u00a0: ce nom est trop long.',
    en: 'cannot be read: this name is too long.',
  },
  EIO: {
    fr: 'ne peut pas être lu\u00a0: le disque a une erreur.',
    en: 'cannot be read: the disk has an error.',
  },
};

function reporting<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const known = REASONS[code];
    if (known !== undefined) throw new FileTrouble(`${path} ${known.fr}`, `${path} ${known.en}`);
    throw new FileTrouble(
      `${path} ne peut pas être lu (erreur du système\u00a0: ${code}).`,
      `${path} cannot be read (system error: ${code}).`,
    );
  }
}
