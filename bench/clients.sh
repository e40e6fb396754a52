#!/bin/bash
# bench/clients.sh [BIN [MIB [FILES]]]: ftplike-client beside curl and lftp, all against ftplike-server on loopback in the
# same run: one big file (1 GiB unless told) and a tree of small ones (10,000), both ways. Seconds, the best of three
# rounds, and how often ours goes into the best of the others: above 1 is faster than they.
set -eu
bin=${1:-build/release/bin} mib=${2:-1024} files=${3:-10000}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
mkdir -p "$work"/{served/tree,served/up,here/tree}
head -c "${mib}M" /dev/zero >"$work/served/big"
cp "$work/served/big" "$work/here/big"
for ((i = 0; i < files; i++)); do
  folder=$((i % 100))
  [ -d "$work/served/tree/$folder" ] || mkdir "$work/served/tree/$folder"
  head -c 1024 /dev/zero >"$work/served/tree/$folder/$i"
done
cp -r "$work/served/tree/." "$work/here/tree"

"$bin/ftplike-server" --root "$work/served" --listen 127.0.0.1:0 --user anna:secret --max-sessions-per-address 100 \
  >"$work/log" &
server=$!
until port=$(sed -n 's/^listening on .*://p' "$work/log") && [ -n "$port" ]; do
  kill -0 $server || exit 1
  sleep 0.05
done
at="ftp://anna:secret@127.0.0.1:$port"
cd "$work/here"
ours=$(realpath "$OLDPWD/$bin/ftplike-client" 2>/dev/null || realpath "$bin/ftplike-client")
for folder in tree/*/; do
  for file in "$folder"*; do printf 'url = "%s/%s"\noutput = "got/%s"\n' "$at" "$file" "$file"; done
done >get.curl
for folder in tree/*/; do
  for file in "$folder"*; do printf 'upload-file = "%s"\nurl = "%s/up/%s"\n' "$file" "$at" "$file"; done
done >put.curl

declare -A best
# take WHAT WHO COMMAND…: runs the command on fresh folders, and keeps its time if it is the best.
take() {
  local what=$1 who=$2 began ended
  shift 2
  rm -rf got "$work"/served/up
  mkdir -p got "$work/served/up"
  began=$(date +%s%N)
  "$@" >"$work/output" 2>&1 || { cat "$work/output"; echo "$who failed at: $what"; exit 1; }
  ended=$(((($(date +%s%N) - began)) / 1000000))
  [ -n "${best[$what,$who]-}" ] && [ "${best[$what,$who]}" -le $ended ] || best[$what,$who]=$ended
}
for round in 1 2 3; do
  take "download one file" ours "$ours" --quiet get "$at/big" got/big
  take "download one file" curl curl -s -o got/big "$at/big"
  take "download one file" lftp lftp -c "open $at; get big -o got/big"
  take "upload one file" ours "$ours" --quiet put big "$at/up/big"
  take "upload one file" curl curl -s -T big "$at/up/big"
  take "upload one file" lftp lftp -c "open $at; put big -o up/big"
  take "download a tree" ours "$ours" --quiet --parallel 4 mirror "$at/tree" got/tree
  take "download a tree" curl curl -s --create-dirs -Z --parallel-max 4 -K get.curl
  take "download a tree" lftp lftp -c "open $at; mirror --parallel=4 tree got/tree"
  take "upload a tree" ours "$ours" --quiet --parallel 4 mirror --reverse tree "$at/up/tree"
  take "upload a tree" curl curl -s --ftp-create-dirs -Z --parallel-max 4 -K put.curl
  take "upload a tree" lftp lftp -c "open $at; mirror -R --parallel=4 tree up/tree"
done
printf '%-18s %8s %8s %8s   %s\n' "" ours curl lftp "best other / ours"
for what in "download one file" "upload one file" "download a tree" "upload a tree"; do
  awk -v what="$what" -v ours="${best[$what,ours]}" -v curl="${best[$what,curl]}" -v lftp="${best[$what,lftp]}" 'BEGIN {
    other = curl < lftp ? curl : lftp
    printf "%-18s %7.2fs %7.2fs %7.2fs   %.2f\n", what, ours / 1000, curl / 1000, lftp / 1000, other / ours
  }'
done
