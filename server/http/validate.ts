// One schema per input: it validates the request, types the handler and the widget's client, and becomes OpenAPI.
import type { ValidationTargets } from 'hono';
import { type DescribeRouteOptions, describeRoute, resolver, uniqueSymbol, validator } from 'hono-openapi';
import { z } from 'zod';
import { PROBLEMS, type ProblemType } from '../problems/catalogue.ts';
import { type FieldError, Problem } from '../problems/problem.ts';

/**
 * Middleware that parses `target` by `schema`, or refuses with `validation` and a code per field.
 * The submitted values are never repeated in the answer (they may be passwords).
 *
 * @example
 * app.post('/sessions', validate('json', z.strictObject({ email, password })), (c) => {
 *   const { email } = c.req.valid('json');
 * });
 */
export function validate<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return validator(target, schema, (result) => {
    if (!result.success) throw new Problem('validation', { errors: fieldErrors(result.error) });
  });
}

type Issue = {
  path?: readonly unknown[] | undefined;
  code?: string;
  message: string;
  origin?: string;
  input?: unknown;
};

// A schema that wants its own code for a field sets it as the message, in kebab-case.
function fieldErrors(issues: readonly unknown[]): FieldError[] {
  return (issues as readonly Issue[]).slice(0, 20).map((issue) => {
    const path = (issue.path ?? []).map((part) => {
      const key = typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
      return String(key).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
    });
    return { pointer: path.map((part) => `/${part}`).join(''), code: codeOf(issue) };
  });
}

function codeOf(issue: Issue): string {
  if (/^[a-z]+(-[a-z]+)*$/.test(issue.message)) return issue.message;
  if (issue.code === 'too_small') return 'too-short';
  if (issue.code === 'too_big') return 'too-long';
  if (issue.code === 'unrecognized_keys') return 'unknown-field';
  return 'invalid';
}

const ProblemSchema = z
  .object({
    type: z.string(),
    status: z.number().int(),
    title: z.string(),
    titleEn: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
    retryAfter: z.number().int().optional(),
  })
  .meta({ ref: 'Problem' });

/** An answer of any problem, described so. */
const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: resolver(ProblemSchema) } },
});

/**
 * A guard or a limit that documents itself: `spec` goes into the description of every route behind `handler`.
 *
 * @example
 * const byKey = (scope: Scope) => documentedGuard({ security: [{ staffKey: [scope] }] }, async (c, next) => { … });
 */
export function documentedGuard<Handler extends object>(
  spec: DescribeRouteOptions,
  handler: Handler,
): Handler {
  return Object.assign(handler, { [uniqueSymbol]: { spec } });
}

/**
 * Documents a page or a file: what it is, and of which kind.
 *
 * @example
 * app.get('/docs', describeFile('The API for people', 'text/html'), (c) => c.html(page));
 */
export function describeFile(
  summary: string,
  media: string,
  {
    problems = [],
    status = 200,
    security,
  }: {
    problems?: readonly ProblemType[];
    status?: number;
    security?: DescribeRouteOptions['security'];
  } = {},
) {
  return describe({
    summary,
    ...(security === undefined ? {} : { security }),
    tags: ['pages and files'],
    ok: { status, description: summary, ...(status === 200 ? { media } : {}) },
    problems,
  });
}

/**
 * Documents a route: what it is for, what it answers, which problems it may meet.
 *
 * @example
 * app.get(
 *   '/me',
 *   describe({
 *     summary: 'Who is signed in',
 *     tags: ['account'],
 *     ok: { status: 200, description: 'The account', schema: Me },
 *     signedIn: true,
 *   }),
 *   signedIn(deps),
 *   (c) => c.json(me, 200),
 * );
 */
export function describe(route: {
  summary: string;
  tags: [string, ...string[]];
  ok: { status: number; description: string; schema?: z.ZodType; media?: string };
  /** The other good answer (202): it is not done yet. */
  accepted?: { description: string; schema: z.ZodType };
  problems?: readonly ProblemType[];
  signedIn?: boolean;
  /** Neither a person nor a key: what guards it instead. */
  security?: NonNullable<DescribeRouteOptions['security']>;
  /** By a key of the staff's API or a person of the staff; the guard says which, and what they must be allowed. */
  staff?: boolean;
}) {
  const responses: NonNullable<Parameters<typeof describeRoute>[0]['responses']> = {
    [route.ok.status]: {
      description: route.ok.description,
      ...(route.ok.schema
        ? { content: { 'application/json': { schema: resolver(route.ok.schema) } } }
        : route.ok.media
          ? { content: { [route.ok.media]: {} } }
          : {}),
    },
    ...(route.accepted === undefined
      ? {}
      : {
          202: {
            description: route.accepted.description,
            content: { 'application/json': { schema: resolver(route.accepted.schema) } },
          },
        }),
  };
  // What a validator refuses (400) is described where there is one: docs.ts.
  const problems: ProblemType[] = [
    ...(route.signedIn || route.staff ? (['unauthenticated'] as const) : []),
    ...(route.signedIn || route.staff ? (['dpop-nonce', 'dpop-invalid'] as const) : []),
    ...(route.problems ?? []),
  ];
  for (const [status, kinds] of Map.groupBy(problems, (kind) => PROBLEMS[kind].status)) {
    responses[status] = problemResponse(
      kinds.map((kind) => `\`${kind}\`: ${PROBLEMS[kind].titleEn}`).join(' '),
    );
  }
  responses.default = problemResponse('Any other problem; its `type` leads to what it means.');
  return describeRoute({
    summary: route.summary,
    tags: route.tags,
    responses,
    ...(route.signedIn ? { security: [{ session: [] }] } : {}),
    ...(route.security === undefined ? {} : { security: route.security }),
  });
}
