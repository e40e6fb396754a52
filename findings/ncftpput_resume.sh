#!/bin/sh
# ncftp 3.2.6 (Debian 12): `ncftpput -z`, "try to resume the upload", says REST with the length of what the server has and
# then sends the whole file from its beginning on, where that is longer than 64 KiB: the server's file has its first part
# twice, and the exit status is 0. Files below that are gone on with as they should.
# Done, with pyftpdlib 1.5.7: a third of the file is there, ncftpput -z; 30000 and 300000 bytes. A good guess: the same file
# both times. Seen:
#   30000 bytes: REST 10000, status 0, 30000 on the server
#   300000 bytes: REST 100000, status 0, 400000 on the server
. "$(dirname "$0")/lib.sh"
pyftpdlib 40127
from_debian ncftp=2:3.2.6-1+b1
for size in 30000 300000; do
  head -c $size /dev/urandom >file
  head -c $((size / 3)) file >site/file
  status=0
  HOME=$work ncftpput -z -V -u tester -p secret -P 40127 127.0.0.1 . file || status=$?
  seen "$size bytes" "$(grep -oE 'REST [0-9]+' server.log | tail -1), status $status, $(stat -c %s site/file) on the server" \
    "REST $((size / 3)), status 0, $((size == 30000 ? 30000 : 400000)) on the server"
done
