#include <ftplike/data_channel/negotiated.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/command/table.hpp>
#include <ftplike/simulated/network.hpp>

namespace {
using namespace ftplike;

template <class Stream> awaitable<Stream> nothing() {
  throw std::system_error(Errc::no_data_connection);
  co_return co_await nothing<Stream>();
}

/// A way that has to be negotiated, by a verb. It opens no connection, but says in whose place it would.
template <char name> struct Way {
  struct Negotiation {
    static constexpr char word[]{'W', 'A', 'Y', name, '\0'};
    static constexpr std::string_view verb{word};
    static Reply run(auto&, std::string_view) { return {200, "Done"}; }
  };
  template <class Table> using AddTo = typename Table::template With<Negotiation>;
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return is_armed; }
    bool announces() const noexcept { return false; }
    void disarm() noexcept { is_armed = false; }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      session += name + text;
      is_armed = false;
      return nothing<typename T::Stream>();
    }
    bool is_armed = false;
  };
  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      client.log += name + command;
      return nothing<typename T::Stream>();
    }
  };
};
/// One that needs no negotiation.
struct Always : Way<'c'> {
  template <class Table> using AddTo = Table;
  template <Transport T> class ServerEnd : public Way<'c'>::ServerEnd<T> {
   public:
    bool armed() const noexcept { return true; }
    bool announces() const noexcept { return true; }
  };
};
using Ways = NegotiatedChannel<Way<'a'>, Way<'b'>, Always>;
using ServerWays = Ways::ServerEnd<SimulatedNetwork>;

/// What a session, or a client, has to be for these.
struct Log : std::string {};
struct Choosy {
  template <class W> bool prefers() const { return std::is_same_v<W, Way<'a'>> ? likes_a : likes_b; }
  bool likes_a = false, likes_b = false;
  std::string log{};
};

class NegotiatedChannelTest : public testing::Test {
 protected:
  std::string opened(ServerWays& ways) {
    Log log;
    EXPECT_THROW(network_.run(ways.open(log, "!")), std::system_error);
    return log;
  }
  std::string opened(Choosy client) {
    Ways::ClientEnd<SimulatedNetwork> ways;
    EXPECT_THROW(network_.run(ways.open(client, "!")), std::system_error);
    return client.log;
  }

 private:
  SimulatedNetwork network_{1};
};

TEST_F(NegotiatedChannelTest, GoesTheWayThatNeedsNoNegotiationWhereThereWasNone) {
  ServerWays ways;
  EXPECT_TRUE(ways.armed());
  EXPECT_TRUE(ways.announces());
  EXPECT_EQ(opened(ways), "c!");
}
TEST_F(NegotiatedChannelTest, GoesTheWayThatWasNegotiatedForOneTransfer) {
  ServerWays ways;
  ways.use<Way<'b'>>().is_armed = true;
  EXPECT_TRUE(ways.armed());
  EXPECT_FALSE(ways.announces());
  EXPECT_EQ(opened(ways), "b!");
  EXPECT_EQ(opened(ways), "c!");
}
TEST_F(NegotiatedChannelTest, GoesTheWayThatWasNegotiatedLast) {
  ServerWays ways;
  ways.use<Way<'a'>>().is_armed = true;
  ways.use<Way<'b'>>().is_armed = true;
  EXPECT_EQ(opened(ways), "b!");
}
TEST_F(NegotiatedChannelTest, ForgetsWhatWasNegotiated) {
  ServerWays ways;
  ways.use<Way<'a'>>().is_armed = true;
  ways.disarm();
  EXPECT_TRUE(ways.announces());
  EXPECT_EQ(opened(ways), "c!");
}
TEST_F(NegotiatedChannelTest, IsNotArmedBeforeANegotiationWhereEveryWayNeedsOne) {
  NegotiatedChannel<Way<'a'>, Way<'b'>>::ServerEnd<SimulatedNetwork> ways;
  EXPECT_FALSE(ways.armed());
  ways.use<Way<'a'>>().is_armed = true;
  EXPECT_TRUE(ways.armed());
}
TEST_F(NegotiatedChannelTest, GoesTheFirstWayThatAClientPrefersElseTheLast) {
  EXPECT_EQ(opened(Choosy{.likes_a = true, .likes_b = true}), "a!");
  EXPECT_EQ(opened(Choosy{.likes_b = true}), "b!");
  EXPECT_EQ(opened(Choosy{}), "c!");
}
TEST_F(NegotiatedChannelTest, BringsTheVerbsOfAllItsWaysIntoTheTable) {
  using Brought = Ways::AddTo<CommandTable<>>;
  EXPECT_TRUE((std::is_same_v<Brought, CommandTable<Way<'a'>::Negotiation, Way<'b'>::Negotiation>>));
}

}  // namespace
