#include <atomic>
#include <cstdint>
#include <gtest/gtest.h>

#include <ftplike/data_channel/negotiated.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

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

// [counted]
/// A transport over another one that counts the bytes of all its connections.
template <Transport T> class Counted {
 public:
  class Stream {
   public:
    Stream(typename T::Stream stream, Counted& owner) : stream_{std::move(stream)}, owner_{&owner} {}

    awaitable<std::size_t> read_some(std::span<std::byte> room) {
      const std::size_t n = co_await stream_.read_some(room);
      owner_->bytes_ += n;
      co_return n;
    }
    awaitable<void> write(std::span<const std::byte> bytes) {
      co_await stream_.write(bytes);
      owner_->bytes_ += bytes.size();
    }
    awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
      const std::size_t n = co_await stream_.write_some(bytes);
      owner_->bytes_ += n;
      co_return n;
    }
    awaitable<void> finish() { co_await stream_.finish(); }
    bool has_ended() { return stream_.has_ended(); }
    void cancel() { stream_.cancel(); }
    void close() { stream_.close(); }
    Endpoint local() const { return stream_.local(); }
    Endpoint remote() const { return stream_.remote(); }

   private:
    typename T::Stream stream_;
    Counted* owner_;
  };

  class Acceptor {
   public:
    Acceptor(typename T::Acceptor acceptor, Counted& owner) : acceptor_{std::move(acceptor)}, owner_{&owner} {}
    awaitable<Stream> accept(Executor executor) {
      auto stream = co_await acceptor_.accept(executor);
      co_return Stream{std::move(stream), *owner_};
    }
    Endpoint endpoint() const { return acceptor_.endpoint(); }
    void cancel() { acceptor_.cancel(); }
    void close() { acceptor_.close(); }

   private:
    typename T::Acceptor acceptor_;
    Counted* owner_;
  };

  class Timer : public T::Timer {
   public:
    Timer(Counted& network, const Executor& executor) : T::Timer{network.under_, executor} {}
  };

  explicit Counted(T& under) : under_{under} {}
  std::uint64_t bytes() const { return bytes_; }

  Executor executor() { return under_.executor(); }
  Executor main_executor() { return main_executor_of(under_); }
  Executor executor_near(const Executor& executor) { return ftplike::executor_near(under_, executor); }
  std::shared_ptr<void> lifetime() const { return lifetime_of(under_); }
  awaitable<Stream> connect(Endpoint where, Address from) {
    auto stream = co_await under_.connect(where, from);
    co_return Stream{std::move(stream), *this};
  }
  Acceptor listen(const Executor& executor, const Endpoint& where) { return {under_.listen(executor, where), *this}; }
  awaitable<std::vector<Endpoint>> resolve(std::string host, std::uint16_t port) {
    co_return co_await under_.resolve(host, port);
  }
  Time now() const { return under_.now(); }
  awaitable<void> sleep_until(Time when) { co_await under_.sleep_until(when); }

 private:
  T& under_;
  std::atomic<std::uint64_t> bytes_ = 0;  // its connections may be on several threads
};
static_assert(Transport<Counted<TcpTransport>> && Transport<Counted<SimulatedNetwork>>);
// [/counted]

TEST(TransportConcept, IsThatOfATransportOverAnotherOneToo) {
  SimulatedNetwork network{1};
  Counted counted{network};
  Server server{counted, MemoryStorage{{"/a.txt", "hello"}}, DataPorts{40001, 40999}};
  const Endpoint control = server.listen("127.0.0.1", 3456);
  auto client = network.dial(control);
  client.type("RETR a.txt\r\n");
  network.settle();
  auto data = network.dial(Endpoint{control.address(), 40001});
  network.settle();
  EXPECT_EQ(data.text(), "hello");
  const std::string said = "RETR a.txt\r\n", heard = client.text();
  EXPECT_EQ(heard, "220 FTP Server Ready\r\n150 40001\r\n226 Download complete\r\n");
  EXPECT_EQ(counted.bytes(), said.size() + heard.size() + 5);
}

template <Transport T> Time later(T& network) { return network.now() + std::chrono::seconds{1}; }

TEST(TransportConcept, TellsTheTimeOfItsOwnClock) {
  TcpTransport network;
  EXPECT_GT(later(network), network.now());
}

}  // namespace
