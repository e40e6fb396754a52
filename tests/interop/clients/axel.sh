# packages: axel
[ "$1" = get ] || exit 64  # it goes on only with what itself began
axel --quiet --num-connections=2 --output="$7" "ftp://$4:$5@$2:$3/$6"
