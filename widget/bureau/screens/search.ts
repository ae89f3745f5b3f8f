// « Recherche »: the results of the field in the header, and the files opened before.
import { html, nothing } from 'lit';
import type { Desk, Screen } from '../desk.ts';
import { words } from '../locales/search.ts';
import { kept } from '../words.ts';

export { words };

export function open(desk: Desk): Screen {
  const { t, plain } = desk.words;
  desk.focus('#search');
  return {
    title: () => plain('search.title'),
    render: () => html`<h1 id="title" tabindex="-1">${t('search.title')}</h1>
      ${desk.search.asked ? html`<div class="found">${desk.search.results()}</div>` : html`<p class="tip">${t('search.tip')}</p>${recent(desk)}`}`,
  };
}

function recent({ recent: files, words: { t } }: Desk): unknown {
  if (files.length === 0) return nothing;
  return html`<h2>${t('search.recent')}</h2>
    <ul class="recent">
      ${files.map(
        ({ id, name, numbers }) =>
          html`<li><a href="#dossier/${id}">${kept(name)}</a> <span class="hint">${kept(numbers.join(', '))}</span></li>`,
      )}
    </ul>`;
}
