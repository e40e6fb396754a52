#!/bin/sh
# A header includes only its own folder and the layers that are named for it here; Asio comes in by one door.
set -eu
cd "$1/include/ftplike"

find . -name '*.hpp' | sed 's|^\./||' | sort | xargs awk '
  BEGIN {
    below["version"] = ""
    below["protocol"] = "version"
    below["system"] = "version"
    below["io"] = below["protocol"] " protocol system"
    below["simulated"] = below["io"] " io"
    below["users"] = below["data_channel"] = below["command"] = below["io"] " io"
    below["storage"] = below["users"] " users"
    below["observers"] = below["io"] " io"
    below["verbs"] = below["client"] = below["storage"] " storage users data_channel command"
    below["profile"] = below["verbs"] " verbs"
    below["parts"] = below["profile"] " profile"
    below["server"] = below["parts"] " parts"
    below["ftplike"] = below["server"] " server client observers"
    below["compiled"] = below["ftplike"]
    below["ftplike"] = below["ftplike"] " compiled"
    below["bodies"] = below["src"] = below["ftplike"] " ftplike bodies"
    below["signals"] = below["io"] " io"
    below["s3"] = below["storage"] " storage"
    below["tls"] = below["ftplike"] " ftplike bodies"
    below["deflate"] = below["io"] " io"
    below["digests"] = below["profile"] " profile"
  }
  function layer(path) { sub(/\/.*/, "", path); sub(/\.hpp$/, "", path); return path }
  function fail(text) { print FILENAME ":" FNR ": " text; bad = 1 }
  FNR == 1 {
    from = layer(FILENAME)
    if (!(from in below)) fail("belongs to no layer")
  }
  /^ *# *include *[<"]ftplike\// {
    to = $0
    sub(/^[^\/]*\//, "", to)
    sub(/[>"].*/, "", to)
    to = layer(to)
    if (to != from && index(" " below[from] " ", " " to " ") == 0) fail(from " must not include " to)
  }
  /^ *# *include *[<"]asio[\/.]/ && FILENAME !~ /^(io\/asio|signals|tls\/[^\/]*|s3\/http)\.hpp$/ { fail("only io/asio.hpp includes Asio") }
  /^ +# *include *[<"]ftplike\// { fail("an include within a condition would be lost in the single header") }
  END { exit bad }
'
