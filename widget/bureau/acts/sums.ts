// What an act will come to, to be read before it is done.
import { html } from 'lit';
import { money } from '../../locales/format.ts';
import type { Desk } from '../desk.ts';
import { kept } from '../words.ts';

export type Sum = readonly [name: unknown, cents: number, look?: 'total'];

/** Its lines under their title; amounts in cents. */
export function sums({ lang }: Desk, title: unknown, rows: readonly Sum[]): unknown {
  return html`<h3>${title}</h3>
    <table class="sum">
      <caption class="sr">${title}</caption>
      <tbody>${rows.map(
        ([name, cents, look = '']) =>
          html`<tr class=${look}><th scope="row">${name}</th><td class="amount">${kept(money(lang, cents))}</td></tr>`,
      )}</tbody>
    </table>`;
}
