// A receipt by its short-lived link: to read, print or save, without the session's token.
import { type Context, Hono } from 'hono';
import { BoundedQueue } from '../bounded-queue.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import type { Markup } from '../page.ts';
import type { Content } from '../pdf/content.ts';
import { Problem } from '../problems/problem.ts';
import { receiptContent } from './content.ts';
import { ReceiptDocument, RefundDocument } from './document.ts';
import { Fetches } from './fetches.ts';
import { contentHtml, contentsHtml, expiredLinkHtml, laterHtml, RECEIPT_POLICY } from './html.ts';
import { documentOpenedBy, type Opens } from './links.ts';
import { contentOf, contentsOfDeposit, issuedById } from './recorded.ts';
import { refundContent } from './refund-content.ts';
import { yearContent } from './year-content.ts';

// One is drawn while the next one is read; whoever waits for ten seconds would ask again.
const DRAWING = { atOnce: 2, places: 100, patienceMs: 10_000 };

interface Found {
  content: Content;
  /** Of the saved file, without its extension. */
  name: string;
}

/** `GET /v1/receipts/{link}.pdf` and `.html`. */
export function receiptRoutes(deps: Deps) {
  const drawing = new BoundedQueue(DRAWING);
  const fetches = new Fetches(deps);
  const page = (c: Context<BaseEnv>, content: Markup, status: 200 | 410 | 429 | 503) => {
    c.header('Content-Security-Policy', RECEIPT_POLICY);
    return c.html(content, status);
  };
  const expired = (c: Context<BaseEnv>) => page(c, expiredLinkHtml(), 410);
  const document = async (c: Context<BaseEnv>, link: string, kind: string) => {
    const opens = await documentOpenedBy(deps, link);
    if (opens === null) return expired(c);
    fetches.take(link);
    if (opens.kind === 'deposit') {
      const contents = kind === 'html' ? await contentsOfDeposit(deps, opens.id) : [];
      return contents.length === 0 ? expired(c) : page(c, contentsHtml(contents), 200);
    }
    const found = await find(deps, opens);
    if (found === null) return expired(c);
    if (kind === 'html') return page(c, contentHtml(found.content), 200);
    c.header('Content-Type', 'application/pdf');
    c.header('Content-Disposition', `attachment; filename="${found.name}.pdf"`);
    return c.body((await deps.pdf(found.content)) as Uint8Array<ArrayBuffer>);
  };
  return new Hono<BaseEnv>().get(
    '/v1/receipts/:file{[A-Za-z0-9_.-]+}',
    describeFile(
      'A receipt by its link of a quarter of an hour, as .pdf or .html; 410 after; 429 and 503 with Retry-After, when it is asked for too often or too many are',
      'application/pdf',
    ),
    async (c) => {
      c.header('Cache-Control', 'private, no-store');
      const [, link = '', kind] = /^([\w-]+\.[\w-]+\.[\w-]+)\.(pdf|html)$/.exec(c.req.param('file')) ?? [];
      if (kind === undefined) return expired(c);
      try {
        const work = () => document(c, link, kind);
        return await (kind === 'pdf' ? drawing.run(work) : work());
      } catch (error) {
        if (!(error instanceof Problem) || error.extra.retryAfter === undefined) throw error;
        c.header('Retry-After', String(error.extra.retryAfter));
        return page(c, laterHtml(), error.kind === 'busy' ? 503 : 429);
      }
    },
  );
}

async function find(
  deps: Pick<Deps, 'db' | 'now'>,
  opens: Exclude<Opens, { kind: 'deposit' }>,
): Promise<Found | null> {
  if (opens.kind === 'year') {
    const content = await yearContent(deps, opens.id, opens.year, opens.lang);
    return { content, name: `${opens.lang === 'fr-CA' ? 'releve' : 'summary'}-${opens.year}` };
  }
  if (opens.kind === 'recorded') {
    const issued = await issuedById(deps, opens.id);
    return issued === undefined ? null : contentOf(issued);
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
