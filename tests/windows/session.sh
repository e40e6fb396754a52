# What programs.sh and tls.sh begin with: SERVER CLIENT [COMMAND…] become `server`, `client` and "$@", and a folder that
# vanishes at the end is where they are.
server=$1 client=$2
shift 2
export LC_ALL=C.UTF-8 FTPLIKE_PASSWORD=pässword  # Wine names files as this locale does
folder=$(mktemp -d)
cd "$folder"
running=
trap 'for one in $running; do kill $one 2>/dev/null || :; done; cd /; rm -rf "$folder"' EXIT
fail() {
  echo "$*" >&2
  tail -n 20 "$folder"/*.out "$folder"/*.err >&2
  exit 1
}
wanted() {  # STATUS COMMAND…: what it prints is in `shown`, that and its errors
  status=0 expected=$1
  shift
  "$@" >shown 2>&1 </dev/null || status=$?
  [ $status = $expected ] || { cat shown >&2; fail "$* ended with $status, not with $expected"; }
}
serve() {  # NAME ARGUMENT…: has it listen; `port` is where
  name=$1
  shift
  "$@" >"$name.out" 2>"$name.err" </dev/null &
  last=$!
  running="$running $last"
  until grep -q '^listening on .*:[0-9]' "$name.out"; do kill -0 $last || fail "$name did not begin"; done
  port=$(sed -n 's/^listening on .*:\([0-9]*\).*/\1/p' "$name.out")
}
