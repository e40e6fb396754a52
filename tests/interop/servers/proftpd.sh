# root
own=$3
set -- "$1" "$2" "$3/private"  # it takes no table of users that others could change
mkdir -m 700 "$3"
printf 'tester:abNANd1rDfiNc:2121:2121::%s:/bin/false\n' "$2" >"$3/users"  # "secret"
printf 'tester:x:2121:\n' >"$3/groups"
chmod 600 "$3/users" "$3/groups"
cat >"$3/conf" <<END
ServerType standalone
DefaultServer on
DefaultAddress ${ADDRESS-127.0.0.1}
Port $1
UseIPv6 off
User nobody
Group nogroup
UseReverseDNS off
DelayEngine off
AuthOrder mod_auth_file.c
AuthPAM off
AuthUserFile $3/users
AuthGroupFile $3/groups
RequireValidShell off
UseFtpUsers off
AllowOverwrite on
AllowStoreRestart on
DefaultRoot ~
WtmpLog off
TransferLog none
SystemLog none
ScoreboardFile none
PidFile $3/pid
END
[ -z "${TLS-}" ] || cat >>"$3/conf" <<END
ModulePath $SERVERS/usr/lib/proftpd
LoadModule mod_tls.c
TLSEngine on
TLSRSACertificateFile $own/cert.pem
TLSRSACertificateKeyFile $own/key.pem
TLSOptions NoSessionReuseRequired
TLSLog none
END
exec "$SERVERS/usr/sbin/proftpd" --nodaemon --quiet --config "$3/conf"
