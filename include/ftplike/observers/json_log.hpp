#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/observer.hpp>
#include <ftplike/observers/lines.hpp>
#include <ftplike/observers/log.hpp>
#include <ftplike/observers/text.hpp>
#include <ftplike/observers/wall_time.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// An object of JSON on one line, member by member.
class JsonLine {
 public:
  JsonLine& add(std::string_view name, std::string_view text) {
    begin(name) += '"';
    for (; !text.empty(); text.remove_prefix(first_code_point(text).size)) add_character(text);
    line_ += '"';
    return *this;
  }
  JsonLine& add(std::string_view name, const char* text) { return add(name, std::string_view{text}); }
  JsonLine& add(std::string_view name, std::uint64_t number) {
    begin(name) += std::to_string(number);
    return *this;
  }
  JsonLine& add(std::string_view name, int number) { return add(name, static_cast<std::uint64_t>(number)); }
  JsonLine& add(std::string_view name, bool is_so) {
    begin(name) += is_so ? "true" : "false";
    return *this;
  }
  JsonLine& add_seconds(std::string_view name, Duration time) {
    std::array<char, 32> room{};
    std::snprintf(room.data(), room.size(), "%.3f", std::chrono::duration<double>(time).count());
    begin(name) += room.data();
    return *this;
  }
  /// What went wrong, if something did.
  JsonLine& add_error(std::error_code error) { return error ? add("error", error.message()) : *this; }

  std::string text() const { return line_ + '}'; }

 private:
  std::string& begin(std::string_view name) {
    line_ += line_.size() > 1 ? ",\"" : "\"";
    return line_.append(name).append("\":");
  }
  /// The first character of a text; what is no UTF-8 becomes U+FFFD, and what commands a terminal is written as a number.
  void add_character(std::string_view text) {
    const CodePoint next = first_code_point(text);
    if (next.value == '"' || next.value == '\\') {
      (line_ += '\\') += static_cast<char>(next.value);
    } else if (commands_a_terminal(next.value) || next.value == U'\uFFFD') {
      std::array<char, 8> room{};
      std::snprintf(room.data(), room.size(), "\\u%04x", static_cast<unsigned>(next.value));
      line_ += room.data();
    } else {
      line_ += text.substr(0, next.size);
    }
  }
  std::string line_{"{"};
};

/// `2026-11-22T17:00:33.123Z`.
inline std::string iso_time(std::chrono::system_clock::time_point when) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when);
  const Civil civil{Timestamp{milliseconds.time_since_epoch()}};
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", civil.year(), civil.month(), civil.day(),
                civil.hour(), civil.minute(), civil.second(), civil.millisecond());
  return room.data();
}

}  // namespace detail

/// Tells what happens in lines of JSON, an object each, for programs:
///
///     {"time":"2026-11-22T17:00:33.123Z","event":"file_changed","session":12,"client":"192.0.2.7","port":51234,
///      "user":"anna","verb":"DELE","change":"removed","path":"/a.txt"}
///
/// (on one line). `event` is the name of the event in io/observer.hpp, in small letters; which of them are told, `LogDetail`
/// says, as for `Log`. Text is UTF-8; bytes that are none are told as U+FFFD.
///
/// Copies write to the same place. **Threads:** safe.
class JsonLog {
  using Line = detail::JsonLine;

 public:
  /// Writes to that place.
  explicit JsonLog(LineSink sink, LogDetail detail = LogDetail::sessions,
                   WallClock now = std::chrono::system_clock::now)
      : state_{std::make_shared<State>(std::move(sink), detail, std::move(now))} {}

