# For toolchains that the system's GoogleTest was not built with: it is compiled from the sources that a Debian has of it
# where that is so, else from those that are fetched.
set(CMAKE_DISABLE_FIND_PACKAGE_GTest ON)
find_path(FTPLIKE_GOOGLETEST_SOURCES googletest/src/gtest-all.cc PATHS /usr/src/googletest NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(FTPLIKE_GOOGLETEST_SOURCES)
if(FTPLIKE_GOOGLETEST_SOURCES)
  set(FETCHCONTENT_SOURCE_DIR_GTEST ${FTPLIKE_GOOGLETEST_SOURCES})
endif()
set(BUILD_GMOCK OFF)
