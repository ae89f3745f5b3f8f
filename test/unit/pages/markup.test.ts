// What a page has of us, and why it would not work: pages as editors, plugins and hands make them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Assets } from '../../../server/embed/assets.ts';
import { division, iframe, pinned, plain } from '../../../server/embed/snippets.ts';
import type { Check } from '../../../server/staff/pages/check.ts';
import { markupOf } from '../../../server/staff/pages/markup.ts';
import { mixedCheck, policyChecks, popupChecks } from '../../../server/staff/pages/policy-check.ts';
import { readMarkup } from '../../../server/staff/pages/read-markup.ts';
import { scriptCheck } from '../../../server/staff/pages/script-check.ts';
import { tagCheck } from '../../../server/staff/pages/tag-check.ts';

const of = { server: 'https://pay.example.org', slug: 'petits-bouleaux', lang: 'fr-CA' } as const;
const NEW = {
  path: '/v1/pinned/0.1.0-0123456789abcdef/amisgest-pay.js',
  integrity: `sha384-${'x'.repeat(64)}`,
};
const body = new Uint8Array(Buffer.from('the widget'));
const OF_BODY = 'sha384-WK68ex83YBmISr24liQRk0IXneqXfXKD1FdiD7FW08M/FNa3iwDleauH3y578Rlk';
const assets = async () =>
  ({
    pin: NEW,
    pinned: new Map([
      ['0123456789abcdef', { body }],
      ['fedcba9876543210', { body }],
    ]),
  }) as unknown as Assets;

interface Given {
  headers?: Record<string, string[]>;
  whole?: boolean;
}
async function checks(html: string, { headers = {}, whole = true }: Given = {}): Promise<Check[]> {
  const page = {
    ...{ address: 'https://www.site.example/payer', html, whole },
    headers: (name: string) => headers[name] ?? [],
  };
  const looked = { page, markup: markupOf(html), server: new URL(of.server), slug: of.slug };
  return [
    ...(await scriptCheck(looked, assets)),
    tagCheck(looked),
    ...policyChecks(looked),
    mixedCheck(looked),
    ...popupChecks(looked),
  ];
}
/** The lines that are not good: `script: bad, missing`. */
const faults = async (html: string, given?: Given) =>
  (await checks(html, given))
    .filter(({ state }) => state !== 'good')
    .map(({ check, state, params }) => `${check}: ${state}, ${params.why ?? ''}`);
const script = (attributes: string) => `<script ${attributes}></script>`;
const SRC = 'src="https://pay.example.org/v1/amisgest-pay.js"';
const SCRIPT = script(`type="module" ${SRC}`);
const TAG = '<amisgest-pay regroupement="petits-bouleaux"></amisgest-pay>';

describe('every form that we give', () => {
  const wordpress = `<amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" api="https://pay.example.org" style="display:block"><a href="https://pay.example.org/p/petits-bouleaux">Payer</a></amisgest-pay>`;
  const forms: Record<string, string> = {
    usual: plain(of),
    division: division(of),
    frame: iframe(of),
    pinned: pinned(of, { ...NEW, integrity: '' }),
    link: '<a class="button" href="https://pay.example.org/p/petits-bouleaux?lang=en-CA">Pay</a>',
    WordPress:
      wordpress + script(`type="module" data-cfasync="false" nowprocket id="amisgest-pay-js" ${SRC}`),
    'below a <base>': `<base href="https://pay.example.org/x/">${TAG}${script('type=module src=../v1/amisgest-pay.js')}`,
    'in an old page': `<TABLE><TR><FONT>${TAG.toUpperCase().replace('PETITS-BOULEAUX', 'petits-bouleaux')}<SCRIPT TYPE=MODULE SRC=//pay.example.org/v1/amisgest-pay.js></SCRIPT>`,
  };
  for (const [name, html] of Object.entries(forms))
    test(`${name}: all is well`, async () => assert.deepEqual(await faults(html), []));

  test('says which form it is, and whose name it carries', async () => {
    for (const [name, form] of [
      ['usual', 'element'],
      ['division', 'division'],
      ['frame', 'frame'],
      ['link', 'link'],
    ]) {
      const found = (await checks(forms[name ?? ''] ?? '')).find(({ check }) => check === 'tag');
      assert.deepEqual(found?.params, { form, name: 'petits-bouleaux' });
    }
  });
});

