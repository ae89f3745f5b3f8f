// The shadow tree: a few islands in a frame, each drawn by Lit on its own, so that what others do to one of them can be
// mended without the rest (mending.ts, which is loaded with later.ts).
import { html, nothing, render } from 'lit';
import type { Lang } from '../locales/text.ts';

export interface Picture {
  /** Pictures of one place are in great part the same: what she typed in one stays in the next. */
  place: string;
  lang: Lang;
  label: string;
  busy: boolean;
  /** What is read out. */
  live: string;
  /** What stands in the header, below it, in the screen and in the footer. */
  islands: readonly unknown[];
}

export interface Island {
  box: Element;
  drawn: unknown;
  /** What she can operate or be led to, as drawn: others may have moved it since, or taken it out. */
  controls: readonly HTMLInputElement[];
}

/** Sees what others do to the tree. */
export interface Mender {
  look(records: readonly MutationRecord[]): void;
  /** Draws where Lit could not; false where it can. */
  mend(picture: Picture): boolean;
}

/** How many things that others did are kept until later.ts is loaded. */
export const KEPT_RECORDS = 999;

/** What she types, cuts and pastes. */
const TYPED = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste'];

/**
 * A page's hotkeys take every letter whose target is no INPUT, and ours is this element. A dialog of the page closes by
 * Escape, and keeps Tab inside it: those two it gets.
 */
function keepInside(event: Event): void {
  if (!/^(Esc|Tab)/.test((event as KeyboardEvent).key)) event.stopPropagation();
}

/** The frame's elements: an island each, then what is read out. */
export function emptyFrame(): Element[] {
  const made = document.createElement('div');
  render(
    html`<div class="frame" part="frame" dir="ltr" role="region">
      <header part="header"></header>
      <div></div>
      <div class="screen" part="screen"></div>
      <footer part="footer"></footer>
      <p class="sr" role="status"></p>
    </div>`,
    made,
  );
  return [...made.querySelectorAll('.frame > *')];
}

export function island(box: Element | undefined, drawn: unknown): Island {
  render(drawn, box as HTMLElement);
  const controls = [...(box as Element).querySelectorAll<HTMLInputElement>('a,button,input,summary,[id]')];
  return { box: box as Element, drawn, controls };
}

export class Drawing {
  readonly root: ShadowRoot;
  frame: Element | undefined;
  live: Element | undefined;
  islands: readonly Island[] = [];
  place = '';
  #said = '';
  #mender: Mender | undefined;
  #seen: MutationRecord[] = [];
  readonly #watch = new MutationObserver((records) => this.#look(records));

  constructor(root: ShadowRoot) {
    this.root = root;
    for (const type of TYPED) root.addEventListener(type, keepInside);
    this.#watch.observe(root, { childList: true, characterData: true, subtree: true });
  }

  set mender(mender: Mender) {
    this.#mender = mender;
    mender.look(this.#seen.splice(0));
  }

  /** Shows what stands inside the element on the page. */
  empty(): void {
    this.islands = [];
    this.frame = undefined;
    this.#only(document.createElement('slot'));
    this.#watch.takeRecords();
  }

  draw(picture: Picture): void {
    const { place, lang, label, busy, live, islands } = picture;
    this.#look(this.#watch.takeRecords());
    try {
      if (!this.frame) this.replace(islands);
      else if (!this.#mender?.mend(picture)) {
        // Another screen begins empty: no box of the one before is used again, with what was typed in it.
        if (place !== this.place) render(nothing, this.islands[2]?.box as HTMLElement);
        this.islands = islands.map((drawn, i) => island(this.islands[i]?.box, drawn));
      }
    } catch {
      // Before later.ts is loaded, the form she types in matters more than what it says.
      if (this.#mender || place !== this.place) this.replace(islands);
    }
    this.place = place;
    if (this.frame?.getAttribute('lang') !== lang) {
      this.frame?.setAttribute('lang', lang);
      this.frame?.setAttribute('aria-label', label);
    }
    this.islands[2]?.box.setAttribute('aria-busy', String(busy));
    if (this.#said !== live && this.live) this.live.textContent = this.#said = live;
    this.#watch.takeRecords();
  }

  /** All anew. What is read out keeps its place: put in with its words, it would not be read. */
  replace(islands: readonly unknown[]): void {
    const boxes = emptyFrame();
    this.islands = islands.map((drawn, i) => island(boxes[i], drawn));
    if (this.frame?.parentNode !== this.root || this.live?.parentNode !== this.frame) {
      this.live = boxes[4];
      this.frame = this.live?.parentElement as Element;
      this.#said = '';
    }
    this.#only(this.frame as Element);
    for (const node of [...(this.frame as Element).childNodes]) if (node !== this.live) node.remove();
    this.live?.before(...boxes.slice(0, 4));
  }

  /** This and the styles alone. */
  #only(shown: Element): void {
    for (const node of [...this.root.childNodes]) {
      if (node !== shown && node.nodeName !== 'STYLE') node.remove();
    }
    if (shown.parentNode !== this.root) this.root.append(shown);
  }

  #look(records: MutationRecord[]): void {
    if (this.#mender) this.#mender.look(records);
    else this.#seen.push(...records.slice(0, KEPT_RECORDS - this.#seen.length));
  }
}
