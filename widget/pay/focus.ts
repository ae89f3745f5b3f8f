// Where the keyboard's focus goes after a rendering, so that a screen reader meets what is new: fields to correct, an
// error, a new screen.
import type { State } from './journey/state.ts';

/** An element's id: the error summary, the notice, the screen's heading, the notes before « Effectuer un paiement ». */
export type FocusTarget = 'summary' | 'notice' | 'title' | 'pay';

/** What is new since the state `before`, most urgent first; null when the focus may stay where it is. */
export function focusTarget(state: State, before: State): FocusTarget | null {
  return state.errors !== before.errors && Object.keys(state.errors).length > 0
    ? 'summary'
    : state.notice !== before.notice && state.notice?.tone === 'error'
      ? 'notice'
      : state.screen !== before.screen
        ? 'title'
        : null;
}

/** Moves the focus there, if there is such a place, and brings it into view with what follows it (`scroll-margin`). */
export function moveFocus(root: ParentNode, target: FocusTarget | null): void {
  const place = target && root.querySelector<HTMLElement>(`#${target}`);
  place?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: 'nearest' });
}
