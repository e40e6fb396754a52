# packages: ffmpeg
# heavy
url=ftp://$4:$5@$2:$3/$6
case $1 in
  get) ffmpeg -nostdin -v error -f data -i "$url" -map 0 -c copy -f data "$7" ;;
  put) ffmpeg -nostdin -v error -f data -i "$7" -map 0 -c copy -f data "$url" ;;
  *) exit 64 ;;
esac
