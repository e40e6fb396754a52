// bench_tls [MIB]: what TLS costs a transfer over loopback, beside the same transfer in clear and beside OpenSSL with a
// blocking socket, record by record, as servers of a process a session use it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <map>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ftplike/tls/transport.hpp>

#include "../tests/support/certificates.hpp"

namespace {

using namespace ftplike;
using Stream = TlsTransport<>::Stream;

struct Cost {
  double seconds, cpu;
};
double now(clockid_t clock) {
  timespec time;
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
/// What `work` costs this thread.
template <class Work> Cost cost_of(Work work) {
  const double began = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
  work();
  return {now(CLOCK_MONOTONIC) - began, now(CLOCK_THREAD_CPUTIME_ID) - cpu};
}

struct NullSink {
  awaitable<void> write(std::span<const std::byte>) { co_return; }
  awaitable<void> finish() { co_return; }
};

class Bench {
 public:
  explicit Bench(std::size_t size) : size_{size} {
    const CertificateFiles files = certificates_.issue("server");
    server_settings_.certificate = files.certificate;
    server_settings_.key = files.key;
    client_settings_.ca_file = certificates_.authority();
    std::string name = certificates_.path("file");
    file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const std::vector<char> piece(1 << 20, 'x');
    for (std::size_t done = 0; done < size_; done += piece.size()) {
      if (::write(file_, piece.data(), piece.size()) < 0) std::abort();
    }
  }
  ~Bench() { ::close(file_); }

  /// Each figure is the best of all rounds, which a busy machine spoils least.
  void print() const {
    const double gib = static_cast<double>(size_) / (1 << 30);
    for (const auto& [what, best] : best_) {
      std::printf("%-28s %6.0f MB/s   CPU s/GiB: sender %.3f, receiver %.3f\n", what.c_str(),
                  static_cast<double>(size_) * 1e-6 / best.seconds, best.sender / gib, best.receiver / gib);
    }
  }

  /// A download from a file: the sender is ours.
  void download(bool secured) {
    report(
        secured ? "download, TLS" : "download, clear",
        [this, secured](Stream& stream) { return send(stream, secured); },
        [this, secured](Stream& stream) { return receive(stream, secured); });
  }
  /// The same, sent in the ordinary way of others.
  void download_blocking() {
    TlsTransport<> client{TlsClient{client_settings_}};
    auto acceptor = client.listen(client.executor(), {asio::ip::address_v4::loopback(), 0});
    Cost theirs{};
    std::thread other{[&] { theirs = cost_of([&] { send_blocking(acceptor.endpoint()); }); }};
    const Cost ours = cost_of([&] { run(client, accepted(acceptor, [this](Stream& s) { return receive(s, true); })); });
    other.join();
    keep("download, blocking OpenSSL", theirs, ours);
  }

 private:
  using Part = std::function<awaitable<void>(Stream&)>;

  awaitable<void> send(Stream& stream, bool secured) {
    if (secured) co_await stream.accept_tls(TlsServer{server_settings_});
    std::uint64_t position = 0;
    for (;;) {
      const std::size_t n = co_await stream.send_file(file_, position, 512 * 1024);
      if (n == 0) break;
      position += n;
    }
    co_await stream.finish();
  }
  awaitable<void> receive(Stream& stream, bool secured) {
    if (secured) co_await stream.connect_tls(TlsClient{client_settings_}, "localhost");
    NullSink nothing;
    co_await copy(stream, nothing, [](std::size_t) {});
  }
  void send_blocking(const Endpoint& where) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(socket, where.data(), static_cast<socklen_t>(where.size())) != 0) std::abort();
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(context, server_settings_.certificate.words().c_str());
    SSL_CTX_use_PrivateKey_file(context, server_settings_.key.words().c_str(), SSL_FILETYPE_PEM);
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) != 1) std::abort();
    std::vector<char> room(64 * 1024);
    for (off_t position = 0;;) {
      const auto n = ::pread(file_, room.data(), room.size(), position);
      if (n <= 0) break;
      if (SSL_write(ssl, room.data(), static_cast<int>(n)) != n) std::abort();
      position += n;
    }
    SSL_shutdown(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
    ::shutdown(socket, SHUT_WR);
    char rest[64];
    while (::read(socket, rest, sizeof rest) > 0) {}
    ::close(socket);
  }

  static awaitable<void> accepted(TlsTransport<>::Acceptor& acceptor, Part part) {
    const Executor executor = co_await asio::this_coro::executor;
    Stream stream = co_await acceptor.accept(executor);
    co_await part(stream);
  }
  static awaitable<void> connected(TlsTransport<>& network, Endpoint where, Part part) {
    Stream stream = co_await network.connect(where);
    co_await part(stream);
  }
  static void run(TlsTransport<>& network, awaitable<void> operation) {
    start_on(network.executor(), std::move(operation), {}, [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    network.run();
  }
  void report(const char* what, Part sending, Part receiving) {
    TlsTransport<> one{TlsServer{}}, other{TlsServer{}};
    auto acceptor = one.listen(one.executor(), {asio::ip::address_v4::loopback(), 0});
    Cost sender{};
    std::thread thread{[&] { sender = cost_of([&] { run(one, accepted(acceptor, sending)); }); }};
    const Cost receiver = cost_of([&] { run(other, connected(other, acceptor.endpoint(), receiving)); });
    thread.join();
    keep(what, sender, receiver);
  }
  void keep(const std::string& what, const Cost& sender, const Cost& receiver) {
    auto& best = best_.try_emplace(what, Best{sender.cpu, receiver.cpu, receiver.seconds}).first->second;
    best.sender = std::min(best.sender, sender.cpu);
    best.receiver = std::min(best.receiver, receiver.cpu);
    best.seconds = std::min(best.seconds, receiver.seconds);
  }

  struct Best {
    double sender, receiver, seconds;
  };
  const std::size_t size_;
  std::map<std::string, Best> best_;
  Certificates certificates_;
  TlsServerSettings server_settings_;
  TlsClientSettings client_settings_;
  int file_ = -1;
};

}  // namespace

int main(int count, char** words) {
  const std::size_t mebibytes = count > 1 ? std::strtoul(words[1], nullptr, 10) : 256;
  Bench bench{mebibytes << 20};
  for (int round = 0; round < 12; ++round) {
    bench.download(false);
    bench.download(true);
    bench.download_blocking();
  }
  bench.print();
}
