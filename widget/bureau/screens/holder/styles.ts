// The look of what only a file has, over ../../styles.ts.
import { css } from 'lit';

export const holderStyles = css`
  .fresh {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 12px;
    margin: 0 0 8px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-bottom: 16px;
  }
  .tools button,
  .tools a {
    min-height: 36px;
    padding: 5px 14px;
  }
  .tools .fresh {
    margin: 0 0 0 auto;
  }
  .tools .link {
    padding-inline: 0;
  }
  .under {
    display: block;
    font-weight: 400;
  }
  .list .lines .acts,
  section > details:last-child {
    margin-bottom: 0;
  }
  .edit .boxes {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 17em), 1fr));
    align-items: end;
    gap: 0 24px;
  }

  /* What was done */
  summary h2 {
    display: inline;
    margin: 0;
  }
  details[open] > summary:has(h2) {
    margin-bottom: 8px;
  }
  .past {
    margin: 0 0 12px;
    padding: 0;
    list-style: none;
  }
  .past li {
    padding: 6px 0;
    border-top: var(--_thin);
  }
  .past p {
    margin: 0;
  }
  .past strong {
    font-weight: 600;
  }
  .past time {
    display: inline-block;
    min-width: 4.5em;
    font-variant-numeric: tabular-nums;
  }
  .past dl {
    margin: 2px 0 0;
  }
  .past dl > div {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 8px;
  }
  .past dd {
    min-width: 0;
  }
  .past s {
    color: var(--_quiet);
  }

  /* Two at one file */
  #conflict {
    width: min(780px, calc(100vw - 32px));
  }
  #conflict .check {
    min-height: 28px;
  }
  #conflict td {
    overflow-wrap: anywhere;
  }
  .edit .actions {
    margin-bottom: 0;
  }

  /* Cards of a phone: a value of several lines stays at the edge, as the others do. */
  .list td[data-label] > span:has(.under) {
    flex: 1 1 60%;
    text-align: end;
  }

  /* As she sees it */
  .back {
    margin-bottom: 4px;
  }
  .back a {
    display: inline-block;
    padding: 4px 0;
  }
  h1 .hint {
    font-size: 0.75em;
    font-weight: 400;
  }
  .which {
    max-width: 30em;
  }
  .which label {
    display: block;
    margin-bottom: 4px;
    font-weight: 600;
  }
  .as-seen {
    max-width: 640px;
    margin: 0 auto;
  }

  @container (min-width: 700px) {
    #conflict tbody :is(th, td) {
      vertical-align: middle;
    }
    .list .acts .link {
      white-space: nowrap;
    }
    .list td[data-label] > span:has(.under) {
      text-align: start;
    }
    .past dl {
      margin-inline-start: 4.7em;
    }
  }
`;
