// `rotate`: new keys in the place of old ones.
import { rotateSigningKey } from '../../accounts/sessions/signing-keys.ts';
import { reencrypt } from '../../operations/rotate.ts';
import { asker, type Command, Usage, withDatabase } from '../command.ts';

export const rotateCommand: Command = {
  options: {},
  help: {
    fr: `rotate signing-key – une nouvelle clé signe les jetons; l’ancienne les vérifie encore, personne n’est déconnecté.
rotate secrets – chiffre de nouveau les secrets (PayPal, clés) avec la première SECRET_KEY; les anciennes peuvent ensuite être retirées.
  --json    un objet JSON`,
    en: `rotate signing-key – a new key signs tokens; the old one still verifies them, nobody is signed out.
rotate secrets – encrypts secrets (PayPal, keys) anew with the first SECRET_KEY; the older ones may then go.
  --json    a JSON object`,
  },
  async run({ positionals: [what, ...more], lang, json }) {
    if ((what !== 'signing-key' && what !== 'secrets') || more.length > 0)
      throw new Usage(
        lang === 'fr' ? 'rotate signing-key ou rotate secrets.' : 'rotate signing-key or rotate secrets.',
      );
    return withDatabase(async (deps) => {
      if (deps.config.secretKeys.length === 0) {
        console.error(lang === 'fr' ? 'SECRET_KEY manque.' : 'SECRET_KEY is missing.');
        return 1;
      }
      if (what === 'signing-key') {
        await rotateSigningKey(deps, asker());
        console.log(
          json
            ? '{"rotated":"signing-key"}'
            : lang === 'fr'
              ? 'Nouvelle clé en place.'
              : 'A new key is in place.',
        );
        return 0;
      }
      const counts = await reencrypt(deps, asker());
      console.log(
        json
          ? JSON.stringify(counts)
          : lang === 'fr'
            ? `Chiffrés de nouveau : ${counts.changed}. Illisibles avec ces clés : ${counts.unreadable}.`
            : `Encrypted anew: ${counts.changed}. Unreadable with these keys: ${counts.unreadable}.`,
      );
      return counts.unreadable === 0 ? 0 : 1;
    });
  },
};
