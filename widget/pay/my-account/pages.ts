// The pages of « Mon compte ».
import { html, nothing, type TemplateResult } from 'lit';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { page, press, submit, waiting } from '../../controls/parts.ts';
import { dateTime } from '../../locales/format.ts';
import type { Key } from '../../locales/text.ts';
import type { Field } from '../journey/state.ts';
import { news, rights } from '../screens/notice.ts';
import type { View } from '../view.ts';
import type { Desk, Page } from './my-account.ts';

/** The page that the desk shows, with its own notice and fields to mend. */
export function accountScreen(desk: Desk, outer: View): TemplateResult {
  if (!desk.speaks(outer.lang)) return page(outer, outer.t('common.brand'), waiting(outer, 'common.loading'));
  const state = { ...outer.state, notice: desk.notice, errors: desk.errors, failed: null };
  const view: View = { ...outer, state, busy: desk.busy };
  if (outer.around) view.around = { ...outer.around, news: news(view, nothing) };
  if (desk.page !== null) return PAGES[desk.page](desk, view);
  const looking =
    desk.notice === null
      ? waiting(view, 'link.checking')
      : press(view, 'common.retry', 'secondary', () => desk.retry());
  return page(view, view.t('common.brand'), looking);
}

type Draw = (desk: Desk, view: View) => TemplateResult;

const home: Draw = (desk, view) =>
  page(
    view,
    view.t('mine.title'),
    html`<h3>${view.t('mine.who')}</h3>
      <dl class="facts">
        ${fact(view, 'account.name', view.state.me?.name, to(desk, view, 'name', 'mine.change', 'mine.name'))}
        ${fact(view, 'account.email', view.state.me?.email, to(desk, view, 'email', 'mine.change', 'mine.email'))}
        ${fact(view, 'account.password', '••••••••', to(desk, view, 'password', 'mine.change', 'mine.password'))}
      </dl>
      <h3>${view.t('mine.sessions')}</h3>
      ${sessions(desk, view)}
      <h3>${view.t('mine.data')}</h3>
      <p>${view.t('mine.dataNote')}</p>
      ${data(desk, view)} ${officer(view)}
      <h3>${view.t('mine.erase')}</h3>
      <p>${view.t('mine.eraseAbout')}</p>
      <p>${to(desk, view, 'erase', 'mine.erase')}</p>`,
  );

const fact = (view: View, label: Key, value: string | undefined, change: TemplateResult) =>
  html`<div><dt>${view.t(label)}</dt><dd><span translate="no">${value}</span> ${change}</dd></div>`;

/** A button to another page; `names` where several on the page read the same. */
function to(desk: Desk, view: View, target: Page, label: Key, names?: Key): TemplateResult {
  return html`<button
    class="link"
    part="button link"
    type="button"
    aria-label=${names === undefined ? nothing : view.plain(names)}
    @click=${() => desk.show(target)}
  >
    ${view.t(label)}
  </button>`;
}

function sessions(desk: Desk, view: View) {
  if (desk.sessions === null) return waiting(view, 'common.loading');
  return html`<ul class="cards">
      ${desk.sessions.map(({ id, browser, lastUsedAt, current }) => {
        const appareil = browser || view.t('mine.unknownBrowser');
        return html`<li>
          <p><strong translate="no">${appareil}</strong>${current ? ` (${view.t('mine.here')})` : nothing}</p>
          <p class="hint">${view.t('mine.lastUsed', { quand: dateTime(view.lang, lastUsedAt) })}</p>
          ${
            current
              ? nothing
              : html`<button
                  class="secondary"
                  part="button secondary"
                  type="button"
                  aria-label=${view.plain('mine.endOne', { appareil })}
                  @click=${() => desk.end(id)}
                >
                  ${view.t('mine.end')}
                </button>`
          }
        </li>`;
      })}
    </ul>
    ${
      desk.sessions.length > 2
        ? html`<p>${press(view, 'mine.endOthers', 'secondary', () => desk.endOthers())}</p>`
        : nothing
    }`;
}

function data(desk: Desk, view: View) {
  const { links } = desk;
  if (links === null) return html`<p>${press(view, 'mine.dataGet', 'secondary', () => desk.getData())}</p>`;
  return html`<p role="status">${view.t('mine.dataReady')}</p>
    <ul class="links">
      <li><a href=${links.htmlUrl} target="_blank" rel="noopener">${view.t('mine.dataPage')} ${view.t('common.newWindow')}</a></li>
      <li><a href=${links.jsonUrl} download>${view.t('mine.dataFile')}</a></li>
    </ul>`;
}

