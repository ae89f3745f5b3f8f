// Real SMTP, pooled: STARTTLS where the other side offers it, bounded waits, refusals told apart from bad luck.
import { createTransport } from 'nodemailer';
import { MailError, type MailMessage, type MailTransport } from './transport.ts';

/**
 * Sends through `smtp://` or `smtps://` (credentials in the URL), at most `connections` messages side by side, each on one
 * of its own. Opens none before the first message.
 */
export function smtpTransport(url: string, connections = 2): MailTransport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
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
        throw new MailError(
          `${code ?? 'ESMTP'}${responseCode === undefined ? '' : ` ${responseCode}`}`,
          refusedForGood(error as Refusal),
          error,
        );
      }
    },
    close() {
      transport.close();
    },
  };
}

interface Refusal {
  /** nodemailer's name of what went wrong. */
  code?: string;
  /** What was being said to the server. */
  command?: string;
  responseCode?: number;
}

// Only what was said of this address or this message ends its tries. A wrong password, a sender that the server does
// not know, a server that turns everyone away: those are ours to mend, and the message waits until they are.
function refusedForGood({ code, command, responseCode }: Refusal): boolean {
  if (code === 'EENVELOPE' && command === 'API') return true;
  return (command === 'RCPT TO' || command === 'DATA') && responseCode !== undefined && responseCode >= 500;
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
