// The demo's mailbox: a real SMTP server on loopback that keeps the last messages and shows them. With a relay, each
// message also goes on to a real server.
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { createTransport } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { smtpOptions } from '../../server/mail/smtp.ts';
import { mailboxPage, messagePage, type ReceivedMail } from './pages.ts';

const KEPT = 200;

interface Kept extends ReceivedMail {
  email: Email;
}

export interface Mailbox {
  smtpUrl: string;
  /** `/mail`, `/mail.json` and what the page needs; mount under `/demo`. */
  routes: Hono;
  /** Newest first. */
  messages(): ReceivedMail[];
  close(): Promise<void>;
}

/** Starts listening on a free port. `relayUrl` is an SMTP server that gets every message too; the newest `kept` stay. */
export async function createMailbox(options: { relayUrl?: string; kept?: number } = {}): Promise<Mailbox> {
  const kept: Kept[] = [];
  let count = 0;
  const relay = options.relayUrl === undefined ? null : createTransport(smtpOptions(options.relayUrl));
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: 10_000_000,
    async onData(stream, session, done) {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const raw = Buffer.concat(chunks);
        const email = await PostalMime.parse(raw);
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        kept.unshift(asReceived(++count, to, email));
        kept.length = Math.min(kept.length, options.kept ?? KEPT);
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        await relay?.sendMail({ raw, envelope: { from, to } });
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  // A client that hangs up in mid-message is no reason to end the demo.
  server.on('error', () => undefined);
  const { port } = server.server.address() as AddressInfo;

  const find = (id: string) => kept.find((mail) => mail.id === Number(id));
  const plain = ({ email: _, ...mail }: Kept): ReceivedMail => mail;
  const routes = new Hono()
    .get('/mail.json', (c) => c.json(kept.map(plain)))
    .get('/mail', (c) => c.html(mailboxPage(kept.map(plain))))
    .get('/mail/:id', (c) => {
      const mail = find(c.req.param('id'));
      return mail === undefined ? c.notFound() : c.html(messagePage(plain(mail)));
    })
    .get('/mail/:id/body', (c) => {
      const mail = find(c.req.param('id'));
      if (mail === undefined) return c.notFound();
      c.header(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation",
      );
      return c.html(mail.html.replace('<head>', '<head><base target="_top">'));
    })
    .get('/mail/:id/attachments/:n', (c) => {
      const attachment = find(c.req.param('id'))?.email.attachments[Number(c.req.param('n'))];
      if (attachment === undefined) return c.notFound();
      c.header(
        'Content-Disposition',
        `attachment; filename*=UTF-8''${encodeURIComponent(attachment.filename ?? 'fichier')}`,
      );
      c.header('Content-Type', attachment.mimeType);
      return c.body(bytesOf(attachment.content) as Uint8Array<ArrayBuffer>);
    });

  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    routes,
    messages: () => kept.map(plain),
    async close() {
      relay?.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function asReceived(id: number, to: string[], email: Email): Kept {
  return {
    id,
    to: to.join(', '),
    from: email.from?.name ? `${email.from.name} <${email.from.address ?? ''}>` : (email.from?.address ?? ''),
    replyTo: email.replyTo?.[0]?.address ?? '',
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html ?? '',
    date: email.date ?? '',
    messageId: email.messageId ?? '',
    attachments: email.attachments.map((attachment) => ({
      filename: attachment.filename ?? '',
      contentType: attachment.mimeType,
      size: bytesOf(attachment.content).byteLength,
    })),
    email,
  };
}

function bytesOf(content: string | ArrayBuffer | Uint8Array): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}
