// Generated from include/ by cmake/amalgamate.cmake: do not edit.
#pragma once

// ---- ftplike/client.hpp
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/client/listing.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/client/path_queries.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/client/core.hpp
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

// ---- ftplike/client/control.hpp
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/client/options.hpp
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// ---- ftplike/client/progress.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

// ---- ftplike/io/asio.hpp
// The one door to Asio: the few headers that we need, and every difference between Asio 1.22 and today's, settled here.
#include <asio/version.hpp>

#if ASIO_VERSION < 102200
#error "ftplike needs standalone Asio 1.22 or later"
#endif
#if ASIO_VERSION < 102600 && defined(__clang__) && !defined(ASIO_HAS_CO_AWAIT)
// Asio before 1.26 does not see that Clang has C++20 coroutines.
#define ASIO_HAS_CO_AWAIT 1
#define ASIO_HAS_STD_COROUTINE 1
#endif
#if defined(__clang__) && !defined(ASIO_DISABLE_THREAD_KEYWORD_EXTENSION)
// Clang, when it optimises, keeps the address of a `__thread` variable beyond a co_await. A coroutine that goes on in
// another thread of the same io_context would take memory from the thread it comes from.
#define ASIO_DISABLE_THREAD_KEYWORD_EXTENSION 1
#endif

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/execution/context.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#if defined(__clang__) && defined(ASIO_HAS_THREAD_KEYWORD_EXTENSION)
#error "With Clang include ftplike before Asio, or define ASIO_DISABLE_THREAD_KEYWORD_EXTENSION for the whole program"
#endif
#ifndef ASIO_HAS_CO_AWAIT
#error "ftplike needs a compiler with C++20 coroutines"
#endif

#include <chrono>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

namespace ftplike::inline v0_2 {

/// What every operation that waits gives back: `co_await` it, or hand it to `start_on`.
using asio::awaitable;
using asio::use_awaitable;

/// Where coroutines run.
using Executor = asio::any_io_executor;
/// An address and a port, on real and on simulated networks.
using Endpoint = asio::ip::tcp::endpoint;
using Address = asio::ip::address;
/// The clock of every limit: steady, never wall time. A simulated network has its own.
using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;
/// Asio's timer of that clock.
template <class E = Executor> using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, E>;

/// A time that is so much later; the end of all time where no clock counts so far. `Duration::max()` says "never".
constexpr Time time_after(Time now, Duration duration) noexcept {
  return duration > Time::max() - now ? Time::max() : now + duration;
}

// What Asio makes of a function or a coroutine takes a compiler long. So there is one type of function; and what needs
// no template parameter has one all the same where it uses Asio, and is compiled only where it is called.

/// Calls a function on an executor, later.
template <class E = Executor>
void call_on(const std::type_identity_t<E>& executor, std::function<void()> function) {
  asio::post(executor, std::move(function));
}

/// Lets others run first.
template <class E = Executor> awaitable<void> give_way(const std::type_identity_t<E>& executor) {
  return asio::post(executor, use_awaitable);
}

/// What is called with what a coroutine threw, or null, when it has ended.
using AtEnd = std::function<void(std::exception_ptr)>;

/// Runs a coroutine on an executor. `slot` can cancel it; what it throws goes to `at_end` alone.
template <class E = Executor>
void start_on(
    const std::type_identity_t<E>& executor, awaitable<void> operation, asio::cancellation_slot slot = {},
    AtEnd at_end = [](std::exception_ptr) {}) {
  asio::co_spawn(executor, std::move(operation), asio::bind_cancellation_slot(slot, std::move(at_end)));
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// How far a transfer has come.
class Progress {
 public:
  std::uint64_t offset = 0;       // where it began, when resumed
  std::uint64_t transferred = 0;  // bytes over the data connection
  std::uint64_t size = 0;         // of the whole file; 0 if it is not known
  Duration elapsed{};
  double rate = 0;       // bytes a second, over the last seconds
  Duration remaining{};  // that the rest will take at that rate; zero if that cannot be said
};

/// What a transfer is to do now.
enum class Go { on, stop };

/// What is told how far a transfer has come: any function of a `Progress`, which may say that it is enough.
///
///     options.progress = [&](const ftplike::Progress& now) {
///       bar.show(now.offset + now.transferred, now.size, now.rate, now.remaining);
///       return leaving ? ftplike::Go::stop : ftplike::Go::on;  // or nothing: on
///     };
///
/// `Go::stop` breaks the transfer off with `Errc::aborted`. What it throws does the same, and comes out of the call. In
/// both cases the session goes on, and what has come can be gone on with (`TransferOptions::resume`).
class ProgressCallback {
 public:
  ProgressCallback() = default;
  template <class Tell>
    requires(!std::is_same_v<Tell, ProgressCallback> && std::is_invocable_v<Tell&, const Progress&>)
  ProgressCallback(Tell tell) {
    using Said = std::invoke_result_t<Tell&, const Progress&>;
    static_assert(std::is_void_v<Said> || std::is_same_v<Said, Go>, "a progress callback gives a Go or nothing");
    if constexpr (std::is_void_v<Said>) {
      tell_ = [tell = std::move(tell)](const Progress& progress) mutable {
        tell(progress);
        return Go::on;
      };
    } else {
      tell_ = std::move(tell);
    }
  }
  explicit operator bool() const noexcept { return static_cast<bool>(tell_); }
  Go operator()(const Progress& progress) const { return tell_ ? tell_(progress) : Go::on; }

 private:
  std::function<Go(const Progress&)> tell_;
};

namespace detail {

/// How fast a transfer is, from what it moved in the last seconds.
class RateMeter {
 public:
  explicit RateMeter(Time began) noexcept { marks_.fill(Mark{began, 0}); }

  /// Notes that `total` bytes have been moved by `now`.
  void note(Time now, std::uint64_t total) noexcept {
    now_ = Mark{now, total};
    if (now - marks_[last_].when < std::chrono::seconds{1}) return;
    last_ = (last_ + 1) % marks_.size();
    marks_[last_] = now_;
  }
  /// Bytes a second.
  double rate() const noexcept {
    const Mark& oldest = marks_[(last_ + 1) % marks_.size()];
    const std::chrono::duration<double> span = now_.when - oldest.when;
    return span.count() > 0 ? static_cast<double>(now_.total - oldest.total) / span.count() : 0;
  }

 private:
  struct Mark {
    Time when{};
    std::uint64_t total = 0;
  };
  std::array<Mark, 6> marks_;
  std::size_t last_ = 0;
  Mark now_;
};

/// What a transfer has come to by now.
inline Progress progress_of(const RateMeter& meter, Duration elapsed, std::uint64_t offset, std::uint64_t transferred,
                            std::uint64_t size) {
  Progress progress;
  progress.offset = offset;
  progress.transferred = transferred;
  progress.size = size;
  progress.elapsed = elapsed;
  progress.rate = meter.rate();
  const auto done = offset + transferred;
  if (size > done && progress.rate > 0) {
    constexpr double longest = 3e8;  // ten years, which any clock can count
    const std::chrono::duration<double> rest{std::min(longest, static_cast<double>(size - done) / progress.rate)};
    progress.remaining = std::chrono::duration_cast<Duration>(rest);
  }
  return progress;
}

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/io/meter.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>


namespace ftplike::inline v0_2 {

/// A limit of bytes per second that any number of transfers share. It says when the next bytes may follow; waiting is
/// the transfer's own business, so that a limit costs no processor time. **Threads:** safe.
class Meter {
 public:
  /// 0 bytes per second: no limit.
  explicit Meter(std::uint64_t bytes_per_second = 0) noexcept : rate_{bytes_per_second} {}

  std::uint64_t bytes_per_second() const noexcept { return rate_; }
  /// A piece for this rate, so that transfers go on smoothly: about an eighth of a second's worth.
  std::size_t piece(std::size_t largest) const noexcept {
    if (rate_ == 0) return largest;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(rate_ / 8, 512, largest));
  }
  /// Counts `count` bytes that went by at `now`. Gives the time before which no more may follow.
  Time after(std::size_t count, Time now) {
    if (rate_ == 0) return now;
    const auto cost = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(static_cast<double>(count) / static_cast<double>(rate_)));
    const std::lock_guard lock{mutex_};
    free_ = std::max(free_, now) + cost;
    return free_;
  }

 private:
  const std::uint64_t rate_;
  std::mutex mutex_;
  Time free_{};  // when all that went by is paid for
};

}  // namespace ftplike

// ---- ftplike/protocol/entry.hpp
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ftplike::inline v0_2 {

/// A moment in UTC, as the protocol tells it: to the millisecond.
///
/// Beware of arithmetic with finer units: in nanoseconds, the unit of the system's clock and of `Duration`, the years
/// beyond 2262 do not fit 64 bits, and a peer may name any from 0 to 9999.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The first and the last moment that the protocol can tell.
inline constexpr Timestamp first_timestamp = std::chrono::sys_days{std::chrono::January / 1 / 0};
inline constexpr Timestamp last_timestamp =
    std::chrono::sys_days{std::chrono::January / 1 / 10000} - std::chrono::milliseconds{1};

/// Now, by the system's clock, which may be set at any time: for telling and comparing dates, not for measuring. What
/// may run on a simulated network asks `wall_clock(executor)` (io/date.hpp).
inline Timestamp wall_clock() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// What a directory says of one of its files. Of a listing it holds what the server told, and `listed`, the line
/// itself.
class Entry {
 public:
  enum class Type { file, directory, link, other };

  Entry() = default;
  Entry(std::string its_name, Type its_type, std::optional<std::uint64_t> its_size, Timestamp its_time)
      : name{std::move(its_name)}, type{its_type}, size{its_size}, modified{its_time} {}

  bool is_directory() const noexcept { return type == Type::directory; }
  bool is_file() const noexcept { return type == Type::file; }

  std::string name;  // one component
  Type type = Type::file;
  std::optional<std::uint64_t> size;  // bytes; none if it is not known before all have been read
  Timestamp modified{};               // the epoch if it is not known
  bool in_utc = true;  // what `modified` is; a LIST tells times of the server's own zone, whichever that is
  unsigned mode = 0;                  // the permission bits, 0 if they are not known
  std::string unique;                 // the same for two names of one file
  std::string target;                 // of a link
  std::string owner, group;
  std::string listed;  // the line of a listing that it was read from

  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace ftplike

// ---- ftplike/protocol/reply.hpp
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ftplike::inline v0_2 {

/// A reply: a code of three digits and its text, several lines if the text has '\n'. (RFC 959 §4.2)
///
/// Not an aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice.
class Reply {
 public:
  Reply() = default;  // code 0: none
  Reply(int code, std::string text) : code_{code}, text_{std::move(text)} {}

  int code() const noexcept { return code_; }
  /// The lines without their codes, joined by '\n'.
  const std::string& text() const noexcept { return text_; }
  bool preliminary() const noexcept { return code_ / 100 == 1; }
  bool complete() const noexcept { return code_ / 100 == 2; }
  bool intermediate() const noexcept { return code_ / 100 == 3; }
  bool negative() const noexcept { return code_ / 100 >= 4; }
  bool permanent() const noexcept { return code_ / 100 == 5; }

  /// As it goes over the wire, each line ended by CRLF. The lines between the first and the last are indented by a
  /// space, so that none can look like the end. Control characters in the text become '?', a byte 0xFF is doubled. RFC
  /// 959 §4.2, RFC 854.
  std::string wire() const {
    std::string out;
    out.reserve(text_.size() + 8);
    for (std::size_t at = 0;;) {
      const auto end = text_.find('\n', at);
      const bool last = end == std::string::npos;
      if (at == 0 || last)
        out.append(std::to_string(code_)).append(1, last ? ' ' : '-');
      else if (text_[at] != ' ')
        out.append(1, ' ');
      for (const char c : std::string_view{text_}.substr(at, last ? end : end - at)) {
        out += static_cast<unsigned char>(c) < ' ' && c != '\t' ? '?' : c;
        if (c == '\xFF') out += c;
      }
      out.append("\r\n");
      if (last) return out;
      at = end + 1;
    }
  }

  friend bool operator==(const Reply&, const Reply&) = default;

 private:
  int code_ = 0;
  std::string text_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Which of the two dialects a session speaks; see docs of `connect` for how `automatic` finds out.
enum class Dialect { automatic, ftplike, standard };

/// The bounds of a client's patience and memory. Times are counted by the transport's clock; `Duration::max()` says "no
/// limit". What runs out is `Errc::timed_out` unless something else is said.
struct ClientLimits {
  /// To look up the server's name; then to connect to each of its addresses; then for a TLS handshake, and for a proxy.
  Duration connect = std::chrono::seconds{30};
  /// Until the next address is tried while the one before has not answered yet. (RFC 8305 §5)
  Duration next_address = std::chrono::milliseconds{250};
  /// From a command to its reply, and from the end of the data to the final reply; then the session is closed.
  Duration reply = std::chrono::seconds{60};
  /// For the data connection to come to be; then the transfer is broken off.
  Duration connect_data = std::chrono::seconds{30};
  /// Without a byte of a transfer; then it is broken off. (`Errc::stalled`)
  Duration stall = std::chrono::seconds{60};
  /// To get back in step after a transfer that was broken off; then the session is closed.
  Duration recovery = std::chrono::seconds{10};
  /// Entries of a listing that is kept as a whole. (`Errc::bad_listing`)
  std::size_t entries = 1'000'000;
  /// Directories below the one where a walk begins. (`Errc::bad_listing`)
  unsigned depth = 100;
  /// Bytes of a line of a listing. (`Errc::line_too_long`)
  std::size_t line = 64 * 1024;
};

/// How a client is to behave.
struct ClientOptions {
  ClientOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  Dialect dialect = Dialect::automatic;
  std::string account;  // for servers that ask for one (ACCT)
  bool active = false;  // the server connects to us for data, where the channel allows both and there is no proxy
  /// What passes all connections on: `socks5://user:password@host:port` or `http://host:port`; none if empty. The proxy
  /// looks up the server's name.
  std::string proxy;
  /// How far the clock of the server's listings is ahead of UTC, always. If not given it is found out, for summer and
  /// winter, where MDTM can tell.
  std::optional<std::chrono::minutes> zone;
  Duration keep_alive = std::chrono::seconds{60};  // between NOOPs during a long transfer; zero for none
  ClientLimits limits;
};

/// How one transfer is to be done.
struct TransferOptions {
  TransferOptions() {}  // no aggregate, as above

  bool ascii = false;      // TYPE A: line endings are converted
  bool resume = false;     // go on where an interrupted transfer of this file ended; what cannot seek throws
  bool verify = true;      // compare the length with what the server says, where it can say
  bool keep_time = false;  // the copy gets the time of modification of the original, where the server can say or set it
  /// A bound of bytes a second over the data connection, before TLS; transfers that have the same one share it. None if
  /// null.
  std::shared_ptr<Meter> bandwidth;
  /// Of the file on the server, if they are known already: then it is not asked.
  std::optional<std::uint64_t> size;
  std::optional<Timestamp> modified;
  /// Called after each piece that went over the data connection, with the rate and the time that the rest will take; it
  /// may stop the transfer. **Threads:** on the executor of the session, so it must not block.
  ProgressCallback progress;
};

/// What a transfer came to.
class TransferResult {
 public:
  std::uint64_t transferred = 0;  // bytes over the data connection
  std::uint64_t offset = 0;       // where it began, when resumed
  Duration took{};
  std::string name;  // the local file of a download; the remote one of an upload
  Reply reply;       // the server's last word; none if nothing had to be transferred
};

}  // namespace ftplike

// ---- ftplike/client/pending_commands.hpp
#include <cstdint>


namespace ftplike::inline v0_2::detail {

/// What a client has asked, as far as it matters for telling the replies apart.
enum class Asked : std::uint8_t {
  simple,      // exactly one final reply
  transfer,    // a preliminary reply, then a final one
  keep_alive,  // NOOP during a transfer: answered before, after, or never
  abort,       // ABOR: answered after the transfer, instead of it, or never
  marker,      // PWD, by which a client gets in step again: nothing else that may be outstanding is answered with 257
};

/// Whose a reply is.
enum class Owner : std::uint8_t {
  command,      // the final reply to the simple command or the transfer
  preliminary,  // the transfer's
  marker,       // in step again: nothing is outstanding any more
  farewell,     // 421: the session is over
  nobody,       // belongs to a NOOP or an ABOR, or comes too late
};

/// The commands that have not been answered, and the rules by which replies find theirs. A session is in step if
/// nothing is outstanding; only then may the next command go out.
///
/// The rules: a 421 ends all. A transfer that has begun is answered by x2x (connections) and x5x (files), a NOOP by x0x
/// (syntax). A 226 or 426 is never the answer to a simple command. After a transfer that was refused in its middle, or
/// broken off, or kept alive by NOOPs that were not answered, nobody can know how many replies are still to come: then
/// all are dropped up to the 257 of a PWD.
class PendingCommands {
 public:
  void sent(Asked what) noexcept {
    switch (what) {
      case Asked::simple: simple_ = true; break;
      case Asked::transfer:
        transfer_ = true;
        begun_ = false;
        break;
      case Asked::keep_alive: ++keep_alives_; break;
      case Asked::abort: aborted_ = tangled_ = true; break;
      case Asked::marker: marked_ = true; break;
    }
  }

  Owner take(const Reply& reply) noexcept {
    if (reply.code() == 421) {
      *this = PendingCommands{};
      return Owner::farewell;
    }
    if (marked_) {
      if (reply.code() != 257) return Owner::nobody;
      *this = PendingCommands{};
      return Owner::marker;
    }
    if (transfer_) return take_for_transfer(reply);
    const int group = reply.code() / 10 % 10;
    if (keep_alives_ > 0 && group == 0) {
      --keep_alives_;
      return Owner::nobody;
    }
    const bool late = reply.preliminary() || reply.code() == 226 || reply.code() == 426;
    if (!simple_ || late) return Owner::nobody;
    simple_ = false;
    return Owner::command;
  }

  bool in_step() const noexcept { return !simple_ && !transfer_ && !tangled() && !marked_; }
  /// Whether a transfer waits for its final reply.
  bool transferring() const noexcept { return transfer_; }
  bool aborted() const noexcept { return aborted_; }
  bool marked() const noexcept { return marked_; }
  /// Whether only a marker can tell when all have been answered.
  bool tangled() const noexcept { return tangled_ || keep_alives_ > 0 || (transfer_ && begun_); }

 private:
  Owner take_for_transfer(const Reply& reply) noexcept {
    const int group = reply.code() / 10 % 10;
    if (reply.preliminary()) {
      if (begun_) return Owner::nobody;
      begun_ = true;
      return Owner::preliminary;
    }
    if (begun_ && keep_alives_ > 0 && group == 0) {
      --keep_alives_;
      return Owner::nobody;
    }
    transfer_ = false;
    if (reply.negative() && (begun_ || group == 2)) tangled_ = true;
    return Owner::command;
  }

  bool simple_ = false, transfer_ = false, begun_ = false, aborted_ = false, marked_ = false, tangled_ = false;
  unsigned keep_alives_ = 0;
};

}  // namespace ftplike::detail

// ---- ftplike/client/reply_error.hpp
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/protocol/error.hpp
#include <cerrno>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

/// What can go wrong that the system has no code for.
enum class Errc {
  timed_out = 1,       // a limit of time ran out
  stalled,             // a transfer made no progress for too long
  aborted,             // the client said ABOR, or the caller cancelled or stopped it
  peer_lost,           // a connection ended before its time
  no_data_connection,  // none was negotiated, or nobody came
  shutting_down,       // the server is about to stop
  line_too_long,       // longer than the limit of a line
  bad_line,            // NUL or a lone CR in a line
  bad_name,            // not a name for a file here
  bad_restart,         // the offset of a REST lies behind the end
  busy,                // somebody else is at it
  quota_exceeded,      // no more room for this user
  too_large,           // larger than files may be here
  too_short,           // fewer bytes came than were promised
  too_long,            // more bytes came than were promised
  bad_reply,           // what the server sent is not a reply, or not one to this command
  bad_listing,         // what the server listed could not be used
  no_handshake,        // a peer that was to begin a TLS handshake, or go on with it, did not
  not_resumed,         // a TLS data connection does not go on with the control connection's session
  no_close_notify,     // a TLS data connection ended without its peer's goodbye, so something may be missing
  refused_by_rule,     // it would break a rule of safety: another host, a name that leaves its folder, …
};

inline const std::error_category& ftplike_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftplike"; }
    std::string message(int value) const override {
      switch (static_cast<Errc>(value)) {
        case Errc::timed_out: return "timed out";
        case Errc::stalled: return "transfer stalled";
        case Errc::aborted: return "transfer aborted";
        case Errc::peer_lost: return "connection lost";
        case Errc::no_data_connection: return "no data connection";
        case Errc::shutting_down: return "server is shutting down";
        case Errc::line_too_long: return "line too long";
        case Errc::bad_line: return "NUL or lone CR in a line";
        case Errc::bad_name: return "file name not allowed";
        case Errc::bad_restart: return "restart position behind the end of the file";
        case Errc::busy: return "file is busy";
        case Errc::quota_exceeded: return "storage allocation exceeded";
        case Errc::too_large: return "file larger than allowed";
        case Errc::too_short: return "fewer bytes than promised";
        case Errc::too_long: return "more bytes than promised";
        case Errc::bad_reply: return "unexpected reply";
        case Errc::bad_listing: return "unusable listing";
        case Errc::no_handshake: return "no TLS handshake came";
        case Errc::not_resumed: return "TLS session of the control connection not resumed";
        case Errc::no_close_notify: return "TLS ended without close_notify";
        case Errc::refused_by_rule: return "refused for safety";
      }
      return "unknown ftplike error";
    }
  } category;
  return category;
}

inline std::error_code make_error_code(Errc value) noexcept { return {static_cast<int>(value), ftplike_category()}; }

}  // namespace ftplike

template <> struct std::is_error_code_enum<ftplike::Errc> : std::true_type {};

namespace ftplike::inline v0_2 {

namespace detail {

/// Whether the system says that the disk quota is used up, for which `std::errc` has no name.
inline bool over_quota(std::error_code error) noexcept {
#ifdef EDQUOT
  return error.value() == EDQUOT &&
         (error.category() == std::system_category() || error.category() == std::generic_category());
#else
  return static_cast<void>(error), false;
#endif
}

}  // namespace detail

/// The one place where an error becomes what the client reads.
inline Reply reply_for(std::error_code error) {
  const auto with = [&error](int code) { return Reply{code, error.message()}; };
  if (error == Errc::no_data_connection) return {425, "No data connection"};
  if (error == Errc::no_handshake) return {425, "No data connection: no TLS handshake came"};
  if (error == Errc::timed_out || error == Errc::stalled || error == Errc::aborted || error == Errc::peer_lost ||
      error == Errc::too_short || error == Errc::no_close_notify) {
    return {426, "Connection closed: " + error.message()};
  }
  if (error == Errc::shutting_down) return {421, "Server is shutting down"};
  if (error == Errc::line_too_long || error == Errc::bad_line) return with(500);
  if (error == Errc::bad_name) return with(553);
  if (error == Errc::bad_restart) return with(554);
  if (error == Errc::busy) return with(450);
  if (error == Errc::quota_exceeded || error == Errc::too_large) return with(552);
  if (error == Errc::not_resumed) return with(522);
  if (error == Errc::refused_by_rule) return with(550);
  using enum std::errc;
  if (error == no_such_file_or_directory) return {550, "File not found"};
  if (error == permission_denied || error == operation_not_permitted || error == cross_device_link ||
      error == too_many_symbolic_link_levels || error == read_only_file_system) {
    return {550, "Permission denied"};
  }
  if (error == not_a_directory) return {550, "Not a directory"};
  if (error == is_a_directory) return {550, "Is a directory"};
  if (error == directory_not_empty) return {550, "Directory not empty"};
  if (error == file_exists) return {550, "File exists"};
  if (error == filename_too_long || error == invalid_argument) return {553, "File name not allowed"};
  if (error == no_space_on_device || error == file_too_large || detail::over_quota(error)) {
    return {552, "Storage full"};
  }
  if (error == connection_reset || error == broken_pipe || error == connection_aborted ||
      error == std::errc::timed_out) {
    return {426, "Connection closed: connection lost"};
  }
  return {451, "Local error: " + error.message()};
}

/// The error that an exception stands for: a `std::system_error`'s own; of any other, what comes nearest.
inline std::error_code code_of(std::exception_ptr failure) noexcept {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::system_error& error) {
    return error.code();
  } catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
  } catch (...) {
    return std::make_error_code(std::errc::io_error);
  }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Replies as errors: the value is the code. A code that can mean one thing only equals the `std::errc` of that thing;
/// 550 equals none, it says "not there" as well as "not allowed".
inline const std::error_category& reply_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftp"; }
    std::string message(int value) const override { return "the server replied " + std::to_string(value); }
    std::error_condition default_error_condition(int value) const noexcept override {
      switch (value) {
        case 421: return std::errc::connection_aborted;
        case 425: return std::errc::not_connected;
        case 426: return std::errc::connection_reset;
        case 452:
        case 552: return std::errc::no_space_on_device;
        case 500:
        case 502:
        case 504: return std::errc::function_not_supported;
        case 501:
        case 553: return std::errc::invalid_argument;
        case 530:
        case 532: return std::errc::permission_denied;
        default: return {value, *this};
      }
    }
  } category;
  return category;
}

/// Which of a session's connections, or the local end, was at fault.
enum class Channel { control, data, local };

constexpr std::string_view name_of(Channel channel) noexcept {
  return channel == Channel::control ? "control connection"
         : channel == Channel::data  ? "data connection"
                                     : "local file";
}

/// What went wrong in a client, where, and how far it had come.
class ClientError : public std::system_error {
 public:
  ClientError(std::error_code error, std::string verb, Channel channel, std::uint64_t transferred = 0,
              std::uint64_t offset = 0)
      : ClientError{error, std::move(verb), channel, transferred, error.message(), offset} {}
  /// With words of its own.
  ClientError(std::error_code error, std::string verb, Channel channel, std::uint64_t transferred,
              const std::string& text, std::uint64_t offset = 0)
      : std::system_error{error},
        verb_{std::move(verb)},
        channel_{channel},
        transferred_{transferred},
        reached_{offset + transferred} {
    if (!verb_.empty()) text_ = verb_ + ": ";
    text_ += text;
  }

  /// The command at which it happened, or empty.
  const std::string& verb() const noexcept { return verb_; }
  Channel channel() const noexcept { return channel_; }
  /// Bytes that went over the data connection before.
  std::uint64_t transferred() const noexcept { return transferred_; }
  /// Where in the file that ended.
  std::uint64_t reached() const noexcept { return reached_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string verb_, text_;
  Channel channel_;
  std::uint64_t transferred_, reached_;
};

/// A negative reply, or one that does not fit its command.
class ReplyError : public ClientError {
 public:
  ReplyError(Reply its_reply, std::string verb, Channel channel = Channel::control, std::uint64_t transferred = 0,
             std::uint64_t offset = 0)
      : ClientError{{its_reply.code(), reply_category()},
                    std::move(verb),
                    channel,
                    transferred,
                    std::to_string(its_reply.code()) + ' ' + its_reply.text(),
                    offset},
        reply_{std::move(its_reply)} {}

  const Reply& reply() const noexcept { return reply_; }

 private:
  Reply reply_;
};

namespace detail {

/// The word before the first space of a command: all that may be told of one that could hold a secret.
inline std::string verb_of(std::string_view command) { return std::string{command.substr(0, command.find(' '))}; }

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/io/observer.hpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/io/securable.hpp
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

// ---- ftplike/io/transport.hpp
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// ---- ftplike/io/bytes.hpp
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

/// Where bytes come from. `read_some` fills the beginning of the room (never empty) and gives how much: 0 is the end.
template <class T>
concept ByteSource = requires(T& source, std::span<std::byte> room) {
  { source.read_some(room) } -> std::same_as<awaitable<std::size_t>>;
};

/// A source that can begin anywhere, so that what was interrupted can be gone on with. `size` is that of all it has,
/// from its beginning on, as a number or an optional one: nothing, if it cannot seek after all, as a pipe cannot.
/// `seek` moves to an offset of at most that (`Errc::bad_restart`), without waiting for anything.
///
/// It may tell by `modified()` when that was last changed, a `Timestamp`: what a server has of it is only gone on with
/// if it is not older.
template <class T>
concept SeekableByteSource = ByteSource<T> && requires(T& source, const T& constant, std::uint64_t offset) {
  { constant.size() } -> std::convertible_to<std::optional<std::uint64_t>>;
  { source.seek(offset) } -> std::same_as<void>;
};

/// Where bytes go. `write` takes them all; `finish` says that no more come: a stream is closed that way, a file
/// committed.
template <class T>
concept ByteSink = requires(T& sink, std::span<const std::byte> bytes) {
  { sink.write(bytes) } -> std::same_as<awaitable<void>>;
  { sink.finish() } -> std::same_as<awaitable<void>>;
};

/// A connection. `write_some` takes as much as goes without waiting for the peer any more than once, so that a slow one
/// is seen to move. `finish` closes our direction; what the peer still sends can be read. `has_ended` says whether
/// nothing more can be read, as far as is known without waiting. `cancel` ends the operations under way with
/// `operation_aborted` and loses nothing: the stream goes on. Its destructor closes it. One read and one write may be
/// under way at a time, all on one executor.
template <class T>
concept Stream = std::movable<T> && ByteSource<T> && ByteSink<T> &&
    requires(T& stream, const T& constant, std::span<const std::byte> bytes) {
  { stream.write_some(bytes) } -> std::same_as<awaitable<std::size_t>>;
  { stream.has_ended() } -> std::same_as<bool>;
  { stream.cancel() } -> std::same_as<void>;
  { stream.close() } -> std::same_as<void>;  // at once, without a farewell
  { constant.local() } -> std::same_as<Endpoint>;
  { constant.remote() } -> std::same_as<Endpoint>;
};

/// Tells a stream, before anything is read or written, that it is the control connection of a session: it carries
/// commands and replies. Servers and clients do, at both ends; code of your own that speaks over bare streams may. Those
/// of a simulated network know by this what `Link::control` is.
template <Stream S> void mark_as_control(S& stream) {
  if constexpr (requires { stream.mark_as_control(); }) stream.mark_as_control();
}

inline std::span<const std::byte> as_bytes(std::string_view text) noexcept { return std::as_bytes(std::span{text}); }
inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {

/// A source whose next bytes the kernel can move by itself, from `position()` of its descriptor on. `fetch` makes up to
/// `most` of them ready, so that taking them does not wait for a disk, and gives how many there are; 0 at the end. A
/// descriptor of -1 says that it has none after all.
template <class T>
concept FileSource = ByteSource<T> && requires(T& source, std::size_t count) {
  { source.fetch(count) } -> std::same_as<awaitable<std::size_t>>;
  { source.descriptor() } -> std::same_as<int>;
  { source.position() } -> std::same_as<std::uint64_t>;
  { source.advance(count) } -> std::same_as<void>;
};

/// A sink that sends from a descriptor without a buffer of ours: up to `most` bytes; 0 if the file ends before them.
template <class T>
concept FileSender = ByteSink<T> && requires(T& sink, int descriptor, std::uint64_t position, std::size_t most) {
  { sink.send_file(descriptor, position, most) } -> std::same_as<awaitable<std::size_t>>;
};

/// A coroutine's turn on its thread, which is over after a millisecond's worth of bytes or of small pieces. It counts
/// and looks at no clock, so that a simulated network sees the same each time.
class Turn {
 public:
  explicit Turn(Executor executor) : executor_{std::move(executor)} {}
  const Executor& executor() const noexcept { return executor_; }
  /// Counts a piece.
  bool is_over(std::size_t bytes) noexcept {
    constexpr std::size_t most_bytes = 2 * 1024 * 1024;
    constexpr unsigned most_pieces = 256;
    bytes_ += bytes;
    if (bytes_ < most_bytes && ++pieces_ < most_pieces) return false;
    bytes_ = pieces_ = 0;
    return true;
  }

 private:
  Executor executor_;
  std::size_t bytes_ = 0, pieces_ = 0;
};

template <ByteSink Sink> awaitable<std::size_t> write_all_of(Sink& sink, std::span<const std::byte> piece) {
  co_await sink.write(piece);
  co_return piece.size();
}

/// Writes a piece, or as much of it as a stream takes at once.
template <ByteSink Sink> awaitable<std::size_t> write_piece(Sink& sink, std::span<const std::byte> piece) {
  if constexpr (Stream<Sink>) {
    return sink.write_some(piece);
  } else {
    return write_all_of(sink, piece);
  }
}

}  // namespace detail

/// Moves everything from `source` to `sink` and calls `progress(n)` after each piece, awaiting what it gives. Does not
/// finish the sink: whether all is well is the caller's verdict.
///
/// The kernel's way (sendfile) is taken where both ends have descriptors. The buffer starts small and grows only for
/// transfers that fill it. Pieces are at most `largest_piece` bytes, and others get their turn now and then also where
/// neither end ever waits.
template <ByteSource Source, ByteSink Sink, class Progress>
awaitable<void> copy(Source& source, Sink& sink, Progress progress, std::size_t largest_piece = 512 * 1024) {
  constexpr bool waits = !std::is_void_v<std::invoke_result_t<Progress&, std::size_t>>;
  const Executor executor = co_await asio::this_coro::executor;
  detail::Turn turn{executor};
  if constexpr (detail::FileSource<Source> && detail::FileSender<Sink>) {
    while (source.descriptor() >= 0) {
      const std::size_t ready = co_await source.fetch(largest_piece);
      if (ready == 0) co_return;
      const std::size_t n = co_await sink.send_file(source.descriptor(), source.position(), ready);
      if (n == 0) throw std::system_error(std::make_error_code(std::errc::io_error));  // the file was cut meanwhile
      source.advance(n);
      if constexpr (waits) {
        co_await progress(n);
      } else {
        progress(n);
      }
      if (turn.is_over(n)) co_await give_way(turn.executor());
    }
  }
  std::size_t size = std::min<std::size_t>(16 * 1024, largest_piece);
  auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
  for (;;) {
    const std::span<std::byte> room{memory.get(), size};
    const std::size_t n = co_await source.read_some(room);
    if (n == 0) break;
    std::span<const std::byte> piece = room.first(n);
    while (!piece.empty()) {
      const std::size_t moved = co_await detail::write_piece(sink, piece);
      piece = piece.subspan(moved);
      if constexpr (waits) {
        co_await progress(moved);
      } else {
        progress(moved);
      }
      if (turn.is_over(moved)) co_await give_way(turn.executor());
    }
    if (n == size && n < largest_piece) {
      size = std::min(n * 4, largest_piece);
      memory = std::make_unique_for_overwrite<std::byte[]>(size);
    }
  }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// All that a session cannot compute: connections and time. `TcpTransport` is the real one, `SimulatedTransport` runs
/// inside one process under a clock that moves when told.
///
/// - `executor()`: where a new session may live; a transport with several threads deals them out in turn;
/// - `main_executor()`, if it has several: where acceptors live, and what keeps all of them running while there is work
///   on it.
/// - `executor_near(executor)`, if it has several: where what a coroutine of that executor uses may live, so that all of
///   it runs one at a time; that executor itself, if it does that.
/// - `lifetime()`, if it owns its event loops: holds what sockets and timers on them need, for those that are destroyed
///   after the transport.
/// - `connect(where, from)`: a stream on the caller's executor; `from` is the local address, unspecified for any.
/// - `listen(executor, where)`: throws `std::system_error` (`address_in_use`, …). Port 0 lets the system choose.
/// - `accept(executor)`: the next stream, made on that executor. `cancel()` ends it with `operation_aborted`; `close()`
///   gives the port back at once, too.
/// - `resolve(host, port)`: addresses in the order in which to try them; literals are not looked up.
/// - `Timer{network, executor}`: `start(when, f)` calls f once at that time, in place of what was started before;
///   `cancel()` and the destructor see to it that it is not called any more.
template <class T>
concept Transport = Stream<typename T::Stream> &&
    requires(T& network, typename T::Acceptor& acceptor, typename T::Timer& timer, const Executor& executor,
             const Endpoint& where, const Address& from, const std::string& host, std::uint16_t port, Time when,
             void (*call)()) {
  { network.executor() } -> std::same_as<Executor>;
  { network.connect(where, from) } -> std::same_as<awaitable<typename T::Stream>>;
  { network.listen(executor, where) } -> std::same_as<typename T::Acceptor>;
  { acceptor.accept(executor) } -> std::same_as<awaitable<typename T::Stream>>;
  { acceptor.endpoint() } -> std::same_as<Endpoint>;
  { acceptor.cancel() } -> std::same_as<void>;
  { acceptor.close() } -> std::same_as<void>;
  { network.resolve(host, port) } -> std::same_as<awaitable<std::vector<Endpoint>>>;
  { network.now() } -> std::same_as<Time>;
  { network.sleep_until(when) } -> std::same_as<awaitable<void>>;
  typename T::Timer;
  requires std::constructible_from<typename T::Timer, T&, const Executor&>;
  { timer.start(when, call) } -> std::same_as<void>;
  { timer.cancel() } -> std::same_as<void>;
};

/// Where what serves all sessions lives.
template <Transport T> Executor main_executor_of(T& network) {
  if constexpr (requires { network.main_executor(); }) {
    return network.main_executor();
  } else {
    return network.executor();
  }
}

/// Where what a coroutine of `executor` uses may live.
template <Transport T> Executor executor_near(T& network, const Executor& executor) {
  if constexpr (requires { network.executor_near(executor); }) {
    return network.executor_near(executor);
  } else {
    return executor;
  }
}

/// What has to live as long as what is made on a transport's executors.
template <Transport T> std::shared_ptr<void> lifetime_of(const T& network) {
  if constexpr (requires { network.lifetime(); }) {
    return network.lifetime();
  } else {
    return nullptr;
  }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// What the two ends of a secured connection agreed upon.
struct TlsDetails {
  std::string version, cipher;  // "TLSv1.3", "TLS_AES_256_GCM_SHA384"; empty of a connection in clear
  std::string server_name;      // the host that the client named; empty if none
  bool resumed = false;         // whether it goes on with another connection's session
  bool keys_logged = false;     // whether our end writes its keys down, by which others can read it
};

/// A stream that begins in clear and can become a TLS one: all that a session and a client ask of it besides being a
/// stream. What `TlsTransport` gives is a model.
///
/// - `secured()`: whether it is one by now. From then on an end without the peer's goodbye is an error, `finish()` says
///   ours, and nothing is read or written in clear.
/// - `details()`: what was agreed upon.
/// - `accept_tls(control)`, `connect_tls(control)`: as the server's or the client's end of a data connection that
///   belongs to the control connection `control`, which is secured. The handshake may be cancelled, and goes on when it
///   is asked for again; one that has failed fails again. `control` is not used any more when it runs. The server's end
///   throws `Errc::not_resumed` where the client has to prove that it is the same, and does not.
/// - `belongs_to(user)`: of a server's control connection, which user it is of from now on, for such a proof; empty: of
///   nobody who could be told from others; none: it is not known yet.
///
/// It may also have `peer_certificate()`, by whose `common_name` users can log in without a password, and
/// `prepare_data()`, by which a server's control connection is told that its client will open a data connection.
template <class S>
concept SecurableStream = Stream<S> && requires(S& stream, const S& constant, std::optional<std::string> user) {
  { constant.secured() } -> std::same_as<bool>;
  { constant.details() } -> std::same_as<TlsDetails>;
  { stream.accept_tls(stream) } -> std::same_as<awaitable<void>>;
  { stream.connect_tls(stream) } -> std::same_as<awaitable<void>>;
  { stream.belongs_to(user) } -> std::same_as<void>;
};

/// A transport with such streams: what the transport of every server and client is whose streams are securable.
///
/// - `tls_server()`: what a server shows; false where it has no certificate and cannot offer TLS.
/// - `tls_client()`: how a client knows its servers.
/// - `stream.accept_tls(network.tls_server(), heard)`: as the server's end of a control connection. `heard` is what was
///   read from it already and belongs to the handshake.
/// - `stream.connect_tls(network.tls_client(), host)`: as the client's, of a name or an address.
template <class T>
concept SecurableTransport = Transport<T> && SecurableStream<typename T::Stream> &&
    requires(T& network, typename T::Stream& stream, std::string_view heard, std::string host) {
  {static_cast<bool>(network.tls_server())};
  { stream.accept_tls(network.tls_server(), heard) } -> std::same_as<awaitable<void>>;
  { stream.connect_tls(network.tls_client(), host) } -> std::same_as<awaitable<void>>;
};

/// Whether a server can offer TLS over this transport: its streams can be secured, and it has a certificate.
template <class T> bool has_certificate([[maybe_unused]] const T& network) {
  if constexpr (SecurableStream<typename T::Stream>) {
    static_assert(SecurableTransport<T>, "streams that can be secured, on a transport that cannot say how");
    return static_cast<bool>(network.tls_server());
  } else {
    return false;
  }
}

}  // namespace ftplike

// ---- ftplike/protocol/path.hpp
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace ftplike::inline v0_2 {

/// A path as the protocol sees it: absolute, normalised, bytes. It begins with '/', has no ".", "..", or empty
/// component, and so cannot name anything above its root. Names are bytes: any encoding passes.
class Path {
 public:
  Path() = default;  // the root
  explicit Path(std::string_view text) { append(text); }

  /// `text` as seen from this directory; ".." stops at the root.
  Path resolve(std::string_view text) const {
    Path result;
    if (!text.starts_with('/')) result = *this;
    result.append(text);
    return result;
  }
  const std::string& string() const noexcept { return text_; }
  bool is_root() const noexcept { return text_.size() == 1; }
  /// The last component; empty for the root.
  std::string_view name() const noexcept { return std::string_view{text_}.substr(text_.rfind('/') + 1); }
  Path parent() const { return resolve(".."); }
  /// What is left of this path below `root`, or this path if it is not below it.
  Path below(const Path& root) const {
    if (root.is_root() || !(text_ + '/').starts_with(root.text_ + '/')) return *this;
    return Path{std::string_view{text_}.substr(root.text_.size())};
  }
  /// The same path seen from `root`: the opposite of `below`.
  Path beneath(const Path& root) const { return root.resolve(std::string_view{text_}.substr(1)); }

  friend bool operator==(const Path&, const Path&) = default;
  friend auto operator<=>(const Path&, const Path&) = default;

 private:
  void append(std::string_view text) {
    while (!text.empty()) {
      const auto part = text.substr(0, text.find('/'));
      text.remove_prefix(part.size() == text.size() ? part.size() : part.size() + 1);
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        const auto slash = text_.rfind('/');
        text_.erase(slash == 0 ? 1 : slash);
        continue;
      }
      if (!is_root()) text_ += '/';
      text_ += part;
    }
  }

  std::string text_ = "/";
};

/// Whether `name` can be the name of a file in a directory: one component, not "." or "..", without NUL.
inline bool is_component(std::string_view name) noexcept {
  constexpr std::string_view forbidden{"/\0", 2};
  return !name.empty() && name != "." && name != ".." && name.find_first_of(forbidden) == name.npos;
}

/// A directory's name between quotes, its own quotes doubled, as 257 replies give it. (RFC 959 appendix II)
inline std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

/// The name between the first quotes of the text of a 257, its doubled quotes made single. RFC 959 appendix II.
inline std::optional<std::string> parse_quoted(std::string_view text) {
  std::string name;
  for (auto open = text.find('"'); open != text.npos; open = text.find('"')) {
    text.remove_prefix(open + 1);
    const auto close = text.find('"');
    if (close == text.npos) return std::nullopt;
    name.append(text.substr(0, close));
    text.remove_prefix(close + 1);
    if (!text.starts_with('"')) return name;
    name += '"';
  }
  return std::nullopt;
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Which session something happened in, seen from the end that tells it.
class SessionInfo {
 public:
  SessionInfo() = default;
  SessionInfo(std::uint64_t its_number, Endpoint its_local, Endpoint its_peer)
      : number{its_number}, local{its_local}, peer{its_peer} {}
  std::uint64_t number = 0;  // 1, 2, … in the order of their beginnings
  Endpoint local, peer;      // of the control connection
  std::string user;          // empty before a login
  Path root;                 // of its account in the storage: "/" before a login, and at a client
};

// The events of a session, in the order of its life. A server and a client tell the same ones, each what it does
// itself: a client's `LoginTried` is the server's verdict, and it has no `SessionRefused` and no `ServerStopped`. Each
// is seen while it happens: views and references in it last as long as the call.
//
// **Threads:** an observer is called on the executor of the session: by several threads at once where there are
// several, but by one at a time for one session. It must not block: the other sessions of that thread would wait.
//
// **Errors:** what it throws at `SessionOpened` ends the session, at a server with 421; at `CommandSeen`,
// `DataListening`, `DataOpened`, `DataBytes` and `DataMoved` the command, at a server with the reply to that error. At the others it
// changes nothing: they tell what has happened. docs/events.md has all of them in a table.

/// A session began: the control connection is there, and nothing was said yet.
struct SessionOpened {
  const SessionInfo& who;
};
/// A client was turned away with 421 before it had a session: there are too many.
struct SessionRefused {
  const SessionInfo& who;
};
/// A command came in, or went out of a client. The argument of PASS and ACCT, and at a server of any verb that it does
/// not know, is "***".
///
/// An observer of a server that returns `std::optional<Reply>` for this event may refuse the command: the reply that it
/// gives is sent in place of running it.
struct CommandSeen {
  const SessionInfo& who;
  std::string_view verb, argument;
  bool unterminated = false;  // it came without a line ending, and was taken for whole because nothing followed
};
/// A reply went out to the client, or came in from the server; preliminary ones (150) and the greeting as well.
struct ReplySeen {
  const SessionInfo& who;
  const Reply& reply;
};
/// A login was accepted or refused: by a password, a certificate, or as somebody who needs neither.
struct LoginTried {
  const SessionInfo& who;
  std::string_view user;  // as the client said it, whether there is one or not
  bool accepted;
};
/// A connection is secured by TLS: the control connection, or one for data.
struct ConnectionSecured {
  const SessionInfo& who;
  bool data;
  const TlsDetails& tls;
};
/// A TLS handshake failed, and its connection is not used. A server's session ends with that of its control connection.
struct HandshakeFailed {
  const SessionInfo& who;
  bool data;
  std::error_code error;
};
/// A port waits for the peer's data connection.
struct DataListening {
  const SessionInfo& who;
  Endpoint local;
};
/// Somebody else than the peer came to a data port, or was named as its address, and was turned away.
struct StrangerRefused {
  const SessionInfo& who;
  Endpoint stranger;
};
/// A data connection is there, and secured where it has to be.
struct DataOpened {
  const SessionInfo& who;
  Endpoint local, remote;
};
/// Which way the bytes of a transfer go, seen from the end that tells it.
enum class Direction { sent, received };
/// These bytes went over the data connection. An observer that takes this event costs the kernel's short cut from file to
/// connection; one that has a function `wants_bytes()` does while that says yes, and is told of none otherwise.
struct DataBytes {
  const SessionInfo& who;
  Direction direction;
  std::span<const std::byte> bytes;
};
/// Bytes went over the data connection; `total` of them by now.
struct DataMoved {
  const SessionInfo& who;
  Direction direction;
  std::uint64_t total;
};
/// A data connection is closed, after `total` bytes. Whether the transfer was a success, `TransferEnded` tells.
struct DataClosed {
  const SessionInfo& who;
  Endpoint local, remote;
  Direction direction;
  std::uint64_t total;
};
/// A transfer has its verdict: `error` is empty if it is complete, and a file that was received stands under its name.
struct TransferEnded {
  const SessionInfo& who;
  std::string_view verb;  // of the command
  const Path& path;       // of the file in the storage, or of the directory that is listed
  Direction direction;
  std::uint64_t bytes, offset;  // over the data connection; where in the file it began
  Duration took;                // beginning before the data connection was made
  bool ascii, listing;
  std::error_code error;
  bool complete() const noexcept { return !error; }
  /// Whether a whole file was received.
  bool is_upload() const noexcept { return complete() && !listing && direction == Direction::received; }
  /// The path as the client sees it: below its account's root.
  Path shown_path() const { return path.below(who.root); }
  /// Where in the file the transfer ended, which is the size of one that was received, or sent to its end. Text that
  /// was changed on its way (`ascii`) and listings have none.
  std::optional<std::uint64_t> size() const noexcept {
    return ascii || listing ? std::nullopt : std::optional{offset + bytes};
  }
};
/// A session has ended, and its control connection is closed. The last event of every session that was opened.
struct SessionClosed {
  const SessionInfo& who;
  std::error_code error;  // empty after a farewell
};
/// A session that could not be ended: something that it waits for knows no cancellation, or blocks its thread.
struct StuckSession {
  std::uint64_t number = 0;
  Endpoint peer;
  std::string user;      // empty before a login
  std::string activity;  // the verb of its command, or what else it was about
};
/// What became of the sessions of a server that stopped.
struct StopReport {
  std::size_t drained = 0;          // ended by themselves
  std::size_t cut = 0;              // had to be ended
  std::vector<StuckSession> stuck;  // could not be; they end with the event loop
};
/// The server has stopped: its ports are free, and but for those that are stuck its sessions have ended.
struct ServerStopped {
  StopReport report;
};

/// All of these events.
template <class... All> struct EventList {};
using AllEvents =
    EventList<SessionOpened, SessionRefused, CommandSeen, ReplySeen, LoginTried, ConnectionSecured, HandshakeFailed,
              DataListening, StrangerRefused, DataOpened, DataBytes, DataMoved, DataClosed, TransferEnded, SessionClosed,
              ServerStopped>;

/// Sees nothing and costs nothing: the default observer.
struct NoObserver {};

/// Whether an observer takes an event: it is anything that can be called with it, a lambda for instance.
template <class Observer, class Event> constexpr bool takes = std::is_invocable_v<Observer&, const Event&>;

namespace detail {

template <class...> constexpr bool never = false;

template <class Observer, class... Events> constexpr bool takes_one_of(EventList<Events...>) {
  return (takes<Observer, Events> || ...);
}
/// Whether something could only be called with an event that may be changed, which no event may.
template <class Observer, class Event> constexpr bool would_change() {
  if constexpr (takes<Observer, Event>) {
    return false;
  } else {
    return std::is_invocable_v<Observer&, Event&> || std::is_invocable_v<Observer&, Event>;
  }
}
template <class Observer, class... Events> constexpr bool would_change_one_of(EventList<Events...>) {
  return (would_change<Observer, Events>() || ...);
}

// Faults, each named after what is wrong and instantiated with whose it is.

template <class Observer> struct ObserverThatWouldChangeEvents {
  static_assert(never<Observer>,
                "an observer takes its events by const reference or by value, for it cannot change them");
};
template <class Observer> struct ObserverThatTakesNoEvent {
  static_assert(never<Observer>, "this is no observer: it cannot be called with any of the events of io/observer.hpp");
};

struct NoFault {};

/// What is wrong with something that is to be an observer: a type that does not compile, or `NoFault`. It is asked for
/// its size, in an assertion of its own, so that compilers tell of nothing else.
template <class Observer> constexpr auto fault_of_observer() {
  if constexpr (would_change_one_of<Observer>(AllEvents{})) {
    return std::type_identity<ObserverThatWouldChangeEvents<Observer>>{};
  } else if constexpr (!std::is_same_v<Observer, NoObserver> && !takes_one_of<Observer>(AllEvents{})) {
    return std::type_identity<ObserverThatTakesNoEvent<Observer>>{};
  } else {
    return std::type_identity<NoFault>{};
  }
}

}  // namespace detail

/// Whether an observer wants to be told of `DataBytes` now.
template <class Observer> bool wants_bytes(Observer& observer) {
  if constexpr (!takes<Observer, DataBytes>) {
    return false;
  } else if constexpr (requires { observer.wants_bytes(); }) {
    return observer.wants_bytes();
  } else {
    return true;
  }
}

/// Several observers as one: each sees what it takes.
template <class... All> class Observers {
  static_assert(((sizeof(typename decltype(detail::fault_of_observer<All>())::type) > 0) && ...));

 public:
  explicit Observers(All... all) : all_{std::move(all)...} {}
  template <class Event>
    requires(std::is_invocable_v<All&, const Event&> || ...)
  std::optional<Reply>
  operator()(const Event& event) {
    std::optional<Reply> refusal;
    const auto tell = [&](auto& one) {
      if constexpr (std::is_invocable_r_v<std::optional<Reply>, decltype(one), const Event&>) {
        if (auto answer = one(event); answer && !refusal) refusal = std::move(answer);
      } else if constexpr (std::is_invocable_v<decltype(one), const Event&>) {
        one(event);
      }
    };
    std::apply([&](auto&... ones) { (tell(ones), ...); }, all_);
    return refusal;
  }
  bool wants_bytes() {
    return std::apply([](auto&... ones) { return (ftplike::wants_bytes(ones) || ...); }, all_);
  }

 private:
  std::tuple<All...> all_;
};

/// Tells `observer` of `event` if it wants to know; nothing is made up for one that does not.
template <class Event, class Observer, class... Parts> void observe(Observer& observer, Parts&&... parts) {
  if constexpr (takes<Observer, Event>) observer(Event{std::forward<Parts>(parts)...});
}

/// The same of something that has happened, of which no exception of the observer's makes anything else.
template <class Event, class Observer, class... Parts> void report(Observer& observer, Parts&&... parts) noexcept {
  if constexpr (takes<Observer, Event>) {
    try {
      observer(Event{std::forward<Parts>(parts)...});
    } catch (...) {  // it cannot change what was
    }
  }
}

/// Tells `observer` of an event that it may answer; gives its answer, if it gives one.
template <class Observer, class Event> std::optional<Reply> ask(Observer& observer, const Event& event) {
  if constexpr (std::is_invocable_r_v<std::optional<Reply>, Observer&, const Event&>) {
    return observer(event);
  } else {
    observer(event);
    return std::nullopt;
  }
}

}  // namespace ftplike

// ---- ftplike/io/deadline.hpp
#include <exception>
#include <functional>
#include <system_error>
#include <utility>

// ---- ftplike/io/condition.hpp
#include <system_error>


namespace ftplike::inline v0_2 {

/// A condition variable for coroutines of one executor: `wait` suspends until the next `notify`. As with
/// `std::condition_variable`, the caller looks at what it waits for before and after.
///
/// **Cancellation:** ends the wait, without an error; the next `co_await` of the coroutine throws.
/// **Threads:** those of its executor, one at a time.
template <class E = Executor> class BasicCondition {
 public:
  explicit BasicCondition(const Executor& executor) : timer_{executor, Time::max()} {}

  awaitable<void> wait() {
    std::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
  /// The same for a coroutine that handles its own cancellation: none of it comes here.
  awaitable<void> wait_uncancelled() {
    std::error_code ignored;
    const auto no_slot = asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable);
    co_await timer_.async_wait(asio::redirect_error(no_slot, ignored));
  }
  /// Wakes all who wait just now.
  void notify() { timer_.cancel(); }

 private:
  SteadyTimer<E> timer_;  // never expires
};
using Condition = BasicCondition<>;  // a template, so that only what is called is compiled

}  // namespace ftplike

// ---- ftplike/io/settled.hpp
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

/// How an operation ended, kept as a value until `get()` returns it or throws it.
template <class R> class Settled {
 public:
  void set(R value) { value_.emplace(std::move(value)); }
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
  R get() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(*value_);
  }

 private:
  std::exception_ptr failure_;
  std::optional<R> value_;
};

template <> class Settled<void> {
 public:
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
  void get() {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
};

/// Runs `operation` to its end, good or bad, into `result`; itself it does not throw.
template <class R> awaitable<void> settle(awaitable<R> operation, Settled<R>& result) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(operation);
    } else {
      R value = co_await std::move(operation);
      result.set(std::move(value));
    }
  } catch (...) { result.fail(std::current_exception()); }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Ends what a coroutine does, wherever it waits, and keeps the reason.
///
/// The coroutine is started with `slot()`. That it is to end is a state of the coroutine, which Asio keeps: what it
/// waits for just now is cancelled, and its next `co_await` throws `operation_aborted`, that of a coroutine of its own
/// included. It goes on with other work after `co_await recover()`, which is the one thing that it can await then.
///
/// **Threads:** its coroutine's executor. **Lifetime:** outlives the coroutine.
class Interruption {
 public:
  Interruption() = default;
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  asio::cancellation_slot slot() noexcept { return signal_.slot(); }
  /// The first reason stays.
  void interrupt(std::error_code why) {
    if (!why_) why_ = why;
    signal_.emit(asio::cancellation_type::terminal);
  }
  /// Why; nothing if there was no interruption since the last `recover`.
  const std::error_code& why() const noexcept { return why_; }
  /// What an operation failed with, or if that is the interruption, the reason of it.
  std::error_code reason_of(std::exception_ptr failure) const noexcept {
    const std::error_code error = code_of(std::move(failure));
    return why_ && error == asio::error::operation_aborted ? why_ : error;
  }
  /// For another coroutine with this slot.
  void forget() noexcept { why_ = {}; }
  /// In the coroutine: it may wait again.
  [[nodiscard]] auto recover() noexcept {  // no coroutine, which would be cancelled itself
    why_ = {};
    return asio::this_coro::reset_cancellation_state();
  }

 private:
  asio::cancellation_signal signal_;
  std::error_code why_;
};

/// The limits of time of a coroutine's steps, cheap enough to be set for every command: moving the limit on is one
/// store, and the timer is looked at again only when it rings. When a limit runs out, the coroutine is interrupted.
///
/// **Lifetime:** of the coroutine. **Threads:** its executor.
template <Transport T> class Deadline {
 public:
  Deadline(T& network, const Executor& executor, Interruption& interruption)
      : network_{network}, interruption_{interruption}, timer_{network, executor} {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// The limit of a step, from its beginning to the end of a scope. Inside of it there can be others, which hold
  /// instead of it while they last; after them it is counted anew, at the latest when it would have run out.
  class Limit {
   public:
    /// `Duration::max()`: none. `why` is the reason of the interruption.
    Limit(Deadline& deadline, Duration duration, std::error_code why)
        : deadline_{deadline}, outer_{deadline.limit_}, duration_{duration}, why_{why} {
      deadline_.limit_ = this;
      extend();
    }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() {
      deadline_.limit_ = outer_;
      if (outer_) outer_->resumed_ = true;
    }
    /// The same limit again, counted from now.
    void extend() {
      resumed_ = false;
      end_ = time_after(deadline_.network_.now(), duration_);
      deadline_.arm_for(end_);
    }
    /// Whether it ran out.
    bool expired() const noexcept { return expired_; }

   private:
    friend class Deadline;
    Deadline& deadline_;
    Limit* const outer_;
    const Duration duration_;
    const std::error_code why_;
    Time end_{};
    bool expired_ = false;
    bool resumed_ = false;  // to be counted anew
  };

  /// Between two steps, for long: no timer keeps a loop busy that has nothing else to do.
  void rest() {
    if (!limit_ && std::exchange(armed_, false)) timer_.cancel();
  }
  /// Counts the limit that holds now from now on, if one does.
  void extend() {
    if (limit_) limit_->extend();
  }

 private:
  void arm_for(Time end) {
    if (end != Time::max() && (!armed_ || end < rings_at_)) arm(end);
  }
  void arm(Time when) {
    armed_ = true;
    rings_at_ = when;
    timer_.start(rings_at_, [this] { ring(); });
  }
  void ring() {
    armed_ = false;
    if (!limit_) return;
    const Time now = network_.now();
    if (std::exchange(limit_->resumed_, false)) limit_->end_ = time_after(now, limit_->duration_);
    if (limit_->end_ == Time::max()) return look_after_outer(now);
    if (now < limit_->end_) return arm(limit_->end_);
    limit_->expired_ = true;
    interruption_.interrupt(limit_->why_);
  }
  /// The limit that holds has no end: it is looked again whether one around it holds by then.
  void look_after_outer(Time now) {
    for (const Limit* outer = limit_->outer_; outer; outer = outer->outer_) {
      if (outer->duration_ != Duration::max()) return arm(time_after(now, outer->duration_));
    }
  }

  T& network_;
  Interruption& interruption_;
  typename T::Timer timer_;
  Limit* limit_ = nullptr;
  Time rings_at_{};
  bool armed_ = false;
};

}  // namespace ftplike

// ---- ftplike/protocol/argument.hpp
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/protocol/verb.hpp
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// ---- ftplike/protocol/text.hpp
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ftplike::inline v0_2 {

/// An ASCII letter in lower case, everything else as it is, in whatever locale.
constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
/// An ASCII letter in upper case, everything else as it is, in whatever locale.
constexpr char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// A text with its ASCII letters in lower case.
inline std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = to_lower(c);
  return out;
}
/// A text with its ASCII letters in upper case.
inline std::string to_upper(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = to_upper(c);
  return out;
}

/// Whether `text` is `word`, whatever the case of their ASCII letters.
constexpr bool same_word(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

/// The value of a text that is a number in this base and nothing else: no sign in front of an unsigned one, no blank,
/// nothing behind it. None if it is something else, or more than a `Number` holds.
template <class Number = unsigned> std::optional<Number> number_in(std::string_view text, int base = 10) noexcept {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::string_view without_leading_blanks(std::string_view text) noexcept {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  return text;
}
constexpr std::string_view without_trailing_blanks(std::string_view text) noexcept {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace detail

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// The verb of a command, folded to upper case and packed in one integer: equality is one comparison.
class Verb {
 public:
  static constexpr std::size_t max_length = 8;

  constexpr Verb() = default;
  /// Anything but 1 to 8 letters or digits gives the empty verb, which no command has.
  constexpr explicit Verb(std::string_view text) noexcept {
    if (text.size() > max_length) return;
    std::uint64_t bits = 0;
    for (const char c : text) {
      const char letter = to_upper(c);
      const bool allowed = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
      if (!allowed) return;
      bits = bits << 8 | static_cast<unsigned char>(letter);
    }
    bits_ = bits;
  }

  constexpr std::uint64_t bits() const noexcept { return bits_; }
  constexpr explicit operator bool() const noexcept { return bits_ != 0; }
  std::string text() const {
    std::string letters;
    for (int shift = 56; shift >= 0; shift -= 8) {
      if (const char letter = static_cast<char>(bits_ >> shift & 0xff)) letters += letter;
    }
    return letters;
  }
  friend constexpr bool operator==(Verb, Verb) = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// A command's argument. It has no CR, LF or NUL by construction, so that no argument can become a second command.
/// Else any bytes. RFC 959 §5.3.
class Argument {
 public:
  static std::optional<Argument> from(std::string_view text) {
    constexpr std::string_view forbidden{"\r\n\0", 3};
    if (text.find_first_of(forbidden) != text.npos) return std::nullopt;
    return Argument{std::string{text}};
  }
  std::string_view view() const noexcept { return text_; }

  friend bool operator==(const Argument&, const Argument&) = default;

 private:
  explicit Argument(std::string text) : text_{std::move(text)} {}

  std::string text_;
};

/// A command as the ftp-like dialect has it: no line ending, bytes as they are. `argument` may be null.
inline std::string command_text(Verb verb, const Argument* argument = nullptr) {
  auto text = verb.text();
  if (argument) text.append(1, ' ').append(argument->view());
  return text;
}

/// A command as standard servers take it: ended by CRLF, each byte 0xFF doubled. `argument` may be null. RFC 854.
inline std::string command_wire(Verb verb, const Argument* argument = nullptr) {
  const auto text = command_text(verb, argument);
  std::string line;
  line.reserve(text.size() + 2);
  for (const char byte : text) line.append(byte == '\xFF' ? 2 : 1, byte);
  return line += "\r\n";
}

}  // namespace ftplike

// ---- ftplike/protocol/command_line.hpp
#include <string_view>


namespace ftplike::inline v0_2 {

/// One command as it came: its verb, and the argument byte for byte. An argument of nothing but blanks is empty.
struct CommandLine {
  Verb verb;
  std::string_view argument;
  bool has_argument = false;  // "NLST " has one, which is empty
};

/// Splits `RETR a b.txt` at its first space; blanks in front of the verb are none of it. Never fails: a bad verb gives
/// the empty Verb. (RFC 959 §5.3)
constexpr CommandLine parse_command(std::string_view line) noexcept {
  line = detail::without_leading_blanks(line);
  const auto space = line.find(' ');
  if (space == line.npos) return {Verb{detail::without_trailing_blanks(line)}, {}, false};
  auto argument = line.substr(space + 1);
  if (detail::without_leading_blanks(argument).empty()) argument = {};
  return {Verb{line.substr(0, space)}, argument, true};
}

/// Whether a verb is HTTP's or SMTP's: a browser or a mailer that was led here speaks in lines of which some could be
/// commands. (ALPACA)
constexpr bool is_foreign(Verb verb) noexcept {
  for (const auto foreign : {"GET", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "EHLO", "HELO"}) {
    if (verb == Verb{foreign}) return true;
  }
  return false;
}

}  // namespace ftplike

// ---- ftplike/protocol/reply_buffer.hpp
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/protocol/telnet.hpp
#include <algorithm>
#include <cstdint>
#include <string_view>

namespace ftplike::inline v0_2 {

/// Takes Telnet's sequences out of what comes over a control connection and gives the text between them.
///
/// IAC IAC is one byte 0xFF; a negotiation, a subnegotiation, a command give nothing. Two habits of real peers pass as
/// well: the mark of a Synch may lack its IAC (or the IAC its mark) because that byte came as urgent data, and names
/// may hold a 0xFF that was not doubled. Sequences may be split over calls. RFC 854, RFC 959 §3.3.
class TelnetFilter {
 public:
  /// Calls `text(piece)` for each piece of text in `bytes`; a piece is never empty.
  template <class Text> void feed(std::string_view bytes, Text text) {
    while (!bytes.empty()) {
      if (state_ == State::text) {
        const auto size = std::min(bytes.find(iac), bytes.size());
        if (size > 0) give(bytes.substr(0, size), text);
        if (size < bytes.size()) state_ = State::command;
        bytes.remove_prefix(std::min(size + 1, bytes.size()));
      } else if (step(bytes.front(), text)) {
        bytes.remove_prefix(1);
      }
    }
  }

  /// Whether a sequence has begun and not ended.
  bool inside() const noexcept { return state_ != State::text && state_ != State::interrupted; }

 private:
  enum class State : std::uint8_t { text, command, option, subnegotiation, subnegotiation_command, interrupted };
  static constexpr char se = '\xF0', mark = '\xF2', interrupt = '\xF4', sb = '\xFA', will = '\xFB', dont = '\xFE',
                        iac = '\xFF';

  template <class Text> void give(std::string_view piece, Text& text) {
    line_start_ = piece.back() == '\n';
    text(piece);
  }

  /// Whether the byte belonged to a sequence; if not, it has yet to be looked at as text.
  template <class Text> bool step(char byte, Text& text) {
    switch (state_) {
      case State::command: return command(byte, text);
      case State::subnegotiation:
        if (byte == iac) state_ = State::subnegotiation_command;
        return true;
      case State::subnegotiation_command: state_ = byte == se ? State::text : State::subnegotiation; return true;
      case State::interrupted: state_ = State::text; return byte == mark;
      case State::option:
      case State::text: break;
    }
    state_ = State::text;
    return true;
  }

  template <class Text> bool command(char byte, Text& text) {
    const auto code = [](char c) { return static_cast<unsigned char>(c); };
    state_ = State::text;
    if (byte == iac) {
      give({&byte, 1}, text);
    } else if (code(byte) >= code(will) && code(byte) <= code(dont)) {
      state_ = State::option;
    } else if (byte == sb) {
      state_ = State::subnegotiation;
    } else if (byte == interrupt) {
      state_ = State::interrupted;
    } else if (code(byte) < code(se)) {
      // No Telnet command. Before a verb this is what is left of a Synch, anywhere else a byte of a name.
      if (!line_start_) give({&iac, 1}, text);
      return false;
    }
    return true;
  }

  State state_ = State::text;
  bool line_start_ = true;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Makes replies of the bytes that a server sends. CRLF and LF end a line; Telnet's sequences are taken out.
///
/// The text of a reply is its lines without codes, joined by LF. A line between the first and the last stays as it is,
/// but for a code of its reply with a hyphen, which is taken off its front. RFC 959 §4.2.
///
/// **Errors:** what is no reply, or too long a line or reply, is a defect: no reply comes after it.
///
/// **Complexity:** linear. It holds at most `longest_reply + longest_line` bytes and what makes a reply of them: take
/// the replies out after each `feed`.
class ReplyBuffer {
 public:
  static constexpr std::size_t longest_line = 64 * 1024;
  static constexpr std::size_t longest_reply = 1024 * 1024;

  void feed(std::string_view bytes) {
    if (defect_) return;
    telnet_.feed(bytes, [this](std::string_view text) {
      const auto room = longest_reply + longest_line - (held_.size() - begin_);
      if (!flooded_) held_.append(text.substr(0, room));
      if (text.size() > room) flooded_ = true;
    });
  }

  /// Takes lines that are no replies for a banner until the first reply has come: text or empty lines stand before some
  /// greetings. The first line of an SSH server, which waits for us then, stays a defect.
  void skip_banner() noexcept { in_banner_ = true; }
  /// Whether there was such a line.
  bool skipped() const noexcept { return skipped_ > 0; }

  /// The next reply that is complete.
  std::optional<Reply> next() {
    while (!defect_) {
      const auto end = held_.find('\n', seen_);
      const auto size = std::min(end, held_.size()) - begin_;
      if (size > longest_line || (end == held_.npos && flooded_)) {
        fail(Errc::line_too_long);
      } else if (end == held_.npos) {
        seen_ = held_.size();
        release();
        return std::nullopt;
      } else {
        const auto line = std::string_view{held_}.substr(begin_, size);
        begin_ = seen_ = end + 1;
        if (auto reply = take(line.substr(0, line.find_last_not_of('\r') + 1))) {
          release();
          return reply;
        }
      }
    }
    return std::nullopt;
  }

  /// Why no reply will ever come again: Errc::bad_reply, Errc::line_too_long, or nothing.
  std::error_code defect() const noexcept { return defect_; }
  /// Whether nothing waits: no reply, no part of one.
  bool empty() const noexcept { return held_.size() == begin_ && code_ == 0 && !flooded_ && !telnet_.inside(); }

 private:
  static constexpr std::size_t kept_capacity = 256;

  /// The code at the front of a line, 0 if there is none.
  static int code_of(std::string_view line) noexcept {
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, detail::is_digit)) return 0;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
    const auto code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    return code >= 100 && code <= 659 ? code : 0;
  }

  std::optional<Reply> take(std::string_view line) {
    const auto code = code_of(line);
    const bool continued = line.size() > 3 && line[3] == '-';
    const auto text = line.substr(std::min<std::size_t>(4, line.size()));
    if (code_ == 0) {
      if (code == 0) return skip(line);
      in_banner_ = false;
      if (!continued) return Reply{code, std::string{text}};
      code_ = code;
      text_ = text;
      return std::nullopt;
    }
    if (text_.size() + line.size() > longest_reply) return fail(Errc::line_too_long);
    text_.append(1, '\n').append(code == code_ ? text : line);
    if (code != code_ || continued) return std::nullopt;
    return Reply{std::exchange(code_, 0), std::exchange(text_, {})};
  }

  std::nullopt_t skip(std::string_view line) {
    if (!in_banner_ || line.starts_with("SSH-")) return fail(Errc::bad_reply);
    skipped_ += line.size() + 1;
    if (skipped_ > longest_reply) return fail(Errc::line_too_long);
    return std::nullopt;
  }

  std::nullopt_t fail(Errc defect) {
    *this = ReplyBuffer{};
    defect_ = defect;
    return std::nullopt;
  }

  void release() {
    if (begin_ == held_.size()) {
      held_.clear();
      if (held_.capacity() > kept_capacity) std::string{}.swap(held_);
    } else if (begin_ > held_.size() / 2) {
      held_.erase(0, begin_);
    } else {
      return;
    }
    seen_ -= begin_;
    begin_ = 0;
  }

  std::string held_;  // lines that have not been looked at, from begin_ on
  std::size_t begin_ = 0;
  std::size_t seen_ = 0;  // no line ends before it
  int code_ = 0;          // of the reply under way, 0 if there is none
  std::string text_;      // of the reply under way
  TelnetFilter telnet_;
  std::size_t skipped_ = 0;  // bytes of the banner
  bool in_banner_ = false;
  bool flooded_ = false;  // more came than there was room for
  std::error_code defect_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// 1, 2, … for the sessions of this process.
inline std::uint64_t next_client_number() noexcept {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

/// The client's end of a control connection: sends commands and gives each its own reply, whatever else comes.
///
/// **Errors:** `ClientError`; a negative reply is no error here, but 421 is (`ReplyError`). After an error of the
/// connection it is closed, with what it was the error of all later commands. **Cancellation:** by the `Interruption` of
/// the operation under way; a command that was cancelled stays outstanding until `get_in_step`.
template <Transport T, class Observer> class ClientControl {
 public:
  ClientControl(T& network, const Executor& executor, typename T::Stream stream, const ClientLimits& limits,
                Interruption& interruption, Deadline<T>& deadline, Observer& observer)
      : network_{network},
        executor_{executor},
        stream_{std::move(stream)},
        limits_{limits},
        interruption_{interruption},
        deadline_{deadline},
        observer_{observer},
        watch_over_{executor},
        who_{next_client_number(), stream_.local(), stream_.remote()} {
    mark_as_control(stream_);
    observe<SessionOpened>();
  }
  ClientControl(const ClientControl&) = delete;
  ClientControl& operator=(const ClientControl&) = delete;

  typename T::Stream& stream() noexcept { return stream_; }
  SessionInfo& who() noexcept { return who_; }
  const PendingCommands& pending() const noexcept { return pending_; }
  bool is_open() const noexcept { return open_; }
  /// Whether the server ended its greeting with CRLF.
  bool hears_crlf() const noexcept { return hears_crlf_; }
  /// Whether commands end with CRLF, or with nothing at all. One command is one write in any case.
  void end_commands(bool with_crlf) noexcept { ends_commands_ = with_crlf; }

  template <class Event, class... More> void observe(More&&... more) {
    ftplike::observe<Event>(observer_, who_, std::forward<More>(more)...);
  }

  template <class Event, class... More> void report(More&&... more) noexcept {
    ftplike::report<Event>(observer_, who_, std::forward<More>(more)...);
  }

  /// Whether nothing has come that was not asked for. What comes in clear before TLS must not be heard after it.
  bool is_silent() const noexcept { return replies_.empty(); }

  /// Ends the connection now.
  void close(std::error_code why = {}) {
    if (!std::exchange(open_, false)) return;
    fate_ = why ? why : make_error_code(Errc::peer_lost);
    stream_.close();
    report<SessionClosed>(why);
  }
  void check_open(const std::string& verb) const {
    if (!open_) throw ClientError{fate_, verb, Channel::control};
  }

  /// The server's first reply, whatever text stands before it.
  awaitable<Reply> greeting() {
    pending_.sent(Asked::simple);
    replies_.skip_banner();
    try {
      co_return co_await answer("connect", limits_.reply);
    } catch (const ReplyError&) { throw; } catch (const ClientError& error) {
      if (!replies_.skipped() || error.code() == asio::error::operation_aborted) throw;
    }
    throw ClientError{Errc::bad_reply, "connect", Channel::control};  // it speaks something else
  }
  /// Sends a command, whose session must be in step, and gives its final reply.
  awaitable<Reply> ask(std::string command) {
    drop_what_came_unasked();
    co_await say(command, Asked::simple);
    co_return co_await answer(verb_of(command), limits_.reply);
  }
  /// Sends the command of a transfer and gives its first reply. If that is preliminary, the connection is watched from
  /// then on, with `keep` kept alive, until the final reply has come.
  awaitable<Reply> begin(std::string command, std::shared_ptr<const void> keep) {
    forget_conclusion();
    drop_what_came_unasked();
    co_await say(command, Asked::transfer);
    const Reply first = co_await answer(verb_of(command), limits_.reply);
    if (first.preliminary()) {
      watching_ = true;
      start_on(executor_, watch(std::move(keep)));
    } else {
      conclusion_ = first;
    }
    co_return first;
  }
  /// The final reply of the transfer under way.
  awaitable<Reply> conclude(std::string verb, Duration limit) {
    std::error_code error;
    {
      Limit limited{deadline_, limit, Errc::timed_out};
      try {
        while (watching_) co_await watch_over_.wait();
      } catch (...) { error = interruption_.reason_of(std::current_exception()); }
      if (limited.expired()) co_await interruption_.recover();
    }
    if (!error && conclusion_) co_return *conclusion_;
    if (watch_failure_) error = watch_failure_;
    throw ClientError{error ? error : make_error_code(Errc::peer_lost), verb, Channel::control};
  }
  /// Whether data are moved, which end where the server says that it has failed.
  void moves_data(bool whether) noexcept { moves_data_ = whether; }
  void forget_conclusion() noexcept {
    conclusion_.reset();
    watch_failure_ = {};
  }
  /// Whether a transfer under way cannot succeed any more, as the server has said or by its silence for ever.
  bool refused() const noexcept { return (conclusion_ && conclusion_->negative()) || watch_failure_; }
  const std::optional<Reply>& conclusion() const noexcept { return conclusion_; }
  std::error_code watch_failure() const noexcept { return watch_failure_; }

  /// Says NOOP during a transfer if nothing was said for so long.
  awaitable<void> keep_alive(Duration interval) {
    if (interval <= Duration::zero() || !watching_ || network_.now() - last_spoken_ < interval) co_return;
    Limit limited{deadline_, limits_.recovery, Errc::timed_out};
    co_await send("NOOP", Asked::keep_alive);
  }
  /// Says ABOR, if a transfer waits for its final reply.
  awaitable<void> abort() {
    co_await stop_watching();
    if (pending_.transferring()) co_await say("ABOR", Asked::abort);
  }
  /// Takes replies until none can come any more that belongs to an earlier command.
  awaitable<void> get_in_step() {
    co_await stop_watching();
    const Time end = network_.now() + limits_.recovery;
    drop_what_came_unasked();
    while (!pending_.in_step()) {
      if (pending_.tangled() && !pending_.marked()) co_await say("PWD", Asked::marker);
      (void)co_await answer("PWD", std::max(Duration{1}, end - network_.now()));
    }
  }

 private:
  using Limit = typename Deadline<T>::Limit;

  class Heard {
   public:
    Heard(Owner its_owner, Reply its_reply) : owner{its_owner}, reply{std::move(its_reply)} {}
    Owner owner;
    Reply reply;
  };

  awaitable<void> say(std::string command, Asked what) {
    Limit limited{deadline_, limits_.reply, Errc::timed_out};
    co_await send(std::move(command), what);
  }

  awaitable<void> send(std::string command, Asked what) {
    const CommandLine parts = parse_command(command);
    const auto argument = Argument::from(parts.argument);
    if (!parts.verb || !argument) throw ClientError{Errc::bad_name, verb_of(command), Channel::local};
    check_open(verb_of(command));
    if constexpr (takes<Observer, CommandSeen>) {
      const bool secret = parts.verb == Verb{"PASS"} || parts.verb == Verb{"ACCT"};
      const std::string verb = parts.verb.text();
      observe<CommandSeen>(std::string_view{verb}, secret ? std::string_view{"***"} : parts.argument);
    }
    pending_.sent(what);
    last_spoken_ = network_.now();
    const Argument* const given = parts.has_argument ? &*argument : nullptr;
    const std::string wire = ends_commands_ ? command_wire(parts.verb, given) : command_text(parts.verb, given);
    std::error_code error;
    try {
      co_await stream_.write(as_bytes(wire));
      co_return;
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    const bool cancelled = static_cast<bool>(interruption_.why());
    if (error == Errc::timed_out) co_await interruption_.recover();
    Settled<Heard> last;
    if (!cancelled && !watching_) co_await settle(hear(), last);  // the server may have said why it hung up
    // How much of the command went out is not known, so nothing can follow it.
    close(error);
    if (cancelled || watching_ || last.failed()) throw ClientError{error, verb_of(command), Channel::control};
    throw ReplyError{last.get().reply, verb_of(command)};
  }

  /// The next reply that is somebody's.
  awaitable<Reply> answer(std::string verb, Duration limit) {
    std::error_code error;
    Heard heard{Owner::nobody, {}};
    {
      Limit limited{deadline_, limit, Errc::timed_out};
      try {
        while (heard.owner == Owner::nobody) {
          Heard next = co_await hear();
          heard = std::move(next);
        }
      } catch (...) { error = interruption_.reason_of(std::current_exception()); }
      if (limited.expired()) co_await interruption_.recover();
    }
    const bool lost = error && error != Errc::timed_out && error != asio::error::operation_aborted;
    if (lost) close(error);
    if (error) throw ClientError{error, verb, Channel::control};
    if (heard.owner == Owner::farewell) {
      close(Errc::shutting_down);
      throw ReplyError{std::move(heard.reply), verb};
    }
    co_return std::move(heard.reply);
  }

  awaitable<Heard> hear() {
    for (;;) {
      if (std::optional<Reply> reply = replies_.next()) {
        report<ReplySeen>(*reply);
        const Owner owner = pending_.take(*reply);
        co_return Heard{owner, *std::move(reply)};
      }
      if (replies_.defect()) throw std::system_error(replies_.defect());
      std::array<std::byte, 2048> room;
      const std::size_t n = co_await stream_.read_some(room);
      if (n == 0) throw std::system_error(Errc::peer_lost);
      const std::string_view text = as_text(std::span{room}.first(n));
      const auto end = text.find('\n');
      if (!ending_known_ && end != text.npos) {
        ending_known_ = true;
        hears_crlf_ = (end == 0 ? last_byte_ : text[end - 1]) == '\r';
      }
      last_byte_ = text.back();
      replies_.feed(text);
    }
  }

  /// What has come already belongs to earlier commands, or is nobody's: a second 226, for instance.
  void drop_what_came_unasked() {
    while (auto reply = replies_.next()) {
      report<ReplySeen>(*reply);
      if (pending_.take(*reply) != Owner::farewell) continue;
      close(Errc::shutting_down);
      throw ReplyError{*std::move(reply), {}};
    }
  }

  /// Hears replies during a transfer. One that says that it has failed ends what the transfer waits for.
  awaitable<void> watch(std::shared_ptr<const void>) {
    try {
      while (!conclusion_) {
        Heard heard = co_await hear();
        if (heard.owner == Owner::command) conclusion_ = std::move(heard.reply);
        if (heard.owner == Owner::farewell) {
          conclusion_ = std::move(heard.reply);
          farewell_ = true;
        }
      }
    } catch (const std::system_error& failure) {
      if (failure.code() != asio::error::operation_aborted) watch_failure_ = failure.code();
    }
    watching_ = false;
    if (farewell_) close(Errc::shutting_down);
    if (watch_failure_) close(watch_failure_);
    if (refused() && moves_data_) interruption_.interrupt(Errc::peer_lost);
    watch_over_.notify();
  }
  awaitable<void> stop_watching() {
    if (watching_) stream_.cancel();
    while (watching_) co_await watch_over_.wait();
  }

  T& network_;
  Executor executor_;
  typename T::Stream stream_;
  const ClientLimits& limits_;
  Interruption& interruption_;
  Deadline<T>& deadline_;
  Observer& observer_;
  ReplyBuffer replies_;
  PendingCommands pending_;
  Condition watch_over_;
  std::optional<Reply> conclusion_;
  std::error_code watch_failure_, fate_;
  SessionInfo who_;
  Time last_spoken_{};
  char last_byte_ = '\0';
  bool open_ = true, ends_commands_ = true, hears_crlf_ = false, ending_known_ = false, watching_ = false,
       farewell_ = false, moves_data_ = false;
};

}  // namespace ftplike::detail

// ---- ftplike/client/data_link.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

// ---- ftplike/data_channel/data_channel.hpp
#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/io/subnet.hpp
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/io/worker_pool.hpp
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

// ---- ftplike/system/new_shared.hpp
#include <memory>
#include <utility>

namespace ftplike::inline v0_2::detail {

/// `std::make_shared` at the price of a second allocation. What that is made of takes a compiler three times as long, and
/// a server has two dozen such types.
template <class T, class... Args> std::shared_ptr<T> new_shared(Args&&... args) {
  return std::shared_ptr<T>{new T(std::forward<Args>(args)...)};
}

}  // namespace ftplike::inline v0_2::detail


namespace ftplike::inline v0_2 {

/// Who a piece of blocking work is done for, as a number: clients take turns in a `WorkerPool`. 0 is nobody in
/// particular. `client_key` (io/subnet.hpp) makes one of an address.
using ClientKey = std::uint64_t;

/// Where jobs that may block are done: a disk's, a password's. The base of `ThreadPool` and of the simulated network's.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  WorkerPool() = default;
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  virtual ~WorkerPool() = default;
  /// Has a job done, which must not throw; false if too many are waiting already. **Threads:** any.
  virtual bool submit(Job job, ClientKey client) = 0;
};

/// Some threads and a bounded queue. Clients take turns: a thousand jobs of one client make another wait for one of
/// them at the most. Threads are started when they are first needed.
///
/// **Lifetime:** its destructor drops the jobs that wait and lets those that run end in threads of their own.
class ThreadPool final : public WorkerPool {
 public:
  /// At most `threads` (1 or more) at work, and `waiting` jobs that wait.
  explicit ThreadPool(unsigned threads, std::size_t waiting = 10'000)
      : queue_{detail::new_shared<Queue>(std::max(threads, 1u), waiting)} {}
  ~ThreadPool() override {
    const std::lock_guard lock{queue_->mutex};
    queue_->over = true;
    queue_->turns.clear();
    queue_->jobs.clear();
    queue_->changed.notify_all();
  }

  bool submit(Job job, ClientKey client) override {
    const std::lock_guard lock{queue_->mutex};
    if (queue_->waiting >= queue_->most_waiting) return false;
    if (queue_->idle <= queue_->waiting && queue_->threads < queue_->most_threads) {
      std::thread{[queue = queue_] { work(*queue); }}.detach();
      ++queue_->threads;
    }
    queue_->put(std::move(job), client);
    queue_->changed.notify_one();
    return true;
  }

 private:
  struct Queue {
    Queue(unsigned its_threads, std::size_t its_waiting) : most_threads{its_threads}, most_waiting{its_waiting} {}

    void put(Job job, ClientKey client) {
      if (client == 0) client = nobody--;  // takes a turn of its own
      auto& of_client = jobs[client];
      if (of_client.empty()) turns.push_back(client);
      of_client.push_back(std::move(job));
      ++waiting;
    }
    Job take() {
      const ClientKey client = turns.front();
      turns.pop_front();
      const auto of_client = jobs.find(client);
      Job job = std::move(of_client->second.front());
      of_client->second.pop_front();
      if (of_client->second.empty()) {
        jobs.erase(of_client);
      } else {
        turns.push_back(client);
      }
      --waiting;
      return job;
    }

    const unsigned most_threads;
    const std::size_t most_waiting;
    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    std::map<ClientKey, std::list<Job>> jobs;
    std::list<ClientKey> turns;  // each client with jobs once
    ClientKey nobody = ~ClientKey{0};
    std::size_t waiting = 0, idle = 0;
    unsigned threads = 0;
    bool over = false;
  };

  static void work(Queue& queue) {
    std::unique_lock lock{queue.mutex};
    for (;;) {
      ++queue.idle;
      queue.changed.wait(lock, [&] { return queue.over || !queue.turns.empty(); });
      --queue.idle;
      if (queue.over) return;
      Job job = queue.take();
      lock.unlock();
      job();
      job = nullptr;  // what it holds goes here, and not under the lock
      lock.lock();
    }
  }

  std::shared_ptr<Queue> queue_;
};

/// What kind of blocking work something is. Each kind has workers of its own: hashing passwords keeps no disk waiting.
enum class WorkKind { disk, password, lookup };

/// The workers of each kind.
///
/// The default is one for the whole process, whose threads are started when they are first needed. A transport can be
/// given others: `TcpTransport network{1, std::make_shared<WorkerPools>(8, 2)}`. A child that is forked needs its own:
/// threads are not forked.
class WorkerPools {
 public:
  /// With so many threads for disks, for passwords and for looking up names.
  explicit WorkerPools(unsigned disk = 4, unsigned password = default_password_threads(), unsigned lookup = 4)
      : WorkerPools{std::unique_ptr<WorkerPool>{new ThreadPool{disk}}, std::unique_ptr<WorkerPool>{new ThreadPool{password}},
                    std::unique_ptr<WorkerPool>{new ThreadPool{lookup}}} {}
  WorkerPools(std::unique_ptr<WorkerPool> disk, std::unique_ptr<WorkerPool> password,
              std::unique_ptr<WorkerPool> lookup)
      : disk_{std::move(disk)}, password_{std::move(password)}, lookup_{std::move(lookup)} {}

  WorkerPool& of(WorkKind kind) noexcept {
    if (kind == WorkKind::password) return *password_;
    return kind == WorkKind::lookup ? *lookup_ : *disk_;
  }

  /// Those of the process. They are never destroyed: a job that hangs does not keep the program from ending.
  static const std::shared_ptr<WorkerPools>& shared() {
    static const auto& pools = *new std::shared_ptr<WorkerPools>{new WorkerPools};
    return pools;
  }

 private:
  static unsigned default_password_threads() { return std::clamp(std::thread::hardware_concurrency(), 1u, 4u); }

  std::unique_ptr<WorkerPool> disk_, password_, lookup_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// The addresses that begin with the same bits: "10.0.0.0/8", "fd00::/8"; by default all there are.
class Subnet {
 public:
  Subnet() = default;
  Subnet(Address address, unsigned bits) : address_{std::move(address)}, bits_{bits} {}
  /// `ADDRESS/BITS`, or an address alone.
  static std::optional<Subnet> parse(std::string_view text) {
    const auto slash = text.find('/');
    std::error_code error;
    const Address address = asio::ip::make_address(std::string{text.substr(0, slash)}, error);
    const unsigned most = address.is_v4() ? 32 : 128;
    const auto bits = slash == text.npos ? most : number_in(text.substr(slash + 1));
    if (error || !bits || *bits > most) return std::nullopt;
    return Subnet{address, *bits};
  }

  bool contains(const Address& address) const {
    if (bits_ == 0 && address_.is_unspecified()) return true;
    if (address.is_v4() != address_.is_v4()) return false;
    return address.is_v4() ? same_bits(address.to_v4().to_bytes(), address_.to_v4().to_bytes())
                           : same_bits(address.to_v6().to_bytes(), address_.to_v6().to_bytes());
  }

 private:
  template <class Bytes> bool same_bits(const Bytes& a, const Bytes& b) const {
    for (unsigned i = 0; i < std::min<std::size_t>(bits_, a.size() * 8); ++i) {
      if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8)) & 1) return false;
    }
    return true;
  }

  Address address_;
  unsigned bits_ = 0;
};

/// What counts as one client's address: of IPv6, where every host has 2^64 of them, the first 64 bits.
inline Address client_network(const Address& address) {
  if (!address.is_v6() || address.to_v6().is_v4_mapped()) return address;
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6{bytes};
}

/// The key of the client at an address.
inline ClientKey client_key(const Address& address) {
  ClientKey key = 1;
  if (address.is_v4()) return key << 32 | address.to_v4().to_uint();
  const auto bytes = client_network(address).to_v6().to_bytes();
  key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | bytes[i];
  return key != 0 ? key : 1;
}

}  // namespace ftplike

// ---- ftplike/io/proxied.hpp
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

// ---- ftplike/protocol/proxy_header.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/protocol/host_port.hpp
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {

/// A numeric address and a port, as PORT, EPRT and 227 tell them. What a peer tells is not to be dialled unchecked.
class HostPort {
 public:
  HostPort(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}

  std::string host;
  std::uint16_t port;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// What the argument of an EPSV asks for; `other` is a protocol that nobody has (522). RFC 2428 §3.
enum class EpsvRequest { any, ipv4, ipv6, other, all };

namespace detail {

/// Takes a decimal number of at most `digits` digits and not above `most` off the front of `text`.
inline std::optional<unsigned> take_number(std::string_view& text, std::size_t digits, unsigned most) noexcept {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + std::min(text.size(), digits), value);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || value > most || (size < text.size() && is_digit(text[size]))) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

inline std::optional<std::uint16_t> take_port(std::string_view& text) noexcept {
  const auto port = take_number(text, 5, 65535);
  if (!port || *port == 0) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

inline bool take(std::string_view& text, char expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes `N` octets off the front of `text`, each but the first preceded by `separator`.
template <std::size_t N>
std::optional<std::array<unsigned, N>> take_octets(std::string_view& text, char separator) noexcept {
  std::array<unsigned, N> octets{};
  for (std::size_t i = 0; i < N; ++i) {
    if (i > 0 && !take(text, separator)) return std::nullopt;
    const auto octet = take_number(text, 3, 255);
    if (!octet) return std::nullopt;
    octets[i] = *octet;
  }
  return octets;
}

template <std::size_t N> std::string dotted(const std::array<unsigned, N>& octets) {
  std::string host = std::to_string(octets[0]);
  for (std::size_t i = 1; i < 4; ++i) host.append(1, '.').append(std::to_string(octets[i]));
  return host;
}

/// Takes h1,h2,h3,h4,p1,p2 off the front of `text`.
inline std::optional<HostPort> take_host_port(std::string_view& text) {
  const auto octets = take_octets<6>(text, ',');
  if (!octets) return std::nullopt;
  const auto port = (*octets)[4] * 256 + (*octets)[5];
  if (port == 0) return std::nullopt;
  return HostPort{dotted(*octets), static_cast<std::uint16_t>(port)};
}

}  // namespace detail

/// Reads the argument of a PORT: `h1,h2,h3,h4,p1,p2`. RFC 959 §4.1.2.
inline std::optional<HostPort> parse_port(std::string_view argument) {
  auto result = detail::take_host_port(argument);
  return argument.empty() ? result : std::nullopt;
}

/// `h1,h2,h3,h4,p1,p2` for PORT and for the text of a 227. `address.host` is an IPv4 address with dots.
inline std::string format_port(const HostPort& address) {
  auto text = address.host;
  std::replace(text.begin(), text.end(), '.', ',');
  return text.append(1, ',')
      .append(std::to_string(address.port / 256))
      .append(1, ',')
      .append(std::to_string(address.port % 256));
}

/// Reads the argument of an EPRT: `|1|132.235.1.2|6275|` or `|2|1080::8:800:200C:417A|5282|`, with any delimiter.
///
/// Of a well-formed argument for another protocol (522) the host is empty. An IPv6 address is only known to be made of
/// the right letters. RFC 2428 §2.
inline std::optional<HostPort> parse_eprt(std::string_view argument) {
  if (argument.empty() || argument[0] < '!' || argument[0] > '~') return std::nullopt;
  const char delimiter = argument[0];
  argument.remove_prefix(1);
  const auto protocol = detail::take_number(argument, 5, 65535);
  if (!protocol || !detail::take(argument, delimiter)) return std::nullopt;
  auto host = argument.substr(0, argument.find(delimiter));
  argument.remove_prefix(host.size());
  if (host.empty() || !detail::take(argument, delimiter)) return std::nullopt;
  const auto port = detail::take_port(argument);
  if (!port || argument.size() != 1 || argument[0] != delimiter) return std::nullopt;

  if (*protocol == 1) {
    const auto octets = detail::take_octets<4>(host, '.');
    if (!octets || !host.empty()) return std::nullopt;
    return HostPort{detail::dotted(*octets), *port};
  }
  if (*protocol == 2) {
    constexpr std::size_t longest = 45;  // six groups and an IPv4 address
    const bool plausible = host.size() <= longest && std::count(host.begin(), host.end(), ':') >= 2 &&
                           host.find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
    if (!plausible) return std::nullopt;
    return HostPort{std::string{host}, *port};
  }
  return HostPort{{}, *port};
}

/// `|1|132.235.1.2|6275|`, for EPRT.
inline std::string format_eprt(const HostPort& address) {
  const bool six = address.host.find(':') != std::string::npos;
  return (six ? "|2|" : "|1|") + address.host + '|' + std::to_string(address.port) + '|';
}

/// Reads the argument of an EPSV: none, `1`, `2`, `ALL`.
inline std::optional<EpsvRequest> parse_epsv(std::string_view argument) noexcept {
  if (argument.empty()) return EpsvRequest::any;
  if (same_word(argument, "ALL")) return EpsvRequest::all;
  const auto protocol = detail::take_number(argument, 5, 65535);
  if (!protocol || !argument.empty()) return std::nullopt;
  return *protocol == 1 ? EpsvRequest::ipv4 : *protocol == 2 ? EpsvRequest::ipv6 : EpsvRequest::other;
}

/// Finds the six numbers in the text of a 227, whatever stands around them. RFC 1123 §4.1.2.6.
inline std::optional<HostPort> parse_pasv_reply(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool inside =
        at > 0 && (detail::is_digit(text[at - 1]) || (at > 1 && text[at - 1] == ',' && detail::is_digit(text[at - 2])));
    if (inside || !detail::is_digit(text[at])) continue;
    auto rest = text.substr(at);
    auto found = detail::take_host_port(rest);
    const bool longer = rest.size() > 1 && rest[0] == ',' && detail::is_digit(rest[1]);
    if (found && !longer) return found;
  }
  return std::nullopt;
}

/// Finds the port in the text of a 229: `(|||6446|)`, with any delimiter and without the parentheses too. RFC 2428 §3.
inline std::optional<std::uint16_t> parse_epsv_reply(std::string_view text) noexcept {
  for (; text.size() > 4; text.remove_prefix(1)) {
    const char delimiter = text[0];
    if (delimiter < '!' || delimiter > '~' || detail::is_digit(delimiter)) continue;
    if (text[1] != delimiter || text[2] != delimiter) continue;
    auto rest = text.substr(3);
    const auto port = detail::take_port(rest);
    if (port && rest.starts_with(delimiter)) return port;
  }
  return std::nullopt;
}

/// The port that a server of the ftp-like dialect announces: the last word of its 150.
inline std::optional<std::uint16_t> parse_announced_reply(std::string_view text) noexcept {
  while (text.ends_with(' ')) text.remove_suffix(1);
  text.remove_prefix(text.rfind(' ') + 1);
  const auto port = detail::take_port(text);
  return text.empty() ? port : std::nullopt;
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// What a proxy says of the connection that it passes on, before the first byte of the conversation: a header of the
/// PROXY protocol, version 1 (a line) or 2 (binary). Only what a trusted proxy says is to be believed.
class ProxyHeader {
 public:
  enum class State {
    incomplete,  // more bytes have to come
    complete,
    invalid,  // no such header: the connection is to be closed, as the protocol wants it
  };
  /// Both ends of the connection that the proxy has accepted. An IPv6 address in version 1 is only known to be made of
  /// the right letters.
  struct Ends {
    HostPort client, server;
  };

  static ProxyHeader incomplete() { return {State::incomplete, 0, std::nullopt}; }
  static ProxyHeader invalid() { return {State::invalid, 0, std::nullopt}; }
  static ProxyHeader complete(std::size_t size, std::optional<Ends> ends) {
    return {State::complete, size, std::move(ends)};
  }

  State state;
  std::size_t size;          // of a complete header, in bytes
  std::optional<Ends> ends;  // none: the proxy speaks for itself, or of something else than TCP

 private:
  ProxyHeader(State its_state, std::size_t its_size, std::optional<Ends> its_ends)
      : state{its_state}, size{its_size}, ends{std::move(its_ends)} {}
};

/// The longest header that is taken; a longer one is invalid.
inline constexpr std::size_t longest_proxy_header = 4096;

namespace detail {

inline constexpr std::string_view proxy_line_begins = "PROXY ";
inline constexpr std::string_view proxy_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// An address as a header of version 1 has it, up to the next space.
inline std::optional<std::string> take_proxy_address(std::string_view& text, bool v6) {
  auto address = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), address.size() + 1));
  if (v6) {
    constexpr std::size_t longest = 45;  // six groups and an IPv4 address
    const bool plausible = address.size() <= longest && std::count(address.begin(), address.end(), ':') >= 2 &&
                           address.find_first_not_of("0123456789abcdefABCDEF:.") == address.npos;
    return plausible ? std::optional{std::string{address}} : std::nullopt;
  }
  const auto octets = take_octets<4>(address, '.');
  return octets && address.empty() ? std::optional{dotted(*octets)} : std::nullopt;
}

inline ProxyHeader parse_proxy_line(std::string_view bytes) {
  constexpr std::size_t longest = 107;  // with its CRLF
  const auto end = bytes.substr(0, longest).find("\r\n");
  if (end == bytes.npos) return bytes.size() < longest ? ProxyHeader::incomplete() : ProxyHeader::invalid();
  auto line = bytes.substr(0, end);
  line.remove_prefix(proxy_line_begins.size());
  const auto size = end + 2;
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return ProxyHeader::complete(size, std::nullopt);
  const bool v6 = line.starts_with("TCP6 ");
  if (!v6 && !line.starts_with("TCP4 ")) return ProxyHeader::invalid();
  line.remove_prefix(5);
  auto client = take_proxy_address(line, v6);
  auto server = take_proxy_address(line, v6);
  const auto client_port = take_number(line, 5, 65535);
  const bool separated = take(line, ' ');
  const auto server_port = take_number(line, 5, 65535);
  if (!client || !server || !client_port || !separated || !server_port || !line.empty()) return ProxyHeader::invalid();
  return ProxyHeader::complete(size, ProxyHeader::Ends{{*std::move(client), static_cast<std::uint16_t>(*client_port)},
                                                       {*std::move(server), static_cast<std::uint16_t>(*server_port)}});
}

/// A number of two bytes, the more significant one first.
inline std::uint16_t big_endian(std::string_view bytes, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return static_cast<std::uint16_t>(byte(at) << 8 | byte(at + 1));
}

inline std::string binary_address(std::string_view bytes) {
  std::string text;
  if (bytes.size() == 4) {
    for (const char c : bytes)
      text.append(text.empty() ? "" : ".").append(std::to_string(static_cast<unsigned char>(c)));
    return text;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto group = big_endian(bytes, i);
    if (i > 0) text += ':';
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[(group >> shift) & 0xF];
  }
  return text;
}

inline ProxyHeader parse_binary_proxy_header(std::string_view bytes) {
  constexpr std::size_t fixed = 16;
  if (bytes.size() < fixed) return ProxyHeader::incomplete();
  const auto version_and_command = static_cast<unsigned char>(bytes[12]);
  const auto family = static_cast<unsigned char>(bytes[13]);
  const std::size_t size = fixed + big_endian(bytes, 14);
  const unsigned command = version_and_command & 0xFu;
  if (version_and_command >> 4 != 2 || command > 1 || size > longest_proxy_header) return ProxyHeader::invalid();
  if (bytes.size() < size) return ProxyHeader::incomplete();
  const bool tcp4 = family == 0x11;
  const bool tcp6 = family == 0x21;
  if (command == 0 || (!tcp4 && !tcp6)) return ProxyHeader::complete(size, std::nullopt);
  const std::size_t length = tcp4 ? 4 : 16;
  if (size < fixed + 2 * length + 4) return ProxyHeader::invalid();
  const auto ports = fixed + 2 * length;  // what comes after them are extensions, which say nothing to us
  return ProxyHeader::complete(
      size, ProxyHeader::Ends{{binary_address(bytes.substr(fixed, length)), big_endian(bytes, ports)},
                              {binary_address(bytes.substr(fixed + length, length)), big_endian(bytes, ports + 2)}});
}

}  // namespace detail

/// Reads the header at the beginning of what has come over a connection by now.
inline ProxyHeader parse_proxy_header(std::string_view bytes) {
  const auto begins_with = [bytes](std::string_view what) {
    const auto size = std::min(bytes.size(), what.size());
    return bytes.substr(0, size) == what.substr(0, size);
  };
  if (begins_with(detail::proxy_signature)) return detail::parse_binary_proxy_header(bytes);
  if (begins_with(detail::proxy_line_begins)) return detail::parse_proxy_line(bytes);
  return ProxyHeader::invalid();
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Reads what a proxy says, by the PROXY protocol, at the beginning of a connection that it passes on, `at_once` bytes
/// at a time. What was read beyond that goes to `rest`: nothing if that is one byte.
///
/// **Errors:** `Errc::bad_line` if the connection does not begin with that.
template <Stream S>
awaitable<ProxyHeader> read_proxy_header(S& stream, std::string& rest, std::size_t at_once = 512) {
  std::array<std::byte, 512> room;
  for (;;) {
    const auto part = std::span{room}.first(at_once);
    const std::size_t n = co_await stream.read_some(part);
    rest.append(as_text(part.first(n)));
    ProxyHeader header = parse_proxy_header(rest);
    if (header.state == ProxyHeader::State::invalid || n == 0) throw std::system_error(Errc::bad_line);
    if (header.state == ProxyHeader::State::incomplete) continue;
    rest.erase(0, header.size);
    co_return header;
  }
}

/// An end of a connection that a proxy names.
///
/// **Errors:** of the address.
inline Endpoint endpoint_of(const HostPort& named) { return {asio::ip::make_address(named.host), named.port}; }

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// How data connections come to be: a policy with two ends, `C::ServerEnd<T>` and `C::ClientEnd<T>`, and the verbs that
/// it brings into the command table (`C::AddTo<Table>`). What is not in the policy is not in the program.
///
/// A server end:
/// - `armed()`: whether a transfer can be opened; where not, the answer is 425.
/// - `open(session, text)`: sends the preliminary reply through `session.preliminary`, then yields the stream, whose TLS
///   handshake may have begun. Used up by that, however it ends.
/// - `disarm()`: forgets what was negotiated.
/// - `announces()`: whether the server would announce a port for the next transfer by itself, as in the ftp-like
///   dialect, where LIST gives bare names.
/// A client end:
/// - `open(client, command)`: negotiates, sends the command, takes the preliminary reply, and yields the stream.
template <class C, class T>
concept DataChannel = Stream<typename T::Stream> &&
    requires(typename C::template ServerEnd<T>& end, const typename C::template ServerEnd<T>& constant) {
  { constant.armed() } -> std::same_as<bool>;
  { constant.announces() } -> std::same_as<bool>;
  { end.disarm() } -> std::same_as<void>;
};

/// The ports that servers open for data: a range handed out in turn, each bound by number.
///
/// Never the system's choice: the side that closes first keeps its port in TIME_WAIT, and at thousands of transfers a
/// second the kernel's search for a free one becomes what the time goes to. **Threads:** safe.
class DataPorts {
 public:
  /// The dynamic ports of RFC 6335, from a random one on.
  DataPorts() : DataPorts{49152, 65535} { next_ = std::random_device{}() % count(); }
  /// From `first` to `last`, both in.
  DataPorts(std::uint16_t first, std::uint16_t last) : first_{std::min(first, last)}, last_{std::max(first, last)} {}
  DataPorts(const DataPorts& other) noexcept : first_{other.first_}, last_{other.last_}, next_{other.next_.load()} {}
  DataPorts& operator=(const DataPorts& other) noexcept {
    first_ = other.first_;
    last_ = other.last_;
    next_ = other.next_.load();
    return *this;
  }

  /// A listener on the next free port of the range at this address. **Errors:** `Errc::no_data_connection` if all are
  /// taken.
  template <Transport T> typename T::Acceptor listen(T& network, const Executor& executor, const Address& address) {
    for (std::uint32_t tries = 0; tries < count(); ++tries) {
      const auto port = static_cast<std::uint16_t>(first_ + next_++ % count());
      try {
        return network.listen(executor, Endpoint{address, port});
      } catch (const std::system_error& error) {
        if (error.code() != std::errc::address_in_use && error.code() != std::errc::permission_denied) throw;
      }
    }
    throw std::system_error(Errc::no_data_connection);
  }

 private:
  std::uint32_t count() const noexcept { return last_ - first_ + 1u; }

  std::uint16_t first_, last_;
  std::atomic<std::uint32_t> next_ = 0;
};

/// The address that a server behind NAT tells its clients to connect to in a 227 reply: by the client's network, the
/// first rule that fits. No rule: the address by which the client reached us.
class PublicAddress {
 public:
  PublicAddress() = default;
  /// The same for every client.
  explicit PublicAddress(Address address) { add(Subnet{}, address); }
  PublicAddress& add(const Subnet& clients, const Address& address) {
    rules_.emplace_back(clients, address);
    return *this;
  }
  std::optional<Address> seen_by(const Address& client) const {
    for (const auto& [clients, address] : rules_) {
      if (clients.contains(client)) return address;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::pair<Subnet, Address>> rules_;
};

namespace detail {

/// Closes a data connection so that, where the stream can do that, its peer takes what came for no whole.
template <Stream S> void break_off(S& stream) {
  if constexpr (requires { stream.reset(); }) {
    stream.reset();
  } else {
    stream.close();
  }
}

/// Whose connection it is: of its remote end, or of the client for whom a proxy says that it passes it on. Not a byte is
/// read beyond that. Nobody's, where a proxy does not say so.
template <class Session> awaitable<Endpoint> whose(Session& session, typename Session::Stream& stream) {
  if (!session.is_passed_on(stream.remote())) co_return stream.remote();
  std::string none;
  try {
    const ProxyHeader header = co_await read_proxy_header(stream, none, 1);
    co_return header.ends ? endpoint_of(header.ends->client) : stream.remote();
  } catch (const std::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
  }
  co_return Endpoint{};
}

/// The one connection of the session's own peer. Strangers are turned away and do not use the listener up.
template <class Session, class Acceptor>
awaitable<typename Session::Stream> accept_peer(Session& session, Acceptor acceptor) {
  const Executor executor = co_await asio::this_coro::executor;
  typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
  for (;;) {
    auto stream = co_await acceptor.accept(executor);
    const Endpoint client = co_await whose(session, stream);
    if (session.is_from_client(client)) co_return stream;
    session.template report<StrangerRefused>(client);
  }
}

}  // namespace detail
}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// What a client does over one data connection: what is asked, and how far it has come.
class ClientTransfer {
 public:
  ClientTransfer(std::string its_command, Direction its_direction)
      : command{std::move(its_command)}, direction{its_direction} {}

  std::string command;
  Direction direction;
  std::uint64_t offset = 0;           // where it begins
  std::optional<std::uint64_t> size;  // of the whole, if it is known
  std::uint64_t restart = 0;          // what REST is to say, 0 for no REST
  std::uint64_t length = 0;           // how much of it is wanted, 0 for all
  bool ascii = false, listing = false;
  std::shared_ptr<Meter> bandwidth;               // a bound; none if null
  ProgressCallback progress;                      // may be empty

  std::uint64_t moved = 0;
  bool connected = false;  // there was a data connection
  bool broken = false;     // the data connection failed, not the local end
  std::string opening;     // what the server said when it began
  Time began{};

  /// Whether all has come that was wanted of a file that goes on behind it.
  bool is_satisfied() const noexcept { return length > 0 && moved >= length; }
  /// Whether all has come that there is, as far as that is known.
  bool has_all() const noexcept { return !ascii && size && offset + moved == *size; }
  /// The most that is moved in one piece.
  std::size_t piece() const noexcept {
    constexpr std::size_t most = 512 * 1024;
    return bandwidth ? bandwidth->piece(most) : most;
  }
};

/// The data connection of a client's transfer: counts, tells, keeps to the rate, and stops as soon as the server has
/// said that it gives up. `Core` is the session.
template <class Core> class DataLink {
 public:
  using Stream = typename Core::Stream;

  DataLink(Core& core, Stream stream, ClientTransfer& transfer)
      : core_{core},
        stream_{std::move(stream)},
        transfer_{transfer},
        direction_{transfer.direction},
        meter_{core.network().now()},
        local_{stream_.local()},
        remote_{stream_.remote()} {
    core_.template observe<DataOpened>(local_, remote_);
  }
  DataLink(const DataLink&) = delete;
  DataLink& operator=(const DataLink&) = delete;
  /// Unless all was sent or received, resets the connection, so that the server does not take what it got for the
  /// whole.
  ~DataLink() {
    if (!complete_) break_off(stream_);
    stream_.close();
    core_.template report<DataClosed>(local_, remote_, direction_, moved_);
  }

  void cancel() { stream_.cancel(); }
  /// Nothing is missing.
  void complete() noexcept { complete_ = true; }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (transfer_.is_satisfied()) co_return 0;
    if (transfer_.length > 0) {
      room = room.first(std::min<std::uint64_t>(room.size(), transfer_.length - transfer_.moved));
    }
    try {
      const std::size_t n = co_await counted(stream_.read_some(room));
      tell_of(room.first(n));
      co_return n;
    } catch (const std::system_error& error) {
      // Behind the last byte nothing can be missing, whatever the end is like: under TLS many have no goodbye.
      const bool ended = error.code() == Errc::peer_lost || error.code() == std::errc::connection_reset;
      if (!ended || !transfer_.has_all()) throw;
    }
    transfer_.broken = false;
    lost_ = true;
    co_return 0;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), transfer_.piece()));
      (void)co_await counted(written(part));
      tell_of(part);
      bytes = bytes.subspan(part.size());
    }
  }
  awaitable<std::size_t> send_file(int descriptor, std::uint64_t position,
                                   std::size_t most) requires FileSender<Stream> {
    return counted(stream_.send_file(descriptor, position, most));
  }
  awaitable<void> finish() {
    check();
    if (lost_) co_return;
    try {
      co_await stream_.finish();
    } catch (const std::system_error&) {
      transfer_.broken = true;
      throw;
    }
  }

 private:
  void tell_of(std::span<const std::byte> bytes) {
    if (!bytes.empty() && core_.wants_bytes()) core_.template observe<DataBytes>(direction_, bytes);
  }
  awaitable<std::size_t> written(std::span<const std::byte> part) {
    co_await stream_.write(part);
    co_return part.size();
  }

  /// Does one step of the connection and takes note of what it moved.
  awaitable<std::size_t> counted(awaitable<std::size_t> step) {
    check();
    std::size_t n = 0;
    try {
      const std::size_t moved = co_await std::move(step);
      n = moved;
    } catch (const std::system_error&) {
      transfer_.broken = true;
      throw;
    }
    transfer_.moved += n;
    moved_ += n;
    core_.deadline().extend();
    core_.template observe<DataMoved>(direction_, moved_);
    if (transfer_.progress) tell();
    co_await core_.keep_alive();
    if (transfer_.bandwidth) co_await slow_down(n);
    co_return n;
  }

  void check() const {
    if (core_.refused()) throw std::system_error(asio::error::operation_aborted);
  }

  void tell() {
    const Time now = core_.network().now();
    meter_.note(now, moved_);
    const Progress progress =
        progress_of(meter_, now - transfer_.began, transfer_.offset, moved_, transfer_.size.value_or(0));
    if (transfer_.progress(progress) == Go::stop) throw std::system_error(Errc::aborted);
  }

  /// Waits until the bound on the bandwidth lets the next bytes follow.
  awaitable<void> slow_down(std::size_t n) {
    const Time now = core_.network().now();
    const Time due = transfer_.bandwidth->after(n, now);
    if (due <= now) co_return;
    {
      typename Core::Limit none{core_.deadline(), Duration::max(), {}};
      co_await core_.network().sleep_until(due);
    }
    core_.deadline().extend();
  }

  Core& core_;
  Stream stream_;
  ClientTransfer& transfer_;  // while it lasts: an interrupted upload's connection may outlive it
  const Direction direction_;
  RateMeter meter_;
  const Endpoint local_, remote_;
  std::uint64_t moved_ = 0;
  bool complete_ = false;
  bool lost_ = false;  // ended by the peer in its own way
};

}  // namespace ftplike::detail

// ---- ftplike/client/features.hpp
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// What a server can do: the lines of its reply to FEAT, and what it has refused since. RFC 2389 §3.
class Features {
 public:
  Features() = default;
  /// From the text of a 211, whose first and last lines are not features.
  explicit Features(std::string_view text) : known_{true} {
    for (std::size_t at = text.find('\n'); at != text.npos;) {
      const auto end = text.find('\n', at + 1);
      if (end == text.npos) break;
      auto line = text.substr(at + 1, end - at - 1);
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      while (line.ends_with(' ')) line.remove_suffix(1);
      if (!line.empty() && lines_.size() < most) lines_.emplace_back(line);
      at = end;
    }
  }

  /// Whether the server answered FEAT at all.
  bool known() const noexcept { return known_; }
  /// Whether the first words of a line are these, in upper or lower case: `has("REST STREAM")`.
  bool has(std::string_view feature) const { return find(feature) != nullptr; }
  /// What follows these words in their line, empty if that is not there: `value("HASH")` may be `SHA-256*;MD5`.
  std::string_view value(std::string_view feature) const {
    const auto* const line = find(feature);
    return line && line->size() > feature.size() ? std::string_view{*line}.substr(feature.size() + 1)
                                                 : std::string_view{};
  }
  /// Whether it is worth trying: what was offered, or not even denied by silence, and has not been refused since.
  bool may_have(std::string_view feature) const { return !refused(feature) && (has(feature) || optional(feature)); }
  /// Takes note that the server does not understand this after all.
  void refuse(std::string_view feature) {
    if (!refused(feature)) refused_.emplace_back(feature);
  }
  bool refused(std::string_view feature) const {
    return std::find(refused_.begin(), refused_.end(), feature) != refused_.end();
  }
  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  static constexpr std::size_t most = 1000;

  const std::string* find(std::string_view feature) const {
    for (const auto& line : lines_) {
      const auto front = std::string_view{line}.substr(0, feature.size());
      if (same_word(front, feature) && (line.size() == feature.size() || line[feature.size()] == ' ')) {
        return &line;
      }
    }
    return nullptr;
  }
  /// What servers from before RFC 3659 have without telling it.
  bool optional(std::string_view feature) const { return !known_ && (feature == "SIZE" || feature == "MDTM"); }

  std::vector<std::string> lines_, refused_;
  bool known_ = false;
};

}  // namespace ftplike

// ---- ftplike/client/connecting.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/client/proxy.hpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/client/url.hpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {

/// How the connections to a server are to be protected. Both ways need a transport with TLS.
enum class Secure {
  no,
  explicit_tls,  // AUTH TLS after the greeting (ftpes://)
  implicit_tls,  // from the first byte on (ftps://)
};

/// Where a server is and who we are there: `ftp://user:password@host:port/path;type=i`. What is between the delimiters
/// may be percent-encoded. A text without a scheme is a host, and perhaps a port and a path. RFC 1738 §3.2.
class Url {
 public:
  Url() = default;
  /// **Errors:** `std::errc::invalid_argument`.
  Url(const std::string& text) : Url{std::string_view{text}} {}  // NOLINT: a text is a URL wherever one is wanted
  Url(const char* text) : Url{std::string_view{text}} {}         // NOLINT
  explicit Url(std::string_view text) {
    auto parsed = parse(text);
    if (!parsed) {
      throw std::system_error(std::make_error_code(std::errc::invalid_argument), "not a URL of an FTP server");
    }
    *this = *std::move(parsed);
  }
  Url(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}

  static std::optional<Url> parse(std::string_view text);

  Secure secure = Secure::no;
  std::string user, password;  // empty if they are not given
  std::string host;            // a name or an address, of IPv6 without its brackets
  std::uint16_t port = 21;
  std::string path;  // as the server is to be told: not absolute, unless the URL has %2F or a second slash there
  char type = '\0';  // 'i' or 'a' if the URL says so, 'd' for a directory's listing

  bool names_directory() const noexcept { return path.empty() || path.ends_with('/') || type == 'd'; }
};

namespace detail {

/// Takes the percent signs out. Nothing if that gives what no command can hold.
inline std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char letter = text[at];
    if (letter == '%') {
      const auto value = number_in(text.substr(at + 1, 2), 16);
      if (!value || at + 2 >= text.size()) return std::nullopt;
      letter = static_cast<char>(*value);
      at += 2;
    }
    if (letter == '\0' || letter == '\r' || letter == '\n') return std::nullopt;
    out += letter;
  }
  return out;
}

/// Takes `host`, `host:port`, `[::1]` or `[::1]:port` apart. An IPv6 address without brackets has no port behind it.
inline bool read_host(std::string_view text, Url& url) {
  std::string_view host = text, port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return false;
    if (has_port) port = rest.substr(1);
  } else if (const auto colon = text.find(':'); colon != text.npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  }
  if (has_port && !port.empty()) {
    const auto number = number_in(port);
    if (!number || *number == 0 || *number > 65535) return false;
    url.port = static_cast<std::uint16_t>(*number);
  }
  const auto decoded = percent_decoded(host);
  if (!decoded || decoded->empty()) return false;
  url.host = *decoded;
  return true;
}

inline bool read_user(std::string_view text, Url& url) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password = percent_decoded(colon == text.npos ? std::string_view{} : text.substr(colon + 1));
  if (!user || !password) return false;
  url.user = *user;
  url.password = *password;
  return true;
}

}  // namespace detail

inline std::optional<Url> Url::parse(std::string_view text) {
  Url url;
  if (const auto end = text.find("://"); end != text.npos) {
    const auto scheme = text.substr(0, end);
    if (same_word(scheme, "ftps")) {
      url.secure = Secure::implicit_tls;
      url.port = 990;
    } else if (same_word(scheme, "ftpes")) {
      url.secure = Secure::explicit_tls;
    } else if (!same_word(scheme, "ftp")) {
      return std::nullopt;
    }
    text.remove_prefix(end + 3);
  }
  auto authority = text.substr(0, text.find('/'));
  auto path = text.substr(authority.size());
  if (const auto at = authority.rfind('@'); at != authority.npos) {
    if (!detail::read_user(authority.substr(0, at), url)) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  if (!detail::read_host(authority, url)) return std::nullopt;

  if (const auto type = path.rfind(";type="); type != path.npos && type + 7 == path.size()) {
    url.type = static_cast<char>(path.back() | 0x20);
    if (url.type != 'i' && url.type != 'a' && url.type != 'd') return std::nullopt;
    path = path.substr(0, type);
  }
  const auto decoded = detail::percent_decoded(path.substr(path.empty() ? 0 : 1));
  if (!decoded) return std::nullopt;
  url.path = *decoded;
  return url;
}

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// A proxy that passes connections on: `socks5://user:password@host:port` or `http://host:port`.
class Proxy {
 public:
  enum class Kind { socks5, http };

  static std::optional<Proxy> parse(std::string_view text) {
    const auto end = text.find("://");
    if (end == text.npos) return std::nullopt;
    Proxy proxy;
    const auto scheme = text.substr(0, end);
    if (same_word(scheme, "http"))
      proxy.kind = Kind::http;
    else if (!same_word(scheme, "socks5") && !same_word(scheme, "socks5h"))
      return std::nullopt;
    proxy.where.port = proxy.kind == Kind::http ? 8080 : 1080;
    text.remove_prefix(end + 3);
    if (text.ends_with('/')) text.remove_suffix(1);
    if (const auto at = text.rfind('@'); at != text.npos) {
      if (!read_user(text.substr(0, at), proxy.where)) return std::nullopt;
      text.remove_prefix(at + 1);
    }
    if (!read_host(text, proxy.where)) return std::nullopt;
    return proxy;
  }

  Kind kind = Kind::socks5;
  Url where;  // its host, its port, and who we are there
};

/// Fills `room` from a stream, and takes nothing that is behind it.
template <class Stream> awaitable<void> read_exactly(Stream& stream, std::span<std::byte> room) {
  while (!room.empty()) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) throw std::system_error(Errc::peer_lost);
    room = room.subspan(n);
  }
}

/// A word of SOCKS, put together. RFC 1928, RFC 1929.
class SocksMessage {
 public:
  SocksMessage& byte(std::size_t value) {
    bytes_ += static_cast<char>(value);
    return *this;
  }
  /// With its length in front.
  SocksMessage& text(std::string_view value) {
    if (value.size() > 255) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
    bytes_ += static_cast<char>(value.size());
    bytes_ += value;
    return *this;
  }
  /// Names are for the proxy to look up.
  SocksMessage& host(const std::string& name) {
    std::error_code no_literal;
    const Address literal = asio::ip::make_address(name, no_literal);
    if (no_literal) return byte(3).text(name);
    const auto append = [this](const auto& address) {
      for (const auto value : address.to_bytes()) byte(value);
    };
    byte(literal.is_v4() ? 1 : 4);
    if (literal.is_v4())
      append(literal.to_v4());
    else
      append(literal.to_v6());
    return *this;
  }
  std::span<const std::byte> bytes() const { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

/// What a SOCKS server's refusal means. RFC 1928 §6.
inline std::errc meaning_of_socks(unsigned code) noexcept {
  switch (code) {
    case 2: return std::errc::permission_denied;
    case 3: return std::errc::network_unreachable;
    case 4: return std::errc::host_unreachable;
    case 5: return std::errc::connection_refused;
    case 6: return std::errc::timed_out;
    default: return std::errc::connection_aborted;
  }
}

template <class Stream>
awaitable<void> pass_socks(Stream& stream, const Url& proxy, std::string host, std::uint16_t port) {
  std::array<std::byte, 256> room{};
  const auto number = [&room](std::size_t i) { return std::to_integer<unsigned>(room[i]); };
  const auto part = [&room](std::size_t size) { return std::span{room}.first(size); };
  SocksMessage hello;
  hello.byte(5).byte(proxy.user.empty() ? 1 : 2).byte(0);
  if (!proxy.user.empty()) hello.byte(2);
  co_await stream.write(hello.bytes());
  co_await read_exactly(stream, part(2));
  if (number(0) != 5) throw std::system_error(Errc::bad_reply);
  if (number(1) == 2 && !proxy.user.empty()) {
    SocksMessage login;
    login.byte(1).text(proxy.user).text(proxy.password);
    co_await stream.write(login.bytes());
    co_await read_exactly(stream, part(2));
    if (number(1) != 0) throw std::system_error(std::make_error_code(std::errc::permission_denied));
  } else if (number(1) != 0) {
    throw std::system_error(std::make_error_code(std::errc::permission_denied));
  }
  SocksMessage connect;
  connect.byte(5).byte(1).byte(0).host(host).byte(port >> 8u).byte(port & 255u);
  co_await stream.write(connect.bytes());
  co_await read_exactly(stream, part(5));
  if (number(0) != 5) throw std::system_error(Errc::bad_reply);
  if (number(1) != 0) throw std::system_error(std::make_error_code(meaning_of_socks(number(1))));
  // The address that the proxy took, of which the first byte is here, and its port.
  const unsigned kind = number(3), first = number(4);
  const std::size_t address = kind == 1 ? 4u : kind == 4 ? 16u : first + 1u;
  co_await read_exactly(stream, part(address - 1));
  co_await read_exactly(stream, part(2));
}

/// Base64, RFC 4648 §4.
inline std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto group = text.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) out += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

template <class Stream>
awaitable<void> pass_http(Stream& stream, const Url& proxy, std::string host, std::uint16_t port) {
  constexpr std::size_t most = 16 * 1024;
  if (host.find(':') != host.npos) host = '[' + host + ']';
  const std::string where = host + ':' + std::to_string(port);
  std::string request = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
  if (!proxy.user.empty())
    request += "Proxy-Authorization: Basic " + base64(proxy.user + ':' + proxy.password) + "\r\n";
  request += "\r\n";
  co_await stream.write(as_bytes(request));
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    std::array<std::byte, 1> one{};
    co_await read_exactly(stream, one);  // what comes behind the empty line is the server's
    answer += static_cast<char>(one[0]);
    if (answer.size() == most) throw std::system_error(Errc::bad_reply);
  }
  const auto blank = answer.find(' ');
  const auto code = number_in(std::string_view{answer}.substr(std::min(blank, answer.size() - 1) + 1, 3));
  if (!answer.starts_with("HTTP/") || !code) throw std::system_error(Errc::bad_reply);
  if (*code == 407) throw std::system_error(std::make_error_code(std::errc::permission_denied));
  if (*code / 100 != 2) throw std::system_error(std::make_error_code(std::errc::connection_refused));
}

/// Has a proxy at the other end of a stream connect on to a host.
template <class Stream>
awaitable<void> pass_proxy(Stream& stream, const Proxy& proxy, std::string host, std::uint16_t port) {
  return proxy.kind == Proxy::Kind::http ? pass_http(stream, proxy.where, std::move(host), port)
                                         : pass_socks(stream, proxy.where, std::move(host), port);
}

}  // namespace ftplike::detail

// ---- ftplike/client/task_group.hpp
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <utility>


namespace ftplike::inline v0_2::detail {

/// Coroutines that run beside the one that started them and end before it goes on: it has to `join` them. When one
/// fails, the others are cancelled.
///
/// **Cancellation:** of `join` cancels them all; it waits for their ends all the same.
template <class = void> class BasicTaskGroup {
 public:
  explicit BasicTaskGroup(const Executor& executor) : state_{std::make_shared<State>(executor)} {}
  BasicTaskGroup(const BasicTaskGroup&) = delete;
  BasicTaskGroup& operator=(const BasicTaskGroup&) = delete;

  void start(awaitable<void> work) {
    auto& stop = state_->stops.emplace_back();
    ++state_->running;
    const auto done = [state = state_](std::exception_ptr failure) {
      --state->running;
      if (failure && !std::exchange(state->failed, true)) {
        state->failure = failure;
        state->cancel();
      }
      state->ended.notify();
    };
    start_on(state_->executor, std::move(work), stop.slot(), done);
  }
  void cancel() { state_->cancel(); }

  /// Waits for the ends of all. The first failure is thrown here.
  awaitable<void> join() {
    auto outer = co_await asio::this_coro::cancellation_state;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    auto slot = outer.slot();
    if (outer.cancelled() != asio::cancellation_type::none) state_->cancel();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (state_->running > 0) {
      // Each wait clears the slot of this coroutine when it ends, and must not take it itself.
      if (slot.is_connected()) slot.assign([state = state_](asio::cancellation_type) { state->cancel(); });
      co_await state_->ended.wait_uncancelled();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (slot.is_connected()) slot.clear();
    if (state_->failure) std::rethrow_exception(state_->failure);
  }

 private:
  struct State {
    explicit State(const Executor& its_executor) : executor{its_executor}, ended{its_executor} {}
    void cancel() {
      for (auto& stop : stops) stop.emit(asio::cancellation_type::terminal);
    }
    Executor executor;
    Condition ended;
    std::list<asio::cancellation_signal> stops;
    std::exception_ptr failure;
    std::size_t running = 0;
    bool failed = false;
  };
  std::shared_ptr<State> state_;
};
using TaskGroup = BasicTaskGroup<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail

// ---- ftplike/io/within.hpp
#include <system_error>
#include <utility>

// ---- ftplike/io/run_on.hpp
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {
namespace detail {

/// Awaits `operation`, which does not throw, on an executor. It is cancelled by the signal of `slot`; what cancels the
/// caller calls `cancel`, on the caller's executor.
template <class E = Executor>
awaitable<void> run_stoppable(std::type_identity_t<E> executor, asio::cancellation_slot slot, std::function<void()> cancel,
                                     awaitable<void> operation) {
  auto outer = co_await asio::this_coro::cancellation_state;
  auto outer_slot = outer.slot();
  // What `cancel` holds ends with this coroutine, also where the slot outlives it and its event loop.
  std::shared_ptr<const std::function<void()>> held;
  if (outer_slot.is_connected()) {
    held = detail::new_shared<const std::function<void()>>(std::move(cancel));
    outer_slot.assign([seen = std::weak_ptr{held}](asio::cancellation_type) {
      if (const auto still_there = seen.lock()) (*still_there)();
    });
  }
  std::exception_ptr failure;
  try {
    co_await asio::co_spawn(executor, std::move(operation), asio::bind_cancellation_slot(slot, use_awaitable));
  } catch (...) { failure = std::current_exception(); }
  // Not by a destructor: a slot may be gone before a coroutine that never ended.
  if (outer_slot.is_connected()) outer_slot.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

/// Runs an operation on another executor; on the caller's own, at once.
///
/// **Cancellation:** cancels the operation.
template <class R> awaitable<R> run_on(Executor executor, awaitable<R> operation) {
  const Executor here = co_await asio::this_coro::executor;
  if (here == executor) co_return co_await std::move(operation);
  const auto stop = detail::new_shared<asio::cancellation_signal>();
  const std::function<void()> cancel = [executor, stop] {
    asio::dispatch(executor, [stop] { stop->emit(asio::cancellation_type::terminal); });
  };
  Settled<R> result;
  auto settled = settle(std::move(operation), result);
  co_await detail::run_stoppable(executor, stop->slot(), cancel, std::move(settled));
  co_return result.get();
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Runs `operation` for at most `limit`; then it is cancelled, waited for, and `Errc::timed_out` thrown. What cannot be
/// cancelled (an awaitable of somebody's that knows no cancellation slots) is waited for as long as it takes.
///
/// For a step or a whole transfer, not for a chunk: it costs a few microseconds.
/// **Cancellation:** cancels the operation.
template <Transport T, class R> awaitable<R> within(T& network, Duration limit, awaitable<R> operation) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::cancellation_signal stop;
  const auto cancel = [&stop] { stop.emit(asio::cancellation_type::terminal); };
  bool late = false;
  typename T::Timer timer{network, executor};
  timer.start(time_after(network.now(), limit), [&] {
    late = true;
    cancel();
  });
  Settled<R> result;
  auto settled = settle(std::move(operation), result);
  co_await detail::run_stoppable(executor, stop.slot(), cancel, std::move(settled));
  if (late && result.failed()) throw std::system_error(Errc::timed_out);
  co_return result.get();
}

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// Addresses of both families in turn, beginning with that of the first. RFC 8305 §4.
inline std::vector<Endpoint> in_turn(const std::vector<Endpoint>& endpoints) {
  std::vector<Endpoint> likes, others, result;
  for (const auto& endpoint : endpoints) {
    const bool is_like_first = endpoint.address().is_v4() == endpoints[0].address().is_v4();
    (is_like_first ? likes : others).push_back(endpoint);
  }
  for (std::size_t i = 0; i < std::max(likes.size(), others.size()); ++i) {
    if (i < likes.size()) result.push_back(likes[i]);
    if (i < others.size()) result.push_back(others[i]);
  }
  return result;
}

/// Connects to several addresses of a host, to each a while after the one before or as soon as that has failed, and
/// takes the first connection that comes to be. RFC 8305 §5.
template <Transport T> class Race {
 public:
  using Stream = typename T::Stream;

  Race(T& network, const Executor& executor, const ClientLimits& limits)
      : network_{network}, limits_{limits}, changed_{executor}, tasks_{executor} {}

  awaitable<Stream> run(std::vector<Endpoint> endpoints) {
    const Executor executor = co_await asio::this_coro::executor;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);  // whatever comes, the attempts end before this does
    for (const Endpoint& endpoint : endpoints) {
      const std::size_t before = failed_;
      late_ = false;
      ++running_;
      tasks_.start(attempt(endpoint));
      typename T::Timer timer{network_, executor};
      timer.start(time_after(network_.now(), limits_.next_address), [this] {
        late_ = true;
        changed_.notify();
      });
      while (!is_over() && !late_ && failed_ == before) co_await wait();
      if (is_over()) break;
    }
    while (!is_over() && running_ > 0) co_await wait();
    tasks_.cancel();
    Settled<void> ignored;
    co_await settle(tasks_.join(), ignored);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (cancelled_) throw std::system_error(asio::error::operation_aborted);
    if (!won_) throw std::system_error(error_);
    co_return std::move(*won_);
  }

 private:
  bool is_over() const noexcept { return won_ || cancelled_; }
  awaitable<void> wait() {
    co_await changed_.wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    cancelled_ = state.cancelled() != asio::cancellation_type::none;
  }
  awaitable<void> attempt(Endpoint endpoint) {
    Settled<Stream> connected;
    co_await settle(within(network_, limits_.connect, network_.connect(endpoint)), connected);
    --running_;
    try {
      Stream stream = connected.get();
      if (!won_) won_.emplace(std::move(stream));
    } catch (const std::system_error& failure) {
      ++failed_;
      error_ = failure.code();
    }
    changed_.notify();
  }

  T& network_;
  const ClientLimits& limits_;
  Condition changed_;
  std::optional<Stream> won_;
  std::error_code error_ = std::make_error_code(std::errc::host_unreachable);  // the last one
  std::size_t running_ = 0, failed_ = 0;
  bool late_ = false, cancelled_ = false;
  TaskGroup tasks_;
};

/// A connection to a host, to whichever of its addresses takes one first.
template <Transport T> awaitable<typename T::Stream> reach_directly(T& network, std::string host, std::uint16_t port,
                                                                    const ClientLimits& limits) {
  const Executor executor = co_await asio::this_coro::executor;
  std::vector<Endpoint> endpoints = co_await within(network, limits.connect, network.resolve(host, port));
  Race<T> race{network, executor, limits};
  co_return co_await race.run(in_turn(std::move(endpoints)));
}

/// A connection to a host, through the proxy if the options name one.
template <Transport T>
awaitable<typename T::Stream> reach(T& network, std::string host, std::uint16_t port, const ClientOptions& options) {
  const auto proxy = Proxy::parse(options.proxy);
  if (!proxy) co_return co_await reach_directly(network, std::move(host), port, options.limits);
  typename T::Stream stream = co_await reach_directly(network, proxy->where.host, proxy->where.port, options.limits);
  co_await within(network, options.limits.connect, pass_proxy(stream, *proxy, std::move(host), port));
  co_return stream;
}

/// A connection to the server that a URL names.
template <Transport T>
awaitable<typename T::Stream> reach_server(T& network, const Url& url, const ClientOptions& options) {
  std::error_code error;
  std::string through;
  try {
    if (!options.proxy.empty()) {
      const auto proxy = Proxy::parse(options.proxy);
      if (!proxy) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument), "not a URL of a proxy");
      }
      through = " through " + proxy->where.host + " port " + std::to_string(proxy->where.port);
    }
    co_return co_await reach(network, url.host, url.port, options);
  } catch (const std::system_error& failure) { error = failure.code(); }
  throw ClientError{error, "connect", Channel::control, 0,
                    url.host + " port " + std::to_string(url.port) + through + ": " + error.message()};
}

}  // namespace ftplike::detail

// ---- ftplike/client/server_zone.hpp
#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <ratio>
#include <vector>


// The times of a LIST. RFC 959 leaves their zone open, MDTM has none: what both tell of one file shows how far the
// server's clock is ahead on that day. It need not be the same in summer and in winter.
namespace ftplike::inline v0_2::detail {

/// Whether a listing told the time of day of a file, not just its date.
inline bool has_time_of_day(const Entry& entry) noexcept {
  const auto time = entry.modified.time_since_epoch();
  return time.count() != 0 && time % std::chrono::days{1} != time.zero();
}

/// How far a clock is ahead that tells a time for what was at `utc`, to the quarter of an hour, as zones are.
inline std::optional<std::chrono::minutes> zone_between(Timestamp told, Timestamp utc) noexcept {
  constexpr std::chrono::minutes quarter{15}, farthest{15 * 60};
  const auto ahead = std::chrono::floor<std::chrono::minutes>(told - utc + quarter / 2);
  const auto quarters = std::chrono::floor<std::chrono::duration<int, std::ratio<900>>>(ahead);
  if (quarters > farthest || quarters < -farthest) return std::nullopt;
  return std::chrono::minutes{quarters};
}

/// How far the times of a server's listings are ahead of UTC, by their dates.
class ServerZone {
 public:
  std::optional<std::chrono::minutes> given;  // by the user, for all times

  void learn(Timestamp told, std::chrono::minutes ahead) { samples_[told] = ahead; }
  bool reaches_back_to(Timestamp told) const { return !samples_.empty() && samples_.begin()->first <= told; }
  /// The next time of which it is known; nothing if that is the last.
  std::optional<Timestamp> next(Timestamp told) const {
    const auto above = samples_.lower_bound(told);
    return above == samples_.end() ? std::nullopt : std::optional{above->first};
  }

  /// Nothing if clocks may have been changed between that time and those that are known.
  std::optional<std::chrono::minutes> at(Timestamp told) const {
    if (given) return given;
    const auto above = samples_.lower_bound(told);
    if (above == samples_.end()) return std::nullopt;
    if (above->first == told) return above->second;
    if (above == samples_.begin()) return std::nullopt;
    const auto below = std::prev(above);
    constexpr std::chrono::days no_two_changes{100};
    const bool same = above->second == below->second && above->first - below->first <= no_two_changes;
    return same ? std::optional{above->second} : std::nullopt;
  }
  /// What is known of the time that is nearest.
  std::optional<std::chrono::minutes> near(Timestamp told) const {
    if (const auto exactly = at(told); exactly || samples_.empty()) return exactly;
    const auto above = samples_.lower_bound(told);
    if (above == samples_.begin()) return above->second;
    const auto below = std::prev(above);
    const bool first = above == samples_.end() || told - below->first < above->first - told;
    return first ? below->second : above->second;
  }

 private:
  std::map<Timestamp, std::chrono::minutes> samples_;  // by the time that the listing told
};

/// Whose time is to be known next, of files in the order of their times: the first or the last if nothing is known
/// before or behind it, else what is in the middle of a gap.
inline const Entry* telling_one(const ServerZone& zone, const std::vector<const Entry*>& files) {
  const auto is_open = [&zone](const Entry* file) { return !zone.at(file->modified); };
  const auto first = std::find_if(files.begin(), files.end(), is_open);
  if (first == files.end()) return nullptr;
  if (!zone.reaches_back_to((*first)->modified)) return *first;
  const auto end = zone.next((*first)->modified);
  if (!end) return files.back();
  const auto behind = std::find_if(first, files.end(), [&end](const Entry* file) { return file->modified >= *end; });
  return *(first + (behind - first) / 2);
}

}  // namespace ftplike::detail

// ---- ftplike/client/working_directory.hpp
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>


// How listings get into a directory and the session back to where its user was. Servers understand the argument of LIST
// and MLSD in many ways: as a pattern, as options, not at all. All understand CWD.
namespace ftplike::inline v0_2::detail {

/// A path of a server with another one behind it.
inline std::string joined(std::string_view directory, std::string_view name) {
  std::string path{directory};
  if (!path.empty() && !path.ends_with('/') && !name.empty()) path += '/';
  return path.append(name);
}

/// Where a session is: its user's working directory, which is home, and where a listing has led it from there.
class WorkingDirectory {
 public:
  std::string home;         // as PWD names it; empty if it has no name that CWD takes
  bool home_known = false;  // else the user may have moved since PWD was asked
  std::string at;           // where the session is, as a path from home; empty for home
  bool lost = false;        // a move went out of which nothing is known
  unsigned listings = 0;    // under way: what is said meanwhile does not depend on home

  bool has_to_return() const noexcept { return listings == 0 && is_away(); }
  bool is_away() const noexcept { return lost || !at.empty(); }
};

/// A listing under way, at the end of which the session may be anywhere: it goes home before the next command.
class Staying {
 public:
  explicit Staying(WorkingDirectory& place) noexcept : place_{place} { ++place_.listings; }
  Staying(const Staying&) = delete;
  Staying& operator=(const Staying&) = delete;
  ~Staying() { --place_.listings; }

 private:
  WorkingDirectory& place_;
};

/// A command that changes the directory, and where the session is then.
class Move {
 public:
  std::string command, leads_to;
};

/// From `from` to `to`, which lies below it, component by component.
inline void descend(std::vector<Move>& moves, std::string from, std::string_view to) {
  while (from.size() < to.size()) {
    const auto begin = from.empty() ? 0 : from.size() + 1;
    from = to.substr(0, to.find('/', begin));
    moves.push_back({"CWD " + from.substr(begin), from});
  }
}
/// How far two paths agree, in whole components.
inline std::string common_of(const std::string& a, const std::string& b) {
  std::string common;
  for (std::string_view rest = a; !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    const std::string next = joined(common, part);
    if (b != next && !b.starts_with(next + '/')) break;
    common = next;
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return common;
}

/// The way from where the session is to `path`; empty for home. Where names begin with '/', that is one command; the
/// names of other systems do not grow by a '/' and more.
inline std::vector<Move> way_to(const WorkingDirectory& place, const std::string& path) {
  std::vector<Move> moves;
  const bool rooted = place.home.starts_with('/');
  if (path.empty() && !place.home.empty()) {
    moves.push_back({"CWD " + place.home, {}});
  } else if (path.starts_with('/') || (rooted && !place.is_away())) {
    moves.push_back({"CWD " + path, path});
  } else if (rooted && path.starts_with('~')) {  // perhaps somebody's home, perhaps a name
    moves.push_back({"CWD " + place.home, {}});
    moves.push_back({"CWD " + path, path});
  } else if (rooted) {
    moves.push_back({"CWD " + joined(place.home, path), path});
  } else if (!place.home.empty()) {
    const bool inside = !place.lost && common_of(place.at, path) == place.at;
    if (!inside) moves.push_back({"CWD " + place.home, {}});
    descend(moves, inside ? place.at : std::string{}, path);
  } else {
    const std::string common = common_of(place.at, path);
    for (std::string here = place.at; here != common;) {
      here.resize(here.rfind('/') == here.npos ? 0 : here.rfind('/'));
      moves.push_back({"CWD ..", here});
    }
    if (path != common) moves.push_back({"CWD " + path.substr(common.empty() ? 0 : common.size() + 1), path});
  }
  return moves;
}

/// Goes that way. A step that was refused leaves the session where the one before it led.
///
/// **Errors:** `ReplyError`. **Cancellation:** where the session is then is not known.
template <class Core> awaitable<void> follow(Core& core, std::vector<Move> moves) {
  for (Move& move : moves) {
    core.directory.lost = true;
    const Reply answer = co_await core.ask(std::move(move.command));
    core.directory.lost = false;
    if (!answer.complete()) core.fail(answer, "CWD");
    core.directory.at = std::move(move.leads_to);
  }
}

/// Goes back to the user's working directory. A session that cannot get there is closed: what its user says next would
/// be done elsewhere.
template <class Core> awaitable<void> go_home(Core& core) {
  const Staying staying{core.directory};
  std::string why = "after a cancellation";
  const bool knows_the_way = !core.directory.lost || !core.directory.home.empty();
  if (knows_the_way) {
    Settled<void> outcome;
    auto way = way_to(core.directory, {});
    co_await settle(follow(core, std::move(way)), outcome);
    try {
      outcome.get();
      co_return;
    } catch (const ReplyError& error) { why = error.what(); }
  }
  core.close();
  throw ClientError{Errc::peer_lost, "CWD", Channel::control, 0, "no way back to the working directory: " + why};
}

/// Asks where the session is, unless that is known. In the ftp-like dialect a server tells what its operator calls the
/// directory, which CWD does not take.
template <class Core> awaitable<void> find_home(Core& core) {
  if (core.directory.home_known) co_return;
  std::string name;
  if (core.dialect == Dialect::standard) {
    const Reply answer = co_await core.ask("PWD");
    auto told = answer.complete() ? parse_quoted(answer.text()) : std::nullopt;
    if (told) name = *std::move(told);
  }
  core.directory.home = std::move(name);
  core.directory.home_known = true;
}

/// Goes to a directory that is to be listed. Gives what the command that lists has to have as its argument: nothing,
/// but where no way would lead back from there, the path.
///
/// **Errors:** `ReplyError` if the server does not let us in; `Errc::bad_name` if there would be no way back and the
/// server takes no argument.
template <class Core> awaitable<std::string> enter_directory(Core& core, std::string path) {
  WorkingDirectory& place = core.directory;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (!place.lost && path == place.at) co_return std::string{};
  if (path.empty() || place.lost) co_await go_home(core);
  if (path.empty()) co_return std::string{};
  if (!place.is_away()) co_await find_home(core);
  const bool counts_steps = core.dialect == Dialect::ftplike && Path{path}.string().size() == path.size() + 1;
  if (place.home.empty() && !counts_steps) {
    if (place.is_away()) co_await go_home(core);
    // The server that the ftp-like dialect comes from lists its working directory whatever it is asked for; what can be
    // told from its way to end replies.
    const bool takes_path = core.dialect == Dialect::standard || core.control().hears_crlf();
    if (!takes_path) throw ClientError{Errc::bad_name, "LIST", Channel::local};
    co_return path.starts_with('-') ? "./" + path : path;
  }
  auto way = way_to(place, path);
  co_await follow(core, std::move(way));
  co_return std::string{};
}

}  // namespace ftplike::detail

// ---- ftplike/data_channel/negotiated.hpp
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

// ---- ftplike/data_channel/active.hpp
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {

/// The client opens a port and names it (EPRT, or PORT on IPv4), and the server connects to it. Without this policy
/// nothing in a server connects out, so nothing bounces. (RFC 959, 2428, 2577)
struct ActiveChannel {
  template <auto parse> struct Naming {
    static Reply run(auto& session, std::string_view text) {
      if (session.epsv_only) return {501, "Only EPSV is allowed after EPSV ALL"};
      const auto named = parse(text);
      if (!named) return {501, "Not an address and a port"};
      if (named->host.empty()) return {522, "Network protocol not supported, use (1,2)"};
      std::error_code error;
      const Address address = asio::ip::make_address(named->host, error);
      if (error) return {501, "Not an address and a port"};
      const bool own = address == session.peer().address();
      if (!own || named->port < 1024) {
        session.template report<StrangerRefused>(Endpoint{address, named->port});
        return {501, own ? "Port below 1024 refused" : "Only your own address is connected to"};
      }
      session.template channel<ActiveChannel>().aim(Endpoint{address, named->port});
      return {200, "Will connect to port " + std::to_string(named->port)};
    }
  };
  struct Eprt : Naming<parse_eprt> {
    static constexpr std::string_view verb = "EPRT";
    static constexpr std::string_view help = "EPRT |1|<address>|<port>|: the server shall connect there for data";
    static constexpr std::string_view feature = "EPRT";
    static constexpr bool keeps_prepared = true;
  };
  struct Port : Naming<parse_port> {
    static constexpr std::string_view verb = "PORT";
    static constexpr std::string_view help = "PORT h1,h2,h3,h4,p1,p2: the server shall connect there for data";
    static constexpr bool keeps_prepared = true;
  };
  template <class Table> using AddTo = typename Table::template With<Eprt, Port>;

  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return peer_.has_value(); }
    bool announces() const noexcept { return false; }
    void disarm() noexcept { peer_.reset(); }
    void aim(const Endpoint& peer) { peer_ = peer; }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      const Endpoint peer = *std::exchange(peer_, std::nullopt);
      const Reply announcement{150, std::move(text)};
      co_await session.preliminary(announcement);
      // From the address that the client knows us by, or its own check of the peer would fail.
      const Address from = session.control().local().address();
      typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
      Settled<typename T::Stream> connected;
      co_await settle(session.network().connect(peer, from), connected);
      if (!connected.failed()) co_return connected.get();
      const std::error_code error = code_of(connected.failure());
      throw std::system_error(error == asio::error::operation_aborted ? error : Errc::no_data_connection);
    }

   private:
    std::optional<Endpoint> peer_;
  };

  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const Executor executor = co_await asio::this_coro::executor;
      const Address address = client.local().address();
      auto acceptor = client.network().listen(executor, Endpoint{address, 0});
      const HostPort named{address.to_string(), acceptor.endpoint().port()};
      const std::string naming = address.is_v4() ? "PORT " + format_port(named) : "EPRT " + format_eprt(named);
      const Reply answer = co_await client.ask(naming);
      if (!answer.complete()) client.fail(answer, naming.substr(0, 4));
      (void)co_await client.begin(std::move(command));
      co_return co_await client.accept_data(std::move(acceptor));
    }
  };
};

}  // namespace ftplike

// ---- ftplike/data_channel/announced.hpp
#include <string>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {

/// The ftp-like dialect's data connection: the server opens a port for each transfer and announces it as the last word
/// of the 150; the client connects to that port of the same host. No verb negotiates it.
struct AnnouncedChannel {
  template <class Table> using AddTo = Table;

  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return true; }
    bool announces() const noexcept { return true; }
    void disarm() noexcept {}
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string) {
      auto acceptor = session.listen_for_data();
      const Reply announcement{150, std::to_string(acceptor.endpoint().port())};
      co_await session.preliminary(announcement);
      co_return co_await detail::accept_peer(session, std::move(acceptor));
    }
  };

  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const Reply announcement = co_await client.begin(std::move(command));
      const auto port = parse_announced_reply(announcement.text());
      if (!port) throw std::system_error(Errc::bad_reply);
      const Endpoint where{client.peer().address(), *port};
      co_return co_await client.connect_data(where);
    }
  };
};

}  // namespace ftplike

// ---- ftplike/data_channel/passive.hpp
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/data_channel/early_handshake.hpp
#include <memory>
#include <optional>
#include <utility>

// ---- ftplike/io/stoppable_task.hpp
#include <memory>
#include <utility>


namespace ftplike::inline v0_2 {

/// A coroutine that runs beside the one that started it, and whose starter may leave at any time: the destructor
/// interrupts it and does not wait. So it owns, or shares, all that it touches after it has been interrupted. What it
/// throws is dropped.
///
/// **Threads:** its executor. **Cancellation:** of `stop` ends the wait, not the coroutine that has been interrupted.
template <class = void> class BasicStoppableTask {
 public:
  BasicStoppableTask(const Executor& executor, awaitable<void> operation) : state_{detail::new_shared<State>(executor)} {
    start_on(executor, run(state_, std::move(operation)), state_->interruption.slot());
  }
  BasicStoppableTask(BasicStoppableTask&&) noexcept = default;
  BasicStoppableTask& operator=(BasicStoppableTask&&) = delete;
  ~BasicStoppableTask() {
    if (state_) interrupt();
  }

  void interrupt() {
    if (state_->runs) state_->interruption.interrupt(asio::error::operation_aborted);
  }
  /// Interrupts it and waits for its end.
  awaitable<void> stop() {
    interrupt();
    while (state_->runs) co_await state_->ended.wait();
  }

 private:
  struct State {
    explicit State(const Executor& executor) : ended{executor} {}
    Interruption interruption;
    Condition ended;
    bool runs = true;
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

  static awaitable<void> run(std::shared_ptr<State> state, awaitable<void> operation) {
    const Running running{std::move(state)};
    try {
      co_await std::move(operation);
    } catch (...) {  // its starter finds out
    }
  }

  std::shared_ptr<State> state_;
};
using StoppableTask = BasicStoppableTask<>;  // a template, so that only what is called is compiled

}  // namespace ftplike


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
      : state_{detail::new_shared<State>(std::move(acceptor))}, task_{session.executor(), run(session, state_)} {}
  EarlyAcceptance(EarlyAcceptance&&) noexcept = default;
  EarlyAcceptance& operator=(EarlyAcceptance&&) = delete;
  ~EarlyAcceptance() {
    if (!state_) return;
    state_->abandoned = true;
    if (state_->acceptor) state_->acceptor->close();  // another may want the port at once
  }

  /// Waits until nothing is done any more.
  awaitable<void> stop() { return task_.stop(); }
  /// After `stop`: the client's connection; none if it has not come.
  std::optional<typename T::Stream> stream() { return std::exchange(state_->stream, std::nullopt); }
  /// After `stop`, where there is no connection: the port, at which it may still come.
  typename T::Acceptor acceptor() { return *std::exchange(state_->acceptor, std::nullopt); }

 private:
  struct State {
    explicit State(typename T::Acceptor its_acceptor) : acceptor{std::move(its_acceptor)} {}
    std::optional<typename T::Acceptor> acceptor;
    std::optional<typename T::Stream> stream;
    bool abandoned = false;  // by a session that may be gone
  };

  template <class Session> static awaitable<void> run(Session& session, std::shared_ptr<State> state) {
    const Executor executor = co_await asio::this_coro::executor;
    while (!state->stream) {
      auto stream = co_await state->acceptor->accept(executor);
      if (state->abandoned) co_return;
      // Nothing may be awaited before it is kept: it would be lost if this was stopped.
      if (session.is_from_client(stream.remote())) {
        state->stream.emplace(std::move(stream));
      } else {
        session.template report<StrangerRefused>(stream.remote());
      }
    }
    state->acceptor.reset();
    if constexpr (SecurableStream<typename T::Stream>) co_await state->stream->accept_tls(session.control());
  }

  std::shared_ptr<State> state_;
  StoppableTask task_;
};

/// The client's: shakes hands over a connection while the command is said and answered. Unless it is stopped in time,
/// the connection is broken off.
template <SecurableStream S> class EarlyHandshake {
 public:
  EarlyHandshake(const Executor& executor, S stream, S& control)
      : stream_{detail::new_shared<S>(std::move(stream))}, task_{executor, run(stream_, stream_->connect_tls(control))} {}
  EarlyHandshake(const EarlyHandshake&) = delete;
  EarlyHandshake& operator=(const EarlyHandshake&) = delete;
  ~EarlyHandshake() {
    if (stream_) break_off(*stream_);
  }

  /// Gives the connection back.
  awaitable<S> stop() {
    co_await task_.stop();
    const auto stream = std::exchange(stream_, nullptr);
    co_return std::move(*stream);
  }

 private:
  /// Holds the connection while the handshake uses it.
  static awaitable<void> run(std::shared_ptr<S>, awaitable<void> handshake) { co_await std::move(handshake); }

  std::shared_ptr<S> stream_;
  StoppableTask task_;
};

}  // namespace ftplike::detail


namespace ftplike::inline v0_2 {

/// The server opens a port when the client asks (EPSV, or PASV on IPv4), and the client connects to it. (RFC 959, 2428)
struct PassiveChannel {
  struct Epsv {
    static constexpr std::string_view verb = "EPSV";
    static constexpr std::string_view help = "EPSV [1|2|ALL]: open a data port and tell its number";
    static constexpr std::string_view feature = "EPSV";
    static constexpr bool keeps_prepared = true;
    static Reply run(auto& session, std::string_view argument) {
      const auto request = parse_epsv(argument);
      if (!request) return {501, "Not a protocol number"};
      if (*request == EpsvRequest::all) {
        session.epsv_only = true;
        return {200, "EPSV ALL accepted"};
      }
      const bool ipv4 = session.peer().address().is_v4();
      if (*request != EpsvRequest::any && *request != (ipv4 ? EpsvRequest::ipv4 : EpsvRequest::ipv6)) {
        return {522, ipv4 ? "Network protocol not supported, use (1)" : "Network protocol not supported, use (2)"};
      }
      const Endpoint where = session.template channel<PassiveChannel>().listen(session);
      return {229, "Entering extended passive mode (|||" + std::to_string(where.port()) + "|)"};
    }
  };
  struct Pasv {
    static constexpr std::string_view verb = "PASV";
    static constexpr std::string_view help = "PASV: open a data port and tell its address and number";
    static constexpr std::string_view feature = "PASV";
    static constexpr bool keeps_prepared = true;
    static Reply run(auto& session, std::string_view) {
      if (session.epsv_only) return {501, "PASV not allowed after EPSV ALL"};
      if (!session.peer().address().is_v4()) return {501, "PASV is for IPv4 only, use EPSV"};
      const Endpoint where = session.template channel<PassiveChannel>().listen(session);
      const HostPort told{session.address_for_client().to_string(), where.port()};
      return {227, "Entering passive mode (" + format_port(told) + ")"};
    }
  };
  template <class Table> using AddTo = typename Table::template With<Epsv, Pasv>;

  /// A port that nobody uses is closed after `Limits::connect_data`, unless a command is at work just then: it may be the
  /// one that the port is for. The transfer that comes for a closed port gets 425.
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return acceptor_ || early_ || expired_; }
    bool announces() const noexcept { return false; }
    void disarm() {
      acceptor_.reset();
      early_.reset();
      expired_ = false;
    }
    /// Opens a port in place of the one that is open: a session has one at the most. Where data are private, the client
    /// is accepted and answered there from now on, but not through a proxy, which has its say first.
    template <class Session> Endpoint listen(Session& session) {
      disarm();
      auto acceptor = session.listen_for_data();
      const Endpoint where = acceptor.endpoint();
      const bool is_passed_on = session.is_passed_on(session.control().remote());
      if (session.protection().covers_data() && !is_passed_on) {
        early_.emplace(session, std::move(acceptor));
      } else {
        acceptor_.emplace(std::move(acceptor));
      }
      closes_at_ = time_after(session.network().now(), session.limits().connect_data);
      if (!timer_) timer_.emplace(session.network(), session.executor());
      if (!rings_) close_in_time(session);
      return where;
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      if (std::exchange(expired_, false)) throw std::system_error(Errc::no_data_connection);
      auto acceptor = std::exchange(acceptor_, std::nullopt);
      auto early = std::exchange(early_, std::nullopt);
      const Reply announcement{150, std::move(text)};
      co_await session.preliminary(announcement);
      if (early) {
        co_await early->stop();
        if (auto accepted = early->stream()) co_return std::move(*accepted);
        acceptor.emplace(early->acceptor());
      }
      co_return co_await detail::accept_peer(session, std::move(*acceptor));
    }

   private:
    /// One timer for all ports of the session, which is looked at again when it rings: most are used at once.
    template <class Session> void close_in_time(Session& session) {
      rings_ = closes_at_ != Time::max();
      if (!rings_) return;
      timer_->start(closes_at_, [this, &session] {
        rings_ = false;
        if (!acceptor_ && !early_) return;
        const Time now = session.network().now();
        if (session.is_at_work()) closes_at_ = time_after(now, session.limits().connect_data);
        if (now < closes_at_) return close_in_time(session);
        disarm();
        expired_ = true;
      });
    }

    std::optional<typename T::Acceptor> acceptor_;
    std::optional<detail::EarlyAcceptance<T>> early_;
    std::optional<typename T::Timer> timer_;
    Time closes_at_{};
    bool rings_ = false;
    bool expired_ = false;  // the client's port was closed, of which it does not know yet
  };

  template <Transport T> class ClientEnd {
   public:
    /// EPSV first. Whatever is no usable answer to it, and a port that cannot be reached, leads to PASV on IPv4, which
    /// is taken for the rest of the session if it does better. The host of a 227 is never dialled: only its port is
    /// taken, the host is the control connection's. A server that offers PRET is told before what the port is for.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      std::optional<typename T::Stream> data;
      std::exception_ptr failure;
      if (extended_) co_await reach_extended(client, command, data, failure);
      if (!data) {
        typename T::Stream reached = co_await reach_passive(client, command, std::move(failure));
        data.emplace(std::move(reached));
      }
      if constexpr (SecurableStream<typename T::Stream>) {
        if (client.secured) co_return co_await begin_secured(client, std::move(*data), std::move(command));
      }
      try {
        (void)co_await client.begin(std::move(command));
      } catch (...) {
        // A server that has begun to take a file must not take the end of this for the end of that.
        detail::break_off(*data);
        throw;
      }
      co_return std::move(*data);
    }

   private:
    /// Has the handshake begin before the command, which saves a round trip.
    template <class Client>
    static awaitable<typename T::Stream> begin_secured(Client& client, typename T::Stream data, std::string command) {
      detail::EarlyHandshake<typename T::Stream> shaking{client.executor(), std::move(data), client.control().stream()};
      (void)co_await client.begin(std::move(command));
      co_return co_await shaking.stop();
    }
    /// By EPSV; no stream where PASV is to be tried, and the failure if there was a port.
    template <class Client> awaitable<void> reach_extended(Client& client, const std::string& command,
                                                           std::optional<typename T::Stream>& data,
                                                           std::exception_ptr& failure) {
      const bool has_other_way = client.peer().address().is_v4();
      const Reply answer = co_await ask(client, "EPSV", command);
      const std::uint16_t port = port_in(answer);
      if (port == 0 && !has_other_way) client.fail(answer, "EPSV");
      if (port == 0) co_return;
      try {
        typename T::Stream reached = co_await connect(client, port);
        data.emplace(std::move(reached));
      } catch (const std::system_error& error) {
        if (!has_other_way || error.code() == asio::error::operation_aborted) throw;
        failure = std::current_exception();
      }
    }
    /// By PASV. Where that is refused, the port of EPSV that could not be reached was all there is.
    template <class Client> awaitable<typename T::Stream> reach_passive(Client& client, const std::string& command,
                                                                        std::exception_ptr failure) {
      const Reply answer = co_await ask(client, "PASV", command);
      const std::uint16_t port = answer.code() == 227 ? port_in(answer) : 0;
      if (port == 0 && failure) std::rethrow_exception(failure);
      if (port == 0 && answer.code() == 227) throw std::system_error(Errc::bad_reply);
      if (port == 0) client.fail(answer, "PASV");
      typename T::Stream data = co_await connect(client, port);
      extended_ = false;
      co_return data;
    }
    template <class Client> static awaitable<Reply> ask(Client& client, std::string verb, const std::string& command) {
      if (client.features.has("PRET")) (void)co_await client.ask("PRET " + command);
      co_return co_await client.ask(std::move(verb));
    }
    template <class Client> static awaitable<typename T::Stream> connect(Client& client, std::uint16_t port) {
      const Endpoint where{client.peer().address(), port};
      co_return co_await client.connect_data(where);
    }
    /// 0 if the answer tells no port.
    static std::uint16_t port_in(const Reply& answer) {
      if (answer.code() == 229) return parse_epsv_reply(answer.text()).value_or(0);
      const auto told = answer.code() == 227 ? parse_pasv_reply(answer.text()) : std::nullopt;
      return told ? told->port : 0;
    }

    bool extended_ = true;
  };
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Several ways, of which the peers settle one for each transfer: on a server the one that the client negotiated last;
/// if it negotiated none, the first that needs no negotiation.
template <class... Ways> struct NegotiatedChannel {
  template <class Table, class... Rest> struct Adding { using type = Table; };
  template <class Table, class First, class... Rest> struct Adding<Table, First, Rest...> {
    using type = typename Adding<typename First::template AddTo<Table>, Rest...>::type;
  };
  template <class Table> using AddTo = typename Adding<Table, Ways...>::type;

  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept {
      return std::apply([](const auto&... ways) { return (ways.armed() || ...); }, ways_);
    }
    /// Whether none of those that take negotiation is armed.
    bool announces() const noexcept {
      return std::apply([](const auto&... ways) { return !((ways.armed() && !ways.announces()) || ...); }, ways_);
    }
    void disarm() {
      std::apply([](auto&... ways) { (ways.disarm(), ...); }, ways_);
    }
    /// The way `W`, which takes the place of what was negotiated before.
    template <class W> auto& use() {
      disarm();
      return std::get<typename W::template ServerEnd<T>>(ways_);
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      return open_first<0>(session, std::move(text));
    }

   private:
    template <std::size_t I, class Session>
    awaitable<typename T::Stream> open_first(Session& session, std::string text) {
      auto& way = std::get<I>(ways_);
      if constexpr (I + 1 < sizeof...(Ways)) {
        if (!way.armed()) return open_first<I + 1>(session, std::move(text));
      }
      return way.open(session, std::move(text));
    }

    std::tuple<typename Ways::template ServerEnd<T>...> ways_;
  };

  template <Transport T> class ClientEnd {
   public:
    /// By the client's `way<W>()`, which knows the server's dialect and the user's wish: the first that says yes.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      return open_first<0>(client, std::move(command));
    }

   private:
    template <std::size_t I, class Client>
    awaitable<typename T::Stream> open_first(Client& client, std::string command) {
      if constexpr (I + 1 < sizeof...(Ways)) {
        using Way = std::tuple_element_t<I, std::tuple<Ways...>>;
        if (!client.template prefers<Way>()) return open_first<I + 1>(client, std::move(command));
      }
      return std::get<I>(ways_).open(client, std::move(command));
    }

    std::tuple<typename Ways::template ClientEnd<T>...> ways_;
  };
};

}  // namespace ftplike

// ---- ftplike/io/ascii_bytes.hpp
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

// ---- ftplike/io/any_bytes.hpp
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

// ---- ftplike/protocol/timestamp.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2 {

/// Whether a timestamp shows the part of a second that it has.
enum class Fraction { if_any, never };

namespace detail {

/// A moment taken apart. What lies outside of the years 0 to 9999 counts as the first or the last moment of these.
class Civil {
 public:
  explicit Civil(Timestamp time) noexcept {
    using namespace std::chrono;
    time = std::clamp(time, first_timestamp, last_timestamp);
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    year_ = static_cast<unsigned>(static_cast<int>(date.year()));
    month_ = static_cast<unsigned>(date.month());
    day_ = static_cast<unsigned>(date.day());
    hour_ = static_cast<unsigned>(clock.hours().count());
    minute_ = static_cast<unsigned>(clock.minutes().count());
    second_ = static_cast<unsigned>(clock.seconds().count());
    millisecond_ = static_cast<unsigned>(clock.subseconds().count());
  }
  unsigned year() const noexcept { return year_; }
  unsigned month() const noexcept { return month_; }
  unsigned day() const noexcept { return day_; }
  unsigned hour() const noexcept { return hour_; }
  unsigned minute() const noexcept { return minute_; }
  unsigned second() const noexcept { return second_; }
  unsigned millisecond() const noexcept { return millisecond_; }

 private:
  unsigned year_, month_, day_, hour_, minute_, second_, millisecond_;
};

/// The moment with these parts, if there is one. A leap second counts as the second before it.
inline std::optional<Timestamp> moment(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                                       unsigned second) noexcept {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (year > 9999 || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{std::min(second, 59U)};
}

/// Writes the last `digits` decimal digits of `value`, zeros in front, and gives the place behind them.
constexpr char* put_digits(char* at, unsigned value, std::size_t digits) noexcept {
  for (std::size_t i = digits; i > 0; value /= 10) at[--i] = static_cast<char>('0' + value % 10);
  return at + digits;
}

}  // namespace detail

/// Reads `YYYYMMDDHHMMSS[.sss]`, in UTC. Digits beyond the millisecond are cut off. RFC 3659 §2.3.
inline std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
  const auto fraction = text.substr(std::min<std::size_t>(text.size(), 14));
  if (text.size() < 14 || text.size() == 15 || (!fraction.empty() && fraction[0] != '.')) return std::nullopt;
  const auto digits_only = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), detail::is_digit);
  };
  if (!digits_only(text.substr(0, 14)) || !digits_only(fraction.substr(fraction.empty() ? 0 : 1))) return std::nullopt;

  const auto part = [text](std::size_t at, std::size_t size) {
    return number_in(text.substr(at, size)).value_or(0);
  };
  auto result = detail::moment(part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2));
  if (!result) return std::nullopt;
  unsigned scale = 100;
  for (std::size_t i = 1; i < fraction.size() && scale > 0; ++i, scale /= 10) {
    *result += std::chrono::milliseconds{static_cast<unsigned>(fraction[i] - '0') * scale};
  }
  return result;
}

/// Appends `time` as `YYYYMMDDHHMMSS`, with `.sss` if it has a part of a second and that is wanted. RFC 3659 §2.3.
inline void append_timestamp(std::string& out, Timestamp time, Fraction fraction = Fraction::if_any) {
  const detail::Civil civil{time};
  std::array<char, 18> text;
  auto* at = detail::put_digits(text.data(), civil.year(), 4);
  for (const auto value : {civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()}) {
    at = detail::put_digits(at, value, 2);
  }
  if (fraction == Fraction::if_any && civil.millisecond() != 0) {
    *at++ = '.';
    at = detail::put_digits(at, civil.millisecond(), 3);
  }
  out.append(text.data(), at);
}

inline std::string format_timestamp(Timestamp time, Fraction fraction = Fraction::if_any) {
  std::string text;
  append_timestamp(text, time, fraction);
  return text;
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Refers to any source, so that what moves bytes is compiled once and not for every source anew.
///
/// **Lifetime:** that of the source, which it does not own.
class AnySource {
 public:
  template <ByteSource Source>
    requires(!std::is_same_v<Source, AnySource>)
  explicit AnySource(Source& source) noexcept : source_{&source}, can_{&abilities<Source>} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) { return can_->read_some(source_, room); }

  /// How much it has from its beginning on; nothing if it cannot seek.
  std::optional<std::uint64_t> size() const { return can_->size ? can_->size(source_) : std::nullopt; }
  /// What follows is only for one that can.
  void seek(std::uint64_t offset) { can_->seek(source_, offset); }
  /// When that was last changed, if it tells.
  std::optional<Timestamp> modified() const { return can_->modified ? can_->modified(source_) : std::nullopt; }

  /// A file, for whoever moves its bytes without a buffer; -1 if it is none.
  int descriptor() const noexcept { return can_->descriptor && !hides_file_ ? can_->descriptor(source_) : -1; }
  /// The same source, of which all bytes are read, be it a file or not.
  AnySource without_descriptor() const noexcept {
    AnySource plain = *this;
    plain.hides_file_ = true;
    return plain;
  }
  /// What follows is only for a file.
  std::uint64_t position() const noexcept { return can_->position(source_); }
  void advance(std::size_t count) noexcept { can_->advance(source_, count); }
  awaitable<std::size_t> fetch(std::size_t most) { return can_->fetch(source_, most); }

 private:
  struct Abilities {
    awaitable<std::size_t> (*read_some)(void*, std::span<std::byte>);
    std::optional<std::uint64_t> (*size)(void*) = nullptr;
    void (*seek)(void*, std::uint64_t) = nullptr;
    std::optional<Timestamp> (*modified)(void*) = nullptr;
    int (*descriptor)(void*) noexcept = nullptr;
    std::uint64_t (*position)(void*) noexcept = nullptr;
    void (*advance)(void*, std::size_t) noexcept = nullptr;
    awaitable<std::size_t> (*fetch)(void*, std::size_t) = nullptr;
  };
  template <class Source> static constexpr Abilities abilities_of() noexcept {
    Abilities can{[](void* of, std::span<std::byte> room) { return static_cast<Source*>(of)->read_some(room); }};
    if constexpr (SeekableByteSource<Source>) {
      can.size = [](void* of) -> std::optional<std::uint64_t> { return static_cast<const Source*>(of)->size(); };
      can.seek = [](void* of, std::uint64_t offset) { static_cast<Source*>(of)->seek(offset); };
    }
    if constexpr (requires(const Source& source) {
                    { source.modified() } -> std::convertible_to<Timestamp>;
                  }) {
      can.modified = [](void* of) -> std::optional<Timestamp> { return static_cast<const Source*>(of)->modified(); };
    }
    if constexpr (detail::FileSource<Source>) {
      can.descriptor = [](void* of) noexcept { return static_cast<Source*>(of)->descriptor(); };
      can.position = [](void* of) noexcept { return static_cast<Source*>(of)->position(); };
      can.advance = [](void* of, std::size_t count) noexcept { static_cast<Source*>(of)->advance(count); };
      can.fetch = [](void* of, std::size_t most) { return static_cast<Source*>(of)->fetch(most); };
    }
    return can;
  }
  template <class Source> static constexpr Abilities abilities = abilities_of<Source>();

  void* source_;
  const Abilities* can_;
  bool hides_file_ = false;
};

/// Refers to any sink, in the same way.
class AnySink {
 public:
  template <ByteSink Sink>
    requires(!std::is_same_v<Sink, AnySink>)
  explicit AnySink(Sink& sink) noexcept
      : sink_{&sink},
        write_{[](void* to, std::span<const std::byte> bytes) { return static_cast<Sink*>(to)->write(bytes); }},
        finish_{[](void* to) { return static_cast<Sink*>(to)->finish(); }} {}

  awaitable<void> write(std::span<const std::byte> bytes) { return write_(sink_, bytes); }
  awaitable<void> finish() { return finish_(sink_); }

 private:
  void* sink_;
  awaitable<void> (*write_)(void*, std::span<const std::byte>);
  awaitable<void> (*finish_)(void*);
};

}  // namespace ftplike

// ---- ftplike/protocol/ascii.hpp
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace ftplike::inline v0_2 {

/// Turns local text, whose lines end with LF, into what TYPE A sends, chunk by chunk. RFC 959 §3.1.1.1.
///
/// A CRLF of the local text stays one CRLF: a file with DOS line endings arrives as it is instead of with a CR too
/// many in each line. The price is that such a file cannot be told from one with LF afterwards.
class AsciiEncoder {
 public:
  /// Appends the converted `in` to `out`.
  void convert(std::string_view in, std::string& out) {
    while (!in.empty()) {
      const auto end = in.find('\n');
      const auto line = in.substr(0, end);
      out.append(line);
      if (!line.empty()) after_cr_ = line.back() == '\r';
      if (end == in.npos) return;
      out.append(after_cr_ ? "\n" : "\r\n");
      after_cr_ = false;
      in.remove_prefix(end + 1);
    }
  }
  /// Ends the text. An encoder holds nothing back; this makes both directions alike.
  void finish(std::string&) noexcept { after_cr_ = false; }

 private:
  bool after_cr_ = false;
};

/// Turns what TYPE A sends into local text, chunk by chunk: CRLF becomes LF, a CR without LF stays. RFC 959 §3.1.1.1.
class AsciiDecoder {
 public:
  /// Appends the converted `in` to `out`. A CR at the end of `in` waits for what follows it.
  void convert(std::string_view in, std::string& out) {
    if (in.empty()) return;
    if (std::exchange(pending_cr_, false) && in[0] != '\n') out += '\r';
    if (in.back() == '\r') {
      pending_cr_ = true;
      in.remove_suffix(1);
    }
    while (!in.empty()) {
      const auto cr = std::min(in.find('\r'), in.size());
      out.append(in.substr(0, cr));
      in.remove_prefix(cr);
      if (in.empty()) return;
      if (in.substr(1, 1) != "\n") out += '\r';
      in.remove_prefix(1);
    }
  }
  /// Ends the text: appends a CR that still waits.
  void finish(std::string& out) {
    if (std::exchange(pending_cr_, false)) out += '\r';
  }

 private:
  bool pending_cr_ = false;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// A source as TYPE A sends it: every line ended by CRLF.
template <class = void> class BasicAsciiSource {
 public:
  using AsciiSource = BasicAsciiSource;  // as what derives from it calls it
  explicit BasicAsciiSource(AnySource source) : source_{source}, raw_(16 * 1024) {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    while (at_ == text_.size() && !ended_) {
      text_.clear();
      at_ = 0;
      const std::size_t n = co_await source_.read_some(raw_);
      if (n == 0)
        ended_ = true;
      else
        encoder_.convert(as_text(std::span{raw_}.first(n)), text_);
    }
    const auto part = as_bytes(text_).subspan(at_, std::min(room.size(), text_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }

 private:
  AnySource source_;
  AsciiEncoder encoder_;
  std::vector<std::byte> raw_;
  std::string text_;
  std::size_t at_ = 0;
  bool ended_ = false;
};
using AsciiSource = BasicAsciiSource<>;  // a template, so that only what is called is compiled

/// A sink for what TYPE A brings: every CRLF becomes the system's own line ending.
template <class = void> class BasicAsciiSink {
 public:
  using AsciiSink = BasicAsciiSink;  // as what derives from it calls it
  explicit BasicAsciiSink(AnySink sink) : sink_{sink} {}
  awaitable<void> write(std::span<const std::byte> bytes) {
    text_.clear();
    decoder_.convert(as_text(bytes), text_);
    co_await sink_.write(as_bytes(text_));
  }
  awaitable<void> finish() {
    text_.clear();
    decoder_.finish(text_);
    co_await sink_.write(as_bytes(text_));
    co_await sink_.finish();
  }

 private:
  AnySink sink_;
  AsciiDecoder decoder_;
  std::string text_;
};
using AsciiSink = BasicAsciiSink<>;  // a template, so that only what is called is compiled

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// A sink whose end is somebody else's to decide on.
template <class = void> class BasicUnfinished {
 public:
  explicit BasicUnfinished(AnySink sink) : sink_{sink} {}
  awaitable<void> write(std::span<const std::byte> bytes) { return sink_.write(bytes); }
  awaitable<void> finish() { co_return; }

 private:
  AnySink sink_;
};
using Unfinished = BasicUnfinished<>;  // a template, so that only what is called is compiled

/// What an operation failed with, as its caller is told: `Errc::aborted` is that he cancelled it.
inline std::exception_ptr told(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ClientError& error) {
    if (error.code() != asio::error::operation_aborted) return failure;
    const auto offset = error.reached() - error.transferred();
    return std::make_exception_ptr(
        ClientError{Errc::aborted, error.verb(), error.channel(), error.transferred(), offset});
  } catch (const std::system_error& error) {
    if (error.code() != asio::error::operation_aborted) return failure;
    return std::make_exception_ptr(ClientError{Errc::aborted, {}, Channel::local});
  } catch (...) { return failure; }
}

/// The same operation, whose caller is told so.
template <class R> awaitable<R> telling(awaitable<R> operation) {
  Settled<R> result;
  co_await settle(std::move(operation), result);
  if (result.failed()) std::rethrow_exception(told(result.failure()));
  co_return result.get();
}

/// A client's session: commands in step with their replies, and transfers of which both connections have their say.
/// What stands under *for data channels* is what the client ends of a data channel may use.
template <Transport T, class DataChannel, class Observer> class ClientCore
    : public std::enable_shared_from_this<ClientCore<T, DataChannel, Observer>> {
 public:
  using Stream = typename T::Stream;
  using Limit = typename Deadline<T>::Limit;
  ClientCore(T& network, const Executor& executor, Stream stream, ClientOptions its_options, Observer observer)
      : options{std::move(its_options)},
        lifetime_{lifetime_of(network)},
        network_{network},
        executor_{executor},
        observer_{std::move(observer)},
        deadline_{network, executor, interruption_},
        control_{network, executor, std::move(stream), options.limits, interruption_, deadline_, observer_} {
    zone.given = options.zone;
  }
  ~ClientCore() { leave(); }

  const ClientOptions options;
  std::string host;  // as a proxy is told
  Features features;
  Dialect dialect = Dialect::standard;
  Reply greeting;
  bool secured = false;        // both connections are protected by TLS
  std::string system;          // what SYST said
  ServerZone zone;             // of the times in the server's listings
  char type = '\0';            // of TYPE, as far as we know
  std::string digest;          // what OPTS HASH was told
  WorkingDirectory directory;  // where listings have led the session
  ClientControl<T, Observer>& control() noexcept { return control_; }

  // ---- for operations as a whole

  const Executor& executor() const noexcept { return executor_; }
  Interruption& interruption() noexcept { return interruption_; }
  /// Ends the operation under way, for its caller.
  void cancel() {
    cancelled_ = true;
    interruption_.interrupt(asio::error::operation_aborted);
  }
  /// Ends the session now, and the operation under way if there is one: a file that is being read.
  void leave() {
    if (!busy_) return close();
    control_.close();
    cancel();
  }
  /// There is one operation at a time.
  void begin_operation() {
    if (busy_.exchange(true)) throw ClientError{Errc::busy, {}, Channel::local, 0, "an operation is under way already"};
    cancelled_ = false;
    interruption_.forget();
  }
  void end_operation() noexcept { busy_ = false; }
  /// On the session's executor: does it, and is idle then.
  awaitable<void> do_and_rest(awaitable<void> settled) {
    co_await std::move(settled);
    deadline_.rest();
  }

  // ---- for operations

  /// The final reply to a command, whatever it is.
  awaitable<Reply> ask(std::string command) {
    co_await get_ready();
    co_return co_await control_.ask(std::move(command));
  }
  /// The reply to a command, which has to be positive.
  awaitable<Reply> demand(std::string command) {
    const std::string verb = verb_of(command);
    const Reply reply = co_await ask(std::move(command));
    if (!reply.complete()) fail(reply, verb);
    co_return reply;
  }
  awaitable<void> demand_only(std::string command) { (void)co_await demand(std::move(command)); }
  /// Sees to it that no reply is under way that belongs to an earlier command; closes the session if that cannot be
  /// had.
  awaitable<void> get_in_step() {
    control_.check_open({});
    if (control_.pending().in_step()) co_return;
    std::error_code error;
    try {
      if (std::exchange(cut_, false) && knows_abort()) co_await control_.abort();
      co_await control_.get_in_step();
    } catch (const std::system_error& failure) { error = failure.code(); }
    if (!error) co_return;
    close(error);
    control_.check_open({});
  }
  /// Sees to it that what a command says is taken for what its user means: in step, and in the user's directory.
  awaitable<void> get_ready() {
    co_await get_in_step();
    if (directory.has_to_return()) co_await go_home(*this);
  }
  /// A command of the caller's own may have changed what we know of the session.
  void forget_settings() {
    type = '\0';
    digest = "?";
    directory.home_known = false;
  }
  /// Ends the session now.
  void close(std::error_code why = {}) {
    control_.close(why);
    link_.reset();
  }

  /// Takes what comes over a new data connection into `sink`, without finishing that. Gives the final reply.
  awaitable<Reply> receive(AnySink sink, ClientTransfer& transfer) {
    co_await start(transfer);
    Settled<void> outcome;
    if (transfer.ascii) {
      co_await settle(receive_text(sink, transfer), outcome);
    } else {
      co_await settle(receive_over_data(sink, transfer), outcome);
    }
    data_ends();
    if (cancelled_) give_up(transfer, outcome);
    if (interruption_.why()) co_await interruption_.recover();
    co_return co_await conclude(transfer, outcome);
  }
  /// Sends what `source` gives over a new data connection. Gives the final reply.
  awaitable<Reply> send(AnySource source, ClientTransfer& transfer) {
    co_await start(transfer);
    Settled<void> outcome;
    std::optional<AsciiSource> text;
    if (transfer.ascii) source = AnySource{text.emplace(source)};
    co_await settle(send_over_data(source, transfer), outcome);
    data_ends();
    if (cancelled_) give_up(transfer, outcome);
    if (interruption_.why()) co_await interruption_.recover();
    co_return co_await conclude(transfer, outcome);
  }

  // ---- for data channels ----

  T& network() noexcept { return network_; }
  const Endpoint& peer() noexcept { return control_.who().peer; }
  const Endpoint& local() noexcept { return control_.who().local; }
  /// Whether this way is to be taken for data connections.
  template <class Way> bool prefers() const noexcept {
    if constexpr (std::is_same_v<Way, AnnouncedChannel>) return dialect == Dialect::ftplike;
    const bool active = options.active && options.proxy.empty();
    if constexpr (std::is_same_v<Way, ActiveChannel>) return dialect != Dialect::ftplike && active;
    return dialect != Dialect::ftplike && !active;
  }
  /// Sends the command of a transfer and gives its preliminary reply.
  ///
  /// **Errors:** `ReplyError` if there is none.
  awaitable<Reply> begin(std::string command) {
    const std::string verb = verb_of(command);
    if (!before_.empty()) {
      const Reply answer = co_await control_.ask(before_);
      if (!answer.intermediate()) fail(answer, verb_of(before_));
    }
    Reply first = co_await control_.begin(std::move(command), this->shared_from_this());
    if (first.negative() || first.intermediate()) fail(first, verb);
    opening_ = first.text();
    co_return first;
  }
  /// Begins a transfer whose data connection is not ours.
  awaitable<void> begin_elsewhere(std::string command) {
    co_await get_ready();
    before_.clear();
    (void)co_await begin(std::move(command));
  }
  [[noreturn]] void fail(const Reply& reply, std::string_view verb) const {
    throw ReplyError{reply, std::string{verb}, reply.code() / 10 % 10 == 2 ? Channel::data : Channel::control};
  }
  awaitable<Stream> connect_data(Endpoint where) {
    Settled<Stream> connected;
    auto connecting = options.proxy.empty() ? network_.connect(where) : reach(network_, host, where.port(), options);
    Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
    co_await settle(std::move(connecting), connected);
    if (limited.expired()) co_await interruption_.recover();
    if (connected.failed()) check_data_came(limited.expired());
    co_return connected.get();
  }
  /// The one connection of our own server. Strangers are turned away and do not use the listener up.
  awaitable<Stream> accept_data(typename T::Acceptor acceptor) {
    const Executor executor = co_await asio::this_coro::executor;
    control_.template observe<DataListening>(acceptor.endpoint());
    for (;;) {
      Settled<Stream> accepted;
      Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
      co_await settle(acceptor.accept(executor), accepted);
      if (limited.expired()) co_await interruption_.recover();
      if (accepted.failed()) check_data_came(limited.expired());
      Stream stream = accepted.get();
      if (stream.remote().address() == peer().address()) co_return stream;
      control_.template report<StrangerRefused>(stream.remote());
    }
  }

  /// Tells what came of a handshake over a control or data connection.
  void tell_handshake(const Settled<void>& shaken, const Stream& stream, bool data) noexcept {
    if (shaken.failed()) return report<HandshakeFailed>(data, code_of(shaken.failure()));
    if constexpr (takes<Observer, ConnectionSecured>) report<ConnectionSecured>(data, stream.details());
  }

  // ---- for the data link ----

  Deadline<T>& deadline() noexcept { return deadline_; }
  bool refused() const noexcept { return control_.refused(); }
  awaitable<void> keep_alive() {
    return control_.keep_alive(dialect == Dialect::ftplike ? Duration{} : options.keep_alive);
  }
  template <class Event, class... More> void observe(More&&... more) {
    control_.template observe<Event>(std::forward<More>(more)...);
  }
  /// Whether the observer wants to be told of the bytes of transfers now.
  bool wants_bytes() { return ftplike::wants_bytes(observer_); }
  template <class Event, class... More> void report(More&&... more) noexcept {
    control_.template report<Event>(std::forward<More>(more)...);
  }

 private:
  using Link = DataLink<ClientCore>;

  /// The server that the ftp-like dialect comes from does not.
  bool knows_abort() const noexcept { return dialect != Dialect::ftplike || control_.hears_crlf(); }

  bool knows_ranges() const { return features.has("RANG STREAM"); }
  /// Whether a transfer ends because we have enough, not the server.
  bool breaks_off(const ClientTransfer& transfer) const { return transfer.is_satisfied() && !knows_ranges(); }
  /// The command that says which part of a file is meant.
  std::string position(const ClientTransfer& transfer) const {
    if (transfer.length > 0 && knows_ranges()) {
      const auto last = transfer.restart + transfer.length - 1;
      return "RANG " + std::to_string(transfer.restart) + ' ' + std::to_string(last);
    }
    return transfer.restart > 0 ? "REST " + std::to_string(transfer.restart) : std::string{};
  }

  awaitable<void> start(ClientTransfer& transfer) {
    co_await get_ready();
    control_.forget_conclusion();
    transfer.began = network_.now();
    before_ = position(transfer);
    opening_.clear();
    control_.moves_data(true);
  }
  void data_ends() {
    stalled_ = interruption_.why() == Errc::stalled;
    control_.moves_data(false);
  }

  awaitable<void> receive_over_data(AnySink sink, ClientTransfer& transfer) {
    co_await open(transfer);
    Limit limited{deadline_, options.limits.stall, Errc::stalled};
    co_await copy(
        *link_, sink, [](std::size_t) {}, transfer.piece());
    if (breaks_off(transfer)) co_return;
    link_->complete();
    if constexpr (SecurableStream<Stream>) co_await link_->finish();  // the peer said goodbye, so do we
  }
  awaitable<void> receive_text(AnySink sink, ClientTransfer& transfer) {
    Unfinished file{sink};
    AsciiSink text{AnySink{file}};
    const AnySink all{text};
    co_await receive_over_data(all, transfer);
    co_await text.finish();
  }
  awaitable<void> send_over_data(AnySource source, ClientTransfer& transfer) {
    co_await open(transfer);
    Limit limited{deadline_, options.limits.stall, Errc::stalled};
    if (wants_bytes()) source = source.without_descriptor();
    co_await copy(
        source, *link_, [](std::size_t) {}, transfer.piece());
    co_await link_->finish();
    link_->complete();
  }
  awaitable<void> open(ClientTransfer& transfer) {
    auto stream = co_await channel_.open(*this, transfer.command);
    if constexpr (SecurableStream<Stream>) {
      if (secured) co_await shake_hands(stream);
    }
    transfer.opening = opening_;
    transfer.connected = true;
    link_.emplace(*this, std::move(stream), transfer);
  }

  awaitable<void> shake_hands(Stream& stream) {
    Settled<void> shaken;
    Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
    co_await settle(stream.connect_tls(control_.stream()), shaken);
    if (limited.expired()) co_await interruption_.recover();
    tell_handshake(shaken, stream, true);
    if (shaken.failed()) {
      detail::break_off(stream);
      check_data_came(limited.expired());
    }
    shaken.get();
  }

  /// Throws what kept a data connection from coming to be, unless the caller knows it.
  void check_data_came(bool late) const {
    if (refused()) throw std::system_error(asio::error::operation_aborted);
    if (late) throw std::system_error(Errc::timed_out);
  }

  /// Hears the server's word on a transfer and gives the verdict.
  awaitable<Reply> conclude(ClientTransfer& transfer, Settled<void>& outcome) {
    const std::string verb = verb_of(transfer.command);
    Settled<Reply> word;
    if (!outcome.failed() || transfer.broken) {
      // Of a data connection that broke the server may say why. Of one with TLS that did not, something of the server's
      // may be unread, a ticket or a goodbye: to close it now would take from the server what is still on its way.
      if (outcome.failed() || !secured || breaks_off(transfer)) link_.reset();
      // Of a transfer that we broke off, having enough, some servers say nothing final.
      const Duration soon = std::min<Duration>(options.limits.recovery, std::chrono::seconds{1});
      const Duration patience = transfer.is_satisfied() ? soon
                                : outcome.failed()      ? options.limits.recovery
                                                        : options.limits.reply;
      co_await settle(control_.conclude(verb, patience), word);
      link_.reset();
    }
    const std::exception_ptr failure = judge(transfer, outcome, word);
    if (!failure) co_return word.get();
    if (!cancelled_ && control_.is_open()) {
      Settled<void> ignored;
      co_await settle(get_in_step(), ignored);
    }
    std::rethrow_exception(failure);
  }
  /// The end of a transfer that was cancelled: nothing can be awaited any more.
  [[noreturn]] void give_up(const ClientTransfer& transfer, Settled<void>& outcome) {
    Settled<Reply> word;
    word.fail(std::make_exception_ptr(std::system_error(asio::error::operation_aborted)));
    std::rethrow_exception(judge(transfer, outcome, word));
  }

  static bool is_late(Settled<Reply>& word) {
    try {
      if (word.failed()) std::rethrow_exception(word.failure());
    } catch (const std::system_error& error) { return error.code() == Errc::timed_out; }
    return false;
  }

  /// The error of a transfer, if it failed, after which nothing of it is left but what `get_in_step` takes care of.
  std::exception_ptr judge(const ClientTransfer& transfer, Settled<void>& outcome, Settled<Reply>& word) {
    const std::string verb = verb_of(transfer.command);
    std::exception_ptr failure;
    try {
      outcome.get();
      if (transfer.is_satisfied() && is_late(word)) {
        cut_ = true;
        word = {};
        word.set(Reply{});
      }
      Reply reply = word.get();
      // A server says that it could not send the rest, which nobody wanted.
      const bool good = !reply.negative() || transfer.is_satisfied();
      if (!good) throw ReplyError{std::move(reply), verb, Channel::data, transfer.moved, transfer.offset};
      word.set(std::move(reply));
    } catch (const ReplyError&) { failure = std::current_exception(); } catch (const ClientError& error) {
      failure =
          std::make_exception_ptr(ClientError{error.code(), verb, error.channel(), transfer.moved, transfer.offset});
    } catch (const std::system_error& error) { failure = explain(error.code(), transfer, verb); } catch (...) {
      failure = std::current_exception();
    }
    if (failure) failure = told(failure);
    tell(transfer, verb, failure);
    if (!failure) return nullptr;

    cut_ = control_.pending().transferring();
    link_.reset();
    return failure;
  }

  /// Why a transfer failed: what the server said, else what its connections did, else what went wrong on our side.
  std::exception_ptr explain(std::error_code error, const ClientTransfer& transfer, const std::string& verb) const {
    const auto& said = control_.conclusion();
    if (said && said->negative()) {
      return std::make_exception_ptr(ReplyError{*said, verb, Channel::data, transfer.moved, transfer.offset});
    }
    auto channel = transfer.broken || !transfer.connected ? Channel::data : Channel::local;
    if (error == asio::error::operation_aborted && stalled_) error = Errc::stalled;
    if (error == asio::error::operation_aborted) error = cancelled_ ? Errc::aborted : Errc::peer_lost;
    if (control_.watch_failure()) {
      error = control_.watch_failure();
      channel = Channel::control;
    }
    return std::make_exception_ptr(ClientError{error, verb, channel, transfer.moved, transfer.offset});
  }

  void tell(const ClientTransfer& transfer, std::string_view verb, const std::exception_ptr& failure) {
    if constexpr (takes<Observer, TransferEnded>) {
      std::error_code error;
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::system_error& what) { error = what.code(); } catch (...) {
        error = Errc::aborted;
      }
      const Path path{parse_command(transfer.command).argument};
      report<TransferEnded>(verb, path, transfer.direction, transfer.moved, transfer.offset,
                            network_.now() - transfer.began, transfer.ascii, transfer.listing, error);
    }
  }

  const std::shared_ptr<void> lifetime_;  // before all that has sockets and timers, so that it goes after them
  T& network_;
  const Executor executor_;
  Observer observer_;
  Interruption interruption_;
  Deadline<T> deadline_;
  ClientControl<T, Observer> control_;
  typename DataChannel::template ClientEnd<T> channel_;
  std::optional<Link> link_;  // of the transfer under way
  std::string opening_;
  std::string before_;  // what is to be said right before the command of the transfer
  bool stalled_ = false;
  bool cut_ = false;  // a transfer was broken off, and the server does not know that yet
  bool cancelled_ = false;  // the operation under way, by its caller
  std::atomic<bool> busy_ = false;
};

/// Runs an operation of a session on the session's executor, for a caller on any. There is one at a time.
///
/// **Errors:** those of the operation; `Errc::busy` if another one is under way.
/// **Cancellation:** of the caller ends the operation. **Lifetime:** keeps the session.
template <class Core, class R> awaitable<R> perform(std::shared_ptr<Core> core, awaitable<R> operation) {
  struct Operation {
    explicit Operation(Core& its_core) : core{its_core} { core.begin_operation(); }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation() { core.end_operation(); }
    Core& core;
  } const under_way{*core};
  // What is posted does not hold the session: where its event loop has ended, it stays there as long as that.
  const std::function<void()> cancel = [core] {
    asio::dispatch(core->executor(), [seen = std::weak_ptr{core}] {
      if (const auto still_there = seen.lock()) still_there->cancel();
    });
  };
  Settled<R> result;
  auto settled = core->do_and_rest(settle(std::move(operation), result));
  co_await run_stoppable(core->executor(), core->interruption().slot(), cancel, std::move(settled));
  if (result.failed()) std::rethrow_exception(told(result.failure()));
  co_return result.get();
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/facts.hpp
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>


namespace ftplike::inline v0_2 {

/// A fact that MLST and MLSD can tell of a file. RFC 3659 §7.5.
enum class Fact : std::uint8_t { type, size, modify, perm, unique, unix_mode };

/// Which directory a line of an MLSD listing tells of: one of its files, itself (cdir), the one above (pdir).
enum class MlsxPlace : std::uint8_t { inside, itself, above };

namespace detail {

inline constexpr std::array<std::string_view, 6> fact_names{"type", "size", "modify", "perm", "unique", "UNIX.mode"};

}  // namespace detail

/// A set of facts: what OPTS MLST asks for and FEAT offers. RFC 3659 §7.8, §7.9.
class FactSet {
 public:
  constexpr FactSet() = default;
  static constexpr FactSet all() noexcept {
    FactSet set;
    set.bits_ = (1U << detail::fact_names.size()) - 1;
    return set;
  }
  /// The facts of `type;size;…`; those that nobody knows are left out.
  static constexpr FactSet parse(std::string_view text) noexcept {
    FactSet set;
    while (!text.empty()) {
      const auto name = text.substr(0, text.find(';'));
      for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
        if (same_word(name, detail::fact_names[i])) set.bits_ |= 1U << i;
      }
      text.remove_prefix(name.size() == text.size() ? name.size() : name.size() + 1);
    }
    return set;
  }

  constexpr bool contains(Fact fact) const noexcept { return bits_ >> static_cast<unsigned>(fact) & 1U; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  /// `type;size;`, the answer to OPTS MLST.
  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
      if (bits_ >> i & 1U) out.append(detail::fact_names[i]).append(1, ';');
    }
    return out;
  }
  /// All facts, those of this set with a star: `type*;size*;modify;…`, for the FEAT line of MLST.
  std::string feature() const {
    std::string out;
    for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
      out.append(detail::fact_names[i]).append(bits_ >> i & 1U ? "*;" : ";");
    }
    return out;
  }

  friend constexpr bool operator==(FactSet, FactSet) = default;

 private:
  unsigned bits_ = 0;
};

namespace detail {

/// Appends a word as one part of a line: what would end the line becomes '?'.
inline void append_name(std::string& out, std::string_view name) {
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out.append(name);
  std::replace_if(
      out.begin() + begin, out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, '?');
}

inline void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

inline void append_type(std::string& out, const Entry& entry, MlsxPlace place) {
  switch (place) {
    case MlsxPlace::itself: out.append("type=cdir;"); return;
    case MlsxPlace::above: out.append("type=pdir;"); return;
    case MlsxPlace::inside: break;
  }
  switch (entry.type) {
    case Entry::Type::file: out.append("type=file;"); return;
    case Entry::Type::directory: out.append("type=dir;"); return;
    case Entry::Type::other: out.append("type=OS.unix=other;"); return;
    case Entry::Type::link: break;
  }
  out.append("type=OS.unix=slink:");
  // A target with a ';' would read as another fact.
  if (entry.target.find(';') == std::string::npos) append_name(out, entry.target);
  out.append(1, ';');
}

}  // namespace detail

/// Appends `type=file;size=1;… name`, without a line ending: a line of MLSD, or of MLST behind a space. Facts that are
/// not known are left out; a name that would break the line has '?' there. Times are in whole seconds: RFC 3659 §2.3 has
/// parts of them, but no other server tells them, and clients break on them. RFC 3659 §7.2.
inline void append_facts(std::string& out, const Entry& entry, FactSet facts, std::string_view permissions,
                         MlsxPlace place = MlsxPlace::inside) {
  if (facts.contains(Fact::type)) detail::append_type(out, entry, place);
  if (facts.contains(Fact::size) && !entry.is_directory() && entry.size) {
    out.append("size=");
    detail::append_number(out, *entry.size);
    out.append(1, ';');
  }
  if (const Timestamp time = std::chrono::floor<std::chrono::seconds>(entry.modified);
      facts.contains(Fact::modify) && time != Timestamp{}) {
    out.append("modify=");
    append_timestamp(out, time);
    out.append(1, ';');
  }
  if (facts.contains(Fact::perm)) out.append("perm=").append(permissions).append(1, ';');
  if (facts.contains(Fact::unique) && !entry.unique.empty()) {
    out.append("unique=");
    detail::append_name(out, entry.unique);
    out.append(1, ';');
  }
  if (facts.contains(Fact::unix_mode) && entry.mode != 0) {
    out.append("UNIX.mode=");
    for (int shift = 9; shift >= 0; shift -= 3) out.append(1, static_cast<char>('0' + (entry.mode >> shift & 7)));
    out.append(1, ';');
  }
  out.append(1, ' ');
  detail::append_name(out, entry.name);
}

namespace detail {

/// A line of MLSD taken apart: its name is as it came, whatever it is.
class FactsLine {
 public:
  Entry entry;
  MlsxPlace place = MlsxPlace::inside;
};

inline void read_type(FactsLine& line, std::string_view value) {
  auto& entry = line.entry;
  constexpr std::string_view link = "OS.unix=slink:";
  if (same_word(value, "file")) {
    entry.type = Entry::Type::file;
  } else if (same_word(value, "dir")) {
    entry.type = Entry::Type::directory;
  } else if (same_word(value, "cdir") || same_word(value, "pdir")) {
    entry.type = Entry::Type::directory;
    line.place = same_word(value, "cdir") ? MlsxPlace::itself : MlsxPlace::above;
  } else if (same_word(value.substr(0, link.size()), link)) {
    entry.type = Entry::Type::link;
    entry.target = value.substr(link.size());
  } else if (same_word(value, "OS.unix=slink") || same_word(value, "OS.unix=symlink")) {
    entry.type = Entry::Type::link;
  }
}

inline void read_fact(FactsLine& line, std::string_view name, std::string_view value) {
  auto& entry = line.entry;
  if (same_word(name, "type")) {
    read_type(line, value);
  } else if (same_word(name, "size") || same_word(name, "sizd")) {
    entry.size = number_in<std::uint64_t>(value);
  } else if (same_word(name, "modify")) {
    entry.modified = parse_timestamp(value).value_or(Timestamp{});
  } else if (same_word(name, "unique")) {
    entry.unique = value;
  } else if (same_word(name, "UNIX.mode")) {
    entry.mode = number_in(value, 8).value_or(0) & 07777;
  } else if (same_word(name, "UNIX.ownername") || (same_word(name, "UNIX.owner") && entry.owner.empty())) {
    entry.owner = value;
  } else if (same_word(name, "UNIX.groupname") || (same_word(name, "UNIX.group") && entry.group.empty())) {
    entry.group = value;
  }
}

/// Each fact ends with ';', the name begins behind the first space that is where a fact could be.
inline std::optional<FactsLine> read_facts(std::string_view text) {
  FactsLine line;
  line.entry.listed = text;
  line.entry.type = Entry::Type::other;
  while (!text.starts_with(' ')) {
    const auto fact = text.substr(0, text.find(';'));
    const auto equals = fact.find('=');
    if (fact.size() == text.size() || equals == fact.npos || equals == 0) return std::nullopt;
    read_fact(line, fact.substr(0, equals), fact.substr(equals + 1));
    text.remove_prefix(fact.size() + 1);
  }
  line.entry.name = text.substr(1);
  if (line.entry.name.empty()) return std::nullopt;
  return line;
}

}  // namespace detail

/// Reads a line of MLSD, or the line of MLST without the space in front; unknown facts are ignored. RFC 3659 §7.2.
///
/// The name is a single component, byte for byte. It is empty where a line does not name a file of the directory: for
/// cdir and pdir, which are the directory itself and the one above, and for a path as MLST tells it.
inline std::optional<Entry> parse_facts(std::string_view line) {
  auto result = detail::read_facts(line);
  if (!result) return std::nullopt;
  if (result->place != MlsxPlace::inside || !is_component(result->entry.name)) result->entry.name.clear();
  return std::move(result->entry);
}

}  // namespace ftplike


// What a client asks of one path of a server.
namespace ftplike::inline v0_2 {

/// A checksum as a server told it.
class RemoteDigest {
 public:
  std::string algorithm;  // "SHA-256", "SHA-512", "SHA-1", "MD5" or "CRC32"
  std::string value;      // in hexadecimal digits, small letters
};

}  // namespace ftplike
namespace ftplike::inline v0_2::detail {

inline bool not_understood(const Reply& reply) noexcept {
  return reply.code() == 500 || reply.code() == 502 || reply.code() == 504;
}

/// What a question that was asked besides came to. A refusal to tell is no finding: then, too, it is nothing.
template <class Core, class R> awaitable<std::optional<R>> if_told(Core& core, awaitable<std::optional<R>> question) {
  try {
    co_return co_await std::move(question);
  } catch (const ReplyError&) {
    if (!core.control().is_open()) throw;
  }
  co_return std::nullopt;
}

/// TYPE I or TYPE A, unless it is so already. The ftp-like dialect has no types.
template <class Core> awaitable<void> set_type(Core& core, char type) {
  if (core.dialect == Dialect::ftplike || core.type == type) co_return;
  (void)co_await core.demand(std::string{"TYPE "} + type);
  core.type = type;
}

/// TYPE A, which RFC 959 §4.1.3 wants before LIST and NLST. A server that refuses it lists as it can.
template <class Core> awaitable<void> set_listing_type(Core& core) {
  if (core.dialect == Dialect::ftplike || core.type == 'A') co_return;
  const Reply answer = co_await core.ask("TYPE A");
  if (answer.complete()) core.type = 'A';
}

/// The length of a file as it is stored. Nothing if the server cannot say.
template <class Core> awaitable<std::optional<std::uint64_t>> ask_size(Core& core, std::string path) {
  co_await set_type(core, 'I');
  const Reply answer = co_await core.ask("SIZE " + path);
  if (not_understood(answer)) core.features.refuse("SIZE");
  if (answer.code() != 213) {
    if (!not_understood(answer)) core.fail(answer, "SIZE");
    co_return std::nullopt;
  }
  const std::string_view text = answer.text();
  co_return number_in<std::uint64_t>(text.substr(0, text.find(' ')));
}

/// When a file was last modified. Nothing if the server cannot say.
template <class Core> awaitable<std::optional<Timestamp>> ask_modified(Core& core, std::string path) {
  const Reply answer = co_await core.ask("MDTM " + path);
  if (not_understood(answer)) core.features.refuse("MDTM");
  if (answer.code() != 213) {
    if (!not_understood(answer)) core.fail(answer, "MDTM");
    co_return std::nullopt;
  }
  const std::string_view text = answer.text();
  co_return parse_timestamp(text.substr(0, text.find(' ')));
}

/// The reply to MLST, good or bad.
template <class Core> awaitable<Reply> ask_mlst(Core& core, std::string path) {
  std::string command = path.empty() ? "MLST" : "MLST " + path;
  Reply answer = co_await core.ask(std::move(command));
  if (not_understood(answer)) core.features.refuse("MLST");
  co_return answer;
}

/// The first line of a reply to MLST that reads as facts, however many blanks are in front of it.
inline std::optional<Entry> facts_in(std::string_view text) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    auto entry = parse_facts(line);
    if (entry) return entry;
  }
  return std::nullopt;
}

/// What MLST says of a path. Nothing if the server does not understand it, or does not say it in facts.
template <class Core> awaitable<std::optional<Entry>> ask_facts(Core& core, std::string path) {
  const Reply answer = co_await ask_mlst(core, path);
  if (!answer.complete() && !not_understood(answer)) core.fail(answer, "MLST");
  if (!answer.complete()) co_return std::nullopt;
  auto entry = facts_in(answer.text());
  if (entry) entry->name = Path{path}.name();
  co_return entry;
}

/// The command that sets when a file was modified: MFMT, or MDTM with a time where the server is known to take that:
/// FEAT tells that form, or the greeting names vsftpd. Elsewhere the time would be taken for a part of the name. Empty
/// if there is none.
template <class Core> std::string time_command(Core& core, const std::string& path, Timestamp time) {
  constexpr std::string_view form = "MDTM YYYYMMDDHHMMSS";
  const auto& lines = core.features.lines();
  const bool told = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return same_word(std::string_view{line}.substr(0, form.size()), form);
  });
  const bool sets = told || (core.features.has("MDTM") && core.greeting.text().find("vsFTPd") != std::string::npos);
  const bool knows_mfmt = core.features.may_have("MFMT");
  if (!knows_mfmt && !sets) return {};
  return (knows_mfmt ? "MFMT " : "MDTM ") + format_timestamp(time, Fraction::never) + " " + path;
}

/// A kind of checksum: its name for HASH, the verb of its own, and its digits.
class DigestKind {
 public:
  std::string_view name, verb;
  std::size_t digits;
};
inline constexpr DigestKind digest_kinds[]{{"SHA-256", "XSHA256", 64},
                                           {"SHA-512", "XSHA512", 128},
                                           {"SHA-1", "XSHA1", 40},
                                           {"MD5", "XMD5", 32},
                                           {"CRC32", "XCRC", 8}};

/// The word of a reply that is a checksum of this kind.
inline std::optional<RemoteDigest> digest_in(std::string_view text, const DigestKind& kind) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    std::string word = to_lower(text.substr(at, end - at));
    const bool fits = word.size() == kind.digits && word.find_first_not_of("0123456789abcdef") == word.npos;
    if (fits) return RemoteDigest{std::string{kind.name}, std::move(word)};
    at = end + 1;
  }
  return std::nullopt;
}

/// The checksum of a file by the best way that the server offers: HASH (draft-bryan-ftpext-hash), else an X-verb.
/// Nothing if it offers none.
template <class Core> awaitable<std::optional<RemoteDigest>> ask_digest(Core& core, std::string path) {
  co_await set_type(core, 'I');
  const std::string offered = ";" + to_upper(core.features.value("HASH")) + ";";
  for (const DigestKind& kind : digest_kinds) {
    const std::string name{kind.name};
    const bool selected = offered.find(";" + name + "*;") != offered.npos;
    const bool by_hash = selected || offered.find(";" + name + ";") != offered.npos;
    if (!by_hash && !core.features.has(kind.verb)) continue;
    if (by_hash && core.digest != name && !(selected && core.digest.empty())) {
      (void)co_await core.demand("OPTS HASH " + name);
      core.digest = name;
    }
    const std::string verb{by_hash ? "HASH" : kind.verb};
    const Reply answer = co_await core.demand(verb + " " + path);
    const auto digest = digest_in(answer.text(), kind);
    if (!digest) throw ClientError{Errc::bad_reply, verb, Channel::control};
    co_return digest;
  }
  co_return std::nullopt;
}

}  // namespace ftplike::detail

// ---- ftplike/io/date.hpp
#include <functional>
#include <utility>


namespace ftplike::inline v0_2 {

/// Which date it is for what runs on an execution context that does not live by the system's clock: a simulated
/// network's. It belongs to the context, so that whatever runs there finds it.
class OwnDate : public asio::execution_context::service {
 public:
  using key_type = OwnDate;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  OwnDate(asio::execution_context& owner, std::function<Timestamp()> now)
      : asio::execution_context::service{owner}, now_{std::move(now)} {}
  explicit OwnDate(asio::execution_context& owner) : OwnDate{owner, &wall_clock} {}

  Timestamp now() const { return now_(); }

 private:
  void shutdown() noexcept override {}
  std::function<Timestamp()> now_;
};

/// Now, in UTC, for what runs on this executor: the system's clock, or that of a simulated network.
inline Timestamp wall_clock(const Executor& executor) {
  asio::execution_context& context = asio::query(executor, asio::execution::context);
  return asio::has_service<OwnDate>(context) ? asio::use_service<OwnDate>(context).now() : wall_clock();
}

}  // namespace ftplike::inline v0_2

// ---- ftplike/protocol/listing.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/protocol/listing_dos.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// ---- ftplike/protocol/listing_words.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

// ---- ftplike/protocol/listing_months.hpp
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// What `ls` calls each month in other languages, in UTF-8 and in Latin-1. Croatian is not among them: its `lip`, `srp`
/// and `lis` are other months than those of its neighbours.
inline constexpr std::array<std::string_view, 12> foreign_months{
    "janv ene gen tammi sty led ian oca янв січ Ιαν",
    "févr fév fev helmi lut úno febr şub Şub shk фев лют Φεβ f\351vr f\351v \372no",
    "mär mrz mars mrt maalis bře márc мар бер Μάρ m\344r m\341rc",
    "avr avril abr huhti kwi dub ápr nis pri апр кві Απρ \341pr",
    "mai mag mei maj touko kvě máj май мая тра Μάι m\341j",
    "juin giu kesä cze čen jún iun haz qer июн чер Ιούν kes\344 j\372n",
    "juil jui lug heinä lip čec júl iul tem kor июл лип Ιούλ hein\344 j\372l",
    "août aoû ago elo sie srp avg ağu gsh авг сер Αύγ ao\373t ao\373",
    "sept set syys wrz zář szept eyl sht сен вер Σεπ",
    "okt ott out loka paź říj eki tet окт жов Οκτ",
    "marras lis kas nën ноя лис Νοέ n\353n",
    "dez déc dic des joulu gru pro ara dhj дек гру Δεκ d\351c"};

/// Whether a list of words, with a blank between them, has that one.
constexpr bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const auto next = list.substr(0, list.find(' '));
    if (same_word(next, word)) return true;
    list.remove_prefix(std::min(next.size() + 1, list.size()));
  }
  return false;
}

/// The number before one of the signs that Chinese, Japanese and Korean write behind months, days and years; also
/// before a dot, or before nothing.
inline std::optional<unsigned> number_of_date(std::string_view word) noexcept {
  for (const std::string_view sign : {".", "月", "월", "日", "일", "年", "년"}) {
    if (word.ends_with(sign)) return number_in(word.substr(0, word.size() - sign.size()));
  }
  return number_in(word);
}

/// 1 to 12; nothing for a word that is no short name of a month. A dot may follow it.
inline std::optional<unsigned> month_of(std::string_view word) noexcept {
  const bool counted = word.ends_with("月") || word.ends_with("월");
  if (counted) return number_of_date(word);
  if (word.ends_with('.')) word.remove_suffix(1);
  for (unsigned i = 0; i < month_names.size(); ++i) {
    if (same_word(word, month_names[i]) || has_word(foreign_months[i], word)) return i + 1;
  }
  return std::nullopt;
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2::detail {

/// The first words of a line, at most 16: more than any listing has before the name.
class Words {
 public:
  explicit Words(std::string_view line) noexcept : line_{line} {
    constexpr std::string_view blanks = " \t";
    std::size_t at = line.find_first_not_of(blanks);
    while (at != line.npos && count_ < words_.size()) {
      const auto end = std::min(line.find_first_of(blanks, at), line.size());
      words_[count_++] = line.substr(at, end - at);
      at = line.find_first_not_of(blanks, end);
    }
  }
  std::string_view line() const noexcept { return line_; }
  std::size_t count() const noexcept { return count_; }
  /// Empty if there are not so many.
  std::string_view operator[](std::size_t i) const noexcept { return i < count_ ? words_[i] : std::string_view{}; }
  std::size_t begin_of(std::size_t i) const noexcept {
    return static_cast<std::size_t>(words_[i].data() - line_.data());
  }
  std::size_t end_of(std::size_t i) const noexcept { return begin_of(i) + words_[i].size(); }
  /// What follows word `i` and one blank: a name with all of its own blanks.
  std::string_view behind(std::size_t i) const noexcept { return line_.substr(std::min(end_of(i) + 1, line_.size())); }
  /// Words `first` to `last` with what stands between them.
  std::string_view joined(std::size_t first, std::size_t last) const noexcept {
    return line_.substr(begin_of(first), end_of(last) - begin_of(first));
  }

 private:
  std::string_view line_;
  std::array<std::string_view, 16> words_;
  std::size_t count_ = 0;
};

/// A time of day of a listing.
class Clock {
 public:
  unsigned hour = 0, minute = 0, second = 0;
  bool has_seconds = false;
};

/// `17:11`, `17:11:05`, `17:11:05.25`, `05:11PM`, `5:11p`.
inline std::optional<Clock> clock_in(std::string_view word) noexcept {
  std::optional<bool> afternoon;
  if (word.ends_with('M') || word.ends_with('m')) word.remove_suffix(1);
  if (word.ends_with('P') || word.ends_with('p')) afternoon = true;
  if (word.ends_with('A') || word.ends_with('a')) afternoon = false;
  if (afternoon) word.remove_suffix(1);

  const auto colon = word.find(':');
  if (colon == word.npos || colon > 2) return std::nullopt;
  const auto hour = number_in(word.substr(0, colon));
  word.remove_prefix(colon + 1);
  const auto minute = number_in(word.substr(0, 2));
  Clock clock;
  if (word.size() > 2) {
    const auto second = word[2] == ':' && word.size() > 4 ? number_in(word.substr(3, 2)) : std::nullopt;
    const bool fraction = word.size() > 5 && word[5] == '.' && word.find_first_not_of("0123456789", 6) == word.npos;
    if (!second || (word.size() > 5 && !fraction)) return std::nullopt;
    clock.second = *second;
    clock.has_seconds = true;
  }
  if (!hour || !minute || word.size() < 2 || *hour > 23 || (afternoon && (*hour == 0 || *hour > 12)))
    return std::nullopt;
  clock.hour = afternoon ? *hour % 12 + (*afternoon ? 12 : 0) : *hour;
  clock.minute = *minute;
  return clock;
}

inline std::optional<Timestamp> moment(unsigned year, unsigned month, unsigned day, const Clock& clock) noexcept {
  return moment(year, month, day, clock.hour, clock.minute, clock.second);
}

/// The last such moment that is not ahead of `now`, but for a day that clocks and time zones may differ.
inline std::optional<Timestamp> latest(unsigned month, unsigned day, const Clock& clock, Timestamp now) noexcept {
  const auto limit = now + std::chrono::hours{24};
  const auto this_year = Civil{limit}.year();
  for (unsigned back = 0; back <= std::min(this_year, 8U); ++back) {  // there may be 8 years between leap days
    const auto time = moment(this_year - back, month, day, clock);
    if (time && *time <= limit) return time;
  }
  return std::nullopt;
}

/// The year that two digits mean.
constexpr unsigned full_year(unsigned digits) noexcept { return digits + (digits < 70 ? 2000 : 1900); }

/// `22-NOV-2025` or `22-Nov-25` as year, month and day.
inline std::optional<std::array<unsigned, 3>> day_month_year(std::string_view word) noexcept {
  const auto first = word.find('-'), last = word.rfind('-');
  if (first == word.npos || last != first + 4) return std::nullopt;
  const auto day = number_in(word.substr(0, first)), month = month_of(word.substr(first + 1, 3));
  const auto year = number_in(word.substr(last + 1));
  const auto digits = word.size() - last - 1;
  if (!day || !month || !year || (digits != 2 && digits != 4)) return std::nullopt;
  return std::array{digits == 2 ? full_year(*year) : *year, *month, *day};
}

/// Whether a line has nothing but dashes, which rule off the head of a listing.
inline bool is_ruler(const Words& words) noexcept {
  return words.count() > 0 && words[0].size() > 2 && words.line().find_first_not_of("- \t") == words.line().npos;
}

/// The three numbers of `11-22-26`, `11/22/2026` or `2026-11-22` as year, month and day. A first number that is no
/// month is the day. RFC 959 leaves all this open; the order is that of IIS.
inline std::optional<std::array<unsigned, 3>> date_in(std::string_view word) noexcept {
  const auto first_end = word.find_first_of("-/.");
  if (first_end == word.npos) return std::nullopt;
  const auto second_end = word.find(word[first_end], first_end + 1);
  if (second_end == word.npos || word.size() > 10) return std::nullopt;
  const auto a = number_in(word.substr(0, first_end));
  const auto b = number_in(word.substr(first_end + 1, second_end - first_end - 1));
  const auto c = number_in(word.substr(second_end + 1));
  if (!a || !b || !c) return std::nullopt;
  if (first_end == 4) return std::array{*a, *b, *c};
  const auto year_size = word.size() - second_end - 1;
  if (year_size != 2 && year_size != 4) return std::nullopt;
  const auto year = year_size == 4 ? *c : full_year(*c);
  return *a > 12 ? std::array{year, *b, *a} : std::array{year, *a, *b};
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2::detail {

/// Reads a line of DOS or IIS: `11-22-26  05:11PM       <DIR>          name`, with 24 hours and long years as well.
inline std::optional<Entry> read_dos(const Words& words) {
  const auto date = date_in(words[0]);
  if (!date || words.count() < 4) return std::nullopt;
  std::size_t kind = 2;
  std::string time{words[1]};
  if (same_word(words[2], "AM") || same_word(words[2], "PM")) {
    time += words[2];
    kind = 3;
  }
  const auto clock = clock_in(time);
  const auto modified = clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified || kind + 1 >= words.count()) return std::nullopt;

  Entry entry;
  entry.modified = *modified;
  entry.in_utc = false;
  std::string_view name = words.behind(kind);
  if (const auto tag = words[kind]; tag.starts_with('<') && tag.ends_with('>')) {
    const bool link = same_word(tag, "<JUNCTION>") || same_word(tag, "<SYMLINK>") || same_word(tag, "<SYMLINKD>");
    if (!link && !same_word(tag, "<DIR>")) return std::nullopt;
    entry.type = link ? Entry::Type::link : Entry::Type::directory;
    constexpr std::size_t column = 15;  // the width of a tag with its blanks
    const auto padding = tag.size() + 1 < column ? column - tag.size() - 1 : 0;
    name.remove_prefix(std::min({padding, name.find_first_not_of(' '), name.size()}));
    if (const auto target = name.rfind(" ["); link && target != name.npos && name.ends_with(']')) {
      entry.target = name.substr(target + 2, name.size() - target - 3);
      name = name.substr(0, target);
    }
  } else {
    std::string digits{tag};
    std::erase(digits, ',');
    const auto size = number_in<std::uint64_t>(digits);
    if (!size) return std::nullopt;
    entry.size = *size;
  }
  if (name.empty()) return std::nullopt;
  entry.name = name;
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_eplf.hpp
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// Reads a line of EPLF, the easily parsed format: `+i8388621.29609,m824255902,/,` then a tab and the name.
inline std::optional<Entry> read_eplf(std::string_view line) {
  const auto tab = line.find('\t');
  if (!line.starts_with('+') || tab == line.npos || tab + 1 == line.size()) return std::nullopt;
  Entry entry;
  entry.type = Entry::Type::other;
  entry.name = line.substr(tab + 1);
  auto facts = line.substr(1, tab - 1);
  while (!facts.empty()) {
    const auto fact = facts.substr(0, facts.find(','));
    facts.remove_prefix(std::min(fact.size() + 1, facts.size()));
    if (fact == "/") entry.type = Entry::Type::directory;
    if (fact == "r") entry.type = Entry::Type::file;
    if (fact.starts_with('i')) entry.unique = fact.substr(1);
    if (fact.starts_with('s')) entry.size = number_in<std::uint64_t>(fact.substr(1));
    if (fact.starts_with('m')) {
      // Four bytes of seconds last until 2106; what is longer is no time of a file.
      entry.modified = Timestamp{std::chrono::seconds{number_in<std::uint32_t>(fact.substr(1)).value_or(0)}};
    }
    if (fact.starts_with("up")) entry.mode = number_in(fact.substr(2), 8).value_or(0) & 07777;
  }
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_nonstop.hpp
#include <cstdint>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

inline bool heads_nonstop(const Words& words) noexcept {
  return words[0] == "File" && words[1] == "Code" && words[2] == "EOF";
}

/// Reads a line of NonStop, whose Guardian knows files only: name, code, size, date, owner, rights.
/// `NOTES   101   16354 22-Nov-25 17:11:05 244, 10 "nunu"`.
inline std::optional<Entry> read_nonstop(const Words& words) {
  auto code = words[1];
  while (code.ends_with('+') || code.ends_with('O') || code.ends_with('P')) code.remove_suffix(1);  // it is open
  const auto size = number_in<std::uint64_t>(words[2]);
  const auto date = day_month_year(words[3]);
  const auto clock = clock_in(words[4]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  const bool rights = words.line().ends_with('"');
  if (!number_in(code) || !size || !modified || !clock->has_seconds || !rights) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  entry.size = *size;
  entry.modified = *modified;
  entry.in_utc = false;
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_os400.hpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

inline Entry::Type os400_type(std::string_view kind, std::string_view name) noexcept {
  using enum Entry::Type;
  if (kind == "*DIR" || kind == "*DDIR" || kind == "*LIB" || kind == "*FLR") return directory;
  const bool save_file = kind == "*FILE" && name.ends_with(".SAVF");
  return kind == "*STMF" || kind == "*DSTMF" || kind == "*MEM" || save_file ? file : other;
}

/// Reads a line of OS/400: `OWNER  77824 11/22/25 17:11:05 *DIR  name/`, or of a member, which has neither a size nor a
/// date: `OWNER  *MEM  NOTES.MBR`.
inline std::optional<Entry> read_os400(const Words& words) {
  const std::size_t at = words[1].starts_with('*') ? 1 : 4;  // the kind
  const auto kind = words[at];
  if (!kind.starts_with('*') || words.count() < at + 2 || (at == 1 && kind != "*MEM")) return std::nullopt;
  Entry entry;
  if (at > 1) {
    const auto size = number_in<std::uint64_t>(words[1]);
    const auto date = date_in(words[2]);
    const auto clock = clock_in(words[3]);
    const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
    if (!size || !modified) return std::nullopt;
    entry.size = *size;
    entry.modified = *modified;
    entry.in_utc = false;
  }
  auto name = words.line().substr(words.begin_of(at + 1));
  if (name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  entry.name = name;
  entry.type = os400_type(kind, name);
  entry.owner = words[0];
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_os9.hpp
#include <cstdint>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// Whether a line stands at the head of a listing.
inline bool frames_os9(const Words& words) noexcept {
  const bool place = words[0] == "Directory" && words[1] == "of";
  return place || (words[0] == "Owner" && words[1] == "Last") || is_ruler(words);
}

/// Reads a line of OS-9: owner, date, time, attributes, sector, size, name.
/// `20.20 25/11/22 1711 d-ewrewr 2650 85920 notes`.
inline std::optional<Entry> read_os9(const Words& words) {
  const auto dot = words[0].find('.');
  const auto date = words[1], time = words[2], rights = words[3];
  const bool owned = dot != words[0].npos && number_in(words[0].substr(0, dot)) && number_in(words[0].substr(dot + 1));
  const bool dated = date.size() == 8 && date[2] == '/' && date[5] == '/' && time.size() == 4;
  if (!owned || !dated || rights.size() != 8 || rights.find_first_not_of("dsewr-") != rights.npos) return std::nullopt;
  const auto year = number_in(date.substr(0, 2)), month = number_in(date.substr(3, 2)), day = number_in(date.substr(6));
  const auto hour = number_in(time.substr(0, 2)), minute = number_in(time.substr(2));
  const auto size = number_in<std::uint64_t>(words[5]);
  if (!year || !month || !day || !hour || !minute || !number_in(words[4], 16) || !size) return std::nullopt;
  const auto modified = moment(full_year(*year), *month, *day, *hour, *minute, 0);
  if (!modified || words.count() < 7) return std::nullopt;
  Entry entry;
  entry.name = words.line().substr(words.begin_of(6));
  entry.type = rights[0] == 'd' ? Entry::Type::directory : Entry::Type::file;
  entry.size = *size;
  entry.modified = *modified;
  entry.in_utc = false;
  entry.owner = words[0];
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_unix.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// Whether a line is the one that `ls -l` begins with, `total 12`, in whichever language.
inline bool totals_unix(const Words& words) noexcept {
  constexpr std::string_view names =
      "total totale totaal totalt insgesamt razem celkem spolu összesen yhteensä toplam итого всього σύνολο 合計 "
      "总用量 "
      "总计 總計 총 합계";
  const auto last = words.count() > 0 ? words.count() - 1 : 0;
  const bool named = (last == 1 && has_word(names, words[0])) || (last == 2 && words.joined(0, 1) == "i alt");
  return named && is_digit(words[last][0]);
}

/// A date in the words of a line: how many words it takes, and where the name begins behind them.
class DateWords {
 public:
  Timestamp time{};
  std::size_t count = 0;
  std::size_t padding = 0;  // blanks before the name beyond the one that there always is
  bool in_utc = false;      // its zone is told
};

/// The day is known, what tells the time or the year stands in word `at`.
inline std::optional<DateWords> finish_date(unsigned month, unsigned day, const Words& words, std::size_t at,
                                            Timestamp now) noexcept {
  const auto year_in = [&words](std::size_t i) {
    const auto digits = words[i].find_first_not_of("0123456789");
    return std::min(digits, words[i].size()) == 4 ? number_of_date(words[i]) : std::nullopt;
  };
  std::optional<Timestamp> time;
  std::size_t count = 3;
  if (const auto year = year_in(at)) {
    time = moment(*year, month, day, Clock{});
  } else if (const auto clock = clock_in(words[at])) {
    const auto later_year = clock->has_seconds ? year_in(at + 1) : std::nullopt;
    if (later_year) ++count;
    time = later_year ? moment(*later_year, month, day, *clock) : latest(month, day, *clock, now);
  }
  if (!time) return std::nullopt;
  return DateWords{*time, count};
}

/// `2026-11-22 17:11`, `2026-11-22 17:11:05.000000000 +0100`, `2026-11-22 `, `11-22 17:11`: the ISO styles of ls.
inline std::optional<DateWords> read_iso_date(const Words& words, std::size_t at, Timestamp now) noexcept {
  const auto day = words[at];
  const auto clock = clock_in(words[at + 1]);
  if (day.size() == 5 && day[2] == '-' && clock) {
    const auto month_number = number_in(day.substr(0, 2)), day_number = number_in(day.substr(3));
    const auto time = month_number && day_number ? latest(*month_number, *day_number, *clock, now) : std::nullopt;
    return time ? std::optional{DateWords{*time, 2}} : std::nullopt;
  }
  if (day.size() != 10 || day[4] != '-') return std::nullopt;
  const auto date = date_in(day);
  auto time = date ? moment((*date)[0], (*date)[1], (*date)[2], clock.value_or(Clock{})) : std::nullopt;
  if (!time) return std::nullopt;
  if (!clock) return DateWords{*time, 1, 1};
  const auto zone = words[at + 2];
  const auto offset = zone.size() == 5 && clock->has_seconds ? number_in(zone.substr(1)) : std::nullopt;
  if (!offset || (zone[0] != '+' && zone[0] != '-')) return DateWords{*time, 2};
  const std::chrono::minutes ahead{*offset / 100 * 60 + *offset % 100};
  return DateWords{zone[0] == '+' ? *time - ahead : *time + ahead, 3, 0, true};
}

/// The date that begins at word `at`: `Nov 22 17:11`, `Nov 22  2025`, `22 Nov 17:11`, or an ISO style.
inline std::optional<DateWords> read_unix_date(const Words& words, std::size_t at, Timestamp now) noexcept {
  if (const auto month = month_of(words[at])) {
    const auto day = number_of_date(words[at + 1]);
    return day ? finish_date(*month, *day, words, at + 2, now) : std::nullopt;
  }
  if (const auto month = month_of(words[at + 1])) {
    const auto day = number_of_date(words[at]);
    return day ? finish_date(*month, *day, words, at + 2, now) : std::nullopt;
  }
  return read_iso_date(words, at, now);
}

/// The type and the mode that `drwxr-xr-x` tells; letters behind the tenth are marks of ACLs and the like.
inline bool read_mode(std::string_view word, Entry& entry) noexcept {
  constexpr std::string_view types = "-dlbcpsDMnm|?", rights = "-rwxsStTlL";
  if (word.size() < 10 || types.find(word[0]) == types.npos) return false;
  if (word.substr(1, 9).find_first_not_of(rights) != word.npos) return false;
  using enum Entry::Type;
  entry.type = word[0] == '-' ? file : word[0] == 'd' ? directory : word[0] == 'l' ? link : other;
  for (std::size_t i = 1; i <= 9; ++i) {
    const char letter = word[i];
    const bool set = letter != '-' && letter != 'S' && letter != 'T' && letter != 'l' && letter != 'L';
    entry.mode = entry.mode << 1 | (set ? 1U : 0U);
  }
  const auto special = [word](std::size_t at) { return word[at] != '-' && word[at] != 'x'; };
  if (special(3)) entry.mode |= 04000;
  if (special(6)) entry.mode |= 02000;
  if (special(9)) entry.mode |= 01000;
  return true;
}

/// The words between the mode and the size: links, owner and group, of which some servers leave out some.
inline void read_owners(const Words& words, std::size_t first, std::size_t end, Entry& entry) {
  if (first < end && number_in<std::uint64_t>(words[first])) ++first;
  if (first == end) return;
  const auto last = end - 1;
  if (first == last) {
    entry.owner = words[first];
  } else {
    entry.owner = words.joined(first, last - 1);
    entry.group = words[last];
  }
}

/// The number before a date and that date, from word `first` on.
class SizeAndDate {
 public:
  std::size_t at = 0;
  std::uint64_t bytes = 0;
  DateWords date;
};

inline std::optional<SizeAndDate> size_at(const Words& words, std::size_t at, Timestamp now) noexcept {
  const auto comma = words[at].find(',');  // a device has two numbers instead, `8,0` or `8, 0`
  const auto bytes = number_in<std::uint64_t>(words[at].substr(comma == std::string_view::npos ? 0 : comma + 1));
  const auto date = bytes ? read_unix_date(words, at + 1, now) : std::nullopt;
  if (!date) return std::nullopt;
  const bool device = comma != std::string_view::npos || words[at - 1].ends_with(',');
  return SizeAndDate{at, device ? 0 : *bytes, *date};
}

/// A number at `first` is the count of links, even of an owner with the name of a month, unless no other fits.
inline std::optional<SizeAndDate> find_size(const Words& words, std::size_t first, Timestamp now) noexcept {
  for (auto at = first + 1; at + 1 < words.count(); ++at) {
    if (const auto found = size_at(words, at, now)) return found;
  }
  return size_at(words, first, now);
}

/// Reads a line of `ls -l` in its many forms, or of NetWare: the size is the number before the date, the name all that
/// follows the date.
inline std::optional<Entry> read_unix(const Words& words, Timestamp now) {
  Entry entry;
  std::size_t owners = 1;
  const bool netware = (words[0] == "d" || words[0] == "-") && words[1].starts_with('[') && words[1].ends_with(']');
  if (netware) {
    entry.type = words[0] == "d" ? Entry::Type::directory : Entry::Type::file;
    owners = 2;
  } else if (!read_mode(words[0], entry)) {
    return std::nullopt;
  }
  const auto size = find_size(words, owners, now);
  if (!size) return std::nullopt;
  entry.size = size->bytes;
  entry.modified = size->date.time;
  entry.in_utc = size->date.in_utc;
  const bool second_number = size->at > owners && words[size->at - 1].ends_with(',');
  read_owners(words, owners, second_number ? size->at - 1 : size->at, entry);

  auto name = words.behind(size->at + size->date.count);
  for (auto blanks = size->date.padding; blanks > 0 && name.starts_with(' '); --blanks) name.remove_prefix(1);
  if (netware) name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  constexpr std::string_view arrow = " -> ";
  if (const auto at = name.find(arrow); entry.type == Entry::Type::link && at != name.npos) {
    entry.target = name.substr(at + arrow.size());
    name = name.substr(0, at);
  }
  if (entry.is_directory() && name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  entry.name = name;
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_vms.hpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// Where the version begins in `NOTES.TXT;3`; nothing if that is no name of VMS.
inline std::optional<std::size_t> vms_version(std::string_view word) noexcept {
  const auto at = word.rfind(';');
  if (at == word.npos || at == 0 || !number_in(word.substr(at + 1))) return std::nullopt;
  return at;
}
/// Whether a line is a name alone, too long for its column: the rest is in the next line.
inline bool is_vms_name(const Words& words) noexcept { return words.count() == 1 && vms_version(words[0]).has_value(); }

/// Whether a line stands at the head or the foot of a listing, or is what is left of an entry's: its protection.
inline bool frames_vms(const Words& words) noexcept {
  const auto line = words.line().substr(words.begin_of(0));
  const bool head = words[0] == "Directory" && words[1].ends_with(']') && words.count() == 2;
  const bool foot = line.starts_with("Total of ") || line.starts_with("Grand total of ");
  const bool protection = words.count() == 1 && line.starts_with('(') && line.ends_with(')') &&
                          line.find_first_not_of("(RWED,)") == line.npos;
  return head || foot || protection;
}

/// Reads a line of VMS: `NOTES.TXT;3   5/6   22-NOV-2025 17:11:05  [GROUP,OWNER]  (RWED,RWED,RE,)`. The name is without
/// its version, that of a directory without `.DIR`. The size is not known: what is told is blocks, used and perhaps
/// allocated ones, and records do not come over as they are stored.
inline std::optional<Entry> read_vms(const Words& words) {
  const auto version = vms_version(words[0]);
  if (!version || !number_in<std::uint32_t>(words[1].substr(0, words[1].find('/')))) return std::nullopt;
  const auto date = day_month_year(words[2]);
  const auto clock = clock_in(words[3]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified) return std::nullopt;

  auto name = words[0].substr(0, *version);
  constexpr std::string_view folder = ".DIR";
  const bool directory = name.size() > folder.size() && same_word(name.substr(name.size() - folder.size()), folder);
  if (directory) name.remove_suffix(folder.size());
  Entry entry;
  entry.name = name;
  entry.type = directory ? Entry::Type::directory : Entry::Type::file;
  entry.modified = *modified;
  entry.in_utc = false;
  if (const auto owner = words[4]; owner.size() > 2 && owner.starts_with('[') && owner.ends_with(']')) {
    entry.owner = owner.substr(1, owner.size() - 2);
  }
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_vxworks.hpp
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// Whether a line stands at the head of a listing.
inline bool frames_vxworks(const Words& words) noexcept {
  return (words[0] == "size" && words[1] == "date" && words[3] == "name") || is_ruler(words);
}

/// Reads a line of VxWorks: `  512   NOV-22-2025  17:11:05   notes   <DIR>`.
inline std::optional<Entry> read_vxworks(const Words& words) {
  const auto size = number_in<std::uint64_t>(words[0]);
  const auto date = words[1];
  const auto clock = clock_in(words[2]);
  if (!size || date.size() != 11 || date[3] != '-' || date[6] != '-' || !clock || words.count() < 4)
    return std::nullopt;
  const auto month = month_of(date.substr(0, 3));
  const auto day = number_in(date.substr(4, 2)), year = number_in(date.substr(7));
  const auto modified = month && day && year ? moment(*year, *month, *day, *clock) : std::nullopt;
  if (!modified) return std::nullopt;
  auto name = words.line().substr(words.begin_of(3));
  constexpr std::string_view mark = "<DIR>";
  const bool directory = name.ends_with(mark);
  if (directory) {
    name.remove_suffix(mark.size());
    while (name.ends_with(' ')) name.remove_suffix(1);
  }
  if (name.empty()) return std::nullopt;
  Entry entry{std::string{name}, directory ? Entry::Type::directory : Entry::Type::file, *size, *modified};
  entry.in_utc = false;
  return entry;
}

}  // namespace ftplike::detail

// ---- ftplike/protocol/listing_zos.hpp
#include <algorithm>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2::detail {

/// The first line of a listing of data sets.
inline bool heads_data_sets(const Words& words) noexcept {
  return words[0] == "Volume" && words[1] == "Unit" && words[words.count() - 1] == "Dsname";
}
/// The first line of a listing of the members of a data set, with or without statistics, or of load modules.
inline bool heads_members(const Words& words) noexcept {
  const bool statistics = words[1] == "VV.MM", modules = words[1] == "Size" && words[2] == "TTR";
  return words[0] == "Name" && (words.count() == 1 || statistics || modules);
}

inline Entry::Type data_set_type(std::string_view organization) noexcept {
  using enum Entry::Type;
  if (organization == "PS") return file;
  return organization == "PO" || organization == "PO-E" ? directory : other;
}

/// Reads a line of z/OS on a data set: `VOL001 3390   2025/11/22  1   15  FB      80 27920  PO  NOTES.TEXT`. One with
/// members is a directory; one that is migrated or on a tape is neither that nor a file. Its date is that of its last
/// use, and its size is in tracks, so that neither is known.
inline std::optional<Entry> read_data_set(const Words& words) {
  const auto count = words.count();
  if (count < 2) return std::nullopt;
  Entry entry;
  entry.name = words[count - 1];
  entry.type = Entry::Type::other;
  const auto line = words.line().substr(words.begin_of(0));
  const bool away =
      (words[0] == "Migrated" && count == 2) || (count == 6 && words.joined(1, 4) == "Not Direct Access Device");
  if (away) return entry;
  if (line.starts_with("Pseudo Directory") && count == 3) {
    entry.type = Entry::Type::directory;
    return entry;
  }
  const auto date = words[2];
  const bool used = date.size() == 10 && date[4] == '/' && date_in(date);
  if (count < 6 || (!used && date != "**NONE**") || !number_in(words[3])) return std::nullopt;
  const auto organization = words[count - 2];
  if (organization.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != organization.npos) return std::nullopt;
  entry.type = data_set_type(organization);
  return entry;
}

/// Whether that can be the name of a member: eight letters, digits and `@#$`, no digit first.
inline bool is_member(std::string_view word) noexcept {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ@#$0123456789";
  return !word.empty() && word.size() <= 8 && !is_digit(word[0]) && word.find_first_not_of(letters) == word.npos;
}

/// Reads a line of z/OS on a member with its statistics, of which the size is in lines:
/// `NOTES     01.03 2025/11/20 2025/11/22 17:11    11    11     0 ANN`.
inline std::optional<Entry> read_member(const Words& words) {
  const auto version = words[1];
  if (!is_member(words[0]) || version.size() != 5 || version[2] != '.' || !date_in(words[2])) return std::nullopt;
  const auto date = date_in(words[3]);
  const auto clock = clock_in(words[4]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  entry.modified = *modified;
  entry.in_utc = false;
  if (words.count() > 8) entry.owner = words[8];
  return entry;
}
/// Reads a line below the head of a listing of members, of which some have no statistics.
inline std::optional<Entry> read_member_alone(const Words& words) {
  if (!is_member(words[0])) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  return entry;
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2 {
namespace detail {

/// `drwxr-xr-x`, of ten letters. What is not known is shown as the usual rights.
inline void append_mode(std::string& out, const Entry& entry) {
  using enum Entry::Type;
  const unsigned mode = entry.mode != 0           ? entry.mode
                        : entry.type == directory ? 0755
                        : entry.type == link      ? 0777
                                                  : 0644;
  constexpr std::string_view letters = "xwr";
  std::array<char, 10> text;
  text[0] = entry.type == directory ? 'd' : entry.type == link ? 'l' : entry.type == other ? '?' : '-';
  for (std::size_t bit = 0; bit < 9; ++bit) text[9 - bit] = mode >> bit & 1U ? letters[bit % 3] : '-';
  const auto special = [&](unsigned bit, std::size_t at, char with, char without) {
    if (mode & bit) text[at] = text[at] == 'x' ? with : without;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  out.append(text.data(), text.size());
}

/// A word and the blanks that fill its column; a blank inside of it would move the columns behind.
inline void append_column(std::string& out, std::string_view word, std::size_t width) {
  const auto begin = out.size();
  out.append(word.empty() ? "ftp" : word);
  for (auto at = begin; at < out.size(); ++at) {
    if (static_cast<unsigned char>(out[at]) <= ' ') out[at] = '_';
  }
  const auto size = out.size() - begin;
  out.append(size < width ? width - size + 1 : 1, ' ');
}

/// `Nov 22 17:11`, or `Nov 22  2025` for what is over half a year old or lies ahead.
inline void append_date(std::string& out, Timestamp time, Timestamp now) {
  constexpr std::chrono::hours half_a_year{24 * 182};
  constexpr std::chrono::minutes clocks_differ{1};
  const bool recent = time <= now + clocks_differ && time > now - half_a_year;
  const Civil civil{time};
  std::array<char, 13> text{};
  auto* at = std::copy_n(month_names[civil.month() - 1].begin(), 3, text.data());
  *at++ = ' ';
  at = put_digits(at, civil.day(), 2);
  if (civil.day() < 10) at[-2] = ' ';
  *at++ = ' ';
  if (recent) {
    at = put_digits(at, civil.hour(), 2);
    *at++ = ':';
    at = put_digits(at, civil.minute(), 2);
  } else {
    *at++ = ' ';
    at = put_digits(at, civil.year(), 4);
  }
  *at++ = ' ';
  out.append(text.data(), at);
}

}  // namespace detail

/// Appends what LIST says of a file, as `ls -l` does, without a line ending; a name that would break the line has '?'
/// there. Times are in UTC. A size that is not known is 0, for readers want a number there. RFC 959 §4.1.3 leaves the form open; this is the one that all clients read.
inline void append_listed(std::string& out, const Entry& entry, Timestamp now) {
  constexpr std::size_t size_width = 12;
  detail::append_mode(out, entry);
  out.append("   1 ");
  detail::append_column(out, entry.owner, 8);
  detail::append_column(out, entry.group, 8);
  const auto begin = out.size();
  detail::append_number(out, entry.size.value_or(0));
  if (const auto size = out.size() - begin; size < size_width) out.insert(begin, size_width - size, ' ');
  out.append(1, ' ');
  detail::append_date(out, entry.modified, now);
  detail::append_name(out, entry.name);
  if (entry.type == Entry::Type::link && !entry.target.empty()) {
    out.append(" -> ");
    detail::append_name(out, entry.target);
  }
}

/// Reads the lines of a LIST one by one, whoever wrote them: unix, DOS, EPLF, MLSD, VMS, z/OS, OS/400, NetWare,
/// NonStop, OS-9, VxWorks.
///
/// Every entry's `listed` is its line. A line that no form fits gives an entry of type `other` with nothing but that. A
/// name is a single component; where it has a '/' or NUL the entry's name is empty. Nothing is given for blank lines,
/// totals, heads of columns, "." and "..". Times without a zone are not `in_utc`, times without a year lie in the last
/// one before `now`. Where the unit is not bytes there is no size.
class ListingParser {
 public:
  explicit ListingParser(Timestamp now) noexcept : now_{now} {}

  std::optional<Entry> parse(std::string_view line) const {
    while (line.ends_with('\r')) line.remove_suffix(1);
    const detail::Words words{line};
    if (words.count() == 0 || is_frame(words)) return std::nullopt;
    return finish(read(words), line);
  }
  /// The same for a line that stands below the head of z/OS's listings of members, some of which have a name only.
  std::optional<Entry> parse_member(std::string_view line) const {
    const detail::Words words{line};
    auto entry = detail::read_member(words);
    if (!entry) entry = detail::read_member_alone(words);
    return entry ? finish(std::move(entry), line) : parse(line);
  }

 private:
  static bool is_frame(const detail::Words& words) {
    return detail::totals_unix(words) || detail::frames_vms(words) || detail::heads_data_sets(words) ||
           detail::heads_members(words) || detail::heads_nonstop(words) || detail::frames_os9(words) ||
           detail::frames_vxworks(words);
  }
  static std::optional<Entry> finish(std::optional<Entry> entry, std::string_view line) {
    if (!entry || entry->name == "." || entry->name == "..") return std::nullopt;
    if (!is_component(entry->name)) entry->name.clear();
    entry->listed = line;
    return entry;
  }
  std::optional<Entry> read(const detail::Words& words) const {
    if (auto entry = detail::read_unix(words, now_)) return entry;
    if (auto entry = detail::read_dos(words)) return entry;
    if (auto entry = detail::read_eplf(words.line())) return entry;
    constexpr std::optional<Entry> (*others[])(const detail::Words&){
        detail::read_vms,     detail::read_os400, detail::read_data_set, detail::read_member,
        detail::read_nonstop, detail::read_os9,   detail::read_vxworks};
    for (const auto reader : others) {
      if (auto entry = reader(words)) return entry;
    }
    if (auto facts = detail::read_facts(words.line()); facts && facts->entry.type != Entry::Type::other) {
      if (facts->place == MlsxPlace::inside) return std::move(facts->entry);
      return std::nullopt;
    }
    Entry unknown;
    unknown.type = Entry::Type::other;
    return unknown;
  }

  Timestamp now_;
};

/// Reads a whole LIST: also entries that take two lines, and such as only the head of their listing explains. `visit`
/// gets each entry as it comes.
class ListingReader {
 public:
  explicit ListingReader(Timestamp now) noexcept : parser_{now} {}

  template <class Visit> void line(std::string_view text, Visit& visit) {
    while (text.ends_with('\r')) text.remove_suffix(1);
    const detail::Words words{text};
    if (!held_.empty() && words.count() > 0 && words.begin_of(0) > 0) {
      const std::string whole = std::exchange(held_, {}).append(text);
      return give(parser_.parse(whole), visit);
    }
    finish(visit);
    if (detail::is_vms_name(words)) {
      held_ = text;
    } else if (words.count() > 0 && detail::heads_members(words)) {
      members_ = true;
    } else {
      give(members_ ? parser_.parse_member(text) : parser_.parse(text), visit);
    }
  }
  /// There are no more lines.
  template <class Visit> void finish(Visit& visit) {
    if (!held_.empty()) give(parser_.parse(std::exchange(held_, {})), visit);
  }

 private:
  template <class Visit> static void give(std::optional<Entry> entry, Visit& visit) {
    if (entry) visit(*std::move(entry));
  }

  ListingParser parser_;
  std::string held_;      // a name whose rest is to come
  bool members_ = false;  // of a data set of z/OS
};

/// Reads a line of NLST, or of LIST in the ftp-like dialect: a name alone, of which nothing else is known. Nothing for
/// blank lines, "." and ".."; a name that is no single component is in `listed` only.
inline std::optional<Entry> parse_name(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line == "." || line == "..") return std::nullopt;
  Entry entry;
  entry.type = Entry::Type::other;
  if (is_component(line)) entry.name = line;
  entry.listed = line;
  return entry;
}

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// A sink that calls `take` with each line, without its ending.
///
/// **Errors:** `Errc::line_too_long`.
template <class Take> class LineSplitter {
 public:
  LineSplitter(std::size_t limit, Take take) : limit_{limit}, take_{std::move(take)} {}

  awaitable<void> write(std::span<const std::byte> bytes) {
    std::string_view text = as_text(bytes);
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      keep(text.substr(0, end));
      give();
      text.remove_prefix(end + 1);
    }
    keep(text);
    co_return;
  }
  /// The last line may have no ending.
  awaitable<void> finish() {
    if (!line_.empty()) give();
    co_return;
  }

 private:
  void keep(std::string_view part) {
    if (part.size() > limit_ - line_.size()) throw std::system_error(Errc::line_too_long);
    line_.append(part);
  }
  void give() {
    std::string_view line = line_;
    while (line.ends_with('\r')) line.remove_suffix(1);  // servers that write text as text end lines by CR CR LF
    take_(line);
    line_.clear();
  }

  std::size_t limit_;
  Take take_;
  std::string line_;
};

/// Runs one of the listing commands; `take` gets its lines. Gives the final reply. MLSD comes in whatever type is on
/// (RFC 3659 §7.2).
template <class Core, class Take>
awaitable<Reply> list_lines(Core& core, std::string_view verb, std::string argument, Take& take) {
  std::string command{verb};
  if (!argument.empty()) command.append(1, ' ').append(argument);
  if (verb != "MLSD") co_await set_listing_type(core);
  ClientTransfer transfer{std::move(command), Direction::received};
  transfer.listing = true;
  const auto give = [&take](std::string_view line) { take(line); };
  LineSplitter lines{core.options.limits.line, give};
  Reply last = co_await core.receive(AnySink{lines}, transfer);
  co_await lines.finish();
  co_return last;
}

/// Whether the text of a reply has one of these words, in small or capital letters.
template <std::size_t n> bool mentions(const Reply& reply, const std::string_view (&words)[n]) {
  const std::string text = to_upper(reply.text());
  return std::any_of(std::begin(words), std::end(words),
                     [&text](std::string_view word) { return text.find(word) != text.npos; });
}
/// Whether a reply says that a directory may not or could not be read. After nothing was listed, that is also what a
/// 226 may say: vsftpd's does.
inline bool says_unreadable(const Reply& reply) {
  constexpr std::string_view words[]{"FAILED", "DENIED",    "PERMI",  "ALLOWED", "AUTHORI",
                                     "CANNOT", "COULD NOT", "UNABLE", "CAN'T"};
  return mentions(reply, words);
}
/// Whether a refusal to list the working directory says that nothing is in it. Not every one does: to take a directory
/// for empty that may not be read would have a mirror remove all that it has of it.
inline bool says_empty(const Reply& refusal) {
  constexpr std::string_view words[]{"NO FILE",     "NO SUCH FILE", "NOT FOUND", "EMPTY",
                                     "NO DATA SET", "NO MEMBER",    "NO ENTR"};
  const bool may = refusal.code() == 450 || refusal.code() == 550;
  return may && mentions(refusal, words) && !says_unreadable(refusal);
}

/// As `list_lines`, where to list the working directory is to know what is in it.
template <class Core, class Take>
awaitable<void> list_directory(Core& core, std::string_view verb, std::string argument, Take& take) {
  bool empty = true;
  const auto counted = [&](std::string_view line) {
    empty = false;
    take(line);
  };
  const bool exists = argument.empty();
  try {
    Reply last = co_await list_lines(core, verb, std::move(argument), counted);
    if (empty && says_unreadable(last)) throw ReplyError{std::move(last), std::string{verb}, Channel::data};
  } catch (const ReplyError& error) {
    if (!exists || !empty || !says_empty(error.reply())) throw;
  }
}

/// A line of MLSD as an entry, unless it tells of the directory itself or of the one above.
inline std::optional<Entry> entry_of_facts(std::string_view line) {
  auto facts = read_facts(line);
  if (!facts && line.empty()) return std::nullopt;
  if (!facts) {
    Entry unknown;
    unknown.type = Entry::Type::other;
    unknown.listed = line;
    return unknown;
  }
  if (facts->place != MlsxPlace::inside) return std::nullopt;
  if (!is_component(facts->entry.name)) facts->entry.name.clear();
  return std::move(facts->entry);
}

/// A line of NLST, which may have the directory in front of the name.
inline std::optional<Entry> entry_of_name(std::string_view line, std::string_view path) {
  const auto listed = line;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && line.starts_with(path) && line.substr(path.size()).starts_with('/')) {
    line.remove_prefix(path.size() + 1);
  } else if (path.empty() && line.starts_with("./")) {
    line.remove_prefix(2);
  }
  auto entry = parse_name(line);
  if (entry) entry->listed = listed;
  return entry;
}

/// Asks for the times of some files, which are in `directory` as seen from where the session is, until those of all are
/// known, or there is no use in more.
template <class Core>
awaitable<void> learn_zone(Core& core, const std::string& directory, const std::vector<const Entry*>& files) {
  constexpr int most = 100;  // a server may tell what it wants
  for (int asked = 0; asked < most && core.features.may_have("MDTM"); ++asked) {
    const Entry* const file = telling_one(core.zone, files);
    if (!file) co_return;
    Settled<std::optional<Timestamp>> modified;
    co_await settle(ask_modified(core, joined(directory, file->name)), modified);
    const auto utc = modified.failed() ? std::nullopt : modified.get();
    const auto ahead = utc ? zone_between(file->modified, *utc) : std::nullopt;
    if (!ahead) co_return;
    core.zone.learn(file->modified, *ahead);
  }
}

/// Puts the times of a LIST into UTC, where that can be known.
template <class Core> awaitable<void> put_into_utc(Core& core, std::string directory, std::vector<Entry>& entries) {
  std::vector<const Entry*> files;
  for (const Entry& entry : entries) {
    const bool tells = !entry.in_utc && entry.is_file() && !entry.name.empty() && has_time_of_day(entry);
    if (tells) files.push_back(&entry);
  }
  std::sort(files.begin(), files.end(), [](const Entry* a, const Entry* b) { return a->modified < b->modified; });
  co_await learn_zone(core, directory, files);
  for (Entry& entry : entries) {
    const auto ahead = !entry.in_utc && has_time_of_day(entry) ? core.zone.near(entry.modified) : std::nullopt;
    if (!ahead) continue;
    entry.modified -= *ahead;
    entry.in_utc = true;
  }
}

/// Whether a listing command is not understood, so that the next one is to be tried.
template <class Core, class Take> awaitable<bool> list_if_understood(Core& core, std::string feature,
                                                                     std::string_view verb, std::string argument,
                                                                     Take& take) {
  try {
    co_await list_directory(core, verb, std::move(argument), take);
  } catch (const ReplyError& error) {
    if (!not_understood(error.reply())) throw;
    core.features.refuse(feature);
    co_return false;
  }
  co_return true;
}

/// The directory that a path is in: "" for the working one, "/" for the root.
inline std::string directory_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return std::string{slash == path.npos ? std::string_view{} : path.substr(0, std::max<std::size_t>(slash, 1))};
}

/// Calls `visit(entry)` for what is where the session is, or in `argument`, by the best way that the server
/// understands: MLSD, LIST, NLST. What came by LIST has the times that the server told.
template <class Core, class Visit> awaitable<void> list_here(Core& core, std::string argument, Visit& visit) {
  const auto facts = [&visit](std::string_view line) {
    if (auto entry = entry_of_facts(line)) visit(*std::move(entry));
  };
  const auto name = [&visit, &argument](std::string_view line) {
    if (auto entry = entry_of_name(line, argument)) visit(*std::move(entry));
  };
  ListingReader reader{wall_clock(core.executor())};
  const auto long_form = [&visit, &reader](std::string_view line) { reader.line(line, visit); };

  if (core.dialect == Dialect::ftplike) {
    co_await list_directory(core, "LIST", argument, name);
    co_return;
  }
  if (core.features.may_have("MLST")) {
    const bool understood = co_await list_if_understood(core, "MLST", "MLSD", argument, facts);
    if (understood) co_return;
  }
  if (!core.features.refused("LIST")) {
    const bool understood = co_await list_if_understood(core, "LIST", "LIST", argument, long_form);
    reader.finish(visit);
    if (understood) co_return;
  }
  co_await list_directory(core, "NLST", argument, name);
}

/// Calls `visit(entry)` for what is in a directory. The session stays there until the next command that is no listing.
template <class Core, class Visit> awaitable<void> list_entries(Core& core, std::string path, Visit visit) {
  const Staying staying{core.directory};
  std::string argument = co_await enter_directory(core, std::move(path));
  co_await list_here(core, std::move(argument), visit);
}

/// What is in a directory, all at once.
///
/// **Errors:** `Errc::bad_listing` if that is too much.
template <class Core> awaitable<std::vector<Entry>> list_all(Core& core, std::string path) {
  const Staying staying{core.directory};
  std::vector<Entry> entries;
  const auto keep = [&entries, most = core.options.limits.entries](Entry entry) {
    if (entries.size() == most) throw std::system_error(Errc::bad_listing);
    entries.push_back(std::move(entry));
  };
  std::string argument = co_await enter_directory(core, std::move(path));
  co_await list_here(core, argument, keep);
  const bool in_utc = core.dialect == Dialect::ftplike || core.features.may_have("MLST");
  if (!in_utc) co_await put_into_utc(core, std::move(argument), entries);
  co_return entries;
}

/// What the listing of the directory that a path is in tells of it, the time to the second where MDTM can and will
/// tell.
///
/// **Errors:** `no_such_file_or_directory` if it is not in there.
template <class Core> awaitable<Entry> stat_in_listing(Core& core, std::string path) {
  const auto slash = path.find_last_not_of('/') == path.npos ? 0 : path.find_last_not_of('/') + 1;
  path.resize(slash);
  if (path.empty() || path == ".") co_return Entry{{}, Entry::Type::directory, 0, {}};
  const std::string name{Path{path}.name()};
  std::vector<Entry> entries = co_await list_all(core, directory_of(path));
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == entries.end()) {
    const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
    throw ClientError{error, "LIST", Channel::control, 0, path + ": " + error.message()};
  }
  // Listings tell times to the minute at best.
  const bool better = found->is_file() && core.features.may_have("MDTM");
  if (better) {
    const auto modified = co_await if_told(core, ask_modified(core, path));
    if (modified) found->modified = *modified;
  }
  co_return *std::move(found);
}

/// What is known of one path: by MLST, else from the listing of its directory.
template <class Core> awaitable<Entry> stat_path(Core& core, std::string path) {
  if (core.features.may_have("MLST")) {
    auto facts = co_await ask_facts(core, path);
    if (facts) co_return *std::move(facts);
  }
  co_return co_await stat_in_listing(core, std::move(path));
}

/// Whether there is anything at a path. What MLST refuses to tell of may be there all the same: the listing of its
/// directory decides, and where that is refused, whether there is such a directory.
///
/// **Errors:** the refusal, if nothing decides.
template <class Core> awaitable<bool> path_exists(Core& core, std::string path) {
  if (core.features.may_have("MLST")) {
    const Reply answer = co_await ask_mlst(core, path);
    if (answer.complete()) co_return true;
    const bool says_no = answer.code() == 550 || answer.code() == 450;
    if (!says_no && !not_understood(answer)) core.fail(answer, "MLST");
  }
  Settled<Entry> found;
  co_await settle(stat_in_listing(core, path), found);
  try {
    (void)found.get();
    co_return true;
  } catch (const ReplyError& error) {
    if (error.code().value() != 550 && error.code().value() != 450) throw;
  } catch (const ClientError& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
    co_return false;
  }
  const std::string directory = directory_of(path);
  if (!directory.empty() && directory != "/") {
    const bool has_directory = co_await path_exists(core, directory);
    if (!has_directory) co_return false;
  }
  std::rethrow_exception(found.failure());
}

}  // namespace ftplike::detail

// ---- ftplike/client/login.hpp
#include <string>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2::detail {

/// The first words of a session. Each waits for its answer: nothing is sent ahead to a server that is not yet known.
///
/// 1. The greeting: 220, perhaps after a 120.
/// 2. If the URL asks for it AUTH TLS, PBSZ 0 and PROT P, or else the end: nothing goes out in clear then. The dialect
///    makes no difference to that. Where PROT P is refused so early, both are said once more after the login, and what
///    PROT is answered decides.
/// 3. Only if the dialect is to be found out and no user is given, PWD: a 257 before any login is a server that wants
///    none, which is the ftp-like dialect.
/// 4. Unless that is settled, USER: 502 or 500 is the ftp-like dialect, too. After 331 PASS, after 332 ACCT.
/// 5. In the standard dialect FEAT; SYST, if FEAT is not understood; OPTS UTF8 ON, if UTF8 is offered.
///
/// Commands end with CRLF, each in one write. But the server that the ftp-like dialect comes from takes one read for
/// one command, whatever is in it. It is known by the bare LF that ends its greeting: from the moment on that the
/// dialect is known, commands to such a server have no ending at all.
template <class Core> class Login {
 public:
  Login(Core& core, const Url& url) : core_{core}, url_{url} {}

  awaitable<void> run() {
    if (url_.secure == Secure::implicit_tls) co_await shake_hands();
    const Reply greeting = co_await core_.control().greeting();
    if (!greeting.complete()) core_.fail(greeting, "connect");
    core_.greeting = greeting;
    if (url_.secure != Secure::no) co_await protect();
    co_await find_dialect();
    core_.control().end_commands(core_.dialect == Dialect::standard || core_.control().hears_crlf());
    if (url_.secure != Secure::no && !core_.secured) co_await demand_protection();
    if (core_.dialect == Dialect::standard) co_await look_around();
  }

 private:
  awaitable<void> shake_hands() {
    auto& stream = core_.control().stream();
    if constexpr (requires { stream.connect_tls(core_.network().tls_client(), url_.host); }) {
      auto handshake = stream.connect_tls(core_.network().tls_client(), url_.host);
      Settled<void> shaken;
      co_await settle(within(core_.network(), core_.options.limits.connect, std::move(handshake)), shaken);
      core_.tell_handshake(shaken, stream, false);
      try {
        shaken.get();
      } catch (const std::system_error& error) {
        throw ClientError{error.code(), "TLS", Channel::control, 0, url_.host + ": " + error.code().message()};
      }
    } else {
      throw ClientError{std::make_error_code(std::errc::protocol_not_supported), "AUTH", Channel::local, 0,
                        "this transport has no TLS"};
    }
  }
  awaitable<void> protect() {
    if (url_.secure == Secure::explicit_tls) {
      (void)co_await core_.demand("AUTH TLS");
      if (!core_.control().is_silent()) throw ClientError{Errc::bad_reply, "AUTH", Channel::control};
      co_await shake_hands();
    }
    (void)co_await ask_for_protection();
  }
  /// Has the data connections protected, if the server grants it. Some do not know PBSZ, which says nothing under TLS.
  awaitable<Reply> ask_for_protection() {
    (void)co_await core_.ask("PBSZ 0");
    const Reply answer = co_await core_.ask("PROT P");
    core_.secured = answer.complete();
    co_return answer;
  }
  awaitable<void> demand_protection() {
    const Reply answer = co_await ask_for_protection();
    if (!answer.complete()) core_.fail(answer, "PROT");
  }

  awaitable<void> find_dialect() {
    core_.dialect = core_.options.dialect;
    if (core_.dialect == Dialect::ftplike) co_return;
    if (core_.dialect == Dialect::automatic && url_.user.empty()) {
      const Reply place = co_await core_.ask("PWD");
      if (place.code() == 257) core_.dialect = Dialect::ftplike;
    }
    if (core_.dialect != Dialect::ftplike) co_await log_in();
  }

  awaitable<void> log_in() {
    const std::string user = url_.user.empty() ? "anonymous" : url_.user;
    const std::string password = url_.user.empty() && url_.password.empty() ? "anonymous@" : url_.password;
    Reply answer = co_await core_.ask("USER " + user);
    const bool unknown = answer.code() == 502 || answer.code() == 500;
    if (unknown && core_.dialect == Dialect::automatic) {
      core_.dialect = Dialect::ftplike;
      co_return;
    }
    core_.dialect = Dialect::standard;
    std::string verb = "USER";
    if (answer.code() == 331) {
      Reply to_password = co_await core_.ask("PASS " + password);
      answer = std::move(to_password);
      verb = "PASS";
    }
    if (answer.code() == 332 && !core_.options.account.empty()) {
      Reply to_account = co_await core_.ask("ACCT " + core_.options.account);
      answer = std::move(to_account);
      verb = "ACCT";
    }
    core_.template report<LoginTried>(user, answer.complete());
    if (!answer.complete()) core_.fail(answer, verb);
    core_.control().who().user = user;
  }

  awaitable<void> look_around() {
    const Reply offered = co_await core_.ask("FEAT");
    if (offered.code() == 211) {
      core_.features = Features{offered.text()};
    } else {
      const Reply system = co_await core_.ask("SYST");
      if (system.code() == 215) core_.system = system.text();
    }
    if (!core_.features.has("UTF8")) co_return;
    (void)co_await core_.ask("OPTS UTF8 ON");
  }

  Core& core_;
  const Url& url_;
};

}  // namespace ftplike::detail

// ---- ftplike/client/remote_file.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

// ---- ftplike/client/files.hpp
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>


// Files from and to a server, as sinks and sources have them.
namespace ftplike::inline v0_2::detail {

/// How a transfer is to be done, for the session.
inline ClientTransfer prepare(std::string command, Direction direction, const TransferOptions& options) {
  ClientTransfer transfer{std::move(command), direction};
  transfer.ascii = options.ascii;
  transfer.bandwidth = options.bandwidth;
  transfer.progress = options.progress;
  return transfer;
}

template <class Core>
TransferResult result_of(Core& core, const ClientTransfer& transfer, std::string name, Reply reply) {
  TransferResult result;
  result.transferred = transfer.moved;
  result.offset = transfer.offset;
  result.took = core.network().now() - transfer.began;
  result.name = std::move(name);
  result.reply = std::move(reply);
  return result;
}

/// The length that a file has on the server, if that matters and the server can and will tell.
template <class Core>
awaitable<std::optional<std::uint64_t>> length_for(Core& core, std::string remote, const TransferOptions& options) {
  const bool asks = !options.ascii && core.dialect == Dialect::standard && core.features.may_have("SIZE");
  if (!asks || !(options.verify || options.progress || options.resume)) co_return std::nullopt;
  co_return co_await if_told(core, ask_size(core, std::move(remote)));
}

/// Throws unless as many bytes have come, or are there now, as were promised.
inline void check_length(std::uint64_t length, std::uint64_t promised, const ClientTransfer& transfer) {
  if (length == promised) return;
  const Errc error = length < promised ? Errc::too_short : Errc::too_long;
  throw ClientError{error, verb_of(transfer.command), Channel::data, transfer.moved, transfer.offset};
}

/// Fetches a file, from `offset` on, into a sink that is not finished by this.
template <class Core> awaitable<TransferResult> fetch(Core& core, std::string remote, AnySink sink,
                                                      std::uint64_t offset, std::optional<std::uint64_t> size,
                                                      const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  ClientTransfer transfer = prepare("RETR " + remote, Direction::received, options);
  transfer.offset = transfer.restart = offset;
  transfer.size = size;
  Reply last = co_await core.receive(sink, transfer);
  // A server that closes the data connection early and says that all is well is believed only as far as its SIZE goes.
  // A file may have grown since, but one that ends behind its end was not gone on with where it should have been.
  const std::uint64_t end = offset + transfer.moved;
  const bool grew = size && offset == 0 && end > *size;
  if (options.verify && size && !grew) check_length(end, *size, transfer);
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

/// Fetches a part of a file, which may be of no bytes.
template <class Core> awaitable<TransferResult> fetch_range(Core& core, std::string remote, AnySink sink,
                                                            std::uint64_t offset, std::uint64_t length,
                                                            TransferOptions options) {
  ClientTransfer transfer = prepare("RETR " + remote, Direction::received, options);
  transfer.began = core.network().now();
  transfer.offset = transfer.restart = offset;
  transfer.length = length;
  transfer.ascii = false;
  Reply last;
  if (length > 0) {
    co_await set_type(core, 'I');
    Reply reply = co_await core.receive(sink, transfer);
    last = std::move(reply);
  }
  check_length(transfer.moved, length, transfer);
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

/// Does a command of the caller's own, whose data go into a sink.
template <class Core>
awaitable<TransferResult> receive_by(Core& core, std::string command, AnySink sink, TransferOptions options) {
  core.forget_settings();
  ClientTransfer transfer = prepare(std::move(command), Direction::received, options);
  transfer.size = options.size;
  Reply last = co_await core.receive(sink, transfer);
  co_await sink.finish();
  co_return result_of(core, transfer, {}, std::move(last));
}
/// The same whose data come from a source.
template <class Core>
awaitable<TransferResult> send_by(Core& core, std::string command, AnySource source, TransferOptions options) {
  core.forget_settings();
  ClientTransfer transfer = prepare(std::move(command), Direction::sent, options);
  transfer.size = source.size();
  if (transfer.size) source.seek(0);
  Reply last = co_await core.send(source, transfer);
  co_return result_of(core, transfer, {}, std::move(last));
}

/// Sends what a source gives, which is to stand behind `offset` bytes that the server has.
template <class Core> awaitable<TransferResult> store(Core& core, std::string_view verb, AnySource source,
                                                      std::string remote, std::uint64_t offset,
                                                      std::optional<std::uint64_t> size,
                                                      const TransferOptions& options) {
  const char type = options.ascii ? 'A' : 'I';
  co_await set_type(core, type);
  std::string command{verb};
  if (!remote.empty()) command += " " + remote;
  ClientTransfer transfer = prepare(std::move(command), Direction::sent, options);
  transfer.offset = offset;
  if (verb == "STOR") transfer.restart = offset;
  transfer.size = size;
  Reply last = co_await core.send(source, transfer);
  if (verb == "STOU") {
    constexpr std::string_view mark = "FILE: ";  // RFC 1123 §4.1.2.9
    const auto at = transfer.opening.find(mark);
    remote = at == transfer.opening.npos ? std::string{} : transfer.opening.substr(at + mark.size());
  }
  const bool knows = verb != "APPE" || offset > 0;
  if (knows && !remote.empty() && (options.verify || offset > 0)) {
    const auto length = co_await length_for(core, remote, options);
    if (length) check_length(*length, offset + transfer.moved, transfer);
  }
  co_return result_of(core, transfer, std::move(remote), std::move(last));
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2 {
namespace detail {

/// What a transfer hands to a reader, piece by piece, on the session's executor.
class Handover {
 public:
  explicit Handover(const Executor& executor) : changed_{executor} {}

  // ---- for the transfer

  /// Until all of it was taken.
  template <class = void> awaitable<void> give(std::span<const std::byte> bytes) {
    class Piece {
     public:
      Piece(Handover& handover, std::span<const std::byte> piece) : handover_{handover} { handover_.piece_ = piece; }
      Piece(const Piece&) = delete;
      Piece& operator=(const Piece&) = delete;
      ~Piece() { handover_.piece_ = {}; }  // it is gone, also where it was not taken

     private:
      Handover& handover_;
    } const piece{*this, bytes};
    changed_.notify();
    while (!piece_.empty()) co_await changed_.wait();
  }
  void has_size(std::optional<std::uint64_t> size, std::uint64_t offset) noexcept {
    size_ = size;
    at_ = offset;
  }
  void end(std::exception_ptr failure) {
    ended_ = true;
    failure_ = std::move(failure);
    changed_.notify();
  }

  // ---- for the reader

  /// Until there is something to be read, or the end.
  template <class = void> awaitable<void> begun() {
    while (piece_.empty() && !ended_) co_await changed_.wait();
    if (failure_) std::rethrow_exception(failure_);
  }
  template <class = void> awaitable<std::size_t> take(std::span<std::byte> room) {
    co_await begun();
    const auto part = piece_.first(std::min(room.size(), piece_.size()));
    std::copy(part.begin(), part.end(), room.begin());
    piece_ = piece_.subspan(part.size());
    at_ += part.size();
    changed_.notify();
    co_return part.size();
  }
  template <class = void> awaitable<void> ended() {
    while (!ended_) co_await changed_.wait();
  }
  /// Whether only the server's last word is missing.
  bool has_all() const noexcept { return size_ && at_ == *size_; }
  std::optional<std::uint64_t> size() const noexcept { return size_; }

 private:
  Condition changed_;
  std::span<const std::byte> piece_;  // of the transfer's, as long as it gives it
  std::optional<std::uint64_t> size_;
  std::uint64_t at_ = 0;
  bool ended_ = false;
  std::exception_ptr failure_;
};

/// The sink of such a transfer. How long its reader takes is the reader's business, and no stall.
template <class Core> class HandoverSink {
 public:
  HandoverSink(Core& core, Handover& handover) : core_{core}, handover_{handover} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    typename Core::Limit none{core_.deadline(), Duration::max(), {}};
    co_await handover_.give(bytes);
  }
  template <class = void> awaitable<void> finish() { co_return; }

 private:
  Core& core_;
  Handover& handover_;
};

template <class Core> awaitable<TransferResult> fetch_for_reader(Core& core, Handover& handover, std::string remote,
                                                                 std::uint64_t offset, TransferOptions options) {
  auto size = options.size;
  if (!size) {
    const auto told = co_await length_for(core, remote, options);
    size = told;
  }
  handover.has_size(size, offset);
  HandoverSink<Core> sink{core, handover};
  co_return co_await fetch(core, std::move(remote), AnySink{sink}, offset, size, options);
}

template <class Core> awaitable<void> hand_over(std::shared_ptr<Core> core, std::shared_ptr<Handover> handover,
                                                std::string remote, std::uint64_t offset, TransferOptions options) {
  Settled<TransferResult> result;
  co_await settle(perform(core, fetch_for_reader(*core, *handover, std::move(remote), offset, std::move(options))),
                  result);
  handover->end(result.failure());
}

}  // namespace detail

/// A file of a server that is being read, by `Client::open`. It is a `ByteSource`. While it is open its session does
/// nothing else: `Errc::busy`.
///
/// **Errors:** of `read_some`, those of a download; after the last byte, too, if the server says that it was not all.
/// **Cancellation:** of `read_some` leaves the file open, and nothing is lost.
/// **Lifetime:** keeps the session. Its destructor ends the transfer as `close` does, and does not wait: the session is
/// busy until that has been heard. **Threads:** as of `Client`; it is destroyed where its session runs, or closed
/// before.
template <class Core> class RemoteFile {
 public:
  /// None: closed.
  RemoteFile() = default;

  /// Fills the beginning of the room (never empty) and gives how much; 0 at the end, once the server has said that all
  /// is well. It may be called as late as one likes, though a server may lose its patience.
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (!reading_) throw ClientError{std::make_error_code(std::errc::bad_file_descriptor), "RETR", Channel::local};
    return detail::telling(run_on(reading_->core->executor(), reading_->handover->take(room)));
  }
  /// The length of the file, if the server has told.
  std::optional<std::uint64_t> size() const noexcept { return reading_ ? reading_->handover->size() : std::nullopt; }
  bool is_open() const noexcept { return reading_ != nullptr; }
  /// Ends it, wherever it is. The session can be used again.
  awaitable<void> close() {
    if (!reading_) co_return;
    const std::shared_ptr<Reading> closing = std::move(reading_);
    co_await run_on(closing->core->executor(), end(*closing));
  }

  /// What `Client::open` is.
  static awaitable<RemoteFile> open(std::shared_ptr<Core> core, std::string remote, std::uint64_t offset,
                                    TransferOptions options) {
    RemoteFile file;
    const Executor executor = core->executor();
    co_await run_on(executor, begin(file, std::move(core), std::move(remote), offset, std::move(options)));
    co_return file;
  }

 private:
  struct Reading {
    Reading(std::shared_ptr<Core> its_core, std::string remote, std::uint64_t offset, TransferOptions options)
        : core{std::move(its_core)},
          handover{std::make_shared<detail::Handover>(core->executor())},
          task{core->executor(), detail::hand_over(core, handover, std::move(remote), offset, std::move(options))} {}
    std::shared_ptr<Core> core;  // before all that has timers, so that it goes after them
    std::shared_ptr<detail::Handover> handover;
    StoppableTask task;
  };

  static awaitable<void> begin(RemoteFile& file, std::shared_ptr<Core> core, std::string remote, std::uint64_t offset,
                               TransferOptions options) {
    file.reading_ = std::make_shared<Reading>(std::move(core), std::move(remote), offset, std::move(options));
    co_await file.reading_->handover->begun();
  }
  static awaitable<void> end(Reading& reading) {
    if (reading.handover->has_all()) co_await reading.handover->ended();
    co_await reading.task.stop();
  }

  std::shared_ptr<Reading> reading_;
};

}  // namespace ftplike::inline v0_2

// ---- ftplike/client/resume.hpp
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/client/local.hpp
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/io/blocking.hpp
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

/// What kind of blocking work something is, and for whom it is done.
class Workload {
 public:
  Workload(WorkKind its_kind = WorkKind::disk, ClientKey its_client = 0) noexcept
      : kind{its_kind}, client{its_client} {}
  WorkKind kind;
  ClientKey client;
};

/// What coroutines of an execution context use of worker pools. It belongs to the context, so that whatever runs there
/// finds it, and so that a job that ends when the context is gone finds nobody.
class BlockingWork : public asio::execution_context::service {
 public:
  using key_type = BlockingWork;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  explicit BlockingWork(asio::execution_context& owner, std::shared_ptr<WorkerPools> pools = WorkerPools::shared())
      : asio::execution_context::service{owner}, pools_{std::move(pools)} {}

  WorkerPools& pools() noexcept { return *pools_; }
  void use(std::shared_ptr<WorkerPools> pools) noexcept { pools_ = std::move(pools); }
  /// Whether the context has ended, though its memory is there: what is posted there would never run, and never go.
  bool has_ended() const noexcept { return has_ended_; }

  /// A coroutine that waits for a job, on its executor. The job knows it by its number, and may outlive it.
  class Wait {
   public:
    Wait(BlockingWork& work, const Executor& executor) : waits_{work.waits_} {
      const std::lock_guard lock{waits_->mutex};
      number_ = ++waits_->last_number;
      waits_->all[number_].executor = executor;
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      const std::lock_guard lock{waits_->mutex};
      waits_->all.erase(number_);
    }
    /// What the job calls when it is done, on its own thread.
    std::function<void()> waker() const {
      return [waits = waits_, number = number_] { waits->go_on(number, true); };
    }
    /// Whether the waker was called.
    bool is_over() const {
      const std::lock_guard lock{waits_->mutex};
      const auto place = waits_->all.find(number_);
      return place != waits_->all.end() && place->second.is_over;
    }
    /// Until the waker was called, or the coroutine is cancelled. Asio's timers and sockets, which want the thread to
    /// themselves, are not in this: any number of threads may run the context.
    template <class = void> awaitable<void> change() {
      const auto start = [waits = waits_, number = number_](auto handler) {
        const auto slot = asio::get_associated_cancellation_slot(handler);
        // First: once it is parked, the coroutine may be under way on another thread.
        if (slot.is_connected()) {
          asio::cancellation_slot{slot}.assign([waits, number](asio::cancellation_type) { waits->go_on(number, false); });
        }
        const auto parked = detail::new_shared<decltype(handler)>(std::move(handler));
        waits->park(number, [parked] { std::move (*parked)(); });
      };
      return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, use_awaitable);
    }

   private:
    friend class BlockingWork;
    struct Place {
      Executor executor;
      std::function<void()> resume;  // while the coroutine waits
      Executor busy;                 // meanwhile keeps the context from running out of work
      bool is_over = false;
    };
    struct Waits {
      /// Keeps what resumes a coroutine until it is to go on.
      void park(std::uint64_t number, std::function<void()> resume) {
        const std::lock_guard lock{mutex};
        const auto found = all.find(number);
        if (found == all.end()) return;
        Place& place = found->second;
        place.resume = std::move(resume);
        if (place.is_over) return go_on(place);
        place.busy = asio::prefer(place.executor, asio::execution::outstanding_work.tracked);
      }
      void go_on(std::uint64_t number, bool is_over) {
        const std::lock_guard lock{mutex};  // as long as it is held, the context cannot end
        const auto found = all.find(number);
        if (found == all.end()) return;
        found->second.is_over |= is_over;
        if (found->second.resume) go_on(found->second);
      }
      static void go_on(Place& place) {
        call_on(place.executor, std::exchange(place.resume, nullptr));
        place.busy = {};
      }

      std::mutex mutex;
      std::map<std::uint64_t, Place> all;  // none once the context has ended
      std::uint64_t last_number = 0;
    };

    std::shared_ptr<Waits> waits_;
    std::uint64_t number_ = 0;
  };

 private:
  /// Coroutines that wait end here, with their context, and look for their places, which are gone.
  void shutdown() noexcept override {
    has_ended_ = true;
    std::map<std::uint64_t, Wait::Place> all;
    const std::lock_guard lock{waits_->mutex};
    all.swap(waits_->all);
  }

  std::shared_ptr<WorkerPools> pools_;
  std::atomic<bool> has_ended_ = false;
  std::shared_ptr<Wait::Waits> waits_ = detail::new_shared<Wait::Waits>();
};

/// Whether the event loop of an executor has ended. Nothing is to be posted there then that holds the loop's memory.
inline bool has_ended(const Executor& executor) {
  return asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context)).has_ended();
}

namespace detail {

/// A job and what came of it. Whoever waits for it may leave it behind.
class BlockingJob {
 public:
  BlockingJob() = default;
  BlockingJob(const BlockingJob&) = delete;
  BlockingJob& operator=(const BlockingJob&) = delete;
  virtual ~BlockingJob() = default;

  void run() noexcept {
    if (left_) return;
    try {
      call();
    } catch (...) { failure_ = std::current_exception(); }
  }
  /// Nobody waits for it any more: if it has not begun it need not.
  void leave() noexcept { left_ = true; }
  void check() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  virtual void call() = 0;
  std::exception_ptr failure_;
  std::atomic<bool> left_ = false;
};

/// Has a job done by the workers of a context. It knows nothing of what the job is: what compilers make of a coroutine
/// takes them far longer than the work itself.
template <class = void> awaitable<void> have_done(std::shared_ptr<BlockingJob> job, Workload load) {
  const Executor executor = co_await asio::this_coro::executor;
  auto& work = asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context));
  struct Leaving {
    ~Leaving() { job.leave(); }
    BlockingJob& job;
  } const leaving{*job};
  BlockingWork::Wait wait{work, executor};
  const auto run = [job, wake = wait.waker()] {
    job->run();
    wake();
  };
  if (!work.pools().of(load.kind).submit(run, load.client)) throw std::system_error(Errc::busy);
  while (!wait.is_over()) co_await wait.change();
  job->check();
}

template <class Result> class ResultJob : public BlockingJob {
 public:
  std::optional<Result> result;
};
template <class Work, class Result> class WorkJob final : public ResultJob<Result> {
 public:
  explicit WorkJob(Work work) : work_{std::move(work)} {}

 private:
  void call() override { this->result.emplace(work_()); }
  Work work_;
};
template <class Work> class VoidJob final : public BlockingJob {
 public:
  explicit VoidJob(Work work) : work_{std::move(work)} {}

 private:
  void call() override { work_(); }
  Work work_;
};

/// The same for one that has a result: a `ResultJob<Result>`.
template <class Result> awaitable<Result> have_done_for_result(std::shared_ptr<BlockingJob> job, Workload load) {
  co_await have_done(job, load);
  co_return *std::move(static_cast<ResultJob<Result>&>(*job).result);
}

}  // namespace detail

/// Runs `work` where blocking harms nobody and gives its result on the caller's own executor. What `work` throws is
/// thrown here.
///
/// **Errors:** `Errc::busy` if too much is waiting to be done.
/// **Cancellation:** at once. Work that has begun goes on and is forgotten.
/// **Lifetime:** so `work` may outlive its caller, and owns or shares all that it touches.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work work, Workload load = {}) {
  using Result = std::invoke_result_t<Work&>;
  // By one type of pointer, from which one type of shared pointer is made.
  if constexpr (std::is_void_v<Result>) {
    std::unique_ptr<detail::BlockingJob> job{new detail::VoidJob<Work>{std::move(work)}};
    return detail::have_done(std::move(job), load);
  } else {
    std::unique_ptr<detail::BlockingJob> job{new detail::WorkJob<Work, Result>{std::move(work)}};
    return detail::have_done_for_result<Result>(std::move(job), load);
  }
}

}  // namespace ftplike

// ---- ftplike/storage/directory.hpp
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/statvfs.h>
#include <system_error>
#include <utility>

// ---- ftplike/storage/directory_listing.hpp
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <dirent.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/storage/file.hpp
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

// ---- ftplike/storage/partial.hpp
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/storage/names.hpp
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>


namespace ftplike::inline v0_2::detail {

/// How the names of partial files begin. No client can say such a name, and no listing shows one.
inline constexpr std::string_view partial_prefix = ".ftplike-partial";
inline constexpr std::size_t longest_name = 255;  // bytes of one component

template <class Code> [[noreturn]] void fail(Code code) { throw std::system_error(make_error_code(code)); }

/// Whether a name is reserved for partial files, also where the file system takes 'a' for 'A'.
inline bool is_partial_name(std::string_view name) noexcept {
  return same_word(name.substr(0, partial_prefix.size()), partial_prefix);
}

}  // namespace ftplike::detail

namespace ftplike::inline v0_2 {

/// Sees to it that every component of a path can be the name of a file of a disk: at most 255 bytes, without NUL, and not
/// one of those by which partial files are kept aside. What a client says has none of NUL, CR and LF, but may be as long
/// as `Limits::line`, of any bytes, and have any such name; a storage that minds calls this.
///
/// **Errors:** `Errc::bad_name`, `filename_too_long`.
inline void check_names(const Path& path) {
  std::string_view rest = path.string();
  if (rest.find('\0') != rest.npos) detail::fail(Errc::bad_name);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto name = rest.substr(0, rest.find('/'));
    if (detail::is_partial_name(name)) detail::fail(Errc::bad_name);
    if (name.size() > detail::longest_name) detail::fail(std::errc::filename_too_long);
    rest.remove_prefix(name.size());
  }
}

}  // namespace ftplike

namespace ftplike::inline v0_2::detail {

/// How the paths begin of what is in a directory.
inline std::string inside(const Path& directory) { return directory.is_root() ? "/" : directory.string() + '/'; }

/// The n-th choice for a unique name: the name itself, name.1, name.2, …
inline Path numbered(const Path& wanted, unsigned n) {
  if (n == 0) return wanted;
  const auto number = "." + std::to_string(n);
  return wanted.parent().resolve(std::string{wanted.name().substr(0, longest_name - number.size())} + number);
}

}  // namespace ftplike::detail

// ---- ftplike/storage/posix.hpp
// The system's calls for files, and what differs between systems.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <span>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

// ---- ftplike/system/descriptor.hpp
// What every caller of the system needs: a descriptor that closes itself, and calls whose errors are thrown.
#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ftplike::inline v0_2::detail {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_{number} {}
  Descriptor(Descriptor&& other) noexcept : number_{other.release()} {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }
  void close() noexcept {
    if (number_ >= 0) ::close(release());
  }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

[[noreturn]] inline void fail_with(int error) { throw std::system_error(error, std::system_category()); }

/// The result of a system call, made again where a signal came in between; throws its error.
template <class Call> auto checked(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    if (errno != EINTR) fail_with(errno);
  }
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2::detail {

/// To pass through a directory needs no right to read it, where the system can tell these apart.
#if defined O_PATH
inline constexpr int directory_only = O_PATH | O_DIRECTORY | O_CLOEXEC;
#elif defined O_SEARCH
inline constexpr int directory_only = O_SEARCH | O_DIRECTORY | O_CLOEXEC;
#else
inline constexpr int directory_only = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
/// Opening must not wait for the other end of a FIFO, nor make a terminal ours.
inline constexpr int quietly = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// A time of the system's, cut to the millisecond and to the years that the protocol can tell. It is never counted in
/// nanoseconds, of which 64 bits hold no more than the years 1678 to 2262: file systems hold others.
inline Timestamp timestamp_of(const timespec& time) noexcept {
  using namespace std::chrono;
  constexpr auto least = first_timestamp.time_since_epoch(), most = last_timestamp.time_since_epoch();
  const std::int64_t whole =
      std::clamp<std::int64_t>(time.tv_sec, floor<seconds>(least).count(), floor<seconds>(most).count());
  return Timestamp{milliseconds{whole * 1000 + time.tv_nsec / 1'000'000}};
}
/// The same time as the system takes it: as far as its seconds go.
inline timespec timespec_of(Timestamp time) noexcept {
  using namespace std::chrono;
  const auto whole = floor<seconds>(time);
  using Seconds = std::numeric_limits<std::time_t>;
  timespec result{};
  result.tv_sec = static_cast<std::time_t>(
      std::clamp<std::int64_t>(whole.time_since_epoch().count(), Seconds::min(), Seconds::max()));
  result.tv_nsec = static_cast<long>((time - whole).count()) * 1'000'000;
  return result;
}

inline Timestamp modified(const struct stat& status) noexcept {
#ifdef __APPLE__
  return timestamp_of(status.st_mtimespec);
#else
  return timestamp_of(status.st_mtim);
#endif
}

inline bool is_same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

inline Entry entry_of(std::string name, const struct stat& status) {
  const auto type = S_ISREG(status.st_mode)   ? Entry::Type::file
                    : S_ISDIR(status.st_mode) ? Entry::Type::directory
                    : S_ISLNK(status.st_mode) ? Entry::Type::link
                                              : Entry::Type::other;
  Entry entry{std::move(name), type, S_ISDIR(status.st_mode) ? 0 : static_cast<std::uint64_t>(status.st_size),
              modified(status)};
  entry.mode = status.st_mode & 07777;
  char unique[40];
  char* const end = unique + sizeof unique;
  char* at = std::to_chars(unique, end, status.st_dev, 16).ptr;
  *at++ = '.';
  at = std::to_chars(at, end, status.st_ino, 16).ptr;
  entry.unique.assign(unique, at);
  return entry;
}

/// Reads at `offset`, or at the descriptor's position for -1, what is in memory already. Gives -1 where that would wait
/// for the disk (EAGAIN) or the system does not know (EOPNOTSUPP).
inline ssize_t read_resident([[maybe_unused]] int file, [[maybe_unused]] std::span<std::byte> room,
                             [[maybe_unused]] off_t offset) noexcept {
#ifdef RWF_NOWAIT
  const iovec part{room.data(), room.size()};
  return ::preadv2(file, &part, 1, offset, RWF_NOWAIT);
#else
  errno = EOPNOTSUPP;
  return -1;
#endif
}

/// Copies up to `count` bytes of one file, from `at` on, to the same place of another and gives how many there were;
/// shares their blocks where the file system can.
inline std::uint64_t copy_bytes(int from, int to, std::uint64_t at, std::uint64_t count) {
  std::uint64_t done = 0;
#ifdef __linux__
  for (auto in = static_cast<loff_t>(at), out = in; done < count;) {
    const auto n = ::copy_file_range(from, &in, to, &out, static_cast<std::size_t>(count - done), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // whatever the reason is, it shows again below, or was none
    done += static_cast<std::uint64_t>(n);
  }
#endif
  std::vector<std::byte> room(done < count ? 256 * 1024 : 0);
  while (done < count) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), count - done));
    const auto got = checked([&] { return ::pread(from, room.data(), most, static_cast<off_t>(at + done)); });
    if (got == 0) break;
    for (ssize_t put = 0; put < got;) {
      put += checked([&] {
        return ::pwrite(to, room.data() + put, static_cast<std::size_t>(got - put), static_cast<off_t>(at + done) + put);
      });
    }
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

/// Renames inside a directory, unless the new name is taken: then false.
inline bool rename_to_free(int directory, const char* from, const char* to) {
#if defined __linux__ && defined SYS_renameat2
  constexpr unsigned no_replace = 1;
  if (::syscall(SYS_renameat2, directory, from, directory, to, no_replace) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) fail_with(errno);
#endif
  if (::linkat(directory, from, directory, to, 0) != 0) {
    if (errno == EEXIST) return false;
    fail_with(errno);
  }
  ::unlinkat(directory, from, 0);
  return true;
}

}  // namespace ftplike::detail


namespace ftplike::inline v0_2::detail {

/// How long one that is still empty is left to whoever made it, who may not have locked it yet.
inline constexpr std::chrono::seconds empty_lifetime = std::chrono::minutes{1};

inline std::string hexadecimal(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

/// The name of the partial file of a name: it is part of it, or its hash where it is too long for that.
inline std::string partial_name(std::string_view name) {
  std::string result{partial_prefix};
  if (result.size() + 1 + name.size() <= longest_name) return result.append(".").append(name);
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return result.append("#").append(hexadecimal(hash));
}

/// The name of a temporary file, which belongs to no name and so is never gone on with.
inline std::string temporary_name() {
  std::random_device random;
  const auto high = std::uint64_t{random()} << 32;
  return std::string{partial_prefix} + '~' + hexadecimal(high | random());
}

inline bool is_older_than(std::chrono::seconds age, Timestamp written) {
  return wall_clock() - written > age;
}

/// A partial or temporary file, open for writing and locked. The lock ends with the process at the latest, so that a
/// file without one has no writer.
struct Partial {
  Descriptor file;
  std::string name;
  bool is_kept = true;  // for being gone on with
  std::uint64_t size = 0;
  Timestamp written{};  // not known of one just made
};

/// What came of an attempt to get hold of a partial file.
struct Attempt {
  enum class Outcome {
    taken,
    absent,
    busy  // somebody else is at it, or it is another user's
  };
  Outcome outcome;
  Partial partial{};
};

/// Makes a partial file where there is none; busy if there is one.
inline Attempt make_partial(int directory, std::string name) {
  using enum Attempt::Outcome;
  Partial partial;
  do {
    partial.file =
        Descriptor{::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | quietly, 0666)};
  } while (!partial.file && errno == EINTR);
  if (!partial.file && errno == EEXIST) return {busy};
  if (!partial.file) fail_with(errno);
  if (::flock(partial.file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {  // somebody is just looking at it
      ::unlinkat(directory, name.c_str(), 0);
      return {busy};
    }
    partial.is_kept = false;  // without locks nobody could know that it has no writer
  }
  partial.name = std::move(name);
  return {taken, std::move(partial)};
}

/// Opens and locks a partial file that is there.
inline Attempt take_partial(int directory, std::string name) {
  using enum Attempt::Outcome;
  for (;;) {
    Partial partial;
    partial.file = Descriptor{::openat(directory, name.c_str(), O_WRONLY | O_NOFOLLOW | quietly)};
    if (!partial.file) {
      if (errno == EINTR) continue;
      if (errno == ENOENT) return {absent};
      // Not ours: another user's, or a FIFO, a link, a directory that somebody put there.
      const bool is_foreign = errno == EACCES || errno == EPERM || errno == ENXIO || errno == ELOOP || errno == EISDIR;
      if (is_foreign) return {busy};
      fail_with(errno);
    }
    if (::flock(partial.file.get(), LOCK_EX | LOCK_NB) != 0) return {busy};

    struct stat opened {};
    checked([&] { return ::fstat(partial.file.get(), &opened); });
    // Who made it does not look again after locking, so an empty one must not pass through other hands.
    const bool is_in_the_making = opened.st_size == 0 && !is_older_than(empty_lifetime, modified(opened));
    if (!S_ISREG(opened.st_mode) || is_in_the_making) return {busy};
    // Between opening and locking, its last writer may have given the file its final name.
    struct stat named {};
    const bool is_there = ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_there || !is_same_file(named, opened)) continue;
    partial.name = std::move(name);
    partial.size = static_cast<std::uint64_t>(opened.st_size);
    partial.written = modified(opened);
    return {taken, std::move(partial)};
  }
}

inline Partial make_temporary(int directory) {
  for (;;) {
    auto attempt = make_partial(directory, temporary_name());
    if (attempt.outcome == Attempt::Outcome::busy) continue;
    attempt.partial.is_kept = false;
    return std::move(attempt.partial);
  }
}

/// Removes a partial or temporary file if it is there and nobody is at it; whether it did.
inline bool remove_partial(int directory, const std::string& name) {
  const auto attempt = take_partial(directory, name);
  return attempt.outcome == Attempt::Outcome::taken && ::unlinkat(directory, name.c_str(), 0) == 0;
}

}  // namespace ftplike::detail

// ---- ftplike/storage/path_resolver.hpp
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif


namespace ftplike::inline v0_2::detail {

enum class Follow { no, yes };  // whether a link in the last place is followed

/// Where a link leads; none if it is not a link.
inline std::optional<std::string> link_text(int directory, const std::string& name) {
  char text[PATH_MAX];
  const auto size = ::readlinkat(directory, name.c_str(), text, sizeof text);
  if (size < 0) return std::nullopt;
  if (size == sizeof text) fail_with(ENAMETOOLONG);
  return std::string(text, static_cast<std::size_t>(size));
}

/// A name in an open directory: what file operations need, safe whatever happens to the directories above.
struct DirectoryEntry {
  DirectoryEntry(Descriptor its_own, int its_directory, std::string its_name)
      : own{std::move(its_own)}, directory{its_directory}, name{std::move(its_name)} {
    look();
  }

  bool exists() const noexcept { return status.st_mode != 0; }
  bool is_directory() const noexcept { return S_ISDIR(status.st_mode); }
  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status.st_size); }
  /// Sees what there is now.
  void look() {
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return;
    if (errno != ENOENT) fail_with(errno);
    status = {};
  }

  Descriptor own;  // none where the directory is the root
  int directory;   // lives as long as the resolver
  std::string name;
  struct stat status {};
};

/// Opens what is in a place, unless it has become a link.
inline Descriptor open_in(const DirectoryEntry& place, int flags) {
  return Descriptor{
      checked([&] { return ::openat(place.directory, place.name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC); })};
}

/// The files beneath a folder, reached through descriptors only. A link, absolute or with "..", is taken as if the
/// folder were the root of the system, so that no name, link or race leads out of it.
///
/// Linux does this by itself (openat2); elsewhere it is done component by component.
class PathResolver {
 public:
  explicit PathResolver(const std::string& folder, bool kernel_resolves = true)
      : root_{::open(folder.c_str(), directory_only)} {
    if (!root_) throw std::system_error(errno, std::system_category(), "folder \"" + folder + '"');
    kernel_resolves_ = kernel_resolves && kernel_open(Path{}, directory_only, Wait::may);
    kernel_says_ = kernel_resolves_ && (kernel_open(Path{}, directory_only, Wait::may_not) || errno == EAGAIN);
  }

  /// Opens what is there; links are followed. With O_PATH, only directories.
  Descriptor open(const Path& path, int flags) const {
    check_names(path);
    if (kernel_resolves_) {
      for (int attempt = 0; attempt < 8; ++attempt) {
        Descriptor file = kernel_open(path, flags, Wait::may);
        if (file) return file;
        if (errno != EAGAIN && errno != EINTR) fail_with(errno);
      }
      // The kernel gives up where somebody renames directories all the time; the long way never does.
    }
    return open_in(walk(path, Follow::yes), flags);
  }
  /// The same, but gives none where it would have to wait for a disk, if the system can tell.
  Descriptor open_if_cached(const Path& path, int flags) const {
    if (!kernel_says_) return open(path, flags);
    check_names(path);
    Descriptor file = kernel_open(path, flags, Wait::may_not);
    if (!file && errno != EAGAIN && errno != EINTR) fail_with(errno);
    return file;
  }
  /// Where a name is and what it is now, if it is: `parent` is its directory, opened; none for the root.
  DirectoryEntry find(const Path& path, Follow follow, Descriptor parent) const {
    check_names(path);
    const int directory = parent ? parent.get() : root_.get();
    DirectoryEntry result{std::move(parent), directory, std::string{path.is_root() ? "." : path.name()}};
    if (follow == Follow::yes && S_ISLNK(result.status.st_mode)) return walk(path, follow);
    return result;
  }
  DirectoryEntry find(const Path& path, Follow follow) const {
    return find(path, follow, path.parent().is_root() ? Descriptor{} : open(path.parent(), directory_only));
  }

 private:
  enum class Wait { may, may_not };

  Descriptor kernel_open([[maybe_unused]] const Path& path, [[maybe_unused]] int flags,
                         [[maybe_unused]] Wait wait) const noexcept {
#if defined SYS_openat2 && defined RESOLVE_IN_ROOT
    constexpr std::uint64_t cached = 0x20;  // RESOLVE_CACHED, newer than the rest
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (wait == Wait::may_not ? cached : 0);
    return Descriptor{static_cast<int>(::syscall(SYS_openat2, root_.get(), path.string().c_str(), &how, sizeof how))};
#else
    errno = ENOSYS;
    return {};
#endif
  }

  static void push(std::vector<std::string>& pending, std::string_view text) {
    while (!text.empty()) {
      const auto slash = text.rfind('/');
      const auto name = text.substr(slash + 1);  // all of it if there is no slash
      text = slash == text.npos ? std::string_view{} : text.substr(0, slash);
      if (!name.empty() && name != ".") pending.emplace_back(name);
    }
  }

  /// Goes down component by component, and reads every link itself.
  DirectoryEntry walk(const Path& path, Follow follow) const {
    constexpr int most_links = 40;
    std::vector<std::string> done;     // from the root to here
    std::vector<std::string> pending;  // the next one last
    Descriptor own;
    const auto here = [&] { return own ? own.get() : root_.get(); };
    push(pending, path.string());
    for (int links = 0; !pending.empty();) {
      std::string name = std::move(pending.back());
      pending.pop_back();
      if (name == "..") {
        // The parent of a directory that has been moved meanwhile could be anywhere: come again from the root.
        if (!done.empty()) done.pop_back();
        pending.insert(pending.end(), std::make_move_iterator(done.rbegin()), std::make_move_iterator(done.rend()));
        done.clear();
        own = Descriptor{};
        continue;
      }
      const bool is_last = pending.empty();
      if (!is_last) {
        Descriptor next{::openat(here(), name.c_str(), directory_only | O_NOFOLLOW)};
        if (next) {
          own = std::move(next);
          done.push_back(std::move(name));
          continue;
        }
      }
      const int error = errno;
      const auto target = is_last && follow == Follow::no ? std::nullopt : link_text(here(), name);
      if (!target) {
        if (!is_last) fail_with(error == ELOOP || error == EMLINK ? ENOTDIR : error);
        const int directory = here();
        DirectoryEntry result{std::move(own), directory, std::move(name)};
        return result;
      }
      if (++links > most_links || pending.size() > PATH_MAX) fail_with(ELOOP);
      push(pending, *target);
      if (target->starts_with('/')) {
        done.clear();
        own = Descriptor{};
      }
    }
    const int directory = here();
    DirectoryEntry result{std::move(own), directory, "."};
    return result;
  }

  Descriptor root_;
  bool kernel_resolves_ = false;
  bool kernel_says_ = false;  // whether it would have to wait
};

}  // namespace ftplike::detail


namespace ftplike::inline v0_2 {

/// How a `DirectoryStorage` treats its folder: `DirectoryStorage{"inbox", {.partial_lifetime =
/// std::chrono::hours{24}}}`.
struct DirectoryOptions {
  /// How long an interrupted upload can be gone on with, counted from its last byte; then its partial file is removed.
  std::chrono::seconds partial_lifetime = std::chrono::hours{24 * 7};
  /// How often, at most, an upload has the folder that it goes to looked through for partial files past their time.
  std::chrono::seconds sweep_interval = std::chrono::hours{1};
  /// A write that took longer than this has the following ones done by the workers, away from the event loop.
  std::chrono::nanoseconds slow_write = std::chrono::milliseconds{20};
  /// Links are followed by the kernel where it can keep them inside (Linux: openat2); false: component by component,
  /// as everywhere else.
  bool kernel_resolves = true;
};

template <class> class BasicDirectoryStorage;

namespace detail {

/// The folders that were looked through of late. **Threads:** any, at once.
class SweptFolders {
 public:
  /// Whether a folder is to be looked through now, by whoever asked: the first one within each `interval`.
  bool is_due(const std::string& folder, std::chrono::seconds interval) {
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock{mutex_};
    if (now - since_ >= interval) {  // all are due again, so that none is remembered for longer
      folders_.clear();
      since_ = now;
    }
    return folders_.insert(folder).second;
  }

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::unordered_set<std::string> folders_;
};

/// What a DirectoryStorage, its readers and its writers share.
struct DirectoryState {
  DirectoryState(std::string folder, const DirectoryOptions& its_options)
      : label{std::move(folder)}, root{label, its_options.kernel_resolves}, options{its_options} {}

  const std::string label;
  const PathResolver root;
  const DirectoryOptions options;
  mutable SweptFolders swept;
};

/// Freeing the blocks of a file larger than this is better not waited for in place.
inline constexpr std::uint64_t large_file = 64 * 1024 * 1024;
/// How much of a file is copied in one job.
inline constexpr std::uint64_t copied_piece = 32 * 1024 * 1024;

/// Some bytes of a file, read where that may block.
template <class = void> class BasicFilePiece {
 public:
  void read(const Descriptor& file, std::size_t size, off_t at) {
    bytes_ = std::make_unique_for_overwrite<std::byte[]>(size);
    size_ = static_cast<std::size_t>(checked([&] { return ::pread(file.get(), bytes_.get(), size, at); }));
  }
  std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
};
using FilePiece = BasicFilePiece<>;  // a template, so that only what is called is compiled

/// Has a part of a file read into the system's memory.
inline void read_ahead(const Descriptor& file, std::uint64_t begin, std::uint64_t end) noexcept {
  std::array<std::byte, 32 * 1024> room;
  while (begin < end) {
    const auto n = ::pread(file.get(), room.data(), room.size(), static_cast<off_t>(begin));
    if (n <= 0) return;  // whoever takes the bytes meets the error too
    begin += static_cast<std::uint64_t>(n);
  }
}

/// What came of a write: how much is there, the system's error if not all is, and whether the disk was slow.
class FileWrite {
 public:
  void run(const Descriptor& file, std::span<const std::byte> bytes, std::uint64_t at, std::chrono::nanoseconds slow) {
    const auto begin = std::chrono::steady_clock::now();
    while (!bytes.empty()) {
      const auto n = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at + count));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        error = errno;
        break;
      }
      count += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    was_slow = std::chrono::steady_clock::now() - begin >= slow;
  }
  std::uint64_t count = 0;
  int error = 0;
  bool was_slow = false;
};

}  // namespace detail

/// A file that is being read, of a `DirectoryStorage` or any other, up to the size that it had when it was opened.
///
/// **Threads:** one at a time.
template <class = void> class BasicFileReader {
 public:
  using FileReader = BasicFileReader;  // as what derives from it calls it
  /// Opens a file of this machine, from `offset` on: a source for `Client::upload`, for instance.
  ///
  /// **Errors:** `std::system_error`; `Errc::bad_restart` beyond its end. Only regular files can be read.
  static awaitable<BasicFileReader> open(std::string file, std::uint64_t offset = 0) {
    auto open = [file] {
      return detail::Descriptor{detail::checked([&] { return ::open(file.c_str(), O_RDONLY | detail::quietly); })};
    };
    detail::Descriptor opened = co_await blocking(std::move(open));
    const std::string name = std::filesystem::path{file}.filename().string();
    co_return BasicFileReader{name, std::move(opened), offset};
  }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), size() - position_)));
    if (room.empty()) co_return 0;
    const auto at = static_cast<off_t>(position_);
    ssize_t n = -1;
    if (can_tell_) {
      n = detail::read_resident(file_->get(), room, at);
      can_tell_ = n >= 0 || errno == EAGAIN;
    }
    if (n < 0 && can_tell_) {
      const auto piece = detail::new_shared<detail::FilePiece>();
      auto read = [piece, file = file_, size = room.size(), at] { piece->read(*file, size, at); };
      co_await blocking(std::move(read), Workload{WorkKind::disk, client_});
      const auto bytes = piece->bytes();
      std::copy(bytes.begin(), bytes.end(), room.begin());
      n = static_cast<ssize_t>(bytes.size());
    } else if (n < 0) {
      n = detail::checked([&] { return ::pread(file_->get(), room.data(), room.size(), at); });
    }
    if (n == 0) detail::fail(std::errc::io_error);  // the file was cut meanwhile
    position_ += static_cast<std::uint64_t>(n);
    co_return static_cast<std::size_t>(n);
  }

  /// The file, for whoever moves its bytes without a buffer: from `position()` on, and tells it by `advance`. None
  /// where so few are asked for that a buffer is faster.
  int descriptor() const noexcept { return is_short_ ? -1 : file_->get(); }
  std::uint64_t position() const noexcept { return position_; }
  void advance(std::size_t count) noexcept { position_ += count; }
  /// Has the next bytes, up to `most`, read into the system's memory, so that whoever takes them does not wait for a
  /// disk. Gives how many there are; 0 at the end.
  awaitable<std::size_t> fetch(std::size_t most) {
    const auto end = std::min<std::uint64_t>(position_ + most, size());
    if (end > resident_) {
      const auto begin = std::max(position_, resident_);
      resident_ = end;
      constexpr std::uint64_t page = 4096;
      const bool waits = would_wait(begin) || (end - begin > page && would_wait(end - 1));
      if (waits) {
        auto read = [file = file_, begin, end] { detail::read_ahead(*file, begin, end); };
        co_await blocking(std::move(read), Workload{WorkKind::disk, client_});
      }
    }
    co_return static_cast<std::size_t>(end - position_);
  }

  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status_.st_size); }
  /// Goes on at an offset. **Errors:** `Errc::bad_restart` beyond the end.
  void seek(std::uint64_t offset) {
    if (offset > size()) detail::fail(Errc::bad_restart);
    position_ = resident_ = offset;
    is_short_ = size() - offset <= 16 * 1024;
  }
  Timestamp modified() const { return entry().modified; }
  Entry entry() const { return detail::entry_of(name_, status_); }

 private:
  template <class> friend class BasicDirectoryStorage;

  BasicFileReader(std::string name, detail::Descriptor file, std::uint64_t offset, ClientKey client = 0)
      : name_{std::move(name)},
        file_{detail::new_shared<const detail::Descriptor>(std::move(file))},
        client_{client} {
    detail::checked([&] { return ::fstat(file_->get(), &status_); });
    if (S_ISDIR(status_.st_mode)) detail::fail(std::errc::is_a_directory);
    if (!S_ISREG(status_.st_mode)) detail::fail(std::errc::operation_not_permitted);
    seek(offset);
  }

  /// Some file systems cannot tell, and those hold their files in memory.
  bool would_wait(std::uint64_t offset) noexcept {
    if (!can_tell_) return false;
    std::byte one;
    if (detail::read_resident(file_->get(), {&one, 1}, static_cast<off_t>(offset)) >= 0) return false;
    can_tell_ = errno == EAGAIN;
    return can_tell_;
  }
  std::string name_;
  std::shared_ptr<const detail::Descriptor> file_;  // shared with reads under way
  ClientKey client_;
  struct stat status_ {};
  std::uint64_t position_ = 0;
  std::uint64_t resident_ = 0;  // the end of what has been fetched
  bool can_tell_ = true;
  bool is_short_ = false;
};
using FileReader = BasicFileReader<>;  // a template, so that only what is called is compiled

/// A file of a DirectoryStorage that is being written: a hidden partial file beside the name, which one rename puts
/// there. So a name is the old whole file or the new whole file, also when the process is killed in between. Against
/// the loss of power it is no more than the file system is: nothing is forced to the disk.
///
/// **Threads:** one at a time.
template <class = void> class BasicFileWriter {
 public:
  using FileWriter = BasicFileWriter;  // as what derives from it calls it
  BasicFileWriter(BasicFileWriter&& other) noexcept = default;
  BasicFileWriter& operator=(BasicFileWriter&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(target_, other.target_);
    std::swap(size_, other.size_);
    std::swap(client_, other.client_);
    std::swap(slow_, other.slow_);
    return *this;
  }
  ~BasicFileWriter() {
    if (target_ && target_->partial.file && (size_ == 0 || !target_->partial.is_kept)) discard();
  }

  /// **Errors:** `no_space_on_device` and the like; what was written before stays.
  awaitable<void> write(std::span<const std::byte> bytes) { return put(bytes, size_); }
  /// The same anywhere in the file. Other coroutines of the executor may write elsewhere meanwhile.
  awaitable<void> write_at(std::span<const std::byte> bytes, std::uint64_t at) {
    co_await put(bytes, at);
    size_ = std::max(size_, at);
  }

  /// Puts the file under its name, with the mode of the file that it replaces.
  awaitable<void> finish() {
    if (target_->place.size() > detail::large_file) {
      auto commit = [target = target_] { target->commit(); };
      co_await blocking(std::move(commit), load());
    } else {
      target_->commit();
    }
  }

  /// Throws away what was written.
  void discard() noexcept {
    if (!target_->partial.file) return;
    ::unlinkat(target_->place.directory, target_->partial.name.c_str(), 0);
    target_->partial.file = detail::Descriptor{};
  }

  /// The name; that of a unique file is settled only when it is finished, but in all probability is this one.
  const Path& path() const noexcept { return target_->path; }
  std::uint64_t size() const noexcept { return size_; }

 private:
  template <class> friend class BasicDirectoryStorage;

  /// Writes on at `size`. Only the name's own partial file is kept; a temporary one goes with the writer. A name that
  /// is `wanted` gives way to the next number, beginning with `number`, where somebody else took it.
  BasicFileWriter(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::DirectoryEntry place,
             detail::Partial partial, std::uint64_t size, ClientKey client = 0,
             std::optional<Path> wanted = std::nullopt, unsigned number = 0)
      : state_{std::move(state)},
        target_{
            detail::new_shared<Target>(std::move(path), std::move(place), std::move(partial), std::move(wanted), number)},
        size_{size},
        client_{client} {}

  /// Begins with the first bytes of another file instead; `Errc::bad_restart` if it has fewer. Calls `progress`, if
  /// there is one, after each piece.
  awaitable<void> begin_with(detail::Descriptor whole, std::uint64_t count, std::function<void()> progress) {
    const auto from = detail::new_shared<const detail::Descriptor>(std::move(whole));
    auto cut = [target = target_] { detail::checked([&] { return ::ftruncate(target->partial.file.get(), 0); }); };
    co_await blocking(std::move(cut), load());
    while (size_ < count) {
      auto copy = [target = target_, from, at = size_, most = std::min(detail::copied_piece, count - size_)] {
        return detail::copy_bytes(from->get(), target->partial.file.get(), at, most);
      };
      const std::uint64_t copied = co_await blocking(std::move(copy), load());
      if (copied == 0) detail::fail(Errc::bad_restart);
      size_ += copied;
      if (progress) progress();
    }
  }
  /// Forgets what stands behind the size that it was made with.
  awaitable<void> cut() {
    auto cut = [target = target_, size = size_] {
      detail::checked([&] { return ::ftruncate(target->partial.file.get(), static_cast<off_t>(size)); });
    };
    if (target_->partial.size > detail::large_file) {
      co_await blocking(std::move(cut), load());
    } else {
      cut();
    }
  }

  /// What is written, and where it is to stand: shared with the jobs under way, which may outlive the writer.
  struct Target {
    Target(Path its_path, detail::DirectoryEntry its_place, detail::Partial its_partial, std::optional<Path> its_wanted,
           unsigned its_number)
        : path{std::move(its_path)},
          place{std::move(its_place)},
          partial{std::move(its_partial)},
          wanted{std::move(its_wanted)},
          number{its_number} {}

    void commit() {
      if (place.exists()) keep_mode();
      const char* from = partial.name.c_str();
      if (!wanted) {
        detail::checked([&] { return ::renameat(place.directory, from, place.directory, place.name.c_str()); });
      } else {
        while (!detail::rename_to_free(place.directory, from, place.name.c_str())) {
          path = detail::numbered(*wanted, ++number);
          place.name = path.name();
        }
      }
      partial.file = detail::Descriptor{};
    }
    /// Takes over the permissions of the file that is replaced.
    void keep_mode() {
      constexpr mode_t permissions = 0777;
      struct stat ours {};
      detail::checked([&] { return ::fstat(partial.file.get(), &ours); });
      const auto mode = place.status.st_mode & permissions;
      if (mode != (ours.st_mode & permissions)) detail::checked([&] { return ::fchmod(partial.file.get(), mode); });
    }

    Path path;
    detail::DirectoryEntry place;
    detail::Partial partial;
    std::optional<Path> wanted;  // of a unique name: where the numbers start
    unsigned number;
  };

  Workload load() const noexcept { return Workload{WorkKind::disk, client_}; }

  /// Writes from `at` on, which is moved to the end of what was written.
  awaitable<void> put(std::span<const std::byte> bytes, std::uint64_t& at) {
    constexpr unsigned slow_writes = 64;  // that many are done elsewhere once one was slow
    const auto slow = state_->options.slow_write;
    detail::FileWrite write;
    if (slow_ == 0) {
      write.run(target_->partial.file, bytes, at, slow);
    } else {
      --slow_;
      const auto written = detail::new_shared<detail::FileWrite>();
      auto put = [written, target = target_, copy = std::vector<std::byte>(bytes.begin(), bytes.end()), at, slow] {
        written->run(target->partial.file, copy, at, slow);
      };
      co_await blocking(std::move(put), load());
      write = *written;
    }
    at += write.count;
    if (write.was_slow) slow_ = slow_writes;
    if (write.error != 0) detail::fail_with(write.error);
  }

  std::shared_ptr<const detail::DirectoryState> state_;
  std::shared_ptr<Target> target_;
  std::uint64_t size_;
  ClientKey client_;
  unsigned slow_ = 0;  // writes that are still to be done elsewhere
};
using FileWriter = BasicFileWriter<>;  // a template, so that only what is called is compiled

}  // namespace ftplike


namespace ftplike::inline v0_2 {
namespace detail {

struct CloseStream {
  void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};
/// What reads the names of a directory.
using DirectoryStream = std::unique_ptr<DIR, CloseStream>;

inline DirectoryStream stream_of(Descriptor directory) {
  DirectoryStream stream{::fdopendir(directory.get())};
  if (!stream) fail_with(errno);
  directory.release();  // the stream closes it
  return stream;
}
/// The next name but "." and "..", which lives until the next call; null at the end.
inline const char* next_name(DIR* stream) {
  for (;;) {
    errno = 0;
    const dirent* found = ::readdir(stream);
    if (!found && errno != 0) fail_with(errno);
    if (!found) return nullptr;
    const std::string_view name = found->d_name;
    if (name != "." && name != "..") return found->d_name;
  }
}

/// Removes the partial files of a directory that holds nothing else.
inline void remove_partials(const DirectoryEntry& place) {
  const auto stream = stream_of(open_in(place, O_RDONLY | O_DIRECTORY));
  while (const char* name = next_name(stream.get())) {
    if (!is_partial_name(name)) fail(std::errc::directory_not_empty);
  }
  ::rewinddir(stream.get());
  while (const char* name = next_name(stream.get())) {
    if (is_partial_name(name)) remove_partial(::dirfd(stream.get()), name);
  }
}

/// Removes a partial file that has waited too long to be gone on with.
inline void remove_if_old(int directory, const std::string& name, std::chrono::seconds lifetime) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (is_older_than(lifetime, modified(status))) remove_partial(directory, name);
}

/// Removes what uploads to a directory have left there and nobody goes on with any more, a piece of work at a time.
template <class = void> awaitable<void> sweep(std::shared_ptr<const DirectoryState> state, Descriptor directory) {
  constexpr int names_at_a_time = 4096;
  const std::shared_ptr<DIR> stream = stream_of(std::move(directory));
  for (bool is_done = false; !is_done;) {
    auto look_on = [state, stream] {
      for (int i = 0; i < names_at_a_time; ++i) {
        const char* name = next_name(stream.get());
        if (!name) return true;
        if (is_partial_name(name)) remove_if_old(::dirfd(stream.get()), name, state->options.partial_lifetime);
      }
      return false;
    };
    const bool is_over = co_await blocking(std::move(look_on));
    is_done = is_over;
  }
}

/// A directory that is being read.
template <class = void> class BasicDirectoryReading {
 public:
  BasicDirectoryReading(std::shared_ptr<const DirectoryState> state, Path path, Descriptor directory)
      : state_{std::move(state)}, path_{std::move(path)}, stream_{stream_of(std::move(directory))} {}

  static constexpr std::size_t batch_size = 512;

  /// The next entries; none at the end.
  std::vector<Entry> read_batch() {
    std::vector<Entry> batch;
    if (!stream_) return batch;
    batch.reserve(batch_size);
    while (batch.size() < batch_size) {
      const char* name = next_name(stream_.get());
      if (!name) {
        stream_.reset();
        break;
      }
      if (auto entry = look(name)) batch.push_back(std::move(*entry));
    }
    return batch;
  }

 private:
  std::optional<Entry> look(std::string name) const {
    const int directory = ::dirfd(stream_.get());
    if (is_partial_name(name)) {
      remove_if_old(directory, name, state_->options.partial_lifetime);
      return std::nullopt;
    }
    struct stat status {};
    const bool is_known = ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_known && errno == ENOENT) return std::nullopt;
    if (!is_known) return Entry{std::move(name), Entry::Type::other, 0, {}};
    if (!S_ISLNK(status.st_mode)) return entry_of(std::move(name), status);
    try {
      const auto place = state_->root.find(path_.resolve(name), Follow::yes);
      if (place.exists()) return entry_of(std::move(name), place.status);
    } catch (const std::system_error&) {
      // It leads into nothing, or in circles.
    }
    auto target = link_text(directory, name);
    auto entry = entry_of(std::move(name), status);
    entry.target = std::move(target).value_or("");
    return entry;
  }

  std::shared_ptr<const DirectoryState> state_;
  Path path_;
  DirectoryStream stream_;
};
using DirectoryReading = BasicDirectoryReading<>;  // a template, so that only what is called is compiled

}  // namespace detail

/// A directory of a DirectoryStorage, some entries at a time. A link that stays inside shows as what it leads to, any
/// other as a link. What vanishes meanwhile is left out, and so are partial files; those past their time are removed.
template <class = void> class BasicDirectoryListing {
 public:
  using DirectoryListing = BasicDirectoryListing;  // as what derives from it calls it
  awaitable<std::vector<Entry>> next() {
    auto read = [reading = reading_] { return reading->read_batch(); };
    return blocking(std::move(read), Workload{WorkKind::disk, client_});
  }

 private:
  template <class> friend class BasicDirectoryStorage;

  BasicDirectoryListing(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::Descriptor directory,
                   ClientKey client = 0)
      : reading_{detail::new_shared<detail::DirectoryReading>(std::move(state), std::move(path), std::move(directory))},
        client_{client} {}

  std::shared_ptr<detail::DirectoryReading> reading_;  // shared with the read under way
  ClientKey client_;
};
using DirectoryListing = BasicDirectoryListing<>;  // a template, so that only what is called is compiled

}  // namespace ftplike

// ---- ftplike/storage/storage.hpp
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// ---- ftplike/io/sources_and_sinks.hpp
#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <ios>
#include <istream>
#include <optional>
#include <ostream>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unistd.h>
#include <utility>

// ---- ftplike/io/borrowed.hpp
#include <functional>
#include <memory>
#include <mutex>
#include <utility>


namespace ftplike::inline v0_2::detail {

/// What a job has borrowed of the coroutine that waits for it.
class Loan {
 public:
  /// On the worker: does what uses it, unless it was given back before.
  void use(const std::function<void()>& work) {
    const std::lock_guard lock{mutex_};
    if (!over_) work();
  }
  /// Gives it back, if it is not being used just now.
  bool try_to_end() {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock) return false;
    over_ = true;
    return true;
  }
  /// Gives it back, after waiting for whoever uses it.
  void end() {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }

 private:
  std::mutex mutex_;
  bool over_ = false;
};

/// As `blocking`, for work that touches what is its caller's: a stream, a buffer.
///
/// **Cancellation:** at once if the work has not begun; else when it has ended, since it cannot be left behind.
/// **Lifetime:** what it touches outlives the call. A coroutine that is destroyed waits for it, too.
template <class = void> awaitable<void> blocking_on_borrowed(std::function<void()> work, Workload load = {}) {
  class Giving {
   public:
    explicit Giving(Loan& loan) noexcept : loan_{loan} {}
    Giving(const Giving&) = delete;
    Giving& operator=(const Giving&) = delete;
    ~Giving() { loan_.end(); }

   private:
    Loan& loan_;
  };
  const Executor executor = co_await asio::this_coro::executor;
  const auto loan = std::make_shared<Loan>();
  const Giving giving{*loan};
  const auto stop = std::make_shared<asio::cancellation_signal>();
  const std::function<void()> cancel = [loan, stop] {
    if (loan->try_to_end()) stop->emit(asio::cancellation_type::terminal);
  };
  auto job = [loan, work = std::move(work)] { loan->use(work); };
  const auto done = std::make_shared<Settled<void>>();
  auto settled = settle(blocking(std::move(job), load), *done);
  co_await run_stoppable(executor, stop->slot(), cancel, std::move(settled));
  done->get();
}

}  // namespace ftplike::inline v0_2::detail


// What bytes may come from and go to, besides files:
//
//     ftplike::StreamSource log{stream};
//     co_await client.upload(log, "today.log");
//
//     memory of the caller's           BytesSource        BytesSink
//     a string of its own              TextSource         TextSink
//     std::istream, std::ostream       StreamSource       StreamSink
//     FILE*                            StdioSource        StdioSink
//     a descriptor                     DescriptorSource   DescriptorSink
//     a function                       GeneratorSource    CallbackSink
//
// Any other class will do that is a `ByteSource` or a `ByteSink` (io/bytes.hpp).
namespace ftplike::inline v0_2 {
namespace detail {

/// Where the source is to go on, which cannot be behind its end.
inline std::size_t checked_offset(std::uint64_t offset, std::size_t size) {
  if (offset > size) throw std::system_error(Errc::bad_restart);
  return static_cast<std::size_t>(offset);
}

}  // namespace detail

/// A source that gives the bytes of the caller's memory.
///
/// **Lifetime:** the bytes outlive it.
class BytesSource {
 public:
  explicit BytesSource(std::span<const std::byte> bytes, std::uint64_t offset = 0)
      : bytes_{bytes}, at_{detail::checked_offset(offset, bytes.size())} {}
  template <class = void> awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto part = bytes_.subspan(at_, std::min(room.size(), bytes_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  std::uint64_t size() const noexcept { return bytes_.size(); }
  void seek(std::uint64_t offset) { at_ = detail::checked_offset(offset, bytes_.size()); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
};

/// A source that gives a text of its own, from `offset` on.
///
/// **Errors:** `Errc::bad_restart` if the text ends before.
class TextSource {
 public:
  explicit TextSource(std::string text, std::uint64_t offset = 0)
      : text_{std::move(text)}, at_{detail::checked_offset(offset, text_.size())} {}
  template <class = void> awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto part = as_bytes(text_).subspan(at_, std::min(room.size(), text_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  /// Of the whole text, wherever it began.
  std::uint64_t size() const noexcept { return text_.size(); }
  void seek(std::uint64_t offset) { at_ = detail::checked_offset(offset, text_.size()); }

 private:
  std::string text_;
  std::size_t at_;
};

/// A source that gives what a function makes: one piece at each call, as text or bytes; an empty one is the end.
///
///     int n = 0;
///     ftplike::GeneratorSource lines{[&n] { return n < 100 ? std::to_string(n++) + '\n' : std::string{}; }};
///
/// It cannot seek. **Threads:** the function is called where the source is read, a client's on the executor of the
/// session. It must not block; what it throws ends the transfer.
template <class Make> class GeneratorSource {
 public:
  explicit GeneratorSource(Make make) : make_{std::move(make)} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (left_.empty()) {
      piece_ = make_();
      left_ = bytes_of(piece_);
    }
    const auto part = left_.first(std::min(room.size(), left_.size()));
    std::copy(part.begin(), part.end(), room.begin());
    left_ = left_.subspan(part.size());
    co_return part.size();
  }
  GeneratorSource(const GeneratorSource&) = delete;
  GeneratorSource& operator=(const GeneratorSource&) = delete;

 private:
  using Piece = std::invoke_result_t<Make&>;
  static std::span<const std::byte> bytes_of(const Piece& piece) {
    if constexpr (std::convertible_to<const Piece&, std::string_view>) {
      return as_bytes(piece);
    } else {
      return std::as_bytes(std::span{piece});
    }
  }
  Make make_;
  Piece piece_{};
  std::span<const std::byte> left_;  // of the piece
};

/// A sink that fills the caller's memory; what does not fit is `std::errc::file_too_large`.
///
/// **Lifetime:** the room outlives it.
class BytesSink {
 public:
  explicit BytesSink(std::span<std::byte> room) noexcept : room_{room} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    if (bytes.size() > room_.size() - size_) throw std::system_error(std::make_error_code(std::errc::file_too_large));
    std::copy(bytes.begin(), bytes.end(), room_.subspan(size_).begin());
    size_ += bytes.size();
    co_return;
  }
  template <class = void> awaitable<void> finish() { co_return; }
  /// What has come.
  std::span<std::byte> bytes() const noexcept { return room_.first(size_); }

 private:
  std::span<std::byte> room_;
  std::size_t size_ = 0;
};

/// A sink that keeps what it is given as a text; beyond `limit` bytes it throws `std::errc::file_too_large`.
class TextSink {
 public:
  explicit TextSink(std::size_t limit = std::string{}.max_size()) : limit_{limit} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    if (bytes.size() > limit_ - text_.size()) throw std::system_error(std::make_error_code(std::errc::file_too_large));
    text_.append(as_text(bytes));
    co_return;
  }
  template <class = void> awaitable<void> finish() { co_return; }
  const std::string& text() const& noexcept { return text_; }
  std::string text() && noexcept { return std::move(text_); }

 private:
  std::size_t limit_;
  std::string text_;
};

/// A sink that calls a function with each piece: `CallbackSink sink{[](std::span<const std::byte> piece) { … }};`.
///
/// **Threads:** where the sink is written to, a client's on the executor of the session. It must not block; what it
/// throws ends the transfer.
template <std::invocable<std::span<const std::byte>> Take> class CallbackSink {
 public:
  explicit CallbackSink(Take take) : take_{std::move(take)} {}
  awaitable<void> write(std::span<const std::byte> bytes) {
    take_(bytes);
    co_return;
  }
  awaitable<void> finish() { co_return; }

 private:
  Take take_;
};

namespace detail {

/// Reads something of the caller's that may block, by a worker. `Handle` has `tell()`, `end()`, `seek(position)` and
/// `read(room)`, which is 0 at the end.
template <class Handle> class BorrowedSource {
 public:
  std::optional<std::uint64_t> size() const noexcept { return size_; }
  void seek(std::uint64_t offset) {
    if (!size_) throw std::system_error(std::make_error_code(std::errc::invalid_seek));
    if (offset > *size_) throw std::system_error(Errc::bad_restart);
    position_ = offset;
  }
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    // A device may say that it has no bytes and have some.
    const bool bounded = size_ && *size_ > 0;
    if (bounded) room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), *size_ - position_)));
    if (room.empty()) co_return 0;
    std::size_t n = 0;
    const std::function<void()> read = [this, room, &n] {
      if (position_ != stands_at_) handle_.seek(begin_ + position_);
      n = handle_.read(room);
    };
    co_await blocking_on_borrowed(read);
    if (n == 0 && bounded) fail_with(EIO);  // it was cut meanwhile
    position_ += n;
    stands_at_ = position_;
    co_return n;
  }

 protected:
  explicit BorrowedSource(Handle handle) : handle_{std::move(handle)} {
    const std::optional<std::uint64_t> begin = handle_.tell();
    const std::optional<std::uint64_t> end = begin ? handle_.end() : std::nullopt;
    if (!end) return;
    handle_.seek(*begin);
    begin_ = *begin;
    size_ = *end - std::min(*begin, *end);
  }

 private:
  Handle handle_;
  std::uint64_t begin_ = 0;
  std::optional<std::uint64_t> size_;  // none if it cannot seek
  std::uint64_t position_ = 0, stands_at_ = 0;
};

/// Writes to something of the caller's that may block, by a worker. `Handle` has `write(bytes)` and `flush()`.
template <class Handle> class BorrowedSink {
 public:
  awaitable<void> write(std::span<const std::byte> bytes) {
    const std::function<void()> write = [this, bytes] { handle_.write(bytes); };
    co_await blocking_on_borrowed(write);
  }
  awaitable<void> finish() {
    const std::function<void()> flush = [this] { handle_.flush(); };
    co_await blocking_on_borrowed(flush);
  }

 protected:
  explicit BorrowedSink(Handle handle) : handle_{std::move(handle)} {}

 private:
  Handle handle_;
};

class InputStream {
 public:
  explicit InputStream(std::istream& stream) : stream_{&stream} { check(stream); }
  std::optional<std::uint64_t> tell() { return moved(0, std::ios_base::cur); }
  std::optional<std::uint64_t> end() { return moved(0, std::ios_base::end); }
  void seek(std::uint64_t position) {
    stream_->clear();
    if (!moved(static_cast<std::streamoff>(position), std::ios_base::beg)) fail_with(EIO);
  }
  std::size_t read(std::span<std::byte> room) {
    stream_->read(reinterpret_cast<char*>(room.data()), static_cast<std::streamsize>(room.size()));
    if (stream_->bad()) fail_with(EIO);
    return static_cast<std::size_t>(stream_->gcount());
  }
  /// Most often it was never opened.
  static void check(const std::ios& stream) {
    if (stream.fail()) throw std::system_error(std::make_error_code(std::errc::bad_file_descriptor), "stream");
  }

 private:
  std::optional<std::uint64_t> moved(std::streamoff by, std::ios_base::seekdir from) {
    const std::streamoff at = stream_->rdbuf()->pubseekoff(by, from, std::ios_base::in);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  std::istream* stream_;
};

class OutputStream {
 public:
  explicit OutputStream(std::ostream& stream) : stream_{&stream} { InputStream::check(stream); }
  void write(std::span<const std::byte> bytes) {
    stream_->write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!*stream_) fail_with(EIO);
  }
  void flush() {
    stream_->flush();
    if (!*stream_) fail_with(EIO);
  }

 private:
  std::ostream* stream_;
};

class StdioFile {
 public:
  explicit StdioFile(std::FILE* file) : file_{file} {
    if (!file) fail_with(EBADF);
  }
  std::optional<std::uint64_t> tell() { return moved(0, SEEK_CUR); }
  std::optional<std::uint64_t> end() { return moved(0, SEEK_END); }
  void seek(std::uint64_t position) {
    if (!moved(static_cast<off_t>(position), SEEK_SET)) fail_with(errno);
  }
  std::size_t read(std::span<std::byte> room) {
    const std::size_t n = std::fread(room.data(), 1, room.size(), file_);
    if (n == 0 && std::ferror(file_)) fail_with(errno);
    return n;
  }
  void write(std::span<const std::byte> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail_with(errno);
  }
  void flush() {
    if (std::fflush(file_) != 0) fail_with(errno);
  }

 private:
  std::optional<std::uint64_t> moved(off_t by, int from) {
    if (::fseeko(file_, by, from) != 0) return std::nullopt;
    const off_t at = ::ftello(file_);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  std::FILE* file_;
};

class OpenDescriptor {
 public:
  explicit OpenDescriptor(int descriptor) : descriptor_{descriptor} {
    if (descriptor < 0) fail_with(EBADF);
  }
  std::optional<std::uint64_t> tell() { return moved(0, SEEK_CUR); }
  std::optional<std::uint64_t> end() { return moved(0, SEEK_END); }
  void seek(std::uint64_t position) {
    if (!moved(static_cast<off_t>(position), SEEK_SET)) fail_with(errno);
  }
  std::size_t read(std::span<std::byte> room) {
    return waiting(POLLIN, [&] { return ::read(descriptor_, room.data(), room.size()); });
  }
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      bytes = bytes.subspan(waiting(POLLOUT, [&] { return ::write(descriptor_, bytes.data(), bytes.size()); }));
    }
  }
  void flush() {}

 private:
  /// Also one that does not block is waited for, here where that harms nobody.
  template <class Call> std::size_t waiting(short event, Call call) {
    for (;;) {
      const ssize_t n = call();
      if (n >= 0) return static_cast<std::size_t>(n);
      const bool would_block = errno == EAGAIN || errno == EWOULDBLOCK;
      if (!would_block && errno != EINTR) fail_with(errno);
      pollfd ready{descriptor_, event, 0};
      if (would_block) (void)::poll(&ready, 1, -1);
    }
  }
  std::optional<std::uint64_t> moved(off_t by, int from) {
    const off_t at = ::lseek(descriptor_, by, from);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  int descriptor_;
};

}  // namespace detail

/// A source that gives what a stream has from where it stands now, up to the end that it has now. It can seek where the
/// stream can.
///
/// **Errors:** `std::errc::bad_file_descriptor` if the stream has failed already, as one does that was not opened.
/// **Threads:** it is read by a worker. **Cancellation:** waits for a read that has begun.
/// **Lifetime:** the stream outlives the calls that use the source, and nobody else touches it during them.
class StreamSource : public detail::BorrowedSource<detail::InputStream> {
 public:
  explicit StreamSource(std::istream& stream) : BorrowedSource{detail::InputStream{stream}} {}
};
/// The same of a `FILE*`, which it does not close.
class StdioSource : public detail::BorrowedSource<detail::StdioFile> {
 public:
  explicit StdioSource(std::FILE* file) : BorrowedSource{detail::StdioFile{file}} {}
};
/// The same of a descriptor: a file, a pipe, a terminal. It does not close it.
class DescriptorSource : public detail::BorrowedSource<detail::OpenDescriptor> {
 public:
  explicit DescriptorSource(int descriptor) : BorrowedSource{detail::OpenDescriptor{descriptor}} {}
};

/// A sink that writes to a stream, and flushes it when all is well.
///
/// **Errors:** `std::errc::bad_file_descriptor` if the stream has failed already; `io_error` if it fails.
/// **Threads:** it is written to by a worker. **Cancellation:** waits for a write that has begun.
/// **Lifetime:** the stream outlives the calls that use the sink, and nobody else touches it during them.
class StreamSink : public detail::BorrowedSink<detail::OutputStream> {
 public:
  explicit StreamSink(std::ostream& stream) : BorrowedSink{detail::OutputStream{stream}} {}
};
/// The same of a `FILE*`, which it does not close.
class StdioSink : public detail::BorrowedSink<detail::StdioFile> {
 public:
  explicit StdioSink(std::FILE* file) : BorrowedSink{detail::StdioFile{file}} {}
};
/// The same of a descriptor. It does not close it.
class DescriptorSink : public detail::BorrowedSink<detail::OpenDescriptor> {
 public:
  explicit DescriptorSink(int descriptor) : BorrowedSink{detail::OpenDescriptor{descriptor}} {}
};

static_assert(SeekableByteSource<BytesSource> && SeekableByteSource<TextSource> && SeekableByteSource<StreamSource> &&
              SeekableByteSource<StdioSource> && SeekableByteSource<DescriptorSource>);
static_assert(ByteSink<BytesSink> && ByteSink<TextSink> && ByteSink<StreamSink> && ByteSink<StdioSink> &&
              ByteSink<DescriptorSink>);

}  // namespace ftplike::inline v0_2


namespace ftplike::inline v0_2 {

/// Files that can be read. Errors are `std::system_error` with `std::errc` values (or `Errc::bad_name`, `bad_restart`);
/// a storage knows nothing of replies. Used by many sessions, and by several threads where the transport has them. A
/// call that takes longer than `Limits::operation` without progress (`TellsProgress`) is cancelled.
///
/// What is thrown becomes a reply in one place, `reply_for` (protocol/error.hpp):
///
/// - 550: `no_such_file_or_directory`; `permission_denied`, `operation_not_permitted`, `read_only_file_system`,
///   `cross_device_link`, `too_many_symbolic_link_levels`; `not_a_directory`, `is_a_directory`, `directory_not_empty`,
///   `file_exists`; `Errc::refused_by_rule`
/// - 553: `filename_too_long`, `invalid_argument`, `Errc::bad_name`
/// - 552: `no_space_on_device`, `file_too_large`, EDQUOT, `Errc::quota_exceeded`, `Errc::too_large`
/// - 554: `Errc::bad_restart`
/// - 450: `Errc::busy`
/// - 451: anything else, also what is no `std::system_error`
///
/// The functions:
///
/// - `stat(path)`: the entry of a file or directory, links followed as far as they stay inside. A file that is made up
/// while it is read has no size there.
/// - `list(path)`: a directory's entries, unordered, some at a time: `next()` gives none at the end. Without "." and "..".
/// - `open(path, offset)`: a regular file, to be read from `offset`, which is at most its size (`Errc::bad_restart`).
/// A reader may have `size()`, the bytes of the whole file as a number or an optional one: the client is told.
/// - `label()`: the directory as the operator named it, for people.
template <class S>
concept ReadableStorage =
    ByteSource<typename S::Reader> && requires(S& files, typename S::Listing& listing, const Path& path, std::uint64_t offset) {
      { files.stat(path) } -> std::same_as<awaitable<Entry>>;
      { files.list(path) } -> std::same_as<awaitable<typename S::Listing>>;
      { listing.next() } -> std::same_as<awaitable<std::vector<Entry>>>;
      { files.open(path, offset) } -> std::same_as<awaitable<typename S::Reader>>;
      { files.label() } -> std::convertible_to<std::string>;
    };

// What a storage may do besides, function by function: each that it has brings the commands that need it, and HELP and
// FEAT tell of those alone. A function of these names that is not as its concept wants it does not compile in a server;
// one whose name is misspelt is found by `static_assert(RenamesFiles<MyStorage>)`. A class derived from a storage takes
// an ability away by `= delete`.

/// Files that can also be written: the server has STOR. A name shows the old whole file or the new whole file, never a
/// mix: a `Writer` collects the bytes aside, `finish()` puts them under the name, and a Writer that ends without keeps
/// them as the name's *partial file*, to be gone on with, where the storage can do that. `discard()` throws them away.
///
/// - `create(path, offset)`: offset 0 begins anew. Another one, of REST, goes on with the partial file (cut to
/// `offset`), or, if there is none, with the first `offset` bytes of the whole file; `Errc::bad_restart` if there are
/// fewer, or if the storage can only begin anew. While somebody writes that partial file, offset 0 gives a file apart,
/// which is not kept, and another one `Errc::busy`.
/// - `Writer::path()`: the name that it will have. `Writer::size()`: the bytes that are there by now, those before it
/// began included.
template <class S>
concept WritableStorage = ReadableStorage<S> && requires(S& files, const Path& path, std::uint64_t offset) {
  { files.create(path, offset) } -> std::same_as<awaitable<typename S::Writer>>;
} && ByteSink<typename S::Writer> && requires(typename S::Writer& writer) {
  { writer.path() } -> std::convertible_to<Path>;
  { writer.size() } -> std::same_as<std::uint64_t>;
  { writer.discard() } -> std::same_as<void>;
};

/// `append(path)` goes on at the end of the whole file, or of the partial file where there is no whole one, or begins
/// anew: the server has APPE, and COMB where it `RemovesFiles`.
template <class S>
concept AppendsToFiles = WritableStorage<S> && requires(S& files, const Path& path) {
  { files.append(path) } -> std::same_as<awaitable<typename S::Writer>>;
};

/// `create_unique(path)` begins a file under a name that nobody has, made from this one; `Writer::path()` tells it: the
/// server has STOU.
template <class S>
concept MakesUniqueNames = WritableStorage<S> && requires(S& files, const Path& path) {
  { files.create_unique(path) } -> std::same_as<awaitable<typename S::Writer>>;
};

/// `partial_size(path)` gives the bytes of the partial file of a name, or throws `no_such_file_or_directory`: SIZE tells
/// them, and clients know where to go on.
template <class S>
concept KeepsPartialFiles = requires(S& files, const Path& path) {
  { files.partial_size(path) } -> std::same_as<awaitable<std::uint64_t>>;
};

/// `make_directory(path)`: the server has MKD. Throws `file_exists` where there is anything of that name.
template <class S>
concept MakesDirectories = requires(S& files, const Path& path) {
  { files.make_directory(path) } -> std::same_as<awaitable<void>>;
};

/// `remove(path)` removes a file with its partial file, or that alone; never a directory: the server has DELE.
template <class S>
concept RemovesFiles = requires(S& files, const Path& path) {
  { files.remove(path) } -> std::same_as<awaitable<void>>;
};

/// `remove_directory(path)` removes an empty directory: the server has RMD.
template <class S>
concept RemovesDirectories = requires(S& files, const Path& path) {
  { files.remove_directory(path) } -> std::same_as<awaitable<void>>;
};

/// `rename(from, to)` renames or moves a file or directory, and replaces a file: the server has RNFR and RNTO.
template <class S>
concept RenamesFiles = requires(S& files, const Path& from, const Path& to) {
  { files.rename(from, to) } -> std::same_as<awaitable<void>>;
};

/// `set_modified(path, time)` sets when a file was modified: the server has MFMT, MFF and SITE UTIME.
template <class S>
concept SetsTimes = requires(S& files, const Path& path, Timestamp time) {
  { files.set_modified(path, time) } -> std::same_as<awaitable<void>>;
};

/// `set_mode(path, mode)` sets permission bits: the server has SITE CHMOD, and UNIX.mode of MFF.
template <class S>
concept KeepsModes = requires(S& files, const Path& path) {
  { files.set_mode(path, 0U) } -> std::same_as<awaitable<void>>;
};

/// `available(path)` gives the bytes that are free there: the server has AVBL, and an answer to ALLO.
template <class S>
concept TellsFreeSpace = requires(S& files, const Path& path) {
  { files.available(path) } -> std::same_as<awaitable<std::uint64_t>>;
};

/// All of the above: what a folder of a disk can do.
template <class S>
concept CompleteStorage =
    AppendsToFiles<S> && MakesUniqueNames<S> && KeepsPartialFiles<S> && MakesDirectories<S> && RemovesFiles<S> &&
    RemovesDirectories<S> && RenamesFiles<S> && SetsTimes<S> && KeepsModes<S> && TellsFreeSpace<S>;

/// `for_client(client)` gives the same files as a storage of the same type, whose work in worker pools is done in turn
/// with that for other clients.
template <class S>
concept ServesClientsInTurn = requires(const S& files, ClientKey client) {
  { files.for_client(client) } -> std::same_as<S>;
};

/// `for_client(client, progress)` gives the same, and what takes long there calls `progress` after each piece, on its
/// caller's executor: `Limits::operation` is counted anew then.
template <class S>
concept TellsProgress = requires(const S& files, ClientKey client, std::function<void()> progress) {
  { files.for_client(client, progress) } -> std::same_as<S>;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// The files beneath a folder. No name, no link and no race leads out of it: links are taken as if the folder were the
/// root of the system.
///
/// An interrupted upload leaves a hidden partial file beside its name, for seven days (`DirectoryOptions`): an older
/// one is removed when the folder is listed, or within an hour of uploads to it, where blocking harms nobody. A second
/// upload to a name that one is under way to takes a file of its own, which is not kept; whoever finishes last stays.
/// Going on with a partial file that somebody is at throws `Errc::busy`.
///
/// **Threads:** any, at once. **Lifetime:** readers and writers may outlive it.
template <class = void> class BasicDirectoryStorage {
 public:
  using DirectoryStorage = BasicDirectoryStorage;  // as what derives from it calls it
  using Reader = FileReader;
  using Writer = FileWriter;
  using Listing = DirectoryListing;

  /// **Errors:** `std::system_error` that names the folder, if it is not there or is not a directory.
  explicit BasicDirectoryStorage(std::string folder, const DirectoryOptions& options = {})
      : state_{detail::new_shared<const detail::DirectoryState>(std::move(folder), options)} {}

  const std::string& label() const noexcept { return state_->label; }
  /// The same files, of which what may block is done for that client: in turn with that for others. Where the bytes of
  /// a file are copied before more come behind them, `progress` is called after each piece.
  BasicDirectoryStorage for_client(ClientKey client, std::function<void()> progress = {}) const {
    BasicDirectoryStorage same{*this};
    same.client_ = client;
    same.progress_ = std::move(progress);
    return same;
  }

  awaitable<Entry> stat(Path path) {
    const auto place = co_await find(path, detail::Follow::yes);
    if (!place.exists()) detail::fail(std::errc::no_such_file_or_directory);
    co_return detail::entry_of(std::string{path.name()}, place.status);
  }
  awaitable<Listing> list(Path path) {
    auto directory = co_await open_beneath(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    co_return Listing{state_, std::move(path), std::move(directory), client_};
  }
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    auto file = co_await open_beneath(path, O_RDONLY | detail::quietly);
    co_return Reader{std::string{path.name()}, std::move(file), offset, client_};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) {
    auto place = co_await find_target(path);
    auto partial = offset == 0 ? take_anew(place) : take_to_resume(place);
    if (!partial) {
      if (!place.exists() || place.size() < offset) detail::fail(Errc::bad_restart);
      auto writer = co_await begin_with_copy(std::move(path), std::move(place), offset);
      co_return writer;
    }
    if (partial->size < offset) detail::fail(Errc::bad_restart);
    const bool goes_beyond = partial->size > offset;
    Writer writer{state_, std::move(path), std::move(place), std::move(*partial), offset, client_};
    if (goes_beyond) co_await writer.cut();
    co_return writer;
  }
  awaitable<Writer> append(Path path) {
    auto place = co_await find_target(path);
    if (place.exists()) {
      const auto size = place.size();
      auto writer = co_await begin_with_copy(std::move(path), std::move(place), size);
      co_return writer;
    }
    auto partial = take_to_resume(place);
    if (!partial) partial = take_anew(place);
    const auto size = partial->size;
    co_return Writer{state_, std::move(path), std::move(place), std::move(*partial), size, client_};
  }
  /// A file that is written with `write_at`, whatever else is under way to its name, and that nobody goes on with. Of
  /// several, the one that is finished last stays.
  awaitable<Writer> create_aside(Path path) {
    auto place = co_await find_target(path);
    auto temporary = detail::make_temporary(place.directory);
    co_return Writer{state_, std::move(path), std::move(place), std::move(temporary), 0, client_};
  }
  /// The name itself, or name.1, name.2, …: the first that is free, as a whole file and as a partial one.
  awaitable<Writer> create_unique(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
    if (is_due(path)) co_await begin_to_sweep(place);
    for (unsigned number = 0;; ++number) {
      Path choice = detail::numbered(path, number);
      place.name = choice.name();
      place.look();
      if (place.exists()) continue;
      auto attempt = detail::make_partial(place.directory, detail::partial_name(place.name));
      if (attempt.outcome == Outcome::busy) continue;
      co_return Writer{state_, std::move(choice), std::move(place), std::move(attempt.partial), 0, client_,
                       std::move(path), number};
    }
  }
  awaitable<std::uint64_t> partial_size(Path path) {
    const Entry partial = co_await stat_partial(std::move(path));
    co_return partial.size.value_or(0);
  }
  /// How much there is of a name's partial file, and since when.
  awaitable<Entry> stat_partial(Path path) {
    auto place = co_await find(path, detail::Follow::yes);
    place.name = detail::partial_name(place.name);
    place.look();
    if (place.status.st_size == 0 ||
        detail::is_older_than(state_->options.partial_lifetime, detail::modified(place.status))) {
      detail::fail(std::errc::no_such_file_or_directory);
    }
    co_return detail::entry_of(std::string{path.name()}, place.status);
  }

  awaitable<void> make_directory(Path path) {
    const auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::file_exists);
    detail::checked([&] { return ::mkdirat(place.directory, place.name.c_str(), 0777); });
  }
  /// Removes a file and its partial file; where there is only a partial file, that one. Of a link, the link.
  awaitable<void> remove(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (place.is_directory()) detail::fail(std::errc::is_a_directory);
    const bool is_large = place.size() > detail::large_file;
    auto remove = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      if (place->exists()) detail::checked([&] { return ::unlinkat(place->directory, place->name.c_str(), 0); });
      const bool was_partial = detail::remove_partial(place->directory, detail::partial_name(place->name));
      if (!place->exists() && !was_partial) detail::fail(std::errc::no_such_file_or_directory);
    };
    if (is_large) {
      co_await blocking(std::move(remove), load());
    } else {
      remove();
    }
  }
  /// Removes an empty directory. Partial files that nobody is at do not count: who sees none cannot remove them.
  awaitable<void> remove_directory(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::operation_not_permitted);
    if (::unlinkat(place.directory, place.name.c_str(), AT_REMOVEDIR) == 0) co_return;
    if (errno != ENOTEMPTY && errno != EEXIST) detail::fail_with(errno);
    auto remove = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      detail::remove_partials(*place);
      detail::checked([&] { return ::unlinkat(place->directory, place->name.c_str(), AT_REMOVEDIR); });
    };
    co_await blocking(std::move(remove), load());
  }
  awaitable<void> rename(Path from, Path to) {
    auto source = co_await find(from, detail::Follow::no);
    auto target = co_await find(to, detail::Follow::no);
    if (from.is_root() || to.is_root()) detail::fail(std::errc::operation_not_permitted);
    const bool is_large = target.size() > detail::large_file;
    auto rename = [state = state_, source = detail::new_shared<const detail::DirectoryEntry>(std::move(source)),
                   target = detail::new_shared<const detail::DirectoryEntry>(std::move(target))] {
      detail::checked([&] {
        return ::renameat(source->directory, source->name.c_str(), target->directory, target->name.c_str());
      });
    };
    if (is_large) {
      co_await blocking(std::move(rename), load());
    } else {
      rename();
    }
  }
  awaitable<void> set_modified(Path path, Timestamp time) {
    const auto place = co_await find(path, detail::Follow::yes);
    timespec times[2]{{}, detail::timespec_of(time)};
    times[0].tv_nsec = UTIME_OMIT;
    detail::checked([&] { return ::utimensat(place.directory, place.name.c_str(), times, AT_SYMLINK_NOFOLLOW); });
  }
  /// Sets the permission bits; the bits above them (setuid and the like) cannot be set.
  awaitable<void> set_mode(Path path, unsigned mode) {
    const auto place = co_await find(path, detail::Follow::yes);
    detail::checked([&] { return ::fchmodat(place.directory, place.name.c_str(), mode & 0777, AT_SYMLINK_NOFOLLOW); });
  }
  /// The bytes that the file system of a file or directory still has for this user.
  awaitable<std::uint64_t> available(Path path) {
    auto place = co_await find(path, detail::Follow::yes);
    if (!place.exists()) detail::fail(std::errc::no_such_file_or_directory);
    auto ask = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      detail::Descriptor inside;
      if (place->is_directory()) inside = detail::open_in(*place, detail::directory_only);
      struct statvfs disk {};
      detail::checked([&] { return ::fstatvfs(inside ? inside.get() : place->directory, &disk); });
      return std::uint64_t{disk.f_bavail} * disk.f_frsize;
    };
    const std::uint64_t bytes = co_await blocking(std::move(ask), load());
    co_return bytes;
  }

 private:
  using Outcome = detail::Attempt::Outcome;

  awaitable<detail::Descriptor> open_beneath(const Path& path, int flags) const {
    auto file = state_->root.open_if_cached(path, flags);
    if (file) co_return file;
    auto open = [state = state_, path, flags] { return state->root.open(path, flags); };
    auto opened = co_await blocking(std::move(open), load());
    co_return opened;
  }
  awaitable<detail::DirectoryEntry> find(const Path& path, detail::Follow follow) const {
    const Path above = path.parent();
    if (above.is_root()) co_return state_->root.find(path, follow, detail::Descriptor{});
    auto parent = co_await open_beneath(above, detail::directory_only);
    co_return state_->root.find(path, follow, std::move(parent));
  }
  /// Where an upload is to go: nowhere but to the place of a regular file.
  awaitable<detail::DirectoryEntry> find_target(const Path& path) const {
    auto place = co_await find(path, detail::Follow::yes);
    if (place.is_directory()) detail::fail(std::errc::is_a_directory);
    if (place.exists() && !S_ISREG(place.status.st_mode)) detail::fail(std::errc::operation_not_permitted);
    if (is_due(path)) co_await begin_to_sweep(place);
    co_return place;
  }
  /// Whether the folder of an upload is to be swept, as it is once in a while.
  bool is_due(const Path& path) const {
    return state_->swept.is_due(path.parent().string(), state_->options.sweep_interval);
  }
  /// Has it swept, and does not wait for that.
  awaitable<void> begin_to_sweep(const detail::DirectoryEntry& place) const {
    detail::Descriptor folder{::openat(place.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder) co_return;  // uploads may go to where nobody may look
    const Executor here = co_await asio::this_coro::executor;
    start_on(here, detail::sweep(state_, std::move(folder)));
  }
  static std::optional<detail::Partial> take_anew(const detail::DirectoryEntry& place) {
    const std::string name = detail::partial_name(place.name);
    auto made = detail::make_partial(place.directory, name);
    if (made.outcome == Outcome::taken) return std::move(made.partial);
    auto found = detail::take_partial(place.directory, name);
    if (found.outcome == Outcome::taken) return std::move(found.partial);
    return detail::make_temporary(place.directory);
  }
  std::optional<detail::Partial> take_to_resume(const detail::DirectoryEntry& place) const {
    auto attempt = detail::take_partial(place.directory, detail::partial_name(place.name));
    if (attempt.outcome == Outcome::busy) detail::fail(Errc::busy);
    if (attempt.outcome != Outcome::taken || attempt.partial.size == 0) return std::nullopt;
    if (!detail::is_older_than(state_->options.partial_lifetime, attempt.partial.written))
      return std::move(attempt.partial);
    ::unlinkat(place.directory, attempt.partial.name.c_str(), 0);
    return std::nullopt;
  }
  awaitable<Writer> begin_with_copy(Path path, detail::DirectoryEntry place, std::uint64_t count) const {
    auto whole = detail::open_in(place, O_RDONLY | detail::quietly);
    auto partial = take_anew(place);
    Writer writer{state_, std::move(path), std::move(place), std::move(*partial), 0, client_};
    co_await writer.begin_with(std::move(whole), count, progress_);
    co_return writer;
  }
  Workload load() const noexcept { return Workload{WorkKind::disk, client_}; }

  std::shared_ptr<const detail::DirectoryState> state_;
  ClientKey client_ = 0;
  std::function<void()> progress_;
};
using DirectoryStorage = BasicDirectoryStorage<>;  // a template, so that only what is called is compiled

static_assert(CompleteStorage<DirectoryStorage>);
static_assert(ServesClientsInTurn<DirectoryStorage> && TellsProgress<DirectoryStorage>);
static_assert(detail::FileSource<FileReader>);

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// Throws what the local end failed with, as a client's error that names the file.
[[noreturn]] inline void fail_locally(const std::system_error& failure, std::string_view verb,
                                      const std::string& local) {
  throw ClientError{failure.code(), std::string{verb}, Channel::local, 0, local + ": " + failure.code().message()};
}

/// The last component of a path of a server, which has to be one: what it names is written in a folder of ours.
inline std::string remote_name(std::string_view remote) {
  while (remote.ends_with('/')) remote.remove_suffix(1);
  const auto name = remote.substr(remote.rfind('/') + 1);
  if (!is_component(name)) {
    throw ClientError{Errc::refused_by_rule, "RETR", Channel::local, 0,
                      "not a name for a file: " + std::string{remote}};
  }
  return std::string{name};
}

/// A file of ours that is to be written: a folder, and a path in it that does not lead out of it.
template <class = void> class BasicLocalTarget {
 public:
  /// `local` is a file, or a folder in which the file is to have its name on the server.
  ///
  /// **Errors:** `Errc::refused_by_rule` if it has none there; of the folder, as `DirectoryStorage`.
  BasicLocalTarget(const std::string& local, std::string_view remote) : BasicLocalTarget{resolved(local, remote)} {}
  BasicLocalTarget(DirectoryStorage its_folder, Path its_path) : folder{std::move(its_folder)}, path{std::move(its_path)} {}
  /// As people are told of it.
  std::string name() const { return (std::filesystem::path{folder.label()} / path.string().substr(1)).string(); }

  DirectoryStorage folder;
  Path path;

 private:
  explicit BasicLocalTarget(const std::filesystem::path& file)
      : folder{file.has_parent_path() ? file.parent_path().string() : "."}, path{file.filename().string()} {
    if (!is_component(file.filename().string())) fail(std::errc::is_a_directory);
  }
  static std::filesystem::path resolved(const std::string& local, std::string_view remote) {
    std::error_code ignored;
    std::filesystem::path file = local.empty() ? "." : local;
    if (std::filesystem::is_directory(file, ignored)) return file / remote_name(remote);
    // A link that the user chose is followed, not replaced.
    return std::filesystem::is_symlink(file, ignored) ? std::filesystem::canonical(file) : file;
  }
};
using LocalTarget = BasicLocalTarget<>;  // a template, so that only what is called is compiled

/// Where a file of the server is to go.
///
/// **Errors:** `ClientError`.
inline LocalTarget local_target(const std::string& local, std::string_view remote) {
  try {
    return LocalTarget{local, remote};
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, "RETR", local);
  }
}

}  // namespace ftplike::detail


// Files and other sources from and to a server, from the beginning or from where they were left.
namespace ftplike::inline v0_2::detail {

/// What there is of a file on one of the two sides.
class LocalCopy {
 public:
  std::uint64_t size = 0;
  Timestamp modified{};   // the epoch if it is not known
  bool is_whole = false;  // it stands under its name
};

/// What there is of a file of ours: what was interrupted, or else the file itself.
template <class = void> awaitable<LocalCopy> local_copy_of(DirectoryStorage folder, Path path) {
  LocalCopy copy;
  Settled<Entry> partial, whole;
  co_await settle(folder.stat_partial(path), partial);
  if (partial.failed()) co_await settle(folder.stat(path), whole);
  copy.is_whole = partial.failed();
  const bool nothing = partial.failed() && whole.failed();
  if (nothing) co_return copy;
  const Entry there = copy.is_whole ? whole.get() : partial.get();
  if (!there.is_file()) co_return copy;
  copy.size = there.size.value_or(0);
  copy.modified = there.modified;
  co_return copy;
}

/// When a file of the server was modified, if it can and will say.
template <class Core> awaitable<std::optional<Timestamp>> time_of(Core& core, std::string remote) {
  if (core.dialect == Dialect::ftplike || !core.features.may_have("MDTM")) co_return std::nullopt;
  co_return co_await if_told(core, ask_modified(core, std::move(remote)));
}

/// Whether what was left is of the same file, and not of one that has been replaced since.
inline bool is_current(Timestamp left, std::optional<Timestamp> source) {
  constexpr std::chrono::seconds tolerance{2};
  return !source || left == Timestamp{} || *source <= left + tolerance;
}

/// Fetches a file into a file of ours: aside, and under its name once it is whole.
template <class Core>
awaitable<TransferResult> fetch_file(Core& core, std::string remote, LocalTarget target, TransferOptions options) {
  auto size = options.size;
  if (!size) {
    const auto told = co_await length_for(core, remote, options);
    size = told;
  }
  std::optional<Timestamp> modified = options.modified;
  std::uint64_t offset = 0;
  if (options.resume && !options.ascii) {
    const LocalCopy left = co_await local_copy_of(target.folder, target.path);
    if (left.size > 0 && !modified) {
      const auto told = co_await time_of(core, remote);
      modified = told;
    }
    if (is_current(left.modified, modified) && (!size || left.size <= *size)) offset = left.size;
    if (left.is_whole && size && offset == *size) {
      TransferResult nothing;
      nothing.offset = offset;
      nothing.name = target.name();
      co_return nothing;
    }
  }
  for (;; offset = 0) {
    std::optional<DirectoryStorage::Writer> writer;
    std::optional<TransferResult> result;
    try {
      DirectoryStorage::Writer created = co_await target.folder.create(target.path, offset);
      writer.emplace(std::move(created));
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
    try {
      TransferResult fetched = co_await fetch(core, remote, AnySink{*writer}, offset, size, options);
      result = std::move(fetched);
    } catch (const ClientError& failure) {
      if (offset == 0 || failure.verb() != "REST") throw;
    }
    if (!result) continue;  // the server cannot begin in the middle
    try {
      co_await writer->finish();
    } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
    if (options.keep_time && !modified) {
      const auto told = co_await time_of(core, remote);
      modified = told;
    }
    if (options.keep_time && modified) co_await target.folder.set_modified(target.path, *modified);
    result->name = target.name();
    co_return *std::move(result);
  }
}

/// How much the server has of a file that can be gone on with from a source of so many bytes.
template <class Core> awaitable<std::uint64_t> stored_before(Core& core, std::string remote, std::uint64_t size,
                                                             std::optional<Timestamp> modified,
                                                             const TransferOptions& options) {
  const auto length = co_await length_for(core, remote, options);
  if (!length || *length == 0 || *length > size) co_return 0;
  if (!modified) co_return *length;
  const auto left = co_await time_of(core, std::move(remote));
  co_return is_current(left.value_or(Timestamp{}), modified) ? *length : 0;
}

/// Whether a server can tell the length of an upload that was cut off and that it keeps aside: one that offers to go on
/// with uploads. MLST tells of what stands only.
template <class Core> bool may_keep_aside(const Core& core) {
  return core.features.has("REST STREAM") && core.features.may_have("MLST");
}

/// Whether a file that the server has all bytes of stands under its name.
template <class Core> awaitable<bool> stands(Core& core, std::string remote) {
  if (!may_keep_aside(core)) co_return true;
  const Reply answer = co_await ask_mlst(core, std::move(remote));
  co_return answer.complete() || not_understood(answer);
}

/// Throws unless a file whose length the server has told stands under its name.
template <class Core> awaitable<void> check_stands(Core& core, std::string path) {
  if (!may_keep_aside(core)) co_return;
  const bool exists = co_await path_exists(core, path);
  if (exists) co_return;
  const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
  throw ClientError{error, "SIZE", Channel::control, 0, path + ": " + error.message()};
}

/// What is to be done after an upload that was gone on with has failed: false if nothing can be.
///
/// What cannot be gone on with by REST may be by APPE. What cannot be at all, or has another length than it should, is
/// sent from the copy.
inline bool begin_otherwise(const ClientError& failure, std::string& verb, std::uint64_t& offset) {
  const auto* const reply = dynamic_cast<const ReplyError*>(&failure);
  const bool refused = reply && failure.transferred() == 0;
  if (refused && failure.verb() == "REST") {
    verb = "APPE";
    return true;
  }
  const bool unknown = refused && failure.verb() == "APPE" && not_understood(reply->reply());
  const bool beyond = refused && reply->reply().code() == 554;
  const bool spoilt = failure.code() == Errc::too_short || failure.code() == Errc::too_long;
  if (!unknown && !beyond && !spoilt) return false;
  verb = "STOR";
  offset = 0;
  return true;
}

/// Throws if what cannot seek is to be gone on with.
inline void check_can_resume(bool can_seek, const TransferOptions& options, std::string_view verb) {
  if (!options.resume || options.ascii || can_seek) return;
  throw ClientError{std::make_error_code(std::errc::invalid_seek), std::string{verb}, Channel::local, 0,
                    "cannot resume: what is to be transferred begins at its beginning only"};
}

/// Sends what a source gives, all of it if it can seek. It is gone on with by REST where the server offers that for
/// files of its own (RFC 3659 §5), else by APPE; nothing is sent of what the server has whole.
template <class Core> awaitable<TransferResult> store_from(Core& core, std::string verb, AnySource source,
                                                           std::string remote, TransferOptions options) {
  const std::optional<std::uint64_t> size = source.size();
  std::uint64_t offset = 0;
  std::optional<TransferResult> result;
  if (verb == "STOR") check_can_resume(size.has_value(), options, verb);
  if (verb == "STOR" && options.resume && !options.ascii) {
    const std::uint64_t before = co_await stored_before(core, remote, *size, source.modified(), options);
    offset = before;
    bool is_whole = offset > 0 && offset == *size;
    if (is_whole) {
      const bool found = co_await stands(core, remote);
      is_whole = found;
    }
    if (is_whole) {
      result.emplace();
      result->offset = offset;
      result->name = remote;
    }
    if (offset > 0 && !core.features.has("REST STREAM")) verb = "APPE";
  }
  while (!result) {
    if (size) source.seek(offset);
    try {
      TransferResult stored = co_await store(core, verb, source, remote, offset, size, options);
      result = std::move(stored);
    } catch (const ClientError& failure) {
      if (offset == 0 || !begin_otherwise(failure, verb, offset)) throw;
    }
  }
  const bool keeps_time = options.keep_time && verb != "STOU" && source.modified();
  if (keeps_time) {
    const std::string command = time_command(core, result->name, *source.modified());
    if (!command.empty()) (void)co_await core.ask(command);
  }
  co_return *std::move(result);
}

/// Fetches a file to a path of ours.
template <class Core>
awaitable<TransferResult> fetch_path(Core& core, std::string remote, std::string local, TransferOptions options) {
  LocalTarget target = local_target(local, remote);
  co_return co_await fetch_file(core, std::move(remote), std::move(target), std::move(options));
}

/// Fetches a file into a sink.
template <class Core>
awaitable<TransferResult> fetch_into(Core& core, std::string remote, AnySink sink, TransferOptions options) {
  check_can_resume(false, options, "RETR");
  const auto size = co_await length_for(core, remote, options);
  TransferResult result = co_await fetch(core, std::move(remote), sink, 0, size, options);
  co_await sink.finish();
  co_return result;
}

/// Sends the file at a path of ours.
template <class Core> awaitable<TransferResult> store_path(Core& core, std::string verb, std::string local,
                                                           std::string remote, TransferOptions options) {
  if (verb != "STOU" && (remote.empty() || remote.ends_with('/'))) {
    remote += std::filesystem::path{local}.filename().string();
  }
  try {
    FileReader file = co_await FileReader::open(local);
    co_return co_await store_from(core, verb, AnySource{file}, std::move(remote), std::move(options));
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, verb, local);
  }
}

}  // namespace ftplike::detail

// ---- ftplike/client/walk.hpp
#include <functional>
#include <string>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// Sees what is below a directory: its path from there, such as "images/a.jpg", and its entry. Of a directory it says
/// whether to go into it.
using WalkVisit = std::function<bool(const std::string& path, const Entry& entry)>;

namespace detail {

template <class Core> awaitable<void> walk_tree(Core& core, std::string root, WalkVisit visit) {
  class Branch {
   public:
    Branch(std::string its_path, unsigned its_depth) : path{std::move(its_path)}, depth{its_depth} {}
    std::string path;  // from the root of the walk
    unsigned depth;
  };
  std::vector<Branch> branches;
  branches.emplace_back("", 0);
  while (!branches.empty()) {
    const Branch branch = std::move(branches.back());
    branches.pop_back();
    if (branch.depth > core.options.limits.depth) throw ClientError{Errc::bad_listing, "LIST", Channel::control};
    const std::vector<Entry> entries = co_await list_all(core, joined(root, branch.path));
    std::vector<Branch> inner;
    for (const Entry& entry : entries) {
      if (entry.name.empty()) continue;  // what it is called here would lead elsewhere
      std::string path = joined(branch.path, entry.name);
      if (visit(path, entry) && entry.is_directory()) inner.emplace_back(std::move(path), branch.depth + 1);
    }
    // The last of a stack comes first.
    for (auto next = inner.rbegin(); next != inner.rend(); ++next) branches.push_back(std::move(*next));
  }
}

}  // namespace detail
}  // namespace ftplike


namespace ftplike::inline v0_2 {
namespace detail {

class Connecting;
class Fxp;

}  // namespace detail

/// The data channel of a client that can do all: EPSV and PASV, PORT and EPRT when told to, and the ftp-like dialect's.
using AnyChannel = NegotiatedChannel<PassiveChannel, ActiveChannel, AnnouncedChannel>;

/// A session with a server, logged in. `connect` makes it:
///
///     auto client = co_await ftplike::connect(network, "ftp://127.0.0.1:3456");
///     const auto entries = co_await client.list();
///     for (const auto& entry : entries) co_await client.download(entry.name, "client_files");
///     co_await client.quit();
///
/// Paths of the server are as it understands them, in bytes. One operation at a time; a `ClientPool` does many.
///
/// **Errors:** `ClientError`, a `std::system_error`; where the server refused, `ReplyError`. Whatever throws, no reply
/// is taken for another's: after an error or a cancellation the session is in step with the server or closed
/// (`is_open`). A second operation while one is under way: `Errc::busy`.
/// **Cancellation:** of the caller (`terminal`), at any moment; the call ends with `Errc::aborted`, as one does whose
/// `progress` says `Go::stop`.
/// **Lifetime:** nothing runs after the transport; an operation under way keeps the session.
/// **Threads:** operations may be awaited on any executor, and run on the session's own: the one that `connect` was
/// awaited on, or a strand of it. Observers, sources, sinks and `progress` are called there.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class Client {
 public:
  using Visit = std::function<void(Entry)>;
  using File = RemoteFile<detail::ClientCore<T, DataChannel, Observer>>;

  /// No session: closed, until another client is moved here.
  Client() = default;
  Client(Client&&) noexcept = default;
  Client& operator=(Client&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~Client() {
    if (core_) core_->leave();
  }

  // ---- the session ----

  /// Whether the session can still be used: it was neither closed nor lost, as far as is known.
  bool is_open() const noexcept { return core_ && core_->control().is_open(); }
  /// Which of the two dialects the session speaks: never `automatic`.
  Dialect dialect() const { return core().dialect; }
  /// What the server says that it can do.
  const Features& features() const { return core().features; }
  /// What the server said first.
  const Reply& greeting() const { return core().greeting; }
  /// What protects the session, over a transport with TLS: `TlsDetails`, without a version where nothing does.
  auto tls() const requires SecurableStream<typename T::Stream> { return core().control().stream().details(); }
  /// The server's certificate, over a transport with TLS.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> {
    return core().control().stream().peer_certificate();
  }
  /// Where the server is, or the proxy.
  Endpoint peer() const { return core().peer(); }
  /// Our end of the control connection.
  Endpoint local() const { return core().local(); }

  /// Sends a command of the caller's own, of those that need no data connection, and gives its final reply, good or
  /// bad; preliminary ones go to the observer alone.
  ///
  /// **Errors:** `Errc::bad_name` if it holds what would end the line.
  awaitable<Reply> command(std::string text) { return run(command_on(core(), std::move(text))); }
  /// Sends a command of the caller's own that has a data connection, as a server's own verbs may have
  /// (`session.send`), and takes what comes over it into a sink, which is finished when all is well. How the connection
  /// comes to be is the client's data channel's business. No TYPE is said before.
  ///
  /// **Errors:** as of `download`; `Errc::bad_name`. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> transfer(std::string command, Sink& sink, TransferOptions options = {}) {
    return run(detail::receive_by(core(), std::move(command), AnySink{sink}, std::move(options)));
  }
  /// The same of a command that takes data (`session.receive`): what a source gives, all of it if it can seek.
  template <ByteSource Source>
    requires(!ByteSink<Source>)
  awaitable<TransferResult> transfer(std::string command, Source& source, TransferOptions options = {}) {
    return run(detail::send_by(core(), std::move(command), AnySource{source}, std::move(options)));
  }
  /// Sees to it that no reply is under way any more that belongs to an operation which was broken off, as every operation
  /// does by itself before it begins. Says nothing if none can be.
  ///
  /// **Errors:** if that cannot be had, and the session is closed then.
  awaitable<void> get_in_step() { return run(core().get_in_step()); }
  /// Has the server answer, so that it keeps the session.
  awaitable<void> noop() { return run(core().demand_only("NOOP")); }
  /// Says goodbye and ends the session. Does not throw for what the server makes of it.
  awaitable<void> quit() {
    if (!is_open()) co_return;
    const std::shared_ptr<Core> leaving = core_;
    Settled<Reply> ignored;
    co_await settle(run(leaving->ask("QUIT")), ignored);
    leaving->leave();
  }
  /// Ends the session at once.
  void close() {
    if (core_) core_->leave();
  }

  // ---- directories ----

  /// The working directory as the server names it.
  awaitable<std::string> pwd() { return run(pwd_on(core())); }
  /// Changes the working directory.
  awaitable<void> cwd(std::string path) { return run(cwd_on(core(), std::move(path))); }
  /// Makes a directory; those above it must be there.
  awaitable<void> mkdir(std::string path) { return run(core().demand_only("MKD " + path)); }
  /// Removes a directory, which most servers want to be empty.
  awaitable<void> rmdir(std::string path) { return run(core().demand_only("RMD " + path)); }

  /// What a directory holds, the working one if no path is given. By MLSD, else LIST, else NLST; in the ftp-like
  /// dialect, as after NLST, only the names are known. A line that cannot be understood gives an entry without a name
  /// that has it in `listed`. The session goes there, for no argument means the same to all servers, and comes back
  /// before the next command that is no listing; if it cannot, that command fails and the session is closed.
  ///
  /// **Errors:** `Errc::bad_listing` if there are more than `ClientLimits::entries`.
  awaitable<std::vector<Entry>> list(std::string path = {}) { return run(detail::list_all(core(), std::move(path))); }
  /// The same entry by entry, as they come, in a directory of any size. The times that a LIST tells stay in the server's
  /// zone.
  awaitable<void> list(std::string path, Visit visit) {
    return run(detail::list_entries(core(), std::move(path), std::move(visit)));
  }

  /// Calls `visit` for everything below a directory, the working one if the path is empty; each directory before what
  /// is in it. Links are not followed.
  ///
  /// **Errors:** `Errc::bad_listing` beyond `ClientLimits::depth`.
  awaitable<void> walk(std::string path, WalkVisit visit) {
    return run(detail::walk_tree(core(), std::move(path), std::move(visit)));
  }

  // ---- one path ----

  /// What is known of a file or directory.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there.
  awaitable<Entry> stat(std::string path) { return run(detail::stat_path(core(), std::move(path))); }
  /// Whether there is a file or directory of this name. Of an upload that was cut off, and that the server keeps aside,
  /// there is none yet.
  awaitable<bool> exists(std::string path) { return run(detail::path_exists(core(), std::move(path))); }
  /// The length of a file in bytes; of a file that `exists`.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there, an upload that was cut off and
  /// is kept aside included; `std::errc::function_not_supported` if the server cannot tell.
  awaitable<std::uint64_t> size(std::string path) { return run(size_on(core(), std::move(path))); }
  /// How much of an upload the server has by now, also of one that was cut off and is kept aside; 0 if it has nothing,
  /// or cannot or will not tell. `TransferOptions::resume` and `ClientPool` look by themselves.
  awaitable<std::uint64_t> stored_size(std::string path) { return run(stored_size_on(core(), std::move(path))); }
  /// When a file was modified.
  ///
  /// **Errors:** `std::errc::function_not_supported` if the server cannot tell.
  awaitable<Timestamp> modified(std::string path) { return run(modified_on(core(), std::move(path))); }
  /// The checksum of a file, by the best algorithm that the server offers; nothing if it offers none.
  /// <ftplike/client/digests.hpp> compares it with that of a file of ours.
  awaitable<std::optional<RemoteDigest>> digest(std::string path) {
    return run(detail::ask_digest(core(), std::move(path)));
  }
  /// Sets when a file was modified. (MFMT)
  awaitable<void> set_modified(std::string path, Timestamp time) {
    const std::string command = detail::time_command(core(), path, time);
    return run(core().demand_only(
        command.empty() ? "MFMT " + format_timestamp(time, Fraction::never) + " " + path : command));
  }
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  awaitable<void> chmod(std::string path, unsigned mode) {
    std::string digits;
    for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7));
    return run(core().demand_only("SITE CHMOD " + digits + " " + path));
  }
  /// Removes a file.
  awaitable<void> remove(std::string path) { return run(core().demand_only("DELE " + path)); }
  /// Gives a file or directory another name, or another place on the server.
  awaitable<void> rename(std::string from, std::string to) {
    return run(rename_on(core(), std::move(from), std::move(to)));
  }

  // ---- transfers ----

  /// Fetches a file into `local`: a file, or a folder in which it gets the name that it has on the server. The bytes
  /// are collected in a hidden file beside it, which takes the name when it is whole and its length is right; when it
  /// is not, that file stays for `TransferOptions::resume`.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    return run(detail::fetch_path(core(), std::move(remote), std::move(local), std::move(options)));
  }
  /// Fetches a file to a path beneath a folder of ours, out of which no name and no link leads.
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    return run(detail::fetch_file(core(), std::move(remote), std::move(target), std::move(options)));
  }
  /// Fetches a file into a sink, which is finished when all is well: memory, a stream, a function
  /// (io/sources_and_sinks.hpp).
  ///
  /// **Errors:** also what the sink throws; `std::errc::invalid_seek` if it is to be resumed, which is for
  /// `download_range` to do. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> download(std::string remote, Sink& sink, TransferOptions options = {}) {
    return run(detail::fetch_into(core(), std::move(remote), AnySink{sink}, std::move(options)));
  }

  /// Opens a file of the server to be read piece by piece, from `offset` on: `co_await file.read_some(room)`, and
  /// `co_await file.close()` wherever one has enough. `RemoteFile` says how.
  ///
  /// **Errors:** of a file that is not there, a 550.
  awaitable<File> open(std::string remote, std::uint64_t offset = 0, TransferOptions options = {}) {
    (void)core();
    return detail::telling(File::open(core_, std::move(remote), offset, std::move(options)));
  }

  /// Fetches a part of a file, `length` bytes from `offset` on, into a sink, which is not finished by this.
  ///
  /// **Errors:** `Errc::too_short` if the file ends before.
  template <ByteSink Sink> awaitable<TransferResult> download_range(std::string remote, Sink& sink,
                                                                    std::uint64_t offset, std::uint64_t length,
                                                                    TransferOptions options = {}) {
    return run(detail::fetch_range(core(), std::move(remote), AnySink{sink}, offset, length, std::move(options)));
  }

  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return run(detail::store_path(core(), "STOR", std::move(local), std::move(remote), std::move(options)));
  }
  /// Sends what a source gives: memory, a stream, a function (io/sources_and_sinks.hpp). One that can seek is sent from
  /// its beginning, and gone on with as a file is.
  ///
  /// **Errors:** also what the source throws; `std::errc::invalid_seek` if it is to be resumed and cannot seek.
  /// **Lifetime:** the source is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source& source, std::string remote, TransferOptions options = {}) {
    return run(detail::store_from(core(), "STOR", AnySource{source}, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours to the end of a file of the server, or as that file where there is none.
  awaitable<TransferResult> append(std::string local, std::string remote, TransferOptions options = {}) {
    return run(detail::store_path(core(), "APPE", std::move(local), std::move(remote), std::move(options)));
  }
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> append(Source& source, std::string remote, TransferOptions options = {}) {
    return run(detail::store_from(core(), "APPE", AnySource{source}, std::move(remote), std::move(options)));
  }
  /// Sends under a name that nobody has yet, which the server chooses and `TransferResult::name` tells.
  awaitable<TransferResult> upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return run(detail::store_path(core(), "STOU", std::move(local), std::move(wished), std::move(options)));
  }
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload_unique(Source& source, std::string wished = {}, TransferOptions options = {}) {
    return run(detail::store_from(core(), "STOU", AnySource{source}, std::move(wished), std::move(options)));
  }

 private:
  friend class detail::Connecting;
  friend class detail::Fxp;
  using Core = detail::ClientCore<T, DataChannel, Observer>;

  explicit Client(std::shared_ptr<Core> core) : core_{std::move(core)} {}

  Core& core() const {
    if (!core_) throw ClientError{std::make_error_code(std::errc::not_connected), {}, Channel::local};
    return *core_;
  }
  template <class R> awaitable<R> run(awaitable<R> operation) { return detail::perform(core_, std::move(operation)); }

  static awaitable<Reply> command_on(Core& core, std::string text) {
    core.forget_settings();
    co_return co_await core.ask(std::move(text));
  }
  static awaitable<void> cwd_on(Core& core, std::string path) {
    core.directory.home_known = false;
    return core.demand_only("CWD " + path);
  }
  static awaitable<std::string> pwd_on(Core& core) {
    const Reply answer = co_await core.demand("PWD");
    auto name = parse_quoted(answer.text());
    if (!name) throw ClientError{Errc::bad_reply, "PWD", Channel::control};
    co_return *std::move(name);
  }
  static awaitable<std::uint64_t> size_on(Core& core, std::string path) {
    const auto size = co_await detail::ask_size(core, path);
    if (size) co_await detail::check_stands(core, std::move(path));
    if (!size) throw ClientError{std::make_error_code(std::errc::function_not_supported), "SIZE", Channel::control};
    co_return *size;
  }
  static awaitable<std::uint64_t> stored_size_on(Core& core, std::string path) {
    if (core.dialect == Dialect::ftplike || !core.features.may_have("SIZE")) co_return 0;
    const auto size = co_await detail::if_told(core, detail::ask_size(core, std::move(path)));
    co_return size.value_or(0);
  }
  static awaitable<Timestamp> modified_on(Core& core, std::string path) {
    const auto time = co_await detail::ask_modified(core, std::move(path));
    if (!time) throw ClientError{std::make_error_code(std::errc::function_not_supported), "MDTM", Channel::control};
    co_return *time;
  }
  static awaitable<void> rename_on(Core& core, std::string from, std::string to) {
    const Reply answer = co_await core.ask("RNFR " + from);
    if (!answer.intermediate()) core.fail(answer, "RNFR");
    (void)co_await core.demand("RNTO " + to);
  }

  std::shared_ptr<Core> core_;
};

namespace detail {

/// The session of a server that was reached, logged in.
template <class Core> awaitable<void> log_in(Core& core, Url url) {
  Login<Core> login{core, url};
  co_await login.run();
}

class Connecting {
 public:
  template <class DataChannel, class T, class Observer>
  static awaitable<Client<T, DataChannel, Observer>> run(T& network, Url url, ClientOptions options,
                                                         Observer observer) {
    const Executor here = co_await asio::this_coro::executor;
    const Executor executor = executor_near(network, here);
    typename T::Stream stream = co_await run_on(executor, reach_server(network, url, options));
    using Core = ClientCore<T, DataChannel, Observer>;
    const auto core =
        std::make_shared<Core>(network, executor, std::move(stream), std::move(options), std::move(observer));
    core->host = url.host;
    Client<T, DataChannel, Observer> client{core};
    co_await perform(core, log_in(*core, std::move(url)));
    co_return client;
  }
};

}  // namespace detail

/// Connects to the server that a URL names and logs in: as its user, or as anonymous where it names none and the server
/// asks. How the dialect is found out is said at `detail::Login`.
///
/// **Errors:** `ClientError` that names the host; `ReplyError` if the server refuses. **Cancellation:** as of `Client`.
template <class DataChannel = AnyChannel, Transport T, class Observer = NoObserver>
awaitable<Client<T, DataChannel, Observer>> connect(T& network, Url url, ClientOptions options = {},
                                                    Observer observer = {}) {
  return detail::telling(
      detail::Connecting::run<DataChannel>(network, std::move(url), std::move(options), std::move(observer)));
}

}  // namespace ftplike

// ---- ftplike/client/blocking.hpp
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

// ---- ftplike/io/run.hpp
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>


namespace ftplike::inline v0_2 {

/// Runs operations on a transport with event loops of its own, one after the other, each to its end: for `main`, for
/// tests, for threads without coroutines. `run(network, operation)` is the short form for one.
///
///     ftplike::TcpTransport network;
///     ftplike::Runner runner{network};
///     auto client = runner.run(ftplike::connect(network, url));
///     auto entries = runner.run(client.list());
///
/// **Cancellation:** by `cancel`. **Lifetime:** not beyond the transport's.
/// **Threads:** one at a time, which becomes one of the transport's while an operation runs; `cancel` from any.
template <class T> class Runner {
 public:
  explicit Runner(T& network) : network_{network}, executor_{network.executor()} {}

  /// The result of an operation. What else goes on on the transport goes on meanwhile, and waits afterwards.
  ///
  /// **Errors:** what the operation threw; what came out of the transport's `run`; `std::logic_error` if the operation
  /// did not end, because the transport was stopped or its loops are not its own.
  template <class R> R run(awaitable<R> operation) {
    const auto result = std::make_shared<Settled<R>>();
    drive(settle(std::move(operation), *result), result);
    return result->get();
  }

  /// Ends the operation that is under way, with `operation_aborted`; one that begins later is not touched.
  void cancel() {
    call_on(executor_, [state = state_, number = state_->number.load()] {
      if (state->call && state->number == number) state->call->stop.emit(asio::cancellation_type::terminal);
    });
  }

 private:
  struct Call {
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    bool ended = false, given_up = false;
  };
  struct State {
    std::atomic<std::uint64_t> number = 0;  // of operations that have begun
    std::shared_ptr<Call> call;             // under way
  };

  void drive(awaitable<void> operation, std::shared_ptr<const void> kept) {
    const auto call = std::make_shared<Call>();
    state_->call = call;
    ++state_->number;
    const auto at_end = [call, kept = std::move(kept), state = state_, network = &network_](std::exception_ptr failure) {
      if (call->given_up) return;
      call->failure = std::move(failure);  // cancelled before it began
      call->ended = true;
      state->call = nullptr;
      network->stop();
    };
    start_on(executor_, std::move(operation), call->stop.slot(), at_end);
    network_.run();
    if (call->failure) std::rethrow_exception(call->failure);
    if (call->ended) return;
    call->given_up = true;
    state_->call = nullptr;
    throw std::logic_error("the operation has not ended, but the transport does not run any more");
  }

  T& network_;
  const Executor executor_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Runs one operation on a transport with event loops of its own to its end, and gives its result or throws what it
/// threw. See `Runner`.
template <class R, class T>
requires requires(T& network) {
  network.run();
  network.stop();
}
R run(T& network, awaitable<R> operation) {
  return Runner<T>{network}.run(std::move(operation));
}

}  // namespace ftplike

// ---- ftplike/io/tcp.hpp
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <ctime>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>
#if defined(__linux__)
#include <sys/sendfile.h>
#endif


namespace ftplike::inline v0_2 {

namespace detail {

/// Asio's errors of the system, as the standard library knows them: those of Asio before 1.28 compare with no
/// `std::errc`. A cancelled operation's stays Asio's own.
inline std::error_code standard_error(const std::error_code& error) noexcept {
  const bool of_system = error.category() == asio::error::get_system_category();
  if (!of_system || error == asio::error::operation_aborted) return error;
  return {error.value(), std::system_category()};
}

/// A socket that does not block, and that no child of this process inherits.
inline Descriptor make_socket(const asio::ip::tcp& protocol) {
  Descriptor made{::socket(protocol.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!made) fail_with(errno);
  return made;
}

/// An IPv4 peer of an IPv6 socket is an IPv4 peer.
inline Endpoint without_mapping(const Endpoint& endpoint) {
  const auto address = endpoint.address();
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return endpoint;
  return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()), endpoint.port()};
}

/// The address of one end of a socket, as `ask` (getsockname, getpeername) gives it; unspecified if it has gone.
template <class Ask> Endpoint endpoint_of(int descriptor, Ask ask) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (ask(descriptor, endpoint.data(), &size) != 0) return {};
  endpoint.resize(size);
  return endpoint;
}

/// Keeps SIGPIPE from one call on this thread: sendfile has no flag that says so.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
  ~NoBrokenPipe() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  /// Takes away the signal that the call has raised.
  void forget() {
    if (sigismember(&before_, SIGPIPE) == 1) return;
    const timespec now{};
    while (::sigtimedwait(&pipe_, nullptr, &now) > 0) {}
  }

 private:
  sigset_t pipe_{}, before_{};
};

#if defined(__linux__)
inline ssize_t send_file_quietly(int socket, int file, off_t offset, std::size_t most) {
  NoBrokenPipe quiet;
  const auto n = ::sendfile(socket, file, &offset, most);
  if (n < 0 && errno == EPIPE) {
    quiet.forget();
    errno = EPIPE;
  }
  return n;
}
#endif

}  // namespace detail

/// A TCP connection.
///
/// Most data connections of small files never wait. So a socket is shown to the event loop only when it first has to:
/// what it costs to register and to forget it is more than such a transfer itself.
template <class E = Executor> class BasicTcpStream {
 public:
  using TcpStream = BasicTcpStream;  // as what derives from it calls it
  BasicTcpStream(const Executor& executor, int descriptor, const Endpoint& remote, const Endpoint& local = {})
      : descriptor_{descriptor},
        socket_{executor},
        remote_{detail::without_mapping(remote)},
        local_{detail::without_mapping(local)} {}
  explicit BasicTcpStream(asio::basic_stream_socket<asio::ip::tcp, E> socket)
      : socket_{std::move(socket)},
        remote_{detail::without_mapping(detail::endpoint_of(socket_.native_handle(), ::getpeername))} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (!socket_.is_open()) {
      const auto n = ::recv(descriptor(), room.data(), room.size(), MSG_DONTWAIT);
      if (n >= 0) co_return static_cast<std::size_t>(n);
      if (errno != EAGAIN && errno != EINTR) detail::fail_with(errno);
      register_socket();
    }
    const auto buffer = asio::buffer(room.data(), room.size());
    std::error_code error;
    const std::size_t n = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    if (error && error != asio::error::eof) throw std::system_error(detail::standard_error(error));
    co_return n;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = co_await write_some(bytes);
      bytes = bytes.subspan(n);
    }
  }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    for (;;) {
      const auto sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) co_return static_cast<std::size_t>(sent);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) detail::fail_with(errno);
      co_await writable();
    }
  }
  awaitable<void> finish() {
    ::shutdown(descriptor(), SHUT_WR);
    co_return;
  }
  bool has_ended() const {
    std::byte one;
    const auto n = ::recv(descriptor(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  }
  void cancel() {
    std::error_code ignored;
    if (socket_.is_open()) socket_.cancel(ignored);
  }
  void close() {
    std::error_code ignored;
    socket_.close(ignored);
    descriptor_.close();
  }
  /// Closes so that the peer reads an error and no end: what was sent cannot be taken for the whole.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  Endpoint local() const {
    if (local_.port() == 0) local_ = detail::without_mapping(detail::endpoint_of(descriptor(), ::getsockname));
    return local_;
  }
  Endpoint remote() const { return remote_; }

  /// As a control connection wants it: what is sent leaves at once, and Telnet's urgent byte stays in its place.
  void make_prompt() {
    const int yes = 1;
    ::setsockopt(descriptor(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(descriptor(), SOL_SOCKET, SO_OOBINLINE, &yes, sizeof yes);
  }

#if defined(__linux__)
  /// Sends from a file without a buffer of ours: up to `most` bytes from `position` on, 0 if it ends before them.
  awaitable<std::size_t> send_file(int file, std::uint64_t position, std::size_t most) {
    for (;;) {
      const auto n = detail::send_file_quietly(descriptor(), file, static_cast<off_t>(position), most);
      if (n >= 0) co_return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) detail::fail_with(errno);
      co_await writable();
    }
  }
#endif

 private:
  awaitable<void> writable() {
    register_socket();
    std::error_code error;
    co_await socket_.async_wait(asio::socket_base::wait_write, asio::redirect_error(use_awaitable, error));
    if (error) throw std::system_error(detail::standard_error(error));
  }
  int descriptor() const {
    return socket_.is_open() ? const_cast<BasicTcpStream*>(this)->socket_.native_handle() : descriptor_.get();
  }
  void register_socket() {
    if (socket_.is_open()) return;
    socket_.assign(remote_.protocol(), descriptor_.get());
    descriptor_.release();
  }

  detail::Descriptor descriptor_;  // until the event loop has it
  asio::basic_stream_socket<asio::ip::tcp, E> socket_;
  Endpoint remote_;
  mutable Endpoint local_;  // asked for once
};
using TcpStream = BasicTcpStream<>;  // a template, so that only what is called is compiled

/// Where TCP connections come in.
template <class E = Executor> class BasicTcpAcceptor {
 public:
  using TcpAcceptor = BasicTcpAcceptor;  // as what derives from it calls it
  /// Takes over a descriptor that listens, which must be non-blocking.
  BasicTcpAcceptor(const Executor& executor, int descriptor, const Endpoint& where)
      : descriptor_{descriptor}, acceptor_{executor}, where_{where} {}

  awaitable<TcpStream> accept(const Executor& executor) {
    for (;;) {
      Endpoint remote;
      auto size = static_cast<socklen_t>(remote.capacity());
      const int accepted = ::accept4(descriptor(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted >= 0) {
        remote.resize(size);
        co_return TcpStream{executor, accepted, remote, where_.address().is_unspecified() ? Endpoint{} : where_};
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) detail::fail_with(errno);
      if (!acceptor_.is_open()) {
        acceptor_.assign(where_.protocol(), descriptor_.get());
        descriptor_.release();
      }
      co_await acceptor_.async_wait(asio::socket_base::wait_read, use_awaitable);
    }
  }
  Endpoint endpoint() const { return where_; }
  void cancel() {
    std::error_code ignored;
    if (acceptor_.is_open()) acceptor_.cancel(ignored);
  }
  void close() {
    std::error_code ignored;
    acceptor_.close(ignored);
    descriptor_.close();
  }

 private:
  int descriptor() { return acceptor_.is_open() ? acceptor_.native_handle() : descriptor_.get(); }

  detail::Descriptor descriptor_;  // until the event loop has it
  asio::basic_socket_acceptor<asio::ip::tcp, E> acceptor_;
  Endpoint where_;
};
using TcpAcceptor = BasicTcpAcceptor<>;  // a template, so that only what is called is compiled

namespace detail {

/// Event loops, a thread each. What coroutines are left when it ends is destroyed before its sockets and timers are, so
/// that whoever holds these may be destroyed later.
template <class = void> class BasicEventLoops {
 public:
  explicit BasicEventLoops(unsigned threads) {
    count_ = std::max(threads, 1u);
    loops_.reset(new Loop[count_]);
  }
  Executor executor(std::size_t i) { return loops_[i % count_].get_executor(); }
  /// Whether an executor is that of one of them.
  bool has(const Executor& executor) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (executor == Executor{loops_[i].get_executor()}) return true;
    }
    return false;
  }

  /// Runs until nothing is left to do on the first, or `stop()`. What is thrown on any thread ends it and is thrown here.
  void run() {
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> busy;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::exception_ptr failure;
    const auto keep = [&](std::exception_ptr one) {
      const std::lock_guard lock{mutex};
      if (!failure) failure = std::move(one);
      stop();
    };
    try {
      for (std::size_t i = 1; i < count_; ++i) {
        busy.push_back(asio::make_work_guard(loops_[i]));
        threads.emplace_back([&keep, &loop = loops_[i]] {
          try {
            loop.run();
          } catch (...) { keep(std::current_exception()); }
        });
      }
      loops_[0].run();
    } catch (...) { keep(std::current_exception()); }
    busy.clear();
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < count_; ++i) loops_[i].restart();
    if (failure) std::rethrow_exception(failure);
  }
  void stop() {
    for (std::size_t i = 0; i < count_; ++i) loops_[i].stop();
  }
  /// Destroys the coroutines that are left. Nothing runs any more after that.
  void end() {
    for (std::size_t i = count_; i > 0; --i) loops_[i - 1].end();
  }

 private:
  class Loop : public asio::io_context {
   public:
    Loop() : asio::io_context{1} {}
    void end() { shutdown(); }
  };
  std::size_t count_ = 0;
  std::unique_ptr<Loop[]> loops_;
};
using EventLoops = BasicEventLoops<>;  // a template, so that only what is called is compiled

}  // namespace detail

/// The network of this machine, for coroutines on event loops: its own, with a thread each,
///
///     ftplike::TcpTransport network;       // or {4}: with so many threads
///     network.run();
///
/// or the user's, who runs it as he likes, with one thread or many, or polls it:
///
///     asio::io_context loop;
///     ftplike::TcpTransport network{loop.get_executor()};
///     loop.run();
///
/// On own loops what begins on one stays there. On the user's every session has a strand of its own.
///
/// Work that may block is done by the process's `WorkerPools`, or by those that it is given, never on a loop.
///
/// **Lifetime:** nothing runs after it, or after the user's loop; servers and clients may be destroyed before it or
/// after it, but not after the user's `io_context`.
/// **Threads:** any. `run` is called once at a time.
template <class E = Executor> class BasicTcpTransport {
 public:
  using TcpTransport = BasicTcpTransport;  // as what derives from it calls it
  using Stream = TcpStream;
  using Acceptor = TcpAcceptor;

  /// A steady timer that forgets its call when it is cancelled.
  class Timer {
   public:
    Timer(BasicTcpTransport&, const Executor& executor) : timer_{executor} {}
    void start(Time when, std::function<void()> call) {
      timer_.expires_at(when);
      timer_.async_wait([call = std::move(call), round = ++*round_, now = round_](std::error_code error) mutable {
        if (!error && round == *now) call();
      });
    }
    void cancel() {
      ++*round_;
      timer_.cancel();
    }
    Timer(Timer&&) = delete;
    ~Timer() { ++*round_; }

   private:
    SteadyTimer<E> timer_;
    std::shared_ptr<unsigned> round_ = detail::new_shared<unsigned>(0u);  // a call already queued must see the cancel
  };

  /// With `threads` threads (at least 1), the caller of `run` among them.
  explicit BasicTcpTransport(unsigned threads = 1, std::shared_ptr<WorkerPools> workers = WorkerPools::shared())
      : loops_{detail::new_shared<detail::EventLoops>(threads)}, count_{std::max(threads, 1u)} {
    for (std::size_t i = 0; i < count_; ++i) use(workers, loops_->executor(i));
  }
  /// On the user's event loop, or any executor on top of one.
  explicit BasicTcpTransport(asio::io_context& loop, std::shared_ptr<WorkerPools> workers = WorkerPools::shared())
      : BasicTcpTransport{Executor{loop.get_executor()}, std::move(workers)} {}
  explicit BasicTcpTransport(const Executor& executor, std::shared_ptr<WorkerPools> workers = WorkerPools::shared())
      : outer_{executor}, make_strand_{[](const Executor& outer) { return Executor{asio::make_strand(outer)}; }},
        main_{make_strand_(executor)} {
    use(workers, executor);
  }

  BasicTcpTransport(const BasicTcpTransport&) = delete;
  BasicTcpTransport& operator=(const BasicTcpTransport&) = delete;
  ~BasicTcpTransport() {
    if (loops_) loops_->end();
  }

  /// Where a new session may live.
  Executor executor() { return loops_ ? loops_->executor(next_++) : make_strand_(outer_); }
  Executor executor_near(const Executor& executor) {
    if (loops_) return loops_->has(executor) ? executor : loops_->executor(next_++);
    return executor.target<asio::strand<Executor>>() ? executor : this->executor();
  }
  Executor main_executor() { return loops_ ? loops_->executor(0) : main_; }
  /// What has to live as long as what was made on its executors.
  std::shared_ptr<void> lifetime() const noexcept { return loops_; }

  awaitable<TcpStream> connect(Endpoint where, Address from = {}) {
    const Executor executor = co_await asio::this_coro::executor;
    asio::basic_stream_socket<asio::ip::tcp, E> socket{executor};
    detail::Descriptor made = detail::make_socket(where.protocol());
    socket.assign(where.protocol(), made.get());
    made.release();
    if (!from.is_unspecified()) socket.bind({from, 0});
    socket.set_option(asio::ip::tcp::no_delay{true});
    std::error_code error;
    co_await socket.async_connect(where, asio::redirect_error(use_awaitable, error));
    if (error) throw std::system_error(detail::standard_error(error));
    co_return TcpStream{std::move(socket)};
  }
  TcpAcceptor listen(const Executor& executor, const Endpoint& where) {
    detail::Descriptor made = detail::make_socket(where.protocol());
    const int yes = 1;
    const bool ready = ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                       ::bind(made.get(), where.data(), static_cast<socklen_t>(where.size())) == 0 &&
                       ::listen(made.get(), SOMAXCONN) == 0;
    if (!ready) detail::fail_with(errno);
    const Endpoint bound = where.port() != 0 ? where : detail::endpoint_of(made.get(), ::getsockname);
    return TcpAcceptor{executor, made.release(), bound};
  }
  /// Takes over a socket that somebody else has made listen: a supervisor, a program before.
  ///
  /// **Errors:** `std::system_error` if it is no listening TCP socket; it then stays the caller's.
  TcpAcceptor adopt(const Executor& executor, int descriptor) {
    int listens = 0;
    auto size = static_cast<socklen_t>(sizeof listens);
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) detail::fail_with(errno);
    const Endpoint where = detail::endpoint_of(descriptor, ::getsockname);
    const bool tcp = where.protocol().family() == AF_INET || where.protocol().family() == AF_INET6;
    if (listens == 0 || !tcp) detail::fail_with(EINVAL);
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) { detail::fail_with(errno); }
    return TcpAcceptor{executor, descriptor, where};
  }
  // A template, so that only programs that look up names compile a resolver.
  template <class Host> awaitable<std::vector<Endpoint>> resolve(Host host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    std::error_code not_literal;
    const Address literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
      endpoints.emplace_back(literal, port);
      co_return endpoints;
    }
    // Nothing can cancel the system's look-up. Left to a worker it can at least be left behind.
    auto look_up = [host = std::string{host}, port] {
      asio::io_context context{1};
      asio::ip::tcp::resolver resolver{context};
      std::vector<Endpoint> found;
      for (const auto& result : resolver.resolve(host, std::to_string(port))) found.push_back(result.endpoint());
      return found;
    };
    co_return co_await blocking(std::move(look_up), Workload{WorkKind::lookup});
  }

  Time now() const noexcept { return std::chrono::steady_clock::now(); }
  awaitable<void> sleep_until(Time when) {
    const Executor executor = co_await asio::this_coro::executor;
    SteadyTimer<E> timer{executor, when};
    co_await timer.async_wait(use_awaitable);
  }

  /// Runs its own loops until nothing is left to do, or `stop()`. Can be called again.
  ///
  /// **Errors:** the first exception that a handler let escape, on any thread; the loops are stopped then.
  void run() {
    if (loops_) loops_->run();
  }
  /// Ends `run` at once, whatever is under way, from any thread (but no signal handler). What was under way waits for
  /// another `run`, or ends with the transport.
  void stop() {
    if (loops_) loops_->stop();
  }

 private:
  static void use(const std::shared_ptr<WorkerPools>& workers, const Executor& executor) {
    asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context)).use(workers);
  }

  std::shared_ptr<detail::EventLoops> loops_;  // none on the user's executor
  std::size_t count_ = 0;
  Executor outer_;
  Executor (*make_strand_)(const Executor&) = nullptr;  // so that only who brings an executor compiles one
  Executor main_;
  std::atomic<std::size_t> next_ = 0;
};
using TcpTransport = BasicTcpTransport<>;  // a template, so that only what is called is compiled

static_assert(Transport<TcpTransport>);

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// A client for programs without coroutines: each call runs to its end. Each is what the function of `Client` of the
/// same name is, with the same errors.
///
///     ftplike::BlockingClient client{"127.0.0.1", 3456};
///     client.download("sample_image.jpg", "client_files/sample_image.jpg");
///
/// It has a transport of its own, or is given one:
///
///     ftplike::SimulatedNetwork network{7};
///     ftplike::BasicBlockingClient client{network, "ftp://127.0.0.1:3456"};
///
/// That one runs while a call is under way: between two calls nothing is sent, not even a NOOP, and a server may end
/// the session. A client has no thread: its calls run on the threads that make them, and what may block is done by the
/// workers of the process, which all clients share.
///
/// **Errors:** as of `Client`. **Cancellation:** by `cancel`, from any thread: the call under way throws
/// `Errc::aborted`.
/// **Threads:** one at a time, but for `cancel`; those that share a transport too. Observers, sources, sinks and
/// `progress` are called on the thread of the call, within it; they may call `cancel`, and nothing else of the client.
template <Transport T = TcpTransport, class DataChannel = AnyChannel, class Observer = NoObserver>
class BasicBlockingClient {
 public:
  using Session = Client<T, DataChannel, Observer>;
  using Visit = typename Session::Visit;

  /// Connects and logs in, as `connect` does, over a transport of its own.
  explicit BasicBlockingClient(Url url, ClientOptions options = {}, Observer observer = {})
      : BasicBlockingClient{std::make_unique<T>(), std::move(url), std::move(options), std::move(observer)} {}
  /// The same at a host and a port, as anonymous where the server asks.
  BasicBlockingClient(std::string host, std::uint16_t port, ClientOptions options = {}, Observer observer = {})
      : BasicBlockingClient{Url{std::move(host), port}, std::move(options), std::move(observer)} {}
  /// The same over a transport of its own that is made of `setting`: a `TlsClient`, for instance.
  template <class Setting>
    requires(std::constructible_from<T, Setting>)
  BasicBlockingClient(Setting setting, Url url, ClientOptions options = {}, Observer observer = {})
      : BasicBlockingClient{std::make_unique<T>(std::move(setting)), std::move(url), std::move(options),
                            std::move(observer)} {}
  /// The same over a transport with event loops of its own, or a simulated one, that this thread runs.
  ///
  /// **Lifetime:** the transport outlives the client.
  BasicBlockingClient(T& network, Url url, ClientOptions options = {}, Observer observer = {}) : runner_{network} {
    auto connecting = connect<DataChannel>(network, std::move(url), std::move(options), std::move(observer));
    client_.emplace(run(std::move(connecting)));
  }
  BasicBlockingClient(const BasicBlockingClient&) = delete;
  BasicBlockingClient& operator=(const BasicBlockingClient&) = delete;

  /// The session, and how an operation of it is run: for what takes a session,
  /// `client.run(transfer_between(client.session(), …))`.
  Session& session() noexcept { return *client_; }
  template <class R> R run(awaitable<R> operation) { return runner_.run(std::move(operation)); }

  /// Whether the session can still be used.
  bool is_open() const noexcept { return client_->is_open(); }
  /// Which of the two dialects the session speaks.
  Dialect dialect() const noexcept { return client_->dialect(); }
  /// What the server says that it can do.
  const Features& features() const noexcept { return client_->features(); }
  /// What the server said first.
  const Reply& greeting() const noexcept { return client_->greeting(); }
  /// What protects the session: `TlsDetails`, without a version where nothing does.
  auto tls() const requires SecurableStream<typename T::Stream> { return client_->tls(); }
  /// The server's certificate.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> { return client_->peer_certificate(); }
  /// Where the server is, and where we are.
  Endpoint peer() const { return client_->peer(); }
  Endpoint local() const { return client_->local(); }

  /// Sends a command of the caller's own that needs no data connection, and gives its final reply, good or bad.
  Reply command(std::string text) { return run(client_->command(std::move(text))); }
  /// Sends a command of the caller's own whose data go into a sink, which is finished when all is well.
  template <ByteSink Sink> TransferResult transfer(std::string command, Sink& sink, TransferOptions options = {}) {
    return run(client_->transfer(std::move(command), sink, std::move(options)));
  }
  /// The same whose data come from a source.
  template <ByteSource Source>
    requires(!ByteSink<Source>)
  TransferResult transfer(std::string command, Source& source, TransferOptions options = {}) {
    return run(client_->transfer(std::move(command), source, std::move(options)));
  }
  /// Sees to it that no reply of a broken-off operation is under way any more.
  void get_in_step() { run(client_->get_in_step()); }
  /// Has the server answer, so that it keeps the session.
  void noop() { run(client_->noop()); }
  /// Says goodbye and ends the session.
  void quit() { run(client_->quit()); }
  /// Ends the session at once.
  void close() { client_->close(); }

  /// The working directory as the server names it.
  std::string pwd() { return run(client_->pwd()); }
  /// Changes the working directory.
  void cwd(std::string path) { run(client_->cwd(std::move(path))); }
  /// Makes a directory; those above it must be there.
  void mkdir(std::string path) { run(client_->mkdir(std::move(path))); }
  /// Removes a directory, which most servers want to be empty.
  void rmdir(std::string path) { run(client_->rmdir(std::move(path))); }
  /// What a directory holds, the working one if no path is given.
  std::vector<Entry> list(std::string path = {}) { return run(client_->list(std::move(path))); }
  /// The same entry by entry, as they come.
  void list(std::string path, Visit visit) { run(client_->list(std::move(path), std::move(visit))); }
  /// Calls `visit` for everything below a directory.
  void walk(std::string path, WalkVisit visit) { run(client_->walk(std::move(path), std::move(visit))); }

  /// What is known of a file or directory.
  Entry stat(std::string path) { return run(client_->stat(std::move(path))); }
  /// Whether there is a file or directory of this name.
  bool exists(std::string path) { return run(client_->exists(std::move(path))); }
  /// The length of a file in bytes.
  std::uint64_t size(std::string path) { return run(client_->size(std::move(path))); }
  /// How much of an upload the server has by now, also of one that was cut off; 0 if it has nothing or cannot tell.
  std::uint64_t stored_size(std::string path) { return run(client_->stored_size(std::move(path))); }
  /// When a file was modified.
  Timestamp modified(std::string path) { return run(client_->modified(std::move(path))); }
  /// The checksum of a file; nothing if the server offers none.
  std::optional<RemoteDigest> digest(std::string path) { return run(client_->digest(std::move(path))); }
  /// Sets when a file was modified.
  void set_modified(std::string path, Timestamp time) { run(client_->set_modified(std::move(path), time)); }
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  void chmod(std::string path, unsigned mode) { run(client_->chmod(std::move(path), mode)); }
  /// Removes a file.
  void remove(std::string path) { run(client_->remove(std::move(path))); }
  /// Gives a file or directory another name, or another place on the server.
  void rename(std::string from, std::string to) { run(client_->rename(std::move(from), std::move(to))); }

  /// Fetches a file into `local`: a file, or a folder in which it keeps its name.
  TransferResult download(std::string remote, std::string local, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(local), std::move(options)));
  }
  /// The same into a sink, which is finished when all is well.
  template <ByteSink Sink> TransferResult download(std::string remote, Sink& sink, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), sink, std::move(options)));
  }
  /// The same to a path beneath a folder of ours, out of which no name and no link leads.
  TransferResult download(std::string remote, DirectoryStorage folder, Path path, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(folder), std::move(path), std::move(options)));
  }
  /// A file of the server that is read piece by piece, as `RemoteFile` is.
  ///
  /// **Lifetime:** goes before the client.
  class File {
   public:
    /// Fills the beginning of the room (never empty) and gives how much; 0 at the end.
    std::size_t read_some(std::span<std::byte> room) { return client_->run(file_.read_some(room)); }
    /// The length of the file, if the server has told.
    std::optional<std::uint64_t> size() const noexcept { return file_.size(); }
    bool is_open() const noexcept { return file_.is_open(); }
    /// Ends it, wherever it is.
    void close() { client_->run(file_.close()); }

   private:
    friend BasicBlockingClient;
    File(BasicBlockingClient& client, typename Session::File file) : client_{&client}, file_{std::move(file)} {}
    BasicBlockingClient* client_;
    typename Session::File file_;
  };
  /// Opens a file of the server to be read from `offset` on.
  File open(std::string remote, std::uint64_t offset = 0, TransferOptions options = {}) {
    return File{*this, run(client_->open(std::move(remote), offset, std::move(options)))};
  }
  /// Fetches `length` bytes of a file from `offset` on into a sink, which is not finished by this.
  template <ByteSink Sink> TransferResult download_range(std::string remote, Sink& sink, std::uint64_t offset,
                                                         std::uint64_t length, TransferOptions options = {}) {
    return run(client_->download_range(std::move(remote), sink, offset, length, std::move(options)));
  }
  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  TransferResult upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return run(client_->upload(std::move(local), std::move(remote), std::move(options)));
  }
  /// Sends what a source gives.
  template <ByteSource Source> TransferResult upload(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->upload(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours to the end of a file.
  TransferResult append(std::string local, std::string remote, TransferOptions options = {}) {
    return run(client_->append(std::move(local), std::move(remote), std::move(options)));
  }
  /// The same of what a source gives.
  template <ByteSource Source> TransferResult append(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->append(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours under a name that nobody has yet; `TransferResult::name` tells it.
  TransferResult upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(std::move(local), std::move(wished), std::move(options)));
  }
  /// The same of what a source gives.
  template <ByteSource Source>
  TransferResult upload_unique(Source& source, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(source, std::move(wished), std::move(options)));
  }

  /// Ends the call that is under way, in whichever thread; if there is none, nothing.
  void cancel() { runner_.cancel(); }

 private:
  BasicBlockingClient(std::unique_ptr<T> network, Url url, ClientOptions options, Observer observer)
      : BasicBlockingClient{*network, std::move(url), std::move(options), std::move(observer)} {
    network_ = std::move(network);
  }

  std::unique_ptr<T> network_;  // if it is its own
  Runner<T> runner_;
  std::optional<Session> client_;
};

/// A client over TCP for programs without coroutines.
using BlockingClient = BasicBlockingClient<>;

}  // namespace ftplike::inline v0_2

// ---- ftplike/client/fxp.hpp
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {
namespace detail {

/// A transfer from one server to another, of which we see the two control connections.
class Fxp {
 public:
  template <class Client> static auto core(Client& client) { return client.core_; }

  template <class Core> static awaitable<void> prepare(Core& core) {
    if (core.dialect == Dialect::ftplike || core.secured) {
      throw ClientError{std::make_error_code(std::errc::function_not_supported), "FXP", Channel::control};
    }
    return set_type(core, 'I');
  }
  /// Where the source listens: at the address that we know it by, never at one that it names.
  template <class Core> static awaitable<Endpoint> listen(Core& core) {
    const Address address = core.peer().address();
    const Reply extended = co_await core.ask("EPSV");
    auto port = extended.code() == 229 ? parse_epsv_reply(extended.text()) : std::nullopt;
    if (!port && address.is_v4()) {
      const Reply passive = co_await core.demand("PASV");
      const auto told = parse_pasv_reply(passive.text());
      if (told) port = told->port;
    }
    if (!port) throw ClientError{Errc::bad_reply, "EPSV", Channel::control};
    co_return Endpoint{address, *port};
  }
  static std::string naming(const Endpoint& where) {
    const HostPort named{where.address().to_string(), where.port()};
    return where.address().is_v4() ? "PORT " + format_port(named) : "EPRT " + format_eprt(named);
  }

  template <class Core> static awaitable<void> conclude(Core& core, std::string verb, Duration limit) {
    const Reply reply = co_await core.control().conclude(verb, limit);
    if (!reply.complete()) core.fail(reply, verb);
  }

  template <class Source, class Target> static awaitable<void> run(std::shared_ptr<Source> source,
                                                                   std::shared_ptr<Target> target, std::string name,
                                                                   std::string new_name, Duration limit) {
    co_await perform(source, prepare(*source));
    co_await perform(target, prepare(*target));
    const Endpoint where = co_await perform(source, listen(*source));
    (void)co_await perform(target, target->demand(naming(where)));
    // What is begun from here on at one of them cannot be taken back where the other one fails.
    struct Both {
      ~Both() {
        if (done) return;
        source.close();
        target.close();
      }
      Source& source;
      Target& target;
      bool done = false;
    } both{*source, *target};
    co_await perform(target, target->begin_elsewhere("STOR " + new_name));
    co_await perform(source, source->begin_elsewhere("RETR " + name));
    co_await perform(source, conclude(*source, "RETR", limit));
    co_await perform(target, conclude(*target, "STOR", limit));
    both.done = true;
  }
};

}  // namespace detail

/// Has one server send a file to another; the bytes do not come by us. Most servers refuse that, ours too, for it is
/// what bounce attacks are made of: `target` is told the address of `source`. RFC 959 §2.3.
///
/// **Errors:** as of `Client`. Once the transfer has begun, its failure or cancellation ends both sessions.
template <class Source, class Target> awaitable<void> transfer_between(Source& source, Target& target, std::string name,
                                                                       std::string new_name = {},
                                                                       Duration limit = std::chrono::hours{24}) {
  if (new_name.empty()) new_name = Path{name}.name();
  return detail::Fxp::run(detail::Fxp::core(source), detail::Fxp::core(target), std::move(name), std::move(new_name),
                          limit);
}

}  // namespace ftplike

// ---- ftplike/client/mirror.hpp
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/client/mirror_plan.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/protocol/wildcard.hpp
#include <cstddef>
#include <string_view>

namespace ftplike::inline v0_2 {

/// Whether a text is a pattern: whether any of its letters means more than itself.
inline bool has_wildcards(std::string_view text) noexcept { return text.find_first_of("*?[\\") != text.npos; }

namespace detail {

/// One element of a pattern that stands for one byte: how long it is, and whether it matches.
class PatternStep {
 public:
  std::size_t length;
  bool matches;
};

/// Tries the element at the front of `pattern`, which is not empty and no '*', on `byte`.
inline PatternStep step(std::string_view pattern, std::size_t last_bracket, char byte) noexcept {
  if (pattern[0] == '?') return {1, true};
  if (pattern[0] == '\\' && pattern.size() > 1) return {2, pattern[1] == byte};
  const bool negated = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
  const std::size_t first = negated ? 2 : 1;
  // A ']' directly behind the opening is one of the set. A set that is never closed is no set.
  if (pattern[0] != '[' || last_bracket <= first || last_bracket >= pattern.size()) return {1, pattern[0] == byte};

  const auto code = [](char c) { return static_cast<unsigned char>(c); };
  bool found = false;
  std::size_t at = first;
  do {
    const bool range = at + 2 < last_bracket && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    const auto last = range ? pattern[at + 2] : pattern[at];
    found = found || (code(pattern[at]) <= code(byte) && code(byte) <= code(last));
    at += range ? 3 : 1;
  } while (pattern[at] != ']');
  return {at + 1, found != negated};
}

}  // namespace detail

/// Whether a name fits a pattern of the shell: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before what stands for itself.
/// Bytes are compared, a '.' or a '/' is as good as any other.
///
/// **Complexity:** at most `pattern.size() * name.size()` steps, no recursion, no memory.
inline bool matches(std::string_view pattern, std::string_view name) noexcept {
  const auto bracket = pattern.rfind(']');
  std::size_t at = 0, star = pattern.npos;  // in the pattern: where we are, behind the last '*'
  std::size_t byte = 0, resume = 0;         // in the name: where we are, where that '*' would end next
  while (byte < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      resume = byte;
      continue;
    }
    if (at < pattern.size()) {
      const auto last_bracket = bracket == pattern.npos || bracket < at ? 0 : bracket - at;
      const auto [length, fits] = detail::step(pattern.substr(at), last_bracket, name[byte]);
      if (fits) {
        at += length;
        ++byte;
        continue;
      }
    }
    // The last '*' takes one byte more; those before it never need to, which is what keeps this from exploding.
    if (star == pattern.npos) return false;
    at = star;
    byte = ++resume;
  }
  return pattern.find_first_not_of('*', at) == pattern.npos;
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// One thing that a mirror is going to do to its target, and why; or has to do before, which is to list its trees.
class MirrorAction {
 public:
  enum class Kind { make_directory, transfer, remove, remove_directory, list };
  enum class Reason { missing, size_differs, newer, not_in_source, in_the_way, not_known };

  MirrorAction(Kind its_kind, Reason its_reason, std::string its_path, const Entry& entry = {})
      : kind{its_kind}, reason{its_reason}, path{std::move(its_path)}, size{entry.size}, modified{entry.modified} {}

  static constexpr std::string_view name_of(Kind kind) noexcept {
    constexpr std::string_view names[]{"make directory", "transfer", "remove", "remove directory", "list"};
    return names[static_cast<std::size_t>(kind)];
  }
  static constexpr std::string_view name_of(Reason reason) noexcept {
    constexpr std::string_view names[]{"is missing",           "has another size", "is newer",
                                       "is not in the source", "is in the way",    "is not known"};
    return names[static_cast<std::size_t>(reason)];
  }
  /// "transfer images/a.jpg, 1234 bytes: is newer".
  std::string text() const {
    std::string out{name_of(kind)};
    out.append(" ").append(path.empty() ? "." : path);
    if (kind == Kind::transfer && size) out += ", " + std::to_string(*size) + " bytes";
    return out.append(": ").append(name_of(reason));
  }
  friend bool operator==(const MirrorAction&, const MirrorAction&) = default;

  Kind kind;
  Reason reason;
  std::string path;    // from the root of the mirror; empty for that itself
  std::optional<std::uint64_t> size;  // of what is transferred, if it is known
  Timestamp modified;                 // of the same; the epoch if it is not known
};

/// An action that failed, and of what.
class MirrorFailure {
 public:
  MirrorAction action;
  std::exception_ptr error;
};

/// How a mirror is to be done.
struct MirrorOptions {
  MirrorOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  Direction direction = Direction::received;  // from the server to us, or the other way
  /// Leave alone what is as new in the target as in the source, even if it has another size.
  bool only_newer = false;
  /// Remove what the source does not have, before anything else is done. Nothing is removed where a listing failed or
  /// could not be understood.
  bool delete_others = false;
  /// Patterns for files, of which one has to fit if there are any, and for files and directories that are left alone on
  /// both sides. A pattern with a '/' is for the path from the root of the mirror, any other for the name.
  std::vector<std::string> include, exclude;
  std::size_t entries = 1'000'000;  // on each side
  unsigned depth = 100;             // of directories
  TransferOptions transfer;         // `progress` is told of all transfers together, and stops all
  /// Called after each action; with what it failed of, or null. First for the directories that could not be listed.
  std::function<void(const MirrorAction& action, const std::exception_ptr& failure)> done;
};

/// What a mirror would do: a dry run is this alone.
class MirrorPlan {
 public:
  Direction direction = Direction::received;
  std::string remote, local;          // the roots
  std::vector<MirrorAction> actions;  // in the order in which they have to be done
  std::vector<std::string> skipped;   // what is left alone though it differs, and why
  /// Directories of which the listing failed or could not be understood, on either side. What is in them is left alone.
  std::vector<MirrorFailure> failures;

  std::size_t count(MirrorAction::Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(actions.begin(), actions.end(), [kind](const auto& action) { return action.kind == kind; }));
  }
  /// Of all transfers together whose sizes are known.
  std::uint64_t bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& action : actions) sum += action.kind == MirrorAction::Kind::transfer ? action.size.value_or(0) : 0;
    return sum;
  }
  /// An action or what is skipped a line, after the directories that could not be listed.
  std::string text() const {
    std::string out;
    for (const auto& failure : failures) out += failure.action.text() + '\n';
    for (const auto& action : actions) out += action.text() + '\n';
    for (const auto& line : skipped) out += "skip " + line + '\n';
    return out;
  }
};

namespace detail {

/// What there is below a directory, by the path from there.
class MirrorTree {
 public:
  bool exists = true;
  bool tells_seconds = true;  // the times are no coarser than that
  /// When the file at a path became what it is, whatever its time of modification; not known if empty.
  std::function<std::optional<Timestamp>(const std::string& path)> came;
  std::map<std::string, Entry> entries;
  std::map<std::string, std::exception_ptr> unlisted;  // directories of which nothing is known, and why
  class Unread {
   public:
    std::size_t lines = 0;
    std::string first;
  };
  std::map<std::string, Unread> unread;  // lines of the listings of directories that say nothing to us

  const Entry* find(const std::string& path) const {
    const auto found = entries.find(path);
    return found == entries.end() ? nullptr : &found->second;
  }
  /// Whether that is new here.
  bool add(std::string path, Entry entry, const MirrorOptions& options) {
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    if (entries.size() == options.entries || depth > options.depth) throw std::system_error(Errc::bad_listing);
    return entries.insert_or_assign(std::move(path), std::move(entry)).second;
  }
  void add_unread(const std::string& directory, std::string line) {
    Unread& of = unread[directory];
    if (of.lines++ == 0) of.first = std::move(line);
  }
  /// What keeps this from being all that there is.
  void tell_failures(std::vector<MirrorFailure>& failures) const {
    const auto tell = [&failures](const std::string& directory, std::exception_ptr error) {
      failures.push_back({{MirrorAction::Kind::list, MirrorAction::Reason::not_known, directory}, std::move(error)});
    };
    for (const auto& [directory, error] : unlisted) tell(directory, error);
    for (const auto& [directory, of] : unread) {
      const std::string text =
          "lines that cannot be understood: " + std::to_string(of.lines) + ", the first: " + of.first;
      tell(directory, std::make_exception_ptr(ClientError{Errc::bad_listing, "LIST", Channel::control, 0, text}));
    }
  }
};

inline bool fits_one(const std::vector<std::string>& patterns, const std::string& path) {
  const std::string_view name = std::string_view{path}.substr(path.rfind('/') + 1);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return matches(pattern, pattern.find('/') == pattern.npos ? name : std::string_view{path});
  });
}
/// Whether a mirror has to do with this path. What is in a directory with which it has not is not even looked at.
inline bool concerns(const MirrorOptions& options, const std::string& path, const Entry& entry) {
  if (fits_one(options.exclude, path)) return false;
  return options.include.empty() || entry.is_directory() || fits_one(options.include, path);
}

/// Compares a source with a target.
class MirrorPlanner {
 public:
  MirrorPlanner(const MirrorTree& source, const MirrorTree& target, const MirrorOptions& options)
      : source_{source}, target_{target}, options_{options} {}

  MirrorPlan plan() {
    if (!target_.exists) directories_.emplace("");
    for (const auto& [path, entry] : source_.entries) {
      if (concerns(options_, path, entry) && !is_below(path, skipped_)) consider(path, entry);
    }
    if (options_.delete_others) remove_others();

    MirrorPlan plan;
    plan.direction = options_.direction;
    source_.tell_failures(plan.failures);
    target_.tell_failures(plan.failures);
    plan.skipped = std::move(notes_);
    plan.actions = std::move(in_the_way_);
    // To a target that takes "a" and "A" for one, what comes may have the name of what goes.
    std::move(others_.begin(), others_.end(), std::back_inserter(plan.actions));
    for (const auto& path : directories_) plan.actions.emplace_back(Kind::make_directory, Reason::missing, path);
    std::move(transfers_.begin(), transfers_.end(), std::back_inserter(plan.actions));
    return plan;
  }

 private:
  using Kind = MirrorAction::Kind;
  using Reason = MirrorAction::Reason;

  static std::string parent(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string{} : path.substr(0, slash);
  }
  template <class Directories> static bool is_below(const std::string& path, const Directories& directories) {
    if (directories.empty()) return false;
    for (std::string above = parent(path); !above.empty(); above = parent(above)) {
      if (directories.contains(above)) return true;
    }
    return false;
  }
  void skip(const std::string& path, std::string_view why) {
    skipped_.insert(path);
    notes_.push_back(path + ": " + std::string{why});
  }

  void consider(const std::string& path, const Entry& entry) {
    if (!entry.is_file() && !entry.is_directory()) return skip(path, "neither a file nor a directory");
    if (is_below(path, target_.unlisted)) return;  // it may be there
    const Entry* there = is_below(path, removed_) ? nullptr : target_.find(path);
    if (there && there->type != entry.type) {
      if (!make_way(path)) return skip(path, "something else has that name in the target");
      there = nullptr;
    }
    if (entry.is_directory()) {
      if (!there && options_.include.empty()) directories_.insert(path);
      return;
    }
    const auto reason = there ? difference(path, entry, *there) : Reason::missing;
    if (!reason) return;
    for (std::string above = parent(path); !above.empty(); above = parent(above)) {
      if (!target_.find(above) || removed_.contains(above)) directories_.insert(above);
    }
    transfers_.emplace_back(Kind::transfer, *reason, path, entry);
  }
  std::optional<Reason> difference(const std::string& path, const Entry& entry, const Entry& there) const {
    const bool known = entry.modified != Timestamp{} && there.modified != Timestamp{};
    const bool newer = known && entry.modified > there.modified + tolerance(there.modified);
    if (newer && !clocks_were_changed(path, entry, there)) return Reason::newer;
    // As text a file has another length at each end.
    const bool compares = !options_.only_newer && !options_.transfer.ascii;
    if (compares && entry.size && there.size && *entry.size != *there.size) return Reason::size_differs;
    return std::nullopt;
  }
  /// Whether a time differs only because the server's clock, whose zone nobody knows, has been changed by an hour since
  /// the copy was made: what was modified days before that has not been modified since.
  bool clocks_were_changed(const std::string& path, const Entry& entry, const Entry& there) const {
    constexpr std::chrono::minutes an_hour{60}, about{1};
    const auto later = entry.modified - there.modified;
    if (entry.in_utc || later < an_hour - about || later > an_hour + about || !target_.came) return false;
    const auto came = target_.came(path);
    constexpr std::chrono::days any_zone{1};
    return came && entry.modified + any_zone < *came;
  }
  /// How much later a time of the target may be in truth: a LIST tells minutes, and of old files days.
  std::chrono::seconds tolerance(Timestamp time) const {
    if (target_.tells_seconds) return std::chrono::seconds{2};
    const bool day = time.time_since_epoch() % std::chrono::days{1} == std::chrono::milliseconds{0};
    return day ? std::chrono::days{1} : std::chrono::seconds{60};
  }

  /// Removes what has the name of something of another kind, unless somebody wants that to stay.
  bool make_way(const std::string& path) {
    if (!removes() || target_.unlisted.contains(path)) return false;
    std::vector<MirrorAction> actions;
    const std::string inside = path + '/';
    for (auto at = target_.entries.lower_bound(inside); at != target_.entries.end(); ++at) {
      if (!at->first.starts_with(inside)) break;
      const bool stays = !concerns(options_, at->first, at->second) || target_.unlisted.contains(at->first);
      if (stays) return false;
      actions.push_back(removal(at->first, at->second, Reason::in_the_way));
    }
    std::reverse(actions.begin(), actions.end());
    actions.push_back(removal(path, *target_.find(path), Reason::in_the_way));
    std::move(actions.begin(), actions.end(), std::back_inserter(in_the_way_));
    removed_.insert(path);
    return true;
  }
  /// A line that is not understood may be about anything.
  bool removes() const { return options_.delete_others && source_.unread.empty() && target_.unread.empty(); }
  void remove_others() {
    if (!removes()) {
      notes_.push_back("all removals: there are listings that cannot be understood");
      return;
    }
    std::set<std::string> kept;  // directories with something that stays
    for (auto at = target_.entries.rbegin(); at != target_.entries.rend(); ++at) {
      const auto& [path, entry] = *at;
      if (removed_.contains(path) || is_below(path, removed_)) continue;
      const bool stays = source_.find(path) || !concerns(options_, path, entry) || is_below(path, skipped_) ||
                         kept.contains(path) || is_below(path, source_.unlisted) || target_.unlisted.contains(path);
      if (stays)
        kept.insert(parent(path));
      else
        others_.push_back(removal(path, entry, Reason::not_in_source));
    }
  }
  static MirrorAction removal(const std::string& path, const Entry& entry, Reason why) {
    return {entry.is_directory() ? Kind::remove_directory : Kind::remove, why, path, entry};
  }

  const MirrorTree& source_;
  const MirrorTree& target_;
  const MirrorOptions& options_;
  std::set<std::string> directories_, skipped_, removed_;
  std::vector<MirrorAction> in_the_way_, transfers_, others_;
  std::vector<std::string> notes_;
};

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/client/segments.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

// ---- ftplike/client/pool.hpp
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/client/retry.hpp
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <system_error>


namespace ftplike::inline v0_2 {

/// How often something is tried that failed for a reason which may pass, and how long to wait in between: at first
/// `first`, then twice as long each time. A try that came further in a file than all before it counts as a first one.
struct RetryPolicy {
  RetryPolicy() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  unsigned attempts = 5;
  Duration first = std::chrono::seconds{1}, longest = std::chrono::seconds{60};

  /// Before the try after the `n`-th, counted from 1.
  Duration pause(unsigned n) const noexcept { return std::min(longest, first * (1 << std::min(n - 1, 20u))); }
};

/// Whether an error may pass: a lost or refused connection, a limit of time, a reply of the kind 4xx. Not an error of
/// ours, nor a cancellation, nor a final no.
inline bool is_transient(const ClientError& error) noexcept {
  if (error.code().category() == reply_category()) return error.code().value() / 100 == 4;
  if (error.channel() == Channel::local) return false;
  for (const Errc passing :
       {Errc::timed_out, Errc::stalled, Errc::peer_lost, Errc::shutting_down, Errc::too_short, Errc::too_long}) {
    if (error.code() == passing) return true;
  }
  using enum std::errc;
  for (const auto passing : {connection_reset, connection_refused, connection_aborted, broken_pipe, not_connected,
                             host_unreachable, network_unreachable, network_down, std::errc::timed_out}) {
    if (error.code() == passing) return true;
  }
  return false;
}

namespace detail {

/// A failed try: what is known of its error, if it is a client's.
class Failure {
 public:
  explicit Failure(const std::exception_ptr& failure, std::uint64_t farthest_before = 0) noexcept
      : farthest{farthest_before} {
    try {
      std::rethrow_exception(failure);
    } catch (const ClientError& error) {
      transient = is_transient(error);
      late = error.code() == Errc::timed_out || error.code() == Errc::stalled;
      moved = error.transferred() > 0;
      came_further = moved && error.reached() > farthest;
      if (came_further) farthest = error.reached();
      code = error.code().category() == reply_category() ? error.code().value() : 0;
    } catch (...) {  // not ours
    }
  }
  bool transient = false;
  bool late = false;          // a limit of time ran out
  bool moved = false;         // bytes of a file went over
  bool came_further = false;  // than any try before
  std::uint64_t farthest;     // where in the file that is; 0 if none of the tries moved anything
  int code = 0;               // of the reply, if one said so
};

}  // namespace detail
}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// How a pool of sessions is to behave.
struct PoolOptions {
  PoolOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  ClientOptions client;
  std::size_t sessions = 4;  // at a time
  RetryPolicy retry;
  /// An upload that failed is gone on with if it is of so many bytes at least; a smaller one is begun anew, which saves
  /// each of them a question (SIZE). One with `TransferOptions::resume` is gone on with in any case.
  std::uint64_t smallest_resumed = 1024 * 1024;
};

namespace detail {

/// A download that may be tried again. What a try that failed has left is gone on with, but not the file that was there
/// before.
template <class Session> class RepeatedDownload {
 public:
  RepeatedDownload(std::string remote, std::string local, TransferOptions options)
      : remote_{std::move(remote)}, local_{std::move(local)}, options_{std::move(options)} {}
  RepeatedDownload(std::string remote, LocalTarget target, TransferOptions options)
      : remote_{std::move(remote)}, options_{std::move(options)}, target_{std::move(target)} {}
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    if (last) {  // the file may be another one by now
      options.size.reset();
      options.modified.reset();
    }
    if (last && last->farthest > 0) {
      if (!target_) target_.emplace(local_, remote_);
      const LocalCopy left = co_await local_copy_of(target_->folder, target_->path);
      options.resume = options.resume || !left.is_whole;
    }
    if (target_) co_return co_await session.download(remote_, target_->folder, target_->path, options);
    co_return co_await session.download(remote_, local_, options);
  }

 private:
  std::string remote_, local_;
  TransferOptions options_;
  std::optional<LocalTarget> target_;  // what `local_` means, once that is known
};

/// A source that cannot seek, and whether something of it is gone.
class UsedSource {
 public:
  explicit UsedSource(AnySource source) : source_{source} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    used_ = true;
    return source_.read_some(room);
  }
  bool is_used() const noexcept { return used_; }

 private:
  AnySource source_;
  bool used_ = false;
};

/// An upload that may be tried again. What the server has of the file after a try that failed is gone on with only if
/// that try has changed it: else it is the file that was there before.
template <class Session> class RepeatedUpload {
 public:
  RepeatedUpload(std::uint64_t smallest_resumed, std::string local, std::string remote, TransferOptions options)
      : smallest_{smallest_resumed},
        local_{std::move(local)},
        remote_{std::move(remote)},
        options_{std::move(options)} {
    if (remote_.empty() || remote_.ends_with('/')) remote_ += std::filesystem::path{local_}.filename().string();
  }
  RepeatedUpload(std::uint64_t smallest_resumed, AnySource source, std::string remote, TransferOptions options)
      : smallest_{smallest_resumed}, source_{source}, remote_{std::move(remote)}, options_{std::move(options)} {
    if (!source.size()) once_ = std::make_shared<UsedSource>(source);
  }
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    if (is_resumed() && !options.resume) {
      const std::uint64_t there = co_await session.stored_size(remote_);
      if (last && last->farthest > 0 && looked_ && there != before_) options.resume = true;
      if (!looked_) before_ = there;
      looked_ = true;
    }
    if (once_) co_return co_await session.upload(*once_, remote_, options);
    if (source_) co_return co_await session.upload(*source_, remote_, options);
    co_return co_await session.upload(local_, remote_, options);
  }
  /// Whether there is all that was there at the first try.
  bool can_be_repeated() const noexcept { return !once_ || !once_->is_used(); }

 private:
  bool is_resumed() const {
    if (once_ || options_.ascii) return false;
    if (source_) return source_->size().value_or(0) >= smallest_;
    std::error_code error;
    const auto size = std::filesystem::file_size(local_, error);
    return !error && size >= smallest_;
  }
  std::uint64_t smallest_;
  std::string local_;
  std::optional<AnySource> source_;   // in place of a file
  std::shared_ptr<UsedSource> once_;  // in place of that, if it cannot seek
  std::string remote_;
  TransferOptions options_;
  std::uint64_t before_ = 0;
  bool looked_ = false;
};

}  // namespace detail

/// Sessions with one server, made when they are needed and kept for the next use: for many things at once, and for
/// things that are to survive a lost connection.
///
///     ftplike::ClientPool pool{network, "ftp://ann:secret@ftp.example.org"};
///     co_await pool.download("big.iso", "downloads");
///
/// A server that turns a further session away (421, or 530 with a password that was good before) has no more of them
/// from then on than it took. All sessions are where the login led them: paths are seen from there.
///
/// **Errors:** as of `Client`; of what is retried, those of the last try. **Cancellation:** as of `Client`.
/// **Lifetime:** nothing runs after the transport; operations and leases keep what they need of the pool.
/// **Threads:** operations may be awaited on any executor, and run on the pool's own: that of the first of them, or a
/// strand of it.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class ClientPool {
  struct State;
  using StatePointer = std::shared_ptr<State>;

 public:
  using Session = Client<T, DataChannel, Observer>;

  explicit ClientPool(T& network, Url url, PoolOptions options = {}, Observer observer = {})
      : state_{std::make_shared<State>(network, std::move(url), std::move(options), std::move(observer))} {}
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  /// A session that is somebody's own until this goes.
  class Lease {
   public:
    /// None.
    Lease() = default;
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
      std::swap(state_, other.state_);
      std::swap(session_, other.session_);
      std::swap(used_, other.used_);
      return *this;
    }
    ~Lease() {
      if (!state_ || has_ended(state_->executor())) return;
      auto session = std::make_shared<Session>(std::move(session_));
      asio::dispatch(state_->executor(), [state = state_, session] { state->give_back(std::move(*session)); });
    }
    Session* operator->() noexcept { return &session_; }
    Session& operator*() noexcept { return session_; }
    /// Whether it had been kept, so that the server may have closed it since.
    bool was_used() const noexcept { return used_; }

   private:
    friend State;
    Lease(StatePointer state, Session session, bool used)
        : state_{std::move(state)}, session_{std::move(session)}, used_{used} {}
    StatePointer state_;
    Session session_;
    bool used_ = false;
  };

  /// Waits for a session that nobody has, or makes one.
  awaitable<Lease> lease() { return run(State::lease(state_)); }
  T& network() noexcept { return state_->network; }
  /// How many sessions there are, and how many there can be.
  std::size_t sessions() const noexcept { return state_->open; }
  std::size_t most_sessions() const noexcept { return state_->most; }
  /// Says goodbye to the server in all sessions that nobody has.
  awaitable<void> quit() { return run(State::quit(state_)); }

  /// Runs `work(session)`, which gives an awaitable, in a session of the pool; again and again in others if it fails
  /// for a reason that may pass. So it has to be something that may be done twice: looking, not renaming.
  template <class Work> auto use(Work work) {
    auto once = [work = std::move(work)](Session& session, const detail::Failure*) mutable { return work(session); };
    return run(State::keep_trying(state_, std::move(once)));
  }

  /// As `Client::download`; what was lost on the way is gone on with.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    detail::RepeatedDownload<Session> fetch{std::move(remote), std::move(local), std::move(options)};
    return run(State::keep_trying(state_, std::move(fetch)));
  }
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    detail::RepeatedDownload<Session> fetch{std::move(remote), std::move(target), std::move(options)};
    return run(State::keep_trying(state_, std::move(fetch)));
  }
  /// As `Client::upload`; what was lost on the way is gone on with.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return keep_storing(std::move(local), std::move(remote), std::move(options));
  }
  /// The same of what a source gives. One that cannot seek is not tried again once something of it was read.
  ///
  /// **Lifetime:** the source is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source& source, std::string remote, TransferOptions options = {}) {
    return keep_storing(AnySource{source}, std::move(remote), std::move(options));
  }
  /// As `Client::list`.
  awaitable<std::vector<Entry>> list(std::string path = {}) {
    auto look = [path = std::move(path)](Session& session, const detail::Failure*) { return session.list(path); };
    return run(State::keep_trying(state_, std::move(look)));
  }

  /// Runs an operation that uses the pool on the pool's executor.
  template <class R> awaitable<R> run(awaitable<R> operation) { return State::run(state_, std::move(operation)); }

 private:
  template <class What> awaitable<TransferResult> keep_storing(What what, std::string remote, TransferOptions options) {
    detail::RepeatedUpload<Session> store{state_->options.smallest_resumed, std::move(what), std::move(remote),
                                          std::move(options)};
    return run(State::keep_trying(state_, std::move(store)));
  }

  /// All of a pool, which the operations under way and the leases share.
  struct State {
    State(T& its_network, Url its_url, PoolOptions its_options, Observer its_observer)
        : lifetime{lifetime_of(its_network)},
          network{its_network},
          url{std::move(its_url)},
          options{std::move(its_options)},
          observer{std::move(its_observer)},
          most{std::max<std::size_t>(1, options.sessions)} {}

    /// That of the first operation, or near it.
    const Executor& executor() const noexcept { return *executor_; }
    template <class R> static awaitable<R> run(StatePointer state, awaitable<R> operation) {
      const Executor here = co_await asio::this_coro::executor;
      std::call_once(state->chosen_, [&] {
        state->executor_ = executor_near(state->network, here);
        state->freed.emplace(*state->executor_);
      });
      co_return co_await detail::telling(run_on(state->executor(), std::move(operation)));
    }

    static awaitable<Lease> lease(StatePointer state) {
      for (;;) {
        while (!state->idle.empty()) {
          Session session = std::move(state->idle.back());
          state->idle.pop_back();
          if (session.is_open()) co_return Lease{state, std::move(session), true};
          state->make_room();
        }
        std::optional<Lease> made;
        if (state->open < state->most) {
          co_await make(state, made);
        } else {
          co_await state->freed->wait();
        }
        if (made) co_return *std::move(made);
      }
    }
    static awaitable<void> quit(StatePointer state) {
      while (!state->idle.empty()) {
        Session session = std::move(state->idle.back());
        state->idle.pop_back();
        state->make_room();
        co_await session.quit();
      }
    }
    /// Makes a session, unless the server has enough of us.
    static awaitable<void> make(StatePointer state, std::optional<Lease>& made) {
      struct Counted {
        explicit Counted(State& its_state) : state{its_state} { ++state.open; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
        ~Counted() {
          if (!kept) state.make_room();
        }
        State& state;
        bool kept = false;
      } counted{*state};
      Settled<Session> connected;
      co_await settle(connect<DataChannel>(state->network, state->url, state->options.client, state->observer),
                      connected);
      if (!connected.failed()) {
        counted.kept = state->welcome = true;
        made.emplace(Lease{state, connected.get(), false});
        co_return;
      }
      const detail::Failure failure{connected.failure()};
      const bool enough = failure.code == 421 || (failure.code == 530 && state->welcome);
      if (!enough || state->open == 1) std::rethrow_exception(connected.failure());
      state->most = state->open - 1;
    }
    void give_back(Session session) {
      if (!session.is_open()) return make_room();
      idle.push_back(std::move(session));
      freed->notify();
    }
    /// One session fewer: somebody who waits may make another.
    void make_room() {
      --open;
      freed->notify();
    }

    /// Tells whether the session was one that had been kept and is closed now.
    template <class Work, class Result>
    static awaitable<Result> once(StatePointer state, Work& work, const detail::Failure* last, bool& stale) {
      Lease session = co_await lease(state);
      Settled<Result> result;
      co_await settle(work(*session, last), result);
      stale = session.was_used() && !session->is_open();
      co_return result.get();
    }
    template <class Work> static bool can_be_repeated(const Work& work) {
      if constexpr (requires { work.can_be_repeated(); }) return work.can_be_repeated();
      return true;
    }
    template <class Work,
              class Result = typename std::invoke_result_t<Work&, Session&, const detail::Failure*>::value_type>
    static awaitable<Result> keep_trying(StatePointer state, Work work) {
      std::optional<detail::Failure> last;
      const RetryPolicy& retry = state->options.retry;
      for (unsigned tries = 1;;) {
        Settled<Result> result;
        bool stale = false;
        const detail::Failure* const before = last ? &*last : nullptr;
        co_await settle(once<Work, Result>(state, work, before, stale), result);
        if (!result.failed()) co_return result.get();
        last.emplace(result.failure(), last ? last->farthest : 0);
        if (!last->transient || !can_be_repeated(work)) co_return result.get();
        // A server may close a session that nobody used for long; that says nothing about the next one.
        if (stale && !last->late && !last->moved) continue;
        if (last->came_further) tries = 1;
        if (tries >= retry.attempts) co_return result.get();
        const Time next = state->network.now() + retry.pause(tries);
        ++tries;
        co_await state->network.sleep_until(next);
      }
    }

    const std::shared_ptr<void> lifetime;  // first, so that it is the last to go
    T& network;
    const Url url;
    const PoolOptions options;
    Observer observer;
    std::vector<Session> idle;
    std::atomic<std::size_t> open = 0, most;
    std::optional<Condition> freed;
    bool welcome = false;  // the server let us in before

   private:
    std::once_flag chosen_;
    std::optional<Executor> executor_;
  };

  StatePointer state_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {
namespace detail {

/// A part of a file, and how far it has come.
class Segment {
 public:
  Segment(FileWriter& file, std::uint64_t begin, std::uint64_t end) : file_{file}, at_{begin}, end_{end} {}
  std::uint64_t at() const noexcept { return at_; }
  std::uint64_t left() const noexcept { return end_ - at_; }
  awaitable<void> write(std::span<const std::byte> bytes) {
    co_await file_.write_at(bytes, at_);
    at_ += bytes.size();
  }
  awaitable<void> finish() { co_return; }

 private:
  FileWriter& file_;
  std::uint64_t at_, end_;
};

/// The progress of several transfers as that of one.
class SharedProgress {
 public:
  SharedProgress(Time began, std::uint64_t size, ProgressCallback tell)
      : began_{began}, size_{size}, meter_{began}, tell_{std::move(tell)} {}
  Go moved(Time now, std::uint64_t count) {
    total_ += count;
    meter_.note(now, total_);
    return tell_(progress_of(meter_, now - began_, 0, total_, size_));
  }
  std::uint64_t total() const noexcept { return total_; }

 private:
  const Time began_;
  const std::uint64_t size_;
  RateMeter meter_;
  ProgressCallback tell_;
  std::uint64_t total_ = 0;
};

/// Fetches what is left of a segment. Nothing that happens behind its last byte makes it less whole.
template <class Session> awaitable<void> fetch_rest(Session& session, std::string remote,
                                                    std::shared_ptr<Segment> segment, TransferOptions options) {
  Settled<TransferResult> fetched;
  auto fetching = session.download_range(std::move(remote), *segment, segment->at(), segment->left(), options);
  co_await settle(std::move(fetching), fetched);
  if (segment->left() > 0) (void)fetched.get();
}

template <class Pool, class Network> awaitable<void> fetch_segment(Pool& pool, Network& network, std::string remote,
                                                                   std::shared_ptr<Segment> segment,
                                                                   SharedProgress& progress, TransferOptions options) {
  const auto fetch = [&](typename Pool::Session& session) {
    TransferOptions now = options;
    now.progress = [&network, &progress, before = std::uint64_t{0}](const Progress& own) mutable {
      const std::uint64_t more = own.transferred - before;
      before = own.transferred;
      return progress.moved(network.now(), more);
    };
    return fetch_rest(session, remote, segment, std::move(now));
  };
  while (segment->left() > 0) co_await pool.use(fetch);
}

/// Fetches the segments of a file whose entry is known, size included. Gives nothing if the server cannot begin in the middle, or if
/// the file is another one by the end.
template <class Pool>
awaitable<std::optional<TransferResult>> fetch_segments(Pool& pool, std::string remote, LocalTarget target, Entry entry,
                                                        std::uint64_t count, TransferOptions options) {
  auto& network = pool.network();
  const Time began = network.now();
  const std::uint64_t size = entry.size.value();
  SharedProgress progress{began, size, options.progress};
  std::optional<FileWriter> file;
  try {
    FileWriter created = co_await target.folder.create_aside(target.path);
    file.emplace(std::move(created));
  } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
  const Executor executor = co_await asio::this_coro::executor;
  TaskGroup tasks{executor};
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto segment = std::make_shared<Segment>(*file, size * i / count, size * (i + 1) / count);
    tasks.start(fetch_segment(pool, network, remote, segment, progress, options));
  }
  try {
    co_await tasks.join();
  } catch (const ClientError& failure) {
    if (failure.verb() != "REST" && failure.verb() != "RANG") throw;
    co_return std::nullopt;
  }
  const auto look = [&remote](typename Pool::Session& session) { return session.stat(remote); };
  const Entry now = co_await pool.use(look);
  if (now.size != entry.size || now.modified != entry.modified) co_return std::nullopt;
  try {
    co_await file->finish();
  } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
  const bool keeps_time = options.keep_time && entry.modified != Timestamp{};
  if (keeps_time) co_await target.folder.set_modified(target.path, entry.modified);
  TransferResult result;
  result.transferred = progress.total();
  result.took = network.now() - began;
  result.name = target.name();
  co_return result;
}

template <class Pool>
awaitable<TransferResult> fetch_by_segments(Pool& pool, std::string remote, std::string local, std::size_t segments,
                                            TransferOptions options) {
  constexpr std::uint64_t smallest = 1024 * 1024;
  const auto look = [&remote](typename Pool::Session& session) { return session.stat(remote); };
  const Entry entry = co_await pool.use(look);
  const auto most = std::min<std::uint64_t>(segments, entry.size.value_or(0) / smallest);
  if (most > 1 && !options.ascii) {
    LocalTarget target = local_target(local, remote);
    auto result = co_await fetch_segments(pool, remote, std::move(target), entry, most, options);
    if (result) co_return *std::move(result);
  }
  co_return co_await pool.download(std::move(remote), std::move(local), std::move(options));
}

}  // namespace detail

/// Fetches one file over several sessions of a pool at once, for servers or ways that are slow by the connection. What
/// was lost on the way is gone on with while it lasts, but nothing is kept for a later `resume`. A file that is too
/// small, or changes under way, or has a server that cannot begin in the middle, is fetched as by `Pool::download`.
template <class Pool> awaitable<TransferResult> download_in_segments(Pool& pool, std::string remote, std::string local,
                                                                     std::size_t segments,
                                                                     TransferOptions options = {}) {
  return pool.run(detail::fetch_by_segments(pool, std::move(remote), std::move(local), segments, std::move(options)));
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// What a mirror came to.
class MirrorResult {
 public:
  std::size_t transferred = 0;          // files
  std::uint64_t bytes = 0;              // of them
  std::vector<MirrorFailure> failures;  // of single actions, which did not keep the others from being done
};

namespace detail {

/// Adds what is in one folder of ours, `path` from the root of the mirror. Gives the folders in it that are to be
/// looked into.
///
/// **Errors:** `std::system_error` if the folder cannot be read as a whole.
inline std::vector<std::string> add_local(MirrorTree& tree, const std::string& root, const std::string& path,
                                          const MirrorOptions& options) {
  namespace fs = std::filesystem;
  std::vector<std::string> inner;
  for (const auto& file : fs::directory_iterator{path.empty() ? fs::path{root} : fs::path{root} / path}) {
    const std::string name = file.path().filename().string();
    if (is_partial_name(name)) continue;
    struct stat status {};
    if (::lstat(file.path().c_str(), &status) != 0) {
      if (errno == ENOENT) continue;  // it has gone since
      throw std::system_error(errno, std::generic_category());
    }
    const Entry entry = entry_of(name, status);
    std::string its_path = joined(path, name);
    tree.add(its_path, entry, options);
    if (entry.is_directory() && concerns(options, its_path, entry)) inner.push_back(std::move(its_path));
  }
  return inner;
}

/// What there is below a folder of ours. Links are not followed, and our own partial files are nobody's.
inline MirrorTree local_tree(const std::string& folder, const MirrorOptions& options) {
  MirrorTree tree;
  tree.exists = std::filesystem::exists(folder);
  tree.came = [folder](const std::string& path) -> std::optional<Timestamp> {
    struct stat status {};
    if (::lstat((std::filesystem::path{folder} / path).c_str(), &status) != 0) return std::nullopt;
    return Timestamp{std::chrono::seconds{status.st_ctim.tv_sec}};
  };
  std::vector<std::string> left;
  if (tree.exists) left.emplace_back();
  while (!left.empty()) {
    const std::string path = std::move(left.back());
    left.pop_back();
    try {
      for (auto& inner : add_local(tree, folder, path, options)) left.push_back(std::move(inner));
    } catch (const std::system_error& error) {
      if (path.empty() || error.code() == Errc::bad_listing) throw;
      tree.unlisted.emplace(path, std::make_exception_ptr(ClientError{error.code(), "", Channel::local}));
    }
  }
  return tree;
}

/// Whether an action's failure says nothing about the next one.
inline bool concerns_one_action(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ReplyError& error) {
    return error.reply().code() != 421 && error.reply().code() != 530;
  } catch (const ClientError& error) {
    return error.channel() == Channel::local && error.code() != Errc::aborted;
  } catch (const std::system_error& error) {
    return error.code() != asio::error::operation_aborted;  // a storage's
  } catch (...) { return false; }
}

template <class Session>
awaitable<std::vector<Entry>> list_typed(Session& session, std::string path, MirrorTree& tree) {
  std::vector<Entry> entries = co_await session.list(path);
  tree.tells_seconds = session.features().may_have("MLST");
  const bool names_only =
      session.dialect() == Dialect::ftplike || (!tree.tells_seconds && session.features().refused("LIST"));
  if (names_only) {
    throw ClientError{std::make_error_code(std::errc::function_not_supported), "LIST", Channel::control, 0,
                      "the server's listings have names only, which is too little for a mirror"};
  }
  co_return entries;
}

/// The tree below a directory of the server, as far as it can be had.
template <class Pool> class RemoteTree {
 public:
  RemoteTree(Pool& pool, std::string root, const MirrorOptions& options)
      : pool_{pool}, root_{std::move(root)}, options_{options} {}

  awaitable<MirrorTree> run() {
    left_.emplace_back();
    while (!left_.empty()) {
      const std::string directory = std::move(left_.back());
      left_.pop_back();
      const std::string path = joined(root_, directory);
      const auto list = [&](typename Pool::Session& session) { return list_typed(session, path, tree_); };
      Settled<std::vector<Entry>> listed;
      co_await settle(pool_.use(list), listed);
      const bool refused = listed.failed() && concerns_one_action(listed.failure());
      std::vector<Entry> entries;
      if (!refused) entries = listed.get();
      const bool doubtful = directory.empty() && entries.empty() && !Path{root_}.is_root();
      if (doubtful) co_await look_for_root();
      if (!tree_.exists) break;
      if (refused && directory.empty()) (void)listed.get();
      if (refused) tree_.unlisted.emplace(directory, listed.failure());
      add(directory, entries);
    }
    co_return std::move(tree_);
  }

 private:
  /// Whether what was refused or seems to be empty is there at all. There are servers that list anything.
  awaitable<void> look_for_root() {
    const auto look = [this](typename Pool::Session& session) { return session.exists(root_); };
    Settled<bool> exists;
    co_await settle(pool_.use(look), exists);
    if (!exists.failed()) tree_.exists = exists.get();
  }
  void add(const std::string& directory, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      if (entry.name.empty()) {
        tree_.add_unread(directory, entry.listed);
        continue;
      }
      std::string inner = joined(directory, entry.name);
      const bool is_new = tree_.add(inner, entry, options_);
      if (is_new && entry.is_directory() && concerns(options_, inner, entry)) left_.push_back(std::move(inner));
    }
  }

  Pool& pool_;
  const std::string root_;
  const MirrorOptions& options_;
  MirrorTree tree_;
  std::vector<std::string> left_;
};

/// A mirror under way.
template <class Pool> class MirrorRun {
 public:
  using Session = typename Pool::Session;

  MirrorRun(Pool& pool, const MirrorPlan& plan, const MirrorOptions& options)
      : pool_{pool},
        plan_{plan},
        options_{options},
        progress_{pool.network().now(), plan.bytes(), options.transfer.progress} {}

  awaitable<MirrorResult> run() {
    for (const auto& [action, failure] : plan_.failures) note(action, failure);
    if (plan_.direction == Direction::received) {
      std::filesystem::create_directories(plan_.local);
      folder_.emplace(plan_.local);
    }
    const auto& actions = plan_.actions;
    while (next_ < actions.size()) {
      end_ = next_ + 1;
      if (is_transfer(next_)) {
        while (end_ < actions.size() && is_transfer(end_)) ++end_;
      }
      co_await run_some(std::min(pool_.most_sessions(), end_ - next_));
    }
    co_return std::move(result_);
  }

 private:
  using Kind = MirrorAction::Kind;

  bool is_transfer(std::size_t at) const { return plan_.actions[at].kind == Kind::transfer; }

  /// Does what is before `end_`, `many` at a time.
  awaitable<void> run_some(std::size_t many) {
    const Executor executor = co_await asio::this_coro::executor;
    TaskGroup tasks{executor};
    for (std::size_t i = 0; i < many; ++i) tasks.start(work());
    co_await tasks.join();
  }
  awaitable<void> work() {
    while (next_ < end_) {
      const MirrorAction& action = plan_.actions[next_++];
      Settled<void> outcome;
      co_await settle(act(action), outcome);
      const std::exception_ptr failure = outcome.failed() ? outcome.failure() : nullptr;
      if (failure && !concerns_one_action(failure)) std::rethrow_exception(failure);
      note(action, failure);
    }
  }
  void note(const MirrorAction& action, const std::exception_ptr& failure) {
    if (failure) result_.failures.push_back({action, failure});
    if (options_.done) options_.done(action, failure);
  }
  awaitable<void> act(const MirrorAction& action) {
    if (action.kind == Kind::transfer) return transfer(action);
    return plan_.direction == Direction::received ? act_here(action) : act_there(action);
  }

  awaitable<void> transfer(const MirrorAction& action) {
    TransferOptions options = options_.transfer;
    options.keep_time = true;
    options.progress = [this, before = std::uint64_t{0}](const Progress& own) mutable {
      // A transfer that was taken up again begins at nothing.
      const std::uint64_t more = own.transferred - std::min(before, own.transferred);
      before = own.transferred;
      return progress_.moved(pool_.network().now(), more);
    };
    const std::string remote = joined(plan_.remote, action.path);
    TransferResult moved;
    if (folder_) {
      if (!options.ascii) options.size = action.size;
      if (action.modified != Timestamp{}) options.modified = action.modified;
      TransferResult fetched = co_await pool_.download(remote, *folder_, Path{action.path}, options);
      moved = std::move(fetched);
    } else {
      const std::string local = (std::filesystem::path{plan_.local} / action.path).string();
      TransferResult sent = co_await pool_.upload(local, remote, options);
      moved = std::move(sent);
    }
    ++result_.transferred;
    result_.bytes += moved.transferred;
  }
  awaitable<void> act_here(const MirrorAction& action) {
    const Path path{action.path};
    if (action.kind == Kind::remove) co_await folder_->remove(path);
    if (action.kind == Kind::remove_directory) co_await folder_->remove_directory(path);
    if (action.kind == Kind::make_directory && !path.is_root()) co_await folder_->make_directory(path);
  }
  awaitable<void> act_there(const MirrorAction& action) {
    const auto once = [this, &action](Session& session) { return command(session, action); };
    co_await pool_.use(once);
  }
  awaitable<void> command(Session& session, const MirrorAction& action) {
    const std::string path = joined(plan_.remote, action.path);
    const std::string verb = action.kind == Kind::remove             ? "DELE "
                             : action.kind == Kind::remove_directory ? "RMD "
                                                                     : "MKD ";
    const Reply reply = co_await session.command(verb + path);
    if (reply.complete()) co_return;
    // It may have been done before, when the reply was lost. Who refuses to tell has not said so.
    Settled<bool> exists;
    co_await settle(session.exists(path), exists);
    const bool done = !exists.failed() && exists.get() == (action.kind == Kind::make_directory);
    if (!done && !session.is_open()) (void)exists.get();
    if (!done) throw ReplyError{reply, verb.substr(0, verb.size() - 1)};
  }

  Pool& pool_;
  const MirrorPlan& plan_;
  const MirrorOptions& options_;
  SharedProgress progress_;
  std::optional<DirectoryStorage> folder_;  // ours, if that is the target
  std::size_t next_ = 0, end_ = 0;
  MirrorResult result_;
};

template <class Pool>
awaitable<MirrorPlan> plan(Pool& pool, std::string remote, std::string local, MirrorOptions options) {
  RemoteTree<Pool> tree{pool, remote, options};
  const MirrorTree theirs = co_await tree.run();
  auto look = [local, options] { return local_tree(local, options); };
  const MirrorTree ours = co_await blocking(std::move(look));
  const bool receives = options.direction == Direction::received;
  const auto& source = receives ? theirs : ours;
  const auto& target = receives ? ours : theirs;
  if (!source.exists) {
    const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
    throw ClientError{error, "mirror", receives ? Channel::control : Channel::local, 0,
                      (receives ? remote : local) + ": " + error.message()};
  }
  MirrorPlanner planner{source, target, options};
  MirrorPlan plan = planner.plan();
  plan.remote = std::move(remote);
  plan.local = std::move(local);
  co_return plan;
}
template <class Pool> awaitable<MirrorResult> carry_out(Pool& pool, MirrorPlan plan, MirrorOptions options) {
  MirrorRun<Pool> run{pool, plan, options};
  co_return co_await run.run();
}

}  // namespace detail

/// What there is to do to make a directory of ours the same as one of the server, or the other way. Links and the like
/// are left alone; nothing has been changed when this ends. A directory that cannot be listed does not keep the others
/// from being compared: `MirrorPlan::failures` tells.
///
/// **Errors:** `std::errc::function_not_supported` if the server's listings tell names only; `Errc::bad_listing` beyond
/// the bounds of the options; if there is no source, or a root cannot be listed.
template <class Pool>
awaitable<MirrorPlan> plan_mirror(Pool& pool, std::string remote, std::string local, MirrorOptions options = {}) {
  return pool.run(detail::plan(pool, std::move(remote), std::move(local), std::move(options)));
}

/// Does what a plan says, transfers as many at a time as the pool has sessions. What one action fails of does not keep
/// the others from being done: the result tells, also of the failures that came with the plan. No name that came from
/// the server leads out of the local folder.
template <class Pool> awaitable<MirrorResult> carry_out(Pool& pool, MirrorPlan plan, MirrorOptions options = {}) {
  return pool.run(detail::carry_out(pool, std::move(plan), std::move(options)));
}

/// Makes a directory of ours the same as one of the server, or the other way: `plan_mirror` and `carry_out`.
///
///     ftplike::MirrorOptions options;
///     options.delete_others = true;
///     co_await ftplike::mirror(pool, "pub/photos", "photos", options);
template <class Pool>
awaitable<MirrorResult> mirror(Pool& pool, std::string remote, std::string local, MirrorOptions options = {}) {
  MirrorPlan plan = co_await plan_mirror(pool, std::move(remote), std::move(local), options);
  co_return co_await carry_out(pool, std::move(plan), std::move(options));
}

}  // namespace ftplike

// ---- ftplike/command/command.hpp
#include <concepts>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2 {

/// What a command expects after its verb; the session answers 501 where it does not fit.
enum class ArgumentRule { none, optional, required };

/// A command: one verb, and what it does on sessions of type S. A struct with two static members,
///
///     struct Hello {
///       static constexpr std::string_view verb = "HELO";
///       static Reply run(auto& session, std::string_view argument) { return {200, "Hello yourself"}; }
///     };
///
/// where `run` gives `Reply` or `awaitable<Reply>`: exactly one final reply. It may throw `std::system_error`, which
/// the session turns into a reply. More static members, each with a default:
///
/// - `help`: "XSUM <path>: sum of the bytes of a file", for HELP.
/// - `feature`: the line for FEAT, or a function of the session that gives it (empty: none).
/// - `before_login` (false): allowed without an account.
/// - `needs` (nothing): the rights without which the answer is 550.
/// - `argument` (optional): an `ArgumentRule`.
/// - `at_once` (false): acted on during a transfer, as ABOR and STAT are; every other command waits its turn.
/// - `interruptible` (false): takes long, and ABOR, the client's end and a stop of the server reach it wherever it
///   waits, as they reach a transfer. Between its steps it calls `session.make_progress()`, or awaits `session.give_way()`
///   where it does nothing but compute.
/// - `keeps_prepared` (false): may stand between REST, RANG or RNFR and the command that they prepare, as PASV and TYPE
/// do. Any other command, refused or not, is the one that they were for: it finds them in `session.state.prepared`, and
/// they are over.
/// - `keeps_blanks` (false): blanks at the end of its argument belong to it, as they may to a file's name or a
/// password; unless it came without a line ending, for the ftp-like dialect takes them off.
/// - `secret` (false): its argument is shown to no observer and in no log; or a function of the session and the argument
/// that says so.
/// - `template <class S> available` (true): whether it makes sense on sessions of type S; if not, it is not compiled
/// in.
template <class C, class S>
concept Command = requires(S& session, std::string_view argument) {
  { C::verb } -> std::convertible_to<std::string_view>;
  requires std::same_as<decltype(C::run(session, argument)), Reply> ||
      std::same_as<decltype(C::run(session, argument)), awaitable<Reply>>;
};

namespace detail {

template <class C> constexpr bool before_login_of() {
  if constexpr (requires { C::before_login; })
    return C::before_login;
  else
    return false;
}
template <class C> constexpr bool at_once_of() {
  if constexpr (requires { C::at_once; })
    return C::at_once;
  else
    return false;
}
template <class C> constexpr bool interruptible_of() {
  if constexpr (requires { C::interruptible; })
    return C::interruptible;
  else
    return false;
}
template <class C> constexpr bool keeps_prepared_of() {
  if constexpr (requires { C::keeps_prepared; })
    return C::keeps_prepared;
  else
    return false;
}
template <class C> constexpr bool keeps_blanks_of() {
  if constexpr (requires { C::keeps_blanks; })
    return C::keeps_blanks;
  else
    return false;
}
template <class C, class S> constexpr auto secret_on() -> bool (*)(const S&, std::string_view) {
  if constexpr (requires(const S& session, std::string_view argument) { C::secret(session, argument); })
    return [](const S& session, std::string_view argument) { return C::secret(session, argument); };
  else if constexpr (requires { C::secret; })
    return [](const S&, std::string_view) { return C::secret; };
  else
    return nullptr;
}
template <class C> constexpr ArgumentRule argument_of() {
  if constexpr (requires { C::argument; })
    return C::argument;
  else
    return ArgumentRule::optional;
}
template <class C> constexpr std::string_view help_of() {
  if constexpr (requires { C::help; })
    return C::help;
  else
    return C::verb;
}
template <class C, class S> constexpr auto feature_of() -> std::string (*)(const S&) {
  if constexpr (requires(const S& session) { C::feature(session); })
    return [](const S& session) { return std::string{C::feature(session)}; };
  else if constexpr (requires { std::string_view{C::feature}; })
    return [](const S&) { return std::string{C::feature}; };
  else
    return nullptr;
}
template <class C, class S> constexpr auto allowed_on() -> bool (*)(const S&) {
  if constexpr (requires { C::needs; })
    return [](const S& session) { return session.may(C::needs); };
  else
    return nullptr;
}
template <class C, class S> constexpr bool available_on() {
  if constexpr (requires { C::template available<S>; })
    return C::template available<S>;
  else
    return true;
}

/// The argument that a command of the table gets, see `keeps_blanks`.
template <class Entry> std::string_view argument_for(const Entry& entry, const CommandLine& command) {
  return entry.keeps_blanks ? command.argument : without_trailing_blanks(command.argument);
}

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/command/perfect_hash.hpp
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ftplike::inline v0_2 {

/// Maps N distinct keys to 0 … N-1 with one multiplication, one shift and one load; found by the compiler.
template <std::size_t N> class PerfectHash {
 public:
  consteval explicit PerfectHash(const std::array<std::uint64_t, N>& keys) {
    for (std::uint64_t seed = 1; !try_multiplier(keys, mix(seed)); ++seed) {}
  }

  /// The index of `key`, or of some other key if it is none of ours: the caller compares once.
  constexpr std::size_t operator()(std::uint64_t key) const noexcept { return slots_[key * multiplier_ >> shift]; }

 private:
  // With about N²/4 slots one multiplier in seven fits, whatever N.
  static constexpr std::size_t slot_count = std::bit_ceil(N * N / 4 + 2);
  static constexpr int shift = 64 - std::countr_zero(slot_count);

  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ x >> 31) * 0x9e3779b97f4a7c15;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x | 1;
  }
  consteval bool try_multiplier(const std::array<std::uint64_t, N>& keys, std::uint64_t multiplier) {
    std::array<bool, slot_count> taken{};
    slots_ = {};
    for (std::size_t i = 0; i < N; ++i) {
      const auto slot = keys[i] * multiplier >> shift;
      if (taken[slot]) return false;
      taken[slot] = true;
      slots_[slot] = static_cast<std::uint8_t>(i);
    }
    multiplier_ = multiplier;
    return true;
  }

  std::uint64_t multiplier_ = 0;
  std::array<std::uint8_t, slot_count> slots_{};
};

}  // namespace ftplike

// ---- ftplike/command/state.hpp
#include <cstdint>
#include <optional>
#include <string>

// ---- ftplike/protocol/byte_range.hpp
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>


namespace ftplike::inline v0_2 {

/// The bytes of a file that a transfer or a checksum is about: what RANG says.
struct ByteRange {
  static constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t first = 0;
  std::uint64_t last = all;  // itself in

  /// How many there are at the most.
  constexpr std::uint64_t count() const noexcept { return last - first == all ? all : last - first + 1; }
  /// `<first> <last>`, where the first is not behind the last.
  static std::optional<ByteRange> parse(std::string_view text) noexcept {
    const auto space = text.find(' ');
    const auto first = number_in<std::uint64_t>(text.substr(0, space));
    if (!first || space == text.npos) return std::nullopt;
    const auto last = number_in<std::uint64_t>(text.substr(space + 1));
    if (!last || *last < *first) return std::nullopt;
    return ByteRange{*first, *last};
  }
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// What REST, RANG and RNFR say of the command that follows, and of no other. (RFC 959 §4.1.3, RFC 3659 §5)
struct Prepared {
  std::uint64_t restart = 0;        // of REST: where a transfer begins
  std::optional<ByteRange> range;   // of RANG, for RETR or HASH
  std::optional<Path> rename_from;  // of RNFR, for RNTO
};

/// What one command of a session leaves for the next: `session.state`. Commands of one's own keep theirs in a struct
/// that is derived from this one and named by their profile, `using State = MyState;`. It is as new in each session and
/// after each USER and REIN.
struct SessionState {
  std::string user;                 // that USER named and PASS has not yet proved
  std::string host;                 // that HOST named
  char type = 'A';                  // of TYPE; an ftp-like session sends bytes as they are whatever it is
  Prepared prepared;                // for the command under way
  Prepared preparing;               // by it, for the next
  FactSet facts = FactSet::all();   // that MLSD and MLST tell, of OPTS MLST
  unsigned digest = 0;              // of OPTS HASH: the place of an algorithm among those of HASH
};

}  // namespace ftplike

// ---- ftplike/command/table.hpp
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

template <class... Commands> class CommandTable;

namespace detail {

template <class C> inline constexpr Verb command_verb{C::verb};

/// A verb that several have; the empty one if there is none.
template <std::size_t N> consteval Verb repeated_among(const std::array<Verb, N>& verbs) {
  for (std::size_t i = 1; i < N; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (verbs[i] && verbs[i] == verbs[k]) return verbs[i];
    }
  }
  return {};
}

// A struct for each command and not for each command of each table, so that it is looked at once.
template <class C, bool is_unique> struct CheckVerb {
  static_assert(static_cast<bool>(command_verb<C>), "ftplike: the verb of command C must be 1 to 8 letters or digits");
  static_assert(is_unique,
                "ftplike: two commands of this table have the same verb, C is one of them: use ::Replacing<C>");
  static constexpr bool ok = true;
};
template <class C, class S> struct CheckCommand {
  static_assert(Command<C, S>,
                "ftplike: command C cannot run on session S: it needs `static Reply run(auto& session, "
                "std::string_view argument)` or the same with awaitable<Reply>, and S must offer what run() requires");
  static constexpr bool ok = true;
};

template <class Kept, template <class> class Keep, class... Commands> struct Filter;
template <class... Kept, template <class> class Keep> struct Filter<CommandTable<Kept...>, Keep> {
  using type = CommandTable<Kept...>;
};
template <class... Kept, template <class> class Keep, class C, class... Rest>
struct Filter<CommandTable<Kept...>, Keep, C, Rest...> {
  using type = typename Filter<std::conditional_t<Keep<C>::value, CommandTable<Kept..., C>, CommandTable<Kept...>>,
                               Keep, Rest...>::type;
};

}  // namespace detail

/// The commands that a session understands, fixed at compile time. One table is made from another by `With<More…>`,
/// `Without<These…>` and `Replacing<C…>` (each C takes the place of the command with its verb).
template <class... Commands> class CommandTable {
  static constexpr Verb repeated = detail::repeated_among(std::array<Verb, sizeof...(Commands)>{detail::command_verb<Commands>...});
  static_assert((detail::CheckVerb<Commands, !repeated || detail::command_verb<Commands> != repeated>::ok && ...));

  template <class... These> struct NotOneOf {
    template <class C> using test = std::bool_constant<(!std::is_same_v<C, These> && ...)>;
  };
  template <class... These> struct NotLike {
    template <class C> using test = std::bool_constant<((detail::command_verb<C> != detail::command_verb<These>)&&...)>;
  };
  template <class S> struct AvailableOn {
    template <class C> using test = std::bool_constant<detail::available_on<C, S>()>;
  };
  template <template <class> class Keep> using Filtered =
      typename std::conditional_t<(Keep<Commands>::value && ...), std::type_identity<CommandTable>,
                                  detail::Filter<CommandTable<>, Keep, Commands...>>::type;

 public:
  template <class... More> using With = CommandTable<Commands..., More...>;
  template <class... These> using Without = Filtered<NotOneOf<These...>::template test>;
  template <class... These> using Replacing =
      typename Filtered<NotLike<These...>::template test>::template With<These...>;
  /// Those that make sense on sessions of type S.
  template <class S> using On = Filtered<AvailableOn<S>::template test>;

  static constexpr std::size_t size = sizeof...(Commands);

  /// What the command of that verb expects after it, on whatever session; nothing if there is no such command.
  static constexpr std::optional<ArgumentRule> argument_after([[maybe_unused]] Verb verb) noexcept {
    std::optional<ArgumentRule> rule;
    ((verb == detail::command_verb<Commands> ? void(rule = detail::argument_of<Commands>()) : void()), ...);
    return rule;
  }

  /// What a session looks at before and when it runs a command. One of `answer` and `run` is set.
  template <class S> struct Entry {
    Verb verb;
    std::string_view help;
    ArgumentRule argument;
    bool before_login, at_once, interruptible, keeps_prepared, keeps_blanks;
    bool (*secret)(const S&, std::string_view);  // null: its argument is not
    bool (*allowed)(const S&);                   // null: to everybody
    std::string (*feature)(const S&);            // null: none
    Reply (*answer)(S&, std::string_view);
    awaitable<Reply> (*run)(S&, std::string_view);
  };

  /// All entries, in the order of the table.
  template <class S> static const std::array<Entry<S>, size>& entries() noexcept {
    static_assert((detail::CheckCommand<Commands, S>::ok && ...));
    static constexpr std::array<Entry<S>, size> all{entry<S, Commands>()...};
    return all;
  }

  /// The entry for `verb`, or null: one multiplication, one load, one comparison.
  template <class S> static const Entry<S>* find(Verb verb) noexcept {
    if constexpr (size == 0) {
      return nullptr;
    } else {
      const auto& found = entries<S>()[hash(verb.bits())];
      return found.verb == verb ? &found : nullptr;
    }
  }

 private:
  template <class S, class C> static constexpr Entry<S> entry() {
    Entry<S> made{detail::command_verb<C>,
                  detail::help_of<C>(),
                  detail::argument_of<C>(),
                  detail::before_login_of<C>(),
                  detail::at_once_of<C>(),
                  detail::interruptible_of<C>(),
                  detail::keeps_prepared_of<C>(),
                  detail::keeps_blanks_of<C>(),
                  detail::secret_on<C, S>(),
                  detail::allowed_on<C, S>(),
                  detail::feature_of<C, S>(),
                  nullptr,
                  nullptr};
    if constexpr (std::same_as<decltype(C::run(std::declval<S&>(), std::string_view{})), Reply>) {
      made.answer = [](S& session, std::string_view argument) { return C::run(session, argument); };
    } else {
      made.run = [](S& session, std::string_view argument) { return C::run(session, argument); };
    }
    return made;
  }
  static constexpr PerfectHash<size> hash{std::array<std::uint64_t, size>{detail::command_verb<Commands>.bits()...}};
};

}  // namespace ftplike

// ---- ftplike/ftplike.hpp
// A server and a client over TCP. What only some programs need is one include away: <ftplike/tls.hpp>,
// <ftplike/digests.hpp>, <ftplike/client/pool.hpp>, mirror.hpp, segments.hpp and fxp.hpp beside it,
// <ftplike/simulated/network.hpp> for tests, and the observers in <ftplike/observers/…>.
// ---- ftplike/server.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/parts.hpp
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

// ---- ftplike/profile.hpp
#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/storage/upload_rules.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// What files have to keep to that clients make or change, by whatever command: STOR, APPE, STOU, RNTO, COMB, and one
/// of your own. A name that is not allowed is answered with 553 before any data, a file that would become too large
/// with 552: at its ALLO where the client says one, else at the first byte that is too many, and nothing of it is kept.
///
///     UploadRules{.refused_names = {"*.exe", ".*"}, .largest = 100'000'000}
///
/// A name is that of the file, without its folder; of STOU the one that was wished for, to which a number may be put.
/// Directories have what names they like, made by MKD or renamed. Patterns are those of `matches`.
struct UploadRules {
  std::vector<std::string> allowed_names{};  // patterns, one of which a name has to fit; empty: any name
  std::vector<std::string> refused_names{};  // and none of these
  bool case_matters = false;                 // of ASCII letters; else "*.exe" means A.EXE, too
  std::uint64_t largest = 0;                 // bytes of a file; 0: no limit

  bool allow_name(std::string_view name) const {
    return (allowed_names.empty() || fits_one_of(allowed_names, name)) && !fits_one_of(refused_names, name);
  }
  bool allow_size(std::uint64_t bytes) const noexcept { return largest == 0 || bytes <= largest; }

 private:
  bool fits_one_of(const std::vector<std::string>& patterns, std::string_view name) const {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return case_matters ? matches(pattern, name) : matches(to_upper(pattern), to_upper(name));
    });
  }
};

namespace detail {

/// Whether there is anything in a storage that rules could be about.
template <class Files>
concept MakesNames = WritableStorage<Files> || RenamesFiles<Files>;

/// A storage through which no file is made or changed against the rules, whoever asks. All else is as the storage has
/// it.
///
/// **Lifetime:** the rules outlive it and its writers.
template <MakesNames Files> class RuledStorage : public Files {
 public:
  /// Collects an upload, or throws it away as soon as it becomes too large.
  class Writer {
   public:
    Writer(typename Files::Writer writer, const UploadRules& rules) : writer_{std::move(writer)}, rules_{&rules} {
      check_size(0);
    }
    awaitable<void> write(std::span<const std::byte> bytes) {
      check_size(bytes.size());
      return writer_.write(bytes);
    }
    awaitable<void> finish() { return writer_.finish(); }
    void discard() { writer_.discard(); }
    Path path() const { return writer_.path(); }
    std::uint64_t size() const { return writer_.size(); }

   private:
    void check_size(std::uint64_t more) {
      if (rules_->largest == 0 || rules_->allow_size(writer_.size() + more)) return;
      writer_.discard();
      throw std::system_error(Errc::too_large);
    }

    typename Files::Writer writer_;
    const UploadRules* rules_;
  };

  RuledStorage(Files files, const UploadRules& rules) : Files(std::move(files)), rules_{&rules} {}

  const UploadRules& upload_rules() const noexcept { return *rules_; }
  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  RuledStorage for_client(ClientKey client, More... more) const {
    return RuledStorage(Files::for_client(client, std::move(more)...), *rules_);
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Files> {
    check_name(path);
    if (!rules_->allow_size(offset)) throw std::system_error(Errc::too_large);
    auto writer = co_await Files::create(std::move(path), offset);
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Files> {
    check_name(path);
    auto writer = co_await Files::append(std::move(path));
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Files> {
    check_name(path);
    auto writer = co_await Files::create_unique(std::move(path));
    co_return Writer(std::move(writer), *rules_);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Files> {
    if (!rules_->allow_name(to.name())) {
      const Entry renamed = co_await Files::stat(from);
      if (!renamed.is_directory()) throw std::system_error(Errc::bad_name);
    }
    co_await Files::rename(std::move(from), std::move(to));
  }

 private:
  void check_name(const Path& path) const {
    if (!rules_->allow_name(path.name())) throw std::system_error(Errc::bad_name);
  }

  const UploadRules* rules_;
};

template <class Files> struct Ruled { using type = Files; };
template <MakesNames Files> struct Ruled<Files> { using type = RuledStorage<Files>; };

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/users/anonymous.hpp
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/users/authenticator.hpp
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// One thing that an account may be allowed to do.
enum class Right {
  list,              // see names, sizes and times
  read,              // fetch files
  write,             // make or replace files, change their times and modes
  append,            // go on with files that are there
  remove,            // files and directories
  rename,            // files and directories
  make_directories,  // but not remove them
};

/// A set of rights.
class Rights {
 public:
  constexpr Rights() = default;  // none
  constexpr Rights(Right right) noexcept : bits_{1U << static_cast<unsigned>(right)} {}
  constexpr Rights(std::initializer_list<Right> rights) noexcept {
    for (const Right right : rights) *this = *this | right;
  }
  /// The rights that a literal names, as `parse` reads it: "read", "write", "list,read,append". One that names no
  /// rights does not compile.
  consteval Rights(const char* text) : Rights{named(text)} {}

  static constexpr Rights none() noexcept { return {}; }
  /// To list and to read.
  static constexpr Rights reading() noexcept { return {Right::list, Right::read}; }
  static constexpr Rights all() noexcept {
    Rights result;
    for (std::size_t i = 0; i < words.size(); ++i) result = result | static_cast<Right>(i);
    return result;
  }

  /// The rights that a text names; nothing if one of its words is unknown.
  ///
  /// "none", "read" (to list and to read) or "write" (everything) stand alone. Else the text is a list of single
  /// rights, as in "list,read,append". In a list "none" adds nothing, so that "none,write" is the right to write and no
  /// other.
  static constexpr std::optional<Rights> parse(std::string_view text) noexcept {
    if (text == "read") return reading();
    if (text == "write") return all();
    Rights result;
    for (bool more = true; more;) {
      const auto word = text.substr(0, text.find(','));
      more = word.size() < text.size();
      text.remove_prefix(word.size() + (more ? 1 : 0));
      std::size_t i = 0;
      while (i < words.size() && words[i] != word) ++i;
      if (i < words.size())
        result = result | static_cast<Right>(i);
      else if (word != "none")
        return std::nullopt;
    }
    return result;
  }
  /// The shortest text that `parse` makes this set of.
  std::string text() const {
    if (*this == reading()) return "read";
    if (*this == all()) return "write";
    std::string result;
    std::size_t count = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!contains(static_cast<Right>(i))) continue;
      if (count++ > 0) result += ',';
      result += words[i];
    }
    if (count == 0) return "none";
    return result == "read" || result == "write" ? "none," + result : result;
  }

  /// Whether all of those are in this set. One right is a set, too.
  constexpr bool contains(Rights those) const noexcept { return (bits_ & those.bits_) == those.bits_; }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr Rights operator|(Rights a, Rights b) noexcept {
    a.bits_ |= b.bits_;
    return a;
  }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  static constexpr std::array<std::string_view, 7> words{"list",   "read",   "write",           "append",
                                                         "remove", "rename", "make-directories"};

  static constexpr Rights named(std::string_view text) {
    const auto rights = parse(text);
    if (!rights) this_names_no_rights();
    return *rights;
  }
  static void this_names_no_rights() {}  // no constexpr: what calls it is no constant

  unsigned bits_ = 0;
};

/// Both rights. (`Right::list | Right::read`)
constexpr Rights operator|(Right a, Right b) noexcept { return Rights{a} | Rights{b}; }

/// What somebody who is logged in sees and may do.
class Account {
 public:
  enum class Kind { user, anonymous, guest };  // a guest has not logged in at all

  Account() = default;
  Account(std::string its_name, Path its_root, Rights its_rights, Kind its_kind = Kind::user)
      : name{std::move(its_name)}, root{std::move(its_root)}, rights{its_rights}, kind{its_kind} {}

  bool is_anonymous() const noexcept { return kind == Kind::anonymous; }
  bool is_guest() const noexcept { return kind == Kind::guest; }

  std::string name;
  Path root;  // the directory of the storage that is this account's "/"
  Rights rights;
  Kind kind = Kind::user;
  std::uint64_t bytes_per_second = 0;  // for all of the account's transfers in one direction together; 0: no limit
  unsigned max_sessions = 0;           // of this account at a time; 0: no limit
  bool makes_root = false;             // at the login its root is made where it is not there

  friend bool operator==(const Account&, const Account&) = default;
};

/// What a client's certificate says, which TLS has verified.
class ClientCertificate {
 public:
  ClientCertificate() = default;
  explicit ClientCertificate(std::string its_common_name) : common_name{std::move(its_common_name)} {}

  std::string common_name;         // of the subject; empty if it has none
  std::string subject, issuer;     // "CN=ada,O=example", by RFC 2253
  std::vector<std::string> names;  // its alternative names: "DNS:ada.example", "email:ada@example", "IP Address:192.0.2.1"
  std::string fingerprint;         // SHA-256, as `openssl x509 -fingerprint -sha256` prints it

  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

/// What a client offers to be let in, and what its connection tells.
class Credentials {
 public:
  Credentials() = default;
  Credentials(std::string its_user, std::string its_password, std::string its_host = {}, Address its_address = {},
              std::optional<ClientCertificate> its_certificate = {})
      : user{std::move(its_user)},
        password{std::move(its_password)},
        host{std::move(its_host)},
        address{std::move(its_address)},
        certificate{std::move(its_certificate)} {}

  std::string user;
  std::string password;
  std::string host;     // the virtual host that HOST named; empty without (RFC 7151)
  Address address;      // of the client; behind a trusted proxy the one that the proxy named
  bool secure = false;  // whether TLS protects the session
  std::optional<ClientCertificate> certificate;
};

/// Who may come in. Used by many sessions, from several threads at once. A login has the time that is left of
/// `Limits::login`, and is cancelled then. `authenticate_with` makes an authenticator of a function.
///
/// - `log_in(credentials)`: the account, or nothing: refused, for whatever reason. Takes as long for names that do not
///   exist as for wrong passwords. Throws `std::system_error` only where it could not find out.
/// - `guest()`: the account of a session without a login, or nothing: guests may do nothing.
///
/// The credentials live until the awaited login ends.
template <class A>
concept Authenticator = requires(A& users, const Credentials& credentials) {
  { users.log_in(credentials) } -> std::same_as<awaitable<std::optional<Account>>>;
  { users.guest() } -> std::same_as<std::optional<Account>>;
};

// What an authenticator may have besides. Each is a concept of its own: `static_assert(KnowsHosts<MyUsers>)` finds a
// name that is misspelt, which would be no error else.

/// `bool knows_host(std::string_view)`: whether there is a virtual host of this name. HOST is refused for others;
/// without it, for none. (RFC 7151)
template <class A>
concept KnowsHosts = requires(A& users, std::string_view host) {
  { users.knows_host(host) } -> std::convertible_to<bool>;
};

/// `bool needs_password(const Credentials&)`: whether somebody must give a password, who perhaps has shown a
/// certificate.
template <class A>
concept KnowsWhoNeedsAPassword = requires(A& users, const Credentials& credentials) {
  { users.needs_password(credentials) } -> std::same_as<bool>;
};

/// `std::string_view objection(bool from_elsewhere)`: why a server should not begin to listen; empty if it may.
template <class A>
concept MayObjectToListening = requires(A& users, bool from_elsewhere) {
  { users.objection(from_elsewhere) } -> std::same_as<std::string_view>;
};

/// Whether a client must give a password after its name. An authenticator that lets certificates in says so by
/// `needs_password`, called with an empty password; with others it is always needed.
template <Authenticator A> bool needs_password(A& users, const Credentials& credentials) {
  if constexpr (KnowsWhoNeedsAPassword<A>) {
    return users.needs_password(credentials);
  } else {
    return true;
  }
}

/// Why a server with this authenticator should not begin to listen; empty if it may. An authenticator says so by
/// `objection`, which is told whether clients of other machines will come: those who can let nobody in for as long as
/// the server runs, or nobody from there. Others have none.
template <Authenticator A> std::string_view objection_to_listening(A& users, bool from_elsewhere) {
  if constexpr (MayObjectToListening<A>) {
    return users.objection(from_elsewhere);
  } else {
    return {};
  }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// The authenticator of a server without users. Whoever comes may do what is said here, and nothing else:
///
///     Anonymous{.logins = "read"}
///     Anonymous{.logins = "read", .without_login = "write"}
///
/// **Threads:** any number at once.
struct Anonymous {
  Rights logins{};         // of logins as "anonymous" or "ftp", with any password; none: refused
  Rights without_login{};  // of sessions that never log in, as those of the ftp-like dialect never do
  Path root{};             // the directory of the storage that all of them see as "/"
  std::uint64_t bytes_per_second =
      0;                      // for all of the logins in one direction together, and for the others; 0: no limit
  unsigned max_sessions = 0;  // of logins at a time, and of the others; 0: no limit

  template <class = void> awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    co_return anonymous(credentials.user);
  }
  std::optional<Account> guest() const { return account("guest", without_login, Account::Kind::guest); }
  /// The account of anonymous logins, if `user` is a name of theirs; upper or lower case makes no difference.
  std::optional<Account> anonymous(std::string_view user) const {
    if (!same_word(user, "anonymous") && !same_word(user, "ftp")) return std::nullopt;
    return account("anonymous", logins, Account::Kind::anonymous);
  }
  /// Whether nobody can come in at all.
  bool admits_nobody() const noexcept { return logins.empty() && without_login.empty(); }
  std::string_view objection(bool) const noexcept {
    return admits_nobody() ? "nobody can come in: neither anonymous logins nor sessions without a login may do anything"
                           : "";
  }

 private:
  std::optional<Account> account(std::string name, Rights rights, Account::Kind kind) const {
    if (rights.empty()) return std::nullopt;
    Account result{std::move(name), root, rights, kind};
    result.bytes_per_second = bytes_per_second;
    result.max_sessions = max_sessions;
    return result;
  }
};

/// The authenticator of a server that was given none: whoever comes from this very machine may read, by an anonymous
/// login or without one. Such a server listens on loopback alone, and to no proxy, whose clients come from anywhere.
struct LoopbackReaders : Anonymous {
  LoopbackReaders() : Anonymous{.logins = Rights::reading(), .without_login = Rights::reading()} {}
  std::string_view objection(bool from_elsewhere) const noexcept {
    return from_elsewhere ? "nobody was said to come in from other machines: give the server an authenticator, as "
                            "Anonymous{.logins = \"read\"}"
                          : "";
  }
};

static_assert(Authenticator<Anonymous> && Authenticator<LoopbackReaders>);

}  // namespace ftplike

// ---- ftplike/users/visitor.hpp
#include <utility>


namespace ftplike::inline v0_2 {

/// Whose files are asked for.
class Visitor {
 public:
  Visitor(Account its_account, Address its_address)
      : account{std::move(its_account)}, address{std::move(its_address)} {}

  Account account;  // who is logged in, or the guest
  Address address;  // of the client; behind a trusted proxy the one that the proxy named
};

/// A part in place of a storage that gives each account the storage that it sees: what the function makes of a
/// `Visitor`, all of one type.
///
///     StoragePerAccount{[](const Visitor& visitor) { return DirectoryStorage{"/srv/" + visitor.account.name}; }}
///
/// The function is called at each login, and for each session that may do something without one. It throws
/// `std::system_error` where there are no files for that account: the login is answered as that error is, and without a
/// login the session may do nothing.
///
/// **Threads:** the function is called on any, by several at once.
template <class Choice> class StoragePerAccount {
 public:
  explicit StoragePerAccount(Choice choice) : choice_{std::move(choice)} {}
  auto storage_for(const Visitor& visitor) { return choice_(visitor); }

 private:
  Choice choice_;
};

}  // namespace ftplike

// ---- ftplike/verbs/access.hpp
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

// Who the client is, and its coming and going. (RFC 959 §4.1.1, RFC 7151)

namespace detail {

/// What a client offers to be let in: a name, a password, and what its connection proves.
template <class S> Credentials credentials(S& session, std::string_view user, std::string_view password) {
  Credentials offered{std::string{user}, std::string{password}, session.state.host, session.peer().address()};
  offered.secure = session.protection().secured();
  if constexpr (requires { session.control().peer_certificate(); }) {
    if (const auto shown = session.control().peer_certificate()) {
      auto& certificate = offered.certificate.emplace(shown->common_name);
      certificate.subject = shown->subject;
      certificate.issuer = shown->issuer;
      certificate.names = shown->names;
      certificate.fingerprint = shown->fingerprint.text();
    }
  }
  return offered;
}

/// Makes the directories of a path that are not there.
template <class S> awaitable<void> make_directories(S& session, Path path) {
  if constexpr (MakesDirectories<typename S::Storage>) {
    std::vector<Path> missing;
    for (Path above = path; !above.is_root(); above = above.parent()) missing.push_back(above);
    for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
      Settled<void> made;
      co_await settle(session.storage().make_directory(*next), made);
    }
  }
  const Entry made = co_await session.storage().stat(path);
  if (!made.is_directory()) throw std::system_error(std::make_error_code(std::errc::not_a_directory));
}
/// Begins a login, or drops the one that is there, on the host that HOST has named.
template <class S> void log_out_from_account(S& session) {
  const std::string host = session.state.host;
  session.log_out();
  session.state.host = host;
}
/// Logs an account in, and gives the reply to that.
template <class S> awaitable<Reply> welcome(S& session, Account account, Reply words) {
  const std::optional<Path> root = account.makes_root ? std::optional{account.root} : std::nullopt;
  const bool has_place = session.log_in(std::move(account));
  if (!has_place) co_return Reply{530, "Too many sessions of this user"};
  if (!root) co_return words;
  try {
    co_await make_directories(session, *root);
  } catch (...) {
    log_out_from_account(session);
    throw;
  }
  co_return words;
}

}  // namespace detail

namespace verbs {

/// USER <name>: begins a login; answered 331 where a password is wanted, 230 where none is. (RFC 959 §4.1.1, §5.4)
struct User {
  static constexpr std::string_view verb = "USER";
  static constexpr std::string_view help = "USER <name>: begin a login";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    begin(session, name);
    return {331, "Password required"};
  }
  /// Over TLS a certificate of the client's can be all that it needs. (RFC 4217 §5)
  static awaitable<Reply> run(auto& session, std::string_view name) requires requires {
    session.control().peer_certificate();
  }
  {
    begin(session, name);
    auto& users = session.service().authenticator;
    const Credentials credentials = detail::credentials(session, name, {});
    if (!credentials.certificate || needs_password(users, credentials))
      co_return Reply{331, "Password required"};
    std::optional<Account> account = co_await users.log_in(credentials);
    session.template report<LoginTried>(credentials.user, account.has_value());
    if (!account) co_return Reply{331, "Password required"};
    session.state.user.clear();
    Reply words{232, "Logged in by certificate"};
    co_return co_await detail::welcome(session, *std::move(account), std::move(words));
  }

 private:
  static void begin(auto& session, std::string_view name) {
    detail::log_out_from_account(session);
    session.state.user = name;
  }
};

/// PASS <password>: ends a login; after a failed one replies take longer, and after `Limits::login_attempts` the
/// session ends. (RFC 959 §4.1.1)
struct Pass {
  static constexpr std::string_view verb = "PASS";
  static constexpr std::string_view help = "PASS <password>: finish a login";
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static constexpr bool before_login = true;
  static awaitable<Reply> run(auto& session, std::string_view password) {
    if (session.state.user.empty()) co_return Reply{503, "USER first"};
    const Credentials credentials = detail::credentials(session, std::exchange(session.state.user, {}), password);
    std::optional<Account> account = co_await session.service().authenticator.log_in(credentials);
    session.template report<LoginTried>(credentials.user, account.has_value());
    if (!account) {
      const auto attempts = ++session.failed_logins;
      // The pause grows with each attempt, and the connection's end makes no short cut: each costs one of the attempts.
      co_await session.pause(session.limits().login_pause * (1 << std::min(attempts - 1, 8u)));
      if (attempts < session.limits().login_attempts) co_return Reply{530, "Login incorrect"};
      session.close();
      co_return Reply{421, "Too many failed logins, closing the connection"};
    }
    Reply words{230, "Logged in"};
    co_return co_await detail::welcome(session, *std::move(account), std::move(words));
  }
};

/// ACCT <information>: superfluous here, and answered so. (RFC 959 §4.1.1)
struct Acct {
  static constexpr std::string_view verb = "ACCT";
  static constexpr std::string_view help = "ACCT <information>: no account information is needed";
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto&, std::string_view) { return {202, "No account information needed"}; }
};

/// REIN: forgets the login and all parameters; the control connection stays as it is. (RFC 959 §4.1.1, RFC 2228 §3)
struct Rein {
  static constexpr std::string_view verb = "REIN";
  static constexpr std::string_view help = "REIN: log out, keep the connection";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    session.log_out();
    return {220, "Ready for a new user"};
  }
};

/// QUIT: ends the session, after the transfer under way if there is one. (RFC 959 §4.1.1)
struct Quit {
  static constexpr std::string_view verb = "QUIT";
  static constexpr std::string_view help = "QUIT: end the session";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view) {
    session.close();
    return {221, "Goodbye"};
  }
};

/// NOOP: does nothing, but to show that both ends are there. (RFC 959 §4.1.3)
struct Noop {
  static constexpr std::string_view verb = "NOOP";
  static constexpr std::string_view help = "NOOP: nothing, to keep the session";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view) { return {200, "OK"}; }
};

/// HOST <name>: the virtual host that the client has come for, before a login. (RFC 7151 §3)
struct Host {
  static constexpr std::string_view verb = "HOST";
  static constexpr std::string_view help = "HOST <name>: which of this server's hosts is meant";
  static constexpr std::string_view feature = "HOST";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    if (session.standard() && (session.account() || !session.state.user.empty())) {
      return {503, "HOST must come before the login"};
    }
    if constexpr (KnowsHosts<std::remove_cvref_t<decltype(session.service().authenticator)>>) {
      if (!session.service().authenticator.knows_host(name)) return {504, "No such host here"};
    }
    if constexpr (requires { session.control().details(); }) {
      const std::string asked_for = session.control().details().server_name;
      if (!asked_for.empty() && !same_word(asked_for, name)) return {504, "Not the host of the handshake"};
    }
    session.log_out();
    session.state.host = name;
    return {220, "Host accepted"};
  }
};

/// CLNT <name>: how the client's program calls itself; in no RFC.
struct Clnt {
  static constexpr std::string_view verb = "CLNT";
  static constexpr std::string_view help = "CLNT <name>: the client's program";
  static constexpr std::string_view feature = "CLNT";
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view) { return {200, "Noted"}; }
};

}  // namespace verbs

}  // namespace ftplike

// ---- ftplike/verbs/files.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/verbs/parameters.hpp
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>


namespace ftplike::inline v0_2 {

// How transfers are to be. (RFC 959 §4.1.2, RFC 2389, 2640, 3659)

namespace detail {

/// Runs the command of a table of its own that the argument of an outer command names: SITE CHMOD, OPTS MLST.
template <class Table, class S> awaitable<Reply> run_inner(S& session, std::string_view text) {
  const CommandLine inner = parse_command(text);
  const auto* entry = Table::template On<S>::template find<S>(inner.verb);
  if (!entry) co_return Reply{501, "Not implemented for that parameter"};
  if (entry->allowed && !entry->allowed(session)) co_return Reply{550, "Permission denied"};
  const std::string_view argument = argument_for(*entry, inner);
  if (entry->argument == ArgumentRule::required && argument.empty()) co_return Reply{501, "Argument missing"};
  if (entry->answer) co_return entry->answer(session, argument);
  co_return co_await entry->run(session, argument);
}

/// Whether what follows an outer command is secret: because the inner one's argument is, or because nobody knows what
/// the inner one is.
template <class Table, class S> bool is_inner_secret(const S& session, std::string_view text) {
  const CommandLine inner = parse_command(text);
  const auto* entry = Table::template On<S>::template find<S>(inner.verb);
  return entry ? entry->secret && entry->secret(session, inner.argument) : !inner.argument.empty();
}

}  // namespace detail

namespace verbs {

/// TYPE A, I or L 8: whether line endings are converted, or bytes sent as they are. (RFC 959 §3.1.1, §4.1.2)
struct Type {
  static constexpr std::string_view verb = "TYPE";
  static constexpr std::string_view help = "TYPE A|I|L 8: text or bytes";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const std::string type = to_upper(text);
    if (type == "A" || type == "A N")
      session.state.type = 'A';
    else if (type == "I" || type == "L 8" || type == "L8")
      session.state.type = 'I';
    else
      return {504, "Only types A, I and L 8"};
    return {200, session.state.type == 'A' ? "Type is ASCII" : "Type is binary"};
  }
};

/// STRU F: files have no structure; nothing else is known. (RFC 959 §3.1.2, §4.1.2)
struct Stru {
  static constexpr std::string_view verb = "STRU";
  static constexpr std::string_view help = "STRU F: files have no structure";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto&, std::string_view text) {
    if (to_upper(text) != "F") return {504, "Only structure F"};
    return {200, "Structure is file"};
  }
};

/// MODE S: data are a stream; nothing else is known. (RFC 959 §3.4, §4.1.2)
struct Mode {
  static constexpr std::string_view verb = "MODE";
  static constexpr std::string_view help = "MODE S: bytes are sent as a stream";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto&, std::string_view text) {
    if (to_upper(text) != "S") return {504, "Only mode S"};
    return {200, "Mode is stream"};
  }
};

/// REST <offset>: where the next transfer begins, in bytes. (RFC 3659 §5)
struct Rest {
  static constexpr std::string_view verb = "REST";
  static constexpr std::string_view help = "REST <position>: where the next transfer begins";
  static constexpr std::string_view feature = "REST STREAM";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const auto position = number_in<std::uint64_t>(text);
    if (!position) return {501, "Not a position"};
    session.state.preparing.restart = *position;
    return {350, "Restarting at " + std::to_string(*position)};
  }
};

/// RANG <first> <last>: the part of a file that the next RETR or HASH is about; `1 0` for all of it.
/// (draft-bryan-ftp-range)
struct Rang {
  static constexpr std::string_view verb = "RANG";
  static constexpr std::string_view help = "RANG <first> <last>: the bytes that the next RETR or HASH is about";
  static constexpr std::string_view feature = "RANG STREAM";
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view text) {
    const auto range = ByteRange::parse(text);
    session.state.preparing.range = range;
    if (range) return {350, "Range is " + std::string{text}};
    if (text == "1 0") return {350, "Range is the whole file"};
    return {501, "Not a range"};
  }
};

/// ALLO <bytes>: asks whether there is room for an upload. (RFC 959 §4.1.3)
struct Allo {
  static constexpr std::string_view verb = "ALLO";
  static constexpr std::string_view help = "ALLO <bytes>: make sure that there is room";
  static constexpr bool keeps_prepared = true;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto wanted = number_in<std::uint64_t>(text.substr(0, text.find(' ')));
    if (!wanted) co_return Reply{501, "Not a number of bytes"};
    if constexpr (requires { session.storage().upload_rules(); }) {
      const auto& rules = session.storage().upload_rules();
      if (!rules.allow_size(*wanted)) {
        co_return Reply{552, "A file may have " + std::to_string(rules.largest) + " bytes at most"};
      }
    }
    if constexpr (TellsFreeSpace<std::remove_cvref_t<decltype(session.storage())>>) {
      const std::uint64_t room = co_await session.storage().available(session.path(""));
      if (*wanted > room) co_return Reply{552, "Only " + std::to_string(room) + " bytes are free"};
      co_return Reply{200, "There is room"};
    }
    co_return Reply{202, "No allocation needed"};
  }
};

/// OPTS UTF8 ON: agrees; names are UTF-8 anyhow. In no RFC.
struct OptsUtf8 {
  static constexpr std::string_view verb = "UTF8";
  static Reply run(auto&, std::string_view text) {
    if (!text.empty() && to_upper(text) != "ON") return {501, "Names are sent as they are, which is UTF-8"};
    return {200, "UTF-8 it is"};
  }
};

/// OPTS MLST <fact>;…: chooses the facts of MLST and MLSD. (RFC 3659 §7.9)
struct OptsMlst {
  static constexpr std::string_view verb = "MLST";
  static Reply run(auto& session, std::string_view text) {
    session.state.facts = FactSet::parse(text);
    const auto facts = session.state.facts.text();
    return {200, facts.empty() ? "MLST OPTS" : "MLST OPTS " + facts};
  }
};

/// OPTS, with the options that Inner holds.
template <class Inner = CommandTable<OptsUtf8, OptsMlst>> struct BasicOpts {
  static constexpr std::string_view verb = "OPTS";
  static constexpr std::string_view help = "OPTS <verb> [<options>]: options of another command";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  template <class... More> using With = BasicOpts<typename Inner::template With<More...>>;
  static awaitable<Reply> run(auto& session, std::string_view text) { return detail::run_inner<Inner>(session, text); }
};
using Opts = BasicOpts<>;

/// Some old clients say it without OPTS.
struct Utf8 {
  static constexpr std::string_view verb = "UTF8";
  static constexpr std::string_view help = "UTF8: names are UTF-8, as ever";
  static constexpr std::string_view feature = "UTF8";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view text) { return OptsUtf8::run(session, text); }
};

/// LANG [<language>]: the language of the replies, which is English. (RFC 2640 §4)
struct Lang {
  static constexpr std::string_view verb = "LANG";
  static constexpr std::string_view help = "LANG [EN]: the language of replies";
  static constexpr std::string_view feature = "LANG EN*";
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view text) {
    const std::string language = to_upper(text);
    if (!language.empty() && language != "EN" && !language.starts_with("EN-")) return {504, "Only EN"};
    return {200, "Replies are in English"};
  }
};

}  // namespace verbs

}  // namespace ftplike

// ---- ftplike/verbs/transfer.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

// Files over the data connection. (RFC 959 §4.1.3, RFC 3659 §5)

/// How a session describes the transfer of a file: what its replies say, and in which type it goes.
template <class S>
auto file_transfer(S& session, std::string_view verb, Path path, std::string_view done, std::uint64_t offset) {
  const std::string name{path.name()};
  typename S::Transfer transfer{verb, std::move(path), "Opening data connection for " + name, std::string{done}};
  transfer.offset = offset;
  transfer.ascii = session.standard() && session.state.type == 'A';
  if (transfer.ascii && offset > 0) throw std::system_error(Errc::bad_restart);
  return transfer;
}

/// The first bytes of a source.
template <class = void> class BasicRangeSource {
 public:
  BasicRangeSource(AnySource source, std::uint64_t count) : source_{source}, left_{count} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (left_ == 0) co_return 0;
    const auto part = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
    const std::size_t n = co_await source_.read_some(part);
    left_ -= n;
    co_return n;
  }

 private:
  AnySource source_;
  std::uint64_t left_;
};
using RangeSource = BasicRangeSource<>;  // a template, so that only what is called is compiled

namespace detail {

/// The size of the file that a storage's reader reads, which may have no `size()`, or one that knows nothing.
template <class Reader> std::optional<std::uint64_t> size_of(const Reader& reader) {
  if constexpr (requires { reader.size(); }) {
    return reader.size();
  } else {
    return std::nullopt;
  }
}

/// How many bytes a text is when it is sent in TYPE A.
template <class = void> awaitable<std::uint64_t> length_of_text(AnySource source) {
  AsciiSource text{source};
  std::vector<std::byte> room(64 * 1024);
  std::uint64_t length = 0;
  for (;;) {
    const std::size_t n = co_await text.read_some(room);
    if (n == 0) co_return length;
    length += n;
  }
}

}  // namespace detail

namespace verbs {

/// RETR <path>: sends a file, from the offset of REST or the part of RANG. (RFC 959 §4.1.3, RFC 3659 §5)
struct Retr {
  static constexpr std::string_view verb = "RETR";
  static constexpr std::string_view help = "RETR <path>: fetch a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::read;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::optional<ByteRange> range = session.state.prepared.range;
    const std::uint64_t offset = range ? range->first : session.state.prepared.restart;
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Download complete", offset);
    auto file = co_await session.storage().open(path, offset);
    if (range) {
      RangeSource part{AnySource{file}, range->count()};
      co_return co_await session.send(part, std::move(transfer));
    }
    if (const auto size = detail::size_of(file); size && !transfer.ascii) {
      transfer.opening += " (" + std::to_string(*size - offset) + " bytes).";  // clients read it to the full stop
    }
    co_return co_await session.send(file, std::move(transfer));
  }
};

/// STOR <path>: receives a file, which takes its name once it is whole; goes on at the offset of REST. (RFC 959 §4.1.3)
struct Stor {
  static constexpr std::string_view verb = "STOR";
  static constexpr std::string_view help = "STOR <path>: store a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  static constexpr auto argument = ArgumentRule::required;
  template <class S> static constexpr bool available = WritableStorage<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::uint64_t offset = session.state.prepared.restart;
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Upload complete", offset);
    auto file = co_await session.storage().create(path, offset);
    co_return co_await session.receive(file, std::move(transfer));
  }
};

/// APPE <path>: receives what is put at the end of a file, or of what an interrupted upload has left. (RFC 959 §4.1.3)
struct Appe {
  static constexpr std::string_view verb = "APPE";
  static constexpr std::string_view help = "APPE <path>: store at the end of a file";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::append;
  static constexpr auto argument = ArgumentRule::required;
  template <class S> static constexpr bool available = AppendsToFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    auto transfer = file_transfer(session, verb, path, "Upload complete", 0);
    auto file = co_await session.storage().append(path);
    transfer.offset = file.size();
    co_return co_await session.receive(file, std::move(transfer));
  }
};

/// STOU [<name>]: receives a file under a name that is free, and tells it. (RFC 959 §4.1.3, RFC 1123 §4.1.2.9)
struct Stou {
  static constexpr std::string_view verb = "STOU";
  static constexpr std::string_view help = "STOU [<path>]: store under a name that nobody has";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = MakesUniqueNames<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path wished = session.path(name.empty() ? "upload" : name);
    auto file = co_await session.storage().create_unique(wished);
    const Path path = file.path();
    auto transfer = file_transfer(session, verb, path, "Upload complete", 0);
    transfer.opening = "FILE: " + std::string{path.name()};  // RFC 1123 §4.1.2.9
    co_return co_await session.receive(file, std::move(transfer));
  }
};

/// ABOR: breaks off the transfer under way, which is answered 426, and is answered 226. (RFC 959 §4.1.3)
struct Abor {
  static constexpr std::string_view verb = "ABOR";
  static constexpr std::string_view help = "ABOR: end the transfer under way";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr bool at_once = true;
  static Reply run(auto& session, std::string_view) {
    if (session.interrupt(Errc::aborted)) return {226, "Abort successful"};
    session.disarm();
    return {225, "No transfer to abort"};
  }
};

}  // namespace verbs

}  // namespace ftplike


namespace ftplike::inline v0_2 {

namespace verbs {

// Files and directories by name. (RFC 959 §4.1.3, RFC 775, RFC 3659; MFMT and MFF as their drafts say)

/// PWD: the working directory, quoted. (RFC 959 §4.1.3, Appendix II)
struct Pwd {
  static constexpr std::string_view verb = "PWD";
  static constexpr std::string_view help = "PWD: the working directory";
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    if (session.standard()) return {257, quoted_name(session.directory.string())};
    // The ftp-like dialect names it as the operator named the root.
    const std::string below = session.directory.is_root() ? "" : session.directory.string();
    return {257, quoted_name(session.storage().label() + below)};
  }
};

/// CWD <path>: changes the working directory. (RFC 959 §4.1.1)
struct Cwd {
  static constexpr std::string_view verb = "CWD";
  static constexpr std::string_view help = "CWD <path>: change the working directory";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    bool found = false;
    try {
      const Entry entry = co_await session.storage().stat(path);
      found = entry.is_directory();
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::no_such_file_or_directory && error.code() != std::errc::not_a_directory) throw;
    }
    if (!found) co_return Reply{550, "Directory not found"};
    session.directory = session.virtual_path(name);
    // Clients of standard FTP take what comes after these words for the path; the ftp-like dialect repeats the name.
    const std::string where = session.standard() ? session.directory.string() : std::string{name};
    co_return Reply{250, "Directory changed to " + where};
  }
};

/// CDUP: the same to the parent directory. (RFC 959 §4.1.1)
struct Cdup {
  static constexpr std::string_view verb = "CDUP";
  static constexpr std::string_view help = "CDUP: go to the directory above";
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::none;
  static awaitable<Reply> run(auto& session, std::string_view) { return Cwd::run(session, ".."); }
};

/// What the commands that change files have in common.
struct Changing {
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;
};

/// MKD <path>: makes a directory. (RFC 959 §4.1.3, Appendix II)
struct Mkd : Changing {
  static constexpr std::string_view verb = "MKD";
  static constexpr std::string_view help = "MKD <path>: make a directory";
  static constexpr Rights needs = Right::make_directories;
  template <class S> static constexpr bool available = MakesDirectories<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().make_directory(path);
    co_return Reply{257, quoted_name(session.virtual_path(name).string()) + " created"};
  }
};

/// RMD <path>: removes an empty directory. (RFC 959 §4.1.3)
struct Rmd : Changing {
  static constexpr std::string_view verb = "RMD";
  static constexpr std::string_view help = "RMD <path>: remove an empty directory";
  static constexpr Rights needs = Right::remove;
  template <class S> static constexpr bool available = RemovesDirectories<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().remove_directory(path);
    co_return Reply{250, "Directory removed"};
  }
};

/// DELE <path>: removes a file, and what an interrupted upload has left of it. (RFC 959 §4.1.3)
struct Dele : Changing {
  static constexpr std::string_view verb = "DELE";
  static constexpr std::string_view help = "DELE <path>: remove a file";
  static constexpr Rights needs = Right::remove;
  template <class S> static constexpr bool available = RemovesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    co_await session.storage().remove(path);
    co_return Reply{250, "File removed"};
  }
};

/// RNFR <path>: what the RNTO that must follow at once renames. (RFC 959 §4.1.3)
struct Rnfr : Changing {
  static constexpr std::string_view verb = "RNFR";
  static constexpr std::string_view help = "RNFR <path>: the file to rename";
  static constexpr Rights needs = Right::rename;
  template <class S> static constexpr bool available = RenamesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    Path path = session.path(name);
    (void)co_await session.storage().stat(path);
    session.state.preparing.rename_from = std::move(path);
    co_return Reply{350, "RNTO next"};
  }
};

/// RNTO <path>: renames what RNFR named. (RFC 959 §4.1.3)
struct Rnto : Changing {
  static constexpr std::string_view verb = "RNTO";
  static constexpr std::string_view help = "RNTO <path>: its new name";
  static constexpr Rights needs = Right::rename;
  template <class S> static constexpr bool available = RenamesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const std::optional<Path> from = session.state.prepared.rename_from;
    if (!from) co_return Reply{503, "RNFR first"};
    const Path to = session.path(name);
    co_await session.storage().rename(*from, to);
    co_return Reply{250, "Renamed"};
  }
};

/// The length that a transfer of the file would have, in the type of the session. (RFC 3659 §4)
///
/// As text that can be told only by reading the file, which is done up to `most_text`: enough for the text files of the
/// few clients that ask in TYPE A. What is longer is 550, as the RFC allows and other servers answer for every file; a
/// client is not to take that for a file that is not there. A size that nobody knows is 504: curl takes every 550 for a
/// file that is not there, and would not fetch it.
struct Size {
  static constexpr std::string_view verb = "SIZE";
  static constexpr std::string_view help = "SIZE <path>: bytes of a file, or of its upload that was cut off";
  static constexpr std::string_view feature = "SIZE";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::required;
  static constexpr std::uint64_t most_text = 1024 * 1024;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const bool as_text = session.standard() && session.state.type == 'A';
    std::error_code missing;
    try {
      const Entry entry = co_await session.storage().stat(path);
      if (!entry.is_file()) co_return Reply{550, "Not a file"};
      if (as_text) co_return co_await length_as_text(session, path, entry.size);
      if (!entry.size) co_return Reply{504, "Its size is not known"};
      co_return Reply{213, std::to_string(*entry.size)};
    } catch (const std::system_error& error) { missing = error.code(); }
    if constexpr (KeepsPartialFiles<std::remove_cvref_t<decltype(session.storage())>>) {
      if (missing == std::errc::no_such_file_or_directory && !as_text) {
        const std::uint64_t size = co_await session.storage().partial_size(path);
        co_return Reply{213, std::to_string(size)};
      }
    }
    throw std::system_error(missing);
  }

 private:
  static awaitable<Reply> length_as_text(auto& session, Path path, std::optional<std::uint64_t> size) {
    if (!session.may(Right::read) || size.value_or(most_text + 1) > most_text) {
      co_return Reply{550, "Its size is told in TYPE I only"};
    }
    auto file = co_await session.storage().open(path, 0);
    const std::uint64_t length = co_await detail::length_of_text(AnySource{file});
    co_return Reply{213, std::to_string(length)};
  }
};

/// MDTM <path>: when a file was modified, in UTC. (RFC 3659 §3)
struct Mdtm {
  static constexpr std::string_view verb = "MDTM";
  static constexpr std::string_view help = "MDTM <path>: when a file was last changed, in UTC";
  static constexpr std::string_view feature = "MDTM";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static constexpr auto argument = ArgumentRule::required;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const Entry entry = co_await session.storage().stat(path);
    co_return Reply{213, format_timestamp(entry.modified, Fraction::never)};
  }
};

/// MFMT <time> <path>: sets when a file was modified. (draft-somers-ftp-mfxx)
struct Mfmt : Changing {
  static constexpr std::string_view verb = "MFMT";
  static constexpr std::string_view help = "MFMT <YYYYMMDDHHMMSS> <path>: set when a file was last changed, in UTC";
  static constexpr std::string_view feature = "MFMT";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find(' ');
    const auto time = parse_timestamp(text.substr(0, space));
    if (!time || space == text.npos) co_return Reply{501, "A time and a path expected"};
    const auto name = text.substr(space + 1);
    const Path path = session.path(name);
    co_await session.storage().set_modified(path, *time);
    co_return Reply{213, "Modify=" + format_timestamp(*time, Fraction::never) + "; " + std::string{name}};
  }
};

/// MFF <fact>=<value>;… <path>: sets facts of a file: its time, its permission bits. (draft-somers-ftp-mfxx)
struct Mff : Changing {
  static constexpr std::string_view verb = "MFF";
  static constexpr std::string_view help = "MFF <fact>=<value>; <path>: set facts of a file";
  static constexpr Rights needs = Right::write;
  template <class S> static std::string feature(const S&) {
    std::string facts = "MFF ";
    if (SetsTimes<typename S::Storage>) facts += "modify;";
    if (KeepsModes<typename S::Storage>) facts += "UNIX.mode;";
    return facts;
  }
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage> || KeepsModes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find("; ");
    if (space == text.npos) co_return Reply{501, "Facts and a path expected"};
    const auto name = text.substr(space + 2);
    const Path path = session.path(name);
    // All are understood before the first is set.
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    constexpr bool sets_times = SetsTimes<Storage>, keeps_modes = KeepsModes<Storage>;
    std::optional<Timestamp> time;
    std::optional<unsigned> mode;
    for (auto facts = text.substr(0, space + 1); !facts.empty(); facts.remove_prefix(facts.find(';') + 1)) {
      const auto fact = facts.substr(0, facts.find(';'));
      const std::string key = to_upper(fact.substr(0, fact.find('=')));
      const auto value = fact.substr(std::min(fact.size(), key.size() + 1));
      if (key == "MODIFY") time = parse_timestamp(value);
      if (key == "UNIX.MODE") mode = number_in<unsigned>(value, 8);
      const bool is_time = sets_times && time, is_mode = keeps_modes && mode && *mode <= 07777;
      const bool understood = (key == "MODIFY" && is_time) || (key == "UNIX.MODE" && is_mode);
      if (!understood) co_return Reply{504, "Cannot set " + std::string{fact}};
    }
    if constexpr (sets_times) {
      if (time) co_await session.storage().set_modified(path, *time);
    }
    if constexpr (keeps_modes) {
      if (mode) co_await session.storage().set_mode(path, *mode);
    }
    co_return Reply{213, std::string{text}};
  }
};

/// AVBL [<path>]: the bytes that are free there. (draft-peterson-streamlined-ftp-command-extensions)
struct Avbl {
  static constexpr std::string_view verb = "AVBL";
  static constexpr std::string_view help = "AVBL [<path>]: bytes that are free";
  static constexpr std::string_view feature = "AVBL";
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = TellsFreeSpace<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view name) {
    const Path path = session.path(name);
    const std::uint64_t free = co_await session.storage().available(path);
    co_return Reply{213, std::to_string(free)};
  }
};

/// COMB <target> <part> …: joins files to one, and removes the parts. In no RFC; some clients upload in parts by it.
struct Comb : Changing {
  static constexpr std::string_view verb = "COMB";
  static constexpr std::string_view help =
      "COMB \"<target>\" \"<part>\"…: append the parts to the target and remove them";
  static constexpr std::string_view feature = "COMB target;source_list";
  static constexpr Rights needs{Right::write, Right::append, Right::remove};
  static constexpr bool interruptible = true;
  template <class S> static constexpr bool available = AppendsToFiles<typename S::Storage> && RemovesFiles<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const std::vector<std::string> names = words(text);
    if (names.size() < 2) co_return Reply{501, "A target and parts expected"};
    const Path target = session.path(names.front());
    for (std::size_t i = 1; i < names.size(); ++i) {  // all are there, or nothing is begun
      const Path path = session.path(names[i]);
      if (path == target) co_return Reply{501, "The target cannot be a part"};
      (void)co_await session.storage().stat(path);
    }
    auto whole = co_await session.storage().append(target);
    const auto moved = [&session](std::size_t) { session.make_progress(); };
    try {
      for (std::size_t i = 1; i < names.size(); ++i) {
        const Path path = session.path(names[i]);
        auto part = co_await session.storage().open(path, 0);
        co_await copy(part, whole, moved);
      }
    } catch (...) {
      whole.discard();  // half of it is nothing to go on with
      throw;
    }
    co_await whole.finish();
    for (std::size_t i = 1; i < names.size(); ++i) {
      const Path path = session.path(names[i]);
      co_await session.storage().remove(path);
    }
    co_return Reply{250, "Combined"};
  }

 private:
  /// Words between blanks; those that begin with a quote go to the next one.
  static std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
      const bool in_quotes = text.front() == '"';
      if (in_quotes) text.remove_prefix(1);
      const auto end = std::min(text.find(in_quotes ? '"' : ' '), text.size());
      if (end > 0) found.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
  }
};

// RFC 775's names of some of them, which old clients prefer.
/// XPWD: PWD.
struct Xpwd : Pwd {
  static constexpr std::string_view verb = "XPWD";
};
/// XCWD <path>: CWD.
struct Xcwd : Cwd {
  static constexpr std::string_view verb = "XCWD";
};
/// XCUP: CDUP.
struct Xcup : Cdup {
  static constexpr std::string_view verb = "XCUP";
};
/// XMKD <path>: MKD.
struct Xmkd : Mkd {
  static constexpr std::string_view verb = "XMKD";
};
/// XRMD <path>: RMD.
struct Xrmd : Rmd {
  static constexpr std::string_view verb = "XRMD";
};

/// SITE CHMOD <mode> <path>: sets the permission bits of a file, in octal. In no RFC.
struct SiteChmod : Changing {
  static constexpr std::string_view verb = "CHMOD";
  static constexpr std::string_view help = "CHMOD <mode> <path>: set the permission bits, in octal";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = KeepsModes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const auto space = text.find(' ');
    const auto mode = number_in<unsigned>(text.substr(0, space), 8);
    if (!mode || *mode > 07777 || space == text.npos) co_return Reply{501, "An octal mode and a path expected"};
    const Path path = session.path(text.substr(space + 1));
    co_await session.storage().set_mode(path, *mode);
    co_return Reply{200, "Mode set"};
  }
};

/// SITE UTIME: sets when a file was modified, in either of its two forms. In no RFC.
struct SiteUtime : Changing {
  static constexpr std::string_view verb = "UTIME";
  static constexpr std::string_view help = "UTIME <YYYYMMDDhhmm[ss]> <path>: set when a file was last changed, in UTC";
  static constexpr Rights needs = Right::write;
  template <class S> static constexpr bool available = SetsTimes<typename S::Storage>;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    std::string_view name;
    const auto time = time_and_name(text, name);
    if (!time) co_return Reply{501, "A time and a path expected"};
    const Path path = session.path(name);
    co_await session.storage().set_modified(path, *time);
    co_return Reply{200, "Time set"};
  }

 private:
  /// Both forms there are: `<time> <path>`, and `<path> <atime> <mtime> <ctime> UTC`.
  static std::optional<Timestamp> time_and_name(std::string_view text, std::string_view& name) {
    const auto parse = [](std::string_view digits) {
      return parse_timestamp(digits.size() == 12 ? std::string{digits} + "00" : std::string{digits});
    };
    if (text.ends_with(" UTC")) {
      text.remove_suffix(4);
      std::string_view times[3];
      for (auto& time : times) {
        const auto space = text.rfind(' ');
        if (space == text.npos) return std::nullopt;
        time = text.substr(space + 1);
        text = text.substr(0, space);
      }
      name = text;
      return parse(times[1]);
    }
    const auto space = text.find(' ');
    if (space == text.npos) return std::nullopt;
    name = text.substr(space + 1);
    return parse(text.substr(0, space));
  }
};

/// SITE, with the commands that Inner holds.
template <class Inner> struct BasicSite {
  static constexpr std::string_view verb = "SITE";
  static constexpr std::string_view help = "SITE <command>: what is special here, see SITE HELP";
  static constexpr bool keeps_blanks = true;
  static constexpr auto argument = ArgumentRule::required;
  using Commands = Inner;
  template <class... More> using With = BasicSite<typename Inner::template With<More...>>;
  template <class S> static bool secret(const S& session, std::string_view text) {
    return detail::is_inner_secret<Inner>(session, text);
  }
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const CommandLine inner = parse_command(text);
    if (inner.verb == Verb{"HELP"}) co_return help_of(session);
    co_return co_await detail::run_inner<Inner>(session, text);
  }

 private:
  template <class S> static Reply help_of(S&) {
    std::string lines = "SITE commands";
    for (const auto& entry : Inner::template On<S>::template entries<S>()) lines += "\n " + std::string{entry.help};
    return {214, lines + "\nHELP: this\nEnd"};
  }
};
using Site = BasicSite<CommandTable<SiteChmod, SiteUtime>>;

}  // namespace verbs

}  // namespace ftplike

// ---- ftplike/verbs/information.hpp
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/verbs/listing.hpp
#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

// What directories hold. (RFC 959 §4.1.3, RFC 3659 §7)

/// Appends an entry to the text of a listing.
using EntryFormat = std::function<void(std::string& text, const Entry& entry)>;

/// Some entries of a directory, sorted by name.
class SortedEntries {
 public:
  std::vector<std::vector<Entry>> held;  // as the storage gave them: an entry is large, and takes long to move
  std::vector<const Entry*> in_order;
  bool ended = false;  // they are the last
};

/// The next entries of a listing that fit a pattern, if there is one: all, or ten thousand and some where there are more,
/// so that any directory takes a bounded memory.
template <class Listing> awaitable<SortedEntries> next_sorted(Listing& listing, const std::string& pattern) {
  constexpr std::size_t enough = 10'000;
  SortedEntries found;
  for (std::size_t count = 0; count < enough;) {
    std::vector<Entry> entries = co_await listing.next();
    if (entries.empty()) {
      found.ended = true;
      break;
    }
    count += entries.size();
    for (const auto& entry : entries) {
      if (pattern.empty() || matches(pattern, entry.name)) found.in_order.push_back(&entry);
    }
    found.held.push_back(std::move(entries));
  }
  std::sort(found.in_order.begin(), found.in_order.end(),
            [](const Entry* a, const Entry* b) { return a->name < b->name; });
  co_return found;
}

/// A listing as bytes: entries come from the storage some at a time, so that a directory of a million takes no memory to
/// speak of. They are sorted by name as far as `next_sorted` sorts.
template <class Listing> class ListingSource {
 public:
  /// Of a directory `listing`, of anything else, `entry`, alone.
  ListingSource(std::optional<Listing> listing, const Entry& entry, std::string pattern, EntryFormat format)
      : listing_{std::move(listing)}, pattern_{std::move(pattern)}, format_{std::move(format)}, ended_{!listing_} {
    if (ended_) format_(text_, entry);
  }
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    while (at_ == text_.size() && !ended_) {
      text_.clear();
      at_ = 0;
      const SortedEntries entries = co_await next_sorted(*listing_, pattern_);
      ended_ = entries.ended;
      for (const Entry* entry : entries.in_order) format_(text_, *entry);
    }
    const auto part = as_bytes(text_).subspan(at_, std::min(room.size(), text_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }

 private:
  std::optional<Listing> listing_;
  std::string pattern_;
  EntryFormat format_;
  std::string text_;
  std::size_t at_ = 0;
  bool ended_;
};

/// What the argument of LIST, NLST or STAT asks for. Options as of `ls` are taken note of by ignoring them.
struct ListingRequest {
  explicit ListingRequest(std::string_view argument) {
    while (argument.starts_with('-')) {
      const auto end = argument.find(' ');
      argument.remove_prefix(end == argument.npos ? argument.size() : end + 1);
    }
    name = argument;
  }
  /// Takes the last component for a pattern; false if it is none.
  bool take_pattern() {
    const auto last = name.substr(name.rfind('/') + 1);
    if (last.find_first_of("*?[") == last.npos) return false;
    pattern = last;
    name.remove_suffix(last.size());
    return true;
  }
  /// What stands before the names in a directory of this name, or before the last component of a file's: with it they
  /// are names as the client must say them.
  std::string prefix(bool is_directory) const {
    if (is_directory && (name == "." || name == "./")) return {};
    std::string result{is_directory ? name : name.substr(0, name.rfind('/') + 1)};
    if (!result.empty() && result.back() != '/') result += '/';
    return result;
  }
  std::string_view name;  // of the directory or file
  std::string pattern;    // of names in it, empty for all
};

/// What a request names: what exists by that very name, whatever is in it (RFC 959 knows no patterns); only else the
/// directory that its pattern is for.
template <class S> awaitable<Entry> find_listed(S& session, ListingRequest& request) {
  std::exception_ptr missing;
  const Path named = session.path(request.name);
  try {
    Entry entry = co_await session.storage().stat(named);
    co_return entry;
  } catch (const std::system_error&) { missing = std::current_exception(); }
  if (!request.take_pattern()) std::rethrow_exception(missing);
  const Path directory = session.path(request.name);
  Entry entry = co_await session.storage().stat(directory);
  co_return entry;
}

namespace detail {

/// What an account may do with a file or a directory of a storage, in the letters of RFC 3659 §7.5.5.
template <class Storage> std::string permissions_of(const Entry& entry, Rights rights) {
  std::string letters;
  const auto add = [&](Right right, char what, bool can_be_done = true) {
    if (can_be_done && rights.contains(right)) letters += what;
  };
  if (entry.is_directory()) {
    add(Right::write, 'c', WritableStorage<Storage>);
    add(Right::remove, 'd', RemovesDirectories<Storage>);
    letters += 'e';
    add(Right::rename, 'f', RenamesFiles<Storage>);
    add(Right::list, 'l');
    add(Right::make_directories, 'm', MakesDirectories<Storage>);
    add(Right::remove, 'p', RemovesFiles<Storage> || RemovesDirectories<Storage>);
  } else {
    add(Right::append, 'a', AppendsToFiles<Storage>);
    add(Right::remove, 'd', RemovesFiles<Storage>);
    add(Right::rename, 'f', RenamesFiles<Storage>);
    add(Right::read, 'r');
    add(Right::write, 'w', WritableStorage<Storage>);
  }
  return letters;
}

/// Sends the listing of `path`, which is `entry`, over the data connection, each entry of it as `format` appends it.
template <class S> awaitable<Reply> send_listing(S& session, std::string_view verb, Path path, Entry entry,
                                                 std::string pattern, EntryFormat format) {
  typename S::Transfer transfer{verb, path, "Here comes the listing", "Listing complete"};
  transfer.listing = true;
  std::optional<typename S::Storage::Listing> listing;
  if (entry.is_directory()) {
    auto found = co_await session.storage().list(path);
    listing.emplace(std::move(found));
  }
  ListingSource source{std::move(listing), entry, std::move(pattern), std::move(format)};
  co_return co_await session.send(source, std::move(transfer));
}

/// Whether a name can stand in a line of its own.
inline bool fits_a_line(std::string_view name) noexcept { return name.find_first_of("\r\n") == name.npos; }

}  // namespace detail

namespace verbs {

/// LIST [<path>]: a directory or file over the data connection, as `ls -l` shows it; names alone in the ftp-like
/// dialect. (RFC 959 §4.1.3)
struct List {
  static constexpr std::string_view verb = "LIST";
  static constexpr std::string_view help = "LIST [<path>]: list a directory";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    ListingRequest request{text};
    Entry listed = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    if (session.announces()) {
      // The ftp-like dialect: bare names between LFs.
      auto names = [first = true](std::string& out, const Entry& entry) mutable {
        if (!detail::fits_a_line(entry.name)) return;
        if (!std::exchange(first, false)) out += '\n';
        out += entry.name;
      };
      co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                              std::move(names));
    }
    auto lines = [now = wall_clock(session.executor())](std::string& out, const Entry& entry) {
      append_listed(out, entry, now);
      out += "\r\n";
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                            std::move(lines));
  }
};

/// NLST [<path>]: the names alone. (RFC 959 §4.1.3)
struct Nlst {
  static constexpr std::string_view verb = "NLST";
  static constexpr std::string_view help = "NLST [<path>]: list names only";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    ListingRequest request{text};
    Entry listed = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    auto names = [prefix = request.prefix(listed.is_directory())](std::string& out, const Entry& entry) {
      if (detail::fits_a_line(entry.name)) out.append(prefix).append(entry.name).append("\r\n");
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                            std::move(names));
  }
};

/// MLSD [<path>]: a directory over the data connection, with facts that programs understand. (RFC 3659 §7)
struct Mlsd {
  static constexpr std::string_view verb = "MLSD";
  static constexpr std::string_view help = "MLSD [<path>]: list a directory for programs";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const Path path = session.path(text);
    Entry listed = co_await session.storage().stat(path);
    if (!listed.is_directory()) co_return Reply{501, "Not a directory"};
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    auto lines = [facts = session.state.facts, rights = session.account()->rights](std::string& out,
                                                                                   const Entry& entry) {
      append_facts(out, entry, facts, detail::permissions_of<Storage>(entry, rights));
      out += "\r\n";
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::string{}, std::move(lines));
  }
};

/// MLST [<path>]: the facts of one file or directory, in the reply. (RFC 3659 §7)
struct Mlst {
  static constexpr std::string_view verb = "MLST";
  static constexpr std::string_view help = "MLST [<path>]: the facts of one file";
  static std::string feature(const auto& session) { return "MLST " + session.state.facts.feature(); }
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const Path path = session.path(text);
    Entry entry = co_await session.storage().stat(path);
    entry.name = session.virtual_path(text).string();
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    std::string lines = "Listing " + entry.name + "\n ";
    append_facts(lines, entry, session.state.facts, detail::permissions_of<Storage>(entry, session.account()->rights));
    co_return Reply{250, lines + "\nEnd"};
  }
};

}  // namespace verbs

}  // namespace ftplike


namespace ftplike::inline v0_2 {

namespace verbs {

// What the server says of itself. (RFC 959 §4.1.3, RFC 2389)

/// SYST: the kind of system, which tells clients what listings look like. (RFC 959 §4.1.3)
struct Syst {
  static constexpr std::string_view verb = "SYST";
  static constexpr std::string_view help = "SYST: the kind of system";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto&, std::string_view) { return {215, "UNIX Type: L8"}; }
};

/// Made from the table of commands, so that it cannot say what is not there.
struct Feat {
  static constexpr std::string_view verb = "FEAT";
  static constexpr std::string_view help = "FEAT: the extensions that this server knows";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    std::string lines = "Extensions";
    session.for_each_command([&](const auto& entry) {
      const std::string feature = entry.feature ? entry.feature(session) : std::string{};
      if (!feature.empty()) lines += "\n " + feature;
    });
    return {211, lines + "\n TVFS\nEnd"};
  }
};

/// Made from the table of commands.
struct Help {
  static constexpr std::string_view verb = "HELP";
  static constexpr std::string_view help = "HELP [<verb>]: the commands, or what one of them does";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view text) {
    if (!text.empty()) {
      const auto* entry = session.find_command(Verb{text});
      if (!entry) return {501, "No such command"};
      return {214, std::string{entry->help}};
    }
    std::string lines = "Commands";
    std::size_t column = 0;
    session.for_each_command([&](const auto& entry) {
      lines += column++ % 8 == 0 ? "\n " : " ";
      lines += entry.verb.text();
    });
    return {214, lines + "\nEnd"};
  }
};

/// How the session or the transfer under way stands, or a listing over the control connection.
struct Stat {
  static constexpr std::string_view verb = "STAT";
  static constexpr std::string_view help = "STAT [<path>]: how things stand, or a listing over the control connection";
  static constexpr bool keeps_blanks = true;
  static constexpr bool keeps_prepared = true;
  static constexpr bool at_once = true;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    if (text.empty()) co_return status(session);
    if (!session.may(Right::list)) co_return Reply{550, "Permission denied"};
    ListingRequest request{text};
    const Entry entry = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    std::string lines = "Status of " + std::string{request.name} + '\n';
    const auto add = [&lines, now = wall_clock(session.executor())](const Entry& one) {
      append_listed(lines += ' ', one, now);
      lines += '\n';
    };
    if (!entry.is_directory()) {
      add(entry);
      co_return Reply{213, lines + "End"};
    }
    auto listing = co_await session.storage().list(path);
    for (bool ended = false; !ended;) {
      const SortedEntries entries = co_await next_sorted(listing, request.pattern);
      for (const Entry* one : entries.in_order) {
        add(*one);
        if (lines.size() < largest_part) continue;
        std::string part = std::exchange(lines, std::string{});
        co_await session.say_part(212, std::move(part));
        session.make_progress();
      }
      ended = entries.ended;
    }
    co_return Reply{212, lines + "End"};
  }

 private:
  static constexpr std::size_t largest_part = 16 * 1024;

  static Reply status(auto& session) {
    if (const auto* transfer = session.transferring()) {
      return {213, std::string{transfer->verb} + " " + transfer->path.below(session.account()->root).string() + ": " +
                       std::to_string(transfer->moved) + " bytes by now"};
    }
    std::string lines = "FTP server status\n Connected from " + session.peer().address().to_string();
    if (session.account()) lines += "\n Logged in as " + session.account()->name;
    lines += std::string{"\n TYPE "} + session.state.type + ", STRU F, MODE S";
    return {211, lines + "\nEnd"};
  }
};

}  // namespace verbs

}  // namespace ftplike

// ---- ftplike/verbs/security.hpp
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2 {

// The protection of a session by TLS. (RFC 2228, RFC 4217)

/// What a server demands of its clients; each includes what stands before it.
enum class TlsPolicy {
  off = -1,            // there is no AUTH
  offered = 0,         // clients that like are protected
  required_for_login,  // nobody says a password, and no guest does anything, in clear
  required,            // nor does a byte of a file or a listing go over the network in clear
};

/// How far a session is protected, against what its server demands: the one place that knows what is allowed by now.
class Protection {
 public:
  explicit constexpr Protection(TlsPolicy policy) noexcept : policy_{policy} {}

  constexpr TlsPolicy policy() const noexcept { return policy_; }
  constexpr bool secured() const noexcept { return stage_ != Stage::clear; }
  /// Whether data connections are secured, too.
  constexpr bool covers_data() const noexcept { return data_; }
  /// The reply to a command that has to wait for TLS; none if it may be run.
  std::optional<Reply> refusal(Verb verb, bool before_login) const {
    const bool tells_secrets = !before_login || verb == Verb{"USER"} || verb == Verb{"PASS"};
    if (secured() || policy_ < TlsPolicy::required_for_login || !tells_secrets) return std::nullopt;
    return Reply{530, "TLS is required: say AUTH TLS first"};
  }
  /// The reply to a command whose data would go in clear and must not; none if they may.
  std::optional<Reply> refusal_of_data() const {
    if (data_ || policy_ != TlsPolicy::required) return std::nullopt;
    return Reply{521, "TLS is required for data: say PROT P first"};
  }

  /// The control connection is secured; by a client that need not say AUTH, data are meant as well.
  constexpr void secure(bool implicit) noexcept {
    stage_ = implicit ? Stage::sized : Stage::secured;
    data_ = implicit;
  }
  constexpr void size() noexcept { stage_ = Stage::sized; }
  constexpr bool sized() const noexcept { return stage_ == Stage::sized; }
  constexpr void cover_data(bool whether) noexcept {
    data_ = whether;
    was_told_ = true;
  }
  /// How long a data connection's handshake is awaited at most. A client that began with TLS and never said PROT may mean
  /// its data to be in clear, wait for ours, and give up before it has heard why there are none.
  constexpr Duration patience(Duration limit) const noexcept {
    return was_told_ ? limit : std::min<Duration>(limit, std::chrono::seconds{5});
  }

 private:
  enum class Stage { clear, secured, sized };
  TlsPolicy policy_;
  Stage stage_ = Stage::clear;
  bool data_ = false;
  bool was_told_ = false;  // by PROT
};

/// How the sessions of a listener begin. Each way has a type of its own, so that a TLS handshake over a transport that
/// has none does not compile.
class Beginning {
 public:
  struct Clear {};
  struct ImplicitTls {};
  static constexpr Clear clear{};               // to be secured by AUTH
  static constexpr ImplicitTls implicit_tls{};  // with the handshake

  constexpr Beginning(Clear) noexcept {}
  constexpr Beginning(ImplicitTls) noexcept : is_implicit_tls_{true} {}
  friend constexpr bool operator==(Beginning, Beginning) = default;

 private:
  bool is_implicit_tls_ = false;
};

namespace verbs {

/// AUTH TLS: secures the control connection, after the reply. (RFC 2228 §3, RFC 4217 §4)
struct Auth {
  static constexpr std::string_view verb = "AUTH";
  static constexpr std::string_view help = "AUTH TLS: protect this connection from now on";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "AUTH TLS";
  }
  static Reply run(auto& session, std::string_view mechanism) {
    if (!same_word(mechanism, "TLS") && !same_word(mechanism, "TLS-C")) return {504, "Only AUTH TLS"};
    if (session.protection().policy() == TlsPolicy::off) return {502, "TLS is not offered here"};
    if (session.protection().secured()) return {503, "TLS is here already"};
    if (session.heard_more()) {
      // Whoever stands between us could say it in the client's name, and TLS would vouch for it.
      session.close();
      return {503, "Nothing may follow AUTH before the handshake"};
    }
    if (session.standard()) {
      session.log_out();
    } else {
      session.forget();
    }
    session.secure_after_reply();
    return {234, "Begin the TLS handshake"};
  }
};

/// PBSZ 0: the size of a protected buffer, which TLS does not have; PROT wants it first. (RFC 2228 §3, RFC 4217)
struct Pbsz {
  static constexpr std::string_view verb = "PBSZ";
  static constexpr std::string_view help = "PBSZ 0: no buffer is needed for the protection of data";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "PBSZ";
  }
  static Reply run(auto& session, std::string_view size) {
    if (!session.protection().secured()) return {503, "AUTH TLS first"};
    if (!number_in(size)) return {501, "Not a size"};
    session.protection().size();
    return {200, "PBSZ=0"};
  }
};

/// PROT C or P: whether data connections are in clear or secured. (RFC 2228 §3, RFC 4217)
struct Prot {
  static constexpr std::string_view verb = "PROT";
  static constexpr std::string_view help = "PROT C|P: data in clear, or private";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static std::string feature(const auto& session) {
    return session.protection().policy() == TlsPolicy::off ? "" : "PROT";
  }
  static Reply run(auto& session, std::string_view level) {
    if (!session.protection().sized()) return {503, "AUTH TLS and PBSZ 0 first"};
    if (same_word(level, "S") || same_word(level, "E")) return {536, "Only PROT C and P"};
    const bool is_private = same_word(level, "P");
    if (!is_private && !same_word(level, "C")) return {504, "Only PROT C and P"};
    if (!is_private && session.protection().policy() == TlsPolicy::required) return {534, "TLS is required for data"};
    // A client that has connected already may have begun a handshake.
    if (!is_private && session.protection().covers_data()) session.disarm();
    session.protection().cover_data(is_private);
    return {200, is_private ? "Data connections are private" : "Data connections are in clear"};
  }
};

/// CCC: clears the control connection; refused. (RFC 2228 §3, RFC 4217)
struct Ccc {
  static constexpr std::string_view verb = "CCC";
  static constexpr std::string_view help = "CCC: refused, a connection once protected stays so";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    if (!session.protection().secured()) return {533, "The connection is not protected"};
    return {534, "The connection stays protected"};
  }
};

}  // namespace verbs

/// A table with the commands that the transport brings: those of TLS where its streams can be secured, else none.
template <class T, class Table> struct WithSecurity { using type = Table; };
template <class T, class Table>
  requires SecurableStream<typename T::Stream>
struct WithSecurity<T, Table> {
  using type = typename Table::template With<verbs::Auth, verbs::Pbsz, verbs::Prot, verbs::Ccc>;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// The bounds of a server's patience and memory. Times are counted by the transport's clock; `Duration::max()` says
/// "no limit". What each does when it runs out stands behind it.
struct Limits {
  /// Bytes of a command: a longer one is skipped and answered 500.
  std::size_t line = 4096;
  /// Commands that are read ahead during a transfer; further ones wait in the client's connection.
  std::size_t waiting_commands = 32;
  /// Sessions at a time: one more gets 421 at once.
  std::size_t sessions = 10'000;
  /// The same, for one client's address. (IPv6: for its /64)
  std::size_t sessions_per_address = 1'000;
  /// Bytes a second of all transfers in one direction together, which then wait for one another; 0: no limit.
  std::uint64_t bytes_per_second = 0;
  /// Failed attempts to log in; with the last the session ends. (421)
  unsigned login_attempts = 3;
  /// How long the reply to a failed attempt is held back; doubles with each.
  Duration login_pause = std::chrono::seconds{1};
  /// From the greeting to the login: then the session ends. (421)
  Duration login = std::chrono::seconds{60};
  /// Between two commands: then the session ends. (421)
  Duration idle = std::chrono::seconds{300};
  /// For the data connection to come to be: then the transfer ends. (425)
  Duration connect_data = std::chrono::seconds{30};
  /// Of a TLS handshake: then that connection ends, which of a data connection is a transfer without one. (425)
  Duration handshake = std::chrono::seconds{15};
  /// Without a byte of a transfer: then it ends. (426)
  Duration stall = std::chrono::seconds{60};
  /// Without progress of a command that opens, commits, logs in, …: then it ends. (451; before a login the session, 421)
  Duration operation = std::chrono::seconds{60};
  /// For commands to end by themselves when the server stops: then they are cut.
  Duration drain = std::chrono::seconds{30};
  /// From then on until what cannot be interrupted is given up. (`StopReport::stuck`)
  Duration abandon = std::chrono::seconds{15};
  /// After which a command of the ftp-like dialect that could go on is whole without a line ending.
  Duration grace = std::chrono::milliseconds{20};
};

namespace verbs {

/// The six commands of the program that the ftp-like dialect comes from, NOOP and HELP.
using FtpLikeCommands = CommandTable<Pwd, Cwd, List, Stor, Retr, Quit, Noop, Help>;
/// Those of standard FTP.
using FtpCommands =
    CommandTable<User, Pass, Acct, Rein, Quit, Noop, Host, Clnt,                                       // access
                 Type, Stru, Mode, Rest, Rang, Allo, Opts, Utf8, Lang,                                 // parameters
                 Retr, Stor, Appe, Stou, Abor,                                                         // transfer
                 List, Nlst, Mlsd, Mlst,                                                               // listing
                 Pwd, Cwd, Cdup, Mkd, Rmd, Dele, Rnfr, Rnto, Size, Mdtm, Mfmt, Mff, Avbl, Comb, Site,  // files
                 Xpwd, Xcwd, Xcup, Xmkd, Xrmd,                                                         //
                 Syst, Feat, Help, Stat>;                                                              // information

}  // namespace verbs

/// A part that gives each account its storage: `storage_for(visitor)`. A storage may have that, too, to know who asks.
/// `StoragePerAccount` is one made of a function.
template <class S>
concept GivesStorages = requires(S& files, const Visitor& visitor) {
  requires ReadableStorage<std::remove_cvref_t<decltype(files.storage_for(visitor))>>;
};

/// The objects of your program that its commands work on: `Server server{network, ftplike::Application{sensors}, …}` has
/// `session.application()` be `sensors` in all of its commands. One object; a struct of references where there are more.
///
/// **Lifetime:** the object outlives the server and its sessions. **Threads:** sessions use it on any, at once.
template <class T> class Application {
 public:
  explicit Application(T& object) noexcept : object_{&object} {}
  T& get() const noexcept { return *object_; }

 private:
  T* object_;
};
struct NoApplication {};

/// The choice of a server's parts: derive from a profile and redeclare one name to swap one part. Storage,
/// authenticator, observer and application are usually deduced from what the server is given.
struct Profile {
  using Commands = CommandTable<>;
  using DataChannel = AnnouncedChannel;
  using Storage = DirectoryStorage;
  using Authenticator = LoopbackReaders;
  using Observer = NoObserver;
  using Application = NoApplication;
  /// What a session keeps between two commands; one of your own is derived from `SessionState`.
  using State = SessionState;
  /// Those that are understood without a line ending, as the ftp-like dialect sends them; `CommandTable<>`: none.
  using UnterminatedCommands = verbs::FtpLikeCommands;
};

/// The ftp-like dialect alone.
struct FtpLike : Profile {
  using Commands = verbs::FtpLikeCommands;
};

/// Standard FTP, and the ftp-like dialect on the same port.
struct Ftp : Profile {
  using DataChannel = NegotiatedChannel<PassiveChannel, ActiveChannel, AnnouncedChannel>;
  using Commands = verbs::FtpCommands;
};

/// What a server says first.
struct Greeting {
  std::string text = "FTP Server Ready";
};

/// The proxies (load balancers) that are believed when they say, by the PROXY protocol, whom they pass on; from them
/// every connection has to begin with that, those for data too. From elsewhere such a beginning is no command.
struct TrustedProxies {
  std::vector<Subnet> subnets;
  bool contain(const Address& address) const {
    return std::any_of(subnets.begin(), subnets.end(), [&](const Subnet& one) { return one.contains(address); });
  }
};

/// The settings of a server, each of which may be given to it as a part. A new one is a member more here; `all` does
/// not compile until it is named there, and nothing else needs to know of it.
struct Settings {
  Limits limits;
  DataPorts data_ports;
  PublicAddress public_address;
  Greeting greeting;
  TrustedProxies trusted_proxies;
  TlsPolicy tls_policy = TlsPolicy::offered;
  UploadRules upload_rules;

  auto all() {
    auto& [one, two, three, four, five, six, seven] = *this;
    return std::tie(one, two, three, four, five, six, seven);
  }
};

namespace detail {

template <class Setting, class... All> constexpr bool is_one_of(std::tuple<All&...>*) {
  return (std::is_same_v<Setting, All> || ...);
}
template <class X> constexpr bool is_setting = is_one_of<X>(static_cast<decltype(Settings{}.all()) *>(nullptr));

/// What a session's files are before they keep to rules: the storage, or what it gives each account.
template <class S> struct Given { using type = S; };
template <GivesStorages S> struct Given<S> {
  using type = std::remove_cvref_t<decltype(std::declval<S&>().storage_for(std::declval<const Visitor&>()))>;
};

}  // namespace detail

/// What the sessions of one account share: their number and their bandwidth.
struct AccountUse {
  AccountUse(std::string its_name, std::uint64_t bytes_per_second)
      : name{std::move(its_name)}, sent{bytes_per_second}, received{bytes_per_second} {}
  std::string name;
  Meter sent, received;
};

/// What the sessions of a server share: one of each part, taken from the parts that it is given or made by default.
/// Settings do not change any more when the first session begins. **Threads:** safe, as far as its parts are.
template <class P> class Service : public Settings {
 public:
  /// Its sessions' files: what can be written keeps to the rules.
  using Storage = typename detail::Ruled<typename detail::Given<typename P::Storage>::type>::type;
  using Authenticator = typename P::Authenticator;
  using Observer = typename P::Observer;

  template <class... Parts> explicit Service(std::tuple<Parts...> parts)
      : Settings(settings_among(parts)),
        storage{kept(take<typename P::Storage>(parts))},
        authenticator{take<Authenticator>(parts)},
        observer{take<Observer>(parts)},
        application{take<typename P::Application>(parts)} {}

  std::conditional_t<GivesStorages<typename P::Storage>, typename P::Storage, Storage> storage;
  Authenticator authenticator;
  Observer observer;
  typename P::Application application;

  /// The files of one session: a storage of its own where they depend on who asks, else a reference to that of all. The
  /// account counts where `files_depend_on_account`. `progress` is called when what takes long there gets on, if the
  /// storage tells that.
  ///
  /// **Errors:** what the part throws that chooses them.
  decltype(auto) storage_for(
      [[maybe_unused]] const Visitor& visitor, [[maybe_unused]] std::function<void()> progress) {
    if constexpr (files_depend_on_account) {
      return working_for(under_rules(storage.storage_for(visitor)), visitor.address, std::move(progress));
    } else if constexpr (ServesClientsInTurn<Storage> || TellsProgress<Storage>) {
      return working_for(storage, visitor.address, std::move(progress));
    } else {
      return (storage);
    }
  }
  static constexpr bool files_depend_on_account = GivesStorages<typename P::Storage>;

  /// The account of sessions without a login.
  std::optional<Account> guest() const { return authenticator.guest(); }
  /// A share in the use of an account, for as long as it is held; null if the account has as many sessions as it may
  /// have.
  std::shared_ptr<AccountUse> enter(const Account& account) {
    if (account.max_sessions == 0 && account.bytes_per_second == 0) return no_limits_;
    const std::lock_guard lock{mutex_};
    std::erase_if(uses_, [](const auto& use) { return use.expired(); });
    for (const auto& known : uses_) {
      auto use = known.lock();
      if (!use || use->name != account.name) continue;
      const auto sessions = static_cast<unsigned long>(use.use_count()) - 1;  // without ours
      if (account.max_sessions != 0 && sessions >= account.max_sessions) return nullptr;
      return use;
    }
    auto use = detail::new_shared<AccountUse>(account.name, account.bytes_per_second);
    uses_.push_back(use);
    return use;
  }
  /// The bandwidth of all transfers together.
  AccountUse& total() noexcept { return total_; }

 private:
  /// The part of this type, or a new one where none was given.
  template <class Part, class... Parts> static Part take(std::tuple<Parts...>& parts) {
    constexpr bool is_it[]{std::is_same_v<Part, Parts>..., true};
    constexpr auto place = static_cast<std::size_t>(std::find(std::begin(is_it), std::end(is_it), true) - is_it);
    if constexpr (place < sizeof...(Parts)) {
      return std::move(std::get<place>(parts));
    } else if constexpr (std::is_default_constructible_v<Part>) {
      return Part{};
    } else {
      std::terminate();  // never run: a server without a part that it needs does not compile
    }
  }
  auto kept(typename P::Storage files) {
    if constexpr (GivesStorages<typename P::Storage>) {
      return files;
    } else {
      return under_rules(std::move(files));
    }
  }
  template <class Files> Storage under_rules(Files files) {
    if constexpr (detail::MakesNames<Files>) {
      return Storage(std::move(files), upload_rules);
    } else {
      return files;
    }
  }
  template <class Files> static Storage working_for(
      Files&& files, [[maybe_unused]] const Address& client, [[maybe_unused]] std::function<void()> progress) {
    if constexpr (TellsProgress<Storage>) {
      return files.for_client(client_key(client), std::move(progress));
    } else if constexpr (ServesClientsInTurn<Storage>) {
      return files.for_client(client_key(client));
    } else {
      return std::forward<Files>(files);
    }
  }
  template <class... Parts> static Settings settings_among(std::tuple<Parts...>& parts) {
    Settings settings;
    const auto set = [&settings]<class Part>([[maybe_unused]] Part& part) {
      if constexpr (detail::is_setting<Part>) std::get<Part&>(settings.all()) = std::move(part);
    };
    std::apply([&set](auto&... part) { (set(part), ...); }, parts);
    return settings;
  }

  AccountUse total_{{}, limits.bytes_per_second};
  std::shared_ptr<AccountUse> no_limits_ = detail::new_shared<AccountUse>(std::string{}, std::uint64_t{0});
  std::mutex mutex_;
  std::vector<std::weak_ptr<AccountUse>> uses_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {
namespace detail {

// The parts that a server is given are told apart by what they can do, and one that can do nothing of that is refused:
// it would have no effect, and be missed only when it is too late.

enum class PartKind { profile, storage, authenticator, setting, observer, application, none };

template <class X> constexpr bool is_observers = false;
template <class... All> constexpr bool is_observers<Observers<All...>> = true;

template <class X> constexpr bool is_application = false;
template <class T> constexpr bool is_application<Application<T>> = true;

template <class Part> constexpr bool is_storage = ReadableStorage<Part> || GivesStorages<Part>;
template <class Part> constexpr bool is_profile = std::is_base_of_v<Profile, Part>;
template <class Part> constexpr bool is_observer = std::is_same_v<Part, NoObserver> || is_observers<Part> ||
                                                   takes_one_of<Part>(AllEvents{});

template <class Part> constexpr PartKind kind_of() {
  if (is_setting<Part>) return PartKind::setting;
  if (is_profile<Part>) return PartKind::profile;
  if (is_application<Part>) return PartKind::application;
  if (is_storage<Part>) return PartKind::storage;
  if (Authenticator<Part>) return PartKind::authenticator;
  if (is_observer<Part>) return PartKind::observer;
  return PartKind::none;
}

// ---- what a part was meant to be ----

// A name that a class inherits from two sides cannot be looked up: so a class is seen to have a member of that name,
// whatever it is and whoever may use it. Of one that cannot be inherited, only what everybody may use is seen.
struct NamesLogIn {
  int log_in;
  template <class C> static constexpr bool found_in = requires { &C::log_in; };
};
struct NamesGuest {
  int guest;
  template <class C> static constexpr bool found_in = requires { &C::guest; };
};
struct NamesOpen {
  int open;
  template <class C> static constexpr bool found_in = requires { &C::open; };
};
struct NamesStat {
  int stat;
  template <class C> static constexpr bool found_in = requires { &C::stat; };
};
struct NamesList {
  int list;
  template <class C> static constexpr bool found_in = requires { &C::list; };
};
struct NamesStorageFor {
  int storage_for;
  template <class C> static constexpr bool found_in = requires { &C::storage_for; };
};
template <class Part, class Name> struct Both : Part, Name {};
template <class Part, class Name> constexpr bool has() {
  if constexpr (std::is_class_v<Part> && !std::is_final_v<Part>) {
    return !Name::template found_in<Both<Part, Name>>;
  } else {
    return Name::template found_in<Part>;
  }
}
template <class Part> constexpr bool has_log_in() { return has<Part, NamesLogIn>(); }
template <class Part> constexpr bool has_guest() { return has<Part, NamesGuest>(); }
template <class Part> constexpr bool has_files() {
  return has<Part, NamesOpen>() || has<Part, NamesStat>() || has<Part, NamesList>() || has<Part, NamesStorageFor>();
}

// ---- faults, each named after what is wrong and instantiated with whose it is ----

template <class Part> struct PartIsNoAuthenticator {
  static constexpr bool can_log_in = requires(Part & users, const Credentials& credentials) {
    users.log_in(credentials);
  };
  static constexpr bool logs_in = requires(Part & users, const Credentials& credentials) {
    { users.log_in(credentials) } -> std::same_as<awaitable<std::optional<Account>>>;
  };
  static_assert(can_log_in, "an authenticator needs a public log_in(const Credentials&)");
  static_assert(!can_log_in || logs_in,
                "log_in of an authenticator has to be awaitable: it gives awaitable<std::optional<Account>>");
  static_assert(!logs_in,
                "an authenticator needs a public guest(), which gives std::optional<Account>: what sessions "
                "without a login may do, or std::nullopt");
};

template <class Part> struct PartIsNoStorage {
  static constexpr bool has_stat = requires(Part & files, const Path& path) {
    { files.stat(path) } -> std::same_as<awaitable<Entry>>;
  };
  static constexpr bool has_list = requires(Part & files, const Path& path, typename Part::Listing& listing) {
    { files.list(path) } -> std::same_as<awaitable<typename Part::Listing>>;
    { listing.next() } -> std::same_as<awaitable<std::vector<Entry>>>;
  };
  static constexpr bool has_open = requires(Part & files, const Path& path) {
    requires ByteSource<typename Part::Reader>;
    { files.open(path, std::uint64_t{}) } -> std::same_as<awaitable<typename Part::Reader>>;
  };
  static constexpr bool gives = has<Part, NamesStorageFor>();
  static_assert(!gives, "storage_for(const Visitor&) has to give a storage");
  static_assert(gives || has_stat, "a storage needs stat(path), which gives awaitable<Entry>");
  static_assert(!has_stat || has_list,
                "a storage needs a type Listing, whose next() gives "
                "awaitable<std::vector<Entry>>, and list(path), which gives awaitable<Listing>");
  static_assert(!(has_stat && has_list) || has_open,
                "a storage needs a type Reader, which is a ByteSource, and "
                "open(path, offset), which gives awaitable<Reader>");
  static_assert(!(has_stat && has_list && has_open), "a storage needs label(), which gives a std::string");
};
/// Of each ability of a storage: whether it has a function of that name, and one that is as it has to be. What a class
/// has deleted or keeps to itself is none.
template <class Files> struct Abilities {
  static constexpr bool create = requires { &Files::create; } || requires(Files& files, const Path& path) { files.create(path, 0u); };
  static constexpr bool append = requires { &Files::append; } || requires(Files& files, const Path& path) { files.append(path); };
  static constexpr bool create_unique = requires { &Files::create_unique; } || requires(Files& files, const Path& path) { files.create_unique(path); };
  static constexpr bool partial_size = requires { &Files::partial_size; } || requires(Files& files, const Path& path) { files.partial_size(path); };
  static constexpr bool make_directory = requires { &Files::make_directory; } || requires(Files& files, const Path& path) { files.make_directory(path); };
  static constexpr bool remove = requires { &Files::remove; } || requires(Files& files, const Path& path) { files.remove(path); };
  static constexpr bool remove_directory = requires { &Files::remove_directory; } || requires(Files& files, const Path& path) { files.remove_directory(path); };
  static constexpr bool rename = requires { &Files::rename; } || requires(Files& files, const Path& path) { files.rename(path, path); };
  static constexpr bool set_modified = requires { &Files::set_modified; } || requires(Files& files, const Path& path) { files.set_modified(path, Timestamp{}); };
  static constexpr bool set_mode = requires { &Files::set_mode; } || requires(Files& files, const Path& path) { files.set_mode(path, 0u); };
  static constexpr bool available = requires { &Files::available; } || requires(Files& files, const Path& path) { files.available(path); };

  static constexpr bool are_good =
      (!create || WritableStorage<Files>) &&
      (!append || AppendsToFiles<Files>) &&
      (!create_unique || MakesUniqueNames<Files>) &&
      (!partial_size || KeepsPartialFiles<Files>) &&
      (!make_directory || MakesDirectories<Files>) &&
      (!remove || RemovesFiles<Files>) &&
      (!remove_directory || RemovesDirectories<Files>) &&
      (!rename || RenamesFiles<Files>) &&
      (!set_modified || SetsTimes<Files>) &&
      (!set_mode || KeepsModes<Files>) &&
      (!available || TellsFreeSpace<Files>);
};
template <class Part> struct PartIsNoWholeStorage {
  using Has = Abilities<Part>;
  static_assert(!Has::create || WritableStorage<Part>, "a storage's create(path, offset) gives awaitable<Writer>, and Writer is as WritableStorage describes it");
  static_assert(!Has::append || AppendsToFiles<Part>, "a storage's append(path) gives awaitable<Writer>, as create(path, offset) does");
  static_assert(!Has::create_unique || MakesUniqueNames<Part>, "a storage's create_unique(path) gives awaitable<Writer>, as create(path, offset) does");
  static_assert(!Has::partial_size || KeepsPartialFiles<Part>, "a storage's partial_size(path) gives awaitable<std::uint64_t>");
  static_assert(!Has::make_directory || MakesDirectories<Part>, "a storage's make_directory(path) gives awaitable<void>");
  static_assert(!Has::remove || RemovesFiles<Part>, "a storage's remove(path) gives awaitable<void>");
  static_assert(!Has::remove_directory || RemovesDirectories<Part>, "a storage's remove_directory(path) gives awaitable<void>");
  static_assert(!Has::rename || RenamesFiles<Part>, "a storage's rename(from, to) gives awaitable<void>");
  static_assert(!Has::set_modified || SetsTimes<Part>, "a storage's set_modified(path, time) gives awaitable<void>");
  static_assert(!Has::set_mode || KeepsModes<Part>, "a storage's set_mode(path, mode) gives awaitable<void>");
  static_assert(!Has::available || TellsFreeSpace<Part>, "a storage's available(path) gives awaitable<std::uint64_t>");
};

template <class Part> struct PartIsNothingThatAServerKnows {
  static_assert(never<Part>,
                "this is no part of a server: no profile, no storage, no authenticator and no setting, and "
                "as an observer it would take none of the events of io/observer.hpp");
};
template <class Part> struct PartIsTwoKindsInOne {
  static_assert(never<Part>,
                "a server takes a part as one kind: split what is two of a profile, a storage, an "
                "authenticator and an observer");
};

template <class First, class Second> struct TwoPartsOfOneKind {
  static constexpr PartKind kind = kind_of<First>();
  static_assert(kind != PartKind::observer, "a server takes one observer: wrap them in Observers{}");
  static_assert(kind != PartKind::storage, "a server takes one storage");
  static_assert(kind != PartKind::authenticator, "a server takes one authenticator");
  static_assert(kind != PartKind::profile, "a server takes one profile");
  static_assert(kind != PartKind::application, "a server takes one application: a struct of references where there are more");
  static_assert(kind != PartKind::setting, "a server takes each setting once");
};

template <class Part> struct PartIsMissing {
  static_assert(never<Part>,
                "a server has to be given this part, which cannot be made by default; without any other "
                "storage it is a DirectoryStorage of a folder");
};
template <class P, class Part> struct PartIsNotOfThisServer {
  static_assert(never<P, Part>,
                "this server's type names another part of this kind: let its parts make the type, by "
                "Server server{...}, or by ServerOf<transport, parts...>");
};

/// What is wrong with a part: one of the types above, which does not compile, or `NoFault`.
template <class Part> constexpr auto fault_of_part() {
  constexpr PartKind kind = kind_of<Part>();
  constexpr int kinds = int{is_profile<Part>} + int{is_storage<Part>} + int{Authenticator<Part>} +
                        int{kind != PartKind::setting && is_observer<Part>};
  if constexpr (kinds > 1) {
    return std::type_identity<PartIsTwoKindsInOne<Part>>{};
  } else if constexpr (kind != PartKind::authenticator && has_log_in<Part>()) {
    return std::type_identity<PartIsNoAuthenticator<Part>>{};
  } else if constexpr (kind == PartKind::storage && !Abilities<typename Given<Part>::type>::are_good) {
    return std::type_identity<PartIsNoWholeStorage<typename Given<Part>::type>>{};
  } else if constexpr (is_observers<Part>) {
    return std::type_identity<NoFault>{};  // they were looked at one by one
  } else if constexpr (kind == PartKind::observer ||
                       (kind == PartKind::none && would_change_one_of<Part>(AllEvents{}))) {
    return fault_of_observer<Part>();
  } else if constexpr (kind == PartKind::none && has_guest<Part>()) {
    return std::type_identity<PartIsNoAuthenticator<Part>>{};
  } else if constexpr (kind == PartKind::none && has_files<Part>()) {
    return std::type_identity<PartIsNoStorage<Part>>{};
  } else if constexpr (kind == PartKind::none) {
    return std::type_identity<PartIsNothingThatAServerKnows<Part>>{};
  } else {
    return std::type_identity<NoFault>{};
  }
}

template <class First, class Second>
constexpr bool are_of_one_kind = kind_of<First>() != PartKind::none&& kind_of<First>() == kind_of<Second>() &&
                                 (kind_of<First>() != PartKind::setting || std::is_same_v<First, Second>);

/// What is wrong with several parts: the first two of one kind, or `NoFault`.
template <class... Parts> constexpr std::type_identity<NoFault> fault_of_parts(std::type_identity<Parts>...) {
  return {};
}
template <class First, class Second, class... Rest> constexpr auto fault_of_parts(std::type_identity<First> first,
                                                                                  std::type_identity<Second>,
                                                                                  std::type_identity<Rest>... rest) {
  if constexpr (are_of_one_kind<First, Second>) {
    return std::type_identity<TwoPartsOfOneKind<First, Second>>{};
  } else if constexpr ((are_of_one_kind<First, Rest> || ...)) {
    return fault_of_parts(first, rest...);
  } else {
    return fault_of_parts(std::type_identity<Second>{}, rest...);
  }
}

template <class Base, class S, class A, class O, class Objects> struct Assembled : Base {
  using Storage = S;
  using Authenticator = A;
  using Observer = O;
  using Application = Objects;
};

/// The first of Parts that is of this kind, else Default.
template <PartKind Kind, class Default, class... Parts> struct FirstOfKind { using type = Default; };
template <PartKind Kind, class Default, class First, class... Rest> struct FirstOfKind<Kind, Default, First, Rest...> {
  using type = typename std::conditional_t<kind_of<First>() == Kind, std::type_identity<First>,
                                           FirstOfKind<Kind, Default, Rest...>>::type;
};

/// The profile that a server's parts make together.
template <class Default, class... Parts> struct ProfileOf {
  static_assert(((sizeof(typename decltype(fault_of_part<Parts>())::type) > 0) && ...));
  static_assert(sizeof(typename decltype(fault_of_parts(std::type_identity<Parts>{}...))::type) > 0);
  using Base = typename FirstOfKind<PartKind::profile, Default, Parts...>::type;
  using type = Assembled<Base, typename FirstOfKind<PartKind::storage, typename Base::Storage, Parts...>::type,
                         typename FirstOfKind<PartKind::authenticator, typename Base::Authenticator, Parts...>::type,
                         typename FirstOfKind<PartKind::observer, typename Base::Observer, Parts...>::type,
                         typename FirstOfKind<PartKind::application, typename Base::Application, Parts...>::type>;
};

/// What is wrong with a part of a server whose profile is P: it names another one of its kind. `NoFault` if it does
/// not.
template <class P, class Part> constexpr auto fault_of_place() {
  constexpr PartKind kind = kind_of<Part>();
  constexpr bool is_elsewhere = (kind == PartKind::profile && !std::is_base_of_v<Part, P>) ||
                                (kind == PartKind::storage && !std::is_same_v<Part, typename P::Storage>) ||
                                (kind == PartKind::authenticator && !std::is_same_v<Part, typename P::Authenticator>) ||
                                (kind == PartKind::observer && !std::is_same_v<Part, typename P::Observer>) ||
                                (kind == PartKind::application && !std::is_same_v<Part, typename P::Application>);
  return std::type_identity<std::conditional_t<is_elsewhere, PartIsNotOfThisServer<P, Part>, NoFault>>{};
}
/// What is wrong with a part that a server needs, given these. `NoFault` if it is one of them or made by default.
template <class Part, class... Parts> constexpr auto fault_of_need() {
  constexpr bool is_there = (std::is_same_v<Part, Parts> || ...) || std::is_default_constructible_v<Part>;
  return std::type_identity<std::conditional_t<is_there, NoFault, PartIsMissing<Part>>>{};
}

template <class... Faults> constexpr bool are_no_faults = (std::is_same_v<Faults, std::type_identity<NoFault>> && ...);

/// Compiles only if a server of the profile P can be given these parts.
template <class P, class... Parts> struct CheckedParts {
  using Together = decltype(fault_of_parts(std::type_identity<Parts>{}...));
  static constexpr bool are_good = are_no_faults<Together, decltype(fault_of_part<Parts>())...>;
  /// A fault that only counts where the parts as such have none.
  template <class Fault> using Then = std::conditional_t<are_good, Fault, std::type_identity<NoFault>>;

  static_assert(((sizeof(typename decltype(fault_of_part<Parts>())::type) > 0) && ...));
  static_assert(sizeof(typename Together::type) > 0);
  static_assert(((sizeof(typename Then<decltype(fault_of_place<P, Parts>())>::type) > 0) && ...));
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Storage, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Authenticator, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Observer, Parts...>())>::type) > 0);
  static_assert(sizeof(typename Then<decltype(fault_of_need<typename P::Application, Parts...>())>::type) > 0);
};

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/server/session.hpp
#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

// ---- ftplike/server/closing_wait.hpp
#include <algorithm>
#include <chrono>


namespace ftplike::inline v0_2 {

/// Whether the final reply to a download waits until the client has closed the data connection.
///
/// Some clients (aria2, snarf) read the preliminary reply with all that came behind it, and then wait for a final reply
/// that they have read already. A client that has closed the data connection has read the preliminary reply before: so
/// the final reply, which says that the data connection is closing (RFC 959 §5.4), comes after that.
///
/// A wait costs a round trip. So none is longer than twenty milliseconds; a session in which one was in vain, whose
/// client waits for the final reply itself, has no further ones; and after its first sixteen a session spends no more
/// than a sixty-fourth of its time on them, which is little even of many small files.
class ClosingWait {
 public:
  static constexpr Duration longest = std::chrono::milliseconds{20};

  explicit ClosingWait(Time session_began) noexcept : session_began_{session_began} {}

  /// Whether the next final reply waits.
  bool is_due(Time now) const noexcept {
    return !in_vain_ && (count_ < free_of_charge || spent_ <= (now - session_began_) / share);
  }
  /// Tells of a wait that is over.
  void note(Duration took, bool in_vain) noexcept {
    count_ = std::min(count_ + 1, free_of_charge);
    spent_ += took;
    in_vain_ = in_vain;
  }

 private:
  static constexpr int free_of_charge = 16, share = 64;

  const Time session_began_;
  Duration spent_{};
  int count_ = 0;
  bool in_vain_ = false;
};

}  // namespace ftplike

// ---- ftplike/server/control_connection.hpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/io/background_task.hpp
#include <exception>
#include <utility>


namespace ftplike::inline v0_2 {

/// A coroutine that runs beside the one that started it, until it is joined: the control connection's watch during a
/// transfer. The owner makes it end (by cancelling what it waits for) and joins it before it leaves.
template <class = void> class BasicBackgroundTask {
 public:
  BasicBackgroundTask(const Executor& executor, awaitable<void> operation) : ended_{executor} {
    start_on(executor, std::move(operation), {}, [this](std::exception_ptr failure) {
      failure_ = std::move(failure);
      done_ = true;
      ended_.notify();
    });
  }
  BasicBackgroundTask(const BasicBackgroundTask&) = delete;
  BasicBackgroundTask& operator=(const BasicBackgroundTask&) = delete;

  bool done() const noexcept { return done_; }
  /// Waits for its end. What it threw is thrown here.
  awaitable<void> join() {
    while (!done_) co_await ended_.wait();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  Condition ended_;
  std::exception_ptr failure_;
  bool done_ = false;
};
using BackgroundTask = BasicBackgroundTask<>;  // a template, so that only what is called is compiled

}  // namespace ftplike

// ---- ftplike/protocol/line_buffer.hpp
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {

/// What is wrong with a line.
enum class LineDefect : std::uint8_t { none, too_long, nul, stray_cr };

/// A line without its ending. If it was too long, `text` is its beginning, or empty.
class Line {
 public:
  explicit Line(std::string its_text, LineDefect its_defect = LineDefect::none)
      : text{std::move(its_text)}, defect{its_defect} {}

  /// The defect as an error; none if the line is sound.
  std::error_code error() const noexcept {
    if (defect == LineDefect::none) return {};
    return defect == LineDefect::too_long ? Errc::line_too_long : Errc::bad_line;
  }

  std::string text;
  LineDefect defect;
  bool unterminated = false;  // it was taken for whole without an ending

  /// Whether they say the same, however they came.
  friend bool operator==(const Line& a, const Line& b) { return a.text == b.text && a.defect == b.defect; }
};

/// Makes lines of the bytes of a control connection. CRLF and LF end a line; Telnet's sequences are taken out.
///
/// A line longer than the limit is thrown away up to its end and reported at once, one time. The ftp-like dialect has
/// no line endings: as long as none was seen, whoever takes the pending bytes for a whole command takes them out.
///
/// **Complexity:** linear. It holds at most `limit + read_ahead` bytes and a few, whatever is fed: lines that come
/// while more than `read_ahead` bytes wait are lost and reported together as one that is too long, so stop reading
/// before. An empty one holds no memory to speak of. RFC 959 §5.3, RFC 854.
class LineBuffer {
 public:
  static constexpr std::size_t read_ahead = 8 * 1024;

  explicit LineBuffer(std::size_t limit = 4096) noexcept : limit_{limit} {}

  void feed(std::string_view bytes) {
    telnet_.feed(bytes, [this](std::string_view text) { split(text); });
  }

  /// The next line that is complete.
  std::optional<Line> next() {
    if (lines_ == 0) {
      if (!std::exchange(lost_, false)) return std::nullopt;
      return Line{{}, LineDefect::too_long};
    }
    const auto end = buffer_.find('\n', begin_);
    auto line = checked(std::string_view{buffer_}.substr(begin_, end - begin_));
    begin_ = end + 1;
    --lines_;
    release();
    return line;
  }

  /// The bytes of the line under way as long as no line ending was ever seen; empty if there are none, if a line waits
  /// before them, or if they end in a CR, which is half of an ending.
  std::string_view unterminated() const noexcept {
    if (ended_ || lines_ > 0 || skipping_ || buffer_.ends_with('\r')) return {};
    return std::string_view{buffer_}.substr(line_);
  }

  /// `unterminated()` as one command; nothing if that is empty. A line ending that comes after it, with nothing but
  /// blanks before it, belongs to that command.
  std::optional<Line> take_unterminated() {
    if (unterminated().empty()) return std::nullopt;
    taken_ = true;
    auto line = checked(unterminated());
    line.unterminated = true;
    begin_ = line_ = buffer_.size();
    release();
    return line;
  }

  /// Complete lines that wait.
  std::size_t lines() const noexcept { return lines_ + (lost_ ? 1 : 0); }
  /// Bytes that wait, of complete lines and of the one under way.
  std::size_t bytes() const noexcept { return buffer_.size() - begin_; }
  /// Whether nothing waits: no line, no part of a line, no part of a Telnet sequence.
  bool empty() const noexcept { return bytes() == 0 && !lost_ && !skipping_ && !telnet_.inside(); }

  /// Forgets all that waits and says whether there was anything. What follows AUTH TLS in clear must not be obeyed.
  bool clear() {
    const bool any = !empty();
    begin_ = line_ = buffer_.size();
    lines_ = 0;
    lost_ = skipping_ = taken_ = false;
    telnet_ = {};
    release();
    return any;
  }

 private:
  static constexpr std::size_t kept_capacity = 256;

  std::size_t length() const noexcept { return buffer_.size() - line_; }  // of the line under way

  void split(std::string_view text) {
    for (;;) {
      const auto end = text.find('\n');
      if (const auto part = text.substr(0, end); !part.empty()) keep(part);
      if (end == text.npos) return;
      end_line();
      text.remove_prefix(end + 1);
      if (text.empty()) return;
    }
  }

  /// Whether the line under way is to be kept.
  bool open() noexcept {
    if (length() == 0 && !skipping_ && (lost_ || bytes() > read_ahead)) lost_ = skipping_ = true;
    return !skipping_;
  }

  void keep(std::string_view part) {
    if (!open()) return;
    // One byte may be the CR of the ending; with one more the line is too long for certain.
    const auto room = limit_ + 2 - length();
    buffer_.append(part.substr(0, room));
    if (part.size() < room) return;
    close();
    skipping_ = true;
  }

  void end_line() {
    ended_ = true;
    auto line = std::string_view{buffer_}.substr(line_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool belated = std::exchange(taken_, false) && !skipping_ && detail::without_leading_blanks(line).empty();
    if (belated) {
      buffer_.resize(line_);
    } else if (open()) {
      close();
    }
    skipping_ = false;
  }

  void close() {
    buffer_ += '\n';
    line_ = buffer_.size();
    ++lines_;
  }

  Line checked(std::string_view text) const {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.size() > limit_) return Line{std::string{text.substr(0, limit_)}, LineDefect::too_long};
    auto defect = LineDefect::none;
    if (text.find('\0') != text.npos) {
      defect = LineDefect::nul;
    } else if (text.find('\r') != text.npos) {
      defect = LineDefect::stray_cr;
    }
    return Line{std::string{text}, defect};
  }

  void release() {
    if (begin_ == buffer_.size()) {
      buffer_.clear();
      if (buffer_.capacity() > kept_capacity) std::string{}.swap(buffer_);
    } else if (begin_ > buffer_.size() / 2) {
      buffer_.erase(0, begin_);
    } else {
      return;
    }
    line_ -= begin_;
    begin_ = 0;
  }

  std::string buffer_;     // the complete lines, each ended by LF, then the line under way
  std::size_t begin_ = 0;  // of what waits
  std::size_t line_ = 0;   // of the line under way
  std::size_t lines_ = 0;
  std::size_t limit_;
  TelnetFilter telnet_;
  bool ended_ = false;     // a line ending was seen
  bool taken_ = false;     // the bytes before this point were taken as a command
  bool skipping_ = false;  // the line under way is thrown away
  bool lost_ = false;      // lines were lost that have yet to be reported
};

}  // namespace ftplike


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
  ControlConnection(T& network, typename T::Stream stream, std::size_t longest_line)
      : network_{network}, stream_{std::move(stream)}, lines_{longest_line} {}

  typename T::Stream& stream() noexcept { return stream_; }
  const typename T::Stream& stream() const noexcept { return stream_; }
  /// The bytes that have come and are no command yet.
  LineBuffer& lines() noexcept { return lines_; }
  /// Whether the client has closed its direction.
  bool ended() const noexcept { return ended_; }

  /// Says a reply, or the end of one of which a part was said: that has the code of the part, whatever comes.
  awaitable<void> say(const Reply& reply) {
    const int code = std::exchange(begun_, 0);
    std::string wire = code == 0 ? reply.wire() : Reply{code, reply.text()}.wire();
    if (code != 0 && wire[code_size] == '-') wire.erase(0, code_size + 1);  // those who read it have seen it
    co_await stream_.write(as_bytes(wire));
  }
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
  /// The next command; none at the end of the connection.
  ///
  /// Bytes without a line ending are a command if `wholeness` says so. To one that may go on `grace` is given for that,
  /// until the client has shown that its commands come whole, and again when it has sent a part of one.
  awaitable<std::optional<Line>> next_line(Wholeness (*wholeness)(std::string_view), Duration grace) {
    for (;;) {
      if (auto line = line_now()) co_return line;
      if (failure_) throw std::system_error(failure_);
      const std::string_view bytes = lines_.unterminated();
      const Wholeness what = bytes.empty() ? Wholeness::part : wholeness(bytes);
      const bool may_stay = ended_ || (comes_whole_ && in_one_piece_);
      const bool is_whole = what == Wholeness::whole || (what == Wholeness::may_go_on && may_stay);
      if (is_whole) co_return lines_.take_unterminated();
      if (ended_) co_return std::nullopt;
      if (what == Wholeness::may_go_on) {
        const bool goes_on = co_await more_within(grace);
        comes_whole_ = !goes_on && in_one_piece_;
        if (!goes_on) co_return lines_.take_unterminated();
      } else {
        if (!bytes.empty()) comes_whole_ = false;
        co_await more();
      }
    }
  }
  /// Has the connection read by a coroutine beside the session's own, which may outlast the transfer that it is for:
  /// then the next command comes through it, and no read need ever be cancelled for the sake of another.
  void read_beside(const Executor& executor, awaitable<void> reading) { reader_.emplace(executor, std::move(reading)); }
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
    std::array<std::byte, 512> room;
    const std::size_t n = co_await stream_.read_some(room);
    in_one_piece_ = lines_.bytes() == 0;
    lines_.feed(as_text(std::span{room}.first(n)));
    ended_ = n == 0;
  }
  /// No more can be read, for that reason; it comes to light when the commands that came before are done.
  void fail(std::error_code why) noexcept { failure_ = why; }
  const std::error_code& failure() const noexcept { return failure_; }

  /// Keeps a command for later.
  void put_off(Line line) { waiting_.push_back(std::move(line)); }
  const std::vector<Line>& put_off() const noexcept { return waiting_; }
  /// Whether one of these is QUIT.
  bool quits_later() const {
    const auto is_quit = [](const Line& line) { return parse_command(line.text).verb == Verb{"QUIT"}; };
    return std::any_of(waiting_.begin(), waiting_.end(), is_quit);
  }

 private:
  static constexpr std::size_t code_size = 3;

  /// False if nothing came in time.
  awaitable<bool> more_within(Duration time) {
    std::error_code error;
    try {
      co_await within(network_, time, more());
    } catch (const std::system_error& failure) { error = failure.code(); }
    if (error && error != Errc::timed_out) throw std::system_error(error);
    co_return !error;
  }
  awaitable<void> more() {
    if (reader_) {
      co_await join_reader();
    } else {
      co_await read();
    }
  }

  T& network_;
  typename T::Stream stream_;
  LineBuffer lines_;
  std::vector<Line> waiting_;
  std::optional<BackgroundTask> reader_;
  std::error_code failure_;
  int begun_ = 0;  // the code of a reply of which the end has yet to be said
  bool ended_ = false;
  bool in_one_piece_ = false;  // one read gave all that waits
  bool comes_whole_ = false;   // the client sends an unterminated command in one piece
};

}  // namespace ftplike

// ---- ftplike/server/dispatch.hpp
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>


namespace ftplike::inline v0_2 {
namespace detail {

/// The command of a line. Where there is no line ending to say where it ends, no blanks belong to it.
inline CommandLine command_of(const Line& line) {
  const std::string_view text = line.text;
  return parse_command(line.unterminated ? without_trailing_blanks(text) : text);
}

/// Tells the observer of a command, but no secret; gives its refusal, if it refuses, or the reply to what it throws. What
/// follows an unknown verb may be a password, too: of a PASS that was misspelt, or that is all there is on the line.
template <class S, class Entry> std::optional<Reply> refusal_by_observer(S& session, const Entry* entry, Verb verb,
                                                                         std::string_view argument, const Line& line) {
  if constexpr (S::template observed<CommandSeen>) {
    const bool secret = entry ? entry->secret && entry->secret(session, argument) : !argument.empty();
    const std::string letters = verb.text();
    std::error_code error;
    try {
      return session.announce(letters, secret ? "***" : argument, line.unterminated);
    } catch (...) { error = code_of(std::current_exception()); }
    return reply_for(error);
  } else {
    return std::nullopt;
  }
}

template <class S> Reply not_understood(S& session, Verb verb, std::string_view line) {
  if (is_foreign(verb)) {
    session.close();
    return {421, "This is an FTP server"};
  }
  if (without_leading_blanks(line).empty()) return {500, "Command expected"};
  return {502, "Command not implemented"};
}

/// Why a command may not run now.
template <class S, class Entry>
std::optional<Reply> refusal(S& session, const Entry& entry, std::string_view argument) {
  if (auto later = session.protection().refusal(entry.verb, entry.before_login)) return later;
  if (!entry.before_login && !session.account()) return Reply{530, "Not logged in"};
  if (entry.allowed && !entry.allowed(session)) return Reply{550, "Permission denied"};
  if (entry.argument == ArgumentRule::required && argument.empty()) return Reply{501, "Argument missing"};
  if (entry.argument == ArgumentRule::none && !argument.empty()) return Reply{501, "No argument expected"};
  return std::nullopt;
}

}  // namespace detail

/// Finds the command of a line in the session's table, checks what it declares, once and here, and runs it: by
/// `session.run`, where it may wait. Gives its one final reply; what it throws becomes one.
///
/// **Errors:** what ends the session.
template <class S> awaitable<Reply> dispatch(S& session, const Line& line) {
  const CommandLine command = line.error() ? CommandLine{} : detail::command_of(line);
  const auto* entry = session.find_command(command.verb);
  if (!entry || !entry->keeps_prepared) session.state.prepared = std::exchange(session.state.preparing, {});
  if (line.error()) co_return reply_for(line.error());
  const std::string_view argument = entry ? detail::argument_for(*entry, command) : command.argument;
  if (auto refused = detail::refusal_by_observer(session, entry, command.verb, argument, line)) {
    co_return *std::move(refused);
  }
  if (!entry) co_return detail::not_understood(session, command.verb, line.text);
  if (auto refused = detail::refusal(session, *entry, argument)) co_return *std::move(refused);
  if (!entry->answer) co_return co_await session.run(*entry, argument);
  std::error_code error;
  try {
    co_return entry->answer(session, argument);
  } catch (...) { error = code_of(std::current_exception()); }
  co_return reply_for(error);
}

}  // namespace ftplike

// ---- ftplike/server/transfer.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/io/watched_stream.hpp
#include <cstddef>
#include <span>
#include <utility>


namespace ftplike::inline v0_2 {

/// Calls `tell(bytes)` with what goes over a stream, which it does not own.
template <Stream S, class Tell> class WatchedStream {
 public:
  WatchedStream(S& stream, Tell tell) : stream_{stream}, tell_{std::move(tell)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const std::size_t n = co_await stream_.read_some(room);
    if (n > 0) tell_(std::span<const std::byte>{room.first(n)});
    co_return n;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = co_await stream_.write_some(bytes);
      tell_(bytes.first(n));
      bytes = bytes.subspan(n);
    }
  }
  awaitable<void> finish() { return stream_.finish(); }

 private:
  S& stream_;
  Tell tell_;
};

}  // namespace ftplike::inline v0_2


namespace ftplike::inline v0_2 {

/// What a command wants done over one data connection: what to say of it, and how far it has come.
class Transfer {
 public:
  Transfer(std::string_view its_verb, Path its_path, std::string its_opening, std::string its_conclusion)
      : verb{its_verb},
        path{std::move(its_path)},
        opening{std::move(its_opening)},
        conclusion{std::move(its_conclusion)} {}

  std::string_view verb;   // of the command, which has a static name
  Path path;               // in the storage
  std::string opening;     // the text of the 150
  std::string conclusion;  // the text of the 226
  std::uint64_t offset = 0;
  bool ascii = false, listing = false;

  Direction direction = Direction::sent;
  std::uint64_t moved = 0;  // bytes over the data connection by now
  Time began{};
};

/// One transfer of a server's session, from the command to its final reply: opening the data connection, securing it,
/// copying, a wait for the client's close (`ClosingWait`), and the verdict. Meanwhile the session watches the control connection.
///
/// **Cancellation:** by the session's `Interruption`, wherever it waits; the verdict is the reason of that.
template <class Session> class ServerTransfer {
 public:
  using Stream = typename Session::Stream;

  ServerTransfer(Session& session, Transfer what)
      : session_{session}, what_{std::move(what)}, began_{session.network().now()} {}
  ServerTransfer(const ServerTransfer&) = delete;
  ServerTransfer& operator=(const ServerTransfer&) = delete;
  ~ServerTransfer() { session_.transfer_ends(); }

  /// Sends all that `source` gives. Gives the final reply.
  awaitable<Reply> send(AnySource source) {
    begin(Direction::sent);
    std::optional<AsciiSource> text;
    if (what_.ascii) source = AnySource{text.emplace(source)};
    std::error_code error;
    try {
      co_await open();
      co_await send_all(source);
    } catch (...) { error = session_.interruption().reason_of(std::current_exception()); }
    std::error_code interrupted = session_.interruption().why();
    if (interrupted) co_await session_.interruption().recover();
    took_ = session_.network().now() - began_;
    if (!error) {
      const bool broken = co_await client_breaks();
      if (broken) error = std::make_error_code(std::errc::connection_reset);
      interrupted = session_.interruption().why();
      if (interrupted) co_await session_.interruption().recover();
    }
    co_return co_await conclude(error, interrupted);
  }
  /// Puts all that comes into `file`, which is finished if all is well. Gives the final reply.
  awaitable<Reply> receive(AnySink file) {
    begin(Direction::received);
    std::optional<AsciiSink> text;
    if (what_.ascii) file = AnySink{text.emplace(file)};
    std::error_code error;
    try {
      co_await open();
      co_await receive_all(file);
    } catch (...) { error = reason_of_end(session_.interruption().reason_of(std::current_exception())); }
    const std::error_code interrupted = session_.interruption().why();
    if (interrupted) co_await session_.interruption().recover();
    took_ = session_.network().now() - began_;
    co_return co_await conclude(error, interrupted);
  }

 private:
  using Limit = typename Session::Limit;
  static constexpr std::size_t watched_piece = 64 * 1024;  // none is counted before all of it has gone

  void begin(Direction direction) {
    what_.direction = direction;
    what_.began = began_;
    session_.transfer_begins(what_);
  }

  awaitable<void> open() {
    has_read_opening_ = session_.announces();
    Stream opened = co_await session_.data_channel().open(session_, what_.opening);
    data_.emplace(std::move(opened));
    if constexpr (SecurableStream<Stream>) {
      if (session_.protection().covers_data()) co_await secure();
    }
    if constexpr (Session::template observed<DataOpened> || Session::template observed<DataClosed>) {
      local_ = data_->local();
      remote_ = data_->remote();
    }
    is_open_ = true;
    session_.template observe<DataOpened>(local_, remote_);
  }
  /// The TLS handshake of the data connection, or what there is left of it.
  awaitable<void> secure() {
    const Duration patience = session_.protection().patience(session_.limits().handshake);
    auto handshake = data_->accept_tls(session_.control());
    securing_ = true;
    co_await session_.shake_hands(std::move(handshake), patience, *data_, true);
    securing_ = false;
  }

  awaitable<void> send_all(AnySource source) {
    Limit limited{session_.deadline(), session_.limits().stall, Errc::stalled};
    const auto moved = [this](std::size_t count) { return note(count); };
    bool is_watched = false;
    if constexpr (Session::template observed<DataBytes>) {
      is_watched = session_.wants_bytes();
      auto watched = watch_data();
      if (is_watched) co_await copy(source, watched, moved, std::min(piece(), watched_piece));
    }
    if (!is_watched) co_await copy(source, *data_, moved, piece());
    co_await data_->finish();
  }
  /// Waits until the client closes the data connection, if it may not have read the preliminary reply before that. One
  /// that has said more, or that it says no more, takes several replies at a time. Gives whether it broke the connection
  /// instead, and so has not taken everything; within TLS one that has, but for our goodbye, does that, too.
  awaitable<bool> client_breaks() {
    const Time now = session_.network().now();
    ClosingWait& wait = session_.closing_wait();
    const bool takes_several = session_.heard_more() || session_.heard_all();
    if (has_read_opening_ || takes_several || !wait.is_due(now)) co_return false;
    bool broken = false;
    Limit limited{session_.deadline(), ClosingWait::longest, Errc::timed_out};
    std::array<std::byte, 1> room;
    try {
      (void)co_await data_->read_some(room);
    } catch (const std::system_error& error) { broken = error.code() == std::errc::connection_reset; }
    wait.note(session_.network().now() - now, limited.expired());
    if constexpr (SecurableStream<Stream>) broken = broken && !data_->secured();
    co_return broken;
  }
  awaitable<void> receive_all(AnySink file) {
    {
      Limit limited{session_.deadline(), session_.limits().stall, Errc::stalled};
      const auto moved = [this](std::size_t count) { return note(count); };
      bool is_watched = false;
      if constexpr (Session::template observed<DataBytes>) {
        is_watched = session_.wants_bytes();
        auto watched = watch_data();
        if (is_watched) co_await copy(watched, file, moved, piece());
      }
      if (!is_watched) co_await copy(*data_, file, moved, piece());
      if constexpr (SecurableStream<Stream>) {
        Settled<void> ignored;  // the client has said goodbye, and may wait for ours
        if (data_->secured()) co_await settle(data_->finish(), ignored);
      }
    }
    const bool vanished = co_await client_vanished();
    if (vanished) throw std::system_error(Errc::peer_lost);
    close_data();
    Limit limited{session_.deadline(), session_.limits().operation, Errc::timed_out};
    co_await file.finish();
  }
  /// What an upload failed with: of a client that is still there and closed without a goodbye, that it did so.
  std::error_code reason_of_end(std::error_code error) {
    if constexpr (SecurableStream<Stream>) {
      const bool ended = error == Errc::peer_lost && is_open_ && data_->secured() && data_->has_ended();
      if (ended && !session_.has_left()) return Errc::no_close_notify;
    }
    return error;
  }
  /// The data connection, of whose bytes the observer is told.
  auto watch_data() {
    return WatchedStream{*data_, [this](std::span<const std::byte> bytes) {
                           session_.template observe<DataBytes>(what_.direction, bytes);
                         }};
  }
  /// What is done after each piece: counting, telling, waiting where there is a limit of bandwidth.
  awaitable<void> note(std::size_t count) {
    what_.moved += count;
    session_.template observe<DataMoved>(what_.direction, what_.moved);
    const Time now = session_.network().now();
    const Time next =
        std::max(meter(session_.use()).after(count, now), meter(session_.service().total()).after(count, now));
    if (next > now) {
      Limit none{session_.deadline(), Duration::max(), {}};
      co_await session_.network().sleep_until(next);
    }
    session_.deadline().extend();
  }
  /// The size of a piece that suits the limits of bandwidth.
  std::size_t piece() {
    constexpr std::size_t largest = 512 * 1024;
    return meter(session_.use()).piece(meter(session_.service().total()).piece(largest));
  }
  template <class Use> Meter& meter(Use& use) const noexcept {
    return what_.direction == Direction::sent ? use.sent : use.received;
  }
  /// Whether the client of an upload is dead rather than done: it closed the control connection without saying QUIT.
  ///
  /// A client that died ended both its connections at once, in whatever order: what the control connection has to say
  /// decides whether an upload is whole. It is given a sixty-fourth of the upload's time for that, twenty milliseconds
  /// at the most; a short one only until the event loop has looked at all its sockets once more.
  awaitable<bool> client_vanished() {
    const Time now = session_.network().now();
    const Duration grace = std::min<Duration>((now - began_) / 64, std::chrono::milliseconds{20});
    if (grace >= std::chrono::milliseconds{1}) co_await session_.network().sleep_until(now + grace);
    co_await give_way(session_.executor());
    co_await give_way(session_.executor());
    co_return session_.has_left();
  }

  void close_data() {
    data_.reset();
    if (std::exchange(is_open_, false))
      session_.template report<DataClosed>(local_, remote_, what_.direction, what_.moved);
  }
  /// The verdict.
  ///
  /// **Errors:** `Errc::shutting_down` where the session is to end.
  awaitable<Reply> conclude(std::error_code error, std::error_code interrupted) {
    const bool may_send = what_.direction == Direction::received || !is_open_;
    if (error && !interrupted && data_ && may_send) session_.let_go(std::move(*data_));
    close_data();
    co_await session_.end_watch();
    session_.template report<TransferEnded>(what_.verb, what_.path, what_.direction, what_.moved, what_.offset,
                                            took_, what_.ascii, what_.listing, error);
    if (interrupted == Errc::shutting_down) throw std::system_error(interrupted);
    if (!error) co_return Reply{226, what_.conclusion};
    const bool tells_why = securing_ && error.category() != ftplike_category();
    if (tells_why) co_return Reply{425, "No data connection: " + error.message()};
    co_return reply_for(error);
  }

  Session& session_;
  Transfer what_;
  const Time began_;
  Duration took_{};  // until the last byte was there
  std::optional<Stream> data_;
  Endpoint local_, remote_;
  bool securing_ = false;  // or failed at that
  bool has_read_opening_ = false;  // the client, which knows from it where the data are
  bool is_open_ = false;   // and the observer was told so
};

}  // namespace ftplike

// ---- ftplike/users/user.hpp
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/users/password.hpp
#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if __has_include(<crypt.h>)
#include <crypt.h>
#else
#include <unistd.h>
#endif

namespace ftplike::inline v0_2 {

/// What computes the hash of a password: given the password and a hash in the form of crypt(3), the hash that this
/// password has under the same scheme, cost and salt, or nothing if that cannot be computed. It takes its time.
///
/// **Threads:** any number at once.
template <class H>
concept PasswordHashing = requires(const H& hash, const std::string& password, const std::string& like) {
  { hash(password, like) } -> std::same_as<std::string>;
};

/// The schemes of the system's crypt(3).
struct CryptHashing {
  std::string operator()(const std::string& password, const std::string& like) const {
    if (password.find('\0') != std::string::npos) return {};  // crypt would see only what is before it
    const auto room = std::make_unique<crypt_data>();         // 32 KiB
    const char* result = crypt_r(password.c_str(), like.c_str(), room.get());
    return result == nullptr || *result == '*' ? std::string{} : std::string{result};
  }
};

namespace detail {

/// A setting for `crypt_r` with a fresh salt, of the scheme that the system prefers; SHA-512 where it does not say.
inline std::string fresh_salt() {
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> room{};
  const char* result = crypt_gensalt_rn(nullptr, 0, nullptr, 0, room.data(), static_cast<int>(room.size()));
  if (result == nullptr) throw std::system_error(errno, std::generic_category(), "crypt_gensalt");
  return result;
#else
  constexpr std::string_view alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> any(0, alphabet.size() - 1);
  std::string result = "$6$rounds=100000$";
  for (int i = 0; i < 16; ++i) result += alphabet[any(random)];
  return result;
#endif
}

/// Whether two texts are equal, in a time that tells only how long `offered` is.
inline bool same_secret(std::string_view offered, std::string_view secret) noexcept {
  volatile unsigned difference = offered.size() == secret.size() ? 0U : 1U;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const char other = secret.empty() ? '\0' : secret[i % secret.size()];
    difference = difference | (static_cast<unsigned char>(offered[i]) ^ static_cast<unsigned char>(other));
  }
  return difference == 0;
}

}  // namespace detail

/// The hash of a password as a users' file has it, with a salt of its own: yescrypt where the system has it.
///
/// **Errors:** `std::system_error` if it cannot be made, which the empty and the overlong password (more than 511
/// bytes, or with a NUL) are cases of.
inline std::string hash_password(const std::string& password) {
  std::string result;
  if (!password.empty()) result = CryptHashing{}(password, detail::fresh_salt());
  if (result.empty()) {
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), "this password cannot be hashed");
  }
  return result;
}

/// What the password of a user is compared with.
class Password {
 public:
  /// The password itself, for trying out: to compare it costs nothing.
  ///
  /// **Errors:** `std::invalid_argument` if it is empty.
  static Password plain(std::string text) {
    if (text.empty()) throw std::invalid_argument("an empty password");
    return Password{std::move(text), Kind::plain};
  }
  /// Its hash as crypt(3) makes it, with '$' at the beginning. What begins with '*' or '!' is a lock: no password fits.
  ///
  /// **Errors:** `std::invalid_argument` if it is neither, or of a scheme that this system does not have.
  static Password hashed(std::string text) {
    if (text.starts_with('*') || text.starts_with('!')) return Password{std::move(text), Kind::locked};
    bool known = text.starts_with('$');
#ifdef CRYPT_CHECKSALT_AVAILABLE
    known = known && crypt_checksalt(text.c_str()) != CRYPT_SALT_INVALID;
#endif
    if (!known) throw std::invalid_argument("not a password hash that this system knows (they begin with '$')");
    return Password{std::move(text), Kind::hashed};
  }

  bool is_plain() const noexcept { return kind_ == Kind::plain; }
  bool is_hashed() const noexcept { return kind_ == Kind::hashed; }
  bool is_locked() const noexcept { return kind_ == Kind::locked; }
  /// The password, its hash or its lock.
  const std::string& text() const noexcept { return text_; }

  /// Whether this is what was offered. Takes long if this is hashed: see `blocking()`.
  template <PasswordHashing Hashing> bool fits(const std::string& offered, const Hashing& hashing) const {
    if (is_locked()) return false;
    return is_plain() ? detail::same_secret(offered, text_) : detail::same_secret(hashing(offered, text_), text_);
  }

  friend bool operator==(const Password&, const Password&) = default;

 private:
  enum class Kind { plain, hashed, locked };
  Password(std::string text, Kind kind) : text_{std::move(text)}, kind_{kind} {}

  std::string text_;
  Kind kind_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// A user of a `UserTable`, which a line of a users' file is as well:
///
///     # name:hash:root:rights[:key=value,...]
///     anna:$y$j9T$...:/people/anna:write
///     bert:$6$...:/:list,read,append:bytes-per-second=1000000,max-sessions=4
///     carl:*:/:read:host=files.example,certificate=carl
///
/// - hash: what crypt(3) made of the password; with '*' or '!' at its beginning no password fits.
/// - root: the directory of the storage that this user sees as "/".
/// - rights: as `Rights::parse` reads them.
/// - `bytes-per-second`, `max-sessions`: limits, 0 for none.
/// - `host`: the user exists on this virtual host (RFC 7151) only, and there in place of one without. For clients that
///   do not know HOST the name is `carl@files.example`.
/// - `certificate`: who shows a verified certificate of this common name needs no password.
///
/// Empty lines and those that begin with '#' say nothing. No field can hold a ':', no option a ','.
class UserEntry {
 public:
  UserEntry(Account its_account, Password its_password, std::string_view its_host = {}, std::string its_certificate = {})
      : account{std::move(its_account)},
        password{std::move(its_password)},
        host{to_lower(its_host)},
        certificate{std::move(its_certificate)} {}

  /// What no two users of a table may have in common: `name` or `name@host`.
  std::string key() const { return host.empty() ? account.name : account.name + '@' + host; }

  Account account;
  Password password;
  std::string host;         // in lower case
  std::string certificate;  // a common name

  friend bool operator==(const UserEntry&, const UserEntry&) = default;
};

namespace detail {

/// What is before the next `separator`, which is removed with it; all of the text if there is none.
inline std::string_view take_until(std::string_view& text, char separator) {
  const auto result = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), result.size() + 1));
  return result;
}

inline std::string_view without_blanks(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(blanks)));
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

/// Whether a line of a users' file is one of those that say something.
inline bool names_a_user(std::string_view line) {
  line = without_blanks(line);
  return !line.empty() && !line.starts_with('#');
}

template <class Number> Number number_of_option(std::string_view key, std::string_view text) {
  const auto result = number_in<Number>(text);
  if (!result) throw std::invalid_argument(std::string{key}.append(" is not a number: '").append(text) + '\'');
  return *result;
}

/// The user of a line that names one, without blanks around it. What is wrong with it is thrown as
/// `std::invalid_argument`.
inline UserEntry parse_user(std::string_view line) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(line.begin(), line.end(), is_control)) throw std::invalid_argument("a control character");
  const auto fields = 1 + std::count(line.begin(), line.end(), ':');
  if (fields != 4 && fields != 5) throw std::invalid_argument("not of the form name:hash:root:rights[:key=value,...]");
  const auto name = take_until(line, ':');
  if (name.empty()) throw std::invalid_argument("no name");
  auto password = Password::hashed(std::string{take_until(line, ':')});
  const auto root = take_until(line, ':');
  if (!root.starts_with('/')) throw std::invalid_argument("the root does not begin with '/'");
  const auto words = take_until(line, ':');
  const auto rights = Rights::parse(words);
  if (!rights) {
    throw std::invalid_argument("rights are none, read, write, or a list such as list,read,append, but not '" +
                                std::string{words} + '\'');
  }
  Account account{std::string{name}, Path{root}, *rights};
  std::string host;
  std::string certificate;
  while (!line.empty()) {
    auto value = take_until(line, ',');
    const auto key = take_until(value, '=');
    if (key == "host")
      host = value;
    else if (key == "certificate")
      certificate = value;
    else if (key == "bytes-per-second")
      account.bytes_per_second = number_of_option<std::uint64_t>(key, value);
    else if (key == "max-sessions")
      account.max_sessions = number_of_option<unsigned>(key, value);
    else
      throw std::invalid_argument("no such option: '" + std::string{key} + '\'');
  }
  return UserEntry{std::move(account), std::move(password), std::move(host), std::move(certificate)};
}

/// The line of a user that `parse_user` reads as the same user.
inline std::string line_of(const UserEntry& user) {
  std::string result = user.account.name + ':' + user.password.text() + ':' + user.account.root.string() + ':' +
                       user.account.rights.text();
  char before = ':';
  const auto option = [&](std::string_view key, const std::string& value) {
    (result += before).append(key).append(1, '=').append(value);
    before = ',';
  };
  if (!user.host.empty()) option("host", user.host);
  if (!user.certificate.empty()) option("certificate", user.certificate);
  if (user.account.bytes_per_second > 0) option("bytes-per-second", std::to_string(user.account.bytes_per_second));
  if (user.account.max_sessions > 0) option("max-sessions", std::to_string(user.account.max_sessions));
  return result;
}

}  // namespace detail

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// One client, from its greeting to its farewell: the control connection and how far TLS protects it, who the client
/// is, and what one command leaves for the next. What stands under *for commands* is what a command may use.
///
/// **Cancellation:** by its `Interruption`, with which `run` was started: `Errc::shutting_down` ends the session,
/// anything else what it does just now.
/// **Lifetime:** one coroutine on one executor, `run`; the transport and the service outlive it. **Threads:** its own.
template <Transport T, class P> class Session {
  static_assert(std::is_base_of_v<SessionState, typename P::State>,
                "ftplike: the State of a profile has to be derived from SessionState");

 public:
  using Stream = typename T::Stream;
  using Storage = typename Service<P>::Storage;
  using State = typename P::State;
  using Transfer = ftplike::Transfer;
  using Limit = typename Deadline<T>::Limit;
  using Channel = typename P::DataChannel::template ServerEnd<T>;
  /// The profile's commands with those of its data channel and of the transport.
  using Commands = typename WithSecurity<T, typename P::DataChannel::template AddTo<typename P::Commands>>::type;

  /// `who` tells the ends of the control connection, which behind a proxy are not those of its stream; `first_bytes`
  /// have been read from it already.
  Session(T& network, const Executor& executor, Stream control, Service<P>& service, Interruption& interruption,
          SessionInfo who, std::string_view first_bytes = {}, Beginning beginning = Beginning::clear)
      : network_{network},
        executor_{executor},
        service_{service},
        interruption_{interruption},
        deadline_{network, executor, interruption},
        control_{network, std::move(control), service.limits.line},
        protection_{possible(network, service.tls_policy)},
        who_{std::move(who)},
        began_{network.now()},
        closing_wait_{began_} {
    if (beginning == Beginning::implicit_tls) {
      hello_.emplace(first_bytes);
    } else {
      control_.lines().feed(first_bytes);
    }
    if constexpr (!Service<P>::files_depend_on_account) take_files_of(Account{});
    begin_as_guest();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Converses until either side has had enough, and calls `at_end` before the connection closes. Does not throw.
  awaitable<void> run(std::function<void()> at_end = [] {}) {
    std::error_code error;
    bool refused = true;  // by the observer
    try {
      observe<SessionOpened>();
      refused = false;
      co_await converse();
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    ending_ = true;
    co_await interruption_.recover();
    // A cut still ends the wait for a peer, but what runs beside is always waited for.
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
      const std::optional<Reply> words = last_words(error, refused);
      if (words && !replying_) co_await say_goodbye(*words);
    } catch (...) {  // nobody is there to hear it
    }
    use_.reset();
    at_end();
    co_await farewell();
    control_.stream().close();
    report<SessionClosed>(error);
  }

  const Executor& executor() const noexcept { return executor_; }
  /// Ends the session as soon as no command is at work. On its executor.
  void drain() {
    draining_ = true;
    if (may_end_) interruption_.interrupt(Errc::shutting_down);
  }
  /// Ends the session now. On its executor.
  void cut() {
    draining_ = true;
    interruption_.interrupt(Errc::shutting_down);
  }
  /// What the session is about, for people: the verb of its command, or what it waits for.
  std::string activity() const {
    if (ending_) return "the farewell";
    if (may_end_) return "waiting for a command";
    return at_work_ ? at_work_.text() : std::string{"the beginning"};
  }

  // ---- for commands ----

  const Endpoint& peer() const noexcept { return who_.peer; }
  T& network() noexcept { return network_; }
  Service<P>& service() noexcept { return service_; }
  const Limits& limits() const noexcept { return service_.limits; }
  const SessionInfo& who() const noexcept { return who_; }
  /// The files that the session's account sees, which know for whom they work where they ask for that.
  ///
  /// **Errors:** `permission_denied` without an account, where the storage is chosen by that.
  Storage& storage() {
    if (!files_) throw std::system_error(std::make_error_code(std::errc::permission_denied));
    return *files_;
  }
  /// The object that the server was given as an `Application`.
  auto& application() noexcept requires(!std::is_same_v<typename P::Application, NoApplication>) {
    return service_.application.get();
  }
  Stream& control() noexcept { return control_.stream(); }
  /// How far TLS protects the session.
  Protection& protection() noexcept { return protection_; }
  const Protection& protection() const noexcept { return protection_; }

  /// Who is logged in, or the guest; none before a login where guests may do nothing.
  const std::optional<Account>& account() const noexcept { return account_; }
  bool may(Rights rights) const noexcept { return account_ && account_->rights.contains(rights); }
  /// Whether the client speaks standard FTP: it said USER or HOST. Otherwise the session is an ftp-like one.
  bool standard() const noexcept { return standard_; }
  void become_standard() {
    standard_ = true;
    account_.reset();
    tell_whose();
    if constexpr (Service<P>::files_depend_on_account) files_.reset();
  }
  /// Begins a login, or drops the one that is there.
  void log_out() {
    if (account_) began_ = network_.now();  // the time for a login is counted anew
    become_standard();
    who_.user.clear();
    who_.root = Path{};
    use_.reset();
    forget();
  }
  /// Forgets what commands have left for later ones, but not who is logged in.
  void forget() {
    directory = Path{};
    state = State{};
    epsv_only = false;
    channel_.disarm();
  }
  /// False if this account has as many sessions as it may have.
  ///
  /// **Errors:** what a part throws that chooses the files of an account; then nobody is logged in.
  bool log_in(Account account) {
    if constexpr (Service<P>::files_depend_on_account) take_files_of(account);
    use_ = service_.enter(account);
    if (!use_) return false;
    who_.user = account.name;
    who_.root = account.root;
    account_ = std::move(account);
    directory = Path{};
    tell_whose();
    return true;
  }
  /// Waits, as a punishment. Not for commands that act at once.
  awaitable<void> pause(Duration duration) {
    Limit none{deadline_, Duration::max(), {}};
    const Flag waits{may_end_};
    const Time end = time_after(network_.now(), duration);
    co_await network_.sleep_until(end);
  }
  /// Says lines of the reply to the command that runs, each ended by '\n', before `run` gives its end: so one of any
  /// length takes a bounded memory. All but the first of the reply begin with a blank. The end has the same code
  /// whatever happens meanwhile. Not for commands that act at once.
  awaitable<void> say_part(int code, std::string lines) {
    replying_ = true;
    co_await control_.say_part(code, std::move(lines));
    replying_ = false;
  }
  /// Tells that a command that takes long gets on: `Limits::operation` is counted from now.
  void make_progress() { deadline_.extend(); }
  /// Lets others have their turn on the thread, and tells that the command gets on. For those that compute for long: a
  /// command that is `interruptible` is stopped here. Not for commands that act at once.
  awaitable<void> give_way() {
    deadline_.extend();
    co_await ftplike::give_way(executor_);
  }
  /// Whether the client has said something after the command that runs.
  bool heard_more() noexcept { return !control_.lines().empty() || !control_.put_off().empty(); }
  /// Has the TLS handshake follow the reply to the command that runs.
  void secure_after_reply() { hello_.emplace(); }

  /// The path of the storage that `text`, from the client, names: seen from its directory, below its account's root.
  Path path(std::string_view text) const { return virtual_path(text).beneath(account_ ? account_->root : Path{}); }
  /// The path as the client sees it.
  Path virtual_path(std::string_view text) const { return directory.resolve(text); }

  Path directory;
  State state;
  unsigned failed_logins = 0;
  bool epsv_only = false;

  /// The way that data connections come to be; of several, the way `W`.
  template <class W> auto& channel() noexcept {
    if constexpr (requires { channel_.template use<W>(); }) {
      return channel_.template use<W>();
    } else {
      return channel_;
    }
  }
  /// Whether the next transfer would go over a port that the server announces, as in the ftp-like dialect.
  bool announces() const noexcept { return channel_.announces(); }
  /// Forgets what was negotiated for data connections.
  void disarm() { channel_.disarm(); }
  /// Sends what `source` gives over a new data connection. Gives the final reply to that.
  template <ByteSource Source> awaitable<Reply> send(Source& source, Transfer transfer) {
    return send_any(AnySource{source}, std::move(transfer));
  }
  /// Takes what comes over a new data connection into `file`, and finishes that if all is well. Gives the final reply.
  template <ByteSink Sink> awaitable<Reply> receive(Sink& file, Transfer transfer) {
    return receive_any(AnySink{file}, std::move(transfer));
  }
  /// Whether a transfer is under way; only commands that act at once can see that.
  const Transfer* transferring() const noexcept { return transfer_; }
  /// Ends the transfer or the long command under way, whose final reply comes before the caller's. False if there is
  /// none.
  bool interrupt(Errc why) {
    if (!transfer_ && !watching_) return false;
    interruption_.interrupt(why);
    return true;
  }
  /// Ends the session after this command's reply.
  void close() noexcept { closing_ = true; }

  /// Calls `f(entry)` for every command that this session understands, in the order of the table.
  template <class F> static void for_each_command(F f) {
    for (const auto& entry : Table::template entries<Session>()) f(entry);
  }
  static auto find_command(Verb verb) noexcept { return Table::template find<Session>(verb); }

  /// Tells the observer of something under way; what it throws ends that.
  template <class Event, class... More> void observe(More&&... more) {
    ftplike::observe<Event>(service_.observer, who_, std::forward<More>(more)...);
  }
  /// Tells the observer of something that has happened, of which no exception of its makes anything else.
  template <class Event, class... More> void report(More&&... more) noexcept {
    ftplike::report<Event>(service_.observer, who_, std::forward<More>(more)...);
  }
  /// Whether somebody watches events of this kind.
  template <class Event> static constexpr bool observed = takes<typename P::Observer, Event>;
  /// Whether the observer wants to be told of the bytes of transfers now.
  bool wants_bytes() { return ftplike::wants_bytes(service_.observer); }
  /// Tells the observer of a command; gives its refusal, if it refuses.
  std::optional<Reply> announce(std::string_view verb, std::string_view argument, bool unterminated) {
    return ask(service_.observer, CommandSeen{who_, verb, argument, unterminated});
  }

  // ---- for data channels ----

  Deadline<T>& deadline() noexcept { return deadline_; }
  Interruption& interruption() noexcept { return interruption_; }
  /// Whether a command runs, or its reply is on its way.
  bool is_at_work() const noexcept { return !may_end_; }
  /// Whether a data connection from there can be the client's.
  bool is_from_client(const Endpoint& remote) const { return remote.address() == who_.peer.address(); }
  /// Whether a data connection from there has to begin with the word of a proxy, as the control connection did.
  bool is_passed_on(const Endpoint& remote) const {
    const TrustedProxies& proxies = service_.trusted_proxies;
    return proxies.contain(control_.stream().remote().address()) && proxies.contain(remote.address());
  }
  /// A listener for data on the address by which the client reached us.
  typename T::Acceptor listen_for_data() {
    auto acceptor = service_.data_ports.listen(network_, executor_, control_.stream().local().address());
    observe<DataListening>(acceptor.endpoint());
    if constexpr (requires { control().prepare_data(); }) control().prepare_data();
    return acceptor;
  }
  /// The address that the client is to connect to.
  Address address_for_client() const {
    return service_.public_address.seen_by(who_.peer.address()).value_or(who_.local.address());
  }
  /// Sends a preliminary reply; from then on the control connection is watched until the transfer ends.
  awaitable<void> preliminary(const Reply& reply) {
    co_await say(reply);
    watch();
  }

  /// Shakes hands over a connection, and tells what came of it.
  awaitable<void> shake_hands(awaitable<void> handshake, Duration limit, Stream& stream, bool data) {
    Settled<void> shaken;
    Limit limited{deadline_, limit, Errc::no_handshake};
    co_await settle(std::move(handshake), shaken);
    if (shaken.failed()) report<HandshakeFailed>(data, interruption_.reason_of(shaken.failure()));
    shaken.get();
    if constexpr (observed<ConnectionSecured>) report<ConnectionSecured>(data, stream.details());
  }

  // ---- for transfers and the dispatch of commands ----

  Channel& data_channel() noexcept { return channel_; }
  /// What the sessions of this one's account share.
  AccountUse& use() noexcept { return *use_; }
  ClosingWait& closing_wait() noexcept { return closing_wait_; }
  /// Whether the client will say no more.
  bool heard_all() const noexcept { return control_.ended(); }
  void transfer_begins(Transfer& transfer) noexcept { transfer_ = &transfer; }
  void transfer_ends() noexcept { transfer_ = nullptr; }
  /// Ends a data connection of which nothing is wanted any more, beside what the session does next: it is finished, and
  /// what the client still sends is dropped. A client that sends must not see its connection break before it has read
  /// the reply.
  void let_go(Stream stream) {
    auto rest = take_rest(std::make_shared<Stream>(std::move(stream)));
    let_go_.emplace(executor_, within(network_, limits().stall, std::move(rest)));
  }
  /// Whether the client closed the control connection without saying QUIT.
  bool has_left() {
    const bool ended = control_.ended() || control_.failure() || control_.stream().has_ended();
    return ended && !control_.quits_later();
  }
  /// Reads the control connection while a transfer or a long command is under way: some commands act at once, the
  /// others wait. It may go on until the next bytes come after that.
  void watch() {
    watching_ = true;
    if (!control_.is_read_beside()) control_.read_beside(executor_, watch_control());
  }
  /// Commands act in their turn again.
  awaitable<void> end_watch() {
    watching_ = false;
    if (!answering_) co_return;
    Limit limited{deadline_, limits().idle, Errc::peer_lost};
    co_await control_.join_reader();
  }
  /// Runs a command that may wait, for `Limits::operation` without progress. Gives its final reply.
  ///
  /// **Errors:** what ends the session: `Errc::shutting_down`, or `Errc::timed_out` before a login.
  template <class Entry> awaitable<Reply> run(const Entry& entry, std::string_view argument) {
    if (answering_) return entry.run(*this, argument);  // beside the session's own coroutine, whose limits these are
    at_work_ = entry.verb;
    return run_limited(entry.run(*this, argument), entry.interruptible);
  }

 private:
  using Table = typename Commands::template On<Session>;
  static constexpr bool is_securable = SecurableStream<Stream>;
  using Given = decltype(std::declval<Service<P>&>().storage_for(
      std::declval<const Visitor&>(), std::declval<std::function<void()>>()));
  using Files = std::conditional_t<std::is_reference_v<Given>, Storage*, std::optional<Storage>>;

  /// Is true for as long as it lives.
  class Flag {
   public:
    explicit Flag(bool& flag) noexcept : flag_{flag} { flag_ = true; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { flag_ = false; }

   private:
    bool& flag_;
  };

  void take_files_of(const Account& account) {
    const Visitor visitor{account, who_.peer.address()};
    if constexpr (std::is_reference_v<Given>) {
      files_ = &service_.storage_for(visitor, {});
    } else {
      files_.emplace(service_.storage_for(visitor, [this] { make_progress(); }));
    }
  }
  void begin_as_guest() {
    std::optional<Account> guest = service_.guest();
    if (!guest) return;
    try {
      if constexpr (Service<P>::files_depend_on_account) take_files_of(*guest);
    } catch (...) { return; }  // there are no files for guests
    use_ = service_.enter(*guest);
    if (use_) account_ = std::move(guest);
  }
  static TlsPolicy possible(const T& network, TlsPolicy policy) {
    return policy == TlsPolicy::offered && !has_certificate(network) ? TlsPolicy::off : policy;
  }

  // ---- the control connection ----

  awaitable<void> converse() {
    if constexpr (is_securable) {
      if (hello_) co_await secure(true);
    }
    const Reply welcome{220, service_.greeting.text};
    co_await reply(welcome);
    while (!closing_) {
      const std::optional<Line> line = co_await next_line();
      if (!line) co_return;
      const Reply final = co_await dispatch(*this, *line);
      co_await reply(final);
      if constexpr (is_securable) {
        if (hello_) co_await secure(false);
      }
    }
  }

  /// Says the final reply to a command, and what was to be said after it.
  awaitable<void> reply(const Reply& final) {
    Limit limited{deadline_, limits().idle, Errc::peer_lost};  // a client that reads no replies has gone
    replying_ = true;  // and stays so if it is cut off: nothing can follow it then
    co_await say(final);
    if (belated_.code() != 0) {
      const Reply answer_to_abor = std::exchange(belated_, Reply{});
      co_await say(answer_to_abor);
    }
    replying_ = false;
  }
  awaitable<void> say(const Reply& reply) {
    report<ReplySeen>(reply);
    return control_.say(reply);
  }

  awaitable<std::optional<Line>> next_line() {
    if (draining_) throw std::system_error(Errc::shutting_down);
    if (auto line = control_.line_now()) co_return line;
    Limit limited{deadline_, patience(), Errc::timed_out};
    const Flag waits{may_end_};
    co_return co_await control_.next_line(&wholeness_in<typename P::UnterminatedCommands>, limits().grace);
  }

  Duration patience() const { return account_ ? limits().idle : left_for_login(); }
  Duration left_for_login() const {
    return std::max(Duration{1}, time_after(began_, limits().login) - network_.now());
  }

  std::optional<Reply> last_words(std::error_code why, bool refused) const {
    if (why == Errc::timed_out) return Reply{421, "Timed out, closing the connection"};
    if (why == Errc::shutting_down) return Reply{421, "Server is shutting down"};
    const bool in_clear = !hello_;  // where TLS comes first, these words would be no part of it
    if (refused && in_clear) return Reply{421, "Service not available to you"};
    return std::nullopt;
  }
  awaitable<void> say_goodbye(Reply farewell) {
    Limit limited{deadline_, farewell_limit(), Errc::timed_out};
    co_await say(farewell);
  }
  /// For the last words, which nobody may hear any more.
  Duration farewell_limit() const { return std::min<Duration>(limits().idle, std::chrono::seconds{5}); }

  /// Runs a command's coroutine under its limit, and makes a reply of what it throws.
  awaitable<Reply> run_limited(awaitable<Reply> command, bool interruptible) {
    std::error_code error;
    Reply reply;
    const bool logs_in = !account_;
    if (interruptible) watch();
    try {
      Limit limited{deadline_, logs_in ? std::min(limits().operation, left_for_login()) : limits().operation,
                    Errc::timed_out};
      Reply given = co_await std::move(command);
      reply = std::move(given);
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    const std::error_code interrupted = interruption_.why();
    const bool ends = interrupted == Errc::shutting_down || (interrupted == Errc::timed_out && logs_in && !account_);
    if (ends) throw std::system_error(interrupted);
    if (error == Errc::shutting_down) throw std::system_error(error);  // of a transfer
    if (interrupted) co_await interruption_.recover();
    if (interruptible) co_await end_watch();
    if (!error) co_return reply;
    if (interrupted == Errc::timed_out) co_return Reply{451, "Gave up: it took too long"};
    co_return reply_for(error);
  }

  // ---- TLS ----

  /// The handshake of the control connection. After it nothing is left of what was said in clear, or there is no
  /// session: it could be the words of somebody in between.
  awaitable<void> secure(bool implicit) {
    const std::string hello = *std::exchange(hello_, std::nullopt);
    co_await control_.stop_reading();  // a transfer's watch may still read in clear
    if (control_.lines().clear()) throw std::system_error(Errc::refused_by_rule);
    auto handshake = control().accept_tls(network_.tls_server(), hello);
    co_await shake_hands(std::move(handshake), limits().handshake, control(), false);
    protection_.secure(implicit);
    control_.fail({});
  }
  /// Tells the control connection which user it is of. Whoever likes can be anonymous, or a guest: that is nobody.
  void tell_whose() {
    if constexpr (is_securable) {
      std::optional<std::string> user;
      if (account_) user = account_->kind == Account::Kind::user ? state.host + '/' + account_->name : std::string{};
      control().belongs_to(std::move(user));
    }
  }
  /// Reads no more commands, and says within TLS, where it is spoken, that no more replies come: clients take a control
  /// connection that just ends for one that somebody cut.
  awaitable<void> farewell() {
    co_await control_.stop_reading();
    if constexpr (is_securable) {
      if (!protection_.secured()) co_return;
      Settled<void> ignored;
      Limit limited{deadline_, farewell_limit(), Errc::timed_out};
      co_await settle(control().finish(), ignored);
    }
  }

  // ---- transfers ----

  static awaitable<void> take_rest(std::shared_ptr<Stream> stream) {
    co_await stream->finish();
    std::vector<std::byte> room(16 * 1024);
    for (bool more = true; more;) {
      const std::size_t n = co_await stream->read_some(room);
      more = n > 0;
    }
  }
  awaitable<Reply> send_any(AnySource source, Transfer transfer) {
    if (auto refused = refusal_of_transfer()) co_return *std::move(refused);
    ServerTransfer<Session> sending{*this, std::move(transfer)};
    co_return co_await sending.send(source);
  }
  awaitable<Reply> receive_any(AnySink file, Transfer transfer) {
    if (auto refused = refusal_of_transfer()) co_return *std::move(refused);
    ServerTransfer<Session> receiving{*this, std::move(transfer)};
    co_return co_await receiving.receive(file);
  }
  std::optional<Reply> refusal_of_transfer() const {
    if (auto refused = protection_.refusal_of_data()) return refused;
    if (!channel_.armed()) return reply_for(Errc::no_data_connection);
    return std::nullopt;
  }

  /// Whether a command that came during a transfer need not wait for its end. What comes behind an ABOR waits.
  bool acts_at_once(const Line& line) const {
    if (line.error() || interruption_.why()) return false;
    const CommandLine command = parse_command(line.text);
    const auto* entry = find_command(command.verb);
    return entry && entry->at_once && command.argument.empty() && (account_ || entry->before_login);
  }

  awaitable<void> watch_control() {
    try {
      // A transfer that never waits is over by now, and costs no read.
      co_await ftplike::give_way(executor_);
      while (watching_ && control_.put_off().size() < limits().waiting_commands) {
        auto line = control_.lines().next();
        if (!line) {
          if (control_.ended()) break;
          co_await control_.read();
        } else if (acts_at_once(*line)) {
          answering_ = true;
          const Reply reply = co_await dispatch(*this, *line);
          if (interruption_.why()) {
            belated_ = reply;
          } else {
            co_await say(reply);
          }
          answering_ = false;
        } else {
          control_.put_off(*std::move(line));
        }
      }
    } catch (...) {
      answering_ = false;
      control_.fail(code_of(std::current_exception()));
      if (watching_ && !draining_) interrupt(Errc::peer_lost);
    }
  }

  T& network_;
  Executor executor_;
  Service<P>& service_;
  Files files_{};
  Interruption& interruption_;
  Deadline<T> deadline_;
  ControlConnection<T> control_;
  Protection protection_;
  std::optional<std::string> hello_;  // set where a TLS handshake comes next: what was read of it
  SessionInfo who_;
  std::optional<Account> account_;
  std::shared_ptr<AccountUse> use_;
  Channel channel_;
  std::optional<StoppableTask> let_go_;  // a data connection that has yet to end
  Time began_;
  ClosingWait closing_wait_;
  Transfer* transfer_ = nullptr;
  Verb at_work_;   // the last command that could wait
  Reply belated_;  // to the command that interrupted the transfer
  bool standard_ = false, closing_ = false, draining_ = false, ending_ = false;
  bool may_end_ = false;    // nothing would be lost if the session ended now
  bool watching_ = false;   // the control connection, for what is under way
  bool answering_ = false;  // a command that acts at once
  bool replying_ = false;   // a reply is on its way
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {
namespace detail {

/// The fault of a listener with implicit TLS on a transport that has none.
template <class T> struct TransportHasNoTls {
  static_assert(SecurableStream<typename T::Stream>,
                "Beginning::implicit_tls needs a transport with TLS: over this one sessions would be in clear");
};

}  // namespace detail

/// Accepts sessions on any number of addresses and deals them out over the transport's executors.
///
///     ftplike::TcpTransport network;
///     ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}};
///     server.listen("127.0.0.1", 3456);
///     network.run();
///
/// Its parts follow the transport in any order, each at most once: a storage; an authenticator (without one, who comes
/// over loopback may read); a profile (`Ftp{}` if none); the members of `Settings`; and an observer: anything that can
/// be called with one of the events of io/observer.hpp. What is none of these does not compile.
///
/// **Lifetime:** sessions may outlive it; nothing runs after the transport. **Threads:** any.
template <Transport T, class P> class Server {
 public:
  template <class... Parts> explicit Server(T& network, Parts... parts)
      : state_{detail::new_shared<State>(network, std::tuple<Parts...>{std::move(parts)...})} {
    static_assert(sizeof(detail::CheckedParts<P, Parts...>) > 0);
  }
  Server(Server&&) = delete;
  ~Server() { stop(); }

  /// Accepts sessions there from now on; port 0 lets the system choose. Gives the address that it became.
  ///
  /// **Errors:** `std::system_error` if the address cannot be had; `std::invalid_argument` if no session there could be
  /// as the server's parts want it: TLS is required, or to be there from the beginning, and there is no certificate; or
  /// nobody could come in; `Errc::shutting_down` after `stop`.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const std::string& address, std::uint16_t port, B beginning = {}) {
    return listen(Endpoint{asio::ip::make_address(address), port}, beginning);
  }
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const Endpoint& where, B beginning = {}) {
    check_before_listening(where.address(), beginning);
    return accept_all_from(state_->network.listen(state_->main, where), beginning);
  }
  /// Accepts sessions from a listener that somebody else made: a supervisor's, a test's.
  ///
  /// **Errors:** `std::invalid_argument`, as `listen`.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint accept_from(typename T::Acceptor listener, B beginning = {}) {
    check_before_listening(listener.endpoint().address(), beginning);
    return accept_all_from(std::move(listener), beginning);
  }

  /// Takes no new sessions, lets commands end until `Limits::drain` has passed, then cuts what is left, and after
  /// `Limits::abandon` gives up on what cannot be ended. Returns at once; `stopped` tells when that is done. Later calls
  /// do nothing.
  void stop() { handle().stop(); }
  /// The same, but cuts what is left at once, also of a `stop` that is under way.
  void cut() { handle().cut(); }
  /// Stops and cuts the server also for those who may outlive it: there is nothing left to do then.
  ///
  /// **Lifetime:** not beyond the transport. **Threads:** any.
  class Handle;
  Handle handle() const { return Handle{state_}; }
  /// Waits for the end of `stop`, whoever calls that, and tells what became of the sessions. It comes in any case, after
  /// the last `SessionClosed`; the observer gets the same report (`ServerStopped`).
  awaitable<StopReport> stopped() { return wait_for_stop(state_); }

  /// What its sessions share.
  Service<P>& service() noexcept { return state_->service; }
  /// How many sessions there are now.
  std::size_t sessions() const {
    const std::lock_guard lock{state_->mutex};
    return state_->places;
  }

 private:
  using OneSession = Session<T, P>;

  /// A session in the server's book, from its acceptance to the end of its coroutine.
  struct Entry {
    Entry(const Executor& its_executor, const SessionInfo& its_who) : executor{its_executor}, who{its_who} {}
    Interruption interruption;
    const Executor executor;
    SessionInfo who;
    OneSession* session = nullptr;  // while there is one
  };
  /// Somebody who waits for the end of `stop`.
  struct Waiter {
    explicit Waiter(const Executor& its_executor) : executor{its_executor}, changed{its_executor} {}
    const Executor executor;
    Condition changed;
    bool done = false;
  };

  struct State {
    template <class... Parts> State(T& its_network, std::tuple<Parts...> parts)
        : lifetime{lifetime_of(its_network)},
          network{its_network},
          main{main_executor_of(its_network)},
          service{std::move(parts)},
          all_gone{main} {}

    bool is_stopping() {
      const std::lock_guard lock{mutex};
      return stopping;
    }
    bool begins_to_stop() {
      const std::lock_guard lock{mutex};
      return !std::exchange(stopping, true);
    }
    std::size_t count() {
      const std::lock_guard lock{mutex};
      return book.size();
    }

    const std::shared_ptr<void> lifetime;  // first, so that it is the last to go
    T& network;
    const Executor main;  // of the acceptors
    Service<P> service;
    Condition all_gone;

    std::mutex mutex;  // of what follows
    bool stopping = false;
    bool cutting = false;  // on `main` only
    std::vector<std::shared_ptr<typename T::Acceptor>> acceptors;
    std::list<std::shared_ptr<Entry>> book;
    std::size_t places = 0;                       // of sessions that count
    std::map<Address, std::size_t> per_address;   // of those
    std::uint64_t last_number = 0;
    std::optional<StopReport> report;
    std::list<std::shared_ptr<Waiter>> waiters;
  };
  using StatePointer = std::shared_ptr<State>;

  // ---- accepting

  template <class B> void check_before_listening(const Address& address, B beginning) {
    if (state_->is_stopping()) throw std::system_error(Errc::shutting_down);
    if constexpr (std::is_same_v<B, Beginning::ImplicitTls>) static_assert(sizeof(detail::TransportHasNoTls<T>) > 0);
    if (const auto objection = objection_to(address, beginning); !objection.empty()) {
      throw std::invalid_argument("listen: " + std::string{objection});
    }
  }
  /// Why no session there could be as the server's parts want it; empty if they can.
  std::string_view objection_to(const Address& address, Beginning beginning) {
    auto& service = state_->service;
    if (!has_certificate(state_->network)) {
      if (beginning == Beginning::implicit_tls) return "sessions are to begin with TLS, but there is no certificate";
      if (service.tls_policy > TlsPolicy::offered) return "TLS is required, but there is no certificate";
    }
    if (!OneSession::find_command(Verb{"USER"}) && !service.guest()) {
      return "nobody can come in: this profile has no logins, and sessions without one may do nothing";
    }
    const bool from_elsewhere = !address.is_loopback() || !service.trusted_proxies.subnets.empty();
    return objection_to_listening(service.authenticator, from_elsewhere);
  }

  Endpoint accept_all_from(typename T::Acceptor listener, Beginning beginning) {
    const Endpoint where = listener.endpoint();
    auto acceptor = detail::new_shared<typename T::Acceptor>(std::move(listener));
    {
      const std::lock_guard lock{state_->mutex};
      if (state_->stopping) throw std::system_error(Errc::shutting_down);
      state_->acceptors.push_back(acceptor);
    }
    start_on(state_->main, accept_all(state_, std::move(acceptor), beginning));
    return where;
  }
  static awaitable<void> accept_all(StatePointer state, std::shared_ptr<typename T::Acceptor> acceptor,
                                    Beginning beginning) {
    bool failed = false;
    while (!state->is_stopping()) {
      try {
        if (std::exchange(failed, false)) {
          const Time later = state->network.now() + std::chrono::milliseconds{100};
          co_await state->network.sleep_until(later);
          continue;
        }
        const Executor executor = state->network.executor();
        auto control = co_await acceptor->accept(executor);
        if (state->is_stopping()) break;
        begin(state, executor, std::move(control), beginning);
      } catch (...) { failed = true; }  // out of descriptors or memory: the next one may have more luck
    }
  }

  /// Starts the coroutine of a session, which has a place in the book until it ends.
  static void begin(const StatePointer& state, const Executor& executor, typename T::Stream control,
                    Beginning beginning) {
    const SessionInfo who{0, control.local(), control.remote()};
    const auto entry = detail::new_shared<Entry>(executor, who);
    typename std::list<std::shared_ptr<Entry>>::iterator place;
    {
      const std::lock_guard lock{state->mutex};
      place = state->book.insert(state->book.end(), entry);
    }
    // The entry lives as long as the coroutine, whose cancellation slot it has.
    start_on(executor, serve(state, entry, std::move(control), beginning), entry->interruption.slot(),
             [state, entry, place](std::exception_ptr) {
               const std::lock_guard lock{state->mutex};
               state->book.erase(place);
               if (state->book.empty()) call_on(state->main, [state] { state->all_gone.notify(); });
             });
  }

  static awaitable<void> serve(StatePointer state, std::shared_ptr<Entry> entry, typename T::Stream control,
                               Beginning beginning) {
    if constexpr (requires { control.make_prompt(); }) control.make_prompt();
    mark_as_control(control);
    SessionInfo who = entry->who;
    std::string first_bytes;
    if (state->service.trusted_proxies.contain(who.peer.address())) {
      Settled<void> introduced;
      co_await settle(within(state->network, state->service.limits.login, introduce(control, who, first_bytes)),
                      introduced);
      if (introduced.failed()) co_return;  // as the PROXY protocol wants it
    }
    std::optional<PlaceTaken> place;
    who.number = admit(state, who.peer.address(), place);
    entry->who = who;
    if (who.number == 0) {
      report<SessionRefused>(state->service.observer, who);
      co_await turn_away(state, std::move(control));
      co_return;
    }
    OneSession session{state->network,      entry->executor, std::move(control), state->service,
                       entry->interruption, who,             first_bytes,        beginning};
    const InTheBook in_the_book{state, *entry, session};
    const std::function<void()> leave = [&place] { place.reset(); };
    co_await session.run(leave);  // who comes again at once finds its place free
  }

  /// Has a proxy say whom it passes on. What it has sent beyond that goes to `rest`.
  static awaitable<void> introduce(typename T::Stream& control, SessionInfo& who, std::string& rest) {
    const ProxyHeader header = co_await read_proxy_header(control, rest);
    if (!header.ends) co_return;
    who.peer = endpoint_of(header.ends->client);
    who.local = endpoint_of(header.ends->server);
  }

  /// One of the sessions that `Limits` counts.
  class PlaceTaken {
   public:
    PlaceTaken(StatePointer state, const Address& client) : state_{std::move(state)}, client_{client} {
      ++state_->places;
      ++state_->per_address[client_];
    }
    PlaceTaken(const PlaceTaken&) = delete;
    PlaceTaken& operator=(const PlaceTaken&) = delete;
    ~PlaceTaken() {
      const std::lock_guard lock{state_->mutex};
      --state_->places;
      if (--state_->per_address[client_] == 0) state_->per_address.erase(client_);
    }

   private:
    StatePointer state_;
    Address client_;
  };
  /// Gives a session its place and its number; 0 if there are too many, or shall be no more.
  static std::uint64_t admit(const StatePointer& state, const Address& client, std::optional<PlaceTaken>& place) {
    const Address counted = client_network(client);
    const std::lock_guard lock{state->mutex};
    const Limits& limits = state->service.limits;
    const auto from_there = state->per_address.find(counted);
    if (state->stopping || state->places >= limits.sessions) return 0;
    if (from_there != state->per_address.end() && from_there->second >= limits.sessions_per_address) return 0;
    place.emplace(state, counted);
    return ++state->last_number;
  }

  /// From now on, while this lives, a server that stops finds the session; one that has begun to has missed it.
  class InTheBook {
   public:
    InTheBook(StatePointer state, Entry& entry, OneSession& session) : state_{std::move(state)}, entry_{entry} {
      const std::lock_guard lock{state_->mutex};
      entry_.session = &session;
      if (state_->stopping) session.drain();
    }
    InTheBook(const InTheBook&) = delete;
    InTheBook& operator=(const InTheBook&) = delete;
    ~InTheBook() {
      const std::lock_guard lock{state_->mutex};
      entry_.session = nullptr;
    }

   private:
    StatePointer state_;
    Entry& entry_;
  };

  static awaitable<void> turn_away(StatePointer state, typename T::Stream control) {
    const std::string_view sorry =
        state->is_stopping() ? "421 Server is shutting down\r\n" : "421 Too many connections, try later\r\n";
    Settled<void> ignored;
    co_await settle(within(state->network, std::chrono::seconds{5}, control.write(as_bytes(sorry))), ignored);
  }

  // ---- stopping

  /// Calls `act` for every session, on its own executor, where it cannot end meanwhile.
  static void for_each_session(const StatePointer& state, const std::function<void(Entry&)>& act) {
    const std::lock_guard lock{state->mutex};
    for (const auto& entry : state->book) call_on(entry->executor, [entry, act] { act(*entry); });
  }
  /// Waits until no session is left, but not longer than `patience`, nor beyond `hurry`.
  static awaitable<void> wait_for_all(StatePointer state, Duration patience, const bool* hurry = nullptr) {
    bool late = false;
    typename T::Timer deadline{state->network, state->main};
    deadline.start(time_after(state->network.now(), patience), [&late, &gone = state->all_gone] {
      late = true;
      gone.notify();
    });
    while (state->count() > 0 && !late && !(hurry && *hurry)) co_await state->all_gone.wait();
  }

  static awaitable<void> end_all(StatePointer state) {
    {
      const std::lock_guard lock{state->mutex};
      for (auto& acceptor : state->acceptors) acceptor->cancel();
      state->acceptors.clear();
    }
    const Limits& limits = state->service.limits;
    StopReport result;
    const std::size_t all = state->count();
    for_each_session(state, [](Entry& entry) {
      if (entry.session) entry.session->drain();
    });
    co_await wait_for_all(state, limits.drain, &state->cutting);
    result.cut = state->count();
    result.drained = all - std::min(all, result.cut);
    if (result.cut > 0) {
      for_each_session(state, [](Entry& entry) {
        if (entry.session)
          entry.session->cut();
        else
          entry.interruption.interrupt(Errc::shutting_down);
      });
      co_await wait_for_all(state, limits.abandon);
    }
    if (state->count() > 0) {
      std::vector<StuckSession> stuck = co_await ask_the_stuck(state);
      result.stuck = std::move(stuck);
    }
    report<ServerStopped>(state->service.observer, result);
    tell_waiters(state, std::move(result));
  }

  /// Asks the sessions that are left what they are about. One whose thread is blocked does not answer.
  static awaitable<std::vector<StuckSession>> ask_the_stuck(StatePointer state) {
    struct Answers {
      std::mutex mutex;
      std::map<const Entry*, std::string> all;
    };
    const auto answers = detail::new_shared<Answers>();
    for_each_session(state, [answers](Entry& entry) {
      const std::lock_guard lock{answers->mutex};
      answers->all[&entry] = entry.session ? entry.session->activity() : "the introduction by a proxy";
      entry.who = entry.session ? entry.session->who() : entry.who;
    });
    co_await wait_for_all(state, std::chrono::seconds{1});
    std::vector<StuckSession> stuck;
    const std::lock_guard lock{state->mutex};
    const std::lock_guard lock_answers{answers->mutex};
    for (const auto& entry : state->book) {
      const auto answer = answers->all.find(entry.get());
      StuckSession one;
      one.activity = answer == answers->all.end() ? "its thread is blocked" : answer->second;
      if (answer != answers->all.end()) {
        one.number = entry->who.number;
        one.peer = entry->who.peer;
        one.user = entry->who.user;
      }
      stuck.push_back(std::move(one));
    }
    co_return stuck;
  }

  static void tell_waiters(const StatePointer& state, StopReport result) {
    const std::lock_guard lock{state->mutex};
    state->report = std::move(result);
    for (const auto& waiter : state->waiters) {
      call_on(waiter->executor, [waiter] {
        waiter->done = true;
        waiter->changed.notify();
      });
    }
  }

  static awaitable<StopReport> wait_for_stop(StatePointer state) {
    const Executor executor = co_await asio::this_coro::executor;
    /// In the list of those who wait, as long as it lives.
    struct Waiting {
      Waiting(StatePointer its_state, const Executor& its_executor)
          : state{std::move(its_state)}, waiter{detail::new_shared<Waiter>(its_executor)} {
        const std::lock_guard lock{state->mutex};
        waiter->done = state->report.has_value();
        place = state->waiters.insert(state->waiters.end(), waiter);
      }
      Waiting(const Waiting&) = delete;
      Waiting& operator=(const Waiting&) = delete;
      ~Waiting() {
        const std::lock_guard lock{state->mutex};
        state->waiters.erase(place);
      }
      StatePointer state;
      std::shared_ptr<Waiter> waiter;
      typename std::list<std::shared_ptr<Waiter>>::iterator place;
    } waiting{state, executor};
    while (!waiting.waiter->done) co_await waiting.waiter->changed.wait();
    const std::lock_guard lock{state->mutex};
    co_return *state->report;
  }

  StatePointer state_;
};

template <Transport T, class P> class Server<T, P>::Handle {
 public:
  void stop() const { end(false); }
  void cut() const { end(true); }

 private:
  friend class Server;
  // Who accepts or converses holds the state. Where nobody does any more, the event loop may be at its end, and what is
  // left in it must not hold what holds it.
  explicit Handle(const StatePointer& state) : main_{state->main}, state_{state} {}
  void end(bool cuts) const {
    call_on(main_, [weak = state_, cuts] {
      const StatePointer state = weak.lock();
      if (!state) return;
      if (cuts) {
        state->cutting = true;
        state->all_gone.notify();
      }
      if (state->begins_to_stop()) start_on(state->main, end_all(state));
    });
  }
  Executor main_;
  std::weak_ptr<State> state_;
};

/// The type of a server of these parts, as a member of a class needs it: `ServerOf<TcpTransport, DirectoryStorage>`.
template <Transport T, class... Parts> using ServerOf = Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

template <Transport T, class... Parts> Server(T&, Parts...)
    -> Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

}  // namespace ftplike

// ---- ftplike/storage/memory.hpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/storage/memory_tree.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/storage/tree.hpp
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {
namespace detail {

// A tree as a map of all its files and directories, the root included, by their paths. A node says what it is by
// `is_directory()`.

/// What is at a path.
///
/// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
template <class Node> Node& node_at(std::map<std::string, Node>& nodes, const Path& path) {
  if (const auto found = nodes.find(path.string()); found != nodes.end()) return found->second;
  Path above = path.parent();
  while (!nodes.contains(above.string())) above = above.parent();
  fail(nodes.at(above.string()).is_directory() ? std::errc::no_such_file_or_directory : std::errc::not_a_directory);
}

/// Calls `visit(path, node)` for what is in a directory, sorted, from behind the name `after` on, until it gives false.
template <class Node, class Visit> void visit_directory(const std::map<std::string, Node>& nodes, const Path& directory,
                                                        const std::string& after, Visit visit) {
  const std::string prefix = inside(directory);
  auto next = nodes.upper_bound(prefix + after);
  while (next != nodes.end() && next->first.starts_with(prefix)) {
    if (const auto slash = next->first.find('/', prefix.size()); slash != std::string::npos) {
      next = nodes.lower_bound(next->first.substr(0, slash) + char{'/' + 1});  // past all that is in there
    } else {
      if (!visit(next->first, next->second)) return;
      ++next;
    }
  }
}

}  // namespace detail

/// A listing whose entries are all there: the `Listing` of a storage that has them in memory.
class EntryListing {
 public:
  explicit EntryListing(std::vector<Entry> entries) : entries_{std::move(entries)} {}
  template <class = void> awaitable<std::vector<Entry>> next() { co_return std::exchange(entries_, {}); }

 private:
  std::vector<Entry> entries_;
};

/// Files by path, and the directories that the paths imply: what a storage of files that are made up needs to know of
/// its names. A `File` is whatever the storage needs to make it; one that has `describe(Entry&)` tells its size and time
/// by that.
///
/// **Threads:** as a `std::map`.
template <class File> class FileTree {
 public:
  FileTree() { nodes_.try_emplace("/"); }
  FileTree(std::initializer_list<std::pair<std::string_view, File>> files) : FileTree{} {
    for (const auto& [path, file] : files) put(Path{path}, file);
  }

  /// Puts a file there, in place of another one.
  ///
  /// **Errors:** `is_a_directory`; `not_a_directory` if something above it is a file.
  void put(const Path& path, File file) {
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
    make_directory(path.parent());
    const auto [place, is_new] = nodes_.try_emplace(path.string());
    if (!is_new && place->second.is_directory()) detail::fail(std::errc::is_a_directory);
    place->second.file.emplace(std::move(file));
  }
  /// Makes a directory with all above it, where there is none.
  ///
  /// **Errors:** `not_a_directory`.
  void make_directory(const Path& path) {
    if (!path.is_root()) make_directory(path.parent());
    if (nodes_[path.string()].file) detail::fail(std::errc::not_a_directory);
  }
  /// Removes a file, or a directory with all that is in it; but not the root itself.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  void remove(const Path& path) {
    detail::node_at(nodes_, path);
    std::erase_if(nodes_, [&](const auto& one) {
      return one.first.starts_with(detail::inside(path)) && one.first != "/";
    });
    if (!path.is_root()) nodes_.erase(path.string());
  }
  /// The file at a path.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`, `is_a_directory`.
  File& at(const Path& path) {
    Node& node = detail::node_at(nodes_, path);
    if (!node.file) detail::fail(std::errc::is_a_directory);
    return *node.file;
  }
  /// The entry of a file or directory, as a storage's `stat` gives it.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  Entry stat(const Path& path) { return entry(path.name(), detail::node_at(nodes_, path)); }
  /// All entries of a directory, sorted by name.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  std::vector<Entry> list(const Path& path) {
    if (!detail::node_at(nodes_, path).is_directory()) detail::fail(std::errc::not_a_directory);
    std::vector<Entry> entries;
    detail::visit_directory(nodes_, path, "", [&](std::string_view one, const Node& node) {
      entries.push_back(entry(one.substr(one.rfind('/') + 1), node));
      return true;
    });
    return entries;
  }

 private:
  struct Node {
    std::optional<File> file;  // none: a directory
    bool is_directory() const noexcept { return !file; }
  };

  static Entry entry(std::string_view name, const Node& node) {
    Entry result{std::string{name}, node.file ? Entry::Type::file : Entry::Type::directory, std::nullopt, Timestamp{}};
    if constexpr (requires { node.file->describe(result); }) {
      if (node.file) node.file->describe(result);
    }
    return result;
  }

  std::map<std::string, Node> nodes_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2::detail {

/// The files of a MemoryStorage, by path. Whoever calls holds the mutex.
template <class = void> class BasicMemoryTree {
 public:
  struct Node {
    std::shared_ptr<const std::string> text;  // none: a directory
    Timestamp modified;
    unsigned mode;
    std::uint64_t number;
    bool is_directory() const noexcept { return !text; }
  };
  /// Bytes on their way to a name. Those with no writer are the name's partial file.
  struct Upload {
    Path path;
    std::string text;
    bool resumable = true;             // false: somebody else was at the name, so nothing is kept
    bool busy = true;                  // a writer is at it
    std::optional<Path> wanted{};      // of create_unique: where the numbers start
    std::uint64_t size = text.size();  // also when the text has gone to its name
  };
  using UploadPointer = std::shared_ptr<Upload>;

  explicit BasicMemoryTree(std::uint64_t its_capacity) : capacity{its_capacity} {
    nodes_.emplace("/", Node{nullptr, time, 0755, ++last_number_});
  }

  std::mutex mutex;
  std::uint64_t capacity;
  Timestamp time{std::chrono::sys_days{std::chrono::year{2001} / 2 / 3}};  // of what is new
  bool time_is_set = false;                                                // and stays what it is

  /// What is new from now on bears the date of what runs on this executor.
  void set_time_of(const Executor& executor) {
    if (!time_is_set) time = wall_clock(executor);
  }
  std::uint64_t room() const noexcept { return capacity > used_ ? capacity - used_ : 0; }
  const std::map<std::string, Node>& nodes() const noexcept { return nodes_; }

  Node& at(const Path& path) {
    check_names(path);
    return node_at(nodes_, path);
  }
  Node& file_at(const Path& path) {
    Node& node = at(path);
    if (!node.text) fail(std::errc::is_a_directory);
    return node;
  }
  Entry entry(const Path& path, const Node& node) const {
    Entry result{std::string{path.name()}, node.text ? Entry::Type::file : Entry::Type::directory,
                 node.text ? node.text->size() : 0, node.modified};
    result.mode = node.mode;
    result.unique = std::to_string(node.number);
    return result;
  }

  /// Some of a directory's entries, beginning behind the name `after`.
  std::vector<Entry> list(const Path& directory, const std::string& after, std::size_t most) const {
    std::vector<Entry> result;
    visit_directory(nodes_, directory, after, [&](const std::string& path, const Node& node) {
      result.push_back(entry(Path{path}, node));
      return result.size() < most;
    });
    return result;
  }

  void make_directory(const Path& path) {
    check_place(path);
    if (!nodes_.try_emplace(path.string(), Node{nullptr, time, 0755, last_number_ + 1}).second) {
      fail(std::errc::file_exists);
    }
    ++last_number_;
  }
  void put_directory(const Path& path) {
    if (!nodes_.contains(path.string())) {
      put_directory(path.parent());
      make_directory(path);
    }
  }
  /// Puts a whole file under a name, with the directories above it.
  void put(const Path& path, std::string text) {
    put_directory(path.parent());
    check_target(path);
    used_ += text.size();
    replace(path, std::move(text));
  }
  void remove(const Path& path) {
    const auto partial = partial_of(path);
    const bool forgets = partial && !partial->busy;
    if (!forgets || nodes_.contains(path.string())) {
      used_ -= file_at(path).text->size();
      nodes_.erase(path.string());
    }
    if (forgets) drop(partial);
  }
  void remove_directory(const Path& path) {
    if (at(path).text) fail(std::errc::not_a_directory);
    if (path.is_root()) fail(std::errc::operation_not_permitted);
    if (!list(path, "", 1).empty()) fail(std::errc::directory_not_empty);
    const auto partials = uploads_below(path);
    for (const auto& partial : partials) {
      if (partial->busy) fail(std::errc::directory_not_empty);
    }
    for (const auto& partial : partials) drop(partial);
    nodes_.erase(path.string());
  }
  void rename(const Path& from, const Path& to) {
    const Node moved = at(from);
    check_place(to);
    if (from.is_root() || to.is_root()) fail(std::errc::operation_not_permitted);
    if (from == to) return;
    if (to.string().starts_with(inside(from))) fail(std::errc::invalid_argument);
    if (const auto old = nodes_.find(to.string()); old != nodes_.end()) {
      if (moved.text && !old->second.text) fail(std::errc::is_a_directory);
      if (!moved.text && old->second.text) fail(std::errc::not_a_directory);
      if (!moved.text && (!list(to, "", 1).empty() || !uploads_below(to).empty())) fail(std::errc::directory_not_empty);
      if (old->second.text) used_ -= old->second.text->size();
      nodes_.erase(old);
    }
    const auto place = [&](const std::string& path) { return to.string() + path.substr(from.string().size()); };
    nodes_.erase(from.string());
    nodes_.emplace(to.string(), moved);
    if (moved.text) return;
    for (auto next = nodes_.lower_bound(inside(from)); next != nodes_.end() && next->first.starts_with(inside(from));) {
      auto node = nodes_.extract(next++);
      node.key() = place(node.key());
      nodes_.insert(std::move(node));
    }
    for (const auto& upload : uploads_below(from)) {
      forget(upload);
      upload->path = Path{place(upload->path.string())};
      uploads_.emplace(upload->path.string(), upload);
    }
  }

  UploadPointer partial_of(const Path& path) const {
    check_names(path);
    const auto [first, last] = uploads_.equal_range(path.string());
    for (auto upload = first; upload != last; ++upload) {
      if (upload->second->resumable) return upload->second;
    }
    return nullptr;
  }
  UploadPointer create(const Path& path, std::uint64_t offset) {
    check_target(path);
    auto partial = partial_of(path);
    if (offset == 0) return partial && !partial->busy ? go_on(partial, 0) : begin(path, {}, !partial);
    if (partial && partial->busy) fail(Errc::busy);
    if (partial) return go_on(partial, offset);
    const auto whole = nodes_.find(path.string());
    if (whole == nodes_.end() || whole->second.text->size() < offset) fail(Errc::bad_restart);
    return begin(path, whole->second.text->substr(0, offset), true);
  }
  UploadPointer append(const Path& path) {
    check_target(path);
    auto partial = partial_of(path);
    const auto whole = nodes_.find(path.string());
    const bool is_there = whole != nodes_.end();
    if (!is_there && partial && partial->busy) fail(Errc::busy);
    if (!is_there && partial) return go_on(partial, partial->text.size());
    const bool is_free = !partial || !partial->busy;
    if (partial && is_free) drop(partial);
    return begin(path, is_there ? *whole->second.text : std::string{}, is_free);
  }
  UploadPointer create_unique(const Path& wanted) {
    check_place(wanted);
    if (wanted.is_root()) fail(std::errc::is_a_directory);
    auto upload = begin(first_free(wanted), {}, true);
    upload->wanted = wanted;
    return upload;
  }
  /// Takes in as much as there is room for; throws `no_space_on_device` if that is not all.
  void write(Upload& upload, std::string_view bytes) {
    const auto part = bytes.substr(0, room());
    upload.text.append(part);
    upload.size += part.size();
    used_ += part.size();
    if (part.size() < bytes.size()) fail(std::errc::no_space_on_device);
  }
  void finish(const UploadPointer& upload) {
    if (upload->wanted && nodes_.contains(upload->path.string())) {
      forget(upload);
      upload->path = first_free(*upload->wanted);
      uploads_.emplace(upload->path.string(), upload);
    }
    check_target(upload->path);
    forget(upload);
    upload->busy = false;
    replace(upload->path, std::move(upload->text));
  }
  /// A writer ends without having finished.
  void leave(const UploadPointer& upload) {
    upload->busy = false;
    if (!upload->resumable || upload->text.empty()) drop(upload);
  }
  void drop(const UploadPointer& upload) {
    upload->busy = false;
    used_ -= upload->text.size();
    forget(upload);
  }

 private:
  void check_place(const Path& path) {
    check_names(path);
    if (at(path.parent()).text) fail(std::errc::not_a_directory);
  }
  void check_target(const Path& path) {
    check_place(path);
    const auto old = nodes_.find(path.string());
    if (old != nodes_.end() && !old->second.text) fail(std::errc::is_a_directory);
  }
  Path first_free(const Path& wanted) const {
    for (unsigned n = 0;; ++n) {
      Path path = numbered(wanted, n);
      if (!nodes_.contains(path.string()) && !uploads_.contains(path.string())) return path;
    }
  }
  UploadPointer begin(const Path& path, std::string text, bool resumable) {
    if (text.size() > room()) fail(std::errc::no_space_on_device);
    used_ += text.size();
    auto upload = std::make_shared<Upload>(Upload{path, std::move(text), resumable});
    uploads_.emplace(path.string(), upload);
    return upload;
  }
  UploadPointer go_on(const UploadPointer& partial, std::uint64_t offset) {
    if (partial->text.size() < offset) fail(Errc::bad_restart);
    used_ -= partial->text.size() - offset;
    partial->text.resize(offset);
    partial->size = offset;
    partial->busy = true;
    return partial;
  }
  void replace(const Path& path, std::string text) {
    Node node{std::make_shared<const std::string>(std::move(text)), time, 0644, ++last_number_};
    const auto [place, is_new] = nodes_.try_emplace(path.string(), node);
    if (is_new) return;
    node.mode = place->second.mode;
    used_ -= place->second.text->size();
    place->second = std::move(node);
  }
  void forget(const UploadPointer& upload) {
    const auto [first, last] = uploads_.equal_range(upload->path.string());
    uploads_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == upload; }));
  }
  std::vector<UploadPointer> uploads_below(const Path& directory) const {
    std::vector<UploadPointer> result;
    const auto prefix = inside(directory);
    for (auto next = uploads_.lower_bound(prefix); next != uploads_.end() && next->first.starts_with(prefix); ++next) {
      result.push_back(next->second);
    }
    return result;
  }

  std::map<std::string, Node> nodes_;
  std::multimap<std::string, UploadPointer> uploads_;
  std::uint64_t used_ = 0;
  std::uint64_t last_number_ = 0;
};
using MemoryTree = BasicMemoryTree<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail


namespace ftplike::inline v0_2 {

/// Files in memory: the storage of tests and of servers that must not touch a disk. Copies are handles on the same
/// files, so that a test keeps one to look inside.
///
/// What is new bears the date of the network that it comes over: on a simulated one, that of its clock. What a test puts
/// there itself bears the latest of these dates, before there is any 2001-02-03, where the clock of every simulated
/// network begins. After `set_time` all bears the time that this said last. What is written beyond `capacity` bytes in all, partial files included, throws `no_space_on_device`.
///
/// **Threads:** any, at once.
template <class = void> class BasicMemoryStorage {
  using Tree = detail::MemoryTree;
  using Lock = std::lock_guard<std::mutex>;

 public:
  using MemoryStorage = BasicMemoryStorage;  // as what derives from it calls it
  class Reader;
  class Writer;
  class Listing;

  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  /// The files given, path and text, with the directories above them; a path that ends with '/' is a directory.
  BasicMemoryStorage(std::initializer_list<std::pair<std::string_view, std::string_view>> files = {},
                std::uint64_t capacity = unlimited)
      : tree_{std::make_shared<Tree>(capacity)} {
    for (const auto& [path, text] : files) {
      if (!path.ends_with('/'))
        tree_->put(Path{path}, std::string{text});
      else
        tree_->put_directory(Path{path});
    }
  }

  std::string label() const { return "memory"; }

  awaitable<Entry> stat(Path path) {
    const Lock lock{tree_->mutex};
    co_return tree_->entry(path, tree_->at(path));
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset);
  awaitable<Writer> create(Path path, std::uint64_t offset);
  awaitable<Writer> append(Path path);
  awaitable<Writer> create_unique(Path path);
  awaitable<std::uint64_t> partial_size(Path path) {
    const Lock lock{tree_->mutex};
    const auto partial = tree_->partial_of(path);
    if (!partial || partial->text.empty()) detail::fail(std::errc::no_such_file_or_directory);
    co_return partial->text.size();
  }
  awaitable<void> make_directory(Path path) {
    const Executor executor = co_await asio::this_coro::executor;
    const Lock lock{tree_->mutex};
    tree_->set_time_of(executor);
    tree_->make_directory(path);
  }
  /// Removes a file and its partial file; where there is only a partial file, that one.
  awaitable<void> remove(Path path) {
    const Lock lock{tree_->mutex};
    tree_->remove(path);
    co_return;
  }
  awaitable<void> remove_directory(Path path) {
    const Lock lock{tree_->mutex};
    tree_->remove_directory(path);
    co_return;
  }
  awaitable<void> rename(Path from, Path to) {
    const Lock lock{tree_->mutex};
    tree_->rename(from, to);
    co_return;
  }
  awaitable<void> set_modified(Path path, Timestamp time) {
    const Lock lock{tree_->mutex};
    tree_->at(path).modified = time;
    co_return;
  }
  awaitable<void> set_mode(Path path, unsigned mode) {
    const Lock lock{tree_->mutex};
    tree_->at(path).mode = mode & 0777;
    co_return;
  }
  /// The bytes that can still be written.
  awaitable<std::uint64_t> available(Path path) {
    const Lock lock{tree_->mutex};
    tree_->at(path);
    co_return tree_->room();
  }

  /// Puts a whole file there, as the constructor does.
  void put(std::string_view path, std::string_view text) {
    const Lock lock{tree_->mutex};
    tree_->put(Path{path}, std::string{text});
  }
  /// The whole file under this name, if there is one.
  std::optional<std::string> text(std::string_view path) const {
    const Lock lock{tree_->mutex};
    const auto found = tree_->nodes().find(Path{path}.string());
    if (found == tree_->nodes().end() || !found->second.text) return std::nullopt;
    return *found->second.text;
  }
  /// Every file and directory, sorted, directories with a '/' at the end; without the root.
  std::vector<std::string> paths() const {
    const Lock lock{tree_->mutex};
    std::vector<std::string> result;
    for (const auto& [path, node] : tree_->nodes()) {
      if (path != "/") result.push_back(node.text ? path : path + '/');
    }
    return result;
  }
  /// The time that new files and directories bear from now on.
  void set_time(Timestamp time) {
    const Lock lock{tree_->mutex};
    tree_->time = time;
    tree_->time_is_set = true;
  }
  void set_capacity(std::uint64_t bytes) {
    const Lock lock{tree_->mutex};
    tree_->capacity = bytes;
  }

 private:
  std::shared_ptr<Tree> tree_;
};
using MemoryStorage = BasicMemoryStorage<>;  // a template, so that only what is called is compiled

/// Reads the file as it was when it was opened, whatever becomes of the name.
template <class X> class BasicMemoryStorage<X>::Reader {
 public:
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto rest = as_bytes(*text_).subspan(at_);
    const auto part = rest.first(std::min(room.size(), rest.size()));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  std::uint64_t size() const noexcept { return text_->size(); }
  const Entry& entry() const noexcept { return entry_; }

 private:
  friend BasicMemoryStorage;
  Reader(Entry entry, std::shared_ptr<const std::string> text, std::size_t offset)
      : entry_{std::move(entry)}, text_{std::move(text)}, at_{offset} {}

  Entry entry_;
  std::shared_ptr<const std::string> text_;
  std::size_t at_;
};

/// Collects the bytes of an upload aside until `finish` puts them under the name.
template <class X> class BasicMemoryStorage<X>::Writer {
 public:
  Writer(Writer&& other) noexcept = default;
  Writer& operator=(Writer&& other) noexcept {
    std::swap(tree_, other.tree_);
    std::swap(upload_, other.upload_);
    return *this;
  }
  ~Writer() {
    if (!upload_) return;
    const Lock lock{tree_->mutex};
    if (upload_->busy) tree_->leave(upload_);
  }

  awaitable<void> write(std::span<const std::byte> bytes) {
    const Lock lock{tree_->mutex};
    tree_->write(*upload_, as_text(bytes));
    co_return;
  }
  awaitable<void> finish() {
    const Executor executor = co_await asio::this_coro::executor;
    const Lock lock{tree_->mutex};
    tree_->set_time_of(executor);
    tree_->finish(upload_);
  }
  void discard() {
    const Lock lock{tree_->mutex};
    if (upload_->busy) tree_->drop(upload_);
  }
  Path path() const {
    const Lock lock{tree_->mutex};
    return upload_->path;
  }
  std::uint64_t size() const {
    const Lock lock{tree_->mutex};
    return upload_->size;
  }

 private:
  friend BasicMemoryStorage;
  Writer(std::shared_ptr<Tree> tree, typename Tree::UploadPointer upload) : tree_{std::move(tree)}, upload_{std::move(upload)} {}

  std::shared_ptr<Tree> tree_;
  typename Tree::UploadPointer upload_;
};

/// A directory, some entries at a time, sorted by name.
template <class X> class BasicMemoryStorage<X>::Listing {
 public:
  awaitable<std::vector<Entry>> next() {
    const Lock lock{tree_->mutex};
    auto batch = tree_->list(directory_, after_, batch_size);
    if (!batch.empty()) after_ = batch.back().name;
    co_return batch;
  }

 private:
  friend BasicMemoryStorage;
  static constexpr std::size_t batch_size = 512;
  Listing(std::shared_ptr<Tree> tree, Path directory) : tree_{std::move(tree)}, directory_{std::move(directory)} {}

  std::shared_ptr<Tree> tree_;
  Path directory_;
  std::string after_;
};

template <class X>
awaitable<typename BasicMemoryStorage<X>::Listing> BasicMemoryStorage<X>::list(Path path) {
  const Lock lock{tree_->mutex};
  if (tree_->at(path).text) detail::fail(std::errc::not_a_directory);
  co_return Listing{tree_, path};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Reader> BasicMemoryStorage<X>::open(Path path, std::uint64_t offset) {
  const Lock lock{tree_->mutex};
  const auto& node = tree_->file_at(path);
  if (offset > node.text->size()) detail::fail(Errc::bad_restart);
  co_return Reader{tree_->entry(path, node), node.text, offset};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::create(Path path, std::uint64_t offset) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->create(path, offset)};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::append(Path path) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->append(path)};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::create_unique(Path path) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->create_unique(path)};
}

static_assert(CompleteStorage<MemoryStorage>);

}  // namespace ftplike

// ---- ftplike/users/function.hpp
#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>


namespace ftplike::inline v0_2 {

/// An authenticator that asks a function, see `authenticate_with`.
template <class Function> class FunctionAuthenticator {
 public:
  FunctionAuthenticator(Function function, Anonymous others)
      : function_{std::move(function)}, others_{std::move(others)} {}

  awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    auto anonymous = others_.anonymous(credentials.user);
    if (anonymous) co_return anonymous;
    if constexpr (is_awaited) {
      std::optional<Account> account = co_await std::invoke(function_, credentials);
      co_return account;
    } else {
      co_return std::invoke(function_, credentials);
    }
  }
  std::optional<Account> guest() const { return others_.guest(); }

 private:
  using Given = std::invoke_result_t<Function&, const Credentials&>;
  static constexpr bool is_awaited = std::is_same_v<Given, awaitable<std::optional<Account>>>;
  static_assert(is_awaited || std::is_convertible_v<Given, std::optional<Account>>,
                "authenticate_with takes a function that gives std::optional<Account>, or an awaitable of that");

  Function function_;
  Anonymous others_;
};

/// An authenticator that asks a function of the credentials, which gives a `std::optional<Account>` or an awaitable of
/// that; none refuses the login. Anonymous logins and sessions without a login may do what `others` says, and the
/// function is not asked about those.
///
///     authenticate_with([](const Credentials& who) -> std::optional<Account> {
///       if (!is_right(who.user, who.password)) return std::nullopt;
///       return Account{who.user, Path{"/people/" + who.user}, "write"};
///     })
///
/// A function that has to wait is a coroutine, and does what blocks with `co_await blocking(…)`. It is stopped when the
/// client leaves and when the time for a login is over.
///
/// **Threads:** the function is called on any, by several at once. **Lifetime:** the credentials live until what it gave
/// has been awaited.
template <std::invocable<const Credentials&> Function> auto authenticate_with(Function function, Anonymous others = {}) {
  return FunctionAuthenticator<Function>{std::move(function), std::move(others)};
}

}  // namespace ftplike

// ---- ftplike/users/user_table.hpp
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// ---- ftplike/users/user_file.hpp
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <unordered_set>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// The users that a text names, in its order. `source` is what errors call the text.
///
/// **Errors:** `std::runtime_error`, one line: the source, the number of the line, and what is wrong there.
inline std::vector<UserEntry> parse_users(std::string_view text, std::string_view source) {
  std::vector<UserEntry> result;
  std::unordered_set<std::string> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = detail::take_until(text, '\n');
    if (!detail::names_a_user(line)) continue;
    try {
      result.push_back(detail::parse_user(detail::without_blanks(line)));
      if (!keys.insert(result.back().key()).second) {
        throw std::invalid_argument("a second user '" + result.back().key() + '\'');
      }
    } catch (const std::invalid_argument& wrong) {
      throw std::runtime_error(std::string{source} + ':' + std::to_string(number) + ": " + wrong.what());
    }
  }
  return result;
}

namespace detail {

/// An open file. What fails throws `std::system_error` with its name.
class OpenUserFile {
 public:
  OpenUserFile(std::filesystem::path path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {
    if (!descriptor_) fail();
  }

  int get() const noexcept { return descriptor_.get(); }
  /// The result of a system call, made again where a signal came in between, unless it failed.
  template <class Call> auto checked(Call call) const {
    for (;;) {
      const auto result = call();
      if (result >= 0) return result;
      if (errno != EINTR) fail();
    }
  }
  struct stat status() const {
    struct stat result {};
    checked([&] { return ::fstat(get(), &result); });
    return result;
  }
  std::string read() const {
    std::string result;
    std::array<char, 16 * 1024> room;
    for (;;) {
      const auto n = checked([&] { return ::read(get(), room.data(), room.size()); });
      if (n == 0) return result;
      result.append(room.data(), static_cast<std::size_t>(n));
    }
  }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto n = checked([&] { return ::write(get(), text.data(), text.size()); });
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

 private:
  [[noreturn]] void fail() const { throw std::system_error(errno, std::generic_category(), path_.string()); }

  std::filesystem::path path_;
  Descriptor descriptor_;
};

/// Puts `text` in place of the file at `path`, which was opened as `old`: whoever reads sees the old or the new one.
inline void replace_user_file(const std::filesystem::path& path, const OpenUserFile& old, std::string_view text) {
  auto name = path.string() + ".XXXXXX";
  const OpenUserFile fresh{path, ::mkostemp(name.data(), O_CLOEXEC)};
  try {
    fresh.write(text);
    // The server may run as somebody else than who adds users, but the hashes are not for everybody's eyes.
    const auto status = old.status();
    const auto now = fresh.status();
    if (now.st_uid != status.st_uid || now.st_gid != status.st_gid) {
      fresh.checked([&] { return ::fchown(fresh.get(), status.st_uid, status.st_gid); });
    }
    fresh.checked([&] { return ::fchmod(fresh.get(), status.st_mode & 0660U); });
    fresh.checked([&] { return ::fsync(fresh.get()); });
    fresh.checked([&] { return ::rename(name.c_str(), path.c_str()); });
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
  const auto directory = path.parent_path();
  const OpenUserFile above{directory, ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  above.checked([&] { return ::fsync(above.get()); });
}

}  // namespace detail

/// The users of a file, in its order.
///
/// **Errors:** `std::system_error` if it cannot be read, else those of `parse_users`.
inline std::vector<UserEntry> read_users(const std::filesystem::path& file) {
  const detail::OpenUserFile opened{file, ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  return parse_users(opened.read(), file.string());
}

/// Writes a user into a users' file: in place of the line with the same key, or at the end. The rest stays as it is,
/// comments included. Who reads at the same time sees the old file or the new one, and so does who comes after a crash;
/// who writes at the same time waits. A new file can be read by its owner only.
///
/// **Errors:** `std::invalid_argument` if a line cannot hold this user, as one with a plain password or with a ':' in
/// its name; `std::system_error`; those of `parse_users` if the file is not well-formed. The file is then as it was.
inline void write_user(const std::filesystem::path& file, const UserEntry& user) {
  const auto line = detail::line_of(user);
  if (!detail::names_a_user(line) || detail::parse_user(detail::without_blanks(line)) != user) {
    throw std::invalid_argument("a users' file cannot hold the user '" + user.key() + '\'');
  }
  for (;;) {
    const detail::OpenUserFile old{file, ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    old.checked([&] { return ::flock(old.get(), LOCK_EX); });
    const auto path = std::filesystem::canonical(file);
    struct stat named {};
    if (::stat(path.c_str(), &named) != 0 || named.st_ino != old.status().st_ino ||
        named.st_dev != old.status().st_dev) {
      continue;  // somebody replaced it while we waited for the lock
    }
    const auto text = old.read();
    parse_users(text, file.string());
    std::string result;
    bool replaced = false;
    for (std::string_view rest = text; !rest.empty();) {
      const auto there = detail::take_until(rest, '\n');
      const bool same =
          detail::names_a_user(there) && detail::parse_user(detail::without_blanks(there)).key() == user.key();
      result.append(same ? line : there) += '\n';
      replaced = replaced || same;
    }
    if (!replaced) (result += line) += '\n';
    return detail::replace_user_file(path, old, result);
  }
}

}  // namespace ftplike


namespace ftplike::inline v0_2 {

namespace detail {

/// The users of one moment, which do not change any more.
class UserSnapshot {
 public:
  /// **Errors:** `std::invalid_argument` if two users have the same key.
  explicit UserSnapshot(const std::vector<UserEntry>& users) {
    for (const UserEntry& user : users) {
      const auto [place, is_new] = users_.try_emplace(user.key(), user);
      if (!is_new) throw std::invalid_argument("a second user '" + user.key() + '\'');
      place->second.account.name = place->first;
    }
    for (const UserEntry& user : users) {
      if (!user.password.is_locked()) with_password_.push_back(&users_.at(user.key()));
    }
  }
  UserSnapshot(const UserSnapshot&) = delete;
  UserSnapshot& operator=(const UserSnapshot&) = delete;

  std::size_t size() const noexcept { return users_.size(); }
  const UserEntry* find(const std::string& name, std::string_view host) const {
    if (!host.empty()) {
      const auto there = users_.find(name + '@' + to_lower(host));
      if (there != users_.end()) return &there->second;
    }
    const auto anywhere = users_.find(name);
    return anywhere == users_.end() ? nullptr : &anywhere->second;
  }
  /// Somebody whose password takes the time that the one of this name would take if there was one: always the same
  /// for a name, and over many names as mixed as the table. Nobody if no user has a password.
  const UserEntry* stand_in(const std::string& name) const {
    if (with_password_.empty()) return nullptr;
    return with_password_[std::hash<std::string>{}(name) % with_password_.size()];
  }

 private:
  std::unordered_map<std::string, UserEntry> users_;
  std::vector<const UserEntry*> with_password_;
};

}  // namespace detail

/// An authenticator that knows users by name: those of a file (see `UserEntry` for its format) and those that were
/// added. Anonymous logins and sessions without a login may do what an `Anonymous` says; nothing without one. An
/// account's name is the key of its user: `name`, or `name@host` if the user belongs to a virtual host.
///
/// Copies are the same table: keep one to reload it while a server uses another. `Hashing` computes the hashes, where
/// blocking harms nobody. A login as somebody who does not exist, or whose password is locked, takes the hash of
/// somebody else's password.
///
/// **Threads:** any number at once. A login sees the table as it was when it began.
template <PasswordHashing Hashing = CryptHashing> class BasicUserTable {
 public:
  explicit BasicUserTable(Anonymous others = {}, Hashing hashing = {})
      : state_{std::make_shared<State>(std::move(others), std::move(hashing))} {}

  /// Adds a user.
  ///
  /// **Errors:** `std::invalid_argument` if there is one with the same key, or without a name.
  /// **Complexity:** linear in the number of users.
  void add(UserEntry user) {
    if (user.account.name.empty()) throw std::invalid_argument("a user without a name");
    const std::scoped_lock lock{state_->changing};
    auto added = state_->added;
    added.push_back(std::move(user));
    show(added, state_->read);
    state_->added = std::move(added);
  }
  /// Takes the users of `file` in place of those of the file before; those that were added stay. After an error all is
  /// as it was.
  ///
  /// **Errors:** `std::runtime_error`, one line that says where and what. (`std::system_error` is one of them.)
  void load(const std::filesystem::path& file) {
    const std::scoped_lock lock{state_->changing};
    load_locked(file);
  }
  /// Reads the file again, if there is one.
  ///
  /// **Errors:** as those of `load`.
  void reload() {
    const std::scoped_lock lock{state_->changing};
    if (!state_->file.empty()) load_locked(state_->file);
  }
  std::size_t size() const { return now()->size(); }
  /// Whether nobody can come in by now: there are no users, and the others may do nothing. A server may listen all the
  /// same, since users can still be added.
  bool admits_nobody() const { return size() == 0 && state_->others.admits_nobody(); }

  awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    const auto users = now();
    const UserEntry* const user = users->find(credentials.user, credentials.host);
    if (user != nullptr && is_certified(*user, credentials)) co_return user->account;
    if (user == nullptr) {
      auto anonymous = state_->others.anonymous(credentials.user);
      if (anonymous) co_return anonymous;
    }
    const bool can_fit = user != nullptr && !user->password.is_locked();
    const UserEntry* const compared = can_fit ? user : users->stand_in(credentials.user);
    if (compared == nullptr) co_return std::nullopt;
    const bool fits = co_await try_password(compared->password, credentials);
    if (!fits || !can_fit) co_return std::nullopt;
    co_return user->account;
  }
  std::optional<Account> guest() const { return state_->others.guest(); }
  bool needs_password(const Credentials& credentials) const {
    const auto users = now();
    const UserEntry* const user = users->find(credentials.user, credentials.host);
    return user == nullptr || !is_certified(*user, credentials);
  }

 private:
  struct State {
    State(Anonymous its_others, Hashing its_hashing) : others{std::move(its_others)}, hashing{std::move(its_hashing)} {}

    const Anonymous others;
    const Hashing hashing;
    std::mutex changing;  // held from the beginning of a change to its end; guards the next three
    std::filesystem::path file;
    std::vector<UserEntry> added;
    std::vector<UserEntry> read;
    std::mutex showing;  // guards the pointer alone, so that a login never waits for a file
    std::shared_ptr<const detail::UserSnapshot> users =
        std::make_shared<detail::UserSnapshot>(std::vector<UserEntry>{});
  };

  awaitable<bool> try_password(const Password& password, const Credentials& credentials) const {
    if (password.is_plain()) co_return password.fits(credentials.password, state_->hashing);
    auto compare = [password, offered = credentials.password, state = state_] {
      return password.fits(offered, state->hashing);
    };
    co_return co_await blocking(std::move(compare), Workload{WorkKind::password, client_key(credentials.address)});
  }
  static bool is_certified(const UserEntry& user, const Credentials& credentials) {
    return !user.certificate.empty() && credentials.certificate &&
           user.certificate == credentials.certificate->common_name;
  }
  std::shared_ptr<const detail::UserSnapshot> now() const {
    const std::scoped_lock lock{state_->showing};
    return state_->users;
  }
  void show(const std::vector<UserEntry>& added, const std::vector<UserEntry>& read) {
    auto all = added;
    all.insert(all.end(), read.begin(), read.end());
    auto fresh = std::make_shared<const detail::UserSnapshot>(all);
    const std::scoped_lock lock{state_->showing};
    state_->users.swap(fresh);  // the old one ends after the lock
  }
  void load_locked(std::filesystem::path file) {
    auto read = read_users(file);
    try {
      show(state_->added, read);
    } catch (const std::invalid_argument& wrong) { throw std::runtime_error(file.string() + ": " + wrong.what()); }
    state_->read = std::move(read);
    state_->file = std::move(file);
  }

  std::shared_ptr<State> state_;
};

/// A table of users whose hashes are those of the system's crypt(3).
using UserTable = BasicUserTable<>;

static_assert(Authenticator<UserTable>);

}  // namespace ftplike

// ---- ftplike/version.hpp

/// The version of this library, as text and as a number that can be compared: 1.2.3 is 10203.
#define FTPLIKE_VERSION_STRING "0.2.0"
#define FTPLIKE_VERSION 200


// ---- ftplike/observers/end.hpp

namespace ftplike::inline v0_2 {

/// Which end of a conversation an observer looks on from.
enum class End { server, client };

}  // namespace ftplike

// ---- ftplike/observers/explain.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/observers/explain_lanes.hpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/observers/text.hpp
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>


namespace ftplike::inline v0_2 {

/// A character of a text, and how many bytes it takes there.
struct CodePoint {
  char32_t value;  // U+FFFD if the bytes are no UTF-8; then one byte is taken
  std::size_t size;
};

/// The first character of a text, which must not be empty, read as UTF-8.
inline CodePoint first_code_point(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {U'\uFFFD', 1};
  char32_t value = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {U'\uFFFD', 1};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {U'\uFFFD', 1};
  return {value, size};
}

/// Whether a terminal would do something else with a character than show it: controls, and what changes the direction
/// of writing.
constexpr bool commands_a_terminal(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// What a peer sent as it may be shown on one line: what is no UTF-8 or commands the terminal becomes '?'.
inline std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    const bool shown = !commands_a_terminal(next.value) && (next.size > 1 || next.value < 0x80);
    if (shown)
      result += text.substr(0, next.size);
    else
      result += '?';
    text.remove_prefix(next.size);
  }
  return result;
}

namespace detail {

/// The columns that a terminal gives a character: 2 for the wide ones of East Asia and for pictures.
constexpr std::size_t columns_of(char32_t c) noexcept {
  if ((c >= 0x300 && c < 0x370) || c == 0x200B || c == 0x200C || c == 0x200D || (c >= 0xFE00 && c < 0xFE10)) return 0;
  const bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7A4) ||
                    (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) ||
                    (c >= 0xFFE0 && c < 0xFFE7) || (c >= 0x1F300 && c < 0x1FB00) || (c >= 0x20000 && c < 0x3FFFE);
  return wide ? 2 : 1;
}

/// The columns that a terminal gives a text that `printable` gave.
inline std::size_t columns_of(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    columns += columns_of(next.value);
    text.remove_prefix(next.size);
  }
  return columns;
}

/// The beginning of a text that `printable` gave, with "…" at its end if that is not all of it.
inline std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  std::string result;
  std::size_t used = 1;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    used += columns_of(next.value);
    if (used > columns) break;
    result += text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  return result + "…";
}

/// `192.0.2.7:51234`, `[2001:db8::1]:21`.
inline std::string text_of(const Endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

/// `TLSv1.3, TLS_AES_256_GCM_SHA384, resumed`.
inline std::string text_of(const TlsDetails& tls) {
  std::string text = tls.version + ", " + tls.cipher;
  if (tls.resumed) text += ", resumed";
  if (tls.keys_logged) text += ", KEYS ARE WRITTEN DOWN";
  return text;
}

}  // namespace detail

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// How `Explain` draws.
struct ExplainStyle {
  std::size_t columns = 96;  // from 80 on
  bool colours = false;      // for terminals that know ANSI's escapes
};

namespace detail {

enum class Paint { none, dim, command, good_reply, bad_reply, data, trouble };

/// What a row shows in one lane.
class LaneCell {
 public:
  LaneCell() = default;
  LaneCell(std::string its_text, Paint its_paint) : text{std::move(its_text)}, paint{its_paint} {}
  std::string text;
  Paint paint = Paint::none;
};

/// One connection drawn from left (the client) to right (the server) in a number of columns.
class Lane {
 public:
  explicit Lane(std::size_t columns) : columns_{columns} {}
  std::size_t columns() const noexcept { return columns_; }

  /// Words on their way to the server: `RETR a.txt ─────▶`.
  std::string to_server(std::string_view words) const {
    const auto text = cut_to(words, columns_ - 4);
    return text + ' ' + line("─", columns_ - columns_of(text) - 2) + "▶";
  }
  /// `◀───── 226 Download complete`.
  std::string to_client(std::string_view words) const {
    const auto text = cut_to(words, columns_ - 4);
    return "◀" + line("─", columns_ - columns_of(text) - 2) + ' ' + text;
  }
  /// Bytes on their way: `◀════ 12 bytes ════`.
  std::string flow(const std::string& words, bool towards_server) const {
    const auto text = cut_to(words, columns_ - 5);
    const auto rest = columns_ - columns_of(text) - 3;
    const auto left = line("═", rest / 2) + ' ' + text + ' ';
    return towards_server ? left + line("═", rest - rest / 2) + "▶" : "◀" + left + line("═", rest - rest / 2);
  }
  /// The two ends: `5000 ●── opened ──● 21`, with the first caption and the first names that there is room for.
  std::string ends(std::initializer_list<std::pair<std::string, std::string>> names, std::string_view end,
                   std::initializer_list<std::string> captions) const {
    for (const auto& caption : captions) {
      for (const auto& [left, right] : names) {
        const auto used = columns_of(left) + columns_of(right) + columns_of(caption) + 6;
        if (used + 2 > columns_) continue;
        const auto rest = columns_ - used;
        return left + ' ' + std::string{end} + line("─", rest / 2) + ' ' + caption + ' ' + line("─", rest - rest / 2) +
               std::string{end} + ' ' + right;
      }
    }
    return cut_to(*(captions.end() - 1), columns_);
  }
  std::string at_left(std::string_view words) const { return cut_to(words, columns_); }
  std::string at_right(std::string_view words) const {
    const auto text = cut_to(words, columns_);
    return std::string(columns_ - columns_of(text), ' ') + text;
  }
  /// Something at both sides and nothing between.
  std::string sides(std::string_view left, std::string_view right) const {
    const auto used = columns_of(left) + columns_of(right);
    return std::string{left} + std::string(columns_ - std::min(columns_, used), ' ') + std::string{right};
  }
  std::string padded(std::string_view text) const {
    const auto used = columns_of(text);
    return std::string{text} + std::string(columns_ - std::min(columns_, used), ' ');
  }

  static std::string line(std::string_view glyph, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += glyph;
    return result;
  }

 private:
  std::size_t columns_;
};

/// The page on which the two connections of each session stand side by side.
class Lanes {
 public:
  explicit Lanes(const ExplainStyle& style)
      : control{room(style) - room(style) * 9 / 20}, data{room(style) * 9 / 20}, colours_{style.colours} {}

  const Lane control, data;

  std::string top() const {
    const auto title = [](const Lane& lane, std::string_view words) {
      return "─ " + std::string{words} + ' ' + Lane::line("─", lane.columns() - words.size() - 1);
    };
    return margin("") +
           painted("╭" + title(control, "control connection") + "┬" + title(data, "data connections") + "╮",
                   Paint::dim);
  }
  std::string names() const {
    return assembled(margin(" seconds"), {control.sides("client", "server"), Paint::dim},
                     {data.sides("client", "server"), Paint::dim});
  }
  std::string bottom() const {
    return margin("") +
           painted("╰" + Lane::line("─", control.columns() + 2) + "┴" + Lane::line("─", data.columns() + 2) + "╯",
                   Paint::dim);
  }
  std::string row(double seconds, std::uint64_t session, const LaneCell& in_control, const LaneCell& in_data) const {
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%8.*f ", seconds < 10'000 ? 3 : 0, seconds);
    auto tag = '#' + std::to_string(session);
    tag.resize(std::max<std::size_t>(tag.size(), 5), ' ');
    if (colours_) tag = "\x1b[1;" + std::to_string(31 + (session - 1) % 6) + 'm' + tag + "\x1b[0m";
    return assembled(painted(time.data(), Paint::dim) + tag, in_control, in_data);
  }

 private:
  static constexpr std::size_t margin_columns = 14;
  static std::size_t room(const ExplainStyle& style) {
    return std::max<std::size_t>(style.columns, 80) - margin_columns - 7;
  }
  std::string margin(std::string_view words) const {
    return painted(std::string{words} + std::string(margin_columns - words.size(), ' '), Paint::dim);
  }
  std::string assembled(const std::string& prefix, const LaneCell& in_control, const LaneCell& in_data) const {
    return prefix + painted("│ ", Paint::dim) + painted(control.padded(in_control.text), in_control.paint) +
           painted(" │ ", Paint::dim) + painted(data.padded(in_data.text), in_data.paint) + painted(" │", Paint::dim);
  }
  std::string painted(const std::string& text, Paint paint) const {
    if (!colours_ || paint == Paint::none) return text;
    const auto code = [paint] {
      switch (paint) {
        case Paint::dim: return "2";
        case Paint::command: return "36";
        case Paint::good_reply: return "32";
        case Paint::bad_reply: return "31";
        case Paint::data: return "33";
        case Paint::trouble: return "1;31";
        case Paint::none: break;
      }
      return "0";
    }();
    return std::string{"\x1b["} + code + 'm' + text + "\x1b[0m";
  }

  bool colours_;
};

}  // namespace detail
}  // namespace ftplike

// ---- ftplike/observers/lines.hpp
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>


namespace ftplike::inline v0_2 {

/// Where an observer's lines go: anything that can be called with a line without its end. An observer calls it from the
/// threads of its sessions, but never twice at once. It is not to throw.
using LineSink = std::function<void(std::string_view line)>;

/// Adds lines to a file, each by one write, so that those of several writers do not mix. Lines for which there is no
/// room are lost. Copies write to the same file.
///
/// **Threads:** safe.
class LineFile {
 public:
  /// **Errors:** `std::system_error` if the file cannot be opened for writing.
  explicit LineFile(std::string path) : state_{std::make_shared<State>(std::move(path), -1, true)} { reopen(); }
  /// A descriptor that somebody else opened and closes, as stderr.
  explicit LineFile(int descriptor) : state_{std::make_shared<State>("", descriptor, false)} {}

  /// The same, but nothing is left of what was in the file.
  static LineFile anew(const std::string& path) {
    const detail::Descriptor emptied{::open(path.c_str(), O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0640)};
    if (!emptied) throw std::system_error(errno, std::generic_category(), path);
    return LineFile{path};
  }

  void operator()(std::string_view line) const {
    std::string whole{line};
    whole += '\n';
    const std::lock_guard lock{state_->mutex};
    std::string_view rest = whole;
    while (!rest.empty()) {
      const auto n = ::write(state_->descriptor, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  /// Goes on with the file that has the name now, after the one before was moved away. (logrotate)
  ///
  /// **Errors:** `std::system_error`; it then goes on with the one before.
  void reopen() const {
    if (!state_->ours) return;
    detail::Descriptor fresh{::open(state_->path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)};
    if (!fresh) throw std::system_error(errno, std::generic_category(), state_->path);
    const std::lock_guard lock{state_->mutex};
    state_->descriptor = fresh.get();
    state_->owned = std::move(fresh);
  }

 private:
  struct State {
    State(std::string its_path, int its_descriptor, bool it_is_ours)
        : path{std::move(its_path)}, ours{it_is_ours}, descriptor{its_descriptor} {}
    const std::string path;
    const bool ours;  // or the descriptor is somebody else's
    std::mutex mutex;
    detail::Descriptor owned;
    int descriptor;
  };
  std::shared_ptr<State> state_;
};

}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// Shows FTP at work: the control connection and the data connections as two lanes side by side, the client at the left
/// and the server at the right of each; who said what when, which ports opened, how many bytes went which way.
///
///     Server server{network, DirectoryStorage{"files"}, Explain{End::server, [](auto row) { std::cout << row << '\n';
///     }}};
///
/// Times are seconds since the session began; `#2` is the second session. Of the bytes under way a row tells once a
/// second, whatever their number. Copies draw on the same page. **Threads:** safe.
class Explain {
 public:
  explicit Explain(End end, LineSink sink, const ExplainStyle& style = {},
                   std::function<Time()> now = std::chrono::steady_clock::now)
      : state_{std::make_shared<State>(end, std::move(sink), style, std::move(now))} {}

  void operator()(const SessionOpened& event) { state_->opened(event.who); }
  void operator()(const CommandSeen& event) {
    std::string words = printable(event.verb);
    if (!event.argument.empty()) words += ' ' + printable(event.argument);
    state_->in_control(
        event.who, [&](const detail::Lane& lane) { return lane.to_server(words); }, detail::Paint::command);
  }
  void operator()(const ReplySeen& event) { state_->replied(event.who, event.reply); }
  void operator()(const ConnectionSecured& event) {
    state_->tls(event.who, event.data, detail::text_of(event.tls), false);
  }
  void operator()(const HandshakeFailed& event) {
    state_->tls(event.who, event.data, "✗ no TLS: " + event.error.message(), true);
  }
  void operator()(const DataListening& event) { state_->listening(event.who, event.local); }
  void operator()(const StrangerRefused& event) {
    state_->in_data(event.who, "✗ stranger " + detail::text_of(event.stranger), detail::Paint::trouble);
  }
  void operator()(const DataOpened& event) { state_->data_opened(event); }
  void operator()(const DataMoved& event) { state_->data_moved(event); }
  void operator()(const DataClosed& event) { state_->data_closed(event); }
  void operator()(const TransferEnded& event) {
    if (event.complete()) return;  // the reply says so
    state_->in_data(event.who, "✗ " + event.error.message(), detail::Paint::trouble);
  }
  void operator()(const SessionClosed& event) { state_->closed(event.who, event.error); }

 private:
  struct Seen {  // of one session
    Time began{}, data_began{}, last_flow{};
    enum class Data { none, waiting, open } data = Data::none;
  };

  class State {
   public:
    State(End end, LineSink sink, const ExplainStyle& style, std::function<Time()> now)
        : end_{end}, sink_{std::move(sink)}, lanes_{style}, now_{std::move(now)} {}

    void opened(const SessionInfo& who) {
      const std::lock_guard lock{mutex_};
      if (sessions_.empty() || rows_ > rows_of_a_page) {
        rows_ = 0;
        sink_(lanes_.top());
        sink_(lanes_.names());
      }
      Seen& seen = sessions_[who.number];
      seen.began = now_();
      draw(who, seen, {ends_of(who, "●", {"connected"}), detail::Paint::none}, {});
    }

    void closed(const SessionInfo& who, std::error_code error) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      const std::string why = error ? "closed: " + error.message() : "closed";
      draw(who, seen, {ends_of(who, "○", {why, "closed"}), error ? detail::Paint::trouble : detail::Paint::none}, {});
      sessions_.erase(who.number);
      if (sessions_.empty()) sink_(lanes_.bottom());
    }

    template <class Draw> void in_control(const SessionInfo& who, Draw text, detail::Paint paint) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      draw(who, seen, {text(lanes_.control), paint}, idle_data(seen));
    }
    void in_data(const SessionInfo& who, const std::string& words, detail::Paint paint) {
      const std::lock_guard lock{mutex_};
      draw(who, session(who), idle_control(), {lanes_.data.at_left(words), paint});
    }

    void tls(const SessionInfo& who, bool data, const std::string& words, bool failed) {
      const auto paint = failed ? detail::Paint::trouble : detail::Paint::dim;
      if (data) return in_data(who, words, paint);
      in_control(
          who, [&](const detail::Lane& lane) { return lane.at_left(words); }, paint);
    }

    void replied(const SessionInfo& who, const Reply& reply) {
      const auto paint = reply.negative() ? detail::Paint::bad_reply : detail::Paint::good_reply;
      const auto end_of_line = reply.text().find('\n');
      const bool one_line = end_of_line == std::string::npos;
      const auto first = std::to_string(reply.code()) + (one_line ? " " : "-") +
                         printable(std::string_view{reply.text()}.substr(0, end_of_line));
      in_control(
          who, [&](const detail::Lane& lane) { return lane.to_client(first); }, paint);
      if (one_line) return;
      const auto more = std::count(reply.text().begin(), reply.text().end(), '\n');
      const auto rest = "and " + std::to_string(more) + (more == 1 ? " line more" : " lines more");
      in_control(
          who, [&](const detail::Lane& lane) { return lane.at_right(rest); }, paint);
    }

    void listening(const SessionInfo& who, const Endpoint& local) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      seen.data = Seen::Data::waiting;
      const auto port = "port " + std::to_string(local.port()) + " waits";
      draw(who, seen, idle_control(),
           {end_ == End::server ? lanes_.data.at_right(port + " ○") : lanes_.data.at_left("○ " + port),
            detail::Paint::data});
    }
    void data_opened(const DataOpened& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      seen.data = Seen::Data::open;
      seen.data_began = seen.last_flow = now_();
      draw(event.who, seen, idle_control(), {data_ends(event, "●", "opened"), detail::Paint::data});
    }
    void data_moved(const DataMoved& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      const Time now = now_();
      if (now - seen.last_flow < std::chrono::seconds{1}) return;
      seen.last_flow = now;
      draw(event.who, seen, idle_control(), flow(bytes(event.total) + " so far", event.direction));
    }
    void data_closed(const DataClosed& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      draw(event.who, seen, idle_control(), flow(bytes(event.total), event.direction));
      seen.data = Seen::Data::none;
      std::array<char, 48> took{};
      std::snprintf(took.data(), took.size(), "closed, %.3f s", seconds(now_() - seen.data_began));
      draw(event.who, seen, idle_control(), {data_ends(event, "○", took.data()), detail::Paint::data});
    }

   private:
    static constexpr int rows_of_a_page = 40;

    static double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
    /// A number of bytes with its digits in groups of three.
    static std::string bytes(std::uint64_t count) {
      std::string digits = std::to_string(count);
      for (auto at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ' ');
      return digits + (count == 1 ? " byte" : " bytes");
    }

    Seen& session(const SessionInfo& who) {
      const auto [place, is_new] = sessions_.try_emplace(who.number);
      if (is_new) place->second.began = now_();  // it began before we were there
      return place->second;
    }
    void draw(const SessionInfo& who, const Seen& seen, const detail::LaneCell& control, const detail::LaneCell& data) {
      ++rows_;
      sink_(lanes_.row(seconds(now_() - seen.began), who.number, control, data));
    }
    detail::LaneCell idle_control() const { return {lanes_.control.sides("┊", "┊"), detail::Paint::dim}; }
    detail::LaneCell idle_data(const Seen& seen) const {
      if (seen.data == Seen::Data::none) return {};
      const bool at_server = seen.data == Seen::Data::open || end_ == End::server;
      const bool at_client = seen.data == Seen::Data::open || end_ == End::client;
      return {lanes_.data.sides(at_client ? "┊" : " ", at_server ? "┊" : " "), detail::Paint::dim};
    }
    detail::LaneCell flow(const std::string& words, Direction direction) const {
      const bool towards_server = (direction == Direction::received) == (end_ == End::server);
      return {lanes_.data.flow(words, towards_server), detail::Paint::data};
    }
    std::string ends_of(const SessionInfo& who, std::string_view dot,
                        std::initializer_list<std::string> captions) const {
      const auto& client = end_ == End::server ? who.peer : who.local;
      const auto& server = end_ == End::server ? who.local : who.peer;
      return lanes_.control.ends({{detail::text_of(client), detail::text_of(server)},
                                  {detail::text_of(client), std::to_string(server.port())},
                                  {std::to_string(client.port()), std::to_string(server.port())}},
                                 dot, captions);
    }
    template <class Event>
    std::string data_ends(const Event& event, std::string_view dot, const std::string& caption) const {
      const auto client = std::to_string((end_ == End::server ? event.remote : event.local).port());
      const auto server = std::to_string((end_ == End::server ? event.local : event.remote).port());
      return lanes_.data.ends({{client, server}}, dot, {caption, caption.substr(0, caption.find(','))});
    }

    const End end_;
    const LineSink sink_;
    const detail::Lanes lanes_;
    const std::function<Time()> now_;
    std::mutex mutex_;
    std::map<std::uint64_t, Seen> sessions_;
    int rows_ = 0;
  };

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2

// ---- ftplike/observers/log.hpp
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/observers/wall_time.hpp
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>

namespace ftplike::inline v0_2 {

/// Where logs take the time of day from.
using WallClock = std::function<std::chrono::system_clock::time_point()>;

namespace detail {

/// A time in the system's time zone, taken apart.
inline std::tm local_parts(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when));
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

/// `2026-11-22 18:00:33.123 +0100`.
inline std::string log_time(std::chrono::system_clock::time_point when) {
  const std::tm parts = local_parts(when);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch()).count() % 1000;
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%04d-%02d-%02d %02d:%02d:%02d.%03d ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>((milliseconds + 1000) % 1000));
  std::string result = room.data();
  return result.append(room.data(), std::strftime(room.data(), room.size(), "%z", &parts));
}

/// `Sun Nov 22 18:00:33 2026`, with the names that programs read, whatever language the process speaks.
inline std::string xferlog_time(std::chrono::system_clock::time_point when) {
  constexpr const char* days[]{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[]{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm parts = local_parts(when);
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%s %s %2d %02d:%02d:%02d %d", days[parts.tm_wday], months[parts.tm_mon],
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_year + 1900);
  return room.data();
}

}  // namespace detail
}  // namespace ftplike


namespace ftplike::inline v0_2 {

/// What a `Log` tells of.
enum class LogDetail {
  sessions,  // comings, goings, logins, transfers of files, whoever was refused
  commands,  // these, and every command and reply
};

/// Tells what happens in lines for people:
///
///     2026-11-22 18:00:33.123 +0100 #12 192.0.2.7:51234 anna: STOR /a.txt: received 12345 bytes in 0.120 s
///
/// Copies write to the same place. **Threads:** safe.
class Log {
 public:
  explicit Log(LineSink sink, LogDetail detail = LogDetail::sessions, WallClock now = std::chrono::system_clock::now)
      : state_{std::make_shared<State>(std::move(sink), detail, std::move(now))} {}

  void operator()(const SessionOpened& event) { say(event.who, "connected to " + detail::text_of(event.who.local)); }
  void operator()(const SessionRefused& event) { say(event.who, "turned away: too many connections"); }
  void operator()(const CommandSeen& event) {
    if (state_->detail != LogDetail::commands) return;
    std::string words = "> ";
    words += event.verb;
    if (!event.argument.empty()) (words += ' ') += event.argument;
    if (event.unterminated) words += " (without a line ending)";
    say(event.who, words);
  }
  void operator()(const ReplySeen& event) {
    if (state_->detail != LogDetail::commands) return;
    const auto& words = event.reply.text();
    say(event.who, "< " + std::to_string(event.reply.code()) + ' ' + words.substr(0, words.find('\n')));
  }
  void operator()(const LoginTried& event) {
    std::string words = event.accepted ? "logged in as " : "login refused to ";
    say(event.who, words += event.user);
  }
  void operator()(const ConnectionSecured& event) {
    if (event.data && state_->detail != LogDetail::commands) return;
    say(event.who, detail::text_of(event.tls) + (event.data ? " for data" : ""));
  }
  void operator()(const HandshakeFailed& event) {
    say(event.who, std::string{"no TLS"} + (event.data ? " for data: " : ": ") + event.error.message());
  }
  void operator()(const StrangerRefused& event) {
    say(event.who, "stranger " + detail::text_of(event.stranger) + " refused at the data port");
  }
  void operator()(const TransferEnded& event) {
    if (event.listing && event.complete() && state_->detail != LogDetail::commands) return;
    std::string words{event.verb};
    (words += ' ') += event.path.string();
    words += event.direction == Direction::sent ? ": sent " : ": received ";
    words += std::to_string(event.bytes) + (event.bytes == 1 ? " byte" : " bytes");
    if (event.offset > 0) words += " from " + std::to_string(event.offset) + " on";
    std::array<char, 32> took{};
    std::snprintf(took.data(), took.size(), " in %.3f s", std::chrono::duration<double>(event.took).count());
    words += took.data();
    if (!event.complete()) words += ", incomplete: " + event.error.message();
    say(event.who, words);
  }
  void operator()(const SessionClosed& event) {
    say(event.who, event.error ? "closed: " + event.error.message() : "closed");
  }

 private:
  struct State {
    State(LineSink its_sink, LogDetail its_detail, WallClock its_clock)
        : sink{std::move(its_sink)}, detail{its_detail}, now{std::move(its_clock)} {}
    const LineSink sink;
    const LogDetail detail;
    const WallClock now;
    std::mutex mutex;
  };

  void say(const SessionInfo& who, std::string_view words) {
    std::string line = " #" + std::to_string(who.number) + ' ' + detail::text_of(who.peer);
    if (!who.user.empty()) line += ' ' + who.user;
    (line += ": ") += words;
    const std::lock_guard lock{state_->mutex};  // before the time is taken, so that lines are in its order
    state_->sink(detail::log_time(state_->now()) + printable(line));
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2

// ---- ftplike/observers/metrics.hpp
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>


namespace ftplike::inline v0_2 {

/// Counts what happens, and tells the counts in the text format of Prometheus. Copies are the same counts: give one to
/// a server, keep one to ask. How many series there are does not depend on what clients send.
///
/// **Threads:** safe, and without locks.
class Metrics {
 public:
  Metrics() : state_{std::make_shared<State>()} {}

  void operator()(const SessionOpened&) {
    ++state_->sessions;
    ++state_->sessions_open;
  }
  void operator()(const SessionRefused&) { ++state_->sessions_refused; }
  void operator()(const SessionClosed&) { --state_->sessions_open; }
  void operator()(const CommandSeen& event) {
    const auto place = std::lower_bound(verbs.begin(), verbs.end(), event.verb);
    const bool known = place != verbs.end() && *place == event.verb;
    ++state_->commands[known ? static_cast<std::size_t>(place - verbs.begin()) : verbs.size()];
  }
  void operator()(const ReplySeen& event) {
    const int code = event.reply.code();
    if (code >= 100 && code < 600) ++state_->replies[static_cast<std::size_t>(code - 100)];
  }
  void operator()(const LoginTried& event) { ++(event.accepted ? state_->logins : state_->logins_refused); }
  void operator()(const ConnectionSecured& event) {
    const auto version = std::find(versions.begin(), versions.end(), event.tls.version) - versions.begin();
    ++state_->secured[event.data][static_cast<std::size_t>(version)][event.tls.resumed];
  }
  void operator()(const HandshakeFailed& event) { ++state_->handshakes_failed[event.data]; }
  void operator()(const StrangerRefused&) { ++state_->strangers; }
  void operator()(const DataOpened&) {
    ++state_->data_connections;
    ++state_->data_connections_open;
  }
  void operator()(const DataClosed& event) {
    --state_->data_connections_open;
    state_->bytes[index(event.direction)] += event.total;
  }
  void operator()(const TransferEnded& event) {
    ++state_->transfers[index(event.direction)][verdict(event.error)];
    if (!event.complete()) return;
    const auto took = std::chrono::duration<double>(event.took).count();
    const auto bucket = std::lower_bound(buckets.begin(), buckets.end(), took) - buckets.begin();
    ++state_->durations[static_cast<std::size_t>(bucket)];
    state_->microseconds += static_cast<std::uint64_t>(took * 1e6);
  }

  /// All counts, in the text format 0.0.4.
  std::string text() const {
    Page page;
    const State& now = *state_;
    page.single("ftplike_sessions_total", "counter", "Sessions since the start.", now.sessions);
    page.single("ftplike_sessions_refused_total", "counter", "Clients turned away with 421.", now.sessions_refused);
    page.single("ftplike_sessions_open", "gauge", "Sessions now.", now.sessions_open);
    page.head("ftplike_logins_total", "counter", "Logins tried.");
    page.sample("result=\"accepted\"", now.logins);
    page.sample("result=\"refused\"", now.logins_refused);
    page.head("ftplike_commands_total", "counter", "Commands, by verb.");
    for (std::size_t i = 0; i <= verbs.size(); ++i) {
      const std::string_view verb = i < verbs.size() ? verbs[i] : "other";
      page.sample_if_any("verb=\"" + std::string{verb} + '"', now.commands[i]);
    }
    page.head("ftplike_replies_total", "counter", "Replies, by code.");
    for (std::size_t i = 0; i < now.replies.size(); ++i) {
      page.sample_if_any("code=\"" + std::to_string(100 + i) + '"', now.replies[i]);
    }
    page.single("ftplike_data_connections_total", "counter", "Data connections since the start.", now.data_connections);
    page.single("ftplike_data_connections_open", "gauge", "Data connections now.", now.data_connections_open);
    page.head("ftplike_tls_connections_total", "counter", "Connections secured by TLS.");
    for (std::size_t data = 0; data < 2; ++data) {
      for (std::size_t i = 0; i <= versions.size(); ++i) {
        const auto labels =
            connection(data) + ",version=\"" + (i < versions.size() ? versions[i] : "other") + "\",resumed=";
        page.sample_if_any(labels + "\"no\"", now.secured[data][i][0]);
        page.sample_if_any(labels + "\"yes\"", now.secured[data][i][1]);
      }
    }
    page.head("ftplike_tls_handshakes_failed_total", "counter", "TLS handshakes that failed.");
    for (std::size_t data = 0; data < 2; ++data) page.sample(connection(data), now.handshakes_failed[data]);
    page.single("ftplike_strangers_refused_total", "counter", "Strangers at data ports.", now.strangers);
    page.head("ftplike_data_bytes_total", "counter", "Bytes over data connections that have ended.");
    for (std::size_t way = 0; way < 2; ++way) page.sample(direction(way), now.bytes[way]);
    page.head("ftplike_transfers_total", "counter", "Transfers that have ended, listings too, by what became of them.");
    for (std::size_t way = 0; way < 2; ++way) {
      for (std::size_t i = 0; i < verdicts.size(); ++i) {
        page.sample(direction(way) + ",verdict=\"" + std::string{verdicts[i]} + '"', now.transfers[way][i]);
      }
    }
    page.head("ftplike_transfer_seconds", "histogram", "What complete transfers took.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= buckets.size(); ++i) {
      below += now.durations[i];
      page.sample("le=\"" + (i < buckets.size() ? number(buckets[i]) : "+Inf") + '"', below, "_bucket");
    }
    page.value("_sum", number(static_cast<double>(now.microseconds) / 1e6));
    page.value("_count", std::to_string(below));
    return page.text;
  }

 private:
  using Count = std::atomic<std::uint64_t>;

  // Those that clients may be expected to send; whatever else they send is one series.
  static constexpr std::array<std::string_view, 66> verbs{
      "ABOR", "ACCT", "ADAT", "ALLO", "APPE", "AUTH", "AVBL", "CCC",  "CDUP",  "CLNT",    "COMB",
      "CWD",  "DELE", "EPRT", "EPSV", "FEAT", "HASH", "HELP", "HOST", "LANG",  "LIST",    "MDTM",
      "MFF",  "MFMT", "MKD",  "MLSD", "MLST", "MODE", "NLST", "NOOP", "OPTS",  "PASS",    "PASV",
      "PBSZ", "PORT", "PROT", "PWD",  "QUIT", "RANG", "REIN", "REST", "RETR",  "RMD",     "RNFR",
      "RNTO", "SITE", "SIZE", "SMNT", "STAT", "STOR", "STOU", "STRU", "SYST",  "TYPE",    "USER",
      "UTF8", "XCRC", "XCUP", "XCWD", "XMD5", "XMKD", "XPWD", "XRMD", "XSHA1", "XSHA256", "XSHA512"};
  static_assert(std::is_sorted(verbs.begin(), verbs.end()));
  static constexpr std::array<const char*, 2> versions{"TLSv1.2", "TLSv1.3"};
  static constexpr std::array<double, 7> buckets{0.001, 0.01, 0.1, 1, 10, 100, 1000};
  static constexpr std::array<std::string_view, 8> verdicts{
      "complete", "aborted", "peer_lost", "stalled", "no_data_connection", "storage_full", "shutting_down", "other"};

  struct State {
    Count sessions{}, sessions_refused{}, sessions_open{}, logins{}, logins_refused{}, data_connections{},
        data_connections_open{}, strangers{}, microseconds{};
    std::array<Count, verbs.size() + 1> commands{};
    std::array<Count, 500> replies{};
    std::array<Count, 2> bytes{};
    std::array<std::array<Count, verdicts.size()>, 2> transfers{};
    std::array<Count, buckets.size() + 1> durations{};
    std::array<std::array<std::array<Count, 2>, versions.size() + 1>, 2> secured{};  // by connection, version, resumed
    std::array<Count, 2> handshakes_failed{};
  };

  static std::size_t index(Direction direction) noexcept { return direction == Direction::sent ? 0 : 1; }
  static std::string direction(std::size_t index) {
    return index == 0 ? "direction=\"sent\"" : "direction=\"received\"";
  }
  static std::string connection(std::size_t data) { return data ? "connection=\"data\"" : "connection=\"control\""; }
  static std::size_t verdict(std::error_code error) noexcept {
    if (!error) return 0;
    if (error == Errc::aborted) return 1;
    if (error == Errc::peer_lost || error == std::errc::connection_reset || error == std::errc::broken_pipe) return 2;
    if (error == Errc::stalled) return 3;
    if (error == Errc::no_data_connection || error == Errc::no_handshake) return 4;
    if (error == Errc::quota_exceeded || error == std::errc::no_space_on_device) return 5;
    if (error == Errc::shutting_down) return 6;
    return 7;
  }
  static std::string number(double value) {
    std::array<char, 32> room{};
    std::snprintf(room.data(), room.size(), "%.10g", value);
    return room.data();
  }

  struct Page {
    void head(std::string_view its_name, std::string_view type, std::string_view help) {
      name = its_name;
      text.append("# HELP ").append(name).append(" ").append(help);
      text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void value(std::string_view rest_of_name, std::string_view value) {
      text.append(name).append(rest_of_name).append(" ").append(value).append("\n");
    }
    void sample(const std::string& labels, std::uint64_t count, const std::string& suffix = "") {
      value(suffix + '{' + labels + '}', std::to_string(count));
    }
    void sample_if_any(const std::string& labels, std::uint64_t count) {
      if (count > 0) sample(labels, count);
    }
    void single(std::string_view its_name, std::string_view type, std::string_view help, std::uint64_t count) {
      head(its_name, type, help);
      value("", std::to_string(count));
    }
    std::string text, name;
  };

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2

// ---- ftplike/observers/metrics_page.hpp
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>


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

// ---- ftplike/observers/on.hpp
#include <concepts>
#include <string_view>
#include <system_error>
#include <utility>


// Observers made of a function, for what most programs want to know. `Observers{…}` makes one of several. What holds
// for the events holds for the functions: on which thread they are called, and what their exceptions do.
// (io/observer.hpp)
namespace ftplike::inline v0_2 {

/// Something that went wrong.
struct Trouble {
  const SessionInfo& who;
  std::string_view activity;  // the verb of a transfer, or "session"
  std::error_code error;
};

namespace detail {

template <class F> class OnUpload {
 public:
  explicit OnUpload(F f) : f_{std::move(f)} {}
  void operator()(const TransferEnded& event) {
    if (event.is_upload()) f_(event);
  }

 private:
  F f_;
};

template <class F> class OnLogin {
 public:
  explicit OnLogin(F f) : f_{std::move(f)} {}
  void operator()(const LoginTried& event) {
    if (event.accepted) f_(event);
  }

 private:
  F f_;
};

template <class F> class OnError {
 public:
  explicit OnError(F f) : f_{std::move(f)} {}
  void operator()(const TransferEnded& event) {
    if (event.error) f_(Trouble{event.who, event.verb, event.error});
  }
  void operator()(const SessionClosed& event) {
    if (event.error) f_(Trouble{event.who, "session", event.error});
  }

 private:
  F f_;
};

}  // namespace detail

/// Calls `f` with the `TransferEnded` of every file that was received and stands whole under its name.
///
///     on_upload([](const TransferEnded& upload) { … upload.shown_path(), upload.size(), upload.who.user … })
template <std::invocable<const TransferEnded&> F> auto on_upload(F f) { return detail::OnUpload<F>{std::move(f)}; }

/// Calls `f` with the `LoginTried` of every login that was accepted.
template <std::invocable<const LoginTried&> F> auto on_login(F f) { return detail::OnLogin<F>{std::move(f)}; }

/// Calls `f` with the `Trouble` of every transfer that failed, and of every session that ended without a farewell.
template <std::invocable<const Trouble&> F> auto on_error(F f) { return detail::OnError<F>{std::move(f)}; }

}  // namespace ftplike::inline v0_2

// ---- ftplike/observers/recorder.hpp
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

// ---- ftplike/protocol/recording.hpp
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>


// A session, or several, as a file of lines: what `Recorder` writes and a replay reads. docs/recording.md has the
// format.
namespace ftplike::inline v0_2 {

/// A digest of bytes that need not resist anybody: FNV-1a of 64 bits.
class QuickDigest {
 public:
  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325u;
};

/// A line of a recording.
class RecordedEvent {
 public:
  enum class Kind {
    opened,     // text: both ends
    command,    // text: verb and argument
    reply,      // code and text
    connected,  // a data connection; text: both ends
    bytes,      // some of its bytes: text
    data,       // it has ended: bytes, digest, and whether it has one
    closed,     // text: why
  };

  Kind kind{};
  std::size_t line = 0;  // in the file, from 1 on
  std::uint64_t session = 0;
  std::chrono::microseconds at{};  // since the recording began
  std::string text;
  int code = 0;
  bool unterminated = false;  // a command that came without a line ending
  bool up = false;            // data that went to the server
  std::uint64_t bytes = 0, digest = 0;

  friend bool operator==(const RecordedEvent&, const RecordedEvent&) = default;
};

/// What was recorded.
class Recording {
 public:
  static constexpr std::string_view heading = "ftplike-recording 1";
  static constexpr std::string_view hidden = "***";  // in place of a password

  std::vector<RecordedEvent> events;

  /// What a file says; or what is wrong with it, with the number of the line.
  static std::optional<Recording> parse(std::string_view text, std::string& complaint);
  /// A line of the file, without its end.
  static std::string line_of(const RecordedEvent& event);

  friend bool operator==(const Recording&, const Recording&) = default;
};

namespace detail {

inline constexpr std::array<std::string_view, 7> recorded_words{"opened", ">",    "<",     "connected",
                                                                "bytes",  "data", "closed"};

/// A text in one line of printable ASCII: what is none, and '\', is written as `\n` or `\x1F`.
inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> code{};
    if (c == '\n') {
      result += "\\n";
    } else if (byte < ' ' || byte >= 127 || c == '\\') {
      std::snprintf(code.data(), code.size(), "\\x%02X", static_cast<unsigned>(byte));
      result += code.data();
    } else {
      result += c;
    }
  }
  return result;
}

inline std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
    } else if (text.substr(i).starts_with("\\n")) {
      result += '\n';
      ++i;
    } else {
      unsigned value = 0;
      const auto digits = text.substr(std::min(i + 2, text.size()), 2);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (!text.substr(i).starts_with("\\x") || digits.size() < 2 || read.ptr != digits.data() + 2) return std::nullopt;
      result += static_cast<char>(value);
      i += 3;
    }
  }
  return result;
}

/// Reads one line of a recording after the other.
class RecordingReader {
 public:
  /// The event of a line; empty if it is none.
  static std::optional<RecordedEvent> event_of(std::string_view line) {
    RecordedEvent event;
    std::uint64_t seconds = 0, micros = 0;
    const auto time = [&](std::string_view word) {
      const auto dot = word.find('.');
      return dot != word.npos && word.size() - dot == 7 && number(word.substr(0, dot), seconds) &&
             number(word.substr(dot + 1), micros) && seconds < 1'000'000'000;
    };
    if (!number(next_word(line), event.session) || !time(next_word(line))) return std::nullopt;
    event.at = std::chrono::seconds{seconds} + std::chrono::microseconds{micros};
    auto word = next_word(line);
    if (word == ">.") {
      event.unterminated = true;
      word = ">";
    }
    const auto found = std::find(recorded_words.begin(), recorded_words.end(), word);
    if (found == recorded_words.end()) return std::nullopt;
    event.kind = static_cast<RecordedEvent::Kind>(found - recorded_words.begin());
    return take_rest(line, event) ? std::optional{std::move(event)} : std::nullopt;
  }

 private:
  using Kind = RecordedEvent::Kind;

  static bool take_rest(std::string_view rest, RecordedEvent& event) {
    if (event.kind == Kind::data || event.kind == Kind::bytes) {
      const auto way = next_word(rest);
      if (way != "up" && way != "down") return false;
      event.up = way == "up";
    }
    if (event.kind == Kind::data) {
      return number(next_word(rest), event.bytes) && number(rest, event.digest, 16) && rest.size() == 16;
    }
    if (event.kind == Kind::reply) {
      std::uint64_t code = 0;
      if (!number(next_word(rest), code) || code < 100 || code > 599) return false;
      event.code = static_cast<int>(code);
    }
    auto text = unescaped(rest);
    if (!text) return false;
    event.text = *std::move(text);
    return event.kind != Kind::command || event.text.find_first_of("\r\n") == std::string::npos;
  }
  static std::string_view next_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
  }
  static bool number(std::string_view word, std::uint64_t& value, int base = 10) {
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return !word.empty() && read.ec == std::errc{} && read.ptr == word.data() + word.size();
  }
};

}  // namespace detail

inline std::string Recording::line_of(const RecordedEvent& event) {
  using Kind = RecordedEvent::Kind;
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), "%llu %lld.%06d ", static_cast<unsigned long long>(event.session),
                static_cast<long long>(event.at.count() / 1'000'000), static_cast<int>(event.at.count() % 1'000'000));
  std::string line = head.data();
  line += detail::recorded_words[static_cast<std::size_t>(event.kind)];
  if (event.unterminated) line += '.';
  if (event.kind == Kind::reply) line += ' ' + std::to_string(event.code);
  if (event.kind == Kind::data || event.kind == Kind::bytes) line += event.up ? " up" : " down";
  if (event.kind == Kind::data) {
    std::snprintf(head.data(), head.size(), " %llu %016llx", static_cast<unsigned long long>(event.bytes),
                  static_cast<unsigned long long>(event.digest));
    return line + head.data();
  }
  return line + ' ' + detail::escaped(event.text);
}

inline std::optional<Recording> Recording::parse(std::string_view text, std::string& complaint) {
  Recording result;
  std::chrono::microseconds last{};
  const auto fail = [&complaint](std::size_t line, std::string_view why) {
    complaint = "line " + std::to_string(line) + ": " + std::string{why};
    return std::nullopt;
  };
  for (std::size_t number = 1; number == 1 || !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (number == 1 && line != heading) return fail(1, "this is no recording");
    if (end == text.npos) return fail(number, "it is cut off");
    text.remove_prefix(end + 1);
    if (number == 1 || line.starts_with('#')) continue;
    auto event = detail::RecordingReader::event_of(line);
    if (!event) return fail(number, "it is not understood");
    if (event->at < last) return fail(number, "it is earlier than the line before");
    last = event->at;
    event->line = number;
    result.events.push_back(*std::move(event));
  }
  return result;
}

}  // namespace ftplike::inline v0_2


namespace ftplike::inline v0_2 {

/// What of the files a recording has: how many bytes there were and their digest, or the bytes, too.
enum class RecordedContents { digests, bytes };

/// Records sessions, both channels with times, in the lines of docs/recording.md: whoever has the file can play them
/// again (simulated/replay.hpp).
///
///     Server server{network, DirectoryStorage{"files"}, Recorder{End::server, LineFile::anew("session.txt")}};
///
/// Passwords are never in it, and what is in the files only if that is asked for; names are. Copies write to the same
/// place. A recording costs the kernel's short cut from file to connection.
///
/// **Threads:** safe.
class Recorder {
 public:
  explicit Recorder(End end, LineSink sink, RecordedContents contents = RecordedContents::digests,
                    std::function<Time()> now = std::chrono::steady_clock::now)
      : state_{std::make_shared<State>(end, std::move(sink), contents, std::move(now))} {}

  void operator()(const SessionOpened& event) {
    state_->write(event.who, Kind::opened, ends(event.who.local, event.who.peer));
  }
  void operator()(const CommandSeen& event) {
    std::string text{event.verb};
    if (!event.argument.empty()) (text += ' ') += event.argument;
    auto recorded = event_of(Kind::command, std::move(text));
    recorded.unterminated = event.unterminated;
    state_->write(event.who, std::move(recorded));
  }
  void operator()(const ReplySeen& event) {
    auto recorded = event_of(Kind::reply, event.reply.text());
    recorded.code = event.reply.code();
    state_->write(event.who, std::move(recorded));
  }
  void operator()(const DataOpened& event) {
    state_->write(event.who, Kind::connected, ends(event.local, event.remote));
  }
  void operator()(const DataBytes& event) { state_->add(event.who, event.direction, as_text(event.bytes)); }
  void operator()(const DataClosed& event) { state_->end_data(event.who, event.direction); }
  void operator()(const SessionClosed& event) {
    state_->write(event.who, Kind::closed, event.error ? event.error.message() : "farewell");
  }

 private:
  using Kind = RecordedEvent::Kind;

  static RecordedEvent event_of(Kind kind, std::string text) {
    RecordedEvent event;
    event.kind = kind;
    event.text = std::move(text);
    return event;
  }
  static std::string ends(const Endpoint& local, const Endpoint& remote) {
    return detail::text_of(local) + ' ' + detail::text_of(remote);
  }

  class State {
   public:
    State(End end, LineSink sink, RecordedContents contents, std::function<Time()> now)
        : end_{end}, sink_{std::move(sink)}, contents_{contents}, now_{std::move(now)}, began_{now_()} {
      sink_(Recording::heading);
      sink_(end_ == End::server ? "# recorded by the server" : "# recorded by the client");
    }
    void write(const SessionInfo& who, Kind kind, std::string text) { write(who, event_of(kind, std::move(text))); }
    void write(const SessionInfo& who, RecordedEvent event) {
      const std::lock_guard lock{mutex_};
      if (event.kind == Kind::closed) data_.erase(who.number);
      say(who, std::move(event));
    }
    void add(const SessionInfo& who, Direction direction, std::string_view bytes) {
      const std::lock_guard lock{mutex_};
      auto& data = data_[who.number];
      data.digest.add(bytes);
      data.bytes += bytes.size();
      if (contents_ != RecordedContents::bytes) return;
      for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), piece))) {
        auto event = event_of(Kind::bytes, std::string{bytes.substr(0, piece)});
        event.up = goes_up(direction);
        say(who, std::move(event));
      }
    }
    void end_data(const SessionInfo& who, Direction direction) {
      const std::lock_guard lock{mutex_};
      const auto data = std::exchange(data_[who.number], {});
      RecordedEvent event;
      event.kind = Kind::data;
      event.up = goes_up(direction);
      event.bytes = data.bytes;
      event.digest = data.digest.value();
      say(who, std::move(event));
    }

   private:
    static constexpr std::size_t piece = 1000;
    struct Data {
      std::uint64_t bytes = 0;
      QuickDigest digest;
    };

    bool goes_up(Direction direction) const noexcept { return (direction == Direction::sent) == (end_ == End::client); }
    void say(const SessionInfo& who, RecordedEvent event) {
      event.session = who.number;
      event.at = std::chrono::duration_cast<std::chrono::microseconds>(now_() - began_);
      sink_(Recording::line_of(event));
    }

    const End end_;
    const LineSink sink_;
    const RecordedContents contents_;
    const std::function<Time()> now_;
    const Time began_;
    std::mutex mutex_;
    std::map<std::uint64_t, Data> data_;  // of the data connection of each session
  };

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2

// ---- ftplike/observers/transfer_log.hpp
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>


namespace ftplike::inline v0_2 {

/// Tells of each file that was transferred in a line of xferlog(5), the format that log analysers of all FTP servers
/// read. Listings are no transfers there.
///
///     Sun Nov 22 18:00:33 2026 1 192.0.2.7 12345 /a.txt b _ i r anna ftp 0 * c
///
/// The size is what went over the connection. Blanks in names become '_'. Copies write to the same place.
/// **Threads:** safe.
class TransferLog {
 public:
  explicit TransferLog(LineSink sink, WallClock now = std::chrono::system_clock::now)
      : state_{std::make_shared<State>(std::move(sink), std::move(now))} {}

  void operator()(const TransferEnded& event) {
    if (event.listing) return;
    const auto& user = event.who.user;
    const char access = user.empty() ? 'g' : user == "anonymous" ? 'a' : 'r';
    std::string line = ' ' + std::to_string(std::lround(std::chrono::duration<double>(event.took).count()));
    line += ' ' + event.who.peer.address().to_string();
    line += ' ' + std::to_string(event.bytes);
    line += ' ' + word(event.path.string());
    line += event.ascii ? " a" : " b";
    line += " _";  // neither compressed nor packed
    line += event.direction == Direction::sent ? " o " : " i ";
    line += access;
    line += ' ' + (user.empty() ? "guest" : word(user));
    line += " ftp 0 *";  // no identity but that
    line += event.complete() ? " c" : " i";
    const std::lock_guard lock{state_->mutex};
    state_->sink(detail::xferlog_time(state_->now()) + line);
  }

 private:
  struct State {
    State(LineSink its_sink, WallClock its_clock) : sink{std::move(its_sink)}, now{std::move(its_clock)} {}
    const LineSink sink;
    const WallClock now;
    std::mutex mutex;
  };

  static std::string word(std::string_view text) {
    auto result = printable(text);
    std::replace(result.begin(), result.end(), ' ', '_');
    return result;
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike

// ---- ftplike/signals.hpp
#include <asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>


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

// ---- ftplike/simulated/faults.hpp
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// ---- ftplike/simulated/flow.hpp
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

// ---- ftplike/simulated/schedule.hpp
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>


// What a simulated network runs on: chance from a seed, a clock that moves when told, and coroutines that wait.
namespace ftplike::inline v0_2::detail::simulated {

/// Chance from a seed (splitmix64), the same with every compiler and library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) noexcept : state_{seed} {}
  /// One of 0 … n - 1.
  std::uint64_t below(std::uint64_t n) noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return (mixed ^ (mixed >> 31)) % n;
  }

 private:
  std::uint64_t state_;
};

/// A coroutine that waits.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void forget_slot() = 0;
  virtual void resume() = 0;
  std::error_code result;
};

template <class Handler> class HandlerWaiter final : public Waiter {
 public:
  explicit HandlerWaiter(Handler handler) : handler_{std::move(handler)} {}
  ~HandlerWaiter() override = default;
  void forget_slot() override {
    if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) slot.clear();
  }
  void resume() override {
    const auto executor = asio::get_associated_executor(handler_);
    asio::post(executor, [handler = std::move(handler_), error = result]() mutable { std::move(handler)(error); });
  }

 private:
  Handler handler_;
};

/// Runs coroutines one at a time, in an order that the seed chooses, and rings alarms when their time has come.
class Schedule {
 public:
  using Waiters = std::list<std::unique_ptr<Waiter>>;
  using AlarmKey = std::pair<Time, std::uint64_t>;  // the number keeps alarms of one time in the order of their setting

  explicit Schedule(std::uint64_t seed) : dice{seed} {}
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  ~Schedule() {
    over_ = true;
    for (auto* waiters : {&ready_, &waiting_}) {
      for (auto& waiter : *waiters) waiter->forget_slot();
      waiters->clear();  // each hands its coroutine to the io_context, which destroys it
    }
  }

  asio::io_context& context() noexcept { return io_; }
  Time now() const noexcept { return now_; }
  /// Whether the end has come, in which nothing is resumed any more.
  bool over() const noexcept { return over_; }

  Waiters::iterator park(std::unique_ptr<Waiter> waiter) { return waiting_.insert(waiting_.end(), std::move(waiter)); }
  void resume(Waiters::iterator waiter, std::error_code result) {
    (*waiter)->result = result;
    ready_.splice(ready_.end(), waiting_, waiter);
    (*waiter)->forget_slot();
  }

  AlarmKey set_alarm(Time when, std::function<void()> ring) {
    const AlarmKey key{when, ++last_alarm_};
    alarms_.emplace(key, std::move(ring));
    return key;
  }
  void cancel_alarm(const AlarmKey& key) { alarms_.erase(key); }

  /// Runs all that can run without time passing.
  void settle() {
    for (;;) {
      io_.restart();
      while (io_.poll_one() != 0) end_turn();
      if (!ready_.empty()) {
        const auto next = std::next(ready_.begin(), static_cast<std::ptrdiff_t>(dice.below(ready_.size())));
        const auto waiter = std::move(*next);
        ready_.erase(next);
        waiter->resume();
      } else if (!alarms_.empty() && alarms_.begin()->first.first <= now_) {
        alarms_.extract(alarms_.begin()).mapped()();
      } else {
        return;
      }
    }
  }
  /// Moves the clock to the next alarm, if that is not after `limit`, and settles; false if there is none.
  bool step(Time limit) {
    settle();
    if (alarms_.empty() || alarms_.begin()->first.first > limit) return false;
    now_ = alarms_.begin()->first.first;
    settle();
    return true;
  }
  void advance(Duration by) {
    const Time until = now_ + by;
    while (step(until)) {}
    now_ = until;
  }

  /// Calls a function when that many turns are over.
  void call_after(std::uint64_t turns, std::function<void()> call) { calls_.emplace(turns, std::move(call)); }
  std::uint64_t turns() const noexcept { return turns_; }

  /// Does work that may block: not now, but after as many turns of others as `chance` says.
  void do_later(std::function<void()> work, Dice& chance) {
    if (holds_work) return held_.push_back(std::move(work));
    take_turns(std::move(work), chance.below(4));
  }
  /// Begins what was held back.
  void release_work() {
    holds_work = false;
    for (auto& work : std::exchange(held_, {})) take_turns(std::move(work), 0);
  }

  Dice dice;
  bool holds_work = false;

 private:
  void take_turns(std::function<void()> work, std::uint64_t left) {
    asio::post(io_, [this, work = std::move(work), left]() mutable {
      if (left == 0) return work();
      take_turns(std::move(work), left - 1);
    });
  }

  void end_turn() {
    if (auto due = calls_.extract(++turns_)) due.mapped()();
  }

  Time now_{std::chrono::hours{1}};  // not 0, which may mean "never" to somebody
  std::map<AlarmKey, std::function<void()>> alarms_;
  std::uint64_t last_alarm_ = 0;
  std::map<std::uint64_t, std::function<void()>> calls_;
  std::uint64_t turns_ = 0;
  Waiters waiting_, ready_;
  std::vector<std::function<void()>> held_;
  bool over_ = false;
  asio::io_context io_{1};  // last, so first to go: the coroutines that it still holds use the members above
};

/// The workers of a simulated network: its one thread, at moments that the seed chooses.
class Workers final : public WorkerPool {
 public:
  Workers(Schedule& schedule, std::uint64_t seed) : schedule_{schedule}, chance_{seed} {}
  bool submit(Job job, ClientKey) override {
    schedule_.do_later(std::move(job), chance_);
    return true;
  }

 private:
  Schedule& schedule_;
  Dice chance_;
};

/// A call at a time, unless it is cancelled or destroyed before.
class Alarm {
 public:
  explicit Alarm(Schedule& schedule) noexcept : schedule_{schedule} {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { cancel(); }
  void set(Time when, std::function<void()> ring) {
    cancel();
    key_ = schedule_.set_alarm(when, std::move(ring));
  }
  void cancel() {
    if (key_.second != 0) schedule_.cancel_alarm(std::exchange(key_, {}));
  }

 private:
  Schedule& schedule_;
  Schedule::AlarmKey key_{};
};

/// What one operation at a time waits for.
class Signal {
 public:
  explicit Signal(Schedule& schedule) noexcept : schedule_{schedule} {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// An operation that may wait, from its first step to its last: what is cancelled between two waits counts, too.
  class Turn {
   public:
    explicit Turn(Signal& signal) : signal_{signal} {
      if (std::exchange(signal.busy_, true)) {
        throw std::logic_error("two operations of one kind at a time on one stream or acceptor");
      }
      signal.cancelled_ = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { signal_.busy_ = false; }

   private:
    Signal& signal_;
  };

  /// Waits, within a `Turn`, for `wake`. Throws `operation_aborted` after `cancel`.
  awaitable<void> wait() {
    if (std::exchange(cancelled_, false)) throw std::system_error(asio::error::operation_aborted);
    const auto start = [this](auto handler) {
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type) { wake(asio::error::operation_aborted); });
      }
      place_ = schedule_.park(std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler)));
      waiting_ = true;
    };
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::error_code)>(start, use_awaitable);
  }
  /// Lets the operation that waits, if one does, go on or fail.
  void wake(std::error_code result = {}) {
    if (schedule_.over() || !std::exchange(waiting_, false)) return;
    schedule_.resume(place_, result);
  }
  void cancel() {
    if (waiting_) return wake(asio::error::operation_aborted);
    cancelled_ = busy_;
  }

 private:
  Schedule& schedule_;
  Schedule::Waiters::iterator place_{};
  bool busy_ = false, waiting_ = false, cancelled_ = false;
};

/// Waits until `when`.
inline awaitable<void> wait_until(Schedule& schedule, Time when) {
  Signal due{schedule};
  const Signal::Turn turn{due};
  Alarm alarm{schedule};
  alarm.set(when, [&due] { due.wake(); });
  while (schedule.now() < when) co_await due.wait();
}

/// Lets others run first, or not: chance decides.
inline awaitable<void> yield(Schedule& schedule) {
  const auto start = [&schedule](auto handler) {
    schedule.resume(schedule.park(std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler))), {});
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::error_code)>(start, use_awaitable);
}

}  // namespace ftplike::detail::simulated


namespace ftplike::inline v0_2 {

/// Where a simulated network cuts what is written into pieces: each read gives one piece.
enum class Split {
  nowhere,     // a read gives all that has arrived and that it has room for
  somewhere,   // at places that the seed chooses
  every_byte,  // a read gives one byte
};

/// What a simulated network is like. May be changed at any time, for what happens from then on.
struct NetworkConditions {
  std::size_t window = 64 * 1024;  // bytes that a direction of a connection holds before its writer has to wait
  std::size_t backlog = 128;       // connections that wait to be accepted before others are refused
  Split split = Split::nowhere;
  std::size_t largest_piece = std::numeric_limits<std::size_t>::max();  // that a read gives
  std::uint64_t bandwidth = 0;  // bytes a second, in each direction of each connection; 0: no limit
  Duration delay{};             // from one end to the other
  Duration jitter{};            // and up to this much more, which the seed chooses for each piece
  bool interleave = false;      // operations that need not wait let others run first, in an order that the seed chooses
};

/// What happens to one operation of a simulated network.
enum class Fault {
  reset,   // its connection is lost at both ends; what was under way with it
  end,     // the stream that it reads or writes just ends there: the reader sees the end, the writer `broken_pipe`
  refuse,  // no connection, no acceptor; for reads and writes the same as `reset`
  stall,   // it never ends, whatever the peer does: only `cancel` and limits of time get out
};

/// Which connections of a simulated network, by what they are for. A control connection is one of which either end
/// was told so by `mark_as_control`, as sessions of servers and clients tell theirs; all others are for data.
enum class Link { any, control, data };

/// Where a fault is to happen: at the n-th operation that fits all that is said here, counted from the order on.
///
///     network.fail({.connection = Link::data, .write = 3}, Fault::reset);           // a data connection's third write
///     network.fail({.command = "STOR"}, Fault::end);                                // the read that would give it
///     network.fail({.connect = 1, .of = "192.0.2.7", .command = "EPSV"}, Fault::refuse);
///
/// Reads and writes are counted for each end of each connection by itself: the first that gets as far meets with the
/// fault, and nobody after it. Of `read`, `write`, `connect` and `operation` one is given, or none beside a command.
struct FaultPlace {
  Link connection = Link::any;
  std::size_t read = 0, write = 0;  // the n-th of an end of a connection, from 1 on
  std::size_t connect = 0;          // the n-th connection that a transport makes; nobody knows yet what it is for
  std::size_t operation = 0;        // the n-th of all: connect, listen, accept, reads, writes and `finish`
  std::string of{};                 // only connections of the host with this address, whichever end it is
  std::string by{};                 // only operations of the host with this address
  std::string command{};  // counted is from the moment on that a server reads this verb, in clear, on a control
                          // connection that `of` fits; if nothing is to be counted, the fault is that read's
};

namespace detail::simulated {

/// Errors compare with `std::errc`, which those of Asio 1.22 do not.
[[noreturn]] inline void fail(std::errc error) { throw std::system_error(std::make_error_code(error)); }

/// One direction of a connection: bytes that were written and not yet read, the last of them perhaps still under way.
class Flow {
 public:
  explicit Flow(Schedule& schedule) noexcept : arrival{schedule}, space{schedule}, next_arrival{schedule} {}

  std::size_t held() const noexcept { return bytes_.size() - begin_; }
  std::size_t readable() const noexcept { return held() - under_way_; }
  void put(std::span<const std::byte> bytes) {
    // Moving what is left to the front only once as much has been read keeps this linear.
    if (begin_ >= held()) {
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
      begin_ = 0;
    }
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::span<const std::byte> take(std::size_t n) noexcept {
    const auto taken = std::span{bytes_}.subspan(begin_, n);
    begin_ += n;
    return taken;
  }
  /// Says that the last `n` bytes, or the end of the stream, are there at `due` only.
  void delay(std::size_t n, bool end, Time due) {
    under_way_ += n;
    pieces_.push_back({due, n, end});
  }
  void clear() noexcept {
    bytes_.clear();
    pieces_.clear();
    begin_ = under_way_ = 0;
  }
  /// When the next piece is due, if one is under way; `arrive` says that it has come.
  std::optional<Time> due() const { return pieces_.empty() ? std::nullopt : std::optional{pieces_.front().due}; }
  void arrive() {
    under_way_ -= pieces_.front().size;
    if (pieces_.front().end) ended = true;
    pieces_.pop_front();
  }

  Signal arrival;  // for the reader
  Signal space;    // for the writer
  Alarm next_arrival;
  Time sent_by{};         // when all that was sent has left, where there is a limit of bandwidth
  bool finished = false;  // no more will be written
  bool ended = false;     // and the reader may know

 private:
  struct Piece {
    Time due;
    std::size_t size;
    bool end;
  };
  std::vector<std::byte> bytes_;
  std::size_t begin_ = 0, under_way_ = 0;
  std::list<Piece> pieces_;
};

}  // namespace detail::simulated
}  // namespace ftplike


// What happens on a simulated network, counted and remembered, and the faults that are to happen.
namespace ftplike::inline v0_2::detail::simulated {

struct Host;

/// An operation that begins.
struct Operation {
  enum class Kind { connect, listen, accept, read, write, finish, by_hand };

  Kind kind;
  const Host* by;              // whose it is
  const Host* with = nullptr;  // the host at the other end, if there is one
  std::uint64_t end = 0;       // the number of the end of a connection that it is of; 0: of none
  bool control = false;        // whether that is known for a control connection
};

/// Finds the verbs of commands in what a server reads, however it is cut.
class VerbScanner {
 public:
  template <class Found> void scan(std::string_view text, Found found) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool ends = c == ' ' || c == '\r' || c == '\n';
      if (begins_ && ends && !verb_.empty()) found(std::as_const(verb_));
      if (begins_ && std::isalnum(byte) != 0) verb_ += static_cast<char>(std::toupper(byte));
      if (ends || verb_.size() > longest) {
        begins_ = c == '\n';
        verb_.clear();
      }
    }
  }

 private:
  static constexpr std::size_t longest = 32;
  std::string verb_;
  bool begins_ = true;  // nothing but the verb has come of this line
};

/// The faults that are to happen.
class Faults {
 public:
  /// **Errors:** `std::invalid_argument` if the place names no operation, or more than one.
  void order(FaultPlace place, Fault fault, const Host* of, const Host* by) {
    const auto given = {place.read, place.write, place.connect, place.operation};
    const auto named = given.size() - static_cast<std::size_t>(std::count(given.begin(), given.end(), 0u));
    if (named > 1 || (named == 0 && place.command.empty())) {
      throw std::invalid_argument("a fault is at a read, a write, a connect, an operation, or at a command");
    }
    if (place.connect > 0 && place.connection != Link::any) {
      throw std::invalid_argument("what a connection is for is not known before it is made: name the command instead");
    }
    for (char& c : place.command) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const bool waits = !place.command.empty();
    orders_.push_back(Order{std::move(place), fault, of, by, waits, {}});
  }
  /// The fault that an operation meets with, if it does.
  std::optional<Fault> meet(const Operation& operation) {
    std::optional<Fault> met;
    for (auto order = orders_.begin(); order != orders_.end();) {
      const bool reached = fits(*order, operation) && ++order->counts[key_of(*order, operation)] == goal_of(*order);
      if (reached && !met) met = order->fault;
      order = reached ? orders_.erase(order) : std::next(order);
    }
    return met;
  }
  /// A command has come to a server: the fault that the read of it meets with, if it does.
  std::optional<Fault> hear(std::string_view verb, const Host* server, const Host* client) {
    std::optional<Fault> met;
    for (auto order = orders_.begin(); order != orders_.end();) {
      const auto& place = order->place;
      const bool fits = order->waits && place.command == verb && is_of(*order, server, client);
      if (fits) order->waits = false;
      const bool at_once = fits && goal_of(*order) == 0 && (!order->by || order->by == server);
      if (at_once && !met) met = order->fault;
      order = at_once ? orders_.erase(order) : std::next(order);
    }
    return met;
  }
  std::size_t left() const noexcept { return orders_.size(); }

 private:
  struct Order {
    FaultPlace place;
    Fault fault;
    const Host* of;
    const Host* by;
    bool waits;                                   // for its command
    std::map<std::uint64_t, std::size_t> counts;  // what has fitted by now; of reads and writes, for each end
  };

  static bool is_of(const Order& order, const Host* one, const Host* other) {
    return !order.of || order.of == one || order.of == other;
  }
  static std::size_t goal_of(const Order& order) {
    const auto& place = order.place;
    return place.read + place.write + place.connect + place.operation;  // of which one is not 0
  }
  static std::uint64_t key_of(const Order& order, const Operation& operation) {
    return order.place.operation > 0 ? 0 : operation.end;
  }
  static bool fits(const Order& order, const Operation& operation) {
    using Kind = Operation::Kind;
    const auto& place = order.place;
    if (order.waits || !is_of(order, operation.by, operation.with) || (order.by && order.by != operation.by)) {
      return false;
    }
    const bool is_of_kind = place.connection == Link::any ||
                            (operation.end != 0 && operation.control == (place.connection == Link::control));
    if (!is_of_kind) return false;
    if (place.operation > 0) return true;
    return (place.read > 0 && operation.kind == Kind::read) || (place.write > 0 && operation.kind == Kind::write) ||
           (place.connect > 0 && operation.kind == Kind::connect);
  }

  std::list<Order> orders_;
};

/// What is remembered of an operation, for people.
struct Deed {
  Operation::Kind kind{};
  std::uint64_t number = 0;  // 0: by hand
  Time when{};
  Endpoint local, remote;
  std::string text;  // of what was read or written on a control connection
  std::optional<std::size_t> bytes;
  bool control = false;
  std::optional<Fault> fault;
};

/// The last operations of a network.
class Deeds {
 public:
  void add(Deed deed) {
    if (deeds_.size() == kept) deeds_.pop_front();
    deeds_.push_back(std::move(deed));
  }
  /// The one with this number, if it is still known.
  Deed* find(std::uint64_t number) {
    const auto is_it = [number](const Deed& deed) { return deed.number == number; };
    const auto found = std::find_if(deeds_.rbegin(), deeds_.rend(), is_it);
    return found == deeds_.rend() ? nullptr : &*found;
  }
  std::vector<std::string> lines(Time began) const {
    std::vector<std::string> result;
    for (const auto& deed : deeds_) result.push_back(line(deed, began));
    return result;
  }

  /// The beginning of a text, in print.
  static std::string shown(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string result = "\"";
    for (const char c : text.substr(0, most)) {
      std::array<char, 8> escaped{};
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\r' || c == '\n') {
        result += c == '\r' ? "\\r" : "\\n";
      } else if (byte < ' ' || byte == 127 || c == '"' || c == '\\') {
        std::snprintf(escaped.data(), escaped.size(), "\\x%02X", static_cast<unsigned>(byte));
        result += escaped.data();
      } else {
        result += c;
      }
    }
    return result + (text.size() > most ? "…\"" : "\"");
  }

 private:
  static constexpr std::size_t kept = 20;

  static std::string text_of(const Endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
  }
  static std::string line(const Deed& deed, Time began) {
    static constexpr std::array<std::string_view, 7> kinds{"connect", "listen", "accept", "read",
                                                           "write",   "finish", "by hand"};
    static constexpr std::array<std::string_view, 4> faults{"reset", "end", "refuse", "stall"};
    std::array<char, 64> head{};
    const double seconds = std::chrono::duration<double>(deed.when - began).count();
    const std::string number = deed.number > 0 ? '#' + std::to_string(deed.number) : "-";
    std::snprintf(head.data(), head.size(), "%6s %10.3f s  ", number.c_str(), seconds);
    std::string result = head.data() + text_of(deed.local);
    if (deed.remote.port() != 0) result += " to " + text_of(deed.remote);
    if (deed.kind > Operation::Kind::accept) result += deed.control ? ", control" : ", data";
    result.append(": ").append(kinds[static_cast<std::size_t>(deed.kind)]);
    if (deed.bytes) result += ' ' + std::to_string(*deed.bytes) + (*deed.bytes == 1 ? " byte" : " bytes");
    if (!deed.text.empty()) result += ' ' + deed.text;
    if (deed.fault) result.append(", meets with ").append(faults[static_cast<std::size_t>(*deed.fault)]);
    return result;
  }

  std::deque<Deed> deeds_;
};

}  // namespace ftplike::inline v0_2::detail::simulated

// ---- ftplike/simulated/network.hpp
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// ---- ftplike/simulated/stream.hpp
#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// ---- ftplike/simulated/wire.hpp
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>


// The hosts of a simulated network, who listens there, and what lies between the two ends of a connection.
namespace ftplike::inline v0_2::detail::simulated {

struct Listener;
struct World;

/// An operation that has begun, and the fault that it meets with, if it does.
struct Begun {
  std::uint64_t number;
  std::optional<Fault> fault;
};

struct Host {
  bool has(const Address& address) const {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  }

  std::vector<Address> addresses;
  std::multimap<std::uint16_t, Listener*> listeners;
  std::uint16_t last_listening = 40000, last_dialling = 50000;
  bool unplugged = false;
};

/// One end of a connection.
class End {
 public:
  End(World& its_world, const Host& its_host, const Endpoint& here, const Endpoint& there);

  /// Whether nothing gets through.
  bool cut() const noexcept;
  const NetworkConditions& conditions() const;
  /// What is known of an operation of this end.
  Operation operation(Operation::Kind kind) const noexcept { return {kind, &host, &peer->host, number, control}; }
  /// Begins an operation: it is counted and remembered, and may meet with a fault.
  Begun begin(Operation::Kind kind, std::optional<std::size_t> bytes = {}, std::string_view text = {});
  /// Takes what a reader has room for, a piece of it.
  std::span<const std::byte> take(std::size_t room);
  /// What its reader has taken; gives the fault that this meets with, if it does.
  std::optional<Fault> heard(std::string_view text);
  /// Remembers what an operation of this end has read, and what it met with then.
  void note(std::uint64_t operation, std::span<const std::byte> bytes, std::optional<Fault> fault);
  /// Remembers what was typed by hand, which is no operation.
  void note_by_hand(std::string_view text);
  /// Both ends know from now on that this is a control connection.
  void mark_as_control() noexcept { control = peer->control = true; }
  /// Throws if nothing can be written any more.
  void check_writable() const {
    if (closed) fail(std::errc::bad_file_descriptor);
    if (lost) fail(std::errc::connection_reset);
    if (peer->in.finished || (peer->closed && !cut())) fail(std::errc::broken_pipe);
  }
  /// Sends, whether or not there is room.
  void send(std::span<const std::byte> bytes);
  /// Sends the end of the stream.
  void finish();
  /// The connection is lost, at both ends and at once.
  void reset();
  /// This end learns that the connection is lost.
  void lose();
  /// Does to a connection just made what a fault says.
  void strike(Fault fault);
  /// The stream that comes to this end just ends.
  void cut_short();
  /// What a closed socket does: the peer sees an end, or a reset if it said what was not read here.
  void close(bool whatever_is_unread = false);
  /// What could not get through gets through again.
  void go_on();

  World& world;
  const Host& host;
  const Endpoint local, remote;
  End* peer = nullptr;
  Flow in;
  const std::uint64_t number;
  bool accepted = false;  // by a listener, so that it is the server's
  bool control = false;
  bool counted = false;   // among the open streams
  bool closed = false;
  bool lost = false;
  bool broken = false;    // the other end broke the connection while nothing got through

 private:
  void dispatch(std::size_t n, bool end);
  void receive();
  Time sent_by(std::size_t n);

  VerbScanner commands_;
};

/// A connection: the two ends live and die together.
struct Connection {
  Connection(World& its_world, const Host& from, const Endpoint& from_endpoint, const Host& to,
             const Endpoint& to_endpoint);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();
  World& world;
  End a, b;
  std::list<Connection*>::iterator place;  // in the world's list
};

/// Where connections come in.
struct Listener {
  Listener(World& its_world, Host& its_host, const Endpoint& where);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(); }
  /// Whether connections to `where`, an address of its host, come in here.
  bool takes(const Endpoint& where) const {
    const auto address = endpoint.address();
    return endpoint.port() == where.port() &&
           (address == where.address() ||
            (address.is_unspecified() &&
             (address.is_v6() || where.address().is_v4())));  // :: takes both, as Linux has it
  }
  void close();
  Begun begin_accept();

  World& world;
  Host& host;
  const Endpoint endpoint;
  std::list<std::shared_ptr<End>> waiting;
  Signal arrival;
  bool counted = false;
  bool closed = false;
};

/// All that a simulated network is.
struct World {
  using HostPair = std::pair<const Host*, const Host*>;

  World(std::uint64_t its_seed, const NetworkConditions& its_conditions)
      : seed{its_seed}, conditions{its_conditions}, schedule{its_seed}, began{schedule.now()} {}

  /// Counts an operation and remembers it; gives what is to happen to it.
  Begun begin(const Operation& operation, Deed deed) {
    deed.kind = operation.kind;
    deed.control = operation.control;
    deed.when = schedule.now();
    deed.number = ++operations;
    deed.fault = faults.meet(operation);
    const Begun begun{deed.number, deed.fault};
    deeds.add(std::move(deed));
    return begun;
  }
  /// The host that has the first of these addresses, made if there is none; it has the others too.
  Host& host(const std::vector<Address>& addresses) {
    auto& host = hosts[addresses.front()];
    if (!host) host = std::make_shared<Host>();
    for (const auto& address : addresses) {
      hosts[address] = host;
      if (!host->has(address)) host->addresses.push_back(address);
    }
    return *host;
  }
  const Host* host_at(const Address& address) const {
    const auto found = hosts.find(address);
    return found == hosts.end() ? nullptr : found->second.get();
  }
  static HostPair pair_of(const Host* one, const Host* other) noexcept {
    return std::less<>{}(other, one) ? HostPair{other, one} : HostPair{one, other};
  }
  /// Whether nothing gets from one host to the other, which there may not be.
  bool cut(const Host* from, const Host* to) const {
    return from->unplugged || (to && (to->unplugged || parted.contains(pair_of(from, to))));
  }
  /// What it is like between two hosts.
  const NetworkConditions& conditions_between(const Host* one, const Host* other) const {
    const auto own = links.find(pair_of(one, other));
    return own == links.end() ? conditions : own->second;
  }
  /// What could not get through and can now does.
  void go_on() {
    for (auto* const connection : connections) {
      connection->a.go_on();
      connection->b.go_on();
    }
    for (auto* const waiting : barred) waiting->wake();
  }
  /// A piece of at most `most` (not 0) bytes.
  std::size_t piece(const NetworkConditions& its, std::size_t most) noexcept {
    if (its.split == Split::every_byte) return 1;
    most = std::min(most, std::max<std::size_t>(its.largest_piece, 1));
    return its.split == Split::nowhere ? most : 1 + schedule.dice.below(most);
  }
  Duration delay(const NetworkConditions& its) noexcept {
    if (its.jitter <= Duration::zero()) return its.delay;
    const auto most = static_cast<std::uint64_t>(its.jitter.count());
    return its.delay + Duration{static_cast<Duration::rep>(schedule.dice.below(most + 1))};
  }
  std::shared_ptr<End> dial(Host& from, const Endpoint& where, Address source);
  std::shared_ptr<Listener> listen(Host& where_host, Endpoint where);

  const std::uint64_t seed;
  NetworkConditions conditions;
  std::map<HostPair, NetworkConditions> links;  // between hosts where it is not as elsewhere
  std::set<HostPair> parted;
  Faults faults;
  Deeds deeds;
  std::uint64_t operations = 0, last_end = 0;
  std::list<Connection*> connections;
  std::list<Signal*> barred;  // connects that wait until something gets through
  std::size_t open_streams = 0, open_acceptors = 0, pending_timers = 0;
  std::map<Address, std::shared_ptr<Host>> hosts;
  std::map<std::string, std::vector<Address>> names;
  Timestamp first_date{std::chrono::sys_days{std::chrono::year{2001} / 2 / 3}};
  Schedule schedule;  // last but for a number, so first to go: its coroutines use the rest
  const Time began;
};

inline End::End(World& its_world, const Host& its_host, const Endpoint& here, const Endpoint& there)
    : world{its_world},
      host{its_host},
      local{here},
      remote{there},
      in{its_world.schedule},
      number{++its_world.last_end} {}

inline bool End::cut() const noexcept { return world.cut(&host, &peer->host); }
inline const NetworkConditions& End::conditions() const { return world.conditions_between(&host, &peer->host); }

inline Begun End::begin(Operation::Kind kind, std::optional<std::size_t> bytes, std::string_view text) {
  Deed deed;
  deed.local = local;
  deed.remote = remote;
  deed.bytes = bytes;
  if (control && !text.empty()) deed.text = Deeds::shown(text);
  return world.begin(operation(kind), std::move(deed));
}

inline std::span<const std::byte> End::take(std::size_t room) {
  const auto piece = in.take(world.piece(conditions(), std::min(in.readable(), room)));
  in.space.wake();
  return piece;
}

inline void End::note(std::uint64_t operation_number, std::span<const std::byte> bytes, std::optional<Fault> fault) {
  Deed* const deed = world.deeds.find(operation_number);
  if (!deed) return;
  deed->bytes = bytes.size();
  if (control) deed->text = Deeds::shown(as_text(bytes));
  if (fault) deed->fault = fault;
}

inline void End::note_by_hand(std::string_view text) {
  Deed deed;
  deed.kind = Operation::Kind::by_hand;
  deed.when = world.schedule.now();
  deed.local = local;
  deed.remote = remote;
  deed.bytes = text.size();
  deed.control = control;
  if (control) deed.text = Deeds::shown(text);
  world.deeds.add(std::move(deed));
}

inline std::optional<Fault> End::heard(std::string_view text) {
  std::optional<Fault> fault;
  if (!control || !accepted) return fault;
  commands_.scan(text, [&](std::string_view verb) {
    const auto met = world.faults.hear(verb, &host, &peer->host);
    if (!fault) fault = met;
  });
  return fault;
}

inline void End::send(std::span<const std::byte> bytes) {
  if (peer->closed && !cut()) return;
  while (!bytes.empty()) {
    const auto& its = conditions();
    const bool apart = its.jitter > Duration::zero() || its.bandwidth > 0;  // pieces arrive one after the other
    const std::size_t n = apart ? world.piece(its, bytes.size()) : bytes.size();
    peer->in.put(bytes.first(n));
    dispatch(n, false);
    bytes = bytes.subspan(n);
  }
}

inline void End::finish() {
  if (std::exchange(peer->in.finished, true) || lost) return;
  dispatch(0, true);
}

inline void End::dispatch(std::size_t n, bool end) {
  const Time now = world.schedule.now();
  const Time due = sent_by(n) + world.delay(conditions());  // but not before what was sent earlier
  const bool first = !peer->in.due();
  if (first && due <= now && !cut()) {
    if (end) peer->in.ended = true;
    return peer->in.arrival.wake();
  }
  peer->in.delay(n, end, due);
  if (first) peer->receive();
}

/// When so many bytes more have left this end.
inline Time End::sent_by(std::size_t n) {
  const auto bandwidth = conditions().bandwidth;
  if (bandwidth == 0) return world.schedule.now();
  const std::chrono::duration<double> takes{static_cast<double>(n) / static_cast<double>(bandwidth)};
  auto& by = peer->in.sent_by;
  by = std::max(by, world.schedule.now()) + std::chrono::duration_cast<Duration>(takes);
  return by;
}

inline void End::receive() {
  if (cut()) return;
  bool something = false;
  while (in.due() && *in.due() <= world.schedule.now()) {
    in.arrive();
    something = true;
  }
  if (in.due()) in.next_arrival.set(*in.due(), [this] { receive(); });
  if (something) in.arrival.wake();
}

inline void End::lose() {
  lost = true;
  in.clear();
  in.arrival.wake();
  peer->in.space.wake();
}

inline void End::reset() {
  lose();
  peer->lose();
}

inline void End::strike(Fault fault) {
  if (fault != Fault::end) return reset();
  cut_short();
  peer->cut_short();
}

inline void End::cut_short() {
  in.clear();
  in.finished = in.ended = true;
  in.arrival.wake();
  in.space.wake();
}

inline void End::close(bool whatever_is_unread) {
  if (std::exchange(closed, true)) return;
  if (counted) --world.open_streams;
  const bool unread = in.held() > 0 && !whatever_is_unread;
  in.clear();
  in.arrival.cancel();
  peer->in.space.cancel();
  if (lost) return;
  if (unread) {
    cut() ? void(peer->broken = true) : peer->lose();
  } else {
    finish();
    in.space.wake();
  }
}

inline void End::go_on() {
  if (cut()) return;
  if (broken) return lose();
  if (closed && in.held() > 0) return peer->lose();  // it was sent to somebody who has gone
  receive();
}

inline Connection::Connection(World& its_world, const Host& from, const Endpoint& from_endpoint, const Host& to,
                              const Endpoint& to_endpoint)
    : world{its_world},
      a{world, from, from_endpoint, to_endpoint},
      b{world, to, to_endpoint, from_endpoint},
      place{world.connections.insert(world.connections.end(), this)} {
  a.peer = &b;
  b.peer = &a;
  b.accepted = true;
}
inline Connection::~Connection() { world.connections.erase(place); }

inline Listener::Listener(World& its_world, Host& its_host, const Endpoint& where)
    : world{its_world}, host{its_host}, endpoint{where}, arrival{its_world.schedule} {
  host.listeners.emplace(endpoint.port(), this);
}

inline Begun Listener::begin_accept() {
  Deed deed;
  deed.local = endpoint;
  return world.begin({Operation::Kind::accept, &host}, std::move(deed));
}

inline void Listener::close() {
  if (std::exchange(closed, true)) return;
  if (counted) --world.open_acceptors;
  const auto [first, last] = host.listeners.equal_range(endpoint.port());
  host.listeners.erase(std::find_if(first, last, [this](const auto& entry) { return entry.second == this; }));
  arrival.cancel();
  for (const auto& end : waiting) end->reset();
  waiting.clear();
}

inline std::shared_ptr<End> World::dial(Host& from, const Endpoint& where, Address source) {
  const auto found = hosts.find(where.address());
  const auto backlog = conditions_between(&from, host_at(where.address())).backlog;
  Listener* listener = nullptr;
  if (found != hosts.end()) {
    const auto [first, last] = found->second->listeners.equal_range(where.port());
    const auto taker = std::find_if(first, last, [&](const auto& entry) { return entry.second->takes(where); });
    if (taker != last) listener = taker->second;
  }
  if (!listener || listener->waiting.size() >= backlog) { fail(std::errc::connection_refused); }
  if (source.is_unspecified()) {
    const auto same_family = [&](const Address& own) { return own.is_v4() == where.address().is_v4(); };
    const auto own = std::find_if(from.addresses.begin(), from.addresses.end(), same_family);
    if (own == from.addresses.end()) fail(std::errc::network_unreachable);
    source = *own;
  }
  from.last_dialling = from.last_dialling == 65535 ? 50001 : static_cast<std::uint16_t>(from.last_dialling + 1);
  const auto connection =
      std::make_shared<Connection>(*this, from, Endpoint{source, from.last_dialling}, *found->second, where);
  listener->waiting.emplace_back(connection, &connection->b);
  listener->arrival.wake();
  return {connection, &connection->a};
}

inline std::shared_ptr<Listener> World::listen(Host& where_host, Endpoint where) {
  if (!where.address().is_unspecified() && !where_host.has(where.address())) { fail(std::errc::address_not_available); }
  const auto taken = [&](const Endpoint& endpoint) {
    const auto [first, last] = where_host.listeners.equal_range(endpoint.port());
    return std::any_of(first, last, [&](const auto& entry) {
      const Endpoint& other = entry.second->endpoint;
      return entry.second->takes(endpoint) ||
             (endpoint.address().is_unspecified() && (endpoint.address().is_v6() || other.address().is_v4()));
    });
  };
  if (where.port() == 0) {
    auto& port = where_host.last_listening;
    for (int tries = 0; where.port() == 0 || taken(where); ++tries) {
      if (tries == 10000) fail(std::errc::address_in_use);
      port = port == 50000 ? 40001 : static_cast<std::uint16_t>(port + 1);
      where.port(port);
    }
  } else if (taken(where)) {
    fail(std::errc::address_in_use);
  }
  return std::make_shared<Listener>(*this, where_host, where);
}

}  // namespace ftplike::detail::simulated


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
  bool was_reset() const { return end_->lost; }
  Endpoint local() const { return end_->local; }
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


namespace ftplike::inline v0_2 {

/// A simulated network as seen from one of its hosts. Cheap to copy.
class SimulatedTransport {
 public:
  using Stream = SimulatedStream;
  using Acceptor = SimulatedAcceptor;

  /// Calls a function at a time, unless it is cancelled or destroyed before.
  class Timer {
   public:
    Timer(SimulatedTransport& network, const Executor& executor)
        : world_{*network.world_}, executor_{executor}, alarm_{world_.schedule} {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { cancel(); }
    void start(Time when, std::function<void()> call) {
      cancel();
      call_ = std::make_shared<std::function<void()>>(std::move(call));
      ++world_.pending_timers;
      alarm_.set(when, [this] { asio::post(executor_, [this, alive = std::weak_ptr{call_}] { fire(alive); }); });
    }
    void cancel() {
      alarm_.cancel();
      if (std::exchange(call_, nullptr)) --world_.pending_timers;
    }

   private:
    // Between the alarm and this the timer may have been cancelled, or be no more.
    void fire(const std::weak_ptr<std::function<void()>>& alive) {
      const auto call = alive.lock();
      if (!call) return;
      cancel();
      (*call)();
    }
    detail::simulated::World& world_;
    Executor executor_;
    detail::simulated::Alarm alarm_;
    std::shared_ptr<std::function<void()>> call_;
  };

  Executor executor() { return world_->schedule.context().get_executor(); }
  awaitable<Stream> connect(const Endpoint& where, const Address& from = {}) {
    return connect_from(*world_, *host_, where, from);
  }
  Acceptor listen(const Executor&, const Endpoint& where) {
    detail::simulated::Deed deed;
    deed.local = where;
    const auto begun = world_->begin({Operation::Kind::listen, host_}, std::move(deed));
    if (begun.fault) detail::simulated::fail(std::errc::address_in_use);
    return Acceptor{world_->listen(*host_, where)};
  }
  awaitable<std::vector<Endpoint>> resolve(const std::string& host, std::uint16_t port) {
    return look_up(*world_, host, port);
  }
  Time now() const { return world_->schedule.now(); }
  awaitable<void> sleep_until(Time when) { return sleep_on(*world_, when); }

  /// Connects at once, by hand. `from` may be any address. Throws `std::system_error` as `connect` does.
  SimulatedPeer dial(const Endpoint& where, const Address& from = {}) {
    auto& host = from.is_unspecified() ? *host_ : world_->host({from});
    if (world_->cut(&host, world_->host_at(where.address()))) detail::simulated::fail(std::errc::timed_out);
    return SimulatedPeer{world_->dial(host, where, from)};
  }
  /// Listens at once, by hand.
  SimulatedListener listen_raw(const Endpoint& where) { return SimulatedListener{world_->listen(*host_, where)}; }

 private:
  using World = detail::simulated::World;
  using Host = detail::simulated::Host;
  using Operation = detail::simulated::Operation;
  friend class SimulatedNetwork;

  /// A connect that waits until something gets through, while this lives.
  class Barred {
   public:
    Barred(World& world, detail::simulated::Signal& signal)
        : world_{world}, place_{world.barred.insert(world.barred.end(), &signal)} {}
    Barred(const Barred&) = delete;
    Barred& operator=(const Barred&) = delete;
    ~Barred() { world_.barred.erase(place_); }

   private:
    World& world_;
    std::list<detail::simulated::Signal*>::iterator place_;
  };
  SimulatedTransport(World& world, Host* host) : world_{&world}, host_{host} {}

  static awaitable<Stream> connect_from(World& world, Host& host, Endpoint where, Address from) {
    const detail::simulated::Host* const target = world.host_at(where.address());
    detail::simulated::Deed deed;
    deed.remote = where;
    deed.local = {host.addresses.front(), 0};
    const auto fault = world.begin({Operation::Kind::connect, &host, target}, std::move(deed)).fault;
    const auto conditions = world.conditions_between(&host, target);
    if (conditions.interleave) co_await yield(world.schedule);
    if (fault == Fault::refuse) detail::simulated::fail(std::errc::connection_refused);
    if (!from.is_unspecified() && !host.has(from)) { detail::simulated::fail(std::errc::address_not_available); }
    if (const Duration delay = world.delay(conditions); delay > Duration::zero()) {
      co_await wait_until(world.schedule, world.schedule.now() + delay);
    }
    detail::simulated::Signal never{world.schedule};
    const detail::simulated::Signal::Turn turn{never};
    const Barred barred{world, never};
    while (fault == Fault::stall || world.cut(&host, world.host_at(where.address()))) co_await never.wait();
    const auto end = world.dial(host, where, from);
    if (fault) end->strike(*fault);
    if (end->lost) detail::simulated::fail(std::errc::connection_reset);
    co_return Stream{end};
  }
  static awaitable<std::vector<Endpoint>> look_up(const World& world, std::string host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    std::error_code no_literal;
    const Address literal = asio::ip::make_address(host, no_literal);
    if (!no_literal) {
      endpoints.emplace_back(literal, port);
      co_return endpoints;
    }
    const auto found = world.names.find(host);
    if (found == world.names.end()) throw std::system_error(asio::error::host_not_found);
    for (const Address& address : found->second) endpoints.emplace_back(address, port);
    co_return endpoints;
  }
  static awaitable<void> sleep_on(World& world, Time when) {
    struct Pending {
      explicit Pending(std::size_t& its_count) : count{its_count} { ++count; }
      ~Pending() { --count; }
      std::size_t& count;
    } const pending{world.pending_timers};
    co_await wait_until(world.schedule, when);
  }

  World* world_;
  Host* host_;
};

/// A network inside one process, with a clock that moves only when told and chance that comes from a seed: what a test
/// sees once it sees always. Itself it is the transport of the host 127.0.0.1 (and ::1); `host` gives others.
///
///     template <Transport Network> awaitable<void> greet_one(Network& network, Endpoint where) {
///       const auto executor = network.executor();
///       auto acceptor = network.listen(executor, where);
///       auto stream = co_await acceptor.accept(executor);
///       std::array<std::byte, 100> room;
///       const auto n = co_await stream.read_some(room);
///       co_await stream.write(as_bytes("Hello "));
///       co_await stream.write(std::span{room}.first(n));
///     }
///
///     TEST(Greeter, GreetsByName) {
///       SimulatedNetwork network{7};
///       const Endpoint door{asio::ip::address_v4::loopback(), 21};
///       start_on(network.executor(), greet_one(network, door));
///       network.settle();
///       auto peer = network.dial(door);
///       peer.type("Ada");
///       network.settle();
///       EXPECT_EQ(peer.text(), "Hello Ada");
///       EXPECT_TRUE(peer.ended());
///     }
///
/// **Lifetime:** outlives its transports, streams and peers; coroutines still suspended on it end with it.
/// **Threads:** one. Work given to `blocking` runs on it, some turns later, as the seed chooses.
class SimulatedNetwork : public SimulatedTransport {
 public:
  explicit SimulatedNetwork(std::uint64_t seed, const NetworkConditions& conditions = {})
      : SimulatedTransport{world_, nullptr}, world_{seed, conditions} {
    host_ = &world_.host({asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    const auto workers = [this, seed] { return std::make_unique<detail::simulated::Workers>(world_.schedule, seed); };
    auto pools = std::make_shared<WorkerPools>(workers(), workers(), workers());
    asio::make_service<BlockingWork>(world_.schedule.context(), std::move(pools));
    asio::make_service<OwnDate>(world_.schedule.context(), [&world = world_] { return date_of(world); });
    name("localhost", {"127.0.0.1", "::1"});
    of_this_thread().push_back(this);
  }
  ~SimulatedNetwork() { std::erase(of_this_thread(), this); }
  SimulatedNetwork(const SimulatedNetwork&) = delete;
  SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

  NetworkConditions& conditions() noexcept { return world_.conditions; }
  /// The transport of the host with these addresses, given as text.
  template <std::convertible_to<std::string_view>... Text>
    requires(sizeof...(Text) > 0)
  SimulatedTransport host(const Text&... addresses) {
    return {world_, &world_.host({asio::ip::make_address(std::string_view{addresses})...})};
  }
  /// Gives a name to addresses, for `resolve`.
  void name(std::string name, std::initializer_list<std::string_view> addresses) {
    auto& list = world_.names[std::move(name)];
    list.clear();
    for (const auto address : addresses) list.push_back(asio::ip::make_address(address));
  }
  /// From now on work given to `blocking` is not begun; until `release_blocking_work`.
  void hold_blocking_work() noexcept { world_.schedule.holds_work = true; }
  void release_blocking_work() { world_.schedule.release_work(); }
  /// What it is like between two hosts from now on, if it is to be another than elsewhere: at first it is the same.
  ///
  ///     network.between("192.0.2.7", "127.0.0.1").bandwidth = 100'000;
  ///
  /// Whoever was given it may change it at any time, as long as the network lives.
  NetworkConditions& between(std::string_view one, std::string_view other) {
    return world_.links.try_emplace(pair_of(one, other), world_.conditions).first->second;
  }

  /// From now on nothing gets to or from this host: what is sent there waits, connecting too; until `plug_in`.
  void unplug(std::string_view address) { named(address).unplugged = true; }
  void plug_in(std::string_view address) {
    named(address).unplugged = false;
    world_.go_on();
  }
  /// From now on nothing gets from one of these hosts to the other: what is sent waits, connecting too; until `heal`.
  void part(std::string_view one, std::string_view other) { world_.parted.insert(pair_of(one, other)); }
  void heal(std::string_view one, std::string_view other) {
    world_.parted.erase(pair_of(one, other));
    world_.go_on();
  }

  /// The date, which goes on with `now()`: that of LIST, of MDTM, and of what is new in a `MemoryStorage`. A network
  /// begins on 2001-02-03.
  Timestamp date() const { return date_of(world_); }
  /// From now on it is this date.
  void set_date(Timestamp date) { world_.first_date += date - date_of(world_); }

  /// Runs all that can run without time passing. What a detached coroutine throws is thrown here.
  void settle() { world_.schedule.settle(); }
  /// Lets time pass, from timer to timer, settling at each.
  void advance(Duration by) { world_.schedule.advance(by); }
  /// Runs `operation` to its end, letting time pass when nothing else can happen, and gives its result or throws what
  /// it threw. Throws `std::logic_error` if it cannot end (no timer is left, or not in thirty days); it is cancelled
  /// then.
  template <class R> R run(awaitable<R> operation) {
    const auto result = std::make_shared<Settled<R>>();
    drive(ftplike::settle(std::move(operation), *result), result);
    return result->get();
  }

  /// As a transport with event loops of its own: runs all there is, letting time pass (at most thirty days), until
  /// `stop()`. So a `Runner` and a `BlockingClient` run on it.
  void run() {
    is_stopped_ = false;
    settle();
    const Time limit = now() + longest;
    while (!is_stopped_ && world_.schedule.step(limit)) {}
  }
  void stop() noexcept { is_stopped_ = true; }

  /// Lets what happens at this place meet with `fault`, once.
  ///
  /// A write that fails lets some of its bytes through, as the seed chooses; a read gives none. A connection just made
  /// ends in both directions with `Fault::end`; `listen` fails with `address_in_use`, whatever the fault. A suite runs a
  /// session with a fault at `{.operation = 1}`, at 2, …, until `faults_left` says that the last one was not reached.
  ///
  /// **Errors:** `std::invalid_argument` for a place that is none.
  void fail(FaultPlace place, Fault fault) {
    const auto host_of = [this](const std::string& address) { return address.empty() ? nullptr : &named(address); };
    const Host* const of = host_of(place.of);
    const Host* const by = host_of(place.by);
    world_.faults.order(std::move(place), fault, of, by);
  }
  /// How many faults have met with nothing by now.
  std::size_t faults_left() const noexcept { return world_.faults.left(); }
  /// How many operations have begun by now.
  std::uint64_t operations() const noexcept { return world_.operations; }
  /// The last operations, and what was typed by hand between them, a line each: for people, who want to know what led
  /// to a failure.
  std::vector<std::string> last_operations() const { return world_.deeds.lines(world_.began); }
  std::uint64_t seed() const noexcept { return world_.seed; }
  /// Calls `f(network)` for all that were made on this thread and are there.
  template <std::invocable<const SimulatedNetwork&> F> static void for_each_of_this_thread(F f) {
    for (const SimulatedNetwork* const network : of_this_thread()) f(*network);
  }

  /// Calls a function when so many turns are over, counted since the network began. A turn is what is run between two
  /// moments in which nothing runs: of a coroutine, from where it goes on to where it waits again. So what is cancelled
  /// after the first turn of an operation, after the second, …, until `turns()` says that it had ended before, has been
  /// cancelled wherever it waits.
  void call_after(std::uint64_t turns, std::function<void()> call) { world_.schedule.call_after(turns, std::move(call)); }
  std::uint64_t turns() const noexcept { return world_.schedule.turns(); }

  /// What transports gave and what is not yet closed; timers that run and sleeps: nothing once all has ended.
  std::size_t open_streams() const noexcept { return world_.open_streams; }
  std::size_t open_acceptors() const noexcept { return world_.open_acceptors; }
  std::size_t pending_timers() const noexcept { return world_.pending_timers; }

 private:
  static std::vector<const SimulatedNetwork*>& of_this_thread() {
    thread_local std::vector<const SimulatedNetwork*> all;
    return all;
  }
  Host& named(std::string_view address) { return world_.host({asio::ip::make_address(address)}); }
  World::HostPair pair_of(std::string_view one, std::string_view other) {
    return World::pair_of(&named(one), &named(other));
  }
  static Timestamp date_of(const World& world) {
    return world.first_date + std::chrono::floor<std::chrono::milliseconds>(world.schedule.now() - world.began);
  }

  /// Runs an operation that keeps `kept` alive until it has ended.
  void drive(awaitable<void> operation, std::shared_ptr<const void> kept) {
    struct Task {
      asio::cancellation_signal stop;
      bool done = false;
    };
    const auto task = std::make_shared<Task>();
    start_on(executor(), std::move(operation), task->stop.slot(),
             [task, kept = std::move(kept)](std::exception_ptr) { task->done = true; });
    settle();
    const Time limit = now() + longest;
    while (!task->done) {
      if (world_.schedule.step(limit)) continue;
      task->stop.emit(asio::cancellation_type::terminal);
      settle();
      throw std::logic_error("the operation waits for something that never happens on this simulated network");
    }
  }

  static constexpr std::chrono::hours longest{24 * 30};  // that an operation may take

  World world_;
  bool is_stopped_ = false;
};

static_assert(Transport<SimulatedTransport>);
static_assert(Transport<SimulatedNetwork>);

}  // namespace ftplike

// ---- ftplike/simulated/replay.hpp
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>


namespace ftplike::inline v0_2 {

/// Where a session that was played again went another way than the recorded one.
struct Difference {
  std::size_t line;  // of the recording
  std::string recorded, seen;
};

/// How a recording is played.
class ReplayOptions {
 public:
  // No aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice.
  ReplayOptions(std::string its_password = {}, Duration its_patience = std::chrono::hours{1})
      : password{std::move(its_password)}, patience{its_patience} {}
  std::string password;  // in place of those that were hidden
  Duration patience;     // for whatever the other end is to do next
};

namespace detail {

/// What the sessions of a replay share.
struct Replay {
  explicit Replay(const Executor& executor) : ended{executor} {}
  std::vector<Difference> differences;
  std::size_t running = 0;
  Condition ended;
};

/// The commands that TLS was spoken of with, which a replay in clear leaves out with their replies.
inline bool is_about_tls(std::string_view command) {
  const auto verb = command.substr(0, command.find(' '));
  return verb == "AUTH" || verb == "PBSZ" || verb == "PROT" || verb == "CCC";
}

/// Puts what is known of a data connection before the final reply that came before it was told: a client may hear of
/// the end first, and a replay has to take the bytes first.
inline void put_data_before_replies(std::vector<RecordedEvent>& script) {
  using Kind = RecordedEvent::Kind;
  const auto is_of_data = [](const RecordedEvent& event) {
    return event.kind == Kind::connected || event.kind == Kind::bytes || event.kind == Kind::data;
  };
  for (auto event = script.begin(); event != script.end(); ++event) {
    if (event->kind != Kind::reply || event->code < 200) continue;
    const auto end = std::find_if_not(event + 1, script.end(), is_of_data);
    event = std::rotate(event, event + 1, end);
  }
}

/// The events of each session of a recording, in the order of their beginnings.
inline std::vector<std::vector<RecordedEvent>> scripts_of(const Recording& recording) {
  std::vector<std::vector<RecordedEvent>> scripts;
  std::map<std::uint64_t, std::size_t> places;
  std::map<std::uint64_t, bool> leaves_out;
  for (const auto& event : recording.events) {
    const auto [place, is_new] = places.try_emplace(event.session, scripts.size());
    if (is_new) scripts.emplace_back();
    bool& leaving_out = leaves_out[event.session];
    if (event.kind == RecordedEvent::Kind::command) leaving_out = is_about_tls(event.text);
    if (!leaving_out) scripts[place->second].push_back(event);
    if (event.kind == RecordedEvent::Kind::reply && event.code >= 200) leaving_out = false;
  }
  for (auto& script : scripts) put_data_before_replies(script);
  return scripts;
}

/// A session played again: one end of it, whose other end is the program that is looked at.
class ReplayedSession {
 public:
  ReplayedSession(SimulatedTransport network, SimulatedStream control, bool plays_client,
                  std::vector<RecordedEvent> script, ReplayOptions options, Replay& replay)
      : network_{network},
        control_{std::move(control)},
        plays_client_{plays_client},
        script_{std::move(script)},
        options_{std::move(options)},
        replay_{replay},
        began_{network_.now() - script_.front().at} {
    mark_as_control(control_);
  }

  /// Does what the script says, to its end or to the first difference after which the rest has no sense.
  awaitable<void> run() {
    for (at_ = 0; at_ < script_.size() && !lost_; ++at_) {
      const RecordedEvent& event = script_[at_];
      const Time due = began_ + event.at;
      if (due > network_.now()) co_await network_.sleep_until(due);
      std::error_code failure;
      try {
        co_await step(event);
      } catch (const std::system_error& error) { failure = error.code(); }
      if (failure) differ(event, failure == Errc::timed_out ? "nothing came" : failure.message(), true);
    }
  }

 private:
  using Kind = RecordedEvent::Kind;

  awaitable<void> step(const RecordedEvent& event) {
    switch (event.kind) {
      case Kind::command: return plays_client_ ? send_command(event) : expect_command(event);
      case Kind::reply: return plays_client_ ? expect_reply(event) : send_reply(event);
      case Kind::connected: return connect_data();
      case Kind::bytes: return keep(event);
      case Kind::data: return event.up == plays_client_ ? send_data(event) : expect_data(event);
      default: return nothing();
    }
  }
  static awaitable<void> nothing() { co_return; }
  awaitable<void> keep(const RecordedEvent& event) {
    contents_ += event.text;
    co_return;
  }

  // ---- what this end says

  awaitable<void> send_command(const RecordedEvent& event) {
    std::string text = event.text;
    const auto [verb, argument] = parts_of(text);
    told_a_port_ = verb == "PORT" || verb == "EPRT";
    if (told_a_port_) {
      const HostPort door = open_door();
      text = verb == "PORT" ? "PORT " + format_port(door) : "EPRT " + format_eprt(door);
    } else if (argument == Recording::hidden) {
      text = std::string{verb} + ' ' + options_.password;
    }
    if (!event.unterminated) text += "\r\n";
    co_await control_.write(as_bytes(text));
  }
  awaitable<void> send_reply(const RecordedEvent& event) {
    std::string text = event.text;
    if (names_a_port(event.code, text)) {
      const HostPort door = open_door();
      if (event.code == 229) {
        text = "Entering Extended Passive Mode (|||" + std::to_string(door.port) + "|)";
      } else {
        text = event.code == 227 ? "Entering Passive Mode (" + format_port(door) + ')' : std::to_string(door.port);
      }
    }
    const std::string wire = Reply{event.code, text}.wire();
    co_await control_.write(as_bytes(wire));
  }
  awaitable<void> send_data(const RecordedEvent& event) {
    std::string text = std::exchange(contents_, {});
    if (!data_) co_return;
    for (std::uint64_t left = event.bytes; left > 0; left -= std::min<std::uint64_t>(left, text.size())) {
      if (text.empty() || left < event.bytes) text.assign(64 * 1024, 'x');  // what was not recorded
      if (text.size() > left) text.resize(left);
      co_await patiently(data_->write(as_bytes(text)));
    }
    co_await patiently(data_->finish());
    data_.reset();
  }

  // ---- what it expects

  awaitable<void> expect_command(const RecordedEvent& event) {
    const std::size_t wanted = event.unterminated ? event.text.size() : std::string::npos;
    std::string line = co_await next_line(wanted);
    const auto [verb, argument] = parts_of(event.text);
    const auto [seen_verb, seen_argument] = parts_of(line);
    if (verb == "PORT" || verb == "EPRT") {
      const auto named = seen_verb == "PORT" ? parse_port(seen_argument) : parse_eprt(seen_argument);
      if (named) aim_ = endpoint_of(*named);
      if (seen_verb != verb) differ(event, line, true);
    } else if (line != event.text && !(argument == Recording::hidden && seen_verb == verb)) {
      differ(event, line, seen_verb != verb);
    }
  }
  awaitable<void> expect_reply(const RecordedEvent& event) {
    std::optional<Reply> reply = replies_.next();
    while (!reply && !replies_.defect()) {
      const std::string bytes = co_await more();
      if (bytes.empty()) {
        differ(event, "the connection was closed", true);
        co_return;
      }
      replies_.feed(bytes);
      reply = replies_.next();
    }
    if (!reply) throw std::system_error(replies_.defect());
    const bool names_port = names_a_port(event.code, event.text);
    const bool may_have_another_text = names_port ? names_a_port(reply->code(), reply->text()) : told_a_port_;
    const bool same = reply->code() == event.code && (may_have_another_text || reply->text() == event.text);
    if (!same)
      differ(event, std::to_string(reply->code()) + ' ' + reply->text(), reply->code() / 100 != event.code / 100);
    if (!names_port || !names_a_port(reply->code(), reply->text())) co_return;
    aim_ = place_in(*reply);
    door_.reset();
    if (connects_before_the_next_port()) co_await connect_data();
  }
  awaitable<void> expect_data(const RecordedEvent& event) {
    contents_.clear();
    if (!data_) co_return;
    QuickDigest digest;
    std::uint64_t bytes = 0;
    std::error_code failure;
    try {
      for (;;) {
        const std::string piece = co_await patiently(read(*data_));
        if (piece.empty()) break;
        digest.add(piece);
        bytes += piece.size();
      }
    } catch (const std::system_error& error) { failure = error.code(); }
    data_.reset();
    if (failure == Errc::timed_out) throw std::system_error(failure);
    if (bytes == event.bytes && digest.value() == event.digest) co_return;
    differ(event, std::to_string(bytes) + " bytes" + (bytes == event.bytes ? ", but not the same" : ""), false);
  }

  // ---- data connections

  awaitable<void> connect_data() {
    if (data_) co_return;
    if (door_) {
      const Executor executor = co_await asio::this_coro::executor;
      SimulatedStream stream = co_await patiently(door_->accept(executor));
      data_.emplace(std::move(stream));
    } else if (aim_) {
      SimulatedStream stream = co_await patiently(network_.connect(*aim_));
      data_.emplace(std::move(stream));
    }
  }
  /// Whether the recorded session came to a data connection at the port that was just named.
  bool connects_before_the_next_port() const {
    for (std::size_t i = at_ + 1; i < script_.size(); ++i) {
      const auto& event = script_[i];
      if (event.kind == Kind::connected) return true;
      const bool arms_again =
          event.kind == Kind::command && (event.text.starts_with("PORT ") || event.text.starts_with("EPRT "));
      if (arms_again || (event.kind == Kind::reply && names_a_port(event.code, event.text))) return false;
    }
    return false;
  }
  HostPort open_door() {
    const Endpoint here{control_.local().address(), 0};
    door_.emplace(network_.listen(network_.executor(), here));
    aim_.reset();
    return {here.address().to_string(), door_->endpoint().port()};
  }
  static Endpoint endpoint_of(const HostPort& named) {
    std::error_code no_address;
    return {asio::ip::make_address(named.host, no_address), named.port};
  }
  static bool is_announcement(int code, std::string_view text) {
    return code == 150 && !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  }
  static bool names_a_port(int code, std::string_view text) {
    return (code == 229 && parse_epsv_reply(text)) || (code == 227 && parse_pasv_reply(text)) ||
           (is_announcement(code, text) && parse_announced_reply(text));
  }
  Endpoint place_in(const Reply& reply) const {
    if (reply.code() == 227) return endpoint_of(*parse_pasv_reply(reply.text()));
    const auto port = reply.code() == 229 ? parse_epsv_reply(reply.text()) : parse_announced_reply(reply.text());
    return {control_.remote().address(), *port};
  }

  // ---- reading

  static awaitable<std::string> read(SimulatedStream& stream) {
    std::array<char, 4096> room;
    const std::size_t n = co_await stream.read_some(std::as_writable_bytes(std::span{room}));
    co_return std::string{room.data(), n};
  }
  awaitable<std::string> more() { return patiently(read(control_)); }
  template <class R> awaitable<R> patiently(awaitable<R> operation) {
    return within(network_, options_.patience, std::move(operation));
  }
  /// The next line, or as many bytes if they come without a line's end.
  awaitable<std::string> next_line(std::size_t enough) {
    for (;;) {
      const auto end = heard_.find('\n');
      if (end != heard_.npos || heard_.size() >= enough) {
        std::string line = heard_.substr(0, std::min(end, heard_.size()));
        heard_.erase(0, end == heard_.npos ? end : end + 1);
        if (line.ends_with('\r')) line.pop_back();
        co_return line;
      }
      const std::string bytes = co_await more();
      if (bytes.empty()) throw std::system_error(Errc::peer_lost);
      heard_ += bytes;
    }
  }
  static std::pair<std::string_view, std::string_view> parts_of(std::string_view text) {
    const auto blank = std::min(text.find(' '), text.size());
    return {text.substr(0, blank), text.substr(std::min(blank + 1, text.size()))};
  }

  void differ(const RecordedEvent& event, std::string seen, bool is_the_end) {
    const auto line = Recording::line_of(event);
    const auto what = line.find(' ', line.find(' ') + 1) + 1;
    replay_.differences.push_back({event.line, line.substr(what), std::move(seen)});
    lost_ = is_the_end;
  }

  SimulatedTransport network_;
  SimulatedStream control_;
  const bool plays_client_;
  const std::vector<RecordedEvent> script_;
  const ReplayOptions options_;
  Replay& replay_;
  const Time began_;
  std::size_t at_ = 0;
  bool lost_ = false;         // what follows has no sense any more
  bool told_a_port_ = false;  // by the last command: another one than was recorded
  ReplyBuffer replies_;
  std::string heard_, contents_;
  std::optional<Endpoint> aim_;            // where the next data connection goes to
  std::optional<SimulatedAcceptor> door_;  // or comes in
  std::optional<SimulatedStream> data_;
};

inline awaitable<void> play_session(std::shared_ptr<Replay> replay, SimulatedTransport network, SimulatedStream control,
                                    bool plays_client, std::vector<RecordedEvent> script, ReplayOptions options) {
  ReplayedSession session{network, std::move(control), plays_client, std::move(script), std::move(options), *replay};
  co_await session.run();
}

/// Plays a recording; at `where` is the server to connect to, or we are.
inline awaitable<std::vector<Difference>> play(SimulatedTransport network, Endpoint where, bool plays_client,
                                               Recording recording, ReplayOptions options) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto replay = std::make_shared<Replay>(executor);
  std::optional<SimulatedAcceptor> acceptor;
  if (!plays_client) acceptor.emplace(network.listen(executor, where));
  const Time began = network.now();
  for (auto& script : scripts_of(recording)) {
    const Time due = began + script.front().at;
    if (plays_client && due > network.now()) co_await network.sleep_until(due);
    auto coming = plays_client ? network.connect(where) : acceptor->accept(executor);
    Settled<SimulatedStream> control;
    co_await settle(within(network, options.patience, std::move(coming)), control);
    if (control.failed()) {
      replay->differences.push_back({script.front().line, "a session", "nobody came"});
      continue;
    }
    ++replay->running;
    auto session = play_session(replay, network, control.get(), plays_client, std::move(script), options);
    start_on(executor, std::move(session), {}, [replay](std::exception_ptr) {
      --replay->running;
      replay->ended.notify();
    });
  }
  while (replay->running > 0) co_await replay->ended.wait();
  std::stable_sort(replay->differences.begin(), replay->differences.end(),
                   [](const Difference& a, const Difference& b) { return a.line < b.line; });
  co_return std::move(replay->differences);
}

}  // namespace detail

/// Plays the clients of a recording against the server at `server`: says what they said when they said it, and gives
/// all in which the server's replies and data differ from what was recorded. Ports and addresses of data connections
/// may differ. What an upload consisted of, if that was not recorded, is made up, in the same length. What was said of
/// TLS is left out: a replay is in clear.
///
///     std::string complaint;
///     const auto recording = Recording::parse(text, complaint);
///     for (const auto& difference : network.run(replay_clients(network, where, *recording))) …
///
/// **Cancellation:** ends the wait; what is under way ends by its patience.
inline awaitable<std::vector<Difference>> replay_clients(SimulatedTransport network, Endpoint server,
                                                         Recording recording, ReplayOptions options = {}) {
  return detail::play(network, server, true, std::move(recording), std::move(options));
}

/// Plays the server of a recording at the address `where` for the clients under test, which come by themselves: replies
/// what it replied, and gives all in which their commands and data differ from what was recorded. The rest as above.
inline awaitable<std::vector<Difference>> replay_server(SimulatedTransport network, Endpoint where, Recording recording,
                                                        ReplayOptions options = {}) {
  return detail::play(network, where, false, std::move(recording), std::move(options));
}

}  // namespace ftplike::inline v0_2

// ---- ftplike/storage/composed.hpp
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>


namespace ftplike::inline v0_2 {

// Storages made of others.

/// The files of a storage, which can only be read: the server has no command that writes.
///
///     ReadOnlyStorage{DirectoryStorage{"pub"}}
template <ReadableStorage Files> class ReadOnlyStorage {
 public:
  using Reader = typename Files::Reader;
  using Listing = typename Files::Listing;

  explicit ReadOnlyStorage(Files files) : files_{std::move(files)} {}
  std::string label() const { return files_.label(); }
  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  ReadOnlyStorage for_client(ClientKey client, More... more) const {
    return ReadOnlyStorage{files_.for_client(client, std::move(more)...)};
  }
  awaitable<Entry> stat(Path path) { co_return co_await files_.stat(path); }
  awaitable<Listing> list(Path path) { co_return co_await files_.list(path); }
  awaitable<Reader> open(Path path, std::uint64_t offset) { co_return co_await files_.open(path, offset); }

 private:
  Files files_;
};

namespace detail {

/// A reader of the one storage or of the other.
template <class First, class Second> class EitherReader {
 public:
  template <std::size_t I, class Reader> EitherReader(std::in_place_index_t<I> which, Reader reader)
      : reader_{which, std::move(reader)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    return std::visit([room](auto& reader) { return reader.read_some(room); }, reader_);
  }
  std::optional<std::uint64_t> size() const {
    return std::visit(
        [](const auto& reader) -> std::optional<std::uint64_t> {
          if constexpr (requires { reader.size(); }) return reader.size();
          return std::nullopt;
        },
        reader_);
  }
  // A file, for the kernel to move.
  int descriptor() noexcept {
    return file([](auto& reader) { return reader.descriptor(); }, -1);
  }
  std::uint64_t position() noexcept {
    return file([](auto& reader) -> std::uint64_t { return reader.position(); }, std::uint64_t{0});
  }
  void advance(std::size_t count) noexcept {
    file([count](auto& reader) { return reader.advance(count), 0; }, 0);
  }
  awaitable<std::size_t> fetch(std::size_t most) {
    return file([most](auto& reader) { return reader.fetch(most); }, awaitable<std::size_t>{});
  }

 private:
  template <class Act, class Otherwise> Otherwise file(Act act, Otherwise otherwise) {
    return std::visit(
        [&](auto& reader) -> Otherwise {
          if constexpr (FileSource<std::remove_cvref_t<decltype(reader)>>) {
            return act(reader);
          } else {
            return std::move(otherwise);
          }
        },
        reader_);
  }
  std::variant<First, Second> reader_;
};

/// The writer of a storage that has none: there never is one.
class NoWriter {
 public:
  NoWriter() = delete;
  awaitable<void> write(std::span<const std::byte>) { std::terminate(); }
  awaitable<void> finish() { std::terminate(); }
  void discard() { std::terminate(); }
  Path path() const { std::terminate(); }
  std::uint64_t size() const { std::terminate(); }
};
template <class Files> struct WriterType { using type = NoWriter; };
template <WritableStorage Files> struct WriterType<Files> { using type = typename Files::Writer; };

/// The error of an operation; none if it succeeded.
template <class R> std::error_code error_of(const Settled<R>& result) {
  return result.failed() ? code_of(result.failure()) : std::error_code{};
}
inline bool is_missing(std::error_code error) noexcept {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

}  // namespace detail

/// A storage in which another one appears under a name, as if it was mounted there. What is at that name in the first one
/// is hidden. The folder that the name is in has to be there.
///
///     MountedStorage{DirectoryStorage{"pub"}, "/incoming", DirectoryStorage{"incoming"}}
///
/// It can do what either of them can do; `operation_not_permitted` where only the other one could. Nothing is renamed from
/// one to the other (`cross_device_link`), and the name itself stays.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage {
 public:
  using Reader = detail::EitherReader<typename Base::Reader, typename Other::Reader>;
  class Writer;
  class Listing;

  MountedStorage(Base base, std::string_view name, Other other)
      : base_{std::move(base)}, name_{name}, other_{std::move(other)} {}
  std::string label() const { return base_.label(); }
  /// With whatever else both take there.
  template <class... More>
    requires requires(const Base& one, const Other& two, ClientKey client, More... more) {
      one.for_client(client, more...);
      two.for_client(client, more...);
    }
  MountedStorage for_client(ClientKey client, More... more) const {
    return MountedStorage{base_.for_client(client, more...), name_.string(), other_.for_client(client, more...)};
  }

  awaitable<Entry> stat(Path path) {
    const auto there = inside(path);
    if (!there) co_return co_await base_.stat(path);
    Entry entry = co_await other_.stat(*there);
    if (there->is_root()) entry.name = name_.name();
    co_return entry;
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    const auto there = inside(path);
    if (there) {
      auto reader = co_await other_.open(*there, offset);
      co_return Reader{std::in_place_index<1>, std::move(reader)};
    }
    auto reader = co_await base_.open(path, offset);
    co_return Reader{std::in_place_index<0>, std::move(reader)};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires(WritableStorage<Base> || WritableStorage<Other>) {
    return write(std::move(path), [offset](auto& files, const Path& at) -> decltype(files.create(at, offset)) {
      return files.create(at, offset);
    });
  }
  awaitable<Writer> append(Path path) requires(AppendsToFiles<Base> || AppendsToFiles<Other>) {
    return write(std::move(path), [](auto& files, const Path& at) -> decltype(files.append(at)) {
      return files.append(at);
    });
  }
  awaitable<Writer> create_unique(Path path) requires(MakesUniqueNames<Base> || MakesUniqueNames<Other>) {
    return write(std::move(path), [](auto& files, const Path& at) -> decltype(files.create_unique(at)) {
      return files.create_unique(at);
    });
  }
  awaitable<std::uint64_t> partial_size(Path path) requires(KeepsPartialFiles<Base> || KeepsPartialFiles<Other>) {
    return act<std::uint64_t>(std::move(path), [](auto& files, const Path& at) -> decltype(files.partial_size(at)) {
      return files.partial_size(at);
    });
  }
  awaitable<void> make_directory(Path path) requires(MakesDirectories<Base> || MakesDirectories<Other>) {
    if (path == name_) detail::fail(std::errc::file_exists);
    co_await act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.make_directory(at)) {
      return files.make_directory(at);
    });
  }
  awaitable<void> remove(Path path) requires(RemovesFiles<Base> || RemovesFiles<Other>) {
    return act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.remove(at)) {
      return files.remove(at);
    });
  }
  awaitable<void> remove_directory(Path path) requires(RemovesDirectories<Base> || RemovesDirectories<Other>) {
    check_stays(path);
    co_await act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.remove_directory(at)) {
      return files.remove_directory(at);
    });
  }
  awaitable<void> rename(Path from, Path to) requires(RenamesFiles<Base> || RenamesFiles<Other>) {
    check_stays(from);
    check_stays(to);
    const auto target = inside(to);
    if (inside(from).has_value() != target.has_value()) detail::fail(std::errc::cross_device_link);
    if (target) to = *target;
    const auto rename = [to](auto& files, const Path& at) -> decltype(files.rename(at, to)) {
      return files.rename(at, to);
    };
    co_await act<void>(std::move(from), rename);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires(SetsTimes<Base> || SetsTimes<Other>) {
    return act<void>(std::move(path), [time](auto& files, const Path& at) -> decltype(files.set_modified(at, time)) {
      return files.set_modified(at, time);
    });
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires(KeepsModes<Base> || KeepsModes<Other>) {
    return act<void>(std::move(path), [mode](auto& files, const Path& at) -> decltype(files.set_mode(at, mode)) {
      return files.set_mode(at, mode);
    });
  }
  awaitable<std::uint64_t> available(Path path) requires(TellsFreeSpace<Base> || TellsFreeSpace<Other>) {
    return act<std::uint64_t>(std::move(path), [](auto& files, const Path& at) -> decltype(files.available(at)) {
      return files.available(at);
    });
  }

 private:
  /// A path of the other storage, if it is one.
  std::optional<Path> inside(const Path& path) const {
    if (path == name_) return Path{};
    if (!path.string().starts_with(name_.string() + '/')) return std::nullopt;
    return path.below(name_);
  }
  /// The name where the other storage is mounted, and what is above it, can be neither moved nor removed.
  void check_stays(const Path& path) const {
    if ((name_.string() + '/').starts_with(detail::inside(path))) detail::fail(std::errc::operation_not_permitted);
  }
  /// Has the storage that a path belongs to do something, if it can.
  template <class R, class Act> awaitable<R> act(Path path, Act what) {
    const auto there = inside(path);
    if (there) {
      if constexpr (requires { what(other_, *there); }) co_return co_await what(other_, *there);
    } else {
      if constexpr (requires { what(base_, path); }) co_return co_await what(base_, path);
    }
    detail::fail(std::errc::operation_not_permitted);
  }
  template <class Act> awaitable<Writer> write(Path path, Act what);

  Base base_;
  Path name_;
  Other other_;
};

/// An upload to the one storage or to the other.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage<Base, Other>::Writer {
 public:
  template <std::size_t I, class Theirs> Writer(std::in_place_index_t<I> which, Theirs writer, Path name)
      : writer_{which, std::move(writer)}, name_{std::move(name)} {}

  awaitable<void> write(std::span<const std::byte> bytes) {
    return std::visit([bytes](auto& writer) { return writer.write(bytes); }, writer_);
  }
  awaitable<void> finish() {
    return std::visit([](auto& writer) { return writer.finish(); }, writer_);
  }
  void discard() {
    std::visit([](auto& writer) { writer.discard(); }, writer_);
  }
  Path path() const {
    const Path path = std::visit([](const auto& writer) { return Path{writer.path()}; }, writer_);
    return writer_.index() == 1 ? path.beneath(name_) : path;
  }
  std::uint64_t size() const {
    return std::visit([](const auto& writer) { return writer.size(); }, writer_);
  }

 private:
  std::variant<typename detail::WriterType<Base>::type, typename detail::WriterType<Other>::type> writer_;
  Path name_;
};

/// What is in a directory of either, with the mounted one among it where it is.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage<Base, Other>::Listing {
 public:
  template <std::size_t I, class Theirs>
  Listing(std::in_place_index_t<I> which, Theirs listing, std::optional<Entry> mounted)
      : listing_{which, std::move(listing)}, mounted_{std::move(mounted)}, name_{mounted_ ? mounted_->name : ""} {}

  awaitable<std::vector<Entry>> next() {
    if (mounted_) {
      std::vector<Entry> first{*std::exchange(mounted_, std::nullopt)};
      co_return first;
    }
    for (;;) {
      std::vector<Entry> entries = co_await std::visit([](auto& listing) { return listing.next(); }, listing_);
      if (entries.empty() || name_.empty()) co_return entries;
      std::erase_if(entries, [this](const Entry& entry) { return entry.name == name_; });
      if (!entries.empty()) co_return entries;
    }
  }

 private:
  std::variant<typename Base::Listing, typename Other::Listing> listing_;
  std::optional<Entry> mounted_;
  std::string name_;  // of the mounted one, which hides another one
};

template <ReadableStorage Base, ReadableStorage Other>
awaitable<typename MountedStorage<Base, Other>::Listing> MountedStorage<Base, Other>::list(Path path) {
  const auto there = inside(path);
  if (there) {
    auto listing = co_await other_.list(*there);
    co_return Listing{std::in_place_index<1>, std::move(listing), std::nullopt};
  }
  auto listing = co_await base_.list(path);
  std::optional<Entry> mounted;
  if (path == name_.parent()) {
    Entry entry = co_await stat(name_);
    mounted = std::move(entry);
  }
  co_return Listing{std::in_place_index<0>, std::move(listing), std::move(mounted)};
}

template <ReadableStorage Base, ReadableStorage Other> template <class Act>
awaitable<typename MountedStorage<Base, Other>::Writer> MountedStorage<Base, Other>::write(Path path, Act what) {
  const auto there = inside(path);
  if (there) {
    if constexpr (requires { what(other_, *there); }) {
      auto writer = co_await what(other_, *there);
      co_return Writer{std::in_place_index<1>, std::move(writer), name_};
    }
  } else {
    if constexpr (requires { what(base_, path); }) {
      auto writer = co_await what(base_, path);
      co_return Writer{std::in_place_index<0>, std::move(writer), name_};
    }
  }
  detail::fail(std::errc::operation_not_permitted);
}

/// Two storages one over the other: what is written goes to the upper one, and what is only in the lower one can be read
/// and not changed (`read_only_file_system`). Of two files of one name the upper one is seen; directories of one name are
/// seen as one.
///
///     OverlayStorage{DirectoryStorage{"release"}, DirectoryStorage{"uploads"}}
///
/// A directory that is only in the lower one is made in the upper one when something is put into it, where that
/// `MakesDirectories`.
template <ReadableStorage Lower, ReadableStorage Upper> class OverlayStorage {
 public:
  using Reader = detail::EitherReader<typename Lower::Reader, typename Upper::Reader>;
  using Writer = typename detail::WriterType<Upper>::type;
  class Listing;

  OverlayStorage(Lower lower, Upper upper) : lower_{std::move(lower)}, upper_{std::move(upper)} {}
  std::string label() const { return upper_.label(); }
  /// With whatever else both take there.
  template <class... More>
    requires requires(const Lower& one, const Upper& two, ClientKey client, More... more) {
      one.for_client(client, more...);
      two.for_client(client, more...);
    }
  OverlayStorage for_client(ClientKey client, More... more) const {
    return OverlayStorage{lower_.for_client(client, more...), upper_.for_client(client, more...)};
  }

  awaitable<Entry> stat(Path path) {
    Settled<Entry> above;
    co_await settle(upper_.stat(path), above);
    if (!detail::is_missing(detail::error_of(above))) co_return above.get();
    co_return co_await lower_.stat(path);
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    const bool is_above = co_await upper_has(path);
    if (is_above) {
      auto reader = co_await upper_.open(path, offset);
      co_return Reader{std::in_place_index<1>, std::move(reader)};
    }
    auto reader = co_await lower_.open(path, offset);
    co_return Reader{std::in_place_index<0>, std::move(reader)};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Upper> {
    co_await make_room(path);
    co_return co_await upper_.create(path, offset);
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Upper> {
    const bool is_above = co_await upper_has(path);
    const bool is_below = co_await lower_has(path);
    if (!is_above && is_below) detail::fail(std::errc::read_only_file_system);
    co_await make_room(path);
    co_return co_await upper_.append(path);
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Upper> {
    co_await make_room(path);
    for (unsigned number = 0;; ++number) {
      const Path wanted = detail::numbered(path, number);
      const bool is_taken = co_await lower_has(wanted);
      if (is_taken) continue;
      auto writer = co_await upper_.create_unique(wanted);
      const Path made{writer.path()};
      const bool is_hidden = co_await lower_has(made);
      if (!is_hidden) co_return writer;
      writer.discard();
    }
  }
  awaitable<std::uint64_t> partial_size(Path path) requires KeepsPartialFiles<Upper> {
    co_return co_await upper_.partial_size(path);
  }
  awaitable<void> make_directory(Path path) requires MakesDirectories<Upper> {
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::file_exists);
    co_await make_room(path);
    co_await upper_.make_directory(path);
  }
  /// What it hides is seen again.
  awaitable<void> remove(Path path) requires RemovesFiles<Upper> {
    co_await check_is_above(path);
    co_await upper_.remove(path);
  }
  awaitable<void> remove_directory(Path path) requires RemovesDirectories<Upper> {
    co_await check_is_not_below(path);
    co_await upper_.remove_directory(path);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Upper> {
    co_await check_is_not_below(from);
    co_await make_room(to);
    co_await upper_.rename(from, to);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires SetsTimes<Upper> {
    co_await check_is_above(path);
    co_await upper_.set_modified(path, time);
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires KeepsModes<Upper> {
    co_await check_is_above(path);
    co_await upper_.set_mode(path, mode);
  }
  awaitable<std::uint64_t> available(Path) requires TellsFreeSpace<Upper> {
    const Path root;
    co_return co_await upper_.available(root);
  }

 private:
  template <class Files> static awaitable<bool> has(Files& files, Path path) {
    Settled<Entry> found;
    co_await settle(files.stat(path), found);
    if (detail::is_missing(detail::error_of(found))) co_return false;
    (void)found.get();
    co_return true;
  }
  awaitable<bool> upper_has(Path path) { return has(upper_, std::move(path)); }
  awaitable<bool> lower_has(Path path) { return has(lower_, std::move(path)); }
  /// What is not in the upper one, but in the lower one, cannot be changed.
  awaitable<void> check_is_above(Path path) {
    const bool is_above = co_await upper_has(path);
    if (is_above) co_return;
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::read_only_file_system);
  }
  awaitable<void> check_is_not_below(Path path) {
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::read_only_file_system);
  }
  /// Makes the directories of the upper one in which something is to be, where the lower one has them; and sees to it
  /// that no file comes to hide a directory.
  awaitable<void> make_room(Path path) {
    Settled<Entry> below;
    co_await settle(lower_.stat(path), below);
    if (!below.failed() && below.get().is_directory()) detail::fail(std::errc::is_a_directory);
    if constexpr (MakesDirectories<Upper>) {
      std::vector<Path> missing;
      for (Path above = path.parent(); !above.is_root(); above = above.parent()) {
        const bool is_there = co_await upper_has(above);
        if (is_there) break;
        missing.push_back(above);
      }
      for (; !missing.empty(); missing.pop_back()) {
        const Entry wanted = co_await lower_.stat(missing.back());
        if (!wanted.is_directory()) detail::fail(std::errc::not_a_directory);
        co_await upper_.make_directory(missing.back());
      }
    }
  }

  Lower lower_;
  Upper upper_;
};

/// What is in a directory of the upper one, and then what that does not hide of the lower one.
template <ReadableStorage Lower, ReadableStorage Upper> class OverlayStorage<Lower, Upper>::Listing {
 public:
  Listing(std::optional<typename Lower::Listing> lower, std::optional<typename Upper::Listing> upper)
      : lower_{std::move(lower)}, upper_{std::move(upper)} {}

  awaitable<std::vector<Entry>> next() {
    if (upper_) {
      std::vector<Entry> entries = co_await upper_->next();
      if (!entries.empty()) {
        for (const Entry& entry : entries) hidden_.insert(entry.name);
        co_return entries;
      }
      upper_.reset();
    }
    while (lower_) {
      std::vector<Entry> entries = co_await lower_->next();
      if (entries.empty()) break;
      std::erase_if(entries, [this](const Entry& entry) { return hidden_.contains(entry.name); });
      if (!entries.empty()) co_return entries;
    }
    co_return std::vector<Entry>{};
  }

 private:
  std::optional<typename Lower::Listing> lower_;
  std::optional<typename Upper::Listing> upper_;
  std::set<std::string> hidden_;
};

template <ReadableStorage Lower, ReadableStorage Upper>
awaitable<typename OverlayStorage<Lower, Upper>::Listing> OverlayStorage<Lower, Upper>::list(Path path) {
  const Entry listed = co_await stat(path);
  if (!listed.is_directory()) detail::fail(std::errc::not_a_directory);
  std::optional<typename Upper::Listing> upper;
  std::optional<typename Lower::Listing> lower;
  const bool is_above = co_await upper_has(path);
  if (is_above) {
    auto listing = co_await upper_.list(path);
    upper.emplace(std::move(listing));
  }
  Settled<Entry> below;
  co_await settle(lower_.stat(path), below);
  if (!below.failed() && below.get().is_directory()) {
    auto listing = co_await lower_.list(path);
    lower.emplace(std::move(listing));
  }
  co_return Listing{std::move(lower), std::move(upper)};
}

}  // namespace ftplike
