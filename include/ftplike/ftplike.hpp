#pragma once
// A server and a client over TCP. What only some programs need is one include away: <ftplike/tls.hpp>,
// <ftplike/digests.hpp>, <ftplike/client/pool.hpp>, mirror.hpp, segments.hpp and fxp.hpp beside it,
// <ftplike/simulated/network.hpp> for tests, and the observers in <ftplike/observers/…>.
#include <ftplike/client.hpp>
#include <ftplike/client/blocking.hpp>
#include <ftplike/compiled.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/storage/tree.hpp>
#include <ftplike/users/function.hpp>
#include <ftplike/users/user_table.hpp>
#include <ftplike/version.hpp>
