// A session that waits for a command without a coroutine, where there is no memory to wait: it ends, and nobody is harmed.
#include <ftplike/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <gtest/gtest.h>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// A network in which there may be no memory for a read that no coroutine waits for.
class FullNetwork : public SimulatedNetwork {
 public:
  class Stream : public SimulatedStream {
   public:
    Stream(SimulatedStream stream, FullNetwork& network) : SimulatedStream{std::move(stream)}, network_{&network} {}
    template <class Then> void read_then(std::span<std::byte> room, detail::ReadHandler<Then> handler) {
      if (network_->is_full) throw std::bad_alloc();
      const auto n = std::make_shared<std::size_t>(0);
      const auto slot = handler.get_cancellation_slot();
      start_on(network_->executor(), detail::read_into<SimulatedStream>(*this, room, *n), slot,
               [n, handler = std::move(handler)](std::exception_ptr failure) mutable {
                 handler(failure ? code_of(std::move(failure)) : std::error_code{}, *n);
               });
    }
    std::optional<std::size_t> bytes_of_read(std::span<std::byte>, const detail::ReadResult& result) const {
      if (result.error) throw std::system_error(result.error);
      return result.bytes;
    }

   private:
    FullNetwork* network_;
  };
  class Acceptor {
   public:
    Acceptor(SimulatedAcceptor acceptor, FullNetwork& network) : acceptor_{std::move(acceptor)}, network_{&network} {}
    awaitable<Stream> accept(const Executor& executor) {
      SimulatedStream accepted = co_await acceptor_.accept(executor);
      co_return Stream{std::move(accepted), *network_};
    }
    Endpoint endpoint() const { return acceptor_.endpoint(); }
    void cancel() { acceptor_.cancel(); }
    void close() { acceptor_.close(); }

   private:
    SimulatedAcceptor acceptor_;
    FullNetwork* network_;
  };
  using SimulatedNetwork::SimulatedNetwork;
  awaitable<Stream> connect(Endpoint where, Address from = {}) {
    SimulatedStream connected = co_await SimulatedNetwork::connect(where, from);
    co_return Stream{std::move(connected), *this};
  }
  Acceptor listen(const Executor& executor, const Endpoint& where) {
    return {SimulatedNetwork::listen(executor, where), *this};
  }
  bool is_full = false;
};

/// A server, as many sessions as keep their coroutine while they wait, and one more.
class FullServer {
 public:
  explicit FullServer(std::uint64_t seed) : network_{seed}, server_{network_, MemoryStorage{}, users(), Ends{&ends_}} {
    door_ = server_.listen("127.0.0.1", 2121);
    while (others_.size() < detail::most_waiting_coroutines) others_.push_back(network_.dial(door_));
    network_.settle();
    client_.emplace(network_.dial(door_));
    network_.settle();
    (void)client_->text();
  }
  /// What the client hears when it says this, which is done without a memory for another wait.
  std::string say_to_the_end(std::string_view lines) {
    network_.is_full = true;
    client_->type(lines);
    network_.advance(10s);
    return client_->text();
  }
  bool client_has_lost() const { return client_->ended(); }
  const std::vector<std::error_code>& ends() const { return ends_; }
  /// How many sessions are left when the server has stopped.
  std::size_t stop() {
    server_.stop();
    network_.advance(1h);
    return server_.sessions();
  }

 private:
  static UserTable users() {
    UserTable users;
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    return users;
  }
  struct Ends {
    void operator()(const SessionClosed& event) const { ends->push_back(event.error); }
    std::vector<std::error_code>* ends;
  };
  FullNetwork network_;
  std::vector<std::error_code> ends_;
  ServerOf<FullNetwork, MemoryStorage, UserTable, Ends> server_;
  Endpoint door_;
  std::deque<SimulatedPeer> others_;
  std::optional<SimulatedPeer> client_;
};

TEST(SessionWithoutMemoryToWait, EndsAloneAndItsObserverIsTold) {
  FullServer it{1};
  EXPECT_EQ(it.say_to_the_end("NOOP\r\n"), "200 OK\r\n");
  EXPECT_TRUE(it.client_has_lost());
  EXPECT_EQ(it.ends(), (std::vector<std::error_code>{std::make_error_code(std::errc::not_enough_memory)}));
  EXPECT_EQ(it.stop(), 0u);
}

TEST(SessionWithoutMemoryToWait, EndsOnlyWhenItWatchesNoMore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    FullServer it{seed};
    // The pause after the wrong password has the coroutine go on from the event loop; RETR watches, and waits for nothing.
    const std::string heard = it.say_to_the_end("USER anna\r\nPASS wrong\r\nUSER anna\r\nPASS secret\r\nRETR missing\r\n");
    EXPECT_NE(heard.find("\n550"), heard.npos) << heard;
    EXPECT_TRUE(it.client_has_lost());
    EXPECT_EQ(it.ends().size(), 1u);
    EXPECT_EQ(it.stop(), 0u);
  }
}

}  // namespace
