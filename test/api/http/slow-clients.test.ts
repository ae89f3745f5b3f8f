// Clients that hold a connection and give nothing for it, by mistake or on purpose: each is let go in its time, and
// nobody waits for them. The process's own server, with little patience.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Listening, startListening } from '../../support/listening.ts';

const PATIENCE = { headers: 300, request: 600, idle: 400, silence: 500, look: 50 };
const POST =
  'POST /v1/regroupements/petits-bouleaux/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

interface Client {
  socket: Socket;
  /** What the server had said when it let go. */
  end: Promise<string>;
}

describe('a client that keeps the server waiting', { timeout: 30_000 }, () => {
  let server: Listening;
  const open = new Set<Socket>();
  before(async () => {
    server = await startListening(PATIENCE);
  });
  after(async () => {
    for (const socket of open) socket.destroy();
    await server?.stop();
  });

  function client(port = server.port, { reads = true } = {}): Client {
    const socket = connect(port, '127.0.0.1');
    open.add(socket);
    let said = '';
    if (reads)
      socket.on('data', (bytes) => {
        said += bytes.toString('latin1');
      });
    socket.on('error', () => undefined);
    const end = new Promise<string>((resolve) => {
      socket.once('close', () => {
        open.delete(socket);
        resolve(said);
      });
    });
    return { socket, end };
  }
  /** One piece after another, slowly, until the server has had enough. */
  function trickle({ socket, end }: Client, piece: string): Promise<string> {
    const timer = setInterval(() => socket.writable && socket.write(piece), 40);
    return end.finally(() => clearInterval(timer));
  }
  const healthy = async () => (await fetch(`http://127.0.0.1:${server.port}/healthz`)).status;

  test('with its headers is told 408 and let go', async () => {
    const slow = client();
    slow.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
    assert.match(await trickle(slow, 'X: y\r\n'), /^HTTP\/1\.1 408 /);
  });

  test('with its headers has not the time that a list of 10 MB has', async () => {
    const patient = await startListening({ ...PATIENCE, request: 600_000 });
    try {
      const slow = client(patient.port);
      slow.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
      assert.match(await trickle(slow, 'X: y\r\n'), /^HTTP\/1\.1 408 /);
    } finally {
      await patient.stop();
    }
  });

  test('with its body is let go', async () => {
    const slow = client();
    slow.socket.write(`${POST}Content-Length: 60000\r\n\r\n{`);
    assert.match(await trickle(slow, ' '), /^(HTTP\/1\.1 408 [^{]*)?$/);
  });

  test('by saying nothing at all is let go', async () => {
    assert.match(await client().end, /^(HTTP\/1\.1 408 [^{]*)?$/);
  });

  test('by never reading its answers is let go', async () => {
    const { socket } = client(server.port, { reads: false });
    socket.pause();
    // It says nothing more, and would not notice: only the server's end of it tells.
    const ours = await new Promise<Socket>((resolve) => {
      const seen = (message: unknown) => {
        unsubscribe('net.server.socket', seen);
        resolve((message as { socket: Socket }).socket);
      };
      subscribe('net.server.socket', seen);
      socket.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    });
    await once(ours, 'close');
    assert.ok(ours.bytesWritten > 0, 'it had answers to read');
    assert.equal(await healthy(), 200);
  });

  test('a hundred of them at once keep nobody else waiting', async () => {
    const slow = Array.from({ length: 100 }, () => client());
    for (const { socket } of slow) socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    assert.equal(await healthy(), 200);
    await Promise.all(slow.map(({ end }) => end));
    assert.equal(await healthy(), 200);
  });

  test('too much of anything is refused: headers, a body without end', async () => {
    const wordy = client();
    wordy.socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`);
    assert.match(await wordy.end, /^HTTP\/1\.1 431 /);
    const endless = client();
    endless.socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    assert.match(await trickle(endless, chunk), /^HTTP\/1\.1 413 [\s\S]*problems\/too-large/);
  });

  test('one that says two things about its length is not listened to (request smuggling)', async () => {
    for (const lengths of [
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 4\r\nContent-Length: 9\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
    ]) {
      const double = client();
      double.socket.write(`${POST}${lengths}\r\n{}\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
      const said = await double.end;
      assert.match(said, /^HTTP\/1\.1 400 /, lengths);
      assert.ok(!said.includes('"status":"ok"'), 'no second request was heard');
    }
  });
});
