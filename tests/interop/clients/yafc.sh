# packages: yafc
# What follows -o is a folder, so files are moved to and from the names that yafc gives them.
remote=$6 name=${6##*/} local=$7
escaped=$(printf %s "$name" | sed 's/ /\\ /g')
mkdir -p into
case $1 in
  list) command="cd \"$remote\"
nlist" ;;
  get) command="get -f -o into \"$remote\"" ;;
  reget) mv "$local" "into/$name" && command="get -r -o into \"$remote\"" ;;
  put) cp "$local" "into/$name" && command="lcd into
put -f $escaped
mv \"$name\" \"$remote\"" ;;
  reput) cp "$local" "into/$name" && command="lcd into
put -r -o ${remote%/*} $escaped" ;;
esac
printf '%s\nquit\n' "$command" | yafc --norc --quiet "ftp://$4:$5@$2:$3" 2>errors || exit
case $1 in *get) mv "into/$name" "$local" ;; esac
