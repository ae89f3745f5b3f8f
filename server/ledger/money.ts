// Arithmetic on integer cents (M1): no floating point in a sum, half-up once per line, negatives away from zero.

/**
 * The largest amount, in cents, that an invoice, one of its lines or a payment that people write may have: 10,000,000.00 $.
 * More is a slip of the keyboard, and is refused where it is written. What is paid needs no bound of its own: it is compared
 * with the balance, and PayPal takes 15 digits.
 */
export const MAX_CENTS = 1_000_000_000;

/** `numerator / denominator` to the nearest integer; a half goes away from zero. Throws RangeError beyond exact integers. */
export function roundedQuotient(numerator: number, denominator: number): number {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator <= 0) {
    throw new RangeError('not an exact quotient of integers');
  }
  const size = Math.abs(numerator);
  const whole = Math.floor(size / denominator);
  const rest = size - whole * denominator;
  const rounded = rest * 2 >= denominator ? whole + 1 : whole;
  return numerator < 0 && rounded !== 0 ? -rounded : rounded;
}

/** The sum of cents. */
export function sum(cents: Iterable<number>): number {
  let total = 0;
  for (const each of cents) total += each;
  return total;
}
