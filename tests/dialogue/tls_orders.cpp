// The handshake of a data connection and the command that needs it, whichever comes first, and whatever goes wrong
// with either of them.
#include <array>
#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/simulated/network.hpp>
#include <ftplike/tls.hpp>

#include "support/certificates.hpp"
#include "support/dialogue.hpp"
#include "support/identity.hpp"
#include "support/tls_peer.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;
using Network = TlsTransport<SimulatedTransport>;

const std::string content(500, 'o'), upload(500, 'n');

/// How a site is not as usual.
struct Difference {
  NetworkConditions conditions = {};
  TlsVersion version = TlsVersion::tls_1_3;
  TlsReuse reuse = TlsReuse::required;
  std::uint64_t seed = 1;
};

/// A server with the file a.txt, to whose implicitly secured port a client has come. At its end nothing may be open.
class Site {
 public:
  explicit Site(const Difference& difference = {})
      : network{difference.seed}, transport_{TlsServer{shown(difference)}, network} {
    server_.listen(door, Beginning::implicit_tls);
    control.emplace(network, network.dial(door));
    control->secure(Identity::get().client);
    EXPECT_EQ(hear().substr(0, 4), "220 ");
    network.conditions() = difference.conditions;
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site() {
    control.reset();
    server_.stop();
    network.advance(1h);
    EXPECT_EQ(server_.sessions(), 0u);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.open_acceptors(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
  }

  void type(std::string_view line) { control->type(std::string{line} + "\r\n"); }
  /// What the server has said since; nothing once the connection is lost.
  std::string hear() {
    network.settle();
    try {
      return control->text();
    } catch (const std::system_error&) { return {}; }
  }
  /// The next reply that is final, however long it takes, and only that; empty if the session ends before it.
  std::string final_reply() {
    for (int patience = 0; patience < 2000; ++patience) {
      heard_ += hear();
      while (heard_.starts_with('1') && heard_.find('\n') != heard_.npos) heard_.erase(0, heard_.find('\n') + 1);
      if (const auto end = heard_.find("\r\n"); end != heard_.npos) {
        const std::string reply = heard_.substr(0, end);
        heard_.erase(0, end + 2);
        return reply;
      }
      if (control->ended()) return {};
      if (data) take();
      network.advance(patience < 1000 ? Duration{1ms} : Duration{1s});
    }
    ADD_FAILURE() << "neither an answer nor an end";
    return {};
  }
  std::string say(std::string_view line) {
    type(line);
    return final_reply();
  }
  std::uint16_t passive() {
    const auto reply = say("EPSV");
    return reply.starts_with("229") ? Dialogue::port_of(reply) : std::uint16_t{0};
  }
  TlsPeer dial(std::uint16_t port, const Address& from = {}) {
    return {network, network.dial({asio::ip::address_v4::loopback(), port}, from)};
  }
  /// Connects for a transfer and lets the handshake begin; with what is to be uploaded behind it.
  void connect(std::uint16_t port, std::string_view bytes = {}) {
    received.clear();
    data.emplace(dial(port));
    data->begin_to_secure(*control);
    if (bytes.empty()) return;
    data->type(bytes);
    data->finish();
  }
  /// All that comes over the data connection until it ends.
  std::string fetched(std::string_view command = "RETR a.txt") {
    connect(passive());
    EXPECT_EQ(say(command).substr(0, 3), "226");
    return rest();
  }
  std::string rest() {
    for (int i = 0; i < 1000 && !data->ended(); ++i) {
      network.advance(1ms);
      take();
    }
    take();
    return received;
  }
  void expect_in_step() {
    EXPECT_EQ(say("PBSZ 0").substr(0, 3), "200");
    EXPECT_EQ(fetched(), content);
  }
  std::optional<std::string> stored() const { return files_.text("/b.txt"); }

  static inline const Endpoint door{asio::ip::address_v4::loopback(), 990};
  SimulatedNetwork network;
  std::optional<TlsPeer> control, data;
  std::string received;  // over the data connection

 private:
  static TlsServerSettings shown(const Difference& difference) {
    TlsServerSettings settings = Identity::get().server;
    settings.reuse = difference.reuse;
    settings.oldest = settings.newest = difference.version;
    return settings;
  }
  void take() {
    try {
      received += data->text();
    } catch (const std::system_error&) {  // its handshake failed, or a record was cut
    }
  }

  Network transport_;
  MemoryStorage files_{{"/a.txt", content}};
  ServerOf<Network, MemoryStorage, UserTable> server_{
      transport_, Ftp{}, files_, UserTable{Anonymous{.without_login = "write"}}};
  std::string heard_;
};

TEST(TlsOrders, CarryFilesWheneverTheCommandComes) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const auto split : {Split::nowhere, Split::every_byte}) {
      for (int at = -45; at <= 60; at += 5) {  // ms after the client has connected; a flight takes 10 ms
        SCOPED_TRACE(at);
        Site site{{.conditions = {.split = split, .delay = 10ms}, .version = version}};
        for (const std::string_view command : {"RETR a.txt", "STOR b.txt", "MLSD"}) {
          const auto bytes = command.starts_with("STOR") ? std::string_view{upload} : std::string_view{};
          const auto number = site.passive();
          if (at < 0) {
            site.type(command);
            site.network.advance(-at * 1ms);
          }
          site.connect(number, bytes);
          if (at >= 0) {
            site.network.advance(at * 1ms);
            site.type(command);
          }
          EXPECT_EQ(site.final_reply().substr(0, 3), "226") << command;
          const auto received = site.rest();
          EXPECT_TRUE(site.data->resumed());
          EXPECT_TRUE(site.data->said_goodbye());
          if (command.starts_with("RETR")) { EXPECT_EQ(received, content); }
          if (command.starts_with("MLSD")) { EXPECT_NE(received.find(" b.txt\r\n"), received.npos); }
        }
        EXPECT_EQ(site.stored(), upload);
      }
    }
  }
}

