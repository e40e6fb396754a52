#pragma once
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

#include <ftplike/io/bytes.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/observers/end.hpp>
#include <ftplike/observers/lines.hpp>
#include <ftplike/observers/text.hpp>
#include <ftplike/observers/wall_time.hpp>
#include <ftplike/protocol/recording.hpp>

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
  /// `end` is ours. The sink gets a line at a time; `now` is the clock of the times written.
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
  void operator()(const ConnectionSecured& event) {
    state_->write(event.who, Kind::secured, (event.data ? "data " : "control ") + detail::text_of(event.tls));
  }
  void operator()(const DataListening& event) {
    state_->write(event.who, Kind::listening, detail::text_of(event.local));
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
