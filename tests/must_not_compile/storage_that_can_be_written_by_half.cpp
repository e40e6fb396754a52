// expect: PartIsNoWholeStorage<Culprit.*a storage.s create.path, offset. gives|a storage.s create.path, offset. gives.*PartIsNoWholeStorage<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Culprit : MemoryStorage {
  struct Writer {  // and how is an upload thrown away?
    awaitable<void> write(std::span<const std::byte>);
    awaitable<void> finish();
    Path path() const;
    std::uint64_t size() const;
  };
  awaitable<Writer> create(const Path&, std::uint64_t);
};

void serve(TcpTransport& network) { Server server{network, Culprit{}}; }
