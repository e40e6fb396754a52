#!/bin/sh
# Builds all fuzz targets as OSS-Fuzz has it done: for each NAME.cpp the program $OUT/NAME, with its seeds as NAME_seed_corpus.zip and
# its words as NAME.dict. Takes CXX, CXXFLAGS and LIB_FUZZING_ENGINE from the environment; SRC is where the repository ftplike and the
# headers of Asio are (`asio/asio/include` or `asio/include`), if not the system's. Without any of that,
#
#     OUT=build/fuzz sh tests/fuzz/build.sh && build/fuzz/session -max_total_time=20 -dict=build/fuzz/session.dict
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
: "${CXX:=clang++}" "${CXXFLAGS:=-O1 -g -fsanitize=address,undefined,fuzzer-no-link}" "${LIB_FUZZING_ENGINE:=-fsanitize=fuzzer}" "${OUT:?where to}"
asio=
for folder in asio/asio/include asio/include; do
  [ -z "${SRC-}" ] || [ ! -e "$SRC/$folder/asio.hpp" ] || asio=-I$SRC/$folder
done
# Asio before 1.26 does not see that Clang has coroutines.
macros="-DASIO_STANDALONE -DASIO_HAS_CO_AWAIT=1 -DASIO_HAS_STD_COROUTINE=1 -DASIO_DISABLE_THREAD_KEYWORD_EXTENSION=1"
mkdir -p "$OUT"
for source in "$here"/*.cpp; do
  name=$(basename "$source" .cpp)
  [ "$name" != replay ] || continue
  echo "$name"
  # shellcheck disable=SC2086
  $CXX $CXXFLAGS -std=c++20 $macros $asio -I"$root/include" -I"$root/tests" "$source" $LIB_FUZZING_ENGINE -lcrypt -pthread -o "$OUT/$name"
  python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" "$here/corpus/$name"/*
  cp "$here/dictionaries/$name.dict" "$OUT/"
done
