// Settings that stand in DATA_DIR/settings.env, so that a command beside a running server needs no variables of its own.
// The environment wins. `npm start` writes this file for the demo; in production it is the operator's to write or not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export const SETTINGS_FILE = 'settings.env';

/** The environment, with what the data folder's file adds. */
export function settingsOf(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...read(join(env.DATA_DIR || './data', SETTINGS_FILE)), ...definedIn(env) };
}

function read(file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function definedIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''),
  );
}
