// The public keys of our access tokens, for whoever wants to verify one without asking us.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import type { BaseEnv } from '../../http/context.ts';
import { describe } from '../../http/validate.ts';
import { publicKeys } from './signing-keys.ts';

const Jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
});

export function jwksRoutes(deps: Deps) {
  return new Hono<BaseEnv>().get(
    '/.well-known/jwks.json',
    describe({
      summary: 'The public keys that verify access tokens',
      tags: ['accounts'],
      ok: { status: 200, description: 'A JSON Web Key Set, newest key first', schema: Jwks },
    }),
    async (c) => {
      c.header('Cache-Control', 'public, max-age=300');
      return c.json(await publicKeys(deps), 200);
    },
  );
}
