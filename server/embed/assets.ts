// The built files of the widget and of the staff's page, read once, each compressed once when it is first asked for, served with the right age: the entry's address is stable, so
// it is kept for minutes; its chunks carry a hash, so they are kept for good, and so is the pinned single file. Pages
// still name those of earlier builds, so each build's are set aside in dist/kept, which no build empties.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Pin } from './snippets.ts';

const DIST = new URL('../../dist/', import.meta.url);
const PACKAGE = new URL('../../package.json', import.meta.url);

type Coding = 'br' | 'gzip';
export interface Asset {
  body: Uint8Array<ArrayBuffer>;
  /** Off the event loop: the best compression of one file takes a tenth of a second, and builds add up. */
  packed(coding: Coding): Promise<Uint8Array<ArrayBuffer>>;
  etag: string;
  immutable: boolean;
}

export interface Assets {
  /** By path: the widget's (`amisgest-pay.js`, `c/….js`), the staff's page's (`bureau/amisgest-bureau.js`, `bureau/c/….js`). */
  files: Map<string, Asset>;
  /** Every pinned file at hand, today's and those that were kept, by the hash in its address. */
  pinned: Map<string, Asset>;
  /** Today's pinned file. */
  pin: Pin;
}

/** Named by what is in it. */
const IMMUTABLE = /^(bureau\/)?c\//;

/** Every file of the builds, and what was kept of earlier ones. Throws when it is not built. */
export async function readAssets(dist: URL = DIST): Promise<Assets> {
  const built = await scripts(new URL('widget/', dist));
  for (const [path, body] of await scripts(new URL('bureau/', dist))) built.set(`bureau/${path}`, body);
  const single = (await scripts(new URL('pinned/', dist))).get('amisgest-pay.js');
  if (!built.has('amisgest-pay.js') || single === undefined) {
    throw new Error('the widget is not built: npm run build');
  }
  const name = createHash('sha256').update(single).digest('hex').slice(0, 16);
  const lasting = new Map([...built].filter(([path]) => IMMUTABLE.test(path)));
  lasting.set(`pinned/${name}.js`, single);
  const kept = new URL('kept/', dist);
  for (const [path, body] of lasting) await keep(new URL(path, kept), body);

  const files = new Map<string, Asset>();
  const pinned = new Map<string, Asset>();
  for (const [path, body] of [...(await scripts(kept)), ...built, ...lasting]) {
    const release = /^pinned\/([0-9a-f]{16})\.js$/.exec(path)?.[1];
    if (release === undefined) files.set(path, asset(body, IMMUTABLE.test(path)));
    else pinned.set(release, asset(body, true));
  }
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  return {
    files,
    pinned,
    pin: {
      path: `/v1/pinned/${version}-${name}/amisgest-pay.js`,
      integrity: `sha384-${createHash('sha384').update(single).digest('base64')}`,
    },
  };
}

/** The files, read when they are first asked for; where they cannot be, the next one to ask tries again. */
export function assetsWhenAsked(): () => Promise<Assets> {
  let read: Promise<Assets> | undefined;
  return () => {
    read ??= readAssets().catch((error: unknown) => {
      read = undefined;
      throw error;
    });
    return read;
  };
}

/** Sets a file aside, whole or not at all. Where the disk cannot be written, whoever deploys carries the folder over. */
async function keep(place: URL, body: Uint8Array): Promise<void> {
  try {
    await mkdir(new URL('./', place), { recursive: true });
    const draft = new URL(`${place.href}.${process.pid}`);
    await writeFile(draft, body);
    await rename(draft, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EROFS' && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}

/** The pinned file of `release` (`0.1.0-0123456789abcdef`): the hash decides, the version is for people. */
export function pinnedAsset(assets: Assets, release: string): Asset | undefined {
  const name = /^\d+\.\d+\.\d+-([0-9a-f]{16})$/.exec(release)?.[1];
  return name === undefined ? undefined : assets.pinned.get(name);
}

async function scripts(folder: URL): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (!name.endsWith('.js')) continue;
    const path = name.replaceAll('\\', '/');
    found.set(path, new Uint8Array(await readFile(new URL(path, folder))));
  }
  return found;
}

const pack: Readonly<Record<Coding, (body: Uint8Array) => Promise<Uint8Array>>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
};

function asset(body: Uint8Array<ArrayBuffer>, immutable: boolean): Asset {
  const done = new Map<Coding, Promise<Uint8Array<ArrayBuffer>>>();
  return {
    body,
    packed(coding) {
      const packing = done.get(coding) ?? pack[coding](body).then((packed) => new Uint8Array(packed));
      done.set(coding, packing);
      return packing;
    },
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable,
  };
}
