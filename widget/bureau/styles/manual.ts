// The look of « Montant manuel ».
import { css } from 'lit';

export const manualStyles = css`
  #manual {
    width: min(780px, calc(100vw - 32px));
  }
  .seen {
    padding: 12px 8px;
    background: var(--_faint);
    border-radius: var(--_radius);
  }
  .seen h3 {
    margin-top: 0;
  }
  .sum {
    margin-bottom: 8px;
  }
  .sum th {
    padding: 3px 6px 3px 0;
    font-weight: inherit;
    text-align: start;
  }
  .sum td {
    padding: 3px 0;
    text-align: end;
    vertical-align: bottom;
  }
  .sum .total > * {
    padding-block: 6px;
    font-weight: 650;
    border-top: var(--_thin);
  }
  @container (min-width: 700px) {
    .beside {
      display: grid;
      grid-template-columns: minmax(0, 15em) minmax(0, 1fr);
      gap: 0 28px;
    }
    .beside .actions {
      grid-column: 1 / -1;
      margin-bottom: 0;
    }
    .seen {
      align-self: start;
      padding-inline: 16px;
    }
    .sum th {
      padding-inline-end: 16px;
    }
  }
`;
