# The toolchain of the presets that are for Clang: the oldest here of those that ./setup knows.
find_program(FTPLIKE_CLANG NAMES clang++-16 clang++-17 clang++-18 clang++-19 clang++ REQUIRED)
set(CMAKE_CXX_COMPILER ${FTPLIKE_CLANG})
string(REPLACE "clang++" "clang" FTPLIKE_CLANG_C ${FTPLIKE_CLANG})
set(CMAKE_C_COMPILER ${FTPLIKE_CLANG_C})  # GoogleTest, from its sources, asks for one
# The linker of the same version, for an older one does not understand all that the compiler writes. It takes a quarter of the time
# of the system's, which does where this one is not installed.
string(REGEX REPLACE ".*clang\\+\\+" "ld.lld" linker ${FTPLIKE_CLANG})
find_program(FTPLIKE_LLD ${linker})
if(FTPLIKE_LLD)
  set(CMAKE_EXE_LINKER_FLAGS_INIT --ld-path=${FTPLIKE_LLD})
endif()
