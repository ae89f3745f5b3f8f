// The bar at the foot of a long detail: what there is to pay and a way down to the notes and « Effectuer un paiement », for
// as long as that button is below the fold. It sticks to the viewport inside the screen. Where something around the
// widget defeats `position: sticky` (overflow on an ancestor), it is lifted into the top layer instead; a browser that
// has neither does without: everything is in the screen itself, in its order.

/** Taller than this part of the viewport, the bar would be in the way: large text, much zoom, a phone on its side. */
const MOST = 1 / 4;

export class PayBar {
  #root: ShadowRoot | undefined;

  /** After each rendering. */
  drawn(root: ShadowRoot): void {
    this.#root = root;
    this.#listen(root.querySelector('.bar') ? 'addEventListener' : 'removeEventListener');
    this.#place();
  }

  dispose(): void {
    this.#listen('removeEventListener');
  }

  // Captured: what happens to a box inside does not bubble. In the shadow root, what does not leave it.
  #listen(does: 'addEventListener' | 'removeEventListener'): void {
    for (const at of [window, this.#root])
      for (const type of ['scroll', 'resize', 'focusin', 'toggle']) at?.[does](type, this.#place, true);
  }

  readonly #place = (): void => {
    const root = this.#root as ShadowRoot;
    const bar = root.querySelector<HTMLElement>('.bar > *');
    const button = root.querySelector('#pay .primary');
    if (bar === null || button === null) return;
    const { top, left, width } = (bar.parentElement as Element).getBoundingClientRect();
    const end = button.getBoundingClientRect().bottom;
    // To a part of a pixel, unlike offsetHeight.
    const { height } = bar.getBoundingClientRect();
    // The line that the bar stands on comes after the button, unless it sticks to something above it.
    const sticks = top < end;
    const lifted = !sticks && end > innerHeight && 'popover' in bar;
    const foot = lifted ? innerHeight : top;
    const title = root.querySelector('#title')?.getBoundingClientRect().bottom ?? 0;
    const shown =
      (sticks || lifted) &&
      height < innerHeight * MOST &&
      title + height < foot &&
      !covers(bar, foot - height, foot, root.activeElement);
    bar.classList.toggle('shown', shown);
    const popover = lifted && shown ? 'manual' : null;
    bar.style.cssText = popover ? `position:fixed;left:${left}px;width:${width}px` : '';
    if (bar.getAttribute('popover') === popover) return;
    bar.popover = popover;
    if (popover) bar.showPopover();
  };
}

/** Whether a bar between these heights would hide what has the focus (WCAG 2.4.11). */
function covers(bar: Element, top: number, bottom: number, focused: Element | null): boolean {
  if (focused === null || bar.contains(focused)) return false;
  const at = focused.getBoundingClientRect();
  return at.bottom > top && at.top < bottom;
}
