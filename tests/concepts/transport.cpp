#include <gtest/gtest.h>

#include <ftplike/data_channel/negotiated.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/io/transport.hpp>

namespace {
using namespace ftplike;

static_assert(Transport<TcpTransport> && Transport<SimulatedTransport>);
static_assert(DataChannel<AnnouncedChannel, TcpTransport> && DataChannel<AnnouncedChannel, SimulatedTransport>);
static_assert(DataChannel<PassiveChannel, TcpTransport> && DataChannel<ActiveChannel, TcpTransport>);
static_assert(DataChannel<NegotiatedChannel<PassiveChannel, ActiveChannel, AnnouncedChannel>, SimulatedTransport>);

/// A transport whose clock cannot be waited on is none.
struct HasNoTimer {
  using Stream = TcpTransport::Stream;
  using Acceptor = TcpTransport::Acceptor;
};
static_assert(!Transport<HasNoTimer>);

template <Transport T> Time later(T& network) { return network.now() + std::chrono::seconds{1}; }

TEST(TransportConcept, TellsTheTimeOfItsOwnClock) {
  TcpTransport network;
  EXPECT_GT(later(network), network.now());
}

}  // namespace
