#!/bin/sh
# wput 0.6.2 (Debian 12's 0.6.2+git20130413): does not go on with an upload where the server's file ends: it restarts at a
# whole number of KiB before that, so that bytes which are there are sent again. A server that took REST as "append" would
# have them twice.
# Done, with pyftpdlib 1.5.7: 100000 of 300000 bytes are there, wput. A good guess: REST 100000. Seen:
#   said: REST 99328
#   at the end: the same file
. "$(dirname "$0")/lib.sh"
pyftpdlib 40126
from_debian wput=0.6.2+git20130413-11
head -c 300000 /dev/urandom >file
head -c 100000 file >site/file
HOME=$work wput --quiet --tries=1 --binary file ftp://tester:secret@127.0.0.1:40126/file
seen said "$(grep -o 'REST [0-9]*' server.log | head -1)" 'REST 99328'
seen "at the end" "$(cmp file site/file && echo the same file)" 'the same file'
