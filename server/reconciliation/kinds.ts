// What moves money of payments (S31, and after); the rest of an account's movements are sums of their own.
export const MONEY_KINDS = ['capture', 'refund', 'reversal', 'return'] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];
