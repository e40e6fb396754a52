#pragma once
// All of ftplike but what needs OpenSSL: TLS is in <ftplike/tls.hpp>, checksums of files are in <ftplike/digests.hpp>.
#include <ftplike/client.hpp>
#include <ftplike/client/blocking.hpp>
#include <ftplike/client/mirror.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/client/segments.hpp>
#include <ftplike/client/workers.hpp>
#include <ftplike/io/simulated.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>
#include <ftplike/version.hpp>
