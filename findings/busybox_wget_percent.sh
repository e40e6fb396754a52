#!/bin/sh
# busybox 1.35.0 (Debian 12): its wget takes what is escaped in an ftp:// URL for the name itself: "a%20b" is asked for as
# RETR a%20b, where curl, GNU wget and tnftp ask for RETR a b. A blank in the URL, as it is, works.
# Done, with pyftpdlib 1.5.7: a file "a b" fetched as a%20b and as a b. Seen:
#   escaped: 1, asked for as RETR /site/a%20b
#   as it is: 0
. "$(dirname "$0")/lib.sh"
pyftpdlib 40125
from_debian busybox=1:1.35.0-4+deb12u1+b1
echo text >'site/a b'
status=0
busybox wget -q -O copy 'ftp://tester:secret@127.0.0.1:40125/a%20b' || status=$?
seen escaped "$status, asked for as $(grep -o 'RETR .*%20b' server.log | head -1 | sed "s|$work||")" '1, asked for as RETR a%20b'
status=0
busybox wget -q -O copy 'ftp://tester:secret@127.0.0.1:40125/a b' || status=$?
seen "as it is" "$status" 0
