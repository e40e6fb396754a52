# packages: ftpcopy
[ "$1" = get ] || exit 64
mkdir into && ftpcopy --user "$4" --pass "$5" "$2:$3" "/$6" into && mv "into/${6##*/}" "$7" && rmdir into
