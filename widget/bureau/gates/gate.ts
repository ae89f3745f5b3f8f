// What stands before the office: signing in, links of e-mails, the second factor. A gate fills the page alone.
import type { Page } from '../desk.ts';

/** What a gate is given. */
export interface Lobby extends Page {
  /** Of the regroupement whose address she is at; empty where there is none. */
  readonly regroupement: string;
  readonly name: string;
  /** A session is open: whatever it lets her do is shown now. */
  entered(): Promise<void>;
  /** Shows another gate in this one's place. */
  show(gate: Gate): void;
}

export interface Gate {
  title(): string;
  render(): unknown;
}
