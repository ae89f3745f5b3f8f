// Diagnostics: why nothing can be paid on this page. What its developer can do about it stands in
// diagnostics-messages.ts.
import type { ProblemKind } from '../client/problem.ts';
import type { DiagnosticCode } from './events.ts';

/** What this very page forbids. */
export function diagnosePage(): DiagnosticCode | null {
  if (!isSecureContext) return 'insecure';
  return self.origin === 'null' ? 'sandboxed' : null;
}

/** Tells the developer, once for each cause; the words come when they are needed, by a file that visitors never load. */
export async function warn(
  kind: ProblemKind | DiagnosticCode,
  regroupement: string,
  api: string,
): Promise<void> {
  try {
    await (await import('./diagnostics-messages.ts')).report(kind, { regroupement, api });
  } catch {
    // Without a connection there is nothing to fix in the page.
  }
}
