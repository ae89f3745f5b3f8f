// What the three invented regroupements say on their own sites.
export interface Article {
  lang: 'fr-CA' | 'en-CA';
  shortName: string;
  title: string;
  menu: string[];
  before: string[];
  after: string[];
  asideTitle: string;
  aside: string[];
  pictureAlt: string;
  /** Inline SVG. */
  logo: string;
  picture: string;
}

const shore = (sky: string, sun: string, far: string, water: string, near: string) =>
  `<svg viewBox="0 0 1200 260" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><rect width="1200" height="260" fill="${sky}"/><circle cx="930" cy="90" r="46" fill="${sun}"/><path d="M0 160 180 90l150 60 170-80 190 80 160-50 190 60 160-30v130H0z" fill="${far}"/><path d="M0 175h1200v85H0z" fill="${water}"/><path d="M0 200c150-30 300 20 460 6s260-30 420-4 210 10 320-6v64H0z" fill="${near}"/></svg>`;

export const ARTICLES: Record<'petits-bouleaux' | 'la-farandole' | 'outaouais-gatineau', Article> = {
  'petits-bouleaux': {
    lang: 'fr-CA',
    shortName: 'Les Petits-Bouleaux',
    title: 'Assurance responsabilité 2026-2027',
    menu: ['Accueil', 'Le regroupement', 'Assurances', 'Formations', 'Nous joindre'],
    before: [
      'Le renouvellement de votre assurance responsabilité est arrivé! Vous avez reçu votre facture par la poste ou par courriel au cours des derniers jours. Prenez le temps de vérifier vos renseignements.',
      'Vous pouvez payer en ligne, ici même, par carte Visa ou Mastercard ou avec un compte PayPal.',
    ],
    after: [
      'Vous préférez payer par chèque? Faites-le parvenir à notre adresse, avec votre # de certificat au verso.',
    ],
    asideTitle: 'À ne pas manquer',
    aside: [
      'Café-rencontre du 4 décembre à Matane',
      'Formation « Jouer dehors tout l’hiver »',
      'Le bureau sera fermé du 24 décembre au 4 janvier',
    ],
    pictureAlt: 'Le fleuve au petit matin, vu de la grève',
    logo: '<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><path d="M12 38V8M28 38V12" stroke="#f4f1e8" stroke-width="6"/><path d="M9 16h6M9 26h6M25 20h6M25 30h6" stroke="#24332b" stroke-width="2"/><path d="M2 14C6 2 18 2 22 12 26 4 36 6 38 16" fill="none" stroke="#9cc9a5" stroke-width="5"/></svg>',
    picture: shore('#f7dfc4', '#fff3d6', '#6f8f86', '#7fa7b5', '#3f5f53'),
  },
  'la-farandole': {
    lang: 'fr-CA',
    shortName: 'La Farandole',
    title: 'Vos assurances',
    menu: ['Accueil', 'Qui sommes-nous', 'Assurances', 'Coin des RSG', 'Contact'],
    before: [
      'Votre facture d’assurance se paie maintenant en ligne, en une ou plusieurs fois. Ayez votre facture en main si c’est votre première visite.',
    ],
    after: ['Une question sur votre facture? Écrivez-nous, nous répondons en moins de deux jours ouvrables.'],
    asideTitle: 'Nouvelles',
    aside: [
      'Le calendrier des sorties est en ligne',
      'On cherche des membres pour le comité de la fête',
      'Trucothèque : 12 bricolages de neige',
    ],
    pictureAlt: 'Des ballons de couleur au-dessus des toits',
    logo: '<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><circle cx="20" cy="11" r="7" fill="#ffd166"/><circle cx="10" cy="27" r="7" fill="#ef6f9c"/><circle cx="30" cy="27" r="7" fill="#59c3c3"/></svg>',
    picture: shore('#fde4ee', '#ffd166', '#c9a7d8', '#b9dfe6', '#a63d6e'),
  },
  'outaouais-gatineau': {
    lang: 'en-CA',
    shortName: 'Outaouais Family Childcare',
    title: 'Liability insurance for home child care providers',
    menu: ['Home', 'About us', 'Insurance', 'Training', 'Contact'],
    before: [
      'Your insurance invoice can be paid online, by card or with a PayPal account. Keep your invoice at hand on your first visit.',
    ],
    after: ['Le service est aussi offert en français : choisissez « Français » dans le formulaire.'],
    asideTitle: 'Notices',
    aside: [
      'The office closes at noon on Fridays',
      'First-aid course in Chelsea, January 16',
      'Rates for 2027 are now posted',
    ],
    pictureAlt: 'The hills of the Gatineau in autumn',
    logo: '<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><path d="M4 34 20 6l16 28z" fill="#e9c46a"/><path d="M12 34l8-14 8 14z" fill="#1d4f91"/></svg>',
    picture: shore('#dbe7f3', '#fffbe8', '#c8824a', '#7d9bbd', '#8a4f2a'),
  },
};
