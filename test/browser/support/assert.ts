// Two assertions; node:assert does not run in a browser.
interface Assert {
  ok(value: unknown, message: string): asserts value;
  same(actual: unknown, expected: unknown, message?: string): void;
}

export const assert: Assert = {
  ok(value, message) {
    if (!value) throw new Error(message);
  },
  same(actual, expected, message = 'not the same') {
    const [a, e] = [JSON.stringify(actual, null, 1), JSON.stringify(expected, null, 1)];
    if (a !== e) throw new Error(`${message}\nis       ${a}\nexpected ${e}`);
  },
};