const BROKEN: readonly [what: string, html: string, faults: string[], given?: Given][] = [
  ['nothing of ours', '<p>Bienvenue', ['script: bad, missing', 'tag: bad, missing']],
  [
    'only the beginning was read',
    '<p>Bienvenue',
    ['script: unknown, too-long', 'tag: unknown, too-long'],
    { whole: false },
  ],
  ['in a comment', `<!-- ${plain(of)} -->`, ['script: bad, comment', 'tag: bad, comment']],
  [
    'as text that everybody reads',
    plain(of).replaceAll('<', '&lt;'),
    ['script: bad, text', 'tag: bad, text'],
  ],
  [
    'a shortcode without its plugin',
    '<p>[amisgest_pay regroupement="petits-bouleaux"]',
    ['script: bad, shortcode', 'tag: bad, shortcode'],
  ],
  ['in a <template>', `${SCRIPT}<template>${TAG}</template>`, ['tag: bad, template']],
  ['in a <noscript>', `<noscript>${plain(of)}</noscript>`, ['script: bad, missing', 'tag: bad, missing']],
  ['curly quotes', plain(of).replaceAll('"', '”'), ['script: bad, curly', 'tag: bad, curly']],
  [
    'French quotes',
    `${SCRIPT}<amisgest-pay regroupement=«\u00a0petits-bouleaux\u00a0»></amisgest-pay>`,
    ['tag: bad, curly'],
  ],
  ['another name', `${SCRIPT}<amisgest-pay regroupement="la-farandole"></amisgest-pay>`, ['tag: bad, name']],
  [
    'a name in capitals',
    `${SCRIPT}<amisgest-pay regroupement="Petits-Bouleaux"></amisgest-pay>`,
    ['tag: bad, name'],
  ],
  ['no name', `${SCRIPT}<amisgest-pay></amisgest-pay>`, ['tag: bad, empty']],
  ['twice', `${SCRIPT}${TAG}${TAG}`, ['tag: unknown, several']],
  ['twice, once with another name', `${SCRIPT}${TAG}${TAG.replace('petits', 'grands')}`, ['tag: bad, name']],
  [
    'another server',
    `${script('type="module" src="https://other.example/v1/amisgest-pay.js"')}${TAG}`,
    ['script: bad, server'],
  ],
  [
    'calls another server',
    `${SCRIPT}${TAG.replace(' reg', ' api="https://other.example" reg')}`,
    ['tag: bad, api'],
  ],
  ['the tag alone', TAG, ['script: bad, missing']],
  [
    'the tag of a bundle',
    TAG.replace(' reg', ' api="https://pay.example.org" reg'),
    ['script: unknown, bundled'],
  ],
  [
    'loaded by a script of the page',
    `${TAG}<script type=module>import("https://pay.example.org/v1/amisgest-pay.js")</script>`,
    ['script: unknown, inline'],
  ],
  ['the script alone', SCRIPT, ['tag: bad, missing']],
  ['no module', `${script(SRC)}${TAG}`, ['script: bad, classic']],
  ['text/javascript', `${script(`type="text/javascript" ${SRC}`)}${TAG}`, ['script: bad, classic']],
  [
    'waits for consent',
    `${script(`type="text/plain" data-cookieconsent="marketing" ${SRC}`)}${TAG}`,
    ['script: bad, blocked'],
  ],
  [
    'its address taken away until consent',
    `${script(`type="text/plain" data-${SRC}`)}${TAG}`,
    ['script: bad, blocked'],
  ],
  ['another consent plugin', `${script(`type="javascript/blocked" ${SRC}`)}${TAG}`, ['script: bad, blocked']],
  [
    'delayed by WP Rocket',
    `${script(`type="rocketlazyloadscript" data-rocket-type="module" data-rocket-${SRC}`)}${TAG}`,
    ['script: bad, delayed'],
  ],
  [
    'delayed by LiteSpeed',
    `${script(`type="litespeed/javascript" data-${SRC}`)}${TAG}`,
    ['script: bad, delayed'],
  ],
  [
    'delayed by Rocket Loader',
    `${script(`type="0e3a9fbb7c4d5a6f-module" ${SRC}`)}${TAG}`,
    ['script: bad, delayed'],
  ],
  ['one that runs beside one that does not', `${script(`type="text/plain" ${SRC}`)}${SCRIPT}${TAG}`, []],
  [
    'a hash at the address that changes',
    `${script(`type="module" integrity="sha384-abc" crossorigin ${SRC}`)}${TAG}`,
    ['script: bad, integrity'],
  ],
  [
    'an older pinned version',
    `${script(`type="module" src="https://pay.example.org/v1/pinned/0.0.9-fedcba9876543210/amisgest-pay.js" integrity="${OF_BODY}"`)}${TAG}`,
    ['script: unknown, old'],
  ],
  [
    'a pinned version with the hash of another',
    `${script(`type="module" src="https://pay.example.org${NEW.path}" integrity="sha384-AAAA"`)}${TAG}`,
    ['script: bad, integrity'],
  ],
  [
    'a pinned version that is gone',
    `${script('type="module" src="https://pay.example.org/v1/pinned/0.0.1-0000000000000000/amisgest-pay.js"')}${TAG}`,
    ['script: bad, gone'],
  ],
  ['over http', plain(of).replaceAll('https:', 'http:'), ['mixed: bad, ']],
  [
    'over http, upgraded',
    plain(of).replaceAll('https:', 'http:'),
    [],
    { headers: { 'content-security-policy': ['upgrade-insecure-requests'] } },
  ],
  ['the frame of another name', iframe(of).replaceAll('petits-bouleaux', 'la-farandole'), ['tag: bad, name']],
  ['the frame waits for consent', iframe(of).replace(' src=', ' data-src='), ['tag: bad, blocked']],
  [
    'the frame in a sandbox',
    iframe(of).replace('<iframe', '<iframe sandbox="allow-scripts"'),
    ['tag: bad, sandbox'],
  ],
  ['the frame of another server', iframe({ ...of, server: 'https://other.example' }), ['tag: bad, server']],
];

