# What only a build of ftplike itself needs, not a project that uses it.
enable_testing()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)
find_program(FTPLIKE_CCACHE ccache)
mark_as_advanced(FTPLIKE_CCACHE)
if(FTPLIKE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FTPLIKE_CCACHE})
endif()

if(FTPLIKE_BUILD_TESTS)
  ftplike_need(GTest)
endif()
if(FTPLIKE_BUILD_EXAMPLES AND FTPLIKE_BUILD_PROGRAMS)
  ftplike_need(CLI11)
  ftplike_need(tomlplusplus)
  if(FTPLIKE_WITH_PAGE)
    ftplike_need(httplib)
  endif()
endif()
if(FTPLIKE_BUILD_EXAMPLES)
  find_package(Qt6 QUIET COMPONENTS Widgets)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)  # from here on: not for what was fetched
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Optimised, g++ 12 warns of what is not there: it sees the inside of Asio's operator new for coroutines and not that
  # operator delete is its match, sees strings overlap where one is assigned nothing (GCC's bug 105651), and an optional
  # that holds nothing moved. The sanitizers and Clang look for the real ones.
  add_compile_options(-Wno-mismatched-new-delete -Wno-restrict -Wno-maybe-uninitialized)
endif()
set_target_properties(ftplike PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
foreach(more ftplike_tls ftplike_digests ftplike_deflate ftplike_s3)
  if(TARGET ${more})
    set_target_properties(${more} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endforeach()

if(FTPLIKE_BUILD_EXAMPLES)
  add_subdirectory(examples)
endif()
if(FTPLIKE_BUILD_TESTS)
  add_subdirectory(tests)
endif()
if(FTPLIKE_INSTALL)
  include(cmake/packages.cmake)
endif()
if(FTPLIKE_BUILD_BENCH)
  add_subdirectory(bench)
endif()

add_custom_target(single_include
  COMMAND ${CMAKE_COMMAND} -D INCLUDE=${PROJECT_SOURCE_DIR}/include
          -D OUT=${PROJECT_SOURCE_DIR}/single_include/ftplike/ftplike.hpp -P ${PROJECT_SOURCE_DIR}/cmake/amalgamate.cmake
  COMMENT "Writing single_include/ftplike/ftplike.hpp anew")

find_program(FTPLIKE_RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-16 run-clang-tidy-14)
mark_as_advanced(FTPLIKE_RUN_CLANG_TIDY)
if(FTPLIKE_RUN_CLANG_TIDY)
  add_custom_target(tidy
    COMMAND ${FTPLIKE_RUN_CLANG_TIDY} -quiet -p ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/
    USES_TERMINAL COMMENT "clang-tidy over everything")
endif()
