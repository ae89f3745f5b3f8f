// The look of « Paramètres ».
import { css } from 'lit';

export const settingsStyles = css`
  /* It is no menu of the page: on a phone it stays where it is. */
  .desk nav.local {
    display: block;
    position: static;
    min-height: 0;
    padding: 0;
    background: none;
    border: 0;
  }
  .local ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
  }
  .settings textarea {
    display: block;
    width: 100%;
    padding: 6px 10px;
    font: inherit;
    font-size: max(16px, 1em);
    color: inherit;
    background: var(--_bg);
    border: 1.5px solid var(--_line);
    border-radius: var(--_radius);
  }
  .settings .field {
    max-width: 36em;
  }
  .settings section > section {
    margin-top: var(--_gap);
    padding: 0;
    border: 0;
  }
  .under {
    display: block;
  }
  .swatches {
    display: block;
    width: min(100%, 300px);
    margin-bottom: 8px;
  }
  .logo {
    max-width: 240px;
    max-height: 120px;
  }
  .plain,
  .checks {
    padding: 0;
    list-style: none;
  }
  .checks li {
    padding: 6px 0;
    border-top: var(--_thin);
  }
  @container (min-width: 1100px) {
    .settings {
      display: grid;
      grid-template-columns: 200px minmax(0, 1fr);
      gap: 0 28px;
      align-items: start;
    }
    .local ul {
      display: block;
    }
  }
`;
