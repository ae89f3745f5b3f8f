// /v1/backoffice/{regroupement}/keys: an owner makes a key for a program, sees which may call, and ends what a colleague who leaves
// may hold.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { Problem } from '../../problems/problem.ts';
import { createKey, LONGEST_DAYS, livingKeys, revokeKey, SCOPES } from '../api-keys.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';

const tags: [string] = ['backoffice'];
const Instant = z.iso.datetime();
const DAY_MS = 86_400_000;
const NewKey = z.strictObject({
  name: line(100).describe('of the program'),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  days: z.int().min(1).max(LONGEST_DAYS).default(365).describe('that it lives'),
});
const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    madeBy: z.string().nullable().describe('`staff:` or `cli:` and who'),
    createdAt: Instant,
    expiresAt: Instant,
    lastUsedAt: Instant.nullable(),
  })
  .meta({ ref: 'Key' });

export function keyRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .get(
      '/keys',
      describe({
        summary: 'The keys that open something now, without their secrets',
        tags,
        staff: true,
        ok: { status: 200, description: 'The keys', schema: z.object({ keys: z.array(Key) }) },
        problems: ['forbidden', 'fresh-factor-needed'],
      }),
      staffGuard(deps, 'vault'),
      async (c) => {
        const iso = (at: number) => new Date(at).toISOString();
        const keys = await livingKeys(deps, c.get('regroupement').id);
        return c.json(
          {
            keys: keys.map(({ id, name, scopes, madeBy, createdAt, expiresAt, lastUsedAt }) => ({
              ...{
                id,
                name,
                scopes: [...scopes],
                madeBy,
                createdAt: iso(createdAt),
                expiresAt: iso(expiresAt),
              },
              lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
            })),
          },
          200,
        );
      },
    )
    .post(
      '/keys',
      describe({
        summary: 'Make a key for a program; its secret is answered this once. Owners are told',
        tags,
        staff: true,
        ok: {
          status: 201,
          description: 'The key',
          schema: z.object({ id: z.string(), secret: z.string(), expiresAt: Instant }),
        },
        problems: ['forbidden', 'fresh-factor-needed'],
      }),
      staffGuard(deps, 'vault'),
      validate('json', NewKey),
      async (c) => {
        const { name, scopes, days } = c.req.valid('json');
        const { id, secret, expiresAt } = await createKey(deps, c.get('regroupement').id, {
          ...{ name, lifeMs: days * DAY_MS, by: actor(c) },
          scopes: SCOPES.filter((scope) => scopes.includes(scope)),
        });
        c.header('Cache-Control', 'no-store');
        return c.json({ id, secret, expiresAt: new Date(expiresAt).toISOString() }, 201);
      },
    )
    .delete(
      '/keys/:id',
      describe({
        summary: 'Revoke a key, at once',
        tags,
        staff: true,
        ok: { status: 204, description: 'It opens nothing any more' },
        problems: ['forbidden', 'fresh-factor-needed', 'not-found'],
      }),
      staffGuard(deps, 'vault'),
      validate('param', z.object({ id: token })),
      async (c) => {
        if (!(await revokeKey(deps, c.get('regroupement').id, c.req.valid('param').id, actor(c))))
          throw new Problem('not-found');
        return c.body(null, 204);
      },
    );
}
