// A network between us and a libSQL server, on which answers get lost and connections are cut.
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface LossyWay {
  url: string;
  /** Answers of the database that came by. */
  passed: number;
  /** The number of the one that never arrives; 0: none. */
  lost: number;
  /** Connections to it. */
  open: number;
  /** Bytes that went to the server. */
  sent: number;
  /** From now on nothing comes back, and nobody is told. */
  silent: boolean;
  /** Cuts what is open; what comes after goes through. */
  cut(): void;
  close(): void;
}

const newWay = (): LossyWay => ({
  url: '',
  passed: 0,
  lost: 0,
  open: 0,
  sent: 0,
  silent: false,
  cut() {},
  close() {},
});

/** Passes calls over HTTP on to the server, one answer each; a WebSocket is refused. */
export async function startHttpWay(to: string): Promise<LossyWay> {
  const way = newWay();
  const server = createHttpServer((incoming, outgoing) => {
    if (incoming.headers.upgrade !== undefined) {
      outgoing.writeHead(404).end();
      return;
    }
    way.passed++;
    const drop = way.passed === way.lost;
    const onward = request(
      `${to}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (drop) {
          answer.resume();
          answer.once('end', () => outgoing.destroy());
        } else {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }
      },
    );
    incoming.pipe(onward);
  });
  way.close = () => server.close();
  way.url = `http://127.0.0.1:${await listening(server)}`;
  return way;
}

/** Passes a WebSocket's bytes on, and knows the database's answers among those that come back. */
export async function startSocketWay(to: string): Promise<LossyWay> {
  const way = newWay();
  const open = new Set<Socket>();
  const changed = () => {
    way.open = open.size / 2;
  };
  const server = createServer((near) => {
    const far = connect(Number(new URL(to).port), '127.0.0.1');
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      open.add(socket);
      changed();
      socket.on('error', end).on('close', () => {
        open.delete(socket);
        changed();
        end();
      });
    }
    near.on('data', (bytes) => {
      way.sent += bytes.length;
      far.write(bytes);
    });
    const answersIn = answers();
    far.on('data', (bytes) => {
      if (way.silent) return;
      const before = way.passed;
      way.passed += answersIn(bytes);
      if (before < way.lost && way.lost <= way.passed) end();
      else near.write(bytes);
    });
  });
  way.cut = () => {
    for (const socket of open) socket.destroy();
  };
  way.close = () => {
    server.close();
    way.cut();
  };
  way.url = `ws://127.0.0.1:${await listening(server)}`;
  return way;
}

/** Counts the answers that end with what is given: of a batch, as the client asks for everything. */
function answers(): (bytes: Buffer) => number {
  let rest = Buffer.alloc(0);
  let isOpen = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return 0;
      isOpen = true;
      rest = rest.subarray(end + 4);
    }
    let found = 0;
    for (;;) {
      const frame = frameOf(rest);
      if (frame === undefined) return found;
      if (rest.toString('utf8', frame.from, frame.to).includes('"type":"batch"')) found++;
      rest = rest.subarray(frame.to);
    }
  };
}

/** Where the first frame's text stands (RFC 6455, 5.2; a server's are not masked), if it is there whole. */
function frameOf(bytes: Buffer): { from: number; to: number } | undefined {
  const length = bytes.length < 2 ? 0 : bytes.readUInt8(1) & 0x7f;
  const from = length < 126 ? 2 : length === 126 ? 4 : 10;
  if (bytes.length < from) return undefined;
  const size = from === 2 ? length : from === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < from + size ? undefined : { from, to: from + size };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
