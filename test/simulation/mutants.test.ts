// The mutants break the code as it stands: one whose place is gone proves nothing any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MUTANTS, mutated } from './mutants.ts';

for (const mutant of MUTANTS)
  test(`a place for: ${mutant.name}`, () => {
    assert.doesNotThrow(() => mutated(mutant));
  });
