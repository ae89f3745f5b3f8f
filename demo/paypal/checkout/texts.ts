// The words of the stand-in's pages. PayPal's own labels are quoted as the procedure quotes them (S26, S27).
export type Texts = ReturnType<typeof texts>;

/** French unless the order asks for English. */
export function texts(locale: string | undefined) {
  const lang = locale?.startsWith('en') === true ? ('en' as const) : ('fr' as const);
  return { lang, ...(lang === 'fr' ? FR : EN) };
}

const NBSP = '\u00a0';
const FR = {
  simulation: 'simulation de PayPal',
  noRealMoney: `Simulation de PayPal${NBSP}: aucun argent réel ne bouge.`,
  title: 'Payer',
  logIn: 'Se connecter à PayPal',
  logInHint: 'N’importe quelle adresse et n’importe quel mot de passe conviennent ici.',
  payByCard: 'Payer par carte de crédit ou carte de débit Visa',
  testCards: 'Cartes à essayer',
  email: 'Courriel',
  password: 'Mot de passe',
  cardNumber: 'Numéro de carte',
  expiry: 'Expiration (MM/AA)',
  cvv: 'Code de sécurité (CVV)',
  givenName: 'Prénom',
  surname: 'Nom',
  postalCode: 'Code postal',
  continue: 'Continuer',
  cancel: (merchant: string) => `Annuler et retourner chez ${merchant}`,
  goBack: 'Retourner au site',
  gone: 'Cette page de paiement n’existe plus.',
  goneHelp: 'Rien n’a été payé ici. Retournez au site de votre regroupement et recommencez.',
  alreadyDone: 'Ce paiement est déjà fait.',
  cancelled: 'Paiement annulé.',
  approved: 'Paiement autorisé.',
  errRequired: 'Remplissez cette case.',
  errEmail: 'Inscrivez une adresse courriel complète.',
  errNumber: 'Ce numéro de carte n’est pas valide.',
  errBrand: 'Cette carte n’est pas acceptée ici. Utilisez une carte Visa ou Mastercard.',
  errExpiry: 'Inscrivez le mois et l’année, comme 12/30.',
  errExpired: 'Cette carte est expirée.',
  errCvv: 'Inscrivez les 3 chiffres au dos de la carte.',
  money: (value: string, currency: string) =>
    new Intl.NumberFormat('fr-CA', { style: 'currency', currency }).format(Number(value)),
};
const EN: typeof FR = {
  simulation: 'PayPal simulation',
  noRealMoney: 'PayPal simulation: no real money moves.',
  title: 'Pay',
  logIn: 'Log in to PayPal',
  logInHint: 'Any address and any password will do here.',
  payByCard: 'Pay with a credit or Visa Debit card',
  testCards: 'Cards to try',
  email: 'Email',
  password: 'Password',
  cardNumber: 'Card number',
  expiry: 'Expires (MM/YY)',
  cvv: 'Security code (CVV)',
  givenName: 'First name',
  surname: 'Last name',
  postalCode: 'Postal code',
  continue: 'Continue',
  cancel: (merchant) => `Cancel and return to ${merchant}`,
  goBack: 'Return to the site',
  gone: 'This payment page no longer exists.',
  goneHelp: 'Nothing was paid here. Go back to your association’s site and start again.',
  alreadyDone: 'This payment is already done.',
  cancelled: 'Payment cancelled.',
  approved: 'Payment authorized.',
  errRequired: 'Fill in this field.',
  errEmail: 'Enter a full email address.',
  errNumber: 'This card number is not valid.',
  errBrand: 'This card is not accepted here. Use a Visa or Mastercard.',
  errExpiry: 'Enter the month and year, like 12/30.',
  errExpired: 'This card has expired.',
  errCvv: 'Enter the 3 digits on the back of the card.',
  money: (value, currency) =>
    new Intl.NumberFormat('en-CA', { style: 'currency', currency }).format(Number(value)),
};
