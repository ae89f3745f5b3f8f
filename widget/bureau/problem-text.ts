// What went wrong with a call, for her who reads it and for whoever she calls about it.
import { html, nothing } from 'lit';
import type { CallProblem } from '../client/problem.ts';
import type { Page } from './desk.ts';
import { kept } from './words.ts';

/** A sentence, how long to wait, and the number by which the server's log knows the call. */
export function problemText({ words, lang }: Pick<Page, 'words' | 'lang'>, problem: CallProblem): unknown {
  const { kind, extra, retryAfter } = problem;
  // What is said to staff, where the title is for a payer.
  const told = lang === 'fr-CA' ? (extra.detail ?? extra.title) : (extra.detailEn ?? extra.titleEn);
  const ours = kind === 'offline' || kind === 'broken' || kind === 'aborted' || typeof told !== 'string';
  const minutes = Math.ceil(retryAfter / 60);
  return html`<p>${ours ? words.t(kind === 'offline' ? 'problem.offline' : 'problem.broken') : told}
      ${retryAfter > 0 ? words.t('problem.wait', { n: minutes }) : nothing}</p>
    ${
      typeof extra.requestId === 'string'
        ? html`<p class="hint">${words.t('problem.request')} <code>${kept(extra.requestId)}</code></p>`
        : nothing
    }`;
}
