// A cheque typed fast: what is written down is what she saw, also where answers come late.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desk } from '../../../widget/bureau/desk.ts';
import { Entry } from '../../../widget/bureau/screens/deposits/entry.ts';

class Box {
  value = '';
}
Object.assign(globalThis, { HTMLInputElement: Box });

const holder = (id: string) => ({
  ...{ id, firstName: id, lastName: 'Tremblay' },
  certificates: [
    {
      invoices: [
        { number: `F-${id}`, balanceCents: 10_000, dueOn: '2026-05-01', payable: true, held: false },
      ],
    },
  ],
});
const found = (id: string) => ({
  ...{ holderId: id, firstName: id, lastName: 'Tremblay', certificateNumbers: [] },
});

interface Drawn {
  strings: readonly string[];
  values: readonly unknown[];
}
const isDrawn = (value: unknown): value is Drawn =>
  typeof value === 'object' && value !== null && 'strings' in value && 'values' in value;

/** What the page does at this event of the element that `within` names. */
function handler(drawn: unknown, within: string, event: string): ((event: unknown) => unknown) | undefined {
  if (Array.isArray(drawn)) return drawn.map((one) => handler(one, within, event)).find(Boolean);
  if (!isDrawn(drawn)) return undefined;
  const { strings, values } = drawn;
  const here = strings.some((one) => one.includes(within));
  for (const [at, value] of values.entries()) {
    if (here && typeof value === 'function' && strings[at]?.endsWith(`@${event}=`))
      return value as (event: unknown) => unknown;
    const below = handler(value, within, event);
    if (below !== undefined) return below;
  }
  return undefined;
}

function typing() {
  const boxes = { '#entry-payer': new Box(), '#entry-amount': new Box(), '#entry-number': new Box() };
  const waiting = new Map<string, (holder: unknown) => void>();
  const cheques: { invoices: { invoiceNumber: string }[] }[] = [];
  let focused = '';
  const t = (key: string) => key;
  const desk = {
    ...{ lang: 'fr-CA', words: { t, plain: t }, redraw() {}, announce() {} },
    find: (selector: keyof typeof boxes) => boxes[selector],
    focus: (selector: string) => {
      focused = selector;
    },
    async files(_: string, path: string, given: { id: string; json: (typeof cheques)[number] }) {
      if (path === '/search') return { found: [found('Anne'), found('Bea'), found('Chloe')] };
      if (path === '/holders/:id')
        return await new Promise((answer) => {
          waiting.set(given.id, () => answer({ holder: holder(given.id) }));
        });
      cheques.push(given.json);
      return { deposit: { totalCents: 0 } };
    },
  };
  const entry = new Entry(desk as unknown as Desk, 'deposit', () => {});
  const settled = () => new Promise((done) => setImmediate(done));
  return {
    boxes,
    cheques,
    focused: () => focused,
    settled,
    async answer(id: string) {
      waiting.get(id)?.(null);
      await settled();
    },
    async choose(id: string) {
      void handler(entry.render(), 'id="entry-who"', 'change')?.({ target: { value: id } });
      await settled();
    },
    async enter() {
      void handler(entry.render(), 'id="entry-form"', 'submit')?.({ preventDefault() {} });
      await settled();
    },
  };
}

test('Enter before the file is found, and several bear the name: she sees whom it pays before it is written down', async () => {
  const page = typing();
  page.boxes['#entry-payer'].value = 'Tremblay';
  page.boxes['#entry-amount'].value = '50,00';
  await page.enter();
  await page.answer('Anne');
  assert.deepEqual([page.cheques.length, page.focused()], [0, '#entry-who']);
  await page.enter();
  assert.equal(page.cheques[0]?.invoices[0]?.invoiceNumber, 'F-Anne');
});

test('another one chosen: the cheque is hers, whichever file comes first, and nobody’s until hers is there', async () => {
  const page = typing();
  page.boxes['#entry-payer'].value = 'Tremblay';
  page.boxes['#entry-amount'].value = '50,00';
  await page.enter();
  await page.answer('Anne');
  await page.choose('Bea');
  await page.choose('Chloe');
  await page.enter();
  assert.equal(page.cheques.length, 0);
  await page.answer('Chloe');
  await page.answer('Bea');
  await page.enter();
  assert.deepEqual(
    page.cheques.map(({ invoices }) => invoices[0]?.invoiceNumber),
    ['F-Chloe'],
  );
});
