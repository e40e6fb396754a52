#!/bin/sh
# tls.sh SERVER CLIENT [COMMAND…]: the two programs, each started by COMMAND, move files to one another under TLS, and the client
# turns away a server for whom nobody vouches.
set -eu
. "$(dirname "$0")/session.sh"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout schlüssel.pem -out zertifikat.pem 2>made || fail "no certificate"
mkdir root ours theirs
head -c 3000000 /dev/urandom >"root/Größe 日本.bin"
head -c 1000000 /dev/urandom >ours/Ärger.bin
serve server "$@" "$server" --root root --listen 127.0.0.1:0 --user ann:pässword \
  --cert zertifikat.pem --key schlüssel.pem --tls required
url=ftpes://ann@127.0.0.1:$port

wanted 0 "$@" "$client" --cafile zertifikat.pem get "$url/Größe 日本.bin" theirs
cmp "root/Größe 日本.bin" "theirs/Größe 日本.bin"
wanted 0 "$@" "$client" --cafile zertifikat.pem put ours/Ärger.bin "$url/"
cmp ours/Ärger.bin root/Ärger.bin
wanted 0 "$@" "$client" --cafile zertifikat.pem mirror "$url/" copy
diff -r root copy
wanted 0 "$@" "$client" --insecure ls "$url/"
# The authorities that Windows trusts do not know this one, and without TLS nobody gets in.
wanted 3 "$@" "$client" ls "$url/"
grep -q 'self-signed and not trusted' shown || { cat shown >&2; fail "the client did not say why it trusts nobody"; }
wanted 4 "$@" "$client" ls "ftp://ann@127.0.0.1:$port/"
kill -INT $last
wait $last || fail "the server ended with $?"
running=
