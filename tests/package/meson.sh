#!/bin/sh
# meson.sh SOURCE WORK COMPILER: takes ftplike into a Meson project by its wrap, beside a release, as packaging/README.md says.
set -eu
source=$1
work=$2
rm -rf "$work"
mkdir -p "$work/subprojects"
cp -r "$source"/packaging/meson/* "$work/subprojects/"
name=$(sed -n 's/^directory = //p' "$source/packaging/meson/ftplike.wrap")
tar -c -z -C "$source" --transform "s,^,$name/," -f "$work/subprojects/packagefiles/$name.tar.gz" include LICENSE
cp "$source/tests/package/main.cpp" "$work/"
cat >"$work/meson.build" <<'END'
project('user', 'cpp', default_options: ['cpp_std=c++20'])
executable('user', 'main.cpp', dependencies: dependency('ftplike'))
END
CXX=$3 meson setup "$work/build" "$work"
meson compile -C "$work/build"
"$work/build/user"
