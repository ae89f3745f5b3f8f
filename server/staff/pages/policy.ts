// A page's Content-Security-Policy, as far as it decides about us: which sources a directive lets through (CSP Level 3, 6.7).
// Each policy must let a thing through; one that only reports is not asked.

/** Directives by name, each with its sources; the first of a name counts (2.2.1). */
export type Policy = ReadonlyMap<string, readonly string[]>;
/** What is asked for, and on which page. */
export interface Asked {
  url: URL;
  page: URL;
}
/** A script element whose markup stands in the page. */
export interface AskedScript extends Asked {
  nonce?: string | undefined;
  integrity?: string | undefined;
}

/** The policies of one header or meta element: several stand with commas between them. */
export function policiesOf(text: string): Policy[] {
  return text
    .split(',')
    .map((one) => {
      const directives = new Map<string, readonly string[]>();
      for (const written of one.split(';')) {
        const [name = '', ...values] = written.trim().split(/\s+/);
        const key = name.toLowerCase();
        if (key !== '' && !directives.has(key)) directives.set(key, values);
      }
      return directives;
    })
    .filter(({ size }) => size > 0);
}

/** A directive that stands in for the one that is not said. */
const FALLBACKS = {
  'script-src-elem': ['script-src', 'default-src'],
  'connect-src': ['default-src'],
  'frame-src': ['child-src', 'default-src'],
} as const;
export type Fetched = keyof typeof FALLBACKS;

/** Which directive decides, as the policy writes it; undefined where none does. */
export function decides(policy: Policy, directive: Fetched): string | undefined {
  return [directive, ...FALLBACKS[directive]].find((name) => policy.has(name));
}

/** Whether the policy lets this be fetched. */
export function allowsFetch(policy: Policy, directive: Exclude<Fetched, 'script-src-elem'>, asked: Asked) {
  const name = decides(policy, directive);
  return name === undefined || matchesList(policy.get(name) ?? [], asked);
}

/** Whether the policy runs this script: by its nonce, its hash (with `integrity`), or its address. */
export function allowsScript(policy: Policy, script: AskedScript): boolean {
  const name = decides(policy, 'script-src-elem');
  if (name === undefined) return true;
  const sources = policy.get(name) ?? [];
  if (script.nonce && sources.includes(`'nonce-${script.nonce}'`)) return true;
  const hashes = script.integrity?.trim().split(/\s+/) ?? [];
  const listed = (hash: string) => sources.includes(`'${hash.split('?')[0]}'`);
  if (hashes.length > 0 && hashes.every(listed)) return true;
  // It trusts what trusted scripts bring, and no address.
  if (sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) return false;
  return matchesList(sources, script);
}

/** What our element is called where a policy says which may make HTML (Trusted Types). */
const TYPES_POLICY = 'amisgest-pay';

/** Whether our script may make its policy of Trusted Types: where they are not spoken of, any may. */
export function allowsTypes(policy: Policy): boolean {
  const names = policy.get('trusted-types');
  return names === undefined || names.includes(TYPES_POLICY) || names.includes('*');
}

/** Without these our form cannot be sent, nor call the server. */
const NEEDED_IN_SANDBOX = ['allow-scripts', 'allow-same-origin', 'allow-forms'];

/** What a sandbox lacks for us; nothing where there is none. */
export function sandboxLacks(tokens: readonly string[] | undefined): string[] {
  const given = tokens?.map((token) => token.toLowerCase());
  return given === undefined ? [] : NEEDED_IN_SANDBOX.filter((needed) => !given.includes(needed));
}

function matchesList(sources: readonly string[], asked: Asked): boolean {
  return sources.some((source) => matches(source, asked));
}

const HOST_SOURCE =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^/:*]+|\[[^\]]+\])(?::(\d+|\*))?(\/[^?#]*)?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** Whether a source expression is about this address (6.7.2.7). */
function matches(source: string, { url, page }: Asked): boolean {
  const scheme = url.protocol.slice(0, -1);
  if (source === '*') return /^https?$/.test(scheme) || url.protocol === page.protocol;
  if (source.toLowerCase() === "'self'") return isSelf(url, page);
  const bareScheme = /^([a-z][a-z0-9+.-]*):$/i.exec(source)?.[1];
  if (bareScheme !== undefined) return schemeFits(bareScheme.toLowerCase(), scheme);
  if (source.startsWith("'")) return false;
  const [whole, given, host = '', port, path] = HOST_SOURCE.exec(source) ?? [];
  if (whole === undefined) return false;
  return (
    schemeFits(given?.toLowerCase() ?? page.protocol.slice(0, -1), scheme) &&
    hostFits(host.toLowerCase(), url.hostname) &&
    portFits(port, given?.toLowerCase(), url, scheme) &&
    pathFits(path, url.pathname)
  );
}

function isSelf(url: URL, page: URL): boolean {
  if (url.origin === page.origin) return true;
  const usual = (one: URL) => one.port === '';
  return (
    url.hostname === page.hostname &&
    page.protocol === 'http:' &&
    url.protocol === 'https:' &&
    usual(url) &&
    usual(page)
  );
}

/** A source of http lets the same over https through. */
function schemeFits(listed: string, scheme: string): boolean {
  return listed === scheme || (listed === 'http' && scheme === 'https');
}

function hostFits(listed: string, host: string): boolean {
  if (listed === '*') return true;
  return listed.startsWith('*.') ? host.endsWith(listed.slice(1)) : listed === host;
}

function portFits(listed: string | undefined, given: string | undefined, url: URL, scheme: string): boolean {
  if (listed === '*') return true;
  const port = url.port || DEFAULT_PORTS[scheme];
  if (listed === undefined) return port === DEFAULT_PORTS[scheme];
  return listed === port || (listed === '80' && port === '443' && (given === undefined || given === 'http'));
}

function pathFits(listed: string | undefined, path: string): boolean {
  if (listed === undefined || listed === '' || listed === '/') return true;
  const [a, b] = [decoded(listed), decoded(path)];
  return a.endsWith('/') ? b.startsWith(a) : a === b;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
