// The command line: `amisgest-pay <command>`. Exit 0 done, 1 refused, 2 the arguments are invalid.
import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { FileTrouble } from '../input-file.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { PROBLEMS } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import { type Call, type Command, Refused, Usage } from './command.ts';

// Each loads what it needs and no more: a command starts in half the time that the whole server takes.
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/server.ts')).serveCommand,
  migrate: async () => (await import('./commands/server.ts')).migrateCommand,
  regroupement: async () => (await import('./commands/regroupement.ts')).regroupementCommand,
  offices: async () => (await import('./commands/offices.ts')).officesCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  'undo-import': async () => (await import('./commands/undo-import.ts')).undoImportCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  payments: async () => (await import('./commands/payments.ts')).paymentsCommand,
  refund: async () => (await import('./commands/refund.ts')).refundCommand,
  release: async () => (await import('./commands/refund.ts')).releaseCommand,
  record: async () => (await import('./commands/record.ts')).recordCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  exceptions: async () => (await import('./commands/exceptions.ts')).exceptionsCommand,
  tax: async () => (await import('./commands/tax.ts')).taxCommand,
  messages: async () => (await import('./commands/messages.ts')).messagesCommand,
  links: async () => (await import('./commands/links.ts')).linksCommand,
  secrets: async () => (await import('./commands/secrets.ts')).secretsCommand,
  accounts: async () => (await import('./commands/accounts.ts')).accountsCommand,
  incidents: async () => (await import('./commands/incidents.ts')).incidentsCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  staff: async () => (await import('./commands/staff.ts')).staffCommand,
  key: async () => (await import('./commands/key.ts')).keyCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/backup.ts')).restoreCommand,
  move: async () => (await import('./commands/move.ts')).moveCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  rotate: async () => (await import('./commands/rotate.ts')).rotateCommand,
};

const [name, ...rest] = process.argv.slice(2);
process.exitCode = await main(name, rest);

async function main(name: string | undefined, args: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(await overview(args));
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined;
  if (command === undefined) {
    console.error(
      `« ${name} » n’est pas une commande. / “${name}” is not a command.\n\n${await overview(args)}`,
    );
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

async function overview(args: readonly string[]): Promise<string> {
  const lang = args.includes('en') ? 'en' : 'fr';
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const first = (command: Command) => command.help[lang].split('\n')[0] ?? '';
  return [
    'amisgest-pay <commande> [--help] [--json] [--lang fr|en]',
    '',
    ...commands.map((command) => `  ${first(command)}`),
  ].join('\n');
}
