// The separate file of endorsements (S33): each is of a certificate that is known, and bears an invoice only if the file names it.
import { certificateKey } from '../../certificates/number.ts';
import { money } from '../../format.ts';
import {
  certificateCell,
  dayCell,
  missing,
  requiredMoney,
  textCell,
  titleOf,
  yesCell,
} from '../reading/cells.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row, Verdict } from './context.ts';
import { certificatesByNumber, invoiceKey, type KnownCertificate } from './known.ts';
import { invoicesOf, invoiceUnknown, loadByKey, numbered, otherCertificate, underBoth } from './rows.ts';

export async function endorsementRows(ctx: ImportContext, rows: readonly Row[]): Promise<Verdict[]> {
  const certificates = await loadByKey(rows, async (id, mine) =>
    (
      await certificatesByNumber(
        ctx,
        id,
        mine.map((row) => row.cells.certificate ?? ''),
      )
    ).map((certificate) => [`${certificate.numberKey}|${certificate.periodStart}`, certificate]),
  );
  const invoices = await invoicesOf(ctx, rows);
  const known = await knownEndorsements(ctx, rows);
  return ctx.judgeEach(rows, (row) => {
    const written = textCell(row, 'endorsementId', true);
    const before = numbered(known, row, written);
    const externalId = before?.external_id ?? written;
    const number = certificateCell(ctx, row);
    const effectiveOn = dayCell(ctx, row, 'effectiveOn');
    if (effectiveOn === null) throw new CellRefused(missing(row, 'effectiveOn'));
    const certificate = certificateOn(row, [...certificates.values()], number, effectiveOn);
    const invoiceNumber = row.cells.invoice ?? '';
    const invoice = invoices.get(`${row.regroupement.id}|${invoiceKey(invoiceNumber)}`);
    if (invoiceNumber !== '' && invoice === undefined)
      throw new CellRefused(invoiceUnknown(row, invoiceNumber));
    if (invoice !== undefined && invoice.certificateKey !== certificateKey(number))
      throw new CellRefused(otherCertificate(row, invoice));
    const now = ctx.deps.now();
    const data = {
      id: before?.id ?? ctx.id(),
      regroupement_id: row.regroupement.id,
      certificate_id: certificate.id,
      external_id: externalId,
      effective_on: effectiveOn,
      description: textCell(row, 'description') || (before?.description ?? ''),
      amount_cents: requiredMoney(row, 'amount'),
      manual_amount: yesCell(row, 'manualAmount') ?? before?.manualAmount ?? 0,
      invoice_id: invoice?.id ?? before?.invoiceId ?? null,
      created_at: now,
      updated_at: now,
    };
    const facts = JSON.stringify([
      data.certificate_id,
      data.effective_on,
      data.description,
      data.amount_cents,
      data.manual_amount,
      data.invoice_id,
    ]);
    const unmade = data.manual_amount === 1 && data.invoice_id === null ? noInvoice(row, externalId) : null;
    if (before?.facts === facts) {
      if (unmade !== null) ctx.warnings.push({ line: row.line, message: unmade });
      return { outcome: 'unchanged' };
    }
    if (before !== undefined && before.certificateId !== certificate.id)
      throw new CellRefused(
        refusal(
          `« ${titleOf(row, 'endorsementId')} » : l’avenant ${externalId} est déjà celui d’un autre certificat (${before.certificate}). Donnez-lui un autre numéro.`,
          `“${titleOf(row, 'endorsementId')}”: endorsement ${externalId} is already another certificate’s (${before.certificate}). Give it another number.`,
        ),
      );
    if (unmade !== null) throw new CellRefused(unmade);
    ctx.write({ target: 'endorsements', changes: before !== undefined, data });
    if (before === undefined) return { outcome: 'accepted' };
    return { outcome: 'accepted', change: endorsementChange(before, data) };
  });
}

