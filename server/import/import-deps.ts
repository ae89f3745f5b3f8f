import type { Deps } from '../deps.ts';

/** What an import asks of the outside. */
export type ImportDeps = Pick<Deps, 'db' | 'now' | 'sleep' | 'randomBytes'>;
