// E-mail for real: a true SMTP server on loopback receives what the outbox sends, refuses it now and then, and the
// right thing happens. And the receipts that go with it.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { createMailbox } from '../../../demo/mailbox/mailbox.ts';
import { enqueueMail, type Mail, type MailKind, SECRET_KINDS } from '../../../server/mail/outbox.ts';
import { parkedMessages, retryMessage } from '../../../server/mail/parked.ts';
import { smtpTransport } from '../../../server/mail/smtp.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { contentPdf } from '../../../server/pdf/draw.ts';
import { receiptContent } from '../../../server/receipts/content.ts';
import type { ReceiptDocument } from '../../../server/receipts/document.ts';
import { contentHtml } from '../../../server/receipts/html.ts';
import { documentUrls } from '../../../server/receipts/links.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';

interface Post {
  url: string;
  received: Email[];
  /** What the next deliveries are answered: an SMTP code, or fine. */
  answers: number[];
  close(): Promise<void>;
}

async function startPost(): Promise<Post> {
  const received: Email[] = [];
  const answers: number[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const code = answers.shift() ?? 250;
      if (code !== 250) return done(Object.assign(new Error('not now'), { responseCode: code }));
      received.push(await PostalMime.parse(Buffer.concat(chunks)));
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    answers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const DOCUMENT: ReceiptDocument = {
  version: 1,
  lang: 'fr-CA',
  payee: {
    name: 'Regroupement Petits-Bouleaux',
    address: '12, rue de la Grève',
    email: 'a@b.test',
    phone: '418 555-0123',
    gstNumber: '000000000 RT0001',
    qstNumber: null,
  },
  payer: { name: 'Nguyễn Đặng Bạch Tuyết', email: 'x@y.test' },
  confirmationNumber: 'P-7KQ2M9XDAB',
  paypalTransaction: '3A34A7DVSHLKCRQ6L',
  paidAt: '2026-04-01T03:30:00.000Z',
  invoices: [
    {
      number: 'F-1',
      certificateNumber: 'PB-004512',
      periodStart: '2026-04-01',
      periodEnd: '2027-03-31',
      lines: [
        { code: 'PRIME', description: 'Prime <script>', amountCents: 26_250, rate: null },
        { code: 'TPA', description: '', amountCents: 2_363, rate: '0.09' },
      ],
      totalCents: 28_613,
      paidBeforeCents: 0,
      amountCents: 28_613,
      remainingCents: 0,
    },
  ],
  onlineFeeCents: 915,
  totalPaidCents: 29_528,
};

describe('e-mail', () => {
  let t: TestApp;
  let post: Post;
  beforeEach(async () => {
    [t, post] = await Promise.all([startTestApp(), startPost()]);
    t.deps.mail = smtpTransport(post.url);
  });
  afterEach(async () => {
    t.deps.mail.close();
    await Promise.all([t.close(), post.close()]);
  });
  async function enqueue<K extends MailKind>(
    kind: K,
    payload: Mail<K>['payload'],
    more: Partial<Mail<K>> = {},
  ): Promise<void> {
    const mail = {
      regroupementId: await regroupementId(t),
      dedupeKey: `${kind}:1`,
      kind,
      recipient: 'rsg@example.org',
      lang: 'fr-CA' as const,
      payload,
      ...more,
    };
    await t.deps.db.batch([enqueueMail(t.deps, mail as Mail<K>)]);
  }
  const outbox = async () =>
    (
      await t.deps.db.execute<{
        state: string;
        attempts: number;
        last_error: string | null;
        payload: string;
      }>('SELECT state, attempts, last_error, payload FROM outbox')
    ).rows;
  const header = (mail: Email | undefined, name: string) =>
    mail?.headers.find((one) => one.key === name)?.value;

  test('the activation link arrives, French first, from the regroupement’s name, in text and in HTML', async () => {
    await t.deps.db.execute(
      "UPDATE regroupements SET name = 'Regroupement « Évelyne » <b>' WHERE slug = 'petits-bouleaux'",
    );
    await enqueue('activate', { token: 'secret-of-the-link-000' });
    assert.deepEqual(await sendDueMail(t.deps), { sent: 1, failed: 0 });
    const [mail] = post.received;
    assert.equal(mail?.subject, 'Activez votre compte de paiement – Regroupement « Évelyne » <b>');
    assert.deepEqual(
      [mail?.from?.name, mail?.from?.address],
      ['Regroupement « Évelyne » <b>', 'paiement@pay.test'],
    );
    assert.equal(mail?.replyTo?.[0]?.address, 'info@petits-bouleaux.test');
    const link = 'https://pay.test/p/petits-bouleaux#activer=secret-of-the-link-000';
    assert.ok(mail?.text?.includes(link));
    assert.ok(mail?.html?.includes(`href="${link}"`));
    assert.ok(!mail?.html?.includes('<b>'), 'markup in a name stays text');
    assert.equal(header(mail, 'auto-submitted'), 'auto-generated');
    assert.equal(header(mail, 'content-language'), 'fr-CA');
    assert.equal((await outbox())[0]?.payload, '{}', 'the secret stands nowhere once it is sent');
  });

  test('the same fact twice is one message; in English it is English', async () => {
    await enqueue('exists', {}, { lang: 'en-CA' });
    await enqueue('exists', {}, { lang: 'en-CA' });
    await sendDueMail(t.deps);
    await sendDueMail(t.deps);
    assert.equal(post.received.length, 1);
    assert.match(post.received[0]?.subject ?? '', /^You already have a payment account/);
    assert.ok(post.received[0]?.text?.includes('https://pay.test/p/petits-bouleaux?lang=en-CA'));
  });

  test('refused for now: tried again later, under the same Message-ID, and arrives once', async () => {
    post.answers.push(450);
    await enqueue('exists', {});
    assert.deepEqual(await sendDueMail(t.deps), { sent: 0, failed: 1 });
    assert.deepEqual(await sendDueMail(t.deps), { sent: 0, failed: 0 }, 'not at once');
    t.clock.advance(60_000);
    assert.deepEqual(await sendDueMail(t.deps), { sent: 1, failed: 0 });
    assert.equal(post.received.length, 1);
    assert.match(post.received[0]?.messageId ?? '', /^<[\w-]{43}@pay\.test>$/);
  });

  test('refused for good: parked for staff to see, without the address in the log', async () => {
    post.answers.push(550);
    await enqueue('activate', { token: 'secret-of-the-link-000' });
    await sendDueMail(t.deps);
    const [row] = await outbox();
    assert.equal(row?.state, 'parked');
    assert.match(row?.last_error ?? '', /550/);
    assert.equal(row?.payload, '{}');
    assert.ok(t.logged.some((line) => line.includes('mail-not-sent')));
    for (const line of t.logged) assert.doesNotMatch(line, /rsg@example\.org|secret-of-the-link/);
  });

  test('refused for good, its link or code gone with it: not tried again; she asks for a new one', async () => {
    const id = await regroupementId(t);
    for (const kind of SECRET_KINDS) {
      post.answers.push(550);
      await enqueue(kind, { token: 'a', undoToken: 'b', code: '123456', accountEmailMasked: 'c…@d' });
      await sendDueMail(t.deps);
    }
    const parked = await parkedMessages(t.deps, id);
    assert.equal(parked.length, SECRET_KINDS.length);
    for (const one of parked)
      assert.equal(await retryMessage(t.deps, id, one.id, 'cli:test'), false, one.kind);
    post.answers.push(550);
    await enqueue('exists', {});
    await sendDueMail(t.deps);
    const exists = (await parkedMessages(t.deps, id)).find(({ kind }) => kind === 'exists');
    assert.equal(await retryMessage(t.deps, id, exists?.id ?? '', 'cli:test'), true);
  });

  test('no server at all: kept, and sent when it is back; two processes send it once', async () => {
    const gone = smtpTransport('smtp://127.0.0.1:1');
    await enqueue('exists', {});
    await sendDueMail({ ...t.deps, mail: gone });
    gone.close();
    assert.equal((await outbox())[0]?.state, 'waiting');
    t.clock.advance(120_000);
    const both = await Promise.all([sendDueMail(t.deps), sendDueMail(t.deps)]);
    assert.equal(
      both.reduce((sum, one) => sum + one.sent, 0),
      1,
    );
    assert.equal(post.received.length, 1);
  });

  test('the demo’s mailbox shows what arrived, and passes it on to a real server when there is one', async () => {
    const mailbox = await createMailbox({ relayUrl: post.url });
    t.deps.mail.close();
    t.deps.mail = smtpTransport(mailbox.smtpUrl);
    await enqueue('reset', { token: 'secret-of-the-link-000' });
    await sendDueMail(t.deps);
    const [shown] = (await (await mailbox.routes.request('/mail.json')).json()) as {
      to: string;
      subject: string;
      text: string;
      html: string;
    }[];
    assert.equal(shown?.to, 'rsg@example.org');
    assert.match(shown?.text ?? '', /#reinitialiser=secret-of-the-link-000/);
    assert.equal(post.received[0]?.subject, shown?.subject);
    assert.match(await (await mailbox.routes.request('/mail')).text(), /Nouveau mot de passe/);
    t.deps.mail.close();
    await mailbox.close();
  });
});

describe('a receipt', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  test('as a PDF: tagged, in its language, the same bytes each time', async () => {
    const first = Buffer.from(await contentPdf(receiptContent({ number: 12, document: DOCUMENT })));
    assert.ok(
      first.equals(Buffer.from(await contentPdf(receiptContent({ number: 12, document: DOCUMENT })))),
    );
    const raw = first.toString('latin1');
    for (const mark of ['/StructTreeRoot', '/MarkInfo', '/Lang (fr-CA)', 'pdfuaid'])
      assert.ok(raw.includes(mark), mark);
    assert.ok(
      !first.equals(Buffer.from(await contentPdf(receiptContent({ number: 13, document: DOCUMENT })))),
    );
  });

  test('as a page: everything that was paid, the Toronto day, no script, and never that anyone is covered', () => {
    const page = String(contentHtml(receiptContent({ number: 12, document: DOCUMENT })));
    const text = page.replace(/<[^>]+>/g, ' ').replace(/[\s\u00a0]+/g, ' ');
    for (const words of [
      'Reçu de paiement no 12',
      'Nguyễn Đặng Bạch Tuyết',
      '31 mars 2026 à 23 h 30 (HE)',
      'Taxe sur les primes d’assurance (9 %) 23,63 $',
      'Frais en ligne 9,15 $',
      'Total payé 295,28 $',
      '000000000 RT0001',
      'du 1er avril 2026 au 31 mars 2027',
      'Il ne remplace pas votre certificat',
    ]) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
    assert.doesNotMatch(page, /<script/);
    assert.doesNotMatch(text, /couverte?|protégée?|assurée? /);
  });

  test('by a link that lives a quarter of an hour, and says so afterwards in both languages', async () => {
    const { htmlUrl } = await documentUrls(t.deps, { kind: 'receipt', id: 'no-such-receipt' });
    assert.doesNotMatch(htmlUrl, /@|Nguy/);
    assert.equal((await t.app.request(htmlUrl)).status, 410);
    t.clock.advance(16 * 60_000);
    for (const url of [
      htmlUrl,
      htmlUrl.replace(/.\.html$/, '.html'),
      'https://pay.test/v1/receipts/x.pdf',
      'https://pay.test/v1/receipts/a.b.c.html',
    ]) {
      const answer = await t.app.request(url);
      assert.equal(answer.status, 410);
      const text = await answer.text();
      assert.match(text, /Ce lien n’est plus valide/);
      assert.match(text, /This link is no longer valid/);
    }
  });
});
