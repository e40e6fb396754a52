#!/bin/sh
# curl 7.88.1 (Debian 12): where the 229 is there as soon as EPSV is sent, it sits still for a second before it connects
# ("ftp_perform ends with SECONDARY: 0", and a second later "Trying"), each time but after the login. So a server that is quicker is slower, by
# 1 s a file; on one machine, or very near. It comes with 7.87, whose data connections do not begin before the next turn: from DO to
# DOING_MORE lib/multi.c says CURLM_OK, ftp_domore_getsock asks a filter that has no socket yet, and poll() gets none but curl's own
# wakeup: poll([{fd=3, events=POLLIN}], 1, 1000) = 0 (Timeout). Mended in 8.4.0 (curl's commit 6dd6654f75).
# Done: five files of a server in clear that answers EPSV at once, and one that waits for 50 ms before it does. What is sent
# at once is made to be there by having curl's poll() begin 2 ms late. A good guess: no difference. Seen:
#   at once: 4 of 5 files took a second
#   after 50 ms: 0 of 5 files took a second
. "$(dirname "$0")/lib.sh"
from_debian curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
cat >server.py <<'END'
import socket, sys, time
port, wait = int(sys.argv[1]), float(sys.argv[2])
door = socket.create_server(("127.0.0.1", port))
while True:
    control, _ = door.accept()
    control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    say = lambda text: control.sendall(text.encode() + b"\r\n")
    say("220 Hello")
    for line in control.makefile("rb"):
        verb = line[:4].strip().upper()
        if verb == b"EPSV":
            data_door = socket.create_server(("127.0.0.1", 0))
            time.sleep(wait)
            say("229 Passive (|||%d|)" % data_door.getsockname()[1])
        elif verb == b"RETR":
            data, _ = data_door.accept()
            say("150 Here")
            data.sendall(b"text")
            data.close()
            say("226 Complete")
        else:
            say({b"USER": "331 Password", b"PASS": "230 Welcome", b"PWD": '257 "/"', b"SIZE": "213 4"}.get(verb, "200 OK"))
END
cat >late.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <unistd.h>
int poll(struct pollfd *all, nfds_t count, int patience) {
  usleep(2000);
  return ((int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll"))(all, count, patience);
}
END
cc -shared -fPIC -o late.so late.c
slow_files() {
  LD_PRELOAD="$work/late.so" curl -sS -u tester:secret -w '%{time_total}\n' -o /dev/null -o /dev/null -o /dev/null -o /dev/null \
    -o /dev/null "ftp://127.0.0.1:$1/file[1-5]" | awk '$1 >= 1 { ++slow } END { print slow + 0 " of " NR " files took a second" }'
}
start 40141 python3 server.py 40141 0
seen "at once" "$(slow_files 40141)" '4 of 5 files took a second'
start 40142 python3 server.py 40142 0.05
seen "after 50 ms" "$(slow_files 40142)" '0 of 5 files took a second'
