// A receipt by its short-lived link: to read, print or save, without the session's token.
import { type Context, Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import type { Receipt } from './content.ts';
import { ReceiptDocument } from './document.ts';
import { expiredLinkHtml, RECEIPT_POLICY, receiptHtml } from './html.ts';
import { receiptOfLink } from './links.ts';
import { receiptPdf } from './pdf.ts';

/** `GET /v1/receipts/{link}.pdf` and `.html`. */
export function receiptRoutes(deps: Deps) {
  const find = async (link: string): Promise<Receipt | null> => {
    const id = await receiptOfLink(deps, link);
    if (id === null) return null;
    const { rows } = await deps.db.execute<{ number: number; document: string }>(
      'SELECT number, document FROM receipts WHERE id = ?',
      [id],
    );
    return rows[0] === undefined
      ? null
      : { number: rows[0].number, document: ReceiptDocument.parse(JSON.parse(rows[0].document)) };
  };
  const expired = (c: Context<BaseEnv>) => {
    c.header('Content-Security-Policy', RECEIPT_POLICY);
    return c.html(expiredLinkHtml(), 410);
  };
  return new Hono<BaseEnv>().get('/v1/receipts/:file{[A-Za-z0-9_.-]+}', async (c) => {
    const [, link = '', kind] = /^([\w-]+\.[\w-]+\.[\w-]+)\.(pdf|html)$/.exec(c.req.param('file')) ?? [];
    c.header('Cache-Control', 'private, no-store');
    const receipt = await find(link);
    if (receipt === null || kind === undefined) return expired(c);
    if (kind === 'html') {
      c.header('Content-Security-Policy', RECEIPT_POLICY);
      return c.html(receiptHtml(receipt));
    }
    const name = `${receipt.document.lang === 'fr-CA' ? 'recu' : 'receipt'}-${receipt.number}.pdf`;
    c.header('Content-Type', 'application/pdf');
    c.header('Content-Disposition', `attachment; filename="${name}"`);
    return c.body((await receiptPdf(receipt)) as Uint8Array<ArrayBuffer>);
  });
}
