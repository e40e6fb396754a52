# The toolchain of the preset "i386": 32 bits. Clang, which takes half the time and half the memory, with the library of Debian's
# cross compiler, for its g++-multilib cannot be installed beside one; what it makes runs as it is where the kernel takes
# it, else by qemu-user; a C library of that architecture has to be there.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
find_program(FTPLIKE_I386_CXX i686-linux-gnu-g++ REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/clang.cmake)
set(CMAKE_C_COMPILER_TARGET i686-linux-gnu)
set(CMAKE_CXX_COMPILER_TARGET i686-linux-gnu)
execute_process(COMMAND /lib/ld-linux.so.2 --version RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
if(refused)
  find_program(FTPLIKE_QEMU_I386 NAMES qemu-i386 qemu-i386-static REQUIRED)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${FTPLIKE_QEMU_I386})
endif()
# Files beyond 2 GiB, times beyond 2038, and sums of doubles that are rounded as elsewhere.
set(CMAKE_CXX_FLAGS_INIT "-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -msse2 -mfpmath=sse")
include(${CMAKE_CURRENT_LIST_DIR}/googletest_from_source.cmake)
