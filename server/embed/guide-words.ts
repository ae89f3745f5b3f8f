// What `/embed` says to a webmaster, in both languages. The builders' menus are named as their own help names them.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';

type Text = ReturnType<typeof html>;
interface Snippet {
  title: string;
  about: Text;
}
interface Builder {
  name: string;
  steps: Text[];
}

export interface Words {
  title: string;
  intro: Text;
  other: string;
  copy: string;
  copied: string;
  selected: string;
  snippets: Record<'plain' | 'pinned' | 'division' | 'hosted' | 'iframe', Snippet>;
  pages: string;
  pagesAbout: Text;
  wholeSite: string;
  noPages: string;
  preview: string;
  previewAbout: Text;
  builders: string;
  buildersAbout: Text;
  steps(slug: string): Builder[];
  place: string;
  placeAbout: Text;
  policy: string;
  policyAbout: Text;
  policyFrame: Text;
  index: Text;
}

const plugin = (slug: string) =>
  html`<a href="/embed/${slug}/amisgest-pay-wordpress.zip" download>amisgest-pay-wordpress.zip</a>`;

const fr: Words = {
  title: 'Installer le paiement',
  intro: html`Pour la personne qui tient le site. Choisissez une des formes, copiez-la, collez-la là où le paiement doit paraître.`,
  other: 'English',
  copy: 'Copier',
  copied: 'Copié.',
  selected: 'Sélectionné\u00a0: faites Ctrl+C pour copier.',
  snippets: {
    plain: {
      title: 'La forme habituelle',
      about: html`Toujours à jour. Le lien reste affiché là où les scripts sont bloqués.`,
    },
    pinned: {
      title: 'Une version figée, vérifiée par le navigateur',
      about: html`Le fichier ne s’exécute que s’il est, à l’octet près, celui-ci. Revenez copier cette forme pour passer à une version plus récente.`,
    },
    division: {
      title: 'Pour les sites qui retirent les balises inconnues',
      about: html`Le même paiement, à partir d’un simple <code>&lt;div&gt;</code>.`,
    },
    hosted: {
      title: 'Un lien vers la page hébergée',
      about: html`Sans aucun script\u00a0: pour un bouton, un courriel, un code QR. Fonctionne partout.`,
    },
    iframe: {
      title: 'La page hébergée, dans un cadre (iframe)',
      about: html`Le script ajuste la hauteur; sans lui, le cadre défile. Pour payer, la personne passe à la page entière. Seuls les sites des pages autorisées ci-dessous peuvent afficher ce cadre.`,
    },
  },
  pages: 'Pages autorisées',
  pagesAbout: html`Le paiement ne fonctionne que dans ces pages, et dans celles dont l’adresse commence par la leur suivie d’une barre oblique. Comparez-les avec l’adresse de votre page, telle que le navigateur la montre en entier\u00a0: <code>https</code> ou <code>http</code>, avec ou sans <code>www.</code>, le port (<code>:8080</code>) et le chemin (<code>/payer</code>) doivent être les mêmes; ce qui suit un <code>?</code> ou un <code>#</code> n’importe pas. Il en manque une? Écrivez à la personne qui administre le serveur.`,
  wholeSite: 'toutes les pages de ce site',
  noPages: 'Aucune pour l’instant\u00a0: seule la page hébergée fonctionne.',
  preview: 'Aperçu',
  previewAbout: html`La vraie page hébergée. Ne vous en servez que pour regarder\u00a0: ce qu’on y paie est payé.`,
  builders: 'Étape par étape',
  buildersAbout: html`Les menus changent parfois de nom. Si une étape ne correspond plus à ce que vous voyez, le lien vers la page hébergée fait le même travail.`,
  steps: (slug) => [
    {
      name: 'WordPress',
      steps: [
        html`Téléchargez l’extension ${plugin(slug)} (un seul fichier, où le nom est déjà inscrit, et que l’on peut aussi lire\u00a0: <a href="/embed/${slug}/amisgest-pay-wordpress.php">amisgest-pay-wordpress.php</a>).`,
        html`<b>Extensions › Ajouter › Téléverser une extension</b>, choisissez ce fichier, puis <b>Activer</b>.`,
        html`Dans la page, ajoutez le bloc <b>Paiement des assurances</b>, où le nom <code>${slug}</code> est déjà inscrit; ou, dans l’éditeur classique, le code court <code>[amisgest_pay regroupement="${slug}"]</code>.`,
        html`Videz le cache de votre extension d’optimisation. WP Rocket, Autoptimize, LiteSpeed, SiteGround et Cloudflare reçoivent de l’extension la consigne de laisser le script tranquille.`,
        html`Pas le droit d’ajouter une extension? Prenez le lien vers la page hébergée.`,
      ],
    },
    {
      name: 'Wix',
      steps: [
        html`<b>Ajouter des éléments › Bouton</b>, puis donnez-lui comme lien l’adresse de la page hébergée. Cela fonctionne avec tous les forfaits.`,
        html`Pour l’afficher dans la page\u00a0: <b>Intégrer du code › Intégrer un site</b>, et la même adresse. Donnez au cadre au moins 760 pixels de haut.`,
        html`N’employez pas <b>Intégrer du HTML</b>\u00a0: Wix place ce code sur une autre adresse que celle de votre site.`,
      ],
    },
    {
      name: 'Squarespace',
      steps: [
        html`Modifiez la page, <b>Ajouter un bloc › Code</b>, mode <b>HTML</b>.`,
        html`Collez la forme habituelle et enregistrez. L’éditeur désactive les scripts\u00a0: regardez le résultat dans une fenêtre privée.`,
        html`Si votre forfait n’accepte pas de script, prenez un bloc <b>Bouton</b> et le lien vers la page hébergée.`,
      ],
    },
    {
      name: 'Joomla',
      steps: [
        html`<b>Système › Configuration › Filtres de texte</b>\u00a0: «\u00a0Pas de filtrage\u00a0» pour votre groupe.`,
        html`<b>Contenu › Modules du site › Nouveau › Personnalisé</b>; passez l’éditeur en mode code (<b>Basculer l’éditeur</b>).`,
        html`Collez la forme avec <code>&lt;div&gt;</code>, choisissez la position et la page, enregistrez.`,
      ],
    },
    {
      name: 'Google Sites',
      steps: [
        html`<b>Insérer › Bouton</b>, avec l’adresse de la page hébergée.`,
        html`N’employez pas <b>Insérer › Intégrer</b>\u00a0: Google enferme ce code dans un cadre d’une autre adresse, où un paiement ne peut pas se faire.`,
      ],
    },
    {
      name: 'Une page faite à la main',
      steps: [
        html`Ouvrez le fichier dans un éditeur de texte et collez la forme habituelle là où le paiement doit paraître, entre <code>&lt;body&gt;</code> et <code>&lt;/body&gt;</code>.`,
        html`Si votre logiciel retire ce qu’il ne connaît pas, prenez la forme avec <code>&lt;div&gt;</code>.`,
        html`Publiez la page en <code>https</code>. L’âge de la page n’y change rien\u00a0: le paiement a son propre style.`,
      ],
    },
  ],
  place: 'Pour que la page ne saute pas',
  placeAbout: html`Facultatif, dans la feuille de style de votre site\u00a0: la place du paiement est gardée pendant qu’il se charge. L’extension WordPress le fait d’elle-même.`,
  policy: 'Politique de sécurité (CSP)',
  policyAbout: html`Si le site envoie un en-tête <code>Content-Security-Policy</code>, ajoutez ceci à ses directives. Rien d’<code>unsafe</code>, aucun style. <code>trusted-types</code> ne sert que si le site emploie <code>require-trusted-types-for</code>.`,
  policyFrame: html`Pour la forme en cadre, ceci (et l’empreinte ou le nonce de son script)\u00a0:`,
  index: html`Chaque regroupement a sa page d’installation\u00a0: ajoutez à cette adresse une barre oblique et le nom du regroupement, par exemple <code>/embed/mon-regroupement</code>. Ce nom est celui de sa page de paiement, <code>/p/mon-regroupement</code>; la personne qui administre le serveur le connaît.`,
};

