// The production process: configuration, database, jobs, HTTP, graceful stop. No demo, no stand-in. The one file of the server
// that is no TypeScript: what strips types takes a fifth of a start to load, and every other file comes from the cache below.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// What was compiled once is kept: the next start takes half the processor's time. Where nothing can be kept, all is as before.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
const { ConfigError, readConfig } = await import('./config.ts');
const { logLastWords, startServer, stopOnSignals } = await import('./process.ts');

logLastWords();
try {
  const server = await startServer(readConfig(process.env), { loaded: flushCompileCache });
  stopOnSignals(server);
  console.log(`ready on port ${server.port}`);
  flushCompileCache();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`amisgest-pay cannot start:\n${error.message}`);
  process.exit(1);
}
