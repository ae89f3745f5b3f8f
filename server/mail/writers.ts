// What a message is written from: its kind, its facts, and where it is from.
import type { Deps, MailMessage } from '../deps.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import type { Part } from './layout.ts';
import type { MailKind, MailPayloads } from './outbox.ts';
import type { texts } from './texts.ts';

interface Draft {
  subject: string;
  parts: Part[];
  attachments?: MailMessage['attachments'];
}
export type Writer<K extends MailKind> = (
  deps: Deps,
  at: Place,
  payload: MailPayloads[K],
) => Draft | Promise<Draft>;
export type Writers<K extends MailKind> = { [Kind in K]: Writer<Kind> };
export interface Place {
  regroupement: Regroupement;
  lang: 'fr-CA' | 'en-CA';
  t: ReturnType<typeof texts>;
  /** The hosted page: every link in an e-mail opens our own origin (I4). */
  page: string;
  /** The page of the regroupement's office. */
  office: string;
}
