// `/web-sdk/v6/core`: what PayPal's JavaScript SDK v6 puts on a page, as far as a payment in a window needs it. The
// window is the payer's own pages; how it ended comes back by a message, or by nobody answering any more.
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { Faults } from '../faults.ts';

export function webSdk({ faults, publicUrl }: { faults: Faults; publicUrl: string }): Hono {
  const script = readFileSync(new URL('web-sdk-core.js', import.meta.url), 'utf8');
  return new Hono().get('/web-sdk/v6/core', async (c) => {
    const fault = faults.take('sdk');
    c.header('Cache-Control', 'no-store');
    c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    c.header('Content-Type', 'text/javascript; charset=utf-8');
    if (fault?.kind === '503') return c.body('', 503);
    if (fault?.kind === 'timeout-before') await new Promise(() => {});
    return c.body(
      `const BASE = ${JSON.stringify(publicUrl)}, MODE = ${JSON.stringify(fault?.kind ?? '')};\n${script}`,
    );
  });
}
