// The look of « À traiter ».
import { css } from 'lit';

export const workStyles = css`
  .work {
    margin: 0;
    padding: 4px min(20px, 4%);
    list-style: none;
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.25);
  }
  .kinds {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 8px;
    padding: 0;
    list-style: none;
  }
  .kinds .badge {
    min-height: 28px;
    padding: 2px 12px;
    line-height: 24px;
    text-decoration: none;
  }
  .kinds [aria-current] {
    color: var(--_on-fill);
    background: var(--_fill);
  }
  .work li {
    padding: 12px 0 4px;
  }
  .work li + li {
    border-top: var(--_thin);
  }
  .work p {
    max-width: 52em;
    margin-bottom: 4px;
  }
  .work .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 12px;
    max-width: none;
  }
  .work .head a {
    order: 1;
    flex-basis: 100%;
    padding: 2px 0;
    font-weight: 600;
  }
  .work time {
    margin-inline-start: auto;
  }
  .work details p {
    overflow-wrap: anywhere;
  }
  .work .acts {
    align-items: baseline;
  }
  @container (min-width: 700px) {
    .work .head a {
      order: 0;
      flex-basis: auto;
    }
  }
`;
