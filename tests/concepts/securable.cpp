#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <gtest/gtest.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/error_of.hpp"

// A second implementation of what TlsTransport does, by nothing but what the concepts say. It keeps no secret from
// anybody who can count to 255, but its handshakes, ends and identities are as those of TLS.

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// Who somebody claims to be, and is believed: a certificate.
struct Name {
  struct Print {
    std::string text() const { return "00"; }
  };
  std::string subject, issuer, common_name;
  std::vector<std::string> names;
  Print fingerprint;
};
static_assert(CertificateOfPeer<Name>);

/// What either end shows.
struct Shown {
  std::string name;
  explicit operator bool() const { return !name.empty(); }
};

/// A stream that can be masked: then it consists of records of a length and as many bytes, all inverted; one of length
/// 0 is the goodbye. In a handshake each end sends a record with its name, the client first; it is over at each end
/// when the other's has come. That of a data connection names the control connection's client.
class MaskedStream {
 public:
  explicit MaskedStream(SimulatedTransport::Stream lower) : lower_{std::move(lower)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    return masked_ ? read_masked(room) : lower_.read_some(room);
  }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    return masked_ ? write_masked(bytes) : lower_.write_some(bytes);
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = co_await write_some(bytes);
      bytes = bytes.subspan(n);
    }
  }
  awaitable<void> finish() {
    if (masked_) {
      append({});
      co_await flush();
    }
    co_await lower_.finish();
  }
  bool has_ended() const { return lower_.has_ended(); }
  void cancel() { lower_.cancel(); }
  void close() { lower_.close(); }
  Endpoint local() const { return lower_.local(); }
  Endpoint remote() const { return lower_.remote(); }

  bool secured() const { return masked_; }
  TlsDetails details() const {
    TlsDetails told;
    if (masked_) told.version = "Mask 1";
    told.resumed = is_data_;
    return told;
  }
  std::optional<Name> peer_certificate() const {
    if (!peer_ || peer_->empty()) return std::nullopt;
    return Name{"CN=" + *peer_, "CN=" + *peer_, *peer_, {}, {}};
  }
  awaitable<void> accept_tls(const Shown& server, std::string_view heard) {
    heard_ = heard;
    return greet_second(server.name);
  }
  awaitable<void> connect_tls(const Shown& client, std::string host) {
    co_await greet_first(client.name);
    if (*peer_ != host) throw std::system_error(std::make_error_code(std::errc::permission_denied));
  }
  awaitable<void> accept_tls(MaskedStream& control) {
    is_data_ = true;
    return greet_for(greet_second(control.own_), *control.peer_);
  }
  awaitable<void> connect_tls(MaskedStream& control) {
    is_data_ = true;
    return greet_for(greet_first(control.own_), *control.peer_);
  }
  void belongs_to(std::optional<std::string>) {}
  void prepare_data() {}

 private:
  static constexpr std::size_t longest = 255;

  awaitable<void> greet_first(std::string own) {
    co_await say(std::move(own));
    co_await hear();
  }
  awaitable<void> greet_second(std::string own) {
    masked_ = true;
    co_await hear();
    co_await say(std::move(own));
  }
  awaitable<void> say(std::string own) {
    masked_ = true;
    if (!std::exchange(greeted_, true)) {
      own_ = std::move(own);
      append(as_bytes(own_ + "."));
    }
    co_await flush();
  }
  awaitable<void> hear() {
    std::array<std::byte, 1> one;
    while (hello_.empty() || hello_.back() != '.') {
      const std::size_t n = co_await read_masked(one);
      if (n == 0) throw std::system_error(std::make_error_code(std::errc::protocol_error));
      hello_ += as_text(one);
    }
    peer_ = hello_.substr(0, hello_.size() - 1);
  }
  awaitable<void> greet_for(awaitable<void> greeting, std::string peer) {
    co_await std::move(greeting);
    if (*peer_ != peer) throw std::system_error(Errc::not_resumed);
  }

  awaitable<std::size_t> read_lower(std::span<std::byte> room) {
    if (heard_.empty()) {
      const std::size_t n = co_await lower_.read_some(room);
      if (n == 0) throw std::system_error(Errc::peer_lost);
      co_return n;
    }
    const std::size_t n = std::min(room.size(), heard_.size());
    std::copy_n(as_bytes(heard_).begin(), n, room.begin());
    heard_.erase(0, n);
    co_return n;
  }
  awaitable<std::size_t> read_masked(std::span<std::byte> room) {
    if (ended_) co_return 0;
    if (left_ == 0) {
      std::array<std::byte, 1> length;
      (void)co_await read_lower(length);
      left_ = std::to_integer<std::size_t>(~length[0]);
      ended_ = left_ == 0;
      if (ended_) co_return 0;
    }
    const auto part = room.first(std::min(room.size(), left_));
    const std::size_t n = co_await read_lower(part);
    for (std::byte& byte : part.first(n)) byte = ~byte;
    left_ -= n;
    co_return n;
  }
  void append(std::span<const std::byte> bytes) {
    unsent_.push_back(~static_cast<std::byte>(bytes.size()));
    for (const std::byte byte : bytes) unsent_.push_back(~byte);
  }
  awaitable<std::size_t> write_masked(std::span<const std::byte> bytes) {
    co_await flush();  // what a write left that was cancelled
    const std::size_t n = std::min(bytes.size(), longest);
    append(bytes.first(n));
    co_await flush();
    co_return n;
  }
  awaitable<void> flush() {
    while (!unsent_.empty()) {
      const std::size_t n = co_await lower_.write_some(unsent_);
      unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(n));
    }
  }

  SimulatedTransport::Stream lower_;
  bool masked_ = false, greeted_ = false, ended_ = false, is_data_ = false;
  std::string own_, heard_, hello_;
  std::optional<std::string> peer_;
  std::vector<std::byte> unsent_;
  std::size_t left_ = 0;  // of the record that is being read
};

