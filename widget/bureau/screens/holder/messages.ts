// Of a file: the e-mails to her and to the accounts that reach it, their fate, and sending again one that could not leave.
import { html, nothing } from 'lit';
import type { PersonMailKind } from '../../../../server/mail/outbox.ts';
import { dayAndHour } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import type { Overview } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import type { Asked } from './accounts.ts';

export type Message = Overview['messages'][number];

const KINDS: Readonly<Record<PersonMailKind, Key>> = {
  activate: 'mail.activate',
  exists: 'mail.exists',
  reset: 'mail.reset',
  'password-changed': 'mail.password-changed',
  'email-change': 'mail.email-change',
  'email-changed': 'mail.email-changed',
  'account-erased': 'mail.account-erased',
  'account-ending': 'mail.account-ending',
  'new-browser': 'mail.new-browser',
  linked: 'mail.linked',
  'link-code': 'mail.link-code',
  'link-undecided': 'mail.link-undecided',
  'link-approved': 'mail.link-approved',
  receipt: 'mail.receipt',
  unconfirmed: 'mail.unconfirmed',
  'payment-expired': 'mail.payment-expired',
  'payment-stopped': 'mail.payment-stopped',
  'payment-failed': 'mail.payment-failed',
  instalment: 'mail.instalment',
  'refund-receipt': 'mail.refund-receipt',
  'recorded-receipt': 'mail.recorded-receipt',
  'receipt-cancelled': 'mail.receipt-cancelled',
};
const STATES: Readonly<Record<Message['state'], readonly [Key, string]>> = {
  sent: ['mails.sent', 'good'],
  waiting: ['mails.waiting', 'due'],
  parked: ['mails.parked', 'bad'],
};
/** What stands open; the older ones are unfolded. */
const OPEN = 6;

/** The list, newest first; `asks` puts the question before one is sent again. */
export function messages(desk: Desk, all: readonly Message[], asks: (act: Asked) => void): unknown {
  const { t } = desk.words;
  // One that did not leave is no old story.
  const first = all.filter(({ state }, i) => i < OPEN || state === 'parked');
  const rest = all.filter((one) => !first.includes(one));
  return html`<section aria-labelledby="mails">
    <h2 id="mails">${t('mails.title')}</h2>
    ${all.length === 0 ? html`<p>${t('mails.none')}</p>` : table(desk, first, asks)}
    ${
      rest.length === 0
        ? nothing
        : html`<details><summary>${t('mails.more', { n: rest.length })}</summary>${table(desk, rest, asks)}</details>`
    }
  </section>`;
}

function table(desk: Desk, shown: readonly Message[], asks: (act: Asked) => void): unknown {
  const { t } = desk.words;
  return html`<table class="list">
    <caption class="sr">${t('mails.title')}</caption>
    <thead><tr><th scope="col">${t('mails.what')}</th><th scope="col">${t('mails.to')}</th><th scope="col">${t('mails.day')}</th>
      <th scope="col">${t('mails.fate')}</th><th scope="col"><span class="sr">${t('mails.acts')}</span></th></tr></thead>
    <tbody>${shown.map((one) => row(desk, one, asks))}</tbody>
  </table>`;
}

function row(desk: Desk, one: Message, asks: (act: Asked) => void): unknown {
  const { lang, words } = desk;
  const { t } = words;
  const { createdAt, recipient, sentAt, state, why } = one;
  const [key, look] = STATES[state];
  return html`<tr>
    <th scope="row">${t(nameOf(one))}</th>
    <td data-label=${t('mails.to')}>${kept(recipient)}</td>
    <td data-label=${t('mails.day')}>${dayAndHour(lang, sentAt ?? createdAt)}</td>
    <td data-label=${t('mails.fate')}><span><span class="badge ${look}">${t(key)}</span>
      ${why === null || state === 'sent' ? nothing : html`<span class="hint under">${t(reasonOf(why))}</span>`}
      ${state === 'parked' && !one.canRetry ? html`<span class="hint under">${t('mails.dead')}</span>` : nothing}</span></td>
    <td class="acts">${one.canRetry && desk.may('record') ? retry(desk, one, asks) : nothing}</td>
  </tr>`;
}

function retry({ files, words: { t, plain } }: Desk, one: Message, asks: (act: Asked) => void): unknown {
  const courriel = one.recipient;
  const name = { message: plain(nameOf(one)), courriel };
  return html`<button class="link" type="button" aria-label=${plain('mails.retryOf', name)} @click=${() =>
    asks({
      question: {
        title: t('mails.retry'),
        body: html`<p>${t('mails.retryText', { courriel })}</p>`,
        yes: 'mails.retry',
      },
      send: () => files('$post', '/messages/:id/retry', { id: one.id }),
      done: t('mails.retried', { courriel }),
    })}>${t('mails.retry')}</button>`;
}

const nameOf = ({ kind }: Message): Key => KINDS[kind as PersonMailKind] ?? 'mail.other';

/** What the server's code means to the office. */
function reasonOf(why: string): Key {
  if (why === 'restored') return 'mails.why.restored';
  if (/^(certificate-refused|no-encryption)/.test(why)) return 'mails.why.unsafe';
  return /^(EENVELOPE|EMESSAGE .*55)/.test(why) ? 'mails.why.address' : 'mails.why.server';
}
