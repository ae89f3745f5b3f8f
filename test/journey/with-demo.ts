// What a file of journeys stands on: the demo as `npm start` runs it, and a browser.
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { type Demo, startDemo } from '../support/demo.ts';
import { openBrowser } from './person.ts';

/**
 * For the tests of a `describe`: one browser, and one demo, or with `each` a new one for each test. `given` gets them
 * before the first test that meets them. `env`: what else stands in the demo's environment, asked at each start.
 */
export function withDemo(
  given: (demo: Demo, browser: Browser) => void,
  { each = false, env = () => ({}) }: { each?: boolean; env?(): NodeJS.ProcessEnv } = {},
): void {
  let browser: Browser | undefined;
  let demo: Demo | undefined;
  const start = async () => {
    // Both take their time to start.
    [demo, browser] = await Promise.all([startDemo(env()), browser ?? openBrowser()]);
    given(demo, browser);
  };
  const stop = () => demo?.stop();
  if (each) {
    beforeEach(start);
    afterEach(stop);
  } else before(start);
  after(async () => {
    await browser?.close();
    if (!each) await stop();
  });
}
