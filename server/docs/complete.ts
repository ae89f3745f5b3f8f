// What OpenAPI's judges ask of a description and no route says for itself.
import type { Operation, Spec } from './pages.ts';

/** What the routes of a tag are for. */
const TAGS: Readonly<Record<string, string>> = {
  regroupement: 'The association that is paid, as a page may know it before anybody signs in',
  accounts: 'To have an account: sign up, activate, sign in and out, another password',
  account: 'The account of whoever is signed in, and its sessions',
  certificates: 'Her certificates and invoices, and how they are found',
  payments: 'A payment from its beginning to its receipt',
  privacy: 'What is held on a person: given, corrected, erased',
  paypal: 'Where PayPal sends its records, and whoever paid there',
  backoffice: 'What the staff of an association do, by a key or in person',
  staff: 'The people of the staff: sign in, second factor, invitations',
  'pages and files': 'For browsers and operators',
};

/**
 * Adds to each route what holds for all alike, and says once what the tags mean: that it is public where nothing guards it,
 * that a refusal is a problem, and its summary for readers that show descriptions only.
 *
 * Throws where a route has a tag that nobody has explained.
 */
export function completed(spec: Spec): Spec {
  const used = new Set<string>();
  for (const operation of Object.values(spec.paths).flatMap((methods) => Object.values(methods))) {
    for (const tag of operation.tags ?? []) used.add(tag);
    complete(operation);
  }
  const unexplained = [...used].filter((tag) => !Object.hasOwn(TAGS, tag));
  if (unexplained.length > 0) throw new Error(`no words for the tags ${unexplained.join(', ')}`);
  const tags = Object.entries(TAGS).filter(([name]) => used.has(name));
  return { ...spec, tags: tags.map(([name, description]) => ({ name, description })) };
}

function complete(operation: Operation): void {
  const { summary, responses = {} } = operation;
  operation.security ??= [];
  if (summary !== undefined) operation.description ??= summary;
  const refused = Object.keys(responses).some((status) => status.startsWith('4'));
  if (!refused && responses.default !== undefined) responses['4XX'] = responses.default;
}
