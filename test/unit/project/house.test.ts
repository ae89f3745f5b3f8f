// How the code is laid out: imports point down the list of rooms in server/README.md, and no file or folder grows past what
// a reader can hold.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const under = (...folders: string[]) =>
  folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,js}`, { cwd: ROOT })).sort();

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)';/gm;
const CALL = /\bimport\('(\.[^']+)'\)/g;

/** What the file imports of ours, by paths from the root. */
function importsOf(from: string): Import[] {
  const text = read(from);
  const at = (specifier: string) => relative(ROOT, resolve(ROOT, dirname(from), specifier));
  return [
    ...[...text.matchAll(STATEMENT)].map(([, type, specifier = '']) => ({
      from,
      to: at(specifier),
      typeOnly: type !== undefined,
    })),
    ...[...text.matchAll(CALL)].map(([, specifier = '']) => ({ from, to: at(specifier), typeOnly: false })),
  ];
}

const SERVER = under('server').flatMap(importsOf);
const listed = (imports: readonly Import[]) => imports.map(({ from, to }) => `${from} imports ${to}`);

/** The folder directly under server/, or the file there. */
const roomOf = (path: string) => path.split('/')[1] ?? '';

describe('the rooms of the server', () => {
  const order = [...read('server/README.md').matchAll(/^1\. `([^`]+?)\/?`/gm)].map(([, room = '']) => room);

  test('server/README.md lists every room once', () => {
    const rooms = new Set(under('server').map(roomOf));
    assert.deepEqual([...order].sort(), [...rooms].sort());
  });

  test('no import points up the list', () => {
    const upwards = SERVER.filter(
      ({ from, to }) => to.startsWith('server/') && order.indexOf(roomOf(to)) < order.indexOf(roomOf(from)),
    );
    assert.deepEqual(listed(upwards), []);
  });

  test('no file imports itself by way of others, types included', () => {
    assert.deepEqual(circles(SERVER), []);
  });

  test('only routes, pages and guards import http/', () => {
    const speaksHttp =
      /(^server\/(payers-)?app|\/http\/[\w-]+|[/-](routes|page|pages)|\/(tenant|signed-in|permission))\.ts$/;
    const others = SERVER.filter(({ from, to }) => to.startsWith('server/http/') && !speaksHttp.test(from));
    assert.deepEqual(listed(others), []);
  });

  test('nothing under server/ imports the widget, the demo or the tests', () => {
    assert.deepEqual(listed(SERVER.filter(({ to }) => /^(widget|demo|test)\//.test(to))), []);
  });
});

test('the widget takes only types from the server', () => {
  const values = under('widget')
    .flatMap(importsOf)
    .filter(({ to, typeOnly }) => to.startsWith('server/') && !typeOnly);
  assert.deepEqual(listed(values), []);
});

describe('what a reader can hold', () => {
  const MOST_FILES = 15;
  /** Folders of more files than that, none of which is read for the others' sake. */
  const LONG_LISTS = [
    'server/db/migrations', // one after the other, for good
    'server/cli/commands', // one file a command, named as it is called
    'test/support/certificates', // one file a case
    'widget/pay/screens', // one file a screen, named as the procedure names it
  ];

  test(`a folder of more than ${MOST_FILES} files has rooms of its own`, () => {
    const files = new Map<string, number>();
    const parents = new Set<string>();
    for (const path of globSync('{server,widget,demo,test}/**/*.*', { cwd: ROOT })) {
      const folder = dirname(path);
      files.set(folder, (files.get(folder) ?? 0) + 1);
      parents.add(dirname(folder));
    }
    const crowded = [...files].filter(([folder, count]) => count > MOST_FILES && !parents.has(folder));
    assert.deepEqual(crowded.map(([folder]) => folder).sort(), [...LONG_LISTS].sort());
  });
});

describe('functions of at most 70 lines', () => {
  const ROUTES = 'a chain of routes, one after the other; each handler is short';
  /** Files in which biome does not count the lines of functions, and why. */
  const UNCOUNTED: Readonly<Record<string, string>> = {
    'test/**': 'a describe() block is no function',
    '*.ts': 'settings of tools',
    'demo/paypal/api.ts': ROUTES,
    'demo/paypal/checkout/pages.ts': ROUTES,
    'server/accounts/me-routes.ts': ROUTES,
    'server/embed/routes.ts': ROUTES,
    'server/payments/routes.ts': ROUTES,
    'server/staff/exception-routes.ts': ROUTES,
    'server/staff/link-routes.ts': ROUTES,
    'server/staff/files/holder-change-routes.ts': ROUTES,
    'server/staff/offline-payment-routes.ts': ROUTES,
    'server/staff/people/invitation-routes.ts': ROUTES,
    'server/staff/people/member-routes.ts': ROUTES,
    'server/staff/payment-routes.ts': ROUTES,
    'server/staff/work/worklist-routes.ts': ROUTES,
  };

  test('biome counts everywhere but where a reason is given', () => {
    const RULE = 'noExcessiveLinesPerFunction';
    const { linter, overrides } = JSON.parse(read('biome.json'));
    assert.deepEqual(linter.rules.complexity[RULE], { level: 'error', options: { maxLines: 70 } });
    const off = (overrides as { includes: string[]; linter: { rules?: { complexity?: object } } }[]).filter(
      (override) => RULE in (override.linter.rules?.complexity ?? {}),
    );
    assert.deepEqual(off.flatMap(({ includes }) => includes).sort(), Object.keys(UNCOUNTED).sort());
  });
});

/** Each circle of imports once, as the files in it (Tarjan's strongly connected components). */
function circles(imports: readonly Import[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const seen = new Map<string, { index: number; low: number }>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    const here = { index: seen.size, low: seen.size };
    seen.set(file, here);
    stack.push(file);
    for (const { to } of next.get(file) ?? []) {
      if (to === file) found.push([file]);
      const there = seen.get(to) ?? visit(to);
      if (stack.includes(to)) here.low = Math.min(here.low, there.low);
    }
    if (here.low === here.index) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) found.push(circle.sort());
    }
    return here;
  };
  for (const file of next.keys()) if (!seen.has(file)) visit(file);
  return found;
}
