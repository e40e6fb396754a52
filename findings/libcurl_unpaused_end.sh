#!/bin/sh
# libcurl 7.88.1 (GnuTLS, by Debian 12's python3-pycurl 7.45.2): an HTTP answer in a multi handle, paused by its write callback.
# `pause(PAUSE_CONT)` gives the callback all bytes that Content-Length promised, but does not see the end of the transfer, which
# takes a `perform` more: who takes the handle away once the last byte is there loses the connection, and the next request makes
# a new one. Here two requests, one after the other, to a server that keeps connections.
# A good guess: the answer is whole, so one connection does for both. Seen:
#   removed at the last byte: 5000 bytes each, 2 connections
#   removed after one more perform: 5000 bytes each, 1 connections
. "$(dirname "$0")/lib.sh"
from_debian python3-pycurl=7.45.2-3 libcurl3-gnutls=7.88.1-10+deb12u15 libnghttp2-14 librtmp1 libssh2-1 libldap-2.5-0 libsasl2-2
cat >two.py <<'END'
import http.server
import sys
import threading
import pycurl

connections = 0


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        global connections
        connections += 1
        super().setup()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"x" * 5000)

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
multi = pycurl.CurlMulti()


def fetch(performs_once_more):
    came, paused = [], []

    def take(some):
        if not paused:
            paused.append(True)
            return pycurl.WRITEFUNC_PAUSE
        came.append(len(some))

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, "http://127.0.0.1:%d/" % server.server_port)
    curl.setopt(pycurl.WRITEFUNCTION, take)
    multi.add_handle(curl)
    for _ in range(1000):
        if paused:
            break
        multi.perform()
        multi.select(0.1)
    curl.pause(pycurl.PAUSE_CONT)
    for _ in range(1000):  # where the answer came in pieces
        if sum(came) == 5000:
            break
        multi.perform()
        multi.select(0.1)
    if performs_once_more:
        multi.perform()
    multi.remove_handle(curl)
    return sum(came)


sizes = {fetch(len(sys.argv) > 1), fetch(len(sys.argv) > 1)}
print("/".join(map(str, sizes)), "bytes each,", connections, "connections")
END
seen "removed at the last byte" "$(/usr/bin/python3 two.py)" '5000 bytes each, 2 connections'
seen "removed after one more perform" "$(/usr/bin/python3 two.py perform)" '5000 bytes each, 1 connections'
