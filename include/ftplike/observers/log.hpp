#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/io/observer.hpp>
#include <ftplike/observers/lines.hpp>
#include <ftplike/observers/text.hpp>
#include <ftplike/observers/wall_time.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike::inline v0_2 {

/// What a `Log` tells of.
enum class LogDetail {
  sessions,  // comings, goings, logins, transfers and changes of files, whoever and whatever was refused
  commands,  // these, and every command and reply
};

/// Tells what happens in lines for people:
///
///     2026-11-22 18:00:33.123 +0100 #12 192.0.2.7:51234 anna: STOR /a.txt: received 12345 bytes in 0.120 s
///
/// Copies write to the same place. **Threads:** safe.
class Log {
 public:
  /// The sink gets a line at a time; `now` is the clock of the times shown, or `nullptr` for a logger that has its own.
  explicit Log(LineSink sink, LogDetail detail = LogDetail::sessions, WallClock now = std::chrono::system_clock::now)
      : state_{std::make_shared<State>(std::move(sink), detail, std::move(now))} {}

  void operator()(const SessionOpened& event) { say(event.who, "connected to " + detail::text_of(event.who.local)); }
  void operator()(const SessionRefused& event) { say(event.who, "turned away: " + std::string{event.why}); }
  void operator()(const IntroductionFailed& event) {
    say(event.who, event.error == Errc::timed_out ? "dropped: no PROXY header came in time"
                                                  : "dropped: no PROXY header: " + event.error.message());
  }
  void operator()(const CommandRefused& event) {
    std::string words = "refused: ";
    words += event.verb;
    if (!event.argument.empty()) (words += ' ') += event.argument;
    words += " in " + event.directory.string() + ": " + first_line(event.reply);
    say(event.who, words);
  }
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
    say(event.who, "< " + first_line(event.reply));
  }
  void operator()(const LoginTried& event) {
    std::string words = event.accepted ? "logged in as " : "login refused to ";
    words += event.user;
    if (!event.why.empty()) (words += ": ") += event.why;
    say(event.who, words);
  }
  void operator()(const ClientBanned& event) {
    std::string words = "banned " + event.subnet.text();
    words += event.until == last_timestamp ? " for good" : " until " + format_timestamp(event.until, Fraction::never) + " UTC";
    if (event.error) words += ", but not in the file: " + event.error.message();
    say(event.who, words);
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
    if (event.is_uncertain()) words += "; its end does not prove that all has come";
    if (!event.kept_as.empty()) (words += "; kept beside it as ") += event.kept_as;
    say(event.who, words);
  }
  void operator()(const FileChanged& event) {
    std::string words{event.verb};
    (words += ' ') += event.path.string();
    switch (event.change) {
      case Change::removed:
      case Change::directory_removed: words += ": removed"; break;
      case Change::directory_made: words += ": made"; break;
      case Change::renamed: words += ": renamed to " + event.renamed_to->string(); break;
      case Change::time_set: words += ": time set to " + format_timestamp(event.time, Fraction::never) + " UTC"; break;
      case Change::mode_set: words += ": mode set to " + detail::octal(event.mode); break;
    }
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

  static std::string first_line(const Reply& reply) {
    const auto& words = reply.text();
    return std::to_string(reply.code()) + ' ' + words.substr(0, words.find('\n'));
  }
  void say(const SessionInfo& who, std::string_view words) {
    std::string line = '#' + std::to_string(who.number) + ' ' + detail::text_of(who.peer);
    if (!who.user.empty()) line += ' ' + who.user;
    (line += ": ") += words;
    const std::lock_guard lock{state_->mutex};  // before the time is taken, so that lines are in its order
    const std::string time = state_->now ? detail::log_time(state_->now()) + ' ' : std::string{};
    state_->sink(time + printable(line));
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2
