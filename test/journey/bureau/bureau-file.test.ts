// The call: « Pourquoi mon solde est à 0 $? » She looks for the file, reads the answer aloud, cures it; the RSG pays.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { SMTPServer } from 'smtp-server';
import { DEMO_PASSWORD } from '../../../demo/data/accounts.ts';
import { type Demo, until } from '../../support/demo.ts';
import { meetsNoBarrier } from '../barriers.ts';
import { compareBooks } from '../compare-books.ts';
import { linkIn, Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';
import { codeOf, itHappens, opens, atWork as signedIn } from './at-work.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

/** A mail server that every message goes on to, and which refuses some addresses. */
class PostOffice {
  readonly refused = new Set<string>();
  readonly taken: string[] = [];
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) =>
      this.refused.has(address)
        ? done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
        : done(),
    onData: (stream, { envelope }, done) => {
      stream.resume();
      stream.on('end', () => {
        this.taken.push(...envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}

describe('the office answers', () => {
  let demo: Demo;
  let browser: Browser;
  const post = new PostOffice();
  before(() => post.open());
  withDemo(
    (...given) => {
      [demo, browser] = given;
    },
    { env: () => ({ SMTP_URL: post.url }) },
  );
  after(() => post.close());

  const atWork = (role: 'office' | 'owner') => signedIn(demo, browser, role);
  /** The next call whose address ends so is answered, and the answer is lost on its way. */
  async function losesAnswer({ page }: Person, end: string): Promise<void> {
    let lost = false;
    await page.setRequestInterception(true);
    page.on('request', async (request) => {
      if (!request.url().endsWith(end) || lost) return void request.continue();
      lost = true;
      const body = request.postData() ?? '';
      const answer = await fetch(request.url(), { method: 'POST', headers: request.headers(), body });
      assert.equal(answer.status, 201, await answer.text());
      await request.abort('connectionreset');
    });
  }
  /** What the staff types at the server. */
  function staff(...words: string[]): void {
    const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir },
    });
    assert.equal(status, 0, stderr);
  }
  /** A file that is open shows what has become so meanwhile when she asks for it. */
  async function refreshesUntil(person: Person, words: RegExp): Promise<void> {
    await until(String(words), async () => {
      await person.clicks('Actualiser');
      return words.test(await person.reads());
    });
  }
  test('« mon solde est à 0 $ »: the answer, « Montant manuel », its preview; she pays 62,10 $, and today shows it', async () => {
    const email = 'garderie.ptitsloups@example.org';
    const gaetane = await Person.arrive(browser);
    await gaetane.goes(demo.site);
    await gaetane.signsIn(email, DEMO_PASSWORD);
    await gaetane.clicks('Rien à payer (1)', 'DisclosureTriangle');
    await gaetane.clicks('Voir le détail du certificat PB-004561, du 1er avril 2026 au 31 mars 2027');
    await gaetane.sees(/Votre solde est de 0,00 \$/);

    const benoit = await atWork('office');
    await opens(benoit, 'theriault noel');
    await benoit.sees(
      /Thériault-Nöel, Gaëtane.*L’avenant du 15 octobre 2026 \(35,00 \$\) n’a pas de facture : la RSG voit 0,00 \$\./,
    );
    await benoit.clicks('Montant manuel');
    await benoit.sees(
      /Ce que la RSG verra.*35,00 \$.*Frais d’administration 10,00 \$ .*Solde à payer 45,00 \$/,
    );
    await meetsNoBarrier(benoit);
    await benoit.types('Montant', '1,234');
    await benoit.sees(/Écrivez un montant comme 50,00/);
    await benoit.types('Montant', '50,00');
    await benoit.sees(/Solde à payer 60,00 \$ Frais en ligne 2,10 \$ Total en ligne 62,10 \$/);
    await benoit.clicks('Ne pas facturer de frais d’adm. (10,00 $)', 'checkbox');
    await benoit.sees(/Solde à payer 50,00 \$ .*Total en ligne 51,/);
    await benoit.clicks('Ne pas facturer de frais d’adm. (10,00 $)', 'checkbox');
    await benoit.sees(/Total en ligne 62,10 \$/);
    await losesAnswer(benoit, '/invoice');
    await benoit.clicks('Créer la facture');
    await benoit.sees(/La réponse s’est perdue : la facture est peut-être créée/);
    benoit.complaints.length = 0;
    await benoit.clicks('Vérifier si elle est créée');
    await benoit.sees(/La facture AV-2026-0001 est créée : 60,00 \$ ?\. La RSG la verra/);
    await benoit.sees(/Solde à payer 60,00 \$/);

    assert.equal(demo.rows("SELECT id FROM invoices WHERE number LIKE 'AV-%'").length, 1);

    await gaetane.page.reload();
    await gaetane.clicks('Voir le détail du certificat PB-004561, du 1er avril 2026 au 31 mars 2027');
    await gaetane.sees(/AV-2026-0001.*Total à payer 62,10 \$/);
    await gaetane.clicks('Effectuer un paiement');
    await gaetane.sees(/Simulation de PayPal.*62,10 \$/);
    await gaetane.paysByCard();
    await gaetane.clicks('Confirmer');
    await gaetane.sees(/maintenant complété/);

    await benoit.clicks('Aujourd’hui', 'link');
    await benoit.sees(
      /Encaissé par PayPal 62,10 \$.*Derniers paiements.*Gaëtane Thériault-Nöel.*AV-2026-0001 62,10 \$/,
    );
    await meetsNoBarrier(benoit);
    await benoit.clicks('Gaëtane Thériault-Nöel', 'link');
    await benoit.sees(/La facture AV-2026-0001 \(60,00 \$\) est payée/);
    assert.deepEqual(await compareBooks(demo, email), [6_210]);

    const [payment] = demo.rows<{ number: string }>('SELECT number FROM payments');
    await benoit.clicks(`Rembourser le paiement ${payment?.number}`);
    await benoit.sees(/Au plus 62,10 \$ ?, par PayPal/);
    await benoit.types('Montant', '10,00');
    await benoit.clicks('Voir le résultat');
    await benoit.sees(/Remplissez cette case/);
    await benoit.types('Raison', 'facturé en trop');
    await benoit.clicks('Voir le résultat');
    await benoit.sees(
      /Son reçu de remboursement.*Facture AV-2026-0001 ?, certificat PB-004561 10,00 \$ ?Total remboursé ?10,00 \$/,
    );
    await meetsNoBarrier(benoit);
    // He may give back 5,00 $ by himself, and it is long since he proved who he is.
    itHappens(
      demo,
      ['UPDATE memberships SET refund_ceiling_cents = 500'],
      ['UPDATE staff_sessions SET fresh_at = 1'],
    );
    await benoit.clicks('Rembourser');
    await benoit.sees(/Confirmez votre identité/);
    await benoit.types('Code de votre application', codeOf(demo, 'office'));
    await benoit.presses('Enter');
    await benoit.sees(/C’est remboursé : 10,00 \$.*Remboursé en partie/);
    assert.deepEqual([...benoit.complaints, ...gaetane.complaints], []);
  });

  test('a cheque, the same again, its return with a fee; what waits for a person is taken up and settled', async () => {
    const rosalie = await atWork('owner');
    await opens(rosalie, 'berube');
    await rosalie.sees(/Bérubé, Réal.*Solde à payer 296,13 \$/);
    await rosalie.clicks('Encaisser la facture PB-F-2026-0009');
    await rosalie.sees(/Solde à payer : 296,13 \$/);
    await meetsNoBarrier(rosalie);
    await rosalie.types('Montant', '100,00');
    await rosalie.types('Numéro du chèque ou référence', '0417');
    await rosalie.clicks('Inscrire le paiement');
    await rosalie.sees(/C’est inscrit : 100,00 \$ ?sur la facture PB-F-2026-0009.*Chèque 0417/);
    await rosalie.sees(/Solde à payer 196,13 \$/);

    await rosalie.clicks('Encaisser la facture PB-F-2026-0009');
    await rosalie.types('Montant', '100,00');
    await rosalie.types('Numéro du chèque ou référence', '417');
    await rosalie.presses('Enter');
    await rosalie.sees(/Un paiement semblable est déjà inscrit : 100,00 \$.*référence 0417/);
    await rosalie.types('Numéro du chèque ou référence', '418');
    await rosalie.types('Montant', '200,00');
    await rosalie.clicks('Inscrire le paiement');
    await rosalie.sees(/Il reste 196,13 \$ à payer sur cette facture/);
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Inscrire quand même');
    await rosalie.sees(/C’est inscrit : 200,00 \$/);
    await rosalie.sees(/Crédit 3,87 \$/);

    await rosalie.clicks('Reprendre 200,00 $ sur la facture PB-F-2026-0009');
    await rosalie.clicks('Chèque retourné (NSF)', 'radio');
    await rosalie.types('Frais à facturer', '45,00');
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Reprendre le paiement');
    await rosalie.sees(
      /C’est repris : 200,00 \$.*Les frais sont sur la facture NSF-2026-0001.*Retourné \(NSF\)/,
    );
    await rosalie.sees(/Solde à payer 241,13 \$/);
    await meetsNoBarrier(rosalie);

    const [way = ''] = /À traiter \(\d+\)/.exec(await rosalie.sees(/À traiter \(\d+\)/)) ?? [];
    await rosalie.clicks(way, 'link');
    await rosalie.sees(/Anomalie.*La taxe sur les primes d’assurance/);
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Je m’en occupe');
    await rosalie.sees(/Rosalie Bélanger s’en occupe/);
    await rosalie.clicks('Régler');
    await rosalie.clicks('Régler');
    await rosalie.sees(/Remplissez cette case/);
    await rosalie.types('Ce qui a été fait', 'Décidé avec le conseil.');
    await rosalie.presses('Enter');
    await rosalie.sees(/C’est réglé\./);
    const fewer = await rosalie.reads();
    assert.doesNotMatch(fewer, /La taxe sur les primes/);
    assert.ok(!fewer.includes(way), 'the number in the menu is one less');
    assert.deepEqual(rosalie.complaints, []);
  });

  test('a stranger’s request: approved, its e-mail sent again, undone; two edit one file; it is seen as she sees it', async () => {
    const cousin = 'cousine@example.org';
    staff('regroupement', 'set', 'petits-bouleaux', '--link-policy', 'approval');
    const seeker = await Person.arrive(browser);
    await seeker.goes(demo.site);
    await seeker.signsUp('Odile Cousine', cousin, DEMO_PASSWORD);
    await seeker.goes(linkIn((await demo.mailTo(cousin, /^Activez votre compte/)).text));
    await seeker.types('Mot de passe', DEMO_PASSWORD);
    await seeker.clicks('Activer mon compte');
    await seeker.types('Nom', 'D’Août');
    await seeker.types('Prénom', 'Anne-Sophie');
    await seeker.types('# de certificat', 'PB-004533');
    await seeker.clicks('Trouver ma facture');
    await seeker.sees(/votre regroupement va vérifier votre demande/);

    const benoit = await atWork('office');
    await opens(benoit, 'aout');
    await benoit.sees(/D.Août, Anne-Sophie.*Odile Cousine.*Demande en attente/);
    post.refused.add(cousin);
    await benoit.clicks('Approuver la demande de Odile Cousine');
    await benoit.sees(/verra tout le dossier et pourra payer/);
    await benoit.clicks('Approuver');
    await benoit.sees(/La demande de Odile Cousine est approuvée.*approuvé par le bureau/);
    await refreshesUntil(benoit, /Non parti Son serveur refuse cette adresse/);
    await meetsNoBarrier(benoit);
    post.refused.clear();
    await benoit.clicks(`Renvoyer « Demande de lien approuvée » à ${cousin}`);
    await benoit.clicks('Renvoyer');
    await benoit.sees(/Le courriel repart à cousine@example\.org/);
    await refreshesUntil(benoit, /Demande de lien approuvée cousine@example\.org [^@]* Parti/);
    assert.ok(post.taken.includes(cousin));
    await benoit.clicks('Défaire le lien de Odile Cousine');
    await benoit.clicks('Défaire le lien');
    await benoit.sees(/Le lien de Odile Cousine est défait.*Lien défait/);
    await seeker.page.reload();
    await seeker.sees(/Recherche de votre facture/);

    const rosalie = await atWork('owner');
    await opens(rosalie, 'aout');
    await rosalie.clicks('Modifier');
    await benoit.clicks('Modifier');
    await rosalie.types('Courriel au dossier', 'as.daout@example.org');
    await rosalie.types('Nom usuel', 'Annso D’Août');
    await rosalie.clicks('Enregistrer');
    await rosalie.sees(/Le dossier est enregistré.*Annso D’Août.*as\.daout@example\.org/);
    await benoit.types('Courriel au dossier', 'daout.as@example.org');
    await benoit.types('Nom', 'D’Août-Roy');
    await benoit.clicks('À traiter', 'link');
    await benoit.sees(/Quitter sans enregistrer/);
    await benoit.clicks('Annuler');
    await benoit.clicks('Enregistrer');
    await benoit.sees(
      /Quelqu’un a modifié ce dossier.*Avant.*Eux.*Vous.*as\.daout@example\.org.*daout\.as@example\.org/,
    );
    await meetsNoBarrier(benoit);
    await benoit.clicks('Courriel au dossier, Eux: as.daout@example.org', 'radio');
    await benoit.clicks('Enregistrer ce choix');
    await benoit.sees(/Le dossier est enregistré/);
    assert.deepEqual(
      demo.rows("SELECT last_name, usual_name, email FROM holders WHERE last_name LIKE 'D_Août%'"),
      [{ last_name: 'D’Août-Roy', usual_name: 'Annso D’Août', email: 'as.daout@example.org' }],
    );

    await benoit.clicks('Historique', 'DisclosureTriangle');
    await benoit.sees(
      /Dossier modifié.*par Benoît Ouellet.*Lien de cousine@example\.org défait.*Courriel renvoyé à cousine@example\.org.*Demande de lien de cousine@example\.org approuvée/,
    );
    await benoit.clicks('Voir comme la RSG', 'link');
    await benoit.sees(/Aperçu : rien ne peut être payé d’ici.*Détail du montant à payer.*Total à payer/);
    const pay = await benoit.finds('button', 'Effectuer un paiement');
    assert.ok(await pay.evaluate((button) => button.matches(':disabled')));
    await meetsNoBarrier(benoit);
    await benoit.clicks('Retour au dossier', 'link');
    await benoit.sees(/D’Août-Roy, Anne-Sophie/);
    assert.deepEqual([...benoit.complaints, ...rosalie.complaints, ...seeker.complaints], []);
  });
});
