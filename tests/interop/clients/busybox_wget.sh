# packages: busybox
url=ftp://$4:$5@$2:$3/$6 local=$7
case $1 in
  get) busybox wget -q -O "$local" "$url" ;;
  reget) busybox wget -q -c -O "$local" "$url" ;;
  *) exit 64 ;;
esac
