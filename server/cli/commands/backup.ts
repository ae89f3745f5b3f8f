// `backup <file>` and `restore <file>`.
import {
  BackupRefused,
  type BackupReport,
  type BackupTrouble,
  backup,
  databasePath,
} from '../../operations/backup.ts';
import { type RestoreReport, restore } from '../../operations/restore.ts';
import { asker, type Call, type Command, databaseUrl, Refused, Usage, withDatabase } from '../command.ts';
import { newFile } from '../output-file.ts';

export const backupCommand: Command = {
  options: {},
  help: {
    fr: `backup <fichier> – copie toute la base de données dans un fichier neuf, pendant que le serveur fonctionne.
La copie est vérifiée avant de porter son nom; un fichier existant n’est jamais remplacé. Elle contient des noms et des
courriels : gardez-la chiffrée, ailleurs que sur ce serveur.
SECRET_KEY n’est pas dedans. Gardez-la à part, avec DATA_DIR/settings.env s’il existe : sans elle, les codes PayPal des
regroupements et les clés de signature de la copie ne se lisent plus.
Sur un serveur libSQL (http, libsql), la sauvegarde est celle du fournisseur.
  --json  un objet JSON`,
    en: `backup <file> – copies the whole database into a new file, while the server runs.
The copy is checked before it bears its name; an existing file is never replaced. It holds names and e-mail addresses:
keep it encrypted, elsewhere than on this server.
SECRET_KEY is not in it. Keep it apart, with DATA_DIR/settings.env if there is one: without it the associations' PayPal
secrets and the signing keys in the copy cannot be read.
On a libSQL server (http, libsql) the backup is the provider's.
  --json  one JSON object`,
  },
  async run(call) {
    return withRefusals(call, async () => {
      const path = databasePath(databaseUrl());
      const file = newFile(onlyFile(call), null);
      // Before the copy, so that nothing is later than its date; the schema must be today's to be marked.
      const now = Date.now();
      await migrated(path);
      const report = backup(path, file, now);
      console.log(call.json ? JSON.stringify(report) : backupText(report, call.lang));
    });
  },
};

export const restoreCommand: Command = {
  options: {},
  help: {
    fr: `restore <fichier> – remet une sauvegarde à la place de la base de données. Arrêtez d’abord le serveur, partout.
La base remplacée reste à côté (.before-restore-…). Les sessions prennent fin, les courriels en attente attendent votre
accord (messages), et les paiements restent suspendus : reconcile, ou le serveur de lui-même, va chercher chez PayPal ce qui
a été payé depuis la sauvegarde, puis les rouvre (ou vous, par payments resume).
Restent à refaire à la main, depuis la date de la sauvegarde : chèques et autres paiements inscrits, imports, réglages, clés
révoquées. Les comptes effacés depuis le sont de nouveau, si la base remplacée peut encore les nommer.
  --json  un objet JSON`,
    en: `restore <file> – puts a backup in the database's place. Stop the server first, everywhere.
The replaced database stays beside it (.before-restore-…). Sessions end, waiting e-mails wait for your word (messages), and
payments stay suspended: reconcile, or the server by itself, fetches from PayPal what was paid since the backup, then opens
them again (or you do, with payments resume).
To be done again by hand, since the date of the backup: cheques and other recorded payments, imports, settings, revoked
keys. Accounts erased since are erased again, if the replaced database can still name them.
  --json  one JSON object`,
  },
  async run(call) {
    const file = onlyFile(call);
    return withRefusals(call, async () => {
      const report = await restore(databasePath(databaseUrl()), file, Date.now(), asker());
      console.log(call.json ? JSON.stringify(report) : restoreText(report, call.lang));
    });
  },
};

async function migrated(path: string): Promise<void> {
  const { existsSync } = await import('node:fs');
  if (!existsSync(path)) throw new BackupRefused('no-database', path);
  await withDatabase(async () => undefined);
}

function onlyFile({ positionals, lang }: Call): string {
  const [file, ...more] = positionals;
  if (file !== undefined && more.length === 0) return file;
  throw new Usage(lang === 'fr' ? 'Il faut un fichier.' : 'A file is needed.');
}

async function withRefusals({ lang }: Call, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof BackupRefused) throw new Refused(`${WHY[lang][error.trouble]} (${error.message})`);
    throw error;
  }
}

