// Connections that send a byte of their request's headers now and then. Run as a program: trickle.ts <port> <connections>;
// tells its parent how many were open once all had been tried.
import { connect } from 'node:net';

if (import.meta.main) {
  const [port = '', count = ''] = process.argv.slice(2);
  let open = 0;
  for (let i = 0; i < Number(count); i++) {
    const socket = connect(Number(port), '127.0.0.1', () => {
      open++;
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX: ');
    });
    const timer = setInterval(() => socket.write('x'), 1_000);
    socket.on('error', () => undefined).on('close', () => clearInterval(timer));
  }
  setTimeout(() => process.send?.(open), 2_000);
}
