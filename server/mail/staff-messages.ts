// Messages to the people of a regroupement's office (S44).
import { dateTime, day, money } from '../format.ts';
import { readNotice } from './notices.ts';
import type { Writers } from './writers.ts';

export const staffMessages: Writers<
  | 'staff-invitation'
  | 'staff-invitation-asked'
  | 'staff-digest'
  | 'staff-notice'
  | 'staff-enrolment'
  | 'staff-reset'
  | 'staff-password-changed'
> = {
  'staff-invitation': (_deps, { t, office, regroupement }, { token }) => ({
    subject: t.staffInvitationSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.staffInvitationBody(regroupement.naming) },
      { link: `${office}#invitation=${token}`, label: t.staffInvitationButton },
      { text: t.staffInvitationEnd },
    ],
  }),
  'staff-invitation-asked': async ({ db }, { t, office, regroupement }, { invitationId }) => {
    const { rows } = await db.execute<{ name: string; email: string }>(
      'SELECT name, email FROM staff_invitations WHERE id = ?',
      [invitationId],
    );
    const { name = '', email = '' } = rows[0] ?? {};
    return {
      subject: t.staffInvitationAskedSubject(regroupement.name),
      parts: [
        { text: t.hello },
        { text: t.staffInvitationAskedBody(name, email) },
        { link: `${office}#utilisateurs`, label: t.staffInvitationAskedButton },
      ],
    };
  },
  'staff-digest': (_deps, { t, lang, office, regroupement }, { day: on, payments, cents, exceptions }) => ({
    subject: t.staffDigestSubject(day(on, lang), regroupement.name),
    parts: [
      { text: t.hello },
      {
        facts: [
          ...(payments > 0
            ? ([[t.staffDigestPayments, `${payments} (${money(cents, lang)})`]] as [string, string][])
            : []),
          ...(exceptions > 0 ? ([[t.staffDigestExceptions, String(exceptions)]] as [string, string][]) : []),
        ],
      },
      { link: office, label: t.signIn },
    ],
  }),
  'staff-notice': async (deps, { t, lang, office, regroupement }, { seq }) => {
    const act = await readNotice(deps, regroupement.id, seq);
    const { what, subject } = t.notice;
    const by = t.notice.by(act.actor, act.actorName);
    return {
      subject: subject(regroupement.name),
      parts: [
        { text: t.hello },
        { text: what(act) },
        {
          facts: [
            [t.notice.who, by],
            [t.notice.when, dateTime(act.at, lang)],
          ],
        },
        { text: t.notice.end },
        { link: office, label: t.signIn },
      ],
    };
  },
  'staff-enrolment': (_deps, { t, office, regroupement }, { token }) => ({
    subject: t.staffEnrolmentSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.staffEnrolmentBody(regroupement.naming) },
      { link: `${office}#second-facteur=${token}`, label: t.staffEnrolmentButton },
      { text: t.staffEnrolmentEnd(regroupement.naming) },
    ],
  }),
  'staff-reset': (_deps, { t, office, regroupement }, { token }) => ({
    subject: t.staffResetSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.staffResetBody },
      { link: `${office}#mot-de-passe=${token}`, label: t.resetButton },
      { text: t.resetEnd },
    ],
  }),
  'staff-password-changed': (_deps, { t, office, regroupement }) => ({
    subject: t.staffPasswordChangedSubject(regroupement.name),
    parts: [
      { text: t.hello },
      { text: t.staffPasswordChangedBody(regroupement.naming) },
      { link: office, label: t.signIn },
    ],
  }),
};
