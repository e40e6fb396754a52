#!/bin/sh
# ProFTPD 1.3.8 (Debian 12): MLSD and MLST tell different things of one symbolic link: MLSD that it is a link
# (type=OS.unix=symlink, not the OS.unix=slink of others, and without where it leads), MLST what it leads to, but with the
# link's own size. A link that leads nowhere is left out of MLSD, and refused by MLST; LIST shows it.
# Done: a folder with a file of 2 bytes, a link to it and one to nothing. A good guess: type and size the same in both. Seen:
#   MLSD of the link: size=4;type=OS.unix=symlink
#   MLST of the link: size=4;type=file
#   dangling: in MLSD: no, in LIST: yes
. "$(dirname "$0")/lib.sh"
from_debian proftpd-core=1.3.8+dfsg-4+deb12u5 libhiredis0.14=0.14.1-3 libmemcached11=1.1.4-1 libmemcachedutil2=1.1.4-1 \
  libhashkit2=1.1.4-1 libpcre2-posix3=10.42-1+deb12u2 libsodium23=1.0.18-1+deb12u1
mkdir site private
chmod 700 private
printf 2b >site/file
ln -s file site/link
ln -s nothing site/dangling
# The hash is that of "secret", by crypt(3).
printf 'tester:abNANd1rDfiNc:%d:%d::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$work/site" >private/users
printf 'tester:x:%d:\n' "$(id -g)" >private/groups
chmod 600 private/*
cat >conf <<END
ServerType standalone
DefaultServer on
DefaultAddress 127.0.0.1
Port 40133
UseIPv6 off
User $(id -un)
Group $(id -gn)
UseReverseDNS off
DelayEngine off
AuthOrder mod_auth_file.c
AuthPAM off
AuthUserFile $work/private/users
AuthGroupFile $work/private/groups
RequireValidShell off
UseFtpUsers off
RootLogin on
WtmpLog off
TransferLog none
SystemLog none
ScoreboardFile none
PidFile $work/pid
END
start 40133 proftpd --nodaemon --quiet --config "$work/conf"
cat >ask.py <<'END'
import ftplib
import sys
ftp = ftplib.FTP()
ftp.connect("127.0.0.1", 40133, 20)
ftp.login("tester", "secret")
lines = []
if sys.argv[1] == "MLST":
    lines = ftp.sendcmd("MLST link").splitlines()
else:
    ftp.retrlines(sys.argv[1], lines.append)
print("\n".join(lines))
END
facts() { grep 'link$' | grep -oE '(size|type)=[^;]*' | sort | paste -s -d';'; }
seen "MLSD of the link" "$(python3 ask.py MLSD | facts)" 'size=4;type=OS.unix=symlink'
seen "MLST of the link" "$(python3 ask.py MLST | facts)" 'size=4;type=file'
has() { python3 ask.py "$1" | grep -q dangling && echo yes || echo no; }
seen dangling "in MLSD: $(has MLSD), in LIST: $(has LIST)" 'in MLSD: no, in LIST: yes'
