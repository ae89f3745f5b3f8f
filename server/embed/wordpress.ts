// The WordPress plugin, made for one server: a PHP file that stands beside this one, and the same in a .zip, which is
// what WordPress's own screen takes.
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const SOURCE = new URL('./amisgest-pay-wordpress.php', import.meta.url);
const PLACEHOLDER = "'https://pay.example.org'";
const UPDATE_URI = 'https://pay.example.org/embed/';
const UNNAMED = "AMISGEST_PAY_NAME = ''";
const NAME = 'amisgest-pay-wordpress/amisgest-pay-wordpress.php';

/** The plugin's source, with the server it calls filled in, and the regroupement it is for where it is one's own. */
export async function wordpressPlugin(publicUrl: string, slug?: string): Promise<string> {
  const source = await readFile(SOURCE, 'utf8');
  const server = `'${publicUrl.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return source
    .replace(PLACEHOLDER, () => server)
    .replace(UPDATE_URI, () => embedAddress(publicUrl, slug).replaceAll('*/', ''))
    .replace(UNNAMED, () => UNNAMED.replace("''", `'${slug ?? ''}'`));
}

/** What WordPress reads to know of a newer version (its filter `update_plugins_{host}`). */
export async function wordpressUpdate(publicUrl: string, slug?: string) {
  const source = await readFile(SOURCE, 'utf8');
  const header = (name: string) => new RegExp(`^ \\* ${name}: +(.+)$`, 'm').exec(source)?.[1] ?? '';
  return {
    slug: 'amisgest-pay-wordpress',
    version: header('Version'),
    url: `${publicUrl}/embed`,
    package: `${embedAddress(publicUrl, slug)}amisgest-pay-wordpress.zip`,
    requires: header('Requires at least'),
    requires_php: header('Requires PHP'),
  };
}

function embedAddress(publicUrl: string, slug?: string): string {
  return `${publicUrl}/embed/${slug === undefined ? '' : `${slug}/`}`;
}

/** The plugin in a ZIP archive of one uncompressed file (PKWARE APPNOTE 4.3), the same bytes each time. */
export function zipOf(source: string): Uint8Array<ArrayBuffer> {
  const name = Buffer.from(NAME);
  const body = Buffer.from(source);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x0800, 2); // names in UTF-8
  common.writeUInt16LE(0x21, 8); // 1 January 1980: an archive's earliest day
  common.writeUInt32LE(crc32(body), 10);
  common.writeUInt32LE(body.length, 14);
  common.writeUInt32LE(body.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, body]);
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14), // no comment, disk 0, no attributes, found at offset 0
    name,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return new Uint8Array(Buffer.concat([local, directory, end]));
}
