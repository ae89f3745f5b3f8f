// The few words of mocha that @web/test-runner gives its tests.

declare function describe(name: string, body: () => void): void;
declare function it(name: string, body: (this: { skip(): void }) => void | Promise<void>): void;
declare function before(body: () => void | Promise<void>): void;
declare function beforeEach(body: () => void | Promise<void>): void;
declare function after(body: () => void | Promise<void>): void;
declare function afterEach(body: () => void | Promise<void>): void;
