// I9, held against what a real server writes: a search of its log for whatever names somebody or opens something. Known
// texts come from the database, the mailbox and the keyboard; the rest is known by its shape.

/** What may stand in no log, each with what it is. */
export class Unspeakable {
  readonly #texts = new Map<string, string>();

  /** Four letters or fewer stand in any log. */
  add(what: string, text: string | null | undefined): void {
    const plain = (text ?? '').trim();
    if (plain.length > 4) this.#texts.set(plain, what);
  }
  /** Whole, and each of its words. */
  addName(what: string, name: string): void {
    for (const part of [name, ...name.split(/\s+/)]) this.add(what, part);
  }
  /** An e-mail that was sent: to whom, what its links carry, its code. */
  addMail({ to, text, html }: { to: string; text: string; html: string }): void {
    this.add('an e-mail’s recipient', to);
    // Slugs are long too, and no secret.
    for (const [link] of `${text} ${html}`.matchAll(/https?:\/\/[^\s"<>]+/g))
      for (const part of link.split(/[/?#&=;]/))
        if (part.length >= 16 && /[A-Z0-9]/.test(part) && !part.includes(':'))
          this.add('a link’s secret', part);
    for (const [code] of text.matchAll(/\b\d{4} \d{4}\b/g)) {
      this.add('a code', code);
      this.add('a code', code.replace(' ', ''));
    }
  }

  /** What of it stands in the log, one line each; none when all is well. */
  foundIn(log: string): string[] {
    const found: string[] = [];
    const lines = log.split('\n').map((line) => line.normalize('NFC'));
    for (const line of lines) {
      for (const [what, shape] of SHAPES) if (shape.test(line)) found.push(`${what} stands in: ${line}`);
    }
    // Thousands of names, of which a log has none, are looked for as they are before any is looked for as a word.
    const all = folded(lines.join('\n'));
    for (const [text, what] of this.#texts) {
      const forms = [...new Set([text, encodeURIComponent(text)])].map((form) => form.normalize('NFC'));
      if (!forms.some((form) => all.includes(folded(form)))) continue;
      const either = forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
      const whole = new RegExp(`(?<![\\p{L}\\p{N}])(${either.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
      for (const line of lines) if (whole.test(line)) found.push(`${what} « ${text} » stands in: ${line}`);
    }
    return found;
  }
}

/** Alike for whatever a regular expression without case takes for the same, and for some more. */
const folded = (text: string) => text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/** Whatever the text: an address with a port is where a server listens, one without is whose call it was. */
const SHAPES: [string, RegExp][] = [
  ['an e-mail', /[\w.+'-]+(@|%40)[\w-]+\.[a-z]{2}/i],
  ['a token (JWT)', /\beyJ[\w-]{8}/],
  ['a token, or what opens a link', /(?<![\w-])(agp_)?(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/],
  ['PayPal’s token', /\bA21AA[\w-]{8}/],
  [
    'a client’s address',
    /(?<![\w.:])(\d{1,3}\.){3}\d{1,3}(?![\w.]|:\d)|(?<![\w:])(::1|::ffff:|([\da-f]{1,4}:){3,7}[\da-f:]*)(?![\w.:]*\]:\d)/i,
  ],
];

/** Whatever somebody typed at a browser of this process's tests: names, e-mails, numbers, passwords, codes. */
export const typed = new Set<string>();
