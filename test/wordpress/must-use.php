<?php
// What the test's site has beside the plugin.

// Our server stands on this machine, from where WordPress downloads nothing of its own accord.
add_filter( 'http_request_host_is_external', '__return_true' );
add_filter(
	'http_allowed_safe_ports',
	function () {
		return array( AMISGEST_PAY_TEST_PORT );
	}
);

// What wordpress.org answers of plugins that it knows nothing newer of: without an answer WordPress asks no other server.
add_filter(
	'pre_http_request',
	function ( $answer, $how, $address ) {
		if ( ! preg_match( '#^https?://api\.wordpress\.org/plugins/update-check/#', $address ) ) {
			return $answer;
		}
		return array(
			'headers'  => array(),
			'body'     => '{"plugins":{},"translations":[],"no_update":{}}',
			'response' => array(
				'code'    => 200,
				'message' => 'OK',
			),
			'cookies'  => array(),
			'filename' => null,
		);
	},
	10,
	3
);

// The previous editor, as the « Classic Editor » plugin brings it back: by a word in the address, which it keeps.
add_filter(
	'use_block_editor_for_post',
	function ( $uses ) {
		return isset( $_GET['classic-editor'] ) ? false : $uses;
	}
);
add_filter(
	'redirect_post_location',
	function ( $location ) {
		$from = isset( $_POST['_wp_http_referer'] ) ? $_POST['_wp_http_referer'] : '';
		return false === strpos( $from, '&classic-editor' ) ? $location : add_query_arg( 'classic-editor', '', $location );
	}
);
