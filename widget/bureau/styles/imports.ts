// The look of « Importer ».
import { css } from 'lit';

export const importStyles = css`
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    margin: 0 0 16px;
    padding: 0;
    color: var(--_quiet);
    list-style: none;
  }
  .steps [aria-current] {
    color: inherit;
    font-weight: 600;
    text-decoration: underline;
  }
  progress {
    width: min(100%, 20em);
    vertical-align: middle;
  }
  #summary {
    width: auto;
  }
  #summary th {
    padding-inline-end: 24px;
    font-weight: 400;
    text-align: start;
  }
  input[type='file'] {
    max-width: 100%;
    min-height: 24px;
  }
`;
