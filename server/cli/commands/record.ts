// `record`: money that came otherwise, and its correction.
import { z } from 'zod';
import { day, money } from '../../format.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { type Alike, RECORD_DOUBTS, type RecordDoubt } from '../../offline-payments/doubts.ts';
import { RECORDED_METHODS } from '../../offline-payments/methods.ts';
import { recordPayment } from '../../offline-payments/record.ts';
import { type Reversal, reverseRecorded } from '../../offline-payments/reverse.ts';
import type { RecordedPayment } from '../../offline-payments/store.ts';
import { Problem } from '../../problems/problem.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { recordedView } from '../../staff/views.ts';
import { bare } from '../../text.ts';
import {
  asker,
  type Call,
  type Command,
  centsOf,
  given,
  keyOf,
  needed,
  Refused,
  Usage,
  withDatabase,
} from '../command.ts';

export const recordCommand: Command = {
  options: {
    method: { type: 'string' },
    amount: { type: 'string' },
    date: { type: 'string' },
    reference: { type: 'string' },
    key: { type: 'string' },
    'even-so': { type: 'string', multiple: true },
    undo: { type: 'string' },
    reason: { type: 'string' },
    'returned-on': { type: 'string' },
    fee: { type: 'string' },
  },
  help: {
    fr: `record <regroupement> <no de facture> --method cheque|interac|debit|cash --amount MONTANT – inscrit un paiement reçu autrement qu’en ligne.
  La référence et le motif se lisent dans la copie que la personne peut demander de ses renseignements.
  --date AAAA-MM-JJ   le jour où il a été reçu (aujourd’hui sinon)
  --reference TEXTE   le no du chèque, par exemple
  --key CLÉ           la même clé n’inscrit qu’une fois
  --even-so CAUSE     inscrit malgré ce qui le fait refuser, et le note; se répète : possible-duplicate (même mode,
                      même référence, même montant en moins d’un an), more-than-balance (plus que le solde)
record <regroupement> --undo ID --reason TEXTE – reprend une inscription faite par erreur.
  --returned-on AAAA-MM-JJ  ce n’est pas une erreur : la banque a retourné le chèque (NSF) ce jour-là
  --fee MONTANT             et ce qui est facturé pour cela, sur une facture à part; rien sinon
  --json              un objet JSON`,
    en: `record <regroupement> <invoice no.> --method cheque|interac|debit|cash --amount AMOUNT – writes down a payment received otherwise than online.
  The reference and the reason can be read in the copy that she may ask for of her data.
  --date YYYY-MM-DD  the day it was received (today otherwise)
  --reference TEXT   the cheque’s number, for example
  --key KEY          the same key writes once
  --even-so CAUSE    writes it down despite what it is refused for, and notes it; may be repeated: possible-duplicate
                     (same method, reference and amount within a year), more-than-balance (more than is owed)
record <regroupement> --undo ID --reason TEXT – takes back what was written down by mistake.
  --returned-on YYYY-MM-DD  it was no mistake: the bank returned the cheque (NSF) on that day
  --fee AMOUNT              and what is charged for it, on an invoice of its own; nothing otherwise
  --json             a JSON object`,
  },
  async run(call) {
    const { lang, values } = call;
    const [slug, invoiceNumber, ...more] = call.positionals;
    const undo = typeof values.undo === 'string' ? values.undo : undefined;
    if (slug === undefined || (invoiceNumber === undefined) !== (undo !== undefined) || more.length > 0)
      throw new Usage(
        lang === 'fr'
          ? 'Il faut un regroupement et une facture.'
          : 'A regroupement and an invoice are needed.',
      );
    if (invoiceNumber === undefined && undo !== undefined) return takeBack(call, slug, undo);
    const method = RECORDED_METHODS.find((known) => known === needed(call, 'method'));
    const cents = centsOf(values.amount, call);
    const idempotencyKey = keyOf(call);
    const evenSo = doubtsIn(call);
    const day = z.iso.date().safeParse(values.date ?? torontoDay(Date.now()));
    if (method === undefined) throw new Usage(`--method ${RECORDED_METHODS.join('|')}`);
    if (!day.success)
      throw new Usage(lang === 'fr' ? 'La date s’écrit 2026-04-01.' : 'Write the date like 2026-04-01.');
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      const number = bare(invoiceNumber ?? '');
      const recorded = await recordPayment(deps, id, {
        invoiceNumber: number,
        method,
        cents,
        receivedOn: day.data,
        reference: given(call, 'reference').slice(0, 60),
        recordedBy: asker(),
        idempotencyKey,
        evenSo,
      }).catch((error: unknown) => {
        if (error instanceof Problem && error.kind === 'not-found')
          throw new Refused(
            lang === 'fr'
              ? `La facture ${number} n’existe pas. Vérifiez son numéro.`
              : `There is no invoice ${number}. Check its number.`,
          );
        throw error instanceof Problem ? (refusalOf(error, lang) ?? error) : error;
      });
      console.log(
        call.json
          ? JSON.stringify(recordedView(recorded))
          : lang === 'fr'
            ? `Inscrit : ${money(recorded.amountCents, 'fr-CA')} sur la facture ${recorded.invoiceNumber} (${recorded.id}).`
            : `Written down: ${money(recorded.amountCents, 'en-CA')} on invoice ${recorded.invoiceNumber} (${recorded.id}).`,
      );
      return 0;
    });
  },
};

