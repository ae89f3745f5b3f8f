// A package with a known grave fault stops the build; a registry that cannot be asked does not, and is no « all is well ».
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graveAdvisories } from '../../support/audit.ts';

const report = (severity: string) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities: { 'left-pad': { name: 'left-pad', severity } } });

test('high and critical advisories are told by name; the others are not grave', () => {
  assert.deepEqual(graveAdvisories(report('critical')), ['left-pad (critical)']);
  assert.deepEqual(graveAdvisories(report('high')), ['left-pad (high)']);
  assert.deepEqual(graveAdvisories(report('moderate')), []);
  assert.deepEqual(graveAdvisories('{"auditReportVersion":2,"vulnerabilities":{}}'), []);
});

test('no answer is no good news', () => {
  for (const output of ['', 'npm error network', '{"error":{"summary":""}}', '{"message":"405"}', 'null'])
    assert.equal(graveAdvisories(output), null, output);
});
