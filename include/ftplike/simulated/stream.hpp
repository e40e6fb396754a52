#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/bytes.hpp>
#include <ftplike/simulated/wire.hpp>

namespace ftplike::inline v0_2 {

class SimulatedTransport;
class SimulatedListener;
class SimulatedAcceptor;

/// An end of a simulated connection that a test holds in its own hand, outside any coroutine. What the other end makes
/// of it happens when the network settles. Not counted among the operations, nor among what is open.
class SimulatedPeer {
 public:
  SimulatedPeer(SimulatedPeer&&) noexcept = default;
  SimulatedPeer& operator=(SimulatedPeer&& other) noexcept {
    if (this != &other) hang_up();
    end_ = std::move(other.end_);
    return *this;
  }
  ~SimulatedPeer() { hang_up(); }

  /// Sends now, be there room or not. What nobody can receive any more is lost.
  void type(std::string_view text) {
    end_->note_by_hand(text);
    if (!end_->closed && !end_->lost && !end_->peer->in.finished) end_->send(as_bytes(text));
  }
  /// Takes what has arrived.
  std::string text() {
    std::string taken{as_text(end_->in.take(end_->in.readable()))};
    end_->in.space.wake();
    if (const auto fault = end_->heard(taken)) {
      taken.clear();
      if (*fault == Fault::end)
        end_->cut_short();
      else if (*fault != Fault::stall)
        end_->reset();
    }
    return taken;
  }
  /// Waits until `text` has something to give or nothing more comes; for a test whose hand is a coroutine.
  awaitable<void> arrival() { return arrival_at(end_); }
  /// Says that no more will be typed; what the other end sends can still be read.
  void finish() { end_->finish(); }
  /// Ends both directions in an orderly way, be there unread text or not.
  void hang_up() {
    if (end_) end_->close(true);
  }
  /// Breaks the connection: the other end gets `connection_reset`.
  void reset() {
    if (end_->cut())
      end_->peer->broken = true;
    else
      end_->peer->lose();
    hang_up();
  }
  /// Whether nothing more comes than `text` would give now: the other end has finished, or the connection was reset.
  bool ended() const { return end_->lost || end_->in.ended; }
  /// Whether the connection was broken off.
  bool was_reset() const { return end_->lost; }
  /// Our end.
  Endpoint local() const { return end_->local; }
  /// The other end.
  Endpoint remote() const { return end_->remote; }

 private:
  friend class SimulatedTransport;
  friend class SimulatedListener;
  explicit SimulatedPeer(std::shared_ptr<detail::simulated::End> end) : end_{std::move(end)} {}
  using End = detail::simulated::End;
  static awaitable<void> arrival_at(std::shared_ptr<End> end) {
    const detail::simulated::Signal::Turn turn{end->in.arrival};
    while (end->in.readable() == 0 && !end->lost && !end->in.ended) co_await end->in.arrival.wait();
  }

  std::shared_ptr<End> end_;
};

/// A listening socket in a test's own hand: connections wait there until the test takes them.
class SimulatedListener {
 public:
  SimulatedListener(SimulatedListener&&) noexcept = default;
  SimulatedListener& operator=(SimulatedListener&&) = delete;
  ~SimulatedListener() {
    if (listener_) listener_->close();
  }

  /// How many connections nobody has accepted yet.
  std::size_t waiting() const { return listener_->waiting.size(); }
  /// Waits until a connection waits.
  awaitable<void> arrival() { return arrival_at(listener_); }
  /// The connection that has waited longest; throws `std::logic_error` if there is none.
  SimulatedPeer take() {
    if (listener_->waiting.empty()) throw std::logic_error("nobody has connected to the simulated listener");
    SimulatedPeer peer{std::move(listener_->waiting.front())};
    listener_->waiting.pop_front();
    return peer;
  }
  /// The address that it waits at.
  Endpoint endpoint() const { return listener_->endpoint; }

 private:
  friend class SimulatedTransport;
  explicit SimulatedListener(std::shared_ptr<detail::simulated::Listener> listener) : listener_{std::move(listener)} {}
  using Listener = detail::simulated::Listener;
  static awaitable<void> arrival_at(std::shared_ptr<Listener> listener) {
    const detail::simulated::Signal::Turn turn{listener->arrival};
    while (listener->waiting.empty()) co_await listener->arrival.wait();
  }

  std::shared_ptr<Listener> listener_;
};

/// A connection of a simulated network, as a transport gives it. Closing it while bytes are unread resets it, as TCP
/// has it.
///
/// **Errors:** `connection_reset` once it was reset; `broken_pipe` from a write that nobody will read.
/// **Cancellation:** by `cancel` or by Asio's slots; no byte is lost.
class SimulatedStream {
 public:
  SimulatedStream(SimulatedStream&&) noexcept = default;
  SimulatedStream& operator=(SimulatedStream&& other) noexcept {
    if (this != &other) close();
    end_ = std::move(other.end_);
    return *this;
  }
  ~SimulatedStream() { close(); }

