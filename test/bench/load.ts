// A load generator in its own process, so that it does not share the event loop of what it measures.
// Run as a program: load.ts <url> <milliseconds> <connections>, headers as JSON in $HEADERS;
// prints { requests, failures, ms, p99Ms, maxMs }.
import { execFile } from 'node:child_process';
import { Agent, get } from 'node:http';
import { promisify } from 'node:util';

export interface Load {
  requestsPerSecond: number;
  failures: number;
  /** How long 99 in a hundred waited at most, and the one that waited longest. */
  p99Ms: number;
  maxMs: number;
}

/** Asks for `url` over `connections` kept-alive connections for `ms`, from another process. */
export async function load(url: string, ms: number, connections = 16, headers: object = {}): Promise<Load> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [import.meta.filename, url, String(ms), String(connections)],
    { env: { ...process.env, HEADERS: JSON.stringify(headers) } },
  );
  const {
    requests,
    failures,
    ms: took,
    p99Ms,
    maxMs,
  } = JSON.parse(stdout) as Record<'requests' | 'failures' | 'ms' | 'p99Ms' | 'maxMs', number>;
  return { requestsPerSecond: Math.round((requests * 1000) / took), failures, p99Ms, maxMs };
}

if (import.meta.main) {
  const [url = '', ms = '1000', connections = '1'] = process.argv.slice(2);
  const headers = JSON.parse(process.env.HEADERS ?? '{}') as Record<string, string>;
  const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
  const started = performance.now();
  let requests = 0;
  let failures = 0;
  const waits: number[] = [];
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
        if (await once()) requests++;
        else failures++;
        waits.push(performance.now() - asked);
      }
    }),
  );
  agent.destroy();
  waits.sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      requests,
      failures,
      ms: performance.now() - started,
      p99Ms: Math.round(waits[Math.floor(waits.length * 0.99)] ?? 0),
      maxMs: Math.round(waits.at(-1) ?? 0),
    }),
  );
}
