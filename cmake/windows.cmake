# The toolchain of the preset "windows": Debian's MinGW-w64, and what it makes run by Wine, whose own folder is in the build's.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
find_program(FTPLIKE_MINGW_CXX x86_64-w64-mingw32-g++-posix REQUIRED)  # of the two, that whose std::thread is there
find_program(FTPLIKE_MINGW_RC x86_64-w64-mingw32-windres REQUIRED)
find_program(FTPLIKE_WINE NAMES wine64 wine PATHS /usr/lib/wine REQUIRED)
find_program(FTPLIKE_MINGW_C x86_64-w64-mingw32-gcc-posix REQUIRED)  # which GoogleTest asks for
set(CMAKE_CXX_COMPILER ${FTPLIKE_MINGW_CXX})
set(CMAKE_C_COMPILER ${FTPLIKE_MINGW_C})
set(CMAKE_RC_COMPILER ${FTPLIKE_MINGW_RC})
set(CMAKE_CXX_FLAGS_INIT -Wa,-mbig-obj)  # a united test file has more sections than the usual format holds
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)  # or Wine would have to be told where the compiler's libraries are
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind INCLUDE LIBRARY PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
get_property(is_a_check GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT is_a_check)
  set(CMAKE_CROSSCOMPILING_EMULATOR
    env WINEDEBUG=-all WINEPREFIX=${CMAKE_BINARY_DIR}/wine ${FTPLIKE_WINE})
  # Asio is headers alone, which the system has among its own: they are shown to the compiler without those.
  find_path(FTPLIKE_SYSTEM_ASIO asio.hpp PATHS /usr/local/include /usr/include NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  mark_as_advanced(FTPLIKE_SYSTEM_ASIO)
  set(Asio_INCLUDE_DIR ${CMAKE_BINARY_DIR}/headers CACHE PATH "")
  file(MAKE_DIRECTORY ${Asio_INCLUDE_DIR})
  foreach(name asio asio.hpp)
    file(CREATE_LINK ${FTPLIKE_SYSTEM_ASIO}/${name} ${Asio_INCLUDE_DIR}/${name} SYMBOLIC)
  endforeach()
endif()
include(${CMAKE_CURRENT_LIST_DIR}/googletest_from_source.cmake)
