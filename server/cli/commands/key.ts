// `key`: keys of the staff's API.
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { createKey, LONGEST_DAYS, listKeys, revokeKey, SCOPES, type Scope } from '../../staff/api-keys.ts';
import { asker, type Command, needed, Usage, withDatabase } from '../command.ts';

const DAY_MS = 86_400_000;

export const keyCommand: Command = {
  options: { name: { type: 'string' }, scope: { type: 'string' }, days: { type: 'string' } },
  help: {
    fr: `key create <regroupement> --name TEXTE --scope read,record,invoice,refund,links,import – une clé de l’API du personnel, montrée une seule fois.
  --days N  sa durée de vie en jours (365 sinon)
key list <regroupement> – les clés, sans leur secret.
key revoke <regroupement> <id> – y met fin tout de suite.
  --json    un objet ou un tableau JSON`,
    en: `key create <regroupement> --name TEXT --scope read,record,invoice,refund,links,import – a key of the staff’s API, shown once.
  --days N  its life in days (365 otherwise)
key list <regroupement> – the keys, without their secrets.
key revoke <regroupement> <id> – ends it at once.
  --json    a JSON object or array`,
  },
  async run(call) {
    const { positionals, lang, json, values } = call;
    const [action, slug, id, ...more] = positionals;
    const shape = action === 'revoke' ? id !== undefined : id === undefined;
    if (
      slug === undefined ||
      !shape ||
      more.length > 0 ||
      !['create', 'list', 'revoke'].includes(action ?? '')
    )
      throw new Usage(
        lang === 'fr' ? 'key create, key list ou key revoke.' : 'key create, key list or key revoke.',
      );
    if (action === 'create') {
      const name = needed(call, 'name').slice(0, 100);
      const asked = needed(call, 'scope').split(',');
      const scopes = SCOPES.filter((scope) => asked.includes(scope));
      const days = Number(values.days ?? 365);
      if (scopes.length !== asked.length || !Number.isInteger(days) || days < 1 || days > LONGEST_DAYS)
        throw new Usage(`--scope ${SCOPES.join(',')}  --days 1–${LONGEST_DAYS}`);
      return withDatabase(async (deps) => {
        const { id: regroupementId } = await regroupementBySlug(deps, slug);
        const made = await createKey(deps, regroupementId, {
          name,
          scopes: scopes as Scope[],
          lifeMs: days * DAY_MS,
          by: asker(),
        });
        console.log(
          json
            ? JSON.stringify({ ...made, expiresAt: new Date(made.expiresAt).toISOString(), scopes })
            : made.secret,
        );
        return 0;
      });
    }
    return withDatabase(async (deps) => {
      const { id: regroupementId } = await regroupementBySlug(deps, slug);
      if (action === 'revoke') {
        const done = await revokeKey(deps, regroupementId, id ?? '', asker());
        if (!done) console.error(lang === 'fr' ? 'Cette clé n’existe pas.' : 'There is no such key.');
        else console.log(json ? JSON.stringify({ revoked: id }) : lang === 'fr' ? 'Finie.' : 'Ended.');
        return done ? 0 : 1;
      }
      const keys = (await listKeys(deps, regroupementId)).map((key) => ({
        id: key.id,
        name: key.name,
        scopes: key.scopes,
        expiresAt: new Date(key.expiresAt).toISOString(),
        revoked: key.revokedAt !== null,
        lastUsedAt: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString(),
      }));
      if (json) console.log(JSON.stringify(keys));
      else
        for (const key of keys)
          console.log(
            [
              key.id,
              key.name,
              key.scopes.join(','),
              key.expiresAt,
              key.revoked ? 'X' : '',
              key.lastUsedAt ?? '',
            ].join('  '),
          );
      return 0;
    });
  },
};
