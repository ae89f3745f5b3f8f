// « Nom » is one box when the account is created and two when the invoice is looked for (S9, S17). A first guess,
// which she can change; the server forgives a wrong cut or swapped boxes.

/** « TREMBLAY, Sylvie ». */
const BY_COMMA = /^([^,]+), ?([^,]+)$/;
/** Two words, one each; more: the first is the first name, unless a particle says where the surname begins. */
const BY_PARTICLE = /^(.+?) ((?:d[eu]s?|l[ae]|v[ao]n|de[rn]|ter|d[aio]s?|[ae]l|s(?:ain)?te?|ma?c) .+)$/i;
const BY_SPACE = /^(\S+) (.+)$/;

/** « Marie-Ève L’Écuyer Tremblay » → Marie-Ève | L’Écuyer Tremblay; « TREMBLAY, Sylvie » → Sylvie | TREMBLAY. */
export function splitName(name: string): { firstName: string; lastName: string } {
  const plain = name.trim().replace(/\s+/g, ' ');
  const [, before, after = ''] = BY_COMMA.exec(plain) ?? [];
  if (before !== undefined) return { firstName: after, lastName: before.trim() };
  const [, firstName = '', lastName = plain] = BY_PARTICLE.exec(plain) ?? BY_SPACE.exec(plain) ?? [];
  return { firstName, lastName };
}
