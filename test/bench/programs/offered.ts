// Requests that come when they come, whatever becomes of those before, from another process. Run as a program: reads
// { requests, perSecond } from standard input; prints an array of { status, ms }.
import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Request {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
}
export interface Answer {
  /** 0: the connection broke. */
  status: number;
  /** From asking to the last byte of the answer. */
  ms: number;
}

/** Makes the requests so many a second; all at once where it is not said. Connections are kept, as a proxy in front does. */
export async function offer(requests: readonly Request[], perSecond?: number): Promise<Answer[]> {
  return await new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [import.meta.filename],
      { maxBuffer: 2 ** 26 },
      (error, stdout) => (error === null ? resolve(JSON.parse(stdout) as Answer[]) : reject(error)),
    );
    child.stdin?.end(JSON.stringify({ requests, perSecond }));
  });
}

if (import.meta.main) {
  const { requests, perSecond } = JSON.parse(await text(process.stdin)) as {
    requests: Request[];
    perSecond?: number;
  };
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const ask = ({ method, url, headers = {}, body = '' }: Request) =>
    new Promise<Answer>((resolve) => {
      const asked = performance.now();
      const done = (status: number) => resolve({ status, ms: performance.now() - asked });
      request(url, { agent, method, headers }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode ?? 0));
        answer.on('error', () => done(0));
      })
        .on('error', () => done(0))
        .end(body);
    });
  const started = performance.now();
  const answers = requests.map(async (one, i) => {
    const at = perSecond === undefined ? 0 : started + (i * 1000) / perSecond - performance.now();
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, at));
    return await ask(one);
  });
  console.log(JSON.stringify(await Promise.all(answers)));
  agent.destroy();
}
