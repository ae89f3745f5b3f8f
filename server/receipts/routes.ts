// A receipt by its short-lived link: to read, print or save, without the session's token.
import { type Context, Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { type Content, receiptContent } from './content.ts';
import { ReceiptDocument, RefundDocument } from './document.ts';
import { contentHtml, expiredLinkHtml, RECEIPT_POLICY } from './html.ts';
import { documentOpenedBy, type Opens } from './links.ts';
import { contentPdf } from './pdf.ts';
import { refundContent } from './refund-content.ts';
import { yearContent } from './year-content.ts';

interface Found {
  content: Content;
  /** Of the saved file, without its extension. */
  name: string;
}

/** `GET /v1/receipts/{link}.pdf` and `.html`. */
export function receiptRoutes(deps: Deps) {
  const expired = (c: Context<BaseEnv>) => {
    c.header('Content-Security-Policy', RECEIPT_POLICY);
    return c.html(expiredLinkHtml(), 410);
  };
  return new Hono<BaseEnv>().get(
    '/v1/receipts/:file{[A-Za-z0-9_.-]+}',
    describeFile(
      'A receipt by its link of a quarter of an hour, as .pdf or .html; 410 after',
      'application/pdf',
    ),
    async (c) => {
      const [, link = '', kind] = /^([\w-]+\.[\w-]+\.[\w-]+)\.(pdf|html)$/.exec(c.req.param('file')) ?? [];
      c.header('Cache-Control', 'private, no-store');
      const opens = await documentOpenedBy(deps, link);
      const found = opens === null ? null : await find(deps, opens);
      if (found === null || kind === undefined) return expired(c);
      if (kind === 'html') {
        c.header('Content-Security-Policy', RECEIPT_POLICY);
        return c.html(contentHtml(found.content));
      }
      c.header('Content-Type', 'application/pdf');
      c.header('Content-Disposition', `attachment; filename="${found.name}.pdf"`);
      return c.body((await contentPdf(found.content)) as Uint8Array<ArrayBuffer>);
    },
  );
}

async function find(deps: Pick<Deps, 'db' | 'now'>, opens: Opens): Promise<Found | null> {
  if (opens.kind === 'year') {
    const content = await yearContent(deps, opens.id, opens.year, opens.lang);
    return { content, name: `${opens.lang === 'fr-CA' ? 'releve' : 'summary'}-${opens.year}` };
  }
  const table = opens.kind === 'receipt' ? 'receipts' : 'refund_receipts';
  const { rows } = await deps.db.execute<{ number: number; document: string }>(
    `SELECT number, document FROM ${table} WHERE id = ?`,
    [opens.id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  if (opens.kind === 'receipt') {
    const document = ReceiptDocument.parse(JSON.parse(row.document));
    return {
      content: receiptContent({ number: row.number, document }),
      name: `${document.lang === 'fr-CA' ? 'recu' : 'receipt'}-${row.number}`,
    };
  }
  const document = RefundDocument.parse(JSON.parse(row.document));
  return {
    content: refundContent({ number: row.number, document }),
    name: `${document.lang === 'fr-CA' ? 'remboursement' : 'refund'}-${row.number}`,
  };
}
