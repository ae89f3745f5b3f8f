// Sends what waits in the outbox: at least once, each row claimed by one process at a time, the same Message-ID at
// every try. What is refused for good, or too often, is parked for staff to see; nothing is forgotten.
//
// There are three lines. What nobody's asking caused (receipts, what staff must know) is sent by several connections side by
// side. What a stranger can cause leaves one at each interval, whatever becomes of the one before: a send that hangs holds
// its own connection only, and a row that is no message takes its turn, and a place for as long as a send takes. So when
// his own arrive, he learns how many asked before him and nothing else (I3, I6). The interval is longer than a send
// usually takes, so that a relay that takes one message at a time has done with it before the next. What could not be sent
// leaves that line for a third, since what is no message never fails: it is tried again at a moment of its own, drawn at
// random, so that those that failed together do not follow each other as they were asked for.
import { sha256 } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, MailError } from '../deps.ts';
import { forRequest } from '../request-id.ts';
import { compose } from './compose.ts';
import { type OutboxRow, SECRET_KINDS } from './outbox.ts';

/** Sends side by side in each line. */
export const AT_ONCE = { own: 10, asked: 12, again: 2 } as const;
type Line = keyof typeof AT_ONCE;
/** The connections to the mail server that may be open together. */
export const CONNECTIONS = AT_ONCE.own + AT_ONCE.asked + AT_ONCE.again;

/** Longer than a send can take (smtp.ts): after that another process may try. */
const CLAIM_MS = 2 * 60_000;
const MAX_ATTEMPTS = 12;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

const SHORTEST_INTERVAL_MS = 25;
const LONGEST_INTERVAL_MS = 2_000;
/** The interval in sends of usual length. */
const INTERVAL = 1.5;
/** Recipients whose last sends tell the usual length. One person is one of them: hers alone changes no interval. */
const REMEMBERED = 15;

/** SQL: what is due in the line, and what comes first there; `?1`: now. */
const FREE = `state = 'waiting' AND next_at <= ?1 AND (claim_until IS NULL OR claim_until <= ?1)`;
const DUE: Readonly<Record<Line, string>> = {
  own: `${FREE} AND asked_by = ''`,
  asked: `${FREE} AND asked_by <> '' AND attempts = 0`,
  again: `${FREE} AND asked_by <> '' AND attempts > 0`,
};
const FIRST: Readonly<Record<Line, string>> = {
  own: 'next_at',
  asked: 'turn, next_at, rowid',
  again: 'next_at',
};

/** What is due now, every line, to its end. Answers what became of the messages. */
export async function sendDueMail(deps: Deps): Promise<{ sent: number; failed: number }> {
  const worker = new MailWorker(deps, 0);
  const rounds = await Promise.allSettled([worker.sendAtOnce(), worker.releaseAsked()]);
  const results = await worker.finished();
  for (const round of rounds) if (round.status === 'rejected') throw round.reason;
  return results;
}

/** Whether something that was asked for is due: reads only, so that it may be asked often. */
export async function isAskedDue(deps: Pick<Deps, 'db' | 'now'>): Promise<boolean> {
  const { rows } = await deps.db.execute(`SELECT 1 FROM outbox WHERE ${DUE.asked} LIMIT 1`, [deps.now()]);
  return rows.length > 0;
}

