# packages: edbrowse
url=ftp://$4:$5@$2:$3/$(echo "$6" | sed 's/ /%20/g')
: >.ebrc
case $1 in
  list) printf 'e %s/\n,p\nqt\n' "$url" | edbrowse ;;
  get) printf 'e %s\nw %s\nqt\n' "$url" "$7" | edbrowse ;;
  *) exit 64 ;;
esac
