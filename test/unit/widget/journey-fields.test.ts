// What the screens check before they ask, and what they guess for her.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as rules from '../../../server/accounts/passwords/password-rules.ts';
import { CallProblem } from '../../../widget/client/problem.ts';
import { failed } from '../../../widget/pay/journey/problems.ts';
import { START } from '../../../widget/pay/journey/state.ts';
import { check, PASSWORD_MIN } from '../../../widget/pay/journey/transitions.ts';
import { MyAccount, type MyAccountDeps } from '../../../widget/pay/my-account/my-account.ts';
import { emailSuggestion } from '../../../widget/pay/screens/email-typo.ts';
import { splitName } from '../../../widget/pay/screens/split-name.ts';

test('the widget asks for as long a password as the server does', () => {
  assert.equal(PASSWORD_MIN, rules.MIN_LENGTH);
});

test('an e-mail is checked for what is surely missing, no more', () => {
  for (const good of ['a@b.ca', ' Marie.Ève+1@exemple.québec ', 'x@sous.domaine.org']) {
    assert.deepEqual(check({ email: good }), {}, good);
  }
  for (const bad of ['marie', 'marie@', '@b.ca', 'marie@exemple', 'a b@c.ca']) {
    assert.equal(check({ email: bad }).email?.key, 'err.email', bad);
  }
});

test('a password is counted in characters, as a person counts', () => {
  assert.deepEqual(check({ password: '🙂'.repeat(12) }, true), {});
  assert.equal(check({ password: '🙂'.repeat(11) }, true).password?.key, 'err.password');
  assert.deepEqual(check({ password: 'court' }), {}, 'an existing one is not judged');
});

describe('each reason that the server has against a password is told at its box', () => {
  for (const [code, key] of [
    ['too-short', 'err.password'],
    ['too-long', 'err.invalid'],
    ['breached', 'err.passwordLeaked'],
    ['guessable', 'err.passwordGuessable'],
    ['one of tomorrow', 'err.invalid'],
  ] as const) {
    const problem = new CallProblem('validation', 400, { errors: [{ pointer: '/password', code }] });

    test(`${code}, on the way to an account`, () => {
      const task = { do: 'signUp', name: 'Marie', email: 'marie@example.org', password: 'x' } as const;
      assert.equal(failed(START, { type: 'problem', task, problem }).errors.password?.key, key);
    });

    test(`${code}, in « Mon compte »`, async () => {
      const host = { session: { call: () => Promise.reject(problem) }, redraw() {} };
      const account = new MyAccount(host as unknown as MyAccountDeps, null);
      await account.changePassword('the present one', 'a new one of some length');
      assert.equal(account.errors.password?.key, key);
    });
  }
});

test('a name typed in one box is cut where it most likely is', () => {
  for (const [name, firstName, lastName] of [
    ['Sylvie Tremblay', 'Sylvie', 'Tremblay'],
    ['Marie-Ève L’Écuyer-Tremblay', 'Marie-Ève', 'L’Écuyer-Tremblay'],
    ['Anne Sophie de la Bruère', 'Anne Sophie', 'de la Bruère'],
    ['TREMBLAY, Sylvie', 'Sylvie', 'TREMBLAY'],
    ['Nguyễn Thị Ánh', 'Nguyễn', 'Thị Ánh'],
    ['Tshakapesh', '', 'Tshakapesh'],
    ['  ', '', ''],
  ] as const) {
    assert.deepEqual(splitName(name), { firstName, lastName }, name);
  }
});

test('a slip in a well-known domain is pointed out, another domain is not', () => {
  for (const [typed, meant] of [
    ['marie@gmial.com', 'marie@gmail.com'],
    ['marie@gmail.co', 'marie@gmail.com'],
    ['Marie.Eve@hotmial.com ', 'Marie.Eve@hotmail.com'],
    ['m@vidéotron.ca', 'm@videotron.ca'],
    ['m@yahoo.cca', 'm@yahoo.ca'],
    ['m@gmail.com', null],
    ['m@hotmail.ca', null],
    ['m@garderie.example.org', null],
    ['marie', null],
    ['', null],
  ] as const) {
    assert.equal(emailSuggestion(typed), meant, typed);
  }
});
