// What a production has on its own machine: room, files that only its user reads, copies that are not old.
import { existsSync, readdirSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathOfDatabase } from '../../db/open.ts';
import type { Deps } from '../../deps.ts';
import { type Finding, green, red } from './finding.ts';

interface Machine {
  deps: Pick<Deps, 'config' | 'now'>;
  dataDir: string;
  backups: string | undefined;
}

const GB = 1_000_000_000;
/** A night, and what it may be late. */
const BACKUP_MS = 26 * 3_600_000;
const COPY = /\.db$/;

/** `disk`: room for a gigabyte, and for a copy of the database beside it while a migration rewrites it. */
export function lookAtDisk({ deps, dataDir }: Machine): Finding {
  const path = pathOfDatabase(deps.config.databaseUrl);
  const folder = path === null ? dataDir : dirname(path);
  const needed = Math.max(GB, 2 * (sizeOf(path) ?? 0));
  if (!existsSync(folder))
    return red(
      'disk',
      { fr: `pas de dossier ${folder}`, en: `no folder ${folder}` },
      {
        fr: 'DATA_DIR : le dossier du serveur.',
        en: 'DATA_DIR: the folder of the server.',
      },
    );
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const [fr, en] = [gigabytes(free, 'fr-CA'), gigabytes(free, 'en-CA')];
  if (free >= needed) return green('disk', `${fr} Go libres`, `${en} GB free`);
  return red(
    'disk',
    { fr: `il ne reste que ${fr} Go (${folder})`, en: `only ${en} GB are left (${folder})` },
    {
      fr: `Faites de la place ou agrandissez le disque : il faut ${gigabytes(needed, 'fr-CA')} Go. Plein, il arrête les paiements.`,
      en: `Make room or enlarge the disk: ${gigabytes(needed, 'en-CA')} GB are needed. A full one stops payments.`,
    },
  );
}

/** `files`: names, balances and secrets are for the server's user alone, who owns them all. */
export function lookAtModes({ deps, dataDir }: Machine): Finding {
  const database = pathOfDatabase(deps.config.databaseUrl);
  const files = [
    ...['settings.env', 'secret-key'].map((name) => join(dataDir, name)),
    ...(database === null ? [] : ['', '-wal', '-shm'].map((part) => database + part)),
  ];
  const there = files.filter((file) => existsSync(file));
  const open = there.filter(isOpen);
  if (open.length > 0) {
    const close = `chmod go= ${[...new Set(open.map(dirname))].join(' ')}`;
    return red(
      'files',
      {
        fr: `d’autres utilisateurs peuvent lire ${open.join(', ')}`,
        en: `other users can read ${open.join(', ')}`,
      },
      { fr: close, en: close },
    );
  }
  const others = there.filter((file) => statSync(file).uid !== statSync(dirname(file)).uid);
  if (others.length > 0) {
    const folder = dirname(others[0] ?? dataDir);
    return red(
      'files',
      {
        fr: `un autre utilisateur possède ${others.join(', ')} : le serveur ne pourrait pas y écrire`,
        en: `another user owns ${others.join(', ')}: the server could not write there`,
      },
      {
        fr: `chown -R --reference=${folder} ${folder}; lancez les commandes comme l’utilisateur du serveur.`,
        en: `chown -R --reference=${folder} ${folder}; run commands as the server’s user.`,
      },
    );
  }
  return green('files', 'lus par leur seul utilisateur', 'read by their own user only');
}

/** `backups`: the newest copy is of last night and whole enough to be one. A libSQL server's are its provider's. */
export function lookAtBackups({ deps, backups }: Machine): Finding {
  if (pathOfDatabase(deps.config.databaseUrl) === null)
    return green('backups', 'celles du fournisseur de la base', 'those of the database’s provider');
  const cure = {
    fr: '« amisgest-pay backup » chaque nuit, vers un autre disque : server/deploy/ a la minuterie. Le dossier : --backups ou BACKUP_DIR.',
    en: '“amisgest-pay backup” every night, to another disk: server/deploy/ has the timer. The folder: --backups or BACKUP_DIR.',
  };
  if (backups === undefined)
    return red('backups', { fr: 'leur dossier n’est pas dit', en: 'their folder is not said' }, cure);
  const newest = newestIn(backups);
  if (newest === undefined)
    return red('backups', { fr: `aucune dans ${backups}`, en: `none in ${backups}` }, cure);
  const hours = Math.floor((deps.now() - newest.stats.mtimeMs) / 3_600_000);
  if (deps.now() - newest.stats.mtimeMs > BACKUP_MS)
    return red(
      'backups',
      {
        fr: `la dernière a ${hours} heures (${newest.file})`,
        en: `the newest is ${hours} hours old (${newest.file})`,
      },
      cure,
    );
  if (isOpen(newest.file))
    return red(
      'backups',
      { fr: `d’autres utilisateurs peuvent lire ${newest.file}`, en: `other users can read ${newest.file}` },
      { fr: `chmod go= ${backups}`, en: `chmod go= ${backups}` },
    );
  return green('backups', `la dernière a ${hours} heures`, `the newest is ${hours} hours old`);
}

function newestIn(folder: string): { file: string; stats: Stats } | undefined {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  return names
    .filter((name) => COPY.test(name))
    .map((name) => join(folder, name))
    .map((file) => ({ file, stats: statSync(file) }))
    .filter(({ stats }) => stats.isFile() && stats.size > 0)
    .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)[0];
}

/** Nobody else gets to what is in a folder of one's own, whatever the file itself allows. */
const isOpen = (file: string): boolean =>
  [file, dirname(file)].every((one) => (statSync(one).mode & 0o077) !== 0);
const sizeOf = (path: string | null): number | undefined =>
  path === null ? undefined : statSync(path, { throwIfNoEntry: false })?.size;
const gigabytes = (bytes: number, locale: string): string =>
  (bytes / GB).toLocaleString(locale, { maximumFractionDigits: 1 });
