// Applied credits to undo, receipts and their annulment, and pasted cheques, in their states.
import { ok, problem } from '../support/fake-api.ts';
import { annulled, found, type OfficePage, overview, owedAgain, paste, work } from '../support/office.ts';
import { until } from '../support/widget.ts';

type Prepare = NonNullable<Parameters<typeof work>[1]>;

/** Her file: its cancelled invoice owes what its credit had paid elsewhere. */
export async function fileOwedAgain(prepare: Prepare = () => undefined): Promise<OfficePage> {
  const page = await work('#dossier/holder-1', (api) => {
    api.on('GET /holders/:id/overview', () => ok({ ...overview, holder: owedAgain }));
    prepare(api);
  });
  await page.reads('Comptes liés');
  return page;
}
const undoing = async (): Promise<OfficePage> => {
  const page = await fileOwedAgain();
  await page.press('Défaire le crédit appliqué de la facture PB-F-2026-0005');
  await page.reads('L’autre est à payer de nouveau');
  return page;
};
const seen = async (page: Promise<OfficePage>, sentence: string): Promise<OfficePage> => {
  const there = await page;
  await there.press('Voir le résultat');
  await there.reads(sentence);
  return there;
};
const receipt = async (): Promise<OfficePage> => {
  const page = await work('#depots/deposit-1', (api) =>
    api.on('GET /recorded-payments/:id/receipts', () => ok({ receipts: annulled })),
  );
  await page.press('Voir le reçu no C-2026-0001');
  await page.reads('Annulation no CA-2026-0001');
  return page;
};
/** One to record, one of several people, one too large, one without an amount, one of nobody. */
const pasted = async (): Promise<OfficePage> => {
  const page = await work('#depots/deposit-1', (api) =>
    api.on('POST /search', ({ body }) =>
      ok(found(({ Tremblay: 3, Personne: 0 } as const)[String(body.text)] ?? 1)),
    ),
  );
  await page.reads('Inscrire un chèque');
  paste(
    page,
    'PB-F-2026-0003\t100,50\t0418\nTremblay\t20,00\t0419\nPB-F-2026-0003\t1 234,56\t0420\nPB-F-2026-0003\tbeaucoup\t0421\nPersonne\t5,00\t0422',
  );
  await page.reads('C’est plus que ce qui reste à payer');
  await until('looked for', () => !page.get<HTMLButtonElement>('#paste-yes').disabled);
  return page;
};

export const reachBooks: Readonly<Record<string, () => Promise<OfficePage>>> = {
  'file, an applied credit to undo': undoing,
  'file, an applied credit, seen': () => seen(undoing(), 'Facture PB-F-2026-0003 : solde'),
  'file, an applied credit, refused': async () => {
    const page = await undoing();
    page.api.on('POST /credit-transfers/:id/undo/preview', () => problem('payment-in-progress', 409));
    return seen(Promise.resolve(page), 'Un paiement est déjà en cours');
  },
  'deposit, a receipt and its annulment': receipt,
  'deposit, a pasted list with doubts': pasted,
  'deposit, a pasted list, pasted over': async () => {
    const page = await pasted();
    paste(page, 'Tremblay\t20,00\t0419');
    await page.reads('Rien n’a été ajouté');
    return page;
  },
};
