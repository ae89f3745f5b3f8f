// What refuses staff while an online payment holds the invoice.

/** What the problem's title says to a payer, said to staff. */
export const HELD = {
  detail:
    'Un paiement en ligne est en cours pour cette facture. Attendez sa fin, ou libérez-le s’il n’est pas fait chez PayPal, puis recommencez.',
  detailEn:
    'An online payment is in progress for this invoice. Wait for its end, or release it if it is not made at PayPal, then try again.',
};
