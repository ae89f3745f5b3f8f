// Where words and boxes stand, as a reader sees them: what leaves its box, which words are broken, what covers what.

/** Engines round to parts of a pixel. */
const SLACK_PX = 1;

const shown = (element: Element) => element.getClientRects().length > 0 && element.closest('.sr') === null;
const name = (element: Element) =>
  `<${element.localName}${element.className === '' ? '' : ` ${element.className}`}> « ${(element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)} »`;

/** The texts that show, with the box each stands in. */
function texts(within: Element): { node: Text; box: Element }[] {
  const found: { node: Text; box: Element }[] = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const parent = node.parentElement;
    if (parent === null || node.data.trim() === '' || !shown(parent) || parent.closest('svg')) continue;
    let box = parent;
    while (getComputedStyle(box).display === 'inline' && box.parentElement) box = box.parentElement;
    found.push({ node, box });
  }
  return found;
}

function rangeOf(node: Text, start = 0, end = node.length): Range {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  return range;
}
const rects = (range: Range) => [...range.getClientRects()].filter(({ width }) => width > 0.5);

/** What may be wider than the page: it scrolls on its own, or keeps the spaces at its lines' ends. */
const scrolled = (element: Element) => element.closest('[tabindex="0"], pre') !== null;

/** What is wider than its box, or stands beside it. */
export function outside(frame: HTMLElement): string[] {
  const found: string[] = [];
  const edge = frame.getBoundingClientRect();
  for (const element of frame.querySelectorAll('*')) {
    if (!shown(element) || element.closest('svg') !== null || scrolled(element)) continue;
    const { left, right } = element.getBoundingClientRect();
    if (left < edge.left - SLACK_PX || right > edge.right + SLACK_PX) found.push(`outside: ${name(element)}`);
    const { clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
    const holds = clientWidth > 0 && element.localName !== 'input';
    if (holds && scrollWidth > clientWidth + SLACK_PX)
      found.push(`overflows by ${scrollWidth - clientWidth} px: ${name(element)}`);
    if (holds && getComputedStyle(element).overflowY !== 'visible' && scrollHeight > clientHeight + SLACK_PX)
      found.push(`cut off: ${name(element)}`);
  }
  for (const { node, box } of texts(frame)) {
    if (scrolled(box)) continue;
    const { left, right } = box.getBoundingClientRect();
    const out = rects(rangeOf(node)).some(
      (rect) => rect.left < left - SLACK_PX || rect.right > right + SLACK_PX,
    );
    if (out) found.push(`beside its box: ${name(box)} « ${node.data.trim()} »`);
  }
  return found;
}

/** Amounts whole, with what stands inside them, and else what stands between spaces and hyphens. */
const WORDS = /-?\$?[\d\u00a0,]*\d[.,]\d\d(?:\u00a0\$)?|[^\s\u00a0-]+/g;
/** No ordinary word: an address, a number. Their letters may go to the next line where a line cannot hold them. */
const LONG = /@|\d{3}|example\.org|^[\p{Lu}\d]{12,}$/u;

/** Words in two lines. */
export function broken(frame: HTMLElement): string[] {
  const found: string[] = [];
  for (const { node, box } of texts(frame)) {
    if (rects(rangeOf(node)).length < 2) continue;
    for (const match of node.data.matchAll(WORDS)) {
      const pieces = rects(rangeOf(node, match.index, match.index + match[0].length));
      const [first] = pieces;
      if (first === undefined || pieces.every(({ top }) => Math.abs(top - first.top) < first.height / 2))
        continue;
      const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
      const amount = /[.,]\d\d/.test(match[0]);
      const alone = !amount && LONG.test(match[0]) && width > room(box);
      if (!alone)
        found.push(
          `broken: « ${match[0]} » (${Math.round(width)} px, ${Math.round(room(box))} px to stand in) in ${name(box)}`,
        );
    }
  }
  return found;
}

/** What stands on each of its lines. */
export function linesOf(box: Element): string[] {
  const lines: string[] = [];
  let bottom = Number.NEGATIVE_INFINITY;
  for (const { node } of texts(box)) {
    for (let i = 0; i < node.length; i += 1) {
      const rect = rangeOf(node, i, i + 1).getBoundingClientRect();
      if (rect.top >= bottom) {
        lines.push('');
        bottom = rect.bottom - SLACK_PX;
      }
      lines.push(`${lines.pop()}${node.data[i]}`);
    }
  }
  return lines;
}

/** How wide a line of it is. */
function room(box: Element): number {
  const { paddingLeft, paddingRight } = getComputedStyle(box);
  return box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
}

/** What stands over the page while it scrolls under it; phone.test.ts sees to it that it hides nothing that has the focus. */
const overPage = (element: Element) => element.closest('.bar');

/** Words that other words, a button or a box cover. */
export function overlaps(frame: HTMLElement): string[] {
  const pieces = texts(frame).flatMap(({ node, box }) =>
    rects(rangeOf(node)).map((rect) => ({ rect, what: node.data.trim(), box })),
  );
  for (const box of frame.querySelectorAll('button, input, a.primary, a.secondary')) {
    if (shown(box)) pieces.push({ rect: box.getBoundingClientRect(), what: name(box), box });
  }
  // From the top down, each is compared with those that begin before it ends.
  pieces.sort((a, b) => a.rect.top - b.rect.top);
  const found: string[] = [];
  for (const [i, one] of pieces.entries()) {
    for (let j = i + 1; j < pieces.length; j += 1) {
      const other = pieces[j];
      if (other === undefined || other.rect.top > one.rect.bottom) break;
      if (one.box.contains(other.box) || other.box.contains(one.box)) continue;
      if (overPage(one.box) !== overPage(other.box)) continue;
      // A quarter of a line is room for accents, in which lines may meet.
      const high = Math.min(one.rect.height, other.rect.height) / 4;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      if (across > SLACK_PX && down > high) found.push(`overlap: « ${one.what} » and « ${other.what} »`);
    }
  }
  return found;
}
