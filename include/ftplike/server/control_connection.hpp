#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/command/command.hpp>
#include <ftplike/io/background_task.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/line_buffer.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/verb.hpp>

namespace ftplike::inline v0_2 {

/// Whether bytes without a line ending are a command.
enum class Wholeness {
  part,       // no, or not yet
  may_go_on,  // as they stand, but the argument that they end in may be longer
  whole,
};

/// Whether the bytes are one of the commands of a table with what it needs.
template <class Table> Wholeness wholeness_in(std::string_view bytes) {
  const CommandLine command = parse_command(bytes);
  const auto rule = Table::argument_after(command.verb);
  const bool has_argument = !command.argument.empty();
  if (!rule || *rule == (has_argument ? ArgumentRule::none : ArgumentRule::required)) return Wholeness::part;
  return has_argument ? Wholeness::may_go_on : Wholeness::whole;
}

/// The server's end of a control connection: replies go out, commands come in, some of them ahead of their time.
template <Transport T> class ControlConnection {
 public:
  /// `longest_line`: bytes of a command at the most.
  ControlConnection(T& network, typename T::Stream stream, std::size_t longest_line)
      : network_{network}, stream_{std::move(stream)}, lines_{longest_line} {}

  /// The connection.
  typename T::Stream& stream() noexcept { return stream_; }
  /// The connection.
  const typename T::Stream& stream() const noexcept { return stream_; }
  /// The bytes that have come and are no command yet.
  LineBuffer& lines() noexcept { return lines_; }
  /// Whether the client has closed its direction.
  bool ended() const noexcept { return ended_; }

  /// Says a reply, or the end of one of which a part was said: that has the code of the part, whatever comes. Gives what
  /// does not leave without a wait, for `write`.
  std::string say(const Reply& reply) {
    const int code = std::exchange(begun_, 0);
    std::string wire = code == 0 ? reply.wire() : Reply{code, reply.text()}.wire();
    if (code != 0 && wire[code_size] == '-') wire.erase(0, code_size + 1);  // those who read it have seen it
    if constexpr (requires { stream_.write_now(as_bytes(wire)); }) wire.erase(0, stream_.write_now(as_bytes(wire)));
    return wire;
  }
  /// Says the rest of it.
  awaitable<void> write(std::string rest) { co_await stream_.write(as_bytes(rest)); }
  /// Says lines of a reply that is to go on, each ended by '\n'. All but the first of the reply begin with a blank.
  awaitable<void> say_part(int code, std::string lines) {
    std::string wire = Reply{code, std::move(lines)}.wire();
    wire.erase(wire.size() - code_size - 3);  // the last line, which is empty
    if (begun_ != 0) wire.erase(0, code_size + 1);
    begun_ = code;
    co_await stream_.write(as_bytes(wire));
  }

  /// The next command if it is there already: one that was put off, or one whose bytes have come.
  std::optional<Line> line_now() {
    if (waiting_.empty()) return lines_.next();
    std::optional<Line> line{std::move(waiting_.front())};
    waiting_.erase(waiting_.begin());
    return line;
  }
  /// Whether there is nothing to wait for: then `line` is the next command, or none at the end of the connection.
  /// Otherwise the caller awaits `more` and asks again.
  ///
  /// Bytes without a line ending are a command if `wholeness` says so. To one that may go on `more` gives its `grace`
  /// for that, until the client has shown that its commands come whole, and again when it has sent a part of one.
  bool next_line(Wholeness (*wholeness)(std::string_view), std::optional<Line>& line) {
    const bool stayed = std::exchange(stayed_, false);
    line = line_now();
    if (line) return true;
    if (failure_) throw std::system_error(failure_);
    const std::string_view bytes = lines_.unterminated();
    const Wholeness what = bytes.empty() ? Wholeness::part : wholeness(bytes);
    const bool may_stay = ended_ || stayed || (comes_whole_ && in_one_piece_);
    const bool is_whole = what == Wholeness::whole || (what == Wholeness::may_go_on && may_stay);
    if (is_whole) line = lines_.take_unterminated();
    if (is_whole || ended_) return true;
    may_go_on_ = what == Wholeness::may_go_on;
    if (!may_go_on_ && !bytes.empty()) comes_whole_ = false;
    return false;
  }
  /// Whether nothing but a read is to be waited for: then, in place of `more`, `read_then` and `take`, which need no
  /// coroutine.
  bool waits_for_a_read() const noexcept {
    if constexpr (requires { stream_.needs_a_read(); }) {
      if (!stream_.needs_a_read()) return false;
    }
    return !may_go_on_ && !reader_;
  }
  /// Takes what is there without a wait, where that costs less than one; false if it was nothing, or if others are to have
  /// their turn: a client that is quick enough could otherwise hold its event loop for ever.
  bool took_at_once() {
    constexpr std::uint8_t most = 16;
    std::size_t n = 0;
    if constexpr (requires { stream_.read_unregistered(room_); }) {
      if (taken_at_once_ < most) {
        ++taken_at_once_;
        n = stream_.read_unregistered(room_);
      }
    }
    if (n > 0) feed(n);
    return n > 0;
  }
  /// Waits for bytes, then calls `then()`, which is to `take` them, as `detail::read_then` says.
  template <class Then> void read_then(const Executor& executor, asio::cancellation_slot slot, Then then) {
    detail::read_then(stream_, executor, room_, read_, slot, std::move(then));
  }
  /// Takes what was read so. **Errors:** those of reading.
  void take() {
    const auto n = detail::bytes_of_read(stream_, room_, read_);
    if (n) feed(*n);
  }
  /// Waits for more of the command that `next_line` did not find.
  awaitable<void> more(Duration grace) { return may_go_on_ ? more_within(grace) : more(); }

  /// Has the connection read by a coroutine beside the session's own, which may outlast the transfer that it is for:
  /// then the next command comes through it, and no read need ever be cancelled for the sake of another.
  void read_beside(const Executor& executor, awaitable<void> reading) {
    reader_.reset(new BackgroundTask{executor, std::move(reading)});
  }
  /// Whether lines are read while a command runs.
  bool is_read_beside() const noexcept { return reader_ && !reader_->done(); }
  /// Waits until the coroutine beside has ended.
  awaitable<void> join_reader() {
    if (!reader_) co_return;
    co_await reader_->join();
    reader_.reset();
  }
  /// Ends the coroutine beside.
  awaitable<void> stop_reading() {
    stream_.cancel();
    co_await join_reader();
  }

  /// Reads what comes next; `cancel` on the stream ends that and loses nothing.
  awaitable<void> read() {
    const std::size_t n = co_await stream_.read_some(room_);
    feed(n);
  }
  /// No more can be read, for that reason; it comes to light when the commands that came before are done.
  void fail(std::error_code why) noexcept { failure_ = why; }
  /// What reading ended with, if it failed.
  const std::error_code& failure() const noexcept { return failure_; }

  /// Keeps a command for later.
  void put_off(Line line) { waiting_.push_back(std::move(line)); }
  /// The lines that wait until the command under way has ended.
  const std::vector<Line>& put_off() const noexcept { return waiting_; }
  /// Whether one of these is QUIT.
  bool quits_later() const {
    const auto is_quit = [](const Line& line) { return parse_command(line.text).verb == Verb{"QUIT"}; };
    return std::any_of(waiting_.begin(), waiting_.end(), is_quit);
  }

 private:
  static constexpr std::size_t code_size = 3;

  static constexpr bool reads_at_once = requires(typename T::Stream& stream, std::span<std::byte> room) {
    { stream.read_now(room) } -> std::same_as<std::size_t>;
  };

  void feed(std::size_t n) {
    in_one_piece_ = lines_.bytes() == 0;
    lines_.feed(as_text(std::span{room_}.first(n)));
    ended_ = n == 0;
    if constexpr (reads_at_once) {
      if (n == room_.size()) read_rest();
    }
  }
  void read_rest() {
    std::array<std::byte, 512> room;
    const std::size_t n = stream_.read_now(room);
    lines_.feed(as_text(std::span{room}.first(n)));
  }
  /// Waits no longer than that: if nothing comes, the bytes that are there are all of the command.
  awaitable<void> more_within(Duration time) {
    std::error_code error;
    try {
      co_await within(network_, time, more());
    } catch (const std::system_error& failure) { error = failure.code(); }
    if (error && error != Errc::timed_out) throw std::system_error(error);
    stayed_ = static_cast<bool>(error);
    comes_whole_ = stayed_ && in_one_piece_;
  }
  awaitable<void> more() { return reader_ ? join_reader() : read(); }

  T& network_;
  typename T::Stream stream_;
  LineBuffer lines_;
  std::vector<Line> waiting_;
  std::unique_ptr<BackgroundTask> reader_;  // apart, as few sessions need one just now
  std::error_code failure_;
  detail::ReadResult read_;
  // Every idle session keeps it: it is small where what does not fit into it can be taken at once.
  std::array<std::byte, reads_at_once ? 64 : 512> room_;
  int begun_ = 0;  // the code of a reply of which the end has yet to be said
  bool ended_ = false;
  bool in_one_piece_ = false;  // one read gave all that waits
  bool comes_whole_ = false;   // the client sends an unterminated command in one piece
  bool may_go_on_ = false;     // the command that `next_line` did not find
  bool stayed_ = false;        // as it was, for all the time that it was given
  std::uint8_t taken_at_once_ = 0;
};

}  // namespace ftplike
