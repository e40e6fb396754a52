#!/bin/sh
# pictures.sh PROGRAMS FOLDER: draws the pictures of the documents, FOLDER/*.svg, of sessions that the two programs hold now.
set -eu
programs=$(cd "$1" && pwd)
mkdir -p "$2"
pictures=$(cd "$2" && pwd)
examples=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
cp -R "$examples/server/server_storage" files
mkdir ours

set -- --root files --listen 127.0.0.1:0 --data-ports 50000-50999 --user anna:secret --guests write
if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem \
  2>openssl.log; then set -- "$@" --cert cert.pem --key key.pem; fi
: >server.log
"$programs/ftplike-server" "$@" >server.log 2>&1 &
server=$!
until port=$(sed -n 's/^listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' server.log) && [ -n "$port" ]; do
  kill -0 "$server" || { cat server.log; exit 1; }
  sleep 0.05
done

# picture NAME OPTIONS…: what the client does with these options.
picture() {
  name=$1
  shift
  "$programs/ftplike-client" --quiet --files ours --record "$name.txt" "$@" >client.log 2>&1 || { cat client.log; exit 1; }
  "$programs/ftplike-client" picture "$name.txt" >"$pictures/$name.svg"
}
export FTPLIKE_PASSWORD=secret
picture dialect 127.0.0.1 "$port" --dialect ftplike -c 'pwd; get sample_image.jpg'
picture passive "ftp://anna@127.0.0.1:$port" -c 'get sample_image.jpg'
picture active --active "ftp://anna@127.0.0.1:$port" -c 'get sample_image.jpg'
[ ! -e cert.pem ] || picture tls --insecure "ftpes://anna@127.0.0.1:$port" -c 'get sample_image.jpg'
