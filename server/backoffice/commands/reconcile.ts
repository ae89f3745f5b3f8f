// `reconcile`: a day of PayPal's books beside ours.
import { z } from 'zod';
import { money } from '../../format.ts';
import { torontoYesterday } from '../../ledger/toronto.ts';
import { type DayReport, reconcileDay, type Sums } from '../../payments/reconcile.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { type Command, paypalFor, Usage, withDatabase } from '../command.ts';

export const reconcileCommand: Command = {
  options: { day: { type: 'string' } },
  help: {
    fr: `reconcile [regroupement] --day AAAA-MM-JJ – compare une journée de PayPal avec nos livres (hier sinon); code 1 s’ils diffèrent.
  --json  un tableau JSON, un objet par regroupement`,
    en: `reconcile [regroupement] --day YYYY-MM-DD – compares a day of PayPal with our books (yesterday otherwise); exit 1 when they differ.
  --json  a JSON array, one object a regroupement`,
  },
  async run({ values, positionals, lang, json }) {
    const day = z.iso.date().safeParse(values.day ?? torontoYesterday(Date.now()));
    if (!day.success || positionals.length > 1)
      throw new Usage(lang === 'fr' ? 'La date s’écrit 2026-04-01.' : 'Write the date like 2026-04-01.');
    return withDatabase(async (deps) => {
      const [slug] = positionals;
      const paypal = paypalFor(deps);
      const ids =
        slug === undefined
          ? (
              await deps.db.execute<{ id: string }>(
                'SELECT id FROM regroupements WHERE paypal_client_id IS NOT NULL AND paypal_secret IS NOT NULL ORDER BY slug',
              )
            ).rows.map((row) => row.id)
          : [(await regroupementBySlug(deps, slug)).id];
      const reports: DayReport[] = [];
      for (const id of ids) reports.push(await reconcileDay(deps, paypal, id, day.data));
      console.log(
        json ? JSON.stringify(reports) : reports.map((report) => reportText(report, lang)).join('\n\n'),
      );
      return reports.every((report) => report.agrees) ? 0 : 1;
    });
  },
};

const WORDS = {
  fr: {
    ours: 'nos livres',
    count: 'mouvements',
    gross: 'brut',
    fee: 'frais',
    net: 'net',
    agrees: 'Tout concorde.',
    differs: 'À vérifier :',
    kinds: {
      'unknown-capture': 'encaissé chez PayPal, inconnu ici',
      'unknown-refund': 'remboursé chez PayPal, inconnu ici',
      'missing-capture': 'inscrit ici, absent chez PayPal',
      'missing-refund': 'remboursement inscrit ici, absent chez PayPal',
      'amount-differs': 'montants différents',
    } as Record<string, string>,
  },
  en: {
    ours: 'our books',
    count: 'movements',
    gross: 'gross',
    fee: 'fee',
    net: 'net',
    agrees: 'All agrees.',
    differs: 'To check:',
    kinds: {
      'unknown-capture': 'received at PayPal, unknown here',
      'unknown-refund': 'refunded at PayPal, unknown here',
      'missing-capture': 'in our books, not at PayPal',
      'missing-refund': 'refund in our books, not at PayPal',
      'amount-differs': 'amounts differ',
    } as Record<string, string>,
  },
};

function reportText(report: DayReport, lang: 'fr' | 'en'): string {
  const t = WORDS[lang];
  const amount = (cents: number | null) =>
    cents === null ? '–' : money(cents, lang === 'fr' ? 'fr-CA' : 'en-CA');
  const side = (name: string, sums: Sums) =>
    `  ${name.padEnd(12)} ${String(sums.count).padStart(4)} ${t.count}, ${t.gross} ${amount(sums.grossCents)}, ${t.fee} ${amount(sums.feeCents)}, ${t.net} ${amount(sums.netCents)}`;
  return [
    `${report.regroupement}, ${report.day}`,
    side('PayPal', report.paypal),
    side(t.ours, report.ours),
    ...(report.agrees ? [`  ${t.agrees}`] : [`  ${t.differs}`]),
    ...report.differences.map(
      (one) =>
        `    ${one.transactionId} ${one.paymentNumber ?? ''} : ${t.kinds[one.kind] ?? one.kind} (PayPal ${amount(one.paypalCents)}, ${t.ours} ${amount(one.ourCents)})`,
    ),
  ].join('\n');
}
