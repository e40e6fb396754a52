#!/bin/sh
# The files of packaging/ say the version that the headers say.
set -eu
cd "$1"
version=$(sed -n 's/.*FTPLIKE_VERSION_STRING "\(.*\)".*/\1/p' include/ftplike/version.hpp)
bad=0
for file in packaging/vcpkg/ftplike/vcpkg.json packaging/meson/ftplike.wrap packaging/meson/packagefiles/ftplike/meson.build; do
  grep -q "$version" "$file" || { echo "$file: not version $version"; bad=1; }
done
exit $bad
