// What most of the files here include.
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
