// The report as a person reads it in a terminal: what has one cause is said once, with its lines.
import { money as moneyIn } from '../format.ts';
import { type ImportReport, type Lang, listed } from './report.ts';
import type { EvenSo } from './rows/context.ts';

/** Changes that are told one by one; beyond, only how many more. */
const MOST_CHANGES = 50;

/** What each cause of `--even-so` is about. */
const CAUSES: Readonly<Record<EvenSo, Record<Lang, string>>> = {
  pattern: { fr: 'forme du certificat', en: 'form of the certificate' },
  name: { fr: 'changement de nom', en: 'change of name' },
  'more-than-balance': {
    fr: 'paiement au-dessus de ce qui est dû, ou remboursement au-dessus de ce qui a été payé',
    en: 'payment above what is owed, or refund above what was paid',
  },
};

/** The report in words, a line a fact. */
export function reportText(report: ImportReport, lang: Lang): string {
  // Of a file that is refused as a whole: why, and nothing else.
  const read = report.kind !== null && (report.rows > 0 || report.refused.length === 0);
  return [
    ...(read ? [summary(report, lang), ...sums(report, lang), ...byRegroupement(report, lang)] : []),
    ...Object.entries(report.evenSo).map(([cause, n]) => letThrough(cause as EvenSo, n, lang)),
    ...(read ? unread(report, lang) : []),
    ...changes(report, lang),
    ...byCause(report.refused.map(({ line, reason }) => ({ line, message: reason }))).map(
      ({ lines, message }) => `  ${at(lines, lang)}${message}`,
    ),
    ...byCause(report.warnings).map(
      ({ lines, message }) => `  ${lang === 'fr' ? 'à savoir : ' : 'note: '}${at(lines, lang)}${message}`,
    ),
    ...conflicts(report, lang),
    ending(report, lang),
  ].join('\n');
}

/** 0 and 1 are singular in French; in English 1 alone. */
function count(n: number, lang: Lang, one: string, more: string): string {
  const singular = lang === 'fr' ? n < 2 : n === 1;
  return `${n.toLocaleString(lang === 'fr' ? 'fr-CA' : 'en-CA')} ${singular ? one : more}`;
}

// « 12 lignes acceptées. », « 12 lignes : 10 acceptées, 2 refusées; 1 ligne répétée, laissée de côté. »
function summary(report: ImportReport, lang: Lang): string {
  const rows = count(report.rows, lang, lang === 'fr' ? 'ligne' : 'row', lang === 'fr' ? 'lignes' : 'rows');
  const parts = (
    [
      [report.accepted, 'acceptée', 'accepted'],
      [report.unchanged, 'inchangée', 'unchanged'],
      [report.refused.length, 'refusée', 'refused'],
    ] as const
  ).filter(([n]) => n > 0);
  const word = (n: number, fr: string, en: string) => (lang === 'en' ? en : n < 2 ? fr : `${fr}s`);
  const counted = parts.map(([n, fr, en]) => count(n, lang, word(n, fr, en), word(n, fr, en)));
  const all = parts.find(([n]) => n === report.rows);
  const said =
    all !== undefined
      ? `${rows} ${word(all[0], all[1], all[2])}`
      : counted.length === 0
        ? rows
        : `${rows}${lang === 'fr' ? ' :' : ':'} ${counted.join(', ')}`;
  if (report.repeated === 0) return `${said}.`;
  return lang === 'fr'
    ? `${said}; ${count(report.repeated, lang, 'ligne répétée, laissée de côté', 'lignes répétées, laissées de côté')}.`
    : `${said}; ${count(report.repeated, lang, 'repeated row, set aside', 'repeated rows, set aside')}.`;
}

// Of what the file's rows have: only invoices have a balance, and people and certificates no amounts.
function sums(report: ImportReport, lang: Lang): string[] {
  const { kind, accepted, unchanged } = report;
  if (accepted + unchanged === 0 || kind === null || kind === 'holders' || kind === 'certificates') return [];
  const [total, balance] = [money(report.totalCents, lang), money(report.balanceCents, lang)];
  if (kind !== 'list' && kind !== 'invoices') return [`Total ${total}.`];
  return [lang === 'fr' ? `Total ${total}, solde ${balance}.` : `Total ${total}, balance ${balance}.`];
}

/** Where the rows went, when it is to more than one regroupement. */
function byRegroupement(report: ImportReport, lang: Lang): string[] {
  const all = Object.entries(report.byRegroupement);
  if (all.length < 2) return [];
  return all.map(([slug, { accepted, unchanged }]) =>
    lang === 'fr'
      ? `  ${slug} : ${count(accepted, lang, 'ligne acceptée', 'lignes acceptées')}, ${count(unchanged, lang, 'inchangée', 'inchangées')}.`
      : `  ${slug}: ${count(accepted, lang, 'row accepted', 'rows accepted')}, ${unchanged.toLocaleString('en-CA')} unchanged.`,
  );
}

