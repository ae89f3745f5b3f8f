// The widget on a slow phone, beside an empty Lit element served the same way. Simulated, so that a busy machine changes
// little: the time is the processor's, of the page's main thread, four times over, and what a network of 150 ms and
// 1.6 Mbit/s takes for the bytes. From the script's request to a box that can be typed in; how long the thread was
// blocked (what its tasks take above 50 ms); and whether anything moved.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import puppeteer, { type Browser } from 'puppeteer-core';
import { build } from 'vite';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** `ROUNDS=5 node test/bench/phone.ts` for a short one. */
const ROUNDS = Number(process.env.ROUNDS ?? 15);
const SLOWER = 4;
const LATENCY_MS = 150;
const BYTES_A_MS = 1_600_000 / 8 / 1000;
/** A task that takes longer keeps her waiting. */
const SHORT_MS = 50;
const EMPTY = `import { html, LitElement } from 'lit';
customElements.define('empty-lit', class extends LitElement { render() { return html\`<input>\`; } });`;
const PROFILE = {
  slug: 'x',
  name: 'Regroupement',
  email: 'a@example.org',
  phone: '418 555-0123',
  address: '',
  privacy: { title: '', email: 'a@example.org' },
  helpUrl: null,
  certificateExample: 'PB-004512',
  instalments: { kind: 'none' },
  payable: true,
};
const page = (script: string, body: string) =>
  `<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>x</title>
   <script type="module" src="${script}"></script><h1>Payer</h1>${body}<p>Après</p>`;

/** What one visit cost, in milliseconds of the slow phone; `shift` has no unit. */
interface Visit {
  usable: number;
  blocked: number;
  longest: number;
  shift: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const { server, origin } = await serve(await emptyLit());
  const browser = await puppeteer.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    // The browser's own first page works for a while.
    await (await browser.pages())[0]?.goto('about:blank');
    const visits: Record<'widget' | 'empty', Visit[]> = { widget: [], empty: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      visits.empty.push(await visit(browser, `${origin}/empty`, 'empty-lit'));
      visits.widget.push(await visit(browser, `${origin}/widget`, 'amisgest-pay'));
    }
    const spread = (which: keyof typeof visits, what: keyof Visit) => {
      const sorted = visits[which].map((one) => one[what]).sort((a, b) => a - b);
      const at = (i: number) => sorted.at(i)?.toFixed(0);
      return {
        median: sorted[ROUNDS >> 1] ?? Number.NaN,
        text: `${at(ROUNDS >> 1)} ms [${at(0)}–${at(-1)}]`,
      };
    };
    const line = (what: keyof Visit) =>
      `widget ${spread('widget', what).text}, empty Lit element ${spread('empty', what).text}`;
    const ratio = spread('widget', 'usable').median / spread('empty', 'usable').median;
    return {
      name: `First view on a slow phone, simulated from processor time: median [range] of ${ROUNDS} cold visits`,
      lines: [
        `from the script's request to a box to type in: ${line('usable')}, ratio ${ratio.toFixed(2)}`,
        `main thread blocked: ${line('blocked')}`,
        `its longest task: ${line('longest')}`,
        `layout shift, the worst visit: ${Math.max(...visits.widget.map(({ shift }) => shift)).toFixed(4)}`,
      ],
    };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Both pages, and the widget's files, from a server of their own. */
async function serve(empty: string) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const send = (type: string, body: string | Buffer) => {
      response.setHeader('Content-Type', `${type}; charset=utf-8`);
      response.setHeader('Content-Encoding', 'br');
      response.end(brotliCompressSync(body));
    };
    if (pathname === '/widget')
      send(
        'text/html',
        page(
          '/amisgest-pay.js',
          '<amisgest-pay regroupement="x" style="display:block;min-height:760px"><a href="/p">Payer</a></amisgest-pay>',
        ),
      );
    else if (pathname === '/empty')
      send('text/html', page('/empty.js', '<empty-lit style="display:block;min-height:760px"></empty-lit>'));
    else if (pathname === '/empty.js') send('text/javascript', empty);
    else if (pathname.endsWith('.js')) send('text/javascript', readFileSync(`${ROOT}dist/widget${pathname}`));
    else send('application/json', JSON.stringify(PROFILE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function emptyLit(): Promise<string> {
  // No such file: it is only here.
  const entry = `${ROOT}empty-lit.js`;
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'empty-lit',
        enforce: 'pre',
        resolveId: (asked) => (asked === entry ? entry : null),
        load: (asked) => (asked === entry ? EMPTY : null),
      },
    ],
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'empty' }, minify: true },
  });
  const [output] = Array.isArray(built) ? built : [];
  const [file] = output?.output ?? [];
  if (file?.type !== 'chunk') throw new Error('nothing was built');
  return file.code;
}

async function visit(browser: Browser, url: string, tag: string): Promise<Visit> {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  await tab.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
  await tab.evaluateOnNewDocument((tagName: string) => {
    const seen = { shift: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += 'value' in entry ? Number(entry.value) : 0;
    }).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
      if (document.querySelector(tagName)?.shadowRoot?.querySelector('input')) performance.mark('usable');
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, tag);
  await tab.tracing.start({ categories: ['toplevel', 'devtools.timeline', 'blink.user_timing'] });
  await tab.goto(url, { waitUntil: 'networkidle0' });
  const { shift } = await tab.evaluate(() => ({ ...(globalThis as unknown as { seen: Visit }).seen }));
  const trace = await tab.tracing.stop();
  await context.close();
  const { traceEvents } = JSON.parse(Buffer.from(trace ?? []).toString()) as { traceEvents: TraceEvent[] };
  return { ...cost(traceEvents, new URL(url).origin), shift };
}

/** An event of Chromium's trace; times in microseconds, `tdur` the processor's. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args: { data?: { url?: string; requestId?: string; encodedDataLength?: number } };
}

function cost(events: readonly TraceEvent[], origin: string): Omit<Visit, 'shift'> {
  const asked = events.find(
    ({ name, args }) =>
      name === 'ResourceSendRequest' && args.data?.url?.startsWith(origin) && args.data.url.endsWith('.js'),
  );
  const usable = events.find(({ name, pid }) => name === 'usable' && pid === asked?.pid);
  const came = events.find(
    ({ name, args }) => name === 'ResourceFinish' && args.data?.requestId === asked?.args.data?.requestId,
  );
  if (asked === undefined || usable === undefined || came === undefined) throw new Error(`${origin}: no box`);
  const tasks = events
    .filter(({ name, pid, tid, ts, dur = 0 }) => {
      return name.endsWith('RunTask') && pid === usable.pid && tid === usable.tid && ts + dur >= asked.ts;
    })
    .map(({ ts, tdur = 0 }) => ({ ts, ms: (SLOWER * tdur) / 1000 }));
  const network = LATENCY_MS + (came.args.data?.encodedDataLength ?? 0) / BYTES_A_MS;
  return {
    usable: network + tasks.reduce((sum, { ts, ms }) => sum + (ts <= usable.ts ? ms : 0), 0),
    blocked: tasks.reduce((sum, { ms }) => sum + Math.max(0, ms - SHORT_MS), 0),
    longest: Math.max(...tasks.map(({ ms }) => ms)),
  };
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
