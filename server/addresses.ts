// Addresses of the network, as settings name them and proxies write them: which are this machine's own, which proxies are
// believed, and whose call a call is. Only the whole, usual way of writing an address is one: 127.1 or 0x7f000001 is none.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address with how many of its bits count. */
type Network = readonly [Address, number];
/** So many that write X-Forwarded-For one after the other, or those that have these addresses. */
export type TrustedProxies = number | readonly Network[];

const LOOPBACK: readonly Network[] = [ipaddr.parseCIDR('127.0.0.0/8'), ipaddr.parseCIDR('::1/128')];
const MOST_PROXIES = 10;
/** Nobody's proxies have more: 10.0.0.0/8, fc00::/7. What is wider would believe strangers. */
const WIDEST = { ipv4: 8, ipv6: 7 };

/** Nearly every one: the library would take as long as SQLite's session row to take it apart. */
const USUAL = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i;

/** The address that this text is, IPv4 mapped into IPv6 as IPv4; or undefined. */
function addressOf(text: string): Address | undefined {
  const usual = USUAL.exec(text)?.[1];
  if (usual !== undefined && isIP(usual) === 4) return new ipaddr.IPv4(usual.split('.').map(Number));
  // The library takes ::1.2.3.4, which is no IPv4 address since 2006 (RFC 4291), for one.
  return isIP(text) === 0 || /^::\d+\./.test(text) ? undefined : ipaddr.process(text);
}

/** Whether this name or address of a host never leaves the machine; `[::1]` as addresses of pages have it, too. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const bare = unbracketed(host);
  return isIP(bare) !== 0 && ipaddr.parse(bare).range() === 'loopback';
}

/** What IANA has given out for everyone (RFC 4291, 2.4); all else in IPv6 is somebody's own, or holds an IPv4 address. */
const GLOBAL = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Whether everyone reaches the same machine at this address: neither this one's own networks (loopback, private, link-local,
 * shared by a carrier), nor multicast, nor what is kept for documents and tests, nor IPv6 that leads to an IPv4 address
 * (mapped, NAT64, 6to4, Teredo). For calls to addresses that somebody else has chosen.
 */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL));
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** An address to listen on in its plain form, `localhost` for both of the loopback's; or undefined. */
export function listenAddress(text: string): string | undefined {
  if (text.toLowerCase() === 'localhost') return 'localhost';
  return addressOf(unbracketed(text))?.toString();
}

/**
 * Which proxies are trusted, from a count or from addresses, networks and the word `loopback`, with commas between them.
 * Undefined when that is not what stands there, or when a network is so wide that it names no proxies.
 */
export function trustedProxies(text: string): TrustedProxies | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= MOST_PROXIES ? Number(text) : undefined;
  const networks = text.split(',').map((item) => networksOf(item.trim()));
  return networks.includes(undefined) ? undefined : networks.flatMap((named) => named ?? []);
}

function networksOf(item: string): readonly Network[] | undefined {
  if (item.toLowerCase() === 'loopback') return LOOPBACK;
  const [, written = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
  const address = addressOf(written);
  if (address === undefined) return undefined;
  const whole = address.kind() === 'ipv4' ? 32 : 128;
  const mapped = isIP(written) === 6 && whole === 32 ? 96 : 0;
  const counted = bits === undefined ? whole : Number(bits) - mapped;
  return counted < WIDEST[address.kind()] || counted > whole ? undefined : [[address, counted]];
}

/** Whether a proxy on this machine is among the trusted ones; also where none is trusted at all. */
export function trustsLoopback(trusted: TrustedProxies): boolean {
  return typeof trusted === 'number' || trusted.some(([address]) => address.range() === 'loopback');
}

function believed(address: Address, trusted: readonly Network[]): boolean {
  return trusted.some(
    ([network, bits]) =>
      network.kind() === address.kind() &&
      address.match([network, bits]) &&
      (zoneOf(network) === '' || zoneOf(network) === zoneOf(address)),
  );
}

function zoneOf(address: Address): string {
  return address instanceof ipaddr.IPv6 && address.zoneId !== undefined ? `%${address.zoneId}` : '';
}

/**
 * The address that limits count by: the socket's, or, where that is a trusted proxy's, the last one in X-Forwarded-For
 * that none of them has. What stands before it is whatever its sender liked to write. An entry that is no address is
 * nobody's: the proxy that passed it on counts in its place. IPv6 counts by /64, since one subscriber holds at least that.
 */
export function clientAddress(
  forwarded: string | undefined,
  socket: string,
  trusted: TrustedProxies,
): string {
  const hops = (forwarded ?? '').split(',').map((hop) => hop.trim());
  const written = hops.filter((hop) => hop !== '').reverse();
  let caller = addressOf(socket);
  if (caller === undefined && typeof trusted !== 'number') return socket;
  for (const [n, hop] of written.entries()) {
    const isProxy =
      typeof trusted === 'number' ? n < trusted : caller !== undefined && believed(caller, trusted);
    const next = isProxy ? addressOf(withoutPort(hop)) : undefined;
    if (next === undefined) break;
    caller = next;
  }
  return caller === undefined ? socket : counted(caller);
}

// Some proxies write a port or brackets, and a caller who opens a new connection has a new port.
function withoutPort(hop: string): string {
  const [, bracketed, dotted] =
    /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/.exec(hop) ?? [];
  return bracketed ?? dotted ?? hop;
}

function counted(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  const half = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${half.join(':')}::/64`;
}

/**
 * The network that an address as `clientAddress` answers it stands in, which one customer may have whole: the /24 of IPv4, the
 * /48 of IPv6. What is no address stands alone.
 */
export function networkOf(client: string): string {
  return client.endsWith('::/64')
    ? client.split(':').slice(0, 3).join(':')
    : client.replace(/^(\d+\.\d+\.\d+)\.\d+$/, '$1');
}