function letThrough(cause: EvenSo, n: number, lang: Lang): string {
  return lang === 'fr'
    ? `  ${count(n, lang, 'ligne acceptée', 'lignes acceptées')} malgré tout (--even-so ${cause} : ${CAUSES[cause].fr}).`
    : `  ${count(n, lang, 'row accepted', 'rows accepted')} even so (--even-so ${cause}: ${CAUSES[cause].en}).`;
}

function unread({ unread: titles }: ImportReport, lang: Lang): string[] {
  if (titles.length === 0) return [];
  const list = titles.map((title) => (lang === 'fr' ? `« ${title} »` : `“${title}”`)).join(', ');
  if (lang === 'fr') return [`  ${titles.length === 1 ? 'colonne non lue' : 'colonnes non lues'} : ${list}`];
  return [`  ${titles.length === 1 ? 'column' : 'columns'} not read: ${list}`];
}

function changes(report: ImportReport, lang: Lang): string[] {
  const more = report.changes.length - MOST_CHANGES;
  return [
    ...report.changes.slice(0, MOST_CHANGES).map(({ line, message }) => `  ${at([line], lang)}${message}`),
    ...(more <= 0
      ? []
      : [
          lang === 'fr'
            ? `  et ${count(more, lang, 'autre changement', 'autres changements')} (tous avec --json).`
            : `  and ${count(more, lang, 'other change', 'other changes')} (all of them with --json).`,
        ]),
  ];
}

function conflicts(report: ImportReport, lang: Lang): string[] {
  return report.conflicts.map(({ line, invoice, fileBalanceCents, ourBalanceCents }) => {
    const [file, ours] = [money(fileBalanceCents, lang), money(ourBalanceCents, lang)];
    return lang === 'fr'
      ? `  ${at([line], lang)}la facture ${invoice} a un solde de ${file} dans le fichier et de ${ours} ici; le nôtre est gardé.`
      : `  ${at([line], lang)}invoice ${invoice} has a balance of ${file} in the file and ${ours} here; ours is kept.`;
  });
}

function ending(report: ImportReport, lang: Lang): string {
  const fr = lang === 'fr';
  if (report.imported) return fr ? 'Importé.' : 'Imported.';
  if (report.dryRun) {
    const said = fr ? 'Essai seulement : rien n’a été changé.' : 'Trial only: nothing was changed.';
    if (report.expectedSeconds === null) return said;
    const time = duration(report.expectedSeconds, lang);
    return `${said} ${fr ? `L’import prendra ${time}.` : `The import will take ${time}.`}`;
  }
  if (report.refused.length === 0) return fr ? 'Rien à changer.' : 'Nothing to change.';
  if (report.accepted === 0 || report.refused.some(({ line }) => line === 0))
    return fr ? 'Rien n’a été importé.' : 'Nothing was imported.';
  return fr
    ? 'Rien n’a été importé. Corrigez ce qui est refusé; ou importez le reste avec --accept-valid.'
    : 'Nothing was imported. Correct what is refused; or import the rest with --accept-valid.';
}

// As exactly as one may say: what else the machine does meanwhile is not known.
function duration(seconds: number, lang: Lang): string {
  const fr = lang === 'fr';
  if (seconds <= 5) return fr ? 'quelques secondes' : 'a few seconds';
  const [n, unit] =
    seconds < 90
      ? [Math.ceil(seconds / 5) * 5, fr ? 'secondes' : 'seconds']
      : [Math.ceil(seconds / 60), 'minutes'];
  return fr ? `environ ${n} ${unit}` : `about ${n} ${unit}`;
}

interface Told {
  line?: number;
  message: string;
}

/** The same sentence about several lines is one, where it first stands. */
function byCause(all: readonly Told[]): { lines: number[]; message: string }[] {
  return [...Map.groupBy(all, ({ message }) => message)].map(([message, told]) => ({
    message,
    lines: told.flatMap(({ line = 0 }) => (line > 0 ? [line] : [])),
  }));
}

// « ligne 3 : », « lignes 3, 4 et 9 : »; nothing for the file as a whole.
function at(lines: readonly number[], lang: Lang): string {
  if (lines.length === 0) return '';
  if (lang === 'en') return `${lines.length === 1 ? 'line' : 'lines'} ${listed(lines, 'and')}: `;
  return `${lines.length === 1 ? 'ligne' : 'lignes'} ${listed(lines, 'et')} : `;
}

function money(cents: number, lang: Lang): string {
  return moneyIn(cents, lang === 'fr' ? 'fr-CA' : 'en-CA');
}
