// What an owner puts right and sets by herself: a certificate that ended after it was paid, four dates for what is left, and every
// setting; and what her regroupement's own program pushes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../../demo/data/accounts.ts';
import { REGROUPEMENTS } from '../../../demo/data/regroupements.ts';
import type { Demo } from '../../support/demo.ts';
import { Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';
import { atWork, opens } from './at-work.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const SLUG = 'la-farandole';

describe('the office credits and sets', () => {
  let demo: Demo;
  let browser: Browser;
  let rosalie: Person;
  withDemo((...given) => {
    [demo, browser] = given;
  });
  before(async () => {
    rosalie = await atWork(demo, browser, 'owner');
  });

  test('a certificate that ended after it was paid: a credit, which pays the next invoice, and goes back at PayPal', async () => {
    const eve = await Person.arrive(browser);
    await eve.goes(`${demo.site}/${SLUG}`);
    await eve.signsIn('eve.roy+garderie@example.com', DEMO_PASSWORD);
    await eve.clicks('Voir le détail du certificat 0000900, du 1er juillet 2026 au 30 juin 2027');
    await eve.clicks('Effectuer un paiement');
    await eve.sees(/Simulation de PayPal.*337,90 \$/);
    await eve.paysByCard();
    await eve.clicks('Confirmer');
    await eve.sees(/Solde restant : 0,00 \$/);

    await rosalie.goes(`${demo.site}/bureau/${SLUG}`);
    await opens(rosalie, '0000900');
    await rosalie.sees(/Roy, Ève/);
    await rosalie.clicks('Note de crédit sur la facture AF000007');
    await rosalie.types('Nombre de jours, sur 365', '214');
    await rosalie.types('Raison', 'Fin du certificat le 29 novembre');
    await rosalie.clicks('Voir le résultat');
    await rosalie.sees(
      /CR-2026-0001 – Fin du certificat le 29 novembre \(214\/365\) -181,75 \$ Taxe sur les primes d’assurance \(9 %\) -16,36 \$ .*Crédit de la RSG 198,11 \$/,
    );
    await rosalie.clicks('Faire la note de crédit');
    await rosalie.sees(
      /La note de crédit CR-2026-0001 est faite : 198,11 \$.*Crédit de 198,11 \$ : remboursez-le/,
    );
    await rosalie.clicks('Appliquer le crédit de la facture AF000007');
    await rosalie.types('Montant', '100,00');
    await rosalie.clicks('Voir le résultat');
    await rosalie.sees(/Facture AF000008 : reste à payer 68,95 \$/);
    await rosalie.clicks('Appliquer ce crédit');
    await rosalie.sees(/100,00 \$ du crédit paient maintenant la facture AF000008.*Crédit de 98,11 \$/);
    await rosalie.clicks('Rembourser chez PayPal le crédit de la facture AF000007');
    await rosalie.types('Raison', 'fin du certificat');
    await rosalie.clicks('Voir le résultat');
    await rosalie.sees(/Son reçu de remboursement/);
    await rosalie.clicks('Rembourser');
    await rosalie.sees(
      /C’est remboursé : 98,11 \$.*AF000007 .*139,79 \$ 139,79 \$ 0,00 \$ Payée.*AF000008 .*68,95 \$ À payer/,
    );
    assert.deepEqual(
      demo.rows(
        `SELECT i.number, sum(e.amount_cents) AS cents FROM invoices i JOIN ledger_entries e ON e.invoice_id = i.id
         WHERE i.number IN ('AF000007', 'AF000008') GROUP BY 1 ORDER BY 1`,
      ),
      [
        { number: 'AF000007', cents: 0 },
        { number: 'AF000008', cents: 6_895 },
      ],
    );
    const captures = await demo.captures();
    assert.deepEqual(
      captures.map(({ amount, status }) => [amount, status]),
      [['337.90', 'PARTIALLY_REFUNDED']],
    );
    assert.deepEqual(eve.complaints, []);
  });

  test('an invoice is spread over four dates, seen before they are agreed on', async () => {
    await opens(rosalie, '0001234');
    await rosalie.clicks('Entente de versements pour la facture AF000002');
    await rosalie.clicks('Voir le résultat');
    await rosalie.sees(
      /comme la RSG la verra Au plus tard le Versement (?:\S+ \S+ 20\d\d 308,64 \$ ){4}Faire cette entente/,
    );
    await rosalie.clicks('Faire cette entente');
    await rosalie.sees(/L’entente de versements de la facture AF000002 est faite/);
  });

  test('settings: each is saved and shown; a wrong secret of PayPal is not; the journal has them all', async () => {
    await rosalie.goes(`${demo.site}/bureau/${SLUG}#parametres/identite`);
    await rosalie.types('Téléphone', '514 555-0199');
    await rosalie.clicks('Enregistrer');
    await rosalie.sees(/C’est enregistré/);
    await rosalie.clicks('Apparence', 'link');
    await rosalie.types('Couleur', '#ffd54a');
    await rosalie.sees(
      /les mots sont noirs : 14,9:1 \. Il faut 4,5:1 : c’est lisible\..*page claire : 5,5:1 \. Elle y est foncée/,
    );
    await rosalie.clicks('Enregistrer');
    await rosalie.sees(/C’est enregistré/);
    await rosalie.clicks('Bureaux coordonnateurs', 'link');
    await rosalie.clicks('Modifier BC La Ribambelle');
    await rosalie.types('Frais d’adm.', '12,50');
    await rosalie.presses('Enter');
    await rosalie.sees(/Le bureau est enregistré/);
    await rosalie.clicks('Accès aux dossiers', 'link');
    await rosalie.page.select('amisgest-bureau >>> #set-linkPolicy', 'approval');
    await rosalie.clicks('Enregistrer');
    await rosalie.sees(/C’est enregistré/);

    await rosalie.clicks('Pages', 'link');
    const field = await rosalie.finds('textbox', 'Adresses des pages qui portent le paiement');
    await field.evaluate((box) => (box as HTMLTextAreaElement).setSelectionRange(9999, 9999));
    await field.type('\nhttps://www.farandole.example.com/payer');
    await rosalie.clicks('Enregistrer');
    await rosalie.sees(/C’est enregistré/);
    await rosalie.page.evaluate(() => {
      location.hash = '#essayer';
    });
    await rosalie.types('Adresse de la page', `${demo.site}/${SLUG}`);
    await rosalie.presses('Enter');
    await rosalie.sees(
      /Tout est en ordre\..*Cette adresse est enregistrée.*La page répond.*Notre script est en place.*La balise/,
    );
    await rosalie.types('Adresse de la page', 'https://farandole.example.com/payer');
    await rosalie.presses('Enter');
    await rosalie.sees(
      /1 point à corriger.*n’est pas enregistrée\. Voici la plus proche.*l’une a www\., l’autre non.*Quoi faire/,
    );

    await rosalie.page.evaluate(() => {
      location.hash = '#parametres/paypal';
    });
    await rosalie.types('Code secret (Secret)', 'ce-n-est-pas-le-bon');
    await rosalie.clicks('Vérifier');
    await rosalie.sees(
      /À corriger Identifiant client et code secret : refusé par PayPal\. .*Rien n’a été enregistré\. Corrigez ce qui est rouge/,
    );
    assert.doesNotMatch(await rosalie.reads(), /Enregistrer ce compte/);
    await rosalie.types('Code secret (Secret)', REGROUPEMENTS[1].paypal.clientSecret);
    await rosalie.clicks('Vérifier');
    await rosalie.sees(
      /Bon Identifiant client et code secret : en ordre.*Aucun paiement n’est en cours sur un autre compte/,
    );
    await rosalie.clicks('Enregistrer ce compte');
    await rosalie.sees(/Le compte PayPal est enregistré/);
    const written = demo.rows<{ act: string; before: string; after: string }>(
      `SELECT a.act, a.before, a.after FROM audit a JOIN staff_users s ON a.actor = 'staff:' || s.id
       WHERE s.email = 'rosalie@bureau.example.org' AND a.act IN ('settings-changed', 'office-set') ORDER BY a.seq`,
    );
    assert.deepEqual(
      written.map(({ act, before, after }) => [
        act,
        before !== after || 'masked',
        Object.keys(JSON.parse(after)).join(),
      ]),
      [
        ['settings-changed', true, 'phone'],
        ['settings-changed', true, 'theme'],
        ['office-set', true, 'code,name,adminFeeCents,adminFeeTaxable'],
        ['settings-changed', true, 'link_policy'],
        ['settings-changed', true, 'pages'],
        // Once: the wrong one was not saved.
        ['settings-changed', 'masked', 'paypal_secret'],
      ],
    );
    assert.deepEqual(rosalie.complaints, []);
  });

  test('her program pushes ten thousand things and reads what became of each; the same again changes nothing', async () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [LAUNCHER, 'key', 'create', 'outaouais-gatineau', '--name', 'logiciel', '--scope', 'import'],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir } },
    );
    assert.equal(status, 0, stderr);
    const period = { periodStart: '2027-01-01', periodEnd: '2027-12-31' };
    const body = Array.from({ length: 2_500 }, (_, i) => i + 5_000_000)
      .flatMap((n) => [
        { type: 'holder', id: `D${n}`, firstName: 'Ève', lastName: `Roy-${n}`, email: `eve${n}@example.org` },
        { type: 'certificate', number: `${n}`, holder: `D${n}`, ...period },
        {
          type: 'invoice',
          number: `F-${n}`,
          certificate: `${n}`,
          issuedOn: '2026-11-16',
          ...period,
          totalCents: 33_226,
        },
        {
          type: 'endorsement',
          id: `A${n}`,
          certificate: `${n}`,
          effectiveOn: '2027-05-01',
          amountCents: 1_000,
          invoice: `F-${n}`,
        },
      ])
      .map((one) => JSON.stringify(one))
      .join('\n');
    const pushes = async () => {
      const answer = await fetch(`${demo.api}/v1/backoffice/outaouais-gatineau/upserts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/x-ndjson' },
        body,
      });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      const outcomes = text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { outcome: string }).outcome);
      return Object.entries(Object.groupBy(outcomes, (one) => one)).map(([outcome, all]) => [
        outcome,
        all?.length,
      ]);
    };
    const state = () =>
      demo.rows(
        'SELECT (SELECT max(seq) FROM audit) AS audits, (SELECT count(*) FROM ledger_entries) AS entries, (SELECT sum(amount_cents) FROM ledger_entries) AS owed',
      );
    assert.deepEqual(await pushes(), [['created', 10_000]]);
    const before = state();
    assert.deepEqual(await pushes(), [['unchanged', 10_000]]);
    assert.deepEqual(state(), before);
  });
});
