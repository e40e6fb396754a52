#!/bin/sh
# MooseFS 3.0.117 (Debian 12): a chunkserver takes no master at 127.0.0.1, though a master listens there; any other address of the
# same machine does. All on one loopback, as a test would have it, needs one address more.
# Done: the chunkserver with MASTER_HOST = 127.0.0.1, then with 10.77.0.1, another address of the loopback, and a master at neither.
# A good guess: both go on trying to connect. Seen:
#   127.0.0.1: localhost (127.0.0.1) can't be used for connecting with master (use ip address of network controller)
#   10.77.0.1: connecting
. "$(dirname "$0")/lib.sh"
from_debian moosefs-chunkserver=3.0.117-1
mkdir chunks disk
echo "$work/disk" >chunks/hdd
cat >inside.sh <<'END'
ip link set lo up
ip address add 10.77.0.1/32 dev lo
timeout 6 mfschunkserver -f -c "$1" start
END
# A network of its own, for that address.
alone='unshare --net'
[ "$(id -u)" = 0 ] || alone='unshare --user --map-root-user --net'
$alone true || { echo "no network of its own is to be had here"; exit 2; }
says() {
  cat >chunks.cfg <<END
WORKING_USER = $(id -un)
WORKING_GROUP =
LOCK_MEMORY = 0
DATA_PATH = $work/chunks
HDD_CONF_FILENAME = $work/chunks/hdd
HDD_LEAVE_SPACE_DEFAULT = 64MiB
MASTER_HOST = $1
MASTER_RECONNECTION_DELAY = 1
END
  $alone sh inside.sh "$work/chunks.cfg" >chunks.log 2>&1 || :
  sed -n 's/^master connection module: //p; s/^mfschunkserver\[[0-9]*\]: \(connecting\) .*/\1/p' chunks.log | head -n 1
}
seen 127.0.0.1 "$(says 127.0.0.1)" \
  "localhost (127.0.0.1) can't be used for connecting with master (use ip address of network controller)"
seen 10.77.0.1 "$(says 10.77.0.1)" connecting
