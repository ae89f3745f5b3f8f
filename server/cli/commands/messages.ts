// `messages`: e-mails that could not be sent.
import { parkedMessages, retryMessage } from '../../mail/parked.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, onlyRegroupement, withDatabase } from '../command.ts';

/** What a code asks for, where it is not the address that was refused. */
const REASONS: Readonly<Record<string, { fr: string; en: string }>> = {
  'no-encryption': {
    fr: 'aucune connexion chiffrée (STARTTLS ou smtps) n’a pu s’établir avec le serveur de courriel; rien ne lui a été dit. À faire corriger par la personne qui tient le serveur',
    en: 'no encrypted connection (STARTTLS or smtps) to the mail server could be made; it was told nothing. For whoever runs the server to mend',
  },
  'certificate-refused': {
    fr: 'le certificat du serveur de courriel n’est pas le bon, ou n’est plus valide; rien ne lui a été dit. À faire corriger par la personne qui tient le serveur',
    en: 'the mail server’s certificate is not the right one, or no longer valid; it was told nothing. For whoever runs the server to mend',
  },
};

export const messagesCommand: Command = {
  options: { retry: { type: 'string' } },
  help: {
    fr: `messages <regroupement> – les courriels qui n’ont pas pu partir.
  --retry ID  essayer de nouveau celui-là
  --json      un tableau JSON`,
    en: `messages <regroupement> – e-mails that could not be sent.
  --retry ID  try that one again
  --json      a JSON array`,
  },
  async run(call) {
    const { values, lang, json } = call;
    const slug = onlyRegroupement(call);
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      if (typeof values.retry === 'string' && !(await retryMessage(deps, id, values.retry, asker()))) {
        console.error(
          lang === 'fr' ? 'Rien à renvoyer sous cet ID.' : 'There is nothing to send again under this ID.',
        );
        return 1;
      }
      const list = await parkedMessages(deps, id);
      if (json) console.log(JSON.stringify(list));
      else
        for (const { createdAt, id, kind, attempts, why } of list) {
          const reason = REASONS[why?.split(' ')[0] ?? ''];
          const text = reason === undefined ? (why ?? '') : `${why}: ${reason[lang]}`;
          console.log([createdAt, id, kind, attempts, text].join('  '));
        }
      return 0;
    });
  },
};
