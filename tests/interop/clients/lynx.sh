# packages: lynx
# heavy
# It takes long to show a folder of 2000, whoever serves it.
# port 21
url=ftp://$4:$5@$2/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) lynx -dump -nolist -width=200 "$url/" ;;
  get) lynx -source "$url" >"$7" ;;
  *) exit 64 ;;
esac
