// A mail server of the next hop, in a process of its own. Run as a program: relay.ts <milliseconds a message>; tells its parent
// its port, and after each message how many it has taken. What is for `hang@…` it never answers.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

if (import.meta.main) {
  const delayMs = Number(process.argv[2] ?? 0);
  let taken = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, session, done) {
      for await (const _ of stream);
      if (session.envelope.rcptTo.some(({ address }) => address.startsWith('hang@'))) return;
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      done();
      process.send?.({ taken: ++taken });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1', () =>
    process.send?.({ port: (server.server.address() as AddressInfo).port, taken }),
  );
}
