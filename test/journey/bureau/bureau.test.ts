// The office's page, from the invitation on the command line to a file: by an app and codes, and by a passkey.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TOTP } from 'otpauth';
import type { Browser } from 'puppeteer-core';
import type { Demo } from '../../support/demo.ts';
import { typed } from '../../support/log-search.ts';
import { DESKTOP, linkIn, Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const PASSWORD = 'onze hérissons pressés';

describe('the office', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  /** Invites by the command line; the link of the message that came by SMTP. */
  async function invited(email: string, role = 'owner'): Promise<string> {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        LAUNCHER,
        'staff',
        'invite',
        'petits-bouleaux',
        '--email',
        email,
        '--name',
        'Lise Roy',
        '--role',
        role,
      ],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir } },
    );
    assert.equal(status, 0, stderr);
    return linkIn((await demo.mailTo(email, /^Votre accès au bureau/)).text);
  }
  /** Opens the invitation and chooses a password. */
  async function accepts(email: string, size?: typeof DESKTOP, role?: string): Promise<Person> {
    const link = await invited(email, role);
    assert.ok(link.startsWith(`${demo.site}/bureau/petits-bouleaux#invitation=`), link);
    const person = await Person.arrive(browser, size);
    await person.goes(link);
    await person.sees(/Bienvenue au bureau.*Regroupement Petits-Bouleaux de l’Estuaire vous donne un accès/);
    assert.ok(!person.page.url().includes('invitation'), 'no history keeps the link');
    await person.types('Mot de passe', PASSWORD);
    await person.clicks('Continuer');
    await person.sees(/Ajoutez un second facteur/);
    return person;
  }
  /** The ten codes that are shown; one is typed back. */
  async function keepsCodes(person: Person): Promise<string[]> {
    const text = await person.sees(/Gardez vos codes de secours.* (?:[0-9a-z]{4}-){3}[0-9a-z]{4} /);
    const codes = text.match(/\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b/g) ?? [];
    assert.equal(new Set(codes).size, 10);
    await person.types('Tapez un de ces codes', 'ce n’en est pas un');
    await person.clicks('Terminer');
    await person.sees(/Ce n’est aucun des dix codes/);
    await person.types('Tapez un de ces codes', codes[6] ?? '');
    await person.presses('Enter');
    await person.sees(/Encaissé par PayPal/);
    return codes;
  }
  async function looksFor(person: Person, words: string): Promise<void> {
    const field = await person.finds('combobox', 'Chercher un dossier');
    await field.evaluate((input) => (input as HTMLInputElement).select());
    typed.add(words);
    await field.type(words);
    await person.presses('Enter');
  }

  test('invited by the command line: password, app, codes; a piece of a name, and why her balance is what it is', async () => {
    const email = 'lise@petits-bouleaux.example.org';
    const lise = await accepts(email);
    await lise.clicks('Utiliser une application');
    const shown = await lise.sees(/Ou tapez cette clé : ([A-Z2-7 ]+)/);
    const secret = (/Ou tapez cette clé : ([A-Z2-7 ]+)/.exec(shown)?.[1] ?? '').replaceAll(' ', '');
    await lise.types('Code que l’application affiche', '000000');
    await lise.clicks('Vérifier le code');
    await lise.sees(/Ce n’est pas le code du moment/);
    await lise.types('Code que l’application affiche', new TOTP({ secret }).generate());
    await lise.presses('Enter');
    const codes = await keepsCodes(lise);

    // She types while she listens: no accent, a piece of the name, Enter.
    await looksFor(lise, 'oeuv');
    await lise.sees(/Œuvrard, Zoé.*Pourquoi ce solde La facture \S+ \([\d,]+ \$\) est payée/);
    await looksFor(lise, 'personne ici');
    await lise.sees(/Aucun dossier\. Vérifiez l’orthographe/);

    // The page is loaded anew, and she goes on; then she leaves, and comes back without her phone.
    await lise.page.reload();
    await lise.sees(/Œuvrard, Zoé/);
    await lise.clicks('Menu');
    await lise.clicks('Se déconnecter');
    await lise.sees(/Connexion au bureau/);
    await lise.types('Courriel', email);
    await lise.types('Mot de passe', PASSWORD);
    await lise.types('Code de votre application', '000000');
    await lise.presses('Enter');
    await lise.sees(/Le courriel, le mot de passe ou le code n’est pas le bon/);
    await lise.clicks('Utiliser un code de secours');
    await lise.types('Code de secours', codes[0] ?? '');
    await lise.presses('Enter');
    await lise.sees(/Œuvrard, Zoé/);
    await lise.clicks('Menu');
    await lise.clicks('Mon profil', 'link');
    await lise.sees(/Il vous en reste 9 sur 10/);
    assert.deepEqual(lise.complaints, []);
  });

  test('her session ends in the middle of a form: she signs in over it, and sends what she had typed', async () => {
    const lise = await accepts('odile@petits-bouleaux.example.org', DESKTOP);
    await lise.clicks('Utiliser une application');
    const shown = await lise.sees(/Ou tapez cette clé : ([A-Z2-7 ]+)/);
    const secret = (/Ou tapez cette clé : ([A-Z2-7 ]+)/.exec(shown)?.[1] ?? '').replaceAll(' ', '');
    await lise.types('Code que l’application affiche', new TOTP({ secret }).generate());
    await lise.presses('Enter');
    const codes = await keepsCodes(lise);
    await lise.clicks('Utilisateurs', 'link');
    await lise.clicks('Inviter une personne');
    await lise.types('Nom', 'Ève Côté');
    await lise.types('Courriel', 'eve@petits-bouleaux.example.org');
    // Elsewhere, another browser of hers ends this session.
    const other = await Person.arrive(browser, DESKTOP);
    await other.goes(`${demo.site}/bureau/petits-bouleaux#profil`);
    await other.types('Courriel', 'odile@petits-bouleaux.example.org');
    await other.types('Mot de passe', PASSWORD);
    await other.clicks('Utiliser un code de secours');
    await other.types('Code de secours', codes[1] ?? '');
    await other.presses('Enter');
    await other.sees(/Où vous êtes connectée/);
    await other.clicks('Déconnecter Chrome, Linux');
    await other.sees(/C’est déconnecté/);

    await lise.clicks('Envoyer l’invitation');
    await lise.sees(/Reconnectez-vous.*Ce que vous aviez saisi est resté tel quel/);
    const again = await lise.page.waitForSelector('amisgest-bureau >>> #again[open]');
    assert.ok(again);
    await (await again.$('#again-password'))?.type(PASSWORD);
    await lise.clicks('Utiliser un code de secours');
    await (await lise.page.waitForSelector('amisgest-bureau >>> #again-code'))?.type(codes[2] ?? '');
    await lise.presses('Enter');
    await lise.sees(/L’invitation part vers eve@petits-bouleaux\.example\.org/);
    await demo.mailTo('eve@petits-bouleaux.example.org', /^Votre accès au bureau/);
    assert.deepEqual([...lise.complaints, ...other.complaints], []);
  });

  test('by a passkey: made once, then one gesture signs her in; what is not her role’s is not there', async () => {
    const email = 'anne@petits-bouleaux.example.org';
    const link = await invited(email, 'office');
    const anne = await Person.arrive(browser, DESKTOP);
    const devtools = await anne.page.createCDPSession();
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await anne.goes(link);
    await anne.types('Mot de passe', PASSWORD);
    await anne.clicks('Continuer');
    await anne.sees(/Ajoutez un second facteur/);
    await anne.types('Nom de la clé', 'Ordinateur du bureau');
    await anne.clicks('Créer la clé d’accès');
    await keepsCodes(anne);
    // The browser suggests it with the e-mail's box, and she takes it there: nothing of the page is pressed. The authenticator of
    // this test takes whatever is suggested, at once.
    const suggested = anne.page.waitForResponse(
      (answer) => answer.url().endsWith('/v1/staff/sessions') && answer.status() === 201,
    );
    await anne.clicks('Se déconnecter');
    await suggested;
    await anne.sees(/Connectée : Lise Roy/);
    // A browser that suggests nothing has the button.
    await anne.page.evaluate(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
    });
    await anne.clicks('Se déconnecter');
    await anne.clicks('Se connecter par clé d’accès');
    await anne.sees(/Connectée : Lise Roy/);
    assert.doesNotMatch(await anne.reads(), /Utilisateurs/);
    await anne.goes(`${demo.site}/bureau/petits-bouleaux#utilisateurs`);
    await anne.sees(/Cet écran n’existe pas/);
    await anne.clicks('Mon profil', 'link');
    await anne.sees(/Ordinateur du bureau/);
    assert.deepEqual(anne.complaints, []);
  });

  test('an invitation that was replaced is no dead end: she asks for another, and the owners are told', async () => {
    const old = await invited('jo@petits-bouleaux.example.org');
    await invited('jo@petits-bouleaux.example.org');
    const jo = await Person.arrive(browser);
    await jo.goes(old);
    await jo.sees(/Ce lien n’est plus valide/);
    await jo.clicks('Demander une nouvelle invitation');
    await jo.sees(/C’est demandé\. Les personnes responsables reçoivent un courriel/);
    await demo.mailTo('lise@petits-bouleaux.example.org', /^Une invitation est redemandée/);
    assert.deepEqual(jo.complaints, []);
  });
});
