# packages: ncftp
operation=$1 host=$2 port=$3 user=$4 password=$5 remote=$6 name=${6##*/} local=$7
set -- -u "$user" -p "$password" -P "$port"
mkdir -p into
case $operation in
  list) ncftpls "$@" "ftp://$host/$remote/" ;;
  get) ncftpget "$@" -c "$host" "$remote" >"$local" ;;
  put) ncftpput "$@" -c "$host" "$remote" <"$local" ;;
  # What it is to go on with has the same name at both ends.
  reget) mv "$local" "into/$name" && ncftpget "$@" -z "$host" into "$remote" && mv "into/$name" "$local" ;;
  reput) cp -p "$local" "into/$name" && ncftpput "$@" -z "$host" "${remote%/*}" "into/$name" ;;
esac
