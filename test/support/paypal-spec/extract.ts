// Cuts PayPal's published OpenAPI descriptions down to the operations this product uses (see README.md).
// Run it with the folder that holds them: node test/support/paypal-spec/extract.ts <folder>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}
/** One API's part: schemas by operation, and the named schemas that those reach. */
export interface Extract {
  source: string;
  license: string;
  operations: Record<string, { request?: JsonObject; responses: Record<string, JsonObject> }>;
  components: { schemas: Record<string, JsonObject> };
}

/** PayPal's file, the file kept here, and the operations kept: our name → method and path. */
export const APIS = [
  {
    published: 'checkout_orders_v2.json',
    kept: 'orders-v2.json',
    operations: {
      create: 'post /v2/checkout/orders',
      get: 'get /v2/checkout/orders/{id}',
      capture: 'post /v2/checkout/orders/{id}/capture',
    },
  },
  {
    published: 'payments_payment_v2.json',
    kept: 'payments-v2.json',
    operations: {
      'get-capture': 'get /v2/payments/captures/{capture_id}',
      refund: 'post /v2/payments/captures/{capture_id}/refund',
      'get-refund': 'get /v2/payments/refunds/{refund_id}',
    },
  },
  {
    published: 'notifications_webhooks_v1.json',
    kept: 'webhooks-v1.json',
    operations: {
      'create-webhook': 'post /v1/notifications/webhooks',
      'list-webhooks': 'get /v1/notifications/webhooks',
      'get-event': 'get /v1/notifications/webhooks-events/{event_id}',
      'verify-webhook': 'post /v1/notifications/verify-webhook-signature',
    },
  },
  {
    published: 'reporting_transactions_v1.json',
    kept: 'transactions-v1.json',
    operations: {
      transactions: 'get /v1/reporting/transactions',
      balances: 'get /v1/reporting/balances',
    },
  },
  {
    published: 'customer_disputes_v1.json',
    kept: 'disputes-v1.json',
    operations: { 'get-dispute': 'get /v1/customer/disputes/{id}' },
  },
] as const;

/** What explains a schema to people and checks nothing. */
const ANNOTATIONS = new Set(['title', 'description', 'example', 'examples', 'externalDocs', 'deprecated']);
/** Of the ways to pay, only PayPal's wallet is ours. */
const WAYS_TO_PAY = new Set(['payment_source', 'payment_source_response']);

/** The part of a published description that these operations reach. */
export function extract(text: string, operations: Record<string, string>): Extract {
  const spec = JSON.parse(text) as JsonObject;
  const info = object(spec.info);
  const published = object(object(spec.components).schemas);
  const cut: Extract = {
    source: `PayPal ${info.title} ${info.version}, github.com/paypal/paypal-rest-api-specifications`,
    license: 'Apache-2.0, © PayPal; changed: parts and annotations left out',
    operations: {},
    components: { schemas: {} },
  };
  for (const [name, methodAndPath] of Object.entries(operations)) {
    const [method = '', path = ''] = methodAndPath.split(' ');
    const operation = object(object(object(spec.paths)[path])[method]);
    const responses: Record<string, JsonObject> = {};
    for (const [status, response] of Object.entries(object(operation.responses))) {
      const schema = bodySchema(resolve(spec, response));
      if (schema !== undefined) responses[status] = schema;
    }
    const request = operation.requestBody && bodySchema(resolve(spec, operation.requestBody));
    cut.operations[name] = { ...(request ? { request } : {}), responses };
  }
  const reached = refsIn(cut.operations as unknown as Json);
  // A Set goes on over what is added to it meanwhile.
  for (const name of reached) {
    const schema = trimmed(object(published[name]));
    if (WAYS_TO_PAY.has(name)) schema.properties = pick(object(schema.properties), 'paypal');
    cut.components.schemas[name] = schema;
    for (const next of refsIn(schema)) reached.add(next);
  }
  return cut;
}

function bodySchema(described: JsonObject): JsonObject | undefined {
  const content = described.content as JsonObject | undefined;
  return content && trimmed(object(object(content['application/json']).schema));
}

// Knows schemas from property names: a property may well be called « description ».
function trimmed(schema: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === 'properties') {
      kept[keyword] = Object.fromEntries(
        Object.entries(object(value)).map(([name, property]) => [name, trimmed(object(property))]),
      );
    } else if (Array.isArray(value)) {
      kept[keyword] = value.map((each) => (isObject(each) ? trimmed(each) : each));
    } else {
      kept[keyword] = isObject(value) ? trimmed(value) : value;
    }
  }
  return kept;
}

function refsIn(value: Json): Set<string> {
  return new Set(
    [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? ''),
  );
}

function resolve(spec: JsonObject, value: Json): JsonObject {
  const { $ref } = object(value);
  if (typeof $ref !== 'string') return object(value);
  return object(
    $ref
      .slice(2)
      .split('/')
      .reduce<Json | undefined>((at, key) => object(at)[key], spec),
  );
}

function pick(from: JsonObject, key: string): JsonObject {
  return { [key]: object(from[key]) };
}
function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error('the published description is not built as expected');
  return value;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('which folder holds the published descriptions?');
  for (const api of APIS) {
    const cut = extract(readFileSync(join(folder, api.published), 'utf8'), api.operations);
    writeFileSync(join(import.meta.dirname, api.kept), `${JSON.stringify(cut, null, 2)}\n`);
  }
}
