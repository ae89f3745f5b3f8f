// Every datum about a person, table by table: what it is, where it comes from, what for, who sees it. The assessment
// page shows it; a test holds it against the database, so that no table can be added without a place in it.

interface Words {
  what: string;
  from: string;
  why: string;
  seen: string;
  kept: string;
}
export interface Datum {
  tables: readonly string[];
  fr: Words;
  en: Words;
}

const OWN = { fr: 'elle', en: 'she' } as const;
const BOOKS = {
  fr: 'tant que le regroupement utilise le service (la loi fiscale demande six ans au moins)',
  en: 'as long as the association uses the service (tax law asks for six years at least)',
} as const;

export const INVENTORY: readonly Datum[] = [
  {
    tables: ['accounts', 'sign_ups', 'password_resets', 'email_changes'],
    fr: {
      what: 'Le compte\u00a0: nom, courriel et ancien courriel, langue, mot de passe (illisible, argon2id), page d’où il a été demandé, dernière connexion',
      from: 'elle-même',
      why: 'la reconnaître, lui écrire, mettre son nom sur son reçu',
      seen: `${OWN.fr}, le regroupement`,
      kept: 'jusqu’à ce qu’elle le supprime, ou trois ans sans connexion (avec un avis 30 jours avant)',
    },
    en: {
      what: 'The account: name, e-mail and former e-mail, language, password (unreadable, argon2id), page it was asked from, last sign-in',
      from: 'herself',
      why: 'to know her again, write to her, put her name on her receipt',
      seen: `${OWN.en}, the association`,
      kept: 'until she deletes it, or three years without signing in (told 30 days before)',
    },
  },
  {
    tables: ['sessions', 'refresh_tokens', 'dpop_proofs'],
    fr: {
      what: 'Les connexions\u00a0: sorte d’appareil («\u00a0Safari, iPhone\u00a0»), dates, empreinte de la clé du navigateur',
      from: 'le navigateur',
      why: 'la garder connectée sur cet appareil et nulle part ailleurs; qu’elle reconnaisse ses connexions',
      seen: OWN.fr,
      kept: '30 jours au plus, et 7 jours après la fin',
    },
    en: {
      what: 'Sessions: kind of device (“Safari, iPhone”), dates, fingerprint of the browser’s key',
      from: 'the browser',
      why: 'to keep her signed in on that device and nowhere else; so that she recognises her sessions',
      seen: OWN.en,
      kept: '30 days at most, and 7 days after the end',
    },
  },
  {
    tables: [
      'holder_rows',
      'certificate_rows',
      'invoice_rows',
      'invoice_lines',
      'endorsement_rows',
      'manual_invoices',
      'file_search',
      'file_trigrams',
      'file_trigrams_config',
      'file_trigrams_data',
      'file_trigrams_docsize',
      'file_trigrams_idx',
      'invoice_secrets',
      'imports',
      'hidden_imports',
      'import_changes',
      'import_files',
      'import_file_parts',
    ],
    fr: {
      what: 'Le dossier d’assurance\u00a0: nom, nom d’usage, courriel au dossier, langue, état, numéros de dossier et de certificat, période, factures, avenants; le nom des fichiers importés',
      from: 'les fichiers du regroupement',
      why: 'trouver ce qu’elle doit',
      seen: `${OWN.fr}, s’il est prouvé que le dossier est le sien; la personne qui paie, seulement ce qui reste à payer; le regroupement`,
      kept: BOOKS.fr,
    },
    en: {
      what: 'The insurance file: name, usual name, e-mail on file, language, status, file and certificate numbers, period, invoices, endorsements; the names of imported files',
      from: 'the association’s files',
      why: 'to find what she owes',
      seen: `${OWN.en}, if the file is proven to be hers; whoever pays, only what is left to pay; the association`,
      kept: BOOKS.en,
    },
  },
  {
    tables: ['links', 'link_challenges', 'link_requests'],
    fr: {
      what: 'Les liens entre un compte et un certificat, les codes et les demandes d’accord',
      from: 'ses recherches',
      why: 'retrouver son dossier à la prochaine visite; que la personne au dossier puisse défaire le lien',
      seen: `${OWN.fr}, le regroupement; la personne au dossier voit le courriel du compte, masqué`,
      kept: 'jusqu’à la fin du compte; un code 7 jours, une demande un an après sa réponse',
    },
    en: {
      what: 'Links between an account and a certificate, codes, requests for approval',
      from: 'her searches',
      why: 'to find her file again next time; so that the person on file can undo the link',
      seen: `${OWN.en}, the association; the person on file sees the account’s e-mail, masked`,
      kept: 'until the account ends; a code 7 days, a request one year after its answer',
    },
  },
  {
    tables: [
      'payments',
      'allocations',
      'invoice_holds',
      'payment_events',
      'ledger_rows',
      'refunds',
      'reversal_returns',
      'disputes',
      'recorded_payments',
      'deposits',
      'exceptions',
      'worklist_marks',
      'events',
      'credits',
      'cancellations',
      'credit_notes',
      'credit_transfers',
      'instalment_plans',
      'instalments',
      'reconciliations',
    ],
    fr: {
      what: 'Les paiements\u00a0: montants, moyens, dates, ententes de versements, page de départ, numéros de paiement et de transaction PayPal; ce que le personnel en écrit (numéro d’un chèque, motif, note). Jamais de numéro de carte ni de compte',
      from: 'elle-même, PayPal, le regroupement',
      why: 'tenir les livres, ne jamais faire payer deux fois, rembourser',
      seen: `${OWN.fr}, le regroupement`,
      kept: BOOKS.fr,
    },
    en: {
      what: 'Payments: amounts, means, dates, plans of instalments, page they began on, payment and PayPal transaction numbers; what staff write about them (number of a cheque, reason, note). Never a card or account number',
      from: 'herself, PayPal, the association',
      why: 'to keep the books, never charge twice, refund',
      seen: `${OWN.en}, the association`,
      kept: BOOKS.en,
    },
  },
  {
    tables: ['receipts', 'refund_receipts', 'recorded_receipts'],
    fr: {
      what: 'Les reçus et leurs annulations\u00a0: nom et courriel de la personne qui a payé (pour un chèque, de la personne au dossier), certificat, montants, numéro du chèque',
      from: 'le paiement',
      why: 'preuve de paiement et d’impôt, qui ne change jamais',
      seen: `${OWN.fr}, le regroupement`,
      kept: BOOKS.fr,
    },
    en: {
      what: 'Receipts and their cancellations: name and e-mail of whoever paid (for a cheque, of the person on file), certificate, amounts, number of the cheque',
      from: 'the payment',
      why: 'proof of payment and for taxes, which never changes',
      seen: `${OWN.en}, the association`,
      kept: BOOKS.en,
    },
  },
  {
    tables: ['outbox'],
    fr: {
      what: 'Les courriels envoyés\u00a0: adresse, sorte, date; jusqu’à l’envoi, l’empreinte (avec clé) de l’adresse de réseau qui l’a demandé',
      from: 'le service',
      why: 'les envoyer une fois, savoir lesquels ne sont pas partis',
      seen: 'le regroupement; le service de courriel',
      kept: '90 jours après l’envoi',
    },
    en: {
      what: 'E-mails sent: address, kind, date; until they are sent, the keyed fingerprint of the network address that asked',
      from: 'the service',
      why: 'to send them once, to know which did not leave',
      seen: 'the association; the mail service',
      kept: '90 days after sending',
    },
  },
  {
    tables: ['webhook_events'],
    fr: {
      what: 'Les messages de PayPal sur un paiement\u00a0: leur sorte et leurs numéros. Le nom, le courriel et l’adresse que PayPal y met ne sont pas gardés',
      from: 'PayPal',
      why: 'savoir ce qui est arrivé à un paiement',
      seen: 'le service seulement',
      kept: 'leur sorte et leur date, comme les livres; leurs numéros, 90 jours',
    },
    en: {
      what: 'PayPal’s messages about a payment: their kind and numbers. The name, e-mail and address that PayPal puts there are not kept',
      from: 'PayPal',
      why: 'to know what happened to a payment',
      seen: 'the service only',
      kept: 'their kind and date, as the books; their numbers, 90 days',
    },
  },
  {
    tables: ['security_log', 'incidents', 'api_keys'],
    fr: {
      what: 'Le journal de sécurité\u00a0: un code d’événement, la date, des numéros internes qui ne disent rien, le nom d’utilisateur de la personne qui agit pour le regroupement; le registre des incidents; les clés du personnel et leur nom',
      from: 'le service, le regroupement',
      why: 'voir une attaque, tenir le registre que la loi demande',
      seen: 'le regroupement; elle, pour ce qui la touche',
      kept: 'cinq ans',
    },
    en: {
      what: 'The security log: a code of what happened, the date, internal numbers that say nothing, the login name of whoever acts for the association; the register of incidents; the staff’s keys and their names',
      from: 'the service, the association',
      why: 'to see an attack, to keep the register that the law asks for',
      seen: 'the association; she, for what concerns her',
      kept: 'five years',
    },
  },
  {
    tables: [
      'staff_users',
      'memberships',
      'staff_alerts',
      'staff_invitations',
      'staff_links',
      'staff_passkeys',
      'staff_totp',
      'staff_recovery_codes',
      'staff_challenges',
      'staff_sessions',
      'staff_refresh_tokens',
    ],
    fr: {
      what: 'Les personnes du bureau\u00a0: nom, courriel, langue, mot de passe (illisible, argon2id), rôle et dates d’accès; la partie publique de leurs clés d’accès, le secret chiffré de leur application, l’empreinte de leurs codes; leurs connexions et leur sorte d’appareil',
      from: 'la personne elle-même, le regroupement',
      why: 'savoir qui entre au bureau, et qui a fait quoi',
      seen: 'elle; les responsables du regroupement voient son nom, son courriel et son rôle',
      kept: 'nom et rôle, comme le journal des actes; une invitation un an, une connexion 7 jours après sa fin',
    },
    en: {
      what: 'People of the office: name, e-mail, language, password (unreadable, argon2id), role and dates of access; the public part of their passkeys, the encrypted secret of their app, the fingerprint of their codes; their sessions and kind of device',
      from: 'the person herself, the association',
      why: 'to know who comes into the office, and who did what',
      seen: 'she; the association’s owners see her name, e-mail and role',
      kept: 'name and role, as the journal of acts; an invitation one year, a session 7 days after its end',
    },
  },
  {
    tables: ['audit', 'audit_words'],
    fr: {
      what: 'Le journal des actes du regroupement\u00a0: qui a agi (une personne du bureau ou un programme, par un numéro; le nom d’utilisateur sur la machine), quand, sur quoi (des numéros), l’état avant et après; à part, ce qui y est dit en mots ou d’une personne\u00a0: le motif, un nom, un courriel',
      from: 'le service',
      why: 'savoir qui a fait quoi',
      seen: 'le regroupement',
      kept: `les actes, ${BOOKS.fr}; ce qui est dit en mots, trois ans, ou jusqu’à la fin du compte`,
    },
    en: {
      what: 'The journal of the association’s acts: who acted (a person of the office or a program, by a number; the login name on the machine), when, on what (numbers), the state before and after; apart from it, what is said in words or of a person: the reason, a name, an e-mail',
      from: 'the service',
      why: 'to know who did what',
      seen: 'the association',
      kept: `the acts, ${BOOKS.en}; what is said in words, three years, or until the account ends`,
    },
  },
  {
    tables: ['rate_limits'],
    fr: {
      what: 'Les essais\u00a0: empreinte (SHA-256) d’un courriel, d’un compte, d’un numéro de certificat ou d’une adresse de réseau',
      from: 'les demandes',
      why: 'ralentir qui essaie de deviner',
      seen: 'personne',
      kept: 'une semaine au plus',
    },
    en: {
      what: 'Tries: fingerprint (SHA-256) of an e-mail, an account, a certificate number or a network address',
      from: 'the requests',
      why: 'to slow down whoever guesses',
      seen: 'nobody',
      kept: 'a week at most',
    },
  },
];

/** Tables about the regroupement or the program, where nothing is about a person. */
export const NOTHING_PERSONAL: readonly string[] = [
  'audit_seals',
  'backup_mark',
  'coordinating_offices',
  'counters',
  'demo_mark',
  'guard',
  'import_columns',
  'invoice_series',
  'leases',
  'logos',
  'payment_counts',
  'payment_stops',
  'paypal_accounts',
  'regroupements',
  'schema_migrations',
  'signing_keys',
  'write_probe',
];
