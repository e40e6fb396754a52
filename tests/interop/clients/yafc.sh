# packages: yafc
# What follows -o is a folder, so files are moved to and from the names that yafc gives them.
remote=$6 name=${6##*/} local=$7
mkdir -p into
case $1 in
  list) command="cd \"$remote\"
nlist" ;;
  get) command="get -f -o into \"$remote\"" ;;
  reget) mv "$local" "into/$name" && command="get -r -o into \"$remote\"" ;;
  put) cp "$local" "into/$name" && command="put -f -o \"${remote%/*}\" \"into/$name\"" ;;
  reput) cp "$local" "into/$name" && command="put -r -o \"${remote%/*}\" \"into/$name\"" ;;
esac
printf '%s\nquit\n' "$command" | yafc --norc --quiet "ftp://$4:$5@$2:$3" || exit
case $1 in *get) mv "into/$name" "$local" ;; esac
