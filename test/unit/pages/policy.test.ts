// A page's policy, as browsers read it (CSP Level 3): what it lets through of ours.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  allowsFetch,
  allowsScript,
  allowsTypes,
  policiesOf,
  sandboxLacks,
} from '../../../server/staff/pages/policy.ts';

const SCRIPT = 'https://pay.example.org/v1/amisgest-pay.js';
const PAGE = 'https://www.site.example/payer';
type Of = { url?: string; page?: string; nonce?: string; integrity?: string };
const all = (text: string, allowed: (policy: ReturnType<typeof policiesOf>[number]) => boolean) =>
  policiesOf(text).every(allowed);
const script = (text: string, { url = SCRIPT, page = PAGE, ...more }: Of = {}) =>
  all(text, (policy) => allowsScript(policy, { url: new URL(url), page: new URL(page), ...more }));
const fetched = (
  text: string,
  directive: 'connect-src' | 'frame-src',
  { url = SCRIPT, page = PAGE }: Of = {},
) => all(text, (policy) => allowsFetch(policy, directive, { url: new URL(url), page: new URL(page) }));

const SCRIPTS: readonly [policy: string, runs: boolean, of?: Of][] = [
  ['', true],
  ["style-src 'none'; form-action 'none'; img-src 'self'", true],
  ["script-src 'none'", false],
  ["default-src 'self'", false],
  ["default-src 'self'; script-src https://pay.example.org", true],
  ['default-src https://pay.example.org; script-src', false],
  ["script-src https://pay.example.org; script-src-elem 'self'", false],
  ["script-src 'self'; script-src-elem https://pay.example.org", true],
  ["script-src 'self'; script-src https://pay.example.org", false],
  ['SCRIPT-SRC  HTTPS://PAY.EXAMPLE.ORG ;', true],
  ['script-src pay.example.org', true],
  ['script-src http://pay.example.org', true],
  ['script-src https://pay.example.org', false, { url: 'http://pay.example.org/v1/amisgest-pay.js' }],
  ['script-src pay.example.org', false, { url: 'http://pay.example.org/v1/amisgest-pay.js' }],
  ['script-src https://pay.example.org:443', true],
  ['script-src https://pay.example.org:8443', false],
  ['script-src https://pay.example.org:*', true, { url: 'https://pay.example.org:8443/a.js' }],
  ['script-src https://pay.example.org', false, { url: 'https://pay.example.org:8443/a.js' }],
  ['script-src *.example.org', true],
  ['script-src *.pay.example.org', false],
  ['script-src *.org', true],
  ['script-src *', true],
  ['script-src https:', true],
  ['script-src http:', true],
  ['script-src wss:', false],
  ['script-src https://pay.example.org/v1/', true],
  ['script-src https://pay.example.org/v1', false],
  ['script-src https://pay.example.org/v1/amisgest-pay.js', true],
  ['script-src https://pay.example.org/v1/amisgest%2Dpay.js', true],
  ['script-src https://pay.example.org/autre/', false],
  ["script-src 'self'", true, { page: 'https://pay.example.org/p/x' }],
  ["script-src 'self'", true, { page: 'http://pay.example.org/p/x' }],
  ["script-src 'unsafe-inline' 'unsafe-eval' 'report-sample'", false],
  ["script-src 'nonce-abc'", true, { nonce: 'abc' }],
  ["script-src 'nonce-abc'", false, { nonce: 'ABC' }],
  ["script-src 'nonce-abc'", false],
  ["script-src 'nonce-' ", false, { nonce: '' }],
  ["script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'", false],
  ["script-src 'nonce-abc' 'strict-dynamic'", true, { nonce: 'abc' }],
  ["script-src 'sha384-xyz'", true, { integrity: 'sha384-xyz' }],
  ["script-src 'sha384-xyz'", false, { integrity: 'sha384-xyz sha384-other' }],
  ['script-src https://pay.example.org, script-src https://other.example', false],
  ['script-src https://pay.example.org , ', true],
  ['script-src javascript: data: not/a/source https://', false],
];

describe('our script', () => {
  for (const [policy, runs, of] of SCRIPTS)
    test(`${runs ? 'runs' : 'is blocked'} under « ${policy} » ${of === undefined ? '' : JSON.stringify(of)}`, () => {
      assert.equal(script(policy, of), runs);
    });
});

test('calls and frames go by their own directive, else by what stands in for it', () => {
  assert.ok(fetched("default-src 'none'; connect-src https://pay.example.org", 'connect-src'));
  assert.ok(!fetched("default-src 'self'", 'connect-src'));
  assert.ok(fetched("script-src 'none'", 'connect-src'));
  assert.ok(fetched("default-src 'none'; child-src pay.example.org", 'frame-src'));
  assert.ok(!fetched("default-src *; child-src pay.example.org; frame-src 'none'", 'frame-src'));
  assert.ok(!fetched("default-src 'none'", 'frame-src'));
});

test('Trusted Types: named, or not spoken of', () => {
  const types = (text: string) => all(text, allowsTypes);
  assert.ok(types("require-trusted-types-for 'script'"));
  assert.ok(types("require-trusted-types-for 'script'; trusted-types lit-html amisgest-pay"));
  assert.ok(types('trusted-types *'));
  assert.ok(!types("trusted-types 'none'"));
  assert.ok(!types('trusted-types lit-html'));
});

test('a sandbox must let scripts, forms and the page’s own origin be', () => {
  assert.deepEqual(sandboxLacks(undefined), []);
  assert.deepEqual(sandboxLacks(['allow-scripts', 'Allow-Same-Origin', 'allow-forms']), []);
  assert.deepEqual(sandboxLacks(['allow-scripts']), ['allow-same-origin', 'allow-forms']);
});
