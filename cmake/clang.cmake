# The toolchain of the presets that are for Clang: the oldest here of those that ./setup knows.
find_program(FTPLIKE_CLANG NAMES clang++-16 clang++-17 clang++-18 clang++-19 clang++ REQUIRED)
set(CMAKE_CXX_COMPILER ${FTPLIKE_CLANG})
