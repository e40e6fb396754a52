#!/bin/sh
# ffmpeg 4.1 (npm @ffmpeg-installer/linux-x64 4.1.0; Debian 12's 5.1.9 does the same): when all of an upload to ftp:// is
# written, it closes both connections at once, without QUIT and without waiting for the 226, and ends with status 0. A
# server that reads its control connection first stops there: seen were 280576 of 300000 bytes with pyftpdlib, 0 and 91648
# with ProFTPD, 91648 with Pure-FTPd, all of them with vsftpd; how many is chance.
# Done, with pyftpdlib 1.5.7: 3000000 bytes sent. A good guess: an error from ffmpeg, or a 226 from the server. Seen:
#   ffmpeg: status 0, no message
#   the server: completed=0, QUIT: 0, 226: 0
. "$(dirname "$0")/lib.sh"
from_npm @ffmpeg-installer/linux-x64@4.1.0
ffmpeg=npm/node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod +x $ffmpeg
pyftpdlib 40136
head -c 3000000 /dev/urandom >file
status=0
said=$($ffmpeg -nostdin -v error -f data -i file -map 0 -c copy -f data ftp://tester:secret@127.0.0.1:40136/copy 2>&1) || status=$?
seen ffmpeg "status $status, ${said:-no message}" 'status 0, no message'
until grep -q 'STOR.*completed=' server.log; do sleep 0.1; done
count() { grep -c -- "$1" server.log || :; }
seen 'the server' "$(grep -o 'completed=[01]' server.log), QUIT: $(count '<- QUIT'), 226: $(count '-> 226')" \
  'completed=0, QUIT: 0, 226: 0'
