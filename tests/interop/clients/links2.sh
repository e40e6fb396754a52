# packages: links2
url=ftp://$4:$5@$2:$3/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) links2 -dump "$url/" ;;
  get) links2 -source "$url" >"$7" ;;
  *) exit 64 ;;
esac
