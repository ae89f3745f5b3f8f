// What a regroupement's settings may be, as staff may write them: taken as meant, or refused; and none of them, whatever stands
// in the database, writes a word of its own into a header.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConfigError, readConfig } from '../../server/config.ts';
import { hostedPolicy } from '../../server/embed/hosted-page.ts';
import { SETTINGS } from '../../server/regroupements/setting-forms.ts';
import { FORMS, pageAddress, pagesOf, themeOf, unusableIn } from '../../server/regroupements/settings.ts';
import { webAddress } from '../../server/text.ts';

describe('the address of a page', () => {
  for (const [written, taken] of [
    ['https://example.org', 'https://example.org/'],
    ['https://example.org/payer', 'https://example.org/payer'],
    [' HTTPS://Example.ORG:443/Payer?page_id=7 ', 'https://example.org/Payer?page_id=7'],
    ['\u200ehttps://example.org/\u200b', 'https://example.org/'],
    ['https://example.org:8443/a;b/c,d', 'https://example.org:8443/a;b/c,d'],
    ['https://garderie-été.ca/cafés', 'https://xn--garderie-t-j7ab.ca/caf%C3%A9s'],
    ['https://mon_site.example.org/', 'https://mon_site.example.org/'],
    ['https://example.org/#/payer', 'https://example.org/#/payer'],
    ['http://localhost:8787/', 'http://localhost:8787/'],
    ['http://127.0.0.1:8787/', 'http://127.0.0.1:8787/'],
    ['http://[::1]:8787/', 'http://[::1]:8787/'],
  ] as const)
    test(`${written} is taken`, () => assert.equal(pageAddress(written), taken));

  for (const written of [
    '',
    'example.org',
    'http://example.org/',
    'http://localhost.example.org/',
    'https://',
    'https:///example.org',
    'https:example.org',
    'https:/example.org',
    'https://x;script-src-elem',
    'https://x;script-src-elem *',
    'https://*',
    'https://*.example.org',
    'https://example.org,https://evil.test',
    'https://example.org https://evil.test',
    'https://example.org\thttps://evil.test',
    'https://example.org\nhttps://evil.test',
    'https://example.org/\r\nSet-Cookie: a=b',
    'https://example.org/%0d%0aSet-Cookie:%20a=b',
    'https://example.org/%00',
    'https://example.org/\u2028x',
    "https://'self'",
    'https://"example.org"',
    "https://example.org'",
    'https://example.org"',
    'https://example.org/"onload="x',
    'https://example.org/<script>',
    'https://user@example.org/',
    'https://user:secret@example.org/',
    'https://@example.org/',
    'https://:@example.org/',
    'https://example.org@evil.test/',
    'https://example.org\\@evil.test/',
    'https://example.org\\payer',
    'https:\\\\example.org',
    'https://example.org:*/',
    'https://example.org:99999/',
    'https://example.org./',
    'https://.example.org/',
    'https://a..example.org/',
    'https://-example.org/',
    'https://example.org%3bscript-src/',
    'https://exam%20ple.org/',
    'https://(example.org)/',
    'https://example.org=x/',
    'https://[::1;x]/',
    'javascript:alert(1)//https://example.org',
    'data:text/html,x',
    'ftp://example.org/',
    'blob:https://example.org/x',
    `https://example.org/${'a'.repeat(2_000)}`,
    `https://${'a.'.repeat(150)}org/`,
  ])
    test(`${JSON.stringify(written).slice(0, 60)} is refused`, () => {
      assert.equal(pageAddress(written), null);
      assert.equal(FORMS.pages.safeParse(['https://example.org/', written]).success, false);
    });
});

