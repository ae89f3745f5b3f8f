// A page that stays open over midnight of 31 December 2026 in Toronto, before a server whose clock passes it, where the
// premium tax follows the day of payment.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { REGROUPEMENTS } from '../../demo/data/regroupements.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { compareBooks } from './books.ts';
import { openBrowser, Person } from './person.ts';

const MARIE = 'marie-eve.lecuyer@example.org';
const CLOCK = new URL('../support/clock.ts', import.meta.url).href;
const LAUNCHER = fileURLToPath(new URL('../../server/cli/amisgest-pay.js', import.meta.url));
// 262,50 at 9 % and at 9,975 %, 10,00 of fees, and the online fee on it.
const OLD = /Total à payer 305,28 \$/;
const TOLD = /à partir du 1er janvier 2027 \(taxe sur les primes d’assurance : 9,975 %\) 307,91 \$/;
const NEW = /Total à payer 307,91 \$/;

describe('a page open over New Year', () => {
  let demo: Demo;
  let browser: Browser;
  let marie: Person;
  let folder: string;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  /** From now on the server's clock says so. */
  function itIs(instant: string): void {
    const file = join(folder, 'clock');
    writeFileSync(`${file}.new`, String(Date.parse(instant) - Date.now()));
    renameSync(`${file}.new`, file);
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-clock-'));
    itIs('2027-01-01T04:56:00Z');
    demo = await startDemo({
      NODE_OPTIONS: `--import ${CLOCK}`,
      CLOCK_FILE: join(folder, 'clock'),
      DATA_DIR: join(folder, 'data'),
    });
    await promisify(execFile)(
      process.execPath,
      [LAUNCHER, 'regroupement', 'set', 'petits-bouleaux', '--premium-tax-policy', 'by-payment-date'],
      { env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir } },
    );
    marie = await Person.arrive(browser);
    await marie.goes(demo.site);
    await marie.signsIn(MARIE, DEMO_PASSWORD);
    await marie.sees(OLD);
    await marie.sees(TOLD);
  });
  afterEach(async () => {
    await demo.stop();
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(marie.complaints, []);
  });

  async function paysTheNewAmount(): Promise<void> {
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard();
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_791]);
  }

  test('at her invoice: what she clicks after midnight brings the new amount first, and nothing is begun', async () => {
    const office = REGROUPEMENTS.find(({ slug }) => slug === 'petits-bouleaux')?.email ?? '';
    const told = await demo.mailTo(office, /Taxe sur les primes/);
    assert.match(told.text, /--premium-tax-policy by-payment-date/, 'her regroupement, in that last week');
    itIs('2027-01-01T05:01:00Z');
    await marie.clicks('Effectuer un paiement');
    await marie.sees(NEW);
    const text = await marie.reads();
    assert.match(text, /Le montant a changé/);
    assert.match(text, /Taxe sur les primes d’assurance \(9,975 %\) 26,18 \$/);
    assert.doesNotMatch(text, /à partir du 1er janvier/, 'that day is here');
    assert.deepEqual(demo.rows('SELECT 1 FROM payments'), []);
    await marie.clicks('Effectuer un paiement');
    await paysTheNewAmount();
  });

  test('at « Confirmer »: nothing is taken, « Le montant a changé », and she pays the new one', async () => {
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard();
    await marie.sees(/Votre paiement n’est pas encore fait/);
    itIs('2027-01-01T05:01:00Z');
    await marie.clicks('Confirmer');
    await marie.sees(/Nouveau total : 307,91 \$/);
    assert.deepEqual(await demo.captures(), []);
    await marie.clicks('Recommencer le paiement');
    await marie.sees(NEW);
    await marie.clicks('Effectuer un paiement');
    await paysTheNewAmount();
  });
});
