// French words of PayPal's window. Loaded with it.
export const words = {
  'pay.opensPaypal':
    'Vous payez dans une fenêtre de PayPal, par carte Visa ou Mastercard ou avec votre compte PayPal.',
  'pay.popupOpen': 'Terminez dans la fenêtre de PayPal, puis revenez ici.',
  'pay.popupDone': 'J’ai terminé chez PayPal',
  'pay.cardButton': 'Payer par carte, sans compte PayPal',
};
