// Of a file: the accounts that reach it, and what may be done about them.
import { html, nothing } from 'lit';
import { day } from '../../../locales/format.ts';
import { torontoDay } from '../../day.ts';
import type { Desk, Question } from '../../desk.ts';
import type { Holder } from '../../office.ts';
import { type Key, kept } from '../../words.ts';

type Account = Holder['accounts'][number];

/** An act on a file that is asked about first: the question, the call, and what it came to. */
export interface Asked {
  question: Question;
  send(): Promise<unknown>;
  done: unknown;
}

const WAYS: Readonly<Record<Account['way'], readonly [Key, string]>> = {
  email: ['accounts.byEmail', 'good'],
  link: ['accounts.byLink', 'good'],
  waits: ['accounts.waits', 'due'],
  undone: ['accounts.undone', ''],
};

/** The list; `asks` puts the question before she does anything. */
export function accounts(desk: Desk, { accounts: all }: Holder, asks: (act: Asked) => void): unknown {
  const { t } = desk.words;
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">${t('accounts.title')}</h2>
    ${
      all.length === 0
        ? html`<p>${t('accounts.none')}</p>`
        : html`<table class="list">
            <caption class="sr">${t('accounts.title')}</caption>
            <thead><tr><th scope="col">${t('accounts.name')}</th><th scope="col">${t('accounts.way')}</th>
              <th scope="col">${t('accounts.since')}</th><th scope="col"><span class="sr">${t('accounts.acts')}</span></th></tr></thead>
            <tbody>${all.map((one) => row(desk, one, all, asks))}</tbody>
          </table>`
    }
  </section>`;
}

function row(desk: Desk, one: Account, all: readonly Account[], asks: (act: Asked) => void): unknown {
  const { lang, words } = desk;
  const { t } = words;
  const { at, email, level, method, name, numberKey, way } = one;
  const [key, look] = WAYS[way];
  const about = [
    numberKey === null ? null : t('accounts.about', { numero: numberKey }),
    method === null ? null : t(`accounts.method.${method}`),
  ].filter((part) => part !== null);
  return html`<tr>
    <th scope="row">${kept(name)} <span class="hint under">${kept(email)}</span></th>
    <td data-label=${t('accounts.way')}><span><span class="badge ${look}">${t(key)}</span>
      ${level === null || way === 'undone' ? nothing : html`<span class="badge">${t(`accounts.${level}`)}</span>`}
      ${about.length === 0 ? nothing : html`<span class="hint under">${about.map((part, i) => [i === 0 ? '' : ', ', part])}</span>`}</span></td>
    <td data-label=${t('accounts.since')}>${at === null ? '–' : day(lang, torontoDay(Date.parse(at)))}</td>
    <td class="acts">${desk.may('links') ? acts(desk, one, all, asks) : nothing}</td>
  </tr>`;
}

function acts(
  desk: Desk,
  { email: courriel, id, name: nom, way }: Account,
  all: readonly Account[],
  asks: (act: Asked) => void,
): unknown {
  const { t, plain } = desk.words;
  const { files } = desk;
  if (id === null) return nothing;
  const act = (key: Key, label: Key, text: unknown, done: Key, send: () => Promise<unknown>) =>
    html`<button class="link" type="button" aria-label=${plain(label, { nom })} @click=${() =>
      asks({
        question: { title: t(label, { nom }), body: text, yes: key },
        send,
        done: t(done, { nom }),
      })}>${t(key)}</button>`;
  const said = (key: Key) => html`<p>${t(key, { nom, courriel })}</p>`;
  if (way === 'link')
    return act('accounts.undo', 'accounts.undoOf', said('accounts.undoText'), 'accounts.undoDone', () =>
      files('$post', '/links/:id/undo', { id }),
    );
  if (way !== 'waits') return nothing;
  const undoneBefore = all.some((other) => other.way === 'undone' && other.email === courriel);
  return html`${act(
    'accounts.approve',
    'accounts.approveOf',
    html`${said('accounts.approveText')} ${undoneBefore ? html`<div class="notice error">${said('accounts.undoneBefore')}</div>` : nothing}`,
    'accounts.approved',
    () => files('$post', '/links/:id/approve', { id }),
  )}
  ${act('accounts.refuse', 'accounts.refuseOf', said('accounts.refuseText'), 'accounts.refused', () =>
    files('$post', '/links/:id/refuse', { id }),
  )}`;
}