/// What a client that begins a handshake says first.
std::string client_hello() {
  detail::tls::Connection connection{std::make_shared<const TlsPeer::Context>(Identity::get().client), "localhost"};
  (void)connection.engine.shake_hands();
  return std::string{as_text(connection.engine.output())};
}

TEST(TlsOrders, EndATransferWhoseHandshakeNeverEndsAndGoOn) {
  const std::string hello = client_hello();
  for (const bool command_first : {false, true}) {
    for (const std::size_t said : {std::size_t{0}, std::size_t{3}, hello.size() / 2, hello.size()}) {
      SCOPED_TRACE(said);
      Site site;
      EXPECT_EQ(site.say("PROT P").substr(0, 3), "200");  // so it knows of TLS, and has time
      const auto number = site.passive();
      if (command_first) site.type("STOR b.txt");
      TlsPeer silent = site.dial(number);
      silent.type(hello.substr(0, said));
      site.network.advance(14s);
      if (!command_first) site.type("STOR b.txt");
      EXPECT_EQ(site.hear().substr(0, 4), "150 ");
      site.network.advance(command_first ? 0s : 14s);
      EXPECT_EQ(site.hear(), "") << "the limit has run from the command on";
      site.network.advance(2s);
      EXPECT_EQ(site.hear(), "425 No data connection: no TLS handshake came\r\n");
      EXPECT_TRUE(silent.ended());
      EXPECT_FALSE(site.stored());
      site.expect_in_step();
    }
  }
}

TEST(TlsOrders, GiveAHandshakeNoMoreTimeForEachByteThatComes) {
  for (const bool command_first : {false, true}) {
    Site site;
    const auto number = site.passive();
    if (command_first) site.type("RETR a.txt");
    TlsPeer slow = site.dial(number);
    if (!command_first) site.type("RETR a.txt");
    for (const char byte : client_hello().substr(0, 20)) {
      slow.type(std::string{byte});
      site.network.advance(1s);
    }
    EXPECT_EQ(Dialogue::code_of(site.hear()), 425);
    EXPECT_TRUE(slow.ended());
    site.expect_in_step();
  }
}

