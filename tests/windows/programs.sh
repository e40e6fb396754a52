#!/bin/sh
# programs.sh SERVER CLIENT [COMMAND…]: the two programs, each started by COMMAND, move files to one another, named in any
# letters; go on with what was cut off; mirror; end at Ctrl-C; and say what they do not have here.
set -eu
. "$(dirname "$0")/session.sh"

mkdir -p root/Bücher/leer ours theirs
head -c 3000000 /dev/urandom >"root/Größe 日本.bin"
head -c 200000 /dev/urandom >root/Bücher/naïve.txt
head -c 1000000 /dev/urandom >"ours/Ärger.bin"
serve server "$@" "$server" --root root --listen 127.0.0.1:0 --user ann:pässword
main=$last url=ftp://ann@127.0.0.1:$port

# One file at a time.
wanted 0 "$@" "$client" get "$url/Größe 日本.bin" theirs
cmp "root/Größe 日本.bin" "theirs/Größe 日本.bin"
wanted 0 "$@" "$client" put "ours/Ärger.bin" "$url/Bücher/"
cmp "ours/Ärger.bin" "root/Bücher/Ärger.bin"
wanted 5 "$@" "$client" get "$url/nicht da" theirs
wanted 4 env FTPLIKE_PASSWORD=wrong "$@" "$client" ls "$url/"

# What was cut off is gone on with, in both directions.
head -c 1234567 "root/Größe 日本.bin" >"theirs/Größe 日本.bin"
wanted 0 "$@" "$client" --json --resume get "$url/Größe 日本.bin" theirs
grep -q '"offset": 1234567' shown || { cat shown >&2; fail "it was fetched from the beginning"; }
cmp "root/Größe 日本.bin" "theirs/Größe 日本.bin"
head -c 345678 "ours/Ärger.bin" >"root/Ärger.bin"
wanted 0 "$@" "$client" --json --resume put "ours/Ärger.bin" "$url/"
grep -q '"offset": 345678' shown || { cat shown >&2; fail "it was sent from the beginning"; }
cmp "ours/Ärger.bin" "root/Ärger.bin"

# Folders, in both directions.
wanted 0 "$@" "$client" mirror "$url/" copy
diff -r root copy
rm copy/Ärger.bin
echo more >copy/Bücher/neu.txt
wanted 0 "$@" "$client" mirror --reverse --delete copy "$url/"
diff -r root copy

# The prompt, whose lines come from a pipe and end as Windows ends them.
printf 'cd Bücher\r\nls\r\nlcd ours\r\nget naïve.txt "neue Größe.txt"\r\ncat neu.txt\r\n!echo of the shell\r\nbye\r\n' |
  "$@" "$client" "ftp://ann@127.0.0.1:$port" >shown 2>&1 || { cat shown >&2; fail "the prompt ended badly"; }
cmp root/Bücher/naïve.txt "ours/neue Größe.txt"
for line in naïve.txt more 'of the shell'; do
  grep -q "$line" shown || { cat shown >&2; fail "the prompt did not show $line"; }
done

# Ctrl-C, which Wine has for SIGINT, ends a transfer; then the servers.
serve slow "$@" "$server" --root root --listen 127.0.0.1:0 --user ann:pässword --rate 100000 --drain-timeout 1
slow=$last
rm "theirs/Größe 日本.bin"
"$@" "$client" get "ftp://ann@127.0.0.1:$port/Größe 日本.bin" theirs >client.out 2>client.err </dev/null &
getting=$!
running="$running $getting"
until ls -A theirs | grep -q .; do kill -0 $getting || fail "the client ended early"; done
kill -INT $getting
status=0
wait $getting || status=$?
[ $status = 130 ] || fail "the client ended with $status at Ctrl-C"
for one in $slow $main; do kill -INT $one; done
wait $main || fail "the server ended with $?"
wait $slow || fail "the slow server ended with $?"
running=
grep -q '^stopped: ' server.out || fail "the server did not end in an orderly way"

# What Windows does not have.
wanted 2 "$@" "$server" --root root --admin-socket socket
wanted 2 "$@" "$server" who socket
printf 'secret\n' >password
status=0
"$@" "$server" add-user users ben <password >shown 2>&1 || status=$?
[ $status = 2 ] || { cat shown >&2; fail "add-user ended with $status"; }
wanted 2 "$@" "$server" --root root --page 127.0.0.1:0 --check
[ "$(wc -l <shown)" = 1 ] || fail "that took more than a line"
