# packages: busybox
remote=$6 local=$7 operation=$1
set -- -u "$4" -p "$5" -P "$3" "$2"
case $operation in
  get) busybox ftpget "$@" "$local" "$remote" ;;
  put) busybox ftpput "$@" "$remote" "$local" ;;
  reget) busybox ftpget -c "$@" "$local" "$remote" ;;
  *) exit 64 ;;
esac
