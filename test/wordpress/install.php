<?php
// Fills a new WordPress as its own screen would, for people who will edit it: php install.php FOLDER PASSWORD.
define( 'WP_INSTALLING', true );
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'Petits-Bouleaux', 'admin', 'admin@example.org', true, '', $argv[2] );
// As on a network of sites, and where a host forbids it.
get_role( 'editor' )->remove_cap( 'unfiltered_html' );
$editor = array(
	'user_login' => 'editor',
	'user_pass'  => $argv[2],
	'user_email' => 'editor@example.org',
	'role'       => 'editor',
);
is_int( wp_insert_user( $editor ) ) || exit( 1 );
