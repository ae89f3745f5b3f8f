// The widget in real browsers: `npx wtr`. Chromium always, from CHROME_PATH or the usual places; Firefox and WebKit too
// where Debian's packages are installed (firefox-esr; webkit2gtk-driver and xvfb).
import { existsSync } from 'node:fs';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { shippedLit } from './test/browser/support/shipped-lit.js';
import { webkit } from './test/browser/support/webkit.js';

const installed = (paths) => paths.find((path) => path !== undefined && existsSync(path));

const chromium = installed([
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]);
const firefox = installed([process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox']);

const browsers = [
  chromeLauncher({
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A test tells the garbage collector to work, and counts what it left.
        '--js-flags=--expose-gc',
      ],
    },
    // As the page that somebody looks at: whatever another test opened may be in front, and then no focus event comes.
    createPage: async ({ context }) => {
      const page = await context.newPage();
      await page.emulateFocusedPage(true);
      return page;
    },
  }),
];
if (firefox !== undefined) {
  // The launcher drives Firefox just as well, by WebDriver BiDi; it only calls everything Chrome.
  const launcher = chromeLauncher({
    launchOptions: { browser: 'firefox', executablePath: firefox },
    // A page that stands behind another has neither focus events nor `:focus-visible`.
    createPage: async ({ context }) => {
      const page = await context.newPage();
      await page.bringToFront();
      return page;
    },
  });
  launcher.name = 'Firefox';
  browsers.push(launcher);
}
browsers.push(...webkit());

export default {
  files: 'test/browser/**/*.test.ts',
  nodeResolve: true,
  // One page at a time: a page in the background has no focus and no frames, as these tests need.
  concurrency: 1,
  // Each browser has a focus of its own, and waits more than it works.
  concurrentBrowsers: 3,
  // Three engines share what cores there are: the one that is given least may wait minutes for its next page.
  browserStartTimeout: 300_000,
  testsStartTimeout: 300_000,
  testsFinishTimeout: 300_000,
  // As the server does for the widget's files: a sandboxed page has another origin.
  middleware: [
    (context, next) => {
      context.set('Access-Control-Allow-Origin', '*');
      return next();
    },
  ],
  plugins: [shippedLit(), esbuildPlugin({ ts: true, target: 'es2022' })],
  browsers,
  testFramework: { config: { timeout: 60_000, ui: 'bdd' } },
  // Lit's notice that it is in development mode.
  filterBrowserLogs: ({ args }) => !String(args[0]).startsWith('Lit is in dev mode'),
};
