# root
. "$(dirname "$0")/tester"
mkdir "$3/empty"
cat >"$3/conf" <<END
listen=YES
listen_address=${ADDRESS-127.0.0.1}
listen_port=$1
background=NO
local_enable=YES
anonymous_enable=NO
write_enable=YES
local_umask=022
local_root=$2
chroot_local_user=YES
allow_writeable_chroot=YES
check_shell=NO
secure_chroot_dir=$3/empty
nopriv_user=nobody
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
max_per_ip=0
END
[ -z "${TLS-}" ] || cat >>"$3/conf" <<END
ssl_enable=YES
rsa_cert_file=$3/cert.pem
rsa_private_key_file=$3/key.pem
force_local_logins_ssl=NO
force_local_data_ssl=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
END
exec "$SERVERS/usr/sbin/vsftpd" "$3/conf"
