// One page of a regroupement's site, asked for as a stranger would: hop by hop, within bounds of time, size and number, at
// addresses that `Sites` allows. A name is looked up once a hop and that very address is called, so that no second answer
// of the resolver can lead elsewhere. Nothing of ours goes along: no cookie, no referrer, no credential.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate, constants as zlib } from 'node:zlib';
import type { Sites } from '../../deps.ts';
import { textOf } from './charset.ts';

export interface Bounds {
  /** Of all hops together. */
  totalMs: number;
  /** Of the page, as it is sent and as it is unpacked. */
  bodyBytes: number;
  redirects: number;
}
export const BOUNDS: Bounds = { totalMs: 10_000, bodyBytes: 2 * 1024 * 1024, redirects: 5 };
/** A policy of a large site is some 8 kB. */
const MAX_HEADER_BYTES = 32 * 1024;
/** A large site's name has several; who answers at none of the first answers at none. */
const MOST_ADDRESSES = 4;
const REDIRECTS = [301, 302, 303, 307, 308];

/** One address that was asked, or would have been: its status, null where it gave none. */
export interface Hop {
  address: string;
  status: number | null;
}
/** Why there is no page to look at. */
export type Trouble =
  | 'no-name'
  | 'not-public'
  | 'no-answer'
  | 'no-tls'
  | 'timeout'
  | 'malformed'
  | 'status'
  | 'not-html'
  | 'many-redirects'
  | 'leads-elsewhere'
  | 'leads-nowhere';
export interface Page {
  address: string;
  html: string;
  /** False: it was longer, and this is its beginning. */
  whole: boolean;
  /** Each value of a header by itself. */
  headers(name: string): string[];
}
export interface Visit {
  hops: Hop[];
  page?: Page;
  trouble?: Trouble;
  /** A code of the network's, a status, a type. */
  detail?: string;
}

/** Why a hop came to nothing. */
class Failed extends Error {
  readonly trouble: Trouble;
  readonly detail: string | undefined;
  constructor(trouble: Trouble, detail?: string) {
    super(trouble);
    this.trouble = trouble;
    this.detail = detail;
  }
}

/**
 * What `start` leads to. A redirect is followed where `mayVisit` says so, and shown either way. `agent` names us to the
 * site.
 */
export async function visit(
  sites: Sites,
  start: URL,
  { mayVisit, agent, bounds = BOUNDS }: { mayVisit: (url: URL) => boolean; agent: string; bounds?: Bounds },
): Promise<Visit> {
  const hops: Hop[] = [];
  const signal = AbortSignal.timeout(bounds.totalMs);
  let url = start;
  try {
    for (;;) {
      const hop: Hop = { address: url.href, status: null };
      hops.push(hop);
      if (hops.length > bounds.redirects + 1) throw new Failed('many-redirects');
      if (!mayVisit(url)) throw new Failed('leads-elsewhere');
      const socket = await connected(sites, url, signal);
      try {
        const answer = await answered(socket, url, agent, signal);
        hop.status = answer.statusCode ?? null;
        const { location } = answer.headers;
        if (!REDIRECTS.includes(hop.status ?? 0) || location === undefined) {
          const page = await pageOf(answer, url, bounds);
          // Without a length, a body that we break off has ended.
          signal.throwIfAborted();
          return { hops, page };
        }
        url = next(location, url);
      } finally {
        socket.destroy();
      }
    }
  } catch (error) {
    if (signal.aborted) return { hops, trouble: 'timeout' };
    if (!(error instanceof Failed)) throw error;
    return { hops, trouble: error.trouble, ...(error.detail === undefined ? {} : { detail: error.detail }) };
  }
}

function next(location: string, from: URL): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol) || to.username !== '' || to.password !== '')
    throw new Failed('leads-nowhere', to === undefined ? undefined : to.protocol);
  to.hash = '';
  return to;
}

