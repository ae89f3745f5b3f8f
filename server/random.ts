// Unpredictable bytes, from the system's generator. Each call of it costs more than a hundred bytes do, and each request needs a
// few: so they are drawn ahead.
import { randomFillSync } from 'node:crypto';

const AHEAD = 4_096;

const drawn = new Uint8Array(AHEAD);
let left = 0;

/** `n` unpredictable bytes, which nobody else is given, nor kept here. */
export function randomBytes(n: number): Uint8Array {
  if (n > AHEAD) return randomFillSync(new Uint8Array(n));
  if (n > left) {
    randomFillSync(drawn);
    left = AHEAD;
  }
  const taken = drawn.slice(left - n, left);
  drawn.fill(0, left - n, left);
  left -= n;
  return taken;
}
