import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contrastOf, ENOUGH } from '../../../widget/bureau/screens/settings/contrast.ts';

describe('what becomes of a colour', () => {
  test('black and white, as WCAG has them', () => {
    assert.equal(contrastOf('#000000')?.ratio, 21);
    assert.equal(contrastOf('#000000')?.words, '#ffffff');
    assert.equal(contrastOf('#FFFFFF')?.words, '#000000');
    assert.equal(contrastOf('#777777')?.light.kept, false);
    // 4.48:1 on white, which is nearly enough and is not.
    assert.equal(contrastOf('#2c6e49')?.light.kept, true);
    for (const wrong of ['', 'red', '#fff', '#12345g', '#1234567']) assert.equal(contrastOf(wrong), null);
  });

  test('whatever the colour, words on it and links in it can be read', () => {
    for (let n = 0; n < 4_096; n++) {
      const colour = `#${[n >> 8, (n >> 4) & 15, n & 15].map((part) => part.toString(16).repeat(2)).join('')}`;
      const found = contrastOf(colour);
      assert.ok(found !== null);
      for (const [what, ratio] of [
        ['words', found.ratio],
        ['light', found.light.ratio],
        ['dark', found.dark.ratio],
      ] as const)
        assert.ok(ratio >= ENOUGH, `${colour} ${what}: ${ratio}`);
    }
  });
});
