// `npm run test:ecosystem:pages`: every page of ours before judges that are not ours, as the demo serves it: html-validate, IBM's
// accessibility-checker-engine, and Lighthouse, whose accessibility, best practices and SEO must be 100. Heavy, so beside `npm
// test`; installed by this folder's own lock file, under node_modules/.cache. Words name pages: `… -- /docs /bureau`.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch, type Page } from 'puppeteer-core';
import { CHROMIUM_FLAGS, findChromium } from '../../support/chromium.ts';
import { startDemo } from '../../support/demo.ts';

const PAGES = [
  '/',
  '/la-farandole',
  '/outaouais-gatineau',
  '/demo/theme',
  '/p/petits-bouleaux',
  '/p/petits-bouleaux?lang=en-CA',
  '/embed',
  '/embed/petits-bouleaux',
  '/embed/petits-bouleaux?lang=en-CA',
  '/privacy/petits-bouleaux',
  '/docs',
  '/docs/element',
  '/problems/not-found',
  '/bureau',
  '/bureau/petits-bouleaux',
  '/demo/mail',
  '/demo/paypal',
];
/** Why a page is not what a judge would have it, on purpose. */
const ON_PURPOSE: Readonly<Record<string, readonly { page: RegExp; why: string }[]>> = {
  input_autocomplete_valid: [
    {
      page: /^\//,
      why: 'HTML’s control group “Username” takes an e-mail field; the engine has an older list',
    },
  ],
  'robots-txt': [
    {
      page: /^\/(privacy|embed|docs|problems|demo\/paypal)\b/,
      why: 'Lighthouse asks for it from within the page, whose policy lets nothing be fetched; a crawler asks by itself',
    },
  ],
  'meta-description': [{ page: /^\/(bureau|embed|demo)\b/, why: 'noindex: nobody shows it' }],
  'is-crawlable': [
    { page: /^\/(bureau|p|embed|privacy|demo)\b/, why: 'pages for those who have their address, noindex' },
  ],
};

const isOnPurpose = (rule: string, path: string) =>
  (ON_PURPOSE[rule] ?? []).some(({ page }) => page.test(path));

interface Fault {
  judge: string;
  what: string;
}

/** Installs the judges where nothing else looks, once for each lock file; answers how to load one. */
function judges(): (name: string) => string {
  const folder = fileURLToPath(new URL('../../../node_modules/.cache/page-judges/', import.meta.url));
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const lock = 'package-lock.json';
  const installed = existsSync(join(folder, 'node_modules')) && existsSync(join(folder, lock));
  if (!installed || readFileSync(join(folder, lock), 'utf8') !== readFileSync(here(lock), 'utf8')) {
    mkdirSync(folder, { recursive: true });
    for (const name of ['package.json', lock]) copyFileSync(here(name), join(folder, name));
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
    if (status !== 0) throw new Error('the judges could not be installed');
  }
  const { resolve } = createRequire(join(folder, 'package.json'));
  return resolve;
}

const resolve = judges();
const load = (name: string) => import(pathToFileURL(resolve(name)).href);

async function validate(html: string): Promise<Fault[]> {
  const { HtmlValidate } = await load('html-validate');
  // What is a matter of taste is biome's business, and ours: `recommended` has rules of style.
  const validator = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:a11y'] });
  const report = await validator.validateString(html);
  return report.results.flatMap(
    ({ messages }: { messages: { ruleId: string; message: string; line: number }[] }) =>
      messages.map(({ ruleId, message, line }) => ({
        judge: 'html-validate',
        what: `${line}: ${ruleId}: ${message}`,
      })),
  );
}

interface IbmResult {
  ruleId: string;
  value: [string, string];
  message: string;
  snippet: string;
}
async function askIbm(page: Page, path: string): Promise<Fault[]> {
  await page.evaluate(readFileSync(resolve('accessibility-checker-engine/ace.js'), 'utf8'));
  const results = (await page.evaluate(`new ace.Checker().check(document, ['WCAG_2_2']).then(({ results }) =>
    results.map(({ ruleId, value, message, snippet }) => ({ ruleId, value, message, snippet })))`)) as IbmResult[];
  return results
    .filter(({ value: [level, outcome] }) => level === 'VIOLATION' && outcome === 'FAIL')
    .filter(({ ruleId }) => !isOnPurpose(ruleId, path))
    .map(({ ruleId, message, snippet }) => ({
      judge: 'IBM',
      what: `${ruleId}: ${message} ${snippet.slice(0, 120)}`,
    }));
}

interface Lhr {
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<
    string,
    { score: number | null; title: string; explanation?: string; details?: { items?: unknown[] } }
  >;
}
async function askLighthouse(url: string, path: string, port: number): Promise<Fault[]> {
  const { default: lighthouse } = await load('lighthouse');
  const { lhr } = (await lighthouse(
    url,
    { port, logLevel: 'silent', throttlingMethod: 'provided', maxWaitForLoad: 60_000 },
    {
      extends: 'lighthouse:default',
      settings: { onlyCategories: ['accessibility', 'best-practices', 'seo'] },
    },
  )) as { lhr: Lhr };
  return Object.entries(lhr.categories).flatMap(([category, { auditRefs, score }]) => {
    const failed = auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1);
    if (score === null) return [{ judge: 'Lighthouse', what: `${category}: not measured` }];
    return failed
      .filter(({ id }) => !isOnPurpose(id, path))
      .map(({ id }) => ({
        judge: 'Lighthouse',
        what: `${category} ${Math.round(score * 100)}: ${lhr.audits[id]?.title} ${lhr.audits[id]?.explanation ?? ''} ${JSON.stringify(lhr.audits[id]?.details?.items ?? []).slice(0, 400)}`,
      }));
  });
}

const asked = process.argv.slice(2);
const pages = asked.length === 0 ? PAGES : asked;
const demo = await startDemo();
const browser = await launch({
  executablePath: findChromium(),
  args: [...CHROMIUM_FLAGS],
  // The engine looks at every node of /docs.
  protocolTimeout: 900_000,
});
let faults = 0;
try {
  const port = Number(new URL(browser.wsEndpoint()).port);
  for (const path of pages) {
    // A site's pages and the office's by the one loopback name, the server's own by the other: server/README.md, PUBLIC_URL.
    const url =
      (/^\/(|la-farandole|outaouais-gatineau|bureau.*|demo\/theme)$/.test(path) ? demo.site : demo.api) +
      path;
    const response = await fetch(url);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
    const found = await validate(await response.text());
    const page = await browser.newPage();
    // The engine comes from outside, which our policies forbid; the page itself is seen under them by Lighthouse.
    await page.setBypassCSP(true);
    await page.goto(url, { waitUntil: 'networkidle0' });
    // What is loaded when it comes into sight.
    await page.evaluate("for (const one of document.querySelectorAll('iframe')) one.scrollIntoView()");
    await page.waitForNetworkIdle();
    found.push(...(await askIbm(page, path)));
    await page.close();
    found.push(...(await askLighthouse(url, path, port)));
    faults += found.length;
    console.log(`${found.length === 0 ? '✓' : '✗'} ${path}`);
    for (const { judge, what } of found) console.log(`    ${judge}: ${what}`);
  }
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`${pages.length} pages, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
