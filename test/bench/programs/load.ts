// A load generator in its own process, so that it does not share the event loop of what it measures.
// Run as a program: load.ts <url> <milliseconds> <connections> <rest>, headers as JSON in $HEADERS;
// prints { requests, failures, ms, latencies }.
import { execFile } from 'node:child_process';
import { Agent, get } from 'node:http';
import { promisify } from 'node:util';

export interface Load {
  requests: number;
  requestsPerSecond: number;
  failures: number;
  /** Milliseconds from asking to the last byte of the answer. */
  p50: number;
  p99: number;
  max: number;
}
interface Printed {
  requests: number;
  failures: number;
  ms: number;
  latencies: number[];
}

/**
 * Asks for `url` over `connections` kept-alive connections for `ms`, from another process; each connection rests for
 * `restMs` after each answer.
 */
export async function load(
  url: string,
  ms: number,
  {
    connections = 16,
    headers = {},
    restMs = 0,
  }: { connections?: number; headers?: object; restMs?: number } = {},
): Promise<Load> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [import.meta.filename, url, String(ms), String(connections), String(restMs)],
    { env: { ...process.env, HEADERS: JSON.stringify(headers) }, maxBuffer: 2 ** 26 },
  );
  const { requests, failures, ms: took, latencies } = JSON.parse(stdout) as Printed;
  return {
    requests,
    requestsPerSecond: Math.round((requests * 1000) / took),
    failures,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    max: percentile(latencies, 1),
  };
}

/** The value below which that share of them is; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

if (import.meta.main) {
  const [url = '', ms = '1000', connections = '1', restMs = '0'] = process.argv.slice(2);
  const headers = JSON.parse(process.env.HEADERS ?? '{}') as Record<string, string>;
  const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
  const started = performance.now();
  const latencies: number[] = [];
  let failures = 0;
  const once = () =>
    new Promise<boolean>((resolve) => {
      get(url, { agent, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode === 200));
      }).on('error', () => resolve(false));
    });
  await Promise.all(
    Array.from({ length: Number(connections) }, async () => {
      while (performance.now() - started < Number(ms)) {
        const asked = performance.now();
        if (await once()) latencies.push(Math.round((performance.now() - asked) * 100) / 100);
        else failures++;
        if (restMs !== '0') await new Promise((resolve) => setTimeout(resolve, Number(restMs)));
      }
    }),
  );
  agent.destroy();
  console.log(
    JSON.stringify({ requests: latencies.length, failures, ms: performance.now() - started, latencies }),
  );
}
