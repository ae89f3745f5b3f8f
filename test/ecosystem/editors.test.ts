// What editors are given, by those who read it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FOLDER } from './judge.ts';

const require = createRequire(join(FOLDER, 'package.json'));
const json = (path: string) => JSON.parse(readFileSync(join(FOLDER, 'node_modules', path), 'utf8'));

test('the manifest follows its schema', () => {
  const schema = json('custom-elements-manifest/schema.json');
  const ajv = new Ajv2020({ strict: false, validateSchema: false });
  const valid = ajv.compile({ ...schema, $schema: undefined });
  assert.ok(valid(json('amisgest-pay/custom-elements.json')), ajv.errorsText(valid.errors));
});

test('VS Code offers the tag, its attributes and their values', () => {
  const { getLanguageService, newHTMLDataProvider, TextDocument } = require(
    join(FOLDER, 'node_modules/vscode-html-languageservice'),
  );
  const data = json('amisgest-pay/vscode.html-custom-data.json');
  const service = getLanguageService({ customDataProviders: [newHTMLDataProvider('amisgest-pay', data)] });
  const offered = (text: string) => {
    const document = TextDocument.create('file:///page.html', 'html', 1, text.replace('|', ''));
    const position = document.positionAt(text.indexOf('|'));
    const { items } = service.doComplete(document, position, service.parseHTMLDocument(document));
    return (items as { label: string }[]).map(({ label }) => label);
  };
  assert.ok(offered('<amis|').includes('amisgest-pay'));
  const attributes = offered('<amisgest-pay |></amisgest-pay>');
  for (const name of ['regroupement', 'api', 'lang', 'checkout']) assert.ok(attributes.includes(name), name);
  assert.ok(!attributes.includes('hosted'));
  assert.deepEqual(offered('<amisgest-pay checkout="|"></amisgest-pay>').sort(), ['popup', 'redirect']);
});
