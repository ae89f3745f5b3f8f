// The links of e-mails arrive whole, whoever reads them: two MIME parsers of different hands, and a reader that looks at
// the bytes as they came and puts no broken line together. Received by real SMTP servers, one of which takes ASCII only.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { extract } from 'letterparser';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { MailMessage, MailTransport } from '../../../server/deps.ts';
import { compose } from '../../../server/mail/compose.ts';
import type { MailKind } from '../../../server/mail/outbox.ts';
import { smtpTransport } from '../../../server/mail/smtp.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';

const TOKEN = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE';
/** Each kind that bears a link, and what it needs. */
const LINKS: [MailKind, Record<string, string>, fragment: string][] = [
  ['activate', { token: TOKEN }, `#activer=${TOKEN}`],
  ['exists', {}, ''],
  ['reset', { token: TOKEN }, `#reinitialiser=${TOKEN}`],
  ['password-changed', {}, ''],
  ['email-change', { token: TOKEN }, `#courriel=${TOKEN}`],
  ['email-changed', { token: TOKEN }, `#annuler-courriel=${TOKEN}`],
  ['account-ending', { on: '2026-12-24' }, ''],
  ['new-browser', { browser: 'Safari, iPhone' }, ''],
  ['linked', { accountEmailMasked: 'm…@exemple.org', undoToken: TOKEN }, `#delier=${TOKEN}`],
  ['link-undecided', {}, ''],
  ['link-approved', {}, ''],
];
const LONG_SITE = `https://${'paiements-en-ligne.'.repeat(8)}regroupements-du-quebec.example.org`;
const LONG_SLUG = 'regroupement-des-responsables-de-garde-'.repeat(4).slice(0, -1);
const NAMES = [
  'Regroupement Petits-Bouleaux',
  'Regroupement « Évelyne » & fils',
  'ᐃᓄᒃᑎᑐᑦ ᐊᓪᓚᕝᕕᒃ – Nunavik 👩‍🏫',
  'جمعية مقدمات الرعاية – 保育協会',
  `Très-${'long-nom-é'.repeat(19)}`,
  '😀'.repeat(100),
  '水'.repeat(200),
];

