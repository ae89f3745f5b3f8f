// The look of the staff's page, over that of the widget (../../styles/first-view.ts): the same colours and controls, closer
// together, for somebody who works in it all day.
import { css } from 'lit';

export const pageStyles = css`
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
  @container (min-width: 700px) {
    .frame {
      font-size: calc(var(--_size) * 0.9375);
      padding: 0;
    }
  }
`;
