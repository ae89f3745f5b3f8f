// How a regroupement's name stands in a French sentence: « avec le Regroupement X », « du Regroupement X », « de
// l’Alliance Y », « de La Farandole ». By the name's own first word; a setting where that cannot tell.
import { phone, phoneLink } from '../format.ts';

/** What `regroupement set --article` takes; `aucun`: the name stands without one. */
export const ARTICLES = ['le', 'la', 'l’', 'les', 'aucun'] as const;
export type Article = (typeof ARTICLES)[number];

export interface Naming {
  /** As it is called: “Regroupement X”. */
  name: string;
  /** « le Regroupement X », « l’Alliance Y », « La Farandole ». */
  the: string;
  /** The same at the beginning of a sentence. */
  The: string;
  /** « du Regroupement X », « de l’Alliance Y », « des Petits Pas », « d’Amis-Amies ». */
  of: string;
  /** « au Regroupement X », « à l’Alliance Y », « aux Petits Pas ». */
  to: string;
}

/** Common nouns that associations are named by; those that begin with a vowel elide whatever they are. */
const NOUNS: readonly (readonly [Article, string])[] = [
  [
    'le',
    'bureau cartel centre cercle collectif comité conseil consortium fonds front groupe groupement mouvement organisme rassemblement regroupement réseau secrétariat service syndicat',
  ],
  [
    'la',
    'centrale chambre coalition compagnie confédération coopérative corporation fédération fondation garderie ligue maison mutuelle section société table',
  ],
  [
    'l’',
    'action alliance amicale assemblée association entraide entreprise équipe institut office ordre organisation organisme union',
  ],
  [
    'les',
    'associations assurances bureaux garderies gardiennes intervenantes milieux regroupements responsables services éducatrices',
  ],
];
const ARTICLE_OF = new Map(
  NOUNS.flatMap(([article, words]) => words.split(' ').map((word) => [word, article] as const)),
);

// An h that is breathed, a y before a vowel and a few words that begin as if with a consonant.
const BREATHED =
  /^(?:h(?:aie|alte|ameau|amster|and|angar|anneton|arde|arfang|aricot|asard|aut|avre|eron|éron|éros|ublot|érisson|être|ibou|ochet|ockey|omard|ors|ull|uit|utte)|y[aeiou]|onz|oui|ouistiti|un(?:$|\P{L}))/iu;
const VOWEL = /^[aeiouyhàâäæéèêëîïôöœùûü]/iu;

/** How `name` stands in a sentence; `article` is the regroupement's setting, null when the name tells. */
export function namingOf(name: string, article: Article | null): Naming {
  const own = /^(?:(les?|la) |(l)[’'])/i.exec(name);
  const rest = own === null ? name : name.slice(own[0].length);
  const said = article ?? (own === null ? guess(name) : null);
  if (said === null && own !== null) {
    // « La Farandole » keeps its article as it is written, but where the language melts it.
    const word = own[1]?.toLowerCase();
    return forms(
      name,
      name,
      word === 'le' ? `du ${rest}` : word === 'les' ? `des ${rest}` : null,
      word,
      rest,
    );
  }
  if (said === null || said === 'aucun') return forms(name, name, elides(name) ? `d’${name}` : null);
  const the = said === 'l’' ? `l’${name}` : `${said} ${name}`;
  return forms(name, the, said === 'le' ? `du ${name}` : said === 'les' ? `des ${name}` : null, said, name);
}

/** The part of the public profile that sentences are made of (regroupements/routes.ts). */
export function writtenOf({ name, naming, phone: number }: { name: string; naming: Naming; phone: string }) {
  return {
    written: {
      'fr-CA': {
        organisme: naming.the,
        Organisme: naming.The,
        du: naming.of,
        telephone: phone(number, 'fr-CA'),
      },
      'en-CA': { organisme: name, Organisme: name, du: `of ${name}`, telephone: phone(number, 'en-CA') },
    },
    phoneUrl: phoneLink(number),
  };
}

function forms(name: string, the: string, of: string | null, article?: string, rest = name): Naming {
  return {
    name,
    the,
    The: the.charAt(0).toUpperCase() + the.slice(1),
    of: of ?? `de ${the}`,
    to: article === 'le' ? `au ${rest}` : article === 'les' ? `aux ${rest}` : `à ${the}`,
  };
}

function guess(name: string): Article | null {
  const [word = ''] = /\p{L}+/u.exec(name.toLowerCase()) ?? [];
  return ARTICLE_OF.get(word) ?? null;
}

/** Whether « de » loses its e before it. A sign or a figure in front is not read. */
function elides(name: string): boolean {
  const letters = name.replace(/^[^\p{L}\p{N}]+/u, '');
  return VOWEL.test(letters) && !BREATHED.test(letters);
}
