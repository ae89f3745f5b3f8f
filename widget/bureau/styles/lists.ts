// The look of lists: on a phone, rows of tables become cards.
import { css } from 'lit';

export const listStyles = css`
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
    align-items: baseline;
    gap: 0 16px;
    padding: 1px 0;
    overflow-wrap: anywhere;
  }
  .list td[data-label]::before {
    content: attr(data-label);
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .list td p {
    margin: 2px 0;
  }
  .entry {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 12em), 1fr));
    gap: 0 20px;
    align-items: end;
  }
  .list select {
    width: min(100%, 13em);
    min-height: 36px;
  }
  .acts,
  .list .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
  }
  .links a,
  .list th > a,
  .list .acts a {
    display: inline-block;
    padding: 2px 0;
  }
  @container (min-width: 700px) {
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
    .list select {
      width: auto;
    }
    .list .acts {
      display: table-cell;
      text-align: end;
    }
    .acts .link + .link {
      margin-inline-start: 16px;
    }
  }
`;
