# packages: wput
url=ftp://$4:$5@$2:$3/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  put) wput --quiet --tries=2 --binary --reupload "$7" "$url" ;;
  reput) wput --quiet --tries=2 --binary "$7" "$url" ;;
  *) exit 64 ;;
esac
