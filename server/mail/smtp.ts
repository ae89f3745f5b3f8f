// Real SMTP, pooled: encrypted or not at all beyond this machine, bounded waits, refusals told apart from bad luck.
import { domainToASCII } from 'node:url';
import { isLoopback } from '../addresses.ts';
import { type Attachment, MailError, type MailMessage, type MailTransport } from '../deps.ts';
import { asciiHtml } from './ascii-html.ts';

/**
 * What an address of the settings means: whom to call, as whom, and that nothing is said in clear beyond this machine.
 * Made here, since nodemailer would take options from the address, also such as switch encryption off.
 */
export function smtpOptions(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const here = isLoopback(hostname);
  return {
    // The network's own resolver would be asked for `localhost`, and could name another machine.
    host: here && /^localhost$/i.test(hostname) ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port: Number(port) }),
    secure: protocol === 'smtps:' || port === '465',
    requireTLS: !here,
    // A relay on this machine has a certificate that it made for itself, if any.
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: !here } as const,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

/**
 * Sends through `smtp://` or `smtps://` (credentials in the URL), at most `connections` messages side by side, each on one
 * of its own. Opens none before the first message.
 */
export function smtpTransport(url: string, connections = 2): MailTransport {
  let opened: ReturnType<typeof pooled> | undefined;
  return {
    async send(message) {
      opened ??= pooled(url, connections);
      const transport = await opened;
      // What cannot be made is no refusal of the mail server's.
      const attachments = await Promise.all((message.attachments ?? []).map(made));
      try {
        await transport.sendMail({ ...envelope(message), attachments });
      } catch (error) {
        throw new MailError(reasonOf(error as Refusal), refusedForGood(error as Refusal), error);
      }
    },
    close() {
      opened?.then((transport) => transport.close());
    },
  };
}

// Loaded with the first message: a start must not wait for it.
async function pooled(url: string, connections: number) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    ...smtpOptions(url),
    pool: true,
    maxConnections: connections,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A message is made of our templates and database only: it reads no file and fetches no address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

const ASCII_HTML = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit';

interface Refusal {
  /** nodemailer's name of what went wrong. */
  code?: string;
  /** Node's own, which that took the place of. */
  originalCode?: string;
  /** What was being said to the server. */
  command?: string;
  responseCode?: number;
}

// Codes for staff and the log: a server that nobody could speak to in secret is not one that is down.
function reasonOf({ code = 'ESMTP', originalCode = '', responseCode }: Refusal): string {
  if (/CERT|SIGNATURE|INVALID_|HOSTNAME/.test(originalCode)) return `certificate-refused ${originalCode}`;
  if (code === 'ETLS' || originalCode.startsWith('ERR_SSL')) return 'no-encryption';
  return responseCode === undefined ? code : `${code} ${responseCode}`;
}

// Only what was said of this address or this message ends its tries. A wrong password, a sender that the server does
// not know, a server that turns everyone away: those are ours to mend, and the message waits until they are.
function refusedForGood({ code, command, responseCode }: Refusal): boolean {
  if (code === 'EENVELOPE' && command === 'API') return true;
  return (command === 'RCPT TO' || command === 'DATA') && responseCode !== undefined && responseCode >= 500;
}

// No part is quoted-printable, which breaks the line of a link in two and writes `#activer=` as `#activer=3D`: some mail
// programs do not put it together again. Nor 8bit, which some relays refuse and others make quoted-printable, after
// which a signature no longer fits (RFC 6376 §5.3): base64 for the text, which spam filters do not count against a part that
// says utf-8; the page, in 7bit, can be read as it stands.
function envelope(message: MailMessage) {
  const page = asciiHtml(message.html);
  return {
    messageId: `<${message.key}@${domainToASCII(message.from.address.split('@')[1] ?? 'localhost')}>`,
    from: message.from,
    replyTo: message.replyTo,
    to: { name: '', address: message.to },
    subject: message.subject,
    textEncoding: 'base64' as const,
    text: message.text,
    html: page === null ? message.html : { raw: `${ASCII_HTML}\r\n\r\n${page}` },
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': message.lang,
    },
  };
}

async function made({ filename, contentType, content }: Attachment) {
  return { filename, contentType, content: Buffer.from(await content()) };
}
