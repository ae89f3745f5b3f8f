// Does the simulation find faults? Breaks one rule of the server at a time, in a copy, and counts the histories until it
// is caught: `node test/simulation/mutants.ts [name…]`. The last results stand in README.md beside this file.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MOST = Number(process.env.HISTORIES ?? 600);

interface Mutant {
  name: string;
  file: string;
  from: string;
  to: string;
}
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'nothing holds the invoice while the money is taken',
    file: 'server/payments/confirm.ts',
    from: "sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, ?)',",
    to: "sql: 'SELECT ? AS a, ? AS b, ? AS c',",
  },
  {
    name: 'a silence of PayPal is taken for a refusal',
    file: 'server/payments/settlement/sync.ts',
    from: "return { from: 'refusal', failure: error, record: await readRecord(paypal, regroupement, payment) };",
    to: "return { from: 'refusal', failure: { decision: 'refused', issue: 'x' }, record: 'gone' };",
  },
  {
    name: 'the settlement is torn in two',
    file: 'server/payments/settlement/complete.ts',
    from: 'const completed = await writtenPayment(deps, payment.id, statements);',
    to: 'await deps.db.batch(statements.slice(0, 4));\n      const completed = await writtenPayment(deps, payment.id, statements.slice(4));',
  },
  {
    name: 'a payment moves on without being in the state it was read in',
    file: 'server/payments/settlement/transitions.ts',
    from: "guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND state = ?)', [payment.id, payment.state]);",
    to: "guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND ? IS NOT NULL)', [payment.id, payment.state]);",
  },
  {
    name: 'a message is marked sent before it is',
    file: 'server/mail/worker.ts',
    from: '        await mail.send(message);\n',
    to: '      await this.#deps.db.execute("UPDATE outbox SET state = \'sent\' WHERE id = ?", [row.id]);\n      await mail.send(message);\n',
  },
  {
    name: 'what the invoice owes is not looked at again before the money is taken',
    file: 'server/ledger/balance.ts',
    from: '= ?3\n',
    to: '>= ?3 - ?3 - 99999999\n',
  },
  {
    name: 'each try of a refund has a request id of its own',
    file: 'server/refunds/refunds.ts',
    from: '`ref:$' + '{refund.id}`',
    to: '`ref:$' + '{newId(deps)}`',
  },
  {
    name: 'refunds under way do not count',
    file: 'server/refunds/refunds.ts',
    from: "FROM refunds WHERE payment_id = ?1 AND state <> 'failed')",
    to: "FROM refunds WHERE payment_id = ?1 AND state = 'completed')",
  },
  {
    name: 'a reversal is all of the payment, whatever was taken back',
    file: 'server/refunds/reversals/record-reversal.ts',
    from: "await insertFound(deps, payment, id, cents, 'reversal');",
    to: "await insertFound(deps, payment, id, payment.amountCents, 'reversal');",
  },
  {
    name: 'what comes again after a reversal is posted nowhere',
    file: 'server/refunds/reversals/follow.ts',
    from: "  if (kind === 'return') {\n",
    to: "  if (kind === 'return') return;\n  if (kind === 'return') {\n",
  },
  {
    name: 'what was taken back and came again is not looked for before the money is taken',
    file: 'server/payments/confirm.ts',
    from: 'const still = await taking.checkReversals(taking.deps, taking.paypal, held);',
    to: 'const still: Statement[] = [];',
  },
  {
    name: 'what came again is paid again while a hold hides it',
    file: 'server/refunds/check-reversals.ts',
    from: 'if (heldAt !== null && ',
    to: 'if (heldAt === undefined && ',
  },
  {
    name: 'a webhook is done before it is applied',
    file: 'server/paypal-events/inbox.ts',
    from: '  try {\n    await applyEvent(',
    to: '  try {\n    await deps.db.execute("UPDATE webhook_events SET state = \'done\' WHERE id = ?", [row.id]);\n    await applyEvent(',
  },
  {
    name: 'the number of a receipt is counted before it is written',
    file: 'server/payments/settlement/complete.ts',
    from: 'SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, ?5, ?6 FROM receipts WHERE regroupement_id = ?2`,',
    to: "SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1 + (SELECT COUNT(*) FROM outbox WHERE kind = 'receipt' AND state = 'waiting'), ?3, ?4, ?5, ?6 FROM receipts WHERE regroupement_id = ?2`,",
  },
  {
    name: 'a declined try is asked again under the same request id',
    file: 'server/payments/settlement/record.ts',
    from: 'set: { failure: decision.issue, capture_attempt: payment.captureAttempt + 1 },',
    to: 'set: { failure: decision.issue },',
  },
  {
    name: 'whoever comes may finish a try: no lease',
    file: 'server/payments/settlement/lease.ts',
    from: "sql: '(claim_until IS NULL OR claim_until <= ? OR claim_token = ?)',",
    to: "sql: '(? IS NOT NULL AND ? IS NOT NULL)',",
  },
];

/** The file's text with the mutant's fault in it. Throws when the code has changed and the mutant must be mended. */
export function mutated(mutant: Mutant, root = ROOT): string {
  const text = readFileSync(join(root, mutant.file), 'utf8');
  if (!text.includes(mutant.from)) throw new Error(`${mutant.name}: the code has changed, mend this mutant`);
  return text.replace(mutant.from, mutant.to);
}

function run(mutant: Mutant): void {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-mutant-'));
  for (const part of ['server', 'demo', 'test', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, mutant.file), mutated(mutant, folder));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['test/simulation/simulate.ts', '--seed', '1', '--histories', String(MOST)],
    { cwd: folder, encoding: 'utf8' },
  );
  const histories = /^(\d+) histories/m.exec(stdout)?.[1] ?? '?';
  const caught = /went wrong/.test(stdout);
  console.log(
    caught
      ? `${mutant.name}: caught after ${histories}\n  ${symptom(stderr)}`
      : `${mutant.name}: NOT caught in ${histories} (exit ${status})`,
  );
  rmSync(folder, { recursive: true, force: true });
}

// What gave it away: a fault that only breaks a statement would prove nothing.
function symptom(stderr: string): string {
  const [first = '?', ...causes] = stderr.match(/^.*Error\b.*$/gm) ?? [];
  return [first, causes.find((line) => line.includes('[cause]')) ?? ''].join(' ').trim().slice(0, 200);
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  for (const mutant of MUTANTS)
    if (asked.length === 0 || asked.some((name) => mutant.name.includes(name))) run(mutant);
}
