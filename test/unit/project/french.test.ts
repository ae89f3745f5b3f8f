// French as people read it on pages and in mail: the spaces of its punctuation do not break (as the widget's and the office's
// own tests have it for their words).
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const SERVER = resolve(import.meta.dirname, '../../../server');
/** What a terminal shows, and the refusals that it shares with the office. */
const TERMINAL = /^(cli|operations|import)\//;

const BREAKS = /« | »|^(?!.*\s\?\s).*[\p{L}»)] :(?=[\s'`"<]|$)/u;
/** WordPress shows the plugin's description, which stands in a comment. */
const COMMENT = /^\s*(\/\/|\/?\*)(?! Description:)/;

test('in French no line breaks inside quotation marks, nor before a colon', () => {
  const files = globSync('**/*.{ts,php}', { cwd: SERVER }).filter((file) => !TERMINAL.test(file));
  assert.ok(files.length > 100);
  const found = files.flatMap((file) =>
    readFileSync(join(SERVER, file), 'utf8')
      .split('\n')
      .flatMap((line, n) =>
        BREAKS.test(line.replace(/ \/\/ .*$/, '')) && !COMMENT.test(line)
          ? [`${file}:${n + 1}: ${line.trim()}`]
          : [],
      ),
  );
  assert.deepEqual(found, []);
});
