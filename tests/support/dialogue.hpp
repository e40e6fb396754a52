#pragma once
// A client made by hand, which says and hears exactly what the test says.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "support/server.hpp"

inline ftplike::Address address(std::string_view text) { return asio::ip::make_address(text); }

/// What a session says to the ABOR that ends a transfer.
inline constexpr std::string_view abor_replies = "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n";

/// A client of the server that `serve` started, from the moment on that it has heard the greeting. The network settles
/// after everything that it says.
class Dialogue {
 public:
  explicit Dialogue(TestNetwork& network, std::string_view from = "127.0.0.1", std::string_view to = "127.0.0.1")
      : network_{network}, from_{address(from)}, to_{address(to)}, control_{open(TestServer::port)} {
    greeting = hear();
  }

  /// A line, and what the server says to it.
  std::string say(std::string_view line) {
    type(std::string{line} + "\r\n");
    return hear();
  }
  /// The code of the last line that the server says to it; 0 for silence.
  int code(std::string_view line) { return code_of(say(line)); }
  static int code_of(std::string_view replies) {
    if (replies.empty()) return 0;
    const auto before = replies.substr(0, replies.size() - 2).rfind('\n');
    return std::stoi(std::string{replies.substr(before == replies.npos ? 0 : before + 1, 3)});
  }
  /// Bytes as they are.
  void type(std::string_view bytes) {
    control_.type(bytes);
    network_.settle();
  }
  /// What the server has said since.
  std::string hear() {
    std::string all;
    for (std::string piece{'x'}; !piece.empty(); all += piece) {
      network_.settle();
      piece = control_.text();
    }
    return all;
  }
  /// What the server has said when the time is over.
  std::string hear_after(ftplike::Duration time) {
    network_.advance(time);
    return hear();
  }
  /// Whether the server has closed the connection.
  bool ended() const { return control_.ended(); }

  Dialogue& log_in(std::string_view user = "anna", std::string_view password = "secret") {
    say("USER " + std::string{user});
    EXPECT_EQ(say("PASS " + std::string{password}), "230 Logged in\r\n");
    return *this;
  }
  Dialogue& binary() {
    EXPECT_EQ(say("TYPE I"), "200 Type is binary\r\n");
    return *this;
  }
  /// The port of an EPSV.
  std::uint16_t passive() { return port_of(say("EPSV")); }
  static std::uint16_t port_of(std::string_view reply) {
    const auto digits = reply.substr(std::min(reply.size(), reply.find_first_of("0123456789", 4)));
    EXPECT_NE(digits, "") << reply;
    return digits.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoul(std::string{digits}));
  }

  /// A connection to that port of the server.
  TestPeer open(std::uint16_t port) { return network_.dial({to_, port}, from_); }
  /// All that comes over a data connection to that port, which is closed then, as most clients do.
  std::string data(std::uint16_t port) {
    auto connection = open(port);
    return all_of(connection);
  }
  std::string all_of(TestPeer& connection) {
    std::string all;
    for (std::string piece{'x'}; !piece.empty(); all += piece) {
      network_.settle();
      piece = connection.text();
    }
    EXPECT_TRUE(connection.ended());
    connection.hang_up();
    return all;
  }
  /// Sends this over a data connection to that port, and ends it.
  void put(std::uint16_t port, std::string_view bytes) {
    auto connection = open(port);
    connection.type(bytes);
    connection.finish();
    network_.settle();
  }
  /// A whole RETR, LIST, … or STOR, STOU, APPE over a new passive connection: the bytes, or the final reply.
  std::string fetch(std::string_view command) {
    const auto port = passive();
    const auto opening = say(command);
    if (!opening.starts_with("150")) return opening;
    auto bytes = data(port);
    EXPECT_EQ(hear().substr(0, 4), "226 ");
    return bytes;
  }
  std::string store(std::string_view command, std::string_view bytes) {
    const auto port = passive();
    const auto opening = say(command);
    if (!opening.starts_with("150")) return opening;
    put(port, bytes);
    return hear();
  }

  TestPeer& control() { return control_; }

  std::string greeting;

 private:
  TestNetwork& network_;
  ftplike::Address from_, to_;
  TestPeer control_;
};
