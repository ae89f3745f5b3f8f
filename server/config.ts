// The process's settings, read once from the environment. A missing or malformed one stops the start, by name.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isLoopback, listenAddress, type TrustedProxies, trustedProxies } from './addresses.ts';
import { pathOfDatabase } from './db/open.ts';
import { email } from './fields.ts';
import { FileTrouble, otherKind, readWhole } from './input-file.ts';
import type { LogLevel } from './log.ts';
import { bare, webAddress } from './text.ts';

export interface Config {
  /** The address to listen on, `localhost` for both of the loopback's; every one where it is not said. */
  host?: string | undefined;
  port: number;
  /** Where people and PayPal reach this server, without a trailing slash. Tokens, links and returns are built from it, never from a Host header. */
  publicUrl: string;
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  smtpUrl: string;
  mailFrom: string;
  /** PayPal's REST base; may carry a path, so join, never resolve. */
  paypalBaseUrl: string;
  /** PayPal's script for pages, where it is not the one that goes with `paypalBaseUrl`. */
  paypalSdkUrl?: string | undefined;
  /** PEM of the root that signs the webhooks of a stand-in; never with PayPal itself. */
  paypalWebhookCa: string | undefined;
  /** PEM of authorities between PayPal's certificate and its root, where PayPal leaves them out. */
  paypalIntermediates: readonly string[];
  /** Encrypts what must be read back (PayPal secrets, signing keys). The first encrypts, all decrypt. */
  secretKeys: readonly string[];
  trustedProxies: TrustedProxies;
  metricsToken: string | undefined;
  /** Whose machines hold the database and send the mail, and where: for the page on privacy. */
  dataPlace?: string | undefined;
  mailPlace?: string | undefined;
  logLevel: LogLevel;
  /** After so long without use, a session of a person of the staff ends. */
  staffIdleMinutes: number;
  /** Where the staff's page is reached, where it is not at `publicUrl`; see `officeUrlOf`. */
  officeUrl?: string | undefined;
  /** The domain that passkeys are of, where it is not the host of the staff's page: a parent of it. */
  passkeyDomain?: string | undefined;
}

/** Where the staff's page is, without a trailing slash. */
export const officeUrlOf = ({ officeUrl, publicUrl }: Pick<Config, 'officeUrl' | 'publicUrl'>): string =>
  officeUrl ?? publicUrl;

