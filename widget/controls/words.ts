// What a control asks of whoever draws it: sentences by their keys. The payers' widget and the staff's page have words of
// their own.
import type { Values } from '../locales/text.ts';

export interface Words<K> {
  /** The sentence, to stand on the page. */
  t(key: K, values?: Values): unknown;
  /** As `t`, for attributes. */
  plain(key: K, values?: Values): string;
}

/** And whether a call that must end first is under way. */
export interface BusyWords<K> extends Words<K> {
  readonly busy: boolean;
}
