import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


class FtplikeConan(ConanFile):
    name = "ftplike"
    description = "FTP and FTP-like protocols in C++20, both ends: header-only, on standalone Asio"
    license = "MIT"
    topics = ("ftp", "ftps", "asio", "networking", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"tls": [True, False], "digests": [True, False], "deflate": [True, False], "s3": [True, False]}
    default_options = {"tls": True, "digests": True, "deflate": True, "s3": False}
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(ROOT, "include", "ftplike", "version.hpp"))
        self.version = re.search(r'FTPLIKE_VERSION_STRING "([^"]+)"', header).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*"):
            copy(self, pattern, src=ROOT, dst=self.export_sources_folder)

    def requirements(self):
        self.requires("asio/[>=1.28 <2]", transitive_headers=True)
        if self.options.tls or self.options.digests or self.options.s3:
            self.requires("openssl/[>=3 <4]", transitive_headers=True)
        if self.options.digests or self.options.deflate:
            self.requires("zlib/[>=1.2.11 <2]", transitive_headers=True)
        if self.options.s3:
            self.requires("libcurl/[>=7.85 <9]", transitive_headers=True)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["FTPLIKE_BUILD_TESTS"] = False
        toolchain.cache_variables["FTPLIKE_BUILD_EXAMPLES"] = False
        toolchain.cache_variables["FTPLIKE_WITH_TLS"] = bool(self.options.tls)
        toolchain.cache_variables["FTPLIKE_WITH_DIGESTS"] = bool(self.options.digests)
        toolchain.cache_variables["FTPLIKE_WITH_DEFLATE"] = bool(self.options.deflate)
        toolchain.cache_variables["FTPLIKE_WITH_S3"] = bool(self.options.s3)
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        # The package's own CMake files say what its targets are.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append(os.path.join("share", "cmake", "ftplike"))
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
