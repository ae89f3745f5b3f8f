// Loaded before everything else by the processes of the API tests (`--import`, test/run.ts): writes down each statement that
// the server, its jobs or its commands hand to the database, once a process, with the line that it comes from.
import childProcess from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { FileDb } from '../../server/db/file-db.ts';

const ROOT = new URL('../../', import.meta.url).href;
const folder = process.env.SQL_SEEN;
const seen = new Set<string>();

if (folder !== undefined) {
  const file = `${folder}/${process.pid}.jsonl`;
  const note = (sql: string) => {
    if (seen.has(sql)) return;
    const from = origin(new Error().stack ?? '');
    if (from === undefined) return;
    seen.add(sql);
    appendFileSync(file, `${JSON.stringify({ sql, from })}\n`);
  };
  const { execute, batch } = FileDb.prototype;
  FileDb.prototype.execute = function (...given) {
    note(given[0]);
    return execute.apply(this, given) as never;
  };
  FileDb.prototype.batch = function (...given) {
    for (const { sql } of given[0]) note(sql);
    return batch.apply(this, given);
  };
  // Commands that tests start with few variables of their own are listened to as well.
  const { spawn, spawnSync } = childProcess;
  childProcess.spawn = ((command: string, args: string[], options?: object) =>
    spawn(command, args, listened(command, options))) as typeof spawn;
  childProcess.spawnSync = ((command: string, args: string[], options?: object) =>
    spawnSync(command, args, listened(command, options))) as typeof spawnSync;
  syncBuiltinESMExports();
}

// Of our own Node only: an older one that the machine has cannot load this file.
function listened(command: string, options: childProcess.SpawnOptions = {}): childProcess.SpawnOptions {
  const { NODE_OPTIONS, SQL_SEEN, ...others } = process.env;
  const env = options.env ?? others;
  if (!/[\\/]node(\.exe)?$/.test(command)) return { ...options, env };
  // Beside options of its own.
  const own = env.NODE_OPTIONS === NODE_OPTIONS ? '' : (env.NODE_OPTIONS ?? '');
  return { ...options, env: { ...env, NODE_OPTIONS: `${NODE_OPTIONS} ${own}`, SQL_SEEN } };
}

/** The line of the server that asked; undefined where a test asks the database itself. */
function origin(stack: string): string | undefined {
  const [nearest = ''] = [...stack.matchAll(/file:\/\/[^\s)]+/g)]
    .map(([frame]) => frame)
    .filter((frame) => frame.startsWith(ROOT))
    .map((frame) => frame.slice(ROOT.length))
    .filter((frame) => !/^(test\/plans|node_modules)\//.test(frame));
  return /^server\/(?!db\/)/.test(nearest) ? nearest : undefined;
}