/** The lines of one process. */
export class MailWorker {
  readonly #deps: Deps;
  readonly #underWay: Record<Line, Set<Promise<void>>> = {
    own: new Set(),
    asked: new Set(),
    again: new Set(),
  };
  readonly #filling = new Map<Line, Promise<void>>();
  /** What became of messages, not written yet; and the transaction that will write it, once the one before is done. */
  #ended: Statement[] = [];
  #next: Promise<unknown> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #results = { sent: 0, failed: 0 };
  /** How long the last send took, well or badly, to each of the last recipients, in milliseconds. */
  readonly #took: Map<string, number>;
  #error: unknown;
  #stopped = false;

  /** `assumedMs`: how long a send takes, until some have told. */
  constructor(deps: Deps, assumedMs: number) {
    this.#deps = deps;
    this.#took = new Map(Array.from({ length: REMEMBERED }, (_, i) => [`nobody ${i}`, assumedMs]));
  }

  /** Begins to send what nobody's asking caused, and what is tried again, and goes on as places come free; waits for none. */
  async sendAtOnce(): Promise<void> {
    this.#complain();
    await Promise.all([this.#fill('own'), this.#fill('again')]);
  }

  // By one call at a time: places that come free while it claims are filled in its next turn, together.
  #fill(line: 'own' | 'again'): Promise<void> {
    const filling =
      this.#filling.get(line) ?? this.#claimWhileFree(line).finally(() => this.#filling.delete(line));
    this.#filling.set(line, filling);
    return filling;
  }

  async #claimWhileFree(line: 'own' | 'again'): Promise<void> {
    for (;;) {
      const free = AT_ONCE[line] - this.#underWay[line].size;
      if (this.#stopped || free === 0) return;
      const rows = await this.#claim(line, free);
      for (const row of rows) this.#start(line, row);
      if (rows.length < free) return;
    }
  }

  /**
   * Begins to send what was asked for, one at each interval, until none is due or `forMs` are over. By one process at a time: the
   * intervals of two would fall together.
   */
  async releaseAsked(forMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#complain();
    const until = this.#deps.now() + forMs;
    const underWay = this.#underWay.asked;
    while (!this.#stopped && this.#deps.now() < until) {
      if (underWay.size >= AT_ONCE.asked) await Promise.race(underWay);
      const began = this.#deps.now();
      const [row] = await this.#claim('asked', 1);
      if (row === undefined) return;
      this.#start('asked', row);
      // What the database took is part of the interval: the work on one message must not lengthen it.
      await this.#deps.sleep(Math.max(0, this.#interval() - (this.#deps.now() - began)));
    }
  }

  /** Begins nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Once nothing is under way: what became of the messages. */
  async finished(): Promise<{ sent: number; failed: number }> {
    const underWay = () => [
      ...this.#filling.values(),
      ...Object.values(this.#underWay).flatMap((line) => [...line]),
    ];
    while (underWay().length > 0) await Promise.race(underWay());
    this.#complain();
    return this.#results;
  }

  #start(line: Line, row: OutboxRow): void {
    const underWay = this.#underWay[line];
    const send = () => (row.recipient === '' ? this.#passBy(row) : this.#deliver(line, row));
    const one = forRequest(row.requestId, send)
      .catch((error: unknown) => {
        this.#error ??= error;
      })
      .then(async () => {
        underWay.delete(one);
        if (line !== 'asked' && this.#error === undefined) await this.#fill(line);
      })
      .catch((error: unknown) => {
        this.#error ??= error;
      });
    underWay.add(one);
  }

  // What failed beside a round is told by the next one.
  #complain(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  #remember(recipient: string, ms: number): void {
    this.#took.delete(recipient);
    this.#took.set(recipient, ms);
    const [oldest] = this.#took.keys();
    if (oldest !== undefined && this.#took.size > REMEMBERED) this.#took.delete(oldest);
  }

  #interval(): number {
    return Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, Math.ceil(INTERVAL * this.#usual())));
  }

  #usual(): number {
    return [...this.#took.values()].sort((a, b) => a - b)[REMEMBERED >> 1] ?? 0;
  }

  // No more than can begin at once: rows that waited for each other behind a slow server would outlive their claims.
  async #claim(line: Line, free: number): Promise<OutboxRow[]> {
    const now = this.#deps.now();
    // The clause on claim_until repeats the inner one, so that two processes never take the same row.
    const { rows } = await this.#deps.db.execute<OutboxRow>(
      `UPDATE outbox SET claim_until = ?2
       WHERE id IN (SELECT id FROM outbox WHERE ${DUE[line]} ORDER BY ${FIRST[line]} LIMIT ?3)
         AND (claim_until IS NULL OR claim_until <= ?1)
       RETURNING id, regroupement_id AS regroupementId, dedupe_key AS dedupeKey, kind, recipient, lang, payload, attempts,
         request_id AS requestId`,
      [now, now + CLAIM_MS, free],
    );
    return rows;
  }

  async #deliver(line: Line, row: OutboxRow): Promise<void> {
    const { now, mail, log } = this.#deps;
    let failure: { error: unknown } | undefined;
    try {
      const message = await compose(this.#deps, row, sha256(row.dedupeKey));
      const began = now();
      try {
        await mail.send(message);
      } finally {
        this.#remember(row.recipient, now() - began);
      }
    } catch (error) {
      failure = { error };
    }
    await this.#record(
      line,
      failure === undefined ? sent(this.#deps, row) : later(this.#deps, row, failure.error),
    );
    if (failure === undefined) {
      log.info('mail-sent', { outbox: row.id, kind: row.kind });
      this.#results.sent++;
    } else this.#results.failed++;
  }

  /**
   * Writes what became of a message. What nobody's asking caused is written together with what ends while the transaction
   * before is under way: one each, made durable one after the other, would be slower than the sends. What was asked for is
   * written alone, so that it does not wait for others.
   */
  async #record(line: Line, became: Statement): Promise<void> {
    const { db } = this.#deps;
    if (line === 'asked') {
      await db.execute(became.sql, became.args);
      return;
    }
    this.#ended.push(became);
    if (this.#next === undefined) {
      const next = this.#last.then(() => {
        this.#next = undefined;
        return db.batch(this.#ended.splice(0));
      });
      this.#next = next;
      this.#last = next.catch(() => undefined);
    }
    await this.#next;
  }

  /** Holds the place of a message for as long as one usually takes. */
  async #passBy(row: OutboxRow): Promise<void> {
    await this.#deps.sleep(this.#usual());
    await this.#deps.db.execute("DELETE FROM outbox WHERE id = ? AND recipient = '' AND state = 'waiting'", [
      row.id,
    ]);
  }
}

