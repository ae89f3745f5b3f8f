// The look of the office around its screens: header, menu, the place of the screen.
import { css } from 'lit';

export const shellStyles = css`
  .desk {
    display: grid;
    grid-template: auto auto 1fr / minmax(0, 1fr);
    min-height: 100vh;
  }
  .skip {
    position: absolute;
    inset-inline-start: 8px;
    top: -60px;
    z-index: 3;
    padding: 8px 12px;
    background: var(--_bg);
  }
  .skip:focus {
    top: 8px;
  }
  .desk header {
    position: sticky;
    top: 0;
    z-index: 2;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 8px 16px;
    padding: 8px 16px;
    background: var(--_bg);
    border-bottom: var(--_thin);
    border-top: 4px solid var(--_fill);
  }
  .desk header .search {
    grid-column: 1 / -1;
  }
  .desk nav {
    display: none;
    padding: 8px 16px 12px;
    background: var(--_bg);
    border-bottom: var(--_thin);
    font-size: 1em;
  }
  .desk nav.open {
    display: block;
  }
  nav ul {
    margin: 0 0 12px;
    padding: 0;
    list-style: none;
  }
  nav li a {
    display: flex;
    align-items: center;
    min-height: 40px;
    padding: 4px 12px;
    color: inherit;
    text-decoration: none;
    border-inline-start: 3px solid transparent;
    border-radius: 4px;
  }
  nav li a:hover {
    text-decoration: underline;
  }
  .count {
    margin-inline-start: 0.4em;
    font-variant-numeric: tabular-nums;
  }
  .waits .count {
    margin: 0;
  }
  nav [aria-current] {
    font-weight: 650;
    color: var(--_accent);
    background: var(--_faint);
    border-color: var(--_accent);
  }
  nav .self {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    padding-inline: 15px;
  }
  nav .self p {
    flex-basis: 100%;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .switcher {
    margin-bottom: 12px;
    padding-inline: 15px;
    font-size: 0.9em;
  }
  .switcher ul {
    margin: 0;
  }
  nav .switcher li a {
    min-height: 32px;
    padding: 4px 8px;
    line-height: 1.3;
  }
  .waits {
    display: inline-block;
    min-height: 24px;
    margin-inline-start: 12px;
    padding: 2px 0;
  }
  .desk main {
    min-width: 0;
    padding: 20px 16px 48px;
  }
  .desk main > section,
  .found,
  .cards {
    margin-bottom: var(--_gap);
  }
  @container (min-width: 960px) {
    .desk {
      grid-template: auto 1fr / 216px minmax(0, 1fr);
    }
    .desk header {
      grid-column: 1 / -1;
      grid-template-columns: 200px minmax(0, 640px);
      padding: 10px 24px 10px 16px;
    }
    .desk header .search {
      grid-column: auto;
    }
    header .menu,
    header .waits {
      display: none;
    }
    .desk nav {
      display: flex;
      flex-direction: column;
      position: sticky;
      top: 68px;
      align-self: start;
      min-height: calc(100vh - 68px);
      padding: 16px 12px;
      border: 0;
      border-inline-end: var(--_thin);
    }
    .desk nav.open {
      display: flex;
    }
    nav .self {
      flex-direction: column;
      align-items: start;
      margin-top: auto;
    }
    .desk main {
      max-width: 1080px;
      padding: 28px 32px 64px;
    }
  }
  @media (forced-colors: active) {
    nav li a {
      border-inline-start-color: Canvas;
    }
    nav li [aria-current] {
      border-inline-start-color: Highlight;
    }
  }
`;
