// The request and event log: one JSON line each, to standard output. Never a secret, a token, an e-mail, a name, a
// certificate number or an address of a page: callers pass codes, ids and durations only.
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFields = Record<string, string | number | boolean | null | undefined>;
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export function createLog(level: LogLevel, now: () => number, write: (line: string) => void): Log {
  const from = ORDER.indexOf(level);
  const at =
    (name: LogLevel) =>
    (event: string, fields: LogFields = {}, error?: unknown): void => {
      if (ORDER.indexOf(name) < from) return;
      const told = error instanceof Error ? { error: stackOf(error) } : {};
      write(JSON.stringify({ time: new Date(now()).toISOString(), level: name, event, ...fields, ...told }));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

// What could not be read stands in a SyntaxError's message.
function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error instanceof SyntaxError ? stack.replace(error.message, 'not shown here') : stack;
}
