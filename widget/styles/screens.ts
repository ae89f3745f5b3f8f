// The look of what only the later screens have: invoices, facts, cards, details.
import { css } from 'lit';

export const restStyles = css`
  details {
    margin: 0 0 16px;
  }
  nav {
    font-size: 0.9em;
  }
  /* Nothing but the language stands there: on the menu's line. */
  :host([hosted]) header:has(+ * nav) {
    float: right;
  }
  nav details {
    border-bottom: var(--_thin);
    margin: 0;
  }
  nav div {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
  }
  /* What is led to comes into view with as much of what follows as a phone has room for. */
  [tabindex='-1'] {
    scroll-margin: 16px 0 440px;
  }
  /* A line without height, which sticks; what stands on it is shown by pay-bar.ts. */
  .bar {
    position: sticky;
    bottom: 0;
  }
  .bar > * {
    visibility: hidden;
    position: absolute;
    inset: auto 0 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    margin: 0;
    padding: 10px min(16px, 4%) calc(10px + env(safe-area-inset-bottom));
    color: inherit;
    background: var(--_bg);
    border: 1px solid var(--_line);
    border-radius: var(--_radius) var(--_radius) 0 0;
  }
  /* On paper it would stand over what is there. */
  @media screen {
    .bar > .shown {
      visibility: visible;
    }
  }
  .bar > * > * {
    flex: auto;
    margin: 0;
  }
  summary {
    min-height: 44px;
    padding: 10px 0;
    color: var(--_accent);
    cursor: pointer;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .typo {
    margin: 0;
  }
  .typo button {
    margin: -14px 0 6px;
  }
  footer > a {
    color: inherit;
  }
  .typo,
  dd,
  fieldset .check {
    overflow-wrap: anywhere;
  }
  .important {
    background: var(--_warn-bg);
    border-color: #b07d00;
  }
  .late {
    color: var(--_bad);
    font-weight: 600;
    margin-bottom: 4px;
  }
  fieldset {
    margin: 0 0 20px;
    padding: 0;
    border: 0;
  }
  fieldset .check {
    display: flex;
  }
  .facts {
    margin-bottom: 12px;
  }
  .facts > div {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 12px;
    padding: 4px 0;
  }
  dt {
    color: var(--_quiet);
  }
  dd {
    margin: 0;
    font-weight: 500;
  }
  .line {
    display: block;
  }
  .boxed {
    padding: 12px min(16px, 4%);
    background: var(--_faint);
    border-radius: var(--_radius);
    margin-bottom: 20px;
  }
  .boxed > div {
    justify-content: space-between;
  }
  .invoice {
    margin-bottom: 20px;
  }
  /* A row's amount goes below its words where a line cannot hold both. */
  table,
  tbody {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  tr {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 16px;
    padding: 9px 0;
    border-bottom: var(--_thin);
  }
  th {
    flex: 1 1 7em;
    font-weight: inherit;
    text-align: start;
  }
  td {
    margin-inline-start: auto;
    white-space: nowrap;
  }
  .sum {
    font-weight: 600;
  }
  .totals {
    margin-bottom: 12px;
    background: var(--_faint);
    border-radius: var(--_radius);
  }
  .totals tr {
    padding-inline: min(16px, 4%);
  }
  .totals tr:last-child {
    border: 0;
  }
  .total {
    padding-block: 14px;
    font-size: 1.2em;
    font-weight: 700;
  }
  .pay .primary {
    width: 100%;
    min-height: 56px;
    font-size: 1.1em;
  }
  [download]:not([part]) {
    display: inline-block;
    padding: 4px 0;
  }
  .cards,
  .links {
    padding: 0;
    list-style: none;
  }
  .cards li {
    padding: min(16px, 4%);
    margin-bottom: 12px;
    border: var(--_thin);
    border-radius: var(--_radius);
  }
  .cards p {
    margin-bottom: 8px;
  }
  .amount {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    column-gap: 12px;
  }
  .sketch {
    max-width: 23em;
  }
  .sketch text {
    font-size: 14px;
  }
  .sketch .number {
    font-weight: 700;
  }
  .sketch .paper {
    fill: var(--_bg);
    stroke: var(--_line);
  }
  .sketch .ink {
    fill: color-mix(in srgb, var(--_line) 35%, transparent);
  }
  .sketch .mark {
    fill: var(--_warn-bg);
    stroke: var(--_accent);
    stroke-width: 2.5;
  }
  @container (min-width: 480px) {
    /* Room for the menu's one line; where the browser cannot open it so, it stays a menu. */
    @supports selector(::details-content) {
      nav summary {
        display: none;
      }
      nav details::details-content {
        content-visibility: visible;
      }
    }
  }
`;
