// The mailbox as a person sees it: the list, and one message as it would look in her mail program.
import { html, raw } from 'hono/html';

/** A message as the mailbox keeps it. */
export interface ReceivedMail {
  id: number;
  to: string;
  from: string;
  replyTo: string;
  subject: string;
  text: string;
  html: string;
  date: string;
  messageId: string;
  attachments: { filename: string; contentType: string; size: number }[];
}

const STYLE = `:root{font:17px/1.5 system-ui,sans-serif;color-scheme:light dark}body{margin:0 auto;max-width:52rem;padding:1rem}
ul{list-style:none;padding:0}li{border:1px solid #8886;border-radius:.5rem;margin:.5rem 0;padding:.7rem 1rem}li a{font-weight:600}
p{margin:.2rem 0}.small{opacity:.8;font-size:.92rem}iframe{width:100%;height:36rem;border:1px solid #8886;border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;border-radius:.5rem;padding:1rem}`;

function shell(title: string, content: unknown) {
  return html`<!doctype html><html lang="fr-CA"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${raw(STYLE)}</style></head>
    <body><main>${content}</main></body></html>`;
}

/** The list, newest first. */
export function mailboxPage(mails: readonly ReceivedMail[]) {
  return shell(
    'Boîte de courriels de la démonstration',
    html`<p><a href="/">← Le site du regroupement</a></p><h1>Boîte de courriels</h1>
      <p>Tous les courriels envoyés par la démonstration arrivent ici, par SMTP. <a href="/demo/mail">Actualiser</a></p>
      ${mails.length === 0 ? html`<p>Aucun courriel pour le moment.</p>` : ''}
      <ul>${mails.map(
        (mail) => html`<li><p><a href="/demo/mail/${mail.id}">${mail.subject}</a></p>
          <p class="small">à ${mail.to} · de ${mail.from}${mail.attachments.length > 0 ? ' · 📎' : ''}</p></li>`,
      )}</ul>`,
  );
}

/** One message: its own HTML in a frame that may do nothing but follow a link, and its text. */
export function messagePage(mail: ReceivedMail) {
  return shell(
    mail.subject,
    html`<p><a href="/demo/mail">← Boîte de courriels</a></p><h1>${mail.subject}</h1>
      <p class="small">à ${mail.to} · de ${mail.from} · répondre à ${mail.replyTo}</p>
      ${mail.attachments.map((attachment, n) => html`<p>📎 <a href="/demo/mail/${mail.id}/attachments/${n}">${attachment.filename}</a> (${Math.ceil(attachment.size / 1024)} ko)</p>`)}
      <iframe title="Message" src="/demo/mail/${mail.id}/body"></iframe>
      <h2>En texte</h2><pre>${mail.text}</pre>`,
  );
}
