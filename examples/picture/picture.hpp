#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/io/observer.hpp>
#include <ftplike/observers/end.hpp>

#include "row.hpp"

/// Makes the rows of the sequence picture of what happens: the rules of what is drawn, for the live page and for pictures of
/// recordings alike. An observer; copies draw the same picture.
///
/// Of the bytes under way there is a row every fifth of a second at the most. **Threads:** safe; `sink` is called by one at
/// a time, in the order of the rows, and must not block.
class Picture {
 public:
  using Sink = std::function<void(const Row&)>;
  using Sections = std::function<std::string(std::string_view verb)>;

  Picture(ftplike::End end, Sink sink, Sections sections,
          std::function<ftplike::Time()> now = std::chrono::steady_clock::now)
      : state_{std::make_shared<State>(end, std::move(sink), std::move(sections), std::move(now))} {}

  void operator()(const ftplike::SessionOpened& event) {
    auto drawing = state_->draw(event.who, Row::Kind::opened);
    drawing.set_ends(event.who.local, event.who.peer);
  }
  void operator()(const ftplike::SessionRefused& event) {
    auto drawing = state_->draw(event.who, Row::Kind::refused);
    drawing.set_ends(event.who.local, event.who.peer);
    drawing.row.bad = drawing.is_last = true;
  }
  void operator()(const ftplike::CommandSeen& event) {
    auto drawing = state_->draw(event.who, Row::Kind::command);
    drawing.row.text = event.verb;
    if (!event.argument.empty()) (drawing.row.text += ' ') += event.argument;
    if (event.unterminated) drawing.row.note = "came without a line ending";
    drawing.seen.verb = event.verb;
    drawing.row.section = state_->sections(event.verb);
  }
  void operator()(const ftplike::ReplySeen& event) {
    auto drawing = state_->draw(event.who, Row::Kind::reply);
    const int code = event.reply.code();
    drawing.row.by = Row::Who::server;
    drawing.row.bad = event.reply.negative();
    drawing.row.text = std::to_string(code) + ' ' + event.reply.text();
    drawing.row.section = state_->sections(drawing.seen.verb);
    drawing.row.note = drawing.seen.verb;
    drawing.note_way(code);
  }
  void operator()(const ftplike::LoginTried& event) {
    auto drawing = state_->draw(event.who, Row::Kind::login);
    drawing.row.text = event.user;
    drawing.row.bad = !event.accepted;
  }
  void operator()(const ftplike::ConnectionSecured& event) {
    secured(event.who, event.data, event.tls.version + ", " + event.tls.cipher + (event.tls.resumed ? ", resumed" : ""));
  }
  /// The same, of which no more is known than this text.
  void secured(const ftplike::SessionInfo& who, bool data, std::string text) {
    auto drawing = state_->draw(who, Row::Kind::secured);
    drawing.row.in_data = data;
    drawing.row.text = std::move(text);
    (data ? drawing.seen.data_secured : drawing.seen.control_secured) = true;
  }
  void operator()(const ftplike::HandshakeFailed& event) {
    state_->complain(event.who, event.data, "no TLS: " + event.error.message());
  }
  void operator()(const ftplike::DataListening& event) {
    auto drawing = state_->draw(event.who, Row::Kind::listening);
    drawing.row.text = text_of(event.local);
    drawing.row.by = drawing.seen.waits = state_->ours();
    drawing.seen.data = Row::Data::waiting;
  }
  void operator()(const ftplike::StrangerRefused& event) {
    state_->complain(event.who, true, "stranger refused: " + text_of(event.stranger));
  }
  void operator()(const ftplike::TransferBegun& event) { state_->expect(event.who, event.expected.value_or(0)); }
  void operator()(const ftplike::DataOpened& event) {
    auto drawing = state_->draw(event.who, Row::Kind::connected);
    drawing.set_ends(event.local, event.remote);
    drawing.row.way = drawing.seen.way.empty() ? "announced" : drawing.seen.way;
    drawing.row.by = drawing.row.way == "active" ? Row::Who::server : Row::Who::client;
    drawing.row.note = drawing.seen.verb;
    drawing.seen.data = drawing.seen.data_secured ? Row::Data::secured : Row::Data::open;
    drawing.seen.data_began = drawing.seen.last_moved = state_->now();
  }
  void operator()(const ftplike::DataMoved& event) {
    if (!state_->is_due(event.who)) return;
    auto drawing = state_->draw(event.who, Row::Kind::moved);
    drawing.row.by = state_->sender(event.direction);
    drawing.row.bytes = event.total;
    drawing.row.expected = drawing.seen.expected;
    drawing.row.took = seconds(state_->now() - drawing.seen.data_began);
  }
  void operator()(const ftplike::DataClosed& event) {
    auto drawing = state_->draw(event.who, Row::Kind::ended);
    drawing.row.by = state_->sender(event.direction);
    drawing.row.bytes = event.total;
    drawing.row.took = seconds(state_->now() - drawing.seen.data_began);
    drawing.seen.data = Row::Data::none;
    drawing.seen.data_secured = false;
    drawing.seen.way.clear();
  }
  void operator()(const ftplike::TransferEnded& event) {
    auto drawing = state_->draw(event.who, Row::Kind::verdict);
    drawing.row.in_data = true;
    drawing.row.by = state_->sender(event.direction);
    drawing.row.bad = !event.complete();
    drawing.row.text = std::string{event.verb} + ' ' + event.shown_path().string();
    if (event.error) drawing.row.note = event.error.message();
    drawing.row.bytes = event.bytes;
    drawing.row.took = seconds(event.took);
    drawing.seen.data = Row::Data::none;
    drawing.seen.data_secured = false;
  }
  void operator()(const ftplike::SessionClosed& event) {
    closed(event.who, event.error ? event.error.message() : std::string{});
  }
  /// The same, of which no more is known than this text; empty after a farewell.
  void closed(const ftplike::SessionInfo& who, std::string why) {
    auto drawing = state_->draw(who, Row::Kind::closed);
    drawing.row.bad = !why.empty();
    drawing.row.text = std::move(why);
    drawing.is_last = true;
  }

