// What a person may be at a regroupement: Lecture, Bureau or Responsable.
export const ROLES = ['reader', 'office', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** What a person may refund without confirming who she is, unless it is said otherwise: 500 $, in cents. */
export const REFUND_CEILING_CENTS = 50_000;
