#!/bin/sh
# MooseFS 3.0.117 (Debian 12), mfsmount: with mfsattrcacheto=0 and all its other caches off, fstat of a file that one thread has
# just opened gives another thread the size that this one saw when it last met the name, up to a second ago; the bytes are there.
# Done: a file is made through one mount; through another, a thread tries to make it, too (EEXIST); one byte is written through the
# first, and the file closed. Then it is opened through the other mount, and the first thread asks for its size, twice, and reads.
# A good guess: without caches, one sees what is there, whoever asks. Seen:
#   opened by the same thread: 1 1 b'x'
#   opened by another thread: 0 1 b'x'
. "$(dirname "$0")/lib.sh"
from_debian moosefs-master=3.0.117-1 moosefs-chunkserver=3.0.117-1 moosefs-client=3.0.117-1
mkdir master chunks disk one other
common="WORKING_USER = $(id -un)
WORKING_GROUP =
LOCK_MEMORY = 0"
printf 'MFSM NEW' >master/metadata.mfs
echo '10.77.0.1 / rw,alldirs,maproot=0:0' >master/exports
: >master/topology
echo "$work/disk" >chunks/hdd
cat >master.cfg <<END
$common
DATA_PATH = $work/master
EXPORTS_FILENAME = $work/master/exports
TOPOLOGY_FILENAME = $work/master/topology
END
cat >chunks.cfg <<END
$common
DATA_PATH = $work/chunks
HDD_CONF_FILENAME = $work/chunks/hdd
HDD_LEAVE_SPACE_DEFAULT = 64MiB
MASTER_HOST = 10.77.0.1
MASTER_RECONNECTION_DELAY = 1
END
cat >look.py <<'END'
import os, sys, threading
name = sys.argv[1]
first = os.open(f"one/{name}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
try:
    os.open(f"other/{name}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
except FileExistsError:
    pass
os.write(first, b"x")
os.close(first)
opened = []
def look():
    opened.append(os.open(f"other/{name}", os.O_RDONLY))
if name == "same":
    look()
else:
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
print(os.fstat(opened[0]).st_size, os.fstat(opened[0]).st_size, os.pread(opened[0], 9, 0))
END
cat >inside.sh <<'END'
set -eu
ip link set lo up
ip address add 10.77.0.1/32 dev lo
mfsmaster -f -c master.cfg start >master.log 2>&1 &
servers=$!
mfschunkserver -f -c chunks.cfg start >chunks.log 2>&1 &
servers="$servers $!"
trap 'set +e; fusermount -u -z one; fusermount -u -z other; for server in $servers; do kill "$server"; done; wait' EXIT
for mount in one other; do
  tries=0
  until mfsmount $mount -H 10.77.0.1 -o mfsattrcacheto=0,mfsentrycacheto=0,mfsdirentrycacheto=0,mfsnegentrycacheto=0 >mount.log 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { cat mount.log; exit 2; }
    sleep 0.1
  done
done
tries=0
until echo x >one/probe; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 2; sleep 0.1; done 2>/dev/null
python3 look.py same
python3 look.py another
END
# A network of its own, and mounts that go with it, for a chunkserver takes no master at 127.0.0.1 (moosefs_local_master.sh).
alone='unshare --net --mount'
[ "$(id -u)" = 0 ] || alone='unshare --user --map-root-user --net --mount'
$alone true || { echo "no network or mount of its own is to be had here"; exit 2; }
$alone sh inside.sh >found || { cat found; exit 2; }
seen 'opened by the same thread' "$(sed -n 1p found)" "1 1 b'x'"
seen 'opened by another thread' "$(sed -n 2p found)" "0 1 b'x'"
