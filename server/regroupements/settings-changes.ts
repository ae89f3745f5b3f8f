// Settings, read to be changed, and written: by the command line and by the office's page, in the same way, with their act in the
// audit. Nobody overwrites what somebody else has changed meanwhile: a change from the page names the state it was made from.
import { type Actor, audited, MASKED } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { Problem } from '../problems/problem.ts';
import { hashOfLogo, type Logo, removeLogo, saveLogo } from './logos.ts';
import { SETTINGS, type SettingName, type Settings, settingOf, stored } from './setting-forms.ts';

type Value = string | number | null;
/** What is to be stored, by column. */
export type Columns = ReadonlyMap<string, Value>;

const NAMES = Object.keys(SETTINGS) as SettingName[];
const COLUMNS = NAMES.map((name) => SETTINGS[name].column);
/** The one that is never shown. */
export const SECRET = 'paypal_secret';

interface Held {
  settings: Settings;
  /** As the columns hold them, in the order of COLUMNS. */
  values: Value[];
  logo: string | null;
}

/** Names a state of settings: another one as soon as one of them, or the picture, has changed, by whomever. */
export function versionOf({ values, logo }: Pick<Held, 'values' | 'logo'>): string {
  return sha256(JSON.stringify([...values, logo])).slice(0, 22);
}

/** The settings as they are, and what names the picture. */
export async function readSettings(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<Held> {
  const { rows } = await deps.db.execute<Record<string, Value> & { logo: string | null }>(
    `SELECT ${COLUMNS.join(', ')}, (SELECT hash FROM logos l WHERE l.regroupement_id = r.id) AS logo
     FROM regroupements r WHERE id = ?`,
    [regroupementId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a row refers to a regroupement that is not there');
  const settings = Object.fromEntries(
    NAMES.map((name) => [name, settingOf(name, row[SETTINGS[name].column] ?? null)]),
  );
  return {
    settings: settings as unknown as Settings,
    values: COLUMNS.map((column) => row[column] ?? null),
    logo: row.logo,
  };
}

/** As they are stored, by column. */
function columnsOf(given: Partial<Settings>): Map<string, Value> {
  const names = NAMES.filter((name) => given[name] !== undefined);
  return new Map(names.map((name) => [SETTINGS[name].column, stored(name, given[name])]));
}

/** What is changed at once, and by whom. */
interface Change {
  columns: Columns;
  /** Null: none any more; absent: what is there stays. */
  logo?: Logo | null | undefined;
  by: Actor;
}

/** The statements that write them, with their act. Other PayPal credentials are another version of the account. */
export function writing(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  { columns, logo, by }: Change,
): Statement[] {
  const names = [...columns.keys()];
  const sets = names.map((name) => `, ${name} = ?`).join('');
  const credentials = columns.has(SECRET) || columns.has('paypal_client_id');
  return [
    // It reads what was there, so it comes first.
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'settings-changed',
      target: `regroupements:${regroupementId}`,
      before: settingsBefore(regroupementId, names, logo),
      after: told(columns, logo),
    }),
    {
      sql: `UPDATE regroupements SET updated_at = ?${sets}${credentials ? ', paypal_version = paypal_version + 1' : ''} WHERE id = ?`,
      args: [deps.now(), ...columns.values(), regroupementId],
    },
    ...(logo === undefined
      ? []
      : [logo === null ? removeLogo(regroupementId) : saveLogo(regroupementId, logo)]),
  ];
}

/** The settings as they stood, of those that are set now. */
function settingsBefore(id: string, names: readonly string[], logo: Logo | null | undefined): Statement {
  const values = names.map(
    (name) => `'${name}', ${name === SECRET ? `CASE WHEN ${name} IS NOT NULL THEN '${MASKED}' END` : name}`,
  );
  const picture = "'logo', (SELECT hash FROM logos WHERE regroupement_id = r.id)";
  return {
    sql: `SELECT json_object(${[...values, ...(logo === undefined ? [] : [picture])].join(', ')}) FROM regroupements r WHERE id = ?`,
    args: [id],
  };
}

/** What is set now, for the audit: the secret only as being there. */
export function told(columns: Columns, logo: Logo | null | undefined): Record<string, Value> {
  return {
    ...Object.fromEntries([...columns].map(([name, value]) => [name, name === SECRET ? MASKED : value])),
    ...(logo === undefined ? {} : { logo: named(logo) }),
  };
}

const named = (logo: Logo | null) => (logo === null ? null : hashOfLogo(logo));

/**
 * Changes settings, or the picture (null: none any more), from the state `version` on. Throws `changed-meanwhile` with `current`, the settings as they
 * are now, their `version`, and `asked`, what was to be set.
 */
export async function changeSettings(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  { version, by, given, logo }: { version: string; by: Actor; given: Partial<Settings>; logo?: Logo | null },
): Promise<void> {
  const before = await readSettings(deps, regroupementId);
  if (versionOf(before) !== version) throw changedMeanwhile(before, given);
  const columns = columnsOf(given);
  COLUMNS.forEach((column, i) => {
    if (columns.get(column) === before.values[i]) columns.delete(column);
  });
  const picture = logo === undefined || named(logo) === before.logo ? undefined : logo;
  if (columns.size === 0 && picture === undefined) return;
  try {
    await deps.db.batch([
      guard(
        `(SELECT (${COLUMNS.join(', ')}) IS (${COLUMNS.map(() => '?').join(', ')}) FROM regroupements WHERE id = ?)
         AND (SELECT max(hash) FROM logos WHERE regroupement_id = ?) IS ?`,
        [...before.values, regroupementId, regroupementId, before.logo],
      ),
      ...writing(deps, regroupementId, { columns, logo: picture, by }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const now = await readSettings(deps, regroupementId);
    // The database may be asked twice.
    const ours = COLUMNS.every((column, i) => !columns.has(column) || columns.get(column) === now.values[i]);
    if (!ours || (picture !== undefined && named(picture) !== now.logo)) throw changedMeanwhile(now, given);
  }
}

function changedMeanwhile(now: Held, asked: Partial<Settings>): Problem {
  return new Problem('changed-meanwhile', { current: now.settings, version: versionOf(now), asked });
}
