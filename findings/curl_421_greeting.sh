#!/bin/sh
# curl 7.88.1 (Debian 12): a server that has no room greets with 421 (RFC 959 §4.2, "Service not available, closing control connection")
# and closes. A good guess: "weird server reply" (8), as after any other refusal in the place of the 220, and the reply's words. What
# curl says is a timeout (28), at once and without a word of the reply.
# Done: a listing of a server that greets with 421, and of one that greets with 530. Seen:
#   421: status 28, curl: (28) Timeout was reached, at once
#   530: status 8, curl: (8) Got a 530 ftp-server response when 220 was expected, at once
. "$(dirname "$0")/lib.sh"
from_debian curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
cat >server.py <<'END'
import socket, sys
door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
greeting = b"220 Room for one"
while True:
    control, _ = door.accept()
    control.sendall(greeting + b"\r\n")
    control.close()
    greeting = sys.argv[2].encode()
END
greeted_with() {
  status=0
  told=$(curl -sS -w '%{stderr}%{time_total}\n' "ftp://127.0.0.1:$1/" 2>&1) || status=$?
  echo "status $status, $(echo "$told" | grep '^curl:'), $(echo "$told" | awk '/^[0-9.]+$/ { print $1 < 1 ? "at once" : "late" }')"
}
start 40143 python3 server.py 40143 "421 Too many connections"
seen 421 "$(greeted_with 40143)" 'status 28, curl: (28) Timeout was reached, at once'
start 40144 python3 server.py 40144 "530 Too many connections"
seen 530 "$(greeted_with 40144)" 'status 8, curl: (8) Got a 530 ftp-server response when 220 was expected, at once'
