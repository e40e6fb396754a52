#pragma once
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

#include <ftplike/io/condition.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/ascii.hpp>
#include <ftplike/protocol/host_port.hpp>
#include <ftplike/protocol/recording.hpp>
#include <ftplike/protocol/reply_buffer.hpp>
#include <ftplike/simulated/network.hpp>

namespace ftplike::inline v0_2 {

/// Where a session that was played again went another way than the recorded one.
struct Difference {
  std::size_t line;  // of the recording
  std::string recorded;  // what was there then
  std::string seen;      // what is there now
};

/// How a recording is played.
class ReplayOptions {
 public:
  // No aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice.
  /// `its_password` stands for those that a recording does not have.
  ReplayOptions(std::string its_password = {}, Duration its_patience = std::chrono::hours{1})
      : password{std::move(its_password)}, patience{its_patience} {}
  std::string password;  // in place of those that were hidden
  Duration patience;     // for whatever the other end is to do next
};

namespace detail {

/// What the sessions of a replay share.
struct Replay {
  explicit Replay(const Executor& executor) : ended{executor} {}
  void note(Difference difference) {
    const auto earlier = [](const Difference& a, const Difference& b) { return a.line < b.line; };
    const auto place = std::upper_bound(differences.begin(), differences.end(), difference, earlier);
    differences.insert(place, std::move(difference));
  }
  std::vector<Difference> differences;  // by line
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
    using Kind = RecordedEvent::Kind;
    if (event.kind == Kind::secured || event.kind == Kind::listening) continue;  // only to be looked at
    const auto [place, is_new] = places.try_emplace(event.session, scripts.size());
    if (is_new) scripts.emplace_back();
    bool& leaving_out = leaves_out[event.session];
    if (event.kind == Kind::command) leaving_out = is_about_tls(event.text);
    if (!leaving_out) scripts[place->second].push_back(event);
    if (event.kind == Kind::reply && event.code >= 200) leaving_out = false;
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
      if (text.size() > left) text.resize(static_cast<std::size_t>(left));
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
    replay_.note({event.line, line.substr(what), std::move(seen)});
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
      replay->note({script.front().line, "a session", "nobody came"});
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
