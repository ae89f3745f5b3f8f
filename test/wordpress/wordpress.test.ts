// `npm run test:wordpress`: our plugin in a real WordPress of Debian's packages, by its own screens: an administrator, an editor
// whose HTML WordPress filters, the block editor and the one before, the default theme and a classic one, and a member who pays
// there. Each test goes on from where the one before it left the site.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { DESKTOP, openBrowser, Person } from '../journey/person.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { PASSWORD, type Site, startSite } from './site.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PLUGIN = 'wp-content/plugins/amisgest-pay-wordpress/amisgest-pay-wordpress.php';
const BLOCK = 'Paiement des assurances';
const FORM = /<amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" api="http:\/\/127\.0\.0\.1:\d+"/g;

describe('WordPress', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-plugin-'));
  let demo: Demo;
  let site: Site;
  let browser: Browser;
  let admin: Person;
  let editor: Person;
  before(async () => {
    demo = await startDemo();
    [site, browser] = await Promise.all([startSite(demo.api), openBrowser()]);
    const set = [
      'server/cli/amisgest-pay.js',
      'regroupement',
      'set',
      'petits-bouleaux',
      '--page',
      `${site.url}/`,
    ];
    execFileSync(process.execPath, set, { cwd: ROOT, env: { ...process.env, DATA_DIR: demo.dataDir } });
    admin = await signsIn('admin');
    editor = await signsIn('editor');
    console.log(`# WordPress ${site.version}`);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    await demo?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function signsIn(name: string): Promise<Person> {
    const person = await Person.arrive(browser, DESKTOP);
    // WordPress's editor is a hundred files: on a busy machine they take their time.
    person.page.setDefaultTimeout(120_000);
    // The editor asks before a page is left that was not saved.
    person.page.on('dialog', (dialog) => void dialog.accept());
    await person.goes(`${site.url}/wp-login.php`);
    await person.page.type('#user_login', name);
    await person.page.type('#user_pass', PASSWORD);
    await Promise.all([person.page.waitForNavigation(), person.page.click('#wp-submit')]);
    await person.sees(/Dashboard/);
    return person;
  }
  const submits = async (person: Person, selector: string) => {
    const button = await person.page.waitForSelector(selector);
    await Promise.all([person.page.waitForNavigation({ timeout: 120_000 }), button?.click()]);
  };
  /** By « Add Plugins › Upload Plugin », from the file that the guide gives. */
  async function uploads(path: string): Promise<void> {
    const file = join(folder, 'amisgest-pay-wordpress.zip');
    writeFileSync(file, Buffer.from(await (await fetch(demo.api + path)).arrayBuffer()));
    await admin.goes(`${site.url}/wp-admin/plugin-install.php?tab=upload`);
    const input = await admin.page.waitForSelector<'input'>('input#pluginzip' as 'input');
    await input?.uploadFile(file);
    await submits(admin, '#install-plugin-submit');
  }

  // — the block editor —

  async function opensNewPage(person: Person, title: string): Promise<void> {
    await person.goes(`${site.url}/wp-admin/post-new.php?post_type=page`);
    await person.page.waitForSelector('.edit-post-visual-editor .editor-post-title__input');
    await person.page.evaluate(`(() => {
      const preferences = wp.data.dispatch('core/preferences');
      for (const guide of ['welcomeGuide', 'welcomeGuideTemplate']) preferences.set('core/edit-post', guide, false);
    })()`);
    await person.page.type('.editor-post-title__input', title);
  }
  async function addsBlock(person: Person, searched: string): Promise<void> {
    await person.page.click('.edit-post-header-toolbar__inserter-toggle');
    const search = await person.page.waitForSelector('.block-editor-inserter__search input');
    await search?.type(searched);
    const found = await person.page.waitForSelector('.editor-block-list-item-amisgest-pay');
    assert.equal(await found?.evaluate((item) => item.textContent), BLOCK);
    await found?.click();
    await person.page.click('.edit-post-header-toolbar__inserter-toggle');
  }
  /** Answers the address of the published page. */
  async function publishes(person: Person): Promise<string> {
    await person.page.click('.editor-post-publish-panel__toggle');
    const sure = '.editor-post-publish-panel .editor-post-publish-button:not([aria-disabled="true"])';
    await (await person.page.waitForSelector(sure))?.click();
    await person.page.waitForSelector('.post-publish-panel__postpublish', { timeout: 60_000 });
    return (await person.page.evaluate("wp.data.select('core/editor').getPermalink()")) as string;
  }

  // — the editor before it —

  /** Publishes what was written into the field of the tab « Text », or with `visual` typed where it looks like a page. */
  async function publishesClassic(
    person: Person,
    title: string,
    text: string,
    visual = false,
  ): Promise<string> {
    await person.goes(`${site.url}/wp-admin/post-new.php?post_type=page&classic-editor`);
    await person.page.type('#title', title);
    await person.page.click(visual ? '#content-tmce' : '#content-html');
    if (visual) {
      const frame = await (await person.page.waitForSelector('#content_ifr'))?.contentFrame();
      await (await frame?.waitForSelector('body#tinymce'))?.type(text);
    } else await person.page.type('#content', text);
    await person.page.click('#publish');
    const link = await person.page.waitForSelector<'a'>('#message a' as 'a');
    return (await link?.evaluate(({ href }) => href)) ?? '';
  }

  const html = async (address: string) => (await fetch(address)).text();
  const forms = (text: string) => [...text.matchAll(FORM)].length;

  test('an administrator uploads the plugin that is everyone’s, and turns it on', async () => {
    await uploads('/embed/amisgest-pay-wordpress.zip');
    await admin.sees(/Plugin installed successfully/);
    await admin.clicks('Activate Plugin', 'link');
    await admin.sees(/Plugin activated/);
    await admin.sees(/Vos membres paient leurs assurances dans une page de votre site/);
  });

  test('a block without a name says so to whoever edits, and never leaves a visitor an empty page', async () => {
    await opensNewPage(admin, 'Sans nom');
    await addsBlock(admin, 'paypal');
    await admin.sees(
      /Indiquez le nom de votre regroupement, tel qu’il est dans l’adresse de la page \/embed\/…/,
    );
    const address = await publishes(admin);
    assert.match(
      await html(address),
      /Le paiement n’est pas encore en place sur cette page\. Prévenez votre regroupement/,
    );
    await admin.goes(address);
    await admin.sees(/Indiquez le nom de votre regroupement/);
  });

  test('the regroupement’s own plugin replaces it: its block has the name already, found by what it is for', async () => {
    await uploads('/embed/petits-bouleaux/amisgest-pay-wordpress.zip');
    await admin.sees(/This plugin is already installed/);
    await submits(admin, '.update-from-upload-overwrite');
    await admin.sees(/Plugin (updated|downgraded) successfully/);
    for (const searched of ['payer', 'facture', 'insurance']) {
      await opensNewPage(admin, `Payer (${searched})`);
      await addsBlock(admin, searched);
      const field = await admin.page.waitForSelector<'input'>('.wp-block-amisgest-pay input' as 'input');
      assert.equal(await field?.evaluate(({ value }) => value), 'petits-bouleaux');
    }
    const address = await publishes(admin);
    assert.equal(forms(await html(address)), 1);
  });

  test('a member pays there', async () => {
    await opensNewPage(admin, 'Payer mes assurances');
    await addsBlock(admin, 'paypal');
    const address = await publishes(admin);
    const marie = await Person.arrive(browser);
    await marie.goes(address);
    await marie.signsIn('marie-eve.lecuyer@example.org', DEMO_PASSWORD);
    await marie.sees(/Total à payer 305,28 \$/);
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard();
    await marie.sees(/Votre paiement n’est pas encore fait/);
    assert.equal(new URL(marie.page.url()).origin, site.url, 'back on the page she left from');
    await marie.clicks('Confirmer');
    await marie.sees(/Votre paiement est maintenant complété/);
    assert.deepEqual(marie.complaints, []);
  });

  test('an editor without unfiltered HTML: the block, the shortcode and a pasted snippet, in the block editor', async () => {
    await opensNewPage(editor, 'De la main de l’éditrice');
    await addsBlock(editor, 'payer');
    const snippet = `<script type="module" src="${demo.api}/v1/amisgest-pay.js"></script><amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" api="${demo.api}"><a href="${demo.api}/p/petits-bouleaux">Payer</a></amisgest-pay>`;
    await editor.page.evaluate(
      `wp.data.dispatch('core/block-editor').insertBlocks([
        wp.blocks.createBlock('core/shortcode', { text: '[amisgest_pay regroupement=«\u00a0petits-bouleaux\u00a0»]' }),
        wp.blocks.createBlock('core/paragraph', { content: '[amisgest_pay regroupement=”petits-bouleaux”]' }),
        wp.blocks.createBlock('core/html', { content: ${JSON.stringify(snippet).replaceAll('</', '<\\/')} }),
      ])`,
    );
    const address = await publishes(editor);
    const text = await html(address);
    assert.equal(forms(text), 4, text.slice(text.indexOf('<body')));
    assert.equal(
      [...text.matchAll(/<script [^>]*\/v1\/amisgest-pay\.js/g)].length,
      1,
      'the script, once, though hers was taken out',
    );
    await isUsableAt(address);
  });

  test('the editor before it, text and visual: quotes of any kind are read as they are meant', async () => {
    const given = [
      '"petits-bouleaux"',
      '”petits-bouleaux”',
      '“petits-bouleaux”',
      '«\u00a0petits-bouleaux\u00a0»',
      '« petits-bouleaux »',
      '″petits-bouleaux″',
      "'petits-bouleaux'",
      '‘petits-bouleaux’',
      'petits-bouleaux',
    ].map((name) => `[amisgest_pay regroupement=${name}]`);
    for (const visual of [false, true]) {
      const text = await html(
        await publishesClassic(editor, `Guillemets ${visual}`, given.join('\n'), visual),
      );
      assert.equal(forms(text), given.length, text.slice(text.indexOf('<body')));
    }
    const pasted = `<amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" api="${demo.api}"><a href="${demo.api}/p/petits-bouleaux">Payer</a></amisgest-pay>`;
    await isUsableAt(await publishesClassic(editor, 'Collé', pasted));
  });

  test('a newer version of its server is offered and installed by WordPress itself', async () => {
    const file = join(site.folder, PLUGIN);
    const current = readFileSync(file, 'utf8');
    writeFileSync(file, current.replace(/^( \* Version: +).+$/m, '$10.1.0'));
    await admin.goes(`${site.url}/wp-admin/update-core.php?force-check=1`);
    await admin.sees(/Amisgest – paiement des assurances You have version 0\.1\.0 installed\. Update to/);
    await admin.goes(`${site.url}/wp-admin/plugins.php`);
    await admin.page.click('tr.plugin-update-tr[data-slug="amisgest-pay-wordpress"] .update-link');
    await admin.sees(/Updated!/);
    assert.equal(readFileSync(file, 'utf8'), current);
  });

  test('a classic theme shows it too', async () => {
    await admin.goes(`${site.url}/wp-admin/themes.php`);
    await submits(admin, '.theme[data-slug="twentytwentyone"] .activate');
    await isUsableAt(await publishesClassic(admin, 'Thème classique', '[amisgest_pay]'));
  });

  test('PHP noted nothing of ours', () => {
    assert.deepEqual(
      site
        .log()
        .split('\n')
        .filter((line) => line.includes('amisgest-pay-wordpress/')),
      [],
    );
  });

  /** A visitor meets the form, and nothing is complained of. */
  async function isUsableAt(address: string): Promise<void> {
    const visitor = await Person.arrive(browser);
    await visitor.goes(address);
    await visitor.sees(/Création de compte/);
    assert.deepEqual(visitor.complaints, []);
    await visitor.page.close();
  }
});
