// bare.ts once more, as Node runs it without anything to strip types.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

if (import.meta.main)
  serve(
    { fetch: new Hono().get('*', (c) => c.json({ status: 'ok' })).fetch, port: 0, hostname: '127.0.0.1' },
    ({ port }) => console.log(`ready on port ${port}`),
  );
