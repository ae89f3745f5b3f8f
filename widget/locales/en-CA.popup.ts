// English words of PayPal's window. Loaded with it.
import type { words as french } from './fr-CA.popup.ts';

export const words: Readonly<Record<keyof typeof french, string>> = {
  'pay.opensPaypal': 'You pay in a PayPal window, by Visa or Mastercard or with your PayPal account.',
  'pay.popupOpen': 'Finish in the PayPal window, then come back here.',
  'pay.popupDone': 'I am done at PayPal',
  'pay.cardButton': 'Pay by card, without a PayPal account',
};
