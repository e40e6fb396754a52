#!/bin/sh
# demo.sh PROGRAMS FOLDER: holds the session of the example on real files in FOLDER, which is made anew, visibly, and
# compares the files byte for byte at the end. The programs are the ones in PROGRAMS.
set -eu
programs=$(cd "$1" && pwd)
folder=$2
examples=$(cd "$(dirname "$0")" && pwd)

rm -rf "$folder"
mkdir -p "$folder/server" "$folder/client"
cp -R "$examples/server/server_storage" "$folder/server/"
cp -R "$examples/client/client_files" "$folder/client/"
cd "$folder"

# A free port is taken where something else has ours.
start_server() {
  : >server.log
  "$programs/ftplike-server" --listen "127.0.0.1:$1" >server.log 2>&1 &
  server=$!
  trap 'kill "$server" 2>/dev/null || :' EXIT
  tries=0
  until port=$(sed -n 's/^listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' server.log) && [ -n "$port" ]; do
    kill -0 "$server" 2>/dev/null && [ $((tries += 1)) -lt 200 ] || return 1
    sleep 0.05
  done
}
start_server 3456 || start_server 0 || { cat server.log; exit 1; }

echo "The server's folder is server/server_storage, the client's is client/client_files; port $port."
echo
"$programs/ftplike-client" --files client/client_files 127.0.0.1 "$port" <<'COMMANDS'
pwd
RETR sample_image.jpg
STOR upload_test.jpg
CWD images
RETR demo_photo.jpg
LIST
QUIT
COMMANDS
echo

same() {
  cmp "$1" "$2"
  echo "the same, byte for byte: $1 $2"
}
same server/server_storage/sample_image.jpg client/client_files/sample_image.jpg
same client/client_files/upload_test.jpg server/server_storage/upload_test.jpg
same server/server_storage/images/demo_photo.jpg client/client_files/demo_photo.jpg

kill -TERM "$server"
trap - EXIT
wait "$server" || { echo "The server ended with status $?."; exit 1; }
echo "The server stopped cleanly."
