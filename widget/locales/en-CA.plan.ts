// English words of a plan of instalments. Loaded with its dialog.
import type { words as french } from './fr-CA.plan.ts';

export const words: Readonly<Record<keyof typeof french, string>> = {
  'plan.how': 'In how many instalments?',
  'plan.parts': '{n} instalments',
  'plan.dates': 'Your instalments',
  'plan.date': 'No later than',
  'plan.nothing':
    'Nothing is charged by itself: you make each payment here, yourself. You will be reminded by e-mail. You can always pay more, or everything.',
  'plan.agree': 'Agree to these dates',
};
