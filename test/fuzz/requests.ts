// Requests made from a description of routes: a seed is a sequence of them.
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  pattern?: string;
  format?: string;
  minLength?: number;
  minimum?: number;
  maximum?: number;
}
export interface Spec {
  paths: Record<
    string,
    Record<
      string,
      {
        security?: Record<string, unknown>[];
        parameters?: { name: string; in: string; schema?: Schema }[];
        requestBody?: { content?: Record<string, { schema?: Schema }> };
      }
    >
  >;
  components: { schemas?: Record<string, Schema> };
}
export interface Route {
  method: string;
  path: string;
  guard: 'session' | 'staffKey' | 'staffSession' | 'none';
  query: { name: string; schema: Schema }[];
  body: Schema | undefined;
}

/** Every route that the description has. */
export function routesOf(spec: Spec): Route[] {
  return Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [], parameters = [], requestBody }]) => {
      const guard = Object.keys(security[0] ?? {})[0];
      return {
        method: method.toUpperCase(),
        path,
        guard: guard === 'session' || guard === 'staffKey' || guard === 'staffSession' ? guard : 'none',
        query: parameters
          .filter(({ in: where }) => where === 'query')
          .map(({ name, schema }) => ({ name, schema: schema ?? {} })),
        body: requestBody?.content?.['application/json']?.schema,
      };
    }),
  );
}

/** Small, fast and good enough to choose by (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const STRINGS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\u202ealpha\u202c',
  '\ufeff',
  '../../etc/passwd',
  "' OR 1=1 --",
  '"; DROP TABLE payments; --',
  '%',
  '%00',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  '\r\nSet-Cookie: a=b',
  'é'.repeat(300),
  'A'.repeat(20_000),
  '🙂'.repeat(50),
  'NaN',
  '1e999',
  '-0',
  '9999-12-31',
  '0000-00-00',
  '2026-02-30',
  'null',
];
const OTHERS: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [[[[[[[[]]]]]]]],
  { __proto__: null, constructor: { prototype: { a: 1 } } },
];

/** Makes values for a schema: `valid` ones, `near` ones with one thing wrong, `hostile` ones with anything. */
export class Maker {
  readonly #random: () => number;
  readonly #schemas: Record<string, Schema>;
  /** Strings that stand somewhere in the database: ids, numbers, names, e-mails. */
  readonly #known: readonly string[];
  /** By a field's name, alone or behind one of `scopes`: values with which a request goes on behind the guards. */
  readonly #fits: ReadonlyMap<string, readonly unknown[]>;
  /** Whose request it is, and to what. */
  scopes: readonly string[] = [];
  constructor(
    next: () => number,
    schemas: Record<string, Schema>,
    known: readonly string[],
    fits: ReadonlyMap<string, readonly unknown[]>,
  ) {
    this.#random = next;
    this.#schemas = schemas;
    this.#known = known;
    this.#fits = fits;
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  chance(p: number): boolean {
    return this.#random() < p;
  }
  hostileText(): string {
    return this.chance(0.2) ? this.of(this.#known) : this.of(STRINGS);
  }

  /** What stands there now under this name, mostly; or something of that shape. */
  fitting(name: string, schema: Schema, depth = 0): unknown {
    const places = [...this.scopes.map((scope) => `${scope} ${name}`), name];
    const values = places.map((place) => this.#fits.get(place) ?? []).find(({ length }) => length > 0) ?? [];
    return values.length > 0 && this.chance(0.85) ? this.of(values) : this.valid(schema, depth);
  }

  valid(given: Schema, depth = 0): unknown {
    const schema = this.#resolved(given);
    if ('const' in schema) return schema.const;
    if (schema.enum) return this.of(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices && choices.length > 0) return this.valid(this.of(choices), depth + 1);
    const type = Array.isArray(schema.type) ? this.of(schema.type) : schema.type;
    switch (type) {
      case 'string':
        return this.#text(schema);
      case 'integer':
      case 'number':
        return (schema.minimum ?? 0) + this.below(Math.min(50_000, (schema.maximum ?? 50_000) + 1));
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      case 'array':
        return depth > 4
          ? []
          : Array.from({ length: this.below(3) + 1 }, () => this.valid(schema.items ?? {}, depth + 1));
      default: {
        const required = new Set(schema.required ?? []);
        const entries = Object.entries(schema.properties ?? {}).filter(
          ([name]) => required.has(name) || this.chance(0.5),
        );
        return Object.fromEntries(
          entries.map(([name, property]) => [name, this.fitting(name, property, depth + 1)]),
        );
      }
    }
  }

  near(schema: Schema): unknown {
    const value = this.valid(schema);
    if (typeof value !== 'object' || value === null) return this.of([...STRINGS, ...OTHERS]);
    const copy: Record<string, unknown> = { ...(value as object) };
    const names = Object.keys(copy);
    const name = names.length === 0 ? 'x' : this.of(names);
    if (this.chance(0.2)) delete copy[name];
    else if (this.chance(0.25)) copy[this.hostileText()] = this.hostileText();
    else copy[name] = this.chance(0.6) ? this.hostileText() : this.of(OTHERS);
    return copy;
  }

  hostile(): unknown {
    if (this.chance(0.1)) return Array.from({ length: 2_000 }, (_, i) => i);
    if (this.chance(0.1)) return JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
    if (this.chance(0.1)) return Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    return this.of([...STRINGS, ...OTHERS]);
  }

  #text({ format, minLength = 0 }: Schema): string {
    if (this.chance(0.2)) return this.of(this.#known);
    if (format === 'email') return `x${this.below(1e6)}@example.org`;
    if (format === 'date') return this.of(['2026-11-22', '2026-11-23']);
    if (format === 'date-time') return '2026-11-23T12:00:00Z';
    if (format === 'uri') return this.of(['https://petits-bouleaux.test/payer', 'https://evil.test/']);
    return 'a-value-of-some-length'
      .repeat(1 + Math.floor(minLength / 22))
      .slice(0, Math.max(minLength, 1 + this.below(22)));
  }
  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.#schemas[name] ?? {});
  }
}
