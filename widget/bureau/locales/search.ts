// Finding a file.
import type { Catalogue } from '../words.ts';

export const words = {
  'search.title': ['Recherche', 'Search'],
  'search.label': ['Chercher un dossier', 'Find a file'],
  'search.placeholder': ['Nom, courriel, # de certificat…', 'Name, e-mail, certificate #…'],
  'search.tip': [
    'Une partie du nom suffit, sans accents; ou un courriel, un # de certificat, de facture ou de paiement. Entrée ouvre le premier dossier, ↑ et ↓ en choisissent un autre.',
    'A part of the name is enough, without accents; or an e-mail, a certificate, invoice or payment #. Enter opens the first file, ↑ and ↓ choose another.',
  ],
  'search.slash': ['La touche / mène à la case de recherche.', 'The / key leads to the search field.'],
  'search.recent': ['Dossiers ouverts récemment', 'Files opened recently'],
  'search.results': ['Dossiers trouvés', 'Files found'],
  'search.found': [
    '{n, plural, one {# dossier} other {# dossiers}}',
    '{n, plural, one {# file} other {# files}}',
  ],
  'search.first': [
    '{n} dossiers\u00a0: voici les 20 premiers. Précisez.',
    '{n} files: here are the first 20. Be more precise.',
  ],
  'search.many': ['Plus de 200\u00a0: précisez.', 'More than 200: be more precise.'],
  'search.none': [
    'Aucun dossier. Vérifiez l’orthographe, ou essayez le # de certificat.',
    'No file. Check the spelling, or try the certificate #.',
  ],
  'search.searching': ['Recherche…', 'Searching…'],
  'search.owes': ['doit {montant}', 'owes {montant}'],
  'search.closed': ['dossier fermé', 'file closed'],
  'search.credit': ['crédit de {montant}', 'credit of {montant}'],
} as const satisfies Catalogue;
