// The page of a message in plain ASCII, so that it leaves as it is (7bit): no encoding breaks a link over two lines,
// writes its `=` as `=3D`, or is made anew by a relay on the way, which would end a signature (DKIM).

/** The longest line that SMTP carries, its end apart (RFC 5322 §2.1.1). */
const MAX_LINE = 998;
/** Where lines end, if there is a space to end at. */
const WIDTH = 76;

/**
 * The same page in lines of ASCII: other characters by their numbers, a new line only where a space stood between two
 * words. Null when some word alone is longer than a line may be. `html` has no `pre`, script or style sheet.
 */
export function asciiHtml(html: string): string | null {
  const ascii = html
    .toWellFormed()
    .replace(/[^\n\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0)};`);
  const lines = ascii.split('\n').flatMap(wrapped);
  return lines.every((line) => line.length <= MAX_LINE) ? lines.join('\r\n') : null;
}

// A tag is one word: a space in it may stand in an address.
function wrapped(line: string): string[] {
  const lines = [''];
  for (const [word] of line.matchAll(/(?:<[^>]*>|[^ <])+|[ <]/g)) {
    const last = lines.length - 1;
    const filled = `${lines[last]}${word}`;
    if (word === ' ' && filled.length > WIDTH) lines.push('');
    else lines[last] = filled;
  }
  return lines;
}
