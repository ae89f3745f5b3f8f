// `/metrics`, in Prometheus' text format: what an operator wants to be woken for. Only with METRICS_TOKEN; nothing in
// it names anybody.
import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';

/** Name, help, labels, and the statement whose rows are its values (`value` and the labels). `?1`: now. */
const GAUGES: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    'amisgest_pay_payments',
    'Payments by regroupement and state.',
    ['regroupement', 'state'],
    // Kept by the database with each change of state: to count them anew would take longer each year.
    `SELECT r.slug AS regroupement, p.state, p.count AS value FROM payment_counts p
     JOIN regroupements r ON r.id = p.regroupement_id WHERE ?1 > 0 AND p.count > 0 ORDER BY 1, 2`,
  ],
  [
    'amisgest_pay_unsettled_seconds',
    'Age of the oldest payment whose outcome is not known (capturing, unknown).',
    ['regroupement'],
    `SELECT r.slug AS regroupement, (?1 - min(p.updated_at)) / 1000.0 AS value FROM payments p
     JOIN regroupements r ON r.id = p.regroupement_id WHERE p.state IN ('capturing', 'unknown')
       AND p.state IN ('created','approved','capturing','pending','unknown','declined') GROUP BY 1`,
  ],
  [
    'amisgest_pay_exceptions_open',
    'What waits for a person of the staff.',
    ['regroupement', 'kind'],
    `SELECT r.slug AS regroupement, e.kind, count(*) AS value FROM exceptions e
     JOIN regroupements r ON r.id = e.regroupement_id WHERE e.closed_at IS NULL AND ?1 > 0 GROUP BY 1, 2`,
  ],
  [
    'amisgest_pay_webhook_events',
    'PayPal’s events that wait for its record to bear them out, or are parked.',
    ['regroupement', 'state'],
    `SELECT r.slug AS regroupement, w.state, count(*) AS value FROM webhook_events w
     JOIN regroupements r ON r.id = w.regroupement_id WHERE w.state <> 'done' AND ?1 > 0 GROUP BY 1, 2`,
  ],
  [
    'amisgest_pay_reversals_unchecked',
    'Reversals of before they had amounts that were not compared with PayPal’s record yet.',
    ['regroupement'],
    `SELECT r.slug AS regroupement, count(*) AS value FROM refunds f
     JOIN regroupements r ON r.id = f.regroupement_id WHERE f.unchecked = 1 AND ?1 > 0 GROUP BY 1`,
  ],
  [
    'amisgest_pay_messages',
    'E-mails that wait or are parked.',
    ['state'],
    `SELECT state, count(*) AS value FROM outbox WHERE state <> 'sent' AND kind <> 'nothing' AND ?1 > 0 GROUP BY 1`,
  ],
  [
    'amisgest_pay_message_wait_seconds',
    'How long the oldest e-mail that is due has waited.',
    [],
    `SELECT value FROM (SELECT max(?1 - next_at) / 1000.0 AS value FROM outbox
       WHERE state = 'waiting' AND state <> 'sent' AND kind <> 'nothing' AND next_at <= ?1)
     WHERE value IS NOT NULL`,
  ],
  [
    'amisgest_pay_counted_total',
    'What was counted, by name (refused webhooks and the like).',
    ['regroupement', 'name'],
    `SELECT r.slug AS regroupement, c.name, sum(c.count) AS value FROM counters c
     JOIN regroupements r ON r.id = c.regroupement_id WHERE ?1 > 0 GROUP BY 1, 2`,
  ],
];

/** `GET /metrics` with `Authorization: Bearer` and METRICS_TOKEN. Not there while that is not set. */
export function metricsRoutes(deps: Deps) {
  return new Hono<BaseEnv>().get(
    '/metrics',
    describeFile('What an operator wants to be woken for, for Prometheus', 'text/plain', {
      problems: ['unauthenticated', 'not-found'],
      security: [{ metricsToken: [] }],
    }),
    async (c) => {
      const { metricsToken } = deps.config;
      if (metricsToken === undefined) throw new Problem('not-found');
      const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
      if (!timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(metricsToken)))) {
        c.header('WWW-Authenticate', 'Bearer');
        throw new Problem('unauthenticated');
      }
      const sections = await Promise.all(
        GAUGES.map(async ([name, help, labels, sql]) => {
          const { rows } = await deps.db.execute<Record<string, string | number>>(sql, [deps.now()]);
          const type = name.endsWith('_total') ? 'counter' : 'gauge';
          const lines = rows.map((row) => {
            const named = labels.map(
              (label) => `${label}="${String(row[label]).replace(/[\\"\n]/g, '\\$&')}"`,
            );
            return `${name}${named.length === 0 ? '' : `{${named.join(',')}}`} ${row.value}`;
          });
          return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
        }),
      );
      return c.text(`${sections.join('\n')}\n`, 200, {
        'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      });
    },
  );
}
