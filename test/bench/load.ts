// A load generator in its own process, so that it does not share the event loop of what it measures.
// Run as a program: load.ts <url> <milliseconds> <connections>, headers as JSON in $HEADERS;
// prints { requests, failures, ms }.
import { execFile } from 'node:child_process';
import { Agent, get } from 'node:http';
import { promisify } from 'node:util';

export interface Load {
  requestsPerSecond: number;
  failures: number;
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
  } = JSON.parse(stdout) as Record<'requests' | 'failures' | 'ms', number>;
  return { requestsPerSecond: Math.round((requests * 1000) / took), failures };
}

if (import.meta.main) {
  const [url = '', ms = '1000', connections = '1'] = process.argv.slice(2);
  const headers = JSON.parse(process.env.HEADERS ?? '{}') as Record<string, string>;
  const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
  const started = performance.now();
  let requests = 0;
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
        if (await once()) requests++;
        else failures++;
      }
    }),
  );
  agent.destroy();
  console.log(JSON.stringify({ requests, failures, ms: performance.now() - started }));
}
