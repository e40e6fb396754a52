#!/bin/sh
# What differs between systems is in include/ftplike/system/, and of the programs in examples/system/posix/ and windows/:
# elsewhere nothing asks for a system by its name, nothing includes a header of POSIX, and nothing calls what only Linux has.
set -eu
cd "$1"

find include examples tests bench -name '*.[ch]pp' | sort | xargs awk '
  function fail(text) { print FILENAME ":" FNR ": " text; bad = 1 }
  # The one door to Asio settles its differences; mallinfo2 is of one C library, and only that fuzz target asks for it.
  FILENAME ~ /^include\/ftplike\/(system\/|io\/asio\.hpp$)/ || FILENAME == "tests/fuzz/session.cpp" { next }
  /^ *# *(if|ifdef|ifndef|elif)/ &&
  /__linux__|__gnu_linux__|__APPLE__|__MACH__|_WIN32|_WIN64|__CYGWIN__|__MINGW|__unix__|__FreeBSD__|__OpenBSD__|__NetBSD__|__GLIBC__|__ANDROID__|__sun/ {
    fail("a system is asked for by name outside system/")
  }
  FILENAME !~ /^include\// && FILENAME !~ /^examples\// { next }
  { code = $0; sub(/\/\/.*/, "", code) }
  code ~ /(^|[^a-z_])(accept4|openat2|renameat2|sendfile|copy_file_range|preadv2|sigtimedwait|mkostemp|crypt_r)\(/ ||
  code ~ /SOCK_NONBLOCK|SOCK_CLOEXEC|MSG_NOSIGNAL|O_PATH|SYS_/ { fail("only some systems have this: it belongs into system/") }
  FILENAME ~ /^examples\/system\/(posix|windows)\// || FILENAME !~ /^(include|examples)\// { next }
  code ~ /(^|[^A-Za-z0-9_>])::(open|openat|read|write|close|stat|fstat|lstat|unlink|rename|mkdir|chmod|fsync|lseek|pread|pwrite|getpid|fork)\(/ ||
  code ~ /(^|[^A-Z_])O_(RDONLY|WRONLY|RDWR|CREAT|CLOEXEC|APPEND|TRUNC)/ { fail("only system/ calls the system") }
  /^ *# *include *<(sys\/|netinet\/|arpa\/|linux\/|net\/)/ ||
  /^ *# *include *<(unistd|fcntl|poll|signal|pwd|grp|crypt|dirent|termios|netdb|pthread|spawn|syslog|dlfcn|io|windows|winsock2)\.h>/ {
    fail("only system/ includes the headers of a system")
  }
  END { exit bad }
'
