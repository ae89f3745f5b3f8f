// One of the demo's people at the office's page, signed in; and what stands in the demo's database before she comes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'libsql';
import { TOTP } from 'otpauth';
import type { Browser } from 'puppeteer-core';
import { DEMO_STAFF, DEMO_STAFF_PASSWORD } from '../../../demo/data/staff.ts';
import type { Demo } from '../../support/demo.ts';
import { typed } from '../../support/log-search.ts';
import { DESKTOP, Person } from '../person.ts';

type Role = 'reader' | 'office' | 'owner';
const staffOf = (role: Role) => {
  const who = DEMO_STAFF.find((one) => one.role === role);
  assert.ok(who);
  return who;
};

/** What her app shows now, as if she had not given it before. */
export function codeOf(demo: Demo, role: Role): string {
  itHappens(demo, ['UPDATE staff_totp SET last_step = 0']);
  const code = new TOTP({ secret: staffOf(role).totpSecret }).generate();
  typed.add(code);
  return code;
}

export async function atWork(demo: Demo, browser: Browser, role: Role): Promise<Person> {
  const { email } = staffOf(role);
  const person = await Person.arrive(browser, DESKTOP);
  await person.goes(`${demo.site}/bureau/petits-bouleaux`);
  await person.types('Courriel', email);
  await person.types('Mot de passe', DEMO_STAFF_PASSWORD);
  await person.types('Code de votre application', codeOf(demo, role));
  await person.presses('Enter');
  await person.finds('combobox', 'Chercher un dossier');
  return person;
}

/** Looks for somebody and opens the first file found. */
export async function opens(person: Person, words: string): Promise<void> {
  const field = await person.finds('combobox', 'Chercher un dossier');
  await field.evaluate((input) => (input as HTMLInputElement).select());
  typed.add(words);
  await field.type(words);
  await person.presses('Enter');
}

/** Writes into the database beside the running server: what would take days, or a broken mail server, to come about. */
export function itHappens(demo: Demo, ...changes: [sql: string, ...args: (string | number)[]][]): void {
  const db = new Database(join(demo.dataDir, 'amisgest-pay.db'));
  try {
    db.exec('PRAGMA busy_timeout = 10000');
    for (const [sql, ...args] of changes) db.prepare(sql).run(...args);
  } finally {
    db.close();
  }
}
