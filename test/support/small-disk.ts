// A disk of a few megabytes that a test fills to the last byte: a file system of its own, where this machine lets us mount
// one (root, as in a container that may). Elsewhere the database alone is stopped from growing, which SQLite tells alike.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db } from '../../server/db/db.ts';

export interface SmallDisk {
  /** Whether it is one. */
  real: boolean;
  folder: string;
  /** Nothing more fits, neither on it nor in the database. */
  fill(db: Db): Promise<void>;
  /** There is room again. */
  free(db: Db): Promise<void>;
  remove(): void;
}

export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-disk-'));
  let real = true;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    real = false;
  }
  const filler = join(folder, 'filler');
  return {
    real,
    folder,
    async fill(db) {
      // Into the file and back to its beginning: what was set aside for it would still have room.
      await db.execute('PRAGMA wal_checkpoint(TRUNCATE)');
      if (!real) await db.execute('PRAGMA max_page_count = 1');
      else {
        const file = openSync(filler, 'w');
        try {
          for (;;) writeSync(file, Buffer.alloc(4096));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        } finally {
          closeSync(file);
        }
      }
    },
    async free(db) {
      rmSync(filler, { force: true });
      if (!real) await db.execute('PRAGMA max_page_count = 4294967294');
    },
    remove() {
      // Lazily: the driver lets go of a file when the collector comes by.
      if (real) execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
