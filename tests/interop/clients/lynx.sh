# packages: lynx
# heavy
# It often waits long for our final reply, a fault of ours that is open: not in ./test until that is mended.
# port 21
url=ftp://$4:$5@$2/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) lynx -dump -nolist -width=200 "$url/" ;;
  get) lynx -source "$url" >"$7" ;;
  *) exit 64 ;;
esac