  awaitable<std::size_t> read_some(std::span<std::byte> room) { return read(end_, room); }
  awaitable<void> write(std::span<const std::byte> bytes) { (void)co_await write_bytes(end_, bytes, true); }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) { return write_bytes(end_, bytes, false); }
  awaitable<void> finish() { return finish_writing(end_); }
  bool has_ended() const { return end_->lost || (end_->in.ended && end_->in.held() == 0); }
  /// Whether nothing can be read now, neither bytes nor an end.
  bool is_quiet() const { return !end_->lost && !end_->in.ended && end_->in.held() == 0; }
  /// Tells the network that this is a control connection.
  void mark_as_control() noexcept { end_->mark_as_control(); }
  void cancel() {
    end_->in.arrival.cancel();
    end_->peer->in.space.cancel();
  }
  void close() {
    if (end_) end_->close();
  }
  /// Closes so that the peer reads an error and no end.
  void reset() {
    if (end_ && !end_->closed && !end_->cut()) end_->peer->lose();
    close();
  }
  Endpoint local() const { return end_->local; }
  Endpoint remote() const { return end_->remote; }

 private:
  friend class SimulatedTransport;
  friend class SimulatedAcceptor;
  explicit SimulatedStream(std::shared_ptr<detail::simulated::End> end) : end_{std::move(end)} {
    end_->counted = true;
    ++end_->world.open_streams;
  }
  using End = detail::simulated::End;
  using Turn = detail::simulated::Signal::Turn;
  using Kind = detail::simulated::Operation::Kind;

  // These hold the end themselves: a stream may be moved while they wait.
  static awaitable<std::size_t> read(std::shared_ptr<End> end, std::span<std::byte> room) {
    auto& in = end->in;
    const Turn turn{in.arrival};
    const auto begun = end->begin(Kind::read);
    if (end->conditions().interleave) co_await detail::simulated::yield(end->world.schedule);
    for (auto fault = begun.fault;;) {
      while (fault == Fault::stall) co_await in.arrival.wait();
      if (fault == Fault::end)
        end->cut_short();
      else if (fault)
        end->reset();
      if (end->closed) detail::simulated::fail(std::errc::bad_file_descriptor);
      if (end->lost) detail::simulated::fail(std::errc::connection_reset);
      if (in.readable() == 0) {
        if (in.ended) co_return 0;
        co_await in.arrival.wait();
        continue;
      }
      const auto piece = end->take(room.size());
      fault = end->heard(as_text(piece));
      end->note(begun.number, piece, fault);
      if (fault) continue;
      std::copy(piece.begin(), piece.end(), room.begin());
      co_return piece.size();
    }
  }
  /// All of them, or as many as the peer has room for, which are some.
  static awaitable<std::size_t> write_bytes(std::shared_ptr<End> end, std::span<const std::byte> bytes, bool all) {
    auto& out = end->peer->in;
    const Turn turn{out.space};
    const auto fault = end->begin(Kind::write, bytes.size(), as_text(bytes)).fault;
    if (end->conditions().interleave) co_await detail::simulated::yield(end->world.schedule);
    while (fault == Fault::stall) co_await out.space.wait();
    end->check_writable();
    if (fault) {
      end->send(bytes.first(end->world.schedule.dice.below(bytes.size() + 1)));
      if (fault == Fault::end)
        end->finish();
      else
        end->reset();
    }
    for (std::size_t written = 0;;) {
      end->check_writable();
      const auto window = end->conditions().window;
      const auto room = window - std::min(out.held(), window);
      const auto part = bytes.first(std::min(room, bytes.size()));
      end->send(part);
      bytes = bytes.subspan(part.size());
      written += part.size();
      if (bytes.empty() || (!all && written > 0)) co_return written;
      co_await out.space.wait();
    }
  }
  static awaitable<void> finish_writing(std::shared_ptr<End> end) {
    auto& out = end->peer->in;
    const Turn turn{out.space};
    const auto fault = end->begin(Kind::finish).fault;
    while (fault == Fault::stall) co_await out.space.wait();
    if (fault && fault != Fault::end) end->reset();
    if (end->lost) detail::simulated::fail(std::errc::connection_reset);
    end->finish();
  }

  std::shared_ptr<End> end_;
};

/// Where connections of a simulated network come in. Destroying it resets those that wait.
class SimulatedAcceptor {
 public:
  SimulatedAcceptor(SimulatedAcceptor&&) noexcept = default;
  SimulatedAcceptor& operator=(SimulatedAcceptor&& other) noexcept {
    if (this != &other && listener_) listener_->close();
    listener_ = std::move(other.listener_);
    return *this;
  }
  ~SimulatedAcceptor() {
    if (listener_) listener_->close();
  }

  awaitable<SimulatedStream> accept(const Executor&) { return accept_from(listener_); }
  Endpoint endpoint() const { return listener_->endpoint; }
  void cancel() { listener_->arrival.cancel(); }
  void close() { listener_->close(); }

 private:
  friend class SimulatedTransport;
  explicit SimulatedAcceptor(std::shared_ptr<detail::simulated::Listener> listener) : listener_{std::move(listener)} {
    listener_->counted = true;
    ++listener_->world.open_acceptors;
  }
  using Listener = detail::simulated::Listener;
  static awaitable<SimulatedStream> accept_from(std::shared_ptr<Listener> listener) {
    const detail::simulated::Signal::Turn turn{listener->arrival};
    const auto fault = listener->begin_accept().fault;
    if (listener->world.conditions.interleave) co_await detail::simulated::yield(listener->world.schedule);
    if (fault == Fault::refuse) detail::simulated::fail(std::errc::connection_aborted);
    while (fault == Fault::stall || listener->waiting.empty()) co_await listener->arrival.wait();
    const auto end = std::move(listener->waiting.front());
    listener->waiting.pop_front();
    if (fault) end->strike(*fault);
    co_return SimulatedStream{end};
  }

  std::shared_ptr<Listener> listener_;
};

static_assert(Stream<SimulatedStream>);

}  // namespace ftplike
