# The toolchain of the preset "libcxx".
find_program(FTPLIKE_CLANG_19 clang++-19 REQUIRED)
set(CMAKE_CXX_COMPILER ${FTPLIKE_CLANG_19})
set(CMAKE_CXX_FLAGS_INIT -stdlib=libc++)
include(${CMAKE_CURRENT_LIST_DIR}/googletest_from_source.cmake)
