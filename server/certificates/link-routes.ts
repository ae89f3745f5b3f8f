// HTTP of opening a certificate (S16–S19): the search, the code that proves it, and undoing what somebody opened.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { signedIn } from '../accounts/sessions/signed-in.ts';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { confirmCode } from './links/link-challenges.ts';
import { checkUndo, undoLink } from './links/link-undo.ts';
import { searchByNameAndNumber } from './lookup/lookup.ts';
import type { Seeker } from './lookup/lookup-limits.ts';
import { ConfirmLinkRequest, LinkedCertificates, LinkRequest, ProofAwaited, UndoRequest } from './schemas.ts';

const tags: [string] = ['certificates'];

export function linkRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .post(
      '/certificates/links',
      describe({
        summary: 'Open a certificate by name and number, or learn which proof is awaited',
        tags,
        ok: { status: 201, description: 'The certificates found', schema: LinkedCertificates },
        accepted: {
          description: 'A proof is awaited; the same whether a file matches or not',
          schema: ProofAwaited,
        },
        problems: ['lookup-not-found', 'too-many-requests'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', LinkRequest),
      async (c) => {
        const answer = await searchByNameAndNumber(deps, seekerOf(c), c.req.valid('json'));
        return 'certificates' in answer ? c.json(answer, 201) : c.json(answer, 202);
      },
    )
    .post(
      '/certificates/links/confirm',
      describe({
        summary: 'Open a certificate with the code that was sent to the e-mail on file',
        tags,
        ok: { status: 201, description: 'The certificates, whole', schema: LinkedCertificates },
        problems: ['code-wrong', 'code-expired', 'too-many-requests'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', ConfirmLinkRequest),
      async (c) => c.json(await confirmCode(deps, seekerOf(c), c.req.valid('json')), 201),
    )
    .post(
      '/link-undo/check',
      describe({
        summary: 'Whether an e-mailed undo link still works',
        tags,
        ok: { status: 200, description: 'It does', schema: z.object({ state: z.literal('valid') }) },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', UndoRequest),
      async (c) => {
        await checkUndo(deps, c.get('regroupement').id, c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/link-undo',
      describe({
        summary: 'Close a certificate that an account opened',
        tags,
        ok: { status: 200, description: 'Closed', schema: z.object({ undone: z.literal(true) }) },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', UndoRequest),
      async (c) => {
        await undoLink(deps, c.get('regroupement').id, c.req.valid('json').token);
        return c.json({ undone: true as const }, 200);
      },
    );
}

function seekerOf(c: Context): Seeker {
  return {
    regroupement: c.get('regroupement'),
    accountId: c.get('session').accountId,
    clientAddress: c.get('clientAddress'),
  };
}
