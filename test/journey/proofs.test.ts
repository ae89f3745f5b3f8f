// A regroupement that wants more than a name and a number before it opens a file: the code printed on the invoice, a code
// sent to the e-mail on file, or its own word (I6).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import decodeQR from 'qr/decode.js';
import { type Demo, startDemo } from '../support/demo.ts';
import { DESKTOP, linkIn, openBrowser, Person } from './person.ts';

const LAUNCHER = fileURLToPath(new URL('../../server/cli/amisgest-pay.js', import.meta.url));
const PASSWORD = 'une marmotte sous la galerie';

describe('more proof than a name and a number', () => {
  let demo: Demo;
  let browser: Browser;
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  /** What the staff types. */
  function staff(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: demo.dataDir },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }
  const policy = (name: string) => staff('regroupement', 'set', 'petits-bouleaux', '--link-policy', name);
  /** Someone whose e-mail is in no file, at the search, on the page at `url`. */
  async function newcomer(email: string, url = demo.site): Promise<Person> {
    const person = await Person.arrive(browser);
    await person.goes(url);
    await person.signsUp('Une Personne', email, PASSWORD);
    await person.goes(linkIn((await demo.mailTo(email, /^Activez votre compte/)).text));
    await person.types('Mot de passe', PASSWORD);
    await person.clicks('Activer mon compte');
    await person.sees(/Recherche de votre facture/);
    return person;
  }
  async function looksFor(
    person: Person,
    lastName: string,
    firstName: string,
    number: string,
  ): Promise<void> {
    await person.types('Nom', lastName);
    await person.types('Prénom', firstName);
    await person.types('# de certificat', number);
    await person.clicks('Trouver ma facture');
  }

  test('the code on her invoice: staff print cards, her phone reads the square, her file opens', async () => {
    policy('secret');
    const file = join(demo.dataDir, 'cartes.html');
    staff(
      'secrets',
      'make',
      'petits-bouleaux',
      '--certificates',
      'PB-004533,PB-004575',
      '--cards',
      '--out',
      file,
    );
    const desk = await Person.arrive(browser, DESKTOP);
    await desk.goes(pathToFileURL(file).href);
    const [anne = '', ...others] = await desk.page.$$eval('article', (cards) =>
      cards.map((card) => card.innerText),
    );
    assert.match(
      anne,
      /Anne-Sophie D'Août\n# de certificat PB-004533\s+Code de la facture\n[0-9A-Z]{5}-[0-9A-Z]{5}/,
    );
    assert.equal(others.length, 1);
    const address = await pointedAt(desk.page, 'article svg');
    assert.match(address, new RegExp(`^${demo.api}/p/petits-bouleaux#certificat=[0-9A-Z]{10}$`));

    const phone = await newcomer('anne.sophie@example.net', address);
    await phone.sees(/Code de la facture/);
    assert.match(await phone.value('Code de la facture'), /^[0-9A-Z]{10}$/, 'still there after her mailbox');
    await looksFor(phone, 'Daout', 'Anne Sophie', 'PB-004533');
    await phone.sees(/Total à payer 305,28 \$/);
    const kept = await phone.page.evaluate(() => Object.values(localStorage).join(' '));
    assert.doesNotMatch(kept, /[0-9A-Z]{10}$/, 'what has served is forgotten');

    const stranger = await newcomer('curieux@example.net');
    await looksFor(stranger, 'Daout', 'Anne Sophie', 'PB-004533');
    await stranger.sees(/Code de la facture/);
    assert.doesNotMatch(await stranger.reads(), /Total à payer/);
    assert.deepEqual([...desk.complaints, ...phone.complaints, ...stranger.complaints], []);
  });

  test('a code sent to the e-mail on file: she reads it there and types it', async () => {
    policy('code');
    const huguette = await newcomer('huguette.pelletier@example.net');
    await looksFor(huguette, 'Pelletier', 'Huguette', 'PB-004575');
    await huguette.sees(/Si ces renseignements correspondent à un dossier, un code de 8 chiffres/);
    const { text } = await demo.mailTo('huguette.lavoie@example.org', /code/i);
    const code = /\b\d{4}\s?\d{4}\b/.exec(text)?.[0] ?? '';
    await huguette.types('Code reçu par courriel', '00000000');
    await huguette.clicks('Continuer');
    await huguette.sees(/Ce code n’est pas le bon/);
    await huguette.types('Code reçu par courriel', code);
    await huguette.clicks('Continuer');
    await huguette.sees(/Total à payer 305,28 \$/);
    await demo.mailTo('huguette.lavoie@example.org', /lié/);
    assert.deepEqual(huguette.complaints, []);
  });

  test('the regroupement’s word: she is told when it has answered, and her file is there', async () => {
    policy('approval');
    const lise = await newcomer('lise.hebert@example.net');
    await looksFor(lise, 'Hébert', 'Lise-M.', 'PB-004582');
    await lise.sees(/votre regroupement va vérifier votre demande/);
    const [request] = JSON.parse(staff('links', 'pending', 'petits-bouleaux', '--json')) as { id: string }[];
    staff('links', 'approve', 'petits-bouleaux', request?.id ?? '');
    await lise.goes(linkIn((await demo.mailTo('lise.hebert@example.net', /dossier|demande/i)).text));
    await lise.sees(/Total à payer 305,28 \$/);
    assert.deepEqual(lise.complaints, []);
  });
});

/** What a phone reads there: from the pixels, as its camera has them. */
async function pointedAt(page: Page, selector: string): Promise<string> {
  const image = await page.$eval(selector, async (svg) => {
    const side = 300;
    const picture = new Image(side, side);
    const text = new XMLSerializer().serializeToString(svg);
    picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(side, side);
    const pen = canvas.getContext('2d');
    if (pen === null) throw new Error('no canvas');
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, side, side);
    pen.drawImage(picture, 0, 0, side, side);
    return { width: side, height: side, data: [...pen.getImageData(0, 0, side, side).data] };
  });
  return decodeQR({ ...image, data: Uint8Array.from(image.data) });
}
