# packages: snarf
url=ftp://$4:$5@$2:$3/$6
case $1 in
  get) snarf -q "$url" "$7" ;;
  reget) snarf -q -r "$url" "$7" ;;
  *) exit 64 ;;
esac
