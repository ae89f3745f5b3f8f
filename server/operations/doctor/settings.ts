// Settings that start a server and still are not a production's.
import { isLoopback, trustsLoopback } from '../../addresses.ts';
import type { Config } from '../../config.ts';
import { type Finding, green, red } from './finding.ts';

/** `variables`, `proxy`: of settings that could be read. */
export function lookAtSettings(config: Config): Finding[] {
  return [variables(config), proxy(config)];
}

function variables(config: Config): Finding {
  const missing = [
    ...(config.dataPlace === undefined ? ['DATA_PLACE'] : []),
    ...(config.mailPlace === undefined ? ['MAIL_PLACE'] : []),
  ];
  if (missing.length > 0)
    return red(
      'variables',
      {
        fr: `il manque ${missing.join(' et ')} : la page sur la vie privée ne dit pas où sont les renseignements`,
        en: `missing: ${missing.join(' and ')}: the page on privacy does not say where the data are`,
      },
      {
        fr: 'Écrivez-y à qui sont ces machines, et où : « OVH, Beauharnois (Québec) » (Loi 25).',
        en: 'Write whose machines these are, and where: “OVH, Beauharnois (Québec)” (Law 25).',
      },
    );
  if (/(^|\.)sandbox\.paypal\.com$/.test(new URL(config.paypalBaseUrl).hostname))
    return red(
      'variables',
      {
        fr: 'PAYPAL_BASE_URL est le bac à sable de PayPal : personne n’est payé',
        en: 'PAYPAL_BASE_URL is PayPal’s sandbox: nobody is paid',
      },
      {
        fr: 'Une fois les essais faits : https://api-m.paypal.com, avec le client et le code secret du vrai compte.',
        en: 'Once you have tried it: https://api-m.paypal.com, with the client and the secret of the real account.',
      },
    );
  return green('variables', 'toutes là', 'all there');
}

// TLS ends before this server, so somebody stands in front; who is not believed makes everyone one caller.
function proxy({ host, trustedProxies }: Config): Finding {
  if (trustedProxies === 0)
    return red(
      'proxy',
      {
        fr: 'TRUSTED_PROXIES ne nomme personne : tous semblent appeler de l’adresse du mandataire, et partagent ses limites',
        en: 'TRUSTED_PROXIES names nobody: everyone seems to call from the proxy’s address, and shares its limits',
      },
      {
        fr: 'TRUSTED_PROXIES=1 si Caddy ou nginx est sur cette machine; sinon son adresse.',
        en: 'TRUSTED_PROXIES=1 if Caddy or nginx is on this machine; otherwise its address.',
      },
    );
  if (host !== undefined && isLoopback(host) && !trustsLoopback(trustedProxies))
    return red(
      'proxy',
      {
        fr: 'seule cette machine atteint le serveur, et TRUSTED_PROXIES n’en nomme aucun mandataire',
        en: 'only this machine reaches the server, and TRUSTED_PROXIES names no proxy on it',
      },
      {
        fr: 'HOST est l’adresse que le mandataire appelle.',
        en: 'Set HOST to the address that the proxy calls.',
      },
    );
  return green('proxy', 'cru quand il dit qui appelle', 'believed when it says who calls');
}
