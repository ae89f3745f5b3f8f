// Transitions of the second step: finding the file (S15–S19), choosing what to pay (S20), its price (S18, S35).
import type { Certificate } from '../../client/types.ts';
import type { ActionTransitions, Answers, Screen, State, Task, Transition } from './state.ts';
import { ask, askWith, bare, check, go, required, search, withErrors } from './transitions.ts';

/** Ways on that every signed-in screen offers. */
const ways = {
  home: (state) => search(state),
  show: (state, { screen }) => {
    if (screen === 'history') return ask(go(state, 'history'), { do: 'history' });
    if (screen === 'lookup' || screen === 'choose' || screen === 'account') return go(state, screen);
    if (screen === 'proof' && state.proof !== null) return go(state, screen);
    return state;
  },
  signOut: (state) => ask(state, { do: 'signOut' }),
} satisfies ActionTransitions;
export const signedInTransitions: ActionTransitions = ways;

export const invoiceTransitions: Partial<Record<Screen, ActionTransitions>> = {
  search: ways,
  lookup: {
    ...ways,
    lookup: (state, { lastName, firstName, certificateNumber, invoiceSecret }) => {
      const kept = { ...state, typed: { ...state.typed, lastName, firstName, certificateNumber } };
      // One of the two is enough: some people have one name, some type everything in one field.
      const nameless = bare(lastName + firstName) === '' ? { lastName: required('lastName') } : {};
      return askWith(
        kept,
        { ...nameless, ...check({ certificateNumber }) },
        {
          do: 'lookup',
          lastName: lastName.trim(),
          firstName: firstName.trim(),
          certificateNumber: bare(certificateNumber),
          invoiceSecret: bare(invoiceSecret),
        },
      );
    },
  },
  proof: {
    ...ways,
    confirmLink: (state, { code }) => {
      if (state.proof?.proof !== 'code') return state;
      const { challengeId } = state.proof;
      return askWith(state, check({ code }), { do: 'confirmLink', challengeId, code: bare(code) });
    },
  },
  choose: {
    ...ways,
    choose: (state, { certificateId }) => openCertificate(state, certificateId),
    payAll: (state) =>
      price(
        { ...go(state, 'detail'), certificateId: null },
        payableIds({ certificates: byDueDate(state.certificates).due }),
        null,
      ),
  },
  detail: {
    ...ways,
    // Other boxes are ticked: another price.
    select: (state, { invoiceIds }) =>
      invoiceIds.length === 0
        ? withErrors(
            { ...state, task: null, selection: [], quote: null, amountCents: null },
            { invoices: { key: 'invoice.pickNone' } },
          )
        : price(state, invoiceIds, instalmentOf(state, invoiceIds)),
    // A part of the balance; null is the whole of it again.
    setAmount: (state, { amountCents, typed }) => {
      const { quote } = state;
      if (quote === null) return state;
      if (amountCents === null && typed !== '') return withErrors(state, { amount: { key: 'err.amount' } });
      const most = quote.invoices.reduce((sum, { balanceCents }) => sum + balanceCents, 0);
      if (amountCents !== null && (amountCents < (quote.minimumCents ?? most) || amountCents > most)) {
        return withErrors(state, { amount: { key: 'err.amountRange' } });
      }
      return price(state, state.selection, amountCents);
    },
    // « Effectuer un paiement » (S22).
    pay: (state, { key }) => {
      if (state.quote === null || state.selection.length === 0) return state;
      const wish = {
        invoiceIds: state.selection,
        amountCents: state.amountCents,
        expectedTotalCents: state.quote.totalCents,
      };
      const { attempt: before } = state;
      const same =
        before !== null && JSON.stringify({ ...before, key: '' }) === JSON.stringify({ key: '', ...wish });
      const attempt = same ? before : { key, ...wish };
      return { ...ask(go(state, 'leaving'), { do: 'create', attempt }), attempt };
    },
  },
  history: ways,
};

