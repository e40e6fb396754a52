// expect: PartIsNoStorage<Culprit.*a storage needs label|a storage needs label.*PartIsNoStorage<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Culprit {
  using Reader = MemoryStorage::Reader;
  using Listing = MemoryStorage::Listing;
  awaitable<Entry> stat(const Path&);
  awaitable<Listing> list(const Path&);
  awaitable<Reader> open(const Path&, std::uint64_t);
};

void serve(TcpTransport& network) { Server server{network, Culprit{}}; }
