// `messages`: e-mails that could not be sent.
import { parkedMessages, retryMessage } from '../../mail/parked.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { type Command, onlyRegroupement, withDatabase } from '../command.ts';

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
      if (typeof values.retry === 'string' && !(await retryMessage(deps, id, values.retry))) {
        console.error(
          lang === 'fr' ? 'Rien à renvoyer sous cet ID.' : 'There is nothing to send again under this ID.',
        );
        return 1;
      }
      const list = await parkedMessages(deps, id);
      if (json) console.log(JSON.stringify(list));
      else
        for (const one of list)
          console.log([one.createdAt, one.id, one.kind, one.attempts, one.why ?? ''].join('  '));
      return 0;
    });
  },
};
