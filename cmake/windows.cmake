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
set(ZLIB_USE_STATIC_LIBS ON)
set(CMAKE_CXX_FLAGS_INIT -Wa,-mbig-obj)  # a united test file has more sections than the usual format holds
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)  # or Wine would have to be told where the compiler's libraries are
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(openssl ${CMAKE_CURRENT_LIST_DIR}/../build/openssl_for_windows)  # what tests/windows/openssl.sh makes
if(EXISTS ${openssl})
  list(APPEND CMAKE_FIND_ROOT_PATH ${openssl})
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind INCLUDE LIBRARY PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
get_property(is_a_check GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT is_a_check)
  set(CMAKE_CROSSCOMPILING_EMULATOR
    env WINEDEBUG=-all WINEPREFIX=${CMAKE_BINARY_DIR}/wine ${FTPLIKE_WINE})
  # What is headers alone the system has among its own: they are shown to the compiler without those.
  set(headers ${CMAKE_BINARY_DIR}/headers)
  file(MAKE_DIRECTORY ${headers})
  find_path(FTPLIKE_SYSTEM_HEADERS asio.hpp PATHS /usr/local/include /usr/include NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  mark_as_advanced(FTPLIKE_SYSTEM_HEADERS)
  foreach(name asio asio.hpp CLI toml++)
    if(EXISTS ${FTPLIKE_SYSTEM_HEADERS}/${name})
      file(CREATE_LINK ${FTPLIKE_SYSTEM_HEADERS}/${name} ${headers}/${name} SYMBOLIC)
    endif()
  endforeach()
  set(Asio_INCLUDE_DIR ${headers} CACHE PATH "")
  foreach(package CLI11 tomlplusplus)
    file(WRITE ${headers}/${package}Config.cmake
      "add_library(${package}::${package} INTERFACE IMPORTED)\n"
      "set_target_properties(${package}::${package} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${headers})\n")
    set(${package}_DIR ${headers} CACHE PATH "")
  endforeach()
endif()
include(${CMAKE_CURRENT_LIST_DIR}/googletest_from_source.cmake)
