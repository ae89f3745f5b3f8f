// Documents drawn in a thread of their own: one takes some 70 ms of a processor, in which the event loop would answer
// nobody. One after the other, and kept for a while: whoever asks again gets the same bytes at once.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Content } from './content.ts';

/** More than three hundred receipts of a page. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** More than any document takes on a busy machine. */
const PATIENCE_MS = 30_000;

interface Document {
  drawn: Promise<Uint8Array>;
  /** None until it is drawn. */
  bytes: number;
}

/** What `Deps.pdf` is in a server. The thread is started at the first document, and keeps no process alive. */
export class PdfThread {
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** By what they say; least recently asked for first. */
  readonly #kept = new Map<string, Document>();
  #keptBytes = 0;
  readonly #mostKept: number;

  /** Keeps documents of so many bytes together. */
  constructor(mostKept = KEPT_BYTES) {
    this.#mostKept = mostKept;
  }

  /** The document's bytes, as `contentPdf` draws them. Rejects when the drawing fails or takes too long. */
  async pdf(content: Content): Promise<Uint8Array> {
    const key = JSON.stringify(content);
    const document = this.#kept.get(key) ?? this.#begin(key, content);
    this.#kept.delete(key);
    this.#kept.set(key, document);
    return await document.drawn;
  }

  /** Ends the thread, and what it draws. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #begin(key: string, content: Content): Document {
    const drawn = this.#last.then(() => this.#draw(content));
    this.#last = drawn.catch(() => undefined);
    const document: Document = { drawn, bytes: 0 };
    drawn.then(
      ({ length }) => this.#keep(document, length),
      () => this.#forget(key, document),
    );
    return document;
  }

  async #draw(content: Content): Promise<Uint8Array> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    worker.ref();
    try {
      const answer = once(worker, 'message', { signal });
      worker.postMessage(content);
      const [pdf] = (await answer) as [Uint8Array];
      worker.unref();
      return pdf;
    } catch (error) {
      // It failed, or hangs: the next document has a new one.
      await this.close();
      throw error;
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    // Of one that fails while it draws nothing; `once` hears the others.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  #keep(document: Document, bytes: number): void {
    document.bytes = bytes;
    this.#keptBytes += bytes;
    for (const [key, oldest] of this.#kept) {
      if (this.#keptBytes <= this.#mostKept) break;
      // One that is still being drawn makes no room yet.
      if (oldest.bytes > 0) this.#forget(key, oldest);
    }
  }

  #forget(key: string, document: Document): void {
    if (this.#kept.get(key) === document) this.#kept.delete(key);
    this.#keptBytes -= document.bytes;
  }
}