const en: Words = {
  title: 'Install the payment',
  intro: html`For whoever maintains the site. Pick one of the forms, copy it, paste it where the payment should appear.`,
  other: 'Français',
  copy: 'Copy',
  copied: 'Copied.',
  selected: 'Selected: press Ctrl+C to copy.',
  snippets: {
    plain: {
      title: 'The usual form',
      about: html`Always up to date. The link stays where scripts are blocked.`,
    },
    pinned: {
      title: 'One fixed version, checked by the browser',
      about: html`The file runs only if it is this very one, byte for byte. Come back and copy this form to move to a later version.`,
    },
    division: {
      title: 'For sites that strip unknown tags',
      about: html`The same payment, from a plain <code>&lt;div&gt;</code>.`,
    },
    hosted: {
      title: 'A link to the hosted page',
      about: html`No script at all: for a button, an e-mail, a QR code. Works everywhere.`,
    },
    iframe: {
      title: 'The hosted page, in a frame (iframe)',
      about: html`The script adjusts the height; without it, the frame scrolls. To pay, visitors move on to the full page. Only the sites of the pages allowed below can show this frame.`,
    },
  },
  pages: 'Allowed pages',
  pagesAbout: html`The payment works on these pages only, and on those whose address begins with theirs and a slash. Compare them with the address of your page, as your browser shows it in full: <code>https</code> or <code>http</code>, with or without <code>www.</code>, the port (<code>:8080</code>) and the path (<code>/pay</code>) must be the same; what follows a <code>?</code> or a <code>#</code> does not matter. Is one missing? Write to whoever runs the server.`,
  wholeSite: 'every page of this site',
  noPages: 'None so far: only the hosted page works.',
  preview: 'Preview',
  previewAbout: html`The real hosted page. For looking only: what is paid there is paid.`,
  builders: 'Step by step',
  buildersAbout: html`Menus are renamed now and then. If a step no longer matches what you see, the link to the hosted page does the same job.`,
  steps: (slug) => [
    {
      name: 'WordPress',
      steps: [
        html`Download the plugin ${plugin(slug)} (a single file, with the name already in it, which you can also read: <a href="/embed/${slug}/amisgest-pay-wordpress.php">amisgest-pay-wordpress.php</a>).`,
        html`<b>Plugins › Add New › Upload Plugin</b>, choose that file, then <b>Activate</b>.`,
        html`In the page, add the block <b>Insurance payment</b>, with the name <code>${slug}</code> already in it; or, in the classic editor, the shortcode <code>[amisgest_pay regroupement="${slug}" lang="en-CA"]</code>.`,
        html`Empty the cache of your optimization plugin. WP Rocket, Autoptimize, LiteSpeed, SiteGround and Cloudflare are told by the plugin to leave the script alone.`,
        html`Not allowed to add a plugin? Use the link to the hosted page.`,
      ],
    },
    {
      name: 'Wix',
      steps: [
        html`<b>Add Elements › Button</b>, then link it to the hosted page’s address. This works on every plan.`,
        html`To show it in the page: <b>Embed Code › Embed a Site</b>, and the same address. Make the frame at least 760 pixels high.`,
        html`Do not use <b>Embed HTML</b>: Wix puts that code at another address than your site’s.`,
      ],
    },
    {
      name: 'Squarespace',
      steps: [
        html`Edit the page, <b>Add Block › Code</b>, mode <b>HTML</b>.`,
        html`Paste the usual form and save. The editor disables scripts: look at the result in a private window.`,
        html`If your plan accepts no script, use a <b>Button</b> block and the link to the hosted page.`,
      ],
    },
    {
      name: 'Joomla',
      steps: [
        html`<b>System › Global Configuration › Text Filters</b>: “No Filtering” for your group.`,
        html`<b>Content › Site Modules › New › Custom</b>; switch the editor to code (<b>Toggle Editor</b>).`,
        html`Paste the form with <code>&lt;div&gt;</code>, choose position and page, save.`,
      ],
    },
    {
      name: 'Google Sites',
      steps: [
        html`<b>Insert › Button</b>, with the hosted page’s address.`,
        html`Do not use <b>Insert › Embed</b>: Google locks that code in a frame at another address, where a payment cannot be made.`,
      ],
    },
    {
      name: 'A hand-made page',
      steps: [
        html`Open the file in a text editor and paste the usual form where the payment should appear, between <code>&lt;body&gt;</code> and <code>&lt;/body&gt;</code>.`,
        html`If your software removes what it does not know, use the form with <code>&lt;div&gt;</code>.`,
        html`Publish the page over <code>https</code>. Its age does not matter: the payment has a style of its own.`,
      ],
    },
  ],
  place: 'So that the page does not jump',
  placeAbout: html`Optional, in your site’s style sheet: keeps the payment’s place while it loads. The WordPress plugin does it by itself.`,
  policy: 'Security policy (CSP)',
  policyAbout: html`If the site sends a <code>Content-Security-Policy</code> header, add this to its directives. Nothing <code>unsafe</code>, no style. <code>trusted-types</code> matters only if the site uses <code>require-trusted-types-for</code>.`,
  policyFrame: html`For the form in a frame, this (and the hash or nonce of its script):`,
  index: html`Each association has its own installation page: add a slash and the association’s name to this address, for example <code>/embed/my-association</code>. That name is the one of its payment page, <code>/p/my-association</code>; whoever runs the server knows it.`,
};

/** The guide's words in one language. */
export function words(lang: Lang): Words {
  return lang === 'en-CA' ? en : fr;
}
