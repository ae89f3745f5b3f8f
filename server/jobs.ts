// The work that goes on beside the calls: each job again and again, one process at a time (a lease in the database).
// A job that fails is logged and comes again; it never ends the process.
import { type Deps, newId } from './deps.ts';
import { endLeases, takeLease } from './leases.ts';

export interface Job {
  name: string;
  everyMs: number;
  /** How long after the start its first round comes; as long as between two when not given. */
  firstMs?: number;
  /** Several processes may do it at once: the job itself shares out the work. */
  shared?: boolean;
  /** How long a process that does it alone keeps it after a round began; a few rounds' time when not given. */
  leaseMs?: number;
  /** Whether there is anything to do: asked first, where a round that is not needed would write. */
  due?(): Promise<boolean>;
  work(): Promise<unknown>;
}

/** Starts the jobs; `stop` waits for what is under way. */
export function startJobs(deps: Deps, jobs: readonly Job[]): { stop(): Promise<void> } {
  const holder = newId(deps);
  let stopped = false;
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const schedule = (job: Job, afterMs = job.everyMs) => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const round = run(deps, holder, job).finally(() => {
        running.delete(round);
        schedule(job);
      });
      running.add(round);
    }, afterMs);
    timer.unref();
    timers.add(timer);
  };
  for (const job of jobs) schedule(job, job.firstMs);

  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
      await endLeases(deps, holder).catch(() => undefined);
    },
  };
}

async function run(deps: Deps, holder: string, job: Job): Promise<void> {
  try {
    if (job.due !== undefined && !(await job.due())) return;
    // The lease outlasts a few rounds, so that the same process keeps it while it lives.
    const leaseMs = job.leaseMs ?? job.everyMs * 3;
    if (job.shared === true || (await takeLease(deps, job.name, holder, leaseMs))) await job.work();
  } catch (error) {
    deps.log.error('job', { job: job.name }, error);
  }
}
