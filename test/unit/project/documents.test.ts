// What the project's texts (.md) name is there: the files and sections that they link to, scripts, programs, commands.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import type { Command } from '../../../server/cli/command.ts';
import { inlineCode, manuals, ROOT, shellLines } from '../../support/manuals.ts';

const documents = manuals();
const [readme = assert.fail('no README.md')] = documents;

/** The anchors that GitHub gives to a text's titles. */
function anchors(text: string): string[] {
  const titles = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)];
  return titles.map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('the README is short, begins with the tag to paste, and shows a picture', () => {
  const lines = readme.text.trimEnd().split('\n');
  assert.ok(lines.length <= 120, `${lines.length} lines`);
  const tag = lines.findIndex((line) => line.startsWith('<amisgest-pay regroupement='));
  assert.ok(tag > 0 && tag < 10, 'the tag is within the first ten lines');
  const pictures = [...readme.text.matchAll(/<img src="([^"]+)"[^>]* alt="[^"]{20,}"/g)];
  assert.ok(pictures.length > 0);
  for (const [, picture = ''] of pictures) assert.ok(existsSync(join(ROOT, picture)), picture);
});

for (const { path, text } of documents)
  test(`${path}: each link leads to a file and a section that are there`, () => {
    const dead = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const led = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(ROOT, led))) return true;
        return anchor !== undefined && !anchors(readFileSync(join(ROOT, led), 'utf8')).includes(anchor);
      });
    assert.deepEqual(dead, []);
  });

test('each file that is named in a text is there', () => {
  const all = globSync('**/*.*', { cwd: ROOT, exclude: ['node_modules', '.git'] }).map((file) => `/${file}`);
  const named = documents.flatMap((document) =>
    inlineCode(document)
      .map((code) => code.replace(/^node /, '').split(' ')[0] ?? '')
      .filter((code) => /^[\w./-]+\.(?:test\.ts|ts|js|php|sql|svg|csv)$/.test(code))
      .map((file) => [document.path, file] as const),
  );
  assert.ok(named.length > 20);
  // Built, downloaded, made while it runs, or somebody's own file in an example.
  const elsewhere = ['amisgest-pay.js', '/v1/amisgest-pay.js', 'factures.csv'];
  const missing = named.filter(
    ([, file]) =>
      !elsewhere.includes(file) && !all.some((known) => known.endsWith(`/${file.replace(/^\//, '')}`)),
  );
  assert.deepEqual(missing, []);
});

test('each test that is named in a text is there', () => {
  const named = documents.flatMap((document) =>
    inlineCode(document)
      .filter((code) => /^(?:test\/)?(?:api|unit|browser|journey|simulation)\/[\w/-]+$/.test(code))
      .map((code) => [document.path, code] as const),
  );
  assert.ok(named.length > 50);
  const missing = named.filter(([, code]) => {
    const path = join(ROOT, 'test', code.replace(/^test\//, ''));
    return !existsSync(`${path}.test.ts`) && !existsSync(path);
  });
  assert.deepEqual(missing, []);
});

test('each npm script that is named in a text is one', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = documents.flatMap((document) =>
    [...inlineCode(document), ...shellLines(document)].flatMap((code) =>
      [...code.matchAll(/\bnpm (?:run )?((?!ci\b|run\b|install\b)[\w:]+)/g)].map(([, name = '']) => name),
    ),
  );
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(scripts, name)),
    [],
  );
});

test('the manual of the command line has every command; no text names a command or an option that is none', async () => {
  const modules = await Promise.all(
    globSync('server/cli/commands/*.ts', { cwd: ROOT }).map((file) => import(join(ROOT, file))),
  );
  const options = new Map(
    modules.flatMap((module: Record<string, unknown>) =>
      Object.entries(module)
        .filter(([name]) => name.endsWith('Command'))
        .map(([name, command]): [string, string[]] => [
          name.replace(/Command$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
          ['help', 'json', 'lang', ...Object.keys((command as Command).options)],
        ]),
    ),
  );
  assert.ok(options.size > 15);
  const manual = documents.find(({ path }) => path === 'server/cli/README.md') ?? assert.fail('is not there');
  for (const name of options.keys())
    assert.match(manual.text, new RegExp(`npx amisgest-pay ${name}\\b`), `${name} is missing`);
  const every = new Set([...options.values()].flat());
  for (const document of documents)
    for (const code of [...inlineCode(document), ...shellLines(document)]) {
      const [, name] = /\bamisgest-pay ([a-z]\S*)/.exec(code) ?? [];
      assert.ok(name === undefined || options.has(name), `${document.path}: ${code}`);
      if (name === undefined && document !== manual) continue;
      const known = (name === undefined ? undefined : options.get(name)) ?? [...every];
      for (const [, option = ''] of code.replace(/\s#.*/, '').matchAll(/(?<!\S)--([a-z][a-z-]*)/g))
        assert.ok(known.includes(option), `${document.path}: --${option} in ${code}`);
    }
});
