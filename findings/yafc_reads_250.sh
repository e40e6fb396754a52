#!/bin/sh
# yafc 1.3.7 (Debian 12): takes what a 250 reply to CWD says in some words, as "250 Directory changed to x", for the new
# path itself, and asks for no PWD. Replies are text for people (RFC 959, 4.2): where a server names the folder as the
# client did, relatively, yafc adds it up, says CWD sub/sub/sub, and goes on with uploads from their beginning.
# Done, with a server in 20 lines: cd sub, put -r file. A good guess: SIZE file. Seen, after the server's words:
#   Directory changed to sub: CWD sub/sub/sub
#   Done: PWD
. "$(dirname "$0")/lib.sh"
from_debian yafc=1.3.7-4+b1 libssh-4=0.10.6-0+deb12u3 libbsd0=0.11.7-2 libmd0=1.0.4-2
cat >server.py <<'END'
import socket
import sys
with socket.create_server(("127.0.0.1", 40130)) as server:
    print("ready", flush=True)
    with server.accept()[0] as client:
        lines = client.makefile("rwb")
        replies = {"USER": "331 Password", "PASS": "230 In", "PWD": '257 "/"', "CWD": "250 " + sys.argv[1], "QUIT": "221 Bye"}
        verb, said = "", "220 Ready"
        while verb != "QUIT":
            lines.write(said.encode() + b"\r\n")
            lines.flush()
            command = lines.readline().decode().strip()
            if not command:
                break
            print(command, flush=True)
            verb = command.split()[0]
            said = replies.get(verb, "502 Unknown")
END
echo text >file
for words in 'Directory changed to sub' Done; do
  python3 server.py "$words" >commands &
  server=$!
  until grep -qs ready commands; do sleep 0.1; done
  printf 'cd sub\nput -r file\nquit\n' | HOME=$work timeout 20 yafc --norc --quiet ftp://tester:secret@127.0.0.1:40130 >/dev/null 2>&1 || :
  kill $server 2>/dev/null || :
  seen "$words" "$(sed -n '/^CWD sub$/{n;p;q}' commands)" "$([ "$words" = Done ] && echo PWD || echo CWD sub/sub/sub)"
done
