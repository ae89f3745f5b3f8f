// « Nom » is one box when the account is created and two when the invoice is looked for (S9, S17). A first guess,
// which she can change; the server forgives a wrong cut or swapped boxes.
const PARTICLES = new Set(
  'de du des la le van von der den ter di da do dos el al st ste saint sainte mac mc'.split(' '),
);

/** « Marie-Ève L’Écuyer Tremblay » → Marie-Ève | L’Écuyer Tremblay; « TREMBLAY, Sylvie » → Sylvie | TREMBLAY. */
export function splitName(name: string): { firstName: string; lastName: string } {
  const comma = /^\s*([^,]+),\s*([^,]+)$/.exec(name);
  if (comma?.[1] !== undefined && comma[2] !== undefined) {
    return { firstName: comma[2].trim(), lastName: comma[1].trim() };
  }
  const words = name.split(/\s+/).filter(Boolean);
  if (words.length < 2) return { firstName: '', lastName: words[0] ?? '' };
  // Two words, one each; more: the first is the first name, unless particles say where the surname begins.
  const particle = words.findIndex((word, i) => i > 0 && PARTICLES.has(word.toLowerCase()));
  const cut = particle > 0 ? particle : 1;
  return { firstName: words.slice(0, cut).join(' '), lastName: words.slice(cut).join(' ') };
}
