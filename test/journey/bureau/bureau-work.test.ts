// A day at the office: the list is worked off by its own acts; a colleague is removed while she clicks; the last owner stays.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { DEMO_STAFF_PASSWORD } from '../../../demo/data/staff.ts';
import type { Demo } from '../../support/demo.ts';
import type { Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';
import { atWork, codeOf, itHappens, opens } from './at-work.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const PB = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
const MONTH = 31 * 86_400_000;

describe('the office works', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  /** A cheque of 200,00 $ on the invoice of 296,13 $ of Réal Bérubé, by the command line. */
  function records(...more: string[]): void {
    const cheque = ['--method', 'cheque', '--amount', '200,00', '--reference', '0417', ...more];
    const { status, stderr } = spawnSync(
      process.execPath,
      [LAUNCHER, 'record', 'petits-bouleaux', 'PB-F-2026-0009', ...cheque],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir } },
    );
    assert.equal(status, 0, stderr);
  }
  /** A request of an account to see the file with this certificate. */
  const asksFor = (certificate: string, account: string): [string, ...string[]] => [
    `INSERT INTO link_requests(id, regroupement_id, account_id, holder_id, number_key, asked_at)
     SELECT 'request-for-' || c.number, c.regroupement_id, a.id, c.holder_id, c.number_key, 1
     FROM certificates c JOIN accounts a ON a.regroupement_id = c.regroupement_id AND a.email = ?
     WHERE c.regroupement_id = ${PB} AND c.number = ? LIMIT 1`,
    account,
    certificate,
  ];
  async function waiting(person: Person): Promise<number> {
    const text = await person.sees(/À traiter \(\d+\)/);
    return Number(/À traiter \((\d+)\)/.exec(text)?.[1]);
  }

  test('what waits is worked off: a link given, one refused, an e-mail sent again, a conflict, a credit, a double', async () => {
    records();
    records('--even-so', 'possible-duplicate', '--even-so', 'more-than-balance');
    const now = Date.now();
    itHappens(
      demo,
      ['UPDATE credits SET since = ?', now - MONTH],
      asksFor('PB-004575', 'garderie.ptitsloups@example.org'),
      asksFor('PB-004547', 'marie-eve.lecuyer@example.org'),
      [
        `UPDATE imports SET merged_at = ?, report = json_set(report, '$.conflicts', json(?))
         WHERE id = (SELECT id FROM imports WHERE regroupement_id = ${PB} LIMIT 1)`,
        now,
        '[{"line":2,"invoice":"PB-F-2026-0001","fileBalanceCents":0,"ourBalanceCents":29613}]',
      ],
      [
        `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, last_error, next_at, created_at)
         VALUES ('parked-message-of-zoe', ${PB}, 'parked', 'staff-password-changed', 'zoe@example.org', 'fr-CA', '{}', 'parked', '550', 1, ?)`,
        now,
      ],
    );
    const rosalie = await atWork(demo, browser, 'owner');
    const first = await waiting(rosalie);
    await rosalie.clicks(`À traiter (${first})`, 'link');

    await rosalie.sees(
      /Facture PB-F-2026-0001 : le fichier dit un solde de 0,00 \$, ici il est de 296,13 \$/,
    );
    await rosalie.clicks('Je m’en occupe – Marie-Ève L’Écuyer-Tremblay');
    await rosalie.sees(/Rosalie Bélanger s’en occupe/);
    await rosalie.clicks('Régler – Marie-Ève L’Écuyer-Tremblay');
    await rosalie.clicks('Régler');
    await rosalie.sees(/C’est réglé/);
    await rosalie.clicks('Approuver – Huguette Pelletier');
    await rosalie.sees(/Ce compte verra le dossier et pourra payer/);
    await rosalie.clicks('Approuver');
    await rosalie.sees(/Le lien est approuvé/);
    await rosalie.clicks('Refuser – Nathalie St-Pierre');
    await rosalie.clicks('Refuser');
    await rosalie.sees(/La demande est refusée/);
    await rosalie.clicks('Renvoyer');
    await rosalie.clicks('Renvoyer');
    await rosalie.sees(/Le courriel repart/);
    await demo.mailTo('zoe@example.org', /mot de passe/);
    await rosalie.sees(/Un crédit de 103,87 \$ sur la facture PB-F-2026-0009 attend depuis plus de 30 jours/);
    await rosalie.clicks('Régler – Réal Bérubé');
    await rosalie.clicks('Régler');
    await rosalie.sees(/C’est réglé/);
    await rosalie.clicks('Reprendre le paiement – Réal Bérubé');
    await rosalie.types('Raison', 'le même chèque, inscrit deux fois');
    await rosalie.clicks('Reprendre le paiement');
    await rosalie.sees(/C’est repris : 200,00 \$ ?sur la facture PB-F-2026-0009/);

    assert.equal(await waiting(rosalie), first - 6, 'the number follows what she does');
    const decided = demo.rows<{ decision: string }>('SELECT decision FROM link_requests ORDER BY decision');
    assert.deepEqual(
      decided.map(({ decision }) => decision),
      ['approved', 'refused'],
    );
    assert.deepEqual(rosalie.complaints, []);
  });

  test('a colleague is removed while he clicks: he is told, nothing is half done; the last owner cannot go', async () => {
    // He works here alone.
    itHappens(demo, [`DELETE FROM memberships WHERE regroupement_id <> ${PB} AND role = 'office'`]);
    const benoit = await atWork(demo, browser, 'office');
    await opens(benoit, 'pelletier');
    await benoit.clicks('Encaisser la facture PB-F-2026-0010');
    await benoit.types('Montant', '50,00');

    const rosalie = await atWork(demo, browser, 'owner');
    await rosalie.clicks('Utilisateurs', 'link');
    await rosalie.clicks('Retirer l’accès de Benoît Ouellet');
    await rosalie.clicks('Retirer l’accès');
    await rosalie.sees(/L’accès de Benoît Ouellet est retiré/);
    await rosalie.clicks('Retirer l’accès de Rosalie Bélanger');
    await rosalie.clicks('Retirer l’accès');
    await rosalie.sees(/dernière personne responsable/);

    await benoit.clicks('Inscrire le paiement');
    await benoit.sees(/Reconnectez-vous/);
    // Who he is was proved long ago and still can be; nothing here is his any more.
    const again = await benoit.page.waitForSelector('amisgest-bureau >>> #again[open]');
    await (await again?.$('#again-password'))?.type(DEMO_STAFF_PASSWORD);
    await (await again?.$('#again-code'))?.type(codeOf(demo, 'office'));
    await benoit.presses('Enter');
    await benoit.sees(
      /Votre accès a pris fin.*Vous n’avez plus accès à Regroupement Petits-Bouleaux de l’Estuaire/,
    );
    assert.deepEqual(demo.rows('SELECT 1 FROM recorded_payments WHERE amount_cents = 5000'), []);
    await benoit.page.reload();
    await benoit.sees(/Vous n’avez pas d’accès|aucun accès/i);
    assert.deepEqual([...rosalie.complaints, ...benoit.complaints], []);
  });
});
