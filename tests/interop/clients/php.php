<?php
// packages: php-cli
// tls
[, $operation, $host, $port, $user, $password, $remote, $local] = $argv;
$ftp = getenv('TLS') ? ftp_ssl_connect($host, (int)$port, 20) : ftp_connect($host, (int)$port, 20);
if (!ftp_login($ftp, $user, $password) || !ftp_pasv($ftp, true)) exit(1);
if ($operation == 'list') {
  $names = ftp_nlist($ftp, $remote);
  if ($names === false) exit(1);
  echo implode("\n", $names), "\n";
  exit(0);
}
$from = $operation == 'reget' ? filesize($local) : ($operation == 'reput' ? ftp_size($ftp, $remote) : 0);
$done = str_ends_with($operation, 'get') ? ftp_get($ftp, $local, $remote, FTP_BINARY, $from)
                                         : ftp_put($ftp, $remote, $local, FTP_BINARY, $from);
ftp_close($ftp);
exit($done ? 0 : 1);
