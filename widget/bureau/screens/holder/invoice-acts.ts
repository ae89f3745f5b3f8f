// Of a file: what may be done about one invoice, and about a credit on it.
import { html, nothing } from 'lit';
import { money } from '../../../locales/format.ts';
import type { Act } from '../../acts/act.ts';
import { applyCredit, cancel, creditNote, type Invoice, payableBy, undoCredit } from '../../acts/invoice.ts';
import { leftOf, record, refund } from '../../acts/money.ts';
import { endPlan, plan } from '../../acts/plan.ts';
import type { Desk } from '../../desk.ts';
import type { Overview } from '../../office.ts';
import type { Key } from '../../words.ts';
import { REFUNDABLE } from './payments.ts';

// A reminder goes to the file's address, or to an account that sees the whole file.
const isReminded = ({ accounts, email }: Overview['holder']) =>
  email !== null || accounts.some(({ level, way }) => way === 'link' && level === 'verified');

/** Its buttons; `does` opens the act's dialog. */
export function invoiceActs(desk: Desk, overview: Overview, invoice: Invoice, does: (act: Act) => void) {
  const { lang, words } = desk;
  const { holder, instalments, payments } = overview;
  const makesPlan = () => plan(desk, invoice, { reminded: isReminded(holder), ...instalments });
  const { balanceCents, held, number, status, totalCents } = invoice;
  const free = !held;
  const open = free && status === 'open';
  const planned = open && invoice.plan?.next ? invoice.plan.id : null;
  const credit = free && balanceCents < 0;
  const targets = payableBy(holder, invoice);
  const paid = payments.find(
    (one) =>
      REFUNDABLE.includes(one.state) && leftOf(one) > 0 && one.invoices.some((of) => of.number === number),
  );
  const button = (shown: boolean, key: Key, name: Key, act: () => Act) =>
    shown
      ? [
          html`<button class="link" type="button" aria-label=${words.plain(name, { numero: number })}
            @click=${() => does(act())}>${words.t(key)}</button>`,
        ]
      : [];
  const buttons = [
    ...button(open && balanceCents > 0 && desk.may('record'), 'record.open', 'record.openOf', () =>
      record(desk, invoice),
    ),
    ...button(credit && targets.length > 0 && desk.may('invoice'), 'apply.open', 'apply.openOf', () =>
      applyCredit(desk, invoice, targets),
    ),
    ...(paid === undefined
      ? []
      : button(credit && desk.may('refund'), 'choice.refund', 'choice.refundOf', () =>
          refund(desk, paid, -balanceCents),
        )),
    ...button(
      open && balanceCents > 0 && planned === null && instalments !== null && desk.may('invoice'),
      'plan.open',
      'plan.openOf',
      makesPlan,
    ),
    ...(planned === null || !desk.may('invoice')
      ? []
      : [
          ...button(instalments !== null, 'plan.change', 'plan.changeOf', makesPlan),
          ...button(true, 'plan.end', 'plan.endOf', () => endPlan(desk, invoice, planned)),
        ]),
    ...button(
      free && status === 'cancelled' && balanceCents > 0 && desk.may('invoice'),
      'undo.open',
      'undo.openOf',
      () => undoCredit(desk, invoice),
    ),
    ...button(open && totalCents > 0 && desk.may('invoice'), 'credit.open', 'credit.openOf', () =>
      creditNote(desk, invoice),
    ),
    ...button(open && desk.may('invoice'), 'cancel.open', 'cancel.openOf', () => cancel(desk, invoice)),
  ];
  return html`${credit ? html`<p class="hint">${words.t('choice.text', { montant: money(lang, -balanceCents) })}</p>` : nothing}
    ${buttons.length === 0 ? nothing : html`<p class="acts">${buttons}</p>`}`;
}
