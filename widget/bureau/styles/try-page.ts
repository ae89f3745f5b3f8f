// The look of « Essayer ma page »: lines that are good or red, with their cure.
import { css } from 'lit';

export const tryPageStyles = css`
  .checks,
  .pages {
    padding: 0;
    list-style: none;
  }
  .checks > li {
    padding: 10px 0;
    border-top: var(--_thin);
  }
  .checks p {
    margin-bottom: 4px;
  }
  .checks .cure {
    padding-inline-start: 12px;
    border-inline-start: 3px solid var(--_line);
  }
  .nearest,
  .pages > li {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 16px;
  }
  .hops {
    padding-inline-start: 24px;
    overflow-wrap: anywhere;
  }
`;
