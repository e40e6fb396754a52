# The toolchain of the preset "aarch64": Clang with the library of Debian's cross compiler, and what it makes run by qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
find_program(FTPLIKE_AARCH64_CXX aarch64-linux-gnu-g++ REQUIRED)
find_program(FTPLIKE_QEMU_AARCH64 NAMES qemu-aarch64 qemu-aarch64-static REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/clang.cmake)
set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_CXX_COMPILER_TARGET aarch64-linux-gnu)
# By its loader and libraries of the foreign architecture (libstdc++6:arm64). Those of the cross compiler (-L) would be an
# older C library beside that one.
set(CMAKE_CROSSCOMPILING_EMULATOR ${FTPLIKE_QEMU_AARCH64})
include(${CMAKE_CURRENT_LIST_DIR}/googletest_from_source.cmake)
