<?php
/**
 * Plugin Name:       Amisgest – paiement des assurances
 * Description:       Vos membres paient leurs assurances dans une page de votre site, par carte ou PayPal : bloc « Paiement des assurances » ou code court [amisgest_pay regroupement="…"]. Members pay their insurance on a page of your site: block or shortcode.
 * Version:           0.2.1
 * Update URI:        https://pay.example.org/embed/amisgest-pay-wordpress.json
 * Requires at least: 6.1
 * Requires PHP:      7.4
 *
 * One file: put it in wp-content/plugins/, or send the .zip of the same name from Extensions › Ajouter.
 */

defined( 'ABSPATH' ) || exit;

const AMISGEST_PAY_SERVER = 'https://pay.example.org';
const AMISGEST_PAY_PATH   = '/v1/amisgest-pay.js';
const AMISGEST_PAY_HANDLE = 'amisgest-pay';
/** Whose page it is where nothing else is said; empty in the plugin that is everyone's. */
const AMISGEST_PAY_NAME = '';

/** Text without the quotes that editors make of straight ones, nor what cannot be seen around it. */
function amisgest_pay_unquoted( $text ) {
	$text  = html_entity_decode( (string) $text, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	$plain = preg_replace( '/[\s\x{A0}\x{202F}\x{200B}\x{FEFF}"\'`\x{2018}-\x{201F}\x{2032}-\x{2037}\x{AB}\x{BB}\x{2039}\x{203A}\x{FF02}]+/u', ' ', $text );
	return trim( (string) $plain );
}

/** The regroupement's name in addresses, however it was quoted; null when it cannot be one. */
function amisgest_pay_slug( $attributes, $given ) {
	$slug = amisgest_pay_unquoted( $given );
	// « name » between spaces: WordPress takes the first mark for the value, and the name for a word beside it.
	if ( '' === $slug ) {
		$slug = amisgest_pay_unquoted( implode( ' ', array_filter( $attributes, 'is_int', ARRAY_FILTER_USE_KEY ) ) );
	}
	$slug = strtolower( '' === $slug ? AMISGEST_PAY_NAME : $slug );
	return preg_match( '/^[a-z0-9]+(-[a-z0-9]+)*$/D', $slug ) ? $slug : null;
}

/** What stands in the place of a form that has no name: whoever writes the page can mend it, a visitor can ask. */
function amisgest_pay_missing( $english ) {
	if ( current_user_can( 'edit_posts' ) ) {
		return amisgest_pay_words()['missing'];
	}
	return $english
		? 'Payment is not set up on this page yet. Please tell your association.'
		: 'Le paiement n’est pas encore en place sur cette page. Prévenez votre regroupement.';
}

/** The element, with the link that stays where scripts are blocked. */
function amisgest_pay_render( $attributes ) {
	$attributes = is_array( $attributes ) ? $attributes : array();
	$given      = shortcode_atts(
		array(
			'regroupement' => '',
			'lang'         => 'fr-CA',
		),
		$attributes,
		'amisgest_pay'
	);
	$english    = 0 === stripos( amisgest_pay_unquoted( $given['lang'] ), 'en' );
	$slug       = amisgest_pay_slug( $attributes, $given['regroupement'] );
	if ( null === $slug ) {
		return '<p><strong>' . esc_html( amisgest_pay_missing( $english ) ) . '</strong></p>';
	}
	$lang = $english ? 'en-CA' : 'fr-CA';
	wp_enqueue_script( AMISGEST_PAY_HANDLE );
	return sprintf(
		'<amisgest-pay regroupement="%1$s" lang="%2$s" api="%3$s" style="display:block;min-height:760px"><a href="%4$s">%5$s</a></amisgest-pay>',
		esc_attr( $slug ),
		esc_attr( $lang ),
		esc_url( AMISGEST_PAY_SERVER ),
		esc_url( AMISGEST_PAY_SERVER . '/p/' . $slug . ( $english ? '?lang=en-CA' : '' ) ),
		esc_html( $english ? 'Pay my insurance' : 'Payer mes assurances' )
	);
}

add_action(
	'init',
	function () {
		// No version: the address is the server's, which says itself how long the file may be kept.
		// phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
		wp_register_script( AMISGEST_PAY_HANDLE, AMISGEST_PAY_SERVER . AMISGEST_PAY_PATH, array(), null, true );
		wp_register_script(
			'amisgest-pay-editor',
			false,
			array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components' ),
			'0.2.1',
			true
		);
		wp_add_inline_script(
			'amisgest-pay-editor',
			'(' . amisgest_pay_editor_script() . ')(window.wp, ' . wp_json_encode( amisgest_pay_words() + array( 'name' => AMISGEST_PAY_NAME ) ) . ');'
		);
		add_shortcode( 'amisgest_pay', 'amisgest_pay_render' );
		register_block_type(
			'amisgest/pay',
			array(
				'api_version'           => 3,
				'title'                 => amisgest_pay_words()['title'],
				'description'           => amisgest_pay_words()['description'],
				'keywords'              => array( 'paypal', 'payer', 'facture', 'assurance', 'insurance', 'pay' ),
				'category'              => 'widgets',
				'icon'                  => 'money-alt',
				'attributes'            => array(
					'regroupement' => array(
						'type'    => 'string',
						'default' => AMISGEST_PAY_NAME,
					),
					'lang'         => array(
						'type'    => 'string',
						'default' => 'fr-CA',
					),
				),
				'supports'              => array( 'html' => false ),
				'editor_script_handles' => array( 'amisgest-pay-editor' ),
				'render_callback'       => 'amisgest_pay_render',
			)
		);
	}
);

/** WordPress asks the server that the plugin came from for a newer version (the header « Update URI »). */
add_filter(
	'update_plugins_' . wp_parse_url( AMISGEST_PAY_SERVER, PHP_URL_HOST ),
	function ( $update, $plugin ) {
		if ( 0 !== strpos( (string) $plugin['UpdateURI'], AMISGEST_PAY_SERVER . '/' ) ) {
			return $update;
		}
		$answer = wp_remote_get( $plugin['UpdateURI'], array( 'timeout' => 10 ) );
		$newest = 200 === wp_remote_retrieve_response_code( $answer ) ? json_decode( wp_remote_retrieve_body( $answer ), true ) : null;
		return is_array( $newest ) && isset( $newest['version'], $newest['package'] ) ? $newest : $update;
	},
	10,
	2
);

/** Our tag instead of WordPress's: a module, which the optimisers are told to leave alone. */
add_filter(
	'script_loader_tag',
	function ( $tag, $handle, $src ) {
		if ( AMISGEST_PAY_HANDLE !== $handle ) {
			return $tag;
		}
		// Cloudflare's Rocket Loader reads data-cfasync only before src.
		// phpcs:ignore WordPress.WP.EnqueuedResources.NonEnqueuedScript
		return '<script type="module" data-cfasync="false" data-no-optimize="1" data-no-defer="1" data-no-minify="1" data-noptimize="1" data-jetpack-boost="ignore" nowprocket id="amisgest-pay-js" src="' . esc_url( $src ) . "\"></script>\n";
	},
	PHP_INT_MAX,
	3
);

// WP Rocket (delay, defer, minify), LiteSpeed, SiteGround's external paths, Perfmatters: lists of parts of addresses.
foreach ( array(
	'rocket_delay_js_exclusions',
	'rocket_exclude_defer_js',
	'rocket_exclude_js',
	'rocket_minify_excluded_external_js',
	'litespeed_optimize_js_excludes',
	'litespeed_optm_js_defer_exc',
	'litespeed_optm_gm_js_exc',
	'sgo_javascript_combine_excluded_external_paths',
	'perfmatters_delay_js_exclusions',
) as $amisgest_pay_hook ) {
	add_filter(
		$amisgest_pay_hook,
		function ( $excluded ) {
			return array_merge( (array) $excluded, array( AMISGEST_PAY_PATH ) );
		}
	);
}

// SiteGround: lists of script handles.
foreach ( array( 'sgo_js_minify_exclude', 'sgo_javascript_combine_exclude', 'sgo_js_async_exclude' ) as $amisgest_pay_hook ) {
	add_filter(
		$amisgest_pay_hook,
		function ( $excluded ) {
			return array_merge( (array) $excluded, array( AMISGEST_PAY_HANDLE ) );
		}
	);
}
unset( $amisgest_pay_hook );

// Autoptimize: a comma-separated string, or an array keyed by part of the address.
add_filter(
	'autoptimize_filter_js_exclude',
	function ( $excluded ) {
		if ( is_array( $excluded ) ) {
			return array_merge( $excluded, array( AMISGEST_PAY_PATH => '' ) );
		}
		return ltrim( $excluded . ', ' . AMISGEST_PAY_PATH, ', ' );
	}
);

// Snippets pasted by hand: the tag survives for authors whose HTML WordPress filters, and gets its script.
add_filter(
	'wp_kses_allowed_html',
	function ( $allowed, $context ) {
		if ( 'post' === $context && is_array( $allowed ) ) {
			$allowed['amisgest-pay'] = array_fill_keys( array( 'regroupement', 'lang', 'api', 'checkout' ), true );
		}
		return $allowed;
	},
	10,
	2
);
add_filter(
	'the_content',
	function ( $content ) {
		if ( preg_match( '/<amisgest-pay\b|\bdata-amisgest-pay=/', (string) $content ) ) {
			wp_enqueue_script( AMISGEST_PAY_HANDLE );
		}
		return $content;
	}
);

/** What the block says in the editor, in the language of whoever edits. */
function amisgest_pay_words() {
	return 0 === strpos( get_user_locale(), 'fr' )
		? array(
			'title'        => 'Paiement des assurances',
			'description'  => 'Vos membres paient leurs factures d’assurance par carte ou PayPal.',
			'missing'      => 'Indiquez le nom de votre regroupement, tel qu’il est dans l’adresse de la page /embed/… qui vous a été donnée : regroupement="…"',
			'instructions' => 'Le formulaire de paiement s’affiche ici dans la page publiée.',
			'regroupement' => 'Regroupement : son nom dans l’adresse /embed/…',
			'lang'         => 'Langue au départ',
			'french'       => 'Français',
			'english'      => 'Anglais',
		)
		: array(
			'title'        => 'Insurance payment',
			'description'  => 'Your members pay their insurance invoices by card or PayPal.',
			'missing'      => 'Write the name of your association, as it stands in the address of the page /embed/… that you were given: regroupement="…"',
			'instructions' => 'The payment form shows here in the published page.',
			'regroupement' => 'Association: its name in the address /embed/…',
			'lang'         => 'Language to begin with',
			'french'       => 'French',
			'english'      => 'English',
		);
}

/** The block's editor: two fields. Nothing to build. */
function amisgest_pay_editor_script() {
	return <<<'JS'
function (wp, words) {
	var el = wp.element.createElement;
	wp.blocks.registerBlockType('amisgest/pay', {
		apiVersion: 3,
		title: words.title,
		description: words.description,
		keywords: ['paypal', 'payer', 'facture', 'assurance', 'insurance', 'pay'],
		category: 'widgets',
		icon: 'money-alt',
		attributes: { regroupement: { type: 'string', default: words.name }, lang: { type: 'string', default: 'fr-CA' } },
		supports: { html: false },
		edit: function (props) {
			return el('div', wp.blockEditor.useBlockProps(),
				el(wp.components.Placeholder, { icon: 'money-alt', label: words.title, instructions: words.instructions },
					props.attributes.regroupement
						? null
						: el(wp.components.Notice, { status: 'warning', isDismissible: false }, words.missing),
					el(wp.components.TextControl, {
						__next40pxDefaultSize: true,
						__nextHasNoMarginBottom: true,
						label: words.regroupement,
						value: props.attributes.regroupement,
						onChange: function (value) { props.setAttributes({ regroupement: value.trim().toLowerCase() }); }
					}),
					el(wp.components.SelectControl, {
						__next40pxDefaultSize: true,
						__nextHasNoMarginBottom: true,
						label: words.lang,
						value: props.attributes.lang,
						options: [{ label: words.french, value: 'fr-CA' }, { label: words.english, value: 'en-CA' }],
						onChange: function (value) { props.setAttributes({ lang: value }); }
					})));
		},
		save: function () { return null; }
	});
}
JS;
}
