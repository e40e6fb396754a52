# Gives Asio::Asio, standalone Asio, which has neither a CMake package nor, on Debian, a pkg-config file.
find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)
if(Asio_INCLUDE_DIR)
  file(STRINGS ${Asio_INCLUDE_DIR}/asio/version.hpp Asio_VERSION REGEX "define ASIO_VERSION [0-9]+ // ")
  string(REGEX REPLACE ".*// ([0-9.]+).*" "\\1" Asio_VERSION "${Asio_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
  find_package(Threads REQUIRED)
  add_library(Asio::Asio INTERFACE IMPORTED)
  target_include_directories(Asio::Asio INTERFACE ${Asio_INCLUDE_DIR})
  target_compile_definitions(Asio::Asio INTERFACE ASIO_STANDALONE)
  if(Asio_VERSION VERSION_LESS 1.26)  # does not see that Clang has coroutines
    target_compile_definitions(Asio::Asio INTERFACE
      $<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_CO_AWAIT=1>
      $<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_STD_COROUTINE=1>)
  endif()
  target_link_libraries(Asio::Asio INTERFACE Threads::Threads)
endif()
