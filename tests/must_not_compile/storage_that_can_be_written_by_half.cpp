// expect: PartIsNoWritableStorage<Culprit.*needs all that WritableStorage says|needs all that WritableStorage
// says.*PartIsNoWritableStorage<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Culprit {
  using Reader = MemoryStorage::Reader;
  using Writer = MemoryStorage::Writer;
  using Listing = MemoryStorage::Listing;
  awaitable<Entry> stat(const Path&);
  awaitable<Listing> list(const Path&);
  awaitable<Reader> open(const Path&, std::uint64_t);
  awaitable<Writer> create(const Path&, std::uint64_t);
  std::string label() const;
};

void serve(TcpTransport& network) { Server server{network, Culprit{}}; }
