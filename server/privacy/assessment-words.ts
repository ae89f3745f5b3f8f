// What the assessment says, in both languages.
import type { Lang } from '../fields.ts';

interface Words {
  language: string;
  title: string;
  ofNobody: string;
  officer: string;
  complaint: string;
  purpose: string;
  purposeText: string;
  rights: string;
  rightsList: readonly string[];
  data: string;
  dataText: string;
  from: string;
  why: string;
  seen: string;
  kept: string;
  where: string;
  places: string;
  unsaid: string;
  placesOf(data: string, mail: string): readonly (readonly [string, string])[];
  risks: string;
  risksText: string;
  risksList: readonly (readonly [string, string])[];
  retention: string;
  retentionText: string;
  days: string;
  since: string;
  incidents: string;
  incidentsText: string;
}

const FR: Words = {
  language: 'Français',
  title: 'Vos renseignements personnels et le paiement en ligne',
  ofNobody:
    'Ce texte vaut pour chaque regroupement qui utilise ce service. La page de paiement de chacun mène au sien, avec la personne responsable.',
  officer: 'La personne responsable',
  complaint:
    'Écrivez-lui pour toute question, pour faire corriger votre dossier d’assurance ou pour vous plaindre. Vous pouvez aussi vous adresser à la Commission d’accès à l’information du Québec (cai.gouv.qc.ca).',
  purpose: 'À quoi servent ces renseignements',
  purposeText:
    'À payer une facture d’assurance, à le prouver et à tenir les livres du regroupement. À rien d’autre\u00a0: pas de publicité, pas de statistiques sur les personnes, pas de décision prise par une machine, pas de témoin (cookie), rien de vendu.',
  rights: 'Ce que vous pouvez faire vous-même',
  rightsList: [
    'Voir et télécharger tout ce qui est gardé sur vous\u00a0: «\u00a0Mon compte\u00a0», puis «\u00a0Mes renseignements\u00a0».',
    'Corriger votre nom et votre courriel\u00a0: «\u00a0Mon compte\u00a0».',
    'Supprimer votre compte\u00a0: «\u00a0Mon compte\u00a0». Ce que les livres doivent garder reste, sans votre nom ni votre courriel, sauf sur les reçus.',
    'Défaire un lien entre un compte et votre certificat\u00a0: le lien est dans le courriel d’avis.',
    'Faire tout cela par écrit, auprès de la personne responsable, qui répond en 30 jours au plus.',
  ],
  data: 'Ce qui est gardé',
  dataText:
    'Chaque renseignement, d’où il vient, pourquoi, qui le voit et combien de temps. La liste est celle du programme lui-même.',
  from: 'D’où',
  why: 'Pourquoi',
  seen: 'Qui le voit',
  kept: 'Gardé',
  where: 'Table',
  places: 'Où, et chez qui',
  unsaid: 'non précisé ici\u00a0: demandez à la personne responsable',
  placesOf: (data, mail) => [
    ['La base de données et le serveur', data],
    [
      'Les copies de sauvegarde',
      'Une copie garde ce qui y était le jour où elle a été faite, jusqu’à ce qu’elle soit détruite. Si elle doit servir, un compte supprimé depuis l’est de nouveau, et un lien défait reste défait, tant que la base qu’elle remplace peut le dire. Dans la base, ce qui est effacé n’est plus lu par rien; il peut en rester une trace dans son fichier jusqu’à ce que la place resserve.',
    ],
    [
      'Le journal technique du serveur',
      'Des codes, des numéros et des durées. Ni nom, ni courriel, ni adresse de réseau, ni page visitée.',
    ],
    [
      'Votre navigateur',
      'De quoi rester connectée (une clé qui n’en sort pas, un jeton) et votre langue; sur la page hébergée, le code d’une facture lu par votre appareil, un jour au plus. Le jeton et le code s’effacent quand vous vous déconnectez.',
    ],
    ['Le service de courriel', `${mail}. Il reçoit votre adresse et le texte des courriels.`],
    [
      'PayPal',
      'Hors du Québec (États-Unis et autres pays). Nous lui donnons un montant et un numéro de paiement; ni votre nom, ni votre courriel, ni votre numéro de certificat. Ce que vous lui écrivez (carte, compte, adresse) ne passe pas par ici et suit sa propre politique.',
    ],
    [
      'Le site de votre regroupement',
      'Il affiche la page de paiement. Ce que vous y écrivez va directement au serveur. Comme tout site, il est responsable des autres programmes qu’il charge; la page hébergée par le service n’en charge aucun.',
    ],
    [
      'Votre regroupement',
      'Son personnel voit ses dossiers, ses factures et ses paiements, et rien d’un autre regroupement.',
    ],
  ],
  risks: 'Les risques, et ce qui est fait',
  risksText:
    'La gravité vient de ce que les renseignements sont\u00a0: un nom, un courriel, une assurance, des montants. Ni numéro d’assurance sociale, ni santé, ni carte de paiement.',
  risksList: [
    [
      'Quelqu’un devine un dossier (nom connu, numéros qui se suivent)',
      'Essais limités par compte, adresse, certificat et regroupement; la même réponse à chaque erreur; preuve de plus demandée dès que les essais se multiplient; la personne au dossier est avisée et peut défaire. Ce qu’un nom et un numéro ouvrent\u00a0: ce qui reste à payer, sans nom ni historique.',
    ],
    [
      'Quelqu’un prend un mot de passe ou une connexion',
      'Mots de passe connus refusés; connexion liée à une clé qui ne sort pas du navigateur; avis à chaque nouvel appareil; liste des connexions et déconnexion à distance; mot de passe demandé avant tout changement.',
    ],
    [
      'Quelqu’un ouvre un compte avec le courriel d’une autre, avant ou après elle',
      'Rien n’existe avant le clic dans le courriel et le mot de passe de cet essai; un changement de courriel demande les deux aussi, et l’ancienne adresse peut reprendre le compte.',
    ],
    [
      'La base de données est copiée',
      'Mots de passe hachés, secrets de PayPal chiffrés, liens et jetons hachés. Les noms, courriels et montants seraient lisibles\u00a0: c’est le risque qui reste, gardé par le peu qui est conservé et par les accès au serveur.',
    ],
    [
      'Un courriel est lu par une autre personne',
      'Les liens expirent, ne servent qu’une fois et ne font rien sans un clic; les reçus ne contiennent que ce qui prouve le paiement.',
    ],
    [
      'Le personnel d’un regroupement voit trop',
      'Une clé par usage, qui expire, limitée à ce qu’elle permet, et dont chaque emploi est inscrit au journal.',
    ],
    [
      'Un paiement est perdu ou pris deux fois',
      'Livre qui ne s’efface pas, comparé chaque jour à celui de PayPal; aucun doute n’est dit «\u00a0refusé\u00a0».',
    ],
  ],
  retention: 'Combien de temps, exactement',
  retentionText:
    'Une tâche passe chaque heure et fait ce que dit ce tableau. Ce qui n’y est pas reste tant que le regroupement utilise le service.',
  days: 'Jours',
  since: 'Depuis',
  incidents: 'En cas d’incident',
  incidentsText:
    'Le regroupement tient un registre. Si un incident présente un risque de préjudice sérieux, il avise la Commission d’accès à l’information et les personnes touchées.',
};

