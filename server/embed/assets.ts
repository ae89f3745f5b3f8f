// The widget's built files, read once, compressed once, served with the right age: the entry's address is stable, so
// it is kept for minutes; its chunks carry a hash, so they are kept for good, and so is the pinned single file.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Pin } from './snippets.ts';

const DIST = new URL('../../dist/widget/', import.meta.url);
const PINNED = new URL('../../dist/pinned/', import.meta.url);
const PACKAGE = new URL('../../package.json', import.meta.url);

export interface Asset {
  body: Uint8Array<ArrayBuffer>;
  brotli: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  etag: string;
  immutable: boolean;
}

export interface Assets {
  /** By path (`amisgest-pay.js`, `c/….js`). */
  files: Map<string, Asset>;
  /** Every pinned file at hand, today's and those that were kept, by the hash in its address. */
  pinned: Map<string, Asset>;
  /** Today's pinned file. */
  pin: Pin;
}

/** Every file of the widget's build. Throws when it is not built. */
export async function readAssets(): Promise<Assets> {
  const files = new Map<string, Asset>();
  for (const [path, body] of await scripts(DIST)) files.set(path, asset(body, path.startsWith('c/')));
  const pinned = new Map<string, Asset>();
  let pin: Pin | undefined;
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  for (const [path, body] of await scripts(PINNED)) {
    const name = createHash('sha256').update(body).digest('hex').slice(0, 16);
    pinned.set(name, asset(body, true));
    if (path !== 'amisgest-pay.js') continue;
    pin = {
      path: `/v1/pinned/${version}-${name}/amisgest-pay.js`,
      integrity: `sha384-${createHash('sha384').update(body).digest('base64')}`,
    };
  }
  if (!files.has('amisgest-pay.js') || pin === undefined) {
    throw new Error('the widget is not built: npm run build');
  }
  return { files, pinned, pin };
}

/** The pinned file of `release` (`0.1.0-0123456789abcdef`): the hash decides, the version is for people. */
export function pinnedAsset(assets: Assets, release: string): Asset | undefined {
  const name = /^\d+\.\d+\.\d+-([0-9a-f]{16})$/.exec(release)?.[1];
  return name === undefined ? undefined : assets.pinned.get(name);
}

async function scripts(folder: URL): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const path = name.replaceAll('\\', '/');
    found.set(path, new Uint8Array(await readFile(new URL(path, folder))));
  }
  return found;
}

function asset(body: Uint8Array<ArrayBuffer>, immutable: boolean): Asset {
  return {
    body,
    brotli: new Uint8Array(brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
    gzip: new Uint8Array(gzipSync(body, { level: 9 })),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable,
  };
}
