// What `npm audit --json` says of the packages that production runs.
import { z } from 'zod';

const Report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
});
const GRAVE = ['high', 'critical'];

/** Packages with a grave advisory; null when the registry's list could not be had. */
export function graveAdvisories(output: string): string[] | null {
  let said: unknown;
  try {
    said = JSON.parse(output);
  } catch {
    return null;
  }
  const report = Report.safeParse(said);
  if (!report.success) return null;
  return Object.entries(report.data.vulnerabilities)
    .filter(([, { severity }]) => GRAVE.includes(severity))
    .map(([name, { severity }]) => `${name} (${severity})`);
}
