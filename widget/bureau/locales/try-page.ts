// « Essayer ma page »: what was found, and the cure of each red line.
import type { Catalogue } from '../words.ts';

export const words = {
  'try.title': ['Essayer ma page', 'Try my page'],
  'try.intro': [
    'Donnez l’adresse de la page de votre site où se fait le paiement\u00a0: le serveur la regarde comme le ferait un visiteur, sans rien changer.',
    'Give the address of the page of your site where people pay: the server looks at it as a visitor would, and changes nothing.',
  ],
  'try.address': ['Adresse de la page', 'Address of the page'],
  'try.addressHint': [
    'Telle que le navigateur la montre, par exemple {adresse}',
    'As the browser shows it, for example {adresse}',
  ],
  'try.notAddress': [
    'Écrivez une adresse comme www.exemple.ca, sans mot de passe.',
    'Write an address like www.example.ca, without a password.',
  ],
  'try.go': ['Essayer', 'Try'],
  'try.tryOf': ['Essayer {adresse}', 'Try {adresse}'],
  'try.registered': ['Pages enregistrées', 'Registered pages'],
  'try.none': ['Aucune page n’est enregistrée pour le moment.', 'No page is registered at the moment.'],
  'try.found': ['Ce que montre {adresse}', 'What {adresse} shows'],
  'try.allGood': ['Tout est en ordre.', 'All is well.'],
  'try.toMend': [
    '{n, plural, one {# point à corriger} other {# points à corriger}}',
    '{n, plural, one {# thing to fix} other {# things to fix}}',
  ],
  'try.toCheck': [
    '{n, plural, one {# point à vérifier} other {# points à vérifier}}',
    '{n, plural, one {# thing to check} other {# things to check}}',
  ],
  'try.good': ['Bon', 'Good'],
  'try.bad': ['À corriger', 'To fix'],
  'try.unknown': ['À vérifier', 'To check'],
  'try.cure': ['Quoi faire\u00a0:', 'What to do:'],
  'try.hops': ['Redirections', 'Redirects'],
  'try.notAsked': ['pas demandée', 'not asked for'],
  'try.guide': ['Page d’installation', 'Installation page'],

  'try.registered.good': [
    'Cette adresse est enregistrée\u00a0: le paiement peut y fonctionner.',
    'This address is registered: the payment can work there.',
  ],
  'try.registered.hosted': [
    'C’est la page hébergée par notre serveur\u00a0: il n’y a rien à y installer.',
    'This is the page hosted by our server: there is nothing to install there.',
  ],
  'try.registered.nearly': [
    'Cette adresse n’est pas enregistrée. Voici la plus proche qui l’est.',
    'This address is not registered. Here is the nearest one that is.',
  ],
  'try.registered.nearly.cure': [
    'Si c’est elle que vous vouliez, essayez-la et dirigez-y vos visiteurs. Sinon, faites enregistrer celle-ci par une personne responsable.',
    'If that is the one you meant, try it and send your visitors there. Otherwise have an owner register this one.',
  ],
  'try.registered.unknown': [
    'Cette adresse n’est pas enregistrée, et aucune page enregistrée ne lui ressemble. Elle n’a pas été regardée.',
    'This address is not registered, and no registered page is like it. It was not looked at.',
  ],
  'try.registered.unknown.cure': [
    'Comparez-la avec les pages enregistrées ci-dessous, ou faites-la enregistrer par une personne responsable.',
    'Compare it with the registered pages below, or have an owner register it.',
  ],
  'try.diff.scheme': [
    'l’une commence par http, l’autre par https',
    'one begins with http, the other with https',
  ],
  'try.diff.www': ['l’une a www., l’autre non', 'one has www., the other has not'],
  'try.diff.dot': ['un point termine le nom du site', 'a dot ends the name of the site'],
  'try.diff.port': [
    'le port (8080, par exemple) n’est pas le même',
    'the port (8080, for example) is not the same',
  ],
  'try.diff.accent': ['un accent diffère dans le nom du site', 'an accent differs in the name of the site'],
  'try.diff.spelling': ['une lettre ou deux diffèrent', 'a letter or two differ'],
  'try.diff.case': ['les majuscules du chemin diffèrent', 'the capitals of the path differ'],
  'try.diff.path': ['le chemin de la page est un autre', 'the path of the page is another one'],

  'try.answers.good': ['La page répond.', 'The page answers.'],
  'try.answers.barred': [
    'Le site ne laisse pas notre serveur regarder cette page (code {detail}).',
    'The site does not let our server look at this page (code {detail}).',
  ],
  'try.answers.barred.cure': [
    'Regardez-la dans une fenêtre privée de votre navigateur. Si elle s’affiche sans mot de passe, les visiteurs la voient; sinon, retirez la protection.',
    'Look at it in a private window of your browser. If it shows without a password, visitors see it; otherwise remove the protection.',
  ],
  'try.answers.no-name': ['Ce nom de site n’existe pas dans le DNS.', 'The DNS has no site of this name.'],
  'try.answers.no-name.cure': [
    'Vérifiez l’orthographe; si elle est bonne, demandez à votre hébergeur si le domaine est encore actif.',
    'Check the spelling; if it is right, ask your host whether the domain is still active.',
  ],
  'try.answers.not-public': [
    'Ce nom mène à une adresse qui n’est pas sur l’internet public\u00a0: le serveur ne l’appelle pas.',
    'This name leads to an address that is not on the public internet: the server does not call it.',
  ],
  'try.answers.not-public.cure': [
    'Corrigez l’adresse du site dans le DNS, ou publiez-le là où tout le monde peut le joindre.',
    'Correct the site’s address in the DNS, or publish it where everyone can reach it.',
  ],
  'try.answers.no-answer': [
    'Le site ne répond pas à cette adresse ({detail}).',
    'The site does not answer at this address ({detail}).',
  ],
  'try.answers.no-answer.cure': [
    'Ouvrez-la dans un navigateur; si elle n’y paraît pas non plus, appelez votre hébergeur.',
    'Open it in a browser; if it does not show there either, call your host.',
  ],
  'try.answers.no-tls': [
    'La connexion sécurisée échoue ({detail})\u00a0: le certificat est échu, d’un autre nom ou incomplet.',
    'The secure connection fails ({detail}): the certificate is expired, of another name or incomplete.',
  ],
  'try.answers.no-tls.cure': [
    'Demandez à votre hébergeur de renouveler ou de corriger le certificat de ce site.',
    'Ask your host to renew or correct this site’s certificate.',
  ],
  'try.answers.timeout': [
    'La page n’est pas venue en dix secondes.',
    'The page did not come within ten seconds.',
  ],
  'try.answers.timeout.cure': [
    'Réessayez; si cela se répète, le site est trop lent pour ses visiteurs aussi\u00a0: parlez-en à votre hébergeur.',
    'Try again; if it happens again, the site is too slow for its visitors too: tell your host.',
  ],
  'try.answers.malformed': [
    'La réponse du site ne peut pas être lue.',
    'The answer of the site cannot be read.',
  ],
  'try.answers.status': ['Le site répond par le code {detail}.', 'The site answers with the code {detail}.'],
  'try.answers.status.cure': [
    'Vérifiez que la page est publiée et que son adresse est la bonne (404\u00a0: introuvable; 500 et plus\u00a0: panne du site).',
    'Check that the page is published and that its address is right (404: not found; 500 and above: the site is failing).',
  ],
  'try.answers.not-html': [
    'À cette adresse, il n’y a pas de page, mais un fichier ({detail}).',
    'There is no page at this address, but a file ({detail}).',
  ],
  'try.answers.not-html.cure': [
    'Donnez l’adresse de la page où se trouve le paiement.',
    'Give the address of the page that has the payment.',
  ],
  'try.answers.many-redirects': [
    'Plus de cinq redirections\u00a0: la page tourne en rond.',
    'More than five redirects: the page goes round in circles.',
  ],
  'try.answers.many-redirects.cure': [
    'Corrigez les règles de redirection du site (souvent http, https et www. qui se renvoient l’un à l’autre).',
    'Correct the site’s redirects (often http, https and www. that send to each other).',
  ],
  'try.answers.leads-elsewhere': [
    'La page envoie ses visiteurs à {adresse}, qui n’est pas enregistrée. Elle n’a pas été suivie.',
    'The page sends its visitors to {adresse}, which is not registered. It was not followed.',
  ],
  'try.answers.leads-elsewhere.cure': [
    'Faites enregistrer cette adresse par une personne responsable, ou corrigez la redirection.',
    'Have an owner register that address, or correct the redirect.',
  ],
  'try.answers.leads-nowhere': [
    'La redirection ne mène pas à une page du Web.',
    'The redirect does not lead to a page of the Web.',
  ],

  'try.script.good': ['Notre script est en place et à jour.', 'Our script is in place and up to date.'],
  'try.script.missing': ['Notre script n’est pas dans la page.', 'Our script is not in the page.'],
  'try.script.text': [
    'Le code est affiché comme du texte\u00a0: l’éditeur ne l’a pas pris pour du code.',
    'The code is shown as text: the editor did not take it for code.',
  ],
  'try.script.comment': ['Notre script est dans un commentaire HTML.', 'Our script is in an HTML comment.'],
  'try.script.shortcode': [
    'Le code court est affiché tel quel\u00a0: l’extension n’est pas active.',
    'The shortcode is shown as it is: the plugin is not active.',
  ],
  'try.script.inline': [
    'Un autre script de la page charge le nôtre; d’ici, nous ne pouvons pas voir s’il y parvient.',
    'Another script of the page loads ours; from here we cannot see whether it does.',
  ],
  'try.script.bundled': [
    'Notre script n’est pas dans la page; votre site le réunit peut-être aux siens.',
    'Our script is not in the page; your site may bundle it with its own.',
  ],
  'try.script.curly': [
    'Les guillemets du code ont été remplacés par des guillemets typographiques.',
    'The quotes of the code were replaced by curly ones.',
  ],
  'try.script.delayed': [
    'Une extension d’optimisation retarde notre script (type «\u00a0{type}\u00a0»).',
    'An optimization plugin delays our script (type “{type}”).',
  ],
  'try.script.delayed.cure': [
    'Dans cette extension, excluez amisgest-pay.js du report des scripts, puis videz son cache.',
    'In that plugin, exclude amisgest-pay.js from delayed scripts, then empty its cache.',
  ],
  'try.script.blocked': [
    'Notre script attend un consentement («\u00a0{type}\u00a0»)\u00a0: il ne s’exécute pas.',
    'Our script waits for consent (“{type}”): it does not run.',
  ],
  'try.script.server': [
    'Notre script vient d’un autre serveur\u00a0: {serveur}.',
    'Our script comes from another server: {serveur}.',
  ],
  'try.script.classic': [
    'Il manque type="module" à la balise du script\u00a0: le navigateur ne peut pas l’exécuter.',
    'type="module" is missing from the script tag: browsers cannot run it.',
  ],
  'try.script.integrity': [
    'L’empreinte (integrity) n’est pas celle du fichier\u00a0: le navigateur le refuse.',
    'The hash (integrity) is not the file’s: browsers refuse it.',
  ],
  'try.script.gone': [
    'Cette version du script n’est plus sur le serveur.',
    'This version of the script is no longer on the server.',
  ],
  'try.script.old': [
    'La page garde une ancienne version du script ({version}). Elle fonctionne encore.',
    'The page keeps an older version of the script ({version}). It still works.',
  ],
  'try.script.tooLong': [
    'La page dépasse 2\u00a0Mo\u00a0: seul son début a été lu.',
    'The page is longer than 2 MB: only its beginning was read.',
  ],
  'try.script.unreadable': [
    'Le code de la page est trop lourd pour être lu.',
    'The code of the page is too heavy to be read.',
  ],

  'try.tag.element': [
    'La balise <amisgest-pay> est en place, au nom de «\u00a0{nom}\u00a0».',
    'The tag <amisgest-pay> is in place, in the name of “{nom}”.',
  ],
  'try.tag.division': [
    'La balise <div> du paiement est en place, au nom de «\u00a0{nom}\u00a0».',
    'The payment’s <div> is in place, in the name of “{nom}”.',
  ],
  'try.tag.frame': [
    'La page hébergée est dans un cadre (iframe), au nom de «\u00a0{nom}\u00a0».',
    'The hosted page is in a frame (iframe), in the name of “{nom}”.',
  ],
  'try.tag.link': [
    'La page a un lien vers la page hébergée de «\u00a0{nom}\u00a0»\u00a0: cela suffit pour payer.',
    'The page links to the hosted page of “{nom}”: that is enough to pay.',
  ],
  'try.tag.missing': ['Notre balise n’est pas dans la page.', 'Our tag is not in the page.'],
  'try.tag.template': [
    'Notre balise est dans un modèle (<template>), que le navigateur n’affiche pas.',
    'Our tag is in a <template>, which browsers do not show.',
  ],
  'try.tag.text': ['La balise est affichée comme du texte.', 'The tag is shown as text.'],
  'try.tag.comment': ['Notre balise est dans un commentaire HTML.', 'Our tag is in an HTML comment.'],
  'try.tag.shortcode': ['Le code court n’a pas été remplacé.', 'The shortcode was not replaced.'],
  'try.tag.curly': [
    'Le nom du regroupement est entre des guillemets typographiques.',
    'The association’s name is in curly quotes.',
  ],
  'try.tag.empty': [
    'La balise ne dit pas le nom du regroupement.',
    'The tag does not say the association’s name.',
  ],
  'try.tag.name': [
    'La balise porte un autre nom\u00a0: «\u00a0{nom}\u00a0».',
    'The tag carries another name: “{nom}”.',
  ],
  'try.tag.name.cure': [
    'Écrivez regroupement="{nom}", en minuscules.',
    'Write regroupement="{nom}", in lower case.',
  ],
  'try.tag.api': [
    'La balise appelle un autre serveur\u00a0: {serveur}.',
    'The tag calls another server: {serveur}.',
  ],
  'try.tag.api.cure': [
    'Retirez l’attribut api, ou écrivez-y {serveur}.',
    'Remove the attribute api, or write {serveur} in it.',
  ],
  'try.tag.blocked': [
    'Le cadre attend un consentement\u00a0: il reste vide.',
    'The frame waits for consent: it stays empty.',
  ],
  'try.tag.server': [
    'Le cadre vient d’un autre serveur\u00a0: {serveur}.',
    'The frame comes from another server: {serveur}.',
  ],
  'try.tag.sandbox': [
    'Le cadre est enfermé (sandbox)\u00a0: rien ne peut y être payé.',
    'The frame is in a sandbox: nothing can be paid there.',
  ],
  'try.tag.sandbox.cure': [
    'Retirez l’attribut sandbox, ou ajoutez-y {ajout}.',
    'Remove the attribute sandbox, or add {ajout} to it.',
  ],
  'try.tag.several': [
    'Le paiement est {n} fois dans la page. Cela fonctionne, mais peut surprendre.',
    'The payment is in the page {n} times. It works, but may confuse people.',
  ],
  'try.tag.several.cure': ['Gardez-en un seul.', 'Keep only one.'],

  'try.policy.good': [
    'La politique de sécurité (CSP) de la page nous laisse passer.',
    'The page’s security policy (CSP) lets us through.',
  ],
  'try.policy.none': [
    'La page n’a pas de politique de sécurité (CSP) qui nous bloque.',
    'The page has no security policy (CSP) that blocks us.',
  ],
  'try.policy.script': [
    'La politique de sécurité bloque notre script (directive {directive}).',
    'The security policy blocks our script (directive {directive}).',
  ],
  'try.policy.strict': [
    'La politique de sécurité ne prend que les scripts qui ont un nonce («\u00a0strict-dynamic\u00a0»).',
    'The security policy takes only scripts that have a nonce (“strict-dynamic”).',
  ],
  'try.policy.strict.cure': [
    'Donnez à la balise de notre script le nonce que le site donne aux siens.',
    'Give our script tag the nonce that the site gives to its own.',
  ],
  'try.policy.connect': [
    'La politique de sécurité empêche d’appeler notre serveur (directive {directive}).',
    'The security policy keeps us from calling our server (directive {directive}).',
  ],
  'try.policy.frame': [
    'La politique de sécurité bloque le cadre (directive {directive}).',
    'The security policy blocks the frame (directive {directive}).',
  ],
  'try.policy.types': [
    'La politique de sécurité refuse notre règle de Trusted Types.',
    'The security policy refuses our Trusted Types policy.',
  ],
  'try.policy.sandbox': [
    'La politique de sécurité enferme toute la page (sandbox).',
    'The security policy puts the whole page in a sandbox.',
  ],
  'try.policy.isolated': [
    'La page est isolée (Cross-Origin-Embedder-Policy)\u00a0: elle refuse le cadre.',
    'The page is isolated (Cross-Origin-Embedder-Policy): it refuses the frame.',
  ],
  'try.policy.isolated.cure': [
    'Retirez cet en-tête, ou prenez la forme habituelle au lieu du cadre.',
    'Remove that header, or use the usual form instead of the frame.',
  ],
  'try.policy.addHeader': [
    'Ajoutez {ajout} à {directive}, dans l’en-tête Content-Security-Policy du site.',
    'Add {ajout} to {directive}, in the site’s header Content-Security-Policy.',
  ],
  'try.policy.addMeta': [
    'Ajoutez {ajout} à {directive}, dans la balise <meta http-equiv="Content-Security-Policy"> de la page.',
    'Add {ajout} to {directive}, in the page’s <meta http-equiv="Content-Security-Policy">.',
  ],

  'try.mixed.good': [
    'Tout ce qui est à nous est demandé par une connexion sécurisée.',
    'All that is ours is asked for over a secure connection.',
  ],
  'try.mixed.bad': [
    'Une adresse commence par http dans une page en https\u00a0: le navigateur la bloque ({adresse}).',
    'An address begins with http in a page over https: browsers block it ({adresse}).',
  ],
  'try.mixed.bad.cure': ['Écrivez-la avec https.', 'Write it with https.'],
  'try.popup.opener': [
    'La page est coupée des fenêtres qu’elle ouvre (Cross-Origin-Opener-Policy)\u00a0: le paiement passera par la page entière.',
    'The page is cut off from the windows it opens (Cross-Origin-Opener-Policy): the payment will take the whole page.',
  ],
  'try.popup.policy': [
    'La politique de sécurité bloque la fenêtre de PayPal\u00a0: le paiement passera par la page entière.',
    'The security policy blocks PayPal’s window: the payment will take the whole page.',
  ],
  'try.popup.cure': [
    'Rien d’obligatoire\u00a0: retirez checkout="popup", ou suivez le guide pour permettre PayPal.',
    'Nothing that you must: remove checkout="popup", or follow the guide to allow PayPal.',
  ],

  'try.cure.copy': [
    'Recopiez le code de la page d’installation dans la page, en mode HTML ou «\u00a0code\u00a0» de l’éditeur.',
    'Copy the code again from the installation page into the page, in the editor’s HTML or “code” mode.',
  ],
  'try.cure.quotes': [
    'Recopiez le code en mode HTML ou «\u00a0code\u00a0»; les guillemets doivent être droits (").',
    'Copy the code again in HTML or “code” mode; the quotes must be straight (").',
  ],
  'try.cure.plugin': [
    'Dans WordPress, activez l’extension «\u00a0Amisgest – paiement des assurances\u00a0».',
    'In WordPress, activate the plugin “Amisgest – paiement des assurances”.',
  ],
  'try.cure.consent': [
    'Dans l’extension de témoins (cookies), classez amisgest-pay parmi les éléments nécessaires\u00a0: il ne suit personne.',
    'In the cookie plugin, put amisgest-pay among what is necessary: it follows nobody.',
  ],
  'try.cure.look': [
    'Ouvrez la page dans une fenêtre privée et voyez si le paiement y paraît.',
    'Open the page in a private window and see whether the payment shows.',
  ],
} as const satisfies Catalogue;
