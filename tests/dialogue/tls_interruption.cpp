// A session that begins in clear and is secured by AUTH, with private data, interrupted after each of its turns, and so
// in the middle of each handshake of its control and its data connections: at the client's end by its caller, at the
// server's by a cut, and at both by silence, which their limits end.
#include <ftplike/tls.hpp>

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/client.hpp>
#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/certificates.hpp"
#include "support/started.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

using HandshakeWire = TlsTransport<SimulatedTransport>;

/// Logs in, fetches a file, stores one, and says goodbye.
awaitable<void> converse_in_private(HandshakeWire& wire, Url url, const std::string& theirs, const std::string& ours) {
  auto client = co_await connect(wire, std::move(url));
  TextSink sink;
  (void)co_await client.download("theirs", sink);
  EXPECT_TRUE(sink.text() == theirs);
  TextSource source{ours};
  (void)co_await client.upload(source, "ours");
  co_await client.quit();
}

enum class HandshakeEnd { cancelled, cut, silent };

class HandshakeInterruption : public testing::TestWithParam<std::pair<TlsVersion, HandshakeEnd>> {
 protected:
  HandshakeInterruption() {
    const auto files = certificates.issue("server");
    TlsServerSettings shown;
    shown.certificate = files.certificate;
    shown.key = files.key;
    shown.reuse = TlsReuse::required;
    shown.oldest = shown.newest = GetParam().first;
    identity = TlsServer{shown};
    TlsClientSettings trusting;
    trusting.ca_file = certificates.authority();
    trust.emplace(trusting);
    url.secure = Secure::explicit_tls;
    url.user = "anna";
    url.password = "secret";
  }
  /// One try; whether the session was interrupted before it had ended.
  bool interrupted_after(std::uint64_t turns) {
    SimulatedNetwork network{turns, {.window = 4096}};
    HandshakeWire there{identity, network}, here{*trust, network};
    MemoryStorage files{{"/theirs", theirs}};
    UserTable users;
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    Limits limits;
    limits.drain = 0s;
    Server server{there, Ftp{}, files, std::move(users), TlsPolicy::required, limits};
    server.listen("127.0.0.1", 21);
    network.settle();
    Started session{network.executor(), converse_in_private(here, url, theirs, ours)};
    network.call_after(network.turns() + turns, [&] {
      under_way = !session.done();
      if (!under_way) return;
      if (GetParam().second == HandshakeEnd::cancelled)
        session.cancel();
      else if (GetParam().second == HandshakeEnd::cut)
        server.stop();
      else
        network.unplug("127.0.0.1");
    });
    under_way = false;
    network.settle();
    const bool interrupted = under_way;
    if (GetParam().second != HandshakeEnd::silent) {
      EXPECT_TRUE(session.done());
    }
    network.advance(2h);
    EXPECT_TRUE(session.done());
    EXPECT_TRUE(!session.error() || interrupted) << session.error().message();
    if (session.error() && GetParam().second == HandshakeEnd::cancelled) {
      // Asio's own error, where it is between two operations of the client.
      EXPECT_TRUE(session.error() == Errc::aborted || session.error() == asio::error::operation_aborted);
    }
    EXPECT_EQ(server.sessions(), 0u);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
    const auto stored = files.text("/ours");
    EXPECT_TRUE(!stored || *stored == ours);
    return interrupted;
  }

  const std::string theirs = std::string(9'000, 't'), ours = std::string(11'000, 'o');
  Certificates certificates;
  TlsServer identity;
  std::optional<TlsClient> trust;
  Url url{"127.0.0.1", 21};
  bool under_way = false;
};

TEST_P(HandshakeInterruption, EndsBothEndsWhereverItIs) {
  std::uint64_t turns = 1;
  for (; interrupted_after(turns) && !HasFailure(); ++turns) {}
  SCOPED_TRACE("after " + std::to_string(turns) + " turns");
  EXPECT_GT(turns, 30u);
}

INSTANTIATE_TEST_SUITE_P(Each, HandshakeInterruption,
                         testing::Values(std::pair{TlsVersion::tls_1_2, HandshakeEnd::cancelled},
                                         std::pair{TlsVersion::tls_1_2, HandshakeEnd::cut},
                                         std::pair{TlsVersion::tls_1_2, HandshakeEnd::silent},
                                         std::pair{TlsVersion::tls_1_3, HandshakeEnd::cancelled},
                                         std::pair{TlsVersion::tls_1_3, HandshakeEnd::cut},
                                         std::pair{TlsVersion::tls_1_3, HandshakeEnd::silent}));

}  // namespace
