# root
# Of Debian's package ftpd-ssl, without TLS.
. "$(dirname "$0")/tester"
exec python3 "$(dirname "$0")/one_each" "$1" "$SERVERS/usr/sbin/in.ftpd"