async function takeBack(call: Call, slug: string, undo: string): Promise<number> {
  const reason = needed(call, 'reason');
  const returned = returnedIn(call);
  return withDatabase(async (deps) => {
    const { id } = await regroupementBySlug(deps, slug);
    const back = await reverseRecorded(deps, id, undo, {
      recordedBy: asker(),
      reference: reason,
      ...(returned === null ? {} : { returned }),
    });
    if (call.json) console.log(JSON.stringify(recordedView(back)));
    else for (const line of toldBack(call, back)) console.log(line);
    return 0;
  });
}

/** What the bank's return is, where it was one. Throws Usage. */
function returnedIn(call: Call): Required<Reversal>['returned'] | null {
  const { fee, 'returned-on': on } = call.values;
  if (on === undefined) {
    if (fee !== undefined) throw new Usage('--fee: --returned-on');
    return null;
  }
  const day = z.iso.date().safeParse(on);
  if (!day.success)
    throw new Usage(
      call.lang === 'fr' ? '--returned-on s’écrit 2026-04-01.' : 'Write --returned-on like 2026-04-01.',
    );
  return { on: day.data, feeCents: fee === undefined ? 0 : centsOf(fee, call) };
}

function toldBack({ lang }: Call, back: RecordedPayment): string[] {
  const { invoiceNumber, amountCents, returned, receivedOn, feeInvoiceNumber: fee } = back;
  if (lang === 'fr')
    return [
      `${returned ? `Chèque retourné (NSF) le ${day(receivedOn, 'fr-CA')}` : 'Repris'} : la facture ${invoiceNumber} redoit ${money(amountCents, 'fr-CA')}.`,
      ...(fee === null ? [] : [`Les frais sont sur la facture ${fee}.`]),
    ];
  return [
    `${returned ? `Cheque returned (NSF) on ${day(receivedOn, 'en-CA')}` : 'Taken back'}: invoice ${invoiceNumber} owes ${money(amountCents, 'en-CA')} again.`,
    ...(fee === null ? [] : [`The fee is on invoice ${fee}.`]),
  ];
}

function doubtsIn(call: Call): RecordDoubt[] {
  const given = call.values['even-so'];
  return (Array.isArray(given) ? given : []).map((cause) => {
    const doubt = RECORD_DOUBTS.find((known) => known === cause);
    if (doubt === undefined) throw new Usage(`--even-so ${RECORD_DOUBTS.join('|')}`);
    return doubt;
  });
}

/** What stands against it, each doubt in a sentence with what is there already, and the words that confirm it. */
function refusalOf({ kind, extra }: Problem, lang: Call['lang']): Refused | null {
  const doubts = RECORD_DOUBTS.filter((doubt) =>
    (extra.doubts as RecordDoubt[] | undefined)?.includes(doubt),
  );
  if (!RECORD_DOUBTS.some((doubt) => doubt === kind)) return null;
  const fr = lang === 'fr';
  const dollars = (cents: number) => money(cents, fr ? 'fr-CA' : 'en-CA');
  const there = ((extra.alike ?? []) as Alike[]).map(
    ({ id, invoiceNumber, amountCents, receivedOn, reference, recordedBy }) =>
      [
        `  ${invoiceNumber}, ${dollars(amountCents)}, ${receivedOn}`,
        ...(reference === '' ? [] : [fr ? `no ${reference}` : `no. ${reference}`]),
        recordedBy === null
          ? fr
            ? 'importé'
            : 'imported'
          : (fr ? 'inscrit par ' : 'written down by ') + recordedBy,
        ...(id === null ? [] : [id]),
      ].join(', '),
  );
  const sentences = doubts.flatMap((doubt) =>
    doubt === 'possible-duplicate'
      ? [
          fr
            ? 'Un paiement semblable est déjà inscrit :'
            : 'A payment like this one is written down already:',
          ...there,
        ]
      : [
          fr
            ? `Ce montant dépasse le solde de la facture : ${dollars(Number(extra.owedCents))}.`
            : `This amount is more than what the invoice owes: ${dollars(Number(extra.owedCents))}.`,
        ],
  );
  const option = doubts.map((doubt) => `--even-so ${doubt}`).join(' ');
  const end = fr
    ? `Rien n’est inscrit. Pour l’inscrire quand même : ${option}`
    : `Nothing is written down. To write it down even so: ${option}`;
  return new Refused([...sentences, end].join('\n'));
}
