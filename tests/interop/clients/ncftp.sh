# packages: ncftp
operation=$1 host=$2 port=$3 user=$4 password=$5 remote=$6 local=$7
set -- -u "$user" -p "$password" -P "$port"
case $operation in
  list) ncftpls "$@" "ftp://$host/$remote/" ;;
  get) ncftpget "$@" -c "$host" "$remote" >"$local" ;;
  put) ncftpput "$@" -c "$host" "$remote" <"$local" ;;
  reget)  # it names the file itself
    mv "$local" "${remote##*/}" && ncftpget "$@" -z "$host" . "$remote" && mv "${remote##*/}" "$local" ;;
  reput) exit 64 ;;  # -z sends all of it again
esac
