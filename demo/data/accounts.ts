// Accounts of the demo that exist already, to sign in with at once.
export const DEMO_PASSWORD = 'sept grenouilles bleues';
export const DEMO_ACCOUNTS = [
  {
    slug: 'petits-bouleaux',
    name: 'Marie-Ève L’Écuyer-Tremblay',
    email: 'marie-eve.lecuyer@example.org',
    lang: 'fr-CA',
    what: 'one invoice, overdue, and one paid last year',
  },
  {
    slug: 'petits-bouleaux',
    name: 'Gaétane Thériault',
    email: 'garderie.ptitsloups@example.org',
    lang: 'fr-CA',
    what: 'two files under one e-mail; one is at 0 $ with an endorsement not yet invoiced',
  },
  {
    slug: 'la-farandole',
    name: 'Ève Roy',
    email: 'eve.roy+garderie@example.com',
    lang: 'fr-CA',
    what: 'two certificates to pay, together or apart',
  },
  {
    slug: 'outaouais-gatineau',
    name: 'Heather MacDougall',
    email: 'heather.macdougall@example.org',
    lang: 'en-CA',
    what: 'in English, with taxes on the fee',
  },
] as const;
