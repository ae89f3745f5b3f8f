// The few words of mocha that @web/test-runner gives its tests.
type Body = () => void | Promise<void>;
declare function describe(name: string, body: () => void): void;
declare function it(name: string, body: Body): void;
declare function before(body: Body): void;
declare function beforeEach(body: Body): void;
declare function after(body: Body): void;
declare function afterEach(body: Body): void;
