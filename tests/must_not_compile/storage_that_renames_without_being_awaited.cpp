// expect: PartIsNoWholeStorage<Culprit.*a storage.s rename.from, to. gives|a storage.s rename.from, to. gives.*PartIsNoWholeStorage<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Culprit : MemoryStorage {
  void rename(const Path&, const Path&);
};

void serve(TcpTransport& network) { Server server{network, Culprit{}}; }
