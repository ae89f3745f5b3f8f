// `payments <regroupement>`: where each payment stands.
import { STATES } from '../../payments/states.ts';
import { paymentsWhere } from '../../payments/store.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { type Command, onlyRegroupement, Usage, withDatabase } from '../command.ts';

export const paymentsCommand: Command = {
  options: { state: { type: 'string' } },
  help: {
    fr: `payments <regroupement> – la liste des paiements et de leur état, du plus récent au plus ancien.
  --state ÉTAT  seulement ceux-ci (completed, approved, unknown…)
  --json        un tableau JSON`,
    en: `payments <regroupement> – the payments and their states, newest first.
  --state STATE  only these (completed, approved, unknown…)
  --json         a JSON array`,
  },
  async run(call) {
    const { values, json } = call;
    const slug = onlyRegroupement(call);
    const state = STATES.find((known) => known === values.state) ?? null;
    if (state === null && values.state !== undefined) throw new Usage(`--state ${STATES.join('|')}`);
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const payments = await paymentsWhere(
        deps,
        `regroupement_id = ?${state === null ? '' : ' AND state = ?'} ORDER BY created_at DESC`,
        state === null ? [regroupement.id] : [regroupement.id, state],
      );
      const shown = payments.map((payment) => ({
        number: payment.number,
        state: payment.state,
        amountCents: payment.amountCents,
        createdAt: new Date(payment.createdAt).toISOString(),
        completedAt: payment.completedAt === null ? null : new Date(payment.completedAt).toISOString(),
        orderId: payment.orderId,
        captureId: payment.captureId,
        failure: payment.failure,
      }));
      if (json) console.log(JSON.stringify(shown));
      else
        for (const p of shown)
          console.log(
            [
              p.createdAt,
              p.number,
              p.state.padEnd(15),
              (p.amountCents / 100).toFixed(2).padStart(10),
              p.captureId ?? p.failure ?? '',
            ].join('  '),
          );
      return 0;
    });
  },
};