const WHY: Record<'fr' | 'en', Record<BackupTrouble, string>> = {
  fr: {
    remote:
      'Cette base est sur un serveur libSQL : la sauvegarde et la restauration sont celles du fournisseur.',
    'no-database': 'Il n’y a pas de base de données à cet endroit.',
    exists: 'Ce fichier existe déjà; choisissez un autre nom.',
    damaged: 'La base ou la copie est abîmée; rien n’a été fait.',
    'not-ours': 'Ce fichier n’est pas une sauvegarde faite par « amisgest-pay backup ».',
    newer: 'Cette sauvegarde vient d’une version plus récente du programme.',
    'server-runs': 'Un serveur ou une commande utilise la base. Arrêtez-le, puis recommencez.',
    unreadable: 'Ce fichier ne peut pas être lu ou écrit.',
  },
  en: {
    remote: 'This database is on a libSQL server: backup and restore are the provider’s.',
    'no-database': 'There is no database there.',
    exists: 'This file exists already; choose another name.',
    damaged: 'The database or the copy is damaged; nothing was done.',
    'not-ours': 'This file is not a backup made by “amisgest-pay backup”.',
    newer: 'This backup is from a newer version of the program.',
    'server-runs': 'A server or a command uses the database. Stop it, then try again.',
    unreadable: 'This file cannot be read or written.',
  },
};

function backupText(report: BackupReport, lang: 'fr' | 'en'): string {
  const n = (value: number) => value.toLocaleString(lang === 'fr' ? 'fr-CA' : 'en-CA');
  const fr = lang === 'fr';
  return [
    `${report.file}  ${n(report.bytes)} ${fr ? 'octets' : 'bytes'}  ${report.madeAt}`,
    ...Object.entries(report.rows).map(([table, rows]) => `  ${table.padEnd(16)} ${n(rows).padStart(10)}`),
    report.newestPayment === null
      ? `  ${fr ? 'Aucun paiement.' : 'No payment.'}`
      : `  ${fr ? 'Dernier paiement :' : 'Newest payment:'} ${report.newestPayment.number}, ${report.newestPayment.completedAt}`,
    fr ? '  SECRET_KEY n’y est pas : gardez-la à part.' : '  SECRET_KEY is not in it: keep it apart.',
  ].join('\n');
}

function restoreText(report: RestoreReport, lang: 'fr' | 'en'): string {
  const fr = lang === 'fr';
  return [
    fr ? `Restaurée telle qu’au ${report.backupAt}.` : `Restored as of ${report.backupAt}.`,
    ...(report.replaced === null
      ? []
      : [`${fr ? 'L’ancienne base est gardée :' : 'The old database is kept:'} ${report.replaced}`]),
    fr
      ? `Paiements suspendus : ${report.stopped.join(', ') || 'aucun'}. Faites « amisgest-pay reconcile », ou lancez le serveur.`
      : `Payments suspended: ${report.stopped.join(', ') || 'none'}. Run “amisgest-pay reconcile”, or start the server.`,
    `${fr ? 'Sessions terminées :' : 'Sessions ended:'} ${report.sessionsEnded}`,
    `${fr ? 'Comptes effacés de nouveau :' : 'Accounts erased again:'} ${report.erasedAgain}`,
    `${fr ? 'Liens défaits de nouveau :' : 'Links undone again:'} ${report.undoneAgain}`,
    `${fr ? 'Changements de courriel annulés de nouveau :' : 'Changes of e-mail taken back again:'} ${report.emailsTakenBack}`,
    `${fr ? 'Mots de passe changés depuis, à choisir de nouveau (« mot de passe oublié ») :' : 'Passwords changed since, to be chosen again (“forgotten password”):'} ${report.passwordsEnded}`,
    ...(report.parked.length === 0
      ? []
      : [
          fr
            ? 'Courriels retenus, peut-être déjà partis (messages <regroupement> --retry ID) :'
            : 'E-mails kept back, perhaps sent already (messages <regroupement> --retry ID):',
          ...report.parked.map((one) => `  ${one.regroupement}  ${one.createdAt}  ${one.id}  ${one.kind}`),
        ]),
    ...(report.keys.length === 0
      ? []
      : [
          fr
            ? 'Clés valides comme au moment de la sauvegarde; révoquez de nouveau celles qui l’ont été depuis :'
            : 'Keys valid as they were then; revoke again those that were revoked since:',
          ...report.keys.map((one) => `  ${one.regroupement}  ${one.name}`),
        ]),
    fr
      ? 'À refaire depuis cette date : chèques et autres paiements inscrits, imports, réglages.'
      : 'To be done again since that date: cheques and other recorded payments, imports, settings.',
  ].join('\n');
}
