// Stub until the PDF is written.
import type { ReceiptDocument } from './document.ts';

export async function receiptPdf(receipt: {
  number: number;
  document: ReceiptDocument;
}): Promise<Uint8Array> {
  return new TextEncoder().encode(`%PDF stub ${receipt.number}`);
}