 private:
  /// `192.0.2.7:51234`, `[2001:db8::1]:21`.
  static std::string text_of(const ftplike::Endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
  }
  static double seconds(ftplike::Duration duration) { return std::chrono::duration<double>(duration).count(); }

  /// What is known of a session.
  struct Seen {
    std::string verb, way;
    bool control_secured = false, data_secured = false;
    Row::Data data{};
    Row::Who waits{};
    ftplike::Time data_began{}, last_moved{};
    std::uint64_t expected = 0;
  };
  class State;

  /// A row that is being drawn; it is done when this goes.
  class Drawing {
   public:
    Drawing(State& state, const ftplike::SessionInfo& who, Row::Kind kind)
        : lock_{state.mutex}, state_{state}, seen{state.sessions[who.number]} {
      row.kind = kind;
      row.session = who.number;
      row.at = seconds(state.now() - state.began);
      row.data = seen.data;
    }
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;
    ~Drawing() {
      row.control_secured = seen.control_secured;
      if (row.kind != Row::Kind::ended) row.data = seen.data;  // whose last bytes are still within the connection
      row.waits = seen.waits;
      const bool in_data = row.kind == Row::Kind::listening || row.kind == Row::Kind::connected ||
                           row.kind == Row::Kind::moved || row.kind == Row::Kind::ended;
      row.in_data = row.in_data || in_data;
      try {
        describe(row);
        state_.sink(row);
      } catch (...) {  // there is no memory for it: the picture lacks a row
      }
      if (is_last) state_.sessions.erase(row.session);
    }

    void set_ends(const ftplike::Endpoint& local, const ftplike::Endpoint& remote) {
      const bool of_server = state_.end == ftplike::End::server;
      row.client = text_of(of_server ? remote : local);
      row.server = text_of(of_server ? local : remote);
    }
    /// What a reply says of the way in which the next data connection comes to be.
    void note_way(int code) {
      if (code == 227 || code == 229) seen.way = "passive";
      if (code == 200 && (seen.verb == "PORT" || seen.verb == "EPRT")) seen.way = "active";
    }

   private:
    const std::lock_guard<std::mutex> lock_;
    State& state_;

   public:
    Row row;
    Seen& seen;
    bool is_last = false;
  };

  class State {
   public:
    State(ftplike::End its_end, Sink its_sink, Sections its_sections, std::function<ftplike::Time()> its_clock)
        : end{its_end}, sink{std::move(its_sink)}, sections{std::move(its_sections)}, now{std::move(its_clock)} {}

    Drawing draw(const ftplike::SessionInfo& who, Row::Kind kind) { return Drawing{*this, who, kind}; }
    void complain(const ftplike::SessionInfo& who, bool data, std::string what) {
      auto drawing = draw(who, Row::Kind::trouble);
      drawing.row.in_data = data;
      drawing.row.bad = true;
      drawing.row.text = std::move(what);
    }
    void expect(const ftplike::SessionInfo& who, std::uint64_t bytes) {
      const std::lock_guard lock{mutex};
      sessions[who.number].expected = bytes;
    }
    /// Whether it is time for a row about the bytes under way.
    bool is_due(const ftplike::SessionInfo& who) {
      const std::lock_guard lock{mutex};
      auto& last = sessions[who.number].last_moved;
      const auto time = now();
      if (time - last < std::chrono::milliseconds{200}) return false;
      last = time;
      return true;
    }
    Row::Who ours() const noexcept { return end == ftplike::End::server ? Row::Who::server : Row::Who::client; }
    Row::Who sender(ftplike::Direction direction) const noexcept {
      const bool by_server = (direction == ftplike::Direction::sent) == (end == ftplike::End::server);
      return by_server ? Row::Who::server : Row::Who::client;
    }

    const ftplike::End end;
    const Sink sink;
    const Sections sections;
    const std::function<ftplike::Time()> now;
    const ftplike::Time began = now();
    std::mutex mutex;
    std::map<std::uint64_t, Seen> sessions;
  };

  std::shared_ptr<State> state_;
};
