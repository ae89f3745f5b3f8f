// The box in which a password is chosen: what it should be, and while she types, whether it is long enough.
import { PASSWORD_MIN } from '../pay/journey/transitions.ts';
import { type FieldView, field } from './field.ts';

const GOOD_LENGTH = 16;
const GOOD_VARIETY = 8;

type Said = 'account.passwordHint' | 'strength.short' | 'strength.good' | 'strength.fair';

export function newPasswordField<K, S>(
  view: FieldView<K | Said, 'password', S>,
  label: NoInfer<K | Said | 'account.showPassword'>,
) {
  return field(view, 'password', {
    label,
    type: 'password',
    autocomplete: 'new-password',
    hint: view.t('account.passwordHint', { min: PASSWORD_MIN }),
    // Of its length only: whether it is known or soon guessed, the server tells, and that must not contradict this.
    typing: (password) => {
      const letters = [...password];
      if (letters.length === 0) return '';
      if (letters.length < PASSWORD_MIN)
        return view.plain('strength.short', { n: PASSWORD_MIN - letters.length });
      const good = letters.length >= GOOD_LENGTH && new Set(letters).size >= GOOD_VARIETY;
      return view.plain(good ? 'strength.good' : 'strength.fair');
    },
    enterkeyhint: 'go',
  });
}
