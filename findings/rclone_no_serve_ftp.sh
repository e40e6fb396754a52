#!/bin/sh
# rclone 1.60.1 (Debian 12's): it serves no FTP. Its manual page, in the same package, has a chapter on `rclone serve ftp`; the
# program is built without it. Asked for it, rclone finds fault with the option behind it.
# Done: the chapter in the manual page; the protocols that `rclone serve --help` offers; rclone serve ftp on a folder, with --addr. A
# good guess: ftp among them, and a server that listens. Seen:
#   chapters on serve ftp: 1
#   protocols: dlna docker http restic sftp webdav
#   rclone serve ftp --addr: status 1, unknown flag: --addr
. "$(dirname "$0")/lib.sh"
from_debian rclone=1.60.1+dfsg-2+b5
export RCLONE_CONFIG="$work/none" HOME="$work"
seen "chapters on serve ftp" "$(gzip -dc debian/usr/share/man/man1/rclone.1.gz | grep -c "^.SH rclone serve ftp$")" 1
seen protocols "$(rclone serve --help | sed -n '/^Available Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | paste -s -d ' ' -)" \
  "dlna docker http restic sftp webdav"
mkdir site
status=0
rclone serve ftp site --addr 127.0.0.1:40141 >said 2>&1 || status=$?
seen "rclone serve ftp --addr" "status $status, $(sed -n 's/^Error: //p' said)" "status 1, unknown flag: --addr"
