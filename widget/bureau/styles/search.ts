// The look of the search field, of what it finds, and of the badges that lists share with it.
import { css } from 'lit';

export const searchStyles = css`
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
  @media (forced-colors: active) {
    [role='option'] {
      border-inline-start-color: Canvas;
    }
    [role='option'][aria-selected='true'] {
      border-inline-start-color: Highlight;
    }
    .badge {
      border: 1px solid;
    }
  }
`;
