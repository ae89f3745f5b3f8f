// Everything that comes from outside: database, time, randomness, network, mail, log, settings. Made once, in the
// composition root (server/main.js, demo/start.ts, a test), and handed down; no other module reaches for them.
import type { Socket } from 'node:net';
import type { Config } from './config.ts';
import type { Db } from './db/db.ts';
import type { Log } from './log.ts';
import type { Content } from './pdf/content.ts';

export interface Deps {
  config: Config;
  db: Db;
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Waits so many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** `n` unpredictable bytes. */
  randomBytes(n: number): Uint8Array;
  /** How PayPal is reached. */
  fetch: typeof fetch;
  /** How pages of the regroupements' own sites are reached. */
  sites: Sites;
  mail: MailTransport;
  /** Draws a document (pdf/): the same bytes for the same document. */
  pdf(content: Content): Promise<Uint8Array>;
  log: Log;
}

/** In the order of their bytes, as the database sorts. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/**
 * A new row's id, of 22 URL-safe characters: first the millisecond, so that rows written together lie together in every
 * index, then 90 random bits. It sorts by time and so tells when it was made: never a secret. A letter comes first, since
 * staff give ids to commands, where a hyphen begins an option.
 */
export function newId(deps: Pick<Deps, 'now' | 'randomBytes'>): string {
  let rest = Math.max(0, Math.floor(deps.now()));
  let time = '';
  for (let i = 0; i < 6; i++) {
    time = DIGITS.charAt(rest % 64) + time;
    rest = Math.floor(rest / 64);
  }
  const random = Buffer.from(deps.randomBytes(12)).toString('base64url').slice(0, 15);
  return LETTERS.charAt(rest % LETTERS.length) + time + random;
}

/** A secret for a link or a token: 256 random bits, URL-safe. Store only its hash. */
export function newSecret(deps: Pick<Deps, 'randomBytes'>): string {
  return Buffer.from(deps.randomBytes(32)).toString('base64url');
}

/** The way to a page whose address somebody else has chosen: each name is looked up once, and that address is called. */
export interface Sites {
  /** Every address of this name. Rejects where it has none. */
  resolve(host: string): Promise<readonly string[]>;
  /** Whether a page may be asked of this address; where it may not, nothing is sent there. */
  allows(address: string, port: number): boolean;
  /** A connection to this address itself. */
  connect(address: string, port: number): Socket;
}

/** One message, ready to send. `key` becomes the Message-ID, so that a repeat is recognised as one. */
export interface MailMessage {
  key: string;
  from: { name: string; address: string };
  replyTo: string;
  to: string;
  lang: 'fr-CA' | 'en-CA';
  subject: string;
  text: string;
  html: string;
  attachments?: Attachment[];
}

export interface Attachment {
  filename: string;
  contentType: string;
  /** Made by whoever sends the message, when it leaves. */
  content(): Promise<Uint8Array>;
}

export interface MailTransport {
  /** Resolves once the next server has accepted the message; rejects with a MailError otherwise. */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

/** `permanent`: the address or message was refused for good (5xx); otherwise try again later. */
export class MailError extends Error {
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean, cause?: unknown) {
    super(message, { cause });
    this.permanent = permanent;
  }
}
