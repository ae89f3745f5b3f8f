// What a phone downloads: the entry with its static imports, and everything to pay in one language; and the same of the
// staff's page, to its sign-in and in all. Exits 1 above a budget. Then what each module costs; `--short`: without.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { modulesTable } from './modules.ts';

const FOLDER = resolve(import.meta.dirname, '../../dist/widget');
const ENTRY = 'amisgest-pay.js';
/** Brotli bytes. */
const FIRST_LOAD = 11_000;
const EVERYTHING = 33_500;
const ACCOUNT = 4_000;
const OFFICE_SIGN_IN = 30_000;
const OFFICE = 130_000;
/** The staff's page, seen from the widget's folder. */
const OFFICE_ENTRY = '../bureau/amisgest-bureau.js';

const read = (file: string) => readFileSync(resolve(FOLDER, file));

/** The entry and what it imports statically: what stands between the script tag and the first view. */
function firstLoad(entry: string): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const [, imported] of read(file)
      .toString()
      .matchAll(/(?:^|[;}])(?:import|export)(?:[^;"'()]*?from)?["'](\.[^"']+)["']/g)) {
      files.add(join(dirname(file), imported ?? ''));
    }
  }
  return [...files];
}

function measure(name: string, files: readonly string[]): number {
  const contents = files.map(read);
  const total = (pack: (bytes: Buffer) => Buffer) =>
    contents.reduce((sum, bytes) => sum + pack(bytes).length, 0);
  const brotli = total((bytes) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
  const gzip = total((bytes) => gzipSync(bytes, { level: 9 }));
  const raw = total((bytes) => bytes);
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(2).padStart(7)} kB`;
  console.log(`${name.padEnd(24)} raw ${kB(raw)}  gzip ${kB(gzip)}  brotli ${kB(brotli)}`);
  return brotli;
}

const all = [ENTRY, ...readdirSync(resolve(FOLDER, 'c')).map((file) => `c/${file}`)];
// Apart, as each is loaded only by whoever comes to it, and none is part of paying: PayPal's window, which few pages
// ask for; « Mon compte »; a plan of instalments; the messages to a page's developer.
const APART = /popup|account|plan|diagnostics-messages/;
const without = (words: string) => all.filter((file) => !file.includes(words) && !APART.test(file));
const first = measure('first load (fr-CA)', firstLoad(ENTRY));
const french = measure('everything, in French', without('en-CA'));
const english = measure('everything, in English', without('fr-CA.rest'));
measure(
  'PayPal in a window',
  all.filter((file) => file.includes('popup')),
);
const account = measure(
  '« Mon compte », French',
  all.filter((file) => file.includes('account') && !file.includes('en-CA')),
);
measure('pinned, both languages', ['../pinned/amisgest-pay.js']);
const officeSignIn = measure('office, to its sign-in', firstLoad(OFFICE_ENTRY));
const office = measure('office, everything', [
  OFFICE_ENTRY,
  ...readdirSync(resolve(FOLDER, '../bureau/c')).map((file) => `../bureau/c/${file}`),
]);

let over = false;
for (const [name, size, budget] of [
  ['first load', first, FIRST_LOAD],
  ['everything in French', french, EVERYTHING],
  ['everything in English', english, EVERYTHING],
  ['« Mon compte »', account, ACCOUNT],
  ['the office to its sign-in', officeSignIn, OFFICE_SIGN_IN],
  ['the office', office, OFFICE],
] as const) {
  if (size <= budget) continue;
  over = true;
  console.error(`${name}: ${size} bytes of brotli, above the budget of ${budget}`);
}
if (!process.argv.includes('--short')) {
  console.log();
  for (const line of await modulesTable(/popup|account|plan|diagnostics-messages|en-CA/)) console.log(line);
}
process.exit(over ? 1 : 0);
