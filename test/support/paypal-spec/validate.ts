// Tells whether a call to PayPal, or an answer of its stand-in, is what PayPal's published description allows.
import assert from 'node:assert/strict';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import disputes from './disputes-v1.json' with { type: 'json' };
import orders from './orders-v2.json' with { type: 'json' };
import payments from './payments-v2.json' with { type: 'json' };
import transactions from './transactions-v1.json' with { type: 'json' };
import webhooks from './webhooks-v1.json' with { type: 'json' };

export type PayPalOperation =
  | 'create'
  | 'get'
  | 'capture'
  | 'get-capture'
  | 'refund'
  | 'get-refund'
  | 'create-webhook'
  | 'get-event'
  | 'verify-webhook'
  | 'transactions'
  | 'get-dispute';
type Schema = Record<string, unknown>;
interface Api {
  key: string;
  operations: Record<string, { request?: Schema; responses: Record<string, Schema> }>;
  schemas: Record<string, Schema>;
}

// The patterns are of the kind that the `u` flag refuses; the formats are PayPal's own names, but for `uri`.
const ajv = new Ajv2019({ strict: false, allErrors: true, unicodeRegExp: false, logger: false });
addFormats.default(ajv, ['uri']);

const APIS: Api[] = Object.entries({ orders, payments, webhooks, transactions, disputes }).map(
  ([key, cut]) => {
    ajv.addSchema(cut, key);
    const { operations, components } = cut as unknown as {
      operations: Api['operations'];
      components: { schemas: Api['schemas'] };
    };
    return { key, operations, schemas: components.schemas };
  },
);

/**
 * Fails unless the JSON body is one that PayPal describes for that operation: types, limits, patterns, known issue
 * codes with their own words, and no field that PayPal does not know. `status` counts for responses only.
 * PayPal describes no 429: that one cannot be checked here.
 */
export function assertMatchesPayPal(
  operation: PayPalOperation,
  direction: 'request' | 'response',
  status: number | null,
  body: unknown,
): void {
  const api = APIS.find(({ operations }) => operation in operations);
  const described = api?.operations[operation];
  assert.ok(api && described, `PayPal describes no operation ${operation}`);
  const what = `${operation} ${direction} ${direction === 'response' ? status : ''}`.trim();
  const place = direction === 'request' ? requestPlace() : responsePlace(String(status));
  if (place === null) {
    assert.ok(body === undefined || body === '', `${what}: PayPal takes no body here`);
    return;
  }
  const check = ajv.getSchema(`${api.key}#${place}`);
  assert.ok(check, `${what}: no schema at ${place}`);
  check(body);
  const wrong = (check.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message}`);
  const unknown = unknownFields(api, [at(api, place)], body, '', direction);
  const absent = direction === 'request' ? [] : missing(operation, Number(status), body);
  const problems = [...new Set([...wrong, ...unknown, ...absent])];
  if (problems.length > 0)
    assert.fail(`${what} is not PayPal’s:\n${problems.join('\n')}\n${JSON.stringify(body)}`);

  function requestPlace(): string | null {
    return described?.request === undefined ? null : `/operations/${operation}/request`;
  }
  // A status that the operation does not describe is one of PayPal's common errors; a repeated refund answers 200,
  // as repeated orders and captures do, which Payments 2.5 forgets to say.
  function responsePlace(answered: string): string {
    const code = answered === '200' && described?.responses['200'] === undefined ? '201' : answered;
    if (described?.responses[code] !== undefined) return `/operations/${operation}/responses/${code}`;
    const common = `error_${code}`;
    assert.ok(api !== undefined && common in api.schemas, `PayPal describes no ${code} for ${operation}`);
    return `/components/schemas/${common}`;
  }
}

// The published schemas require next to nothing; these are what every caller relies on.
const RELIED_ON: Partial<Record<PayPalOperation, readonly string[]>> = {
  'create-webhook': ['id', 'url'],
  'get-event': ['id', 'event_type', 'resource_type', 'create_time', 'resource'],
  'verify-webhook': ['verification_status'],
  transactions: ['transaction_details', 'total_items', 'total_pages'],
  'get-dispute': ['dispute_id', 'status', 'disputed_transactions'],
};
function missing(operation: PayPalOperation, status: number, body: unknown): string[] {
  const must =
    status < 400 ? (RELIED_ON[operation] ?? ['id', 'status', 'links']) : ['name', 'message', 'debug_id'];
  const present = (body ?? {}) as Record<string, unknown>;
  return must.filter((name) => present[name] === undefined).map((name) => `/${name} is missing`);
}

// JSON Schema lets unknown fields pass, and a misspelt option would be ignored by PayPal without a word.
function unknownFields(
  api: Api,
  schemas: Schema[],
  value: unknown,
  path: string,
  direction: 'request' | 'response',
): string[] {
  const flat = schemas.flatMap((schema) => parts(api, schema));
  if (Array.isArray(value)) {
    const items = flat.flatMap((schema): Schema[] =>
      schema.items === undefined ? [] : [schema.items as Schema],
    );
    return value.flatMap((each, i) => unknownFields(api, items, each, `${path}/${i}`, direction));
  }
  if (typeof value !== 'object' || value === null) return [];
  // What an event carries is described by the API that it belongs to.
  if (flat.some((schema) => schema.additionalProperties === true && schema.properties === undefined))
    return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const found = flat.flatMap((schema): Schema[] => {
      const property = (schema.properties as Record<string, Schema> | undefined)?.[name];
      return property === undefined ? [] : [property];
    });
    if (found.length === 0) return [`${path}/${name} is a field that PayPal does not know`];
    // A webhook is given back to PayPal as it came.
    const echoed = path.startsWith('/webhook_event');
    const readOnly = direction === 'request' && !echoed && found.some((schema) => schema.readOnly === true);
    const here = readOnly ? [`${path}/${name} is PayPal’s to say`] : [];
    return [...here, ...unknownFields(api, found, inner, `${path}/${name}`, direction)];
  });
}

// A schema with everything that it refers to, composes or leaves to choose.
function parts(api: Api, schema: Schema): Schema[] {
  const composed = [schema.allOf, schema.anyOf, schema.oneOf].flatMap(
    (list): Schema[] => (list ?? []) as Schema[],
  );
  if (typeof schema.$ref === 'string') composed.push(at(api, schema.$ref.slice(1)));
  return [schema, ...composed.flatMap((part) => parts(api, part))];
}

function at(api: Api, place: string): Schema {
  const [, area, second = '', third = '', status] = place.split('/');
  if (area === 'components') return api.schemas[third] ?? {};
  const operation = api.operations[second];
  return (status === undefined ? operation?.request : operation?.responses[status]) ?? {};
}
