<?php
// What WordPress says of an account, by its own functions. Arguments: the site's folder, the question, its words.

[, $site, $question] = $argv;
$_SERVER += ['HTTP_HOST' => 'localhost', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
if ($question === 'install') {
    define('WP_INSTALLING', true);
    function wp_mail() { return true; }
}
require $site . '/wp-config.php';

if ($question === 'install') {
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    if (!is_blog_installed()) wp_install('Postern', 'admin', 'admin@example.com', false, '', 'Admin-pass-1');
    update_option('permalink_structure', '/%postname%/'); // without it there is no /wp-json/
    exit(0);
}

$user = get_user_by('login', $argv[3]);
switch ($question) {
    case 'user':
        echo json_encode($user ? [
            'login' => $user->user_login,
            'email' => $user->user_email,
            'given' => $user->first_name,
            'family' => $user->last_name,
            'nickname' => $user->nickname,
            'display' => $user->display_name,
            'roles' => array_values($user->roles),
            'may_read' => $user->has_cap('read'),
            'may_publish' => $user->has_cap('publish_posts'),
            'registered' => $user->user_registered,
        ] : null);
        exit(0);
    case 'set-password':
        wp_set_password($argv[4], $user->ID);
        exit(0);
    case 'application-password':
        echo WP_Application_Passwords::create_new_application_password($user->ID, ['name' => 'postern'])[0];
        exit(0);
    case 'login':
        exit(is_wp_error(wp_authenticate($argv[3], $argv[4])) ? 1 : 0);
}
exit(2);
