// What middleware leaves for the routes below it.
import type { Regroupement } from '../regroupements/regroupements.ts';

/** Who is signed in, checked against the database at each request. */
export interface Session {
  sessionId: string;
  accountId: string;
  regroupementId: string;
}

export interface BaseEnv {
  Variables: { requestId: string; clientAddress: string };
}
/** Routes below /v1/regroupements/:regroupement. */
export interface TenantEnv {
  Variables: BaseEnv['Variables'] & { regroupement: Regroupement };
}
/** Routes behind `signedIn`. */
export interface SignedInEnv {
  Variables: TenantEnv['Variables'] & { session: Session };
}
