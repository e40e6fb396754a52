#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/stoppable_task.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/system/new_shared.hpp>

// Handshakes on data connections, beside what is said about them: some peers say nothing until theirs has been
// answered, others begin none until they have heard the 150. RFC 4217 allows both. They have no limit of time; whatever
// stage one has reached when it is stopped, the transfer goes on from there, and meets again the error that it met.

namespace ftplike::inline v0_2::detail {

/// The server's: accepts the client's connection at a data port and shakes hands over it, before the command that needs
/// it.
///
/// **Lifetime:** the session's. What is under way then uses nothing of the session's any more.
template <Transport T> class EarlyAcceptance {
 public:
  template <class Session>
  EarlyAcceptance(Session& session, typename T::Acceptor acceptor)
      : state_{detail::new_shared<Arrival<T>>(std::move(acceptor))}, task_{session.executor(), run(session, state_)} {}
  EarlyAcceptance(EarlyAcceptance&&) noexcept = default;
  EarlyAcceptance& operator=(EarlyAcceptance&&) = delete;
  ~EarlyAcceptance() {
    if (!state_) return;
    state_->abandoned = true;
    if (state_->acceptor) state_->acceptor->close();  // another may want the port at once
  }

  /// Waits until the client has come, and gives it; where that has failed, what there is to be gone on with. To stop what
  /// waits for the client, and wait once more, would cost an exception for each transfer of a quick client.
  awaitable<Arrival<T>> hand_over() {
    state_->is_wanted = true;
    if (!state_->is_peers) co_await task_.join();
    co_await task_.stop();
    const auto state = std::exchange(state_, nullptr);
    co_return std::move(*state);
  }

 private:
  template <class Session> static awaitable<void> run(Session& session, std::shared_ptr<Arrival<T>> state) {
    co_await await_peer(session, *state);
    if (state->abandoned || state->is_wanted) co_return;
    if constexpr (SecurableStream<typename T::Stream>) {
      Settled<void> shaken;
      co_await settle(state->stream->accept_tls(session.control()), shaken);
      if (shaken.failed() && !state->abandoned) session.tell_early_handshake(shaken.failure());
    }
  }

  std::shared_ptr<Arrival<T>> state_;
  StoppableTask task_;
};

/// The client's: shakes hands over a connection while the command is said and answered. Unless it is stopped in time,
/// the connection is broken off.
template <SecurableStream S> class EarlyHandshake {
 public:
  EarlyHandshake(const Executor& executor, S stream, S& control)
      : state_{detail::new_shared<State>(std::move(stream))},
        task_{executor, run(state_, state_->stream.connect_tls(control))} {}
  EarlyHandshake(const EarlyHandshake&) = delete;
  EarlyHandshake& operator=(const EarlyHandshake&) = delete;
  ~EarlyHandshake() {
    if (state_) break_off(state_->stream);
  }

  /// Why it has failed; null if it has not, as yet.
  const std::exception_ptr& failure() const noexcept { return state_->shaken.failure(); }
  /// Gives the connection back.
  awaitable<S> stop() {
    co_await task_.stop();
    const auto state = std::exchange(state_, nullptr);
    co_return std::move(state->stream);
  }

 private:
  struct State {
    explicit State(S its_stream) : stream{std::move(its_stream)} {}
    S stream;
    Settled<void> shaken;
  };
  /// Holds the connection while the handshake uses it.
  static awaitable<void> run(std::shared_ptr<State> state, awaitable<void> handshake) {
    co_await settle(std::move(handshake), state->shaken);
  }

  std::shared_ptr<State> state_;
  StoppableTask task_;
};

}  // namespace ftplike::detail