TEST(TlsOrders, CloseTheConnectionOfAClientThatNeverSaysWhatItIsFor) {
  for (const bool secured : {false, true}) {
    Site site;
    const auto number = site.passive();
    TlsPeer idle = site.dial(number);
    if (secured) idle.secure(*site.control);
    site.network.advance(29s);
    EXPECT_FALSE(idle.ended());
    site.network.advance(2s);
    EXPECT_TRUE(idle.ended());
    EXPECT_EQ(site.say("RETR a.txt"), "425 No data connection");
    site.expect_in_step();
  }
}

TEST(TlsOrders, TurnStrangersAwayWhoComeFirst) {
  const std::string hello = client_hello();
  for (const bool command_first : {false, true}) {
    for (const std::size_t said : {std::size_t{0}, std::size_t{3}, hello.size()}) {
      SCOPED_TRACE(said);
      Site site;
      const auto number = site.passive();
      if (command_first) site.type("RETR a.txt");
      std::vector<TlsPeer> strangers;
      for (const auto* const from : {"127.0.0.9", "127.0.0.10", "127.0.0.9"}) {
        strangers.push_back(site.dial(number, address(from)));
        strangers.back().type(hello.substr(0, said));
      }
      site.connect(number);
      if (!command_first) site.type("RETR a.txt");
      EXPECT_EQ(site.final_reply().substr(0, 3), "226");
      EXPECT_EQ(site.rest(), content);
      for (auto& stranger : strangers) {
        EXPECT_TRUE(stranger.ended());
        EXPECT_EQ(stranger.text(), "") << "not a byte is for them";
      }
    }
  }
}

TEST(TlsOrders, TakeTheFirstOfTwoConnectionsAndNoOther) {
  for (const bool command_first : {false, true}) {
    for (const bool secures_second : {false, true}) {
      Site site;
      const auto number = site.passive();
      if (command_first) site.type("RETR a.txt");
      site.connect(number);
      TlsPeer second = site.dial(number);  // the server has accepted neither
      if (secures_second) second.begin_to_secure(*site.control);
      if (!command_first) site.type("RETR a.txt");
      EXPECT_EQ(site.final_reply().substr(0, 3), "226");
      EXPECT_EQ(site.rest(), content);
      EXPECT_TRUE(second.ended());
      EXPECT_THROW(site.dial(number), std::system_error) << "a third";
      site.expect_in_step();
    }
  }
}

TEST(TlsOrders, AreLeftByAborAtAnyMoment) {
  bool aborted = false, completed = false;
  for (const std::string_view command : {"RETR a.txt", "STOR b.txt"}) {
    for (int at = -25; at <= 45; at += 10) {  // ms after the connection
      for (int later = 0; later <= 60; later += 5) {
        SCOPED_TRACE(std::to_string(at) + ", " + std::to_string(later));
        Site site{{.conditions = {.delay = 10ms}}};
        const auto number = site.passive();
        const auto bytes = command.starts_with("STOR") ? std::string_view{upload} : std::string_view{};
        int now = std::min(at, 0);
        const auto wait_until = [&](int when) {
          site.network.advance((when - now) * 1ms);
          now = when;
        };
        bool connected = false;
        const auto connect_by = [&](int when) {
          if (connected || when < 0) return;
          wait_until(0);
          connected = true;
          try {
            site.connect(number, bytes);
          } catch (const std::system_error&) {  // the port is closed again
          }
        };
        connect_by(at);
        wait_until(at);
        site.type(command);
        connect_by(at + later);
        wait_until(at + later);
        site.type("ABOR");
        const auto of_transfer = site.final_reply().substr(0, 3), of_abort = site.final_reply().substr(0, 3);
        connect_by(60);
        const bool whole = of_transfer == "226";
        EXPECT_TRUE(whole || of_transfer == "426") << of_transfer;
        EXPECT_TRUE(of_abort == "226" || (whole && of_abort == "225")) << of_abort;
        (whole ? completed : aborted) = true;
        EXPECT_EQ(site.stored(), whole && !bytes.empty() ? std::optional{upload} : std::nullopt);
        EXPECT_EQ(site.hear(), "") << "one reply each";
        site.expect_in_step();
      }
    }
  }
  EXPECT_TRUE(aborted && completed);
}