function sent({ now }: Deps, row: OutboxRow): Statement {
  return sql`UPDATE outbox SET state = 'sent', sent_at = ${now()}, attempts = attempts + 1, claim_until = NULL, last_error = NULL,
      payload = ${withoutSecrets(row)}, asked_by = '' WHERE id = ${row.id}`;
}

function later(deps: Deps, row: OutboxRow, error: unknown): Statement {
  const attempts = row.attempts + 1;
  const parked = (error instanceof MailError && error.permanent) || attempts >= MAX_ATTEMPTS;
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.attempts);
  const drawn = Buffer.from(deps.randomBytes(4)).readUInt32BE() / 2 ** 32;
  const wait = Math.ceil((longest * (1 + drawn)) / 2);
  // A MailError's text is a code; any other error may quote the message, so only its name is kept.
  const why = error instanceof MailError ? error.message : error instanceof Error ? error.name : 'Error';
  deps.log.warn('mail-not-sent', { outbox: row.id, kind: row.kind, attempts, parked, why });
  if (!(error instanceof MailError))
    deps.log.error('mail-compose', { outbox: row.id, kind: row.kind }, error);
  const state = parked ? 'parked' : 'waiting';
  return sql`UPDATE outbox SET state = ${state}, attempts = ${attempts}, next_at = ${deps.now() + wait}, claim_until = NULL,
      last_error = ${why}, payload = ${parked ? withoutSecrets(row) : row.payload},
      asked_by = iif(${state} = 'parked', '', asked_by)
    WHERE id = ${row.id}`;
}

// A link's secret is stored hashed where it counts; once its message has gone, or never will, it stands nowhere else.
function withoutSecrets(row: OutboxRow): string {
  return SECRET_KINDS.includes(row.kind) ? '{}' : row.payload;
}