describe('what does not work is told by its cause', () => {
  for (const [what, html, expected, given] of BROKEN)
    test(what, async () => assert.deepEqual(await faults(html, given), expected));
});

describe('the page’s policy', () => {
  const policy = (...values: string[]) => ({ headers: { 'content-security-policy': values } });
  const FULL =
    'script-src https://pay.example.org; connect-src https://pay.example.org; trusted-types amisgest-pay';

  test('what the guide says is enough, with everything else forbidden', async () => {
    const strictest = `default-src 'none'; ${FULL}; style-src 'none'; form-action 'none'; require-trusted-types-for 'script'`;
    assert.deepEqual(await faults(plain(of), policy(strictest)), []);
    assert.deepEqual(
      await faults(iframe(of), policy("default-src 'none'; frame-src https://pay.example.org")),
      [],
    );
  });

  test('each thing that it keeps from us has its line, with what to add, and where', async () => {
    const found = await checks(
      plain(of),
      policy("default-src 'self'; trusted-types 'none'", 'sandbox allow-scripts'),
    );
    assert.deepEqual(
      found.filter(({ check }) => check === 'policy').map(({ params }) => params),
      [
        { why: 'script', directive: 'default-src', add: of.server, where: 'header' },
        { why: 'connect', directive: 'default-src', add: of.server, where: 'header' },
        { why: 'types', directive: 'trusted-types', add: 'amisgest-pay', where: 'header' },
        { why: 'sandbox', directive: 'sandbox', add: 'allow-same-origin allow-forms', where: 'header' },
      ],
    );
  });

  test('of a <meta> too, which sets no sandbox; a second one can only take away', async () => {
    const meta = (text: string) =>
      `<head><meta http-equiv="Content-Security-Policy" content="${text}"></head>`;
    assert.deepEqual(await faults(meta('script-src-elem pay.example.org; sandbox') + plain(of)), []);
    assert.deepEqual(await faults(meta("connect-src 'self'") + plain(of), policy(FULL)), [
      'policy: bad, connect',
    ]);
  });

  test('by nonce, and strict-dynamic without one', async () => {
    const strict = policy("script-src 'nonce-r4nd0m' 'strict-dynamic'");
    assert.deepEqual(await faults(plain(of).replace('<script', '<script nonce="r4nd0m"'), strict), []);
    assert.deepEqual(await faults(plain(of), strict), ['policy: bad, strict']);
  });

  test('of the frame’s form: frame-src, and isolation, which it does not survive', async () => {
    assert.deepEqual(await faults(iframe(of), policy("child-src 'self'")), ['policy: bad, frame']);
    assert.deepEqual(
      await faults(iframe(of), { headers: { 'cross-origin-embedder-policy': ['require-corp'] } }),
      ['policy: bad, isolated'],
    );
    assert.deepEqual(
      await faults(plain(of), {
        headers: { 'cross-origin-embedder-policy': ['require-corp'], 'x-frame-options': ['DENY'] },
      }),
      [],
    );
  });

  test('PayPal’s window, where the tag asks for it, is told when the page is in its way', async () => {
    const popup = plain(of).replace('regroupement=', 'checkout="popup" regroupement=');
    assert.deepEqual(await faults(popup), []);
    assert.deepEqual(await faults(popup, { headers: { 'cross-origin-opener-policy': ['same-origin'] } }), [
      'popup: unknown, opener',
    ]);
    assert.deepEqual(await faults(popup, policy(FULL)), ['popup: unknown, policy']);
  });
});

