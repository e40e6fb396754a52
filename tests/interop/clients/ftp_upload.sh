# packages: ftp-upload
[ "$1" = put ] || exit 64
ftp-upload --host "$2:$3" --user "$4" --password "$5" --binary --dir "${6%/*}" --as "${6##*/}" "$7" ||
  ftp-upload -v --host "$2" --port "$3" --user "$4" --password "$5" --binary --dir "${6%/*}" --as "${6##*/}" "$7"
