// People of the demo's offices, one of each role, whose passwords and secrets everybody knows: only in a database that the
// demo itself has made, which no production server opens (server/db/demo-mark.ts).
import { Secret, TOTP } from 'otpauth';
import { hashPassword } from '../../server/accounts/passwords/passwords.ts';
import { audited } from '../../server/audit.ts';
import { isMarkedDemo, markDemo } from '../../server/db/demo-mark.ts';
import { type Deps, newId } from '../../server/deps.ts';
import { saveMembership } from '../../server/staff/people/memberships.ts';
import { saveUnenrolled } from '../../server/staff/people/users.ts';
import { REFUND_CEILING_CENTS } from '../../server/staff/roles.ts';
import { addTotp } from '../../server/staff/sign-in/totp.ts';

export const DEMO_STAFF_PASSWORD = 'onze hérons gris du fleuve';
/** Each works for the three regroupements. */
export const DEMO_STAFF = [
  {
    name: 'Lise Gagnon',
    email: 'lise@bureau.example.org',
    role: 'reader',
    mayRefund: false,
    totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    what: 'Lecture: sees everything, changes nothing',
  },
  {
    name: 'Benoît Ouellet',
    email: 'benoit@bureau.example.org',
    role: 'office',
    mayRefund: true,
    totpSecret: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU',
    what: 'Bureau: invoices, cheques, links; may refund',
  },
  {
    name: 'Rosalie Bélanger',
    email: 'rosalie@bureau.example.org',
    role: 'owner',
    mayRefund: false,
    totpSecret: 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK',
    what: 'Responsable: people and settings too',
  },
] as const;

/** Leaves the demo's mark in a database that is empty; call it before anything else is put there. */
export async function markIfNew(deps: Pick<Deps, 'db' | 'now'>): Promise<void> {
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM regroupements UNION ALL SELECT 1 FROM staff_users LIMIT 1',
  );
  if (rows.length === 0) await deps.db.batch([markDemo(deps.now())]);
}

/** Adds who is missing to a database that the demo has made; to any other, nobody. */
export async function seedStaff(deps: Deps): Promise<void> {
  if (!(await isMarkedDemo(deps.db))) return;
  const { rows: known } = await deps.db.execute<{ email: string }>('SELECT email FROM staff_users');
  const { rows: regroupements } = await deps.db.execute<{ id: string }>('SELECT id FROM regroupements');
  const now = deps.now();
  for (const { name, email, role, mayRefund, totpSecret } of DEMO_STAFF) {
    if (known.some((one) => one.email === email)) continue;
    const staffId = newId(deps);
    const passwordHash = await hashPassword(deps, DEMO_STAFF_PASSWORD);
    await deps.db.batch([
      saveUnenrolled({ id: staffId, name, email, lang: 'fr-CA', passwordHash }, now),
      addTotp(deps, staffId, totpSecret),
      { sql: 'UPDATE staff_users SET enrolled_at = ? WHERE id = ?', args: [now, staffId] },
      ...regroupements.map(({ id }) =>
        saveMembership(
          {
            ...{ staffId, regroupementId: id, role, mayRefund },
            ...{ refundCeilingCents: REFUND_CEILING_CENTS, endsOn: null },
          },
          now,
        ),
      ),
      ...regroupements.map(({ id }) =>
        audited(deps, {
          regroupementId: id,
          actor: 'server',
          act: 'staff-joined',
          target: `staff_users:${staffId}`,
          before: null,
          after: { role, mayRefund },
        }),
      ),
    ]);
  }
}

/** What an authenticator app with this secret shows at the instant. */
function codeAt(totpSecret: string, now: number): string {
  return new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate({ timestamp: now });
}

/** Who of them is in the database, with the code that an app shows at this moment. */
export async function demoStaff(
  deps: Pick<Deps, 'db' | 'now'>,
): Promise<((typeof DEMO_STAFF)[number] & { code: string })[]> {
  if (!(await isMarkedDemo(deps.db))) return [];
  return DEMO_STAFF.map((one) => ({ ...one, code: codeAt(one.totpSecret, deps.now()) }));
}
