# root
. "$(dirname "$0")/tester"
mkdir "$3/empty"
cat >"$3/conf" <<END
listen=YES
listen_address=127.0.0.1
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
END
exec "$SERVERS/usr/sbin/vsftpd" "$3/conf"
