// The widget on a slow phone (CPU ÷ 4, 150 ms, 1.6 Mbit/s; cold cache), beside an empty Lit element served the same
// way: from the script's request to a box that can be typed in, main thread blocked, layout shift.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import puppeteer, { type Browser } from 'puppeteer-core';
import { build } from 'vite';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 9;
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

/** What one visit cost, in milliseconds; `shift` has no unit. */
interface Visit {
  usable: number;
  blocked: number;
  shift: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const empty = await emptyLit();
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
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await puppeteer.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    const visits: Record<'widget' | 'empty', Visit[]> = { widget: [], empty: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      visits.empty.push(await visit(browser, `${origin}/empty`, 'empty-lit'));
      visits.widget.push(await visit(browser, `${origin}/widget`, 'amisgest-pay'));
    }
    const median = (which: keyof typeof visits, what: keyof Visit) =>
      visits[which].map((one) => one[what]).sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
    const line = (what: 'usable' | 'blocked') =>
      `widget ${median('widget', what).toFixed(0)} ms, empty Lit element ${median('empty', what).toFixed(0)} ms`;
    const ratio = median('widget', 'usable') / median('empty', 'usable');
    return {
      name: `First view on a slow phone, median of ${ROUNDS} cold visits`,
      lines: [
        `from the script's request to a box to type in: ${line('usable')}, ratio ${ratio.toFixed(2)}`,
        `main thread blocked: ${line('blocked')}`,
        `layout shift, the worst visit: ${Math.max(...visits.widget.map(({ shift }) => shift)).toFixed(4)}`,
      ],
    };
  } finally {
    await browser.close();
    server.close();
  }
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
  const devtools = await tab.createCDPSession();
  await tab.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await tab.evaluateOnNewDocument((tagName: string) => {
    const seen = { usable: 0, blocked: 0, shift: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.blocked += Math.max(0, entry.duration - 50);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += 'value' in entry ? Number(entry.value) : 0;
    }).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
      const box = document.querySelector(tagName)?.shadowRoot?.querySelector('input');
      if (!box) {
        requestAnimationFrame(look);
        return;
      }
      const script = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.js'));
      seen.usable = performance.now() - (script?.startTime ?? 0);
    };
    requestAnimationFrame(look);
  }, tag);
  await tab.goto(url, { waitUntil: 'networkidle0' });
  const seen = await tab.evaluate(() => ({ ...(globalThis as unknown as { seen: Visit }).seen }));
  await context.close();
  if (seen.usable === 0) throw new Error(`${url}: no box`);
  return seen;
}
