#pragma once
#include <asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>

#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// Waits for signals until the server has stopped. Handle: what stops and cuts a server that may be gone.
template <class Handle> class StopSignals : public std::enable_shared_from_this<StopSignals<Handle>> {
 public:
  StopSignals(const Executor& executor, Handle server, Duration breath)
      : signals_{executor, SIGINT, SIGTERM}, server_{std::move(server)}, breath_{breath} {}

  void await() {
    signals_.async_wait([self = this->shared_from_this()](std::error_code error, int) {
      if (!error) self->take();
    });
  }
  void rest() {
    std::error_code ignored;
    signals_.cancel(ignored);
    signals_.clear(ignored);
  }

 private:
  void take() {
    const Time now = std::chrono::steady_clock::now();
    if (!std::exchange(came_, true)) {
      first_ = now;
      server_.stop();
    } else if (now - first_ >= breath_) {
      return server_.cut();
    }
    await();
  }

  asio::signal_set signals_;
  const Handle server_;
  const Duration breath_;
  Time first_{};
  bool came_ = false;
};

template <class Server, class Signals> awaitable<void> rest_when_stopped(awaitable<Server> stopped, Signals signals) {
  Settled<Server> ignored;
  co_await settle(std::move(stopped), ignored);
  signals->rest();
}

}  // namespace detail

/// Stops a server at SIGINT (Ctrl-C) or SIGTERM, in an orderly way: `Server::stop`. The second signal cuts what is left
/// at once. Within `breath` of the first it is taken for the same one, which some programs deliver twice.
///
///     ftplike::stop_on_signals(network, server);
///     network.run();
///
/// It waits for signals until the server has stopped, and keeps no loop running after that. Then they have their usual
/// effect again.
///
/// **Lifetime:** the server may go before. **Threads:** any; on the transport's own loops and on the user's.
template <Transport T, class Server>
void stop_on_signals(T& network, Server& server, Duration breath = std::chrono::milliseconds{200}) {
  const Executor main = main_executor_of(network);
  using Signals = detail::StopSignals<decltype(server.handle())>;
  const auto signals = std::make_shared<Signals>(main, server.handle(), breath);
  start_on(main, detail::rest_when_stopped(server.stopped(), signals));
  signals->await();
}

}  // namespace ftplike::inline v0_2
