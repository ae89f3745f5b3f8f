// Whether our script stands in the page so that a browser runs it, and which version it is.
import { createHash } from 'node:crypto';
import { type Assets, pinnedAsset } from '../../embed/assets.ts';
import { addressIn, type Check, isCurly, type Looked, line, secure } from './check.ts';
import type { OurScript } from './markup.ts';

const STABLE = '/v1/amisgest-pay.js';
const PINNED = /^\/v1\/pinned\/([^/]+)\/amisgest-pay\.js$/;
/** The types that browsers run as scripts of before modules. */
const CLASSIC = /^(?:|(?:text|application)\/(?:x-)?(?:java|ecma)script)$/;
/** What optimisers put in the type's place until the page is at rest, or for good. */
const DELAYED = /lazy|delay|defer|litespeed|rocket|^[\da-f]+-(?:module|text\/javascript)$/;
const ORDER = ['good', 'unknown', 'bad'];

/** One line; none where no script is needed. `assets`: the files that the server has. */
export async function scriptCheck(looked: Looked, assets: () => Promise<Assets>): Promise<Check[]> {
  const { scripts, tags, links } = looked.markup;
  if (scripts.length === 0) {
    const live = tags.filter(({ inert }) => !inert);
    const framed = live.length > 0 && live.every(({ form }) => form === 'frame');
    const linked = live.length === 0 && links.length > 0;
    return framed || linked ? [] : [absent(looked)];
  }
  const lines = await Promise.all(scripts.map((script) => scriptLine(looked, script, assets)));
  const best = lines.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))[0];
  return best === undefined ? [] : [best];
}

function absent({ markup, page }: Looked): Check {
  const { asText, asComment, tags, inline } = markup;
  if (asText.snippet) return line('script', 'bad', { why: 'text' });
  if (asText.shortcode) return line('script', 'bad', { why: 'shortcode' });
  if (asComment.script) return line('script', 'bad', { why: 'comment' });
  if (inline) return line('script', 'unknown', { why: 'inline' });
  if (tags.some(({ attributes }) => (attributes.api ?? attributes['data-api']) !== undefined))
    return line('script', 'unknown', { why: 'bundled' });
  return page.whole
    ? line('script', 'bad', { why: 'missing' })
    : line('script', 'unknown', { why: 'too-long' });
}

async function scriptLine(
  looked: Looked,
  { attributes, src, heldIn }: OurScript,
  assets: () => Promise<Assets>,
): Promise<Check> {
  const type = (attributes.type ?? '').trim().toLowerCase();
  if (isCurly(src) || isCurly(type)) return line('script', 'bad', { why: 'curly' });
  if (DELAYED.test(type)) return line('script', 'bad', { why: 'delayed', type });
  if (heldIn !== 'src' || (type !== 'module' && !CLASSIC.test(type)))
    return line('script', 'bad', { why: 'blocked', type: type || heldIn });
  const written = addressIn(looked, src);
  const { server } = looked;
  // Over http from a page over https is the line of mixed content.
  const url = written !== null && server.protocol === 'https:' ? secure(written) : written;
  if (url?.origin !== server.origin)
    return line('script', 'bad', { why: 'server', server: url?.origin ?? src, ours: server.origin });
  if (type !== 'module') return line('script', 'bad', { why: 'classic' });
  const integrity = attributes.integrity?.trim() ?? '';
  if (url.pathname === STABLE)
    return integrity === '' ? line('script', 'good') : line('script', 'bad', { why: 'integrity' });
  const release = PINNED.exec(url.pathname)?.[1];
  if (release === undefined) return line('script', 'bad', { why: 'gone' });
  return pinnedLine(await assets(), { release, path: url.pathname, integrity });
}

function pinnedLine(
  assets: Assets,
  { release, path, integrity }: { release: string; path: string; integrity: string },
): Check {
  const asset = pinnedAsset(assets, release);
  if (asset === undefined) return line('script', 'bad', { why: 'gone' });
  if (integrity !== '' && !isWhole(asset.body, integrity)) return line('script', 'bad', { why: 'integrity' });
  return path === assets.pin.path
    ? line('script', 'good')
    : line('script', 'unknown', { why: 'old', release });
}

/** Whether one of the hashes of the strongest kind is the file's (Subresource Integrity, 3.3.4). */
function isWhole(body: Uint8Array, integrity: string): boolean {
  const hashes = integrity.split(/\s+/).flatMap((text) => {
    const [, kind = '', value = ''] = /^(sha256|sha384|sha512)-([^?]+)/.exec(text) ?? [];
    return kind === '' ? [] : [{ kind, value }];
  });
  const strongest = hashes
    .map(({ kind }) => kind)
    .sort()
    .at(-1);
  return (
    strongest === undefined ||
    hashes.some(
      ({ kind, value }) => kind === strongest && createHash(kind).update(body).digest('base64') === value,
    )
  );
}
