// The pages of « Mon compte », and those of the e-mailed links about it: among them a new password for a forgotten one (S13).
import { html, nothing, type TemplateResult } from 'lit';
import { emailAddress } from '../../controls/email-address.ts';
import { field, typedIn } from '../../controls/field.ts';
import { newPasswordField } from '../../controls/new-password.ts';
import { button, page, press, submit, waiting } from '../../controls/parts.ts';
import { dateTime } from '../../locales/format.ts';
import type { Key } from '../../locales/text.ts';
import type { Field } from '../journey/state.ts';
import { contact, newTab, notice, rights } from '../screens/notice.ts';
import type { View } from '../view.ts';
import type { MyAccount, Page } from './my-account.ts';

/** The page that is open, with its own notice and fields to correct. */
export function myAccountScreen(account: MyAccount, outer: View): TemplateResult {
  account.speak(outer.lang);
  const state = { ...outer.state, notice: account.notice, errors: account.errors, failed: null };
  const view: View = { ...outer, state, busy: account.busy };
  if (outer.around) view.around = { ...outer.around, notice: notice(view, nothing) };
  if (account.page !== null) return PAGES[account.page](account, view);
  const looking =
    account.notice === null
      ? waiting(view, 'link.checking')
      : press(view, 'common.retry', 'secondary', () => account.retry());
  return page(view, view.t('common.brand'), looking);
}

type Draw = (account: MyAccount, view: View) => TemplateResult;

const home: Draw = (account, view) =>
  page(
    view,
    view.t('mine.title'),
    html`<h3>${view.t('mine.who')}</h3>
      <dl class="facts">
        ${editableFact(view, 'account.name', view.state.me?.name, to(account, view, 'name', 'mine.change', 'mine.name'))}
        ${editableFact(view, 'account.email', view.state.me?.email, to(account, view, 'email', 'mine.change', 'mine.email'))}
        ${editableFact(view, 'account.password', '••••••••', to(account, view, 'password', 'mine.change', 'mine.password'))}
      </dl>
      <h3>${view.t('mine.sessions')}</h3>
      ${sessions(account, view)}
      <h3>${view.t('mine.data')}</h3>
      <p>${view.t('mine.dataNote')}</p>
      ${data(account, view)} ${officer(view)}
      <h3>${view.t('mine.erase')}</h3>
      <p>${view.t('mine.eraseAbout')}</p>
      <p>${to(account, view, 'erase', 'mine.erase')}</p>`,
  );

const editableFact = (view: View, label: Key, value: string | undefined, change: TemplateResult) =>
  html`<div><dt>${view.t(label)}</dt><dd><span translate="no">${value}</span> ${change}</dd></div>`;

/** A button to another page; `names` where several on the page read the same. */
function to(account: MyAccount, view: View, target: Page, label: Key, names?: Key): TemplateResult {
  return html`<button
    class="link"
    part="button link"
    type="button"
    aria-label=${names === undefined ? nothing : view.plain(names)}
    @click=${() => account.show(target)}
  >
    ${view.t(label)}
  </button>`;
}

function sessions(account: MyAccount, view: View) {
  if (account.sessions === null) return waiting(view, 'common.loading');
  return html`<ul class="cards">
      ${account.sessions.map(({ id, browser, lastUsedAt, current }) => {
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
                  @click=${() => account.end(id)}
                >
                  ${view.t('mine.end')}
                </button>`
          }
        </li>`;
      })}
    </ul>
    ${
      account.sessions.length > 2
        ? html`<p>${press(view, 'mine.endOthers', 'secondary', () => account.endOthers())}</p>`
        : nothing
    }`;
}

