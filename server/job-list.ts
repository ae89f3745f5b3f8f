// What a server does again and again, and how often. The code of a job is loaded with its first round, so that nobody waits for it
// before the first call.
import type { Deps } from './deps.ts';
import type { Job } from './jobs.ts';
import { isAskedDue, type MailWorker } from './mail/worker.ts';
import type { PayPal } from './paypal/client.ts';

const SOON_MS = 1_000;
const ASKED_LOOK_MS = 250;
/** The intervals of two processes must not fall together: the lease outlasts the round. */
const ASKED_ROUND_MS = 10_000;
const ASKED_LEASE_MS = 30_000;
const SWEEP_EVERY_MS = 60_000;
const RECOVER_EVERY_MS = 300_000;
const INDEX_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 3_600_000;

/** The jobs of a process that has all of `deps`. */
export function jobsOf(deps: Deps, paypal: PayPal, mail: MailWorker): Job[] {
  return [...mailJobs(deps, mail), ...moneyJobs(deps, paypal), ...officeJobs(deps), ...tidyingJobs(deps)];
}

function mailJobs(deps: Deps, mail: MailWorker): Job[] {
  return [
    { name: 'mail', everyMs: SOON_MS, shared: true, work: () => mail.sendAtOnce() },
    {
      name: 'asked-mail',
      everyMs: ASKED_LOOK_MS,
      leaseMs: ASKED_LEASE_MS,
      due: () => isAskedDue(deps),
      work: () => mail.releaseAsked(ASKED_ROUND_MS),
    },
  ];
}

function moneyJobs(deps: Deps, paypal: PayPal): Job[] {
  return [
    {
      name: 'payments',
      everyMs: SWEEP_EVERY_MS,
      async work() {
        const { sweepPayments } = await import('./payments/sweep.ts');
        const { checkReversals } = await import('./refunds/check-reversals.ts');
        return await sweepPayments(deps, paypal, checkReversals);
      },
    },
    {
      name: 'webhooks',
      everyMs: SOON_MS,
      shared: true,
      work: async () => (await import('./paypal-events/inbox.ts')).applyDueEvents(deps, paypal),
    },
    {
      name: 'refunds',
      everyMs: SWEEP_EVERY_MS,
      work: async () => (await import('./refunds/sweep.ts')).sweepRefunds(deps, paypal),
    },
    {
      name: 'disputes',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./refunds/disputes.ts')).followDisputes(deps, paypal),
    },
    {
      name: 'old-reversals',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./refunds/old-reversals.ts')).checkOldReversals(deps, paypal),
    },
    {
      name: 'reconcile',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./reconciliation/reconcile.ts')).reconcileDue(deps, paypal),
    },
    {
      name: 'recover',
      everyMs: RECOVER_EVERY_MS,
      work: async () => (await import('./reconciliation/recover.ts')).recoverStopped(deps, paypal),
    },
    {
      name: 'premium-tax',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./ledger/premium-tax.ts')).followTaxRates(deps),
    },
    {
      name: 'premium-tax-steps',
      everyMs: TIDY_EVERY_MS,
      firstMs: SOON_MS,
      shared: true,
      work: async () => (await import('./exceptions/tax-steps.ts')).tellOfTaxSteps(deps),
    },
  ];
}

function officeJobs(deps: Deps): Job[] {
  return [
    {
      name: 'import-sweep',
      everyMs: SWEEP_EVERY_MS,
      firstMs: SOON_MS,
      due: async () => (await import('./import/writing/sweep.ts')).isSweepDue(deps),
      work: async () => (await import('./import/writing/sweep.ts')).sweepImports(deps),
    },
    {
      name: 'link-requests',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./certificates/links/link-requests.ts')).remindOfRequests(deps),
    },
    {
      name: 'instalments',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./instalments/reminders.ts')).remindOfInstalments(deps),
    },
    {
      name: 'digests',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./staff/people/alerts.ts')).sendDigests(deps),
    },
    {
      name: 'file-search',
      everyMs: INDEX_EVERY_MS,
      firstMs: SOON_MS,
      work: async () => (await import('./staff/files/search.ts')).indexFiles(deps),
    },
  ];
}

function tidyingJobs(deps: Deps): Job[] {
  return [
    {
      name: 'audit-seals',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./operations/audit-seals.ts')).sealAudit(deps),
    },
    {
      name: 'retention',
      everyMs: TIDY_EVERY_MS,
      work: async () => (await import('./privacy/retention.ts')).keepNoLonger(deps),
    },
  ];
}
