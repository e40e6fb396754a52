# packages: curl
# tls
# several
operation=$1 url=ftp://$2:$3/$(echo "$6" | sed 's/ /%20/g') login=$4:$5 local=$7
set -- --silent --show-error --user "$login" ${TLS:+--ssl-reqd --insecure}
case $operation in
  list) curl "$@" --list-only "$url/" ;;
  get) curl "$@" --output "$local" "$url" ;;
  put) curl "$@" --upload-file "$local" "$url" ;;
  reget) curl "$@" --continue-at - --output "$local" "$url" ;;
  reput) curl "$@" --continue-at - --upload-file "$local" "$url" ;;
  several) curl "$@" --parallel --parallel-max 4 --create-dirs --output "$local/part-#1" "$url/part-[1-8]" ;;
esac
