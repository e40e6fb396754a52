# packages: lftp
# tls
# several
operation=$1 remote=$6 local=$7
begin="set net:max-retries 2; set ftp:ssl-allow ${TLS:-false}; set ftp:ssl-force ${TLS:-false};
  set ftp:ssl-protect-data true; set ssl:verify-certificate false; open -u $4,$5 -p $3 $2"
case $operation in
  list) lftp -c "$begin; cls -1 '$remote/'" ;;
  get) lftp -c "$begin; get '$remote' -o '$local'" ;;
  put) lftp -c "$begin; put '$local' -o '$remote'" ;;
  reget) lftp -c "$begin; get -c '$remote' -o '$local'" ;;
  reput) lftp -c "$begin; put -c '$local' -o '$remote'" ;;
  several) lftp -c "$begin; mirror --parallel=4 '$remote' '$local'" ;;
esac
