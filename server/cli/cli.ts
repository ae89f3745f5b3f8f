// The command line: `amisgest-pay <command>`. Exit 0 done, 1 refused, 2 the arguments are invalid.
import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { FileTrouble } from '../input-file.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { PROBLEMS } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import { type Call, type Command, Refused, Usage } from './command.ts';
import { accountsCommand } from './commands/accounts.ts';
import { backupCommand, restoreCommand } from './commands/backup.ts';
import { exceptionsCommand } from './commands/exceptions.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { incidentsCommand } from './commands/incidents.ts';
import { keyCommand } from './commands/key.ts';
import { linksCommand } from './commands/links.ts';
import { messagesCommand } from './commands/messages.ts';
import { paymentsCommand } from './commands/payments.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { recordCommand } from './commands/record.ts';
import { refundCommand, releaseCommand } from './commands/refund.ts';
import { regroupementCommand } from './commands/regroupement.ts';
import { rotateCommand } from './commands/rotate.ts';
import { secretsCommand } from './commands/secrets.ts';
import { migrateCommand, serveCommand } from './commands/server.ts';
import { taxCommand } from './commands/tax.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  migrate: migrateCommand,
  regroupement: regroupementCommand,
  import: importCommand,
  export: exportCommand,
  payments: paymentsCommand,
  refund: refundCommand,
  release: releaseCommand,
  record: recordCommand,
  reconcile: reconcileCommand,
  exceptions: exceptionsCommand,
  tax: taxCommand,
  messages: messagesCommand,
  links: linksCommand,
  secrets: secretsCommand,
  accounts: accountsCommand,
  incidents: incidentsCommand,
  key: keyCommand,
  backup: backupCommand,
  restore: restoreCommand,
  rotate: rotateCommand,
};

const [name, ...rest] = process.argv.slice(2);
process.exitCode = await main(name, rest);

async function main(name: string | undefined, args: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview(args));
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`« ${name} » n’est pas une commande. / “${name}” is not a command.\n\n${overview(args)}`);
    return 2;
  }
  let lang: Call['lang'] = 'fr';
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      strict: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        lang: { type: 'string' },
        ...command.options,
      },
    });
    lang = values.lang === 'en' ? 'en' : 'fr';
    if (values.help === true) {
      console.log(command.help[lang]);
      return 0;
    }
    return await command.run({ values, positionals, lang, json: values.json === true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (error instanceof Usage || code.startsWith('ERR_PARSE_ARGS')) {
      console.error(`${(error as Error).message}\n\n${command.help.fr}`);
      return 2;
    }
    if (error instanceof ConfigError || error instanceof Refused) {
      console.error(error.message);
      return 1;
    }
    if (error instanceof FileTrouble) {
      console.error(error[lang]);
      return 1;
    }
    if (error instanceof Problem) {
      const { title, titleEn } = PROBLEMS[error.kind];
      const fields = (error.extra.errors ?? []).map(({ pointer, code }) => `${pointer.slice(1)}: ${code}`);
      const { detail = title, detailEn = titleEn } = error.extra;
      console.error(`${detail} / ${detailEn}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`);
      return 1;
    }
    if (error instanceof PayPalFailure) {
      const { title, titleEn } = PROBLEMS['paypal-unavailable'];
      console.error(`${title} / ${titleEn} (${error.message})`);
      return 1;
    }
    throw error;
  }
}

function overview(args: readonly string[]): string {
  const lang = args.includes('en') ? 'en' : 'fr';
  const first = (command: Command) => command.help[lang].split('\n')[0] ?? '';
  return [
    'amisgest-pay <commande> [--help] [--json] [--lang fr|en]',
    '',
    ...Object.values(COMMANDS).map((command) => `  ${first(command)}`),
  ].join('\n');
}