/** Whom to write to (P-39.1, s. 3.1). */
function officer(view: View) {
  const { profile } = view;
  if (profile === null) return nothing;
  const { title, email } = profile.privacy;
  return html`<p class="hint">${title}<br /><a translate="no" href="mailto:${email}">${email}</a><br />${rights(view)}</p>`;
}

/** A page that asks for something: what for, the boxes, one button, and the way back. */
function asking(
  desk: Desk,
  view: View,
  words: { title: Key; body: readonly unknown[]; button: Key; back?: false },
  boxes: unknown,
  sent: (of: (name: Field) => string) => void,
): TemplateResult {
  return page(
    view,
    view.t(words.title),
    html`${words.body.map((text) => html`<p>${text}</p>`)}
      <form novalidate @submit=${(event: SubmitEvent) => sent(typedIn(event))}>
        ${boxes}
        <div class="actions">
          ${submit(view, words.button)}
          ${words.back === false ? nothing : press(view, 'common.back', 'link', () => desk.show('home'))}
        </div>
      </form>`,
  );
}

const current = (view: View) =>
  field(view, 'currentPassword', {
    label: 'mine.current',
    type: 'password',
    autocomplete: 'current-password',
    enterkeyhint: 'go',
  });
const fresh = (view: View) => newPasswordField(view, 'mine.new');

const name: Draw = (desk, view) =>
  asking(
    desk,
    view,
    { title: 'mine.name', body: [view.t('mine.nameNote')], button: 'mine.save' },
    field(view, 'name', {
      label: 'account.name',
      autocomplete: 'name',
      value: view.state.me?.name ?? '',
      enterkeyhint: 'go',
    }),
    (of) => desk.saveName(of('name')),
  );

const email: Draw = (desk, view) =>
  asking(
    desk,
    view,
    { title: 'mine.email', body: [view.t('mine.emailNote')], button: 'mine.emailSend' },
    html`${field(view, 'email', {
      label: 'mine.newEmail',
      type: 'email',
      autocomplete: 'email',
      enterkeyhint: 'next',
    })}
    ${current(view)}`,
    (of) => desk.askEmail(of('email'), of('currentPassword')),
  );

const emailSent: Draw = (desk, view) =>
  page(
    view,
    view.t('account.sent.title'),
    html`<p>${view.t('mine.emailSent', { courriel: html`<strong class="address" translate="no">${desk.email}</strong>` })}</p>
      <p>${view.t('account.sent.spam')}</p>
      <div class="actions">${press(view, 'common.back', 'secondary', () => desk.show('home'))}</div>`,
  );

const password: Draw = (desk, view) =>
  asking(
    desk,
    view,
    { title: 'mine.password', body: [view.t('mine.passwordNote')], button: 'mine.save' },
    html`${current(view)} ${fresh(view)}`,
    (of) => desk.changePassword(of('currentPassword'), of('password')),
  );

const erase: Draw = (desk, view) =>
  asking(
    desk,
    view,
    {
      title: 'mine.erase',
      body: [view.t('mine.eraseAbout'), view.t('mine.eraseKept')],
      button: 'mine.eraseNow',
    },
    current(view),
    (of) => desk.erase(of('currentPassword')),
  );

const confirm: Draw = (desk, view) =>
  asking(
    desk,
    view,
    {
      title: 'mine.confirmTitle',
      body: [view.t('mine.confirmBody')],
      button: 'mine.confirmNow',
      back: false,
    },
    field(view, 'password', {
      label: 'account.password',
      type: 'password',
      autocomplete: 'current-password',
      enterkeyhint: 'go',
    }),
    (of) => desk.confirmEmail(of('password')),
  );

const undo: Draw = (desk, view) =>
  asking(
    desk,
    view,
    { title: 'mine.undoTitle', body: [view.t('mine.undoBody')], button: 'mine.undoNow', back: false },
    fresh(view),
    (of) => desk.takeBack(of('password')),
  );

const dead: Draw = (_desk, view) =>
  page(
    view,
    view.t('link.expiredTitle'),
    html`<p>${view.t('mine.linkDead')}</p>
      <div class="actions">
        ${press(view, 'common.signIn', 'primary', () => view.send({ type: 'show', screen: 'signIn' }))}
      </div>`,
  );

const PAGES: Readonly<Record<Page, Draw>> = {
  home,
  name,
  email,
  emailSent,
  password,
  erase,
  confirm,
  undo,
  dead,
};
