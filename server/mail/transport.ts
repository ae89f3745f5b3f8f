// How a finished message leaves: SMTP in production, the same SMTP to a mailbox on loopback in the demo and the tests.
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
  attachments?: { filename: string; contentType: string; content: Uint8Array }[];
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
