#pragma once
// An object store as the files of a server. Needs libcurl and OpenSSL's libcrypto: the CMake target ftplike::s3.
#include <ftplike/s3/storage.hpp>
