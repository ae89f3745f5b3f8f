// What a screen is given to draw itself: the state, the words, and one way to tell what she does. Screens are pure
// functions of it.
import { html, type TemplateResult } from 'lit';
import type { Profile } from '../client/types.ts';
import {
  type Key,
  type Lang,
  parts,
  type Sentence,
  type ServerSentence,
  text,
  type Values,
} from '../locales/text.ts';
import { type Action, READS, type State } from './journey/state.ts';

export interface ViewInput {
  readonly state: State;
  readonly lang: Lang;
  readonly profile: Profile | null;
  /** On our own page (`/p/{slug}`), not on the regroupement's. */
  readonly hosted: boolean;
  /** Milliseconds since 1970, for what counts down. */
  readonly now: number;
  send(action: Action): void;
}

export interface View extends ViewInput {
  /** Once later.ts has been loaded. */
  around?: Surroundings;
  /** A call that must end first is under way: buttons show it, and the journey refuses a second one. */
  readonly busy: boolean;
  /** The sentence, to stand on the page; a value may be a template (a link, a bold amount) or a sentence. */
  t(key: Key, values?: Values): unknown;
  /** As `t`, for attributes. */
  plain(key: Key, values?: Values): string;
  say(sentence: Sentence): unknown;
}

export type Render = (view: View) => TemplateResult;

/** What stands around a screen, once later.ts has been loaded. */
export interface Surroundings {
  readonly nav: unknown;
  /** The notice and the fields to correct, under the heading. */
  readonly notice: unknown;
  readonly help: unknown;
  /** The way to her rights, where neither the screen nor the hosted page has it. */
  readonly rights: unknown;
  /** What a screen reader says while a call is under way. */
  readonly live: string;
  /** The page where she can pay, when it is not this one: PayPal refuses to be framed. */
  readonly payAt: string | null;
  /** The code of the invoice whose QR she followed, or nothing. */
  readonly invoiceSecret: string;
  /** Opens what proposes a plan of instalments. */
  plan(): void;
  /** The dialog before her. */
  readonly dialog: unknown;
  /** PayPal in a window of its own, once it is ready to open. */
  readonly popup: PopupView | null;
}
export interface PopupView {
  /** A card without a PayPal account has a button of its own. */
  readonly card: boolean;
  /** The window is open, or about to. */
  readonly open: boolean;
  start(means: 'paypal' | 'card'): void;
  /** She says that she is done there. */
  back(): void;
}

/** Amounts, numbers, names and addresses, which no translator may touch. Days and hours are words. */
const KEPT = /^(montant|numero|m[ai][nx]|exemple|courriel|suggestion|organisme|du|appareil)$/i;

/**
 * `early`: she has already asked for something that later.ts, still being loaded, will do.
 * `{organisme}` is known to every sentence.
 */
export function viewOf(input: ViewInput, early = false): View {
  const { lang, profile, state } = input;
  const unknown = text(lang, 'organisme.unknown');
  const named = (values?: Values) => ({
    organisme: [unknown],
    Organisme: [unknown],
    du: [`de ${unknown}`],
    ...profile?.written[lang],
    ...values,
  });
  const plain: View['plain'] = (key, values) =>
    parts(lang, key, named(values), (value) =>
      isSentence(value) ? plain(value.key, value.values) : value,
    ).join('');
  const kept = (value: string) => html`<span translate="no">${value}</span>`;
  const t: View['t'] = (key, values) => {
    const pieces = parts(lang, key, named(values), (value, name) =>
      isSentence(value)
        ? t(value.key, value.values)
        : KEPT.test(name) && typeof value === 'string'
          ? kept(value)
          : value,
    );
    return pieces.length > 1 ? pieces : pieces[0];
  };
  const fromServer = ({ detail, detailEn, invoiceNumber }: ServerSentence) =>
    (lang === 'fr-CA' ? detail : detailEn)
      .split(invoiceNumber as string)
      .map((piece, i) => (i ? [kept(invoiceNumber as string), piece] : piece));
  return {
    state,
    lang,
    profile,
    hosted: input.hosted,
    now: input.now,
    send: (action) => input.send(action),
    busy: early || (state.task !== null && state.screen !== 'starting' && !READS.includes(state.task.do)),
    t,
    plain,
    say: (sentence) =>
      sentence.detail === undefined ? t(sentence.key, sentence.values) : fromServer(sentence),
  };
}

function isSentence(value: unknown): value is Exclude<Sentence, ServerSentence> {
  return typeof value === 'object' && value !== null && 'key' in value;
}
