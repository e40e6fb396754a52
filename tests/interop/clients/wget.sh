# packages: wget
# tls
url=ftp://$2:$3/$(echo "$6" | sed 's/ /%20/g') local=$7 operation=$1
[ -z "${TLS-}" ] || url=ftps${url#ftp}
set -- --no-config --no-verbose --tries=1 --user="$4" --password="$5" ${TLS:+--no-check-certificate}
case $operation in
  list) wget "$@" --no-remove-listing --output-document=index "$url/" && cat index .listing ;;
  get) wget "$@" --output-document="$local" "$url" ;;
  reget) wget "$@" --continue --output-document="$local" "$url" ;;
  *) exit 64 ;;
esac
