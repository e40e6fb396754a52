# packages: aria2
url=ftp://$2:$3/$(echo "$6" | sed 's/ /%20/g') local=$7 operation=$1
set -- --no-conf --quiet --max-tries=1 --file-allocation=none --ftp-user="$4" --ftp-passwd="$5" --out="$local"
case $operation in
  get) aria2c "$@" "$url" ;;
  reget) aria2c "$@" --continue=true "$url" ;;
  *) exit 64 ;;
esac
