# packages: w3m
# port 21
url=ftp://$4:$5@$2/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) w3m -dump "$url/" ;;
  get) w3m -dump_source "$url" >"$7" ;;
  *) exit 64 ;;
esac
