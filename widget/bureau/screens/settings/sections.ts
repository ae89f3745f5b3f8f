// Which settings stand together, in the order of the local menu; each section is saved on its own.
import type { Key } from '../../words.ts';
import { amount, check, choice, type Item, instalments, line, lines, onlineFee } from './items.ts';

export interface SectionEntry {
  /** In the address: `#parametres/pages`. */
  name: string;
  title: Key;
  intro?: Key;
  items: readonly Item[];
}

export const SECTIONS: readonly SectionEntry[] = [
  {
    name: 'identite',
    title: 'settings.identity',
    items: [
      line('name', 'settings.name'),
      choice(
        'article',
        'settings.article',
        [
          ['', 'settings.articleByName'],
          ['le', 'settings.article.le'],
          ['la', 'settings.article.la'],
          ['l’', 'settings.article.l'],
          ['les', 'settings.article.les'],
          ['aucun', 'settings.article.none'],
        ],
        'settings.articleHint',
      ),
      line('email', 'settings.email', { type: 'email', hint: 'settings.emailHint' }),
      line('phone', 'settings.phone'),
      line('address', 'settings.address'),
      line('helpUrl', 'settings.helpUrl', { none: null, hint: 'settings.helpUrlHint' }),
      line('privacyTitle', 'settings.privacyTitle', { hint: 'settings.privacyHint' }),
      line('privacyEmail', 'settings.privacyEmail', { type: 'email' }),
      line('gstNumber', 'settings.gstNumber', { none: null }),
      line('qstNumber', 'settings.qstNumber', { none: null }),
    ],
  },
  { name: 'apparence', title: 'settings.look', intro: 'settings.lookIntro', items: [] },
  {
    name: 'pages',
    title: 'settings.pages',
    intro: 'settings.pagesIntro',
    items: [lines('pages', 'settings.pagesLabel', 'settings.pagesHint')],
  },
  {
    name: 'liens',
    title: 'settings.links',
    intro: 'settings.linksIntro',
    items: [
      choice('linkPolicy', 'settings.linkPolicy', [
        ['name-and-number', 'settings.link.name'],
        ['code', 'settings.link.code'],
        ['secret', 'settings.link.secret'],
        ['approval', 'settings.link.approval'],
      ]),
    ],
  },
  {
    name: 'paiement',
    title: 'settings.paying',
    items: [
      onlineFee,
      instalments,
      choice(
        'premiumTaxPolicy',
        'settings.tax',
        [
          ['as-invoiced', 'settings.taxInvoiced'],
          ['by-payment-date', 'settings.taxPaid'],
        ],
        'settings.taxHint',
      ),
    ],
  },
  {
    name: 'bureaux',
    title: 'settings.offices',
    intro: 'settings.officesIntro',
    items: [
      amount('adminFeeCents', 'settings.adminFee', 'settings.adminFeeHint'),
      check('adminFeeTaxable', 'settings.adminFeeTaxable'),
      check('manualAmountWithTax', 'settings.manualWithTax'),
    ],
  },
  {
    name: 'fichiers',
    title: 'settings.files',
    intro: 'settings.filesIntro',
    items: [
      line('certificateExample', 'settings.example', { none: '', hint: 'settings.exampleHint' }),
      line('certificatePattern', 'settings.pattern', { none: null, hint: 'settings.patternHint' }),
      line('invoicePrefix', 'settings.prefix', { none: null, hint: 'settings.prefixHint' }),
      lines('aliases', 'settings.aliases', 'settings.aliasesHint'),
    ],
  },
  { name: 'paypal', title: 'settings.paypal', intro: 'settings.paypalIntro', items: [] },
  { name: 'cles', title: 'settings.keys', intro: 'settings.keysIntro', items: [] },
];
