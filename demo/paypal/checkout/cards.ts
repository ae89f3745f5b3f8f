// The card numbers that this stand-in knows, and what becomes of them. They are the networks' published test numbers.
import type { Outcome } from '../books.ts';

export const CARDS: readonly {
  number: string;
  brand: 'Visa' | 'Mastercard';
  outcome: Outcome;
  fr: string;
  en: string;
}[] = [
  { number: '4111 1111 1111 1111', brand: 'Visa', outcome: 'accepted', fr: 'acceptée', en: 'accepted' },
  { number: '5555 5555 5555 4444', brand: 'Mastercard', outcome: 'accepted', fr: 'acceptée', en: 'accepted' },
  {
    number: '4000 0000 0000 0002',
    brand: 'Visa',
    outcome: 'declined',
    fr: 'refusée à la confirmation',
    en: 'declined at confirmation',
  },
  {
    number: '5105 1051 0510 5100',
    brand: 'Mastercard',
    outcome: 'pending',
    fr: 'mise en attente à la confirmation',
    en: 'held for review at confirmation',
  },
];

/** Which means a typed number is, or why it is none: not a card number, or a brand not taken here. */
export function cardOf(typed: string): { label: string; outcome: Outcome } | 'not-a-number' | 'other-brand' {
  const digits = typed.replace(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) return 'not-a-number';
  const brand = /^4/.test(digits) ? 'Visa' : /^(5[1-5]|2[2-7])/.test(digits) ? 'Mastercard' : null;
  if (brand === null) return 'other-brand';
  const known = CARDS.find((card) => card.number.replaceAll(' ', '') === digits);
  return { label: `${brand} ${digits.slice(-4)}`, outcome: known?.outcome ?? 'accepted' };
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const n = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (n > 9 ? n - 9 : n);
  }, 0);
  return sum % 10 === 0;
}
