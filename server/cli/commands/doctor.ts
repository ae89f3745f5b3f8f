// `doctor`: whether a production is set up as it must be, line by line, with the cure of what is not.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { type Config, ConfigError, readConfig } from '../../config.ts';
import { storageFault } from '../../db/db.ts';
import { openDb, pathOfDatabase } from '../../db/open.ts';
import type { Deps } from '../../deps.ts';
import { createLog } from '../../log.ts';
import { smtpTransport } from '../../mail/smtp.ts';
import { examine } from '../../operations/doctor/doctor.ts';
import { type Finding, red } from '../../operations/doctor/finding.ts';
import { notOpened } from '../../operations/doctor/regroupements.ts';
import { isEmail } from '../../text.ts';
import { type Call, type Command, given, Usage } from '../command.ts';
import { settingsOf } from '../settings.ts';

export const doctorCommand: Command = {
  options: { backups: { type: 'string' }, 'mail-to': { type: 'string' } },
  help: {
    fr: `doctor – examine une installation : vert ou rouge, avec le remède; rien n’est changé.
Réglages, base, disque, droits des fichiers, âge des sauvegardes, horloge, TLS, le serveur à PUBLIC_URL, un courriel envoyé pour
de vrai, puis de chaque regroupement : ses pages, ses codes PayPal, son webhook. Code de sortie 1 si quelque chose est rouge.
  --backups <dossier>   où vont les sauvegardes (sinon BACKUP_DIR)
  --mail-to <courriel>  qui reçoit le courriel d’essai (sinon MAIL_FROM)
  --json                un objet JSON`,
    en: `doctor – examines an installation: green or red, with the cure; nothing is changed.
Settings, database, disk, file modes, the age of backups, clock, TLS, the server at PUBLIC_URL, a message that is really sent,
then of each association: its pages, its PayPal credentials, its webhook. Exit code 1 if anything is red.
  --backups <folder>  where backups go (otherwise BACKUP_DIR)
  --mail-to <e-mail>  who gets the message that is sent (otherwise MAIL_FROM)
  --json              one JSON object`,
  },
  async run(call) {
    if (call.positionals.length > 0)
      throw new Usage(call.lang === 'fr' ? 'Aucun argument.' : 'No arguments.');
    const mailTo = given(call, 'mail-to');
    if (mailTo !== '' && !isEmail(mailTo))
      throw new Usage(call.lang === 'fr' ? '--mail-to : un courriel.' : '--mail-to: an e-mail address.');
    const found: Finding[] = [];
    for await (const finding of lookAtAll(call, mailTo)) {
      found.push(finding);
      if (!call.json) console.log(line(finding, call.lang));
    }
    const reds = found.filter(({ cure }) => cure !== undefined).length;
    if (call.json) console.log(JSON.stringify({ ok: reds === 0, findings: found.map(asJson(call.lang)) }));
    else console.log(summary(reds, call.lang));
    return reds === 0 ? 0 : 1;
  },
};

async function* lookAtAll(call: Call, mailTo: string): AsyncGenerator<Finding> {
  const env = settingsOf(process.env);
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.message.split('\n')) yield red('variables', both(fault), IN_SETTINGS);
    return;
  }
  const path = pathOfDatabase(config.databaseUrl);
  // To open one that is not there would make it.
  if (path !== null && !existsSync(path)) {
    yield red('database', { fr: `pas de fichier ${path}`, en: `no file ${path}` }, NO_DATABASE);
    return;
  }
  let db: Deps['db'];
  try {
    db = await openDb(config.databaseUrl, config.databaseAuthToken);
  } catch (error) {
    const fault = storageFault(error);
    if (fault === undefined) throw error;
    yield notOpened(fault);
    return;
  }
  try {
    yield* examine({
      deps: depsOf(config, db),
      dataDir: resolve(env.DATA_DIR || './data'),
      backups: given(call, 'backups') || env.BACKUP_DIR || undefined,
      mailTo: mailTo || config.mailFrom,
    });
  } finally {
    db.close();
  }
}

function depsOf(config: Config, db: Deps['db']): Deps {
  const deps: Omit<Deps, 'pdf' | 'sites'> = {
    config,
    db,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    randomBytes: (n) => new Uint8Array(randomBytes(n)),
    fetch,
    mail: smtpTransport(config.smtpUrl, 1),
    log: createLog('silent', Date.now, () => undefined),
  };
  // Nothing here draws a document, or looks at a page.
  return deps as Deps;
}

const both = (text: string) => ({ fr: text, en: text });
const IN_SETTINGS = {
  fr: 'Dans l’environnement du serveur ou DATA_DIR/settings.env; la liste est dans server/README.md. Le reste sera examiné ensuite.',
  en: 'In the server’s environment or DATA_DIR/settings.env; the list is in server/README.md. The rest is looked at after that.',
};
const NO_DATABASE = {
  fr: 'DATA_DIR ou DATABASE_URL n’est pas celui du serveur, ou il n’a jamais tourné : « amisgest-pay migrate ».',
  en: 'DATA_DIR or DATABASE_URL is not the server’s, or it never ran: “amisgest-pay migrate”.',
};

function line({ check, said, cure }: Finding, lang: Call['lang']): string {
  const colour = (name: 'green' | 'red', text: string) => styleText(name, text, { stream: process.stdout });
  const head = `${check}${lang === 'fr' ? ' : ' : ': '}${said[lang]}`;
  return cure === undefined
    ? `${colour('green', '✓')} ${head}`
    : `${colour('red', '✗')} ${head}\n    → ${cure[lang]}`;
}

function summary(reds: number, lang: Call['lang']): string {
  if (reds === 0) return lang === 'fr' ? 'Tout est en ordre.' : 'All is well.';
  return lang === 'fr' ? `À corriger : ${reds}.` : `To be mended: ${reds}.`;
}

const asJson =
  (lang: Call['lang']) =>
  ({ check, said, cure }: Finding) => ({
    check,
    ok: cure === undefined,
    said: said[lang],
    ...(cure === undefined ? {} : { cure: cure[lang] }),
  });
