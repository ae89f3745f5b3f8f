// What middleware leaves for the routes below it.

/** Every route: its id in the log, and who calls. */
export interface BaseEnv {
  Variables: { requestId: string; clientAddress: string };
}
