// What a webmaster takes from `/embed`: snippets that name files that are really there, and the WordPress plugin.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { buildWidget } from '../../../demo/build-widget.ts';
import { pinnedAsset, readAssets } from '../../../server/embed/assets.ts';
import { registeredPage, regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { addRegroupement, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';

const PHP = spawnSync('php', ['--version']).error === undefined;

describe('the guide for webmasters', () => {
  let t: TestApp;
  before(async () => {
    await buildWidget();
    t = await startTestApp();
    await addRegroupement(t.deps, 'sans-site', { pages: [] });
  });
  after(() => t.close());

  const get = async (path: string) => await t.app.request(`${PUBLIC_URL}${path}`);
  /** The snippets of a page, as text. */
  const snippetsOf = async (path: string) => {
    const html = await (await get(path)).text();
    return [...html.matchAll(/<pre>([\s\S]*?)<\/pre>/g)].map(([, text = '']) =>
      text.replace(/&(lt|gt|quot|#39|amp);/g, (_all, name: string) => TEXT[name] ?? ''),
    );
  };
  const TEXT: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

  test('the usual snippet is the one that the README gives, with this server’s address and this regroupement', async () => {
    const [plain] = await snippetsOf('/embed/petits-bouleaux');
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    assert.ok(plain !== undefined);
    assert.ok(readme.includes(plain.replaceAll(PUBLIC_URL, 'https://pay.example.org')), plain);
  });

  test('in English the snippets speak English, and the page too', async () => {
    const html = await (await get('/embed/petits-bouleaux?lang=en-CA')).text();
    assert.match(html, /<html lang="en-CA"/);
    assert.match(html, /Step by step/);
    for (const snippet of (await snippetsOf('/embed/petits-bouleaux?lang=en-CA')).slice(0, 5)) {
      assert.match(snippet, /lang="?=?en-CA/);
      assert.match(snippet, /Pay my insurance/);
    }
  });

  test('the pinned file is there for good, byte for byte what its integrity says', async () => {
    const pinned = (await snippetsOf('/embed/petits-bouleaux')).find((text) => text.includes('integrity'));
    const src = /src="([^"]+)"/.exec(pinned ?? '')?.[1] ?? '';
    const [algorithm = '', hash] = (/integrity="([^"]+)"/.exec(pinned ?? '')?.[1] ?? '').split(/-(.*)/);
    assert.match(
      src,
      new RegExp(`^${PUBLIC_URL}/v1/pinned/\\d+\\.\\d+\\.\\d+-[0-9a-f]{16}/amisgest-pay\\.js$`),
    );
    const response = await t.app.request(src);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const body = Buffer.from(await response.arrayBuffer());
    assert.equal(createHash(algorithm).update(body).digest('base64'), hash);
    assert.doesNotMatch(
      body.toString(),
      /import\("\.\/c\//,
      'one file: what comes later could not be checked',
    );
  });

  test('after a new release, pages that pinned the old one or still run it find all their files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-dist-'));
    const release = async (letter: string) => {
      rmSync(join(folder, 'widget'), { recursive: true, force: true });
      mkdirSync(join(folder, 'widget/c'), { recursive: true });
      mkdirSync(join(folder, 'pinned'), { recursive: true });
      writeFileSync(join(folder, 'widget/amisgest-pay.js'), `import('./c/${letter}.js')`);
      writeFileSync(join(folder, `widget/c/${letter}.js`), letter);
      writeFileSync(join(folder, 'pinned/amisgest-pay.js'), `all of ${letter}`);
      return await readAssets(pathToFileURL(`${folder}/`));
    };
    const old = await release('a');
    const today = await release('b');
    const of = (path: string) => path.split('/')[3] ?? '';
    const text = (asset: { body: Uint8Array } | undefined) => Buffer.from(asset?.body ?? []).toString();
    assert.notEqual(today.pin.path, old.pin.path);
    assert.equal(text(pinnedAsset(today, of(old.pin.path))), 'all of a');
    assert.equal(text(pinnedAsset(today, of(today.pin.path))), 'all of b');
    assert.equal(text(today.files.get('amisgest-pay.js')), "import('./c/b.js')");
    assert.deepEqual([text(today.files.get('c/a.js')), text(today.files.get('c/b.js'))], ['a', 'b']);
    rmSync(folder, { recursive: true });
  });

  test('a pinned file that never was, or a name out of shape, is not found', async () => {
    for (const release of [
      '0.1.0-0000000000000000',
      '0.1.0',
      'constructor',
      '..%2fwidget',
      'x'.repeat(500),
    ]) {
      assert.equal((await get(`/v1/pinned/${release}/amisgest-pay.js`)).status, 404, release);
    }
  });

  test('the page may run its own two files and nothing else, and nobody may frame it', async () => {
    const response = await get('/embed/petits-bouleaux');
    const policy = response.headers.get('content-security-policy') ?? '';
    const html = await response.text();
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    assert.ok(policy.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`));
    assert.match(policy, /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(html, /<script(?![^>]*src=)|<[^>]*\s(on\w+|style)=/);
    for (const file of ['/embed/guide.js', '/embed/height.js']) {
      const script = await get(file);
      assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
      assert.equal(script.status, 200);
    }
    assert.equal((await get('/embed/other.js')).status, 404);
  });

  test('it lists the addresses where the payment works, whole, as they are compared; or says that there is none yet', async () => {
    const pages = ['https://www.exemple.test:8443/payer', 'https://exemple.test/'];
    await addRegroupement(t.deps, 'deux-pages', { pages });
    const listed = async (path: string) =>
      /<h2 id="pages">.*?<ul>(.*?)<\/ul>/s.exec(await (await get(path)).text())?.[1];
    assert.equal(
      await listed('/embed/deux-pages'),
      '<li><code>https://www.exemple.test:8443/payer</code></li>' +
        '<li><code>https://exemple.test/</code> (toutes les pages de ce site)</li>',
    );
    assert.match((await listed('/embed/deux-pages?lang=en-CA')) ?? '', /every page of this site/);
    // What it says of addresses is what a payment goes by.
    const regroupement = await regroupementBySlug(t.deps, 'deux-pages');
    for (const [address, works] of [
      ['https://www.exemple.test:8443/payer', true],
      ['https://www.exemple.test:8443/payer/2027?x=1', true],
      ['https://www.exemple.test:8443/ailleurs', false],
      ['https://www.exemple.test/payer', false],
      ['https://exemple.test:8443/payer', false],
      ['https://exemple.test/ailleurs', true],
      ['http://exemple.test/', false],
    ] as const)
      assert.equal(registeredPage(regroupement, PUBLIC_URL, address) !== null, works, address);
    assert.match(await (await get('/embed/sans-site')).text(), /Aucune pour l’instant/);
  });

  test('without a name it lists nobody; with a name that nobody has, it says so', async () => {
    const index = await (await get('/embed')).text();
    assert.match(index, /\/embed\/mon-regroupement/);
    assert.doesNotMatch(index, /petits-bouleaux|<form/);
    for (const path of [
      '/embed/nobody',
      '/embed/%00',
      '/embed/Petits-Bouleaux',
      `/embed/${'a'.repeat(500)}`,
    ]) {
      assert.equal((await get(path)).status, 404, path);
    }
  });

  test('the hosted page may stand in a frame on the regroupement’s own sites, and nowhere else', async () => {
    const ancestors = async (slug: string) =>
      /frame-ancestors ([^;]*)/.exec(
        (await get(`/p/${slug}`)).headers.get('content-security-policy') ?? '',
      )?.[1];
    assert.equal(await ancestors('petits-bouleaux'), "'self' https://petits-bouleaux.test");
    assert.equal(await ancestors('la-farandole'), "'self' https://la-farandole.test");
    assert.equal(await ancestors('sans-site'), "'self'");
    assert.equal(await ancestors('nobody'), "'none'");
    assert.match(
      await (await get('/p/petits-bouleaux')).text(),
      /data-frames="https:\/\/petits-bouleaux\.test"/,
    );
  });

  test('the WordPress plugin: a file to keep, that calls this server', async () => {
    const response = await get('/embed/amisgest-pay-wordpress.php');
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="[\w-]+\.php"$/);
    const source = await response.text();
    assert.ok(source.startsWith('<?php\n'), 'nothing before it, or WordPress sends headers too early');
    assert.match(source, /const AMISGEST_PAY_SERVER = 'https:\/\/pay\.test';/);
    assert.doesNotMatch(source, /example\.org/);
  });

  test('the same plugin in a .zip, as WordPress’s own screen takes it', async () => {
    const response = await get('/embed/amisgest-pay-wordpress.zip');
    assert.equal(response.headers.get('content-type'), 'application/zip');
    const zip = Buffer.from(await response.arrayBuffer());
    const source = Buffer.from(await (await get('/embed/amisgest-pay-wordpress.php')).arrayBuffer());
    assert.equal(zip.readUInt32LE(14), crc32(source));
    const unpacked = spawnSync(
      'python3',
      [
        '-c',
        'import sys,zipfile,io;z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()));assert z.testzip() is None;[n]=z.namelist();print(n);sys.stdout.flush();sys.stdout.buffer.write(z.read(n))',
      ],
      { input: zip },
    );
    if (unpacked.error !== undefined) return;
    assert.equal(unpacked.stderr.toString(), '');
    assert.equal(
      unpacked.stdout.toString(),
      `amisgest-pay-wordpress/amisgest-pay-wordpress.php\n${source.toString()}`,
    );
  });

  describe('the plugin, run by PHP', { skip: PHP ? false : 'php is not installed' }, () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-php-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** What `code` prints after the plugin was loaded, with as much of WordPress as it calls. */
    const run = async (code: string, plugin = '/embed/amisgest-pay-wordpress.php'): Promise<string> => {
      const file = join(folder, 'plugin.php');
      writeFileSync(file, await (await get(plugin)).text());
      const { stdout, stderr } = spawnSync(
        'php',
        [
          '-d',
          'error_reporting=-1',
          '-d',
          'display_errors=1',
          '-r',
          `${WORDPRESS} require '${file}'; ${code}`,
        ],
        { encoding: 'utf8' },
      );
      assert.equal(stderr, '');
      return stdout;
    };

    test('the shortcode gives the element, its link, and its script once', async () => {
      assert.equal(
        await run(
          "echo amisgest_pay_render(['regroupement' => ' Petits-Bouleaux ']), '|', implode(',', $queued);",
        ),
        '<amisgest-pay regroupement="petits-bouleaux" lang="fr-CA" api="https://pay.test" style="display:block;min-height:760px"><a href="https://pay.test/p/petits-bouleaux">Payer mes assurances</a></amisgest-pay>|amisgest-pay',
      );
      assert.match(
        await run("echo amisgest_pay_render(['regroupement' => 'a', 'lang' => 'en']);"),
        /lang="en-CA".*\/p\/a\?lang=en-CA">Pay my insurance</,
      );
    });

    test('a name out of shape leaves visitors a sentence, the author what to do, and nobody markup', async () => {
      const sentence =
        '<p><strong>Le paiement n’est pas encore en place sur cette page. Prévenez votre regroupement.</strong></p>';
      for (const name of ['', '"><script>', "a' onclick='x", '../b', '«\u00a0»']) {
        const given = JSON.stringify(name).replaceAll('$', '\\$');
        assert.equal(await run(`echo amisgest_pay_render(['regroupement' => ${given}]);`), sentence, name);
      }
      assert.equal(await run("echo amisgest_pay_render('');"), sentence, 'a shortcode without attributes');
      assert.match(
        await run("echo amisgest_pay_render(['lang' => 'en']);"),
        /^<p><strong>Payment is not set up/,
      );
      assert.match(
        await run('$editor = true; echo amisgest_pay_render([]);'),
        /^<p><strong>Indiquez le nom de votre regroupement, .* regroupement=&quot;…&quot;<\/strong><\/p>$/,
      );
    });

    test('quotes of any kind are read as they are meant, as WordPress hands them over', async () => {
      const right = await run(
        "echo amisgest_pay_render(['regroupement' => 'petits-bouleaux', 'lang' => 'en-CA']);",
      );
      for (const given of [
        "'regroupement' => '”petits-bouleaux”', 'lang' => '“en-CA”'",
        "'regroupement' => '«\u00a0petits-bouleaux\u00a0»', 'lang' => 'en'",
        "'regroupement' => '«\u202fpetits-bouleaux\u202f»', 'lang' => 'en'",
        "'regroupement' => '«', 0 => 'petits-bouleaux', 1 => '»', 'lang' => 'EN'",
        "'regroupement' => '″petits-bouleaux″', 'lang' => '″en″'",
        "'regroupement' => '&#8221;petits-bouleaux&#8243;', 'lang' => '&quot;en&quot;'",
        "'regroupement' => '&laquo;&nbsp;Petits-Bouleaux&nbsp;&raquo;', 'lang' => 'en'",
        "'regroupement' => '‘petits-bouleaux’', 'lang' => 'en'",
      ])
        assert.equal(await run(`echo amisgest_pay_render([${given}]);`), right, given);
    });

    test('a regroupement’s own plugin needs no name, and takes another all the same', async () => {
      const own = '/embed/petits-bouleaux/amisgest-pay-wordpress.php';
      assert.match(
        await run("echo amisgest_pay_render('');", own),
        /<amisgest-pay regroupement="petits-bouleaux"/,
      );
      assert.match(await run("echo amisgest_pay_render(['regroupement' => 'b']);", own), /regroupement="b"/);
      assert.equal(
        await run(
          "apply('init'); echo $blocks['amisgest/pay']['attributes']['regroupement']['default'];",
          own,
        ),
        'petits-bouleaux',
      );
      assert.equal((await get('/embed/nobody/amisgest-pay-wordpress.zip')).status, 404);
    });

    test('WordPress learns of a newer version from the server that the plugin came from, and from no other', async () => {
      const address = `${PUBLIC_URL}/embed/petits-bouleaux/amisgest-pay-wordpress.json`;
      const body = await (await get('/embed/petits-bouleaux/amisgest-pay-wordpress.json')).text();
      const newest = JSON.parse(body) as Record<string, string>;
      const source = await (await get('/embed/petits-bouleaux/amisgest-pay-wordpress.php')).text();
      assert.match(source, new RegExp(`^ \\* Version: +${newest.version}$`, 'm'));
      assert.match(source, new RegExp(`^ \\* Update URI: +${address}$`, 'm'));
      assert.equal((await get(new URL(newest.package ?? '').pathname)).status, 200);
      const ask = (uri: string, answer: string) =>
        run(
          `$answers = ['${address}' => '${answer}']; echo json_encode(apply('update_plugins_pay.test', false, ['UpdateURI' => '${uri}']));`,
        );
      assert.deepEqual(JSON.parse(await ask(address, body)), newest);
      assert.equal(await ask(address, '<html>'), 'false', 'what is no answer of ours offers nothing');
      assert.equal(await ask('https://pay.test.evil.test/x', body), 'false');
    });

    test('its script tag is a module that no optimiser may hold back', async () => {
      const tag = await run(
        "echo apply('script_loader_tag', '<script src=x></script>', 'amisgest-pay', 'https://pay.test/v1/amisgest-pay.js'), apply('script_loader_tag', 'other', 'other', 'x');",
      );
      assert.match(
        tag,
        /^<script type="module" data-cfasync="false" [^>]*data-no-optimize="1" data-no-defer="1"[^>]* src="https:\/\/pay\.test\/v1\/amisgest-pay\.js"><\/script>\nother$/,
      );
      assert.equal(
        await run(
          "foreach (['rocket_delay_js_exclusions', 'litespeed_optm_js_defer_exc', 'sgo_javascript_combine_excluded_external_paths'] as $hook) echo implode(',', apply($hook, ['kept.js'])), ' '; echo implode(',', apply('sgo_js_async_exclude', [])), ' ', apply('autoptimize_filter_js_exclude', 'a.js'), ' ', apply('autoptimize_filter_js_exclude', '');",
        ),
        `${'kept.js,/v1/amisgest-pay.js '.repeat(3)}amisgest-pay a.js, /v1/amisgest-pay.js /v1/amisgest-pay.js`,
      );
    });

    test('the block is drawn by the same code, and its editor needs no build', async () => {
      assert.equal(
        await run(
          "apply('init'); echo $blocks['amisgest/pay']['render_callback'], ' ', $shortcodes['amisgest_pay'];",
        ),
        'amisgest_pay_render amisgest_pay_render',
      );
      const editor = await run("apply('init'); echo $inline['amisgest-pay-editor'];");
      const registered: unknown[] = [];
      const wp = { blocks: { registerBlockType: (name: string) => registered.push(name) }, element: {} };
      new Function('window', editor)({ wp });
      assert.deepEqual(registered, ['amisgest/pay']);
      assert.match(editor, /"name":""/);
    });

    test('a snippet pasted by hand gets its script, in both forms; another page does not', async () => {
      for (const [content, queued] of [
        ['<amisgest-pay regroupement="a"></amisgest-pay>', 'amisgest-pay'],
        ['<div data-amisgest-pay="a"></div>', 'amisgest-pay'],
        ['<p>amisgest-pay</p>', ''],
      ]) {
        assert.equal(
          await run(`echo apply('the_content', '${content}'), '|', implode(',', $queued);`),
          `${content}|${queued}`,
        );
      }
    });
  });
});

/** The parts of WordPress that the plugin calls, as its reference describes them. */
const WORDPRESS = `
define('ABSPATH', '/');
$hooks = $queued = $blocks = $shortcodes = $inline = [];
function add_filter($name, $callback, $priority = 10, $count = 1) { $GLOBALS['hooks'][$name][] = [$callback, $count]; }
function add_action($name, $callback) { add_filter($name, $callback, 10, 0); }
function apply($name, ...$given) { foreach ($GLOBALS['hooks'][$name] ?? [] as [$callback, $count]) { $given[0] = $callback(...array_slice($given, 0, $count)); } return $given[0] ?? null; }
function shortcode_atts($pairs, $atts) { return array_merge($pairs, array_intersect_key((array) $atts, $pairs)); }
function esc_attr($text) { return htmlspecialchars($text, ENT_QUOTES); }
function esc_html($text) { return htmlspecialchars($text, ENT_QUOTES); }
function esc_url($url) { return str_replace(['&', "'"], ['&#038;', '&#039;'], $url); }
function current_user_can($what) { return $GLOBALS['editor'] ?? false; }
function wp_parse_url($url, $part) { return parse_url($url, $part); }
function wp_remote_get($url, $how) { return $GLOBALS['answers'][$url] ?? null; }
function wp_remote_retrieve_response_code($answer) { return $answer === null ? '' : 200; }
function wp_remote_retrieve_body($answer) { return (string) $answer; }
function get_user_locale() { return 'fr_CA'; }
function wp_json_encode($value) { return json_encode($value); }
function wp_enqueue_script($handle) { if (!in_array($handle, $GLOBALS['queued'])) $GLOBALS['queued'][] = $handle; }
function wp_register_script($handle, $src, $deps, $version, $footer) {}
function wp_add_inline_script($handle, $code) { $GLOBALS['inline'][$handle] = $code; }
function add_shortcode($name, $callback) { $GLOBALS['shortcodes'][$name] = $callback; }
function register_block_type($name, $settings) { $GLOBALS['blocks'][$name] = $settings; }
`;
