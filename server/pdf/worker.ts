// The thread in which documents are drawn (thread.ts): a document comes in, its bytes go out.
import { parentPort } from 'node:worker_threads';
import type { Content } from './content.ts';
import { contentPdf } from './draw.ts';

parentPort?.on('message', async (content: Content) => {
  const pdf = await contentPdf(content);
  parentPort?.postMessage(pdf, [pdf.buffer as ArrayBuffer]);
});
