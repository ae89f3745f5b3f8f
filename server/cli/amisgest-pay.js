#!/usr/bin/env node
// Starts the command line on the project's own Node, whatever Node the shell has: this file must run on an old one.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const modules = join(here, '..', '..', 'node_modules');
const own = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const { status, signal } = spawnSync(
  existsSync(own) ? own : process.execPath,
  [join(here, 'cli.ts'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    // What was compiled once is kept: each later command starts in half the time.
    env: { NODE_COMPILE_CACHE: join(modules, '.cache', 'node'), ...process.env },
  },
);
process.exit(signal ? 1 : (status ?? 1));
