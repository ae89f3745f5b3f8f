// The widget's built files, read once, compressed once, served with the right age: the entry's address is stable, so
// it is kept for minutes; its chunks carry a hash, so they are kept for good.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('../../dist/widget/', import.meta.url);

export interface Asset {
  body: Uint8Array<ArrayBuffer>;
  brotli: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  etag: string;
  immutable: boolean;
}

/** Every file of the widget's build by its path (`amisgest-pay.js`, `c/….js`). Throws when it is not built. */
export async function readAssets(): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const name of await readdir(DIST, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const path = name.replaceAll('\\', '/');
    const body = new Uint8Array(await readFile(new URL(path, DIST)));
    assets.set(path, {
      body,
      brotli: new Uint8Array(brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
      gzip: new Uint8Array(gzipSync(body, { level: 9 })),
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      immutable: path.startsWith('c/'),
    });
  }
  if (!assets.has('amisgest-pay.js')) throw new Error('the widget is not built: npm run build');
  return assets;
}
