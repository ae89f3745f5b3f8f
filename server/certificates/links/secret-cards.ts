// The codes of invoices, as whoever prints them wants them: rows for a mail merge, or cards with a QR code, cut out and
// sent with the invoices.
import { html, raw } from 'hono/html';
import encodeQR from 'qr';
import { CSV_MARK, csvLine } from '../../csv.ts';
import type { Lang } from '../../fields.ts';
import { PAGE_FOOT, pageHead } from '../../page.ts';

interface PrintedCode {
  certificateNumber: string;
  holderName: string;
  holderLang: Lang;
  /** In two groups, as she types it. */
  secret: string;
  /** What the QR code holds. */
  url: string;
}
/** A file made piece by piece: each code is written down as soon as it is kept, since it can be shown once only. */
export interface Sheet {
  head: string;
  row(code: PrintedCode, index: number): string;
  foot: string;
}

export function csvSheet(lang: 'fr' | 'en'): Sheet {
  const titles =
    lang === 'fr'
      ? ['# certificat', 'Nom', 'Code de la facture', 'Adresse']
      : ['Certificate #', 'Name', 'Invoice code', 'Address'];
  return {
    head: `${CSV_MARK}${csvLine(titles, lang)}`,
    row: (code) => csvLine([code.certificateNumber, code.holderName, code.secret, code.url], lang),
    foot: '',
  };
}

export const jsonSheet: Sheet = {
  head: '[',
  row: ({ holderLang: _, ...code }, index) => `${index === 0 ? '' : ','}\n${JSON.stringify(code)}`,
  foot: '\n]\n',
};

// Eight to a letter page; a card is never cut in two.
const STYLE = `
@page{size:letter;margin:12mm}
body{margin:0;font:13px/1.35 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#000;background:#fff}
main{display:grid;grid-template-columns:1fr 1fr}
article{display:grid;grid-template-columns:1fr 108px;gap:4px 12px;padding:12px;min-height:60mm;box-sizing:border-box;border:1px dashed #999;break-inside:avoid;overflow-wrap:anywhere}
svg{width:108px;height:108px;shape-rendering:crispEdges}
h2{font-size:14px;margin:0}p{margin:4px 0}code{font:700 18px ui-monospace,Consolas,monospace;white-space:nowrap}
footer{grid-column:1/-1;font-size:12px}`;

const WORDS = {
  'fr-CA': {
    certificate: '# de certificat',
    code: 'Code de la facture',
    how: 'Pour payer en ligne, visez ce carré avec l’appareil photo de votre téléphone, ou allez à l’adresse',
    keep: 'Gardez ce code pour vous\u00a0: avec votre nom et votre # de certificat, il ouvre votre dossier.',
  },
  'en-CA': {
    certificate: 'Certificate #',
    code: 'Invoice code',
    how: 'To pay online, point your phone’s camera at this square, or go to',
    keep: 'Keep this code to yourself: with your name and certificate #, it opens your file.',
  },
} as const;

/** A page to print, one card a certificate, in its holder's language. */
export function cardSheet(regroupement: string, lang: 'fr' | 'en'): Sheet {
  return {
    head: `${pageHead({ lang: `${lang}-CA`, title: regroupement, style: STYLE })}<main>\n`,
    row: (code) => `${card(regroupement, code)}\n`,
    foot: `</main>${PAGE_FOOT}`,
  };
}

function card(regroupement: string, code: PrintedCode): string {
  const w = WORDS[code.holderLang];
  const page = code.url.replace(/^https:\/\/|#.*$/g, '');
  return String(html`<article lang="${code.holderLang}"><div><h2>${regroupement}</h2><p>${code.holderName}<br>${w.certificate} ${code.certificateNumber}</p>
<p>${w.code}<br><code>${code.secret}</code></p></div>${raw(encodeQR(code.url, 'svg', { border: 4 }))}
<footer>${w.how} <b>${page}</b>. ${w.keep}</footer></article>`);
}
