// Turns an outbox row into a message: who it is from, what it says, in her language. Facts are read now; what a
// message may repeat is only what the regroupement or PayPal told us, never what an unverified person typed (I5).
import { officeUrlOf } from '../config.ts';
import type { Deps, MailMessage } from '../deps.ts';
import { regroupementById } from '../regroupements/regroupements.ts';
import { asLine } from '../text.ts';
import { accountMessages } from './account-messages.ts';
import { layout } from './layout.ts';
import { moneyMessages } from './money-messages.ts';
import type { MailKind, MailPayloads, OutboxRow } from './outbox.ts';
import { recordedMessages } from './recorded-messages.ts';
import { staffMessages } from './staff-messages.ts';
import { texts } from './texts.ts';
import type { Place, Writer, Writers } from './writers.ts';

const WRITERS: Writers<MailKind> = {
  ...accountMessages,
  ...moneyMessages,
  ...recordedMessages,
  ...staffMessages,
};

/** The message of a row; `key` names it the same at every try. */
export async function compose(
  deps: Deps,
  row: Omit<OutboxRow, 'id' | 'attempts' | 'dedupeKey' | 'requestId'>,
  key: string,
): Promise<MailMessage> {
  const regroupement = await regroupementById(deps, row.regroupementId);
  const place: Place = {
    regroupement,
    lang: row.lang,
    t: texts(row.lang),
    // She chose her language when she asked for this; the page it opens speaks it.
    page: `${deps.config.publicUrl}/p/${regroupement.slug}${row.lang === 'fr-CA' ? '' : `?lang=${row.lang}`}`,
    office: `${officeUrlOf(deps.config)}/bureau/${regroupement.slug}${row.lang === 'fr-CA' ? '' : `?lang=${row.lang}`}`,
  };
  // A row's payload was typed when it was enqueued, by its kind.
  const write = WRITERS[row.kind] as Writer<MailKind>;
  const draft = await write(deps, place, JSON.parse(row.payload) as MailPayloads[MailKind]);
  const { text, html } = layout(draft.subject, draft.parts, regroupement, row.lang);
  return {
    key,
    from: { name: regroupement.name, address: deps.config.mailFrom },
    replyTo: regroupement.email,
    to: row.recipient,
    lang: row.lang,
    // Names and numbers of old imports stand in some.
    subject: asLine(draft.subject),
    text,
    html,
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments }),
  };
}
