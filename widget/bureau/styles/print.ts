// The look on paper: what there is to read, over the whole width, and nothing to press.
import { css } from 'lit';

export const printStyles = css`
  .paper {
    display: none;
  }
  @media print {
    :host {
      color-scheme: light;
    }
    .frame {
      min-height: 0;
      font-size: 10pt;
      background: none;
    }
    .desk,
    .paper {
      display: block;
    }
    .desk main {
      max-width: none;
      padding: 0;
    }
    .noprint,
    .skip,
    .desk header,
    .desk nav,
    main button,
    main details:not([open]),
    main summary,
    main .acts {
      display: none !important;
    }
    .desk main :is(section:not(.seen), .work) {
      padding: 0;
      border: 0;
    }
    .desk main a {
      color: inherit;
      text-decoration: none;
    }
    .badge {
      padding: 0;
    }
    h2,
    h3 {
      break-after: avoid;
    }
    tr,
    li {
      break-inside: avoid;
    }
  }
`;
