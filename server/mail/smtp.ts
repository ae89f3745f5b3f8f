// Real SMTP, pooled: STARTTLS where the other side offers it, bounded waits, refusals told apart from bad luck.
import { createTransport } from 'nodemailer';
import { MailError, type MailMessage, type MailTransport } from './transport.ts';

/** Sends through `smtp://` or `smtps://` (credentials in the URL). Opens no connection before the first message. */
export function smtpTransport(url: string): MailTransport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A message is made of our templates and database only: it reads no file and fetches no address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      try {
        await transport.sendMail(envelope(message));
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        const permanent = (responseCode !== undefined && responseCode >= 500) || code === 'EENVELOPE';
        throw new MailError(
          `${code ?? 'ESMTP'}${responseCode === undefined ? '' : ` ${responseCode}`}`,
          permanent && responseCode !== 421 && !(responseCode !== undefined && responseCode < 500),
          error,
        );
      }
    },
    close() {
      transport.close();
    },
  };
}

function envelope(message: MailMessage) {
  return {
    messageId: `<${message.key}@${message.from.address.split('@')[1] ?? 'localhost'}>`,
    from: message.from,
    replyTo: message.replyTo,
    to: { name: '', address: message.to },
    subject: message.subject,
    text: message.text,
    html: message.html,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': message.lang,
    },
    attachments: (message.attachments ?? []).map((attachment) => ({
      filename: attachment.filename,
      contentType: attachment.contentType,
      content: Buffer.from(attachment.content),
    })),
  };
}
