// What browsers' translators and extensions do to the widget's tree, imitated. A translated text is the same text
// between brackets, so that a test can tell what was translated, and read what was drawn.
const APART = '[translate=no], .notranslate, style';

/** Puts back the words that were translated; a translation that stands beside its own words goes, any other stays. */
export const original = (text: string): string =>
  text.replace(/[⟦⟧]/g, '').replace(/(\S[^⟪⟫]*?)(\s*)⟪\1⟫/g, '$1$2');

const translated = (text: string) => text.replace(/^(\s*)(\S.*?)(\s*)$/s, '$1⟦$2⟧$3');

const isBeside = (node: Node | null) => node?.textContent?.startsWith('⟪') === true;

function textsIn(root: ParentNode & Node): Text[] {
  const found: Text[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (
      text.data.trim() !== '' &&
      !/[⟦⟧⟪]/.test(text.data) &&
      !text.parentElement?.closest(APART) &&
      !isBeside(text.nextSibling)
    ) {
      found.push(text);
    }
  }
  return found;
}

/** Google's way: two `<font>` elements in the place of each text, of which it keeps the node. */
function google(root: ShadowRoot): void {
  for (const text of textsIn(root)) {
    const outer = document.createElement('font');
    const inner = document.createElement('font');
    inner.textContent = translated(text.data);
    outer.append(inner);
    text.replaceWith(outer);
  }
}

/** Firefox's way: each element that has words is emptied, then given its elements and new texts; no comment comes back. */
function firefox(root: ShadowRoot): void {
  for (const element of new Set(textsIn(root).map((text) => text.parentElement))) {
    if (element === null) continue;
    const kept = [...element.childNodes].filter((node) => !(node instanceof Comment));
    element.replaceChildren();
    for (const node of kept) {
      element.append(node instanceof Text ? document.createTextNode(translated(node.data)) : node);
    }
  }
}

/** As `firefox`, of every element down from the root itself: what is left of us is elements and texts. */
function stripped(root: ShadowRoot): void {
  firefox(root);
  const comments = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found: Node[] = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.parentNode?.removeChild(comment);
}

/** Safari's way: other words in the same nodes; those of a sentence in several pieces all stand in the first. */
function safari(root: ShadowRoot): void {
  for (const text of textsIn(root)) {
    let rest = '';
    for (
      let next = text.nextSibling;
      next instanceof Text || next instanceof Comment;
      next = next.nextSibling
    ) {
      if (!(next instanceof Text)) continue;
      rest += next.data;
      next.data = '';
    }
    text.data = translated(text.data + rest);
  }
}

/** Edge's way: its marks on the elements, and each text cut in two (its reading aloud does so too). */
function edge(root: ShadowRoot): void {
  for (const text of textsIn(root)) {
    text.parentElement?.setAttribute('_msttexthash', '1');
    const words = translated(text.data);
    const cut = Math.ceil(words.length / 2);
    text.data = words.slice(0, cut);
    text.after(document.createTextNode(words.slice(cut)));
  }
}

/** As extensions that show both languages do: the translation after the words, which stay. */
function bilingual(root: ShadowRoot): void {
  for (const text of textsIn(root)) {
    const font = document.createElement('font');
    font.textContent = `⟪${text.data.trim()}⟫`;
    text.after(font);
  }
}

export const WAYS = { google, firefox, stripped, safari, edge, bilingual };
export type Way = keyof typeof WAYS;

/** Translates, and goes on translating what is drawn anew, as they do. */
export class Translator {
  readonly #root: ShadowRoot;
  readonly #way: (root: ShadowRoot) => void;
  readonly #watch: MutationObserver;
  /** How often there was something to translate. */
  times = 0;

  /** `wait`: milliseconds until it sees what has changed. */
  constructor(root: ShadowRoot, way: Way, wait = 0) {
    this.#root = root;
    this.#way = WAYS[way];
    this.#watch = new MutationObserver(() => {
      if (wait === 0) this.#translate();
      else setTimeout(() => this.#translate(), wait);
    });
    this.#translate();
    this.#watch.observe(root, { childList: true, subtree: true, characterData: true });
  }

  stop(): void {
    this.#watch.disconnect();
  }

  #translate(): void {
    if (textsIn(this.#root).length === 0) return;
    this.times += 1;
    this.#way(this.#root);
    this.#watch.takeRecords();
  }
}

/** One thing that somebody does to nodes of the tree. */
export interface Harm {
  do: 'remove' | 'wrap' | 'move' | 'reverse' | 'merge' | 'insert' | 'comments';
  /** Which node, and where to: any number. */
  at: number;
  to: number;
}
export const HARMS: readonly Harm['do'][] = [
  'remove',
  'wrap',
  'move',
  'reverse',
  'merge',
  'insert',
  'comments',
];

/** Does it; where the tree has no such node, nothing. */
export function harm(root: ShadowRoot, { do: what, at, to }: Harm): void {
  const nodes: ChildNode[] = [];
  const walker = document.createTreeWalker(root);
  while (walker.nextNode()) {
    if (walker.currentNode.nodeName !== 'STYLE') nodes.push(walker.currentNode as ChildNode);
  }
  const node = nodes[at % nodes.length];
  const elements = nodes.filter((candidate): candidate is Element => candidate instanceof Element);
  const element = elements[to % elements.length];
  if (node === undefined || element === undefined) return;
  if (what === 'remove') node.remove();
  else if (what === 'merge') element.normalize();
  else if (what === 'reverse') element.append(...[...element.childNodes].reverse());
  else if (what === 'insert') node.before(document.createElement('com-extension'));
  else if (what === 'comments') {
    for (const child of [...element.childNodes]) if (child instanceof Comment) child.remove();
  } else if (what === 'wrap') {
    const wrapper = document.createElement('font');
    node.replaceWith(wrapper);
    wrapper.append(node);
  } else if (!node.contains(element)) element.append(node);
}
