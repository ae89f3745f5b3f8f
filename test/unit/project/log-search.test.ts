// The search of a real server's log finds what it is there for: each kind planted in a line such as ours.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unspeakable } from '../../support/log-search.ts';

const SECRET = 'aB3-defghijklmnopqrstuvwxyz_0123456789ABCDE';
const NAME = 'Gaëtane Thériault-Nöel';

describe('what may stand in no log', () => {
  const unspeakable = new Unspeakable();
  unspeakable.addName('a name', NAME);
  unspeakable.add('a certificate', 'PB-004512');
  unspeakable.add('an invoice', '2026/00001');
  unspeakable.add('a password', 'sept grenouilles bleues');
  unspeakable.addMail({
    to: 'quelquun@local',
    text: 'https://pay.example.org/p/outaouais-gatineau#activer=court-secret-16X et le code 1234 5678',
    html: '<a href="https://pay.example.org/r/petits-bouleaux/2026.0123456789abcdef">',
  });

  const line = (text: string) =>
    JSON.stringify({ time: '2026-11-22T10:00:00.123Z', level: 'error', event: 'job', error: text });
  const planted: Record<string, string> = {
    'a name': `Error: ${NAME}`,
    'a part of a name, in capitals': 'GAËTANE',
    'a name in the other form of Unicode': 'Thériault-Nöel'.normalize('NFD'),
    'a name in an address': `GET /x?nom=${encodeURIComponent(NAME)}`,
    'a certificate': 'no PB-004512.',
    'an invoice': '/invoices/2026/00001',
    'an invoice in an address': '/invoices/2026%2F00001',
    'a password': '"password":"sept grenouilles bleues"',
    'a recipient': '550 <quelquun@local>',
    'any e-mail': '550 <marie.l+x@example.org>',
    'any e-mail in an address': 'marie%40example.org',
    'the secret of a link': 'POST court-secret-16X',
    'the secret of a link of the page': '2026.0123456789abcdef',
    'a code as it is shown': '1234 5678',
    'a code as it is sent': '{"code":"12345678"}',
    'an access token or a proof': 'DPoP eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIx.c2ln',
    'any refresh token or link': `refresh ${SECRET}`,
    'a key of the staff’s': `Bearer agp_${SECRET}`,
    'a token of PayPal’s': 'Bearer A21AAabcdefghijklmnop',
    'an address of the network': 'from 203.0.113.9',
    'an address of IPv6': 'from 2001:db8:0:1::9',
    'an address of this machine': '::ffff:127.0.0.1',
    'an address of this machine, of IPv6': 'remote ::1',
  };
  for (const [what, text] of Object.entries(planted))
    test(`${what} is found`, () => assert.notDeepEqual(unspeakable.foundIn(`ready\n${line(text)}\n`), []));

  test('nothing is found in what a server may say', () => {
    const said = [
      'ready http://localhost:8787/',
      line(
        'Error ECONNREFUSED\n    at TCPConnectWrap (node:net:1637:16)\n    at async file:///srv/server/mail/worker.ts:60:3',
      ),
      line(
        'LibsqlError SQLITE_ERROR: no such table: x\n    at /srv/node_modules/@libsql/client/lib-esm/sqlite3.js:9:1',
      ),
      line('http://127.0.0.1:8787/demo/paypal and [::1]:8787'),
      '{"event":"request","requestId":"aB3defghijklmnopqrstuv","route":"/v1/regroupements/:regroupement/payments/:id","ms":12}',
      line('the certificate PB-0045123 is another one; outaouais-gatineau; 12345; Gaëtanes'),
    ];
    assert.deepEqual(unspeakable.foundIn(said.join('\n')), []);
  });
});