class MaskedTransport : public SimulatedTransport {
 public:
  using Stream = MaskedStream;
  class Acceptor {
   public:
    explicit Acceptor(SimulatedTransport::Acceptor lower) : lower_{std::move(lower)} {}
    awaitable<Stream> accept(const Executor& executor) {
      auto stream = co_await lower_.accept(executor);
      co_return Stream{std::move(stream)};
    }
    Endpoint endpoint() const { return lower_.endpoint(); }
    void cancel() { lower_.cancel(); }
    void close() { lower_.close(); }

   private:
    SimulatedTransport::Acceptor lower_;
  };

  MaskedTransport(const SimulatedTransport& network, std::string server, std::string client)
      : SimulatedTransport{network}, server_{std::move(server)}, client_{std::move(client)} {}
  awaitable<Stream> connect(Endpoint where, Address from) {
    auto stream = co_await SimulatedTransport::connect(where, from);
    co_return Stream{std::move(stream)};
  }
  Acceptor listen(const Executor& executor, const Endpoint& where) {
    return Acceptor{SimulatedTransport::listen(executor, where)};
  }
  const Shown& tls_server() const { return server_; }
  const Shown& tls_client() const { return client_; }

 private:
  Shown server_, client_;
};
static_assert(SecurableTransport<MaskedTransport>);

// Without any of its members it is none.
struct TellsNoCertificate : MaskedStream {
  void peer_certificate() const;
};
struct TellsCertificateInWords : MaskedStream {
  std::optional<std::string> peer_certificate() const;
};
struct IsNotPrepared : MaskedStream {
  int prepare_data();
};
struct IsToldNoUser : MaskedStream {
  void belongs_to();
};
static_assert(!SecurableStream<TellsNoCertificate> && !SecurableStream<TellsCertificateInWords>);
static_assert(!SecurableStream<IsNotPrepared> && !SecurableStream<IsToldNoUser>);
struct HasNoClient : MaskedTransport {
  void tls_client() const = delete;
};
static_assert(!SecurableTransport<HasNoClient> && !SecurableTransport<SimulatedTransport>);

