// What the package `amisgest-pay` promises to those who import it: the element, its events, nothing else. Written by
// hand so that it needs neither Lit's types nor the server's; test/unit/project/package.test.ts holds it to the code.

/** Where she is. New ones may come with a minor version. */
export type AmisgestPayScreen =
  | 'starting'
  | 'signIn'
  | 'signUp'
  | 'mailSent'
  | 'activate'
  | 'forgot'
  | 'linkDead'
  | 'search'
  | 'lookup'
  | 'proof'
  | 'choose'
  | 'detail'
  | 'leaving'
  | 'returning'
  | 'confirm'
  | 'changed'
  | 'unknown'
  | 'pending'
  | 'declined'
  | 'ended'
  | 'done'
  | 'history'
  | 'account'
  | 'emailLink';

/** What a page can mend itself; every other code is the last part of a problem's address on the server (`/problems/…`). */
export type AmisgestPayErrorCode =
  | 'regroupement-missing'
  | 'regroupement-unknown'
  | 'origin-refused'
  | 'page-refused'
  | 'api-invalid'
  | 'insecure'
  | 'sandboxed'
  | 'offline'
  | 'chunk'
  | (string & {});

/** The widget works: its first view is drawn. */
export interface AmisgestPayReadyEvent extends Event {
  readonly type: 'amisgest-pay-ready';
}
/** Another screen shows. */
export interface AmisgestPayStepEvent extends Event {
  readonly type: 'amisgest-pay-step';
  readonly screen: AmisgestPayScreen;
}
/** A payment is completed, as the server has seen it. Once per payment and page. */
export interface AmisgestPayPaidEvent extends Event {
  readonly type: 'amisgest-pay-paid';
  /** What she paid, in cents. */
  readonly amountCents: number;
  readonly currency: 'CAD';
}
/** A call failed, nothing can be paid on this page, or a file of the widget could not be loaded. */
export interface AmisgestPayErrorEvent extends Event {
  readonly type: 'amisgest-pay-error';
  readonly code: AmisgestPayErrorCode;
}

export interface AmisgestPayEventMap {
  'amisgest-pay-ready': AmisgestPayReadyEvent;
  'amisgest-pay-step': AmisgestPayStepEvent;
  'amisgest-pay-paid': AmisgestPayPaidEvent;
  'amisgest-pay-error': AmisgestPayErrorEvent;
}

/** `<amisgest-pay>`. Each property mirrors the attribute of its name. */
export interface AmisgestPayElement extends HTMLElement {
  /** The regroupement's slug. Required. */
  regroupement: string;
  /** Her language to begin with; her own choice wins. */
  lang: 'fr-CA' | 'en-CA';
  /** Where the server is, https://…; the script's own origin when empty, in a bundle the page's own. */
  api: string;
  /** How PayPal opens. */
  checkout: 'redirect' | 'popup';
}

/** The element's class; importing the package defines it. Where there is no window, it is only imported. */
export declare const AmisgestPay: { new (): AmisgestPayElement };

declare global {
  interface HTMLElementTagNameMap {
    'amisgest-pay': AmisgestPayElement;
  }
  interface HTMLElementEventMap extends AmisgestPayEventMap {}
  // They bubble, out of shadow roots too.
  interface DocumentEventMap extends AmisgestPayEventMap {}
  interface WindowEventMap extends AmisgestPayEventMap {}
}
