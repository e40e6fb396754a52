# root
printf 'tester:abNANd1rDfiNc:2121:2121::%s/./::::::::::::\n' "$2" >"$3/users"  # "secret"
"$SERVERS/usr/bin/pure-pw" mkdb "$3/users.pdb" -f "$3/users"
[ -z "${TLS-}" ] || cat "$3/key.pem" "$3/cert.pem" >"$3/both.pem"
exec "$SERVERS/usr/sbin/pure-ftpd" -4 -S "${ADDRESS-127.0.0.1},$1" ${TLS:+-Y 1 -2 "$3/both.pem"} -l "puredb:$3/users.pdb" -H -A -u 1 -c 2000 -C 2000 -f none -g "$3/pid"
