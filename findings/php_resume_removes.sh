#!/bin/sh
# PHP 8.2.36 (Debian 12): ftp_get() removes the local file when the transfer fails, also the one that it was to go on with:
# a part of 100000 bytes that was fetched before is gone after one refused try to resume.
# Done, with pyftpdlib 1.5.7: ftp_get(…, FTP_BINARY, FTP_AUTORESUME) into that part, of a name that the server does not
# have. A good guess: false, and the part as it was. Seen:
#   ftp_get: bool(false)
#   the part: gone
. "$(dirname "$0")/lib.sh"
pyftpdlib 40128
from_debian php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 libargon2-1=0~20171227-0.3+deb12u1 \
  libsodium23=1.0.18-1+deb12u1
head -c 100000 /dev/urandom >part
cat >get.php <<'END'
<?php
$ftp = ftp_connect('127.0.0.1', 40128, 20);
ftp_login($ftp, 'tester', 'secret');
ftp_pasv($ftp, true);
var_dump(@ftp_get($ftp, 'part', 'file', FTP_BINARY, FTP_AUTORESUME));
END
seen ftp_get "$(php8.2 -n -d extension="$(echo debian/usr/lib/php/*/ftp.so)" get.php)" 'bool(false)'
seen 'the part' "$(test -e part && echo there || echo gone)" gone
