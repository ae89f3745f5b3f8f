// The look of « Aujourd'hui »: figures and bars.
import { css } from 'lit';

export const todayStyles = css`
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
    fill: color-mix(in srgb, var(--_fill) 45%, light-dark(#fff, #d5dfe6));
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
    print-color-adjust: exact;
    forced-color-adjust: none;
  }
  .key .otherwise i {
    background: color-mix(in srgb, var(--_fill) 45%, var(--_bg));
    background: color-mix(in srgb, var(--_fill) 45%, light-dark(#fff, #d5dfe6));
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
`;
