// What each line says in a sentence, for programs and whoever reads their answers; the staff's page has its own, with the cure.
import type { Check } from './check.ts';

type Title = readonly [french: string, english: string];

const TITLES: Readonly<Record<Check['check'], Partial<Record<Check['state'], Title>>>> = {
  registered: {
    good: ['Cette adresse est enregistrée.', 'This address is registered.'],
    bad: ['Cette adresse n’est pas enregistrée.', 'This address is not registered.'],
  },
  answers: {
    good: ['La page répond.', 'The page answers.'],
    bad: ['La page ne répond pas comme il faut.', 'The page does not answer as it should.'],
    unknown: ['La page ne s’est pas laissé regarder.', 'The page did not let itself be looked at.'],
  },
  script: {
    good: ['Notre script est en place.', 'Our script is in place.'],
    bad: ['Notre script ne fonctionne pas dans cette page.', 'Our script does not work in this page.'],
    unknown: ['Notre script est à vérifier.', 'Our script needs a look.'],
  },
  tag: {
    good: ['Le paiement a sa place dans la page.', 'The payment has its place in the page.'],
    bad: ['Le paiement n’a pas sa place dans la page.', 'The payment has no place in the page.'],
    unknown: ['La place du paiement est à vérifier.', 'The payment’s place needs a look.'],
  },
  policy: {
    good: [
      'La politique de sécurité de la page nous laisse passer.',
      'The page’s security policy lets us through.',
    ],
    bad: ['La politique de sécurité de la page nous bloque.', 'The page’s security policy blocks us.'],
  },
  mixed: {
    good: [
      'Tout est demandé par une connexion sécurisée.',
      'Everything is asked for over a secure connection.',
    ],
    bad: [
      'Une adresse en http est bloquée dans une page en https.',
      'An http address is blocked in an https page.',
    ],
  },
  popup: {
    unknown: [
      'La fenêtre de PayPal ne peut pas s’ouvrir ici; le paiement passe par la page entière.',
      'PayPal’s window cannot open here; the payment takes the whole page.',
    ],
  },
};

export function titlesOf({ check, state }: Check): { title: string; titleEn: string } {
  const title = TITLES[check][state];
  if (title === undefined) throw new Error(`no title for ${check}, ${state}`);
  return { title: title[0], titleEn: title[1] };
}
