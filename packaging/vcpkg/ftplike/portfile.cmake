# An overlay port: it builds the repository that it lies in.
set(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../..")
set(VCPKG_BUILD_TYPE release)  # headers: there is nothing to debug apart

vcpkg_check_features(OUT_FEATURE_OPTIONS options
  FEATURES
    tls FTPLIKE_WITH_TLS
    digests FTPLIKE_WITH_DIGESTS
    deflate FTPLIKE_WITH_DEFLATE
    s3 FTPLIKE_WITH_S3)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DFTPLIKE_BUILD_TESTS=OFF -DFTPLIKE_BUILD_EXAMPLES=OFF ${options})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/ftplike)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib" "${CURRENT_PACKAGES_DIR}/share/cmake")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
