// Everything that comes from outside: database, time, randomness, network, mail, log, settings. Made once, in the
// composition root (server/main.ts, demo/start.ts, a test), and handed down; no other module reaches for them.
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
  mail: MailTransport;
  /** Draws a document (pdf/): the same bytes for the same document. */
  pdf(content: Content): Promise<Uint8Array>;
  log: Log;
}

/** A new row's id: 127 random bits, URL-safe, and a letter first: staff give ids to commands, where a hyphen begins an option. */
export function newId(deps: Pick<Deps, 'randomBytes'>): string {
  const bytes = Buffer.from(deps.randomBytes(16));
  bytes.writeUInt8(bytes.readUInt8() & 0x7f);
  return bytes.toString('base64url');
}

/** A secret for a link or a token: 256 random bits, URL-safe. Store only its hash. */
export function newSecret(deps: Pick<Deps, 'randomBytes'>): string {
  return Buffer.from(deps.randomBytes(32)).toString('base64url');
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