function data(account: MyAccount, view: View) {
  const { links } = account;
  if (links === null)
    return html`<p>${press(view, 'mine.dataGet', 'secondary', () => account.getData())}</p>`;
  return html`<p role="status">${view.t('mine.dataReady')}</p>
    <ul class="links">
      <li>${newTab(view, links.htmlUrl, 'mine.dataPage')}</li>
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
  account: MyAccount,
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
          ${words.back === false ? nothing : press(view, 'common.back', 'link', () => account.show('home'))}
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

const name: Draw = (account, view) =>
  asking(
    account,
    view,
    { title: 'mine.name', body: [view.t('mine.nameNote')], button: 'mine.save' },
    field(view, 'name', {
      label: 'account.name',
      autocomplete: 'name',
      value: view.state.me?.name ?? '',
      enterkeyhint: 'go',
    }),
    (of) => account.saveName(of('name')),
  );

const email: Draw = (account, view) =>
  asking(
    account,
    view,
    { title: 'mine.email', body: [view.t('mine.emailNote')], button: 'mine.emailSend' },
    html`${field(view, 'email', {
      label: 'mine.newEmail',
      type: 'email',
      autocomplete: 'email',
      enterkeyhint: 'next',
    })}
    ${current(view)}`,
    (of) => account.askEmail(of('email'), of('currentPassword')),
  );

const emailSent: Draw = (account, view) =>
  page(
    view,
    view.t('account.sent.title'),
    html`<p>${view.t('mine.emailSent', { courriel: emailAddress(account.email) })}</p>
      <p>${view.t('account.sent.spam')}</p>
      <div class="actions">${press(view, 'common.back', 'secondary', () => account.show('home'))}</div>`,
  );

const password: Draw = (account, view) =>
  asking(
    account,
    view,
    { title: 'mine.password', body: [view.t('mine.passwordNote')], button: 'mine.save' },
    html`${current(view)} ${fresh(view)}`,
    (of) => account.changePassword(of('currentPassword'), of('password')),
  );

const erase: Draw = (account, view) =>
  asking(
    account,
    view,
    {
      title: 'mine.erase',
      body: [view.t('mine.eraseAbout'), view.t('mine.eraseKept')],
      button: 'mine.eraseNow',
    },
    current(view),
    (of) => account.erase(of('currentPassword')),
  );

const confirm: Draw = (account, view) =>
  asking(
    account,
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
    (of) => account.confirmEmail(of('password')),
  );

const undo: Draw = (account, view) =>
  asking(
    account,
    view,
    { title: 'mine.undoTitle', body: [view.t('mine.undoBody')], button: 'mine.undoNow', back: false },
    fresh(view),
    (of) => account.takeBack(of('password')),
  );

const newPassword: Draw = (account, view) =>
  asking(
    account,
    view,
    { title: 'mine.new', body: [view.t('mine.passwordNote')], button: 'mine.save', back: false },
    fresh(view),
    (of) => account.choosePassword(of('password')),
  );

const unlink: Draw = (account, view) =>
  page(
    view,
    view.t('undo.title'),
    html`<p>${view.t('undo.body')}</p>
      <div class="actions">${press(view, 'undo.submit', 'primary', () => account.unlink())}</div>`,
  );

const unlinked: Draw = (_account, view) =>
  page(
    view,
    view.t('undo.doneTitle'),
    html`<p>${view.t('undo.done')}</p>
      <p>${contact(view)}</p>`,
  );

/** Expired or unknown, or used twice: each link says what to do next. */
const dead: Draw = ({ link, used }, view) => {
  const reset = link?.kind === 'reset';
  const title = view.t(used ? 'link.usedTitle' : 'link.expiredTitle');
  if (link?.kind === 'undo') {
    return page(
      view,
      title,
      html`<p>${view.t(used ? 'link.usedUndo' : 'link.expiredUndo')}</p>
        <p>${contact(view)}</p>`,
    );
  }
  return page(
    view,
    title,
    html`<p>${view.t(reset ? (used ? 'link.usedReset' : 'account.linkExpired') : 'mine.linkDead')}</p>
      <div class="actions">
        ${
          reset && !used
            ? html`${button(view, 'link.askAgain', 'forgot', 'primary')} ${button(view, 'common.signIn', 'signIn', 'link')}`
            : html`${button(view, 'common.signIn', 'signIn', 'primary')} ${button(view, 'account.forgot', 'forgot', 'link')}`
        }
      </div>`,
  );
};

const PAGES: Readonly<Record<Page, Draw>> = {
  home,
  name,
  email,
  emailSent,
  password,
  erase,
  confirm,
  undo,
  newPassword,
  unlink,
  unlinked,
  dead,
};
