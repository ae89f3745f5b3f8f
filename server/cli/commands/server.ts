// `serve` and `migrate`.
import { readConfig } from '../../config.ts';
import { logLastWords, startServer, stopOnSignals } from '../../process.ts';
import { type Command, withDatabase } from '../command.ts';

export const serveCommand: Command = {
  options: {},
  help: {
    fr: 'serve – lance le serveur (comme npm run server); les variables manquantes sont nommées.',
    en: 'serve – starts the server (like npm run server); missing variables are named.',
  },
  async run() {
    logLastWords();
    const server = await startServer(readConfig(process.env));
    console.log(`ready on port ${server.port}`);
    stopOnSignals(server);
    return 0;
  },
};

export const migrateCommand: Command = {
  options: {},
  help: {
    fr: 'migrate – met la base de données à jour (le serveur le fait aussi en démarrant).',
    en: 'migrate – brings the database up to date (the server does it too when it starts).',
  },
  async run({ json }) {
    return withDatabase(async ({ db }) => {
      const { rows } = await db.execute<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name');
      console.log(
        json
          ? JSON.stringify({ migrations: rows.map((row) => row.name) })
          : rows.map((row) => row.name).join('\n'),
      );
      return 0;
    });
  },
};
