#include <ftplike/tls/engine.hpp>
// Above: that it stands alone.
#include <algorithm>
#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <string>
#include <support/certificates.hpp>

#include <ftplike/tls/connection.hpp>

namespace {

using namespace ftplike;
using namespace ftplike::detail::tls;

/// Both ends of a connection, which the test carries to and fro.
class Engines {
 public:
  Engines() {
    for (int round = 0; round < 3; ++round) {
      (void)client.shake_hands();
      carry(client, server, [this] { (void)server.shake_hands(); });
      carry(server, client, [this] { (void)client.shake_hands(); });
    }
  }
  /// What the server hears of that.
  std::string say(const std::string& text) {
    EXPECT_TRUE(client.write(as_bytes(text)));
    std::string heard;
    carry(client, server, [&] {
      std::array<std::byte, 8192> room;
      std::size_t n = 0;
      while (server.read(room, n) == Step::done) heard += as_text(std::span{room}.first(n));
    });
    return heard;
  }

 private:
  template <class Taken> static void carry(Engine& from, Engine& to, Taken taken) {
    for (auto output = from.output(); !output.empty(); output = from.output()) {
      const auto room = to.room();
      const auto n = std::min(room.size(), output.size());
      std::copy_n(output.begin(), n, room.begin());
      to.received(n);
      from.sent(n);
      taken();
    }
  }
  std::shared_ptr<const ServerContext> server_context() {
    const auto files = certificates_.issue("server");
    TlsServerSettings settings;
    settings.certificate = files.certificate;
    settings.key = files.key;
    return std::make_shared<const ServerContext>(settings);
  }
  std::shared_ptr<const ClientContext> client_context() {
    TlsClientSettings settings;
    settings.ca_file = certificates_.authority();
    return std::make_shared<const ClientContext>(settings);
  }

  Certificates certificates_;
  Connection server_{server_context()}, client_{client_context(), "localhost"};

 public:
  Engine& server = server_.engine;
  Engine& client = client_.engine;
};

TEST(TlsEngine, KeepsLittleRoomWhileLittleIsSaid) {
  Engines ends;
  EXPECT_EQ(ends.say("NOOP\r\n"), "NOOP\r\n");
  EXPECT_LE(ends.server.room().size(), 128u) << "whatever the handshake took";
  const std::string command = "STOR " + std::string(3000, 'x') + "\r\n";
  EXPECT_EQ(ends.say(command), command);
  EXPECT_EQ(ends.say("NOOP\r\n"), "NOOP\r\n");
  EXPECT_LE(ends.server.room().size(), 128u);
}

TEST(TlsEngine, KeepsRoomForAWholeClientHelloOnADataConnection) {
  Engines ends;
  ends.server.keep_buffers();
  const auto room = ends.server.room().size();
  EXPECT_GE(room, 2048u);
  EXPECT_EQ(ends.say("little"), "little");
  EXPECT_EQ(ends.server.room().size(), room);
}

TEST(TlsEngine, TakesMoreAtATimeWhereMuchComes) {
  Engines ends;
  const std::string text(200'000, 'x');
  EXPECT_TRUE(ends.say(text) == text);
  EXPECT_EQ(ends.server.room().size(), Engine::largest_input);
}

}  // namespace
