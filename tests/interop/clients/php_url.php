<?php
// packages: php-cli
// tls
[, $operation, $host, $port, $user, $password, $remote, $local] = $argv;
$url = (getenv('TLS') ? 'ftps' : 'ftp') . "://$user:$password@$host:$port/$remote";
$how = stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]);
if ($operation == 'list') {
  $names = scandir($url, SCANDIR_SORT_ASCENDING, $how);
  echo implode("\n", $names ?: []), "\n";
  exit($names === false ? 1 : 0);
}
if ($operation == 'get') exit(copy($url, $local, $how) ? 0 : 1);
if ($operation == 'put') exit(copy($local, $url, $how) ? 0 : 1);
if ($operation == 'reget') {
  $how = stream_context_create(['ftp' => ['resume_pos' => filesize($local)],
                                'ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]);
  exit(file_put_contents($local, fopen($url, 'r', false, $how), FILE_APPEND) === false ? 1 : 0);
}
exit(stream_copy_to_stream(fopen($local, 'r', false), fopen($url, "a", false, $how), null, filesize($url)) === false ? 1 : 0);
