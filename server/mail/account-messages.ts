// Messages about having an account (S11–S13), and about what it is linked to.
import { day } from '../format.ts';
import type { Writers } from './writers.ts';

export const accountMessages: Writers<
  | 'activate'
  | 'exists'
  | 'reset'
  | 'password-changed'
  | 'email-change'
  | 'email-changed'
  | 'account-erased'
  | 'account-ending'
  | 'new-browser'
  | 'linked'
  | 'link-code'
  | 'link-undecided'
  | 'link-approved'
  | 'link-requests'
> = {
  activate: (_deps, { t, page, regroupement }, { token }) => ({
    subject: t.activateSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.activateBody },
      { link: `${page}#activer=${token}`, label: t.activateButton },
      { text: t.activateEnd },
    ],
  }),
  exists: (_deps, { t, page, regroupement }) => ({
    subject: t.existsSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.existsBody },
      { link: page, label: t.signIn },
      { text: t.existsEnd },
    ],
  }),
  reset: (_deps, { t, page, regroupement }, { token, instead = false }) => ({
    subject: t.resetSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: instead ? t.resetInstead : t.resetBody },
      { link: `${page}#reinitialiser=${token}`, label: t.resetButton },
      { text: t.resetEnd },
    ],
  }),
  'password-changed': (_deps, { t, page, regroupement }) => ({
    subject: t.passwordChangedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.passwordChangedBody(regroupement.naming) },
      { link: page, label: t.signIn },
    ],
  }),
  'email-change': (_deps, { t, page, regroupement }, { token }) => ({
    subject: t.emailChangeSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.emailChangeBody(regroupement.naming) },
      { link: `${page}#courriel=${token}`, label: t.emailChangeButton },
      { text: t.emailChangeEnd },
    ],
  }),
  'email-changed': (_deps, { t, page, regroupement }, { token }) => ({
    subject: t.emailChangedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.emailChangedBody(regroupement.naming) },
      { text: t.emailChangedNotYou },
      { link: `${page}#annuler-courriel=${token}`, label: t.emailChangedButton },
    ],
  }),
  'account-erased': (_deps, { t, regroupement }) => ({
    subject: t.erasedSubject(regroupement.name),
    parts: [{ text: t.hello }, { text: t.erasedBody(regroupement.naming) }, { text: t.erasedKept }],
  }),
  'account-ending': (_deps, { t, lang, page, regroupement }, { on }) => ({
    subject: t.endingSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.endingBody(regroupement.naming, day(on, lang)) },
      { link: page, label: t.signIn },
    ],
  }),
  'new-browser': (_deps, { t, page, regroupement }, { browser = '' }) => ({
    subject: t.newBrowserSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.newBrowserBody(browser === '' ? '' : ` (${browser})`) },
      { text: t.newBrowserNotYou(regroupement.naming) },
      { link: page, label: t.signIn },
    ],
  }),
  linked: (_deps, { t, page, regroupement }, { accountEmailMasked, undoToken }) => ({
    subject: t.linkedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.linkedBody(accountEmailMasked) },
      { text: t.linkedNotYou(regroupement.naming) },
      { link: `${page}#delier=${undoToken}`, label: t.linkedButton },
    ],
  }),
  'link-code': (_deps, { t, regroupement }, { accountEmailMasked, code }) => ({
    subject: t.linkCodeSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.linkCodeBody(accountEmailMasked) },
      { facts: [[t.linkCode, `${code.slice(0, 4)} ${code.slice(4)}`]] },
      { text: t.linkCodeEnd(regroupement.naming) },
    ],
  }),
  'link-undecided': (_deps, { t, page, regroupement }) => ({
    subject: t.linkUndecidedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.linkUndecidedBody },
      { text: t.linkUndecidedEnd(regroupement.naming) },
      { link: page, label: t.searchAgain },
    ],
  }),
  'link-approved': (_deps, { t, page, regroupement }) => ({
    subject: t.linkApprovedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.linkApprovedBody(regroupement.naming) },
      { link: page, label: t.payAgain },
    ],
  }),
  'link-requests': (_deps, { t, regroupement }) => ({
    subject: t.linkRequestsSubject,
    parts: [{ text: t.linkRequestsBody }, { text: `amisgest-pay links pending ${regroupement.slug}` }],
  }),
};
