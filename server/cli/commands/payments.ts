// `payments <regroupement>`: where each payment stands.

import type { Deps } from '../../deps.ts';
import { PAGE_SIZE } from '../../next-page.ts';
import { STATES } from '../../payments/states.ts';
import { resumePayments } from '../../payments/stops.ts';
import { paymentPage, type StoredPayment } from '../../payments/store.ts';
import { shownState } from '../../payments/view.ts';
import { type Moved, movedOf, refundsWhere, returnsWhere } from '../../refunds/store.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, needed, onlyRegroupement, Usage, withDatabase } from '../command.ts';

export const paymentsCommand: Command = {
  options: { state: { type: 'string' }, reason: { type: 'string' } },
  help: {
    fr: `payments <regroupement> – la liste des paiements et de leur état, du plus récent au plus ancien.
  --state ÉTAT  seulement ceux-ci (completed, approved, unknown…)
  --json        un tableau JSON
Après le montant payé : « remboursé », « repris » par la banque ou par PayPal et « rendu » par eux, s’il y a lieu; « retenu » tant que
PayPal retient l’argent pour une contestation : rien n’est repris alors.
payments resume <regroupement> --reason "…" – rouvre les paiements suspendus par une restauration sans attendre reconcile, une fois
vérifié sur le site de PayPal que tout ce qui a été payé depuis la sauvegarde est inscrit.`,
    en: `payments <regroupement> – the payments and their states, newest first.
  --state STATE  only these (completed, approved, unknown…)
  --json         a JSON array
After the amount paid: "refunded", "taken back" by the bank or PayPal and "given back" by them, where there was any; "held" while
PayPal holds the money for a dispute: nothing is taken back then.
payments resume <regroupement> --reason "…" – opens payments that a restore suspended without waiting for reconcile, once you have
checked on PayPal's site that all that was paid since the backup is in the books.`,
  },
  async run(call) {
    const { values, json } = call;
    if (call.positionals[0] === 'resume' && call.positionals.length === 2) return resume(call);
    const slug = onlyRegroupement(call);
    const state = STATES.find((known) => known === values.state);
    if (state === undefined && values.state !== undefined) throw new Usage(`--state ${STATES.join('|')}`);
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const shown: Shown[] = [];
      let after: string | undefined;
      do {
        const page = await paymentPage(deps, regroupement.id, { state, after, limit: PAGE_SIZE });
        shown.push(...(await withWhatMoved(deps, page.payments)));
        after = page.next;
      } while (after !== undefined);
      if (json) console.log(JSON.stringify(shown));
      else
        for (const p of shown)
          console.log(
            [
              p.createdAt,
              p.number,
              p.state.padEnd(15),
              dollars(p.amountCents).padStart(10),
              p.captureId ?? p.failure ?? '',
              ...whatBecame(p, call.lang),
            ].join('  '),
          );
      return 0;
    });
  },
};

type Shown = Awaited<ReturnType<typeof withWhatMoved>>[number];

async function withWhatMoved(deps: Deps, payments: readonly StoredPayment[]) {
  const theirs = 'payment_id IN (SELECT value FROM json_each(?))';
  const ids = [JSON.stringify(payments.map(({ id }) => id))];
  const refunds = Map.groupBy(await refundsWhere(deps, theirs, ids), of);
  const returns = Map.groupBy(await returnsWhere(deps, theirs, ids), of);
  return payments.map((payment) => ({
    number: payment.number,
    state: shownState(deps, payment),
    amountCents: payment.amountCents,
    ...movedOf(refunds.get(payment.id) ?? [], returns.get(payment.id) ?? []),
    createdAt: new Date(payment.createdAt).toISOString(),
    completedAt: payment.completedAt === null ? null : new Date(payment.completedAt).toISOString(),
    orderId: payment.orderId,
    captureId: payment.captureId,
    heldAt: payment.heldAt === null ? null : new Date(payment.heldAt).toISOString(),
    failure: payment.failure,
  }));
}

const of = ({ paymentId }: { paymentId: string }) => paymentId;
const dollars = (cents: number) => (cents / 100).toFixed(2);

// In words what moved since it came; nothing of most payments.
function whatBecame(
  { refundedCents, takenBackCents, givenBackCents, heldAt }: Moved & { heldAt: string | null },
  lang: 'fr' | 'en',
): string[] {
  const fr = lang === 'fr';
  const moved: [string, number][] = [
    [fr ? 'remboursé' : 'refunded', refundedCents],
    [fr ? 'repris' : 'taken back', takenBackCents],
    [fr ? 'rendu' : 'given back', givenBackCents],
  ];
  return [
    ...moved.flatMap(([word, cents]) => (cents === 0 ? [] : [`${word} ${dollars(cents)}`])),
    ...(heldAt === null ? [] : [fr ? 'retenu' : 'held']),
  ];
}

async function resume(call: Call): Promise<number> {
  const note = needed(call, 'reason');
  return withDatabase(async (deps) => {
    const { id, slug } = await regroupementBySlug(deps, call.positionals[1] ?? '');
    const resumed = await resumePayments(deps, id, { name: asker(), note });
    const fr = call.lang === 'fr';
    if (call.json) console.log(JSON.stringify({ regroupement: slug, resumed }));
    else if (resumed) console.log(fr ? 'Les paiements sont rouverts.' : 'Payments are open again.');
    else console.error(fr ? 'Les paiements n’étaient pas suspendus.' : 'Payments were not suspended.');
    return resumed ? 0 : 1;
  });
}
