// The look of what she does in a file, and of the figures of the day, over styles.ts.
import { css } from 'lit';

export const workStyles = css`
  #manual {
    width: min(780px, calc(100vw - 32px));
  }
  .seen {
    padding: 12px 16px;
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
    padding: 3px 16px 3px 0;
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
  .why .cure {
    margin: 0 0 4px;
  }
  .why li + li {
    margin-top: 4px;
  }

  .list th > a {
    display: inline-block;
    padding: 2px 0;
  }

  /* What waits */
  .work {
    margin: 0;
    padding: 4px min(20px, 4%);
    list-style: none;
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.25);
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

  /* The day's figures */
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.5em), 1fr));
    gap: 12px 24px;
    margin: 0;
  }
  .figures dd {
    font-size: 1.35em;
    font-weight: 650;
    line-height: 1.3;
    font-variant-numeric: tabular-nums;
  }
  .figures dd .hint {
    display: block;
    font-size: 0.65em;
    font-weight: 400;
  }
  .bars {
    display: block;
    width: 100%;
    height: 140px;
    margin-bottom: 4px;
  }
  .bars .paypal {
    fill: var(--_fill);
  }
  .bars .otherwise {
    fill: color-mix(in srgb, var(--_fill) 45%, var(--_bg));
  }
  .bars .ground {
    stroke: var(--_line);
    stroke-width: 1;
    vector-effect: non-scaling-stroke;
  }
  .key {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 20px;
  }
  .key i {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: 6px;
    background: var(--_fill);
    border-radius: 2px;
    forced-color-adjust: none;
  }
  .key .otherwise i {
    background: color-mix(in srgb, var(--_fill) 45%, var(--_bg));
  }

  @media (forced-colors: active) {
    .bars .paypal {
      fill: CanvasText;
    }
    .bars .otherwise {
      fill: GrayText;
    }
    .key i {
      background: CanvasText;
    }
    .key .otherwise i {
      background: GrayText;
    }
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
    }
  }
`;
