// The look of the staff's page, over that of the widget (styles/first-view.ts): the same colours and controls, closer together,
// for somebody who works in it all day. On a phone, rows of tables become cards.
import { css } from 'lit';

export const bureauStyles = css`
  :host {
    --_size: 1em;
    --_card: var(--_bg);
    --_gap: 24px;
  }
  .frame {
    max-width: none;
    min-height: 100vh;
    padding: 0;
    background: var(--_faint);
    border: 0;
    border-radius: 0;
    line-height: 1.45;
  }
  h1 {
    margin: 0 0 12px;
    font-size: 1.5em;
    line-height: 1.2;
    font-weight: 650;
    text-wrap: balance;
  }
  h2 {
    margin: 0 0 8px;
    font-size: 1.1em;
    line-height: 1.3;
  }
  h3 {
    margin: 12px 0 4px;
    font-size: 0.95em;
  }
  p,
  ul,
  dl {
    margin-bottom: 12px;
  }
  button,
  .primary,
  .secondary {
    min-height: 40px;
    padding: 7px 16px;
  }
  header button {
    margin-inline-start: 0;
  }
  .link {
    min-height: 32px;
    padding: 4px 0;
  }
  input:not([type='checkbox'], [type='radio']),
  select {
    display: block;
    width: 100%;
    min-height: 40px;
    padding: 6px 10px;
    font: inherit;
    font-size: max(16px, 1em);
    color: inherit;
    background: var(--_bg);
    border: 1.5px solid var(--_line);
    border-radius: var(--_radius);
  }
  input[type='radio'] {
    display: block;
    flex: none;
    width: 20px;
    min-height: 20px;
    margin: 0;
    padding: 0;
    accent-color: var(--_accent);
  }
  .check {
    min-height: 36px;
  }
  fieldset {
    margin: 0 0 16px;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
  }
  fieldset .check {
    display: flex;
  }
  .field {
    margin-bottom: 16px;
  }
  .actions {
    flex-flow: row wrap;
    align-items: center;
    gap: 8px 20px;
    margin: 16px 0 12px;
  }
  code {
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 0.95em;
    overflow-wrap: anywhere;
  }
  .notice {
    padding: 12px 16px;
    margin-bottom: 16px;
    background: var(--_bg);
  }
  .notice.error {
    background: var(--_bad-bg);
  }
  .notice.success {
    background: var(--_good-bg);
  }

  input.sr.sr {
    width: 1px;
    min-height: 0;
    padding: 0;
    border: 0;
  }

  /* Before the office */
  .gate {
    max-width: 480px;
    margin: 0 auto;
    padding: 0 16px 40px;
  }
  .gate header {
    align-items: center;
    padding: 20px 0 12px;
  }
  .brand {
    display: grid;
    min-height: 0;
    margin: 0;
    line-height: 1.25;
  }
  .brand .hint {
    font-weight: 400;
  }
  .gate main,
  .card {
    padding: 24px min(28px, 5%);
    background: var(--_card);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.5);
  }
  .card {
    margin-bottom: 16px;
    padding: 16px min(20px, 4%);
  }
  .gate form > .actions .primary,
  .gate .actions > .secondary:only-child {
    width: 100%;
  }
  .or {
    display: flex;
    align-items: center;
    gap: 12px;
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .or::before,
  .or::after {
    content: '';
    flex: 1;
    border-top: var(--_thin);
  }
  .choices,
  .recent {
    padding: 0;
    list-style: none;
  }
  .choices li,
  .recent li {
    padding: 8px 0;
    border-bottom: var(--_thin);
  }
  .choices a,
  .recent a {
    display: inline-block;
    padding: 3px 0;
  }
  .qr {
    display: block;
    width: 200px;
    max-width: 100%;
    margin: 0 0 12px;
    border-radius: 4px;
    forced-color-adjust: none;
  }
  .qr .paper {
    fill: #fff;
  }
  .qr .ink {
    fill: #000;
  }
  .secret {
    display: inline-block;
  }
  .codes {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(11.5em, 1fr));
    gap: 4px 16px;
    padding: 12px 16px;
    list-style: none;
    background: var(--_faint);
    border-radius: var(--_radius);
  }

  /* The office */
  .desk {
    display: grid;
    grid-template: auto auto 1fr / minmax(0, 1fr);
    min-height: 100vh;
  }
  .skip {
    position: absolute;
    inset-inline-start: 8px;
    top: -60px;
    z-index: 3;
    padding: 8px 12px;
    background: var(--_bg);
  }
  .skip:focus {
    top: 8px;
  }
  .desk header {
    position: sticky;
    top: 0;
    z-index: 2;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 8px 16px;
    padding: 8px 16px;
    background: var(--_bg);
    border-bottom: var(--_thin);
    border-top: 4px solid var(--_fill);
  }
  .desk header .search {
    grid-column: 1 / -1;
  }
  .desk nav {
    display: none;
    padding: 8px 16px 12px;
    background: var(--_bg);
    border-bottom: var(--_thin);
    font-size: 1em;
  }
  .desk nav.open {
    display: block;
  }
  nav ul {
    margin: 0 0 12px;
    padding: 0;
    list-style: none;
  }
  nav li a {
    display: flex;
    align-items: center;
    min-height: 40px;
    padding: 4px 12px;
    color: inherit;
    text-decoration: none;
    border-inline-start: 3px solid transparent;
    border-radius: 4px;
  }
  nav li a:hover {
    text-decoration: underline;
  }
  nav [aria-current] {
    font-weight: 650;
    color: var(--_accent);
    background: var(--_faint);
    border-color: var(--_accent);
  }
  nav .self {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    padding-inline: 15px;
  }
  nav .self p {
    flex-basis: 100%;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .switcher {
    padding-inline: 15px;
    font-size: 0.9em;
  }
  .desk main {
    min-width: 0;
    padding: 20px 16px 48px;
  }
  .desk main > section,
  .found,
  .cards {
    margin-bottom: var(--_gap);
  }

  /* Search */
  .search {
    position: relative;
  }
  .panel,
  .found {
    background: var(--_bg);
    border: var(--_thin);
    border-radius: var(--_radius);
  }
  .panel {
    position: absolute;
    inset: calc(100% + 4px) 0 auto;
    max-height: 70vh;
    overflow-y: auto;
    box-shadow: 0 8px 24px #0003;
  }
  .panel > p,
  .found > p {
    margin: 0;
    padding: 8px 12px;
  }
  [role='listbox'] {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  [role='option'] {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 16px;
    padding: 8px 12px;
    border-top: var(--_thin);
    border-inline-start: 3px solid transparent;
    cursor: pointer;
  }
  [role='option'][aria-selected='true'] {
    background: var(--_faint);
    border-inline-start-color: var(--_accent);
  }
  .who {
    flex: 1 1 12em;
    font-weight: 600;
  }
  .numbers {
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .badges {
    margin-inline-start: auto;
  }
  .badge {
    display: inline-block;
    padding: 0 8px;
    font-size: 0.85em;
    font-weight: 500;
    line-height: 1.6;
    white-space: nowrap;
    color: var(--_text);
    background: color-mix(in srgb, var(--_line) 18%, transparent);
    border-radius: 1em;
  }
  .badge.due {
    background: var(--_warn-bg);
  }
  .badge.good {
    background: var(--_good-bg);
  }
  .badge.bad {
    color: var(--_bad);
    background: var(--_bad-bg);
  }

  /* A file */
  .identity {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 24px;
  }
  .identity p {
    margin-bottom: 8px;
  }
  .balance strong {
    margin-inline-start: 8px;
    font-size: 1.5em;
    font-variant-numeric: tabular-nums;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 32px;
  }
  dt {
    color: var(--_quiet);
    font-size: 0.85em;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .why,
  .desk main > section:not(.why) {
    padding: 16px min(20px, 4%);
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.25);
  }
  .why {
    border-inline-start: 5px solid var(--_accent);
  }
  .answer {
    font-size: 1.2em;
    line-height: 1.35;
    text-wrap: pretty;
  }
  section > p:last-child,
  .gate main > :last-child,
  .why > :last-child {
    margin-bottom: 0;
  }
  h2 .hint {
    font-weight: 400;
  }
  summary {
    width: fit-content;
    min-height: 28px;
    padding: 3px 0;
    color: var(--_accent);
    cursor: pointer;
  }
  .lines ul {
    max-width: 40em;
    margin: 0 0 4px;
    padding: 0;
    list-style: none;
  }
  .lines li {
    display: flex;
    justify-content: space-between;
    gap: 16px;
    padding: 2px 0;
  }
  .amount {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .strong {
    font-weight: 650;
  }

  /* Lists: cards on a phone */
  table {
    width: 100%;
    margin-bottom: 16px;
    border-collapse: collapse;
  }
  section > table:last-child {
    margin-bottom: 0;
  }
  caption {
    padding-bottom: 4px;
    color: var(--_quiet);
    font-size: 0.9em;
    text-align: start;
  }
  .list,
  .list caption,
  .list tbody,
  .list tr,
  .list th,
  .list td {
    display: block;
  }
  .list caption.sr {
    position: absolute;
  }
  .list thead {
    display: none;
  }
  .list th {
    text-align: start;
    font-weight: 600;
  }
  .list tbody tr:not(.lines) {
    padding: 10px 0 6px;
    border-top: var(--_thin);
  }
  .list td[data-label] {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
    padding: 1px 0;
    overflow-wrap: anywhere;
  }
  .list td[data-label]::before {
    content: attr(data-label);
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
  }

  dialog {
    width: min(520px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    padding: 24px min(28px, 5%);
    overflow-y: auto;
    color: inherit;
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.5);
    box-shadow: 0 16px 48px #0005;
  }
  dialog::backdrop {
    background: #0b1520a8;
  }
  /* What she was at stays, and nobody who passes by reads it. */
  dialog.veil::backdrop {
    background: var(--_faint, #e8ecf0);
    backdrop-filter: blur(24px);
  }
  .narrow {
    max-width: 420px;
  }

  @container (min-width: 700px) {
    .frame {
      font-size: calc(var(--_size) * 0.9375);
      padding: 0;
    }
    .list {
      display: table;
    }
    .list caption {
      display: table-caption;
    }
    .list thead {
      display: table-header-group;
    }
    .list tbody {
      display: table-row-group;
    }
    .list tr,
    .list tbody tr:not(.lines) {
      display: table-row;
      padding: 0;
      border: 0;
    }
    .list th,
    .list td,
    .list td[data-label] {
      display: table-cell;
      padding: 6px 16px 6px 0;
      vertical-align: baseline;
      overflow-wrap: break-word;
    }
    .list thead th {
      padding-block: 4px;
      color: var(--_quiet);
      font-size: 0.85em;
      font-weight: 500;
      white-space: nowrap;
    }
    .list tbody tr:not(.lines) > * {
      border-top: var(--_thin);
    }
    .list td[data-label]::before {
      content: none;
    }
    .list .lines td {
      padding-top: 0;
    }
    .list th.amount,
    .list td.amount {
      text-align: end;
    }
    .list tr > :last-child {
      padding-inline-end: 0;
    }
    .list .acts {
      text-align: end;
    }
    .acts .link + .link {
      margin-inline-start: 16px;
    }
  }
  @container (min-width: 960px) {
    .desk {
      grid-template: auto 1fr / 216px minmax(0, 1fr);
    }
    .desk header {
      grid-column: 1 / -1;
      grid-template-columns: 200px minmax(0, 640px);
      padding: 10px 24px 10px 16px;
    }
    .desk header .search {
      grid-column: auto;
    }
    header .menu {
      display: none;
    }
    .desk nav {
      display: flex;
      flex-direction: column;
      position: sticky;
      top: 68px;
      align-self: start;
      min-height: calc(100vh - 68px);
      padding: 16px 12px;
      border: 0;
      border-inline-end: var(--_thin);
    }
    .desk nav.open {
      display: flex;
    }
    nav .self {
      flex-direction: column;
      align-items: start;
      margin-top: auto;
    }
    .desk main {
      max-width: 1080px;
      padding: 28px 32px 64px;
    }
  }
  @media (forced-colors: active) {
    [role='option'],
    nav li a {
      border-inline-start-color: Canvas;
    }
    [role='option'][aria-selected='true'],
    nav li [aria-current] {
      border-inline-start-color: Highlight;
    }
    .badge {
      border: 1px solid;
    }
  }
  @media print {
    .noprint,
    .desk header,
    .desk nav,
    .skip {
      display: none !important;
    }
  }
`;
