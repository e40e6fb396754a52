#!/bin/sh
# has_no_session.sh NM OBJECT: fails if there is a session of a server in it, or if it uses no server.
set -eu
symbols=$("$1" -C "$2")
case $symbols in *"Server<"*) ;; *) echo "$2 uses no server" && exit 1 ;; esac
case $symbols in *"Session<"*) echo "$2 has a session in it" && exit 1 ;; esac
