#!/bin/sh
# No header is longer than 400 lines.
set -eu
cd "$1"
find include -name '*.hpp' | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 " has " $1 " lines"; bad = 1 } END { exit bad }'
