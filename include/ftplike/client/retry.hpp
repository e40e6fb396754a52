#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <system_error>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// How often something is tried that failed for a reason which may pass, and how long to wait in between: at first
/// `first`, then twice as long each time. A try that came further in a file than all before it counts as a first one.
struct RetryPolicy {
  RetryPolicy() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  unsigned attempts = 5;  // tries in all; 0 is as 1
  Duration first = std::chrono::seconds{1}, longest = std::chrono::seconds{60};  // the first pause, and the longest one

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