const EN: Words = {
  language: 'English',
  title: 'Your personal information and online payment',
  ofNobody:
    'This text holds for each association that uses this service. The payment page of each leads to its own, with the person in charge.',
  officer: 'The person in charge',
  complaint:
    'Write to them with any question, to have your insurance file corrected, or to complain. You can also turn to the Commission d’accès à l’information du Québec (cai.gouv.qc.ca).',
  purpose: 'What this information is for',
  purposeText:
    'To pay an insurance invoice, to prove it and to keep the association’s books. Nothing else: no advertising, no statistics about people, no decision by a machine, no cookie, nothing sold.',
  rights: 'What you can do yourself',
  rightsList: [
    'See and download all that is kept about you: “My account”, then “My information”.',
    'Correct your name and your e-mail: “My account”.',
    'Delete your account: “My account”. What the books must keep stays, without your name or e-mail, except on receipts.',
    'Undo a link between an account and your certificate: the link is in the e-mail that told you.',
    'Do all of this in writing, with the person in charge, who answers within 30 days.',
  ],
  data: 'What is kept',
  dataText:
    'Each piece of information, where it comes from, why, who sees it and for how long. The list is the program’s own.',
  from: 'From',
  why: 'Why',
  seen: 'Who sees it',
  kept: 'Kept',
  where: 'Table',
  places: 'Where, and with whom',
  unsaid: 'not said here: ask the person in charge',
  placesOf: (data, mail) => [
    ['The database and the server', data],
    [
      'Backups',
      'A copy keeps what was there on the day it was made, until it is destroyed. Should it have to serve, an account deleted since is deleted again, and a link undone stays undone, as long as the database that it replaces can tell. In the database, nothing reads what was erased; a trace may stay in its file until its place is used again.',
    ],
    [
      'The server’s technical log',
      'Codes, numbers and durations. No name, e-mail, network address or page visited.',
    ],
    [
      'Your browser',
      'What keeps you signed in (a key that never leaves it, a token) and your language; on the hosted page, the code of an invoice that your device scanned, a day at most. The token and the code are erased when you sign out.',
    ],
    ['The mail service', `${mail}. It gets your address and the text of the e-mails.`],
    [
      'PayPal',
      'Outside Québec (United States and other countries). We give it an amount and a payment number; neither your name, nor your e-mail, nor your certificate number. What you write there (card, account, address) does not pass through here and follows its own policy.',
    ],
    [
      'Your association’s site',
      'It shows the payment page. What you write there goes straight to the server. Like any site, it answers for the other programs that it loads; the page hosted by the service loads none.',
    ],
    [
      'Your association',
      'Its staff see its files, invoices and payments, and nothing of another association.',
    ],
  ],
  risks: 'Risks, and what is done about them',
  risksText:
    'How grave it would be comes from what the information is: a name, an e-mail, an insurance, amounts. No social insurance number, no health, no payment card.',
  risksList: [
    [
      'Someone guesses a file (a known name, numbers that follow one another)',
      'Tries limited per account, address, certificate and association; one answer for every miss; one more proof as soon as tries pile up; the person on file is told and can undo. What a name and a number open: what is left to pay, without name or history.',
    ],
    [
      'Someone takes a password or a session',
      'Known passwords refused; a session bound to a key that never leaves the browser; a message at each new device; a list of sessions, ended from anywhere; the password asked before any change.',
    ],
    [
      'Someone opens an account with another’s e-mail, before or after her',
      'Nothing exists before the click in the e-mail and that attempt’s password; a change of e-mail takes both too, and the old address can take the account back.',
    ],
    [
      'The database is copied',
      'Passwords hashed, PayPal’s secrets encrypted, links and tokens hashed. Names, e-mails and amounts could be read: that is the risk that stays, held by how little is kept and by who reaches the server.',
    ],
    [
      'An e-mail is read by someone else',
      'Links expire, work once and do nothing without a click; receipts hold only what proves the payment.',
    ],
    [
      'An association’s staff see too much',
      'One key a use, which expires, limited to what it allows, each use of it on the record.',
    ],
    [
      'A payment is lost or taken twice',
      'A ledger that nothing erases, compared each day with PayPal’s; what is in doubt is never called “declined”.',
    ],
  ],
  retention: 'For how long, exactly',
  retentionText:
    'A task runs each hour and does what this table says. What is not in it stays as long as the association uses the service.',
  days: 'Days',
  since: 'Since',
  incidents: 'If there is an incident',
  incidentsText:
    'The association keeps a register. If an incident bears a risk of serious injury, it tells the Commission d’accès à l’information and the people concerned.',
};

export function assessmentWords(lang: Lang): Words {
  return lang === 'fr-CA' ? FR : EN;
}
