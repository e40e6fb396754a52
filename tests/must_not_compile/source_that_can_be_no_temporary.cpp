// expect: cannot be given as a temporary
#include <cstddef>
#include <span>

#include <ftplike/client.hpp>
#include <ftplike/simulated/network.hpp>

using namespace ftplike;

struct Culprit {
  Culprit() = default;
  Culprit(const Culprit&) = delete;
  awaitable<std::size_t> read_some(std::span<std::byte> room);
};

awaitable<TransferResult> send(Client<SimulatedNetwork>& client) { return client.upload(Culprit{}, "a"); }
