#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/io/within.hpp>
#include <ftplike/observers/metrics.hpp>

namespace ftplike::inline v0_2 {

/// Answers `GET /metrics` over HTTP with a server's metrics, one request at a time. It protects nothing: give it an
/// address that only those reach who may know.
///
/// **Lifetime:** the transport outlives it and runs until `stop`. **Threads:** `stop` from any.
template <Transport T> class MetricsPage {
 public:
  MetricsPage(T& network, Metrics metrics) : state_{std::make_shared<State>(network, std::move(metrics))} {}
  MetricsPage(MetricsPage&&) = delete;
  ~MetricsPage() { stop(); }

  /// Answers there from now on; port 0 lets the system choose. Gives the address that it became.
  ///
  /// **Errors:** `std::system_error` if the address cannot be had.
  Endpoint listen(const Endpoint& where) {
    auto acceptor = std::make_unique<Acceptor>(state_->network.listen(state_->main, where));
    const Endpoint became = acceptor->endpoint();
    call_on(state_->main, [state = state_, acceptor = std::shared_ptr<Acceptor>{std::move(acceptor)}] {
      state->acceptor = acceptor;
      start_on(state->main, answer_all(state));
    });
    return became;
  }
  /// Answers no more, so that the transport can come to its end.
  void stop() {
    call_on(state_->main, [state = state_] {
      state->stopping = true;
      if (state->acceptor) state->acceptor->cancel();
    });
  }

 private:
  using Acceptor = typename T::Acceptor;
  struct State {
    State(T& its_network, Metrics its_metrics)
        : network{its_network}, main{main_executor_of(its_network)}, metrics{std::move(its_metrics)} {}
    T& network;
    const Executor main;
    const Metrics metrics;
    std::shared_ptr<Acceptor> acceptor;
    bool stopping = false;
  };
  static constexpr std::chrono::seconds patience{5};

  static awaitable<void> answer_all(std::shared_ptr<State> state) {
    bool failed = false;
    while (!state->stopping) {
      try {
        if (std::exchange(failed, false)) {
          const Time later = state->network.now() + std::chrono::milliseconds{100};
          co_await state->network.sleep_until(later);
          continue;
        }
        auto stream = co_await state->acceptor->accept(state->main);
        if (state->stopping) break;
        Settled<void> ignored;
        co_await settle(within(state->network, patience, answer(stream, state->metrics)), ignored);
      } catch (...) { failed = true; }  // out of descriptors or memory: the next one may have more luck
    }
    state->acceptor.reset();
  }

  static awaitable<void> answer(typename T::Stream& stream, const Metrics& metrics) {
    std::array<char, 4096> room{};
    std::size_t size = 0;
    while (std::string_view{room.data(), size}.find("\r\n\r\n") == std::string_view::npos && size < room.size()) {
      const auto space = std::as_writable_bytes(std::span{room}.subspan(size));
      const std::size_t n = co_await stream.read_some(space);
      if (n == 0) co_return;
      size += n;
    }
    const std::string_view request{room.data(), size};
    const bool found = request.starts_with("GET /metrics ") || request.starts_with("GET / ");
    const std::string body = found ? metrics.text() : "Only GET /metrics is here.\n";
    const std::string page =
        std::string{found ? "HTTP/1.1 200 OK" : "HTTP/1.1 404 Not Found"} +
        "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\nConnection: close\r\n\r\n" + body;
    co_await stream.write(as_bytes(page));
    co_await stream.finish();
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike
