// What others do to the shadow tree. A translator puts nodes of its own in place of ours (Google's wraps every text,
// Firefox's takes Lit's markers out), an extension moves or removes some; Lit would then draw into what is no longer
// there, or throw. It is noticed; and an island that has something new to say is made anew, with what she typed and the
// focus. One that says the same stays as it is: translated.
import {
  type Drawing,
  emptyFrame,
  type Island,
  island,
  KEPT_RECORDS,
  type Mender,
  type Picture,
} from './drawing.ts';

export class Mending implements Mender {
  readonly #drawing: Drawing;
  /** What others put in: when it goes again, nothing of ours is missing. */
  readonly #foreign = new WeakSet<Node>();
  /** Lit would not find everything where it left it. */
  #damaged = false;
  /** Where she is. */
  #focused: Element | null;
  readonly #redraw: () => void;
  #waking = 0;

  constructor(drawing: Drawing, redraw: () => void) {
    this.#drawing = drawing;
    this.#redraw = redraw;
    const { root } = drawing;
    this.#focused = root.activeElement;
    root.addEventListener('focusin', ({ target }) => {
      this.#focused = target as Element;
    });
    // Some browsers say so when it is taken out, too: whoever did that may put it back at once.
    root.addEventListener('focusout', () =>
      setTimeout(() => {
        this.#focused = root.activeElement;
      }),
    );
  }

  /** Whether something of ours was taken out, its place taken, or other words put in or beside it. */
  look(records: readonly MutationRecord[]): void {
    // Of more than these, some may not have been kept.
    if (records.length >= KEPT_RECORDS) this.#damaged = true;
    for (const { target, type, addedNodes, removedNodes, previousSibling } of records) {
      const place = target instanceof Text ? target.parentElement : target;
      // Filled by our own hand, without Lit; and no words.
      if ((place as Element)?.closest?.('[data-own],style')) continue;
      if (type === 'characterData') this.#damaged = true;
      if ([...removedNodes].some((node) => !this.#foreign.has(node))) this.#damaged = true;
      for (const node of addedNodes) {
        this.#foreign.add(node);
        // Lit writes into what follows its marker; words that stand beside ours would stay when ours change.
        if (previousSibling instanceof Comment || (node.nodeName !== 'STYLE' && node.textContent?.trim()))
          this.#damaged = true;
      }
    }
    // With nothing to press, nothing would ever come next. Not at once, or whoever does that would turn in circles with us.
    if (this.#drawing.frame && !this.#stands()) {
      this.#waking ||= window.setTimeout(() => {
        this.#waking = 0;
        this.#redraw();
      }, 1_000);
    }
    // Taken out and put back.
    const focused = this.#focused as HTMLElement | null;
    if (focused?.isConnected && this.#drawing.root.activeElement === null) focused.focus();
  }

  mend({ place, islands }: Picture): boolean {
    if (!this.#damaged) return false;
    const drawing = this.#drawing;
    const before = drawing.islands;
    const focused = this.#focused as HTMLInputElement | null;
    const { selectionStart: start, selectionEnd: end } = focused ?? {};
    const same = place === drawing.place;
    if (same && this.#stands()) {
      drawing.islands = islands.map((drawn, i) => {
        const was = before[i] as Island;
        const now = island(emptyFrame()[i], drawn);
        if (now.box.innerHTML === island(emptyFrame()[i], was.drawn).box.innerHTML) return was;
        was.box.replaceWith(now.box);
        return now;
      });
    } else {
      this.#damaged = false;
      drawing.replace(islands);
    }
    if (!same) return true;
    for (const [i, was] of before.entries()) {
      const again = keep(was, drawing.islands[i] as Island, focused);
      again?.focus();
      if (start != null && end != null) again?.setSelectionRange(start, end);
    }
    return true;
  }

  /** Whether each island is still where it was put, and the screen is not empty. */
  #stands(): boolean {
    const { frame, live, islands, root } = this.#drawing;
    const boxes = [...islands.map(({ box }) => box), live];
    return (
      frame?.parentNode === root &&
      boxes.every((box, i) => box === frame.children[i]) &&
      islands[2]?.box.firstElementChild !== null
    );
  }
}

/** What she has typed, shown and opened; gives what stands where she was. */
function keep(was: Island, now: Island, focused: Element | null): HTMLInputElement | undefined {
  let again: HTMLInputElement | undefined;
  if (was.box === now.box) return again;
  was.controls.forEach((old, i) => {
    const same = old.id
      ? now.controls.find(({ id }) => id === old.id)
      : was.controls.length === now.controls.length && now.controls[i];
    if (!same || same.localName !== old.localName) return;
    if (old.localName === 'input' && old.id) {
      same.type = old.type;
      same.checked = old.checked;
      if (old.value !== old.defaultValue) {
        same.value = old.value;
        same.dispatchEvent(new Event('input'));
      }
    }
    const details = same.closest('details');
    if (details && old.closest('details')?.open) details.open = true;
    if (old === focused) again = same;
  });
  return again;
}