/** Over TLS, or without leaving this machine. */
export function secretly({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}
/** What may stand in a policy or a link of ours, and be joined with a path. */
const url = z
  .string()
  .overwrite(bare)
  .refine(
    (value) => webAddress(value) !== null && !/[?#]/.test(value),
    'not an address like https://example.org',
  )
  .transform((value) => value.replace(/\/+$/, ''));
/**
 * The widget, its pages, their links and the proofs of their calls know no path before ours; a browser gives a page the
 * means to sign in over https only, or on this machine.
 */
export const PublicUrl = z
  .string()
  .transform((value, ctx) => {
    const address = webAddress(value);
    if (address === null) ctx.addIssue('only a site, like https://pay.example.org');
    return address ?? z.NEVER;
  })
  .refine(({ href, origin }) => href === `${origin}/`, 'only a site, like https://pay.example.org')
  .refine(secretly, 'https, but on this machine')
  .transform(({ origin }) => origin);
/** Where our secret for PayPal goes, and what runs beside her invoice: nobody on the way may read or change it. */
export const PayPalUrl = url.refine((value) => secretly(new URL(value)), 'https, but on this machine');
/**
 * A libSQL server, whose token stands elsewhere since this address is told when it cannot be reached; or a file by its
 * name: without one it is a database that ends with the process.
 */
export const DatabaseUrl = z
  .string()
  .regex(/^(file:(?!:memory:)[^?]|https?:|libsql:|wss?:)/, {
    error: 'a libSQL server, or a file by its name',
    abort: true,
  })
  .refine(
    (value) => !/^\w+:\/\/[^/?]*@|[?&]authToken=/i.test(value),
    'the token belongs in DATABASE_AUTH_TOKEN',
  )
  .refine(
    (value) => value.startsWith('file:') || databaseSecretly(value),
    'https, wss or libsql, but on this machine',
  );
/** Her name, what she owes and the token that opens it all go to the database's server: not in clear. */
function databaseSecretly(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, searchParams } = new URL(value);
  const clear = ['http:', 'ws:'].includes(protocol) || searchParams.getAll('tls').includes('0');
  return !clear || isLoopback(hostname);
}
/**
 * A mail server, and nothing that says how it is spoken to: with STARTTLS or, by `smtps`, TLS from the first byte; in clear
 * on this machine only (smtp.ts).
 */
export const SmtpUrl = z
  .url({ protocol: /^smtps?$/, abort: true })
  .refine(isPlain, 'only smtps://user:password@host:port, what is special in it written as %…; no options');
function isPlain(value: string): boolean {
  const { pathname, search, hash, username, password, hostname } = new URL(value);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return (
    hostname !== '' &&
    `${pathname}${search}${hash}`.replace(/^\//, '') === '' &&
    (password === '' || username !== '')
  );
}
/** Several keys stand behind one another, with commas between them. */
export const secretKeysOf = (value: string): string[] => value.split(',').map((key) => key.trim());

const host = z.string().transform((value, c) => {
  const address = listenAddress(value);
  if (address === undefined)
    c.addIssue('an address of this machine, `localhost`, or `0.0.0.0` or `::` for every one');
  return address ?? z.NEVER;
});
const proxies = z.string().transform((value, c) => {
  const trusted = trustedProxies(value);
  if (trusted === undefined)
    c.addIssue(
      'how many proxies on this machine (10 at most), or which ones by address, network or the word `loopback`, like 10.0.0.5,10.1.0.0/16',
    );
  return trusted ?? z.NEVER;
});

const Environment = z.object({
  HOST: host.optional(),
  PORT: z.coerce.number().int().min(0).max(65535).default(8787),
  PUBLIC_URL: PublicUrl,
  OFFICE_URL: PublicUrl.optional(),
  DATABASE_URL: DatabaseUrl.optional(),
  DATABASE_AUTH_TOKEN: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  SMTP_URL: SmtpUrl,
  MAIL_FROM: email,
  PAYPAL_BASE_URL: PayPalUrl,
  PAYPAL_SDK_URL: PayPalUrl.optional(),
  PAYPAL_WEBHOOK_CA: z.string().min(1).optional(),
  PAYPAL_INTERMEDIATES: z.string().min(1).optional(),
  SECRET_KEY: z
    .string()
    .transform(secretKeysOf)
    .refine((keys) => keys.every((key) => key.length >= 32), 'each key needs at least 32 characters'),
  TRUSTED_PROXIES: proxies.default(0),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 characters that a header can carry, without spaces')
    .optional(),
  DATA_PLACE: z.string().min(1).max(300).optional(),
  MAIL_PLACE: z.string().min(1).max(300).optional(),
  PASSKEY_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'only a domain, like example.org')
    .optional(),
  STAFF_IDLE_MINUTES: z.coerce.number().int().min(10).max(240).default(30),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Thrown with one line per faulty variable; values are never repeated (they may be secrets). */
export class ConfigError extends Error {}

/** Reads and checks the environment. Creates DATA_DIR when the database is a file in it. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return given[name] === undefined ? `${name} is missing` : `${name} is not valid: ${issue.message}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const e = parsed.data;
  // Node's own switch, which a test machine may have in its profile: with it whoever stands between may read everything.
  const outside = [e.SMTP_URL, e.PAYPAL_BASE_URL, e.DATABASE_URL ?? 'file:'].some(
    (to) => !to.startsWith('file:') && !isLoopback(new URL(to).hostname),
  );
  if (outside && given.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new ConfigError(
      'NODE_TLS_REJECT_UNAUTHORIZED is 0: no certificate would be checked. Remove it; for an authority of your own there is NODE_EXTRA_CA_CERTS',
    );
  return {
    host: hostOf(e.HOST, e.TRUSTED_PROXIES),
    port: e.PORT,
    publicUrl: e.PUBLIC_URL,
    officeUrl: e.OFFICE_URL,
    databaseUrl: ordinaryFile(e.DATABASE_URL ?? databaseFile(e.DATA_DIR)),
    databaseAuthToken: e.DATABASE_AUTH_TOKEN,
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM,
    paypalBaseUrl: e.PAYPAL_BASE_URL,
    paypalSdkUrl: e.PAYPAL_SDK_URL,
    paypalIntermediates:
      e.PAYPAL_INTERMEDIATES === undefined ? [] : [pemOf('PAYPAL_INTERMEDIATES', e.PAYPAL_INTERMEDIATES)],
    paypalWebhookCa: ownRoot(e.PAYPAL_WEBHOOK_CA, e.PAYPAL_BASE_URL),
    secretKeys: e.SECRET_KEY,
    trustedProxies: e.TRUSTED_PROXIES,
    metricsToken: e.METRICS_TOKEN,
    dataPlace: e.DATA_PLACE,
    mailPlace: e.MAIL_PLACE,
    logLevel: e.LOG_LEVEL,
    staffIdleMinutes: e.STAFF_IDLE_MINUTES,
    passkeyDomain: passkeyDomain(e.PASSKEY_DOMAIN, e.OFFICE_URL ?? e.PUBLIC_URL),
  };
}

// A browser makes and shows a passkey of its page's host, or of a domain that this host is under; nothing else.
function passkeyDomain(domain: string | undefined, officeUrl: string): string | undefined {
  if (domain === undefined) return undefined;
  const { hostname } = new URL(officeUrl);
  if (hostname !== domain && !hostname.endsWith(`.${domain}`))
    throw new ConfigError('PASSKEY_DOMAIN is not valid: the address of the staff’s page is not under it');
  return domain;
}

// Whoever reaches the port itself writes X-Forwarded-For as he likes. So a count of proxies, which believes every caller
// to be one, holds only where nobody from outside arrives; and nobody does by default where a proxy is there to be called.
function hostOf(host: string | undefined, trusted: TrustedProxies): string | undefined {
  if (trusted === 0) return host;
  if (typeof trusted === 'number' && host !== undefined && !isLoopback(host))
    throw new ConfigError(
      'TRUSTED_PROXIES is a number, which counts only where HOST is this machine’s loopback: whoever reaches the port ' +
        'elsewhere could pass for anybody. Name the proxies by address or network, like TRUSTED_PROXIES=10.0.0.5,10.1.0.0/16; ' +
        'or leave HOST out, where they are on this machine.',
    );
  return host ?? 'localhost';
}

/** A chain of certificates is a few thousand. */
const MAX_PEM_BYTES = 100_000;

// PayPal's webhooks are believed by the roots that everyone trusts: a root of one's own beside PayPal would be a back door.
function ownRoot(file: string | undefined, paypalBaseUrl: string): string | undefined {
  if (file === undefined) return undefined;
  if (/(^|\.)paypal\.com$/.test(new URL(paypalBaseUrl).hostname))
    throw new ConfigError(
      'PAYPAL_WEBHOOK_CA is for a stand-in only: remove it where PAYPAL_BASE_URL is PayPal',
    );
  return pemOf('PAYPAL_WEBHOOK_CA', file);
}

function pemOf(variable: string, file: string): string {
  try {
    const pem = readWhole(file, MAX_PEM_BYTES).toString();
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    if (error instanceof FileTrouble) throw new ConfigError(`${variable} is not valid: ${error.en}`);
    throw new ConfigError(
      `${variable} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'no certificate'}`,
    );
  }
}

/** The same URL. Throws ConfigError when there is something else than a file where the database is to be. */
export function ordinaryFile(databaseUrl: string): string {
  const path = pathOfDatabase(databaseUrl);
  const stats = path === null ? undefined : statSync(path, { throwIfNoEntry: false });
  const kind = stats === undefined ? null : otherKind(stats);
  if (kind !== null) throw new ConfigError(`DATABASE_URL is not valid: ${path} is ${kind.en}, not a file`);
  return databaseUrl;
}

/** The embedded database's URL inside a data folder, which is created. Throws ConfigError when it cannot be. */
export function databaseFile(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    // Names, e-mails, balances: for this user's eyes only.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(`DATA_DIR cannot be used: ${folder}: ${(error as Error).message}`);
  }
  return `file:${folder}/amisgest-pay.db`;
}

/** JavaScript SDK v6 of the same PayPal that the server speaks to: live, sandbox, or a stand-in; a setting may say another. */
export function sdkUrl({
  paypalBaseUrl,
  paypalSdkUrl,
}: Pick<Config, 'paypalBaseUrl' | 'paypalSdkUrl'>): string {
  return paypalSdkUrl ?? `${paypalSite({ paypalBaseUrl })}/web-sdk/v6/core`;
}

/** The site, for people, of the same PayPal: live, sandbox, or a stand-in. */
function paypalSite({ paypalBaseUrl }: Pick<Config, 'paypalBaseUrl'>): string {
  const { hostname } = new URL(paypalBaseUrl);
  const [, sandbox = ''] = /^api-m(\.sandbox)?\.paypal\.com$/.exec(hostname) ?? [null];
  return hostname.endsWith('.paypal.com') ? `https://www${sandbox}.paypal.com` : paypalBaseUrl;
}

/** A transaction in the payee's account, once she has signed in at PayPal: where its own messages link to. */
export function paypalTransactionUrl(config: Pick<Config, 'paypalBaseUrl'>, transactionId: string): string {
  return `${paypalSite(config)}/activity/payment/${encodeURIComponent(transactionId)}`;
}
