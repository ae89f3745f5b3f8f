// Nothing in how the server works tells an e-mail that has an account, or a pending sign-up, from one that nobody has (I3):
// the same statements in the same order, as many hashes, as much randomness. A thousand tries, looked at on the code's
// path, not on a clock.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { type WatchedPath, watchPath } from '../../support/path.ts';
import { join, newcomer, PASSWORD, signUp } from '../../support/sign-up.ts';

const EACH = 84;
const KNOWN = 'connue@example.org';
const PENDING = 'en-attente@example.org';

describe('whoever asks about an e-mail', () => {
  let t: TestApp;
  let watched: WatchedPath;
  let tries = 0;
  before(async () => {
    t = await startTestApp({ trustedProxies: 1 });
    await join(t, { email: KNOWN });
    watched = watchPath(t);
  });
  after(async () => {
    watched?.stop();
    await t.close();
  });

  const ways: Record<string, (email: string) => [path: string, body: object]> = {
    'signs in': (email) => ['/sessions', { email, password: 'pas son mot de passe' }],
    'signs up': (email) => ['/accounts', { ...newcomer, email, password: PASSWORD }],
    'asks for the e-mail again': (email) => ['/accounts/resend', { email, lang: 'fr-CA' }],
    'asks for that of a sign-up again': (email) => [
      '/accounts/resend',
      { email, lang: 'fr-CA', attempt: `${tries}`.padStart(22, 'A') },
    ],
    'has forgotten the password': (email) => ['/password-resets', { email, lang: 'fr-CA' }],
  };
  for (const [name, way] of Object.entries(ways))
    test(`and ${name}: a stranger's, a pending and a known one go the same way`, async () => {
      const paths = new Map<string, string>();
      for (let i = 0; i < EACH; i++)
        for (const email of [KNOWN, PENDING, `inconnue${i}@example.org`]) {
          // Each from another address of the network, and after any wait: limits are not what is looked at.
          t.clock.advance(86_400_000);
          if (email === PENDING) {
            await signUp(t, { email });
            t.clock.advance(61_000);
          }
          const [path, body] = way(email);
          const steps = await watched.of(() =>
            t.call('POST', path, body, { 'X-Forwarded-For': `198.51.${i % 250}.${++tries % 250}` }),
          );
          const hashes = steps.filter((step) => step === 'argon2').length;
          assert.equal(hashes, /sessions|accounts$/.test(path) ? 1 : 0, steps.join('\n'));
          paths.set(steps.join('\n'), email);
        }
      assert.deepEqual([...paths.values()].length, 1, [...paths.keys()].join('\n\n'));
    });
});
