// The look of the first view and of what every screen is made of. px and em, never rem (hosts set html{font-size:62.5%});
// container queries only (the widget may stand in a narrow column of a wide page), colours by light-dark() so that it follows
// the host's own `color-scheme` and never goes dark on a light page.
import { css } from 'lit';

/** Adopted by the element's shadow root; never a style attribute, so that `style-src 'none'` holds. */
export const base = css`
  :host {
    display: block;
    color-scheme: var(--amisgest-color-scheme, inherit);
    container-type: inline-size;
    /* Her browser's own text size, whatever the page says: 16px unless she has changed it. */
    font: medium system-ui !important;
    --_size: var(--amisgest-base-size, 1.125em);
    /* A brand's colour (--_fill) stays what it is under a button's words (--_on-fill); where it is itself the ink of
       words and marks (--_accent), it is darkened or lightened until they can be read. */
    --_fill: #0b5a87;
    --_on-fill: #fff;
    --_accent: var(--_fill);
    --_bg: var(--amisgest-background, #fff);
    --_text: var(--amisgest-text, #1b2127);
    --_quiet: var(--amisgest-quiet, #525c66);
    --_line: var(--amisgest-line, #6f7a85);
    --_faint: var(--amisgest-surface, #f3f6f8);
    --_bad: #b3261e;
    --_bad-bg: #fdecea;
    --_good-bg: #e7f5ec;
    --_warn-bg: #fff5d6;
    --_radius: var(--amisgest-radius, 8px);
    --_thin: 1px solid color-mix(in srgb, var(--_line) 40%, transparent);
  }
  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_fill: light-dark(#0b5a87, #82c7f2);
      --_on-fill: light-dark(#fff, #06212f);
      --_bg: var(--amisgest-background, light-dark(#fff, #161b20));
      --_text: var(--amisgest-text, light-dark(#1b2127, #edf1f4));
      --_quiet: var(--amisgest-quiet, light-dark(#525c66, #b7c1ca));
      --_line: var(--amisgest-line, light-dark(#6f7a85, #8d99a5));
      --_faint: var(--amisgest-surface, light-dark(#f3f6f8, #20272e));
      --_bad: light-dark(#b3261e, #ffb4ab);
      --_bad-bg: light-dark(#fdecea, #46201d);
      --_good-bg: light-dark(#e7f5ec, #17382a);
      --_warn-bg: light-dark(#fff5d6, #3d3314);
    }
  }
  /* Contrast as WCAG 2 reckons it, by relative luminance (--_y). Black and white words are equally far from a fill of
     0.179. As ink: at most 0.14 on light backgrounds, at least 0.36 on dark ones. Older browsers keep our own blue. */
  @supports (color: color(from light-dark(#000, #fff) srgb-linear r g b)) {
    :host {
      --_fill: color(from var(--amisgest-accent, light-dark(#0b5a87, #82c7f2)) srgb r g b / 1);
      --_y: (0.2126 * r + 0.7152 * g + 0.0722 * b);
      --_ink: clamp(0, (0.179 - var(--_y)) * 1e9, 1);
      --_on-fill: color(from var(--_fill) srgb-linear var(--_ink) var(--_ink) var(--_ink));
      --_down: min(1, 0.14 / var(--_y));
      --_up: max(0, (0.36 - var(--_y)) / (1 - var(--_y)));
      --_accent: light-dark(
        color(
          from var(--_fill) srgb-linear calc(r * var(--_down)) calc(g * var(--_down)) calc(b * var(--_down))
        ),
        color(
          from var(--_fill) srgb-linear calc(r + (1 - r) * var(--_up)) calc(g + (1 - g) * var(--_up))
            calc(b + (1 - b) * var(--_up))
        )
      );
    }
  }
  :host([hidden]) {
    display: none;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  /* Here and not on :host, which the page's own rules (\`* { letter-spacing: … }\`) can reach. */
  .frame {
    all: initial;
    display: block;
    box-sizing: border-box;
    color-scheme: inherit;
    font: 400 var(--_size) / 1.5 var(--amisgest-font, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif);
    color: var(--_text);
    -webkit-text-size-adjust: 100%;
    max-width: 640px;
    margin: 0 auto;
    padding: min(20px, 4%);
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.5);
    overflow-wrap: break-word;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    gap: 0 16px;
  }
  /* Two lines are kept for the regroupement's name, and for whom to call: nothing moves when they come. */
  header button {
    margin-inline-start: auto;
  }
  .brand {
    flex: 1 0 0;
    margin: 8px 0 0;
    line-height: 1.35;
    min-height: 3em;
    font-weight: 600;
  }
  h2,
  h3,
  p,
  ul,
  dl {
    margin: 0 0 16px;
  }
  [tabindex='-1'] {
    outline: none;
  }
  h2 {
    margin-top: 12px;
    font-size: 1.5em;
    line-height: 1.25;
    font-weight: 650;
    text-wrap: balance;
  }
  h3 {
    font-size: 1.12em;
    line-height: 1.3;
    font-weight: 650;
    margin-bottom: 8px;
  }
  .hint,
  .steps,
  footer {
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .field {
    margin-bottom: 20px;
  }
  .field > label:first-child,
  legend {
    display: block;
    font-weight: 600;
    margin-bottom: 4px;
  }
  .field .hint {
    margin-bottom: 6px;
  }
  input:not([type='checkbox']) {
    display: block;
    width: 100%;
    min-height: 48px;
    padding: 10px 12px;
    font: inherit;
    font-size: max(16px, 1em);
    color: inherit;
    background: var(--_bg);
    border: 1.5px solid var(--_line);
    border-radius: var(--_radius);
  }
  input:not([type='checkbox'])[aria-invalid] {
    border: 2.5px solid var(--_bad);
  }
  .check {
    display: inline-flex;
    align-items: center;
    gap: 10px;
    min-height: 44px;
    cursor: pointer;
  }
  input[type='checkbox'] {
    flex: none;
    width: 22px;
    height: 22px;
    margin: 0;
    accent-color: var(--_accent);
  }
  .field > .error,
  fieldset > .error {
    display: flex;
    gap: 8px;
    margin-bottom: 6px;
    color: var(--_bad);
    font-weight: 600;
  }
  .error span[aria-hidden] {
    flex: none;
    width: 1.4em;
    height: 1.4em;
    line-height: 1.4;
    text-align: center;
    color: var(--_bg);
    background: var(--_bad);
    border-radius: 50%;
  }
  .actions {
    display: flex;
    flex-direction: column;
    gap: 8px;
    margin: 24px 0 16px;
  }
  button,
  .primary,
  .secondary {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-height: 48px;
    padding: 10px 20px;
    font: inherit;
    font-weight: 600;
    line-height: 1.25;
    text-align: center;
    text-decoration: none;
    /* Of the words' colour: a brand's is worked out anew wherever it is named. */
    border: 1.5px solid;
    border-radius: var(--_radius);
    cursor: pointer;
  }
  .primary {
    color: var(--_on-fill);
    background: var(--_fill);
    border-color: var(--_accent);
  }
  .secondary {
    background: transparent;
    font-weight: 500;
  }
  .link {
    min-height: 44px;
    padding: 8px 0;
    background: none;
    border-color: transparent;
    font-weight: 500;
    text-decoration: underline;
  }
  a[href^='tel'] {
    white-space: nowrap;
  }
  a,
  .secondary,
  .link {
    color: var(--_accent);
    text-underline-offset: 3px;
  }
  footer a,
  .notice.error a {
    display: inline-block;
    padding: 4px 0;
  }
  footer,
  .error {
    overflow-wrap: anywhere;
  }
  [aria-disabled] {
    cursor: progress;
    opacity: 0.75;
  }
  /* Headings and notices are led to, not operated: a ring around them would only puzzle. */
  :focus-visible:not([tabindex='-1']) {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  .primary:hover,
  .secondary:hover {
    text-decoration: underline;
  }
  .notice,
  .important {
    padding: 14px min(16px, 2.7%);
    margin-bottom: 20px;
    background: var(--_faint);
    border-inline-start: 5px solid var(--_accent);
    border-radius: var(--_radius);
  }
  .notice > :last-child {
    margin-bottom: 0;
  }
  .notice p {
    margin-bottom: 6px;
  }
  .notice.error {
    background: var(--_bad-bg);
    border-color: var(--_bad);
  }
  .notice.error a {
    color: var(--_bad);
    vertical-align: top;
  }
  .notice.success {
    background: var(--_good-bg);
  }
  .notice ul {
    margin: 0;
    padding-inline-start: 20px;
  }
  .aside {
    margin-top: 28px;
    padding-top: 24px;
    border-top: var(--_thin);
  }
  .aside button {
    width: 100%;
  }
  .steps {
    margin: 4px 0 12px;
  }
  .steps p {
    margin-bottom: 6px;
  }
  .steps div {
    --_reached: var(--_accent);
    --_ahead: color-mix(in srgb, var(--_line) 35%, transparent);
    display: grid;
    grid-template-columns: repeat(4, 1fr);
    gap: 4px;
  }
  .steps span {
    height: 6px;
    border-radius: 3px;
    background: var(--_ahead);
  }
  [data-step='1'] :first-child,
  [data-step='2'] :nth-child(-n + 2),
  [data-step='3'] :nth-child(-n + 3),
  [data-step='4'] span {
    background: var(--_reached);
  }
  footer {
    margin-top: 28px;
    padding-top: 16px;
    border-top: var(--_thin);
  }
  footer p {
    margin-bottom: 4px;
    min-height: 3em;
  }
  .spinner {
    flex: none;
    display: inline-block;
    width: 1em;
    height: 1em;
    border: 2.5px solid currentColor;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  .waiting {
    display: flex;
    align-items: center;
    gap: 12px;
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      animation-duration: 4s;
    }
  }
  @media (forced-colors: active) {
    .steps div {
      --_reached: Highlight;
      --_ahead: GrayText;
      forced-color-adjust: none;
    }
  }
  /* Large text in a narrow column: a line holds the longest of our words. cqi only here, where it is known (Safari 15
     lacks both), and not where the column has no width yet (a table's cell, as wide as what stands in it). */
  @container (min-width: 200px) and (max-width: 480px) {
    .frame {
      font-size: min(var(--_size), 10cqi);
    }
    h2 {
      font-size: min(1.5em, 11cqi);
    }
    h3 {
      font-size: min(1.12em, 9.8cqi);
    }
    .primary,
    .secondary {
      padding-inline: min(20px, 3cqi);
    }
  }
  @container (min-width: 480px) {
    .frame {
      padding: 28px 36px;
    }
    .actions {
      flex-flow: row wrap;
      align-items: center;
      gap: 12px 24px;
    }
  }
`;
