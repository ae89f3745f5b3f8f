// The look of a file, and of the boxes that parts of every screen stand in.
import { css } from 'lit';

export const fileStyles = css`
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
  .why .cure {
    margin: 0 0 4px;
  }
  .why li + li {
    margin-top: 4px;
  }
`;
