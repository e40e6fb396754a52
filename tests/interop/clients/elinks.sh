# packages: elinks
url=ftp://$4:$5@$2:$3/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) elinks -no-home -no-connect -dump "$url/" ;;
  get) elinks -no-home -no-connect -source "$url" >"$7" ;;
  *) exit 64 ;;
esac