/** A file charges nothing by « Montant manuel »: that makes an invoice, which staff look at before they make it (S34). */
function noInvoice(row: Row, endorsement: string): Refusal {
  const [title, word] = [titleOf(row, 'manualAmount'), row.cells.manualAmount ?? ''];
  const said = word === '' ? { fr: '', en: '' } : { fr: ` (${word})`, en: ` (${word})` };
  return refusal(
    `« ${title} » : l’avenant ${endorsement} est dit facturé${said.fr}, mais aucune facture n’est nommée. Nommez-la dans la colonne de la facture; si elle n’est pas encore faite, écrivez « non », puis faites-la dans la page du bureau, au dossier, par « Montant manuel ».`,
    `“${title}”: endorsement ${endorsement} is said to be invoiced${said.en}, but no invoice is named. Name it in the invoice’s column; if it is not made yet, write “no”, then make it on the office’s page, in the file, by “Manual amount”.`,
  );
}

/** The certificate of this number on that day; outside its periods, the only person's who has it. Throws CellRefused. */
function certificateOn(
  row: Row,
  all: readonly KnownCertificate[],
  number: string,
  day: string,
): KnownCertificate {
  const mine = all.filter(
    (one) => one.regroupementId === row.regroupement.id && one.numberKey === certificateKey(number),
  );
  const inPeriod = mine.find((one) => one.periodStart <= day && day <= one.periodEnd);
  if (inPeriod === undefined && new Set(mine.map(({ holderId }) => holderId)).size > 1)
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, 'effectiveOn')} » : le certificat ${number} est de plusieurs personnes, et de personne le ${day}. Corrigez la date ou le numéro.`,
        `“${titleOf(row, 'effectiveOn')}”: certificate ${number} is that of several people, and of nobody on ${day}. Correct the day or the number.`,
      ),
    );
  const certificate = inPeriod ?? mine[0];
  if (certificate !== undefined) return certificate;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, 'certificate')} » : le certificat ${number} n’est pas connu. Importez d’abord les certificats.`,
      `“${titleOf(row, 'certificate')}”: certificate ${number} is not known. Import the certificates first.`,
    ),
  );
}

interface KnownEndorsement {
  id: string;
  external_id: string;
  certificateId: string;
  certificate: string;
  effectiveOn: string;
  description: string;
  amountCents: number;
  manualAmount: number;
  invoiceId: string | null;
  facts: string;
}

/** The endorsements that the rows name, with what they say as one text to compare. */
function knownEndorsements(ctx: ImportContext, rows: readonly Row[]): Promise<Map<string, KnownEndorsement>> {
  return loadByKey(rows, async (id, mine) => {
    const found = await ctx.deps.db.execute<KnownEndorsement>(
      `SELECT id, external_id, certificate_id AS certificateId,
         (SELECT number FROM certificates WHERE id = certificate_id) AS certificate, effective_on AS effectiveOn, description, amount_cents AS amountCents, manual_amount AS manualAmount, invoice_id AS invoiceId, json_array(certificate_id, effective_on, description, amount_cents, manual_amount, invoice_id) AS facts
       FROM endorsements WHERE regroupement_id = ? AND upper(replace(external_id, ' ', '')) IN (SELECT value FROM json_each(?))`,
      [id, JSON.stringify(mine.map((row) => invoiceKey(row.cells.endorsementId ?? '')))],
    );
    return underBoth(found.rows, ({ external_id }) => external_id);
  });
}

function endorsementChange(
  before: KnownEndorsement,
  after: {
    effective_on: string;
    description: string;
    amount_cents: number;
    manual_amount: number;
    invoice_id: string | null;
  },
): Refusal {
  const change = (lang: 'fr' | 'en') => {
    const [french, yes, no] = [lang === 'fr', lang === 'fr' ? 'oui' : 'yes', lang === 'fr' ? 'non' : 'no'];
    const dollars = (cents: number) => money(cents, french ? 'fr-CA' : 'en-CA');
    const facts: [string, string, string][] = [
      [french ? 'date' : 'day', before.effectiveOn, after.effective_on],
      ['description', before.description || '–', after.description || '–'],
      [french ? 'montant' : 'amount', dollars(before.amountCents), dollars(after.amount_cents)],
      [
        french ? 'montant manuel' : 'manual amount',
        before.manualAmount === 1 ? yes : no,
        after.manual_amount === 1 ? yes : no,
      ],
    ];
    const told = facts.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what} ${was} → ${is}`);
    if (before.invoiceId !== after.invoice_id) told.push(french ? 'facture' : 'invoice');
    return told.join(', ');
  };
  const number = before.external_id;
  return refusal(
    `l’avenant ${number} change : ${change('fr')}.`,
    `endorsement ${number} changes: ${change('en')}.`,
  );
}
