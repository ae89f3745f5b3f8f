// `move <address>`: the database to another place, when one machine is not enough, or is again.
import { DatabaseUrl } from '../../config.ts';
import { openDb, pathOfDatabase } from '../../db/open.ts';
import { money } from '../../format.ts';
import { BackupRefused } from '../../operations/backup.ts';
import { MoveRefused, type MoveReport, type MoveTrouble, move } from '../../operations/move.ts';
import { refuseWhileServed } from '../../operations/restore.ts';
import { type Call, type Command, databaseUrl, Refused, Usage, withDatabase } from '../command.ts';
import { settingsOf } from '../settings.ts';

export const moveCommand: Command = {
  options: {},
  help: {
    fr: `move <adresse> – copie la base de données ailleurs : d’un fichier vers un serveur libSQL, ou l’inverse.
Arrêtez d’abord le serveur, partout. L’adresse s’écrit comme DATABASE_URL (https://…, libsql://…, file:…) et la base y est
vide; DATABASE_AUTH_TOKEN sert au serveur libSQL, où qu’il soit des deux. Le nombre de lignes de chaque table et les sommes
du grand livre sont comparés. La base d’origine ne change pas : mettez ensuite la nouvelle adresse dans DATABASE_URL.
  --json  un objet JSON`,
    en: `move <address> – copies the database elsewhere: from a file to a libSQL server, or back.
Stop the server first, everywhere. The address is written as DATABASE_URL is (https://…, libsql://…, file:…) and its database is
empty; DATABASE_AUTH_TOKEN is for the libSQL server, whichever of the two it is. The number of rows of each table and the ledger's
sums are compared. The database it comes from does not change: put the new address into DATABASE_URL then.
  --json  one JSON object`,
  },
  async run(call) {
    const target = targetOf(call);
    try {
      const path = pathOfDatabase(databaseUrl());
      if (path !== null) refuseWhileServed(path);
      const report = await withDatabase(async ({ db }) => {
        const to = await openDb(target, settingsOf(process.env).DATABASE_AUTH_TOKEN || undefined);
        try {
          return await move(db, to);
        } finally {
          to.close();
        }
      });
      console.log(call.json ? JSON.stringify(report) : moveText(report, call.lang));
      return 0;
    } catch (error) {
      if (error instanceof MoveRefused)
        throw new Refused(`${WHY[call.lang][error.trouble]} (${error.message})`);
      if (error instanceof BackupRefused) throw new Refused(WHY[call.lang]['server-runs']);
      throw error;
    }
  },
};

function targetOf({ positionals, lang }: Call): string {
  const [address, ...more] = positionals;
  const { data } = DatabaseUrl.safeParse(address);
  if (data === undefined || more.length > 0)
    throw new Usage(
      lang === 'fr'
        ? 'Il faut une adresse, comme DATABASE_URL.'
        : 'An address is needed, as in DATABASE_URL.',
    );
  return data;
}

const WHY: Record<'fr' | 'en', Record<MoveTrouble | 'server-runs', string>> = {
  fr: {
    'not-empty': 'Il y a déjà une base de données à cette adresse; rien n’y a été écrit.',
    differs:
      'La copie n’est pas pareille : quelque chose a-t-il écrit pendant ce temps? Jetez-la et recommencez.',
    'server-runs': 'Un serveur ou une commande utilise la base. Arrêtez-le, puis recommencez.',
  },
  en: {
    'not-empty': 'There is a database at that address already; nothing was written to it.',
    differs: 'The copy is not the same: did something write meanwhile? Throw it away and start again.',
    'server-runs': 'A server or a command uses the database. Stop it, then try again.',
  },
};

function moveText({ rows, ledger }: MoveReport, lang: 'fr' | 'en'): string {
  const locale = lang === 'fr' ? 'fr-CA' : 'en-CA';
  const n = (value: number) => value.toLocaleString(locale).padStart(10);
  return [
    lang === 'fr' ? 'Copiée et comparée :' : 'Copied and compared:',
    ...Object.entries(rows).map(([table, many]) => `  ${table.padEnd(20)} ${n(many)}`),
    lang === 'fr' ? 'Grand livre :' : 'Ledger:',
    ...ledger.map(
      ({ regroupement, kind, entries, cents }) =>
        `  ${regroupement}  ${kind.padEnd(12)} ${n(entries)}  ${money(cents, locale)}`,
    ),
    lang === 'fr'
      ? 'Mettez la nouvelle adresse dans DATABASE_URL.'
      : 'Put the new address into DATABASE_URL.',
  ].join('\n');
}
