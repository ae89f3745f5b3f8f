// The built widget on a page whose policy allows no inline style, no foreign script and no untrusted HTML, beside
// another Lit that has taken the stock policy's name.
import { assert } from './support/assert.ts';
import { until } from './support/widget.ts';

const BUILT = '/dist/widget/amisgest-pay.js';
const POLICY = [
  `default-src 'none'`,
  `script-src ${location.origin}`,
  `connect-src *`,
  `style-src 'none'`,
  `style-src-attr 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types lit-html amisgest-pay`,
].join('; ');

describe('under the strictest policy', () => {
  it('draws itself, looks as it should, and breaks no rule', async function (this: { skip(): void }) {
    if (!(await fetch(BUILT, { method: 'HEAD' })).ok) return this.skip();
    const frame = document.createElement('iframe');
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">
      <script type="module" src="${location.origin}/test/browser/support/violations.js"></script>
      <script type="module" src="${location.origin}${BUILT}"></script>
      <amisgest-pay regroupement="petits-bouleaux" api="http://127.0.0.1:9"></amisgest-pay>`;
    document.body.append(frame);
    const root = await until('first view under the policy', () => {
      const found = frame.contentDocument?.querySelector('amisgest-pay')?.shadowRoot;
      return found?.querySelector('form') ? found : null;
    });
    // later.ts has been loaded too once the second screen shows.
    root.querySelector<HTMLElement>('.aside button')?.click();
    await until('second screen', () => root.querySelector('#name'));
    const button = root.querySelector('button.primary');
    assert.ok(button !== null, 'a button');
    assert.ok(frame.contentWindow?.getComputedStyle(button).minHeight === '48px', 'styled');
    assert.same(frame.contentDocument?.documentElement.dataset.violations ?? '', '');
    frame.remove();
  });
});
