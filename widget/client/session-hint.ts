// Whether this browser probably holds a session, and the address by which everything about it is kept.

/** Where a regroupement's routes begin; also the name of its session in this browser. */
export function baseUrl(api: string, regroupement: string): string {
  return `${api}/v1/regroupements/${regroupement}`;
}

/**
 * Whether this browser probably holds a session at that base: read at once, where the session itself takes a while,
 * so that nobody who is signed in sees a sign-in form flash by, and nobody else waits for it.
 */
export function mayBeSignedIn(base: string): boolean {
  try {
    return localStorage.getItem(base) !== null;
  } catch {
    return false;
  }
}
