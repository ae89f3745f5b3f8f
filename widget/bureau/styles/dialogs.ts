// The look of dialogs.
import { css } from 'lit';

export const dialogStyles = css`
  dialog {
    width: min(520px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    padding: 24px min(28px, 5%);
    overflow-y: auto;
    color: inherit;
    background: var(--_bg);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.5);
    box-shadow: 0 16px 48px #0005;
  }
  dialog::backdrop {
    background: #0b1520a8;
  }
  /* What she was at stays, and nobody who passes by reads it. */
  dialog.veil::backdrop {
    background: var(--_faint, #e8ecf0);
    backdrop-filter: blur(24px);
  }
  /* Two boxes that belong together. */
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(11em, 100%), 1fr));
    gap: 0 12px;
    align-items: end;
  }
  .narrow {
    max-width: 420px;
  }
`;
