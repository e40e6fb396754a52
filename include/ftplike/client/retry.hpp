#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <system_error>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// A try that failed and that another one follows: what `RetryPolicy::on_retry` is told.
class Retry {
 public:
  std::string operation;     // of the pool, as "download", or what `use` was told
  std::string path;          // the file or directory of the server that it is about; empty if it is about none
  unsigned attempt = 1;      // which try it was
  unsigned attempts = 1;     // how many there are at most
  const ClientError& error;  // of what it failed; it lives as long as the call
  Duration pause{};          // before the next try

  /// A line for people: "download of a.txt: RETR: connection lost; try 2 of 5 in 1 s".
  std::string text() const {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(pause).count();
    std::string out = operation;
    if (!path.empty()) out += " of " + path;
    out.append(": ").append(error.what()).append("; try " + std::to_string(attempt + 1) + " of ");
    out += std::to_string(attempts) + " in ";
    return out + (ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms");
  }
};

/// How often something is tried that failed for a reason which may pass, and how long to wait in between: at first
/// `first`, then twice as long each time. A try that came further in a file than all before it counts as a first one.
/// By default the pauses come to 15 s (1 + 2 + 4 + 8) where no try comes further; each try takes, besides, as long as
/// the `ClientLimits` let it.
struct RetryPolicy {
  RetryPolicy() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  unsigned attempts = 5;  // tries in all; 0 is as 1
  Duration first = std::chrono::seconds{1};     // the first pause
  Duration longest = std::chrono::seconds{60};  // the longest one
  /// Whether a server that the pool has not reached once is waited for, too. It is not by default: where nobody listens
  /// at an address (`is_unreachable`), the address is wrong more often than the moment.
  bool waits_for_server = false;
  /// Called before the pause behind each try that failed and is followed by another. What it throws ends the operation in
  /// place of that. Not called where a session that the server had closed meanwhile is replaced by a fresh one, at once.
  /// **Threads:** the pool's executor, so it must not block.
  std::function<void(const Retry&)> on_retry;

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

/// Whether an error says that a server could not be reached: nobody listens there, no way leads there, or no answer came
/// in time.
inline bool is_unreachable(const ClientError& error) noexcept {
  if (error.channel() == Channel::local) return false;
  using enum std::errc;
  for (const auto reason :
       {connection_refused, host_unreachable, network_unreachable, network_down, std::errc::timed_out}) {
    if (error.code() == reason) return true;
  }
  return error.code() == Errc::timed_out;
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
      unreachable = is_unreachable(error);
      late = error.code() == Errc::timed_out || error.code() == Errc::stalled;
      moved = error.transferred() > 0;
      came_further = moved && error.reached() > farthest;
      if (came_further) farthest = error.reached();
      code = error.code().category() == reply_category() ? error.code().value() : 0;
    } catch (...) {  // not ours
    }
  }
  bool transient = false;
  bool unreachable = false;   // the server was not reached
  bool late = false;          // a limit of time ran out
  bool moved = false;         // bytes of a file went over
  bool came_further = false;  // than any try before
  bool unheard = false;       // this try or one before had a session and no reply: what it asked for may have been done
  std::uint64_t farthest;     // where in the file that is; 0 if none of the tries moved anything
  int code = 0;               // of the reply, if one said so
};

}  // namespace detail
}  // namespace ftplike
