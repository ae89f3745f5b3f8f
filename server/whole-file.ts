// A file that has its name only once it is whole and on the disk.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileTrouble } from './input-file.ts';

/** Where a file is made until it is whole: beside its place, so that it can be given its name in one step. */
export function partFor(target: string): string {
  return join(dirname(target), `.amisgest-pay-${randomBytes(6).toString('hex')}.part`);
}

/** Gives a whole file its name. Throws FileTrouble when that was taken meanwhile, unless `replaces`. */
export function intoPlace(part: string, target: string, replaces: boolean): void {
  if (replaces) renameSync(part, target);
  else named(part, target);
  sync(dirname(target));
}

/** The file's, or the folder's, bytes are on the disk. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

// Unlike a rename, a link never takes the place of a file that came meanwhile.
function named(part: string, target: string): void {
  try {
    linkSync(part, target);
    rmSync(part);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(target, false);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    // A disk without links, such as a USB key: the name is taken first, by nobody else.
    closeSync(openSync(target, 'wx', 0o600));
    renameSync(part, target);
  }
}

/** What is said when the name is taken; `forGood`: where no option would replace it. */
export function exists(path: string, forGood: boolean): FileTrouble {
  return new FileTrouble(
    `${path} existe déjà. Choisissez un autre nom${forGood ? '' : ', ou ajoutez --force pour le remplacer'}.`,
    `${path} exists already. Choose another name${forGood ? '' : ', or add --force to replace it'}.`,
  );
}
