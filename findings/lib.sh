# What the findings share; they source it. Everything lies in a folder of its own, which goes with the script.
set -eu
work=$(mktemp -d)
servers=
trap 'for server in $servers; do kill "$server" 2>/dev/null || :; done; rm -rf "$work"' EXIT
cd "$work"

# from_npm NAME@VERSION…: node finds them.
from_npm() {
  npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts --prefix "$work/npm" "$@"
  export NODE_PATH="$work/npm/node_modules"
}

# from_debian PACKAGE=VERSION…: unpacked, not installed; programs, libraries and Debian's Python find what is in them.
from_debian() {
  mkdir -p "$work/debian/packages"
  chmod 755 "$work"
  (cd "$work/debian/packages" && apt-get download -qq "$@" 2>/dev/null) || { echo "these versions are not to be had: $*"; exit 2; }
  for package in "$work"/debian/packages/*.deb; do dpkg -x "$package" "$work/debian"; done
  PATH="$work/debian/usr/bin:$work/debian/usr/sbin:$work/debian/bin:$PATH"
  export LD_LIBRARY_PATH="$work/debian/usr/lib/$(uname -m)-linux-gnu:$work/debian/lib/$(uname -m)-linux-gnu"
  export PYTHONPATH="$work/debian/usr/lib/python3/dist-packages"
}

# start PORT COMMAND…: a server, once it greets.
start() {
  port=$1
  shift
  "$@" >"$work/server.log" 2>&1 &
  servers="$servers $!"
  python3 - "$port" <<'END'
import socket, sys, time
for _ in range(200):
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as first:
            if first.recv(99)[:3] == b"220":
                sys.exit(0)
    except OSError:
        time.sleep(0.05)
sys.exit("no server there")
END
}

# pyftpdlib PORT: the server of Debian's package on the folder site, user tester, password secret; server.log has all commands.
pyftpdlib() {
  from_debian python3-pyftpdlib=1.5.7-3
  mkdir -p "$work/site"
  start "$1" /usr/bin/python3 -W ignore -u -m pyftpdlib -D -i 127.0.0.1 -p "$1" -w -d "$work/site" -u tester -P secret
}

# talk PORT COMMAND…: says commands to a server, after a login, and shows all its replies.
talk() {
  python3 - "$@" <<'END'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as server:
    lines = server.makefile("rwb")

    def reply():
        line = first = lines.readline().decode()
        while line[3:4] == "-" or line[:3] != first[:3] or line[3:4] not in (" ", "\r", "\n"):
            print(line.strip())
            line = lines.readline().decode()
        print(line.strip())
    reply()
    for command in ["USER tester", "PASS secret", *sys.argv[2:], "QUIT"]:
        lines.write(command.encode() + b"\r\n")
        lines.flush()
        reply()
END
}

# seen WHAT FOUND EXPECTED: says what was found, and ends the script where it is something else.
seen() {
  printf "%s: %s\n" "$1" "$2"
  [ "$2" = "$3" ] || { echo "no longer as found: expected $3"; exit 1; }
}
