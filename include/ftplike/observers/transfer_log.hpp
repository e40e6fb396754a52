#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/io/observer.hpp>
#include <ftplike/observers/lines.hpp>
#include <ftplike/observers/text.hpp>
#include <ftplike/observers/wall_time.hpp>

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
  /// The sink gets a line at a time; `now` is the clock of the times shown.
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
