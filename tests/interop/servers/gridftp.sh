# root
# heavy
# packages: globus-gridftp-server-progs
# Anybody called tester is its anonymous user, whatever the password; it has no chroot.
exec globus-gridftp-server -control-interface 127.0.0.1 -port "$1" -allow-anonymous -anonymous-user nobody \
  -anonymous-names-allowed tester -home-dir "$2" -log-level ERROR -logfile "$3/log"
