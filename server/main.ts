// The production process: configuration, database, jobs, HTTP, graceful stop. No demo, no stand-in.
import { ConfigError, readConfig } from './config.ts';
import { logLastWords, startServer, stopOnSignals } from './process.ts';

logLastWords();
try {
  const server = await startServer(readConfig(process.env));
  stopOnSignals(server);
  console.log(`ready on port ${server.port}`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`amisgest-pay cannot start:\n${error.message}`);
  process.exit(1);
}
