# packages: rclone
# tls
# several
export RCLONE_FTP_HOST=$2 RCLONE_FTP_PORT=$3 RCLONE_FTP_USER=$4 RCLONE_FTP_PASS=$(rclone obscure "$5") RCLONE_CONFIG=none
export RCLONE_RETRIES=1 RCLONE_FTP_CONCURRENCY=1
[ -z "${TLS-}" ] || export RCLONE_FTP_EXPLICIT_TLS=true RCLONE_FTP_NO_CHECK_CERTIFICATE=true
case $1 in
  list) rclone lsf ":ftp:$6" ;;
  get) rclone copyto ":ftp:$6" "$7" ;;
  put) rclone copyto "$7" ":ftp:$6" ;;
  several) RCLONE_FTP_CONCURRENCY=0 rclone copy ":ftp:$6" "$7" ;;  # its default: four at once
  *) exit 64 ;;
esac
