#pragma once
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/io/securable.hpp>

namespace ftplike::inline v0_2::detail {

/// Accepts the client's connection at a data port, and shakes hands over it, before the command that needs it: some
/// clients send no command until the server has answered their handshake, others no handshake until they have heard the
/// 150. (RFC 4217 allows both.)
///
/// It runs beside the session until `stop`, and whatever stage it has reached then, the transfer goes on from there. It
/// has no limit of time of its own: the port is the session's, and goes with it at the latest. An error is left for the
/// transfer, which meets it again.
///
/// **Lifetime:** the session's. Its end is that of what it does, which uses nothing of the session's any more.
template <Transport T> class EarlyHandshake {
 public:
  template <class Session>
  EarlyHandshake(Session& session, typename T::Acceptor acceptor)
      : state_{std::make_shared<State>(session.executor(), std::move(acceptor))} {
    start_on(session.executor(), run(session, state_), state_->interruption.slot());
  }
  EarlyHandshake(EarlyHandshake&&) noexcept = default;
  EarlyHandshake& operator=(EarlyHandshake&&) = delete;
  ~EarlyHandshake() {
    if (!state_) return;
    state_->abandoned = true;
    interrupt();
    if (state_->acceptor) state_->acceptor->close();  // another may want it at once
  }

  /// Waits until nothing is done any more.
  awaitable<void> stop() {
    interrupt();
    while (state_->runs) co_await state_->ended.wait();
  }
  /// After `stop`: the client's connection; none if it has not come.
  std::optional<typename T::Stream> stream() { return std::exchange(state_->stream, std::nullopt); }
  /// After `stop`, where there is no connection: the port, at which it may still come.
  typename T::Acceptor acceptor() { return *std::exchange(state_->acceptor, std::nullopt); }

 private:
  struct State {
    State(const Executor& executor, typename T::Acceptor its_acceptor)
        : acceptor{std::move(its_acceptor)}, ended{executor} {}

    std::optional<typename T::Acceptor> acceptor;
    std::optional<typename T::Stream> stream;
    Interruption interruption;
    Condition ended;
    bool runs = true;
    bool abandoned = false;  // by a session that may be gone
  };
  /// Tells when the coroutine has ended, be it that its event loop was destroyed.
  class Running {
   public:
    explicit Running(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
      state_->runs = false;
      state_->ended.notify();
    }

   private:
    std::shared_ptr<State> state_;
  };

  void interrupt() {
    if (state_->runs) state_->interruption.interrupt(asio::error::operation_aborted);
  }

  template <class Session> static awaitable<void> run(Session& session, std::shared_ptr<State> state) {
    const Running running{state};
    try {
      const Executor executor = co_await asio::this_coro::executor;
      while (!state->stream) {
        auto stream = co_await state->acceptor->accept(executor);
        if (state->abandoned) co_return;
        if (session.is_from_client(stream.remote())) {
          state->stream.emplace(std::move(stream));
        } else {
          session.template report<StrangerRefused>(stream.remote());
        }
      }
      state->acceptor.reset();
      if constexpr (SecurableStream<typename T::Stream>) co_await state->stream->accept_tls(session.control());
    } catch (const std::system_error&) {  // the transfer finds out
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::detail