export const invoiceAnswers: {
  [N in 'search' | 'lookup' | 'confirmLink' | 'quote']: Transition<Answers[N]>;
} = {
  // An open payment comes first (P5); that transition is in journey.ts.
  search: (state, found) => showFile({ ...state, ...found, proof: found.proof ?? null }),
  // Found, or a proof is asked for: a code by e-mail, or the staff's approval.
  lookup: (state, found) =>
    'proof' in found ? { ...go(state, 'proof'), proof: found } : opened(state, found),
  confirmLink: (state, found) => opened({ ...state, proof: null }, found),
  quote: (state, quote) => ({ ...state, quote }),
};

/** Her certificates, the ones that were just opened first. */
function opened(state: State, found: readonly Certificate[]): State {
  const others = state.certificates.filter((known) => !found.some(({ id }) => id === known.id));
  return showFile(
    {
      ...state,
      certificates: [...found, ...others],
      typed: { ...state.typed, certificateNumber: '' },
    },
    found.map(({ id }) => id),
  );
}

/** As many invoices as the API takes at a time. */
export const AT_ONCE = 100;

export const payableInvoices = (certificates: readonly Certificate[]) =>
  certificates.flatMap(({ invoices }) => invoices).filter(({ payable, held }) => payable && !held);

/** Invoices of this certificate (of all when absent) that can be paid now, together. */
export function payableIds({ certificates }: Pick<State, 'certificates'>, certificateId?: string): string[] {
  const among = certificates.filter(({ id }) => certificateId === undefined || id === certificateId);
  return payableInvoices(among)
    .slice(0, AT_ONCE)
    .map(({ id }) => id);
}

/** Those with something to pay, what falls due first before the others, and those without. */
export function byDueDate(certificates: readonly Certificate[]) {
  const dueOn = ({ invoices }: Certificate) => {
    const open = invoices.filter(({ payable, held }) => payable || held);
    return open.map((invoice) => invoice.dueOn).sort()[0] ?? '';
  };
  return {
    due: certificates.filter(dueOn).sort((one, other) => dueOn(one).localeCompare(dueOn(other))),
    rest: certificates.filter((certificate) => dueOn(certificate) === ''),
  };
}

/**
 * The amount when there is one thing to show, else the choice (S20). The same number over two periods is one thing
 * when only one of them is to be paid; two persons' files under one e-mail never are.
 */
function showFile(state: State, among: readonly string[] = state.certificates.map(({ id }) => id)): State {
  const { notice } = state;
  if (state.certificates.length === 0) return go(state, state.proof ? 'proof' : 'lookup', notice);
  const shown = state.certificates.filter(({ id }) => among.includes(id));
  const open = shown.filter(({ invoices }) => invoices.some(({ payable, held }) => payable || held));
  const oneNumber = new Set(shown.map(({ number }) => number)).size === 1;
  const onePerson = new Set(shown.map(({ holderName }) => holderName)).size === 1;
  const only =
    open.length === 1 && onePerson ? open[0] : open.length === 0 && oneNumber ? shown[0] : undefined;
  if (only === undefined) return go(state, 'choose', notice);
  return { ...openCertificate(state, only.id), notice };
}

function openCertificate(state: State, certificateId: string): State {
  const ids = payableIds(state, certificateId);
  const shown = { ...go(state, 'detail'), certificateId, selection: ids, amountCents: null, quote: null };
  return ids.length === 0 ? shown : price(shown, ids, instalmentOf(state, ids));
}

/** Of one invoice with a plan, what is due next; null: the whole of it. */
function instalmentOf({ certificates }: State, [id, ...others]: readonly string[]): number | null {
  const invoice = payableInvoices(certificates).find((one) => one.id === id);
  const cents = others.length === 0 ? invoice?.plan?.next?.amountCents : undefined;
  return cents === undefined || cents === invoice?.balanceCents ? null : cents;
}

/** Asks what these invoices cost now. Until the answer, there is no price and nothing can be paid. */
function price(state: State, selection: readonly string[], amountCents: number | null): State {
  const task: Task = { do: 'quote', invoiceIds: selection, amountCents };
  return { ...ask(state, task), notice: state.notice, selection, amountCents, quote: null };
}
