# packages: snarf
# heavy
# It often waits long for our final reply, a fault of ours that is open: not in ./test until that is mended.
url=ftp://$4:$5@$2:$3/$6
case $1 in
  get) snarf -q "$url" "$7" ;;
  reget) snarf -q -r "$url" "$7" ;;
  *) exit 64 ;;
esac
