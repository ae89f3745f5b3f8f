// The audit as a chain: each row is sealed by a hash of itself and of the seal before it (SHA-256). Whoever changes, removes or
// slips in a row has to make every seal after it anew, and the last one is in the server's log, and wherever a person has
// written it down.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashUnder, sha256 } from '../crypto.ts';
import { guard } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';

/** The row that it seals, with all before it. */
export interface Seal {
  seq: number;
  seal: string;
}

/**
 * What is wrong with the first row of which something is: it is not what was sealed, or its seal is not; it was sealed and is
 * gone; it stands among sealed rows and never was; what is said of it in words is not what it was; the seal that was written
 * down elsewhere is not the one here.
 */
export type Fault = 'changed' | 'gone' | 'slipped-in' | 'words-changed' | 'other-seal';

export interface Verdict {
  /** Rows that were looked at. */
  rows: number;
  /** Those of them that are not sealed yet. */
  unsealed: number;
  /** Those whose words were erased, as they may be. */
  erased: number;
  last: Seal | null;
  broken: { seq: number; fault: Fault } | null;
}

const AT_ONCE = 500;
const BEFORE_ALL: Seal = { seq: 0, seal: '' };

const SEALED = ['fingerprint', 'at', 'actor', 'regroupement_id', 'act', 'target', 'before', 'after'] as const;
const SEALED_TOO = ['request_id', 'words_hash'] as const;
type AuditRow = { seq: number } & Record<(typeof SEALED | typeof SEALED_TOO)[number], string | number | null>;
const COLUMNS = [...SEALED, ...SEALED_TOO].map((name) => `a.${name}`).join(', ');

function sealOf(before: string, row: AuditRow): string {
  const values = [row.seq, ...SEALED.map((name) => row[name]), ...SEALED_TOO.map((name) => row[name])];
  return sha256(`${before}\n${JSON.stringify(values)}`);
}

/** Seals what is not sealed yet, and says in the log which row was the last, and its seal. */
export async function sealAudit(deps: Pick<Deps, 'db' | 'log'>): Promise<void> {
  for (let sealed = 0; ; ) {
    const last = await lastSeal(deps);
    const { rows } = await deps.db.execute<AuditRow>(
      `SELECT a.seq, ${COLUMNS} FROM audit a WHERE a.seq > ? ORDER BY a.seq LIMIT ${AT_ONCE}`,
      [last.seq],
    );
    if (rows.length === 0) {
      if (sealed > 0) deps.log.info('audit-sealed', { ...last });
      return;
    }
    let { seal } = last;
    const seals = rows.map((row) => {
      seal = sealOf(seal, row);
      return [row.seq, seal];
    });
    await deps.db.batch([
      guard('(SELECT coalesce(max(seq), 0) FROM audit_seals) = ?', [last.seq]),
      sql`INSERT INTO audit_seals(seq, seal) SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(seals)})`,
    ]);
    sealed += rows.length;
    await nextTurn();
  }
}

async function lastSeal({ db }: Pick<Deps, 'db'>): Promise<Seal> {
  const { rows } = await db.execute<Seal>(
    'SELECT seq, seal FROM audit_seals WHERE seq = (SELECT max(seq) FROM audit_seals)',
  );
  return rows[0] ?? BEFORE_ALL;
}

type Linked = AuditRow & {
  place: number;
  seal: string | null;
  hash_key: string | null;
  words: string | null;
};

/** Looks at every row, and stops at the first with which something is wrong. `known`: a seal that was written down elsewhere. */
export async function verifyAudit(deps: Pick<Deps, 'db'>, known: Seal | null = null): Promise<Verdict> {
  const last = await lastSeal(deps);
  const verdict: Verdict = {
    rows: 0,
    unsealed: 0,
    erased: 0,
    last: last.seq === 0 ? null : last,
    broken: null,
  };
  if (known !== null && known.seq > last.seq)
    return { ...verdict, broken: { seq: known.seq, fault: 'gone' } };
  let { seal } = BEFORE_ALL;
  for (let after = 0; ; ) {
    const page = await linkedAfter(deps, after);
    if (page.length === 0) return verdict;
    for (const row of page) {
      after = row.place;
      const fault = faultOf(row, seal, last.seq);
      if (fault !== null) return { ...verdict, broken: { seq: row.place, fault } };
      if (known?.seq === row.place && known.seal !== row.seal)
        return { ...verdict, broken: { seq: row.place, fault: 'other-seal' } };
      verdict.rows++;
      if (row.seal === null) verdict.unsealed++;
      if (row.words_hash !== null && row.words === null) verdict.erased++;
      seal = row.seal ?? seal;
    }
    await nextTurn();
  }
}

function faultOf(row: Linked, before: string, lastSealed: number): Fault | null {
  if (row.seq === null) return 'gone';
  if (row.seal === null && row.place <= lastSealed) return 'slipped-in';
  if (row.seal !== null && row.seal !== sealOf(before, row)) return 'changed';
  const { hash_key: key, words } = row;
  return words !== null && (key === null || hashUnder(key, words) !== row.words_hash)
    ? 'words-changed'
    : null;
}

// By the rows and by the seals: either may be without the other.
async function linkedAfter({ db }: Pick<Deps, 'db'>, after: number): Promise<Linked[]> {
  const { rows } = await db.execute<Linked>(
    `SELECT p.place, a.seq, ${COLUMNS}, s.seal, w.hash_key, w.words
     FROM (SELECT place FROM (SELECT seq AS place FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ${AT_ONCE})
           UNION SELECT place FROM (SELECT seq AS place FROM audit_seals WHERE seq > ?1 ORDER BY seq LIMIT ${AT_ONCE})
           ORDER BY place LIMIT ${AT_ONCE}) p
     LEFT JOIN audit a ON a.seq = p.place LEFT JOIN audit_seals s ON s.seq = p.place
     LEFT JOIN audit_words w ON w.seq = p.place ORDER BY p.place`,
    [after],
  );
  return rows;
}
