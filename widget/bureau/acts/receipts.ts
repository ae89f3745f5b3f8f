// « Reçu »: the documents of what was written down, to save or to print. Their links live for a quarter of an hour, so they are
// asked for when she wants them.
import { html } from 'lit';
import { CallProblem } from '../../client/problem.ts';
import type { Desk } from '../desk.ts';
import { problemText } from '../problem-text.ts';
import { kept } from '../words.ts';

/** The receipt of a recorded payment, and what annuls it. Resolves to what she is shown, a refusal too. */
export const receiptsOf = (desk: Desk, id: string): Promise<unknown> =>
  shown(desk, async () => {
    const { receipts } = await desk.files('$get', '/recorded-payments/:id/receipts', { id });
    const { t } = desk.words;
    return html`<ul class="links">${receipts.map(
      ({ title, pdfUrl, htmlUrl }) =>
        html`<li>${kept(title[desk.lang])}<br /><a href=${pdfUrl} download>${t('receipt.save')}</a> ·
          <a href=${htmlUrl} target="_blank" rel="noopener">${t('receipt.print')}</a></li>`,
    )}</ul>`;
  });

/** The receipts of a deposit's cheques, together, for those who have no address. */
export const receiptsOfDeposit = (desk: Desk, id: string): Promise<unknown> =>
  shown(desk, async () => {
    const { htmlUrl } = await desk.files('$get', '/deposits/:id/receipts', { id });
    return html`<p><a href=${htmlUrl} target="_blank" rel="noopener">${desk.words.t('receipt.printAll')}</a></p>`;
  });

async function shown(desk: Desk, read: () => Promise<unknown>): Promise<unknown> {
  try {
    return html`<div class="notice">${await read()}</div>`;
  } catch (error) {
    if (!(error instanceof CallProblem)) throw error;
    return html`<div class="notice error">${problemText(desk, error)}</div>`;
  }
}
