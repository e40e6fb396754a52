#include <gtest/gtest.h>

#include <ftplike/client.hpp>
#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

namespace {
using namespace ftplike;

// [channel]
/// The least that makes data connections: the client waits at one port, whatever the transfer, and the server connects to it.
struct OnePort {
  static constexpr std::uint16_t port = 51000;
  template <class Table> using AddTo = Table;  // no verb negotiates it

  template <Transport T> class ServerEnd {
   public:
    bool armed() const { return true; }
    bool announces() const { return false; }
    void disarm() {}
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      const Reply opening{150, std::move(text)};
      co_await session.preliminary(opening);
      const Endpoint where{session.peer().address(), port};
      const Address from = session.control().local().address();
      typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
      co_return co_await session.network().connect(where, from);
    }
  };

  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const Executor executor = co_await asio::this_coro::executor;
      auto acceptor = client.network().listen(executor, Endpoint{client.local().address(), port});
      (void)co_await client.begin(std::move(command));
      co_return co_await client.accept_data(std::move(acceptor));
    }
  };
};
// [/channel]
static_assert(DataChannel<OnePort, SimulatedTransport>);

struct HasNoServerEnd {};
struct CannotBeDisarmed {
  template <Transport T> struct ServerEnd {
    bool armed() const;
    bool announces() const;
  };
};
static_assert(!DataChannel<HasNoServerEnd, SimulatedTransport> && !DataChannel<CannotBeDisarmed, SimulatedTransport>);

// [use]
struct OverOnePort : FtpLike {
  using DataChannel = OnePort;
};
// [/use]

TEST(DataChannelConcept, TwentyLinesMakeAServerOfAnotherKind) {
  SimulatedNetwork network{1};
  Server server{network, OverOnePort{}, MemoryStorage{{"/a.txt", "hello"}}};
  const Endpoint door = server.listen("127.0.0.1", 3456);
  auto waiting = network.listen_raw({asio::ip::address_v4::loopback(), OnePort::port});
  auto client = network.dial(door);
  client.type("RETR a.txt\r\nQUIT\r\n");
  network.settle();
  EXPECT_EQ(client.text(),
            "220 FTP Server Ready\r\n"
            "150 Opening data connection for a.txt (5 bytes).\r\n"
            "226 Download complete\r\n"
            "221 Goodbye\r\n");
  EXPECT_EQ(waiting.take().text(), "hello");
}

TEST(DataChannelConcept, BringsItsClient) {
  SimulatedNetwork network{1};
  Server server{network, OverOnePort{}, MemoryStorage{{"/a.txt", "hello"}}};
  server.listen("127.0.0.1", 3456);
  auto client = network.run(ftplike::connect<OnePort>(network, Url{"127.0.0.1", 3456}));
  TextSink text;
  network.run(client.transfer("RETR a.txt", text));
  EXPECT_EQ(text.text(), "hello");
}

TEST(DataChannelConcept, WaitsNoLongerThanTheServerLetsIt) {
  SimulatedNetwork network{1};
  Server server{network, OverOnePort{}, MemoryStorage{{"/a.txt", "hello"}}};
  const Endpoint door = server.listen("127.0.0.1", 3456);
  auto client = network.dial(door);
  network.settle();
  network.fail({.connect = 1}, Fault::stall);
  client.type("RETR a.txt\r\n");
  network.advance(Limits{}.connect_data);
  EXPECT_TRUE(client.text().ends_with("425 No data connection\r\n"));
}

}  // namespace
