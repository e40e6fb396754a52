# The system's packages first, else the release that is pinned here by its hash. FETCHCONTENT_SOURCE_DIR_ASIO (and so on)
# names a folder to take instead, FETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER skips the system's.
include(FetchContent)
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})

FetchContent_Declare(Asio
  URL https://github.com/chriskohlhoff/asio/archive/asio-1-38-2.tar.gz
  URL_HASH SHA256=9f2648fa483e58a6bf848d970ee0ea650ca19ed7769dfa520ed4f7b8d27af1db
  DOWNLOAD_EXTRACT_TIMESTAMP ON
  FIND_PACKAGE_ARGS 1.22)
FetchContent_Declare(GTest
  URL https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz
  URL_HASH SHA256=8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7
  DOWNLOAD_EXTRACT_TIMESTAMP ON
  FIND_PACKAGE_ARGS)
FetchContent_Declare(CLI11
  URL https://github.com/CLIUtils/CLI11/archive/v2.3.2.tar.gz
  URL_HASH SHA256=aac0ab42108131ac5d3344a9db0fdf25c4db652296641955720a4fbe52334e22
  DOWNLOAD_EXTRACT_TIMESTAMP ON
  FIND_PACKAGE_ARGS)
FetchContent_Declare(tomlplusplus
  URL https://github.com/marzer/tomlplusplus/archive/v3.4.0.tar.gz
  URL_HASH SHA256=8517f65938a4faae9ccf8ebb36631a38c1cadfb5efa85d9a72e15b9e97d25155
  DOWNLOAD_EXTRACT_TIMESTAMP ON
  FIND_PACKAGE_ARGS)
FetchContent_Declare(httplib
  GIT_REPOSITORY https://github.com/yhirose/cpp-httplib.git
  GIT_TAG 7992b148969fbf8093230b37a6a36c2f61135937  # 0.11.4
  SYSTEM
  FIND_PACKAGE_ARGS 0.11)

# Makes the targets of `name` be there. A macro: imported targets belong to the directory that asked for them.
macro(ftplike_need name)
  FetchContent_MakeAvailable(${name})
  if("${name}" STREQUAL "Asio" AND NOT TARGET Asio::Asio)  # fetched, and without a build of its own
    unset(Asio_INCLUDE_DIR CACHE)
    find_path(Asio_INCLUDE_DIR asio.hpp  # before 1.37 in asio/include, which is a symbolic link since
              PATHS ${asio_SOURCE_DIR}/include ${asio_SOURCE_DIR}/asio/include NO_DEFAULT_PATH REQUIRED)
    set(Asio_FIND_REQUIRED ON)
    include(FindAsio)
  endif()
endmacro()
