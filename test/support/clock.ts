// Loaded before a process of the demo (`--import`): its clock is the machine's, set forward by the milliseconds that
// stand in CLOCK_FILE, which a test rewrites while it runs.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_FILE;
const machine = Date.now.bind(Date);
const LOOK_EVERY_MS = 20;
let forward = 0;
let looked = 0;

if (file !== undefined)
  Date.now = () => {
    const now = machine();
    if (now - looked >= LOOK_EVERY_MS) {
      looked = now;
      forward = Number(readFileSync(file, 'utf8'));
    }
    return now + forward;
  };
