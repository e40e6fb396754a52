# packages: tnftp
host=$2 port=$3 user=$4 password=$5 remote=$6 local=$7
case $1 in
  list) command="nlist \"$remote\"" ;;
  get) command="get \"$remote\" \"$local\"" ;;
  put) command="put \"$local\" \"$remote\"" ;;
  reget) command="reget \"$remote\" \"$local\"" ;;
  reput) exit 64 ;;
esac
printf 'user %s %s\nbinary\n%s\nquit\n' "$user" "$password" "$command" | tnftp -n -i -V "$host" "$port"
