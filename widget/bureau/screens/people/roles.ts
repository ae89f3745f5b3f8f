// The three roles to choose from, each with what it may do; for who is invited and for who is here.
import { html } from 'lit';
import type { Page } from '../../desk.ts';
import type { Membership } from '../../office.ts';

export type Role = Membership['role'];
const ROLES: readonly Role[] = ['reader', 'office', 'owner'];

/** `chosen` is marked; `choose` is told of another one. */
export function roles(
  { words: { t } }: Pick<Page, 'words'>,
  chosen: Role,
  choose: (role: Role) => void,
): unknown {
  return html`<fieldset>
    <legend>${t('people.role')}</legend>
    ${ROLES.map(
      (
        role,
      ) => html`<label class="check"><input type="radio" name="role" value=${role} ?checked=${role === chosen}
        @change=${() => choose(role)} /><span>${t(`role.${role}`)} <span class="hint">${t(`people.${role}`)}</span></span></label>`,
    )}
  </fieldset>`;
}
