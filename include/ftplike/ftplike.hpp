#pragma once
// All of ftplike but TLS, which is in <ftplike/tls.hpp>.
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
