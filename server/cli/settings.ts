// Settings that stand in DATA_DIR/settings.env, so that a command beside a running server needs no variables of its own.
// The environment wins. `npm start` writes this file for the demo; in production it is the operator's to write or not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from '../config.ts';
import { FileTrouble, readWhole } from '../input-file.ts';

export const SETTINGS_FILE = 'settings.env';
const MAX_BYTES = 100_000;

/** The environment, with what the data folder's file adds. Throws ConfigError for a file that is there and cannot be read. */
export function settingsOf(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...read(join(env.DATA_DIR || './data', SETTINGS_FILE)), ...definedIn(env) };
}

function read(file: string): Record<string, string | undefined> {
  if (!existsSync(file)) return {};
  try {
    return parseEnv(readWhole(file, MAX_BYTES).toString());
  } catch (error) {
    if (error instanceof FileTrouble) throw new ConfigError(error.en);
    throw error;
  }
}

function definedIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''),
  );
}