/// A server, clients of it, and what the server saw.
class OwnTls : public testing::Test {
 protected:
  OwnTls() {
    server.listen("127.0.0.1", 21);
    server.listen("127.0.0.1", 990, Beginning::implicit_tls);
  }
  ~OwnTls() override {
    server.stop();
    network.advance(1h);
    EXPECT_EQ(network.open_streams(), 0u);
  }
  static UserTable users() {
    UserTable made;
    made.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret"), {}, "her machine"});
    return made;
  }
  void hold_a_session(const std::string& url, const std::string& claimed) {
    MaskedTransport ours{network, "", claimed};
    auto client = network.run(connect(ours, url));
    EXPECT_EQ(client.tls().version, "Mask 1");
    EXPECT_EQ(client.peer_certificate()->common_name, "localhost");
    const std::string sent(100'000, 'x');
    TextSource source{sent};
    network.run(client.upload(source, "/b.txt"));
    TextSink got;
    network.run(client.download("/b.txt", got));
    EXPECT_TRUE(got.text() == sent);
    EXPECT_EQ(network.run(client.list()).size(), 2u);
    network.run(client.quit());
  }

  struct Seen {
    std::vector<std::string> words;
    std::vector<std::error_code> failures;
    int controls = 0, data = 0;
  };
  struct Watch {
    Seen* seen;
    void operator()(const CommandSeen& command) const {
      seen->words.push_back(std::string{command.verb} + ' ' + std::string{command.argument});
    }
    void operator()(const ReplySeen& reply) const {
      if (reply.reply.code() == 232) seen->words.push_back("232");
    }
    void operator()(const ConnectionSecured& connection) const {
      ++(connection.data ? seen->data : seen->controls);
      EXPECT_EQ(connection.tls.version, "Mask 1");
    }
    void operator()(const HandshakeFailed& handshake) const { seen->failures.push_back(handshake.error); }
  };
  bool saw(const std::string& words) const { return std::count(seen.words.begin(), seen.words.end(), words) > 0; }

  SimulatedNetwork network{7};
  MaskedTransport served{network, "localhost", ""};
  Seen seen;
  ServerOf<MaskedTransport, MemoryStorage, UserTable, Watch> server{served, MemoryStorage{{"/a.txt", "hello"}}, users(),
                                                                    TlsPolicy::required, Watch{&seen}};
};

TEST_F(OwnTls, HoldsAWholeSession) {
  hold_a_session("ftpes://anna:secret@localhost:21", "");
  EXPECT_TRUE(saw("AUTH TLS") && saw("PBSZ 0") && saw("PROT P") && saw("USER anna") && saw("QUIT "));
  EXPECT_FALSE(saw("232"));
  EXPECT_EQ(seen.controls, 1);
  EXPECT_EQ(seen.data, 3);
  EXPECT_TRUE(seen.failures.empty());
}

TEST_F(OwnTls, HoldsASessionFromTheFirstByteOn) {
  hold_a_session("ftps://anna:secret@localhost:990", "");
  EXPECT_FALSE(saw("AUTH TLS"));
  EXPECT_EQ(seen.data, 3);
}

TEST_F(OwnTls, LetsACertificateIn) {
  hold_a_session("ftpes://anna@localhost:21", "her machine");
  EXPECT_TRUE(saw("232"));
}

TEST_F(OwnTls, IsTheSameHoweverTheBytesAreSplit) {
  network.conditions().split = Split::every_byte;
  hold_a_session("ftpes://anna:secret@localhost:21", "");
  EXPECT_EQ(seen.data, 3);
}

TEST_F(OwnTls, TellsTheCallerWhyAHandshakeFailed) {
  MaskedTransport ours{network, "", ""};
  EXPECT_EQ(error_of([&] { network.run(connect(ours, "ftpes://anna:secret@127.0.0.1:21")); }),
            std::make_error_code(std::errc::permission_denied));
  EXPECT_FALSE(saw("USER anna"));
}

}  // namespace