describe('whatever stands in the database', () => {
  const row = (settings: Record<string, unknown>) =>
    unusableIn({ name: 'x', email: 'a@example.org', ...settings });
  test('a page that is none is left out and told, the others stay', () => {
    const stored = JSON.stringify(['https://x;script-src-elem', 'https://example.org/payer', 7, 'https://*']);
    assert.deepEqual(pagesOf(stored), ['https://example.org/payer']);
    assert.deepEqual(row({ pages: stored }), ['pages']);
    for (const broken of ['null', '{}', '"https://example.org"', '[[]]'])
      assert.deepEqual(pagesOf(broken), []);
  });
  test('each setting that does not fit is named', () => {
    assert.deepEqual(
      row({
        name: 'A\r\nBcc: x@example.org',
        email: 'a..b@example..org',
        phone: 'x\0',
        privacy_email: 'mailto:a@b.org',
        help_url: 'javascript:alert(1)',
        theme: '{"accent":"red;}body{display:none"}',
        paypal_client_id: 'a:b',
        aliases: '["a\\nb"]',
        certificate_example: 'a\u2029b',
      }),
      [
        'name',
        'email',
        'phone',
        'privacy_email',
        'help_url',
        'certificate_example',
        'aliases',
        'theme',
        'paypal_client_id',
      ],
    );
    assert.deepEqual(row({ gst_number: null, help_url: null, theme: '{}', pages: '[]', aliases: '[]' }), []);
  });
  test('the hosted page’s policy has our directives and no other, in one line', () => {
    const names = hostedPolicy(null, 'x')
      .split('; ')
      .map((directive) => directive.split(' ')[0]);
    const page = fc.oneof(
      fc
        .string({ unit: fc.constantFrom(...`https://x.y;,*'" \\\r\n\t@:#?%0a-[]()<>é`), maxLength: 30 })
        .map((text) => `https://${text}`),
      fc.webUrl(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(page, { maxLength: 3 }), fc.string(), (pages, accent) => {
        const kept = pagesOf(JSON.stringify(pages));
        const policy = hostedPolicy(
          { origins: kept.map((one) => new URL(one).origin), theme: themeOf(JSON.stringify({ accent })) },
          'x',
        );
        const directives = policy.split(/[;,]\s*/).map((directive) => directive.split(' '));
        assert.deepEqual(
          directives.map(([name]) => name),
          names,
        );
        const ancestors = directives.find(([name]) => name === 'frame-ancestors')?.slice(2) ?? [];
        for (const source of ancestors) assert.match(source, /^https?:\/\/[a-z0-9._[\]:-]+$/);
        assert.match(policy, /^[\x20-\x7e]+$/);
        assert.doesNotThrow(() => new Headers({ Location: kept[0] ?? '', 'X-Pages': kept.join(' ') }));
      }),
      { numRuns: 3_000 },
    );
  });
  test('an address of the web is what a browser makes of it, or none', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }), (url) => {
        const read = webAddress(url);
        if (read !== null) assert.equal(read.href, new URL(url).href);
      }),
    );
  });
});

describe('addresses of the process', () => {
  const sound = {
    DATABASE_URL: 'file:/tmp/pay.db',
    PUBLIC_URL: 'https://pay.example.org',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: 'paiement@example.org',
    PAYPAL_BASE_URL: 'https://api-m.paypal.com',
    SECRET_KEY: 'a-key-of-at-least-thirty-two-characters',
  };
  const refused = (change: Record<string, string>) => {
    try {
      readConfig({ ...sound, ...change });
      return 'taken';
    } catch (error) {
      return error instanceof ConfigError ? error.message : String(error);
    }
  };
  for (const wrong of [
    'https://x;script-src *',
    'https://x;y',
    'https://*',
    'https://a,b',
    "https://'self'",
    'https://u:p@example.org',
    'https://example.org.',
    'https://exa mple.org',
    'https://example.org\\x',
  ])
    test(`${wrong} is none`, () => {
      for (const name of ['PUBLIC_URL', 'PAYPAL_BASE_URL', 'PAYPAL_SDK_URL'])
        assert.match(refused({ [name]: wrong }), new RegExp(`^${name} is not valid`), name);
    });
  test('PayPal’s may carry a path, and no question', () => {
    assert.equal(refused({ PAYPAL_BASE_URL: 'https://pay.example.org/demo/paypal/' }), 'taken');
    assert.equal(refused({ PAYPAL_SDK_URL: 'https://www.paypal.com/web-sdk/v6/core' }), 'taken');
    assert.match(refused({ PAYPAL_BASE_URL: 'https://pay.example.org/?a=b' }), /^PAYPAL_BASE_URL/);
  });
});

describe('the form of certificate numbers', () => {
  const form = SETTINGS.certificatePattern.form;
  for (const pattern of [
    '[A-Z]{2}-\\d{6}',
    '\\d{4}-[A-Z]\\d{4}(-[A-Z])?|\\d{2}[A-Z]\\d{4}|\\d{7}',
    '(?:PB|LF)-?\\d{4,8}(?:-\\d+)?',
    '.*-.*-.*',
    '[*+?|]{2}\\*\\+',
  ])
    test(`${pattern} is taken`, () => assert.equal(form.parse(pattern), pattern));

  for (const pattern of [
    '(',
    '(a+)+',
    '(a|a)*b',
    '(a{1,9}){9}',
    'a?a?a?a?a?a?a?a?a*a*a*a*b',
    '.*.*.*.*b',
    'a{1,9}'.repeat(6),
    'a{0,}'.repeat(4),
    'a?'.repeat(20),
  ])
    test(`${pattern} is refused`, () => assert.ok(!form.safeParse(pattern).success));
});
