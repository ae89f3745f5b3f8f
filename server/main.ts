// The production process: configuration, database, jobs, HTTP, graceful stop. No demo, no stand-in.
import { ConfigError, readConfig } from './config.ts';
import { startServer } from './process.ts';

try {
  await startServer(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`amisgest-pay cannot start:\n${error.message}`);
  process.exit(1);
}
