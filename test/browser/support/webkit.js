// WebKit for the test runner, by WebKitGTK's own driver (Debian: webkit2gtk-driver, xvfb) and the W3C's WebDriver
// protocol. The runner's webdriver package brings a test framework of its own; this needs five calls.
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DRIVER = '/usr/bin/WebKitWebDriver';
const XVFB = '/usr/bin/Xvfb';
const [BROWSER] = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser');

/** WebKit where the machine has it, as a list to spread into the runner's browsers. */
export function webkit() {
  return existsSync(DRIVER) && existsSync(XVFB) && BROWSER !== undefined ? [launcher()] : [];
}

function launcher() {
  const children = [];
  /** The runner's session id → WebDriver's. */
  const sessions = new Map();
  let base = '';

  async function call(method, path, body) {
    const response = await fetch(base + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKit: ${value?.error}: ${value?.message}`);
    return value;
  }

  return {
    name: 'WebKit',
    // The type for which the runner's own commands call sendKeys().
    type: 'webdriver',
    concurrency: 1,

    async initialize() {
      const display = spawn(XVFB, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      const number = await new Promise((resolve, reject) => {
        display.once('exit', () => reject(new Error('Xvfb did not start')));
        display.stdio[3].once('data', (data) => resolve(String(data).trim()));
      });
      const port = await freePort();
      base = `http://127.0.0.1:${port}`;
      const driver = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], {
        stdio: 'ignore',
        env: {
          ...process.env,
          DISPLAY: `:${number}`,
          GDK_BACKEND: 'x11',
          XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'webkit-')),
          WEBKIT_DISABLE_COMPOSITING_MODE: '1',
          NO_AT_BRIDGE: '1',
        },
      });
      children.push(driver, display);
      for (let tries = 0; !(await fetch(`${base}/status`).then(Boolean, () => false)); tries += 1) {
        if (tries > 100) throw new Error('WebKitWebDriver did not start');
        await new Promise((next) => setTimeout(next, 100));
      }
    },

    async startSession(id, url) {
      const { sessionId } = await call('POST', '/session', {
        capabilities: {
          alwaysMatch: {
            browserName: 'MiniBrowser',
            'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] },
          },
        },
      });
      sessions.set(id, sessionId);
      await call('POST', `/session/${sessionId}/url`, { url });
    },
    isActive: (id) => sessions.has(id),
    getBrowserUrl: (id) => call('GET', `/session/${sessions.get(id)}/url`),
    async stopSession(id) {
      await call('DELETE', `/session/${sessions.get(id)}`);
      sessions.delete(id);
      return {};
    },
    async stop() {
      for (const child of children) child.kill();
    },

    /** For the runner's `send-keys`: characters, or the name of one key. */
    async sendKeys(id, keys) {
      const actions = keys.flatMap((key) => {
        const value = KEYS[key] ?? key;
        return [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ];
      });
      await call('POST', `/session/${sessions.get(id)}/actions`, {
        actions: [{ type: 'key', id: 'keyboard', actions }],
      });
    },
  };
}

// https://www.w3.org/TR/webdriver2/#keyboard-actions
const KEYS = { Enter: '\uE007', Tab: '\uE004', Escape: '\uE00C', Space: ' ' };

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