/** A connection to where the address leads, over TLS where it says so. */
async function connected(sites: Sites, url: URL, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const addresses = await addressesOf(sites, host, signal);
  // One that is not public is enough: which one is called must not hang on chance.
  if (addresses.some((address) => !sites.allows(address, port))) throw new Failed('not-public');
  let code: string | undefined;
  for (const address of addresses) {
    const socket = sites.connect(address, port);
    try {
      await happens(socket, 'connect', signal);
    } catch (error) {
      socket.destroy();
      if (signal.aborted) throw error;
      code = codeOf(error);
      continue;
    }
    return url.protocol === 'https:' ? await secured(socket, host, signal) : socket;
  }
  throw new Failed('no-answer', code);
}

async function addressesOf(sites: Sites, host: string, signal: AbortSignal): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await Promise.race([
    sites.resolve(host).catch((error: unknown) => {
      throw new Failed('no-name', codeOf(error));
    }),
    aborted(signal),
  ]);
  if (found.length === 0) throw new Failed('no-name');
  // Servers without IPv6 are many, sites without IPv4 few.
  return found.toSorted((a, b) => isIP(a) - isIP(b)).slice(0, MOST_ADDRESSES);
}

async function secured(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const secure = connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
  });
  try {
    await happens(secure, 'secureConnect', signal);
    return secure;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? error : new Failed('no-tls', codeOf(error));
  }
}

/** The head of the answer. */
function answered(socket: Socket, url: URL, agent: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      path: url.pathname + url.search,
      headers: {
        Host: url.host,
        'User-Agent': agent,
        Accept: 'text/html',
        'Accept-Language': 'fr-CA, fr;q=0.9, en;q=0.5',
        'Accept-Encoding': 'gzip',
        Connection: 'close',
      },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    });
    request.once('response', resolve);
    request.on('error', (error) => reject(signal.aborted ? error : new Failed('malformed', codeOf(error))));
    request.end();
  });
}

async function pageOf(answer: IncomingMessage, url: URL, { bodyBytes }: Bounds): Promise<Page> {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) throw new Failed('status', String(status));
  const type = answer.headers['content-type'] ?? '';
  if (!/^\s*text\/html\s*(;|$)/i.test(type)) throw new Failed('not-html', type.slice(0, 100));
  const { bytes, whole } = await bodyOf(answer, bodyBytes).catch((error: unknown) => {
    throw new Failed('malformed', codeOf(error));
  });
  return {
    address: url.href,
    html: await textOf(bytes, type),
    whole,
    headers: (name) => answer.headersDistinct[name] ?? [],
  };
}

/** As much of the body as may be read, unpacked: what a few bytes can be blown up to is counted as it comes out. */
async function bodyOf(answer: IncomingMessage, most: number): Promise<{ bytes: Buffer; whole: boolean }> {
  let whole = true;
  async function* atMost(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let length = 0;
    for await (const part of stream) {
      length += part.length;
      yield part.subarray(0, Math.max(0, part.length - Math.max(0, length - most)));
      if (length <= most) continue;
      whole = false;
      return;
    }
  }
  const unpack = unpacking(answer.headers['content-encoding'] ?? '');
  const packed = Readable.from(atMost(answer));
  if (unpack !== null) packed.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  try {
    const parts: Buffer[] = [];
    for await (const part of atMost(unpack ?? packed)) parts.push(part);
    return { bytes: Buffer.concat(parts), whole };
  } finally {
    packed.destroy();
    unpack?.destroy();
  }
}

function unpacking(coding: string) {
  // A body that was cut short is read as far as it goes.
  const cut = { finishFlush: zlib.Z_SYNC_FLUSH };
  switch (coding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip(cut);
    case 'deflate':
      return createInflate(cut);
    case 'br':
      return createBrotliDecompress({ finishFlush: zlib.BROTLI_OPERATION_FLUSH });
    default:
      throw new Failed('malformed', 'content-encoding');
  }
}

function happens(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => socket.destroy(new Error('timeout'));
    const over = (done: () => void) => {
      signal.removeEventListener('abort', stop);
      done();
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once(event, () => over(resolve));
    // Stays: a socket may fail later, when nobody waits for it any more.
    socket.on('error', (error) => over(() => reject(error)));
    socket.once('close', () => over(() => reject(new Error('closed'))));
    if (signal.aborted) stop();
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
  });
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
