// What the host page may listen to, to turn it into an alert, say (S45). Nothing personal: no name, no e-mail, no number of a certificate or invoice.
import type { ProblemKind } from '../client/problem.ts';
import type * as Public from '../public.d.ts';
import type { Screen } from './journey/state.ts';

/**
 * `insecure`: the page came over plain http. `sandboxed`: it has no origin of its own. `regroupement-missing`,
 * `api-invalid`: what the attributes say cannot be used. The others are the server's answers.
 */
export type DiagnosticCode =
  | 'insecure'
  | 'sandboxed'
  | 'regroupement-missing'
  | 'api-invalid'
  | Extract<ProblemKind, 'regroupement-unknown' | 'origin-refused' | 'page-refused'>;

const OPTIONS = { bubbles: true, composed: true } as const;

/** The widget works: its first view is drawn. */
export class AmisgestPayReadyEvent extends Event implements Public.AmisgestPayReadyEvent {
  declare readonly type: 'amisgest-pay-ready';
  constructor() {
    super('amisgest-pay-ready', OPTIONS);
  }
}

/** Another screen shows. */
export class AmisgestPayStepEvent extends Event implements Public.AmisgestPayStepEvent {
  declare readonly type: 'amisgest-pay-step';
  readonly screen: Screen;
  constructor(screen: Screen) {
    super('amisgest-pay-step', OPTIONS);
    this.screen = screen;
  }
}

/** A payment is completed, as the server has seen it. Once per payment and page. */
export class AmisgestPayPaidEvent extends Event implements Public.AmisgestPayPaidEvent {
  declare readonly type: 'amisgest-pay-paid';
  readonly amountCents: number;
  readonly currency = 'CAD';
  constructor(amountCents: number) {
    super('amisgest-pay-paid', OPTIONS);
    this.amountCents = amountCents;
  }
}

/** A call failed, nothing can be paid on this page, or a file of the widget could not be loaded (`chunk`). */
export class AmisgestPayErrorEvent extends Event implements Public.AmisgestPayErrorEvent {
  declare readonly type: 'amisgest-pay-error';
  readonly code: ProblemKind | DiagnosticCode | 'chunk';
  constructor(code: ProblemKind | DiagnosticCode | 'chunk') {
    super('amisgest-pay-error', OPTIONS);
    this.code = code;
  }
}
