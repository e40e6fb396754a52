# packages: gftp-text
# tls
scheme=ftp
[ -z "${TLS-}" ] || scheme=ftps
url=$scheme://$4:$5@$2:$3
case $1 in
  list) printf 'open %s\ncd %s\nls\nquit\n' "$url" "$6" | gftp-text ;;
  get)  # into the current folder, and it asks for ever if there is such a file
    mkdir into && cd into && gftp-text -d "$url/$6" && mv "${6##*/}" "../$7" && cd .. && rmdir into ;;
  put) mkdir into && cp "$7" "into/${6##*/}" &&
    printf 'open %s\ncd %s\nlcd into\nput %s\nquit\n' "$url" "${6%/*}" "${6##*/}" | gftp-text && rm -r into ;;
  *) exit 64 ;;
esac