/** A server that keeps what it receives, byte for byte. */
async function startPost(options: { hide8BITMIME: boolean }) {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    ...options,
    async onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      received.push(Buffer.concat(chunks).toString('latin1'));
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const mail = smtpTransport(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
  return {
    mail: mail as MailTransport,
    /** The message as it arrives. */
    async through(message: MailMessage): Promise<string> {
      await mail.send(message);
      return received.pop() ?? '';
    },
    async close() {
      mail.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Part {
  type: string;
  encoding: string;
  body: string;
}
/** The parts of a message, their bodies as they stand: nothing decoded, no lines joined. */
function partsOf(raw: string): Part[] {
  return raw
    .split(/\r\n--[^\r\n]+\r\n/)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf('\r\n\r\n');
      const header = (name: string) =>
        new RegExp(`^${name}: *([^;\r\n]*)`, 'im').exec(part.slice(0, end))?.[1]?.toLowerCase() ?? '';
      const type = header('Content-Type');
      if (end < 0 || type.startsWith('multipart/')) return [];
      return [{ type, encoding: header('Content-Transfer-Encoding'), body: part.slice(end + 4) }];
    });
}
/** What a program reads that knows characters written `=C3=A9` and base64, and takes each line for a line. */
function linesOf({ encoding, body }: Part): string[] {
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? Buffer.from(
            body.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
            'latin1',
          ).toString()
        : Buffer.from(body, 'latin1').toString();
  return text.split(/\r?\n/);
}

/** What holds of every message on the wire. */
function assertSafe(raw: string): void {
  assert.match(raw, /^[\t\r\n\x20-\x7e]*$/, 'ASCII: no relay has a reason to write it anew');
  for (const line of raw.split('\r\n')) {
    assert.ok(line.length <= 998, `a line of ${line.length}`);
    assert.doesNotMatch(line, /[\r\n]/, 'lines end with CRLF');
  }
  for (const { type, encoding } of partsOf(raw))
    assert.ok(['7bit', 'base64'].includes(encoding), `${type} in ${encoding}`);
}

describe('links in e-mails', () => {
  let t: TestApp;
  let posts: Awaited<ReturnType<typeof startPost>>[];
  before(async () => {
    t = await startTestApp();
    posts = await Promise.all([startPost({ hide8BITMIME: false }), startPost({ hide8BITMIME: true })]);
  });
  after(() => Promise.all([t.close(), ...posts.map((post) => post.close())]));

  for (const [kind, payload, fragment] of LINKS) {
    test(`${kind}: whole on a line of its own in every part, for every reader, in both languages`, async () => {
      for (const [site, slug] of [
        ['https://pay.test', 'petits-bouleaux'],
        [LONG_SITE, LONG_SLUG],
      ] as const)
        for (const lang of ['fr-CA', 'en-CA'] as const)
          for (const post of posts) {
            await t.deps.db.execute(
              "UPDATE regroupements SET slug = ?, name = ? WHERE slug <> 'la-farandole'",
              [slug, NAMES[1] ?? ''],
            );
            const id = await regroupementId(t, slug);
            const row = {
              regroupementId: id,
              kind,
              recipient: 'rsg@example.org',
              lang,
              payload: JSON.stringify(payload),
            };
            const deps = { ...t.deps, config: { ...t.deps.config, publicUrl: site } };
            const message = await compose(deps, row, 'key');
            const raw = await post.through(message);
            assertSafe(raw);
            const link = `${site}/p/${slug}${lang === 'fr-CA' ? '' : '?lang=en-CA'}${fragment}`;

            const [text, page, ...more] = partsOf(raw);
            assert.deepEqual([text?.type, page?.type, more.length], ['text/plain', 'text/html', 0]);
            assert.ok(text !== undefined && page !== undefined);
            assert.match(
              raw,
              /^Content-Type: text\/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r$/m,
            );
            assert.ok(linesOf(text).includes(link), 'in the text, nothing before or behind it');
            assert.equal(page.encoding, '7bit');
            assert.ok(page.body.split('\r\n').some((line) => line.includes(`href="${link}"`)));
            for (const line of raw.split('\r\n').filter((one) => one.includes('https://')))
              assert.ok(line.includes(link), `the bytes themselves: ${line}`);

            const first = await PostalMime.parse(raw);
            const second = extract(raw);
            for (const parsed of [first, second]) {
              assert.equal(parsed.subject, message.subject);
              assert.equal(parsed.text?.replaceAll('\r\n', '\n').trim(), message.text.trim());
              assert.ok(parsed.html?.includes(`href="${link}"`));
            }
          }
    });
  }

  test('names in any script arrive as they are: as the sender, in a folded subject, in the text, in the page', async () => {
    for (const name of NAMES)
      for (const post of posts) {
        const message = messageOf({
          name,
          subject: `Activez votre compte de paiement – ${name}`,
          words: name,
        });
        const raw = await post.through(message);
        assertSafe(raw);
        const first = await PostalMime.parse(raw);
        const second = extract(raw);
        assert.deepEqual([first.subject, second.subject], [message.subject, message.subject]);
        assert.deepEqual([first.from?.name, second.from?.name?.replace(/^"|"$/g, '')], [name, name]);
        assert.ok(first.text?.includes(name) && second.text?.includes(name));
        assert.equal(seen(first.html ?? ''), seen(message.html));
      }
  });

  test('whatever a message says, it arrives as it was written', async () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc
        .array(
          fc.constantFrom(
            'é',
            '=',
            '=3D',
            ' ',
            '.',
            'From ',
            '<',
            '>',
            '&',
            '"',
            'https://a.test/#b=c',
            '水',
            'x'.repeat(90),
          ),
          {
            maxLength: 60,
          },
        )
        .map((pieces) => pieces.join('')),
    );
    const [post] = posts;
    assert.ok(post !== undefined);
    await fc.assert(
      fc.asyncProperty(words, async (said) => {
        const message = messageOf({ name: 'R', subject: 'S', words: said });
        const raw = await post.through(message);
        assertSafe(raw);
        const arrived = await PostalMime.parse(raw);
        assert.equal(arrived.text?.replaceAll('\r\n', '\n').trimEnd(), message.text.trimEnd());
        assert.equal(seen(arrived.html ?? ''), seen(message.html));
      }),
      { numRuns: 150 },
    );
  });
});

function messageOf({ name, subject, words }: { name: string; subject: string; words: string }): MailMessage {
  const escaped = words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return {
    key: 'key',
    from: { name, address: 'paiement@pay.test' },
    replyTo: 'office@example.org',
    to: 'rsg@example.org',
    lang: 'fr-CA',
    subject,
    text: `Bonjour ${words}`,
    html: `<!doctype html>\n<html lang="fr-CA"><body><p title="a  b">${escaped}</p><a href="https://pay.test/p/x#activer=${TOKEN}">Activer</a></body></html>`,
    attachments: [
      { filename: 'recu-12.pdf', contentType: 'application/pdf', content: async () => Buffer.from('%PDF') },
    ],
  };
}

/** What a browser shows of a page: references are characters, a run of white space is one space. */
function seen(page: string): string {
  return page
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/[ \t\r\n\f]+/g, ' ')
    .trim();
}
