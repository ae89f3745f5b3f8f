// The shell of every page that the server draws: its head, its one style sheet, and the policy that lets that one through.
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';

/** What `html` makes: text in it is escaped. */
export type Markup = ReturnType<typeof html>;

interface Shell {
  lang: string;
  title: string;
  /** The style sheet, the same as in the page's policy. */
  style: string;
  /** What the page is for, in a sentence, for whoever shows a link to it. */
  description?: string;
  /** Search engines may list it; otherwise they are asked not to. */
  listed?: boolean;
  /** More of the head, such as scripts. */
  head?: Markup;
  /** Attributes of `<body>`, with a space before each. */
  bodyAttributes?: Markup;
}

/** A whole page around `body`. Serve it under `pagePolicy` of the same style. */
export function page(shell: Shell, body: unknown): Markup {
  return html`${pageHead(shell)}${body}${raw(PAGE_FOOT)}`;
}

/** What stands before the body of a page that is made piece by piece; `PAGE_FOOT` ends it. */
export function pageHead(shell: Shell): Markup {
  const { lang, title, style, description, listed = false, head, bodyAttributes } = shell;
  return html`<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
${listed ? '' : raw('<meta name="robots" content="noindex">')}${description === undefined ? '' : html`<meta name="description" content="${description}">`}<link rel="icon" href="data:,"><title>${title}</title><style>${raw(style)}</style>${head ?? ''}</head><body${bodyAttributes ?? ''}>
`;
}

/** The end of every page. */
export const PAGE_FOOT = '</body></html>\n';

/**
 * The Content-Security-Policy of a page: its own style sheet and nothing else, shown in no frame, sending no form.
 * `directives` add to it, or stand in a directive's place: `{ 'script-src': "'self'" }`.
 */
export function pagePolicy(style: string, directives: Record<string, string> = {}): string {
  const usual = {
    'style-src': styleSource(style),
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries({ 'default-src': "'none'", ...directives, ...usual, ...directives })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** The source expression that lets this style sheet, and no other, through a Content-Security-Policy. */
export function styleSource(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}
