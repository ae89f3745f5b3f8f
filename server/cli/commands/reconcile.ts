// `reconcile`: a day of PayPal's books beside ours.
import { z } from 'zod';
import { money } from '../../format.ts';
import { torontoYesterday } from '../../ledger/toronto.ts';
import type { Sums } from '../../reconciliation/compare.ts';
import { type DayReport, reconcileDay } from '../../reconciliation/reconcile.ts';
import { type Recovery, recover } from '../../reconciliation/recover.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, paypalFor, Usage, withDatabase } from '../command.ts';

export const reconcileCommand: Command = {
  options: { day: { type: 'string' } },
  help: {
    fr: `reconcile [regroupement] --day AAAA-MM-JJ – compare une journée de PayPal avec nos livres (hier sinon); code 1 s’ils diffèrent.
Après une restauration : aussi chaque jour depuis la sauvegarde; ce que PayPal a reçu est inscrit, puis les paiements rouvrent.
  --json  un tableau JSON, un objet par regroupement et par jour`,
    en: `reconcile [regroupement] --day YYYY-MM-DD – compares a day of PayPal with our books (yesterday otherwise); exit 1 when they differ.
After a restore: also each day since the backup; what PayPal received is taken in, then payments open again.
  --json  a JSON array, one object a regroupement and day`,
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
      const waiting: string[] = [];
      for (const id of ids) {
        const recovery = await recover(deps, paypal, id, asker());
        const made = recovery?.reports ?? [];
        if (!made.some((report) => report.day === day.data))
          made.push(await reconcileDay(deps, paypal, id, day.data));
        reports.push(...made);
        if (recovery !== null) console.error(recoveryText(made[0]?.regroupement ?? '', recovery, lang));
        if (recovery?.resumed === false) waiting.push(id);
      }
      console.log(
        json ? JSON.stringify(reports) : reports.map((report) => reportText(report, lang)).join('\n\n'),
      );
      return waiting.length === 0 && reports.every((report) => report.agrees) ? 0 : 1;
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
    ledger: 'grand livre',
    byKind: {
      capture: 'paiements',
      refund: 'remboursements',
      reversal: 'reprises par la banque ou PayPal',
      return: 'rendus par la banque ou PayPal',
    },
    notOurs: 'pas à nous',
    others: {
      hold: 'retenus pour contestation',
      release: 'retenues levées',
      payout: 'virements avec la banque',
      fee: 'frais hors paiements',
      other: 'autres mouvements',
      pending: 'en attente chez PayPal',
      denied: 'refusés chez PayPal',
    } as Record<string, string>,
    otherCurrencies: 'dans une autre devise',
    kinds: {
      'fee-differs': 'frais de PayPal différents',
      'sums-differ': 'totaux différents',
      'unknown-capture': 'encaissé chez PayPal, inconnu ici',
      'unknown-refund': 'remboursé chez PayPal, inconnu ici',
      'reversed-beyond': 'repris au-delà de ce qui restait du paiement, pas inscrit',
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
    ledger: 'ledger',
    byKind: {
      capture: 'payments',
      refund: 'refunds',
      reversal: 'taken back by the bank or PayPal',
      return: 'returned by the bank or PayPal',
    },
    notOurs: 'not ours',
    others: {
      hold: 'held for a dispute',
      release: 'holds lifted',
      payout: 'transfers with the bank',
      fee: 'fees apart from payments',
      other: 'other movements',
      pending: 'pending at PayPal',
      denied: 'denied at PayPal',
    } as Record<string, string>,
    otherCurrencies: 'in another currency',
    kinds: {
      'fee-differs': 'PayPal’s fees differ',
      'sums-differ': 'totals differ',
      'unknown-capture': 'received at PayPal, unknown here',
      'unknown-refund': 'refunded at PayPal, unknown here',
      'reversed-beyond': 'taken back beyond what was left of the payment, not posted',
      'missing-capture': 'in our books, not at PayPal',
      'missing-refund': 'refund in our books, not at PayPal',
      'amount-differs': 'amounts differ',
    } as Record<string, string>,
  },
};

function recoveryText(slug: string, recovery: Recovery, lang: 'fr' | 'en'): string {
  const fr = lang === 'fr';
  if (recovery.resumed)
    return fr
      ? `${slug} : tout ce que PayPal a reçu depuis la sauvegarde est inscrit. Les paiements sont rouverts.`
      : `${slug}: all that PayPal received since the backup is in the books. Payments are open again.`;
  if (recovery.unplaced.length > 0) {
    const ids = recovery.unplaced.join(', ');
    return fr
      ? `${slug} : des paiements faits chez PayPal n’ont pas trouvé leur facture (${ids}). Refaites les imports manquants et recommencez, ou vérifiez-les et faites « payments resume ${slug} ». Les paiements restent suspendus.`
      : `${slug}: payments made at PayPal did not find their invoice (${ids}). Import again what is missing and repeat, or check them and run “payments resume ${slug}”. Payments stay suspended.`;
  }
  return fr
    ? `${slug} : PayPal ne montre pas encore tout jusqu’à la restauration (cela peut prendre trois heures). Les paiements restent suspendus; le serveur recommence de lui-même.`
    : `${slug}: PayPal does not list everything up to the restore yet (it may take three hours). Payments stay suspended; the server tries again by itself.`;
}

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
    ...report.kinds
      .filter(({ paypal, ours, ledgerCents }) => paypal.count + ours.count > 0 || ledgerCents !== 0)
      .map(
        ({ kind, paypal, ours, ledgerCents }) =>
          `    ${t.byKind[kind]} : PayPal ${amount(paypal.grossCents)} (${paypal.count}), ${t.ours} ${amount(ours.grossCents)} (${ours.count}), ${t.ledger} ${amount(ledgerCents)}`,
      ),
    ...(report.notOurs.count === 0 ? [] : [side(t.notOurs, report.notOurs)]),
    ...report.others.map((one) => side(t.others[one.kind] ?? one.kind, one)),
    ...(report.otherCurrencies === 0 ? [] : [`  ${report.otherCurrencies} ${t.otherCurrencies}`]),
    ...(report.agrees ? [`  ${t.agrees}`] : [`  ${t.differs}`]),
    ...report.differences.map(
      (one) =>
        `    ${one.transactionId} ${one.paymentNumber ?? ''} : ${t.kinds[one.kind] ?? one.kind} (PayPal ${amount(one.paypalCents)}, ${t.ours} ${amount(one.ourCents)})`,
    ),
  ].join('\n');
}
