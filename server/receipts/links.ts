// Links to a receipt, for a quarter of an hour (signed-links.ts says why they carry no session).
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { readLink, signLink } from '../signed-links.ts';

const LIFE_S = 15 * 60;

/** What a link opens. */
const Opens = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('receipt'), id: z.string() }),
  z.object({ kind: z.literal('refund'), id: z.string() }),
  /** The receipts of a deposit's cheques that stand, one after the other, to be printed. */
  z.object({ kind: z.literal('deposit'), id: z.string() }),
  /** Of a cheque and the like, or what annuls it. */
  z.object({ kind: z.literal('recorded'), id: z.string() }),
  /** What an account paid in a calendar year. */
  z.object({
    kind: z.literal('year'),
    id: z.string(),
    year: z.number().int(),
    lang: z.enum(['fr-CA', 'en-CA']),
  }),
]);
export type Opens = z.infer<typeof Opens>;

/** Where the document can be had for the next 15 minutes. */
export async function documentUrls(
  deps: Pick<Deps, 'config' | 'now'>,
  opens: Opens,
): Promise<{ pdfUrl: string; htmlUrl: string }> {
  const url = `${deps.config.publicUrl}/v1/receipts/${await signLink(deps, 'receipt', opens, LIFE_S)}`;
  return { pdfUrl: `${url}.pdf`, htmlUrl: `${url}.html` };
}

/** What the link opens, or null when it is not ours or too old. */
export async function documentOpenedBy(
  deps: Pick<Deps, 'config' | 'now'>,
  token: string,
): Promise<Opens | null> {
  return await readLink(deps, 'receipt', Opens, token);
}
