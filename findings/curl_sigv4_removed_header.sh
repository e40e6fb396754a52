#!/bin/sh
# curl 7.88.1 (Debian 12): --aws-sigv4 signs headers as the command line has them, not as they are sent. One that -H 'Name:'
# takes away is among the signed ones and is not sent, so no server can check the signature: a PUT without Expect, the usual way
# to be rid of its round trip, is answered 403 by OpenStack Swift 2.30. One without a value, -H 'Name;', is listed with its ';'.
# Done: a PUT with Expect taken away, a GET with a header taken away that there never was, and one with a header without a
# value, of a server that tells which signed headers came. A good guess: what is signed is what is sent. Seen:
#   without Expect: signed expect;host;x-amz-date, of which expect did not come
#   without X-Note: signed host;x-amz-date;x-note, of which x-note did not come
#   an empty X-Note: signed host;x-amz-date;x-note;
. "$(dirname "$0")/lib.sh"
from_debian curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
cat >server.py <<'END_OF_SERVER'
import http.server, re, sys
class Tells(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = re.search("SignedHeaders=([^,]*)", self.headers["Authorization"])[1]
        absent = [name for name in signed.split(";") if name and name not in self.headers]
        text = f"signed {signed}" + "".join(f", of which {name} did not come" for name in absent)
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    do_PUT = do_GET
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Tells).serve_forever()
END_OF_SERVER
python3 server.py 40152 &
servers="$servers $!"
until curl -s -o waited http://127.0.0.1:40152/ -H 'Authorization: SignedHeaders=none'; do sleep 0.05; done
ask() {
  curl -sS --aws-sigv4 aws:amz:us-east-1:s3 --user tester:secret "$@" http://127.0.0.1:40152/bucket/key
}
printf text >file
seen 'without Expect' "$(ask -T file -H 'Expect:')" 'signed expect;host;x-amz-date, of which expect did not come'
seen 'without X-Note' "$(ask -H 'X-Note:')" 'signed host;x-amz-date;x-note, of which x-note did not come'
seen 'an empty X-Note' "$(ask -H 'X-Note;')" 'signed host;x-amz-date;x-note;'
