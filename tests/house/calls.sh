#!/bin/sh
# docs/client.md has every call of the classes whose tables it has, and `BasicBlockingClient` every call of `Client`.
set -eu
exec python3 "$(dirname "$0")/calls.py" "$1"