  void operator()(const SessionOpened& event) {
    say("session_opened", event.who, [&](Line& line) { line.add("server", detail::text_of(event.who.local)); });
  }
  void operator()(const SessionRefused& event) {
    say("session_refused", event.who, [&](Line& line) { line.add("why", event.why); });
  }
  void operator()(const IntroductionFailed& event) {
    say("introduction_failed", event.who, [&](Line& line) { line.add_error(event.error); });
  }
  void operator()(const CommandSeen& event) {
    if (state_->detail != LogDetail::commands) return;
    say("command_seen", event.who, [&](Line& line) {
      line.add("verb", event.verb).add("argument", event.argument);
      if (event.unterminated) line.add("unterminated", true);
    });
  }
  void operator()(const CommandRefused& event) {
    say("command_refused", event.who, [&](Line& line) {
      line.add("verb", event.verb).add("argument", event.argument).add("directory", event.directory.string());
      line.add("code", event.reply.code()).add("reply", event.reply.text());
    });
  }
  void operator()(const ReplySeen& event) {
    if (state_->detail != LogDetail::commands) return;
    say("reply_seen", event.who,
        [&](Line& line) { line.add("code", event.reply.code()).add("reply", event.reply.text()); });
  }
  void operator()(const LoginTried& event) {
    say("login_tried", event.who, [&](Line& line) {
      line.add("name", event.user).add("accepted", event.accepted);
      if (!event.why.empty()) line.add("why", event.why);
    });
  }
  void operator()(const ClientBanned& event) {
    say("client_banned", event.who, [&](Line& line) {
      line.add("network", event.subnet.text());
      if (event.until != last_timestamp) line.add("until", detail::iso_time(event.until));
      line.add_error(event.error);
    });
  }
  void operator()(const ConnectionSecured& event) {
    if (event.data && state_->detail != LogDetail::commands) return;
    say("connection_secured", event.who, [&](Line& line) {
      line.add("data", event.data).add("version", event.tls.version).add("cipher", event.tls.cipher);
      line.add("resumed", event.tls.resumed);
      if (event.tls.keys_logged) line.add("keys_logged", true);
    });
  }
  void operator()(const HandshakeFailed& event) {
    say("handshake_failed", event.who, [&](Line& line) { line.add("data", event.data).add_error(event.error); });
  }
  void operator()(const StrangerRefused& event) {
    say("stranger_refused", event.who, [&](Line& line) { line.add("stranger", detail::text_of(event.stranger)); });
  }
  void operator()(const TransferEnded& event) {
    if (event.listing && event.complete() && state_->detail != LogDetail::commands) return;
    say("transfer_ended", event.who, [&](Line& line) {
      line.add("verb", event.verb).add("path", event.path.string());
      line.add("direction", event.direction == Direction::sent ? "sent" : "received");
      line.add("bytes", event.bytes).add("offset", event.offset).add_seconds("seconds", event.took);
      line.add("complete", event.complete()).add_error(event.error);
      if (!event.kept_as.empty()) line.add("kept_as", event.kept_as);
    });
  }
  void operator()(const FileChanged& event) {
    say("file_changed", event.who, [&](Line& line) {
      line.add("verb", event.verb).add("change", change_names[static_cast<std::size_t>(event.change)]).add("path", event.path.string());
      if (event.renamed_to) line.add("renamed_to", event.renamed_to->string());
      if (event.change == Change::time_set) line.add("modified", detail::iso_time(event.time));
      if (event.change == Change::mode_set) line.add("mode", detail::octal(event.mode));
    });
  }
  void operator()(const SessionClosed& event) {
    say("session_closed", event.who, [&](Line& line) { line.add_error(event.error); });
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

  template <class More> void say(std::string_view event, const SessionInfo& who, const More& add_more) {
    const std::lock_guard lock{state_->mutex};  // before the time is taken, so that lines are in its order
    Line line;
    line.add("time", detail::iso_time(state_->now())).add("event", event).add("session", who.number);
    line.add("client", who.peer.address().to_string()).add("port", static_cast<std::uint64_t>(who.peer.port()));
    if (!who.user.empty()) line.add("user", who.user);
    add_more(line);
    state_->sink(line.text());
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2