/// When the command is said: once the handshake is done, while it begins, before the client connects.
enum class Order { handshake_first, together, command_first };

/// A transfer in that order, over a network that may fail at any of its operations; gives its final reply.
std::string transfer(Site& site, Order order, std::string_view command, std::string_view bytes) {
  const auto number = site.passive();
  if (order == Order::command_first) {
    site.type(command);
    site.network.settle();
  }
  try {
    if (number != 0) site.connect(number, bytes);
  } catch (const std::system_error&) {  // the port is closed again
  }
  if (order == Order::handshake_first) site.network.settle();
  if (order != Order::command_first) site.type(command);
  return site.final_reply();
}

/// Plays a transfer with a fault at its n-th operation. Gives whether it came so far.
bool play(Order order, std::uint64_t n, Fault fault, bool sends, const NetworkConditions& conditions) {
  Site site{{.conditions = conditions, .seed = n}};
  const auto first = site.network.operations();
  site.network.fail({.operation = n}, fault);
  const auto reply = transfer(site, order, sends ? "STOR b.txt" : "RETR a.txt", sends ? upload : std::string_view{});
  const bool met = site.network.operations() >= first + n;
  const bool complete = reply.starts_with("226");
  EXPECT_TRUE(complete || met) << reply;
  if (sends && !reply.empty()) { EXPECT_EQ(site.stored(), complete ? std::optional{upload} : std::nullopt) << reply; }
  if (sends) { EXPECT_EQ(site.stored().value_or(upload), upload) << "whole or none"; }
  // A client of TLS that breaks the connection behind the last byte has left without hearing our goodbye.
  const bool may_be_told = fault != Fault::end && fault != Fault::reset && fault != Fault::refuse;
  if (!sends && complete && (may_be_told || !met)) { EXPECT_EQ(site.rest(), content); }
  // Of a control connection that is never heard again nothing can come but the session's end.
  const bool goes_on = !site.control->ended() && (fault != Fault::stall || !site.say("NOOP").empty());
  if (met && goes_on) site.expect_in_step();
  return met;
}

class TlsOrderFaults : public testing::TestWithParam<std::tuple<Order, Fault, bool>> {};

TEST_P(TlsOrderFaults, AtEveryOperationLeaveWholeFilesAndTheSessionInStep) {
  const auto [order, fault, sends] = GetParam();
  std::uint64_t n = 1;
  for (bool met = true; met && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    met = play(order, n, fault, sends, {});
  }
  EXPECT_GT(n, 10u);
}

TEST_P(TlsOrderFaults, AlsoWhereEveryByteComesAlone) {
  const auto [order, fault, sends] = GetParam();
  std::uint64_t n = 1;
  for (bool met = true; met && !HasFailure(); n += 37) {
    SCOPED_TRACE(n);
    met = play(order, n, fault, sends, {.split = Split::every_byte, .interleave = true});
  }
  EXPECT_GT(n, 500u);
}

INSTANTIATE_TEST_SUITE_P(Each, TlsOrderFaults,
                         testing::Combine(testing::Values(Order::handshake_first, Order::together, Order::command_first),
                                          testing::Values(Fault::reset, Fault::end, Fault::refuse, Fault::stall),
                                          testing::Bool()));

}  // namespace
