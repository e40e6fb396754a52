#pragma once
// A connection over real sockets, of which the test has both ends.
#include <optional>
#include <system_error>
#include <utility>

#include <ftplike/io/tcp.hpp>
#include <support/started.hpp>

/// The two ends of a connection, on the test's own loop.
struct TcpPair {
  static inline const ftplike::Endpoint any_port{asio::ip::address_v4::loopback(), 0};

  TcpPair() {
    auto acceptor = network.listen(network.executor(), any_port);
    const ftplike::Executor executor = network.executor();
    Started connecting{executor, network.connect(acceptor.endpoint())};
    Started accepting{executor, acceptor.accept(executor)};
    while (!connecting.done() || !accepting.done()) loop.run_one();
    ours.emplace(connecting.result());
    theirs.emplace(accepting.result());
  }
  template <class R> void run_until_done(const Started<R>& operation) {
    loop.restart();
    while (!operation.done()) loop.run_one();
  }
  template <class R> std::error_code error_of(ftplike::awaitable<R> operation) {
    Started started{network.executor(), std::move(operation)};
    run_until_done(started);
    return started.error();
  }
  asio::io_context loop;
  ftplike::TcpTransport network{loop};
  std::optional<ftplike::TcpStream> ours, theirs;
};
