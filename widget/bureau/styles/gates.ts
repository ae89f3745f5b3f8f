// The look of what stands before the office.
import { css } from 'lit';

export const gateStyles = css`
  .gate {
    max-width: 480px;
    margin: 0 auto;
    padding: 0 16px 40px;
  }
  .gate header {
    align-items: center;
    padding: 20px 0 12px;
  }
  .brand {
    display: grid;
    min-height: 0;
    margin: 0;
    line-height: 1.25;
  }
  .brand .hint {
    font-weight: 400;
  }
  .gate main,
  .card {
    padding: 24px min(28px, 5%);
    background: var(--_card);
    border: var(--_thin);
    border-radius: calc(var(--_radius) * 1.5);
  }
  .card {
    margin-bottom: 16px;
    padding: 16px min(20px, 4%);
  }
  .gate form > .actions .primary,
  .gate .actions > .secondary:only-child {
    width: 100%;
  }
  .or {
    display: flex;
    align-items: center;
    gap: 12px;
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .or::before,
  .or::after {
    content: '';
    flex: 1;
    border-top: var(--_thin);
  }
  .choices,
  .recent {
    padding: 0;
    list-style: none;
  }
  .choices li,
  .recent li {
    padding: 8px 0;
    border-bottom: var(--_thin);
  }
  .choices a,
  .recent a {
    display: inline-block;
    padding: 3px 0;
  }
  .qr {
    display: block;
    width: 200px;
    max-width: 100%;
    margin: 0 0 12px;
    border-radius: 4px;
    forced-color-adjust: none;
  }
  .qr .paper {
    fill: #fff;
  }
  .qr .ink {
    fill: #000;
  }
  .secret {
    display: inline-block;
  }
  .codes {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(11.5em, 1fr));
    gap: 4px 16px;
    padding: 12px 16px;
    list-style: none;
    background: var(--_faint);
    border-radius: var(--_radius);
  }
`;
