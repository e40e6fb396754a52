#!/bin/sh
# curl 7.88.1 (Debian 12): --aws-sigv4 signs a request for S3, but sends no x-amz-content-sha256, which every request of S3
# has to have; the header that it signs is made of host and date alone. OpenStack Swift 2.30 answers 400 to each.
# Done: a GET and a PUT, signed for s3, of a server that shows the headers that come. A good guess: what is signed for s3 has
# the header, as curl 8 sends it. Seen:
#   GET: Authorization, Host, X-Amz-Date; signed host;x-amz-date
#   PUT: Authorization, Content-Length, Host, X-Amz-Date; signed host;x-amz-date
. "$(dirname "$0")/lib.sh"
from_debian curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
cat >server.py <<'END'
import http.server, re, sys
class Shows(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = sorted({name for name in self.headers if name not in ("Accept", "User-Agent", "Expect")})
        signed = re.search("SignedHeaders=([^,]*)", self.headers["Authorization"])[1]
        text = f"{', '.join(names)}; signed {signed}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_PUT = do_GET
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Shows).serve_forever()
END
python3 server.py 40151 &
servers="$servers $!"
until curl -s -o waited http://127.0.0.1:40151/ -H 'Authorization: SignedHeaders=none'; do sleep 0.05; done
ask() {
  curl -sS --aws-sigv4 aws:amz:us-east-1:s3 --user tester:secret "$@" \
    http://127.0.0.1:40151/bucket/key
}
seen GET "$(ask)" 'Authorization, Host, X-Amz-Date; signed host;x-amz-date'
printf text >file
seen PUT "$(ask -T file)" 'Authorization, Content-Length, Host, X-Amz-Date; signed host;x-amz-date'
