#!/bin/sh
# loopback.sh SERVER CLIENT [COMMAND…]: examples/tiny_server.cpp and examples/blocking_client.cpp move files to one another, each
# a program of its own, started by COMMAND.
set -eu
server=$1 client=$2
shift 2
folder=$(mktemp -d)
mkdir "$folder/server_storage" "$folder/client_files"
cd "$folder"
head -c 3000000 /dev/urandom >server_storage/sample_image.jpg
head -c 2000000 /dev/urandom >client_files/upload_test.jpg
"$@" "$server" &
running=$!
trap 'kill $running; rm -rf "$folder"' EXIT
until "$@" "$client"; do kill -0 $running; done  # it may have come before the server listens
cmp server_storage/sample_image.jpg client_files/sample_image.jpg
cmp server_storage/upload_test.jpg client_files/upload_test.jpg