describe('a page that is made to be hard to read', () => {
  test('with thousands of policies, scripts and hashes, is compared at once', async () => {
    const policies = `<meta http-equiv="content-security-policy" content="${'script-src x,'.repeat(2_000)}">`;
    const hashed = script(
      `type="module" src="${of.server}${NEW.path}" integrity="${'sha512-x '.repeat(2_000)}"`,
    );
    const html = `<head>${policies.repeat(200)}</head><body>${hashed.repeat(200)}${TAG.repeat(200)}`;
    const started = performance.now();
    assert.deepEqual((await faults(html)).slice(0, 2), ['script: bad, integrity', 'tag: unknown, several']);
    const kept = JSON.stringify(markupOf(html)).length;
    assert.ok(kept < 500_000, `${kept} characters of it are kept`);
    assert.ok(performance.now() - started < 10_000);
  });

  test('as deep as it is long, and cut in the middle of a tag', () => {
    const deep = markupOf(`${'<div>'.repeat(100_000)}${SCRIPT}${TAG}<amisgest-pay regr`);
    assert.deepEqual([deep.scripts.length, deep.tags.length], [1, 1]);
  });

  test('is given up, and nobody waits for it', async () => {
    const formatting = Array.from({ length: 20_000 }, (_, i) => `<b a=${i}>`).join('');
    // Each of the paragraphs opens all of them again.
    assert.equal(await readMarkup(`<p>${formatting}</p>${'<p>x</p>'.repeat(20_000)}`, 1_000), null);
    assert.equal((await readMarkup(plain(of)))?.tags.length, 1);
  });
});
