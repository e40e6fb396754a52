#!/bin/sh
. "$(dirname "$0")/lib.sh"
pyftpdlib 40129
from_debian proftpd-core=1.3.8+dfsg-4+deb12u4 || true
ls $work/debian/usr/sbin
