#!/bin/sh
# openssl.sh [FOLDER]: builds OpenSSL's libraries for Windows, with MinGW-w64, of the sources in FOLDER or of those that Debian
# has, into build/openssl_for_windows, where the presets `windows` and `windows_clang` look for them. Does nothing when they
# are there.
set -eu
cd "$(dirname "$0")/../.."
made=$PWD/build/openssl_for_windows
work=$made.sources
[ ! -e "$made/lib/libssl.a" ] || exit 0
sources=${1-}
if [ -z "$sources" ]; then
  # The system's own lists stay as they are: these have sources, and are used here alone.
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/from"
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/ubuntu.sources; do
    [ ! -e $list ] || sed 's/^deb /deb-src /; s/^Types: .*/Types: deb-src/' $list >"$work/from/${list##*/}"
  done
  [ ! -e "$work/from/sources.list" ] || mv "$work/from/sources.list" "$work/from/system.list"
  own() {
    apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/from" -o Dir::State::Lists="$work/lists" \
      -o Dir::Cache="$work" -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
  }
  own update
  (cd "$work" && own --tar-only source openssl && tar -xf openssl_*.orig.tar.gz)  # without Debian's patches, which Windows does not need
  sources=$(echo "$work"/openssl-*/)
fi
sources=$(cd "$sources" && pwd)
rm -rf "$work/objects"
mkdir -p "$work/objects"
cd "$work/objects"
# For tests: what TLS takes today, and little time to compile.
leave_out="engine legacy module tests aria bf blake2 camellia cast cmp cms ct des dsa gost idea md4 mdc2 ocb ocsp
  rc2 rc4 rmd160 scrypt seed siphash siv sm2 sm3 sm4 srp srtp ts whirlpool dtls psk comp dso"
"$sources/Configure" mingw64 --cross-compile-prefix=x86_64-w64-mingw32- --prefix="$made" --libdir=lib no-shared \
  $(printf 'no-%s ' $leave_out) -O1 >configured 2>&1 || { cat configured >&2; exit 1; }
# Where it looks for its configuration and for authorities: a folder that only administrators can write to.
make OPENSSLDIR='C:/Program Files/Common Files/SSL' ENGINESDIR= MODULESDIR= build_libs >built 2>&1 || { tail -n 40 built >&2; exit 1; }
make install_dev >installed 2>&1 || { tail -n 40 installed >&2; exit 1; }
cd "$made"
rm -rf "$work"
