include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME library)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/ftplike)

install(TARGETS ftplike EXPORT ftplikeTargets FILE_SET HEADERS)
install(EXPORT ftplikeTargets NAMESPACE ftplike:: DESTINATION ${package_dir})
if(TARGET ftplike_tls)
  install(TARGETS ftplike_tls EXPORT ftplikeTlsTargets FILE_SET HEADERS)
  install(EXPORT ftplikeTlsTargets NAMESPACE ftplike:: DESTINATION ${package_dir})
endif()
if(TARGET ftplike_digests)
  install(TARGETS ftplike_digests EXPORT ftplikeDigestsTargets FILE_SET HEADERS)
  install(EXPORT ftplikeDigestsTargets NAMESPACE ftplike:: DESTINATION ${package_dir})
endif()
if(TARGET ftplike_s3)
  install(TARGETS ftplike_s3 EXPORT ftplikeS3Targets FILE_SET HEADERS)
  install(EXPORT ftplikeS3Targets NAMESPACE ftplike:: DESTINATION ${package_dir})
endif()

configure_package_config_file(cmake/ftplikeConfig.cmake.in ftplikeConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(ftplikeConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/ftplikeConfig.cmake ${PROJECT_BINARY_DIR}/ftplikeConfigVersion.cmake
              cmake/FindAsio.cmake cmake/compiled.cmake cmake/compiled.cpp cmake/compiled_tls.cpp
        DESTINATION ${package_dir})

set(pkg_config_libraries "-pthread")
if(FTPLIKE_CRYPT)
  string(APPEND pkg_config_libraries " -lcrypt")
endif()
set(pkg_config_definitions "-D$<JOIN:$<TARGET_PROPERTY:ftplike,INTERFACE_COMPILE_DEFINITIONS>, -D>")  # this compiler's
configure_file(cmake/ftplike.pc.in ftplike.pc.in @ONLY)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/ftplike.pc INPUT ${PROJECT_BINARY_DIR}/ftplike.pc.in)
install(FILES ${PROJECT_BINARY_DIR}/ftplike.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
